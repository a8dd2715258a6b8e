// SPDX-License-Identifier: GPL-2.0-or-later
/* A trend as text: its steps, its environments, and what was read, used and judged. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trend.h"

#define LINE (-1) /* results__print_text(): on one line */

size_t results__trend_differs(const struct results_pairs *a, const struct results_pairs *b,
			      struct results__differs *out)
{
	size_t nr = 0, i = 0, k = 0;

	/* Both are sorted by key. */
	while (i < a->nr || k < b->nr) {
		int by = i == a->nr ? 1 : k == b->nr ? -1 : strcmp(a->v[i].key, b->v[k].key);
		const struct results_pair *x = by <= 0 ? &a->v[i++] : NULL;
		const struct results_pair *y = by >= 0 ? &b->v[k++] : NULL;

		if (!x || !y || strcmp(x->value, y->value))
			out[nr++] = (struct results__differs){ x ? x->key : y->key,
							       x ? x->value : NULL,
							       y ? y->value : NULL };
	}
	return nr;
}

/* ---- steps ---- */

#define VALUE_SHOWN 40 /* bytes of a value in a list of differences */

static void print_value(FILE *f, const char *value)
{
	char *cut;

	if (!value) {
		fputs("(none)", f);
		return;
	}
	cut = strndup(value, VALUE_SHOWN);
	/* A character that is cut in two is written out as bytes; leave it away. */
	for (size_t len = cut ? strlen(cut) : 0;
	     len == VALUE_SHOWN && len && (cut[len - 1] & 0xc0) == 0x80; len--)
		cut[len - 1] = '\0';
	if (cut)
		results__print_text(f, cut, LINE);
	if (strlen(value) > VALUE_SHOWN)
		fputs("...", f);
	free(cut);
}

/* "; release: 6.12 -> 6.13" for each key that differs. Hashes say nothing that the others do not. */
static void print_differs(FILE *f, const struct results_pairs *a, const struct results_pairs *b)
{
	struct results__differs d[2 * RESULTS_MAX_PAIRS];
	size_t nr = results__trend_differs(a, b, d), hashes = 0;

	for (size_t i = 0; i < nr; i++)
		hashes += strstr(d[i].key, "sha256") != NULL;
	for (size_t i = 0; i < nr; i++) {
		if (strstr(d[i].key, "sha256") && hashes < nr)
			continue;
		fprintf(f, "; %s: ", d[i].key);
		print_value(f, d[i].before);
		fputs(" -> ", f);
		print_value(f, d[i].after);
	}
}

/* The runs on either side of a step, and in what they differ: the heading of its line. */
static void print_runs(FILE *f, const struct results_trend *t, const struct results_trend_value *v)
{
	const struct results_trend_run *after = &t->runs[v->run], *before = &t->runs[v[-1].run];

	fputs("first in ", f);
	results__print_text(f, after->id, LINE);
	fputs(", last before ", f);
	results__print_text(f, before->id, LINE);
	if (before->revision && after->revision && strcmp(before->revision, after->revision)) {
		fputs("; revision: ", f);
		print_value(f, before->revision);
		fputs(" -> ", f);
		print_value(f, after->revision);
	}
	print_differs(f, &t->subjects[v[-1].subject], &t->subjects[v->subject]);
	fputs(":\n", f);
}

static int print_step(FILE *f, const struct results_trend *t, const struct results_trend_found *of)
{
	const struct results_trend_series *s = of->series;
	const struct results_trend_step *step = of->step;
	char *name = results__trend_name(t, s), *change = results_trend_change_text(step);
	char from[32], to[32];

	if (!name || !change) {
		free(name);
		free(change);
		return -ENOMEM;
	}
	fputs("  ", f);
	results__print_text(f, name, LINE);
	fprintf(f, ": %s -> %s %s (%s) %s", results__number(from, sizeof(from), step->before),
		results__number(to, sizeof(to), step->after), s->m->metric->unit, change,
		results_trend_direction(step));
	if (!isnan(step->p)) /* a p that no double can hold is 0 */
		fprintf(f, "; p %s%.2g of %zu and %zu runs", step->p > 0 ? "" : "below ",
			step->p > 0 ? step->p : 1e-300, step->at - step->from, step->to - step->at);
	if (s->wanders)
		fputs(", wanders", f);
	fputs(step->same_image ? "; both runs booted the same image\n" : "\n", f);
	free(name);
	free(change);
	return 0;
}

static bool is_same_pair(const struct results_trend_value *a, const struct results_trend_value *b)
{
	return a->run == b->run && a->subject == b->subject && a[-1].run == b[-1].run &&
	       a[-1].subject == b[-1].subject;
}

static int print_steps(FILE *f, const struct results_trend *t)
{
	const struct results_trend_value *last = NULL, *v;
	struct results_trend_found *found;
	int err = results_trend_newest_first(t, &found);

	for (size_t i = 0; i < t->nr_steps && !err; i++, last = v) {
		v = &found[i].series->values[found[i].step->at];
		if (!last || !is_same_pair(last, v))
			print_runs(f, t, v);
		err = print_step(f, t, &found[i]);
	}
	if (!err && t->nr_steps)
		fputc('\n', f);
	free(found);
	return err;
}

/* ---- series without steps ---- */

static int print_series(FILE *f, const struct results_trend *t,
			const struct results_trend_series *s)
{
	struct results_amount first = results_trend_amount(&s->values[0]);
	struct results_amount last = results_trend_amount(&s->values[s->nr_values - 1]);
	char *name = results__trend_name(t, s), from[32], to[32];

	if (!name)
		return -ENOMEM;
	fprintf(f, "%-9s  ", results_trend_verdict_name(s->verdict));
	results__print_text(f, name, LINE);
	fprintf(f, ": %zu value%s, %s, the first %s, the last %s %s", s->nr_values,
		results__s(s->nr_values), results_kind_name(s->kind),
		results__number(from, sizeof(from), results_amount_number(&first)),
		results__number(to, sizeof(to), results_amount_number(&last)), s->m->metric->unit);
	if (s->nr_unclear)
		fprintf(f, ", %zu unclear", s->nr_unclear);
	if (s->wanders)
		fputs(", wanders", f);
	fputc('\n', f);
	free(name);
	return 0;
}

static int print_others(FILE *f, const struct results_trend *t)
{
	int err = 0;

	for (size_t i = 0; i < t->nr_series && !err; i++)
		if (t->series[i].verdict != RESULTS_TREND_STEPS)
			err = print_series(f, t, &t->series[i]);
	if (t->verdicts[RESULTS_TREND_STEPS] < t->nr_series)
		fputc('\n', f);
	return err;
}

/* ---- environments ---- */

static void print_environments(FILE *f, const struct results_trend *t)
{
	bool any = false;

	for (size_t i = 1; i < t->nr_groups; i++) {
		const struct results_trend_group *a = &t->groups[i - 1], *b = &t->groups[i];

		if (strcmp(a->part, b->part))
			continue;
		any = true;
		fputs("part ", f);
		results__print_text(f, b->part, LINE);
		fputs(": another environment, and so new series, from ", f);
		results__print_text(f, t->runs[b->first].id, LINE);
		fprintf(f, " (%zu run%s)", b->nr_runs, results__s(b->nr_runs));
		if (strcmp(a->mode, b->mode))
			fprintf(f, "; mode: %s -> %s", a->mode, b->mode);
		print_differs(f, &a->environment, &b->environment);
		fputc('\n', f);
	}
	if (any)
		fputc('\n', f);
}

/* ---- the summary ---- */

static void print_count(FILE *f, const struct results_trend_count *c, const char *one,
			const char *many)
{
	if (!c->nr)
		return;
	fprintf(f, "%zu %s: ", c->nr, c->nr == 1 ? one : many);
	results__print_first_line(f, c->first ? c->first : "");
	fputs(c->nr > 1 ? ", and others\n" : "\n", f);
}

static void print_counts(FILE *f, const struct results_trend *t)
{
	print_count(f, &t->unreadable, "file cannot be read and is left out",
		    "files cannot be read and are left out");
	print_count(f, &t->repeated, "document is there twice and used once",
		    "documents are there twice and used once");
	print_count(f, &t->left_out, "older run is left out", "older runs are left out");
	print_count(f, &t->partial, "run is partial; what it has is used",
		    "runs are partial; what they have is used");
	print_count(f, &t->failed, "part failed; what it has is used",
		    "parts failed; what they have is used");
	print_count(f, &t->skipped_parts, "part was skipped", "parts were skipped");
	print_count(f, &t->skipped_rows, "row was skipped in its run",
		    "rows were skipped in their runs");
	print_count(f, &t->ended, "series has no value of the newest run of its part",
		    "series have no value of the newest run of their part");
	print_count(f, &t->links, "link is not followed", "links are not followed");
	print_count(f, &t->others, "entry is neither run nor result",
		    "entries are neither run nor result");
}

static void print_read(FILE *f, const struct results_trend *t)
{
	fprintf(f, "read: %zu run%s", t->nr_runs, results__s(t->nr_runs));
	if (t->nr_runs)
		fprintf(f, " from %s to %s", t->runs[0].time, t->runs[t->nr_runs - 1].time);
	fprintf(f, ", %zu document%s, %zu series, %zu value%s\n", t->nr_documents,
		results__s(t->nr_documents), t->nr_series, t->nr_values, results__s(t->nr_values));
}

static bool any_sampled(const struct results_trend *t)
{
	for (size_t i = 0; i < t->nr_series; i++)
		if (t->series[i].kind == RESULTS_SAMPLED)
			return true;
	return false;
}

static void print_judged(FILE *f, const struct results_trend *t)
{
	if (any_sampled(t))
		fprintf(f,
			"sampled: %zu series could be tested; a step has a p of at most %.3g, which needs at least %zu runs\n",
			t->nr_tested, t->threshold, t->needed);
	if (t->nr_unclear)
		fprintf(f,
			"unclear: %zu value%s moved by more than counts, and their samples overlap with the level's\n",
			t->nr_unclear, results__s(t->nr_unclear));
}

int results__trend_text(FILE *f, const struct results_trend *t, bool all)
{
	char *conclusion = results_trend_conclusion(t);
	int err = conclusion ? print_steps(f, t) : -ENOMEM;

	if (!err && all)
		err = print_others(f, t);
	if (!err) {
		print_environments(f, t);
		print_read(f, t);
		print_counts(f, t);
		print_judged(f, t);
		fprintf(f, "%s\n", conclusion);
	}
	free(conclusion);
	return err;
}
