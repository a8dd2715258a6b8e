// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each way of walking folded levels costs, in instructions, time and code bytes. Which is
 * correct where is in folding_checks.c, which are the same code in folding_code.c.
 */
#include <stdlib.h>
#include <string.h>

#include "folding.h"

/* ---- rows of costs ---- */

struct walk {
	const char *who;    /* "kernel", "reference" */
	const char *format; /* with levels: "s390x, 3 levels" */
	const char *design, *label;
	const char *kind; /* "mem=dax"; "" of anonymous memory: these alone are compared */
	struct gup_cost cost;
};

static size_t read_walks(struct model *m, const struct report_part *part,
			 enum results_subject subject, const char *metric, struct walk **list,
			 size_t nr)
{
	const struct report_rows rows = { part, "gup_fast/walk", subject, metric };
	struct gup_cost *costs;
	size_t n = gup_costs(m->arena, &rows, &costs), i;

	for (i = 0; i < n; i++) {
		const struct results_params *p = costs[i].like;
		const char *leaf = results_params_str(p, "leaf");
		const char *format = param_text(m->arena, p, "format", "?");
		const char *levels = param_text(m->arena, p, "levels", NULL);
		struct walk w = { .cost = costs[i] };

		if (leaf && strcmp(leaf, "pte") != 0)
			continue;
		w.who = subject == RESULTS_KERNEL ? "kernel" : "reference";
		w.design = param_text(m->arena, p, "design", "?");
		if (subject == RESULTS_REF &&
		    strcmp(folding_spokesman(m, format, w.design), w.design) != 0)
			continue;
		w.label = subject == RESULTS_REF ? folding_label(m, format, w.design) : w.design;
		w.format = levels ? arena_str(m->arena, "%s, %s levels", format, levels) : format;
		w.kind = gup_kind(m->arena, p);
		*list = arena_grow(m->arena, *list, nr, sizeof(**list));
		(*list)[nr++] = w;
	}
	return nr;
}

static int by_format(const void *va, const void *vb)
{
	const struct walk *a = va, *b = vb;
	int c = strcmp(a->format, b->format);

	if (!c)
		c = strcmp(a->who, b->who);
	if (!c)
		c = strcmp(a->design, b->design);
	return c ? c : strcmp(a->kind, b->kind);
}

/* Whether that level has an entry of its own in the format, as far as its name says. */
static bool is_folded(const struct gup_cost *c, int level)
{
	const char *format = results_params_str(c->like, "format");
	long long levels = results_params_int(c->like, "levels", 0);

	if (levels)
		return level + 2 > levels;
	if (level != CROSS_P4D || !format)
		return false;
	return strcmp(format, "x86_64-4k-48") == 0 || strcmp(format, "x86_64-4k-57-folded") == 0;
}

static void walk_table(struct model *m, struct section *s, const char *caption,
		       const struct walk *list, size_t nr, bool folded)
{
	static const char *const columns[] = {
		"Format", "Who", "Design", "Pages of", "#Call, 1 page", "#Per page",
		"#Cross pmd", "#Cross pud", "#Cross p4d", "#Cross pgd", NULL,
	};
	struct table *t = section_table(m, s, caption, columns);
	size_t i;
	int level;

	t->folded = folded;
	for (i = 0; i < nr; i++) {
		table_row(m, t);
		table_cell(t, "", list[i].format);
		table_cell(t, "", list[i].who);
		table_cell(t, "", list[i].label);
		table_cell(t, "", *list[i].kind ? list[i].kind : "anonymous memory");
		table_value(m, t, &list[i].cost.call);
		table_value(m, t, &list[i].cost.page);
		for (level = 0; level < NR_CROSS; level++)
			if (is_folded(&list[i].cost, level))
				table_seen(t, "missing", "folded");
			else
				table_value(m, t, &list[i].cost.cross[level]);
	}
}

static void walk_bars(struct model *m, struct figure *f, const struct walk *list, size_t nr,
		      const char *format, bool name_format)
{
	const char *at = name_format ? arena_str(m->arena, "%s: ", format) : "";
	size_t i;
	int q;

	for (q = 0; q < 2; q++)
		for (i = 0; i < nr; i++)
			if (!*list[i].kind && strcmp(list[i].format, format) == 0)
				figure_bar(
					m, f,
					arena_str(m->arena, "%s%s", at,
						  q ? "each further page" : "a call for one page"),
					arena_str(m->arena, "%s%s", list[i].label,
						  strcmp(list[i].who, "kernel") == 0 ? ", kernel"
										     : ""),
					q ? &list[i].cost.page : &list[i].cost.call,
					folding_series(list[i].label, list[i].design));
}

/* Each level where it is the topmost: there the designs differ. List sorted by format. */
static void cross_bars(struct model *m, struct figure *f, const struct walk *list, size_t nr)
{
	size_t i, j;
	int level;

	for (level = 0; level < NR_CROSS; level++) {
		for (i = 0; i < nr; i++)
			if (!*list[i].kind && rv_ok(&list[i].cost.cross[level]) &&
			    !is_folded(&list[i].cost, level))
				break;
		for (j = i; j < nr && strcmp(list[j].format, list[i].format) == 0; j++)
			if (!*list[j].kind)
				figure_bar(m, f,
					   arena_str(m->arena, "across a %s boundary (%s)",
						     cross_names[level], list[i].format),
					   arena_str(m->arena, "%s%s", list[j].label,
						     strcmp(list[j].who, "kernel") == 0 ?
							     ", kernel" : ""),
					   &list[j].cost.cross[level],
					   folding_series(list[j].label, list[j].design));
	}
}

static size_t only_format(struct model *m, const struct walk *list, size_t nr, const char *prefix,
			  struct walk **out)
{
	size_t i, n = 0;

	*out = NULL;
	for (i = 0; i < nr; i++) {
		if (strncmp(list[i].format, prefix, strlen(prefix)) != 0)
			continue;
		*out = arena_grow(m->arena, *out, n, sizeof(**out));
		(*out)[n++] = list[i];
	}
	return n;
}

static const struct walk *find_walk(const struct walk *list, size_t nr, const char *who,
				    const char *format, const char *design)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (strcmp(list[i].who, who) == 0 && strcmp(list[i].format, format) == 0 &&
		    strcmp(list[i].design, design) == 0 && !*list[i].kind &&
		    rv_ok(&list[i].cost.call))
			return &list[i];
	return NULL;
}

/* A sampled difference whose interval holds 0 is none that a sentence may give. */
static bool is_seen(const struct rvalue *v)
{
	return rv_ok(v) && (v->kind != RESULTS_SAMPLED || v->low > 0 || v->high < 0);
}

/* "offset_lockless takes 140 for a call of one page and 20 for each further one, across ..." */
static const char *one_walk(struct model *m, const struct walk *w, const char *who)
{
	struct arena *a = m->arena;
	const struct gup_cost *c = &w->cost;
	const char *unseen = "", *text;
	int level;

	text = arena_str(a, "%s%s takes %s for a call of one page and %s for each further one", who,
			 w->design, rv_strong(a, &c->call), rv_strong(a, &c->page));
	for (level = 0; level < NR_CROSS; level++) {
		if (is_seen(&c->cross[level]))
			text = arena_str(a, "%s, across a %s boundary %s", text, cross_names[level],
					 rv_difference(a, &c->cross[level]));
		else if (rv_ok(&c->cross[level]))
			unseen = arena_str(a, "%s%s%s", unseen, *unseen ? " or " : "",
					   cross_names[level]);
	}
	return *unseen ? arena_str(a,
				   "%s; crossing a %s boundary makes no difference that was seen",
				   text, unseen)
		       : text;
}

static const char *versus(struct model *m, const struct walk *w, const struct walk *base)
{
	struct arena *a = m->arena;
	struct rvalue call = rv_sub(w->cost.call, base->cost.call, "");
	struct rvalue page = rv_sub(w->cost.page, base->cost.page, "");

	if (!is_seen(&call) && !is_seen(&page))
		return arena_str(a, "%s is not told apart from it", w->design);
	return arena_str(a, "%s against it: %s per call, %s per page", w->design,
			 rv_difference(a, &call), rv_difference(a, &page));
}

/* What designs that clip by the entry's value pay at the topmost boundary, where they differ. */
static const char *clip_designs(struct model *m, const struct walk *list, size_t nr,
				const char *who, const char *format)
{
	const char *text = "";
	size_t i;
	int level;

	for (i = 0; i < nr; i++) {
		const struct walk *w = &list[i];

		if (strcmp(w->who, who) != 0 || strcmp(w->format, format) != 0 || *w->kind ||
		    strncmp(w->design, "addr_end", 8) != 0)
			continue;
		for (level = NR_CROSS - 1; level > 0 && !rv_ok(&w->cost.cross[level]); level--)
			;
		if (is_seen(&w->cost.cross[level]))
			text = arena_str(m->arena, "%s; across a %s boundary %s takes %s", text,
					 cross_names[level], w->design,
					 rv_difference(m->arena, &w->cost.cross[level]));
	}
	return text;
}

/* The merged design in full, static as the difference to it; NULL: neither was measured. */
static const char *walk_sentence(struct model *m, const struct walk *list, size_t nr,
				 const char *who, const char *format)
{
	const struct walk *merged = find_walk(list, nr, who, format, "offset_lockless");
	const struct walk *plain = find_walk(list, nr, who, format, "static");
	const char *name = arena_str(m->arena, "the %s\xe2\x80\x99s ", who);

	if (merged && plain)
		return arena_str(m->arena, "%s; %s%s", one_walk(m, merged, name),
				 versus(m, plain, merged), clip_designs(m, list, nr, who, format));
	if (!merged && !plain)
		return NULL;
	return one_walk(m, merged ? merged : plain, name);
}

/* ---- instructions in the s390x guests, where levels fold per mm ---- */

static void build_instructions(struct model *m, struct page *p)
{
	static const char *const names[] = { "s390x-stock.icount-1cpu", "s390x-static.icount-"
									"1cpu" };
	struct section *s =
		page_section(m, p, "instructions", "What each design costs: instructions on s390x");
	const char *question = "What does each design cost where levels fold per mm?", *kernel,
		   *ref;
	struct walk *list = NULL, *s390x, *three;
	const struct report_part *part = NULL;
	struct figure *f;
	size_t nr = 0, n, i;

	for (i = 0; i < 2; i++) {
		const struct report_part *one = input_part(m->in, names[i]);

		section_source(m, s, one);
		if (!one || one->why)
			continue;
		if (!part)
			nr = read_walks(m, one, RESULTS_REF, "instructions", &list, nr);
		part = part ? part : one;
		nr = read_walks(m, one, RESULTS_KERNEL, "instructions", &list, nr);
	}
	nr = only_format(m, list, nr, "s390x", &s390x);
	if (!nr) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, names[0], "gup_fast/walk", NULL));
		return;
	}
	qsort(s390x, nr, sizeof(*s390x), by_format);
	kernel = walk_sentence(m, s390x, nr, "kernel", "s390x, 3 levels");
	ref = walk_sentence(m, s390x, nr, "reference", "s390x, 3 levels");
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena,
				 "In instructions, with 3 levels: %s. In the same guest, %s.",
				 kernel ? kernel : "no call of the kernel for one page",
				 ref ? ref : "no call of the reference for one page"));
	f = section_figure(m, s, FIGURE_BARS, "q2-s390x",
			   "s390x, 3 levels: a call, and each further page");
	f->xlabel = "instructions";
	walk_bars(m, f, s390x, nr, "s390x, 3 levels", false);
	f->desc = "One bar per design, for the kernel and for the reference in the same guest.";
	f->caption = arena_str(m->arena, "Mode %s. Kernel and reference counted in the same guest.",
			       mode_words(m->arena, part));
	f = section_figure(m, s, FIGURE_BARS, "q2-s390x-cross",
			   "s390x: what crossing a boundary adds");
	f->xlabel = "instructions added";
	cross_bars(m, f, s390x, nr);
	f->desc = "Extra instructions of 16 pages that straddle a boundary over 16 pages that do "
		  "not.";
	f->caption = arena_str(m->arena,
			       "Mode %s. 16 pages straddling the boundary minus 16 within a table.",
			       mode_words(m->arena, part));
	n = only_format(m, s390x, nr, "s390x, 3 levels", &three);
	walk_table(m, s, "GUP-fast on s390x with 3 levels, instructions", three, n, false);
	walk_table(m, s, "GUP-fast on s390x with every number of levels, instructions", s390x, nr,
		   true);
	section_note(m, s,
		     "The reference\xe2\x80\x99s designs are one walker source instantiated per "
		     "design. A design that returns wrong pages at a boundary has no cost there.");
}

/* ---- instructions on x86_64 ---- */

/* Of how many formats all four designs are one code. List sorted by format. */
static const char *identical_text(struct model *m, const struct walk *list, size_t nr)
{
	size_t formats = 0, same = 0, i;
	const char *last = "";

	for (i = 0; i < nr; i++) {
		if (strcmp(list[i].who, "reference") != 0 || *list[i].kind)
			continue;
		formats += strcmp(list[i].format, last) != 0;
		last = list[i].format;
		same += strcmp(list[i].label, FOLDING_ALL_IDENTICAL) == 0;
	}
	if (!same)
		return "";
	return arena_str(m->arena, " The reference\xe2\x80\x99s four designs compile to identical code "
				   "on %zu of its %zu formats there.", same, formats);
}

static void build_x86(struct model *m, struct page *p)
{
	const struct report_part *part = input_part(m->in, "x86_64-stock.icount-1cpu");
	struct section *s = page_section(m, p, "x86", "The same on x86_64: instructions");
	const char *question = "And on x86_64?", *kernel;
	struct walk *list = NULL, *x86;
	size_t nr = 0;

	section_source(m, s, part);
	if (part && !part->why) {
		nr = read_walks(m, part, RESULTS_REF, "instructions", &list, nr);
		nr = read_walks(m, part, RESULTS_KERNEL, "instructions", &list, nr);
		nr = only_format(m, list, nr, "x86_64", &x86);
	}
	if (!nr) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "x86_64-stock.icount-1cpu", "gup_fast/walk", NULL));
		return;
	}
	qsort(x86, nr, sizeof(*x86), by_format);
	kernel = walk_sentence(m, x86, nr, "kernel", "x86_64-4k-48");
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena, "In instructions, %s.%s",
				 kernel ? kernel : "no call of the kernel for one page",
				 identical_text(m, x86, nr)));
	walk_table(m, s, "GUP-fast on x86_64 formats, instructions", x86, nr, false);
}

/* ---- time, native ---- */

/* vmsplice pins each page of its buffer by GUP-fast: the nearest that user space gets to it. */
static void answer_vmsplice(struct model *m, struct page *p, struct section *s,
			    const struct report_part *part)
{
	const struct report_rows rows = { part, "gup_fast/vmsplice", RESULTS_KERNEL, "time" };
	const char *kernel = results_pairs_get(&part->doc->environment, "kernel");
	struct gup_cost *costs;
	size_t nr = gup_costs(m->arena, &rows, &costs), i;

	for (i = 0; i < nr && !gup_is_plain(costs[i].like); i++)
		;
	if (i == nr || !rv_ok(&costs[i].page))
		return;
	costs += i;
	section_answer(m, p, s, "And GUP-fast of the running kernel?", mode_words(m->arena, part),
		       arena_str(m->arena,
				 "%s: vmsplice of user pages into a pipe takes %s per page (%s); "
				 "the pipe\xe2\x80\x99s part of that is not told apart from "
				 "GUP-fast\xe2\x80\x99s.",
				 kernel ? clean(m->arena, kernel) : "This host\xe2\x80\x99s kernel",
				 costs[0].page.low > 0 ? rv_strong(m->arena, &costs[0].page)
						       : rv_difference(m->arena, &costs[0].page),
				 costs[0].page.how));
}

static void build_time(struct model *m, struct page *p)
{
	const struct report_part *part = input_part(m->in, "native");
	struct section *s =
		page_section(m, p, "time", "The reference\xe2\x80\x99s designs: time on this host");
	const char *question = "And in time?", *text;
	struct walk *list = NULL, *s390x;
	struct figure *f;
	size_t nr = 0, n;

	section_source(m, s, part);
	if (part && !part->why)
		nr = read_walks(m, part, RESULTS_REF, "time", &list, 0);
	if (!nr) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", "gup_fast/walk", NULL));
		return;
	}
	qsort(list, nr, sizeof(*list), by_format);
	n = only_format(m, list, nr, "s390x", &s390x);
	text = walk_sentence(m, list, nr, "reference", "s390x, 3 levels");
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena, "On this host, the s390x format with 3 levels: %s.",
				 text ? text : "no call for one page"));
	answer_vmsplice(m, p, s, part);
	section_load(m, s, part);
	f = section_figure(m, s, FIGURE_BARS, "q2-time",
			   "Reference: a call, and each further page");
	f->xlabel = "time";
	walk_bars(m, f, list, nr, "s390x, 3 levels", true);
	walk_bars(m, f, list, nr, "x86_64-4k-48", true);
	f->desc = "Median time per design with its interval, for two formats.";
	f->caption = "Mode native; median with 95\xc2\xa0% interval. Every format runs on every "
		     "host.";
	f = section_figure(m, s, FIGURE_BARS, "q2-time-cross",
			   "Reference, s390x: what crossing a boundary adds");
	f->xlabel = "time added";
	cross_bars(m, f, s390x, n);
	f->desc = "Extra time of 16 pages that straddle a boundary over 16 pages that do not.";
	f->caption = "Mode native; differences of medians, interval from both.";
	walk_table(m, s, "The reference\xe2\x80\x99s GUP-fast, time, all formats", list, nr,
		   nr > 8);
}

void folding_build(struct model *m)
{
	struct page *p = model_page(m, "q2.html", "Folded levels",
				    "Walking folded levels: cost and correctness",
				    "A level that is folded has one entry: the one above. Four "
				    "designs tell GUP-fast where to stop and where to step: static "
				    "sizes with a copy of the entry (v5.2 to v5.8), sizes by entry "
				    "value at the top levels or at all, and pointer plus value "
				    "(pXd_offset_lockless, d3f7b1bb2040).");

	folding_checks(m, p);
	build_instructions(m, p);
	build_x86(m, p);
	build_time(m, p);
	folding_code(m, p);
	explored_build(m, p, "gup", NULL);
}
