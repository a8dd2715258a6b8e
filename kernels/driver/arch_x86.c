// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: counts function-call interrupts that are sent.
 *
 * The functions that send them begin with a static branch or a static call, where no kprobe may be
 * placed. But all of them call through the pointers of smp_ops, which are replaced here.
 */
#ifdef CONFIG_X86

#include <linux/smp.h>

#include "ptbench.h"

static void (*on_send)(void);
static struct smp_ops real;

static void send_mask(const struct cpumask *mask)
{
	on_send();
	real.send_call_func_ipi(mask);
}

static void send_one(int cpu)
{
	on_send();
	real.send_call_func_single_ipi(cpu);
}

/* For the rest of this boot. */
void ptb_arch_watch_sends(void (*sent)(void))
{
	on_send = sent;
	real = smp_ops;
	smp_ops.send_call_func_ipi = send_mask;
	smp_ops.send_call_func_single_ipi = send_one;
}

#endif
