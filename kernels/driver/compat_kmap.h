/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Temporary mappings before and after 5.11. Since then each task has a stack of them
 * (mm/highmem.c), and kmap_atomic() is kmap_local_page() with preemption off. Before, each CPU had
 * one (arch/ARCH/mm/highmem.c), which kmap_atomic() alone used. See compat.h.
 */
#ifndef PTBENCH_COMPAT_KMAP_H
#define PTBENCH_COMPAT_KMAP_H

#include <linux/highmem.h>

#include "compat.h"

#if PTB_SINCE(5, 11)

#include <asm/kmap_size.h>

#define PTB_NO_KMAP_LOCAL ((const char *)NULL)

#else

#define PTB_NO_KMAP_LOCAL                                                                          \
	"this kernel has no kmap_local_page(), and its stack of maps is the CPU's, not the task's"

/* Slots of a CPU's stack. */
#ifdef CONFIG_HIGHMEM
#include <asm/kmap_types.h>
#define KM_MAX_IDX KM_TYPE_NR
#else
#define KM_MAX_IDX 16
#endif

static inline void *kmap_local_page(struct page *page)
{
	return kmap_atomic(page);
}

static inline void kunmap_local(void *at)
{
	kunmap_atomic(at);
}

#endif

#endif
