// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup_fast/recheck: does GUP-fast look at the entry again once it holds the page?
 *
 * A probe at the function that takes the reference, which the walk calls after its first look at
 * the entry, puts another page's entry in its place. The walk has to notice and give the page back:
 * the entry may have been cleared and the page freed just then, and the page that was taken may be
 * somebody else's. The change comes at the same instruction of every walk, so that one walk
 * decides. The old entry is put back before anybody else can use the new one.
 */
#include <linux/highmem.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mman.h>

#include "ptbench.h"

#define REGION (4 * PMD_SIZE)

static struct {
	struct task_struct *who; /* whose walk is disturbed; NULL: nobody's */
	bool huge;
	pte_t *ptep, pte, other_pte;
	pmd_t *pmdp, pmd, other_pmd;
	unsigned int hits;
} disturb;

static void put_entry(bool other)
{
	if (disturb.huge)
		WRITE_ONCE(*disturb.pmdp, other ? disturb.other_pmd : disturb.pmd);
	else
		WRITE_ONCE(*disturb.ptep, other ? disturb.other_pte : disturb.pte);
}

static int change_entry(struct kprobe *kp, struct pt_regs *regs)
{
	if (READ_ONCE(disturb.who) == current && !disturb.hits++)
		put_entry(true);
	return 0;
}

/* The function's names, the newest first: later kernels call another one by an older name. */
static const char *const grabs[] = { "try_grab_folio_fast", "try_grab_folio",
				     "try_grab_compound_head" };

static struct kprobe probe = { .pre_handler = change_entry };

static int map_two(struct ptb_state *s, unsigned long step)
{
	int ret;

	s->addr = ALIGN(s->at, PMD_SIZE);
	ret = ptb_map(s, s->addr, REGION, PROT_READ | PROT_WRITE);
	if (ret)
		return ret;
	s->len = REGION;
	if (IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		do_madvise(current->mm, s->addr, REGION,
			   disturb.huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	ret = ptb_touch(s, s->addr, 1) ?: ptb_touch(s, s->addr + step, 1);
	s->pages[0] = ptb_slow_page(s->addr);
	s->pages[1] = ptb_slow_page(s->addr + step);
	if (!ret && (!s->pages[0] || !s->pages[1] || s->pages[0] == s->pages[1]))
		ret = ptb_fail(s, "no two pages to choose from");
	return ret;
}

static pmd_t *pmd_of(unsigned long addr)
{
	return pmd_offset(pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr), addr);
}

/* Maps the PTE table until unmap_table(): with HIGHPTE it may lie in high memory. */
static pte_t *map_table(void)
{
	if (IS_ENABLED(CONFIG_HIGHPTE))
		return kmap(pmd_page(disturb.pmd));
	return pte_offset_kernel(disturb.pmdp, 0);
}

static void unmap_table(void)
{
	if (IS_ENABLED(CONFIG_HIGHPTE) && disturb.ptep)
		kunmap(pmd_page(disturb.pmd));
}

static int find_entries(struct ptb_state *s, unsigned long step)
{
	disturb.pmdp = pmd_of(s->addr);
	disturb.pmd = READ_ONCE(*disturb.pmdp);
	disturb.other_pmd = READ_ONCE(*pmd_of(s->addr + step));
	if (disturb.huge && (!pmd_trans_huge(disturb.pmd) || !pmd_trans_huge(disturb.other_pmd))) {
		ptb_fail(s, "no transparent huge pages were given");
		return -EOPNOTSUPP;
	}
	if (disturb.huge)
		return 0;
	disturb.ptep = map_table(); /* s->addr is where it begins */
	disturb.pte = READ_ONCE(*disturb.ptep);
	disturb.other_pte = READ_ONCE(disturb.ptep[1]);
	return 0;
}

static int hook(struct ptb_state *s)
{
	int i, ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(grabs) && ret == -ENOENT; i++) {
		memset(&probe, 0, sizeof(probe));
		probe.pre_handler = change_entry;
		probe.symbol_name = grabs[i];
		ret = kallsyms_lookup_name(grabs[i]) ? register_kprobe(&probe) : -ENOENT;
	}
	if (ret == -ENOENT) {
		/* No rule skips this one: the function has yet another name, or was inlined. */
		ptb_fail(s, "GUP-fast takes its reference in no function that the driver knows");
		return -EOPNOTSUPP;
	}
	if (ret) {
		ptb_fail(s, "no probe can be put between GUP-fast's two looks: error %d", ret);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* One page by GUP-fast, its reference dropped; NULL: none. */
static struct page *walk(struct ptb_state *s, bool disturbed)
{
	struct page *page = NULL;

	disturb.hits = 0;
	WRITE_ONCE(disturb.who, disturbed ? current : NULL);
	s->got = get_user_pages_fast_only(s->addr, 1, FOLL_WRITE, &page);
	WRITE_ONCE(disturb.who, NULL);
	put_entry(false);
	if (s->got != 1)
		return NULL;
	put_page(page);
	return page;
}

static int look(struct ptb_state *s)
{
	struct page *before, *page, *after;
	unsigned int hits;

	before = walk(s, false);
	page = walk(s, true);
	hits = disturb.hits;
	after = walk(s, false);
	if (before != s->pages[0] || after != s->pages[0]) {
		/* gup_fast/only judges this. */
		ptb_fail(s, "GUP-fast does not return the page when nobody interferes");
		return -EOPNOTSUPP;
	}
	if (!hits)
		return ptb_fail(s, "GUP-fast did not come by %s()", probe.symbol_name);
	return ptb_emit_check(s, s->row->ops->case_id,
			      !page		    ? "right"
			      : page == s->pages[0] ? "wrong: the page that the entry named before"
						    : "wrong: a page that the walk never saw");
}

static int run_recheck(struct ptb_state *s)
{
	unsigned long step;
	int ret;

	memset(&disturb, 0, sizeof(disturb));
	disturb.huge = s->row->leaf == PTB_PMD;
	step = disturb.huge ? PMD_SIZE : PAGE_SIZE;
	if (disturb.huge &&
	    !(IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && has_transparent_hugepage()))
		return ptb_emit_skip(s, "this machine has no huge pages at this level");
	ret = map_two(s, step) ?: find_entries(s, step) ?: hook(s);
	if (!ret) {
		ret = look(s);
		unregister_kprobe(&probe);
	}
	unmap_table();
	if (s->len)
		ptb_unmap(s->addr, s->len);
	return ret == -EOPNOTSUPP ? ptb_emit_skip(s, s->why) : ret;
}

const struct ptb_ops ptb_recheck = {
	.case_id = "gup_fast/recheck",
	.run = run_recheck,
	.design = true,
};
