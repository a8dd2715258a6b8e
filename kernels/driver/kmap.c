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

#include "kmap.h"

#define HIGHMEM IS_ENABLED(CONFIG_HIGHMEM)
#define FORCED                                                                                     \
	((IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP) ||                                         \
	  IS_ENABLED(CONFIG_PTBENCH_KMAP_FORCED)) &&                                               \
	 !HIGHMEM)

#ifdef CONFIG_KMAP_LOCAL

void *ptb_kmap_local(struct page *page)
{
	return FORCED ? __kmap_local_page_prot(page, PAGE_KERNEL) : kmap_local_page(page);
}

void ptb_kunmap_local(void *at)
{
	if (FORCED)
		kunmap_local_indexed(at);
	else
		kunmap_local(at);
}

/* mm/highmem.c: slots count from 0, and with guards every second one, from 1. */
static unsigned long layout_address(int map)
{
	int slot = PTB_KMAP_STEP * (map + 1) - 1;

	return __fix_to_virt(FIX_KMAP_BEGIN + slot + KM_MAX_IDX * raw_smp_processor_id());
}

static bool guard_is_empty(int map)
{
	return PTB_KMAP_STEP == 1 ||
	       pte_none(ptep_get(virt_to_kpte(layout_address(map) + PAGE_SIZE)));
}

#else

void *ptb_kmap_local(struct page *page)
{
	return kmap_local_page(page);
}

void ptb_kunmap_local(void *at)
{
	kunmap_local(at);
}

static unsigned long layout_address(int map)
{
	return 0;
}

static bool guard_is_empty(int map)
{
	return true;
}

#endif

const char *ptb_kmap_backend(const char *api)
{
	if (HIGHMEM)
		return "highmem";
	return FORCED && !strcmp(api, "kmap_local") ? "forced" : "direct";
}

int ptb_kmap_has_stack(struct ptb_state *s)
{
	if (PTB_NO_KMAP_LOCAL) {
		ptb_fail(s, "%s", PTB_NO_KMAP_LOCAL);
		return -EOPNOTSUPP;
	}
	if (HIGHMEM || FORCED)
		return 0;
	ptb_fail(s,
		 "kmap_local_page() is the direct map in this kernel: there is no stack of maps");
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
		pte_t pte = ptep_get(virt_to_kpte((unsigned long)k->at[i]));

		if (!pte_none(pte) && pte_pfn(pte) == page_to_pfn(k->page[i]))
			continue;
		snprintf(why, size, "wrong: map %d %s", i + 1,
			 pte_none(pte) ? "is a hole" : "shows another page");
		return false;
	}
	return true;
}

void ptb_kmaps_empty(struct ptb_kmaps *k)
{
	while (k->nr--) {
		ptb_kunmap_local(k->at[k->nr]);
		__free_page(k->page[k->nr]);
	}
	k->nr = 0;
}

int ptb_kmaps_fill(struct ptb_state *s, struct ptb_kmaps *k, int nr)
{
	for (k->nr = 0; k->nr < nr; k->nr++) {
		k->page[k->nr] = ptb_kmap_page(s);
		if (!k->page[k->nr]) {
			ptb_kmaps_empty(k);
			return -EOPNOTSUPP;
		}
		k->at[k->nr] = ptb_kmap_local(k->page[k->nr]);
	}
	return 0;
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
		  IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL));
	if (row->depth)
		ptb_param(s, ",depth=%d", row->depth);
	if (row->seen)
		ptb_param(s, ",mapped=%s", row->seen);
	ptb_param(s, ",design=merged");
}

static int pair_setup(struct ptb_state *s)
{
	const struct ptb_kmap_row *row = row_of(s);
	int ret = row->depth > 1 ? ptb_kmap_has_stack(s) : 0;

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
	top = ptb_kmap_page(s);
	if (!top)
		return -EOPNOTSUPP;
	return row->depth ? ptb_kmaps_fill(s, &below, row->depth - 1) : 0;
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
	.op = local_pair,
	.teardown = pair_teardown,
	.describe = pair_describe,
	.irqs_off = true,
};

const struct ptb_ops ptb_kmap_atomic_pair = {
	.case_id = "kmap/pair",
	.run = ptb_run_cost,
	.setup = pair_setup,
	.op = atomic_pair,
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

/* ---- kmap/layout: a stack filled to its end ---- */

static void layout_describe(struct ptb_state *s)
{
	ptb_param(s, ",debug=%d", IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL));
}

static int layout_run(struct ptb_state *s)
{
	char seen[sizeof(s->why)];
	int ret = ptb_kmap_has_stack(s) ?: ptb_kmaps_fill(s, &below, PTB_KMAP_MAX);

	if (ret)
		return ptb_emit_skip(s, s->why);
	if (ptb_kmaps_placed(&below, seen, sizeof(seen)) &&
	    ptb_kmaps_shown(&below, seen, sizeof(seen)))
		strscpy(seen, "right", sizeof(seen));
	ptb_kmaps_empty(&below);
	return ptb_emit_check(s, s->row->ops->case_id, seen);
}

const struct ptb_ops ptb_kmap_layout = {
	.case_id = "kmap/layout",
	.run = layout_run,
	.describe = layout_describe,
};
