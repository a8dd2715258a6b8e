// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Assigns the driver's rows to pages, by families of cases.
 */
#include <string.h>

#include "freeing.h"
#include "kernel_rows.h"

#define CASES(...)                                                                                 \
	.cases = (const char *const[]){ __VA_ARGS__ },                                             \
	.nr_cases = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)

static const struct row_family freeing = {
	.id = "ways",
	.title = "Other ways to free tables",
	.question = "What does an exit, an exec, a collapse or an unshare cost?",
	.caption =
		"Instructions until the call returns, and later in RCU callbacks, kernel by kernel",
	.setup = "icount-1cpu",
	CASES("table_free/exit", "table_free/exec", "table_free/collapse", "table_free/unshare",
	      "table_free/reuse"),
	.head_case = "table_free/exit",
	.head_params = "tables=8",
	.head_metric = "instructions",
	.head_words =
		"An exit of a process with 8 page tables of a page each, beside those of its own",
	.note = "A row is the whole call: the pages, VMAs and tables that it frees. What tables alone "
		"take is the difference from the row with fewer of them, or from its twin.",
};

/* The peers table also shows a kernel that frees by RCU where its stock kernel does not. */
static bool frees_otherwise(struct model *m, const struct report_part *part)
{
	return freeing_is_rcu_variant(m->in, part);
}

static const struct row_family peers = {
	.id = "peers",
	.title = "Whom a freer interrupts, by what the other CPU does",
	.question = "Whom does freeing interrupt?",
	.caption = "Events of one call on two CPUs, by the peer’s state",
	.setup = "icount-2cpu",
	CASES("table_free/munmap", "table_free/keep", "table_free/madvise", "table_free/exit",
	      "table_free/collapse", "table_free/unshare"),
	.also = frees_otherwise,
	.head_case = "table_free/munmap",
	.head_params = "peer=spin, tables=8",
	.head_metric = "cpus_interrupted",
	.head_words = "CPUs interrupted by a munmap of 8 tables while a thread spins on the other",
	.note = "Counts, not costs. Each state of the peer was asserted before every window.",
};

static const struct row_family memory = {
	.id = "memory",
	.title = "Kinds of memory, pins and the slow path",
	.question = "What does a pin cost, and a walk that has to fall back?",
	.caption = "Instructions of a call, kernel by kernel",
	.setup = "icount-1cpu",
	CASES("pin_fast/walk", "pin_fast/unpin", "gup_fast/fallback", "gup_slow/walk"),
	.head_case = "pin_fast/walk",
	.head_params = "cross=none, leaf=pte, pages=16",
	.head_metric = "instructions",
	.head_words = "pin_user_pages_fast() of 16 anonymous pages without falling back",
	.note = "stop says what the fast walk could not pass: a page that was never touched "
		"(unfaulted), one that is not there (absent), or what FOLL_LONGTERM forbids.",
};

static bool has_mem(const struct results_params *p)
{
	return results_params_get(p, "mem") || results_params_get(p, "folio") ||
	       (results_params_str(p, "leaf") && strcmp(results_params_str(p, "leaf"), "pte"));
}

static const struct row_family leaves = {
	.id = "leaves",
	.title = "Walks over other pages than anonymous base pages",
	.question = "What does the kind of memory change for a walk?",
	.caption = "Instructions of get_user_pages_fast_only(), kernel by kernel",
	.setup = "icount-1cpu",
	CASES("gup_fast/walk"),
	.only = has_mem,
	.head_case = "gup_fast/walk",
	.head_params = "cross=none, leaf=pmd, pages=512",
	.head_metric = "instructions",
	.head_words = "512 pages of one huge page",
};

/* Does the kernel make temporary mappings where its stock kernel has all memory mapped? */
static bool has_own_maps(struct model *m, const struct report_part *part)
{
	return has_own_rows(m, part, "kmap/pair");
}

static const struct row_family kmap = {
	.id = "kernels",
	.title = "Real kernels: maps and switches",
	.question = "What does a temporary mapping take in a kernel?",
	.caption = "Instructions in guests, kernel by kernel",
	.setup = "icount-1cpu",
	CASES("kmap/pair", "kmap/switch"),
	.also = has_own_maps,
	.head_case = "kmap/pair",
	.head_params = "api=kmap_local, debug=0, depth=1",
	.head_metric = "instructions",
	.head_words = "kmap_local_page() and kunmap_local() of one page",
	.note = "Instructions are not time: the TLB invalidation that follows an unmap counts 1 here. Where "
		"all memory is mapped directly the stack is not used. Up to 5.10 kmap_atomic() alone has "
		"one, the CPU’s; since 5.11 each task has one. A switch is a "
		"ping-pong of two threads; what a live map adds is its difference from the row without.",
};

static const struct row_family dax = {
	.id = "kernels",
	.title = "Real kernels: the entry lock and faults",
	.question = "What do the DAX lock and a fault take in a kernel?",
	.caption = "Instructions in guests, kernel by kernel",
	.setup = "icount-1cpu",
	CASES("dax/lock", "dax/fault"),
	.head_case = "dax/lock",
	.head_params = "how=present, leaf=pte, page=file, part=both, step=none",
	.head_metric = "instructions",
	.head_words = "dax_lock_folio() and dax_unlock_folio()",
	.note = "dax_lock_folio() has one caller, memory failure: an error path.",
};

void families_freeing(struct model *m, struct page *p)
{
	kernel_rows_build(m, p, &freeing);
	kernel_rows_build(m, p, &peers);
}

void families_kmap(struct model *m, struct page *p)
{
	kernel_rows_build(m, p, &kmap);
}

void families_steps(struct model *m, struct page *p)
{
	kernel_rows_build(m, p, &memory);
	kernel_rows_build(m, p, &leaves);
}

void families_dax(struct model *m, struct page *p)
{
	kernel_rows_build(m, p, &dax);
}
