// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels bisect: the search. Where the ends of an interval differ, one in its middle is
 * measured, and each half whose ends differ is searched in turn: so all changes are found but those
 * that a later one within the same half undoes.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "series.h"

/* The answers on the way to an interval: at most one for each commit. */
struct way {
	struct bisect_answer *v;
	size_t nr;
};

static void tell(struct way *w, size_t at, int is)
{
	w->v[w->nr++] = (struct bisect_answer){ at, is };
}

/* ---- a commit ---- */

static int skip(struct bisect_point *p, const char *reason)
{
	p->state = BISECT_SKIPPED;
	p->reason = strdup(results_shown(reason ? reason : "no reason is known"));
	return p->reason ? 0 : EXIT_PART_FAILED;
}

static int build(struct bisect *b, struct bisect_point *p)
{
	char *names[] = { (char *)b->o->scenario };
	struct image_build build;
	int status;

	if (measured_build_start(&b->m, &build, p->commit, names, 1, &p->image))
		return EXIT_PART_FAILED;
	do
		status = measured_build_poll(&b->m, &build, 200);
	while (status == -EAGAIN);
	return status;
}

static bool has_case(const struct bisect *b, const struct results_doc *doc, size_t *exact)
{
	struct results_params wanted = { .nr = 0 };
	bool found = false;

	results_params_parse(&wanted, b->o->params ? b->o->params : "");
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (m->skipped || m->subject != RESULTS_KERNEL ||
		    strcmp(m->case_id, b->o->case_id) || strcmp(m->metric->name, b->o->metric) ||
		    !results_params_have(&m->params, &wanted))
			continue;
		found = true;
		*exact += m->kind == RESULTS_EXACT;
	}
	results_params_free(&wanted);
	return found;
}

/* Reads the part with the case; the first commit decides which part that is. */
static int read_doc(struct bisect *b, struct bisect_point *p)
{
	struct results_run *run;
	struct results_error err;
	size_t exact = 0;
	int status = 0;

	if (results_run_read(p->run, &run, &err)) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	for (size_t i = 0; i < run->nr_parts && !p->doc && !status; i++) {
		const struct results_part *part = &run->parts[i];
		char file[PATH_MAX];

		if (!part->file || (b->part && strcmp(b->part, part->name)))
			continue;
		snprintf(file, sizeof(file), "%s/%s", run->dir, part->file);
		if (results_doc_read(file, &p->doc, &err)) {
			results_error_print(stderr, &err);
			status = EXIT_PART_FAILED;
		} else if (!b->part && has_case(b, p->doc, &exact)) {
			b->part = strdup(part->name);
			status = b->part ? 0 : EXIT_PART_FAILED;
		} else if (!b->part) {
			results_doc_free(p->doc);
			p->doc = NULL;
		}
	}
	results_run_free(run);
	return status;
}

static void say_progress(const struct bisect *b, size_t at, size_t commits)
{
	const struct commit *c = b->points[at].commit;
	size_t steps = 0;

	while ((commits >> steps) > 1)
		steps++;
	fprintf(stderr, "== %.*s %s", COMMIT_SHORT, c->id, c->subject);
	if (commits)
		fprintf(stderr, "; a change is among %zu commits, about %zu kernel%s more", commits,
			steps, SERIES_S(steps));
	fputc('\n', stderr);
}

/* Builds and boots a commit; what cannot be measured is skipped. commits: in the interval, or 0. */
static int look(struct bisect *b, size_t at, size_t commits)
{
	struct bisect_point *p = &b->points[at];
	char *reason;
	int status;

	if (p->state != BISECT_UNKNOWN)
		return 0;
	say_progress(b, at, commits);
	status = build(b, p);
	if (status)
		return status;
	if (!p->image.folder)
		return skip(p, p->image.reason);
	status = measured_run(&b->m, p->commit, b->o->scenario, &p->image, MEASURED_ROWS, &p->run);
	if (!p->run)
		return status;
	if (status) {
		/* A part that failed may not be the one with the case. */
		status = read_doc(b, p);
		if (!status && !p->doc) {
			reason = measured_reason(p->run);
			status = skip(p, reason);
			free(reason);
			return status;
		}
	} else {
		status = read_doc(b, p);
	}
	if (!status && !p->doc)
		return b->part ? skip(p, "its run lacks the part with the case") : 0;
	p->state = BISECT_SEEN;
	return status;
}

/* ---- what is found ---- */

static int note_gap(struct bisect *b, size_t from, size_t to)
{
	struct bisect_gap *more;

	if (to - from < 2)
		return 0;
	more = realloc(b->gaps, (b->nr_gaps + 1) * sizeof(*more));
	if (!more)
		return EXIT_PART_FAILED;
	b->gaps = more;
	more[b->nr_gaps++] = (struct bisect_gap){ from, to };
	return 0;
}

static int found(struct bisect *b, size_t good, size_t bad, const struct way *w)
{
	struct bisect_change *more = realloc(b->changes, (b->nr_changes + 1) * sizeof(*more)), *c;

	if (!more)
		return EXIT_PART_FAILED;
	b->changes = more;
	c = &more[b->nr_changes++];
	*c = (struct bisect_change){ .good = good, .bad = bad, .symbols = strdup("") };
	c->answers = malloc((w->nr + 1) * sizeof(*c->answers));
	if (!c->answers || !c->symbols)
		return EXIT_PART_FAILED;
	memcpy(c->answers, w->v, w->nr * sizeof(*c->answers));
	c->nr_answers = w->nr;
	return bisect_describe(b, c);
}

/* ---- the search ---- */

/* The commit nearest to the middle of an interval that is not skipped; 0: there is none. */
static size_t middle(const struct bisect *b, size_t lo, size_t hi)
{
	size_t mid = lo + (hi - lo) / 2;

	for (size_t d = 0; d < hi - lo; d++) {
		if (mid + d < hi && b->points[mid + d].state != BISECT_SKIPPED)
			return mid + d;
		if (d && mid > lo + d && b->points[mid - d].state != BISECT_SKIPPED)
			return mid - d;
	}
	return 0;
}

/* Both ends are measured, and differ. */
static int search(struct bisect *b, size_t lo, size_t hi, struct way *w)
{
	size_t here = w->nr;
	int status = 0;

	while (!status && hi - lo > 1) {
		size_t mid = middle(b, lo, hi);
		int left, right;

		if (!mid)
			break;
		status = look(b, mid, hi - lo);
		if (status)
			return status;
		if (b->points[mid].state == BISECT_SKIPPED) {
			tell(w, mid, BISECT_SKIP);
			continue;
		}
		left = bisect_differ(b, lo, mid);
		right = bisect_differ(b, mid, hi);
		if (left < 0 || right < 0)
			return EXIT_PART_FAILED;
		if (!left && !right) {
			status = skip(&b->points[mid], "the metric is not exact there");
			tell(w, mid, BISECT_SKIP);
			continue;
		}
		if (left && right) {
			size_t before = w->nr;

			tell(w, mid, BISECT_BAD);
			status = search(b, lo, mid, w);
			w->nr = before;
			lo = mid;
		} else if (left) {
			status = note_gap(b, mid, hi);
			hi = mid;
		} else {
			status = note_gap(b, lo, mid);
			lo = mid;
		}
		tell(w, mid, lo == mid ? BISECT_GOOD : BISECT_BAD);
	}
	if (!status)
		status = found(b, lo, hi, w);
	w->nr = here;
	return status;
}

/* Looks at every commit, and at each neighbour that has a kernel. */
static int look_at_every(struct bisect *b, struct way *w)
{
	size_t last = 0;
	int status = 0;

	for (size_t i = 1; i < b->nr && !status; i++) {
		int is;

		status = look(b, i, 0);
		if (status || b->points[i].state != BISECT_SEEN)
			continue;
		is = bisect_differ(b, last, i);
		w->nr = 0;
		for (size_t k = last + 1; k < i; k++)
			tell(w, k, BISECT_SKIP);
		if (last)
			tell(w, last, BISECT_GOOD);
		if (i + 1 < b->nr)
			tell(w, i, BISECT_BAD);
		status = is < 0 ? EXIT_PART_FAILED : is ? found(b, last, i, w) : 0;
		last = i;
	}
	return status;
}

/* ---- the ends ---- */

static int look_at_end(struct bisect *b, size_t at, const char *which)
{
	struct bisect_point *p = &b->points[at];
	size_t exact = 0;
	int status = look(b, at, 0);

	if (status)
		return status;
	if (p->state == BISECT_SKIPPED) {
		fprintf(stderr, "ptbench kernels bisect: --%s %.*s: %s; name another commit\n",
			which, COMMIT_SHORT, p->commit->id, p->reason);
		return EXIT_PART_FAILED;
	}
	if (p->doc && has_case(b, p->doc, &exact))
		return 0;
	fprintf(stderr,
		"ptbench kernels bisect: the kernel of %.*s has no row of %s%s%s with the metric %s; "
		"ptbench show %s prints those that it has\n",
		COMMIT_SHORT, p->commit->id, results_shown(b->o->case_id), b->o->params ? ":" : "",
		b->o->params ? results_shown(b->o->params) : "", results_shown(b->o->metric),
		p->run ? results_shown(p->run) : "");
	return EXIT_USAGE;
}

/* Counts rows of both ends, and says in words what both have if that is the same. */
static int compare_ends(struct bisect *b, bool *differs)
{
	struct results_comparison *c;
	const struct results_compared_row *first = NULL;
	char value[32];
	int status = bisect_compare(b, b->points[0].doc, b->points[b->nr - 1].doc, &c);

	if (status)
		return status;
	*differs = false;
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows; k++) {
			const struct results_compared_row *r = &c->parts[i].rows[k];

			if (!bisect_is_exact(r)) {
				b->nr_inexact++;
				continue;
			}
			first = first ? first : r;
			b->nr_exact++;
			*differs |= bisect_moved(r);
		}
	if (!*differs && first && first->base &&
	    asprintf(&b->same, "%s",
		     series_value(value, sizeof(value), true,
				  results_amount_number(&first->base_value))) < 0)
		b->same = NULL;
	results_comparison_free(c);
	if (b->nr_exact)
		return 0;
	fprintf(stderr,
		"ptbench kernels bisect: %zu row%s of %s, and %s is exact of none of them on both ends: "
		"there is no value that a commit has or has not\n",
		b->nr_inexact, b->nr_inexact == 1 ? "" : "s", results_shown(b->o->case_id),
		results_shown(b->o->metric));
	return EXIT_INCONCLUSIVE;
}

/* ---- all of it ---- */

static int by_start(const void *a, const void *b)
{
	const struct bisect_gap *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

int bisect_search(struct bisect *b)
{
	struct way w = { .v = calloc(b->nr, sizeof(*w.v)) };
	bool differs = false;
	int status = w.v ? 0 : EXIT_PART_FAILED;

	status = status ?: look_at_end(b, 0, "good") ?: look_at_end(b, b->nr - 1, "bad");
	status = status ?: compare_ends(b, &differs);
	if (!status && b->o->every)
		status = look_at_every(b, &w);
	else if (!status && differs)
		status = search(b, 0, b->nr - 1, &w);
	else if (!status)
		status = note_gap(b, 0, b->nr - 1);
	free(w.v);
	if (b->nr_gaps)
		qsort(b->gaps, b->nr_gaps, sizeof(*b->gaps), by_start);
	return status;
}

void bisect_free(struct bisect *b)
{
	for (size_t i = 0; b->points && i < b->nr; i++) {
		struct bisect_point *p = &b->points[i];

		image_free(&p->image, 1);
		results_doc_free(p->doc);
		free(p->reason);
		free(p->run);
	}
	for (size_t i = 0; i < b->nr_changes; i++) {
		free(b->changes[i].answers);
		free(b->changes[i].row);
		free(b->changes[i].text);
		free(b->changes[i].symbols);
	}
	free(b->points);
	free(b->changes);
	free(b->gaps);
	free(b->part);
	free(b->same);
	emulators_free(&b->m.emulators);
}
