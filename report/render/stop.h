/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a signal asked the report to end: it then removes its incomplete folder.
 */
#ifndef REPORT_STOP_H
#define REPORT_STOP_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP set stop_asked(); a second signal of the same kind ends
 * the process at once. */
void stop_catch(void);
bool stop_asked(void);

#endif
