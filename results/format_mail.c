// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A comparison as plain text of at most 72 columns, to be pasted under a patch: what was measured
 * and how, what changed, and the command. A longer word is broken at
 * a comma, or stands on a line of its own.
 */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define WIDTH 72

/* Where the next character goes. Lines after the first begin with indent blanks. */
struct lines {
	FILE *f;
	size_t column, indent;
};

static void put_word(struct lines *l, const char *s, size_t len, size_t columns)
{
	if (l->column > l->indent && l->column + 1 + columns > WIDTH) {
		fputc('\n', l->f);
		l->column = 0;
	} else if (l->column > l->indent) {
		fputc(' ', l->f);
		l->column++;
	}
	for (; l->column < l->indent; l->column++)
		fputc(' ', l->f);
	for (size_t i = 0, step; i < len; i += step) {
		bool harmful;

		step = results_text_step(s + i, &harmful);
		results__put_char(l->f, s + i, step, harmful);
	}
	l->column += columns;
}

/*
 * The length of the word at s, and how many columns it takes. A word ends at a blank; one that is
 * too long for a line ends behind the last comma that fits.
 */
static size_t word_at(const char *s, size_t most, size_t *columns)
{
	size_t len = 0, comma = 0, comma_columns = 0;

	for (*columns = 0; s[len] && !strchr(" \n\t", s[len]); ++*columns) {
		bool harmful;
		size_t step = results_text_step(s + len, &harmful);

		*columns += harmful ? 7 : 0; /* \u{10ffff} at most, less one */
		if (*columns >= most && comma) {
			*columns = comma_columns;
			return comma;
		}
		len += step;
		if (s[len - 1] == ',') {
			comma = len;
			comma_columns = *columns + 1;
		}
	}
	return len;
}

/* Fills lines with the words of s. What was broken at a comma goes on without a blank. */
static void fill(struct lines *l, const char *s)
{
	while (*s) {
		size_t columns, len;

		s += strspn(s, " \n\t");
		len = word_at(s, WIDTH - l->indent, &columns);
		if (len)
			put_word(l, s, len, columns);
		s += len;
	}
}

static void end(struct lines *l)
{
	fputc('\n', l->f);
	l->column = 0;
}

static void put_line(FILE *f, size_t indent, const char *s)
{
	struct lines l = { .f = f, .indent = indent };

	fill(&l, s);
	end(&l);
}

/* ---- what changed ---- */

static int put_row(FILE *f, const struct results__found *found)
{
	struct results__row_words w;
	char *text = NULL;
	int err = results__row_words(found->row, &w);

	if (!err && asprintf(&text, "%s -> %s, %s%s%s", w.base, w.head, w.change,
			     *w.change ? ", " : "", w.verdict) < 0)
		err = -ENOMEM;
	if (!err) {
		put_line(f, 2, w.name);
		put_line(f, 6, text);
		if (*w.moved)
			put_line(f, 6, w.moved);
	}
	free(text);
	results__row_words_free(&w);
	return err;
}

static int put_check(FILE *f, const struct results__found *found)
{
	const struct results_compared_check *check = found->check;
	struct results__check_words w;
	char *text = NULL;
	int err = results__check_words(check, &w);

	if (!err &&
	    asprintf(&text, "check %s: base %s, new %s: %s", w.name, results_check_base_text(check),
		     results_check_head_text(check), w.seen) < 0)
		err = -ENOMEM;
	if (!err)
		put_line(f, 2, text);
	free(text);
	results__check_words_free(&w);
	return err;
}

static int put_found(FILE *f, const struct results_comparison *c, bool all)
{
	const struct results_compared_part *part = NULL;
	struct results__found *found;
	ssize_t nr = results__found(c, all, &found);
	int err = nr < 0 ? -ENOMEM : 0;

	for (ssize_t i = 0; i < nr && !err; i++) {
		if (found[i].part != part) {
			fputc('\n', f);
			put_line(f, 0, found[i].part->name);
		}
		part = found[i].part;
		err = found[i].row ? put_row(f, &found[i]) : put_check(f, &found[i]);
	}
	free(found);
	return err;
}

/* ---- what was measured ---- */

static int put_difference(FILE *f, const struct results_compared_part *p,
			  const struct results_difference *d)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	bool lost;

	if (!to)
		return -ENOMEM;
	fprintf(to, "%s %s:", d->is_environment ? "environment" : "subject", d->key);
	for (size_t i = 0; i < p->nr_docs; i++)
		fprintf(to, "%s %s %s", i ? "," : "", i < p->nr_base ? "base" : "new",
			d->values[i] ? d->values[i] : "(not said)");
	lost = ferror(to);
	if (fclose(to) || lost)
		lost = true;
	else
		put_line(f, 4, text);
	free(text);
	return lost ? -ENOMEM : 0;
}

/* Hashes are for programs: the other formats have them. */
static bool is_for_people(const char *key)
{
	return !strstr(key, "sha256") && strcmp(key, "no_functions");
}

static int put_part(FILE *f, const struct results_compared_part *p)
{
	static const char *const why[] = {
		[RESULTS_PART_COMPARED] = NULL,
		[RESULTS_PART_INCOMPARABLE] = "not comparable",
		[RESULTS_PART_MISSING] = "only in the base",
		[RESULTS_PART_EXTRA] = "only in the new runs",
		[RESULTS_PART_NOWHERE] = "no side has a document of it",
	};
	const struct results_doc *doc = p->nr_docs ? p->docs[0] : NULL;
	const char *qemu = doc ? results_pairs_get(&doc->environment, "qemu") : NULL;
	char *counts = results_part_count_text(p), *text = NULL;
	int err = 0;

	if (!counts || asprintf(&text, "%s, %s%s%s: %s", p->name, doc ? doc->mode : "no mode",
				qemu ? ", " : "", qemu ? qemu : "",
				why[p->verdict] ? why[p->verdict] : counts) < 0)
		err = -ENOMEM;
	else
		put_line(f, 2, text);
	for (size_t i = 0; i < p->nr_differences && !err; i++)
		if (is_for_people(p->differences[i].key))
			err = put_difference(f, p, &p->differences[i]);
	free(text);
	free(counts);
	return err;
}

int results__write_mail(FILE *f, const struct results_comparison *c,
			const struct results_write_options *o)
{
	const char *const lines[] = { c->judged, c->identical, c->not_judged };
	char *first;
	int err;

	if (asprintf(&first, "ptbench: %s", c->conclusion) < 0)
		return -ENOMEM;
	put_line(f, 0, first);
	free(first);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i])
			put_line(f, 0, lines[i]);
	err = put_found(f, c, o->all);
	fputs("\nMeasured:\n", f);
	for (size_t i = 0; i < c->nr_parts && !err; i++)
		err = put_part(f, &c->parts[i]);
	if (o->command) {
		fputs("\nShown by:\n", f);
		put_line(f, 2, o->command);
	}
	return err;
}
