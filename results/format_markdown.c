// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison as markdown of GitHub's and GitLab's kind: for a job's summary or a comment. */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

/* Rows and checks shown: a comment holds 65,536 characters. The rest is counted. */
#define MOST 200

/* Text as it is: nothing in it is markup, mentions somebody, or ends a table's cell. */
static void put(FILE *f, const char *s)
{
	for (bool harmful; *s; s++) {
		size_t len = results_text_step(s, &harmful);

		if (strchr("\\`*_{}[]<>#!|~&@:", *s))
			fprintf(f, "&#%d;", *s);
		else if (*s == '\n')
			fputs("<br>", f);
		else
			results__put_char(f, s, len, harmful);
		s += len - 1;
	}
}

static void put_cell(FILE *f, const char *s)
{
	fputs(" ", f);
	put(f, s);
	fputs(" |", f);
}

static int put_row(FILE *f, const struct results__found *found)
{
	struct results__row_words w;
	int err = results__row_words(found->row, &w);

	if (!err) {
		fputc('|', f);
		put_cell(f, w.verdict);
		put_cell(f, w.name);
		put_cell(f, w.base);
		put_cell(f, w.head);
		put_cell(f, w.change);
		put_cell(f, w.moved);
		put_cell(f, found->part->name);
		fputc('\n', f);
	}
	results__row_words_free(&w);
	return err;
}

static int put_check(FILE *f, const struct results__found *found)
{
	const struct results_compared_check *check = found->check;
	struct results__check_words w;
	int err = results__check_words(check, &w);

	if (!err) {
		fputs("| check", f);
		fputs(" |", f);
		put_cell(f, w.name);
		put_cell(f, results_check_base_text(check));
		put_cell(f, results_check_head_text(check));
		put_cell(f, w.seen);
		put_cell(f, "");
		put_cell(f, found->part->name);
		fputc('\n', f);
	}
	results__check_words_free(&w);
	return err;
}

static int put_found(FILE *f, const struct results_comparison *c, bool all)
{
	struct results__found *found;
	ssize_t nr = results__found(c, all, &found);
	int err = nr < 0 ? -ENOMEM : 0;

	if (nr > 0)
		fputs("\n| verdict | case | base | new | change | functions | part |\n"
		      "|---|---|--:|--:|--:|---|---|\n",
		      f);
	for (ssize_t i = 0; i < nr && i < MOST && !err; i++)
		err = found[i].row ? put_row(f, &found[i]) : put_check(f, &found[i]);
	if (nr > MOST)
		fprintf(f, "\n%zd more are not shown.\n", nr - MOST);
	free(found);
	return err;
}

static void put_families(FILE *f, const struct results_comparison *c)
{
	if (!c->nr_families)
		return;
	fputs("\n| family | rows | of them |\n|---|--:|---|\n", f);
	for (size_t i = 0; i < c->nr_families; i++) {
		fputc('|', f);
		put_cell(f, c->families[i].name);
		fprintf(f, " %zu | ", c->families[i].nr_rows);
		results__print_counts(f, c->families[i].count, "");
		fputs(" |\n", f);
	}
}

/* In which keys the documents of a part differ, and why a part was not compared. */
static void put_part(FILE *f, const struct results_compared_part *p)
{
	fputs("\n* ", f);
	put(f, p->name);
	if (p->verdict == RESULTS_PART_INCOMPARABLE)
		fputs(": not comparable", f);
	else if (p->verdict == RESULTS_PART_MISSING)
		fputs(": only in the base", f);
	else if (p->verdict == RESULTS_PART_EXTRA)
		fputs(": only in the new runs", f);
	else if (p->verdict == RESULTS_PART_NOWHERE)
		fputs(": no side has a document of it", f);
	if (p->image)
		fputs(": the image is identical", f);
	for (size_t i = 0; i < p->nr_notes; i++) {
		const struct results_part *part = p->notes[i].part;

		fprintf(f, "\n  * %s ", p->notes[i].is_head ? "new" : "base");
		put(f, p->notes[i].run);
		fprintf(f, ": %s ", part ? results_state_name(part->state) : "has no such part");
		put(f, part && part->reason ? part->reason : "");
	}
	for (size_t i = 0; i < p->nr_differences; i++) {
		const struct results_difference *d = &p->differences[i];

		fprintf(f, "\n  * %s %s%s:", d->is_environment ? "environment" : "subject", d->key,
			d->ignored ? " (ignored)" : "");
		for (size_t k = 0; k < p->nr_docs; k++) {
			fprintf(f, "%s %s ", k ? "," : "", k < p->nr_base ? "base" : "new");
			put(f, d->values[k] ? d->values[k] : "(not said)");
		}
	}
}

static int put_models(FILE *f, const struct results_comparison *c)
{
	int err = 0;

	for (size_t i = 0; i < c->nr_models && !err; i++) {
		const struct results_compared_model *m = &c->models[i];
		const struct results_explore_model *any = m->base ? m->base : m->head;
		char *base = results_model_text(m->base), *head = results_model_text(m->head);

		if (!base || !head)
			err = -ENOMEM;
		else if (m->verdict != RESULTS_MODEL_FINE)
			fprintf(f, "\n* model %s/%s: base %s, new %s: %s", any->mechanism,
				any->variant, base, head, results_model_verdict_name(m->verdict));
		free(base);
		free(head);
	}
	return err;
}

int results__write_markdown(FILE *f, const struct results_comparison *c,
			    const struct results_write_options *o)
{
	static const char *const words[] = {
		[EXIT_FINE] = "no regression",	      [EXIT_WORSE] = "regression",
		[EXIT_USAGE] = "bad input",	      [EXIT_INCONCLUSIVE] = "inconclusive",
		[EXIT_PART_FAILED] = "a part failed",
	};
	const char *const lines[] = { c->conclusion, c->judged, c->identical, c->not_judged };
	int err;

	fprintf(f, "## ptbench: %s\n", words[c->status]);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!lines[i])
			continue;
		fputs("\n", f);
		put(f, lines[i]);
		fputs("\n", f);
	}
	err = put_found(f, c, o->all);
	put_families(f, c);
	for (size_t i = 0; i < c->nr_parts; i++)
		put_part(f, &c->parts[i]);
	if (!err)
		err = put_models(f, c);
	for (size_t i = 0; i < c->nr_allowed; i++) {
		fprintf(f, "\n* %s: ", c->allowed[i].expired ? "expired" : "allowed");
		put(f, c->allowed[i].text);
		fprintf(f, ": %zu row%s", c->allowed[i].used, results__s(c->allowed[i].used));
	}
	if (o->command) {
		fputs("\n\nCommand: <code>", f);
		put(f, o->command);
		fputs("</code>\n", f);
	}
	return err;
}
