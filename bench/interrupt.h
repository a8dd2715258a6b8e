/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP: what runs ends early and keeps what is complete. The same signal
 * often comes twice, to the group and by whoever started it; only one that comes a second later
 * ends the process at once.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <signal.h>

extern volatile sig_atomic_t interrupted; /* 0, or the signal */

void interrupt_catch(void);

#endif
