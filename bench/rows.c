// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of cases. A new case is a `const struct bench_case` in a file of its family, a line in
 * cases.h, and a line here.
 */

#include <stddef.h>

#include "cases.h"

/* Sorted by family and name, cases of the reference before those of the kernel. */
const struct bench_case *const bench_table[] = {
	&bench_clock_read,
	&bench_dax_contended,
	&bench_dax_lock,
	&bench_gup_fast_put,
	&bench_gup_fast_steps,
	&bench_host_vmsplice,
	&bench_gup_fast_walk,
	&bench_kmap_nest,
	&bench_kmap_pair,
	&bench_kmap_switch,
	&bench_host_membarrier,
	&bench_pin_fast_walk,
	&bench_shim_empty,
	&bench_table_free_batch,
	&bench_table_free_keep,
	&bench_host_keep,
	&bench_host_madvise,
	&bench_table_free_munmap,
	&bench_host_munmap,
	&bench_table_free_no_memory,
	&bench_table_free_oversubscribed,
	&bench_table_free_reclaim,
	&bench_thp_split,
	NULL,
};
