/* SPDX-License-Identifier: GPL-2.0-only */
/* loongarch64 for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_LOONGARCH_H
#define PTBENCH_ARCH_LOONGARCH_H

#include <asm/hardirq.h>
#include <asm/loongarch.h>
#include <asm/ptrace.h>
#include <asm/smp.h>
#include <asm/timex.h>

/* Unused user space: multiples of the PMD's span, and of the PGD's. */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF "this kernel makes no leaves at the pud level"

#define PTB_ARCH_CHECKS(X)
#define PTB_GROWS 0

/*
 * The stable counter: a tick is 10 ns of QEMU's virtual clock (TIMER_PERIOD of QEMU's
 * target/loongarch/constant_timer.c), an instruction 32 ns.
 */
static inline u64 ptb_arch_clock(void)
{
	return get_cycles(); /* rdtime_d() since 6.19, drdtime() before */
}

/*
 * Each reading is rounded down by less than a tick, so the difference errs by less than one, which
 * is less than half an instruction: round it.
 */
static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return ((to - from) * 5 + 8) / 16;
}

/* 2 instructions per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("1: addi.d %0, %0, -1\n\tbnez %0, 1b" : "+r"(turns));
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

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

/*
 * By pointers in mp_ops, so that they are never inlined; every kind of interrupt between CPUs goes
 * by one of them. (A guest of KVM has others, with PARAVIRT, which is off here.)
 */
#define PTB_SYM_SEND_MASK "loongson_send_ipi_mask"
#define PTB_SYM_SEND_ONE "loongson_send_ipi_single"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

static inline bool ptb_arch_sends_call(struct pt_regs *regs)
{
	return regs->regs[5] == ACTION_CALL_FUNCTION;
}
#define ptb_arch_sends_call ptb_arch_sends_call

/*
 * munmap() and MADV_DONTNEED flush by it. A whole address space is flushed by flush_tlb_mm(), which
 * returns at once where nobody uses it any more, as in exit(): there is no such flush to count.
 */
#define PTB_SYM_FLUSH "flush_tlb_range"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return regs_irqs_disabled(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return per_cpu(irq_stat, cpu).ipi_irqs[IPI_CALL_FUNCTION];
}

#endif
