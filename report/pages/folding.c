// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each way of walking folded levels costs, in instructions, time and code bytes.
 * folding_checks.c shows which design is correct where, folding_code.c which are the same code;
 * folding_walks.c selects the walks.
 */
#include <stdlib.h>
#include <string.h>

#include "folding.h"

/* ---- tables and bars ---- */

static void walk_table(struct model *m, struct section *s, const char *caption,
		       const struct walks *list, bool folded)
{
	static const char *const columns[] = {
		"Format",	 "Who",	       "Design",     "Pages of",
		"#Call, 1 page", "#Per page",  "#Cross pmd", "#Cross pud",
		"#Cross p4d",	 "#Cross pgd", NULL,
	};
	struct table *t = section_table(m, s, caption, columns);

	t->folded = folded;
	for (size_t i = 0; i < list->nr; i++) {
		const struct walk *w = &list->v[i];

		table_row(m, t);
		table_cell(t, "", w->space);
		table_cell(t, "", w->who);
		table_cell(t, w->busted ? "bad" : "", w->label);
		table_cell(t, "", *w->kind ? w->kind : "anonymous memory");
		table_value(m, t, &w->cost.call);
		table_value(m, t, &w->cost.page);
		for (int level = 0; level < NR_CROSS; level++)
			if (!rv_ok(&w->cost.cross[level]) && walk_is_folded(w, level))
				table_seen(t, "missing", "folded");
			else
				table_value(m, t, &w->cost.cross[level]);
	}
}

static void walk_bars(struct model *m, struct figure *f, const struct walks *list,
		      const char *space, bool name_space)
{
	const char *at = name_space ? arena_str(m->arena, "%s: ", space) : "";

	for (int q = 0; q < 2; q++) {
		const char *heading = arena_str(m->arena, "%s%s", at,
						q ? "each further page" : "a call for one page");

		for (size_t i = 0; i < list->nr; i++) {
			const struct walk *w = &list->v[i];

			if (!*w->kind && !strcmp(w->space, space))
				figure_bar(m, f, heading, w->bar, q ? &w->cost.page : &w->cost.call,
					   w->series);
		}
	}
}

/* Bars for each level in the address space where it is topmost: there the designs differ. The list
 * is sorted by address space. */
static void cross_bars(struct model *m, struct figure *f, const struct walks *list)
{
	const struct walk *w = list->v;
	size_t i;

	for (int level = 0; level < NR_CROSS; level++) {
		for (i = 0; i < list->nr; i++)
			if (!*w[i].kind && rv_ok(&w[i].cost.cross[level]) &&
			    !walk_is_folded(&w[i], level))
				break;
		for (size_t j = i; j < list->nr && !strcmp(w[j].space, w[i].space); j++)
			if (!*w[j].kind)
				figure_bar(m, f,
					   arena_str(m->arena, "across a %s boundary (%s)",
						     cross_names[level], w[i].space),
					   w[j].bar, &w[j].cost.cross[level], w[j].series);
	}
}

/* ---- sentences ---- */

/* May a sentence give the difference? Not a sampled one whose interval contains 0. */
static bool is_seen(const struct rvalue *v)
{
	return rv_ok(v) && (v->kind != RESULTS_SAMPLED || v->low > 0 || v->high < 0);
}

/* "DESIGN takes 140 for a call of one page and 20 for each further one, across ..." */
static const char *one_walk(struct model *m, const struct walk *w, const char *who)
{
	struct arena *a = m->arena;
	const struct gup_cost *c = &w->cost;
	const char *unseen = "", *text;

	text = arena_str(a, "%s%s takes %s for a call of one page and %s for each further one", who,
			 w->marked, rv_strong(a, &c->call), rv_strong(a, &c->page));
	for (int level = 0; level < NR_CROSS; level++) {
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
		return arena_str(a, "%s is not told apart from it", w->marked);
	return arena_str(a, "%s against it: %s per call, %s per page", w->marked,
			 rv_difference(a, &call), rv_difference(a, &page));
}

/* Is it a walk of anonymous memory by `who` in `space`? A sentence compares only those. */
static bool is_compared(const struct walk *w, const char *who, const char *space)
{
	return !strcmp(w->who, who) && !strcmp(w->space, space) && !*w->kind;
}

/* The costs of the designs between the two at the topmost boundary, where they differ. */
static const char *between(struct model *m, const struct walks *list, const struct walk *plain,
			   const struct walk *merged)
{
	const char *text = "";
	int level;

	for (size_t i = 0; i < list->nr; i++) {
		const struct walk *w = &list->v[i];

		if (w == plain || w == merged || !is_compared(w, plain->who, plain->space))
			continue;
		for (level = NR_CROSS - 1; level > 0 && !rv_ok(&w->cost.cross[level]); level--)
			;
		if (is_seen(&w->cost.cross[level]))
			text = arena_str(m->arena, "%s; across a %s boundary %s takes %s", text,
					 cross_names[level], w->marked,
					 rv_difference(m->arena, &w->cost.cross[level]));
	}
	return text;
}

/*
 * A sentence with all costs of the merged design, and the plain one's as the difference to it;
 * NULL: no design was measured. Designs are in historical order: of the measured ones the first is
 * the plain one, and the last that is not busted is the merged one. The list is sorted.
 */
static const char *walk_sentence(struct model *m, const struct walks *list, const char *who,
				 const char *space)
{
	const struct walk *plain = NULL, *merged = NULL;
	const char *name = arena_str(m->arena, "the %s’s ", who);

	for (size_t i = 0; i < list->nr; i++) {
		const struct walk *w = &list->v[i];

		if (!is_compared(w, who, space) || !rv_ok(&w->cost.call))
			continue;
		plain = plain ? plain : w;
		merged = w->busted ? merged : w;
	}
	if (merged && merged != plain)
		return arena_str(m->arena, "%s; %s%s", one_walk(m, merged, name),
				 versus(m, plain, merged), between(m, list, plain, merged));
	return plain ? one_walk(m, plain, name) : NULL;
}

/* ---- instructions in the s390x guests, where levels fold per mm ---- */

/* Notes that no kernel's role is known: documents of format version 1 do not have it. */
static void role_note(struct model *m, struct section *s, const char *arch)
{
	if (!input_stock(m->in, arch))
		section_note(m, s,
			     arena_str(m->arena,
				       "No document of %s says which is the stock kernel, as "
				       "those of format version 2 do: of each design the first "
				       "kernel by name stands here.",
				       arch));
}

/* Shows walks of which no figure was measured, with the reasons; nothing if there are none. */
static void skipped_table(struct model *m, struct section *s, const struct walks *list)
{
	if (list->nr)
		walk_table(m, s, "GUP-fast’s walks, none of which was measured", list, false);
}

/* Why the first of these walks was not measured; NULL: there are none. */
static const char *first_why(const struct walks *list)
{
	return list->nr ? list->v[0].cost.call.why : NULL;
}

static void no_rows(struct model *m, struct page *p, struct section *s, const char *question,
		    const char *arch, const struct walks *list)
{
	const char *part = input_stock_name(m->in, arch, FOLDING_SETUP);

	section_source(m, s, input_part(m->in, part));
	section_answer(m, p, s, question, NULL, unanswered(m, part, FOLDING_CASE, first_why(list)));
	skipped_table(m, s, list);
}

/* "with 3 levels"; "on FORMAT" if the format's number of levels is fixed. */
static const char *space_words(struct model *m, const struct walk *w)
{
	return w->levels ? arena_str(m->arena, "with %s levels", w->levels)
			 : arena_str(m->arena, "on %s", w->format);
}

/* Reads the kernels' walks, and the reference's from the first guest that ran it. *used: the first
 * part whose figures are used. */
static struct walks read_guests(struct model *m, struct section *s, const char *arch,
				const struct report_part **used)
{
	const struct report_part **parts;
	size_t nr = folding_kernels(m, arch, &parts), of_ref = 0;
	struct walks list = { 0 };

	*used = NULL;
	section_source(m, s, input_stock_part(m->in, arch, FOLDING_SETUP));
	for (size_t i = 0; i < nr; i++) {
		section_source(m, s, parts[i]);
		if (!input_usable(parts[i]))
			continue;
		*used = *used ? *used : parts[i];
		if (!of_ref)
			of_ref = walks_read(m, &list, parts[i], RESULTS_REF, "instructions");
		walks_read(m, &list, parts[i], RESULTS_KERNEL, "instructions");
	}
	return list;
}

/*
 * "The stock kernel NAME has no call for one page here: WHY; these are figures of its variants
 * NAME, NAME. " where the walks that the sentence is about are variants' alone. Else "".
 */
static const char *stock_lacks(struct model *m, const struct walks *list, const char *arch,
			       const char *space)
{
	const char *stock = input_stock(m->in, arch), *others = "", *why;
	struct names seen = { 0 };

	for (size_t i = 0; stock && i < list->nr; i++) {
		const struct walk *w = &list->v[i];
		const struct report_part *part = w->cost.rows.part;
		size_t known = seen.nr;

		if (!is_compared(w, "kernel", space) || !rv_ok(&w->cost.call))
			continue;
		if (!strcmp(part->scenario, stock))
			return "";
		if (names_add(m->arena, &seen, part->scenario) == known)
			others = arena_str(m->arena, "%s%s%s", others, known ? ", " : "",
					   part_marked(m->arena, part));
	}
	if (!seen.nr)
		return "";
	why = input_usable(input_stock_part(m->in, arch, FOLDING_SETUP))
		      ? "not measured"
		      : input_why(m->in, input_stock_name(m->in, arch, FOLDING_SETUP));
	return arena_str(m->arena,
			 "The stock kernel %s has no call for one page here: %s; these are figures "
			 "of its variant%s %s. ",
			 stock, why, seen.nr == 1 ? "" : "s", others);
}

static void instruction_figures(struct model *m, struct section *s, const struct report_part *part,
				const struct walks *list, const struct walk *head)
{
	struct figure *f;

	f = section_figure(m, s, FIGURE_BARS, "q2-s390x",
			   arena_str(m->arena, "%s: a call, and each further page", head->space));
	f->xlabel = "instructions";
	walk_bars(m, f, list, head->space, false);
	f->desc = "One bar per design, for the kernel and for the reference in the same guest.";
	f->caption = folding_shared_caption(
		m, f,
		arena_str(m->arena, "Mode %s. Kernel and reference counted in the same guest.",
			  mode_words(m->arena, part)));
	f = section_figure(m, s, FIGURE_BARS, "q2-s390x-cross",
			   "s390x: what crossing a boundary adds");
	f->xlabel = "instructions added";
	cross_bars(m, f, list);
	f->desc = "Extra instructions of 16 pages that straddle a boundary over 16 pages that do "
		  "not.";
	f->caption = folding_shared_caption(
		m, f,
		arena_str(m->arena,
			  "Mode %s. 16 pages straddling the boundary minus 16 within a table.",
			  mode_words(m->arena, part)));
}

static void build_instructions(struct model *m, struct page *p)
{
	struct section *s =
		page_section(m, p, "instructions", "What each design costs: instructions on s390x");
	const char *question = "What does each design cost where levels fold per mm?", *kernel,
		   *ref;
	const struct report_part *part;
	struct walks list = read_guests(m, s, "s390x", &part), one;
	const struct walk *head;

	list = walks_of_arch(m, &list, "s390x");
	head = walks_head(m, &list, WALKS_ANY, NULL);
	walks_sort(&list);
	if (!head || !walks_measured(&list)) {
		no_rows(m, p, s, question, "s390x", &list);
		return;
	}
	kernel = walk_sentence(m, &list, "kernel", head->space);
	ref = walk_sentence(m, &list, "reference", head->space);
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena, "%sIn instructions, %s: %s. In the same guest, %s.",
				 stock_lacks(m, &list, "s390x", head->space), space_words(m, head),
				 kernel ? kernel : "no call of the kernel for one page",
				 ref ? ref : "no call of the reference for one page"));
	instruction_figures(m, s, part, &list, head);
	one = walks_in(m, &list, head->space);
	walk_table(m, s,
		   arena_str(m->arena, "GUP-fast on s390x %s, instructions", space_words(m, head)),
		   &one, false);
	walk_table(m, s, "GUP-fast on s390x with every number of levels, instructions", &list,
		   true);
	section_note(m, s,
		     "The reference’s designs are one walker source instantiated per "
		     "design. A design that returns wrong pages at a boundary has no cost there.");
	role_note(m, s, "s390x");
}

/* ---- instructions on x86_64 ---- */

/* In how many formats all designs compile to the same code. The list is sorted by format. */
static const char *identical_text(struct model *m, const struct walks *list)
{
	size_t formats = 0, same = 0, designs = 0;
	const char *last = "", *told = "";
	bool alike = true; /* all these formats have the same number of designs */

	for (size_t i = 0; i < list->nr; i++) {
		const struct walk *w = &list->v[i];

		if (strcmp(w->who, "reference") || *w->kind)
			continue;
		formats += !!strcmp(w->space, last);
		last = w->space;
		if (!w->nr_identical || !strcmp(w->space, told))
			continue;
		told = w->space;
		alike = alike && (!same || designs == w->nr_identical);
		designs = w->nr_identical;
		same++;
	}
	if (!same)
		return "";
	return arena_str(m->arena, " The reference’s %s%sdesigns compile to identical code on %s.",
			 alike ? folding_number(m, designs) : "", alike ? " " : "",
			 formats == 1 ? "its one format there"
				      : arena_str(m->arena, "%zu of its %zu formats there", same,
						  formats));
}

/* The part of the architecture's stock kernel; of its first kernel if no document names that. */
static const struct report_part *stock_or_first(struct model *m, const char *arch)
{
	const struct report_part **parts;

	if (input_stock(m->in, arch))
		return input_stock_part(m->in, arch, FOLDING_SETUP);
	return folding_kernels(m, arch, &parts) ? parts[0] : NULL;
}

static void build_x86(struct model *m, struct page *p)
{
	const struct report_part *part = stock_or_first(m, "x86_64");
	struct section *s =
		page_section(m, p, "x86", "What each design costs: instructions on x86_64");
	const char *question = "What does each design cost on x86_64?", *kernel;
	const struct walk *head;
	struct walks list = { 0 };

	section_source(m, s, part);
	if (input_usable(part)) {
		walks_read(m, &list, part, RESULTS_REF, "instructions");
		walks_read(m, &list, part, RESULTS_KERNEL, "instructions");
	}
	list = walks_of_arch(m, &list, "x86_64");
	if (!walks_measured(&list)) {
		no_rows(m, p, s, question, "x86_64", &list);
		return;
	}
	head = walks_head(m, &list, WALKS_ANY, NULL);
	walks_sort(&list);
	kernel = head ? walk_sentence(m, &list, "kernel", head->space) : NULL;
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena, "In instructions, %s.%s",
				 kernel ? kernel : "no call of the kernel for one page",
				 identical_text(m, &list)));
	walk_table(m, s, "GUP-fast on x86_64 formats, instructions", &list, false);
	role_note(m, s, "x86_64");
}

/* ---- time, native ---- */

/* vmsplice takes each page of its buffer by GUP-fast: user space's most direct use of it. */
static void answer_vmsplice(struct model *m, struct page *p, struct section *s,
			    const struct report_part *part)
{
	const struct report_rows rows = { part, "gup_fast/vmsplice", RESULTS_KERNEL, "time" };
	const char *kernel = results_pairs_get(&part->doc->environment, "kernel");
	struct gup_cost *costs;
	size_t nr = gup_costs(m->arena, &rows, &costs), i;
	const char *text;

	for (i = 0; i < nr && !gup_is_plain(costs[i].like); i++)
		;
	if (i == nr || !rv_ok(&costs[i].page))
		return;
	costs += i;
	text = is_seen(&costs[0].page)
		       ? arena_str(m->arena,
				   "takes %s per page (%s); the pipe’s part of that is not told "
				   "apart from GUP-fast’s.",
				   rv_strong(m->arena, &costs[0].page), costs[0].page.how)
		       : arena_str(m->arena,
				   "takes no longer for further pages, as far as was seen (%s per "
				   "page, %s).",
				   rv_text(m->arena, &costs[0].page), costs[0].page.how);
	section_answer(m, p, s, "What does GUP-fast of the running kernel take?",
		       mode_words(m->arena, part),
		       arena_str(m->arena, "%s: vmsplice of user pages into a pipe %s",
				 kernel ? clean(m->arena, kernel) : "This host’s kernel", text));
}

/*
 * A walk of the native part in the address space of the architecture's stock kernel, if that is in
 * this run; else in the first address space that folds like `fold`, preferring formats of this
 * host's architecture.
 */
static const struct walk *time_head(struct model *m, const struct walks *list, const char *arch,
				    enum walks_fold fold)
{
	const struct report_part *stock = input_stock_part(m->in, arch, FOLDING_SETUP);
	const char *host = results_pairs_get(&list->v[0].cost.rows.part->doc->environment, "arch");
	const struct walk *head;
	struct walks own = { 0 };

	if (input_usable(stock) && walks_read(m, &own, stock, RESULTS_KERNEL, "instructions")) {
		head = walks_head(m, &own, WALKS_ANY, NULL);
		own = walks_in(m, list, head ? head->space : "");
		head = walks_head(m, &own, WALKS_ANY, NULL);
		if (head)
			return head;
	}
	head = host ? walks_head(m, list, fold, host) : NULL;
	return head ? head : walks_head(m, list, fold, NULL);
}

static void time_figures(struct model *m, struct section *s, const struct walks *list,
			 const struct walk *const *heads, size_t nr)
{
	struct figure *f;
	struct walks one = walks_of_format(m, list, heads[0]->format);

	f = section_figure(m, s, FIGURE_BARS, "q2-time",
			   "Reference: a call, and each further page");
	f->xlabel = "time";
	for (size_t i = 0; i < nr; i++)
		walk_bars(m, f, list, heads[i]->space, true);
	f->desc = arena_str(m->arena, "Median time per design with its interval, for %s.",
			    nr == 1 ? "one format" : "two formats");
	f->caption = folding_shared_caption(m, f,
					    "Mode native; median with 95\xc2\xa0% interval. Every "
					    "format runs on every host.");
	f = section_figure(m, s, FIGURE_BARS, "q2-time-cross",
			   arena_str(m->arena, "Reference, %s: what crossing a boundary adds",
				     heads[0]->format));
	f->xlabel = "time added";
	cross_bars(m, f, &one);
	f->desc = "Extra time of 16 pages that straddle a boundary over 16 pages that do not.";
	f->caption = folding_shared_caption(
		m, f, "Mode native; differences of medians, interval from both.");
}

static void build_time(struct model *m, struct page *p)
{
	const struct report_part *part = input_part(m->in, "native");
	struct section *s =
		page_section(m, p, "time", "The reference’s designs: time on this host");
	const char *question = "What does each design cost in time?", *text = NULL, *where = "";
	const struct walk *heads[2], *head;
	struct walks list = { 0 };
	size_t nr = 0;

	section_source(m, s, part);
	if (input_usable(part))
		walks_read(m, &list, part, RESULTS_REF, "time");
	if (!walks_measured(&list)) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, "native", FOLDING_CASE, first_why(&list)));
		skipped_table(m, s, &list);
		return;
	}
	head = time_head(m, &list, "s390x", WALKS_PER_MM);
	if (head)
		heads[nr++] = head;
	head = time_head(m, &list, "x86_64", WALKS_NOT_PER_MM);
	if (head && (!nr || strcmp(head->space, heads[0]->space)))
		heads[nr++] = head;
	walks_sort(&list);
	if (nr) {
		text = walk_sentence(m, &list, "reference", heads[0]->space);
		where = arena_str(m->arena, ", the %s format%s", heads[0]->format,
				  heads[0]->levels
					  ? arena_str(m->arena, " with %s levels", heads[0]->levels)
					  : "");
	}
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena, "On this host%s: %s.", where,
				 text ? text : "no call for one page"));
	answer_vmsplice(m, p, s, part);
	section_load(m, s, part);
	if (nr)
		time_figures(m, s, &list, heads, nr);
	walk_table(m, s, "The reference’s GUP-fast, time, all formats", &list, list.nr > 8);
}

void folding_build(struct model *m)
{
	struct page *p = model_page(m, "q2.html", "Folded levels",
				    "Walking folded levels: cost and correctness",
				    "A level that is folded has one entry: the one above. Designs "
				    "differ in what tells GUP-fast where to stop and where to "
				    "step: static sizes with a copy of the entry (v5.2 to v5.8), "
				    "sizes by entry value at the top levels or at all, or pointer "
				    "plus value (d3f7b1bb2040).");

	folding_checks(m, p);
	build_instructions(m, p);
	build_x86(m, p);
	build_time(m, p);
	folding_code(m, p);
	explored_build(m, p, "gup", NULL);
}
