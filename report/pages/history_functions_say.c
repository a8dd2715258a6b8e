// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The section of the functions that account for the difference of each headline from one version of
 * a kernel to the next.
 */
#include <string.h>

#include "compared.h"
#include "history_functions.h"

#define MOST 3 /* functions that a sentence names */

/* From one version of a kernel to the next. */
struct function_step {
	const struct series *series;
	const struct version_kernel *old, *new;
	const char *old_name, *new_name; /* short */
	struct function_names x, y;	 /* of the older and of the newer kernel */
};

static const char *line_of(struct model *m, const char *text)
{
	size_t n = strcspn(text, "\n");

	return clean(m->arena, arena_str(m->arena, "%.*s%s", (int)n, text, text[n] ? " ..." : ""));
}

static const char *amount(struct model *m, long long hundredths)
{
	return group_digits(m->arena, (double)hundredths / 100, hundredths % 100 ? 2 : 0);
}

static const char *change(struct model *m, long long hundredths)
{
	return arena_str(m->arena, "%s%s", hundredths > 0 ? "+" : "", amount(m, hundredths));
}

/* ---- a measure in a sentence ---- */

static bool is_matched(const struct function_change *c)
{
	return c->kind == FUNCTION_BOTH || c->kind == FUNCTION_RENAMED;
}

static const char *with_comma(struct model *m, const char *text, const char *more)
{
	return *text ? arena_str(m->arena, "%s, %s", text, more) : more;
}

static const char *matched_text(struct model *m, const struct function_changes *c)
{
	size_t said = 0, others = 0;
	long long rest = 0;
	const char *text = "";

	for (size_t i = 0; i < c->nr; i++) {
		const struct function_change *f = &c->v[i];

		if (!is_matched(f) || f->new == f->old)
			continue;
		if (said++ >= MOST) {
			others++;
			rest += f->new - f->old;
			continue;
		}
		text = with_comma(m, text,
				  arena_str(m->arena, "%s%s%s%s %s", f->symbol,
					    f->before ? " (called " : "",
					    f->before ? f->before : "", f->before ? " before)" : "",
					    change(m, f->new - f->old)));
	}
	if (others)
		text = with_comma(m, text,
				  arena_str(m->arena, "%zu more in both %s", others,
					    change(m, rest)));
	return text;
}

/* "only in 6.12.117 −30 (a 20, b 10)": inlined, split, or no longer called; or "". */
static const char *alone_text(struct model *m, const struct function_changes *c,
			      enum function_kind kind, const char *name)
{
	const char *text = "";
	size_t nr = 0, said = 0;
	long long sum = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct function_change *f = &c->v[i];

		if (f->kind != kind)
			continue;
		nr++;
		sum += f->new - f->old;
		if (said++ < MOST)
			text = with_comma(
				m, text,
				arena_str(m->arena, "%s %s", f->symbol,
					  amount(m, kind == FUNCTION_OLD ? f->old : f->new)));
	}
	if (nr > MOST)
		text = arena_str(m->arena, "%s and %zu more", text, nr - MOST);
	return nr ? arena_str(m->arena, "only in %s %s (%s)", name, change(m, sum), text) : "";
}

static const char *known_text(struct model *m, const struct function_step *s,
			      const struct measure *what)
{
	const char *mem = what->params ? strstr(what->params, "mem=") : NULL, *text = NULL;
	struct results_param param = { .key = (char *)"mem" };
	struct results_measurement row = { .case_id = (char *)what->case_id };
	const struct known_change *k;
	size_t from = 0;

	if (mem) {
		param.str = arena_str(m->arena, "%.*s", (int)strcspn(mem + 4, ","), mem + 4);
		row.params = (struct results_params){ .v = &param, .nr = 1 };
	}
	while ((k = history_known(s->old->release, s->new->release, s->series->arch, &row, &from)))
		text = text ? arena_str(m->arena, "%s, %s", text, k->commits) : k->commits;
	return text;
}

/* "; the boot that counts by function has 900, and that of costs 905, on 6.12.117"; or "". */
static const char *differs_text(struct model *m, const struct function_shares *f, const char *name)
{
	if (!f->differs)
		return "";
	return arena_str(m->arena,
			 "; on %s the boot that counts by function has %s, and that of costs %s",
			 name, rv_text(m->arena, &f->value), rv_text(m->arena, &f->of_costs));
}

static const char *measure_text(struct model *m, const struct function_step *s,
				const struct measure *what, const struct function_shares *old,
				const struct function_shares *new, const struct function_changes *c)
{
	const char *known = c->old == c->new ? NULL : known_text(m, s, what);
	const char *sum = matched_text(m, c), *one;

	one = alone_text(m, c, FUNCTION_OLD, s->old_name);
	sum = *one ? with_comma(m, sum, one) : sum;
	one = alone_text(m, c, FUNCTION_NEW, s->new_name);
	sum = *one ? with_comma(m, sum, one) : sum;
	if (c->rounding)
		sum = with_comma(m, sum,
				 arena_str(m->arena, "rounding %s", change(m, c->rounding)));
	sum = *sum ? sum : "nothing moved";
	return arena_str(m->arena, "On %s, %s to %s: %s: %s, then %s, %s = %s%s%s%s%s.",
			 s->series->stem, s->old_name, s->new_name, what->words, amount(m, c->old),
			 amount(m, c->new), change(m, c->new - c->old), sum,
			 known ? "; known in between: " : "", known ? known : "",
			 differs_text(m, old, s->old_name), differs_text(m, new, s->new_name));
}

/* ---- and in the table ---- */

static const char *remark(struct model *m, const struct function_step *s,
			  const struct function_change *f)
{
	bool elsewhere;

	switch (f->kind) {
	case FUNCTION_RENAMED:
		return arena_str(m->arena, "called %s before (%s)", f->before, f->how);
	case FUNCTION_OLD:
		elsewhere = names_find(&s->y.names, f->symbol) != NAMES_NOWHERE;
		return arena_str(m->arena,
				 elsewhere ? "%s does not call it here"
					   : "no row of %s calls it: inlined, split or gone",
				 s->new_name);
	case FUNCTION_NEW:
		elsewhere = names_find(&s->x.names, f->symbol) != NAMES_NOWHERE;
		return arena_str(m->arena,
				 elsewhere ? "%s did not call it here"
					   : "no row of %s calls it: was inlined, or is new",
				 s->old_name);
	default:
		return "—";
	}
}

static void add_line(struct model *m, struct table *t, const char *what, const char *name,
		     const long long *old, const long long *new, long long difference,
		     const char *more)
{
	table_row(m, t);
	table_cell(t, "", what);
	table_cell(t, "", name);
	table_seen(t, "num", old ? amount(m, *old) : "—");
	table_seen(t, "num", new ? amount(m, *new) : "—");
	table_seen(t, "num", change(m, difference));
	table_seen(t, "", more);
}

static void add_measure(struct model *m, struct table *t, const struct function_step *s,
			const struct measure *what, const struct function_changes *c)
{
	const char *known = c->old == c->new ? NULL : known_text(m, s, what);
	long long equal = 0;
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct function_change *f = &c->v[i];

		if (f->kind == FUNCTION_BOTH && f->old == f->new) {
			equal += f->old;
			nr++;
			continue;
		}
		add_line(m, t, what->words, f->symbol, f->kind == FUNCTION_NEW ? NULL : &f->old,
			 f->kind == FUNCTION_OLD ? NULL : &f->new, f->new - f->old,
			 remark(m, s, f));
	}
	if (nr)
		add_line(m, t, what->words,
			 arena_str(m->arena, "%zu function%s with equal counts", nr,
				   nr == 1 ? "" : "s"),
			 &equal, &equal, 0, "—");
	if (c->rounding)
		add_line(m, t, what->words, "rounding", NULL, NULL, c->rounding, "—");
	add_line(m, t, what->words, "all of it", &c->old, &c->new, c->new - c->old,
		 known ? arena_str(m->arena, "known in between: %s", known) : "—");
}

/* ---- a step ---- */

static const char *no_step(struct model *m, const struct function_step *s)
{
	const char *const words[] = { "ptbench",
				      "kernels",
				      "run",
				      "--functions",
				      history_named(m->arena, s->old),
				      history_named(m->arena, s->new) };
	const char *why, *command;

	if (s->old->functions && s->new->functions) {
		why = history_other_environment(m->arena, s->old->functions->doc,
						s->new->functions->doc);
		return why ? arena_str(m->arena, "Not compared: %s.", why) : NULL;
	}
	why = s->old->functions ? s->new->why_functions : s->old->why_functions;
	command = history_command(m->arena, s->old, s->new,
				  compared_said(m, results_shell_words(6, words)));
	return arena_str(m->arena, "Not counted by function: %s. %s counts both.", line_of(m, why),
			 command);
}

static bool is_cost(const struct measure *what)
{
	return what->boot == HISTORY_COSTS && !strncmp(what->metric, "instructions", 12);
}

/* What a step's answer tells of its measures. */
struct summary {
	const char *moved, *same, *unknown; /* lists; NULL: none */
};

static const char *with_semicolon(struct model *m, const char *text, const char *more)
{
	return text ? arena_str(m->arena, "%s; %s", text, more) : more;
}

static void each_measure(struct model *m, struct section *sec, struct table *t,
			 const struct function_step *s, const struct measure *what,
			 struct summary *sum)
{
	struct function_shares old = function_shares(m, s->old, what),
			       new = function_shares(m, s->new, what);
	struct function_changes c;
	bool moved = false;

	/* The topics say why a kernel has no value. */
	if (!rv_ok(&old.value) || !rv_ok(&new.value))
		return;
	if (old.why || new.why) {
		sum->unknown = with_semicolon(m, sum->unknown,
					      arena_str(m->arena, "%s, on %s: %s", what->words,
							old.why ? s->old_name : s->new_name,
							old.why ? old.why : new.why));
		return;
	}
	c = function_changes(m, &old, &new, &s->x, &s->y);
	add_measure(m, t, s, what, &c);
	for (size_t i = 0; i < c.nr; i++)
		moved |= c.v[i].old != c.v[i].new;
	if (!moved && c.old == c.new && !old.differs && !new.differs) {
		sum->same = with_semicolon(m, sum->same, what->words);
		return;
	}
	sum->moved = with_semicolon(m, sum->moved,
				    arena_str(m->arena, "%s " STRONG "%s" STRONG, what->words,
					      change(m, c.new - c.old)));
	section_note(m, sec, measure_text(m, s, what, &old, &new, &c));
}

static const char *summary_text(struct model *m, const struct summary *sum)
{
	const char *text = "";

	if (sum->moved)
		text = arena_str(m->arena,
				 "Of headlines in instructions these differ, and the notes "
				 "and the table have the functions: %s.",
				 sum->moved);
	if (sum->same)
		text = arena_str(m->arena, "%s%sThe same, in each function: %s.", text,
				 *text ? " " : "", sum->same);
	if (sum->unknown)
		text = arena_str(m->arena, "%s%sNot known by function: %s.", text, *text ? " " : "",
				 sum->unknown);
	return *text ? text : "No headline has a value in both.";
}

static void build_step(struct model *m, struct page *p, struct section *sec,
		       struct function_step *s)
{
	const char *const columns[] = { "What",
					"Function",
					arena_str(m->arena, "#%s", s->old_name),
					arena_str(m->arena, "#%s", s->new_name),
					"#Difference",
					"Remark",
					NULL };
	const char *question = arena_str(m->arena, "Which functions account for it, from %s to %s?",
					 history_name(m->arena, s->old),
					 history_name(m->arena, s->new));
	const char *text = no_step(m, s);
	struct summary sum = { .moved = NULL };
	struct table *t;

	if (text) {
		section_answer(m, p, sec, question, NULL, text);
		return;
	}
	function_names(m, s->old, &s->x);
	function_names(m, s->new, &s->y);
	t = section_table(m, sec,
			  arena_str(m->arena, "Function by function, from %s to %s",
				    s->old->scenario, s->new->scenario),
			  columns);
	t->folded = true;
	for (size_t i = 0; i < history_nr_topics; i++)
		for (size_t k = 0; k < history_topics[i].nr; k++)
			if (is_cost(&history_topics[i].v[k]))
				each_measure(m, sec, t, s, &history_topics[i].v[k], &sum);
	section_answer(m, p, sec, question,
		       sum.moved || sum.same ? mode_words(m->arena, s->new->functions) : NULL,
		       summary_text(m, &sum));
	section_source(m, sec, s->old->functions);
	section_source(m, sec, s->new->functions);
}

static bool was_asked_for(const struct version_kernel *k)
{
	return input_guest(k->in, k->scenario, HISTORY_FUNCTIONS) != NULL;
}

/* Adds each step of the series to *sec, which it makes; nothing if none was counted by function. */
static void build_series(struct model *m, struct page *p, struct section **sec,
			 const struct series *series)
{
	const struct version_kernel *old = NULL;
	bool any = false;

	for (size_t k = 0; k < series->nr; k++)
		any |= was_asked_for(&series->v[k]);
	for (size_t k = 0; any && k < series->nr; k++) {
		struct function_step s = { .series = series, .old = old, .new = &series->v[k] };

		if (!history_has_figures(s.new))
			continue;
		old = s.new;
		if (!s.old)
			continue;
		s.old_name = history_short_name(m, series, s.old);
		s.new_name = history_short_name(m, series, s.new);
		*sec = *sec ? *sec
			    : page_section(m, p, "functions", "Which functions account for it");
		build_step(m, p, *sec, &s);
	}
}

void history_by_function(struct model *m, struct page *p, const struct history *h)
{
	struct section *sec = NULL;

	for (size_t i = 0; i < h->nr; i++)
		build_series(m, p, &sec, &h->v[i]);
	for (size_t i = 0; i < h->nr_points; i++)
		build_series(m, p, &sec, &h->points[i]);
	if (sec)
		section_note(m, sec,
			     "Counted by a plugin of QEMU in a boot of its own, with the command "
			     "line of the boot of costs; each window has the driver’s own count. "
			     "Parts that the compiler split off a function count with it; what it "
			     "inlines counts with the caller, so that a function may be there in "
			     "one version alone. A slope is the same slope of each function’s "
			     "counts. The differences add up to that of the measure.");
}
