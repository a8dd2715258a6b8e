// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels series: builds each commit while the one before is booted, and compares each with
 * the nearest one before it that has something to compare.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../boot/profiled.h"
#include "../boot/scenario.h"
#include "series_run.h"

/* What a scenario's commits are compared with. */
struct base {
	size_t at; /* index of steps */
	bool is;   /* there is one */
};

/* A commit: the first is the parent of the first that is judged. */
struct step {
	const struct commit *commit;
	struct image *images; /* one for each scenario */
	char **runs;	      /* the folders of their runs; NULL: none */
	char **functions;     /* those of their runs by function */
};

struct series {
	struct series_options *o;
	struct measuring m;
	char **names;
	size_t nr;
	struct step *steps;
	size_t nr_steps;
	bool has_first; /* steps[0] is a parent, and not judged */
	struct base *bases;
	struct series_table *t;
	struct image_build build;
	bool building;	 /* steps[nr_built] */
	size_t nr_built; /* steps whose images, or reasons, are known */
	bool no_functions;
	time_t started;
};

static const char *sha_of(const struct image *image)
{
	return results_pairs_get(&image->info, "image_sha256") ?: "";
}

/* ---- progress ---- */

static void say_progress(const struct series *s, size_t i)
{
	const struct commit *c = s->steps[i].commit;
	size_t judged = i - s->has_first, nr = s->nr_steps - s->has_first;
	double each = judged ? difftime(time(NULL), s->started) / (double)i : 0;

	if (s->has_first && !i) {
		fprintf(stderr, "== [0/%zu] %.*s %s (the parent of the first)\n", nr, COMMIT_SHORT,
			c->id, c->subject);
		return;
	}
	fprintf(stderr, "== [%zu/%zu] %.*s %s", judged + 1, nr, COMMIT_SHORT, c->id, c->subject);
	if (each >= 1)
		fprintf(stderr, "; about %.0f s left", each * (double)(s->nr_steps - i));
	fputc('\n', stderr);
}

/* ---- building, ahead of the boots ---- */

static int start_build(struct series *s)
{
	const struct step *step = &s->steps[s->nr_built];

	if (s->nr_built == s->nr_steps)
		return 0;
	if (measured_build_start(&s->m, &s->build, step->commit, s->names, s->nr, step->images)) {
		fprintf(stderr, "ptbench kernels series: kernels/build cannot be started\n");
		return EXIT_PART_FAILED;
	}
	s->building = true;
	return 0;
}

/*
 * Looks at the build that runs, waiting at most ms milliseconds; starts the next when it has ended.
 */
static int look_at_build(struct series *s, int ms)
{
	int status;

	if (!s->building)
		return 0;
	status = measured_build_poll(&s->m, &s->build, ms);
	if (status == -EAGAIN)
		return 0;
	s->building = false;
	s->nr_built++;
	return status ? status : start_build(s);
}

/* Waits until step i is built. */
static int wait_for_build(struct series *s, size_t i)
{
	int status = 0;

	while (s->nr_built <= i && !status)
		status = look_at_build(s, 200);
	return status;
}

/* ---- comparing ---- */

static int compare_runs(const struct series *s, const char *base, const char *head,
			struct results_comparison **out)
{
	const struct results_side sides[] = { { &base, 1 }, { &head, 1 } };
	const struct results_compare_options options = {
		.allowed = s->o->ab.allow,
		.nr_allowed = s->o->ab.nr_allow,
		.policy = s->o->ab.policy,
	};
	struct results_error err;

	if (!results_compare(&sides[0], &sides[1], &options, out, &err))
		return 0;
	results_error_print(stderr, &err);
	return EXIT_PART_FAILED;
}

/* The run of the step's kernel by function; NULL: it cannot be had. */
static int functions_of(struct series *s, size_t at, size_t which)
{
	struct step *step = &s->steps[at];
	int status;

	if (step->functions[which])
		return 0;
	status = look_at_build(s, 0);
	if (status)
		return status;
	status = measured_run(&s->m, step->commit, s->names[which], &step->images[which],
			      MEASURED_FUNCTIONS, &step->functions[which]);
	return status == EXIT_INTERRUPTED ? status : 0;
}

static int explain(struct series *s, struct series_row *row, size_t base, size_t head, size_t which)
{
	struct results_comparison *c;
	int status;

	if (s->no_functions || !series_row_has_instructions(row))
		return 0;
	status = functions_of(s, base, which) ?: functions_of(s, head, which);
	if (status || !s->steps[base].functions[which] || !s->steps[head].functions[which])
		return status;
	status = compare_runs(s, s->steps[base].functions[which], s->steps[head].functions[which],
			      &c);
	if (status)
		return status;
	status = series_row_explain(row, c) ? EXIT_PART_FAILED : 0;
	results_comparison_free(c);
	return status;
}

/* Compares the kernels of two steps. Same images are not compared: they are one kernel. */
static int judge(struct series *s, struct series_row *row, size_t base, size_t head, size_t which)
{
	struct results_comparison *c;
	int status;

	row->against = s->steps[base].commit;
	if (!strcmp(sha_of(&s->steps[base].images[which]), sha_of(&s->steps[head].images[which]))) {
		row->state = SERIES_SAME_IMAGE;
		return 0;
	}
	status = compare_runs(s, s->steps[base].runs[which], s->steps[head].runs[which], &c);
	if (status)
		return status;
	status = series_row_judge(row, c) ? EXIT_PART_FAILED : 0;
	results_comparison_free(c);
	return status ? status : explain(s, row, base, head, which);
}

/* ---- a commit ---- */

static int refuse(struct series_row *row, enum series_state state, const char *reason)
{
	free(row->reason);
	row->state = state;
	row->reason = strdup(results_shown(reason ? reason : "no reason is known"));
	return row->reason ? 0 : EXIT_PART_FAILED;
}

/* Boots the kernel unless it is that of the base. */
static int measure(struct series *s, size_t i, size_t which, struct series_row *row)
{
	struct step *step = &s->steps[i];
	const struct base *base = &s->bases[which];
	char *reason;
	int status;

	if (base->is &&
	    !strcmp(sha_of(&s->steps[base->at].images[which]), sha_of(&step->images[which]))) {
		step->runs[which] = strdup(s->steps[base->at].runs[which]);
		return step->runs[which] ? 0 : EXIT_PART_FAILED;
	}
	status = measured_run(&s->m, step->commit, s->names[which], &step->images[which],
			      MEASURED_ROWS, &step->runs[which]);
	if (!step->runs[which])
		return status;
	if (!status || !row)
		return 0;
	reason = measured_reason(step->runs[which]);
	if (measured_booted(step->runs[which]))
		refuse(row, SERIES_FAILED, reason);
	else
		refuse(row, status == EXIT_PART_FAILED ? SERIES_UNBOOTED : SERIES_UNJUDGED, reason);
	free(reason);
	return 0;
}

static int take_scenario(struct series *s, size_t i, size_t which, struct series_row *row)
{
	const struct image *image = &s->steps[i].images[which];
	struct base *base = &s->bases[which];
	int status = 0;

	if (!image->folder)
		return refuse(row, image->skipped ? SERIES_SKIPPED : SERIES_UNBUILT, image->reason);
	row->state = SERIES_SAME;
	status = measure(s, i, which, row);
	if (status)
		return status;
	row->run = strdup(s->steps[i].runs[which]);
	if (row->state == SERIES_UNBOOTED || row->state == SERIES_UNJUDGED)
		return 0; /* nothing that another could be compared with */
	row->not_parent = base->is && base->at + 1 != i;
	if (base->is)
		status = judge(s, row, base->at, i, which);
	else if (i || !s->has_first)
		status = row->state == SERIES_FAILED
				 ? 0
				 : refuse(row, SERIES_UNJUDGED,
					  "no commit before it has a kernel to compare it with");
	*base = (struct base){ .at = i, .is = true };
	return status;
}

/* The parent of the first is a row of no table: a kernel that it lacks is said. */
static int take_first(struct series *s)
{
	int status = 0;

	for (size_t k = 0; k < s->nr && !status; k++) {
		struct series_row row = { .commit = s->steps[0].commit, .scenario = s->names[k] };

		status = take_scenario(s, 0, k, &row);
		if (!status && row.reason)
			fprintf(stderr, "%s: the parent of the first commit: %s: %s\n",
				results_shown(row.scenario), series_state_name(row.state),
				row.reason);
		series_row_free(&row);
	}
	return status;
}

static int take_step(struct series *s, size_t i)
{
	int status = 0;

	if (s->has_first && !i)
		return take_first(s);
	for (size_t k = 0; k < s->nr && !status; k++) {
		struct series_row *row = &s->t->rows[s->t->nr_rows++];

		*row = (struct series_row){ .commit = s->steps[i].commit, .scenario = s->names[k] };
		status = take_scenario(s, i, k, row);
	}
	return status;
}

static int take_all(struct series *s)
{
	int status = start_build(s);

	s->started = time(NULL);
	for (size_t i = 0; i < s->nr_steps && !status; i++) {
		status = wait_for_build(s, i);
		if (status)
			break;
		say_progress(s, i);
		status = take_step(s, i);
		if (!status && *s->m.stopped)
			status = EXIT_INTERRUPTED;
	}
	if (s->building)
		image_build_stop(&s->build);
	return status;
}

/* ---- the last kernel against the first ---- */

static int sum_up(struct series *s)
{
	int status = 0;

	for (size_t k = 0; k < s->nr && !status; k++) {
		struct series_row *row = &s->t->net[s->t->nr_net++];
		size_t first = 0, last = s->bases[k].at;

		*row = (struct series_row){ .scenario = s->names[k],
					    .commit = s->steps[last].commit };
		while (first < last &&
		       (!s->steps[first].runs[k] || !measured_booted(s->steps[first].runs[k])))
			first++;
		if (s->bases[k].is && first < last)
			status = judge(s, row, first, last, k);
	}
	return status;
}

/* ---- all of it ---- */

/* Are the plugin and a QEMU that takes it here? Else functions are not named, which is said. */
static void check_functions(struct series *s)
{
	char dir[PATH_MAX], why[SCENARIO_WHY];
	struct scenario *scenario;

	s->no_functions = s->o->no_symbols || s->o->ab.kernels.no_costs;
	if (s->o->no_symbols)
		s->t->no_symbols = "--no-functions";
	else if (s->o->ab.kernels.no_costs)
		s->t->no_symbols = "only events were asked for";
	snprintf(dir, sizeof(dir), "%s/kernels", s->m.kernels.root);
	for (size_t i = 0; i < s->nr && !s->no_functions; i++) {
		if (scenario_read(dir, s->names[i], &scenario, why))
			continue;
		if (profiled_usable(&s->m.kernels, scenario)) {
			s->no_functions = true;
			s->t->no_symbols =
				"this machine has no QEMU with plugins, or not the plugin";
		}
		scenario_free(scenario);
	}
}

static int read_names(struct series *s)
{
	const struct kernels_options *k = &s->o->ab.kernels;
	char dir[PATH_MAX], why[SCENARIO_WHY];

	snprintf(dir, sizeof(dir), "%s/kernels", k->root);
	if (scenario_names(dir, k->scenarios, k->nr_scenarios, &s->names, &s->nr, why)) {
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < s->nr; i++) {
		if (!strchr(s->names[i], '@'))
			continue;
		fprintf(stderr,
			"ptbench kernels series: %s: the kernels are those of the commits; "
			"leave out the @\n",
			results_shown(s->names[i]));
		return EXIT_USAGE;
	}
	return 0;
}

/* Checks what can be checked before anything is built. */
static int check(struct series *s)
{
	struct kernels_options k = s->m.kernels;
	char *ksrc = measured_source(&s->m, s->steps[s->nr_steps - 1].commit);
	int status = EXIT_USAGE;

	k.ksrc = ksrc;
	k.no_reference = true;
	if (ksrc && !ab_check_runs("ptbench kernels series", s->m.runs) && !kernels_ready(&k))
		status = 0;
	free(ksrc);
	return status;
}

/* Reads the commits: v[0] is the first one's parent, if it has one. */
static int read_commits(struct series_options *o, struct commit **v, size_t *nr, bool *has_first)
{
	static const char command[] = "ptbench kernels series";
	struct commit *list, first = { .id = NULL }, *more;
	size_t n;

	if (commits_read(command, o->folder, o->ab.base, o->ab.head, &list, &n))
		return EXIT_USAGE;
	if (!n) {
		fprintf(stderr,
			"%s: there is no commit in the range: the head has none that the base "
			"lacks\n",
			command);
		commits_free(list, n);
		return EXIT_USAGE;
	}
	*has_first = list[0].parent;
	more = realloc(list, (n + 1) * sizeof(*list));
	if (!more || (*has_first && commits_read_one(command, o->folder, more[0].parent, &first))) {
		commits_free(more ? more : list, n);
		return EXIT_USAGE;
	}
	if (*has_first) {
		memmove(more + 1, more, n * sizeof(*more));
		more[0] = first;
		n++;
	}
	*v = more;
	*nr = n;
	return 0;
}

/* What a reader of the range has to know: where it begins. */
static char *note_of(const struct series_options *o, const struct commit *first)
{
	char *text;

	if (first && !strcmp(first->id, o->ab.base))
		return NULL;
	if (!first)
		return strdup("the first commit has no parent, and is not judged");
	if (asprintf(&text,
		     "%.*s is not on the line of first parents that leads to %.*s: the first commit "
		     "is judged against its own parent, %.*s",
		     COMMIT_SHORT, o->ab.base, COMMIT_SHORT, o->ab.head, COMMIT_SHORT,
		     first->id) < 0)
		return NULL;
	return text;
}

static int make_steps(struct series *s, const struct commit *v, size_t nr)
{
	s->nr_steps = nr;
	s->steps = calloc(nr, sizeof(*s->steps));
	s->bases = calloc(s->nr + 1, sizeof(*s->bases));
	s->t->rows = calloc(nr * s->nr + 1, sizeof(*s->t->rows));
	s->t->net = calloc(s->nr + 1, sizeof(*s->t->net));
	if (!s->steps || !s->bases || !s->t->rows || !s->t->net)
		return EXIT_PART_FAILED;
	for (size_t i = 0; i < nr; i++) {
		struct step *step = &s->steps[i];

		step->commit = &v[i];
		step->images = calloc(s->nr + 1, sizeof(*step->images));
		step->runs = calloc(s->nr + 1, sizeof(*step->runs));
		step->functions = calloc(s->nr + 1, sizeof(*step->functions));
		if (!step->images || !step->runs || !step->functions)
			return EXIT_PART_FAILED;
	}
	return 0;
}

static void free_series(struct series *s)
{
	for (size_t i = 0; s->steps && i < s->nr_steps; i++) {
		struct step *step = &s->steps[i];

		for (size_t k = 0; k < s->nr; k++) {
			if (step->runs)
				free(step->runs[k]);
			if (step->functions)
				free(step->functions[k]);
		}
		if (step->images)
			image_free(step->images, s->nr);
		free(step->images);
		free(step->runs);
		free(step->functions);
	}
	free(s->steps);
	free(s->bases);
	emulators_free(&s->m.emulators);
}

int series_run(struct series_options *o, volatile sig_atomic_t *stopped, struct commit **v,
	       size_t *nr, struct series_table *t)
{
	struct series s = {
		.o = o,
		.m = { .kernels = o->ab.kernels,
		       .runs = o->ab.runs,
		       .command = o->ab.command,
		       .folder = o->folder,
		       .stopped = stopped },
		.t = t,
	};
	int status = read_names(&s) ?: read_commits(o, v, nr, &s.has_first);

	if (!status)
		status = make_steps(&s, *v, *nr);
	if (!status)
		status = check(&s);
	if (!status) {
		t->first = s.has_first ? *v : NULL;
		t->last = *v + *nr - 1;
		t->nr_commits = *nr - s.has_first;
		t->note = note_of(o, t->first);
		for (size_t i = s.has_first; i < *nr; i++)
			t->nr_merges += (*v)[i].nr_parents > 1;
		check_functions(&s);
		status = take_all(&s) ?: sum_up(&s);
	}
	fprintf(stderr, "kernels: %zu booted, %zu measured before\n", s.m.nr_run, s.m.nr_found);
	free_series(&s);
	t->names = s.names;
	t->nr_names = s.nr;
	return status;
}
