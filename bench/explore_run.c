// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the models of ptbench explore one by one, prints the results and writes them to a file. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ref/explore.h>
#include <results/explore.h>
#include <results/results.h>

#include "explore.h"
#include "interrupt.h"

/* Steps of an interleaving that are printed; a livelock has 100,000. */
#define MAX_PRINTED_STEPS 1000

struct sums {
	const char *of;
	size_t models;
	unsigned long long schedules;
	double seconds;
};

struct session {
	const struct explore_command *command;
	struct results_explore *doc; /* NULL: no file is wanted */
	double written;		     /* time of doc's last write */
	int name_width;
	size_t at;		      /* the model that is running */
	bool live;		      /* progress is a line on a terminal, written over */
	bool headed;		      /* the table's heading has been printed */
	struct sums all, *mechanisms; /* one per mechanism, in the order of the table */
	size_t nr_mechanisms;
	size_t verdicts[RESULTS_EXPLORE_NR_VERDICTS];
	int status;
};

static const char *text_or_none(const char *s)
{
	return s ? s : "";
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* 1234567 as 1,234,567. */
static const char *grouped(char buf[32], unsigned long long n)
{
	char plain[24];
	int len = snprintf(plain, sizeof(plain), "%llu", n), put = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf[put++] = ',';
		buf[put++] = plain[i];
	}
	buf[put] = '\0';
	return buf;
}

static const char *rate(char buf[32], unsigned long long schedules, double seconds)
{
	if (seconds <= 0)
		return "-";
	return grouped(buf, (unsigned long long)((double)schedules / seconds));
}

static void model_name(char *buf, size_t size, const struct explore_model *m)
{
	snprintf(buf, size, "%s/%s", m->mechanism, m->variant);
}

/* ---- progress ---- */

static void clear_live(const struct session *s)
{
	if (s->live)
		fputs("\r\033[K", stderr);
}

static bool progress(void *arg, const struct explore_model *m, unsigned bound,
		     unsigned long schedules)
{
	struct session *s = arg;
	char name[256], number[32];

	if (s->live && !interrupted) {
		model_name(name, sizeof(name), m);
		fprintf(stderr, "\r\033[K%zu of %zu  %.40s  bound %u, %s schedules", s->at + 1,
			s->command->nr_models, name, bound, grouped(number, schedules));
		fflush(stderr);
	}
	return interrupted;
}

static void tell_start(struct session *s, const struct explore_model *m)
{
	char name[256];

	if (s->live) {
		progress(s, m, 0, 0);
	} else if (!s->command->quiet) {
		model_name(name, sizeof(name), m);
		fprintf(stderr, "exploring %zu of %zu: %s\n", s->at + 1, s->command->nr_models,
			name);
	}
}

/* ---- one model's outcome ---- */

static void print_heading(struct session *s)
{
	if (!s->headed)
		printf("%-*s  %-6s  %-12s  %5s  %13s  %12s  %9s  %s\n", s->name_width, "model", "",
		       "mode", "bound", "schedules", "per second", "time", "verdict");
	s->headed = true;
}

static void print_row(struct session *s, const struct results_explore_model *m)
{
	const char *verdict = results_explore_verdict_name(m->verdict);
	char name[256], count[32], per_second[32];

	print_heading(s);
	snprintf(name, sizeof(name), "%s/%s", m->mechanism, m->variant);
	printf("%-*s  %-6s  %-12s  %5u  %13s  %12s  %7.2f s  ", s->name_width, name,
	       m->busted ? "busted" : "good", m->mode, m->bound,
	       grouped(count, (unsigned long long)m->schedules),
	       rate(per_second, (unsigned long long)m->schedules, m->seconds), m->seconds);
	if (results_explore_is_fine(m->verdict) || m->verdict == RESULTS_EXPLORE_UNFINISHED)
		fputs(verdict, stdout);
	else
		printf("FAILED, %s", verdict);
	if (m->failure)
		printf(": %s", m->failure->invariant);
	if (m->verdict == RESULTS_EXPLORE_OTHER || m->verdict == RESULTS_EXPLORE_SURVIVED)
		printf(" (has to break: %s)", m->caught_by);
	putchar('\n');
	fflush(stdout);
}

static void print_failure(const struct session *s, const struct explore_model *m,
			  const struct explore_result *r)
{
	char name[256], option[] = "--replay", command[] = "explore";
	char *words[] = { command, name, option, r->schedule ? r->schedule : "" }, *again;
	struct explore_result shown = *r;

	printf("\n%s/%s: %s\n", m->mechanism, m->variant, m->summary);
	printf("%zu steps, %u preemption%s\n\n", r->nr_steps, r->preemptions,
	       r->preemptions == 1 ? "" : "s");
	if (shown.nr_steps > MAX_PRINTED_STEPS)
		shown.nr_steps = MAX_PRINTED_STEPS;
	explore_print_columns(stdout, &shown, m->nr_cpus, s->command->width);
	if (shown.nr_steps < r->nr_steps)
		printf("... and %zu more steps\n", r->nr_steps - shown.nr_steps);
	model_name(name, sizeof(name), m);
	again = results_command(4, words);
	printf("\nagain: %s\n\n", text_or_none(again));
	free(again);
	fflush(stdout);
}

/* Every unexpected failure is printed, and the expected ones that the user asked to see. */
static bool shows_failure(const struct session *s, const struct results_explore_model *m)
{
	if (!m->failure)
		return false;
	return s->command->verbose || s->command->models[s->at].by_name || s->command->replay ||
	       !results_explore_is_fine(m->verdict);
}

/* ---- the document ---- */

static int start_document(struct session *s)
{
	struct results_error err;

	if (!s->command->json)
		return EXIT_FINE;
	if (results_explore_new(s->command->revision, s->command->text, &s->doc)) {
		fputs("ptbench explore: no memory\n", stderr);
		return EXIT_PART_FAILED;
	}
	/* Written at once, so that a path that cannot be written is found before the work. */
	if (!results_explore_write(s->doc, s->command->json, &err))
		return EXIT_FINE;
	results_error_print(stderr, &err);
	return EXIT_USAGE;
}

static int write_document(struct session *s)
{
	struct results_error err;

	if (!s->doc || !results_explore_write(s->doc, s->command->json, &err))
		return EXIT_FINE;
	clear_live(s);
	results_error_print(stderr, &err);
	return EXIT_USAGE;
}

static int keep(struct session *s, const struct results_explore_model *m)
{
	struct results_error err;

	if (!s->doc)
		return EXIT_FINE;
	if (results_explore_add(s->doc, m, &err)) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	/* Not after each of many quick models: each write waits for the disk. */
	if (now() - s->written < 1)
		return EXIT_FINE;
	s->written = now();
	return write_document(s);
}

/* A result's steps in the form of results/explore.h; NULL without memory. */
static struct results_explore_step *steps_of(const struct explore_result *r)
{
	size_t n = r->nr_steps < RESULTS_EXPLORE_MAX_STEPS ? r->nr_steps
							   : RESULTS_EXPLORE_MAX_STEPS;
	struct results_explore_step *steps = calloc(n + 1, sizeof(*steps));

	for (size_t i = 0; i < n && steps; i++)
		steps[i] = (struct results_explore_step){
			.cpu = r->step[i].cpu,
			.context = explore_context_name(r->step[i].context),
			.task = r->step[i].task,
			.site = text_or_none(r->step[i].site),
			.text = text_or_none(r->step[i].text),
		};
	return steps;
}

static void fill(struct results_explore_model *to, const struct explore_command *c,
		 const struct explore_model *m, const struct explore_result *r)
{
	*to = (struct results_explore_model){
		.mechanism = m->mechanism,
		.variant = m->variant,
		.summary = m->summary,
		.busted = m->busted,
		.caught_by = m->busted ? m->caught_by : NULL,
		.busted_code_said = true,
		.busted_code = m->busted ? NULL : m->busted_code,
		.mode = explore_mode_name(m->mode),
		.method = c->replay	    ? RESULTS_EXPLORE_REPLAY
			  : c->no_reduction ? RESULTS_EXPLORE_FULL
					    : RESULTS_EXPLORE_REDUCED,
		.bound = r->bound,
		.nr_cpus = m->nr_cpus,
		.schedules = (long long)r->schedules,
		.steps = (long long)r->steps,
		.states = (long long)r->states,
		.seconds = r->seconds,
		.complete = r->complete && !c->replay,
	};
}

static void add_up(struct session *s, const char *mechanism, const struct explore_result *r)
{
	struct sums *last = s->nr_mechanisms ? &s->mechanisms[s->nr_mechanisms - 1] : NULL;

	if (!last || strcmp(last->of, mechanism)) {
		last = &s->mechanisms[s->nr_mechanisms++];
		last->of = mechanism;
	}
	for (struct sums *to = last; to; to = to == last ? &s->all : NULL) {
		to->models++;
		to->schedules += r->schedules;
		to->seconds += r->seconds;
	}
}

/* Judges, prints and records one model's result. Returns an exit status. */
static int outcome(struct session *s, const struct explore_model *m, const struct explore_result *r)
{
	struct results_explore_failure failure = { 0 };
	struct results_explore_step *steps = NULL;
	struct results_explore_model out;
	int status;

	fill(&out, s->command, m, r);
	if (r->failed) {
		steps = steps_of(r);
		if (!steps)
			return EXIT_PART_FAILED;
		failure = (struct results_explore_failure){
			.invariant = r->invariant,
			.why = text_or_none(r->why),
			.schedule = text_or_none(r->schedule),
			.preemptions = r->preemptions,
			.steps = steps,
			.nr_steps = r->nr_steps,
		};
		out.failure = &failure;
	}
	out.verdict = results_explore_judge(&out, !s->command->replay && !r->complete);
	s->verdicts[out.verdict]++;
	add_up(s, m->mechanism, r);
	clear_live(s);
	print_row(s, &out);
	if (shows_failure(s, &out))
		print_failure(s, m, r);
	status = keep(s, &out);
	free(steps);
	if (status == EXIT_FINE && !results_explore_is_fine(out.verdict) &&
	    out.verdict != RESULTS_EXPLORE_UNFINISHED)
		status = EXIT_WORSE;
	return status;
}

static int run_model(struct session *s, const struct explore_model *m)
{
	const struct explore_command *c = s->command;
	struct explore_options options = {
		.bound = c->bound,
		.no_reduction = c->no_reduction,
		.replay = c->replay,
		.progress = progress,
		.progress_arg = s,
	};
	struct explore_result result = { 0 };
	int ret, status;

	tell_start(s, m);
	ret = explore_run(m, &options, &result);
	if (!ret) {
		status = outcome(s, m, &result);
	} else {
		clear_live(s);
		fprintf(stderr, "ptbench explore: %s/%s: %s: %s\n", m->mechanism, m->variant,
			c->replay && ret == -EINVAL ? "the schedule cannot be replayed"
						    : "cannot be set up",
			result.why ? results_shown(result.why) : strerror(-ret));
		status = c->replay && ret == -EINVAL ? EXIT_USAGE : EXIT_PART_FAILED;
	}
	if (!ret || ret == -EINVAL)
		explore_result_free(&result);
	return status;
}

/* ---- all of them ---- */

/* Prints text wrapped at 100 characters. */
static void print_folded(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column && column + 1 + len > 100) {
			putchar('\n');
			column = 0;
		}
		column += printf("%s%.*s", column ? " " : "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_sums(const struct sums *sums)
{
	char count[32], per_second[32];

	printf("%-12s %3zu model%s  %13s schedules  %12s per second  %7.2f s\n", sums->of,
	       sums->models, sums->models == 1 ? " " : "s", grouped(count, sums->schedules),
	       rate(per_second, sums->schedules, sums->seconds), sums->seconds);
}

static void print_summary(const struct session *s)
{
	const char *separator = "";

	putchar('\n');
	for (size_t i = 0; i < s->nr_mechanisms && s->nr_mechanisms > 1; i++)
		print_sums(&s->mechanisms[i]);
	print_sums(&s->all);
	for (int v = 0; v < RESULTS_EXPLORE_NR_VERDICTS; v++) {
		if (!s->verdicts[v])
			continue;
		printf("%s%zu %s", separator, s->verdicts[v], results_explore_verdict_name(v));
		separator = ", ";
	}
	if (s->all.models < s->command->nr_models)
		printf("%s%zu not explored", separator, s->command->nr_models - s->all.models);
	putchar('\n');
	print_folded(results_explore_claim);
	if (s->command->json)
		printf("written: %s%s\n", results_shown(s->command->json),
		       s->doc && s->doc->complete ? "" : " (incomplete)");
}

static void measure_names(struct session *s)
{
	const struct explore_command *c = s->command;
	char name[256];

	s->name_width = 5;
	for (size_t i = 0; i < c->nr_models; i++) {
		model_name(name, sizeof(name), c->models[i].model);
		if ((int)strlen(name) > s->name_width)
			s->name_width = strlen(name);
	}
}

/* The worst so far: a failure to do the work weighs more than what the work found. */
static int worse(int a, int b)
{
	return a > b ? a : b;
}

int explore_run_command(const struct explore_command *c)
{
	struct session s = { .command = c,
			     .live = !c->quiet && isatty(STDERR_FILENO),
			     .all.of = "all" };
	int status = EXIT_PART_FAILED;

	interrupt_catch();
	if (c->json)
		results_stdout_outlive_reader();
	s.mechanisms = calloc(c->nr_models + 1, sizeof(*s.mechanisms));
	if (s.mechanisms)
		status = start_document(&s);
	if (status != EXIT_FINE)
		goto out;
	measure_names(&s);
	for (s.at = 0; s.at < c->nr_models && !interrupted; s.at++)
		status = worse(status, run_model(&s, c->models[s.at].model));
	if (s.doc)
		s.doc->complete = s.all.models == c->nr_models &&
				  !s.verdicts[RESULTS_EXPLORE_UNFINISHED];
	status = worse(status, write_document(&s));
	clear_live(&s);
	if (!c->replay)
		print_summary(&s);
	if (interrupted)
		status = EXIT_INTERRUPTED;
out:
	results_explore_free(s.doc);
	free(s.mechanisms);
	return status;
}
