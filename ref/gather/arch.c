// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How architectures free page tables, as data: which of them batch tables behind an RCU header,
 * which need an invalidation for tables, and how many entries of a batch fit a page (Linux 6.12).
 */
#include <array_size.h>
#include <string.h>

#include "gather_priv.h"

/* struct mmu_table_batch and struct mmu_gather_batch of include/asm-generic/tlb.h, on 64 bits. */
struct kernel_rcu_head {
	uint64_t next, func;
};

struct kernel_table_batch_rcu {
	struct kernel_rcu_head rcu;
	uint32_t nr;
	uint64_t tables[] __attribute__((aligned(8)));
};

struct kernel_table_batch {
	uint32_t nr;
	uint64_t tables[] __attribute__((aligned(8)));
};

struct kernel_page_batch {
	uint64_t next;
	uint32_t nr, max;
	uint64_t encoded_pages[];
};

#define MAX_PAGES_FREED 10000UL /* "safe even without a preemption point" (asm-generic/tlb.h) */

static const struct gather_arch archs[] = {
	{ "arm64", 12, true, true, false, "arch/arm64/Kconfig" },
	{ "arm64-16k", 14, true, true, false, "arch/arm64/Kconfig" },
	{ "arm64-64k", 16, true, true, false, "arch/arm64/Kconfig" },
	{ "ppc64-hash-4k", 12, true, false, false, "arch/powerpc/include/asm/tlb.h" },
	{ "ppc64-hash-64k", 16, true, false, false, "arch/powerpc/include/asm/tlb.h" },
	{ "ppc64-radix-4k", 12, true, true, false, "arch/powerpc/include/asm/tlb.h" },
	{ "ppc64-radix-64k", 16, true, true, false, "arch/powerpc/include/asm/tlb.h" },
	{ "riscv64", 12, true, true, false, "arch/riscv/Kconfig" },
	{ "s390x", 12, true, true, true, "arch/s390/Kconfig, arch/s390/include/asm/tlb.h" },
	{ "sparc64", 13, true, false, false, "arch/sparc/include/asm/tlb_64.h" },
	{ "x86_64", 12, true, true, false, "arch/x86/Kconfig, with PARAVIRT" },
	/* Tables in batches of their own, but no software walker to wait for: no architecture of
	 * 6.12 has this; the row gives MAX_TABLE_BATCH for it. */
	{ "no-rcu", 12, false, true, false, "include/asm-generic/tlb.h" },
};

size_t gather_nr_archs(void)
{
	return ARRAY_SIZE(archs);
}

const struct gather_arch *gather_arch_at(size_t i)
{
	return i < gather_nr_archs() ? &archs[i] : NULL;
}

const struct gather_arch *gather_arch_find(const char *name)
{
	for (size_t i = 0; i < gather_nr_archs(); i++)
		if (!strcmp(archs[i].name, name))
			return &archs[i];
	return NULL;
}

unsigned gather_arch_max_tables(const struct gather_arch *arch)
{
	size_t header = arch->rcu_header ? sizeof(struct kernel_table_batch_rcu)
					 : sizeof(struct kernel_table_batch);

	return (unsigned)((((size_t)1 << arch->page_shift) - header) / sizeof(uint64_t));
}

unsigned gather_arch_max_pages(const struct gather_arch *arch)
{
	return (unsigned)((((size_t)1 << arch->page_shift) - sizeof(struct kernel_page_batch)) /
			  sizeof(uint64_t));
}

unsigned gather_arch_max_batches(const struct gather_arch *arch)
{
	return (unsigned)(MAX_PAGES_FREED / gather_arch_max_pages(arch));
}

unsigned gather_max_batch(void)
{
	return gather_arch_max_tables(gather_arch_find("x86_64"));
}
