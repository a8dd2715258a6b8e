/* SPDX-License-Identifier: GPL-2.0-only */
/* arm with LPAE for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_ARM_H
#define PTBENCH_ARCH_ARM_H

#include <asm/ptrace.h>

/* Unused user space, which ends at 3 GiB less 16 MiB: above the program's heap, below its stack. */
#define PTB_AT 0x20000000UL
#define PTB_AT_TABLES 0x60000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF "the pud level is folded: no leaves"

#define PTB_ARCH_CHECKS(X)                                                                         \
	X("pmd", 0x40200000)                                                                       \
	X("pmd", 0x90000000)
#define PTB_GROWS 0

/* QEMU's cycle counter is the virtual clock, one unit per instruction; arch_arm.c starts it. */
static inline u64 ptb_arch_clock(void)
{
	u32 count;

	asm volatile("isb\n\tmrc p15, 0, %0, c9, c13, 0" : "=r"(count) : : "memory");
	return count;
}

static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return (u32)(to - from);
}

/* 2 instructions per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("1: subs %0, %0, #1\n\tbne 1b" : "+r"(turns) : : "cc");
}
#define PTB_LOOP_INSTRUCTIONS 2

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}

static inline void ptb_arch_relax(void)
{
	asm volatile("yield" : : : "memory");
}
#define ptb_arch_relax ptb_arch_relax

#define PTB_SYM_SEND_MASK "arch_send_call_function_ipi_mask"
#define PTB_SYM_SEND_ONE "arch_send_call_function_single_ipi"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

#define PTB_SYM_FLUSH "flush_tlb_range"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return !interrupts_enabled(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* the counts behind /proc/interrupts are static to smp.c */
}

#endif
