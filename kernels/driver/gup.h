/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases of GUP share: which memory a row's range is of, and the proof that a walk of it
 * returns its pages.
 */
#ifndef PTBENCH_GUP_H
#define PTBENCH_GUP_H

#include "ptbench.h"

/* Where a walk that may not fall back has to stop; gup_fast/fallback. */
enum ptb_stop {
	PTB_NO_STOP,
	PTB_STOP_NONE,	    /* nowhere: the call is the one with a fallback, not needed */
	PTB_STOP_ABSENT,    /* the page in the middle is not mapped */
	PTB_STOP_UNFAULTED, /* no page is */
	PTB_STOP_LONGTERM,  /* FOLL_LONGTERM is refused */
};

/* row->arg; NULL is anonymous memory, and nothing else special. */
struct ptb_gup {
	enum ptb_mem mem;
	bool longterm; /* FOLL_LONGTERM beside FOLL_WRITE */
	bool flushed;  /* the struct pages are not in the cache */
	bool shared;   /* another CPU walks the same folio all the time */
	enum ptb_stop stop;
};

const struct ptb_gup *ptb_gup_of(const struct ptb_row *row);
void ptb_gup_describe(struct ptb_state *s);
int ptb_gup_map(struct ptb_state *s);
void ptb_gup_unmap(struct ptb_state *s);
/* Before a window: what does not stay as it was is made so again. */
int ptb_gup_fresh(struct ptb_state *s);

/*
 * take() fills s->got and s->pages, drop() gives the first nr of them back. 0: it takes each page
 * of the row, the right ones. -EOPNOTSUPP with s->why: not all, or others.
 */
int ptb_gup_prove(struct ptb_state *s, void (*take)(struct ptb_state *s),
		  void (*drop)(struct ptb_state *s, long nr));
/* After a window: all of them came. -EIO: not all; those that came are given back. */
int ptb_gup_came(struct ptb_state *s, void (*drop)(struct ptb_state *s, long nr));

/*
 * While @blocked, slow GUP gives up at the first page, as it does in a task that is being killed:
 * pin_user_pages_fast(), which has no variant without the fallback, then returns what its fast walk
 * took. Costs the fast walk nothing.
 */
void ptb_gup_block_slow(bool blocked);

#endif
