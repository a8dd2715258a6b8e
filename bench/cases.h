/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every row of the table, by the file that defines it.
 */
#ifndef BENCH_CASES_H
#define BENCH_CASES_H

#include "case.h"

/* case_dax.c */
extern const struct bench_case bench_dax_contended, bench_dax_lock;
/* case_gup.c */
extern const struct bench_case bench_gup_fast_put, bench_gup_fast_walk, bench_pin_fast_walk;
/* For tests: does every page of a row that is set up have its mapping's reference and no other? */
bool bench_gup_balanced(const struct bench_state *s);
/* case_gup_steps.c */
extern const struct bench_case bench_gup_fast_steps;
/* case_host.c */
extern const struct bench_case bench_host_keep, bench_host_madvise, bench_host_membarrier,
	bench_host_munmap, bench_host_vmsplice;
/* case_kmap.c */
extern const struct bench_case bench_kmap_nest, bench_kmap_pair, bench_kmap_switch;
/* case_reclaim.c */
extern const struct bench_case bench_table_free_reclaim;
/* case_shim.c */
extern const struct bench_case bench_clock_read, bench_shim_empty;
/* case_table_free.c */
extern const struct bench_case bench_table_free_batch, bench_table_free_keep,
	bench_table_free_munmap, bench_table_free_no_memory, bench_table_free_oversubscribed;
/* case_thp.c */
extern const struct bench_case bench_thp_split;

#endif
