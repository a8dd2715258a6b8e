/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the cases of GUP share: the memory that a row walks, and the proof that a walk returns its
 * pages.
 */
#ifndef PTBENCH_GUP_H
#define PTBENCH_GUP_H

#include "ptbench.h"

/* Where a walk that may not fall back has to stop; gup_fast/fallback. */
enum ptb_stop {
	PTB_NO_STOP,
	PTB_STOP_NONE,	    /* nowhere: the call could fall back, and does not need to */
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
/* Before a window: makes pages dirty, PTEs unfolded and lines flushed again, as the row says. */
int ptb_gup_fresh(struct ptb_state *s);

/*
 * take() fills s->got and s->pages, drop() gives the first nr of them back. 0: it takes each page
 * of the row, the right ones. -EOPNOTSUPP with s->why: not all, or others.
 */
int ptb_gup_prove(struct ptb_state *s, void (*take)(struct ptb_state *s),
		  void (*drop)(struct ptb_state *s, long nr));
/* After a window: 0: all pages came. -EIO: not all; drop() has given those that came back. */
int ptb_gup_came(struct ptb_state *s, void (*drop)(struct ptb_state *s, long nr));

/*
 * While @blocked, slow GUP gives up at the first page, as it does in a task that is being killed.
 * pin_user_pages_fast(), which has no variant without the fallback, then returns only what its fast
 * walk took. The fast walk executes nothing more for it.
 */
void ptb_gup_block_slow(bool blocked);

#endif
