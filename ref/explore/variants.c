// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The variants that a test program shows to be good or broken; variants that the explorer runs are
 * rows of their models (model_<mechanism>.c) and stand in no other list. Both together make up
 * ref/VARIANTS.md.
 *
 * To add a variant: a row here, with the program below the build folder, ": ", and a piece of one
 * of its TAP lines, long enough to match no other line, without numbers that change from run to
 * run (numbers of walks). Then `make variants`. ref/test/test_variants.t runs the program and
 * refuses the row unless such a line begins with "ok".
 */
#include <array_size.h>
#include <ref/explore.h>

#define KMAP "test: ref/test/test_kmap: "
#define KMAP_STRESS "test: ref/test/test_kmap_stress: "
#define GUP "test: ref/test/test_gup: "
#define RECHECK "test: ref/test/test_gup_recheck: "
#define THREADS "test: ref/test/test_gup_threads: "
#define ENTRIES "test: ref/test/test_gup_entries: "
#define STRESS "test: ref/test/test_gather_stress: "
#define GATHER "test: ref/test/test_gather: "
#define ASID "test: ref/test/test_gather_asid: "
#define RECLAIM "test: ref/test/test_gather_reclaim: "
#define DAX "test: ref/test/test_dax_busted: "
#define DAX_REFS "test: ref/test/test_dax_refs: "
#define DAX_STRESS "test: ref/test/test_dax_stress: "
#define LONGTERM "test: ref/test/test_longterm: "
#define PIN "test: ref/test/test_pin: "
#define THP "test: ref/test/test_thp: "
#define COLLAPSE "test: ref/test/test_thp_collapse: "
#define THP_STRESS "test: ref/test/test_thp_stress: "

static const struct ref_variant rows[] = {
	/* ---- the walk over folded levels ---- */
	{ "gup", "static on x86_64", false,
	  RECHECK "x86_64-4k-57-folded static: does not return a pte that loses its page table",
	  "pXd_offset() of a copy where a folded level has the size of the one above: v5.2 to v5.8" },
	{ "gup", "static on s390x/5", false,
	  GUP "s390x/5 static: past 0xa0000000000000 it returns the right",
	  "pXd_offset() of a copy where no level is folded" },
	{ "gup", "static on s390x/2", true,
	  GUP "s390x/2 static: past 0x500000 it returns the pages",
	  "pXd_offset() of a copy where levels fold per mm, two levels: 1 "
	  "MiB lower (1a42010cdc26)" },
	{ "gup", "static on s390x/3", true,
	  GUP "s390x/3 static: 0x10080000000 gives the page of 0x10000000000",
	  "pXd_offset() of a copy where levels fold per mm, three levels: 2 "
	  "GiB lower" },
	{ "gup", "static on s390x/4", true,
	  GUP "s390x/4 static: past 0x140000000000 it returns the pages",
	  "pXd_offset() of a copy where levels fold per mm, four levels: 4 "
	  "TiB lower" },
	{ "gup", "addr_end_folded", false,
	  RECHECK "s390x/3 addr_end_folded: does not return a pte that loses its page table",
	  "clip to the size of the entry's real level (RFC v1, v2 patch 1)" },
	{ "gup", "addr_end_global", false,
	  THREADS "s390x/3 addr_end_global: every page is its address's",
	  "every pXd_addr_end() takes the entry's value (RFC v2 patches 2 and 3)" },
	{ "gup", "offset_lockless", false,
	  GUP "s390x/3 offset_lockless: and there it gives its own",
	  "pXd_offset_lockless(), merged as d3f7b1bb2040" },
	{ "gup", "align_real on arm64-4k-52-folded", false,
	  ENTRIES "arm64-4k-52-folded align_real: right",
	  "arm64's pXd_offset_lockless() finds the folded level's table around the entry above" },
	{ "gup", "align_real on arm64-16k-52-folded", true,
	  ENTRIES "arm64-16k-52-folded align_real: looks for the table around a copy",
	  "arm64's pXd_offset_lockless() where P4D is folded when compiled: "
	  "around an address on the stack (v6.10)" },
	{ "gup", "reload_real", false, ENTRIES "arm64-16k-52-folded reload_real: right",
	  "the real pointer is handed on also where P4D is folded when "
	  "compiled, and its entry loaded again (36639013b346)" },
	{ "gup", "gather_unchecked", true,
	  ENTRIES "arm64-4k-48: unchecked, the bits of the other's entry are taken",
	  "a contiguous range is read without looking whether it is one" },
	{ "gup", "no_clip", true, GUP "a walker with no clip fails the suite",
	  "ranges are not cut at the end of a table" },
	{ "gup", "no_limit", true, GUP "a walker with no limit fails the suite",
	  "addresses above the top table's reach alias (gup_fast_permitted() left out)" },
	{ "gup", "clip_without_wrap", true,
	  GUP "a walker with a clip that does not know a wrapped boundary fails the suite",
	  "pXd_addr_end() without its two -1: wrong in the last region" },
	{ "gup", "no_write_check", true,
	  GUP "a walker with no check of the write bit fails the suite",
	  "a read-only entry is taken for writing" },

	/* ---- what GUP-fast verifies, one interleaving at a time ---- */
	{ "gup", "entry recheck", false,
	  RECHECK "a pte that is mapped to another frame after the try-get ends the walk before it",
	  "read, take a reference, read again (2667f50e8b81)" },
	{ "gup", "no_entry_recheck", true, RECHECK "hooked_no_entry_recheck returns it",
	  "the entry is not read again after the reference" },
	{ "gup", "no_entry_recheck under threads", true,
	  THREADS "without the entry recheck another address's page comes back",
	  "the entry is not read again after the reference, with the window "
	  "before the try-get held open" },
	{ "gup", "no_pmd_recheck", true, RECHECK "hooked_no_pmd_recheck returns it",
	  "the PMD entry above is not compared: the collapse race (70cbc3cc78a9)" },
	{ "gup", "addr_end_global at the top table", true,
	  RECHECK
	  "addr_end_global: rechecks its copy, and returns a pmd that is mapped to another frame",
	  "holds a copy of the top table's entry, so that the recheck reads the copy" },
	{ "gup", "head recheck", false,
	  RECHECK
	  "a tail whose folio was freed under the try-get: the reference is on its new folio",
	  "try_get_folio() compares the head again" },
	{ "gup", "no_head_recheck", true,
	  RECHECK "without the recheck of the head it is on a folio that has nothing to do with it",
	  "until v5.13: the reference lands on a folio that the page has left" },

	/* ---- the split of a huge folio and the collapse, one interleaving at a time, and on
	 * threads ---- */
	{ "thp", "case 1 in turn", false,
	  THP "x86_64-4k-48: case 1: the recheck after the remap sees the same leaf",
	  "the reader references first: the freeze fails (Gunthorpe, 2 May 2023)" },
	{ "thp", "case 2 in turn", false, THP "x86_64-4k-48: case 2: frozen first, mapped by a pmd",
	  "the freeze comes first: the try-get fails" },
	{ "thp", "case 3 in turn", false,
	  THP "x86_64-4k-48: case 3: and do no harm while they are there",
	  "the whole split between read and reference: the recheck drops it" },
	{ "thp", "no_entry_recheck in turn", true,
	  THP "x86_64-4k-48: no entry recheck: 512 pages, and all their references on one",
	  "the entry is not read again after the reference" },
	{ "thp", "no_freeze in turn", true,
	  THP "x86_64-4k-48: no freeze: the head has the reference of a page that is not its own",
	  "the splitter looks at the count instead of making it 0" },
	{ "thp", "no_head_recheck in turn", true,
	  THP "x86_64-4k-48: no head recheck: the reference is on the head's page",
	  "until v5.13: the head is not read again after the reference" },
	{ "thp", "get_after_recheck in turn", true,
	  THP "x86_64-4k-48: reference after the recheck: two pages, and their references on one",
	  "the recheck comes before the reference" },
	{ "thp", "split and collapse under threads", false,
	  THP_STRESS "readers, a splitter and a collapser: every reference has a holder",
	  "readers, a splitter and a collapser at once, in rounds, and every "
	  "reference counted at their ends" },
	{ "thp", "get_after_recheck under threads", true,
	  THP_STRESS "reference after the recheck: seen",
	  "the recheck comes before the reference, beside a splitter and a "
	  "collapser" },
	{ "thp", "collapse in turn", false,
	  COLLAPSE "x86_64-4k-48: the PMD is cleared, then comes the reference",
	  "the reader reads the PMD again (70cbc3cc78a9)" },
	{ "thp", "collapse_no_pmd_recheck in turn", true,
	  COLLAPSE "x86_64-4k-48: no pmd recheck: the page is returned, and its address has a copy",
	  "before 70cbc3cc78a9: a page is returned after its contents were copied" },
	{ "thp", "collapse_table_reuse in turn", true,
	  COLLAPSE "x86_64-4k-48: table reuse: the walker takes what was written there",
	  "before 2ba99c5e0881: the table is another's under a walker" },

	/* ---- freeing tables, on threads ---- */
	{ "gather", "ipi_signal", false,
	  STRESS "ipi_signal, 2 readers, with memory: no walk read a freed table",
	  "a directed signal whose handler waits for the walk's end: the flush interrupt" },
	{ "gather", "ipi_rcu", false,
	  STRESS "ipi_rcu, 1 readers, with memory: no walk read a freed table",
	  "flush by interrupt, tables by RCU" },
	{ "gather", "broadcast_rcu", false,
	  STRESS "broadcast_rcu, 2 readers, rcu_per_table: no walk read a freed table",
	  "flush by broadcast, which interrupts nobody; tables by RCU: arm64's way" },
	{ "gather", "global_asid_rcu", false,
	  STRESS "global_asid_rcu, 2 readers, rcu_per_table: no walk read a freed table",
	  "flush by interrupt, or on many CPUs by broadcast (INVLPGB); tables by RCU" },
	{ "gather", "broadcast_no_wait", true,
	  STRESS "broadcast_no_wait: caught: the walk then read a freed table",
	  "flush by broadcast, and no wait" },
	{ "gather", "rcu_per_table", false,
	  STRESS "rcu_per_table, 1 readers, with memory: no walk read a freed table",
	  "one RCU callback per table" },
	{ "gather", "sync_membarrier", false,
	  STRESS "sync_membarrier, 2 readers, with memory: no walk read a freed table",
	  "membarrier, then a wait for each flag that was seen set" },
	{ "gather", "membarrier", true,
	  STRESS "membarrier: caught: the walk then read a freed table",
	  "membarrier without the wait" },
	{ "gather", "rcu_qsbr", false,
	  STRESS "rcu_qsbr, 1 readers, with memory: no walk read a freed table",
	  "call_rcu() of the batch, quiescent-state liburcu" },
	{ "gather", "rcu_memb", false,
	  STRESS "rcu_memb, 1 readers, with memory: no walk read a freed table",
	  "call_rcu() of the batch, liburcu's memb flavour, which uses "
	  "membarrier itself" },
	{ "gather", "rcu_bp", false,
	  STRESS "rcu_bp, 1 readers, with memory: no walk read a freed table",
	  "call_rcu() of the batch, liburcu's bulletproof flavour" },
	{ "gather", "fallback_no_wait on a thread", true,
	  GATHER "broadcast_rcu, no_wait: caught: the reader read a freed table",
	  "without a batch, a table is freed at once, and the invalidation has waited for nobody" },
	{ "gather", "fallback_sync_rcu on a thread", false,
	  GATHER "broadcast_rcu, sync_rcu: the reader never read a freed table",
	  "without a batch, synchronize_rcu() (1fb3d8c20bfa)" },
	{ "gather", "global_asid_rcu on threads", false,
	  ASID "it does not hold up a broadcast, and the table waits for a grace period",
	  "a broadcast by the number that an mm has on all CPUs; tables by RCU" },
	{ "gather", "asid_no_rcu on threads", true,
	  ASID "asid_no_rcu: caught: after a broadcast it is free under the walk",
	  "INVLPGB without RCU: the walk held up the flush while that was an interrupt" },
	{ "gather", "reclaim on threads", false,
	  RECLAIM "reclaim: no page that a fault mapped is lost",
	  "faults beside MADV_DONTNEED that frees the emptied table (6375e95f381e)" },
	{ "gather", "reclaim_no_recheck on a thread", true,
	  RECLAIM "reclaim_no_recheck: caught: the fault has mapped a page that nobody finds",
	  "a fault locks a table without reading the PMD again: it has been taken out" },
	{ "gather", "reclaim_no_rcu on a thread", true,
	  RECLAIM "reclaim_no_rcu: caught: the table is free before the fault locks it",
	  "a fault maps a table outside rcu_read_lock()" },
	{ "gather", "reclaim_no_rescan on a thread", true,
	  RECLAIM "reclaim_no_rescan: caught: the table is taken out with the page in it",
	  "a table taken out after its lock was dropped, as in 6.14's release candidates" },

	/* ---- which folios may be pinned, without a race or with a forced race ---- */
	{ "longterm", "truth table", false,
	  LONGTERM "x86_64-4k-48: what may be returned is, and nothing else",
	  "gup_fast_folio_allowed(), every combination of flags, folio and mapping" },
	{ "longterm", "inverted in the table", true,
	  LONGTERM "x86_64-4k-48: inverted: the judgement the wrong way round fails the table",
	  "v6 of the series" },
	{ "longterm", "no_allowed", true,
	  LONGTERM "x86_64-4k-48: no_allowed: no judgement at all fails the table",
	  "GUP-fast before v6.5" },
	{ "longterm", "no_irq_save in the table", true,
	  LONGTERM "x86_64-4k-48: no_irq_save: a mapping looked at with interrupts on is warned of",
	  "the walk is no read-side section: lockdep_assert_irqs_disabled()" },
	{ "longterm", "double_load on a thread", true,
	  LONGTERM
	  "x86_64-4k-48: double_load: truncated between two loads, nothing is dereferenced",
	  "folio->mapping loaded twice" },
	{ "longterm", "rcu_less on a thread", true,
	  LONGTERM "x86_64-4k-48: rcu_less: an inode freed at once is read after that",
	  "the inode freed without a grace period" },
	{ "longterm", "check_before_recheck on a thread", true,
	  LONGTERM "x86_64-4k-48: check_before_recheck: judged before the entry is read again",
	  "a frame that is somebody else's by now is judged" },
	{ "longterm", "no_unshare in turn", true,
	  PIN "x86_64-4k-48: no_unshare: without the check a page that may be shared is pinned",
	  "gup_must_unshare() left out" },
	{ "longterm", "pin_after_recheck on a thread", true,
	  PIN "x86_64-4k-48: pin_after_recheck: pinned after the recheck, it is shared in between",
	  "a reference, the recheck, and only then the pin" },
	{ "longterm", "slow path", false,
	  PIN "x86_64-4k-48: the fast path pins two pages, the slow one the third",
	  "gup_fast_fallback(): from the first page that is missing" },

	/* ---- DAX on real threads, windows held open ---- */
	{ "dax", "merged, page moved", false,
	  DAX "merged: the page moved to another file: tried again, and locked there",
	  "dax_lock_folio() reads folio->mapping again under its lock" },
	{ "dax", "no_revalidate, page moved", true, DAX "no_revalidate: unlocking it hits a BUG_ON",
	  "dax_lock_folio() does not read folio->mapping again under its lock" },
	{ "dax", "no_rcu, inode freed", true, DAX "no_rcu: the lock taken is a freed inode's",
	  "nothing keeps the inode until its lock is held" },
	{ "dax", "wait_after_unlock, unlocked meanwhile", true,
	  DAX "wait_after_unlock: asleep for an entry that is unlocked",
	  "a waiter queues when it has dropped the xarray's lock" },
	{ "dax", "touch_after_sleep, inode freed", true,
	  DAX "touch_after_sleep: the lock taken after the sleep is a freed inode's",
	  "a waiter looks at the xarray that it slept for" },
	{ "dax", "exclusive_no_pass_on, two waiters", true,
	  DAX "exclusive_no_pass_on: of 2 that waited exclusively, the last is forgotten",
	  "who waited exclusively and locks nothing wakes nobody" },
	{ "dax", "wake_one_deleted, three waiters", true,
	  DAX "wake_one_deleted: of 3 that waited exclusively, the last is forgotten",
	  "deletion wakes one waiter, which finds nothing to pass on (237388320def)" },
	{ "dax", "pmd_not_rounded, two indices", true,
	  DAX "pmd_not_rounded: who unlocks index 5 of the same PMD entry does not wake it",
	  "a PMD entry's waiters queue by their own index" },
	{ "dax", "no_revalidate under load", true,
	  DAX_STRESS "no_revalidate, 1-is-idle: a foreign slot is locked",
	  "folio->mapping is not read again under its lock, found by threads "
	  "that run free" },
	{ "dax", "no_rcu under load", true,
	  DAX_STRESS "no_rcu, 1-is-idle: a freed inode is about to be locked",
	  "nothing keeps the inode until its lock is held, found by threads "
	  "that run free" },
	{ "dax", "idle_1_on_0_pages, one reference", true,
	  DAX_REFS "1-is-idle's test on 0-is-idle's page: freed while referenced",
	  "a page is busy with more than 1, which one reference on a 0-based page is not" },
	{ "dax", "idle_1_on_0_pages, two references", true,
	  DAX_REFS "and with two references truncation hangs: with 0 it waits for 1",
	  "a page is idle with 1, to which a 0-based page does not come back" },
	{ "dax", "idle_0_on_1_pages, no reference", true,
	  DAX_REFS "0-is-idle's test on 1-is-idle's page: truncation of an idle page hangs",
	  "a page is idle with 0, to which a 1-based page never comes" },
	{ "dax", "share_one_lock in turn", false, DAX_REFS "share_one_lock: of the other still",
	  "a page of two files stays until both have dropped it (folio->share, v6.15)" },
	{ "dax", "share_uncounted in turn", true,
	  DAX_REFS "share_uncounted: caught: free, and the other has it",
	  "the second file leaves the page to the first" },

	/* ---- kmap: what shows without an interrupt ---- */
	{ "kmap", "atomic_percpu overrun", true,
	  KMAP "atomic_percpu without debug: the 21st map is in the next CPU's first slot",
	  "without DEBUG_HIGHMEM nothing looks at the depth: kmap_atomic up to v5.10" },
	{ "kmap", "merged on arm", false, KMAP "arm: entries by address, over more than one table",
	  "KMAP_LOCAL_NON_LINEAR_PTE_ARRAY: the entry of an address, not base[-index]" },
	{ "kmap", "linear on arm", true,
	  KMAP "busted: base[-index] is not the entry of that address on arm",
	  "the entries taken for one array, where hardware tables lie between them" },
	{ "kmap", "no_flush on one task", true,
	  KMAP "no_flush plain: a slot used again shows the previous page",
	  "an entry is cleared without a TLB flush, and its slot used again" },
	{ "kmap", "merged on threads", false,
	  KMAP_STRESS "merged plain mappings: every map shows its page while it lives",
	  "signals for interrupts and NMIs, real mappings, tasks that migrate when they may" },
	{ "kmap", "linus_pop_push on threads", false,
	  KMAP_STRESS "linus_pop_push plain mappings: every map shows its page while it lives",
	  "Torvalds' design: signals for interrupts and NMIs, real mappings, "
	  "tasks that migrate when they may" },
	{ "kmap", "rfc_task_sweep on threads", true,
	  KMAP_STRESS "rfc_task_sweep mappings, interrupts on in the sweep: caught",
	  "a signal lands between next's slot and current" },
	{ "kmap", "rfc_task_sweep on threads, NMI", true,
	  KMAP_STRESS "rfc_task_sweep mappings, interrupts off in the sweep, NMIs: caught",
	  "a signal lands between next's slot and current, with interrupts "
	  "off, as the scheduler has them" },
	{ "kmap", "no_pin on threads", true,
	  KMAP_STRESS "no_pin memory, tasks move with their maps: caught",
	  "without migrate_disable() a task runs on with another CPU's addresses" },
};

size_t ref_nr_variants(void)
{
	return ARRAY_SIZE(rows);
}

const struct ref_variant *ref_variant_at(size_t i)
{
	return i < ref_nr_variants() ? &rows[i] : NULL;
}
