// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which designs compile to the same code, and how many bytes each walk is.
 */
#include <string.h>

#include "folding.h"

static const char *const designs[] = { "static", "addr_end_folded", "addr_end_global",
				       "offset_lockless" };
#define NR_DESIGNS (sizeof(designs) / sizeof(*designs))

/* ---- which designs compile to the same code ---- */

static const char *pair_name(struct arena *arena, const char *format, const char *a, const char *b)
{
	return arena_str(arena, "%s\n%s\n%s", format, a, b);
}

static void read_identical(struct model *m)
{
	const struct report_part *part = input_part(m->in, "ref.static");
	size_t i;

	for (i = 0; part && part->doc && i < part->doc->nr_checks; i++) {
		const struct results_check *c = &part->doc->checks[i];
		const char *a = results_params_str(&c->params, "a"),
			   *b = results_params_str(&c->params, "b"),
			   *format = results_params_str(&c->params, "format");

		if (strcmp(c->id, "gup_fast/identical") != 0 || !a || !b || !format ||
		    strcmp(c->seen, "identical") != 0)
			continue;
		names_add(m->arena, &m->identical, pair_name(m->arena, format, a, b));
		names_add(m->arena, &m->identical, pair_name(m->arena, format, b, a));
	}
	m->identical_read = true;
}

static bool are_identical(struct model *m, const char *format, const char *a, const char *b)
{
	if (!m->identical_read)
		read_identical(m);
	return names_find(&m->identical, pair_name(m->arena, format, a, b)) != NAMES_NOWHERE;
}

/* The first design whose code this one shares, which speaks for all of them; itself if none. */
const char *folding_spokesman(struct model *m, const char *format, const char *design)
{
	size_t i;

	for (i = 0; i < NR_DESIGNS && strcmp(designs[i], design) != 0; i++)
		if (are_identical(m, format, designs[i], design))
			return designs[i];
	return design;
}

const char *folding_label(struct model *m, const char *format, const char *design)
{
	const char *text = design;
	size_t i, same = 0;

	for (i = 0; i < NR_DESIGNS; i++)
		if (strcmp(designs[i], design) != 0 &&
		    are_identical(m, format, designs[i], design)) {
			text = arena_str(m->arena, "%s, %s", text, designs[i]);
			same++;
		}
	if (same + 1 == NR_DESIGNS)
		return FOLDING_ALL_IDENTICAL;
	return same ? arena_str(m->arena, "%s (identical)", text) : text;
}

static int design_series(const char *design)
{
	static const int series[NR_DESIGNS] = { 4, 3, 2, 0 };
	size_t i;

	for (i = 0; i < NR_DESIGNS; i++)
		if (strcmp(designs[i], design) == 0)
			return series[i];
	return 5;
}

/* A bar that several designs share has no design's colour. */
int folding_series(const char *label, const char *design)
{
	return strcmp(label, design) == 0 ? design_series(design) : 5;
}

/* ---- code bytes ---- */

/*
 * The figure is of the formats whose walks were measured too: the table has all. NULL: nothing was
 * measured, and so it is of all.
 */
static const struct names *measured_formats(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct names *formats;
	size_t i;

	if (!part || part->why)
		return NULL;
	formats = arena_alloc(m->arena, sizeof(*formats));
	for (i = 0; i < part->doc->nr_measurements; i++) {
		const char *f = results_params_str(&part->doc->measurements[i].params, "format");

		if (f)
			names_add(m->arena, formats, f);
	}
	return formats;
}

/* The case, and all params that have no column of their own: "gup_fast/walk, symbol=all". */
static const char *row_name(struct model *m, const struct results_measurement *row)
{
	static const char *const keys[] = { "format", "design" };
	const char *rest = params_without(m->arena, &row->params, keys, 2);

	return arena_str(m->arena, "%s%s%s", clean(m->arena, row->case_id), *rest ? ", " : "", rest);
}

static void code_rows(struct model *m, struct table *t, struct figure *f,
		      const struct report_part *part, const struct names *measured)
{
	size_t i;

	for (i = 0; part && !part->why && i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *format, *design, *symbol;
		bool kernel = row->subject == RESULTS_KERNEL;
		struct rvalue v;

		if (row->skipped || strcmp(row->metric->name, "code_bytes") != 0)
			continue;
		format = param_text(m->arena, &row->params, "format",
				    part->scenario ? part->scenario : "?");
		design = param_text(m->arena, &row->params, "design", "\xe2\x80\x94");
		symbol = row_name(m, row);
		v = rv_of(row);
		if (!kernel && strcmp(folding_spokesman(m, format, design), design) != 0)
			continue;
		table_row(m, t);
		table_cell(t, "",
			   kernel ? part->scenario ? part->scenario : "kernel" : "reference");
		table_cell(t, "", kernel ? symbol : arena_str(m->arena, "%s, %s", format, symbol));
		table_cell(t, "", kernel ? design : folding_label(m, format, design));
		table_value(m, t, &v);
		if (!kernel && (!measured || names_find(measured, format) != NAMES_NOWHERE))
			figure_bar(m, f, arena_str(m->arena, "%s, %s", format, symbol), folding_label(m, format, design), &v,
				   folding_series(folding_label(m, format, design), design));
	}
}

static size_t count_identical(struct model *m, size_t *pairs)
{
	const struct report_part *part = input_part(m->in, "ref.static");
	size_t same = 0, i;

	*pairs = 0;
	for (i = 0; part && part->doc && i < part->doc->nr_checks; i++) {
		if (strcmp(part->doc->checks[i].id, "gup_fast/identical") != 0)
			continue;
		(*pairs)++;
		same += strcmp(part->doc->checks[i].seen, "identical") == 0;
	}
	return same;
}

void folding_code(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Who", "What", "Design", "#Bytes", NULL,
	};
	struct section *s = page_section(m, p, "code", "Code bytes");
	const struct report_part *part = input_part(m->in, "ref.static");
	struct table *t = section_table(m, s, "Machine code of a walk", columns);
	struct figure *f = section_figure(m, s, FIGURE_BARS, "q2-code",
					  "Reference: code bytes of a whole walk");
	const struct names *measured = measured_formats(m);
	size_t pairs, same = count_identical(m, &pairs), i;

	f->xlabel = "machine code";
	f->desc = "One bar per design and format; designs whose code is identical share a bar.";
	f->caption = "Mode static: sizes of the functions in the object files; this "
		     "build\xe2\x80\x99s compiler.";
	code_rows(m, t, f, part, measured);
	section_source(m, s, part);
	for (i = 0; i < m->in->nr_parts; i++) {
		if (m->in->parts[i].scenario && strcmp(m->in->parts[i].setup, "static") == 0) {
			section_source(m, s, &m->in->parts[i]);
			code_rows(m, t, f, &m->in->parts[i], measured);
		}
	}
	if (!t->nr_rows)
		section_answer(m, p, s, "How much code is it?", NULL,
			       arena_str(m->arena, "Not measured here: %s.",
					 input_why(m->in, "ref.static")));
	else if (!pairs)
		section_answer(m, p, s, "How much code is it?", "static",
			       "The table has the bytes of each walk. Which of the "
			       "reference\xe2\x80\x99s designs compile to identical code was not "
			       "recorded in this run.");
	else
		section_answer(m, p, s, "How much code is it?", "static",
			       arena_str(m->arena,
					 "Of the reference\xe2\x80\x99s walkers, " STRONG
					 "%zu of %zu" STRONG " pairs of designs over one format "
							     "compile to identical code, byte for "
							     "byte "
					 "and relocation for relocation; the table has the bytes "
					 "of the others.",
					 same, pairs));
}
