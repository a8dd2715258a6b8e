// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests the report's claims against its rows: over synthetic runs, random halves of them, runs with
 * rows similar to those that answer, and the latest real run if there is one.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../pages/pages.h"
#include "synth.h"

#define NR_HALVES 100
#define NR_REAL_HALVES 20
#define MAX_DOCS 64

static char temp[] = "/tmp/ptbench-claims-XXXXXX";

struct bed {
	struct arena arena;
	struct report_input in;
	struct model model;
	/* All rows of each part, while its document has fewer of them. */
	struct results_measurement *all[MAX_DOCS];
	size_t nr_all[MAX_DOCS];
};

static bool bed_open(struct bed *b, const char *run)
{
	struct results_error err = { 0 };

	memset(b, 0, sizeof(*b));
	if (setjmp(b->arena.oom))
		abort();
	if (input_read(&b->in, &b->arena, run, &err)) {
		results_error_print(stderr, &err);
		return false;
	}
	b->model.arena = &b->arena;
	b->model.in = &b->in;
	return b->in.nr_parts <= MAX_DOCS;
}

static void bed_close(struct bed *b)
{
	for (size_t i = 0; i < b->in.nr_parts; i++) {
		struct results_doc *doc = b->in.parts[i].doc;

		if (!b->all[i])
			continue;
		memcpy(doc->measurements, b->all[i], b->nr_all[i] * sizeof(*b->all[i]));
		doc->nr_measurements = b->nr_all[i];
		free(b->all[i]);
	}
	input_free(&b->in);
	arena_free(&b->arena);
}

/* Leaves each row out of the documents with probability 1/2. */
static void bed_halve(struct bed *b)
{
	size_t j, n;

	for (size_t i = 0; i < b->in.nr_parts; i++) {
		struct results_doc *doc = b->in.parts[i].doc;

		if (!doc || !doc->nr_measurements)
			continue;
		b->nr_all[i] = doc->nr_measurements;
		b->all[i] = malloc(doc->nr_measurements * sizeof(*b->all[i]));
		if (!b->all[i])
			abort();
		memcpy(b->all[i], doc->measurements, doc->nr_measurements * sizeof(*b->all[i]));
		for (j = n = 0; j < b->nr_all[i]; j++)
			if (rand() & 1)
				doc->measurements[n++] = b->all[i][j];
		doc->nr_measurements = n;
	}
}

/* ---- every row of a table has a name of its own ---- */

static bool same_name(const struct table *t, size_t x, size_t y)
{
	for (size_t i = 0; i < t->nr_columns; i++) {
		const struct cell *a = &t->rows[x][i], *b = &t->rows[y][i];

		if (a->value || b->value || !a->text || !b->text)
			break;
		if (strcmp(a->text, b->text))
			return false;
	}
	return true;
}

/* The number of rows with another row's name, over all tables; prints the first. */
static size_t namesakes(const struct model *m)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->pages[i].nr_sections; j++)
			for (size_t k = 0; k < m->pages[i].sections[j]->nr_tables; k++) {
				const struct table *t = m->pages[i].sections[j]->tables[k];

				for (size_t x = 0; x < t->nr_rows; x++)
					for (size_t y = 0; y < x; y++) {
						if (!same_name(t, x, y))
							continue;
						if (!nr++)
							diag("%s, %s: rows %zu and %zu are both "
							     "\"%s\"",
							     m->pages[i].file, t->caption, y, x,
							     t->rows[x][0].text);
					}
			}
	return nr;
}

/* ---- "not measured" is used only if nothing was measured ---- */

static bool says_unmeasured(const char *text)
{
	static const char *const words[] = { "Not measured here:",    "Time not measured here:",
					     "Not checked here",      "Interrupts not counted here",
					     "No kernel of this run", "None of " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(text, words[i], strlen(words[i])))
			return true;
	return false;
}

static const struct cell *first_value(const struct section *s)
{
	for (size_t i = 0; i < s->nr_tables; i++)
		for (size_t x = 0; x < s->tables[i]->nr_rows; x++)
			for (size_t y = 0; y < s->tables[i]->nr_columns; y++) {
				const struct cell *c = &s->tables[i]->rows[x][y];

				if (c->value && !strncmp(c->kind, "num", 3) &&
				    strpbrk(c->text, "0123456789"))
					return c;
			}
	return NULL;
}

/* The number of answers that deny a measurement above a table with a number. */
static size_t denials(const struct model *m)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->pages[i].nr_sections; j++) {
			const struct section *s = m->pages[i].sections[j];
			const struct cell *c = first_value(s);

			for (size_t k = 0; c && k < s->nr_answers; k++) {
				if (!says_unmeasured(s->answers[k]->text))
					continue;
				if (!nr++)
					diag("%s#%s: \"%s\" above %s", m->pages[i].file, s->id,
					     s->answers[k]->text, c->text);
			}
		}
	return nr;
}

/* ---- rows similar to those that answer change no answer ---- */

static void add_twin(struct results_doc *doc, size_t at)
{
	struct results_measurement twin = doc->measurements[at];
	const struct results_params *p = &doc->measurements[at].params;
	struct results_error err = { 0 };
	double samples[64];

	memset(&twin.params, 0, sizeof(twin.params));
	for (size_t k = 0; k < p->nr; k++) {
		if (p->v[k].str)
			results_params_set_str(&twin.params, p->v[k].key, p->v[k].str);
		else
			results_params_set_int(&twin.params, p->v[k].key, p->v[k].num);
	}
	results_params_set_str(&twin.params, "zz", "beside");
	for (size_t k = 0; k < twin.nr_samples && k < 64; k++)
		samples[k] = 3 * twin.samples[k] + 777 * (double)twin.nr_ops;
	twin.samples = samples;
	twin.breakdown = NULL;
	twin.nr_breakdown = 0;
	if (results_doc_add(doc, &twin, &err)) {
		results_error_print(stderr, &err);
		abort();
	}
	results_params_free(&twin.params);
}

/* Drops the index of the rows' old places: results_doc_find() rebuilds it if rows are gone. */
static void forget_places(struct results_doc *doc)
{
	size_t nr = doc->nr_measurements;

	doc->nr_measurements = 0;
	results_doc_find(doc, &doc->measurements[0]);
	doc->nr_measurements = nr;
}

/* Moves the last nr rows to the beginning. */
static void turn(struct results_doc *doc, size_t nr)
{
	size_t rest = doc->nr_measurements - nr, size = sizeof(*doc->measurements);
	struct results_measurement *last = malloc((nr + 1) * size);

	if (!last)
		abort();
	memcpy(last, doc->measurements + rest, nr * size);
	memmove(doc->measurements + nr, doc->measurements, rest * size);
	memcpy(doc->measurements, last, nr * size);
	free(last);
	forget_places(doc);
}

/* Adds before all rows a twin of each row of the case, with one more param and other samples: code
 * that takes the first similar row takes the wrong one. */
static size_t add_beside(struct bed *b, const char *case_id)
{
	size_t added = 0, n;

	for (size_t i = 0; i < b->in.nr_parts; i++) {
		struct results_doc *doc = b->in.parts[i].doc;

		n = doc ? doc->nr_measurements : 0;
		if (n)
			for (size_t j = 0; j < n; j++)
				if (!doc->measurements[j].skipped &&
				    !strcmp(doc->measurements[j].case_id, case_id))
					add_twin(doc, j);
		if (doc) {
			added += doc->nr_measurements - n;
			turn(doc, doc->nr_measurements - n);
		}
	}
	return added;
}

/* Is it a section whose answers count all rows? */
static bool counts_rows(const struct section *s)
{
	static const char *const ids[] = { "flush", "broadcast", "peers", "ways" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (!strcmp(s->id, ids[i]))
			return true;
	return false;
}

static bool same_answers(const struct model *a, const struct model *b)
{
	bool same = true;

	for (size_t i = 0; i < a->nr_pages; i++)
		for (size_t j = 0; j < a->pages[i].nr_sections; j++) {
			const struct section *s = a->pages[i].sections[j];
			const struct section *t = b->pages[i].sections[j];

			for (size_t k = 0; k < s->nr_answers && !counts_rows(s); k++) {
				if (!strcmp(s->answers[k]->text, t->answers[k]->text))
					continue;
				diag("%s#%s: \"%s\", and then \"%s\"", a->pages[i].file, s->id,
				     s->answers[k]->text, t->answers[k]->text);
				same = false;
			}
		}
	return same;
}

static void test_beside(void)
{
	static const char *const cases[] = { "gup_fast/walk",	   "gup_fast/put",
					     "table_free/munmap",  "table_free/keep",
					     "table_free/madvise", "gup_fast/steps",
					     "kmap/pair",	   "kmap/switch",
					     "dax/lock",	   "thp/split" };
	struct bed before, after;
	char run[512];
	size_t nr;

	if (synth_run(temp, SYNTH_TIMED, temp, run) || !bed_open(&before, run))
		abort();
	pages_build(&before.model);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!bed_open(&after, run))
			abort();
		nr = add_beside(&after, cases[i]);
		pages_build(&after.model);
		ok(nr && same_answers(&before.model, &after.model) && !namesakes(&after.model),
		   "%s: %zu rows that differ in a param change no answer, and have names", cases[i],
		   nr);
		bed_close(&after);
	}
	bed_close(&before);
}

static void test_guards(void)
{
	static const char *const columns[] = { "Who", "#Tables", "#Time", NULL };
	struct bed b = { 0 };
	struct section *s;
	struct table *t;

	if (setjmp(b.arena.oom))
		abort();
	b.model.arena = &b.arena;
	s = page_section(&b.model, model_page(&b.model, "f", "n", "t", "l"), "id", "title");
	t = section_table(&b.model, s, "caption", columns);
	for (int i = 0; i < 2; i++) {
		table_row(&b.model, t);
		table_cell(t, "", "kernel");
		table_cell(t, "num", i ? "2" : "1");
		table_seen(t, "num", i ? "524" : "421");
	}
	ok(!namesakes(&b.model), "rows that differ in what is before their values have names");
	t->rows[1][1].text = "1";
	ok(namesakes(&b.model) == 1, "two measurements behind one name are noticed");
	section_answer(&b.model, &b.model.pages[0], s, "q", NULL, "Not measured here: not run.");
	ok(denials(&b.model) == 1, "and so is a denial above a number");
	t->rows[0][2].kind = t->rows[1][2].kind = "missing";
	ok(!denials(&b.model), "which nothing contradicts where there is none");
	arena_free(&b.arena);
}

static void look_at(const char *run, const char *what)
{
	struct bed b;
	size_t alike, denied;

	if (!bed_open(&b, run)) {
		ok(false, "%s can be read", what);
		return;
	}
	pages_build(&b.model);
	alike = namesakes(&b.model);
	denied = denials(&b.model);
	ok(!alike && !denied, "%s: every row has a name of its own, and nothing measured is denied",
	   what);
	bed_close(&b);
}

static void look_at_halves(const char *run, const char *what, size_t nr, unsigned seed)
{
	size_t bad = 0, i;
	struct bed b;

	srand(seed);
	for (i = 0; i < nr && bed_open(&b, run); i++) {
		bed_halve(&b);
		pages_build(&b.model);
		bad += namesakes(&b.model) || denials(&b.model);
		bed_close(&b);
	}
	ok(i == nr && !bad, "%zu random halves of %s, seed %u: the same", nr, what, seed);
}

static void test_runs(unsigned seed)
{
	static const char *const names[] = { "a complete run", "a run with holes",
					     "hostile strings", "an empty run",
					     "a run with times" };
	const char *real = getenv("PTBENCH_RUN");
	char run[512];

	for (int i = 0; i < 5; i++) {
		if (synth_run(temp, (enum synth_kind)i, temp, run))
			abort();
		look_at(run, names[i]);
		if (i == SYNTH_COMPLETE)
			look_at_halves(run, names[i], NR_HALVES, seed);
	}
	real = real ? real : "results/runs/latest";
	if (access(real, R_OK)) {
		tap_skip("no run in results/runs: make bench, or PTBENCH_RUN=RUN");
		return;
	}
	look_at(real, "the latest run");
	look_at_halves(real, "the latest run", NR_REAL_HALVES, seed);
}

int main(void)
{
	unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL);
	char command[64];

	if (!mkdtemp(temp))
		return 1;
	test_guards();
	test_beside();
	test_runs(seed);
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (system(command))
		return 1;
	return tap_done();
}
