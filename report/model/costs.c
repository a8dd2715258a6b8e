// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The costs of a walk (per call, page and crossing) and of freeing a table, from their rows.
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "names.h"
#include "versions.h"

const char *const cross_names[NR_CROSS] = { "pmd", "pud", "p4d", "pgd" };

static const char *const gup_keys[] = { "pages", "cross" };

/* Page counts for a per-page slope: beyond a call's fixed part, within a table of any format. */
#define SLOPE_MIN_PAGES 8
#define SLOPE_MAX_PAGES 256

static struct rvalue gup_row(struct arena *a, const struct gup_cost *g, long long pages,
			     const char *cross)
{
	const struct report_cond conds[] = {
		{ .key = "pages", .num = pages, .absent = pages == 1 },
		{ .key = "cross", .str = cross, .absent = !strcmp(cross, "none") },
	};
	const char *why;
	const struct results_measurement *m = rows_find(a, &g->rows, g->like, conds, 2, &why);

	return m ? rv_of(m) : rv_missing(why);
}

/* Calls fn for the page count of every row of the group with that `cross`. */
static void each_pages(const struct gup_cost *g, const char *cross,
		       void (*fn)(long long pages, void *arg), void *arg)
{
	for (size_t i = 0; i < g->nr; i++) {
		const struct results_params *p = &g->v[i]->params;
		const char *c = results_params_str(p, "cross");

		if (!strcmp(c ? c : "none", cross))
			fn(results_params_int(p, "pages", 1), arg);
	}
}

struct slope_ends {
	long long least; /* pages: smaller counts are ignored */
	long long low, high;
};

static void widen_slope(long long pages, void *arg)
{
	struct slope_ends *s = arg;

	if (pages < s->least || pages > SLOPE_MAX_PAGES)
		return;
	if (!s->low || pages < s->low)
		s->low = pages;
	if (pages > s->high)
		s->high = pages;
}

static void gup_page(struct arena *a, struct gup_cost *g)
{
	struct slope_ends ends = { .least = SLOPE_MIN_PAGES };
	struct rvalue y[2];
	double x[2];

	each_pages(g, "none", widen_slope, &ends);
	/* vmsplice rows end at 16 pages, the buffers of a pipe: take counts from 2 pages on. */
	if (ends.low && ends.high < 4 * ends.low) {
		ends = (struct slope_ends){ .least = 2 };
		each_pages(g, "none", widen_slope, &ends);
	}
	if (!ends.low || ends.low == ends.high) {
		g->page = rv_missing(ends.low ? "one size only" : "not run");
		return;
	}
	x[0] = (double)ends.low;
	x[1] = (double)ends.high;
	y[0] = gup_row(a, g, ends.low, "none");
	y[1] = gup_row(a, g, ends.high, "none");
	g->page = rv_slope(a, x, y, 2,
			   arena_str(a, "slope from %lld to %lld pages", ends.low, ends.high));
}

struct cross_pick {
	struct arena *a;
	const struct gup_cost *g;
	long long pages;
};

/* Picks the smallest page count with a row that crosses and one that does not. */
static void pick_cross(long long pages, void *arg)
{
	struct cross_pick *p = arg;
	struct rvalue none;

	if (pages < 2 || (p->pages && pages >= p->pages))
		return;
	none = gup_row(p->a, p->g, pages, "none");
	if (rv_ok(&none))
		p->pages = pages;
}

static void gup_cross(struct arena *a, struct gup_cost *g, int level)
{
	struct cross_pick pick = { a, g, 0 };
	struct rvalue skipped;

	each_pages(g, cross_names[level], pick_cross, &pick);
	if (!pick.pages) {
		skipped = gup_row(a, g, 16, cross_names[level]);
		g->cross[level] =
			rv_missing(rv_ok(&skipped) ? "no row without the crossing" : skipped.why);
		return;
	}
	g->cross[level] = rv_sub(gup_row(a, g, pick.pages, cross_names[level]),
				 gup_row(a, g, pick.pages, "none"),
				 arena_str(a, "%lld pages across a %s boundary minus %lld within",
					   pick.pages, cross_names[level], pick.pages));
}

/* A series of which no row was measured: every value is missing for a skipped row's reason. */
static void gup_skipped(struct arena *a, struct gup_cost *g, const char *why)
{
	g->call = g->page = rv_missing(clean(a, why));
	for (int level = 0; level < NR_CROSS; level++)
		gup_cross(a, g, level);
}

/* skipped: makes entries of series without a measured row, too. */
static size_t costs_of(struct arena *a, const struct report_rows *rows, bool skipped,
		       struct gup_cost **out)
{
	const struct results_doc *doc = rows->part->doc;
	const char **whys = NULL; /* of a series whose first row was skipped: why; else NULL */
	struct gup_cost *list = NULL, *g;
	struct names groups = { 0 };
	size_t at, nr = 0;

	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if ((m->skipped && !skipped) || m->subject != rows->subject ||
		    strcmp(m->case_id, rows->case_id) ||
		    (!m->skipped && strcmp(m->metric->name, rows->metric)))
			continue;
		at = names_add(a, &groups, params_id(a, &m->params, gup_keys, 2));
		if (at == nr) {
			list = arena_grow(a, list, nr, sizeof(*list));
			whys = arena_grow(a, whys, nr, sizeof(*whys));
			whys[nr] = m->skipped;
			list[nr++] = (struct gup_cost){ .rows = *rows, .like = &m->params };
		}
		if (m->skipped)
			continue;
		g = &list[at];
		g->v = arena_grow(a, g->v, g->nr, sizeof(*g->v));
		g->v[g->nr++] = m;
	}
	for (size_t i = 0; i < nr; i++) {
		if (!list[i].nr) {
			gup_skipped(a, &list[i], whys[i]);
			continue;
		}
		list[i].call = gup_row(a, &list[i], 1, "none");
		list[i].call.how = "one page, one call";
		gup_page(a, &list[i]);
		for (int level = 0; level < NR_CROSS; level++)
			gup_cross(a, &list[i], level);
	}
	*out = list;
	return nr;
}

size_t gup_costs(struct arena *a, const struct report_rows *rows, struct gup_cost **out)
{
	return costs_of(a, rows, false, out);
}

size_t gup_costs_all(struct arena *a, const struct report_rows *rows, struct gup_cost **out)
{
	return costs_of(a, rows, true, out);
}

static const char *const walk_keys[] = { "format", "design", "levels", "leaf", "pages", "cross" };

const char *gup_kind(struct arena *a, const struct results_params *p)
{
	return params_without(a, p, walk_keys, ARRAY_SIZE(walk_keys));
}

/* Whether p has no key but those. */
static bool has_only(const struct results_params *p, const char *const *keys, size_t nr)
{
	static const struct results_params none;

	return params_alike(p, &none, keys, nr);
}

bool gup_is_plain(const struct results_params *p)
{
	const char *leaf = results_params_str(p, "leaf");

	return (!leaf || !strcmp(leaf, "pte")) && has_only(p, walk_keys, ARRAY_SIZE(walk_keys));
}

/* ---- freeing ---- */

static const char *const table_keys[] = { "tables" };

static struct rvalue munmap_row(struct arena *a, const struct table_cost *t, double tables)
{
	const struct report_cond cond = { .key = "tables", .num = (long long)tables };
	const struct results_measurement *m;
	const char *why;

	m = rows_find(a, &t->rows, t->like, &cond, 1, &why);
	return m ? rv_of(m) : rv_missing(why);
}

/* Also holds for a row without a discipline: the twin waits for no reader, so it serves every
 * discipline. Has to be the last condition. */
static struct report_cond any_discipline(const struct table_cost *t)
{
	return (struct report_cond){
		.key = "discipline",
		.str = results_params_str(t->like, "discipline"),
		.absent = true,
	};
}

/*
 * The row of the twin that keeps the tables. A kernel's twin is "same" (the same VMA) or "packed"
 * (pages side by side); the reference's has neither a twin param nor a discipline.
 */
static struct rvalue keep_row(struct arena *a, const struct table_cost *t, double tables,
			      const char *twin)
{
	const struct report_cond conds[] = {
		{ .key = "tables", .num = (long long)tables },
		{ .key = "twin", .str = twin, .absent = !strcmp(twin, "same") },
		any_discipline(t),
	};
	struct report_rows rows = t->rows;
	const struct results_measurement *m;
	const char *why;

	rows.case_id = "table_free/keep";
	if (rows.subject == RESULTS_LIBURCU)
		rows.subject = RESULTS_REF;
	m = rows_find(a, &rows, t->like, conds, conds[2].str ? 3 : 2, &why);
	return m ? rv_of(m) : rv_missing(why);
}

/*
 * May MADV_DONTNEED free tables in the kernel of the rows? x86 since 6.14 (4817f70c25b6), others
 * since 7.0 (4c640eb4181c): then it is no control.
 */
static bool madvise_frees(const struct table_cost *t)
{
	const struct results_doc *doc = t->rows.part->doc;
	const char *release = results_pairs_get(&doc->subject, "release");

	return t->rows.subject == RESULTS_KERNEL && release && version_cmp(release, "6.14") >= 0;
}

static struct rvalue madvise_row(struct arena *a, const struct table_cost *t, double tables)
{
	const struct report_cond conds[] = {
		{ .key = "tables", .num = (long long)tables },
		any_discipline(t),
	};
	struct report_rows rows = t->rows;
	const struct results_measurement *m;
	const char *why;

	if (madvise_frees(t))
		return rv_missing("since 6.14 MADV_DONTNEED may free tables, too (PT_RECLAIM)");
	rows.case_id = "table_free/madvise";
	m = rows_find(a, &rows, t->like, conds, conds[1].str ? 2 : 1, &why);
	return m ? rv_of(m) : rv_missing(why);
}

struct points {
	double x[MAX_TABLE_POINTS];
	struct rvalue y[MAX_TABLE_POINTS];
	size_t nr;
};

static void add_point(struct points *p, double x, struct rvalue y)
{
	if (!rv_ok(&y))
		return;
	p->x[p->nr] = x;
	p->y[p->nr++] = y;
}

static struct sizes sizes_of(struct arena *a, const struct points *p)
{
	struct sizes s = { .nr = p->nr, .least = rv_missing("one size only") };

	s.most = s.least;
	if (p->nr) {
		s.from = p->x[0];
		s.to = p->x[p->nr - 1];
	}
	for (size_t i = 1; i < p->nr; i++) {
		struct rvalue v = rv_slope(a, p->x + i - 1, p->y + i - 1, 2,
					   "slope between two neighbouring sizes");

		if (!rv_ok(&s.least) || v.v < s.least.v)
			s.least = v;
		if (!rv_ok(&s.most) || v.v > s.most.v)
			s.most = v;
	}
	return s;
}

static void table_points(struct arena *a, struct table_cost *t)
{
	static const char how[] = "munmap minus its twin that keeps the tables";
	struct points same = { .nr = 0 }, packed = { .nr = 0 }, control = { .nr = 0 }, *slope;

	for (size_t i = 0; i < t->nr; i++) {
		double tables = t->tables[i];
		struct rvalue p = keep_row(a, t, tables, "packed");

		t->munmap[i] = munmap_row(a, t, tables);
		t->keep[i] = keep_row(a, t, tables, "same");
		add_point(&same, tables, rv_sub(t->munmap[i], t->keep[i], how));
		add_point(&packed, tables, rv_sub(t->munmap[i], p, how));
		if (!rv_ok(&t->keep[i]) && rv_ok(&p))
			t->keep[i] = p;
		t->diff[i] = rv_sub(t->munmap[i], t->keep[i], how);
		t->control[i] = rv_sub(t->munmap[i], madvise_row(a, t, tables),
				       "munmap minus MADV_DONTNEED");
		add_point(&control, tables, t->control[i]);
	}
	/*
	 * A slope over both kinds of twin would contain the difference of the twins. Prefer the
	 * same VMA: the packed twin's pages lie in one table, so its difference contains the scan
	 * of the other tables.
	 */
	slope = same.nr >= 2 || !packed.nr ? &same : &packed;
	t->per_table_control = rv_slope(a, control.x, control.y, control.nr,
					"slope over the number of tables of munmap minus "
					"MADV_DONTNEED");
	t->first = t->nr ? t->diff[0] : rv_missing("not run");
	t->per_table = rv_slope(a, slope->x, slope->y, slope->nr,
				"slope over the number of tables of munmap minus its twin");
	if (!slope->nr)
		t->per_table.why = t->first.why;
	t->sizes = sizes_of(a, slope);
	t->sizes_control = sizes_of(a, &control);
}

static void table_add(struct table_cost *t, double tables)
{
	size_t at;

	for (at = 0; at < t->nr && t->tables[at] < tables; at++)
		;
	if (t->nr == MAX_TABLE_POINTS || (at < t->nr && t->tables[at] == tables))
		return;
	for (size_t i = t->nr; i > at; i--)
		t->tables[i] = t->tables[i - 1];
	t->tables[at] = tables;
	t->nr++;
}

size_t table_costs(struct arena *a, const struct report_part *part, enum results_subject subject,
		   const char *metric, struct table_cost **out)
{
	const struct results_doc *doc = part->doc;
	struct table_cost *list = NULL;
	struct names groups = { 0 };
	size_t nr = 0, at;

	for (size_t i = 0; doc && i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (m->skipped || m->subject != subject ||
		    strcmp(m->case_id, "table_free/munmap") || strcmp(m->metric->name, metric))
			continue;
		at = names_add(a, &groups, params_id(a, &m->params, table_keys, 1));
		if (at == nr) {
			list = arena_grow(a, list, nr, sizeof(*list));
			list[nr++] = (struct table_cost){
				.rows = { part, "table_free/munmap", subject, metric },
				.like = &m->params,
			};
		}
		table_add(&list[at], (double)results_params_int(&m->params, "tables", 0));
	}
	for (size_t i = 0; i < nr; i++)
		table_points(a, &list[i]);
	*out = list;
	return nr;
}

const struct table_cost *table_plain(const struct table_cost *list, size_t nr)
{
	static const char *const keys[] = { "format", "tables" };

	for (size_t i = 0; i < nr; i++)
		if (has_only(list[i].like, keys, 2))
			return &list[i];
	return NULL;
}
