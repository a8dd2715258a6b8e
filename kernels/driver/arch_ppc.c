// SPDX-License-Identifier: GPL-2.0-only
/*
 * ppc64le: starts the counter that is the clock, for the driver and for PID 1's children.
 *
 * QEMU's counter 1 with the event of cycles is the virtual clock at 1 GHz. Counters 5 and 6 stay
 * frozen, as counting instructions costs QEMU a call per block of code. The kernel's own PMU driver
 * is not configured: nobody resets it.
 */
#ifdef CONFIG_PPC64

#include <linux/init.h>

#include <asm/reg.h>

#define CYCLES_IN_PMC1 (0x1eUL << 24)

/* Only this CPU's, which is the only one of a boot that counts instructions. */
static int __init start_counter(void)
{
	mtspr(SPRN_MMCR1, CYCLES_IN_PMC1);
	mtspr(SPRN_PMC1, 0);
	/* Users may read the counters; nothing interrupts when one overflows. */
	mtspr(SPRN_MMCR0, MMCR0_PMCC_U6 | MMCR0_FC56);
	asm volatile("isync" : : : "memory");
	return 0;
}
device_initcall(start_counter);

#endif
