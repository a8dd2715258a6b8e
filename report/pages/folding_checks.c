// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which design returns the right pages where, by the checks gup_fast/only of the guests.
 */
#include <stdlib.h>
#include <string.h>

#include "../model/names.h"
#include "folding.h"

#define MAX_COLUMNS 6

static bool is_only(const struct results_check *c)
{
	return !strcmp(c->id, "gup_fast/only");
}

/* Checks of a failed part are shown, too: they may be the reason why it failed. */
static bool has_checks(const struct report_part *part)
{
	for (size_t i = 0; part->doc && i < part->doc->nr_checks; i++)
		if (is_only(&part->doc->checks[i]))
			return true;
	return false;
}

/* What a check saw, safe to print. "address - 0x80000000" does not wrap at its minus: a line that
 * begins with the number would read as that address. */
static const char *seen_text(struct model *m, const char *seen)
{
	static const char loose[] = " - 0x", tight[] = "\xc2\xa0−\xc2\xa0"
						       "0x";
	const char *rest = clean(m->arena, seen), *text = "", *at;

	for (; (at = strstr(rest, loose)); rest = at + strlen(loose))
		text = arena_str(m->arena, "%s%.*s%s", text, (int)(at - rest), rest, tight);
	return arena_str(m->arena, "%s%s", text, rest);
}

/* One design of a part's checks: a part may check several. */
struct checked {
	const struct report_part *part;
	const char *design; /* as the checks name it; NULL: they do not */
	bool alone;	    /* the part's only one */
};

/* The part's designs with such checks, in the document's order. Returns how many. */
static size_t checked_of(struct model *m, const struct report_part *part, struct checked **out)
{
	struct names seen = { 0 };
	struct checked *list = NULL;
	size_t nr = 0;

	for (size_t i = 0; part && part->doc && i < part->doc->nr_checks; i++) {
		const struct results_check *c = &part->doc->checks[i];
		const char *design = param_text(m->arena, &c->params, "design", NULL);

		if (!is_only(c) || names_add(m->arena, &seen, design ? design : "") < nr)
			continue;
		list = arena_grow(m->arena, list, nr, sizeof(*list));
		list[nr++] = (struct checked){ .part = part, .design = design };
	}
	if (nr == 1)
		list[0].alone = true;
	*out = list;
	return nr;
}

static bool is_of(struct model *m, const struct checked *x, const struct results_check *c)
{
	const char *design = param_text(m->arena, &c->params, "design", NULL);

	return is_only(c) &&
	       (x->alone || !strcmp(design ? design : "", x->design ? x->design : ""));
}

struct tally {
	size_t nr, right, cut, wrong;
	const char *example; /* what a wrong check saw */
};

static struct tally tally(struct model *m, const struct checked *x)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < x->part->doc->nr_checks; i++) {
		const struct results_check *c = &x->part->doc->checks[i];

		if (!is_of(m, x, c))
			continue;
		t.nr++;
		t.right += !strncmp(c->seen, "right", 5);
		t.cut += !strncmp(c->seen, "short", 5);
		if (!strncmp(c->seen, "wrong", 5)) {
			t.wrong++;
			if (!t.example)
				t.example = seen_text(m, c->seen);
		}
	}
	return t;
}

/* The design of a kernel's walk, from its checks or else from its rows; NULL: unknown. */
static const char *design_of(struct model *m, const struct checked *x)
{
	return x->design ? x->design : x->alone ? folding_row_design(m, x->part) : NULL;
}

/* Is it wrong on purpose: by the role of its kernel, or by the axis? */
static bool is_busted(struct model *m, const struct checked *x)
{
	return x->part->busted || word_is_busted(x->part, FOLDING_CASE, "design", design_of(m, x));
}

/* Does one of the part's checks have that design? Without such checks: do its rows? */
static bool part_has(struct model *m, const struct report_part *part, const char *design)
{
	struct checked *list;
	size_t nr = checked_of(m, part, &list);
	const char *own = part && !nr ? folding_row_design(m, part) : NULL;

	for (size_t i = 0; i < nr; i++) {
		own = design_of(m, &list[i]);
		if (own && !strcmp(own, design))
			return true;
	}
	return !nr && own && !strcmp(own, design);
}

/* Is it a busted variant of the stock scenario with another design? stock: that one's part, or
 * NULL. */
static bool is_broken(struct model *m, const struct checked *x, const char *scenario,
		      const struct report_part *stock)
{
	const struct report_part *part = x->part;
	const char *design;

	if (!scenario || !part->has_role || !part->busted || strcmp(part->stock_of, scenario) ||
	    strcmp(part->setup, FOLDING_SETUP))
		return false;
	design = design_of(m, x);
	return design && !part_has(m, stock, design);
}

/* "of 20 ranges across a boundary, 8 came back with wrong pages ("..."), 8 stopped short" */
static const char *broken_text(struct model *m, const struct checked *x, const struct tally *t)
{
	return arena_str(
		m->arena,
		"The design %s (busted) %s: on s390x, of %zu ranges across a boundary, " STRONG
		"%zu" STRONG " came back with wrong pages%s%s%s, " STRONG "%zu" STRONG
		" stopped short, %zu were right. ",
		design_of(m, x),
		t->wrong + t->cut ? "is wrong where levels fold per mm"
				  : "was not seen to be wrong",
		t->nr, t->wrong, t->example ? " (“" : "", t->example ? t->example : "",
		t->example ? "”)" : "", t->cut, t->right);
}

/* "PART"; if it has several designs "PART with DESIGN"; and " (busted)". */
static const char *checked_name(struct model *m, const struct checked *x, const char *part)
{
	return arena_str(m->arena, "%s%s%s%s", part, x->alone ? "" : " with ",
			 x->alone    ? ""
			 : x->design ? x->design
				     : "a design without a name",
			 is_busted(m, x) ? " (busted)" : "");
}

/* "DESIGN is right on 20 of 20 on s390x. ", of each design of the stock kernel. */
static const char *stock_text(struct model *m, const struct report_part *stock,
			      const char *scenario)
{
	struct checked *list;
	size_t nr = checked_of(m, stock, &list);
	const char *text = "", *design;

	for (size_t i = 0; i < nr; i++) {
		struct tally t = tally(m, &list[i]);

		design = design_of(m, &list[i]);
		text = arena_str(m->arena,
				 "%s%s%s is right on " STRONG "%zu of %zu" STRONG " on s390x. ",
				 text, design ? design : scenario,
				 is_busted(m, &list[i]) ? " (busted)" : "", t.right, t.nr);
	}
	return text;
}

/* The same of x86_64's stock kernel. */
static const char *x86_text(struct model *m, const struct report_part *stock)
{
	struct checked *list;
	size_t nr = checked_of(m, stock, &list);
	const char *text = "";

	for (size_t i = 0; i < nr; i++) {
		struct tally t = tally(m, &list[i]);

		text = arena_str(
			m->arena, "%s%s%s: %zu of %zu right", text, i ? ", " : "",
			nr > 1 || is_busted(m, &list[i])
				? checked_name(m, &list[i], stock->scenario)
				: "x86_64, which has no lockless override and folds for the "
				  "machine",
			t.right, t.nr);
	}
	return nr ? arena_str(m->arena, "%s. ", text) : "";
}

/* "The stock kernel NAME was not checked: WHY. " of a stock kernel without such checks; else "". */
static const char *unchecked_text(struct model *m, const char *arch,
				  const struct report_part *stock)
{
	const char *name = input_stock(m->in, arch);

	if (!name || (stock && has_checks(stock)))
		return "";
	return arena_str(m->arena, "The stock kernel %s was not checked: %s. ", name,
			 input_usable(stock)
				 ? "its part has no such check"
				 : input_why(m->in, input_stock_name(m->in, arch, FOLDING_SETUP)));
}

/* Checks that came out otherwise than expected, in all parts. */
static size_t count_unexpected(struct model *m)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct results_doc *doc = m->in->parts[i].doc;

		for (size_t j = 0; doc && j < doc->nr_checks; j++)
			nr += is_only(&doc->checks[j]) && !doc->checks[j].ok;
	}
	return nr;
}

static const char *checks_sentence(struct model *m)
{
	const char *scenario = input_stock(m->in, "s390x"), *others = "", *text = "";
	const struct report_part *good = input_stock_part(m->in, "s390x", FOLDING_SETUP);
	const struct report_part *x86 = input_stock_part(m->in, "x86_64", FOLDING_SETUP);
	size_t unexpected = count_unexpected(m);
	struct arena *a = m->arena;

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *part = &m->in->parts[i];
		struct checked *list;
		size_t nr = part == good || part == x86 ? 0 : checked_of(m, part, &list);

		for (size_t j = 0; j < nr; j++) {
			const char *name = clean(a, part->part->name);
			struct tally t = tally(m, &list[j]);

			if (is_broken(m, &list[j], scenario, good))
				text = arena_str(a, "%s%s", text, broken_text(m, &list[j], &t));
			else
				others = arena_str(a, "%s%s%s: %zu of %zu right", others,
						   *others ? ", " : "",
						   checked_name(m, &list[j], name), t.right, t.nr);
		}
	}
	text = arena_str(a, "%s%s%s", text, stock_text(m, good, scenario), x86_text(m, x86));
	if (*text || *others)
		text = arena_str(a, "%s%s%s", text, unchecked_text(m, "s390x", good),
				 unchecked_text(m, "x86_64", x86));
	if (*others)
		text = arena_str(a, "%sOther kernels: %s. ", text, others);
	if (unexpected)
		text = arena_str(a,
				 "%s%zu check%s came out otherwise than expected; see the table.",
				 text, unexpected, unexpected == 1 ? "" : "s");
	return *text ? text : NULL;
}

/* ---- the table: a row per range, a column per scenario ---- */

static unsigned long long boundary_of(const struct results_check *c)
{
	const struct results_param *v = results_params_get(&c->params, "boundary");

	if (!v)
		return 0;
	return v->str ? strtoull(v->str, NULL, 0) : (unsigned long long)v->num;
}

/* "2 GiB", "64 GiB + 2 MiB". */
static const char *size_words(struct arena *a, unsigned long long v)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	const char *text = "";

	for (int i = 5; i >= 0 && v; i--) {
		unsigned long long unit = 1ULL << (10 * i);

		if (v >= unit)
			text = arena_str(a, "%s%s%llu %s", text, *text ? " + " : "", v / unit,
					 units[i]);
		v %= unit;
	}
	return text;
}

static const char *boundary_text(struct model *m, const struct results_check *c)
{
	unsigned long long v = boundary_of(c);

	if (!v)
		return param_text(m->arena, &c->params, "boundary", "?");
	return arena_str(m->arena, "0x%llx (%s)", v, size_words(m->arena, v));
}

static const char *const design_key[] = { "design" };

/* One design of a part, and its first check of each range. */
struct column {
	struct checked of;
	struct names names;
	const struct results_check **checks;
};

static const char *range_name(struct model *m, const struct results_check *c)
{
	return params_id(m->arena, &c->params, design_key, 1);
}

static void fill_column(struct model *m, struct column *col)
{
	const struct results_doc *doc = col->of.part->doc;
	size_t known;

	for (size_t i = 0; i < doc->nr_checks; i++) {
		if (!is_of(m, &col->of, &doc->checks[i]))
			continue;
		known = col->names.nr;
		if (names_add(m->arena, &col->names, range_name(m, &doc->checks[i])) < known)
			continue;
		col->checks = arena_grow(m->arena, col->checks, known, sizeof(*col->checks));
		col->checks[known] = &doc->checks[i];
	}
}

static const struct results_check *find_check(struct model *m, const struct column *col,
					      const struct results_check *like)
{
	size_t at = names_find(&col->names, range_name(m, like));

	return at == NAMES_NOWHERE ? NULL : col->checks[at];
}

/* Whether an earlier part of the architecture has that range already. */
static bool seen_before(struct model *m, const struct column *cols, size_t nr,
			const struct results_check *like)
{
	for (size_t i = 0; i < nr; i++)
		if (find_check(m, &cols[i], like))
			return true;
	return false;
}

static void check_cell(struct model *m, struct table *t, const struct results_check *c)
{
	const char *seen;

	if (!c) {
		table_seen(t, "missing", "not checked");
		return;
	}
	seen = seen_text(m, c->seen);
	if (!c->ok)
		seen = arena_str(m->arena, "%s; expected %s", seen, seen_text(m, c->expect));
	table_seen(t,
		   !c->ok || !strncmp(c->seen, "wrong", 5) ? "bad"
		   : !strncmp(c->seen, "right", 5)	   ? "good"
							   : "",
		   seen);
}

static void check_row(struct model *m, struct table *t, const struct results_check *c,
		      const struct column *cols, size_t nr, bool one_format)
{
	/* Params with a column, and those that are the kernel's own. */
	static const char *const told[] = { "boundary", "cross",  "levels",
					    "alias",	"design", "format" };
	const char *more = params_without(m->arena, &c->params, told, one_format ? 6 : 5);

	table_row(m, t);
	table_cell(t, "",
		   *more ? arena_str(m->arena, "%s, %s", boundary_text(m, c), more)
			 : boundary_text(m, c));
	table_cell(t, "", param_text(m->arena, &c->params, "cross", "—"));
	table_cell(t, "", param_text(m->arena, &c->params, "levels", "—"));
	table_cell(t, "", results_params_int(&c->params, "alias", 0) ? "mapped" : "hole");
	for (size_t i = 0; i < nr; i++)
		check_cell(m, t, find_check(m, &cols[i], c));
}

/* All designs of the architecture's parts. Returns how many. */
static size_t arch_checked(struct model *m, const char *arch, struct checked **out)
{
	struct checked *all = NULL, *list;
	size_t nr = 0, n;

	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const struct report_part *p = &m->in->parts[i];

		n = p->arch && !strcmp(p->arch, arch) ? checked_of(m, p, &list) : 0;
		for (size_t j = 0; j < n; j++) {
			all = arena_grow(m->arena, all, nr, sizeof(*all));
			all[nr++] = list[j];
		}
	}
	*out = all;
	return nr;
}

/* Orders checks by levels, boundary and what is mapped below. */
static int by_range(const void *va, const void *vb)
{
	const struct results_check *a = *(const struct results_check *const *)va;
	const struct results_check *b = *(const struct results_check *const *)vb;
	long long la = results_params_int(&a->params, "levels", 0),
		  lb = results_params_int(&b->params, "levels", 0);
	int c;

	if (la != lb)
		return la < lb ? -1 : 1;
	if (boundary_of(a) != boundary_of(b))
		return boundary_of(a) < boundary_of(b) ? -1 : 1;
	c = (int)results_params_int(&a->params, "alias", 0) -
	    (int)results_params_int(&b->params, "alias", 0);
	return c ? c : results_params_cmp(&a->params, &b->params);
}

static bool one_format(const struct results_check *const *rows, size_t nr)
{
	for (size_t i = 1; i < nr; i++) {
		const char *a = results_params_str(&rows[i]->params, "format");
		const char *b = results_params_str(&rows[0]->params, "format");

		if (!a != !b || (a && strcmp(a, b)))
			return false;
	}
	return true;
}

/* Adds a table of up to MAX_COLUMNS designs. */
static void arch_table(struct model *m, struct section *s, const char *arch,
		       const struct checked *list, size_t nr, bool further)
{
	const char *columns[4 + MAX_COLUMNS + 1] = { "Boundary", "Level", "Levels",
						     "One span below" };
	const char *which = further ? ", further kernels" : "";
	const struct results_check **rows = NULL;
	struct column cols[MAX_COLUMNS];
	size_t nr_rows = 0;
	struct table *t;
	bool one;

	for (size_t i = 0; i < nr; i++) {
		cols[i] = (struct column){ .of = list[i] };
		fill_column(m, &cols[i]);
		columns[4 + i] = checked_name(m, &list[i], list[i].part->scenario);
	}
	t = section_table(m, s,
			  arena_str(m->arena,
				    "%s%s: 16 pages across a boundary, fast walk against slow GUP "
				    "page by page, its references held",
				    arch, which),
			  columns);
	for (size_t i = 0; i < nr; i++) {
		const struct results_doc *doc = list[i].part->doc;

		section_source(m, s, list[i].part);
		for (size_t j = 0; j < doc->nr_checks; j++) {
			const struct results_check *c = &doc->checks[j];

			if (!is_of(m, &list[i], c) || seen_before(m, cols, i, c))
				continue;
			rows = arena_grow(m->arena, rows, nr_rows, sizeof(*rows));
			rows[nr_rows++] = c;
		}
	}
	if (nr_rows)
		qsort(rows, nr_rows, sizeof(*rows), by_range);
	one = one_format(rows, nr_rows);
	for (size_t i = 0; i < nr_rows; i++)
		check_row(m, t, rows[i], cols, nr, one);
}

/* Notes a failure that no part checks: only a walker stopped between two steps shows it. */
static void recheck_note(struct model *m, struct section *s)
{
	section_note(
		m, s,
		"Not of this run, but of the reference by its test (prove -e '' "
		"build/ref/test/test_gup_recheck): where levels fold per mm, every design "
		"before the one that v5.9 merged rechecks an entry of the top table against "
		"its own copy, and a change beside it goes unseen. That matters where such an "
		"entry is a leaf or a PMD above PTEs: s390x with 2 levels, and 2 GiB leaves with 3. "
		"Reading 6.12 suggests the same of kernels before v5.9; none was run for it.");
}

/* ---- what the designs are ---- */

/* Adds the meanings of the designs in the part's walks, except those in `told`. */
static void part_words(struct model *m, struct section *s, const struct report_part *part,
		       struct names *told)
{
	static const enum results_subject subjects[] = { RESULTS_REF, RESULTS_KERNEL };
	const char *const *used, **fresh = NULL;
	size_t nr = 0, n, known;

	for (size_t i = 0; i < 2; i++) {
		n = words_used(m->arena, part, FOLDING_CASE, subjects[i], "design", &used);
		for (size_t j = 0; j < n; j++) {
			known = told->nr;
			if (!word_of(part, FOLDING_CASE, "design", used[j]) ||
			    names_add(m->arena, told, used[j]) < known)
				continue;
			fresh = arena_grow(m->arena, fresh, nr, sizeof(*fresh));
			fresh[nr++] = used[j];
		}
	}
	section_words(m, s, part, FOLDING_CASE, "design", fresh, nr, "What the designs are");
}

/* ref.static, which has all designs of the reference, comes first: usually one table suffices. */
static void design_words(struct model *m, struct section *s)
{
	const struct report_part *code = input_part(m->in, "ref.static");
	struct names told = { 0 };

	if (code)
		part_words(m, s, code, &told);
	for (size_t i = 0; i < m->in->nr_parts; i++)
		part_words(m, s, &m->in->parts[i], &told);
}

void folding_checks(struct model *m, struct page *p)
{
	struct section *s = page_section(m, p, "correct", "Which design is correct where");
	const char *question = "Which design is correct where?", *text = checks_sentence(m);
	const char *last = "";
	struct checked *list;
	size_t nr;

	if (!text) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Not checked here: %s.",
					 input_why(m->in, input_stock_name(m->in, "s390x",
									   FOLDING_SETUP))));
	} else {
		section_answer(m, p, s, question, "checks", text);
	}
	/* Parts are sorted by name, so those of an architecture are adjacent. */
	for (size_t i = 0; i < m->in->nr_parts; i++) {
		const char *arch = m->in->parts[i].arch;

		if (!arch || !strcmp(arch, last) || !has_checks(&m->in->parts[i]))
			continue;
		nr = arch_checked(m, arch, &list);
		for (size_t from = 0; from < nr; from += MAX_COLUMNS)
			arch_table(m, s, arch, list + from,
				   nr - from < MAX_COLUMNS ? nr - from : MAX_COLUMNS, from);
		last = arch;
	}
	if (*last)
		section_note(m, s,
			     "One span below: whether pages are mapped at the boundary minus what "
			     "one entry of that level covers. That is where a walk arrives that "
			     "keeps the old upper entry and goes on with new lower indices; with a "
			     "hole there it stops short, and in the kernel the slow path hides "
			     "it.");
	recheck_note(m, s);
	design_words(m, s);
}
