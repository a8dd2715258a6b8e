// SPDX-License-Identifier: GPL-2.0-or-later
/* The native backend's state: each thread's interrupt flag, and who is told what was pending. */
#include <ref/port.h>

__thread struct ref_cpu ref_cpu_self;
void (*ref_irq_pending_hook)(struct ref_cpu *cpu);

/* Cold, so that ref_irq_restore() costs its callers a store and a test. */
void ref_irq_run_pending(struct ref_cpu *cpu)
{
	__atomic_store_n(&cpu->pending, 0, __ATOMIC_RELAXED);
	ref_barrier();
	if (ref_irq_pending_hook)
		ref_irq_pending_hook(cpu);
}
