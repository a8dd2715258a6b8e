/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kmap tests share: an area that remembers what was reported. */
#ifndef REF_TEST_KMAP_SUITE_H
#define REF_TEST_KMAP_SUITE_H

#include <stdlib.h>
#include <string.h>

#include <ref/kmap.h>
#include <ref/port.h>

#include "../../scripts/tap.h"

struct kmap_test {
	const struct kmap_stack *st;
	struct kmap_area *area;
	struct kmap_cpu *cpu; /* the first CPU */
	struct kmap_task task;
	struct kmap_report last;
	unsigned nr_reports;
	char text[160];
};

static inline void kmap_test_report(void *arg, const struct kmap_report *r)
{
	struct kmap_test *t = arg;

	t->last = *r;
	t->nr_reports++;
	kmap_report_text(r, t->text, sizeof(t->text));
}

static inline void kmap_test_begin(struct kmap_test *t, const struct kmap_stack *st,
				   unsigned nr_cpus)
{
	struct kmap_opts opts = { .nr_cpus = nr_cpus,
				  .nr_pages = 128,
				  .highstart = 16,
				  .report = kmap_test_report,
				  .report_arg = t };

	memset(t, 0, sizeof(*t));
	t->st = st;
	if (!st || kmap_area_create(st, &opts, &t->area)) {
		ok(false, "an area is created");
		exit(tap_done());
	}
	for (unsigned i = 0; i < nr_cpus; i++)
		t->area->cpu[i].current = &t->task;
	t->cpu = t->area->cpu;
}

static inline void kmap_test_end(struct kmap_test *t)
{
	kmap_area_destroy(t->area);
}

/* Whether the reports since the last call are this one, once, and no other; -1: none. */
static inline bool kmap_test_reported(struct kmap_test *t, int what)
{
	bool right = what < 0 ? !t->nr_reports : t->nr_reports == 1 && (int)t->last.what == what;

	if (!right)
		diag("%u reports, the last: %s", t->nr_reports, t->nr_reports ? t->text : "");
	t->nr_reports = 0;
	return right;
}

#endif
