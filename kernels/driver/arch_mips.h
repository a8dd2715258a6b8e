/* SPDX-License-Identifier: GPL-2.0-only */
/* mips64el for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_MIPS_H
#define PTBENCH_ARCH_MIPS_H

#include <asm/mipsregs.h>
#include <asm/ptrace.h>
#include <asm/smp.h>

/* Unused user space: multiples of the PMD's span. */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF "this kernel makes no leaves at the pud level"

#define PTB_ARCH_CHECKS(X)
#define PTB_GROWS 0

/*
 * An instruction is 16 ns of QEMU's virtual clock, a tick of the CPU's counter (Count) 6 ns until
 * QEMU 8.1, which cuts the fraction off, and 6.25 ns since 8.2: arch_mips.c finds out which.
 */
extern unsigned int ptb_mips_tick; /* in quarters of a nanosecond, 24 or 25 */

static inline u64 ptb_arch_clock(void)
{
	return read_c0_count();
}

/*
 * Count is modulo 2^32. Each reading is rounded down by less than a tick, so the difference errs by
 * less than one, which is less than half an instruction: round it.
 */
static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return ((u64)(u32)(to - from) * ptb_mips_tick + 32) / 64;
}

/* 3 instructions per turn: a branch has a delay slot. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile(".set push\n\t.set noreorder\n"
		     "1:\tdaddiu %0, %0, -1\n\tbnez %0, 1b\n\tnop\n\t.set pop"
		     : "+r"(turns));
}
#define PTB_LOOP_INSTRUCTIONS 3

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed by the format: not a param */
}

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

/* The one for a single CPU calls the other, which every kind of interrupt between CPUs goes by. */
#define PTB_SYM_SEND_MASK "mips_smp_send_ipi_mask"
#define PTB_SYM_SEND_ONE NULL
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

static inline bool ptb_arch_sends_call(struct pt_regs *regs)
{
	return regs->regs[5] == SMP_CALL_FUNCTION;
}
#define ptb_arch_sends_call ptb_arch_sends_call

#define PTB_SYM_FLUSH "flush_tlb_range"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return !(regs->cp0_status & ST0_IE);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* the number of that interrupt is static to smp.c */
}

#endif
