// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm: starts the counter that is the clock, for the driver and for PID 1's children; and lets a
 * CPU that waits in stop_machine() give the other CPU a turn.
 *
 * The generic timer ticks once in 16 instructions. The cycle counter of QEMU's PMU is the virtual
 * clock at 1 GHz. The kernel's own PMU driver is not configured, and CPUs do not go down: nobody
 * resets it.
 */
#ifdef CONFIG_ARM

#include <linux/bits.h>
#include <linux/init.h>
#include <linux/stop_machine.h>

#include <asm/barrier.h>

#include "ptbench.h"

#define PMCR_ENABLE BIT(0)
#define PMCNTEN_CYCLES BIT(31)
#define PMUSERENR_ENABLE BIT(0)

/* Only this CPU's, which is the only one of a boot that counts instructions. */
static int __init start_counter(void)
{
	u32 pmcr;

	asm volatile("mrc p15, 0, %0, c9, c12, 0" : "=r"(pmcr));
	asm volatile("mcr p15, 0, %0, c9, c12, 1" : : "r"(PMCNTEN_CYCLES));
	asm volatile("mcr p15, 0, %0, c9, c14, 0" : : "r"(PMUSERENR_ENABLE));
	asm volatile("mcr p15, 0, %0, c9, c12, 0" : : "r"(pmcr | PMCR_ENABLE));
	isb();
	return 0;
}
device_initcall(start_counter);

/*
 * Replaces the kernel's weak function, which calls cpu_relax(), no instruction on this
 * architecture. Under icount CPUs run in turns, and a turn ends only when a timer is due. The CPU
 * that stops the machine spins with interrupts off until the other CPU's tick is due; that CPU
 * would then spend its whole turn in the tick's handler, each time. A yield ends the turn at once.
 */
notrace void stop_machine_yield(const struct cpumask *cpumask)
{
	ptb_arch_relax();
}

#endif
