// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The answers, or a whole page, as plain text for a terminal: the same sentences as the pages'.
 */
#include <ctype.h>
#include <string.h>

#include "page.h"
#include "../model/problems.h"

#define WRAP 80
#define MAX_FOLDED 12 /* rows that are printed of a table that a page folds */

static size_t word_columns(const char *word, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)word[i] & 0xc0) != 0x80 && word[i] != STRONG[0] &&
		     word[i] != WEAK[0];
	return n;
}

/* Replaces harmful characters, whatever the run contains: this is the last step before the
 * terminal. Drops the marks STRONG and WEAK. */
static void put_word(FILE *to, const char *word, size_t len)
{
	bool harmful;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = results_text_step(word + i, &harmful);
		if (word[i] == STRONG[0] || word[i] == WEAK[0])
			continue;
		if (harmful)
			fputc('?', to);
		else
			fwrite(word + i, 1, n, to);
	}
}

/* Prints the prefix and the words of text; further lines are indented to the first word. */
static void print_wrapped(FILE *to, const char *prefix, const char *text)
{
	size_t indent = strlen(prefix), at = indent, len, wide;

	fputs(prefix, to);
	while (*text) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		wide = word_columns(text, len);
		if (at > indent && at + 1 + wide > WRAP) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', to);
			at++;
		}
		put_word(to, text, len);
		at += wide;
		text += len;
	}
	fputc('\n', to);
}

static void print_problems(struct arena *a, const struct report_input *in, FILE *to)
{
	const char *busy = part_busy(a, input_part(in, "native"));
	struct problems found;

	problems_find(a, in, &found);
	fprintf(to, "%c%s run of %s, suite %s: %s\n", toupper((unsigned char)found.state[0]),
		found.state + 1, clean(a, in->run->started), clean(a, in->run->revision),
		found.summary);
	for (size_t i = 0; i < found.nr; i++) {
		const struct problem *p = &found.v[i];

		print_wrapped(to, "  ! ",
			      arena_str(a, "part %s: %s: %s", p->part, p->state, p->reason));
		for (size_t j = 0; j < p->nr_checks; j++)
			print_wrapped(to, "      ", p->checks[j]);
	}
	for (size_t i = 0; i < found.nr_skips; i++)
		print_wrapped(to, "  - ",
			      arena_str(a, "part %s: skipped: %s", found.skipped[i].parts,
					found.skipped[i].reason));
	if (busy)
		print_wrapped(to, "  ! ",
			      arena_str(a, "native: the machine was busy, load %s: wide intervals",
					busy));
}

/* While a run goes on, "not measured" is no answer yet and is not printed. */
static bool is_to_print(const struct model *m, const struct answer *answer)
{
	return answer->mode || m->in->run->finished;
}

static void print_answer(const struct model *m, const struct answer *answer, FILE *to)
{
	print_wrapped(to, "  * ",
		      arena_str(m->arena, "%s %s%s%s%s", answer->question, answer->text,
				answer->mode ? " (" : "", answer->mode ? answer->mode : "",
				answer->mode ? ")" : ""));
}

static size_t print_page(const struct model *m, const struct page *p, FILE *to)
{
	size_t left = 0, nr = 0;

	for (size_t i = 0; i < p->nr_sections; i++)
		for (size_t j = 0; j < p->sections[i]->nr_answers; j++) {
			const struct answer *answer = p->sections[i]->answers[j];

			if (!is_to_print(m, answer)) {
				left++;
				continue;
			}
			if (!nr++)
				fprintf(to, "\n%s\n", p->title);
			print_answer(m, answer, to);
		}
	return left;
}

/* ---- a page ---- */

static const char *cell_text(struct arena *a, const struct cell *c)
{
	const char *text = c->text ? c->text : "";

	return c->detail && *c->detail ? arena_str(a, "%s %s", text, c->detail) : text;
}

static void put_cell(FILE *to, const char *text, size_t width, bool right, bool last)
{
	size_t len = strlen(text), wide = word_columns(text, len);
	int pad = wide < width ? (int)(width - wide) : 0;

	if (right)
		fprintf(to, "%*s", pad, "");
	put_word(to, text, len);
	if (!right && !last)
		fprintf(to, "%*s", pad, "");
	fputs(last ? "\n" : "  ", to);
}

static void print_table(const struct model *m, const struct table *t, FILE *to)
{
	size_t *width = arena_alloc(m->arena, (t->nr_columns + 1) * sizeof(*width));
	bool cut = t->folded && !m->all_rows && t->nr_rows > MAX_FOLDED;
	size_t nr = cut ? MAX_FOLDED : t->nr_rows;

	for (size_t c = 0; c < t->nr_columns; c++)
		width[c] = word_columns(t->columns[c], strlen(t->columns[c]));
	for (size_t r = 0; r < nr; r++)
		for (size_t c = 0; c < t->nr_columns; c++) {
			const char *text = cell_text(m->arena, &t->rows[r][c]);
			size_t wide = word_columns(text, strlen(text));

			width[c] = wide > width[c] ? wide : width[c];
		}
	fputc('\n', to);
	print_wrapped(to, "    ", t->caption);
	fputs("    ", to);
	for (size_t c = 0; c < t->nr_columns; c++)
		put_cell(to, t->columns[c], width[c], t->numeric[c], c + 1 == t->nr_columns);
	for (size_t r = 0; r < nr; r++) {
		fputs("    ", to);
		for (size_t c = 0; c < t->nr_columns; c++)
			put_cell(to, cell_text(m->arena, &t->rows[r][c]), width[c], t->numeric[c],
				 c + 1 == t->nr_columns);
	}
	if (nr < t->nr_rows)
		fprintf(to, "    ... and %zu more row%s, which --all prints\n", t->nr_rows - nr,
			t->nr_rows - nr == 1 ? "" : "s");
}

void page_print(const struct model *m, const struct page *p, FILE *to)
{
	fprintf(to, "%s\n", p->title);
	for (size_t i = 0; i < p->nr_sections; i++) {
		const struct section *s = p->sections[i];

		fprintf(to, "\n%s\n", s->title);
		for (size_t j = 0; j < s->nr_answers; j++)
			print_answer(m, s->answers[j], to);
		for (size_t j = 0; j < s->nr_tables; j++)
			if (s->tables[j]->nr_rows)
				print_table(m, s->tables[j], to);
		if (s->nr_notes)
			fputc('\n', to);
		for (size_t j = 0; j < s->nr_notes; j++)
			print_wrapped(to, "  - ", s->notes[j]);
	}
}

void answers_print(const struct model *m, FILE *to)
{
	size_t left = 0;

	print_problems(m->arena, m->in, to);
	for (size_t i = 0; i < m->nr_pages; i++)
		left += print_page(m, &m->pages[i], to);
	if (left)
		fprintf(to, "\n%zu question%s: not measured yet\n", left, left == 1 ? "" : "s");
}
