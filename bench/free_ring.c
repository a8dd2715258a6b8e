// SPDX-License-Identifier: GPL-2.0-or-later
/* The page tables that table_free's freer takes out and puts back. */

#include "free_ring.h"

#define NR_FRAMES (2 * RING_TABLES + READERS_FRAMES + 1024)

struct ring_table free_ring[RING_TABLES];

static struct {
	struct ref_mm *mm;
	uint32_t slot_of[NR_FRAMES]; /* a table's place in the ring, by its frame */
	unsigned nr_readers;	     /* readers whose tables are mapped */
} world;

struct ref_mm *ring_mm(void)
{
	return world.mm;
}

size_t ring_slot_of(const struct ref_page *table)
{
	return world.slot_of[ref_page_index(world.mm, table)];
}

/* Fills the entries with the same page: no reader walks there, and any page costs as much to
 * clear. */
static void fill(struct ring_table *t)
{
	for (size_t i = 0; i < RING_ENTRIES; i++)
		REF_WRITE_ONCE(t->mem[i], t->entry);
}

static int map_table(size_t slot)
{
	struct ring_table *t = &free_ring[slot];
	struct ref_page *table;
	size_t size;
	int err = pgt_map(world.mm, ring_addr(slot), PGT_PTE, true);

	if (err)
		return err;
	table = pgt_unlink_table(world.mm, ring_addr(slot));
	world.slot_of[ref_page_index(world.mm, table)] = slot;
	t->mem = pgt_table_mem(world.mm, table, &size);
	t->entry = t->mem[0];
	fill(t);
	return pgt_link_table(world.mm, ring_addr(slot), table);
}

int ring_get(unsigned nr_readers)
{
	struct pgt_opts opts = { .format = RING_FORMAT, .nr_frames = NR_FRAMES };
	int err = 0;

	if (!world.mm) {
		err = ref_mm_create(&opts, &world.mm);
		for (size_t slot = 0; slot < RING_TABLES && !err; slot++)
			err = map_table(slot);
	}
	for (; world.nr_readers < nr_readers && !err; world.nr_readers++)
		err = readers_map(world.mm, world.nr_readers);
	return err;
}

bool ring_put_back(size_t nr)
{
	bool linked = true;

	for (size_t slot = 0; slot < nr; slot++) {
		struct ring_table *t = &free_ring[slot];

		fill(t);
		if (t->unlinked && pgt_link_table(world.mm, ring_addr(slot), t->unlinked))
			linked = false;
		t->unlinked = NULL;
	}
	return linked;
}
