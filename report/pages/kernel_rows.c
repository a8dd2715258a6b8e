// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver's rows of a family of cases: one line per case and params, one column per stock
 * kernel. The page of kernels shows every other kernel whose rows differ from those of its stock
 * kernel.
 */
#include <array_size.h>
#include <string.h>

#include "kernel_rows.h"
#include "../model/names.h"

/* Params that are properties of the kernel. */
static const char *const own_keys[] = { "format", "design", "levels", "backend" };

struct line_key {
	const char *case_id, *params;
	const struct results_metric *metric; /* NULL: skipped in all kernels read so far */
	size_t next; /* next line of the same case and params, or NAMES_NOWHERE */
};

struct lines {
	struct line_key *v;
	size_t nr;
	struct names names; /* case and params; first[] has the first line of each */
	size_t *first;
	/* Own keys that lines do not show: each kernel has only one value of them. */
	const char *hidden[ARRAY_SIZE(own_keys)];
	size_t nr_hidden;
	const char *why; /* reason of the first skipped row, or NULL */
};

static bool wanted(const struct row_family *family, const struct results_measurement *row)
{
	if (row->subject != RESULTS_KERNEL)
		return false;
	for (size_t i = 0; i < family->nr_cases; i++)
		if (!strcmp(family->cases[i], row->case_id))
			return !family->only || family->only(&row->params);
	return false;
}

/* A kernel: its part, and its rows by case and params. */
struct column {
	const struct report_part *part;
	struct names names;
	struct same_rows {
		const struct results_measurement **v;
		size_t nr;
	} * rows;
};

static const char *line_name(struct model *m, const char *case_id, const char *params)
{
	return arena_str(m->arena, "%s\n%s", case_id, params);
}

/* The line of that name and metric; NULL: there is none yet. */
static struct line_key *find_line(const struct lines *lines, const char *name,
				  const struct results_metric *metric)
{
	size_t at = names_find(&lines->names, name);

	for (size_t i = at == NAMES_NOWHERE ? at : lines->first[at]; i != NAMES_NOWHERE;
	     i = lines->v[i].next) {
		struct line_key *l = &lines->v[i];

		if (!metric || !l->metric || l->metric == metric)
			return l;
	}
	return NULL;
}

static void add_line(struct model *m, struct lines *lines, const char *name,
		     const struct line_key *key)
{
	size_t known = lines->names.nr, at = names_add(m->arena, &lines->names, name), i;

	if (at == known) {
		lines->first = arena_grow(m->arena, lines->first, at, sizeof(*lines->first));
		lines->first[at] = lines->nr;
	} else {
		for (i = lines->first[at]; lines->v[i].next != NAMES_NOWHERE; i = lines->v[i].next)
			;
		lines->v[i].next = lines->nr;
	}
	lines->v = arena_grow(m->arena, lines->v, lines->nr, sizeof(*lines->v));
	lines->v[lines->nr++] = *key;
}

/* Is it a stock kernel of the minimal configuration, or one without a known role? */
static bool is_stock(const struct report_part *part)
{
	const char *config = part->doc ? results_pairs_get(&part->doc->subject, "config") : NULL;

	return !part->has_role || (!part->of && (!config || !strcmp(config, "min")));
}

bool has_own_rows(struct model *m, const struct report_part *part, const char *case_id)
{
	const struct report_part *stock =
		part->has_role ? input_guest(m->in, part->stock_of, part->setup) : NULL;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const struct report_rows rows = { stock, case_id, row->subject,
						  row->skipped ? NULL : row->metric->name };

		if (row->skipped || row->subject != RESULTS_KERNEL || strcmp(row->case_id, case_id))
			continue;
		if (!stock || !stock->doc ||
		    !rows_find(m->arena, &rows, &row->params, NULL, 0, NULL))
			return true;
	}
	return false;
}

/* Does the kernel get a column? Stock kernels do, and the variants that family->also selects. */
static bool is_column(struct model *m, const struct row_family *family,
		      const struct report_part *part)
{
	if (!part->scenario || !input_usable(part) || strcmp(part->setup, family->setup))
		return false;
	return is_stock(part) || (family->also && family->also(m, part));
}

static bool same_value(const struct results_param *a, const struct results_param *b)
{
	if (!a || !b || !a->str != !b->str)
		return !a && !b;
	return a->str ? !strcmp(a->str, b->str) : a->num == b->num;
}

/* Whether two rows of the part differ in the key, and in own keys alone. */
static bool tells_apart(struct model *m, const struct row_family *family,
			const struct report_part *part, const char *key)
{
	const struct results_param **values = NULL; /* the key's, in the first row of each group */
	struct names groups = { 0 };
	size_t at, known;

	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const struct results_param *v = results_params_get(&row->params, key);

		if (!wanted(family, row))
			continue;
		known = groups.nr;
		at = names_add(m->arena, &groups,
			       line_name(m, row->case_id,
					 params_id(m->arena, &row->params, own_keys,
						   ARRAY_SIZE(own_keys))));
		if (at == known) {
			values = arena_grow(m->arena, values, known, sizeof(*values));
			values[at] = v;
		} else if (!same_value(v, values[at])) {
			return true;
		}
	}
	return false;
}

static void hide_own(struct model *m, const struct row_family *family, struct lines *lines)
{
	size_t j;

	for (size_t i = 0; i < ARRAY_SIZE(own_keys); i++) {
		for (j = 0; j < m->in->nr_parts; j++)
			if (is_column(m, family, &m->in->parts[j]) &&
			    tells_apart(m, family, &m->in->parts[j], own_keys[i]))
				break;
		if (j == m->in->nr_parts)
			lines->hidden[lines->nr_hidden++] = own_keys[i];
	}
}

static void add_lines(struct model *m, const struct row_family *family,
		      const struct report_part *part, struct lines *lines)
{
	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const struct results_metric *metric = row->skipped ? NULL : row->metric;
		struct line_key *l;
		const char *params, *name;

		if (!wanted(family, row))
			continue;
		if (row->skipped && !lines->why)
			lines->why = arena_str(m->arena, "%s: %s", part->scenario,
					       clean(m->arena, row->skipped));
		params = params_without(m->arena, &row->params, lines->hidden, lines->nr_hidden);
		name = line_name(m, clean(m->arena, row->case_id), params);
		l = find_line(lines, name, metric);
		if (l)
			l->metric = l->metric ? l->metric : metric;
		else
			add_line(m, lines, name,
				 &(struct line_key){ clean(m->arena, row->case_id), params, metric,
						     NAMES_NOWHERE });
	}
}

static void fill_column(struct model *m, struct column *c, const struct lines *lines)
{
	const struct results_doc *doc = c->part->doc;
	size_t at, known;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *row = &doc->measurements[i];
		struct same_rows *same;

		if (row->subject != RESULTS_KERNEL)
			continue;
		known = c->names.nr;
		at = names_add(m->arena, &c->names,
			       line_name(m, row->case_id,
					 params_without(m->arena, &row->params, lines->hidden,
							lines->nr_hidden)));
		if (at == known) {
			c->rows = arena_grow(m->arena, c->rows, known, sizeof(*c->rows));
			c->rows[at] = (struct same_rows){ NULL, 0 };
		}
		same = &c->rows[at];
		same->v = arena_grow(m->arena, same->v, same->nr, sizeof(*same->v));
		same->v[same->nr++] = row;
	}
}

static struct rvalue value_at(struct model *m, const struct column *c, const struct line_key *l)
{
	size_t at = names_find(&c->names, line_name(m, l->case_id, l->params));
	const char *why = "no such row";

	for (size_t i = 0; at != NAMES_NOWHERE && i < c->rows[at].nr; i++) {
		const struct results_measurement *row = c->rows[at].v[i];

		if (!row->skipped && row->metric == l->metric)
			return rv_of_row(m->arena, c->part, row);
		if (row->skipped)
			why = clean(m->arena, row->skipped);
	}
	return rv_missing(why);
}

static struct table *columns_table(struct model *m, struct section *s,
				   const struct row_family *family, const struct column *list,
				   size_t nr)
{
	const char **columns = arena_alloc(m->arena, (nr + 4) * sizeof(*columns));

	columns[0] = "Case";
	columns[1] = "Params";
	columns[2] = "Metric";
	for (size_t i = 0; i < nr; i++)
		columns[3 + i] = arena_str(m->arena, "#%s", part_marked(m->arena, list[i].part));
	columns[3 + nr] = NULL;
	return section_table(m, s, family->caption, columns);
}

/* Only of such a kernel a sentence says what its architecture takes. */
static bool is_known_stock(const struct report_part *part)
{
	return part->has_role && is_stock(part);
}

/* "8 on arm64", "28 to 32 on riscv64": the values in an architecture's stock kernels; NULL: none
 * has the row. */
static const char *arch_text(struct model *m, const struct line_key *key, const struct column *list,
			     size_t nr, const char *arch)
{
	struct rvalue low = rv_missing(""), high = low;

	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = value_at(m, &list[i], key);

		if (strcmp(list[i].part->arch, arch) || !is_known_stock(list[i].part) || !rv_ok(&v))
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

/*
 * " (its stock kernel NAME has none: WHY)" where a variant has the row and its stock kernel does
 * not: the variant's value is no answer for that one. Else "".
 */
static const char *stock_lacks(struct model *m, const struct line_key *key,
			       const struct column *list, size_t nr, const struct report_part *part)
{
	struct arena *a = m->arena;
	const char *why = NULL, *name;

	if (!part->has_role || !part->of)
		return "";
	name = clean(a, part->stock_of);
	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = rv_missing("");

		if (strcmp(list[i].part->scenario, part->stock_of))
			continue;
		v = value_at(m, &list[i], key);
		if (rv_ok(&v))
			return "";
		why = v.why;
	}
	why = why ? why : input_why(m->in, arena_str(a, "%s.%s", name, part->setup));
	return arena_str(a, " (its stock kernel %s has none: %s)", name, why);
}

/* "a pair, in instructions: 8 on arm64, 218 on i386; 129 on x86_64-kmap-forced" */
static const char *headline(struct model *m, const struct row_family *family,
			    const struct column *list, size_t nr)
{
	struct line_key key = { family->head_case, family->head_params,
				results_metric_find(family->head_metric), NAMES_NOWHERE };
	const char *text = NULL, *one;
	size_t j;

	for (size_t i = 0; i < nr; i++) {
		const char *arch = list[i].part->arch;

		for (j = 0; j < i && strcmp(list[j].part->arch, arch); j++)
			;
		one = j < i ? NULL : arch_text(m, &key, list, nr, arch);
		if (one)
			text = text ? arena_str(m->arena, "%s, %s", text, one) : one;
	}
	for (size_t i = 0; i < nr; i++) {
		struct rvalue v = value_at(m, &list[i], &key);

		if (is_known_stock(list[i].part) || !rv_ok(&v))
			continue;
		one = arena_str(m->arena, "%s on %s%s", rv_strong(m->arena, &v),
				part_marked(m->arena, list[i].part),
				stock_lacks(m, &key, list, nr, list[i].part));
		text = text ? arena_str(m->arena, "%s; %s", text, one) : one;
	}
	return text ? arena_str(m->arena, "%s, in %s: %s.", family->head_words, key.metric->unit,
				text)
		    : NULL;
}

/* The number of the family's measured rows without a column: of variants and of other boots. */
static size_t rows_without_column(struct model *m, const struct row_family *family,
				  const char **where)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];

		if (!part->scenario || !input_usable(part) || is_column(m, family, part))
			continue;
		for (size_t j = 0; j < part->doc->nr_measurements; j++) {
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

	for (size_t i = 1; i < family->nr_cases; i++)
		text = arena_str(m->arena, "%s%s%s", text,
				 i + 1 == family->nr_cases ? " or " : ", ", family->cases[i]);
	return text;
}

/* The sentence if the row that answers is missing: the rows that exist, or why there are none. */
static const char *no_headline(struct model *m, const struct row_family *family,
			       const struct lines *lines)
{
	const char *where = NULL;
	size_t measured = 0, others = rows_without_column(m, family, &where);

	for (size_t i = 0; i < lines->nr; i++)
		measured += lines->v[i].metric != NULL;
	if (measured)
		return arena_str(
			m->arena,
			"Not answered here: the row %s of %s was not measured; the table has "
			"%zu other row%s.",
			family->head_params, family->head_case, measured, measured == 1 ? "" : "s");
	if (others)
		return arena_str(
			m->arena,
			"Not measured in any kernel that this table shows. Other boots have "
			"%zu row%s, the first in part %s, which %s not in it.",
			others, others == 1 ? "" : "s", where, others == 1 ? "is" : "are");
	if (lines->why)
		return arena_str(m->arena, "Not measured here: %s.", lines->why);
	return arena_str(m->arena, "No kernel of this run has a row of %s.", cases_text(m, family));
}

static void family_table(struct model *m, struct section *s, const struct row_family *family,
			 const struct lines *lines, const struct column *list, size_t nr)
{
	struct table *t = columns_table(m, s, family, list, nr);
	size_t skipped = 0;

	t->folded = lines->nr > 24;
	for (size_t i = 0; i < lines->nr; i++) {
		if (!lines->v[i].metric) {
			skipped++;
			continue;
		}
		table_row(m, t);
		table_cell(t, "", lines->v[i].case_id);
		table_cell(t, "", lines->v[i].params);
		table_cell(t, "", lines->v[i].metric->name);
		for (size_t j = 0; j < nr; j++) {
			struct rvalue v = value_at(m, &list[j], &lines->v[i]);

			table_value(m, t, &v);
		}
	}
	if (skipped)
		section_note(m, s,
			     arena_str(m->arena,
				       "%zu more row%s skipped in each of these "
				       "kernels; ptbench show prints the reasons.",
				       skipped, skipped == 1 ? " was" : "s were"));
}

void kernel_rows_build(struct model *m, struct page *p, const struct row_family *family)
{
	struct section *s = page_section(m, p, family->id, family->title);
	struct column *list = NULL;
	struct lines lines = { 0 };
	const char *text;
	size_t nr = 0;

	hide_own(m, family, &lines);
	for (size_t i = 0; i < m->in->nr_parts; i++) {
		if (!is_column(m, family, &m->in->parts[i]))
			continue;
		add_lines(m, family, &m->in->parts[i], &lines);
		if (!lines.nr)
			continue;
		list = arena_grow(m->arena, list, nr, sizeof(*list));
		list[nr] = (struct column){ .part = &m->in->parts[i] };
		fill_column(m, &list[nr++], &lines);
		section_source(m, s, &m->in->parts[i]);
	}
	text = headline(m, family, list, nr);
	section_answer(m, p, s, family->question, text ? mode_words(m->arena, list[0].part) : NULL,
		       text ? text : no_headline(m, family, &lines));
	if (!lines.nr)
		return;
	family_table(m, s, family, &lines, list, nr);
	if (family->note)
		section_note(m, s, family->note);
}
