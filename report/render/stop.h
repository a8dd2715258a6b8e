/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether somebody asked the report to end: it then removes what is not whole.
 */
#ifndef REPORT_STOP_H
#define REPORT_STOP_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP ask; the second of one kind ends the process at once. */
void stop_catch(void);
bool stop_asked(void);

#endif
