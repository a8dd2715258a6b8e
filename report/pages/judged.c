// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page on the judge: how often it calls moved what has not, and how small a change it finds. It
 * prints what `ptbench judge` counted.
 */
#include <math.h>
#include <string.h>

#include "pages.h"

/* The share that the default policy is meant to find, and the slow-down that it is to find. */
#define WANTED 0.95
#define WANTED_PERCENT 5
/* The largest share of false alarms that it is meant to give. */
#define ALLOWED 0.01

static const struct results_metric found = { .name = "found",
					     .unit = "%",
					     .meaning = "share of rows that are found" };

/* ---- words ---- */

static const char *percent_words(struct model *m, double share)
{
	return arena_str(m->arena, "%.2f %%", 100 * share);
}

/* "3 of 1,000 (0.30 %; 99 % interval 0.05 to 0.93 %)" */
static const char *share_words(struct model *m, const struct results_judged_share *s)
{
	if (!s->of)
		return "none was measured";
	return arena_str(m->arena,
			 STRONG "%s of %s" STRONG " (%.2f %%; 99 %% interval %.2f to %.2f %%)",
			 group_digits(m->arena, (double)s->nr, 0),
			 group_digits(m->arena, (double)s->of, 0),
			 100.0 * (double)s->nr / (double)s->of, 100 * s->low, 100 * s->high);
}

static double share_of(const struct results_judged_share *s)
{
	return s->of ? (double)s->nr / (double)s->of : NAN;
}

static bool is_slowed(const struct results_judged_sampled *s)
{
	return s->slowed_percent > 0;
}

/* Whether the aim is met: by the interval, for a share of few rows shows nothing. */
static const char *aim_words(struct model *m, const struct results_judged_share *s)
{
	if (!s->of)
		return "";
	return arena_str(m->arena, "; the aim, at most %g %%, is %s", 100 * ALLOWED,
			 s->high <= ALLOWED ? "met"
			 : s->low > ALLOWED ? STRONG "missed" STRONG
					    : "not shown to be met or missed");
}

/* ---- false alarms ---- */

static void null_row(struct model *m, struct table *t, const char *what, const char *how,
		     const struct results_judged_null *n)
{
	const struct results_judged_share *s = &n->falsely_moved;

	table_row(m, t);
	table_cell(t, "", what);
	table_cell(t, "", how);
	table_seen(t, "num", group_digits(m->arena, (double)n->comparisons, 0));
	table_seen(t, "num", group_digits(m->arena, (double)s->of, 0));
	table_seen(t, s->nr ? "bad" : "num", group_digits(m->arena, (double)s->nr, 0));
	table_seen(t, "num", s->of ? percent_words(m, share_of(s)) : "");
	table_seen(t, "num",
		   s->of ? arena_str(m->arena, "%.2f to %.2f %%", 100 * s->low, 100 * s->high)
			 : "");
	table_seen(t, "num", group_digits(m->arena, (double)n->with_false, 0));
	table_seen(t, "num", group_digits(m->arena, (double)n->inconclusive, 0));
}

static const char *null_words(struct model *m, const char *what,
			      const struct results_judged_null *n)
{
	return arena_str(m->arena, "%s: %s, over %zu comparisons%s.", what,
			 share_words(m, &n->falsely_moved), n->comparisons,
			 aim_words(m, &n->falsely_moved));
}

static void answer_null(struct model *m, struct page *p, struct section *s)
{
	const struct results_judged *j = m->judged;
	const char *text = "";

	if (j->images)
		text = arena_str(m->arena, "%s %s", null_words(m, "Exact rows", &j->exact),
				 null_words(m, "Deterministic rows", &j->deterministic));
	for (size_t i = 0; i < j->nr_sampled; i++)
		if (!is_slowed(&j->sampled[i]))
			text = arena_str(m->arena, "%s%s%s", text, *text ? " " : "",
					 null_words(m,
						    arena_str(m->arena,
							      "Sampled rows, %zu processes a side",
							      j->sampled[i].processes),
						    &j->sampled[i].null));
	section_answer(m, p, s, "How often is something called moved that has not?",
		       *text ? "icount and native, each by itself" : NULL,
		       *text ? text : "Not measured: no comparison of what does not differ.");
}

static void build_null(struct model *m, struct page *p)
{
	static const char *const columns[] = {
		"Rows",	  "Compared", "#Comparisons",	       "#Rows",		"#Moved",
		"#Share", "#99 %",    "#Comparisons with one", "#Inconclusive", NULL
	};
	const struct results_judged *j = m->judged;
	struct section *s = page_section(m, p, "false-alarms", "False alarms");
	struct table *t;

	answer_null(m, p, s);
	t = section_table(m, s, "Comparisons of what does not differ", columns);
	if (j->images) {
		const char *how = arena_str(m->arena, "%zu images, each with each", j->images);

		null_row(m, t, "exact", how, &j->exact);
		null_row(m, t, "deterministic", how, &j->deterministic);
	}
	for (size_t i = 0; i < j->nr_sampled; i++)
		if (!is_slowed(&j->sampled[i]))
			null_row(m, t, "sampled",
				 arena_str(m->arena, "%zu processes a side",
					   j->sampled[i].processes),
				 &j->sampled[i].null);
	if (j->identical_pairs)
		section_note(m, s,
			     arena_str(m->arena,
				       "%zu pairs of images turned out to be one image, and are in "
				       "no number.",
				       j->identical_pairs));
	section_note(
		m, s,
		"Intervals are Clopper and Pearson’s, as if rows were independent. Those of one "
		"comparison share a machine and an hour, and images are compared each with each, "
		"so the number of comparisons stands beside them.");
}

/* ---- what is found ---- */

/* The smallest sample that finds the slow-down, alone, in as many rows as are wanted; 0: none. */
static size_t enough(const struct results_judged *j, double slowed_percent, bool *measured)
{
	size_t least = 0;

	*measured = false;
	for (size_t i = 0; i < j->nr_sampled; i++) {
		const struct results_judged_sampled *s = &j->sampled[i];

		if (s->slowed_percent != slowed_percent || !s->found_alone.of)
			continue;
		*measured = true;
		if (share_of(&s->found_alone) >= WANTED && (!least || s->processes < least))
			least = s->processes;
	}
	return least;
}

static const struct results_judged_sampled *smallest(const struct results_judged *j,
						     double slowed_percent)
{
	const struct results_judged_sampled *least = NULL;

	for (size_t i = 0; i < j->nr_sampled; i++)
		if (j->sampled[i].slowed_percent == slowed_percent &&
		    (!least || j->sampled[i].processes < least->processes))
			least = &j->sampled[i];
	return least;
}

static const char *times_words(struct model *m)
{
	const struct results_judged *j = m->judged;
	const struct results_judged_sampled *s = smallest(j, WANTED_PERCENT);
	bool measured;
	size_t least = enough(j, WANTED_PERCENT, &measured);
	const char *text;

	if (!measured)
		return arena_str(m->arena, "Times slowed by %d %% were not measured.",
				 WANTED_PERCENT);
	text = arena_str(
		m->arena,
		"A time that is %d %% longer, alone among %s rows, is found by %zu processes "
		"a side in %s.",
		WANTED_PERCENT, group_digits(m->arena, (double)s->alone_among, 0), s->processes,
		share_words(m, &s->found_alone));
	if (least == s->processes)
		return arena_str(m->arena, "%s The aim, %g %%, is met.", text, 100 * WANTED);
	return least ? arena_str(m->arena,
				 "%s The aim, %g %%, is " STRONG "missed" STRONG
				 " with so many: it takes %zu processes a side.",
				 text, 100 * WANTED, least)
		     : arena_str(m->arena,
				 "%s The aim, %g %%, is " STRONG "missed" STRONG
				 ", and by every size that was measured.",
				 text, 100 * WANTED);
}

static const char *one_more_words(struct model *m)
{
	const struct results_judged_share *s = &m->judged->one_more;

	if (!s->of)
		return "One instruction more was not measured.";
	return arena_str(m->arena,
			 "One instruction more per operation of the driver is found, and by that "
			 "much, in %s%s.",
			 share_words(m, s), s->nr == s->of ? "" : ": " STRONG "not always" STRONG);
}

/* Is it the first slowed one with so many processes? */
static bool begins_line(const struct results_judged *j, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_slowed(&j->sampled[k]) && j->sampled[k].processes == j->sampled[i].processes)
			return false;
	return is_slowed(&j->sampled[i]);
}

static void add_line(struct model *m, struct figure *f, size_t processes, int series)
{
	const struct results_judged *j = m->judged;
	struct line *l =
		figure_line(m, f, arena_str(m->arena, "%zu processes a side", processes), series);

	for (size_t i = 0; i < j->nr_sampled; i++) {
		const struct results_judged_share *s = &j->sampled[i].found_alone;
		struct rvalue y = { .metric = &found, .n = s->of };

		if (j->sampled[i].processes != processes || !is_slowed(&j->sampled[i]) || !s->of)
			continue;
		y.v = 100 * share_of(s);
		y.low = 100 * s->low;
		y.high = 100 * s->high;
		line_point(m, l, j->sampled[i].slowed_percent, &y);
	}
}

static void add_figure(struct model *m, struct section *s)
{
	struct figure *f = section_figure(m, s, FIGURE_LINES, "judge-power",
					  "Times that are longer, and how many are found");
	int series = 0;

	f->xlabel = "every timed call made longer by (%)";
	f->ylabel = "found, if it were the only one (%)";
	f->desc = "One line per number of processes a side: the share of rows that are found, over "
		  "by how much they are slower.";
	f->caption = "native, measured in turn. The table has the intervals.";
	for (size_t i = 0; i < m->judged->nr_sampled; i++)
		if (begins_line(m->judged, i))
			add_line(m, f, m->judged->sampled[i].processes, series++);
}

static void add_table(struct model *m, struct section *s)
{
	static const char *const columns[] = { "Slower by", "Processes a side",	  "#Comparisons",
					       "#Rows",	    "#Estimated",	  "#Found alone",
					       "#99 %",	    "#Found, all slower", "#Inconclusive",
					       NULL };
	const struct results_judged *j = m->judged;
	struct table *t = section_table(m, s, "Times that are longer by a known share", columns);

	for (size_t i = 0; i < j->nr_sampled; i++) {
		const struct results_judged_sampled *at = &j->sampled[i];

		if (!is_slowed(at))
			continue;
		table_row(m, t);
		table_cell(t, "", arena_str(m->arena, "%g %%", at->slowed_percent));
		table_cell(t, "", arena_str(m->arena, "%zu", at->processes));
		table_seen(t, "num", group_digits(m->arena, (double)at->comparisons, 0));
		table_seen(t, "num", group_digits(m->arena, (double)at->found_alone.of, 0));
		table_seen(t, "num",
			   isnan(at->estimated_percent)
				   ? ""
				   : arena_str(m->arena, "%.2f %%", at->estimated_percent));
		table_seen(t, "num",
			   at->found_alone.of ? percent_words(m, share_of(&at->found_alone)) : "");
		table_seen(t, "num",
			   arena_str(m->arena, "%.2f to %.2f %%", 100 * at->found_alone.low,
				     100 * at->found_alone.high));
		table_seen(t, "num",
			   at->found_all.of ? percent_words(m, share_of(&at->found_all)) : "");
		table_seen(t, "num", group_digits(m->arena, (double)at->inconclusive, 0));
	}
}

static bool has_slowed(const struct results_judged *j)
{
	for (size_t i = 0; i < j->nr_sampled; i++)
		if (is_slowed(&j->sampled[i]))
			return true;
	return false;
}

static void build_found(struct model *m, struct page *p)
{
	struct section *s = page_section(m, p, "power", "What is found");

	section_answer(m, p, s, "How small a change is found?", "icount and native, each by itself",
		       arena_str(m->arena, "%s %s", one_more_words(m), times_words(m)));
	if (!has_slowed(m->judged))
		return;
	add_figure(m, s);
	add_table(m, s);
	section_note(
		m, s,
		"“Estimated” is the median of the changes that were estimated: by how much the "
		"calls did come out longer. “Found, all slower”: where every row is slowed alike, "
		"which is easier, for the more rows move, the less each has to prove.");
}

/* ---- the page ---- */

void judged_build(struct model *m)
{
	const struct results_pairs *env;
	struct section *s;
	struct page *p;

	if (!m->judged)
		return;
	env = &m->judged->environment;
	p = model_page(
		m, "judge.html", "The judge", "How often the judge is wrong",
		"Comparisons whose truth is known, judged by the default policy: images and "
		"builds that do not differ, and changes of a known size. docs/judging.md has "
		"the rules.");
	build_null(m, p);
	build_found(m, p);
	s = page_section(m, p, "how", "How it was measured");
	for (size_t i = 0; i < env->nr; i++)
		section_note(m, s,
			     arena_str(m->arena, "%s: %s", clean(m->arena, env->v[i].key),
				       clean(m->arena, env->v[i].value)));
	section_note(m, s,
		     arena_str(m->arena, "Measured by make judge-report, and counted by: %s",
			       clean(m->arena, m->judged->command)));
}
