// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The arena: simulated physical memory, a struct ref_page per frame, and a buddy allocator.
 *
 * Both are reserved, not committed: only tables and the pages' structs are ever touched, so an
 * arena may be far larger than the machine. Frame 0 is never handed out, because several formats
 * tell an empty entry by its address of 0.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm.h"

#if defined(__LP64__)
_Static_assert(sizeof(struct ref_page) == 64,
	       "as the kernel's struct page: pfn to page is a shift");
#endif

static void list_add(struct ref_page *list, struct ref_page *page)
{
	page->next = list->next;
	page->prev = list;
	list->next->prev = page;
	list->next = page;
}

static void list_del(struct ref_page *page)
{
	page->prev->next = page->next;
	page->next->prev = page->prev;
}

/* A free block keeps its order in page->index. */
static void buddy_insert(struct ref_mm *mm, struct ref_page *page, unsigned order)
{
	REF_WRITE_ONCE(page->flags, REF_PG_BUDDY);
	page->index = order;
	list_add(&mm->buddy[order], page);
}

static void buddy_remove(struct ref_page *page)
{
	REF_WRITE_ONCE(page->flags, 0);
	list_del(page);
}

static void buddy_free(struct ref_mm *mm, struct ref_page *page, unsigned order)
{
	size_t frame = (size_t)(page - mm->memmap);

	for (; order < PGT_MAX_ORDER; order++) {
		size_t other = frame ^ ((size_t)1 << order);
		struct ref_page *buddy = mm->memmap + other;

		if (other + ((size_t)1 << order) > mm->nr_frames ||
		    !(REF_READ_ONCE(buddy->flags) & REF_PG_BUDDY) || buddy->index != order)
			break;
		buddy_remove(buddy);
		frame &= ~((size_t)1 << order);
	}
	buddy_insert(mm, mm->memmap + frame, order);
}

/* Frees the folios that the last puts, in any thread, have pushed on mm->freed. */
static void drain_freed(struct ref_mm *mm)
{
	struct ref_page *next;

	if (!REF_READ_ONCE(mm->freed))
		return;
	for (struct ref_page *page = ref_xchg(&mm->freed, NULL); page; page = next) {
		next = page->next;
		buddy_free(mm, page, (unsigned)__builtin_ctz(page->nr));
	}
}

static struct ref_page *buddy_alloc(struct ref_mm *mm, unsigned order)
{
	struct ref_page *page;
	unsigned o = order;

	drain_freed(mm);
	while (o <= PGT_MAX_ORDER && mm->buddy[o].next == &mm->buddy[o])
		o++;
	if (o > PGT_MAX_ORDER)
		return NULL;
	page = mm->buddy[o].next;
	buddy_remove(page);
	while (o > order) {
		o--;
		buddy_insert(mm, page + ((size_t)1 << o), o);
	}
	return page;
}

struct ref_page *__ref_folio_alloc(struct ref_mm *mm, unsigned order, void *mapping, uint64_t index)
{
	struct ref_page *head = order <= PGT_MAX_ORDER ? buddy_alloc(mm, order) : NULL;
	size_t nr = (size_t)1 << order;

	if (!head)
		return NULL;
	for (size_t i = 0; i < nr; i++) {
		REF_WRITE_ONCE(head[i].head, head);
		REF_WRITE_ONCE(head[i].flags, 0);
		head[i].mm = mm;
		head[i].mapcount = head[i].pincount = 0;
	}
	REF_MEM_REUSED(ref_page_mem(mm, head), nr << mm->fmt->page_shift);
	head->nr = (uint32_t)nr;
	REF_WRITE_ONCE(head->mapping, mapping);
	head->index = index;
	/* Pairs with the try-get of a walker that still holds an old entry for this frame. */
	ref_count_set_release(&head->refcount, 1);
	return head;
}

__attribute__((noinline, cold)) void ref_folio_free(struct ref_page *head)
{
	struct ref_mm *mm = head->mm;
	struct ref_page *old;

	/* As free_zone_device_folio(). */
	if (REF_READ_ONCE(head->flags) & REF_PG_DEVICE) {
		head->pgmap->free(head);
		return;
	}
	REF_MEM_FREED(ref_page_mem(mm, head), (size_t)head->nr << mm->fmt->page_shift,
		      REF_READ_ONCE(head->flags) & REF_PG_TABLE ? "table" : "frame");
	for (uint32_t i = 0; i < head->nr; i++) {
		REF_WRITE_ONCE(head[i].head, &head[i]);
		REF_WRITE_ONCE(head[i].generation, head[i].generation + 1);
	}
	REF_WRITE_ONCE(head->mapping, NULL);
	/* No ABA: threads only push, and the one consumer takes the whole list. */
	old = REF_READ_ONCE(mm->freed);
	do {
		head->next = old;
	} while (!ref_try_cmpxchg(&mm->freed, &old, head));
}

static void *reserve(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

int ref_frames_init(struct ref_mm *mm, size_t nr_frames)
{
	unsigned shift = mm->fmt->page_shift;

	if (nr_frames > SIZE_MAX >> shift || nr_frames > SIZE_MAX / sizeof(struct ref_page))
		return -ENOMEM;
	mm->nr_frames = nr_frames;
	mm->mem = reserve(nr_frames << shift);
	if (!mm->mem)
		return -ENOMEM;
	mm->memmap = reserve(nr_frames * sizeof(struct ref_page));
	if (!mm->memmap) {
		munmap(mm->mem, nr_frames << shift);
		return -ENOMEM;
	}
	for (unsigned o = 0; o <= PGT_MAX_ORDER; o++)
		mm->buddy[o].next = mm->buddy[o].prev = &mm->buddy[o];
	for (size_t frame = 1; frame < nr_frames;) {
		unsigned order = (unsigned)__builtin_ctzl(frame);

		if (order > PGT_MAX_ORDER)
			order = PGT_MAX_ORDER;
		while (frame + ((size_t)1 << order) > nr_frames)
			order--;
		buddy_insert(mm, mm->memmap + frame, order);
		frame += (size_t)1 << order;
	}
	return 0;
}

void ref_frames_exit(struct ref_mm *mm)
{
	munmap(mm->mem, mm->nr_frames << mm->fmt->page_shift);
	munmap(mm->memmap, mm->nr_frames * sizeof(struct ref_page));
}
