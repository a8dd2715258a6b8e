/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stacks of temporary mappings before and after 5.11. Since then each task has one (mm/highmem.c),
 * and kmap_atomic() is kmap_local_page() with preemption and page faults off. Before, each CPU had
 * one (arch/ARCH/mm/highmem.c), which kmap_atomic() alone used. See compat.h.
 */
#ifndef PTBENCH_COMPAT_KMAP_H
#define PTBENCH_COMPAT_KMAP_H

#include <linux/highmem.h>
#include <linux/sched.h>

#include "compat.h"

#if PTB_SINCE(5, 11)

#include <asm/kmap_size.h>

#define PTB_NO_KMAP_LOCAL ((const char *)NULL)
/* ref/include/ref/kmap_designs.h: the design of this kernel's stacks, and whose they are. */
#define PTB_KMAP_DESIGN "merged"
#define PTB_KMAP_OWNER "task"
/* The API of the rows that look at the stack itself. */
#define PTB_KMAP_API "kmap_local"
#define PTB_KMAP_DEBUG IS_ENABLED(CONFIG_DEBUG_KMAP_LOCAL)

/* A CPU's slots; from one map to the next; maps: mm/highmem.c counts before it compares. */
#define PTB_KMAP_SLOTS KM_MAX_IDX
#define PTB_KMAP_STEP (PTB_KMAP_DEBUG ? 2 : 1)
#define PTB_KMAP_MAX ((KM_MAX_IDX - 1) / PTB_KMAP_STEP)

#ifdef CONFIG_KMAP_LOCAL
#define PTB_KMAP_STACK
/* Slots below the next map. */
static inline int ptb_kmap_index(void)
{
	return current->kmap_ctrl.idx;
}
#endif

#else

#define PTB_NO_KMAP_LOCAL                                                                                     \
	(IS_ENABLED(CONFIG_HIGHMEM)                                                                           \
		 ? "this kernel has no kmap_local_page(), and its stack of maps is the CPU's, not the task's" \
		 : "this kernel has no kmap_local_page()")
#define PTB_KMAP_DESIGN "atomic_percpu"
#define PTB_KMAP_OWNER "cpu"
#define PTB_KMAP_API "kmap_atomic"
#define PTB_KMAP_DEBUG IS_ENABLED(CONFIG_DEBUG_HIGHMEM)

#define PTB_KMAP_STEP 1
#ifdef CONFIG_HIGHMEM
#include <asm/fixmap.h>
#include <asm/kmap_types.h>
#define PTB_KMAP_STACK
#define PTB_KMAP_SLOTS KM_TYPE_NR
static inline int ptb_kmap_index(void)
{
	return kmap_atomic_idx() + 1;
}
#else
#define PTB_KMAP_SLOTS 1
#endif
#define PTB_KMAP_MAX PTB_KMAP_SLOTS

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
