/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP make the program end early and keep its complete results. The same
 * signal often arrives twice, once for the process group and once from the parent; only a signal
 * that arrives more than a second later ends the process at once.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <signal.h>

extern volatile sig_atomic_t interrupted; /* 0, or the signal */

void interrupt_catch(void);

#endif
