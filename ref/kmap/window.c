// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmap's backend of real mappings: maps pages of a memfd into a reserved window and unmaps them.
 *
 * Mapping a page over a slot and unmapping it are each a system call that changes this process'
 * page table and invalidates the TLB, on every CPU that the process has run on: dearer than a
 * kernel's local flush, and of the same kind.
 */

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "window.h"

#define BEGIN 8 /* entries of the fixmap before kmap's: a guard here */

static unsigned page_shift(void)
{
	return __builtin_ctzl(sysconf(_SC_PAGESIZE));
}

/* Pages are shared memory, mapped permanently at their own address, and again by the slots. */
static int map_pages(struct kmap_area *a)
{
	size_t size = (size_t)a->nr_pages << a->page_shift;

	a->fd = memfd_create("kmap-pages", MFD_CLOEXEC);
	if (a->fd < 0)
		return -errno;
	if (ftruncate(a->fd, size))
		return -errno;
	a->pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
	if (a->pages == MAP_FAILED) {
		a->pages = NULL;
		return -errno;
	}
	return 0;
}

int kmap_window_create(struct kmap_area *a)
{
	int err;

	a->page_shift = page_shift();
	a->content_shift = a->page_shift;
	a->begin = BEGIN;
	a->window_size = (size_t)(BEGIN + a->nr_entries + 1) << a->page_shift;
	a->pages = NULL;
	err = map_pages(a);
	if (err)
		goto out_pages;
	a->window = mmap(NULL, a->window_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (a->window == MAP_FAILED) {
		err = -errno;
		goto out_pages;
	}
	a->top = (uintptr_t)a->window + a->window_size - ((uintptr_t)1 << a->page_shift);
	return 0;

out_pages:
	if (a->pages)
		munmap(a->pages, (size_t)a->nr_pages << a->page_shift);
	if (a->fd >= 0)
		close(a->fd);
	a->window = NULL;
	return err;
}

void kmap_window_destroy(struct kmap_area *a)
{
	munmap(a->window, a->window_size);
	munmap(a->pages, (size_t)a->nr_pages << a->page_shift);
	close(a->fd);
}

static void change(struct kmap_cpu *cpu, uintptr_t vaddr, int prot, int flags, int fd, off_t offset)
{
	int saved = errno;

	if (mmap((void *)vaddr, (size_t)1 << cpu->area->page_shift, prot, flags | MAP_FIXED, fd,
		 offset) == MAP_FAILED)
		kmap_violated(cpu, KMAP_REFUSED, -1, vaddr, 0, errno);
	errno = saved;
}

/* MAP_POPULATE: the entry is present at once, as the kernel's is; no fault on first use. */
void kmap_window_map(struct kmap_cpu *cpu, uintptr_t vaddr, uint32_t pfn)
{
	change(cpu, vaddr, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, cpu->area->fd,
	       (off_t)pfn << cpu->area->page_shift);
}

void kmap_window_unmap(struct kmap_cpu *cpu, uintptr_t vaddr)
{
	change(cpu, vaddr, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
