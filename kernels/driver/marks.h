/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that do nothing but have an address: kernels/profile/plugin/profile.c sees them run.
 * They are called in every boot, watched or not, so that all boots run the same code; the three
 * that are called within windows are so in empty ones, too.
 */
#ifndef PTBENCH_MARKS_H
#define PTBENCH_MARKS_H

void ptb_mark_begin(void); /* around a window's operation */
void ptb_mark_end(void);
void ptb_mark_clock(void); /* before an RCU callback of deferred.c reads the clock */
void ptb_mark_row(void);   /* a row's windows begin: empty ones, then those of its operation */
void ptb_mark_again(void); /* the row's windows once more, with interrupts on */
void ptb_mark_kept(void);  /* the window, and its deferred work, since the last mark count */
void ptb_mark_lost(void);  /* they do not */

static inline void ptb_mark(bool kept)
{
	if (kept)
		ptb_mark_kept();
	else
		ptb_mark_lost();
}

#endif
