/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64 for the driver, whatever its page size: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_ARM64_H
#define PTBENCH_ARCH_ARM64_H

#include <linux/sched/task_stack.h>

#include <asm/cacheflush.h>
#include <asm/sysreg.h>

#include "compat_arm64.h"

/* Unused user space: multiples of the PMD's span of every page size (512 MiB at most). */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF                                                                            \
	(IS_ENABLED(CONFIG_ARM64_64K_PAGES) ? "this guest has no memory for leaves of 512 MiB"     \
					    : NULL)
#ifdef CONFIG_ARM64_CONTPTE
#define PTB_NO_CONTPTE PTB_NO_PMD_LEAF /* memory.c splits such a leaf to get contiguous PTEs */
#else
#define PTB_NO_CONTPTE "this kernel makes no PTEs of user memory contiguous"
#endif
#define PTB_NO_PUD_LEAF                                                                            \
	(IS_ENABLED(CONFIG_ARM64_4K_PAGES)                                                         \
		 ? NULL                                                                            \
		 : "only with pages of 4 KiB are there leaves at this level")
#define PTB_NO_FLUSHES "flushes are inline TLBI instructions that the machine broadcasts"

#define PTB_ARCH_CHECKS(X)
#define PTB_GROWS 0

/*
 * Before v6.11 GUP-fast took an address on its own stack for one in a folded PUD table
 * (cocci/arm64-align-real.cocci), and read its PUD entries from the bottom of the stack, which
 * otherwise holds zeroes. Puts the PUD entry of @from there, or zero if @from is 0, at the indices
 * of the addresses on both sides of @at. The stack in use never reaches that far down.
 */
static inline void ptb_arch_bait(unsigned long at, unsigned long from)
{
	unsigned long *stack = task_stack_page(current), entry = 0;
	unsigned long below = (at - 1) / PUD_SIZE % PTRS_PER_PTE,
		      above = at / PUD_SIZE % PTRS_PER_PTE;

	if (!IS_ENABLED(CONFIG_ARM64_16K_PAGES) || vabits_actual == VA_BITS || below == above)
		return;
	if (from)
		entry = pud_val(READ_ONCE(
			*pud_offset(p4d_offset(pgd_offset(current->mm, from), from), from)));
	stack[below] = stack[above] = entry;
}
#define ptb_arch_bait ptb_arch_bait

/* Counts retired instructions, modulo 2^32; arch_arm64.c starts the counter. */
static inline u64 ptb_arch_clock(void)
{
	u64 count;

	asm volatile("isb\n\tmrs %0, pmevcntr0_el0" : "=r"(count) : : "memory");
	return count;
}

static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return (u32)(to - from);
}

/* 2 instructions per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(turns) : : "cc");
}
#define PTB_LOOP_INSTRUCTIONS 2

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}

/* Below TASK_SIZE_MAX where a level is folded at boot. */
static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

static inline bool ptb_arch_contiguous(pte_t pte)
{
	return pte_cont(pte);
}

#define PTB_NO_FLUSH NULL
static inline void ptb_arch_flush(void *from, unsigned long size)
{
	ptb_clean_and_drop(from, size);
}

#define PTB_SYM_SEND_MASK "arch_send_call_function_ipi_mask"
#define PTB_SYM_SEND_ONE "arch_send_call_function_single_ipi"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

#define PTB_SYM_FLUSH NULL /* inline instructions, broadcast by the machine */

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return !interrupts_enabled(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* the counts behind /proc/interrupts are static to smp.c */
}

#endif
