// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels series: the table for programs, as JSON, JUnit, comma-separated values, and
 * workflow commands of GitHub Actions.
 */
#include <array_size.h>
#include <math.h>
#include <string.h>

#include "series.h"

static const struct {
	const char *name;
	void (*write)(FILE *to, const struct series_table *t);
} formats[] = {
	{ "text", series_write_text },	   { "markdown", series_write_markdown },
	{ "mail", series_write_mail },	   { "json", series_write_json },
	{ "junit", series_write_junit },   { "csv", series_write_csv },
	{ "github", series_write_github },
};

void series_write(FILE *to, const struct series_table *t, const char *format)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			formats[i].write(to, t);
}

/* ---- JSON (results/schema/ptbench-series-1.schema.json) ---- */

/* Text is harmless, and UTF-8: only what JSON itself needs is escaped. NULL: null. */
static void put_json(FILE *to, const char *s)
{
	if (!s) {
		fputs("null", to);
		return;
	}
	fputc('"', to);
	for (bool harmful; *s;) {
		size_t len = results_text_step(s, &harmful);

		if (harmful)
			fprintf(to, "\\u%04x", (unsigned char)*s);
		else if (*s == '"' || *s == '\\')
			fprintf(to, "\\%c", *s);
		else
			fwrite(s, 1, len, to);
		s += len;
	}
	fputc('"', to);
}

static void json_text(FILE *to, const char *key, const char *s)
{
	fprintf(to, ", \"%s\": ", key);
	put_json(to, s);
}

static void json_value(FILE *to, const char *key, bool has, double v)
{
	if (has && isfinite(v))
		fprintf(to, ", \"%s\": %.17g", key, v);
	else
		fprintf(to, ", \"%s\": null", key);
}

static void json_cell(FILE *to, const struct series_cell *c)
{
	fputs("{\"case\": ", to);
	put_json(to, c->case_id);
	json_text(to, "metric", c->metric);
	fprintf(to, ", \"rows\": %zu", c->nr_rows);
	json_text(to, "params", c->params);
	json_value(to, "base", c->has_base, c->base);
	json_value(to, "new", c->has_head, c->head);
	json_text(to, "change", c->change);
	json_text(to, "verdict", c->verdict);
	json_text(to, "functions", *c->symbols ? c->symbols : NULL);
	fputc('}', to);
}

static void json_cells(FILE *to, const struct series_row *row)
{
	fputs(", \"cases\": [", to);
	for (size_t i = 0; i < row->nr_cells; i++) {
		fputs(i ? ",\n      " : "\n      ", to);
		json_cell(to, &row->cells[i]);
	}
	fputs("]", to);
}

static void json_row(FILE *to, const struct series_row *row)
{
	fputs("    {\"commit\": ", to);
	put_json(to, row->commit->id);
	json_text(to, "subject", row->commit->subject);
	fprintf(to, ", \"parents\": %zu", row->commit->nr_parents);
	json_text(to, "scenario", row->scenario);
	json_text(to, "against", row->against ? row->against->id : NULL);
	json_text(to, "verdict", series_state_name(row->state));
	json_text(to, "reason", row->reason);
	json_cells(to, row);
	fputs("}", to);
}

void series_write_json(FILE *to, const struct series_table *t)
{
	fputs("{\n  \"format\": \"ptbench-series\",\n  \"version\": 1,\n  \"command\": ", to);
	put_json(to, t->command);
	fprintf(to, ",\n  \"status\": %d,\n  \"conclusion\": ", (int)t->status);
	put_json(to, t->conclusion);
	fputs(",\n  \"first\": ", to);
	put_json(to, t->first ? t->first->id : NULL);
	fputs(",\n  \"last\": ", to);
	put_json(to, t->last ? t->last->id : NULL);
	fprintf(to, ",\n  \"commits\": %zu,\n  \"merges\": %zu,\n  \"note\": ", t->nr_commits,
		t->nr_merges);
	put_json(to, t->note);
	fputs(",\n  \"no_functions\": ", to);
	put_json(to, t->no_symbols);
	fputs(",\n  \"rows\": [", to);
	for (size_t i = 0; i < t->nr_rows; i++) {
		fputs(i ? ",\n" : "\n", to);
		json_row(to, &t->rows[i]);
	}
	fputs("],\n  \"totals\": [", to);
	for (size_t i = 0; i < t->nr_totals; i++) {
		fprintf(to, "%s\n    {\"commits\": %zu", i ? "," : "", t->totals[i].nr_commits);
		json_text(to, "scenario", t->totals[i].scenario);
		json_text(to, "case", t->totals[i].case_id);
		json_text(to, "metric", t->totals[i].metric);
		fputs(", \"net\": ", to);
		if (t->totals[i].net)
			json_cell(to, t->totals[i].net);
		else
			fputs("null", to);
		fputs("}", to);
	}
	fputs("]\n}\n", to);
}

/* ---- comma-separated values ---- */

static void put_csv(FILE *to, const char *s)
{
	if (!s[strcspn(s, ",\"\r\n")]) {
		fputs(s, to);
		return;
	}
	fputc('"', to);
	for (; *s; s++)
		fprintf(to, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', to);
}

static void csv_field(FILE *to, const char *s)
{
	fputc(',', to);
	put_csv(to, s ? s : "");
}

static void csv_value(FILE *to, bool has, double v)
{
	fputc(',', to);
	if (has && isfinite(v))
		fprintf(to, "%.17g", v);
}

/* A line for each case that stands out, or one for a commit of which none does. */
static void csv_line(FILE *to, const struct series_row *row, const struct series_cell *c)
{
	put_csv(to, row->commit->id);
	csv_field(to, row->commit->subject);
	csv_field(to, row->scenario);
	csv_field(to, row->against ? row->against->id : "");
	csv_field(to, series_state_name(row->state));
	csv_field(to, row->reason);
	csv_field(to, c ? c->case_id : "");
	csv_field(to, c ? c->metric : "");
	csv_value(to, c, c ? (double)c->nr_rows : 0);
	csv_field(to, c ? c->params : "");
	csv_value(to, c && c->has_base, c ? c->base : 0);
	csv_value(to, c && c->has_head, c ? c->head : 0);
	csv_field(to, c ? c->change : "");
	csv_field(to, c ? c->verdict : "");
	csv_field(to, c ? c->symbols : "");
	fputc('\n', to);
}

void series_write_csv(FILE *to, const struct series_table *t)
{
	fputs("commit,subject,scenario,against,verdict,reason,case,metric,rows,params,base,new,"
	      "change,case_verdict,functions\n",
	      to);
	for (size_t i = 0; i < t->nr_rows; i++) {
		const struct series_row *row = &t->rows[i];

		if (!row->nr_cells)
			csv_line(to, row, NULL);
		for (size_t k = 0; k < row->nr_cells; k++)
			csv_line(to, row, &row->cells[k]);
	}
}

/* ---- what a row is for a CI, in a sentence ---- */

enum outcome { OK, FAILURE, ERROR, SKIPPED, NR_OUTCOMES };

static enum outcome outcome_of(const struct series_row *row)
{
	switch (row->state) {
	case SERIES_SAME_IMAGE:
	case SERIES_SAME:
	case SERIES_CHANGED:
		return OK;
	case SERIES_WORSE:
		return FAILURE;
	case SERIES_SKIPPED:
		return SKIPPED;
	default:
		return ERROR;
	}
}

static void message_of(FILE *to, const struct series_row *row, void (*put)(FILE *to, const char *s))
{
	char base[32], head[32];

	put(to, series_state_name(row->state));
	if (row->reason) {
		put(to, ": ");
		put(to, row->reason);
	}
	for (size_t i = 0; i < row->nr_cells; i++) {
		const struct series_cell *c = &row->cells[i];

		put(to, "; ");
		put(to, c->case_id);
		put(to, " ");
		put(to, c->params);
		put(to, " ");
		put(to, c->metric);
		if (c->has_base || c->has_head) {
			put(to, " ");
			put(to, series_value(base, sizeof(base), c->has_base, c->base));
			put(to, " -> ");
			put(to, series_value(head, sizeof(head), c->has_head, c->head));
		}
		put(to, " ");
		put(to, c->change);
		if (*c->symbols) {
			put(to, " in ");
			put(to, c->symbols);
		}
	}
}

/* ---- JUnit ---- */

/* U+FFFE and U+FFFF are no characters of XML. */
static void put_xml(FILE *to, const char *s)
{
	for (bool harmful; *s;) {
		size_t len = results_text_step(s, &harmful);

		if (harmful || !strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3))
			fputc('?', to);
		else if (strchr("<>&\"'", *s))
			fprintf(to, "&#%d;", *s);
		else
			fwrite(s, 1, len, to);
		s += len;
	}
}

static void junit_row(FILE *to, const struct series_row *row)
{
	static const char *const tags[] = { NULL, "failure", "error", "skipped" };
	enum outcome outcome = outcome_of(row);

	fputs("    <testcase classname=\"", to);
	put_xml(to, row->scenario);
	fprintf(to, "\" name=\"%.*s ", COMMIT_SHORT, row->commit->id);
	put_xml(to, row->commit->subject);
	if (outcome == OK) {
		fputs("\"/>\n", to);
		return;
	}
	fprintf(to, "\"><%s message=\"", tags[outcome]);
	message_of(to, row, put_xml);
	fputs("\"/></testcase>\n", to);
}

void series_write_junit(FILE *to, const struct series_table *t)
{
	size_t of[NR_OUTCOMES] = { 0 };

	for (size_t i = 0; i < t->nr_rows; i++)
		of[outcome_of(&t->rows[i])]++;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ptbench\">\n", to);
	fprintf(to,
		"  <testsuite name=\"series\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
		"skipped=\"%zu\">\n",
		t->nr_rows, of[FAILURE], of[ERROR], of[SKIPPED]);
	for (size_t i = 0; i < t->nr_rows; i++)
		junit_row(to, &t->rows[i]);
	fputs("  </testsuite>\n</testsuites>\n", to);
}

/* ---- GitHub ---- */

/* GitHub shows ten annotations of a kind for a step. */
#define ANNOTATIONS 9

static void put_github(FILE *to, const char *s)
{
	for (bool harmful; *s;) {
		size_t len = results_text_step(s, &harmful);

		if (*s == '%' || *s == '\r' || *s == '\n')
			fprintf(to, "%%%02X", (unsigned char)*s);
		else if (harmful)
			fputc('?', to);
		else
			fwrite(s, 1, len, to);
		s += len;
	}
}

/* In a property, such as the title, its separators are escaped, too. */
static void put_title(FILE *to, const char *s)
{
	char one[2] = "";

	for (; *s; s++) {
		one[0] = *s;
		if (*s == ':' || *s == ',')
			fprintf(to, "%%%02X", *s);
		else if (*s == '%' || *s == '\r' || *s == '\n')
			put_github(to, one);
		else
			fputc(*s, to);
	}
}

void series_write_github(FILE *to, const struct series_table *t)
{
	static const char *const levels[] = { "notice", "error", "error", "notice" };
	static const char *const all[] = {
		[EXIT_FINE] = "notice",	      [EXIT_WORSE] = "error",
		[EXIT_USAGE] = "error",	      [EXIT_INCONCLUSIVE] = "warning",
		[EXIT_PART_FAILED] = "error",
	};
	size_t nr = 0;

	fprintf(to, "::%s title=ptbench::", all[t->status]);
	put_github(to, t->conclusion);
	fputc('\n', to);
	for (size_t i = 0; i < t->nr_rows; i++) {
		const struct series_row *row = &t->rows[i];

		if ((outcome_of(row) == OK && !row->nr_cells) || ++nr > ANNOTATIONS)
			continue;
		fprintf(to, "::%s title=%.*s ", levels[outcome_of(row)], COMMIT_SHORT,
			row->commit->id);
		put_title(to, row->commit->subject);
		fputs("::", to);
		if (t->nr_net > 1) {
			put_github(to, row->scenario);
			put_github(to, ": ");
		}
		message_of(to, row, put_github);
		fputc('\n', to);
	}
	if (nr > ANNOTATIONS)
		fprintf(to,
			"::notice title=ptbench::%zu more commits stand out; see the job summary\n",
			nr - ANNOTATIONS);
}
