// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels series: the table as text, as markdown, and as a mail. */
#include <stdlib.h>
#include <string.h>

#include "series.h"

const char *series_value(char *buf, size_t size, bool has, double v)
{
	snprintf(buf, size, has ? "%.10g" : "-", v);
	return buf;
}

static bool is_boring(const struct series_row *row)
{
	return row->state == SERIES_SAME_IMAGE || row->state == SERIES_SAME ||
	       row->state == SERIES_CHANGED || row->state == SERIES_WORSE;
}

/* "gup_fast/walk: instructions 412 -> 415, +3 (+0.73 %), REGRESSED" */
static char *cell_text(const struct series_cell *c)
{
	char base[32], head[32], *text;
	int n;

	if (c->has_base || c->has_head)
		n = asprintf(&text, "%s: %s %s -> %s%s%s, %s", c->case_id, c->metric,
			     series_value(base, sizeof(base), c->has_base, c->base),
			     series_value(head, sizeof(head), c->has_head, c->head),
			     *c->change ? ", " : "", c->change, c->verdict);
	else
		n = asprintf(&text, "%s: %s %s, %s", c->case_id, c->metric, c->change, c->verdict);
	return n < 0 ? NULL : text;
}

/* "cross=none,pages=1 and 11 more rows" */
static char *rows_text(const struct series_cell *c)
{
	char *text;
	int n;

	if (c->nr_rows > 1)
		n = asprintf(&text, "%s%sand %zu more row%s", c->params, *c->params ? " " : "",
			     c->nr_rows - 1, SERIES_S(c->nr_rows - 1));
	else
		n = asprintf(&text, "%s", c->params);
	return n < 0 ? NULL : text;
}

/*
 * "judged against 0a87f9152e3c, for the parent has no kernel"; malloc'ed; NULL: against its parent
 */
static char *against_text(const struct series_row *row)
{
	char *text;

	if (!row->not_parent || !row->against ||
	    asprintf(&text, "judged against %.*s, for its parent has nothing to judge by",
		     COMMIT_SHORT, row->against->id) < 0)
		return NULL;
	return text;
}

/*
 * "2 commits changed it: nothing is left of that", "1 commit changed it: 412 -> 415, +3 (+0.73 %)"
 */
static char *total_text(const struct series_total *total)
{
	const struct series_cell *net = total->net;
	char base[32], head[32], *text;
	int n;

	if (!net)
		n = asprintf(&text, "%zu commit%s changed it: nothing is left of that",
			     total->nr_commits, SERIES_S(total->nr_commits));
	else if (net->has_base || net->has_head)
		n = asprintf(&text, "%zu commit%s changed it: %s -> %s%s%s, %s", total->nr_commits,
			     SERIES_S(total->nr_commits),
			     series_value(base, sizeof(base), net->has_base, net->base),
			     series_value(head, sizeof(head), net->has_head, net->head),
			     *net->change ? ", " : "", net->change, net->verdict);
	else
		n = asprintf(&text, "%zu commit%s changed it: %s", total->nr_commits,
			     SERIES_S(total->nr_commits), net->change);
	return n < 0 ? NULL : text;
}

static const char *range_text(const struct series_table *t, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s..%.*s", COMMIT_SHORT, t->first ? t->first->id : "(nothing)",
		 COMMIT_SHORT, t->last ? t->last->id : "(nothing)");
	return buf;
}

/* Prints the text and frees it; NULL, for want of memory: prints a mark for it. */
static void print_free(FILE *to, const char *before, char *text)
{
	fprintf(to, "%s%s\n", before, text ? text : "(no memory)");
	free(text);
}

/* ---- text ---- */

static void text_row(FILE *to, const struct series_table *t, const struct series_row *row)
{
	char *against = against_text(row);

	fprintf(to, "%.*s  %-14s  ", COMMIT_SHORT, row->commit->id, series_state_name(row->state));
	if (t->nr_net > 1)
		fprintf(to, "%s  ", row->scenario);
	fprintf(to, "%s%s\n", row->commit->subject,
		row->commit->nr_parents > 1 ? " (a merge, as one change)" : "");
	if (row->reason && !is_boring(row))
		fprintf(to, "    %s\n", row->reason);
	if (against)
		fprintf(to, "    %s\n", against);
	free(against);
	for (size_t i = 0; i < row->nr_cells; i++) {
		const struct series_cell *c = &row->cells[i];

		print_free(to, "    ", cell_text(c));
		if (*c->params || c->nr_rows > 1)
			print_free(to, "        ", rows_text(c));
		if (*c->symbols)
			fprintf(to, "        in: %s\n", c->symbols);
	}
}

void series_write_text(FILE *to, const struct series_table *t)
{
	char range[64];

	fprintf(to, "%s: %zu commit%s along first parents, %zu of them merges\n",
		range_text(t, range, sizeof(range)), t->nr_commits, SERIES_S(t->nr_commits),
		t->nr_merges);
	if (t->note)
		fprintf(to, "%s\n", t->note);
	fputc('\n', to);
	for (size_t i = 0; i < t->nr_rows; i++)
		text_row(to, t, &t->rows[i]);
	if (t->nr_totals)
		fprintf(to, "\nover the series, its last kernel against its first:\n");
	for (size_t i = 0; i < t->nr_totals; i++) {
		fprintf(to, "  %s%s%s: %s: ", t->nr_net > 1 ? t->totals[i].scenario : "",
			t->nr_net > 1 ? ": " : "", t->totals[i].case_id, t->totals[i].metric);
		print_free(to, "", total_text(&t->totals[i]));
	}
	if (t->no_symbols)
		fprintf(to, "\nfunctions are not named: %s\n", t->no_symbols);
	fprintf(to, "\n%s\n", t->conclusion);
}

/* ---- markdown ---- */

/* Text as it is: nothing in it is markup, mentions somebody, or ends a table's cell. */
static void put_md(FILE *to, const char *s)
{
	for (; *s; s++)
		if (strchr("\\`*_{}[]<>#!|~&@:", *s))
			fprintf(to, "&#%d;", *s);
		else
			fputc(*s, to);
}

static void md_cell(FILE *to, const char *s)
{
	fputc(' ', to);
	put_md(to, s);
	fputs(" |", to);
}

static void md_row(FILE *to, const struct series_table *t, const struct series_row *row)
{
	char value[32], *against = against_text(row), *rows;
	size_t nr = row->nr_cells ? row->nr_cells : 1;

	for (size_t i = 0; i < nr; i++) {
		const struct series_cell *c = row->nr_cells ? &row->cells[i] : NULL;

		if (i) {
			fputs("| | |", to);
		} else {
			fprintf(to, "| %.*s ", COMMIT_SHORT, row->commit->id);
			put_md(to, row->commit->subject);
			fputs(row->commit->nr_parents > 1 ? " (a merge, as one change)" : "", to);
			if (t->nr_net > 1) {
				fputs("<br>", to);
				put_md(to, row->scenario);
			}
			fputs(" | ", to);
			fputs(series_state_name(row->state), to);
			if (row->reason && !is_boring(row)) {
				fputs("<br>", to);
				put_md(to, row->reason);
			}
			if (against)
				fprintf(to, "<br>%s", against);
			fputs(" |", to);
		}
		if (!c) {
			fputs(" | | | | | |\n", to);
			continue;
		}
		rows = rows_text(c);
		fputc(' ', to);
		put_md(to, c->case_id);
		fputs("<br>", to);
		put_md(to, rows ? rows : "(no memory)");
		fputs(" |", to);
		free(rows);
		md_cell(to, c->metric);
		md_cell(to, series_value(value, sizeof(value), c->has_base, c->base));
		md_cell(to, series_value(value, sizeof(value), c->has_head, c->head));
		md_cell(to, *c->change ? c->change : c->verdict);
		md_cell(to, c->symbols);
		fputc('\n', to);
	}
	free(against);
}

void series_write_markdown(FILE *to, const struct series_table *t)
{
	char range[64], *text;

	fputs("## ptbench: ", to);
	put_md(to, t->conclusion);
	fprintf(to, "\n\n%s, along first parents", range_text(t, range, sizeof(range)));
	if (t->nr_merges)
		fprintf(to, ", %zu of them merges", t->nr_merges);
	fputs("\n", to);
	if (t->note) {
		fputs("\n", to);
		put_md(to, t->note);
		fputs("\n", to);
	}
	fputs("\n| commit | verdict | case | metric | parent | commit | change | functions |\n"
	      "|---|---|---|---|--:|--:|---|---|\n",
	      to);
	for (size_t i = 0; i < t->nr_rows; i++)
		md_row(to, t, &t->rows[i]);
	if (t->nr_totals)
		fputs("\n| case | metric | last kernel against first |\n|---|---|---|\n", to);
	for (size_t i = 0; i < t->nr_totals; i++) {
		fputs("| ", to);
		if (t->nr_net > 1) {
			put_md(to, t->totals[i].scenario);
			fputs(" ", to);
		}
		put_md(to, t->totals[i].case_id);
		fputs(" |", to);
		md_cell(to, t->totals[i].metric);
		text = total_text(&t->totals[i]);
		md_cell(to, text ? text : "(no memory)");
		free(text);
		fputc('\n', to);
	}
	if (t->no_symbols) {
		fputs("\nFunctions are not named: ", to);
		put_md(to, t->no_symbols);
		fputs("\n", to);
	}
	fputs("\nCommand: <code>", to);
	put_md(to, t->command);
	fputs("</code>\n", to);
}

/* ---- mail ---- */

#define WIDTH 72

/* Fills lines of at most WIDTH columns with the words of s; a word that is longer is broken at a
 * comma, or stands alone. */
static void fill(FILE *to, size_t indent, const char *s)
{
	size_t column = 0;

	while (*(s += strspn(s, " \t\n"))) {
		size_t len = strcspn(s, " \t\n"), most = WIDTH - indent, cut = len;

		while (cut > most && cut && s[cut - 1] != ',')
			cut--;
		for (size_t next = cut ? cut - 1 : 0; cut > most && next; next--)
			if (s[next - 1] == ',')
				cut = next;
		if (!cut)
			cut = len;
		if (column && column + 1 + cut > WIDTH) {
			fputc('\n', to);
			column = 0;
		}
		column += fprintf(to, "%*s", column ? 1 : (int)indent, "");
		column += fwrite(s, 1, cut, to);
		s += cut;
	}
	if (column)
		fputc('\n', to);
}

static void fill_free(FILE *to, size_t indent, char *text)
{
	fill(to, indent, text ? text : "(no memory)");
	free(text);
}

static void mail_row(FILE *to, const struct series_table *t, const struct series_row *row)
{
	char *against = against_text(row), *text;

	if (asprintf(&text, "%.*s %s%s", COMMIT_SHORT, row->commit->id, row->commit->subject,
		     row->commit->nr_parents > 1 ? " (a merge, as one change)" : "") < 0)
		text = NULL;
	fputc('\n', to);
	fill_free(to, 0, text);
	if (asprintf(&text, "%s%s%s%s%s", t->nr_net > 1 ? row->scenario : "",
		     t->nr_net > 1 ? ": " : "", series_state_name(row->state),
		     row->reason && !is_boring(row) ? ": " : "",
		     row->reason && !is_boring(row) ? row->reason : "") < 0)
		text = NULL;
	fill_free(to, 2, text);
	if (against)
		fill(to, 2, against);
	free(against);
	for (size_t i = 0; i < row->nr_cells; i++) {
		fill_free(to, 4, cell_text(&row->cells[i]));
		fill_free(to, 8, rows_text(&row->cells[i]));
		if (*row->cells[i].symbols)
			fill(to, 8, row->cells[i].symbols);
	}
}

void series_write_mail(FILE *to, const struct series_table *t)
{
	char range[64], *text;

	if (asprintf(&text, "ptbench: %s", t->conclusion) < 0)
		text = NULL;
	fill_free(to, 0, text);
	fprintf(to, "%s, along first parents\n", range_text(t, range, sizeof(range)));
	if (t->note)
		fill(to, 0, t->note);
	for (size_t i = 0; i < t->nr_rows; i++)
		mail_row(to, t, &t->rows[i]);
	if (t->nr_totals)
		fputs("\nOver the series, its last kernel against its first:\n", to);
	for (size_t i = 0; i < t->nr_totals; i++) {
		char *what = total_text(&t->totals[i]);

		if (asprintf(&text, "%s%s%s: %s: %s", t->nr_net > 1 ? t->totals[i].scenario : "",
			     t->nr_net > 1 ? " " : "", t->totals[i].case_id, t->totals[i].metric,
			     what ? what : "(no memory)") < 0)
			text = NULL;
		free(what);
		fill_free(to, 2, text);
	}
	if (t->no_symbols) {
		fputs("\nFunctions are not named:\n", to);
		fill(to, 2, t->no_symbols);
	}
	fputs("\nShown by:\n", to);
	fill(to, 2, t->command);
}
