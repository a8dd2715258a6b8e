// SPDX-License-Identifier: GPL-2.0-or-later
// What came out of the native runner: repetitions to measurements, skipped rows and checks.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "native.h"

/* The least that has a 95 % order-statistics interval of its median. */
#define MIN_REPETITIONS 6

int native_params(const struct bench_state *s, struct results_params *params)
{
	int err = 0;

	for (size_t i = 0; i < s->nr_params && !err; i++) {
		const struct bench_value *v = &s->params[i];

		err = v->str ? results_params_set_str(params, v->key, v->str) :
			       results_params_set_int(params, v->key, v->num);
	}
	return err;
}

static enum results_subject subject_of(const struct bench_state *s)
{
	static const enum results_subject subjects[] = {
		[BENCH_REF] = RESULTS_REF,
		[BENCH_KERNEL] = RESULTS_KERNEL,
		[BENCH_LIBURCU] = RESULTS_LIBURCU,
	};

	return subjects[bench_subject(s)];
}

/* What cannot be recorded is a check that failed, so that the document says why the part did. */
static void broken(struct native_instance *in, const char *what, const struct results_error *err)
{
	struct results_params params = { 0 };

	fprintf(stderr, "bench: %s: ", in->name);
	results_error_print(stderr, err);
	in->native->failed = true;
	if (!native_params(&in->s, &params))
		results_doc_add_check(in->native->doc, "case/recorded", &params, what,
				      err->reason[0] ? err->reason : "no memory for it", false, NULL);
	results_params_free(&params);
}

void native_add(struct native_instance *in, const char *metric, const double *samples, size_t nr,
		long long nr_ops)
{
	struct results_measurement m = {
		.subject = subject_of(&in->s),
		.metric = results_metric_find(metric),
		.kind = RESULTS_SAMPLED,
		.nr_ops = nr_ops,
		.samples = (double *)samples,
		.nr_samples = nr,
		.discarded = in->nr_thrown_away,
	};
	struct results_error err = { 0 };
	char case_id[64];

	snprintf(case_id, sizeof(case_id), "%s/%s", in->s.c->family, in->s.c->name);
	m.case_id = case_id;
	if (native_params(&in->s, &m.params) || results_doc_add(in->native->doc, &m, &err))
		broken(in, metric, &err);
	results_params_free(&m.params);
}

static void add_skipped(struct native_instance *in, const char *reason)
{
	struct results_params params = { 0 };
	struct results_error err = { 0 };
	char case_id[64];

	snprintf(case_id, sizeof(case_id), "%s/%s", in->s.c->family, in->s.c->name);
	if (native_params(&in->s, &params) ||
	    results_doc_add_skipped(in->native->doc, case_id, &params, subject_of(&in->s), reason,
				    &err))
		broken(in, "a reason to skip it", &err);
	results_params_free(&params);
}

void native_add_check(struct native_instance *in, const char *id, const char *expect,
		      const char *seen, bool pass)
{
	struct results_params params = { 0 };
	struct results_error err = { 0 };

	if (native_params(&in->s, &params) ||
	    results_doc_add_check(in->native->doc, id, &params, expect, seen, pass, &err))
		broken(in, id, &err);
	results_params_free(&params);
	if (!pass) {
		fprintf(stderr, "bench: %s: %s: expected %s, saw %s\n", in->name, id, expect, seen);
		in->native->failed = true;
	}
}

/* Per operation in the report, so that its own output reads well; a total in a sample. */
static double total_of(const struct gbench_repetition *run, const char *name)
{
	for (size_t i = 0; i < run->nr_counters; i++)
		if (!strcmp(run->counters[i].name, name))
			return run->counters[i].value * run->iterations;
	return 0;
}

static void add_measurements(struct native_instance *in, const struct gbench_repetition *runs,
			     size_t nr)
{
	double samples[NATIVE_MAX_REPETITIONS];

	for (size_t i = 0; i < nr; i++)
		samples[i] = rint(runs[i].real_ns); /* the clock has no fractions */
	native_add(in, "time", samples, nr, runs[0].iterations);
	for (size_t m = 0; m < runs[0].nr_counters; m++) {
		const char *metric = runs[0].counters[m].name;

		if (!strcmp(metric, NATIVE_DISTURBED))
			continue;
		for (size_t i = 0; i < nr; i++)
			samples[i] = total_of(&runs[i], metric);
		native_add(in, metric, samples, nr, runs[0].iterations);
	}
	in->measured = true;
	in->nr_ops = runs[0].iterations;
}

static enum native_disturbed disturbed(const struct gbench_repetition *run)
{
	for (size_t i = 0; i < run->nr_counters; i++)
		if (!strcmp(run->counters[i].name, NATIVE_DISTURBED))
			return run->counters[i].value;
	return NATIVE_QUIET;
}

/* Those no worse than `worst`, until one says why there are no more; *thrown_away are the others. */
static size_t keep(struct gbench_repetition *to, const struct gbench_repetition *runs, size_t nr,
		   enum native_disturbed worst, size_t *thrown_away)
{
	size_t good = 0;

	*thrown_away = 0;
	for (size_t i = 0; i < nr && !runs[i].skipped && good < NATIVE_MAX_REPETITIONS; i++)
		if (disturbed(&runs[i]) <= worst)
			to[good++] = runs[i];
		else
			++*thrown_away;
	return good;
}

static const char *why_no_more(const struct gbench_repetition *runs, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (runs[i].skipped)
			return runs[i].skipped;
	return "";
}

static bool enough(size_t good, size_t nr)
{
	return good && (good == nr || good >= MIN_REPETITIONS);
}

void native_report(const struct gbench_repetition *runs, size_t nr, void *cookie)
{
	static struct gbench_repetition kept[NATIVE_MAX_REPETITIONS];
	struct native *nat = cookie;
	struct native_instance *in = runs[0].arg ? runs[0].arg : &nat->shim_native;
	const char *why = why_no_more(runs, nr);
	size_t good = keep(kept, runs, nr, NATIVE_QUIET, &in->nr_thrown_away);

	if (!in->name[0])
		snprintf(in->name, sizeof(in->name), "%s", runs[0].name);
	nat->nr_reported++;
	if (in == &nat->shim_native)
		progress_done(&nat->progress, nr, 1); /* nobody else sees them run */
	if (!strncmp(why, NATIVE_SKIPPED, strlen(NATIVE_SKIPPED)))
		return add_skipped(in, why + strlen(NATIVE_SKIPPED));
	if (!strncmp(why, NATIVE_FAILED, strlen(NATIVE_FAILED)))
		return native_add_check(in, "case/runs", "n operations", why + strlen(NATIVE_FAILED),
					false);
	/* On a busy machine a time that is too long, and said to be, is better than none. */
	if (!enough(good, nr) && !*why) {
		good = keep(kept, runs, nr, NATIVE_BUSY, &in->nr_thrown_away);
		nat->nr_busy += enough(good, nr);
	}
	if (enough(good, nr))
		add_measurements(in, kept, good);
	else if (!*why)
		add_skipped(in, in->disturbed);
}
