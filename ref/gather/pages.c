// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages: batches of pages whose entries were cleared, kept until the TLBs are invalidated.
 *
 * A word of a batch is a page with two low bits. After a page that has NR_PAGES_NEXT set comes a
 * word with a number of pages of its folio (struct encoded_page of include/linux/mm_types.h). Two
 * words must always be free, so that no such pair is split between batches.
 */
#include "gather_priv.h"

#include "../pgtable/mm.h"

#define DELAY_RMAP 1UL	  /* ENCODED_PAGE_BIT_DELAY_RMAP */
#define NR_PAGES_NEXT 2UL /* ENCODED_PAGE_BIT_NR_PAGES_NEXT */
#define BITS (DELAY_RMAP | NR_PAGES_NEXT)

static struct ref_page *page_of(uintptr_t word)
{
	return (struct ref_page *)(word & ~BITS);
}

void gather_pages_init(struct gather *g)
{
	g->local.encoded = g->bundle;
	g->local.max = GATHER_BUNDLE;
	g->active = &g->local;
}

void gather_set_page_ops(struct gather *g, const struct gather_page_ops *ops, void *cookie)
{
	g->page_ops = ops;
	g->page_cookie = cookie;
}

void gather_note_entry(struct gather *g)
{
	g->cleared_ptes = true;
}

/* tlb_next_batch() */
static bool next_batch(struct gather *g)
{
	struct gather_pages *batch;
	unsigned max = gather_arch_max_pages(g->arch);

	/* gather_flush_rmaps() goes through at most two batches, with the PTE lock held. */
	if (g->delayed_rmap && g->active != &g->local)
		return false;
	if (g->active->next) {
		g->active = g->active->next;
		return true;
	}
	if (g->batch_count == gather_arch_max_batches(g->arch) || gather_alloc_fails(g))
		return false;
	batch = ref_alloc(sizeof(*batch) + max * sizeof(batch->encoded[0]));
	if (!batch)
		return false;
	g->batch_count++;
	batch->encoded = (uintptr_t *)(batch + 1);
	batch->max = max;
	g->active->next = batch;
	g->active = batch;
	return true;
}

static void free_pages(struct gather *g, struct ref_page *page, unsigned nr)
{
	g->pages_freed += nr;
	if (g->page_ops && g->page_ops->free)
		g->page_ops->free(g->page_cookie, page, nr);
	else
		ref_folio_put(ref_page_folio(page), (int)nr);
}

/* s390x's __tlb_remove_folio_pages(): clearing the entry has flushed the TLB already. */
static bool free_now(struct gather *g, struct ref_page *page, unsigned nr)
{
	gather_flush_tlbonly(g);
	free_pages(g, page, nr);
	return false;
}

/* __tlb_remove_folio_pages_size() */
bool gather_add_page(struct gather *g, struct ref_page *page, unsigned nr, bool delay_rmap)
{
	struct gather_pages *batch = g->active;
	uintptr_t flags = delay_rmap ? DELAY_RMAP : 0;

	if (g->arch->no_gather)
		return free_now(g, page, nr);
	g->delayed_rmap |= delay_rmap;
	if (nr == 1) {
		batch->encoded[batch->nr++] = (uintptr_t)page | flags;
	} else {
		batch->encoded[batch->nr++] = (uintptr_t)page | flags | NR_PAGES_NEXT;
		batch->encoded[batch->nr++] = (uintptr_t)nr << 2;
	}
	return batch->nr >= batch->max - 1 && !next_batch(g);
}

/* ---- flushing and freeing pages ---- */

/* The number of pages at word *i; *i is left at the last word that belongs to them. */
static unsigned nr_pages(const struct gather_pages *batch, unsigned *i)
{
	return batch->encoded[*i] & NR_PAGES_NEXT ? (unsigned)(batch->encoded[++*i] >> 2) : 1;
}

static void flush_rmap_batch(struct gather *g, const struct gather_pages *batch)
{
	for (unsigned i = 0; i < batch->nr; i++) {
		uintptr_t word = batch->encoded[i];
		unsigned nr = nr_pages(batch, &i);

		if (word & DELAY_RMAP && g->page_ops && g->page_ops->remove_rmap)
			g->page_ops->remove_rmap(g->page_cookie, page_of(word), nr);
	}
}

/*
 * tlb_flush_rmaps(): until the TLBs are invalidated, a CPU may still be writing to the page, and
 * writeback that finds no rmap would take it for clean (5df397dec7c4). The PTE lock is held, since
 * the rmap's entry has been cleared already.
 */
void gather_flush_rmaps(struct gather *g)
{
	if (!g->delayed_rmap)
		return;
	flush_rmap_batch(g, &g->local);
	if (g->active != &g->local)
		flush_rmap_batch(g, g->active);
	g->delayed_rmap = false;
}

/* tlb_batch_pages_flush() */
void gather_pages_flush(struct gather *g)
{
	for (struct gather_pages *batch = &g->local; batch && batch->nr; batch = batch->next) {
		for (unsigned i = 0; i < batch->nr; i++) {
			uintptr_t word = batch->encoded[i];
			unsigned nr = nr_pages(batch, &i);

			free_pages(g, page_of(word), nr);
		}
		batch->nr = 0;
	}
	g->active = &g->local;
}

/* tlb_batch_list_free() */
void gather_pages_list_free(struct gather *g)
{
	struct gather_pages *next;

	for (struct gather_pages *batch = g->local.next; batch; batch = next) {
		next = batch->next;
		ref_free(batch);
	}
	g->local.next = NULL;
	g->batch_count = 0;
}
