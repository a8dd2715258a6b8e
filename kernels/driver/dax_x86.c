// SPDX-License-Identifier: GPL-2.0-only
/*
 * x86: makes persistent memory of what memmap= on the command line sets aside, in a kernel without
 * PCI.
 *
 * arch/x86/kernel/pmem.c looks for it among the resources. With PCI, pcibios_resource_survey() adds
 * what is not RAM to these; without PCI, this file does.
 */
#ifdef CONFIG_X86_PMEM_LEGACY

#include <linux/kernel.h>
#include <linux/init.h>

#include <asm/e820/api.h>

static int __init reserve_resources(void)
{
	if (!IS_ENABLED(CONFIG_PCI))
		e820__reserve_resources_late();
	return 0;
}
subsys_initcall(reserve_resources);

#endif
