/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The section of Q2 about correctness.
 */
#ifndef REPORT_Q2_H
#define REPORT_Q2_H

#include "model.h"

void q2_checks(struct model *m, struct page *p);

#endif
