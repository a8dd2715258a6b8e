/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver needs to know of an architecture. To add one, write arch_<arch>.h with every name
 * that the others have:
 *
 * ptb_arch_clock(), ptb_arch_delta(): a clock that counts one instruction as one unit under icount,
 *   and the units between two of its readings; ptb_calibrate() proves it.
 * ptb_arch_loop(), PTB_LOOP_INSTRUCTIONS: a loop, and its instructions per turn, for the proof.
 * ptb_arch_irqs(): how many interrupts of any kind a CPU has taken.
 * ptb_arch_levels(): how many levels an address space has, where that is a param; else 0.
 * ptb_arch_limit(): the first address beyond the address space.
 * PTB_AT, PTB_AT_TABLES: where rows map their pages, and the page tables that are freed.
 * PTB_NO_PMD_LEAF, PTB_NO_PUD_LEAF: why there are no such leaves, or NULL.
 * PTB_ARCH_CHECKS(X): X(level, boundary) for each boundary at which walks are checked beside those
 *   that ptb_boundary() finds.
 * PTB_GROWS: 1 where an address space gets another level when it is asked for more addresses;
 *   then PTB_ARCH_LEVELS(X) has X(level, boundary, levels) for checks after it has grown.
 * PTB_SYM_SEND_MASK, PTB_SYM_SEND_ONE, PTB_SYM_FLUSH: functions at which kprobes count
 *   function-call interrupts and TLB flushes. NULL: ptb_arch_watch_sends() counts them, or there
 *   are none.
 * ptb_arch_irqs_off(): did the probed function run with interrupts off?
 * ptb_arch_call_irqs(): the architecture's own count of function-call interrupts that a CPU took,
 *   or -1.
 *
 * These only where they apply:
 * PTB_NO_FLUSHES: why flushes cannot be counted.
 * PTB_NO_CONTPTE as NULL, ptb_arch_contiguous(): is a PTE one of a contiguous block?
 * PTB_NO_FLUSH as NULL, ptb_arch_flush(): writes a range of the kernel's memory back and drops it
 *   from the caches.
 * PTB_PTRS_PER_PTE: the number of PTEs of a table, where PTRS_PER_PTE is a variable.
 * ptb_arch_relax: a macro of its function's name; ends a CPU's turn under icount, where
 *   cpu_relax() is no instruction.
 * ptb_arch_sends_call: a macro of its function's name; is the interrupt of the probed function one
 *   that calls a function? Where the function sends others, too.
 * PTB_PROBES_EARLY as 1: probes have to be in place before the second CPU starts; see events.c.
 * PTB_FIRMWARE_SENDS, PTB_NO_SENDS: firmware sends the interrupts of flushes, so that they cannot
 *   be counted; and the reason in words.
 * ptb_arch_lazy: a macro of its function's name; does an idle CPU still have this address space
 *   loaded, lazily?
 * ptb_arch_bait: a macro of its function's name; puts a wrong entry where a wrong walk would look
 *   for the page tables on both sides of a boundary, or removes it.
 */
#ifndef PTBENCH_ARCH_H
#define PTBENCH_ARCH_H

#include <linux/kernel_stat.h>
#include <linux/mm.h>

#if defined(CONFIG_X86_64)
#include "arch_x86_64.h"
#elif defined(CONFIG_ARM64)
#include "arch_arm64.h"
#elif defined(CONFIG_RISCV)
#include "arch_riscv.h"
#elif defined(CONFIG_X86_32)
#include "arch_i386.h"
#elif defined(CONFIG_ARM)
#include "arch_arm.h"
#elif defined(CONFIG_PPC64)
#include "arch_ppc.h"
#elif defined(CONFIG_MIPS)
#include "arch_mips.h"
#elif defined(CONFIG_LOONGARCH)
#include "arch_loongarch.h"
#elif defined(CONFIG_S390)
#include "arch_s390.h"
#else
#error "ptbench: describe this architecture in a header of its own, and include it here"
#endif

#ifndef PTB_PTRS_PER_PTE
#define PTB_PTRS_PER_PTE PTRS_PER_PTE
#endif

#ifndef ptb_arch_relax
static inline void ptb_arch_relax(void)
{
	cpu_relax();
}
#endif

#ifndef ptb_arch_sends_call
static inline bool ptb_arch_sends_call(struct pt_regs *regs)
{
	return true;
}
#endif

#ifndef PTB_PROBES_EARLY
#define PTB_PROBES_EARLY 0
#endif

#ifndef ptb_arch_lazy
static inline bool ptb_arch_lazy(int cpu, struct mm_struct *mm)
{
	return true; /* callers have looked at the idle task's active_mm: nothing else says it */
}
#endif

#ifndef PTB_NO_CONTPTE
#define PTB_NO_CONTPTE "this architecture has no contiguous PTEs"
static inline bool ptb_arch_contiguous(pte_t pte)
{
	return false;
}
#endif

#ifndef PTB_NO_FLUSH
#define PTB_NO_FLUSH "the driver has no way to flush a cache line on this architecture"
static inline void ptb_arch_flush(void *from, unsigned long size)
{
}
#endif

#ifndef PTB_FIRMWARE_SENDS
#define PTB_NO_SENDS NULL
#endif

#ifndef ptb_arch_bait
static inline void ptb_arch_bait(unsigned long at, unsigned long from)
{
}
#endif

#endif
