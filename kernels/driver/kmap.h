/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Temporary mappings: what kmap.c and kmap_switch.c share with rows_kmap.c.
 */
#ifndef PTBENCH_KMAP_H
#define PTBENCH_KMAP_H

#include <linux/highmem.h>

#include "compat_kmap.h"
#include "ptbench.h"

#define PTB_KMAP_ROWS_MAX 41 /* the deepest of all layouts: 5.10's with DEBUG_HIGHMEM */

struct ptb_kmap_row {
	const char *api;  /* of kmap/pair */
	int depth;	  /* of kmap/pair: this many maps with the one that is measured */
	const char *seen; /* of api kmap: "before": the page already has an address; "new" */
	/* of kmap/switch: live maps of the task that measures, and the other's */
	int prev, next;
};

/* Maps of one task, or of the CPU (compat_kmap.h), the last one on top. */
struct ptb_kmaps {
	struct page *page[PTB_KMAP_ROWS_MAX];
	void *at[PTB_KMAP_ROWS_MAX];
	int pages, nr; /* pages that there are; so many of them, from the first, are mapped */
	bool atomic;   /* by kmap_atomic(): whoever maps may not sleep until all are unmapped */
};

/* How the API maps a page in this kernel: "highmem", "forced" or "direct". */
const char *ptb_kmap_backend(const char *api);
/* kmap_local_page(), or its forced form where the kernel has that. */
void *ptb_kmap_local(struct page *page);
void ptb_kunmap_local(void *at);
/* @nr new pages, of high memory if the kernel has it. */
int ptb_kmaps_pages(struct ptb_state *s, struct ptb_kmaps *k, int nr);
/* Maps them in order, and undoes that. */
void ptb_kmaps_map(struct ptb_kmaps *k);
void ptb_kmaps_unmap(struct ptb_kmaps *k);
/* New pages, mapped; unmapped and freed. */
int ptb_kmaps_fill(struct ptb_state *s, struct ptb_kmaps *k, int nr);
void ptb_kmaps_empty(struct ptb_kmaps *k);
/* Is each map where the layout says, and its guard empty? false: why is filled. */
bool ptb_kmaps_placed(const struct ptb_kmaps *k, char *why, size_t size);
/* Does each map its page? false: why is filled. */
bool ptb_kmaps_shown(const struct ptb_kmaps *k, char *why, size_t size);
/* A new page, which the caller frees; or NULL with s->why. */
struct page *ptb_kmap_page(struct ptb_state *s);
/* -EOPNOTSUPP with s->why: the API has no stacks of maps in this kernel. */
int ptb_kmap_has_stack(struct ptb_state *s, const char *api);

extern const struct ptb_ops ptb_kmap_local_pair, ptb_kmap_atomic_pair, ptb_kmap_pair;
extern const struct ptb_ops ptb_kmap_layout, ptb_kmap_owner, ptb_kmap_read, ptb_kmap_unmapped;
extern const struct ptb_ops ptb_kmap_switch, ptb_kmap_restored;

#endif
