// SPDX-License-Identifier: GPL-2.0-or-later
/* The folio rules on one thread: which folios split, which do not and why, and what remains. */
#include <errno.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../thp/thp_priv.h"

#define PAGE 4096ULL

static struct ref_mm *mm;
static uint64_t addr;
static struct ref_page *head;
static char why[128];

static bool balanced(void)
{
	bool is = thp_balanced(mm, NULL, 0, why, sizeof(why));

	if (!is)
		diag("%s", why);
	return is;
}

static void begin(const char *format, unsigned levels)
{
	struct pgt_opts opts = { format, levels, 4096 };

	if (ref_mm_create(&opts, &mm))
		return;
	addr = 4ULL << pgt_level_shift(mm, PGT_PMD);
	thp_map(mm, addr, true);
	head = pgt_lookup(mm, addr, true);
}

/* Splits the folio of a page, with a reference on it and its lock held. */
static int split(thp_split_fn fn, struct ref_page *page)
{
	struct ref_page *folio = ref_page_folio(page);
	int err;

	ref_fetch_add(&folio->refcount, 1);
	thp_lock(folio);
	err = fn(page);
	thp_unlock(ref_page_folio(page));
	ref_folio_put(ref_page_folio(page), 1);
	return err;
}

static bool all_small(const struct ref_page *first)
{
	for (unsigned i = 0; i < thp_nr(mm); i++)
		if (first[i].head != first + i || first[i].nr != 1 || first[i].refcount != 1 ||
		    first[i].mapcount != 1 || first[i].flags & REF_PG_LOCKED ||
		    first[i].index != (addr / PAGE) + i || !thp_is_anon(&first[i]))
			return false;
	return true;
}

static bool maps_the_same(void)
{
	for (unsigned i = 0; i < thp_nr(mm); i++)
		if (pgt_lookup(mm, addr + i * PAGE, true) != head + i)
			return false;
	return true;
}

static void test_pmd(void)
{
	ok(head->refcount == 1 && head->mapcount == 1 && balanced() &&
		   !thp_split_pmd(mm, addr + 7 * PAGE) && head->refcount == (int)thp_nr(mm) &&
		   head->mapcount == (int)thp_nr(mm) && head[1].head == head && maps_the_same() &&
		   balanced() && thp_split_pmd(mm, addr) == -ENOENT,
	   "a PMD split leaves the folio whole, with a leaf and a reference per page");
	for (unsigned i = 0; i < thp_nr(mm); i++)
		thp_unmap(mm, addr + i * PAGE, NULL, NULL);
	ok(!head->refcount && balanced() && thp_unmap(mm, addr, NULL, NULL) == -ENOENT,
	   "and with the last leaf it is free");
}

static void test_split(void)
{
	for (size_t i = 0; i < thp_nr_splitters(); i++) {
		const struct thp_splitter *s = thp_splitter_at(i);

		begin("x86_64-4k-48", 0);
		ok(!split(s->split, head + 5) && all_small(head) && maps_the_same() && balanced() &&
			   split(s->split, head + 5) == -EINVAL,
		   "%s: alone, every splitter splits: mapped by a PMD", s->name);
		ref_mm_destroy(mm);
		begin("x86_64-4k-48", 0);
		thp_split_pmd(mm, addr);
		ok(!split(s->split, head) && all_small(head) && maps_the_same() && balanced(),
		   "%s: mapped by PTEs", s->name);
		ref_mm_destroy(mm);
	}
	begin("x86_64-4k-48", 0);
	thp_split_pmd(mm, addr);
	thp_unmap(mm, addr + PAGE, NULL, NULL);
	ok(!split(thp_split, head) && !head[1].refcount && head[2].refcount == 1 && balanced(),
	   "a page that nobody maps is free after the split");
	ref_mm_destroy(mm);
}

static void test_held(void)
{
	begin("x86_64-4k-48", 0);
	ref_fetch_add(&head->refcount, 1);
	ok(split(thp_split, head) == -EAGAIN && head[1].head == head &&
		   thp_balanced(mm, &head, 1, why, sizeof(why)),
	   "a folio that somebody holds does not split");
	ref_folio_put(head, 1);
	ok(!split(thp_split, head) && all_small(head), "and does when it is let go");
	ref_mm_destroy(mm);

	begin("x86_64-4k-48", 0);
	ref_fetch_add(&head->refcount, 1);
	thp_unmap(mm, addr, NULL, NULL);
	thp_map(mm, addr, true);
	ref_fetch_add(&head->refcount, -1);
	ok(!split(thp_split, head) && pgt_lookup(mm, addr, true)->head->nr == thp_nr(mm) &&
		   !head->refcount && balanced(),
	   "a folio that nobody maps any more leaves the next one at its address alone");
	ref_mm_destroy(mm);

	begin("x86_64-4k-48", 0);
	ref_fetch_add(&head->pincount, 1);
	thp_unmap_folio(head, false);
	ok(head->mapcount == (int)thp_nr(mm) && maps_the_same() && balanced(),
	   "a pinned folio keeps its leaves: its PMD is split, and no more");
	thp_unmap_folio(head, false);
	ok(head->mapcount == (int)thp_nr(mm) && maps_the_same() && balanced(),
	   "nor do small leaves go");
	ref_fetch_add(&head->pincount, -1);
	ref_mm_destroy(mm);
}

static bool all_exclusive(bool exclusive)
{
	for (unsigned i = 0; i < thp_nr(mm); i++)
		if (!(head[i].flags & REF_PG_ANON_EXCLUSIVE) == exclusive)
			return false;
	return true;
}

/* PageAnonExclusive survives every way of making leaves small, and a failed split. */
static void test_exclusive(void)
{
	for (int writable = 0; writable < 2; writable++)
		for (int exclusive = 0; exclusive < 2; exclusive++) {
			const char *what = exclusive ? "this mm's alone" : "shared";
			bool spread, kept, split_up;

			if (writable && !exclusive)
				continue;
			begin("x86_64-4k-48", 0);
			thp_unmap(mm, addr, NULL, NULL);
			thp_map(mm, addr, writable);
			head = pgt_lookup(mm, addr, false);
			if (!exclusive)
				ref_fetch_and(&head->flags, ~(uint32_t)REF_PG_ANON_EXCLUSIVE);
			thp_split_pmd(mm, addr);
			spread = all_exclusive(exclusive);
			ref_fetch_add(&head->refcount, 1);
			thp_unmap_folio(head, false);
			kept = all_exclusive(false) && !head->mapcount;
			thp_remap(head, thp_nr(mm));
			ref_folio_put(head, 1);
			kept &= all_exclusive(exclusive) && balanced();
			split_up = !split(thp_split, head) && all_exclusive(exclusive) &&
				   !pgt_lookup(mm, addr + PAGE, true) == !writable;
			ok(spread && kept && split_up, "%s pages that are %s stay so",
			   writable ? "writable" : "read-only", what);
			ref_mm_destroy(mm);
		}
}

static void test_swapcache(void)
{
	begin("x86_64-4k-48", 0);
	ref_fetch_or(&head->flags, REF_PG_SWAPCACHE);
	ok(split(thp_split, head) == -EAGAIN, "a folio in the swap cache has a reference per page");
	ref_fetch_add(&head->refcount, (int)thp_nr(mm));
	ok(balanced() && !split(thp_split, head) && head->refcount == 2 && head[9].refcount == 2 &&
		   head[9].flags & REF_PG_SWAPCACHE && balanced(),
	   "which each page keeps");
	ref_mm_destroy(mm);
}

/* ---- files ---- */

static void test_file(void)
{
	struct thp_file *file;
	uint64_t at;

	begin("x86_64-4k-48", 0);
	at = addr << 1;
	ok(thp_file_create(mm, at + PAGE, 512, &file) == -EINVAL &&
		   thp_file_create(mm, at, 100, &file) == -EINVAL &&
		   !thp_file_create(mm, at, 1024, &file) && balanced(),
	   "a file in two huge folios");
	ok(!thp_file_fault(file, at + 3 * PAGE) && thp_file_fault(file, at) == -EEXIST &&
		   thp_file_fault(file, at + 1024 * PAGE) == -ENOENT &&
		   thp_file_fault(file, at - 1) == -ENOENT && file->pages[3]->refcount == 513 &&
		   pgt_lookup(mm, at + 5 * PAGE, true) == file->pages[0] + 5 && balanced(),
	   "is mapped by a huge leaf");
	ok(split(thp_split, file->pages[0] + 3) == 0 && !pgt_lookup(mm, at + 3 * PAGE, true) &&
		   file->pages[3] == file->pages[0] + 3 && file->pages[3]->refcount == 1 &&
		   file->pages[3]->index == 3 && balanced(),
	   "a split leaves it unmapped, and in the page cache page by page");
	ok(!thp_file_fault(file, at + 3 * PAGE) && file->pages[3]->refcount == 2 &&
		   pgt_lookup(mm, at + 3 * PAGE, true) == file->pages[3] && balanced(),
	   "from where it is faulted back");
	ok(thp_split_pmd(mm, at) == -ENOENT && !thp_file_fault(file, at + 600 * PAGE) && balanced(),
	   "beside a folio that is whole");
	thp_file_destroy(file);
	ok(!pgt_lookup(mm, at + 3 * PAGE, true) && !pgt_lookup(mm, at + 600 * PAGE, true) &&
		   balanced(),
	   "truncation unmaps and frees");
	ref_mm_destroy(mm);
}

static void test_truncated(void)
{
	struct ref_page *folio;
	struct thp_file *file;
	uint64_t at;

	begin("x86_64-4k-48", 0);
	at = addr << 1;
	thp_file_create(mm, at, 512, &file);
	thp_file_fault(file, at);
	folio = file->pages[0];
	ref_fetch_add(&folio->refcount, 1);
	thp_lock(folio);
	ok(!thp_file_truncate(file, folio) && thp_split(folio) == -EBUSY &&
		   thp_file_truncate(file, folio) == -ENOENT && folio->refcount == 1,
	   "a truncated folio does not split");
	thp_unlock(folio);
	ref_folio_put(folio, 1);
	ok(thp_file_fault(file, at) == -ENOENT && balanced(), "nor is it faulted back");
	thp_file_destroy(file);
	ref_mm_destroy(mm);
}

/* ---- failures ---- */

static void test_errors(void)
{
	struct pgt_opts opts = { "x86_64-4k-48", 0, 4096 };
	struct pgt_opts none = { "s390x", 2, 4096 }, without = { "riscv64-4k-48", 0, 4096 };
	struct thp_file *file;
	unsigned n = 0;
	int err = 0;

	ref_mm_create(&opts, &mm);
	addr = 4ULL << 21;
	ok(thp_map(mm, addr + PAGE, true) == -EINVAL && balanced(), "a huge leaf is aligned");
	ok(!thp_map(mm, addr, true) && thp_map(mm, addr, true) == -EEXIST && balanced(),
	   "and finds nothing mapped");
	while (!(err = thp_map(mm, addr + ((uint64_t)++n << 21), true)))
		;
	ok(err == -ENOMEM && balanced() && thp_file_create(mm, addr << 4, 4096, &file) == -ENOMEM &&
		   balanced(),
	   "a full arena is said, and nothing is lost");
	ref_mm_destroy(mm);

	ref_mm_create(&opts, &mm);
	pgt_map(mm, addr, PGT_PMD, true);
	ok(thp_split_pmd(mm, addr) == -ENOMEM && balanced(),
	   "without a deposited table no PMD split");
	ref_mm_destroy(mm);

	if (!ref_mm_create(&without, &mm)) {
		ok(thp_map(mm, 0, true) == -EOPNOTSUPP &&
			   thp_file_create(mm, 0, 512, &file) == -EOPNOTSUPP &&
			   thp_collapse(mm, 0, NULL, NULL) == -EOPNOTSUPP,
		   "a format that does not say how its leaves are split is refused");
		ref_mm_destroy(mm);
	}

	ref_mm_create(&opts, &mm);
	pgt_map(mm, addr, PGT_PTE, true);
	for (n = 1; !pgt_map(mm, addr + ((uint64_t)n << 21), PGT_PMD, true); n++)
		;
	ok(n > 2 && thp_collapse(mm, addr, NULL, NULL) == -ENOMEM && balanced(),
	   "a full arena: no collapse");
	ref_mm_destroy(mm);

	ref_mm_create(&none, &mm);
	ok(thp_map(mm, 4ULL << 20, false) == 0 && !thp_split_pmd(mm, 4ULL << 20) &&
		   pgt_lookup(mm, 4ULL << 20, false) && !pgt_lookup(mm, 4ULL << 20, true) &&
		   balanced(),
	   "s390x with two levels: a read-only huge leaf splits into such");
	ref_mm_destroy(mm);
}

/* Each is an error that the oracle has to see. */
static void test_oracle(void)
{
	struct ref_page *held[1];

	begin("x86_64-4k-48", 0);
	ok(balanced(), "the oracle: nothing to say");
	head->refcount++;
	ok(!thp_balanced(mm, NULL, 0, why, sizeof(why)) && strstr(why, "2 references"),
	   "the oracle: a reference without a holder: %s", why);
	held[0] = head + 3;
	ok(thp_balanced(mm, held, 1, why, sizeof(why)), "the oracle: with one");
	head->refcount -= 2;
	ok(!thp_balanced(mm, NULL, 0, why, sizeof(why)) && strstr(why, "free"),
	   "the oracle: mapped and free: %s", why);
	head->refcount = 1;
	head[2].head = head + 2;
	ok(!thp_balanced(mm, NULL, 0, why, sizeof(why)) && strstr(why, "another folio"),
	   "the oracle: a leaf over two folios: %s", why);
	head[2].head = head;
	thp_unmap_folio(head, false);
	ok(!thp_balanced(mm, NULL, 0, why, sizeof(why)) && strstr(why, "migration"),
	   "the oracle: a migration entry left: %s", why);
	ref_mm_destroy(mm);
}

int main(void)
{
	begin("x86_64-4k-48", 0);
	test_pmd();
	ref_mm_destroy(mm);
	begin("s390x", 3);
	test_pmd();
	ref_mm_destroy(mm);
	test_split();
	test_held();
	test_exclusive();
	test_swapcache();
	test_file();
	test_truncated();
	test_errors();
	test_oracle();
	return tap_done();
}
