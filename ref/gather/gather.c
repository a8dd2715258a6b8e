// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes, sets up and frees the gather; and the orders in which it flushes. */
#include <array_size.h>
#include <errno.h>
#include <string.h>

#include "gather_priv.h"

/* ---- creation ---- */

static void release(struct gather *g)
{
	struct gather_reader *next;

	for (struct gather_reader *r = g->readers; r; r = next) {
		next = r->next;
		gather_dealloc(r->tlb);
		gather_dealloc(r);
	}
	gather_tables_exit(g);
	gather_dealloc(g);
}

static int start(struct gather *g)
{
	const struct gather_discipline *d = g->d;
	int err = ref_thread_online();

	if (err && (err != -ENOSYS || d->needs_membarrier))
		return err;
	err = gather_ipi_init(g);
	if (!err && d->init)
		err = d->init(g);
	if (err)
		ref_thread_offline();
	return err;
}

int gather_create(const struct gather_discipline *d, unsigned batch, gather_free_fn free_fn,
		  void *cookie, struct gather **out)
{
	struct gather *g;
	int err;

	*out = NULL;
	if (!d || !free_fn || !batch || batch > GATHER_BATCH_LIMIT)
		return -EINVAL;
	g = gather_alloc(sizeof(*g));
	if (!g)
		return -ENOMEM;
	g->d = d;
	g->arch = gather_arch_find("x86_64");
	g->order = gather_order_find("kernel");
	g->fallback = gather_fallback_find(d->synchronize ? "sync_rcu" : "none");
	g->batch_max = batch;
	g->free_fn = free_fn;
	g->cookie = cookie;
	gather_pages_init(g);
	err = start(g);
	if (err) {
		release(g);
		return err;
	}
	*out = g;
	return 0;
}

void gather_destroy(struct gather *g)
{
	if (!g)
		return;
	gather_finish(g);
	gather_barrier(g);
	if (g->d->exit)
		g->d->exit(g);
	ref_thread_offline();
	release(g);
}

int gather_set_fallback(struct gather *g, const struct gather_fallback *fallback)
{
	if (!fallback || fallback->needs_rcu != !!g->d->synchronize)
		return -EINVAL;
	g->fallback = fallback;
	return 0;
}

int gather_set_arch(struct gather *g, const struct gather_arch *arch)
{
	if (!arch || (!arch->table_invalidate && !g->d->deferred))
		return -EINVAL;
	g->arch = arch;
	return 0;
}

int gather_set_order(struct gather *g, const struct gather_order *order)
{
	if (!order)
		return -EINVAL;
	g->order = order;
	return 0;
}

void gather_set_log(struct gather *g, void (*flushed)(void *cookie), void *cookie)
{
	g->log = flushed;
	g->log_cookie = cookie;
}

/* ---- flushing ---- */

/*
 * The invalidation comes first, as a step of its own, though the flush of tables invalidates too:
 * there may be only pages to free, and an architecture may need no invalidation for tables.
 */
static const struct gather_order orders[] = {
	{
		.name = "kernel",
		.summary = "invalidate, then tables, then pages",
		.step = { gather_flush_tlbonly, gather_table_flush, gather_pages_flush },
	},
	{
		.name = "pages_first",
		.summary = "pages before the invalidation: freed while a TLB still maps them",
		.busted = true,
		.step = { gather_pages_flush, gather_flush_tlbonly, gather_table_flush },
	},
	{
		.name = "no_flush",
		.summary = "no invalidation of its own: pages without tables are freed without one",
		.busted = true,
		.step = { gather_table_flush, gather_pages_flush },
	},
};

size_t gather_nr_orders(void)
{
	return ARRAY_SIZE(orders);
}

const struct gather_order *gather_order_at(size_t i)
{
	return i < gather_nr_orders() ? &orders[i] : NULL;
}

const struct gather_order *gather_order_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_orders(); i++)
		if (!strcmp(orders[i].name, name))
			return &orders[i];
	return NULL;
}

void gather_flush_mmu(struct gather *g)
{
	for (size_t i = 0; i < 3 && g->order->step[i]; i++)
		g->order->step[i](g);
}

void gather_remove_page(struct gather *g, struct ref_page *page)
{
	if (gather_add_page(g, page, 1, false))
		gather_flush_mmu(g);
}

void gather_finish(struct gather *g)
{
	gather_flush_mmu(g);
	gather_pages_list_free(g);
}

void gather_barrier(struct gather *g)
{
	if (g->d->barrier)
		g->d->barrier(g);
}

/* ---- numbers ---- */

const struct gather_discipline *gather_discipline_of(const struct gather *g)
{
	return g->d;
}

void gather_stats(struct gather *g, struct gather_stats *out)
{
	gather_note_peak(g);
	*out = (struct gather_stats){
		.ipis_sent = g->ipis_sent,
		.tlb_flushes = g->tlb_flushes,
		.callbacks = (uint64_t)ref_load_acquire(&g->done),
		.fallbacks = g->fallbacks,
		.tables_freed = ref_load_acquire(&g->freed),
		.pages_freed = g->pages_freed,
		.waiting_peak = REF_READ_ONCE(g->waiting_peak),
	};
	for (struct gather_reader *r = gather_readers(g); r; r = r->next)
		out->cpus_interrupted += REF_READ_ONCE(r->interrupts);
}
