// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm64: starts the counter that is the clock, for the driver and for PID 1's children.
 *
 * The generic timer ticks once in 16 instructions; event counter 0 of the PMU counts each one that
 * retires. The kernel's own PMU driver is not configured, and CPUs do not go down: nobody resets
 * it.
 */
#ifdef CONFIG_ARM64

#include <linux/bits.h>
#include <linux/init.h>
#include <linux/printk.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "compat_arm64.h"

#define INST_RETIRED 0x08
#define PMCR_ENABLE BIT(0)
#define PMUSERENR_READ_EVENTS BIT(3)

/* Only this CPU's, which is the only one of a boot that counts instructions. */
static int __init start_counter(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);
	unsigned int version =
		cpuid_feature_extract_unsigned_field(dfr0, ID_AA64DFR0_EL1_PMUVer_SHIFT);

	if (!version || version == ID_AA64DFR0_EL1_PMUVer_IMP_DEF) {
		pr_err("ptbench: this CPU has no performance counters\n");
		return 0; /* the calibration will say that nothing counts */
	}
	write_sysreg(INST_RETIRED, pmevtyper0_el0);
	write_sysreg(BIT(0), pmcntenset_el0);
	write_sysreg(read_sysreg(pmcr_el0) | PMCR_ENABLE, pmcr_el0);
	write_sysreg(PMUSERENR_READ_EVENTS, pmuserenr_el0);
	isb();
	return 0;
}
device_initcall(start_counter);

#endif
