/* SPDX-License-Identifier: GPL-2.0-only */
/* s390x for the driver: what arch.h asks of an architecture. */
#ifndef PTBENCH_ARCH_S390_H
#define PTBENCH_ARCH_S390_H

#include <asm/timex.h>

#define PTB_AT 0x1000000000UL
#define PTB_AT_TABLES 0x2000000000UL

#define PTB_NO_PMD_LEAF "QEMU's s390x CPU has no EDAT: no huge pages"
#define PTB_NO_PUD_LEAF PTB_NO_PMD_LEAF
#define PTB_PROBES_EARLY 1
#define PTB_NO_FLUSHES "flushes are inline IPTE and IDTE instructions that the machine broadcasts"

/* At every multiple of 2 GiB another entry of the region-third table begins. */
#define PTB_ARCH_CHECKS(X)                                                                         \
	X("pmd", 0x40000000)                                                                       \
	X("pud", 0x80000000)                                                                       \
	X("pud", 0x100000000)                                                                      \
	X("pud", 0x180000000)                                                                      \
	X("pud", 0x8000000000)                                                                     \
	X("pud", 0x10000000000)

/* An address space starts with 3 levels and grows; X(level, boundary, levels). */
#define PTB_GROWS 1
#define PTB_ARCH_LEVELS(X)                                                                         \
	X("p4d", 0x40000000000, 4)                                                                 \
	X("p4d", 0x80000000000, 4)                                                                 \
	X("p4d", 0x800000000000, 4)

/* The TOD clock under icount is the virtual clock in units of 1/4.096 ns, rounded down. */
static inline u64 ptb_arch_clock(void)
{
	return get_tod_clock_fast();
}

/* Exact: rounding to the nearest undoes the rounding down of both readings. */
static inline u64 ptb_arch_delta(u64 from, u64 to)
{
	return ((to - from) * 125 + 256) / 512;
}

/* 1 instruction per turn. */
static inline void ptb_arch_loop(unsigned long turns)
{
	asm volatile("0: brctg %0,0b" : "+d"(turns));
}
#define PTB_LOOP_INSTRUCTIONS 1

static inline u64 ptb_arch_irqs(int cpu)
{
	return kstat_cpu_irqs_sum(cpu);
}

/* Where this address space ends now; it grows when it is asked for more. */
static inline unsigned long ptb_arch_limit(struct mm_struct *mm)
{
	return mm->context.asce_limit;
}

/* The number of levels follows from that limit; processes have 3, 4 or 5. */
static inline int ptb_arch_levels(struct mm_struct *mm)
{
	unsigned long limit = mm->context.asce_limit;

	return limit <= _REGION3_SIZE	? 2
	       : limit <= _REGION2_SIZE ? 3
	       : limit <= _REGION1_SIZE ? 4
					: 5;
}

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
	return -1; /* all external interrupts share one count */
}

#endif
