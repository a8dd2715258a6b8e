// SPDX-License-Identifier: GPL-2.0-only
/*
 * riscv64: lets user space read the counter that is the clock, for PID 1's children. OpenSBI does,
 * and head.S of 7.3 takes it back at boot.
 */
#ifdef CONFIG_RISCV

#include <linux/bits.h>
#include <linux/init.h>

#include <asm/csr.h>

/* Only this CPU's, which is the only one of a boot that counts instructions. */
static int __init allow_counter(void)
{
	csr_set(CSR_SCOUNTEREN, BIT(CSR_INSTRET - CSR_CYCLE));
	return 0;
}
device_initcall(allow_counter);

#endif
