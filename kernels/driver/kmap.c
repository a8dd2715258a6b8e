// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmap/pair, and where temporary mappings are.
 *
 * On 64-bit kernels kmap_local_page() returns the page's address in the direct map.
 * DEBUG_KMAP_LOCAL_FORCE_MAP gives them the stack of mappings, with guards, and kmap-forced.cocci
 * without. But even then only __kmap_local_page_prot() uses that stack
 * (include/linux/highmem-internal.h without HIGHMEM), so backend=forced calls that function.
 */
#include <linux/pgtable.h>

#include <asm/tlbflush.h>

#include "kmap.h"

#define HIGHMEM IS_ENABLED(CONFIG_HIGHMEM)
#define FORCED                                                                                     \
	((IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP) ||                                         \
	  IS_ENABLED(CONFIG_PTBENCH_KMAP_FORCED)) &&                                               \
	 !HIGHMEM)

void *ptb_kmap_local(struct page *page)
{
#ifdef CONFIG_KMAP_LOCAL
	if (FORCED)
		return __kmap_local_page_prot(page, PAGE_KERNEL);
#endif
	return kmap_local_page(page);
}

void ptb_kunmap_local(void *at)
{
#ifdef CONFIG_KMAP_LOCAL
	if (FORCED) {
		kunmap_local_indexed(at);
		return;
	}
#endif
	kunmap_local(at);
}

#ifdef PTB_KMAP_STACK

/* Slots count from 0, and with guards every second one, from 1. */
static unsigned long layout_address(int map)
{
	int slot = PTB_KMAP_STEP * (map + 1) - 1;

	return __fix_to_virt(FIX_KMAP_BEGIN + slot + PTB_KMAP_SLOTS * raw_smp_processor_id());
}

static int stack_index(void)
{
	return ptb_kmap_index();
}

static void flush_slots(void)
{
	flush_tlb_kernel_range(layout_address(PTB_KMAP_MAX - 1), layout_address(0) + PAGE_SIZE);
}

#else

static unsigned long layout_address(int map)
{
	return 0;
}

static int stack_index(void)
{
	return 0;
}

static void flush_slots(void)
{
}

#endif

static pte_t entry_at(unsigned long address)
{
	return ptep_get(virt_to_kpte(address));
}

static bool guard_is_empty(int map)
{
	return PTB_KMAP_STEP == 1 || pte_none(entry_at(layout_address(map) + PAGE_SIZE));
}

const char *ptb_kmap_backend(const char *api)
{
	if (HIGHMEM)
		return "highmem";
	return FORCED && !strcmp(api, "kmap_local") ? "forced" : "direct";
}

int ptb_kmap_has_stack(struct ptb_state *s, const char *api)
{
	if (PTB_NO_KMAP_LOCAL && !strcmp(api, "kmap_local")) {
		ptb_fail(s, "%s", PTB_NO_KMAP_LOCAL);
		return -EOPNOTSUPP;
	}
	if (strcmp(ptb_kmap_backend(api), "direct"))
		return 0;
	ptb_fail(s, "%s is the direct map in this kernel: there is no stack of maps",
		 strcmp(api, "kmap_local") ? "kmap_atomic()" : "kmap_local_page()");
	return -EOPNOTSUPP;
}

struct page *ptb_kmap_page(struct ptb_state *s)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	if (!page) {
		ptb_fail(s, "no page to map");
	} else if (HIGHMEM && !PageHighMem(page)) {
		ptb_fail(s, "this guest has no high memory");
		__free_page(page);
		page = NULL;
	}
	return page;
}

bool ptb_kmaps_placed(const struct ptb_kmaps *k, char *why, size_t size)
{
	int i;

	for (i = 0; i < k->nr; i++) {
		if ((unsigned long)k->at[i] != layout_address(i)) {
			snprintf(why, size, "wrong: map %d is at 0x%lx, not 0x%lx", i + 1,
				 (unsigned long)k->at[i], layout_address(i));
			return false;
		}
		if (!guard_is_empty(i)) {
			snprintf(why, size, "wrong: the guard above map %d maps something", i + 1);
			return false;
		}
	}
	return true;
}

/* Looks at page tables: reading through a hole would fault, or a stale TLB entry would hide it. */
bool ptb_kmaps_shown(const struct ptb_kmaps *k, char *why, size_t size)
{
	int i;

	for (i = 0; i < k->nr; i++) {
		pte_t pte = entry_at((unsigned long)k->at[i]);

		if (!pte_none(pte) && pte_pfn(pte) == page_to_pfn(k->page[i]))
			continue;
		snprintf(why, size, "wrong: map %d %s", i + 1,
			 pte_none(pte) ? "is a hole" : "shows another page");
		return false;
	}
	return true;
}

void ptb_kmaps_map(struct ptb_kmaps *k)
{
	for (k->nr = 0; k->nr < k->pages; k->nr++) {
		struct page *page = k->page[k->nr];

		k->at[k->nr] = k->atomic ? kmap_atomic(page) : ptb_kmap_local(page);
	}
}

void ptb_kmaps_unmap(struct ptb_kmaps *k)
{
	while (k->nr) {
		void *at = k->at[--k->nr];

		if (k->atomic)
			kunmap_atomic(at);
		else
			ptb_kunmap_local(at);
	}
}

void ptb_kmaps_empty(struct ptb_kmaps *k)
{
	ptb_kmaps_unmap(k);
	while (k->pages)
		__free_page(k->page[--k->pages]);
}

int ptb_kmaps_pages(struct ptb_state *s, struct ptb_kmaps *k, int nr)
{
	for (k->nr = k->pages = 0; k->pages < nr; k->pages++) {
		k->page[k->pages] = ptb_kmap_page(s);
		if (!k->page[k->pages]) {
			ptb_kmaps_empty(k);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

int ptb_kmaps_fill(struct ptb_state *s, struct ptb_kmaps *k, int nr)
{
	int ret = ptb_kmaps_pages(s, k, nr);

	if (!ret)
		ptb_kmaps_map(k);
	return ret;
}

/* ---- kmap/pair ---- */

static struct ptb_kmaps below;
static struct page *top;

static const struct ptb_kmap_row *row_of(const struct ptb_state *s)
{
	return s->row->arg;
}

static void pair_describe(struct ptb_state *s)
{
	const struct ptb_kmap_row *row = row_of(s);

	ptb_param(s, ",api=%s,backend=%s,debug=%d", row->api, ptb_kmap_backend(row->api),
		  PTB_KMAP_DEBUG);
	if (row->depth)
		ptb_param(s, ",depth=%d", row->depth);
	if (row->seen)
		ptb_param(s, ",mapped=%s", row->seen);
	ptb_param(s, ",design=%s", PTB_KMAP_DESIGN);
}

static int pair_setup(struct ptb_state *s)
{
	const struct ptb_kmap_row *row = row_of(s);
	int ret = row->depth > 1 ? ptb_kmap_has_stack(s, row->api) : 0;

	if (ret)
		return ret;
	if (PTB_NO_KMAP_LOCAL && !strcmp(row->api, "kmap_local")) {
		ptb_fail(s, "%s", PTB_NO_KMAP_LOCAL);
		return -EOPNOTSUPP;
	}
	if (row->depth > 1 && row->depth > PTB_KMAP_MAX) {
		ptb_fail(s, "the stack of this kernel ends at %d maps", PTB_KMAP_MAX);
		return -EOPNOTSUPP;
	}
	below.atomic = !strcmp(row->api, "kmap_atomic");
	top = ptb_kmap_page(s);
	if (!top)
		return -EOPNOTSUPP;
	return row->depth ? ptb_kmaps_pages(s, &below, row->depth - 1) : 0;
}

/*
 * The maps below the one that is measured. Nobody may sleep below kmap_atomic(), so they are there
 * for one window at a time, and nothing between prepare and finish sleeps (window.c).
 */
static int stack_prepare(struct ptb_state *s)
{
	ptb_kmaps_map(&below);
	return 0;
}

static int stack_finish(struct ptb_state *s)
{
	ptb_kmaps_unmap(&below);
	return 0;
}

static void pair_teardown(struct ptb_state *s)
{
	if (!top)
		return;
	ptb_kmaps_empty(&below);
	kmap_flush_unused(); /* or kmap() gives the page's next owner its old address */
	__free_page(top);
	top = NULL;
}

/* Keeps the compiler from leaving out a map that nobody reads through. */
static __always_inline void use(void *at)
{
	asm volatile("" : : "r"(at) : "memory");
}

static void local_pair(struct ptb_state *s)
{
	void *at = ptb_kmap_local(top);

	use(at);
	ptb_kunmap_local(at);
}

static void atomic_pair(struct ptb_state *s)
{
	void *at = kmap_atomic(top);

	use(at);
	kunmap_atomic(at);
}

static void kmap_pair(struct ptb_state *s)
{
	use(kmap(top));
	kunmap(top);
}

/*
 * kunmap() leaves the page's address in place for the next kmap() of it. Rows of mapped=new remove
 * that, the others make sure that it is there.
 */
static int kmap_prepare(struct ptb_state *s)
{
	if (strcmp(row_of(s)->seen, "new")) {
		kmap(top);
		kunmap(top);
	} else {
		kmap_flush_unused();
	}
	return 0;
}

static int kmap_setup(struct ptb_state *s)
{
	if (HIGHMEM || strcmp(row_of(s)->seen, "new"))
		return pair_setup(s);
	ptb_fail(s, "kmap() is the direct map in this kernel: no page is ever new to it");
	return -EOPNOTSUPP;
}

const struct ptb_ops ptb_kmap_local_pair = {
	.case_id = "kmap/pair",
	.run = ptb_run_cost,
	.setup = pair_setup,
	.prepare = stack_prepare,
	.op = local_pair,
	.finish = stack_finish,
	.teardown = pair_teardown,
	.describe = pair_describe,
	.irqs_off = true,
};

const struct ptb_ops ptb_kmap_atomic_pair = {
	.case_id = "kmap/pair",
	.run = ptb_run_cost,
	.setup = pair_setup,
	.prepare = stack_prepare,
	.op = atomic_pair,
	.finish = stack_finish,
	.teardown = pair_teardown,
	.describe = pair_describe,
	.irqs_off = true,
};

const struct ptb_ops ptb_kmap_pair = {
	.case_id = "kmap/pair",
	.run = ptb_run_cost,
	.setup = kmap_setup,
	.prepare = kmap_prepare,
	.op = kmap_pair,
	.teardown = pair_teardown,
	.describe = pair_describe,
};

/* ---- checks of a stack that is filled to its end ---- */

static void layout_describe(struct ptb_state *s)
{
	ptb_param(s, ",debug=%d", PTB_KMAP_DEBUG);
}

static u32 word_of(const struct page *page)
{
	return (u32)page_to_pfn(page) ^ 0x5eed0000;
}

/* Writes its word into each page while that alone is mapped: all of them by the first slot. */
static void write_words(struct ptb_kmaps *k)
{
	int i;

	for (i = 0; i < k->pages; i++) {
		void *at = ptb_kmap_local(k->page[i]);

		WRITE_ONCE(*(u32 *)at, word_of(k->page[i]));
		ptb_kunmap_local(at);
	}
}

/* Reads through every map, whose entries are right: a TLB that has older ones is found. */
static bool words_read(const struct ptb_kmaps *k, char *why, size_t size)
{
	int i;

	for (i = 0; i < k->nr; i++) {
		if (READ_ONCE(*(u32 *)k->at[i]) == word_of(k->page[i]))
			continue;
		snprintf(why, size, "stale: map %d reads another page than its own", i + 1);
		return false;
	}
	return true;
}

static void turn_pages_round(struct ptb_kmaps *k)
{
	int i;

	for (i = 0; i < k->pages / 2; i++)
		swap(k->page[i], k->page[k->pages - 1 - i]);
}

typedef bool (*maps_are)(const struct ptb_kmaps *k, char *why, size_t size);

/* Twice: with the pages in the other order, every map has to take its slot anew. */
static void look_twice(maps_are first, maps_are then, char *seen, size_t size)
{
	bool good = true;
	int i;

	for (i = 0; i < 2 && good; i++) {
		ptb_kmaps_map(&below);
		good = first(&below, seen, size) && then(&below, seen, size);
		ptb_kmaps_unmap(&below);
		turn_pages_round(&below);
	}
	if (good)
		strscpy(seen, "right", size);
}

static void look_at_layout(char *seen, size_t size)
{
	look_twice(ptb_kmaps_placed, ptb_kmaps_shown, seen, size);
}

static void look_at_read(char *seen, size_t size)
{
	write_words(&below);
	look_twice(ptb_kmaps_shown, words_read, seen, size);
}

/* With a map of its stack a task may be switched out, and faults; one with the CPU's may not. */
static void look_at_owner(char *seen, size_t size)
{
	int i, before = stack_index(), index = before;
	const char *owner = PTB_KMAP_OWNER;
	struct ptb_kmaps *k = &below;

	for (i = 0; i < k->pages && index == before + i * PTB_KMAP_STEP; i++) {
		k->at[k->nr++] = ptb_kmap_local(k->page[i]);
		index = stack_index();
		owner = pagefault_disabled() ? "cpu" : "task";
	}
	ptb_kmaps_unmap(k);
	if (index != before + i * PTB_KMAP_STEP)
		snprintf(seen, size, "wrong: map %d took the index of the %s from %d to %d", i,
			 PTB_KMAP_OWNER, before + (i - 1) * PTB_KMAP_STEP, index);
	else if (stack_index() != before)
		snprintf(seen, size, "wrong: all maps are undone, and the index of the %s is %d",
			 PTB_KMAP_OWNER, stack_index());
	else if (strcmp(owner, PTB_KMAP_OWNER))
		snprintf(seen, size, "wrong: page faults are %s with a map of the stack of the %s",
			 strcmp(owner, "cpu") ? "on" : "off", PTB_KMAP_OWNER);
	else
		strscpy(seen, owner, size);
}

/* What is left of the maps' entries when all of them are undone. */
static void look_at_unmapped(char *seen, size_t size)
{
	int i, kept = 0, empty = 0;

	ptb_kmaps_map(&below);
	ptb_kmaps_unmap(&below);
	for (i = 0; i < below.pages; i++) {
		pte_t pte = entry_at((unsigned long)below.at[i]);

		empty += pte_none(pte);
		kept += !pte_none(pte) && pte_pfn(pte) == page_to_pfn(below.page[i]);
	}
	if (empty == below.pages)
		strscpy(seen, "cleared", size);
	else if (kept == below.pages)
		strscpy(seen, "kept", size);
	else
		snprintf(seen, size, "wrong: %d entries of %d are empty, and %d as they were",
			 empty, below.pages, kept);
}

/* With interrupts off: one that maps a page would find no slot. */
static int check_full(struct ptb_state *s, void (*look)(char *seen, size_t size))
{
	char seen[sizeof(s->why)];
	unsigned long flags;
	int ret;

	below.atomic = false;
	ret = ptb_kmap_has_stack(s, PTB_KMAP_API) ?: ptb_kmaps_pages(s, &below, PTB_KMAP_MAX);
	if (ret)
		return ptb_emit_skip(s, s->why);
	/* or a map whose undoing was not flushed leads to a page that is no longer ours */
	flush_slots();
	local_irq_save(flags);
	look(seen, sizeof(seen));
	local_irq_restore(flags);
	ptb_kmaps_empty(&below);
	return ptb_emit_check(s, s->row->ops->case_id, seen);
}

static int layout_run(struct ptb_state *s)
{
	return check_full(s, look_at_layout);
}

static int owner_run(struct ptb_state *s)
{
	return check_full(s, look_at_owner);
}

static int read_run(struct ptb_state *s)
{
	return check_full(s, look_at_read);
}

static int unmapped_run(struct ptb_state *s)
{
	return check_full(s, look_at_unmapped);
}

const struct ptb_ops ptb_kmap_layout = {
	.case_id = "kmap/layout",
	.run = layout_run,
	.describe = layout_describe,
};

const struct ptb_ops ptb_kmap_owner = {
	.case_id = "kmap/owner",
	.run = owner_run,
	.describe = layout_describe,
};

const struct ptb_ops ptb_kmap_read = {
	.case_id = "kmap/read",
	.run = read_run,
	.describe = layout_describe,
};

const struct ptb_ops ptb_kmap_unmapped = {
	.case_id = "kmap/unmapped",
	.run = unmapped_run,
	.describe = layout_describe,
};
