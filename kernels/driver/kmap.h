/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Temporary mappings: what kmap.c and kmap_switch.c share with rows_kmap.c.
 */
#ifndef PTBENCH_KMAP_H
#define PTBENCH_KMAP_H

#include <linux/highmem.h>

#include "compat_kmap.h"
#include "ptbench.h"

/* Slots from one map to the next, and how many maps fit: mm/highmem.c counts before it compares. */
#define PTB_KMAP_STEP (IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL) ? 2 : 1)
#define PTB_KMAP_MAX ((KM_MAX_IDX - 1) / PTB_KMAP_STEP)

#define PTB_KMAP_ROWS_MAX 16 /* the deepest of both layouts */

struct ptb_kmap_row {
	const char *api;  /* of kmap/pair */
	int depth;	  /* of kmap/pair: this many maps with the one that is measured */
	const char *seen; /* of api kmap: "before": the page already has an address; "new" */
	/* of kmap/switch: live maps of the task that measures, and the other's */
	int prev, next;
};

/* Maps of one task, the last one on top. */
struct ptb_kmaps {
	struct page *page[PTB_KMAP_ROWS_MAX];
	void *at[PTB_KMAP_ROWS_MAX];
	int nr;
};

/* How the API maps a page in this kernel: "highmem", "forced" or "direct". */
const char *ptb_kmap_backend(const char *api);
/* kmap_local_page(), or its forced form where the kernel has that. */
void *ptb_kmap_local(struct page *page);
void ptb_kunmap_local(void *at);
/* Maps @nr new pages in order, of high memory if the kernel has it. */
int ptb_kmaps_fill(struct ptb_state *s, struct ptb_kmaps *k, int nr);
void ptb_kmaps_empty(struct ptb_kmaps *k);
/* Is each map where the layout says, and its guard empty? false: why is filled. */
bool ptb_kmaps_placed(const struct ptb_kmaps *k, char *why, size_t size);
/* Does each map its page? false: why is filled. */
bool ptb_kmaps_shown(const struct ptb_kmaps *k, char *why, size_t size);
/* A new page, which the caller frees; or NULL with s->why. */
struct page *ptb_kmap_page(struct ptb_state *s);
/* -EOPNOTSUPP with s->why: this kernel has no stacks of maps. */
int ptb_kmap_has_stack(struct ptb_state *s);

extern const struct ptb_ops ptb_kmap_local_pair, ptb_kmap_atomic_pair, ptb_kmap_pair;
extern const struct ptb_ops ptb_kmap_layout, ptb_kmap_switch, ptb_kmap_restored;

#endif
