// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which designs compile to the same code, and how many bytes each walk is.
 */
#include <string.h>

#include "folding.h"

/* ---- which designs compile to the same code ---- */

/* The code of a design for one format. */
struct code {
	const char *design;
	size_t place; /* the design's place in the axis */
	size_t *same; /* other designs with the same code, in the order of the axis */
	size_t nr_same;
};

/* Read from ref.static's rows and pairs. */
struct folding_codes {
	const struct report_part *part;
	struct names formats;
	size_t *nr_designs; /* of each format */
	struct names names; /* "FORMAT\nDESIGN" */
	struct code *codes; /* one for each of `names`, in the document's order */
	struct names pairs; /* pairs of designs with the same code */
};

static size_t code_add(struct model *m, struct folding_codes *c, const char *format,
		       const char *design)
{
	size_t nr = c->names.nr, f;
	size_t at = names_add(m->arena, &c->names, arena_str(m->arena, "%s\n%s", format, design));

	if (at < nr)
		return at;
	c->codes = arena_grow(m->arena, c->codes, nr, sizeof(*c->codes));
	c->codes[at] = (struct code){
		.design = design,
		.place = word_place(c->part, FOLDING_CASE, "design", design),
	};
	nr = c->formats.nr;
	f = names_add(m->arena, &c->formats, format);
	if (f == nr) {
		c->nr_designs = arena_grow(m->arena, c->nr_designs, nr, sizeof(*c->nr_designs));
		c->nr_designs[f] = 0;
	}
	c->nr_designs[f]++;
	return at;
}

static bool comes_before(const struct folding_codes *c, size_t a, size_t b)
{
	size_t x = c->codes[a].place, y = c->codes[b].place;

	return x != y ? x < y : a < b;
}

static void add_same(struct model *m, struct folding_codes *c, size_t at, size_t other)
{
	struct code *code = &c->codes[at];
	size_t i;

	code->same = arena_grow(m->arena, code->same, code->nr_same, sizeof(*code->same));
	for (i = code->nr_same++; i && comes_before(c, other, code->same[i - 1]); i--)
		code->same[i] = code->same[i - 1];
	code->same[i] = other;
}

/* Reads the params of a row or a check of ref.static; seen: NULL for a row. */
static void read_codes(struct model *m, struct folding_codes *c, const char *id,
		       const struct results_params *p, const char *seen)
{
	const char *format = param_text(m->arena, p, "format", NULL);
	const char *design = param_text(m->arena, p, "design", NULL);
	const char *a = param_text(m->arena, p, "a", NULL), *b = param_text(m->arena, p, "b", NULL);
	size_t one, other, nr = c->pairs.nr;

	if (format && design && !strcmp(id, FOLDING_CASE))
		code_add(m, c, format, design);
	if (!format || !a || !b || !strcmp(a, b) || strcmp(id, "gup_fast/identical"))
		return;
	one = code_add(m, c, format, a);
	other = code_add(m, c, format, b);
	if (!seen || strcmp(seen, "identical") ||
	    names_add(m->arena, &c->pairs, arena_str(m->arena, "%s\n%s\n%s", format, a, b)) < nr)
		return;
	names_add(m->arena, &c->pairs, arena_str(m->arena, "%s\n%s\n%s", format, b, a));
	add_same(m, c, one, other);
	add_same(m, c, other, one);
}

static struct folding_codes *codes_of(struct model *m)
{
	struct folding_codes *c = m->folding;
	const struct results_doc *doc;

	if (c)
		return c;
	c = m->folding = arena_alloc(m->arena, sizeof(*c));
	c->part = input_part(m->in, "ref.static");
	doc = c->part ? c->part->doc : NULL;
	for (size_t i = 0; doc && i < doc->nr_checks; i++)
		read_codes(m, c, doc->checks[i].id, &doc->checks[i].params, doc->checks[i].seen);
	for (size_t i = 0; doc && i < doc->nr_measurements; i++)
		read_codes(m, c, doc->measurements[i].case_id, &doc->measurements[i].params, NULL);
	return c;
}

/* The index of the design's code in c->codes, or NAMES_NOWHERE. */
static size_t find_code(struct model *m, const char *format, const char *design)
{
	return names_find(&codes_of(m)->names, arena_str(m->arena, "%s\n%s", format, design));
}

size_t folding_before(struct model *m, const char *format, const char *design,
		      const char *const **out)
{
	const struct folding_codes *c = codes_of(m);
	size_t at = find_code(m, format, design), nr = 0;
	const struct code *code = at == NAMES_NOWHERE ? NULL : &c->codes[at];
	const char **names =
		arena_alloc(m->arena, ((code ? code->nr_same : 0) + 1) * sizeof(*names));

	for (; code && nr < code->nr_same && comes_before(c, code->same[nr], at); nr++)
		names[nr] = c->codes[code->same[nr]].design;
	*out = names;
	return nr;
}

size_t folding_nr_identical(struct model *m, const char *format, const char *design)
{
	const struct folding_codes *c = codes_of(m);
	size_t at = find_code(m, format, design), nr;

	if (at == NAMES_NOWHERE || !c->codes[at].nr_same)
		return 0;
	nr = c->codes[at].nr_same + 1;
	return nr == c->nr_designs[names_find(&c->formats, format)] ? nr : 0;
}

const char *folding_number(struct model *m, size_t nr)
{
	static const char *const words[] = { "two",   "three", "four", "five",	 "six",	  "seven",
					     "eight", "nine",  "ten",  "eleven", "twelve" };

	return nr >= 2 && nr <= 12 ? words[nr - 2] : arena_str(m->arena, "%zu", nr);
}

const char *folding_marked(struct model *m, const struct report_part *part, const char *design)
{
	return word_is_busted(part, FOLDING_CASE, "design", design)
		       ? arena_str(m->arena, "%s (busted)", design)
		       : design;
}

/* "; busted: NAME, NAME" of the designs with this code; "" if none is. */
static const char *busted_text(struct model *m, const struct report_part *part,
			       const struct folding_codes *c, size_t at)
{
	const struct code *code = &c->codes[at];
	const char *text = "", *design;

	for (size_t i = 0; i <= code->nr_same; i++) {
		design = i ? c->codes[code->same[i - 1]].design : code->design;
		if (word_is_busted(part, FOLDING_CASE, "design", design))
			text = arena_str(m->arena, "%s%s%s", text,
					 *text ? ", " : "; busted: ", design);
	}
	return text;
}

const char *folding_label(struct model *m, const struct report_part *part, const char *format,
			  const char *design)
{
	const struct folding_codes *c = codes_of(m);
	size_t at = find_code(m, format, design), all = folding_nr_identical(m, format, design);
	const struct code *code = at == NAMES_NOWHERE ? NULL : &c->codes[at];
	const char *text = folding_marked(m, part, design);

	if (all)
		return arena_str(m->arena, "all %s (identical%s)", folding_number(m, all),
				 busted_text(m, part, c, at));
	for (size_t i = 0; code && i < code->nr_same; i++)
		text = arena_str(m->arena, "%s, %s", text,
				 folding_marked(m, part, c->codes[code->same[i]].design));
	return code && code->nr_same ? arena_str(m->arena, "%s (identical)", text) : text;
}

#define IDENTICAL " identical" /* the end of a bar's label that leaves names out */

const char *folding_bar_label(struct model *m, const struct report_part *part, const char *format,
			      const char *design)
{
	const struct folding_codes *c = codes_of(m);
	size_t at = find_code(m, format, design);

	if (at == NAMES_NOWHERE || !c->codes[at].nr_same || folding_nr_identical(m, format, design))
		return folding_label(m, part, format, design);
	return arena_str(m->arena, "%s + %zu" IDENTICAL, folding_marked(m, part, design),
			 c->codes[at].nr_same);
}

const char *folding_shared_caption(struct model *m, const struct figure *f, const char *caption)
{
	for (size_t i = 0; i < f->nr_bars; i++) {
		const char *label = f->bars[i].label;
		size_t len = strlen(label), end = strlen(IDENTICAL);

		if (len > end && !strcmp(label + len - end, IDENTICAL))
			return arena_str(m->arena,
					 "%s “%s”: designs that compile to identical code; the "
					 "table names all.",
					 caption, label);
	}
	return caption;
}

/* A colour by the design's place in the axis. */
static int design_series(const struct report_part *part, const char *design)
{
	static const int series[] = { 4, 3, 2, 0 };
	size_t place = word_place(part, FOLDING_CASE, "design", design);

	if (!word_of(part, FOLDING_CASE, "design", design) || place >= 4 ||
	    word_is_busted(part, FOLDING_CASE, "design", design))
		return 5;
	return series[place];
}

int folding_series(struct model *m, const struct report_part *part, const char *label,
		   const char *design)
{
	return !strcmp(label, folding_marked(m, part, design)) ? design_series(part, design) : 5;
}

/* ---- code bytes ---- */

/*
 * The formats that the figure shows: those whose walks were measured natively, too. The table has
 * all. NULL: nothing was measured; the figure shows all formats.
 */
static const struct names *measured_formats(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct names *formats;

	if (!input_usable(part))
		return NULL;
	formats = arena_alloc(m->arena, sizeof(*formats));
	for (size_t i = 0; i < part->doc->nr_measurements; i++) {
		const char *f = results_params_str(&part->doc->measurements[i].params, "format");

		if (f)
			names_add(m->arena, formats, f);
	}
	return formats;
}

/* The case, and all params without a column of their own: "gup_fast/walk, symbol=all". */
static const char *row_name(struct model *m, const struct results_measurement *row)
{
	static const char *const keys[] = { "format", "design" };
	const char *rest = params_without(m->arena, &row->params, keys, 2);

	return arena_str(m->arena, "%s%s%s", clean(m->arena, row->case_id), *rest ? ", " : "",
			 rest);
}

/* Does a row of an earlier design with the same code show these bytes? */
static bool is_told(struct model *m, const struct report_part *part,
		    const struct results_measurement *row, const char *format, const char *design)
{
	const struct report_rows rows = { part, row->case_id, row->subject, "code_bytes" };
	const char *const *before;
	size_t nr = folding_before(m, format, design, &before);

	for (size_t i = 0; i < nr; i++) {
		const struct report_cond cond = { .key = "design", .str = before[i] };

		if (rows_find(m->arena, &rows, &row->params, &cond, 1, NULL))
			return true;
	}
	return false;
}

/* The label of a row of the reference. Where the first of identical designs was skipped, each
 * further one has its row, too, and cannot stand for all designs of the format. */
static const char *code_label(struct model *m, const struct report_part *part, const char *format,
			      const char *design)
{
	const char *const *before;
	size_t all = folding_nr_identical(m, format, design);

	if (!all || !folding_before(m, format, design, &before))
		return folding_label(m, part, format, design);
	return arena_str(m->arena, "%s, one of %s (identical)", folding_marked(m, part, design),
			 folding_number(m, all));
}

/* Adds a part's rows, measured or skipped. Returns how many were measured. */
static size_t code_rows(struct model *m, struct table *t, struct figure *f,
			const struct report_part *part, const struct names *measured)
{
	size_t nr = 0;

	for (size_t i = 0; input_usable(part) && i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];
		const char *format, *design, *label, *symbol;
		bool kernel = row->subject == RESULTS_KERNEL;
		struct rvalue v;

		if (row->skipped ? strcmp(part->doc->mode, "static")
				 : strcmp(row->metric->name, "code_bytes"))
			continue;
		format = param_text(m->arena, &row->params, "format",
				    part->scenario ? part->scenario : "?");
		design = param_text(m->arena, &row->params, "design", "—");
		symbol = row_name(m, row);
		v = row->skipped ? rv_missing(clean(m->arena, row->skipped)) : rv_of(row);
		nr += rv_ok(&v);
		if (!kernel && is_told(m, part, row, format, design))
			continue;
		label = kernel ? folding_marked(m, part, design)
			       : code_label(m, part, format, design);
		table_row(m, t);
		table_cell(t, "",
			   kernel ? part->scenario ? part_marked(m->arena, part) : "kernel"
				  : "reference");
		table_cell(t, "", kernel ? symbol : arena_str(m->arena, "%s, %s", format, symbol));
		table_cell(t, word_is_busted(part, FOLDING_CASE, "design", design) ? "bad" : "",
			   label);
		table_value(m, t, &v);
		if (!kernel && (!measured || names_find(measured, format) != NAMES_NOWHERE))
			figure_bar(m, f, arena_str(m->arena, "%s, %s", format, symbol),
				   folding_bar_label(m, part, format, design), &v,
				   folding_series(m, part, label, design));
	}
	return nr;
}

static size_t count_identical(struct model *m, size_t *pairs)
{
	const struct report_part *part = input_part(m->in, "ref.static");
	size_t same = 0;

	*pairs = 0;
	for (size_t i = 0; part && part->doc && i < part->doc->nr_checks; i++) {
		if (strcmp(part->doc->checks[i].id, "gup_fast/identical"))
			continue;
		(*pairs)++;
		same += !strcmp(part->doc->checks[i].seen, "identical");
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
	size_t pairs, same = count_identical(m, &pairs), nr;

	f->xlabel = "machine code";
	f->desc = "One bar per design and format; designs whose code is identical share a bar.";
	f->caption = "Mode static: sizes of the functions in the object files; this "
		     "build’s compiler.";
	nr = code_rows(m, t, f, part, measured);
	section_source(m, s, part);
	for (size_t i = 0; i < m->in->nr_parts; i++) {
		if (m->in->parts[i].scenario && !strcmp(m->in->parts[i].setup, "static")) {
			section_source(m, s, &m->in->parts[i]);
			nr += code_rows(m, t, f, &m->in->parts[i], measured);
		}
	}
	f->caption = folding_shared_caption(m, f, f->caption);
	if (!t->nr_rows)
		section_answer(m, p, s, "How much code is it?", NULL,
			       arena_str(m->arena, "Not measured here: %s.",
					 input_why(m->in, "ref.static")));
	else if (!nr)
		section_answer(m, p, s, "How much code is it?", NULL,
			       "Not measured here: the table has the reason of each row.");
	else if (!pairs)
		section_answer(m, p, s, "How much code is it?", "static",
			       "The table has the bytes of each walk. Which of the "
			       "reference’s designs compile to identical code was not "
			       "recorded in this run.");
	else
		section_answer(m, p, s, "How much code is it?", "static",
			       arena_str(m->arena,
					 "Of the reference’s walkers, " STRONG "%zu of %zu" STRONG
					 " pairs of designs over one format "
					 "compile to identical code, byte for "
					 "byte "
					 "and relocation for relocation; the table has the bytes "
					 "of the others.",
					 same, pairs));
}
