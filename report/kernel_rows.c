// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver's rows of a family of cases, kernel by kernel: one line per case and params, one
 * column per stock kernel, and every other kernel in which they differ from it is on the page of
 * kernels.
 */
#include <string.h>

#include "kernel_rows.h"

/* What differs from kernel to kernel by itself. */
static const char *const own_keys[] = { "format", "design", "levels", "backend" };
#define NR_OWN (sizeof(own_keys) / sizeof(*own_keys))

struct line_key {
	const char *case_id, *params;
	const struct results_metric *metric; /* NULL: skipped wherever it was seen so far */
};

struct lines {
	struct line_key *v;
	size_t nr;
	/* The own keys that no line shows: those of which every kernel has one value alone. */
	const char *hidden[NR_OWN];
	size_t nr_hidden;
	const char *why; /* of the first row that was skipped, or NULL */
};

static bool wanted(const struct row_family *family, const struct results_measurement *row)
{
	size_t i;

	if (row->subject != RESULTS_KERNEL)
		return false;
	for (i = 0; i < family->nr_cases; i++)
		if (strcmp(family->cases[i], row->case_id) == 0)
			return !family->only || family->only(&row->params);
	return false;
}

static struct line_key *find_line(struct lines *lines, const char *case_id, const char *params,
				  const struct results_metric *metric)
{
	size_t i;

	for (i = 0; i < lines->nr; i++) {
		struct line_key *l = &lines->v[i];

		if (strcmp(l->case_id, case_id) == 0 && strcmp(l->params, params) == 0 &&
		    (!metric || !l->metric || l->metric == metric))
			return l;
	}
	return NULL;
}

static bool is_stock(const struct report_part *part)
{
	size_t n = strlen(part->scenario);

	return n > 6 && strcmp(part->scenario + n - 6, "-stock") == 0;
}

/* Stock kernels of the minimal configuration, and others whose rows only they have. */
static bool is_column(const struct row_family *family, const struct report_part *part)
{
	const char *name = part->scenario;

	if (!name || !part->doc || part->why || strcmp(part->setup, family->setup) != 0)
		return false;
	return is_stock(part) || (family->also && strstr(name, family->also));
}

/* Whether two rows of the part differ in the key, and in own keys alone. */
static bool tells_apart(const struct row_family *family, const struct report_part *part,
			const char *key)
{
	const struct results_doc *doc = part->doc;
	size_t i, j;

	for (i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *a = &doc->measurements[i];
		const struct results_param *v = results_params_get(&a->params, key);

		for (j = 0; wanted(family, a) && j < i; j++) {
			const struct results_measurement *b = &doc->measurements[j];
			const struct results_param *w = results_params_get(&b->params, key);

			if (!wanted(family, b) || strcmp(a->case_id, b->case_id) != 0 ||
			    !params_alike(&a->params, &b->params, own_keys, NR_OWN))
				continue;
			if (!v != !w || (v && (!v->str != !w->str ||
					       (v->str ? strcmp(v->str, w->str) != 0
						       : v->num != w->num))))
				return true;
		}
	}
	return false;
}

static void hide_own(struct model *m, const struct row_family *family, struct lines *lines)
{
	size_t i, j;

	for (i = 0; i < NR_OWN; i++) {
		for (j = 0; j < m->in->nr_parts; j++)
			if (is_column(family, &m->in->parts[j]) &&
			    tells_apart(family, &m->in->parts[j], own_keys[i]))
				break;
		if (j == m->in->nr_parts)
			lines->hidden[lines->nr_hidden++] = own_keys[i];
	}
}

static void add_lines(struct model *m, const struct row_family *family,
		      const struct report_part *part, struct lines *lines)
{
	size_t i;

	for (i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const struct results_metric *metric = row->skipped ? NULL : row->metric;
		struct line_key *l;
		const char *params;

		if (!wanted(family, row))
			continue;
		if (row->skipped && !lines->why)
			lines->why = arena_str(m->arena, "%s: %s", part->scenario,
					       clean(m->arena, row->skipped));
		params = params_without(m->arena, &row->params, lines->hidden, lines->nr_hidden);
		l = find_line(lines, row->case_id, params, metric);
		if (l) {
			l->metric = l->metric ? l->metric : metric;
			continue;
		}
		lines->v = arena_grow(m->arena, lines->v, lines->nr, sizeof(*lines->v));
		lines->v[lines->nr++] =
			(struct line_key){ clean(m->arena, row->case_id), params, metric };
	}
}

static struct rvalue value_at(struct model *m, const struct report_part *part,
			      const struct line_key *l, const struct lines *lines)
{
	const char *why = "no such row";
	size_t i;

	for (i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (row->subject != RESULTS_KERNEL || strcmp(row->case_id, l->case_id) != 0 ||
		    strcmp(params_without(m->arena, &row->params, lines->hidden, lines->nr_hidden),
			   l->params) != 0)
			continue;
		if (!row->skipped && row->metric == l->metric)
			return rv_of_row(m->arena, part, row);
		if (row->skipped)
			why = clean(m->arena, row->skipped);
	}
	return rv_missing(why);
}

static struct table *columns_table(struct model *m, struct section *s,
				   const struct row_family *family,
				   const struct report_part **parts, size_t nr)
{
	const char **columns = arena_alloc(m->arena, (nr + 4) * sizeof(*columns));
	size_t i;

	columns[0] = "Case";
	columns[1] = "Params";
	columns[2] = "Metric";
	for (i = 0; i < nr; i++)
		columns[3 + i] = arena_str(m->arena, "#%s", parts[i]->scenario);
	columns[3 + nr] = NULL;
	return section_table(m, s, family->caption, columns);
}

/* "8 on arm64", "28 to 32 on riscv64" of an architecture's stock kernels; NULL: none has it. */
static const char *arch_text(struct model *m, const struct line_key *key,
			     const struct lines *lines, const struct report_part **parts, size_t nr,
			     const char *arch)
{
	struct rvalue low = rv_missing(""), high = low;
	size_t i;

	for (i = 0; i < nr; i++) {
		struct rvalue v = value_at(m, parts[i], key, lines);

		if (strcmp(parts[i]->arch, arch) != 0 || !is_stock(parts[i]) || !rv_ok(&v))
			continue;
		if (!rv_ok(&low) || v.v < low.v)
			low = v;
		if (!rv_ok(&high) || v.v > high.v)
			high = v;
	}
	if (!rv_ok(&low))
		return NULL;
	if (low.v == high.v)
		return arena_str(m->arena, "%s on %s", rv_strong(m->arena, &low), arch);
	return arena_str(m->arena, "%s to %s on %s", rv_strong(m->arena, &low),
			 rv_text(m->arena, &high), arch);
}

/* "a pair, in instructions: 8 on arm64, 218 on i386; 129 on x86_64-kmap-forced" */
static const char *headline(struct model *m, const struct row_family *family,
			    const struct lines *lines, const struct report_part **parts, size_t nr)
{
	struct line_key key = { family->head_case, family->head_params,
				results_metric_find(family->head_metric) };
	const char *text = NULL, *one;
	size_t i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < i && strcmp(parts[j]->arch, parts[i]->arch) != 0; j++)
			;
		one = j < i ? NULL : arch_text(m, &key, lines, parts, nr, parts[i]->arch);
		if (one)
			text = text ? arena_str(m->arena, "%s, %s", text, one) : one;
	}
	for (i = 0; i < nr; i++) {
		struct rvalue v = value_at(m, parts[i], &key, lines);

		if (is_stock(parts[i]) || !rv_ok(&v))
			continue;
		one = arena_str(m->arena, "%s on %s", rv_strong(m->arena, &v), parts[i]->scenario);
		text = text ? arena_str(m->arena, "%s; %s", text, one) : one;
	}
	return text ? arena_str(m->arena, "%s, in %s: %s.", family->head_words, key.metric->unit,
				text)
		    : NULL;
}

/* Measured rows of the family that have no column: of variants, and of other boots. */
static size_t rows_without_column(struct model *m, const struct row_family *family,
				  const char **where)
{
	size_t nr = 0, i, j;

	for (i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		if (!part->scenario || !part->doc || part->why || is_column(family, part))
			continue;
		for (j = 0; j < part->doc->nr_measurements; j++) {
			const struct results_measurement *row = &part->doc->measurements[j];

			if (!wanted(family, row) || row->skipped)
				continue;
			*where = *where ? *where : clean(m->arena, part->part->name);
			nr++;
		}
	}
	return nr;
}

static const char *cases_text(struct model *m, const struct row_family *family)
{
	const char *text = family->cases[0];
	size_t i;

	for (i = 1; i < family->nr_cases; i++)
		text = arena_str(m->arena, "%s%s%s", text,
				 i + 1 == family->nr_cases ? " or " : ", ", family->cases[i]);
	return text;
}

/* What stands where the row that answers is missing: what was measured, or why nothing was. */
static const char *no_headline(struct model *m, const struct row_family *family,
			       const struct lines *lines)
{
	const char *where = NULL;
	size_t measured = 0, others = rows_without_column(m, family, &where), i;

	for (i = 0; i < lines->nr; i++)
		measured += lines->v[i].metric != NULL;
	if (measured)
		return arena_str(m->arena, "No number in a sentence: of %s the row %s was not "
				 "measured; the table has %zu other%s.", family->head_case,
				 family->head_params, measured, measured == 1 ? "" : "s");
	if (others)
		return arena_str(m->arena, "By none of the kernels that this table is of; %zu row%s of "
				 "other boots are not in it, the first in part %s.", others,
				 others == 1 ? "" : "s", where);
	if (lines->why)
		return arena_str(m->arena, "Not measured here: %s.", lines->why);
	return arena_str(m->arena, "No kernel of this run has a row of %s.", cases_text(m, family));
}

void kernel_rows_build(struct model *m, struct page *p, const struct row_family *family)
{
	struct section *s = page_section(m, p, family->id, family->title);
	const struct report_part **parts = NULL;
	struct lines lines = { 0 };
	const char *text;
	struct table *t;
	size_t nr = 0, skipped = 0, i, j;

	hide_own(m, family, &lines);
	for (i = 0; i < m->in->nr_parts; i++) {
		if (!is_column(family, &m->in->parts[i]))
			continue;
		add_lines(m, family, &m->in->parts[i], &lines);
		if (!lines.nr)
			continue;
		parts = arena_grow(m->arena, parts, nr, sizeof(*parts));
		parts[nr++] = &m->in->parts[i];
		section_source(m, s, parts[nr - 1]);
	}
	text = headline(m, family, &lines, parts, nr);
	section_answer(m, p, s, family->question, text ? mode_words(m->arena, parts[0]) : NULL,
		       text ? text : no_headline(m, family, &lines));
	if (!lines.nr)
		return;
	t = columns_table(m, s, family, parts, nr);
	t->folded = lines.nr > 24;
	for (i = 0; i < lines.nr; i++) {
		if (!lines.v[i].metric) {
			skipped++;
			continue;
		}
		table_row(m, t);
		table_cell(t, "", lines.v[i].case_id);
		table_cell(t, "", lines.v[i].params);
		table_cell(t, "", lines.v[i].metric->name);
		for (j = 0; j < nr; j++) {
			struct rvalue v = value_at(m, parts[j], &lines.v[i], &lines);

			table_value(m, t, &v);
		}
	}
	if (skipped)
		section_note(
			m, s,
			arena_str(m->arena,
				  "%zu more row%s skipped in each of these kernels; ptbench show "
				  "prints the reasons.",
				  skipped, skipped == 1 ? " was" : "s were"));
	if (family->note)
		section_note(m, s, family->note);
}
