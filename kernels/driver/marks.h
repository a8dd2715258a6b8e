/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that do nothing: QEMU's plugin (kernels/profile/plugin/profile.c) sees by their
 * addresses what the driver is doing. They are called in every boot, with the plugin or without, so
 * that all boots run the same code. begin, end and clock are called within windows, empty ones
 * included, so that what they cost is taken off.
 */
#ifndef PTBENCH_MARKS_H
#define PTBENCH_MARKS_H

void ptb_mark_begin(void); /* around a window's operation */
void ptb_mark_end(void);
void ptb_mark_clock(void);   /* before an RCU callback of deferred.c reads the clock */
void ptb_mark_row(void);     /* a row's windows begin: empty ones, then those of its operation */
void ptb_mark_again(void);   /* the row's windows follow once more, with interrupts on */
void ptb_mark_kept(void);    /* the last window and its deferred work are kept */
void ptb_mark_lost(void);    /* they are thrown away */
void ptb_mark_skipped(void); /* all windows of the row are: it cannot be measured */

static inline void ptb_mark(bool kept)
{
	if (kept)
		ptb_mark_kept();
	else
		ptb_mark_lost();
}

#endif
