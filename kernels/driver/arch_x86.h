/* SPDX-License-Identifier: GPL-2.0-only */
/* What x86_64 and i386 share of what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_X86_H
#define PTBENCH_ARCH_X86_H

#include <asm/cacheflush.h>
#include <asm/tlbflush.h>
#include <asm/tsc.h>

#include "compat_x86.h"

#define PTB_GROWS 0

/* QEMU's time stamp counter under icount is the virtual clock: one unit per instruction. */
static inline u64 ptb_arch_clock(void)
{
	return rdtsc();
}

static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return to - from;
}

/* 2 instructions per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(turns) : : "cc");
}
#define PTB_LOOP_INSTRUCTIONS 2

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu) + arch_irq_stat_cpu(cpu);
}

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE_MAX;
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}

/* An idle CPU keeps the mm in CR3; flushes that free no table need not interrupt it. */
static inline bool ptb_arch_lazy(int cpu, struct mm_struct *mm)
{
	return ptb_tlb_is_lazy(cpu) && per_cpu(cpu_tlbstate.loaded_mm, cpu) == mm;
}
#define ptb_arch_lazy ptb_arch_lazy

#define PTB_SYM_SEND_MASK NULL /* arch_x86.c */
#define PTB_SYM_SEND_ONE NULL
void ptb_arch_watch_sends(void (*sent)(void));
#define PTB_SYM_FLUSH "flush_tlb_mm_range"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return regs_irqs_disabled(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return ptb_nr_call_irqs(cpu);
}

#define PTB_NO_FLUSH NULL
static inline void ptb_arch_flush(void *from, unsigned long size)
{
	clflush_cache_range(from, size);
}

#endif
