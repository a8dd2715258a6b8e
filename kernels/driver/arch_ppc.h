/* SPDX-License-Identifier: GPL-2.0-only */
/* ppc64le with the radix MMU for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_PPC_H
#define PTBENCH_ARCH_PPC_H

#include <asm/hw_irq.h>
#include <asm/reg.h>

#include "compat_ppc.h"

/* Unused user space: multiples of the PMD's span. */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF                                                                            \
	"1 GiB pages have to be reserved at boot, from more memory than this guest has"

/* 2^39 is one entry of the PGD, 2^46 is where the hash MMU's smaller address spaces end. */
#define PTB_ARCH_CHECKS(X)                                                                         \
	X("pgd", 0x8000000000)                                                                     \
	X("pgd", 0x400000000000)
#define PTB_GROWS 0

/* PTRS_PER_PTE is a variable, as the MMU is chosen at boot. */
#define PTB_PTRS_PER_PTE (1 << RADIX_PTE_INDEX_SIZE)

/*
 * A unit of the time base is 1.95 instructions, so it cannot be the clock. QEMU's cycle event is
 * the virtual clock at 1 GHz, one unit per instruction; arch_ppc.c starts it.
 */
static inline u64 ptb_arch_clock(void)
{
	return mfspr(SPRN_PMC1);
}

static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return (u32)(to - from);
}

/* 1 instruction per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("mtctr %0\n1:\tbdnz 1b" : : "r"(turns) : "ctr");
}
#define PTB_LOOP_INSTRUCTIONS 1

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu) + arch_irq_stat_cpu(cpu);
}

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}

#define PTB_SYM_SEND_MASK "arch_send_call_function_ipi_mask"
#define PTB_SYM_SEND_ONE "arch_send_call_function_single_ipi"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

#define PTB_SYM_FLUSH "radix__tlb_flush"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return ptb_regs_irqs_off(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* interrupts between CPUs share one count, whatever their reason */
}

#endif
