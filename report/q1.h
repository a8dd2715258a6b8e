/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections of Q1 that are not about the guests' kernels.
 */
#ifndef REPORT_Q1_H
#define REPORT_Q1_H

#include "model.h"

void q1_disciplines(struct model *m, struct page *p); /* the reference's, native */
void q1_host(struct model *m, struct page *p);	      /* the host's own kernel */
void q1_absent(struct model *m, struct page *p);      /* what could not be measured */

#endif
