/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture has to say to be measured: its clock under icount, its interrupt counts,
 * the boundaries its rows straddle, the functions its events are counted at.
 *
 * To add one, write a block below with every name the others have.
 */
#ifndef PTBENCH_ARCH_H
#define PTBENCH_ARCH_H

#include <linux/kernel_stat.h>
#include <linux/mm.h>

#if defined(CONFIG_X86_64)

#include <asm/tsc.h>

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
	asm volatile("1: dec %0\n\tjnz 1b" : "+r" (turns) : : "cc");
}
#define PTB_LOOP_INSTRUCTIONS 2

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu) + arch_irq_stat_cpu(cpu);
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}


/* Addresses that are a multiple of exactly that level's span, in unused user space. */
#define PTB_AT_NONE 0x1000000000UL
#define PTB_AT_PMD 0x1000200000UL
#define PTB_AT_PUD 0x1040000000UL
#define PTB_AT_P4D 0UL
#define PTB_AT_PGD 0x10000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_SYM_SEND_MASK NULL /* arch_x86.c */
#define PTB_SYM_SEND_ONE NULL
void ptb_arch_watch_sends(void (*sent)(void));
#define PTB_SYM_FLUSH "flush_tlb_mm_range"

/* What was probed ran with interrupts off. */
static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return regs_irqs_disabled(regs);
}

/* Function-call interrupts CPU @cpu has taken, as the architecture itself counts them. */
static inline s64 ptb_arch_call_irqs(int cpu)
{
	return per_cpu(irq_stat, cpu).irq_call_count;
}

#elif defined(CONFIG_S390)

#include <asm/timex.h>

/* The TOD clock under icount is the virtual clock in units of 1/4.096 ns, rounded down. */
static inline u64 ptb_arch_clock(void)
{
	return get_tod_clock_fast();
}

/* Rounding to the nearest undoes the rounding down of both ends: exact. */
static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return ((to - from) * 125 + 256) / 512;
}

/* 1 instruction per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("0: brctg %0,0b" : "+d" (turns));
}
#define PTB_LOOP_INSTRUCTIONS 1

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

/* 3, 4 or 5: what the mm's address-space limit says. */
static inline int ptb_arch_levels(struct mm_struct *mm)
{
	unsigned long limit = mm->context.asce_limit;

	return limit <= _REGION3_SIZE ? 2 : limit <= _REGION2_SIZE ? 3 :
	       limit <= _REGION1_SIZE ? 4 : 5;
}


#define PTB_AT_NONE 0x1000000000UL
#define PTB_AT_PMD 0x1000100000UL
#define PTB_AT_PUD 0x1080000000UL
#define PTB_AT_P4D 0x80000000000UL
#define PTB_AT_PGD 0x20000000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_SYM_SEND_MASK "arch_send_call_function_ipi_mask"
#define PTB_SYM_SEND_ONE "arch_send_call_function_single_ipi"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

#define PTB_SYM_FLUSH NULL /* inline instructions, broadcast by the machine */

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return arch_irqs_disabled_flags(regs->psw.mask);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* its external interrupts share one count */
}

#else
#error "ptbench: describe this architecture in arch.h"
#endif

#endif
