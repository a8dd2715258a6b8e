// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_free/path: probes see which way a page table goes when munmap frees it. This tells kernels
 * apart that have the same configuration. "right" is the way that the configuration promises; any
 * other way is named.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>

#include <asm/tlb.h>

#include "ptbench.h"

enum event { ENTERED, CALLBACK, CALLBACK_ONE, INTERRUPT, GRACE, FREED, FLUSHED, NR_EVENTS };

#define MAX_TABLES 8

static struct {
	struct task_struct *who; /* whose call it is; NULL: nobody's */
	bool callbacks;		 /* callbacks that the call queued may still run */
	struct page *tables[MAX_TABLES];
	unsigned int nr_tables;
	atomic_t count[NR_EVENTS];
	unsigned int early; /* tables freed while nothing had been flushed */
} path;

static bool is_table(const struct page *page)
{
	unsigned int i;

	for (i = 0; i < path.nr_tables && path.tables[i] != page; i++)
		;
	return i < path.nr_tables;
}

struct probe {
	struct kprobe kp;
	const char *symbol;
	bool there;
};

/* A function that this kernel does not have gets no probe: nothing can call it. */
static struct probe probes[NR_EVENTS] = {
	[ENTERED] = { .symbol = "tlb_remove_table" },
	[CALLBACK] = { .symbol = "tlb_remove_table_rcu" },
	/* The fallback of kernels with PT_RECLAIM: a callback for each table. */
	[CALLBACK_ONE] = { .symbol = "__tlb_remove_table_one_rcu" },
	[INTERRUPT] = { .symbol = "smp_call_function" },
	[GRACE] = { .symbol = "synchronize_rcu" },
	[FREED] = { .symbol = "__folio_put" },
	[FLUSHED] = { .symbol = PTB_SYM_FLUSH },
};

static int on_probe(struct kprobe *kp, struct pt_regs *regs)
{
	enum event event = container_of(kp, struct probe, kp) - probes;
	bool own = READ_ONCE(path.who) == current && !in_serving_softirq();

	if (event == CALLBACK || event == CALLBACK_ONE ? !READ_ONCE(path.callbacks) : !own)
		return 0;
	if (event == FREED && !is_table((void *)ptb_argument(regs, 0)))
		return 0;
	if (event == FREED && !atomic_read(&path.count[FLUSHED]))
		path.early++;
	atomic_inc(&path.count[event]);
	return 0;
}

static void unhook(void)
{
	int i;

	for (i = 0; i < NR_EVENTS; i++)
		if (probes[i].there)
			unregister_kprobe(&probes[i].kp);
}

static int hook(struct ptb_state *s)
{
	int i, ret;

	for (i = 0; i < NR_EVENTS; i++) {
		struct probe *p = &probes[i];

		p->there = false;
		if (!p->symbol || !kallsyms_lookup_name(p->symbol))
			continue;
		memset(&p->kp, 0, sizeof(p->kp));
		p->kp.symbol_name = p->symbol;
		p->kp.pre_handler = on_probe;
		ret = register_kprobe(&p->kp);
		if (ret) {
			unhook();
			return ptb_fail(s, "cannot probe %s(): error %d", p->symbol, ret);
		}
		p->there = true;
	}
	return 0;
}

static void watch(struct ptb_state *s, void (*op)(struct ptb_state *s))
{
	int i;

	for (i = 0; i < NR_EVENTS; i++)
		atomic_set(&path.count[i], 0);
	path.early = 0;
	rcu_barrier(); /* earlier rows' callbacks are not this call's */
	WRITE_ONCE(path.callbacks, true);
	smp_store_release(&path.who, current);
	op(s);
	smp_store_release(&path.who, NULL);
	rcu_barrier();
	WRITE_ONCE(path.callbacks, false);
}

static unsigned int seen(enum event event)
{
	return atomic_read(&path.count[event]);
}

static const char *way(unsigned int tables)
{
	if (!seen(ENTERED))
		return "in the batch of pages";
	if (seen(ENTERED) != tables)
		return "some one way, some another";
	if (seen(CALLBACK))
		return "batched, by call_rcu";
	if (seen(CALLBACK_ONE) == tables)
		return "one by one, by call_rcu";
	if (seen(INTERRUPT) == tables)
		return "one by one, after an interrupt";
	if (seen(GRACE) == tables)
		return "one by one, after a grace period";
	if (!probes[FREED].there || !probes[FLUSHED].there)
		return "at once";
	return path.early ? "one by one, before the flush" : "batched, after the flush";
}

static const char *promised(void)
{
	if (IS_ENABLED(CONFIG_MMU_GATHER_RCU_TABLE_FREE))
		return "batched, by call_rcu";
	return IS_ENABLED(CONFIG_MMU_GATHER_TABLE_FREE) ? "batched, after the flush"
							: "in the batch of pages";
}

static pmd_t *pmd_of(unsigned long addr)
{
	return pmd_offset(pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr), addr);
}

/* One table for each span that the region touches (table_free.c). */
static void note_tables(struct ptb_state *s)
{
	unsigned long addr = ALIGN_DOWN(s->addr, PMD_SIZE);

	for (path.nr_tables = 0; path.nr_tables < s->row->tables; addr += PMD_SIZE)
		path.tables[path.nr_tables++] = pmd_page(*pmd_of(addr));
}

static int see_path(struct ptb_state *s)
{
	const struct ptb_ops *munmap = &ptb_munmap;
	const char *text;
	int ret;

	ret = munmap->setup(s) ?: munmap->prepare(s);
	if (!ret) {
		note_tables(s);
		watch(s, munmap->op);
		ret = munmap->finish(s);
	}
	munmap->teardown(s);
	text = way(s->row->tables);
	return ret
		       ?: ptb_emit_check(s, s->row->ops->case_id,
					 strcmp(text, promised()) ? text : "right");
}

static int run_path(struct ptb_state *s)
{
	int ret = hook(s);

	if (ret)
		return ret;
	ret = see_path(s);
	unhook();
	return ret;
}

const struct ptb_ops ptb_path = {
	.case_id = "table_free/path",
	.run = run_path,
};
