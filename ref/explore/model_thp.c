// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Models of thp: GUP-fast beside the split of a huge folio, beside a collapse, and beside a task
 * that unmaps and reuses the pages that it found.
 *
 * Walker, splitter and collapser are those of ref/, over a format with x86_64's entries in tables
 * of two: a huge folio is two pages, so that a split has some fifty steps. (With tables of 512 each
 * of its loops would have 512 rounds; the tests run those.) A page's contents are one word.
 */
#include <errno.h>
#include <stdio.h>

#include <ref/thp.h>

#include "../gup/walk.h"
#include "../pgtable/fmt_x86_64.h"
#include "../thp/collapse.h"
#include "models.h"

#define BALANCED "references equal holders"
#define HELD "no reference to a freed folio"
#define OWN "a page returned is its address's"
#define MAPPED "a page returned is the one mapped"
#define WITHIN "no frame read is freed within the walk"
#define EXCLUSIVE "a pinned page is its mm's alone"
#define FREED_TABLE "read of a freed table"

#define TINY_TABLE(shift_, ...)                                                                    \
	{                                                                                          \
		.shift = (shift_), X86_TABLE_FIELDS(X86_PRESENT), __VA_ARGS__                      \
	}

static const struct pgt_fmt pgt_fmt_tiny = {
	.name = "tiny",
	.page_shift = 12,
	.task_size_max = 1ULL << 15,
	.permitted_shift = 16,
	.level = {
		[PGT_PTE] = { .shift = 12, .bits = 1, .present_mask = X86_PRESENT | X86_PROTNONE,
			      X86_LEAF_FIELDS(0, X86_PFN_MASK),
			      .migration = X86_MIGRATION_READ,
			      .migration_exclusive = X86_MIGRATION_EXCLUSIVE,
			      .migration_write = X86_MIGRATION_WRITE },
		[PGT_PMD] = { .shift = 13, .bits = 1,
			      X86_TABLE_FIELDS(X86_PRESENT | X86_PROTNONE | X86_PSE),
			      X86_LEAF_FIELDS(X86_PSE, X86_PFN_MASK & ~0x1fffULL),
			      .invalid_clear = X86_PRESENT | X86_PROTNONE },
		[PGT_PUD] = TINY_TABLE(14, .fold = PGT_FOLD_STATIC),
		[PGT_P4D] = TINY_TABLE(14, .fold = PGT_FOLD_STATIC),
		[PGT_PGD] = TINY_TABLE(14, .bits = 1),
	},
};

#define NR_FRAMES 32
#define NR_HUGE 2 /* pages */
#define ADDR (1ULL << 13)
#define OTHER 0ULL

/* ---- what runs ---- */

/* The outcome of one schedule; each field is written by the task that it describes. */
struct outcome {
	struct ref_page *got[NR_HUGE];
	uint32_t generation[NR_HUGE];
	unsigned long nr;
	bool walking;
	struct ref_page *read; /* the frame of the entry that a walk has loaded */
	uint32_t read_generation;
	int err;
	int acked;
};

struct thp_case {
	gup_fast_fn fast;
	unsigned first, nr; /* pages that the reader asks for */
	bool pin;
	bool file, by_pte, small; /* how they are mapped; default: by a huge leaf */
	bool stays; /* a page that is held has to stay mapped, whatever the writer does */
	thp_split_fn split;
	thp_collapse_fn collapse;
	bool unmap;		 /* the writer unmaps the folio afterwards */
	bool reuse;		 /* and maps the freed frames at another address */
	void (*wait)(void *arg); /* waits for walkers where the kernel does; NULL: a broadcast */
};

static struct {
	const struct thp_case *c;
	struct ref_mm *mm;
	struct thp_file *file;
	struct ref_page *head; /* head of the folio at the start */
	struct outcome *o;
} m;

static void note_read(struct ref_page *page)
{
	m.o->read = page;
	m.o->read_generation = page->generation;
}

#define WALKER(name, ...) GUP_WALKER(tiny, name, .design = GUP_OFFSET_LOCKLESS, __VA_ARGS__)
WALKER(good, .before_get = note_read)
WALKER(no_entry_recheck, .entry_recheck = GUP_STEP_REMOVED)
WALKER(no_pmd_recheck, .pmd_recheck = GUP_STEP_REMOVED)
WALKER(no_head_recheck, .head_recheck = GUP_STEP_REMOVED)
WALKER(get_after_recheck, .get_after_recheck = true)
WALKER(relaxed_get, .relaxed_get = true)

#define COLLAPSER(name, ...)                                                                       \
	static int collapse_##name(struct ref_mm *mm, uint64_t addr, void (*sync_one)(void *arg),  \
				   void *arg)                                                      \
	{                                                                                          \
		static const struct thp_collapse_variant v = { .copy_words = 1, __VA_ARGS__ };     \
                                                                                                   \
		return thp_collapse_range(&v, mm, addr, sync_one, arg);                            \
	}
COLLAPSER(sync, .no_sync = false)
COLLAPSER(no_sync, .no_sync = true)
COLLAPSER(unordered, .unordered = true)

/* ---- the tasks ---- */

static void reader(void *arg)
{
	struct outcome *o = m.o;
	struct ref_page *pages[NR_HUGE];
	unsigned long nr;

	o->walking = true;
	nr = m.c->fast(m.mm, ADDR + m.c->first * 4096, m.c->nr,
		       m.c->pin ? GUP_WRITE | GUP_PIN : GUP_WRITE, pages);
	o->walking = false;
	for (unsigned long i = 0; i < nr; i++) {
		o->got[i] = pages[i];
		o->generation[i] = pages[i]->generation;
	}
	o->nr = nr;
}

/* Interrupts the reader's CPU and waits until it has seen that: where interrupts are on again. */
static void on_ipi(struct ref_cpu *cpu)
{
	ref_store_release(&m.o->acked, 1);
}

static void wait_ipi(void *arg)
{
	REF_WRITE_ONCE(m.o->acked, 0);
	ref_ipi_send(0);
	ref_wait_until(ref_load_acquire(&m.o->acked));
}

static void writer(void *arg)
{
	const struct thp_case *c = m.c;
	struct outcome *o = m.o;

	if (c->split)
		o->err = c->split(m.head);
	if (c->collapse)
		o->err = c->collapse(m.mm, ADDR, c->wait, NULL);
	if (c->unmap && !o->err)
		thp_unmap(m.mm, ADDR, c->wait, NULL);
	if (c->reuse)
		thp_map(m.mm, OTHER, true);
}

/* ---- what has to hold ---- */

/* A pin of a small folio is that many references. */
static unsigned refs_of(const struct ref_page *page)
{
	return m.c->pin && page->head->nr == 1 ? GUP_PIN_BIAS : 1;
}

static bool balanced(void *arg, char *why, size_t size)
{
	struct ref_page *held[NR_HUGE * GUP_PIN_BIAS + 1];
	size_t nr = 0;

	for (unsigned long i = 0; i < m.o->nr; i++)
		for (unsigned n = 0; n < refs_of(m.o->got[i]); n++)
			held[nr++] = m.o->got[i];
	if (m.c->split) /* its caller's reference */
		held[nr++] = m.head;
	return thp_balanced(m.mm, held, nr, why, size);
}

/* Whether every pinned page is still exclusive, so that a write goes to this page. In a large leaf
 * the head has the flag. */
static bool pins_are_exclusive(void *arg, char *why, size_t size)
{
	void *pmdp = __pgt_entry(m.mm, ADDR, PGT_PMD);
	bool huge = thp_is_leaf(m.mm, PGT_PMD, thp_read(m.mm, PGT_PMD, pmdp));

	for (unsigned long i = 0; i < m.o->nr; i++) {
		const struct ref_page *page = m.o->got[i];

		if (huge)
			page = page->head;
		if (page->flags & REF_PG_ANON_EXCLUSIVE)
			continue;
		snprintf(why, size, "page %lu is pinned, and not this mm's alone", i);
		return false;
	}
	return true;
}

static bool held_are_not_free(void *arg, char *why, size_t size)
{
	for (unsigned long i = 0; i < m.o->nr; i++) {
		const struct ref_page *page = m.o->got[i];

		if (page->generation == m.o->generation[i] && page->head->refcount > 0)
			continue;
		snprintf(why, size, "page %lu is held, and free", i);
		return false;
	}
	return true;
}

/* Whether every page that a reader holds still belongs to the reader's address. */
static bool own_pages(void *arg, char *why, size_t size)
{
	for (unsigned long i = 0; i < m.o->nr; i++) {
		const struct ref_page *page = m.o->got[i], *head = page->head;
		uint64_t index = head->index + (uint64_t)(page - head);

		if (index == (m.c->file ? 0 : ADDR / 4096) + m.c->first + i)
			continue;
		snprintf(why, size, "page %lu is the one of page index %llu", i,
			 (unsigned long long)index);
		return false;
	}
	return true;
}

static bool mapped_pages(void *arg, char *why, size_t size)
{
	for (unsigned long i = 0; i < m.o->nr; i++) {
		uint64_t addr = ADDR + (m.c->first + i) * 4096;

		if (pgt_lookup(m.mm, addr, true) == m.o->got[i])
			continue;
		snprintf(why, size, "page %lu is held, and another is mapped in its place", i);
		return false;
	}
	return true;
}

static bool not_freed_within(void *arg, char *why, size_t size)
{
	const struct outcome *o = m.o;

	if (!o->walking || !o->read || o->read->generation == o->read_generation)
		return true;
	snprintf(why, size, "frame %zu was freed since its entry was read",
		 ref_page_index(m.mm, o->read));
	return false;
}

/* ---- setup ---- */

static void name_page(struct explore *e, struct ref_page *page, const char *what)
{
	/* The name is also that of a pointer to it. */
	explore_name(e, &page->refcount, sizeof(page->refcount), 1, "%s", what);
	explore_name(e, &page->pincount, sizeof(page->pincount), 1, "%s.pincount", what);
	explore_name(e, &page->mapcount, sizeof(page->mapcount), 1, "%s.mapcount", what);
	explore_name(e, &page->flags, sizeof(page->flags), 1, "%s.flags", what);
	explore_name(e, &page->head, sizeof(page->head), 1, "%s.head", what);
	explore_name(e, &page->nr, sizeof(page->nr), 1, "%s.nr", what);
	explore_name(e, &page->mapping, sizeof(page->mapping), 1, "%s.mapping", what);
}

static void name_table(struct explore *e, enum pgt_level level, const char *name)
{
	void *entry = __pgt_entry(m.mm, ADDR, level);
	unsigned size = 1u << pgt_entry_shift(&pgt_fmt_tiny.level[level]);

	if (entry)
		explore_name(e,
			     (char *)entry - (ADDR >> pgt_fmt_tiny.level[level].shift) % 2 * size,
			     size, 2, "%s", name);
}

static int map_pages(const struct thp_case *c)
{
	int err;

	if (c->file) {
		err = thp_file_create(m.mm, ADDR, NR_HUGE, &m.file);
		return err ? err : thp_file_fault(m.file, ADDR);
	}
	if (!c->small) {
		err = thp_map(m.mm, ADDR, true);
		return err || !c->by_pte ? err : thp_split_pmd(m.mm, ADDR);
	}
	err = pgt_map(m.mm, ADDR, PGT_PTE, true);
	return err ? err : pgt_map(m.mm, ADDR + 4096, PGT_PTE, true);
}

static int setup(struct explore *e, const void *arg)
{
	const struct thp_case *c = arg;
	int err;

	m.c = c;
	m.file = NULL;
	err = ref_mm_create_fmt(&pgt_fmt_tiny, 0, NR_FRAMES, &m.mm);
	if (err)
		return err;
	err = map_pages(c);
	m.o = explore_alloc(e, sizeof(*m.o));
	if (err || !m.o)
		return err ? err : -ENOMEM;
	m.head = pgt_lookup(m.mm, ADDR, true);
	if (c->split) {
		ref_fetch_add(&m.head->refcount, 1);
		thp_lock(m.head);
	}
	err = ref_ipi_init(on_ipi);
	if (err)
		return err;
	explore_memory(e, m.mm, sizeof(*m.mm));
	explore_memory(e, m.mm->memmap, NR_FRAMES * sizeof(m.mm->memmap[0]));
	name_page(e, m.head, "head");
	name_page(e, m.head + 1, "tail");
	name_table(e, PGT_PUD, "pgd"); /* the levels above are folded into it */
	name_table(e, PGT_PMD, "pmd");
	name_table(e, PGT_PTE, "pte");
	explore_task(e, 0, "reader", reader, NULL);
	explore_task(e, 1,
		     c->split	   ? "splitter"
		     : c->collapse ? "collapser"
				   : "unmapper",
		     writer, NULL);
	explore_invariant(e, HELD, held_are_not_free, NULL, false);
	explore_invariant(e, BALANCED, balanced, NULL, true);
	explore_invariant(e, OWN, own_pages, NULL, true);
	if (c->stays)
		explore_invariant(e, MAPPED, mapped_pages, NULL, true);
	if (c->pin)
		explore_invariant(e, EXCLUSIVE, pins_are_exclusive, NULL, false);
	if (c->unmap && !c->collapse)
		explore_invariant(e, WITHIN, not_freed_within, NULL, false);
	return 0;
}

static void teardown(const void *arg)
{
	ref_free(m.file);
	ref_mm_destroy(m.mm);
}

/* ---- the models ---- */

/* clang-format off */
#define CASE(...) &(const struct thp_case){ __VA_ARGS__ }
/* clang-format on */
#define MODEL(variant_, mode_, summary_, case_, ...)                                               \
	{                                                                                          \
		.mechanism = "thp", .variant = (variant_), .summary = (summary_), .mode = (mode_), \
		.nr_cpus = 2, .setup = setup, .teardown = teardown, .arg = (case_), __VA_ARGS__    \
	}
#define GOOD(variant, summary, ...) MODEL(variant, EXPLORE_SC, summary, CASE(__VA_ARGS__))
/* Code of a busted variant, where it cannot break. */
#define HARMLESS(variant, code, mode, summary, ...)                                                \
	MODEL(variant, mode, summary, CASE(__VA_ARGS__), .busted_code = (code))
#define BUSTED(variant, by, summary, ...)                                                          \
	MODEL(variant, EXPLORE_SC, summary, CASE(__VA_ARGS__), .busted = true, .caught_by = (by))
#define DELAYED(variant, summary, ...)                                                             \
	MODEL(variant, EXPLORE_STORE_BUFFER, summary, CASE(__VA_ARGS__))
#define BUSTED_DELAYED(variant, by, summary, ...)                                                  \
	MODEL(variant, EXPLORE_STORE_BUFFER, summary, CASE(__VA_ARGS__), .busted = true,           \
	      .caught_by = (by))

static int split_no_freeze(struct ref_page *page)
{
	return thp_splitter_at(1)->split(page);
}

static int split_ignore_pins(struct ref_page *page)
{
	return thp_splitter_at(2)->split(page);
}

#define FAST(name) .fast = gup_fast_tiny_##name
#define TWO .nr = 2
#define TAIL .first = 1, .nr = 1

const struct explore_model explore_thp_models[] = {
	GOOD("split", "a huge leaf is read while its folio is split (Gunthorpe, 2 May 2023)",
	     FAST(good), TWO, .split = thp_split, .stays = true),
	GOOD("split_pte",
	     "a folio is read while it is split, mapped by small leaves that "
	     "come back as they were",
	     FAST(good), TAIL, .split = thp_split, .by_pte = true, .stays = true),
	GOOD("split_file", "a file's folio, which a split leaves unmapped", FAST(good), TWO,
	     .split = thp_split, .file = true),
	BUSTED("no_entry_recheck", BALANCED,
	       "as many references as pages, on a folio that is one page by then",
	       FAST(no_entry_recheck), TWO, .split = thp_split),
	BUSTED("no_freeze", BALANCED, "the splitter looks at the count instead of making it 0",
	       FAST(good), TAIL, .split = split_no_freeze, .by_pte = true),
	BUSTED("no_head_recheck", BALANCED,
	       "a reference on what was the page's head before the split (before v5.13)",
	       FAST(no_head_recheck), TAIL, .split = thp_split, .by_pte = true),

	BUSTED("freed_within_walk", WITHIN,
	       "an observation: where nothing waits for walkers, a frame may be freed and used again "
	       "between GUP-fast's read of its entry and its reference",
	       FAST(good), TWO, .unmap = true, .reuse = true),
	GOOD("freed_after_walk",
	     "where the flush is an interrupt that waits for walkers, that cannot happen",
	     FAST(good), TWO, .unmap = true, .reuse = true, .wait = wait_ipi),
	BUSTED("reuse_no_entry_recheck", OWN,
	       "without the recheck of the entry, a frame that was used again is returned",
	       FAST(no_entry_recheck), TWO, .unmap = true, .reuse = true),
	BUSTED("get_after_recheck", OWN, "the recheck comes before the reference",
	       FAST(get_after_recheck), TWO, .unmap = true, .reuse = true),

	GOOD("collapse", "khugepaged waits for walkers, and the huge page's unmap frees the table",
	     FAST(good), TAIL, .small = true, .collapse = collapse_sync, .unmap = true,
	     .wait = wait_ipi),
	HARMLESS("collapse_no_sync", "collapse_table_reuse", EXPLORE_SC,
		 "a collapse that does not wait for walkers: the pages are safe, as "
		 "long as the table stays",
		 FAST(good), TAIL, .small = true, .collapse = collapse_no_sync, .stays = true),
	BUSTED("collapse_no_pmd_recheck", MAPPED,
	       "the PMD is not read again: a page is returned after a collapse "
	       "has copied its contents (before 70cbc3cc78a9)",
	       FAST(no_pmd_recheck), TAIL, .small = true, .collapse = collapse_no_sync,
	       .stays = true),
	BUSTED("collapse_table_reuse", FREED_TABLE,
	       "a collapse does not wait: the table is freed under a walker "
	       "(before 2ba99c5e0881)",
	       FAST(good), TAIL, .small = true, .collapse = collapse_no_sync, .unmap = true),

	GOOD("split_pin", "a huge page is pinned while it is split: a pinned page stays exclusive",
	     FAST(good), TWO, .pin = true, .split = thp_split, .stays = true),
	GOOD("split_pin_pte",
	     "what a pin of a page that is mapped by a small leaf relies on "
	     "goes through the folio's split",
	     FAST(good), TAIL, .pin = true, .split = thp_split, .by_pte = true, .stays = true),
	BUSTED("split_ignore_pins", EXCLUSIVE,
	       "a split that fails later has cleared the exclusive mark of a pinned page",
	       FAST(good), TWO, .pin = true, .split = split_ignore_pins),

	DELAYED("split_delayed",
		"a huge leaf is read while its folio is split, with delayed stores", FAST(good),
		TWO, .split = thp_split, .stays = true),
	DELAYED("split_pte_delayed",
		"a folio mapped by small leaves is read while it is split, with "
		"delayed stores",
		FAST(good), TAIL, .split = thp_split, .by_pte = true, .stays = true),
	HARMLESS("collapse_delayed", "collapse_table_reuse", EXPLORE_STORE_BUFFER,
		 "collapse with delayed stores: the PMD's clear and the try-get are full barriers",
		 FAST(good), TAIL, .small = true, .collapse = collapse_no_sync, .stays = true),
	BUSTED_DELAYED(
		"collapse_unordered", MAPPED,
		"the collapser's clear of the PMD may come after its look at the pages' counts",
		FAST(good), TAIL, .small = true, .collapse = collapse_unordered, .stays = true),
	BUSTED_DELAYED("relaxed_get", MAPPED,
		       "a try-get that orders nothing: the recheck may come before the reference",
		       FAST(relaxed_get), TAIL, .small = true, .collapse = collapse_no_sync,
		       .stays = true),
	HARMLESS("collapse_unordered_sc", "collapse_unordered", EXPLORE_SC,
		 "the PMD's clear orders nothing, without delayed stores: nothing "
		 "breaks",
		 FAST(good), TAIL, .small = true, .collapse = collapse_unordered, .stays = true),
	{ 0 },
};
