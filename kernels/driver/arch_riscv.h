/* SPDX-License-Identifier: GPL-2.0-only */
/* riscv64 for the driver, Sv39 to Sv57: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_RISCV_H
#define PTBENCH_ARCH_RISCV_H

#include <asm/csr.h>
#include <asm/ptrace.h>

/* Unused user space of 38 bits: multiples of the PMD's span. */
#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF NULL
#define PTB_NO_PUD_LEAF NULL

/* The kernel asks OpenSBI for remote fences; OpenSBI interrupts the other CPUs itself. */
#define PTB_FIRMWARE_SENDS
#define PTB_NO_SENDS "flushes of other CPUs are the firmware's, and so are their interrupts"

#define PTB_ARCH_CHECKS(X)
#define PTB_GROWS 0

/* Counts retired instructions. OpenSBI starts the counter; arch_riscv.c lets user space read it. */
static inline u64 ptb_arch_clock(void)
{
	return csr_read(CSR_INSTRET);
}

static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return to - from;
}

/* 2 instructions per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("1: addi %0, %0, -1\n\tbnez %0, 1b" : "+r"(turns));
}
#define PTB_LOOP_INSTRUCTIONS 2

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

static inline int ptb_arch_levels(struct mm_struct *mm)
{
	return 0; /* fixed at boot, in the format: not a param */
}

static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return TASK_SIZE;
}

#define PTB_SYM_SEND_MASK "arch_send_call_function_ipi_mask"
#define PTB_SYM_SEND_ONE "arch_send_call_function_single_ipi"
static inline void ptb_arch_watch_sends(void (*sent)(void))
{
}

#define PTB_SYM_FLUSH "__flush_tlb_range"

static inline bool ptb_arch_irqs_off(struct pt_regs *regs)
{
	return regs_irqs_disabled(regs);
}

static inline s64 ptb_arch_call_irqs(int cpu)
{
	return -1; /* interrupts between CPUs share one count, whatever their reason */
}

#endif
