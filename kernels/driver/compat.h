/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernels, from 5.10 on: one name here for each thing that the driver's cases
 * call, by feature where the compiler sees it, by version where not. The cases themselves ask for
 * no version.
 */
#ifndef PTBENCH_COMPAT_H
#define PTBENCH_COMPAT_H

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/page-flags.h>
#include <linux/percpu_counter.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/pgtable.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/version.h>
#include <linux/vmstat.h>

#define PTB_SINCE(major, minor) (LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

/* 7.3 moved lru_add_drain() there. */
#if PTB_SINCE(7, 3)
#include "../internal.h"
#endif

/*
 * Empties the counts of pages that stand near the task (until 6.1 in the task itself, since 6.2 one
 * per CPU) into the mm's.
 */
static inline void ptb_settle_rss(struct mm_struct *mm)
{
#if PTB_SINCE(6, 2)
	int i;

	for (i = 0; i < NR_MM_COUNTERS; i++)
		percpu_counter_sync(&mm->rss_stat[i]);
#else
	sync_mm_rss(mm);
#endif
}

static inline long ptb_get_user_pages(unsigned long start, unsigned long nr, unsigned int flags,
				      struct page **pages)
{
#if PTB_SINCE(6, 5)
	return get_user_pages(start, nr, flags, pages);
#else
	return get_user_pages(start, nr, flags, pages, NULL); /* of each page its VMA */
#endif
}

/* Two mms may share a table of hugetlb memory. 6.12 has an option for it, which asks for more. */
#if PTB_SINCE(6, 12)
#ifdef CONFIG_HUGETLB_PMD_PAGE_TABLE_SHARING
#define PTB_SHARES_TABLES
#endif
#elif defined(CONFIG_ARCH_WANT_HUGE_PMD_SHARE) && defined(CONFIG_HUGETLB_PAGE)
#define PTB_SHARES_TABLES
#endif

/*
 * A VMA's flags became a struct of their own in the 7.x releases, and functions took them as one
 * later than there was such a struct.
 */
#ifdef mk_vma_flags
#define PTB_NORESERVE                                                                              \
	_Generic(&shmem_file_setup, struct file * (*)(const char *, loff_t, unsigned long)         \
		 : VM_NORESERVE, default                                                           \
		 : mk_vma_flags(VMA_NORESERVE_BIT))
#else
#define PTB_NORESERVE VM_NORESERVE
#endif

static inline struct file *ptb_hugetlb_file(const char *name, size_t size, int page_shift)
{
#if PTB_SINCE(5, 18)
	return hugetlb_file_setup(name, size, PTB_NORESERVE, HUGETLB_ANONHUGE_INODE, page_shift);
#else
	void *user = NULL; /* whom locked memory is charged to: nobody for this kind of file */

	return hugetlb_file_setup(name, size, PTB_NORESERVE, (void *)&user, HUGETLB_ANONHUGE_INODE,
				  page_shift);
#endif
}

/* The huge entry at @addr goes, and its folio stays whole. */
static inline void ptb_split_entry(struct vm_area_struct *vma, unsigned long addr)
{
#if PTB_SINCE(6, 15)
	split_huge_pmd_address(vma, addr, false);
#else
	split_huge_pmd_address(vma, addr, false, NULL);
#endif
}

static inline void ptb_forbid_thp(struct mm_struct *mm, bool forbid)
{
#ifdef MMF_DISABLE_THP
	if (forbid)
		set_bit(MMF_DISABLE_THP, &mm->flags);
	else
		clear_bit(MMF_DISABLE_THP, &mm->flags);
#else
	if (forbid)
		mm_flags_set(MMF_DISABLE_THP_COMPLETELY, mm);
	else
		mm_flags_clear(MMF_DISABLE_THP_COMPLETELY, mm);
#endif
}

static inline void ptb_timer_init(struct hrtimer *timer,
				  enum hrtimer_restart (*fn)(struct hrtimer *),
				  enum hrtimer_mode mode)
{
#if PTB_SINCE(6, 13)
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = fn;
#endif
}

/* The page is as one that nobody has accessed. */
static inline void ptb_forget_access(struct page *page)
{
#if PTB_SINCE(5, 17)
	folio_clear_referenced(page_folio(page));
#else
	ClearPageReferenced(page);
#endif
}

static inline void __noreturn ptb_thread_ends(struct completion *done)
{
#if PTB_SINCE(5, 17)
	kthread_complete_and_exit(done, 0);
#else
	complete_and_exit(done, 0);
#endif
}

/* 6.1 brought madvise(MADV_COLLAPSE). */
#ifdef MADV_COLLAPSE
#define PTB_NO_COLLAPSE ((const char *)NULL)
#else
#define PTB_NO_COLLAPSE "this kernel has no MADV_COLLAPSE"
#define MADV_COLLAPSE 25
#endif

/*
 * Until 5.13 only single pages go by the per-CPU lists (44042b449872 of 5.14). s390's upper tables
 * are four pages: whoever frees an address space puts pages back into the allocator's free lists.
 */
#if defined(CONFIG_S390) && !PTB_SINCE(5, 14)
#define PTB_NOISY_EXIT                                                                             \
	"tables of four pages go past the per-CPU lists of this kernel: no window is quiet"
#else
#define PTB_NOISY_EXIT NULL
#endif

/* Lets mmap() find room in an address space that no program was loaded into. */
static inline void ptb_prepare_mmap(struct mm_struct *mm)
{
#if !PTB_SINCE(6, 10)
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
#endif
}

/* The n-th argument of the function that was probed. */
static inline unsigned long ptb_argument(struct pt_regs *regs, unsigned int n)
{
#if defined(CONFIG_S390) && !PTB_SINCE(5, 12)
	return regs->gprs[2 + n];
#elif defined(CONFIG_PPC)
	return regs->gpr[3 + n];
#elif defined(CONFIG_ARM)
	return n < 4 ? regs->uregs[n] : 0;
#elif defined(CONFIG_MIPS)
	return regs->regs[4 + n];
#else
	return regs_get_kernel_argument(regs, n);
#endif
}

/* As seen in 6.12, and refused in 6.1. */
#define PTB_COLLAPSES_SHMEM PTB_SINCE(6, 12)

/* Is it an entry of a huge page, a DAX one included? Until 6.16 these had a bit of their own. */
static inline bool ptb_pmd_is_leaf(pmd_t pmd)
{
#if PTB_SINCE(6, 17)
	return pmd_leaf(pmd);
#else
	return pmd_leaf(pmd) || pmd_devmap(pmd);
#endif
}

#endif
