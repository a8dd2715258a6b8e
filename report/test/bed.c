// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A model with parts, for tests of single pages.
 */
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"

#include "bed.h"
#include "../model/versions.h"
#include "../pages/pages.h"
#include "synth.h"

void open_bed(struct bed *b)
{
	memset(b, 0, sizeof(*b));
	if (setjmp(b->arena.oom))
		abort();
	b->in.arena = b->model.arena = &b->arena;
	b->in.parts = b->parts;
	b->in.run = &b->run;
	b->in.explored_why = "not asked for";
	b->run.finished = (char *)"2026-01-31T12:00:00Z";
	b->model.in = &b->in;
}

void open_bed_of_run(struct bed *b, const char *dir)
{
	struct results_error err = { .reason = "" };

	open_bed(b);
	if (input_read(&b->in, &b->arena, dir, &err)) {
		results_error_print(stderr, &err);
		abort();
	}
	versions_choose(&b->in);
}

void close_bed(struct bed *b)
{
	history_free(&b->model);
	if (b->in.run == &b->run)
		b->in.run = NULL; /* which is not to be freed */
	input_free(&b->in);
	arena_free(&b->arena);
}

struct report_part *add_part(struct bed *b, const char *scenario, const char *arch,
			     const char *setup)
{
	struct report_part *p = &b->parts[b->in.nr_parts];
	struct results_part *record = &b->records[b->in.nr_parts];

	if (b->in.nr_parts == BED_MAX_PARTS)
		abort();
	b->in.nr_parts++;
	record->name = arena_str(&b->arena, "%s%s%s", scenario ? scenario : "", scenario ? "." : "",
				 setup);
	p->part = record;
	p->scenario = scenario;
	p->arch = arch;
	p->setup = setup;
	return p;
}

static void add_doc(struct report_part *p, const char *mode)
{
	if (results_doc_new(p->part->name, mode, &p->doc))
		abort();
}

struct report_part *add_kernel(struct bed *b, const char *scenario, const char *arch,
			       const char *setup, const char *of)
{
	struct report_part *p = add_part(b, scenario, arch, setup);

	add_doc(p, strcmp(setup, "static") ? "icount" : "static");
	p->has_role = true;
	p->of = of;
	p->stock_of = of ? of : scenario;
	return p;
}

void set_freeing(struct report_part *p, const char *way)
{
	struct results_error err = { .reason = "" };

	if (results_doc_add_check(p->doc, "table_free/rcu_path", &(struct results_params){ 0 }, way,
				  way, true, &err))
		abort();
}

struct report_part *add_release(struct bed *b, const char *scenario, const char *of,
				const char *release)
{
	struct report_part *p = add_kernel(b, scenario, "z", "icount-1cpu", of);

	if (release && results_pairs_set(&p->doc->subject, "release", release))
		abort();
	return p;
}

void add_walk(struct report_part *p, double instructions)
{
	synth_row(p->doc, "gup_fast/walk", RESULTS_KERNEL,
		  "cross=none,design=static,format=f,leaf=pte,pages=1", "instructions",
		  RESULTS_EXACT, instructions);
}

struct results_doc *add_native(struct bed *b)
{
	struct report_part *p = add_part(b, NULL, NULL, "native");

	add_doc(p, "native");
	return p->doc;
}

const struct section *section_of(const struct bed *b, const char *file, const char *id)
{
	for (size_t i = 0; i < (file ? b->model.nr_pages : 1); i++)
		for (size_t j = 0; j < b->model.pages[i].nr_sections; j++)
			if ((!file || !strcmp(b->model.pages[i].file, file)) &&
			    !strcmp(b->model.pages[i].sections[j]->id, id))
				return b->model.pages[i].sections[j];
	abort();
}

const struct answer *answer_of(const struct bed *b, const char *file, const char *id)
{
	return section_of(b, file, id)->answers[0];
}

bool notes_say(const struct page *p, const char *words)
{
	for (size_t i = 0; i < p->nr_sections; i++)
		for (size_t j = 0; j < p->sections[i]->nr_notes; j++)
			if (strstr(p->sections[i]->notes[j], words))
				return true;
	return false;
}

const struct page *page_of(const struct bed *b, const char *file)
{
	for (size_t i = 0; i < b->model.nr_pages; i++)
		if (!strcmp(b->model.pages[i].file, file))
			return &b->model.pages[i];
	return NULL;
}

bool says(const struct answer *a, const char *words)
{
	char plain[4096];
	size_t n = 0;

	for (size_t i = 0; a->text[i] && n + 1 < sizeof(plain); i++)
		if (a->text[i] > 2 || a->text[i] < 0)
			plain[n++] = a->text[i];
	plain[n] = '\0';
	if (strstr(plain, words))
		return true;
	diag("no \"%s\" in: %s", words, plain);
	return false;
}

bool section_says(const struct bed *b, const char *id, const char *words)
{
	return says(answer_of(b, NULL, id), words);
}

const struct table *table_of(const struct section *s, const char *caption)
{
	for (size_t i = 0; i < s->nr_tables; i++)
		if (!strcmp(s->tables[i]->caption, caption))
			return s->tables[i];
	diag("%s has no table \"%s\"", s->id, caption);
	return NULL;
}

const char *cell_of(const struct section *s, const char *caption, const char *row, size_t column)
{
	for (size_t i = 0; i < s->nr_tables; i++)
		for (size_t j = 0; j < s->tables[i]->nr_rows; j++)
			if (!strncmp(s->tables[i]->caption, caption, strlen(caption)) &&
			    !strcmp(s->tables[i]->rows[j][0].text, row))
				return s->tables[i]->rows[j][column].text;
	return NULL;
}
