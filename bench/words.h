/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meanings of params that no list of ref/ has: one table, for bench/vocabulary.c alone. Values
 * stand in the order in which to show them; a new value of a case or of the driver is a line here.
 */
#ifndef BENCH_WORDS_H
#define BENCH_WORDS_H

#include <array_size.h>
#include <results/results.h>

/* clang-format off */
#define V(value_, label_, means_) \
	{ .value = (char *)value_, .label = (char *)label_, .means = (char *)means_ }
#define V_BUSTED(value_, label_, means_) \
	{ .value = (char *)value_, .label = (char *)label_, .means = (char *)means_, \
	  .busted = true }

static struct results_value access_words[] = {
	V("read", "read", "The first access reads."),
	V("write", "write", "The first access writes."),
};
static struct results_value api_words[] = {
	V("kmap_local", "kmap_local", "kmap_local_page(): slots of the task, since 5.11."),
	V("kmap_atomic", "kmap_atomic", "kmap_atomic(): as kmap_local, with page faults and preemption off (PREEMPT_RT: migration)."),
	V("kmap", "kmap", "kmap(): mappings shared by all CPUs, looked for under a lock."),
};
static struct results_value backend_words[] = {
	V("memory", "in memory", "Of the reference: entries are words in memory, and nobody's TLB has them."),
	V("mappings", "real mappings", "Of the reference: a system call maps and unmaps a page of this process."),
	V("direct", "direct map", "Of the kernel: every page has an address already, and nothing is mapped."),
	V("forced", "forced", "Of the kernel: kmap_local maps though every page has an address."),
	V("highmem", "high memory", "Of the kernel: the page has no address until it is mapped."),
};
static struct results_value cached_words[] = {
	V("small", "small pages", "The page cache has small pages, which are copied into a huge one."),
	V("huge", "a huge page", "The page cache has the huge page already: nothing is copied."),
};
static struct results_value cross_words[] = {
	V("none", "no boundary", "All pages are in one table, or one huge leaf."),
	V("pmd", "a PMD boundary", "Half of the pages lie on each side of a multiple of PMD_SIZE."),
	V("pud", "a PUD boundary", "Half of the pages lie on each side of a multiple of PUD_SIZE."),
	V("p4d", "a P4D boundary", "Half of the pages lie on each side of a multiple of P4D_SIZE."),
	V("pgd", "a PGD boundary", "Half of the pages lie on each side of a multiple of PGDIR_SIZE."),
	V("span", "several tables", "The pages fill one PTE table after the other."),
};
static struct results_value dax_step_words[] = {
	V("none", "no step", "All steps are there."),
	V("rcu", "RCU", "The RCU section around it, which keeps the inode from being freed."),
	V("revalidate", "revalidation", "Under its lock folio->mapping is read again: the page is still of that file."),
};
static struct results_value entry_words[] = {
	V("present", "there", "The file's entry was made by an earlier fault."),
	V("new", "new", "The fault makes the file's entry, too."),
};
static struct results_value fallback_words[] = {
	V("none", "waiting by the flush", "Nothing: the flush itself has waited for walks."),
	V_BUSTED("no_wait", "no wait", "Nothing, where the flush has not waited either: frees under a walker, and is measured for its price alone."),
	V("sync_ipi", "interrupt to all", "An interrupt to every reader, waited for; Linux without PT_RECLAIM, up to 6.18 at least, interrupts all CPUs."),
	V("sync_rcu", "synchronize_rcu()", "A grace period that is waited for."),
	V("rcu_per_table", "callback of its own", "call_rcu() of that table alone, as with PT_RECLAIM."),
};
static struct results_value flags_words[] = {
	V("get", "get", "FOLL_GET: references."),
	V("pin", "pin", "FOLL_PIN: pins."),
	V("longterm", "long-term pin", "FOLL_PIN | FOLL_LONGTERM: pins that may last."),
};
static struct results_value folio_words[] = {
	V("private", "its own", "Nobody else takes references on these folios."),
	V("shared", "shared", "Another CPU takes references on the same folio all the time."),
};
static struct results_value frames_words[] = {
	V("hot", "cached", "The pages' struct pages are in the cache."),
	V("flushed", "not cached", "The pages' struct pages were flushed from the cache."),
};
static struct results_value how_words[] = {
	V("present", "there", "The step is there."),
	V("opaque", "opaque no-op", "An empty asm with the step's operands is in its place: the code around it stays."),
	V("removed", "removed", "The step is left out, and what the compiler can then leave out, too."),
};
static struct results_value kind_words[] = {
	V("anon", "anonymous", "An anonymous huge folio."),
	V("file", "of a file", "A huge folio of the page cache."),
};
static struct results_value leaf_words[] = {
	V("pte", "small pages", "PTEs, each of a small folio."),
	V("pte_folio", "PTEs of a large folio", "PTEs, all of one large folio."),
	V("contpte", "contiguous PTEs", "PTEs of a large folio with the architecture's contiguous bit."),
	V("contpte_unfolded", "contiguous PTEs, unfolded", "PTEs that had the contiguous bit, and lost it."),
	V("pmd", "PMD leaf", "A huge leaf in a PMD table."),
	V("pud", "PUD leaf", "A huge leaf in a PUD table."),
};
static struct results_value load_words[] = {
	V("other", "other pages", "The threads lock other pages of the same file."),
	V("same", "the same page", "All threads lock the same page."),
	V("churn", "a page that moves", "A thread moves the page from one file to the next all the time."),
};
static struct results_value mapped_words[] = {
	V("before", "mapped before", "The page has a mapping from an earlier kmap()."),
	V("new", "not mapped before", "The page has no mapping yet."),
};
static struct results_value mem_words[] = {
	V("anon", "anonymous", "Anonymous memory, as where no mem is said."),
	V("shmem", "shmem", "Shared memory: tmpfs."),
	V("hugetlb", "hugetlb", "Pages of hugetlbfs."),
	V("file", "file", "A file in the page cache."),
	V("dax", "DAX", "A file of persistent memory, mapped without a page cache."),
};
static struct results_value page_words[] = {
	V("file", "of a file", "A page of a file, whose entry is looked up and locked."),
	V("device", "of a device", "A page of a character device of device-dax, which has no entry."),
};
static struct results_value part_words[] = {
	V("both", "lock and unlock", "Locking the entry and unlocking it."),
	V("lock", "lock", "Locking it alone."),
	V("unlock", "unlock", "Unlocking it alone."),
};
static struct results_value peer_words[] = {
	V("none", "elsewhere", "The other CPU has never run this address space."),
	V("idle", "idle", "It ran its user code, and idles now with the address space loaded."),
	V("spin", "in user code", "It runs user code of this address space."),
	V("kernel", "in the kernel", "It is in a system call, interrupts on."),
	V("gup", "in GUP-fast", "It walks by GUP-fast again and again, interrupts off in each walk."),
};
static struct results_value sharer_words[] = {
	V("first", "two others left", "Two others map the shared table still."),
	V("last", "one other left", "One other maps the shared table still: it is shared no more."),
	V("none", "nobody else", "Nobody else maps it: the table is freed."),
};
static struct results_value stop_words[] = {
	V("none", "nothing", "Nothing stops the fast walk: what the call costs that has a fallback."),
	V("absent", "one page absent", "The page in the middle is not mapped, though it exists."),
	V("unfaulted", "nothing mapped", "No page is mapped yet: each is faulted in."),
	V("longterm", "FOLL_LONGTERM", "A long-term pin is refused."),
};
static struct results_value twin_words[] = {
	V("same", "the same pages", "As many pages at the same distances, in tables that neighbours keep."),
	V("packed", "side by side", "As many pages side by side, in one table."),
};
/* clang-format on */

#define FAMILIES(...)                                                                              \
	.families = (char *[]){ __VA_ARGS__ },                                                     \
	.nr_families = ARRAY_SIZE(((char *[]){ __VA_ARGS__ }))
#define WORDS(v) .values = v, .nr_values = ARRAY_SIZE(v)
#define KEY(key_, means_, ...)                                                                     \
	{                                                                                          \
		.key = (char *)key_, .means = (char *)means_, __VA_ARGS__                          \
	}

/* Axes without a list of values: numbers, names, patterns. */
static const struct results_axis word_axes[] = {
	KEY("access", "What the faulting access does.", WORDS(access_words)),
	KEY("alias", "Whether something is mapped one span below the boundary, too: 1, or 0."),
	KEY("api", "By which function a page is mapped.", WORDS(api_words)),
	KEY("backend", "What mapping a page takes.", WORDS(backend_words)),
	KEY("base", "The scenario whose objects are compared with."),
	KEY("batch", "How many tables a batch holds at most."),
	KEY("boundary", "The address of a boundary between tables."),
	KEY("cached", "What the page cache holds before.", WORDS(cached_words)),
	KEY("cross", "Which boundary lies in the middle of the range.", WORDS(cross_words)),
	KEY("cycles", "How often memory is mapped, touched and unmapped in one window."),
	KEY("debug", "Whether a guard stands between two slots: 1, or 0."),
	KEY("depth", "How many maps are live, this one included."),
	KEY("entry", "Whether the file has an entry for the page.", WORDS(entry_words)),
	KEY("failing", "Of how many allocations of a batch in a hundred there is no memory."),
	KEY("fallback", "How a table waits that has no batch.", WORDS(fallback_words)),
	KEY("flags", "What is taken on each page.", WORDS(flags_words)),
	KEY("folio", "Whether others use the same folios.", WORDS(folio_words)),
	KEY("frames", "Where the struct pages are.", WORDS(frames_words)),
	KEY("how", "What stands in the place of the step.", WORDS(how_words)),
	KEY("kind", "What the folio is of.", FAMILIES("thp"), WORDS(kind_words)),
	KEY("leaf", "What maps the pages.", WORDS(leaf_words)),
	KEY("levels", "How many levels of tables the mm has, where that varies."),
	KEY("load", "What the other threads do.", WORDS(load_words)),
	KEY("mapped", "Whether the page has a mapping before.", WORDS(mapped_words)),
	KEY("maps", "How many maps each context makes."),
	KEY("mem", "What kind of memory it is.", WORDS(mem_words)),
	KEY("next", "How many maps are live of the task that is switched to."),
	KEY("objects", "Which object files, as a pattern of paths."),
	KEY("page", "Whose page it is.", WORDS(page_words)),
	KEY("pages", "How many pages."),
	KEY("part", "What is measured of locking an entry.", WORDS(part_words)),
	KEY("peer", "What the other CPU does meanwhile.", WORDS(peer_words)),
	KEY("prev", "How many maps are live of the task that is switched from."),
	KEY("readers", "How many threads walk meanwhile."),
	KEY("row", "Which row it is, of a case that does not compile in this kernel's driver."),
	KEY("sharer", "Who maps the shared table besides.", WORDS(sharer_words)),
	KEY("step", "Which step of locking an entry is missing.", FAMILIES("dax"),
	    WORDS(dax_step_words)),
	KEY("stop", "What stops the fast walk.", WORDS(stop_words)),
	KEY("symbol", "The function whose code it is; all: their sum."),
	KEY("tables", "How many page tables."),
	KEY("threads", "How many other threads."),
	KEY("twin", "Where the pages lie of the row that frees no table.", WORDS(twin_words)),
};

#endif
