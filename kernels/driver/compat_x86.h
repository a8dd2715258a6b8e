/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels on x86: see compat.h. */
#ifndef PTBENCH_COMPAT_X86_H
#define PTBENCH_COMPAT_X86_H

#include <linux/interrupt.h>
#include <linux/version.h>

#include <asm/hardirq.h>
#include <asm/tlbflush.h>

/* Does the CPU keep an address space loaded that it does not run? */
static inline bool ptb_tlb_is_lazy(int cpu)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
	return per_cpu(cpu_tlbstate_shared.is_lazy, cpu);
#else
	return per_cpu(cpu_tlbstate.is_lazy, cpu);
#endif
}

/* Function-call interrupts that the CPU has taken. */
static inline unsigned int ptb_nr_call_irqs(int cpu)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return per_cpu(irq_stat, cpu).counts[IRQ_COUNT_CALL_FUNCTION];
#else
	return per_cpu(irq_stat, cpu).irq_call_count;
#endif
}

#endif
