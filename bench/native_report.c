// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns the native runner's repetitions into measurements, skipped rows and checks. */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "native.h"

/* The smallest sample whose median has a 95 % order-statistics interval. */
#define MIN_REPETITIONS 6

int native_params(const struct bench_state *s, struct results_params *params)
{
	int err = 0;

	for (size_t i = 0; i < s->nr_params && !err; i++) {
		const struct bench_value *v = &s->params[i];

		err = v->str ? results_params_set_str(params, v->key, v->str)
			     : results_params_set_int(params, v->key, v->num);
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

static bool is_row_of(const struct results_measurement *m, const char *case_id,
		      const struct results_params *params, enum results_subject subject)
{
	return m->subject == subject && !strcmp(m->case_id, case_id) &&
	       !results_params_cmp(&m->params, params) &&
	       (m->skipped || !strcmp(m->metric->name, "time"));
}

int native_like(const struct native_instance *in, int64_t *n)
{
	const struct results_doc *like = in->native->like;
	struct results_params params = { 0 };
	int ret = native_params(&in->s, &params);
	char case_id[64];

	snprintf(case_id, sizeof(case_id), "%s/%s", in->s.c->family, in->s.c->name);
	*n = 0;
	for (size_t i = 0; i < like->nr_measurements && !ret; i++) {
		const struct results_measurement *m = &like->measurements[i];

		ret = is_row_of(m, case_id, &params, subject_of(&in->s));
		if (ret && !m->skipped)
			*n = m->nr_ops;
	}
	results_params_free(&params);
	return ret;
}

/* Adds a failed check for a result that cannot be recorded: it says why the part failed. */
static void broken(struct native_instance *in, const char *what, const struct results_error *err)
{
	struct results_params params = { 0 };

	fprintf(stderr, "bench: %s: ", in->name);
	results_error_print(stderr, err);
	in->native->failed = true;
	if (!native_params(&in->s, &params))
		results_doc_add_check(in->native->doc, "case/recorded", &params, what,
				      err->reason[0] ? err->reason : "no memory for it", false,
				      NULL);
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

/* A repetition and its outcome. */
struct repetition {
	const struct gbench_repetition *run;
	const struct native_outcome *out;
};

static bool enough(size_t good, size_t nr)
{
	return good && (good == nr || good >= MIN_REPETITIONS);
}

/* Computes the metric's total over all operations of the repetition. False: the case set no value
 * of this metric. */
static bool sample_of(const struct repetition *r, const char *metric, double *sample)
{
	for (size_t i = 0; i < r->out->nr_extra; i++) {
		const struct bench_extra *e = &r->out->extra[i];

		if (strcmp(e->metric, metric))
			continue;
		*sample = e->kind == BENCH_LEVEL ? e->value * r->run->iterations : e->value;
		return true;
	}
	return false;
}

/* Adds the metric, with one sample of each repetition that has a value of it. */
static void add_extra(struct native_instance *in, const struct repetition *v, size_t nr,
		      const char *metric)
{
	double samples[NATIVE_MAX_REPETITIONS];
	struct results_error err = { 0 };
	size_t have = 0;

	for (size_t i = 0; i < nr; i++)
		have += sample_of(&v[i], metric, &samples[have]);
	if (enough(have, nr))
		return native_add(in, metric, samples, have, in->nr_ops);
	snprintf(err.reason, sizeof(err.reason),
		 "only %zu of %zu repetitions have a value of it, fewer than %d", have, nr,
		 MIN_REPETITIONS);
	broken(in, metric, &err);
}

/* Whether one of the nr repetitions has a value of the metric. */
static bool any_has(const struct repetition *v, size_t nr, const char *metric)
{
	double sample;

	for (size_t i = 0; i < nr; i++)
		if (sample_of(&v[i], metric, &sample))
			return true;
	return false;
}

static void add_measurements(struct native_instance *in, const struct repetition *v, size_t nr)
{
	double samples[NATIVE_MAX_REPETITIONS] = { 0 };

	in->measured = true;
	in->nr_ops = v[0].run->iterations;
	for (size_t i = 0; i < nr; i++)
		samples[i] = rint(v[i].run->real_ns); /* the clock has no fractions */
	native_add(in, "time", samples, nr, in->nr_ops);
	/* A metric is added when the first repetition that has it comes up. */
	for (size_t i = 0; i < nr; i++)
		for (size_t m = 0; m < v[i].out->nr_extra; m++)
			if (!any_has(v, i, v[i].out->extra[m].metric))
				add_extra(in, v, nr, v[i].out->extra[m].metric);
}

/* Stores the repetitions disturbed no worse than `worst`, up to the first that is not NATIVE_DONE;
 * counts the others in in->nr_thrown_away. */
static size_t keep(struct native_instance *in, struct repetition *to,
		   const struct gbench_repetition *runs, size_t nr, enum native_disturbed worst)
{
	size_t good = 0;

	in->nr_thrown_away = 0;
	for (size_t i = 0; i < nr && good < NATIVE_MAX_REPETITIONS; i++) {
		const struct native_outcome *out = native_outcome_of(in, i, nr);

		if (out->end != NATIVE_DONE)
			break;
		if (out->disturbed <= worst)
			to[good++] = (struct repetition){ &runs[i], out };
		else
			in->nr_thrown_away++;
	}
	return good;
}

/* The first repetition that failed, or else the first that was not done; or NULL. */
static const struct native_outcome *not_done(const struct native_instance *in, size_t nr)
{
	const struct native_outcome *found = NULL;

	for (size_t i = 0; i < nr; i++) {
		const struct native_outcome *o = native_outcome_of(in, i, nr);

		if (o->end == NATIVE_FAILED)
			return o;
		if (o->end != NATIVE_DONE && !found)
			found = o;
	}
	return found;
}

/* Why the last NATIVE_FALSE repetition was disturbed; "" if there is none. */
static const char *disturbed_by(const struct native_instance *in, size_t nr)
{
	const char *why = "";

	for (size_t i = 0; i < nr; i++)
		if (native_outcome_of(in, i, nr)->why)
			why = native_outcome_of(in, i, nr)->why;
	return why;
}

void native_report(const struct gbench_repetition *runs, size_t nr, void *cookie)
{
	static struct repetition kept[NATIVE_MAX_REPETITIONS];
	struct native *nat = cookie;
	struct native_instance *in = runs[0].arg ? runs[0].arg : &nat->shim_native;
	const struct native_outcome *bad = not_done(in, nr);
	size_t good = keep(in, kept, runs, nr, NATIVE_QUIET);

	if (!in->name[0])
		snprintf(in->name, sizeof(in->name), "%s", runs[0].name);
	nat->nr_reported++;
	if (in == &nat->shim_native)
		progress_done(&nat->progress, nr, 1); /* its function is the library's */
	if (bad && bad->end == NATIVE_SKIPPED)
		return add_skipped(in, bad->why);
	if (bad && bad->end == NATIVE_FAILED)
		return native_add_check(in, "case/runs", "n operations", bad->why, false);
	/* On a busy machine times that are marked as too long are better than none. */
	if (!enough(good, nr) && !bad) {
		good = keep(in, kept, runs, nr, NATIVE_BUSY);
		nat->nr_busy += enough(good, nr);
		/* join.c knows a disturbed sample by that. */
		in->nr_thrown_away += nat->one_of_several && enough(good, nr);
	}
	if (enough(good, nr))
		add_measurements(in, kept, good);
	else if (!bad)
		add_skipped(in, disturbed_by(in, nr));
}
