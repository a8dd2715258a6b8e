/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels on arm64: see compat.h. */
#ifndef PTBENCH_COMPAT_ARM64_H
#define PTBENCH_COMPAT_ARM64_H

#include <linux/version.h>

#include <asm/cacheflush.h>
#include <asm/sysreg.h>

#ifndef ID_AA64DFR0_EL1_PMUVer_SHIFT
#define ID_AA64DFR0_EL1_PMUVer_SHIFT ID_AA64DFR0_PMUVER_SHIFT
#define ID_AA64DFR0_EL1_PMUVer_IMP_DEF ID_AA64DFR0_PMUVER_IMP_DEF
#endif

/* Writes the range back to memory and takes it from the caches. */
static inline void ptb_clean_and_drop(void *from, unsigned long size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	dcache_clean_inval_poc((unsigned long)from, (unsigned long)from + size);
#else
	__flush_dcache_area(from, size);
#endif
}

#endif
