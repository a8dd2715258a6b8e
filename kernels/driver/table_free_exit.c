// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_free/exit, table_free/exec: what tearing a whole address space down costs.
 *
 * A kernel thread takes up a new address space (kthread_use_mm()), touches one page in each of T
 * page-table spans of one VMA, and leaves it again; the window holds the mmput() of the last user.
 * exit: at that time the thread has no address space, and its CPU still has the old one loaded,
 * lazily, as when exit_mm() of kernel/exit.c calls mmput().
 * exec: the thread has taken up another one, as exec_mmap() of fs/exec.c has before its mmput(), so
 * no CPU has the old one loaded.
 * The twin touches as many pages side by side, in one table: param twin=packed.
 * A reference to the struct mm_struct is kept, so that the bytes of its tables can be compared
 * after the window. So the window does not hold __mmdrop(), which frees the top table, and costs
 * the same for any number of tables.
 */
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>

#include "ptbench.h"

static struct mm_struct *next; /* what exec changes to */

/* How many tables above the PTE tables one region needs. */
static unsigned int upper_tables(struct mm_struct *mm)
{
	return !mm_pmd_folded(mm) + !mm_pud_folded(mm) + !mm_p4d_folded(mm);
}

/* Their bytes as the mm counts them: it does not count a table of the p4d level. */
static unsigned long upper_bytes(struct mm_struct *mm)
{
	return (mm_pmd_folded(mm) ? 0 : PTRS_PER_PMD * sizeof(pmd_t)) +
	       (mm_pud_folded(mm) ? 0 : PTRS_PER_PUD * sizeof(pud_t));
}

static int touch_spans(struct ptb_state *s)
{
	unsigned long step = s->row->twin ? PAGE_SIZE : PMD_SIZE;
	int i, ret = 0;

	for (i = 0; i < s->row->tables && !ret; i++)
		ret = ptb_touch(s, s->addr + i * step, 1);
	return ret;
}

static int populate(struct ptb_state *s)
{
	int ret;

	s->addr = s->row->at;
	s->len = s->row->tables * PMD_SIZE;
	ret = ptb_map(s, s->addr, s->len, PROT_READ | PROT_WRITE);
	if (!ret && IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		do_madvise(s->mm, s->addr, s->len, MADV_NOHUGEPAGE);
	return ret ?: touch_spans(s);
}

static void forget(struct ptb_state *s)
{
	if (s->mm)
		mmdrop(s->mm);
	s->mm = NULL;
}

/* Makes s->mm, with the row's tables. Its one user is this thread, which has left it. */
static int make_mm(struct ptb_state *s)
{
	int ret;

	s->mm = mm_alloc();
	if (!s->mm)
		return ptb_fail(s, "no memory for an address space");
	ptb_prepare_mmap(s->mm);
	mmgrab(s->mm);
	kthread_use_mm(s->mm);
	ret = populate(s);
	s->tables_before = mm_pgtables_bytes(s->mm);
	kthread_unuse_mm(s->mm);
	if (ret) {
		mmput(s->mm);
		forget(s);
	}
	return ret;
}

/* Runs on the other CPU, which then idles with the address space loaded: peer=idle. */
static int visit(struct ptb_state *s)
{
	int ret;

	kthread_use_mm(s->mm);
	ret = ptb_touch(s, s->addr, 1);
	kthread_unuse_mm(s->mm);
	return ret;
}

static int exit_prepare(struct ptb_state *s)
{
	int ret = make_mm(s);

	if (ret || s->row->peer != PTB_PEER_IDLE || ptb_peer_busted())
		return ret;
	ret = ptb_in_kthread(PTB_PEER_CPU, visit, s);
	if (ret) {
		mmput(s->mm);
		forget(s);
	}
	return ret;
}

static int exec_prepare(struct ptb_state *s)
{
	int ret = make_mm(s);

	if (!ret)
		kthread_use_mm(next);
	return ret;
}

static void drop_user(struct ptb_state *s)
{
	mmput(s->mm);
}

static int torn_down(struct ptb_state *s)
{
	unsigned int ptes = s->row->twin ? 1 : s->row->tables;
	long want = ptes * PTRS_PER_PTE * sizeof(pte_t) + upper_bytes(s->mm);
	long bytes = s->tables_before - mm_pgtables_bytes(s->mm);

	s->freed = ptes + upper_tables(s->mm);
	if (bytes == want)
		return 0;
	return ptb_fail(s, "page tables went by %ld bytes instead of %ld", bytes, want);
}

static int exit_finish(struct ptb_state *s)
{
	int ret = torn_down(s);

	forget(s);
	return ret;
}

static int exec_finish(struct ptb_state *s)
{
	kthread_unuse_mm(next);
	return exit_finish(s);
}

static int exit_setup(struct ptb_state *s)
{
	s->mm = NULL;
	if (!s->row->twin || s->row->tables <= PTRS_PER_PTE)
		return 0;
	ptb_fail(s, "a table has %lu entries", (unsigned long)PTRS_PER_PTE);
	return -EOPNOTSUPP;
}

static int exec_setup(struct ptb_state *s)
{
	int ret = exit_setup(s);

	next = ret ? NULL : mm_alloc();
	return ret || next ? ret : ptb_fail(s, "no memory for an address space");
}

static void exec_teardown(struct ptb_state *s)
{
	if (next)
		mmput(next);
	next = NULL;
}

const struct ptb_ops ptb_exit = {
	.case_id = "table_free/exit",
	.noisy = PTB_NOISY_EXIT,
	.run = ptb_run_cost,
	.setup = exit_setup,
	.prepare = exit_prepare,
	.op = drop_user,
	.finish = exit_finish,
	.kthread = true,
	.deferred = true,
	.frees = true,
};

const struct ptb_ops ptb_exec = {
	.case_id = "table_free/exec",
	.noisy = PTB_NOISY_EXIT,
	.run = ptb_run_cost,
	.setup = exec_setup,
	.prepare = exec_prepare,
	.op = drop_user,
	.finish = exec_finish,
	.teardown = exec_teardown,
	.kthread = true,
	.deferred = true,
	.frees = true,
};
