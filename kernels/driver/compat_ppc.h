/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels on powerpc: see compat.h. */
#ifndef PTBENCH_COMPAT_PPC_H
#define PTBENCH_COMPAT_PPC_H

#include <linux/version.h>

#include <asm/hw_irq.h>
#include <asm/ptrace.h>

/* Did what was interrupted run with interrupts off? */
static inline bool ptb_regs_irqs_off(struct pt_regs *regs)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return regs_irqs_disabled(regs);
#else
	return arch_irq_disabled_regs(regs);
#endif
}

#endif
