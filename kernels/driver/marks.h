/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places of the driver that kernels/plugin/profile.c knows by their address, through the kernel's
 * System.map. They are there in every boot, watched or not, so that all boots run the same code.
 *
 * A label costs nothing; it has to stand in code that the compiler does not duplicate, where
 * every way leads through it. The functions are called outside windows.
 */
#ifndef PTBENCH_MARKS_H
#define PTBENCH_MARKS_H

#define PTB_LABEL(name) asm volatile(#name ":" : : : "memory")

void ptb_mark_row(void);	/* a row's windows begin: empty ones, then those of its operation */
void ptb_mark_again(void);	/* the row's windows once more, with interrupts on */
void ptb_mark_kept(void);	/* the window, and its deferred work, since the last mark count */
void ptb_mark_lost(void);	/* they do not */

static inline void ptb_mark(bool kept)
{
	if (kept)
		ptb_mark_kept();
	else
		ptb_mark_lost();
}

#endif
