/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an architecture has to say to be measured, in a header of its own. To add one, write
 * arch_<arch>.h with every name that the others have:
 *
 * ptb_arch_clock(), ptb_arch_delta(): a clock that counts one instruction as one unit under
 * 	icount, and the units between two of its readings; ptb_calibrate() proves it.
 * ptb_arch_loop(), PTB_LOOP_INSTRUCTIONS: a loop of that many instructions per turn, for the proof.
 * ptb_arch_irqs(): how many interrupts a CPU has taken, of any kind.
 * ptb_arch_levels(), ptb_arch_limit(): levels of an address space when that is a param (else 0),
 * 	and the first address that is not in it.
 * PTB_AT, PTB_AT_TABLES: where rows map their pages, and their page tables to be freed.
 * PTB_NO_PMD_LEAF, PTB_NO_PUD_LEAF: why it has no such leaves, or NULL. PTB_NO_FLUSHES: why flushes
 * 	cannot be counted; not defined where they can.
 * PTB_ARCH_CHECKS(X): X(level, boundary) for boundaries at which walks are checked beside those
 * that
 * 	ptb_boundary() gives. PTB_GROWS: 1 where an address space grows a level by being asked for
 * 	more, and PTB_ARCH_LEVELS(X) has X(level, boundary, levels) of it.
 * PTB_SYM_SEND_MASK, PTB_SYM_SEND_ONE, PTB_SYM_FLUSH: functions at which function-call interrupts
 * 	and TLB flushes are counted by a kprobe; NULL: ptb_arch_watch_sends() has another way, or
 * 	there is no such event.
 * ptb_arch_irqs_off(): whether what was probed ran with interrupts off.
 * ptb_arch_call_irqs(): the architecture's own count of them that a CPU took, or -1.
 *
 * Where there is something to say, and not otherwise:
 * PTB_NO_CONTPTE as NULL, ptb_arch_contiguous(): whether a PTE is one of a contiguous block.
 * PTB_NO_FLUSH as NULL, ptb_arch_flush(): writes a range of the kernel's memory back and takes it
 * 	from the caches.
 * PTB_PTRS_PER_PTE: PTRS_PER_PTE, where that is no constant.
 * ptb_arch_relax: a macro of a function's name that ends a CPU's turn under icount, where
 * cpu_relax()
 * 	is no instruction.
 * PTB_PROBES_EARLY as 1: probes have to be in place before there is a second CPU; see events.c.
 * PTB_FIRMWARE_SENDS, PTB_NO_SENDS: why the interrupts of flushes cannot be counted.
 * ptb_arch_lazy: a macro of a function's name that says whether an idle CPU has an address space
 * 	loaded, lazily.
 * ptb_arch_bait: likewise a function's; leaves something wrong where a walk that has lost its way
 * would
 * 	look for the page tables of both sides of a boundary, or takes it away.
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

#ifndef PTB_PROBES_EARLY
#define PTB_PROBES_EARLY 0
#endif

#ifndef ptb_arch_lazy
static inline bool ptb_arch_lazy(int cpu, struct mm_struct *mm)
{
	return true; /* the idle task's active_mm says it, and nothing else does */
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
