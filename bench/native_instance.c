// SPDX-License-Identifier: GPL-2.0-or-later
/* One instance under the native runner: its set-up, and the outcomes of its calls. */

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native.h"

int native_setup(struct native_instance *in, struct bench_state *s)
{
	int err;

	*s = in->s;
	/* Cases with threads, or about the running kernel, bind their threads themselves. */
	if (!(bench_needs(s) & (BENCH_NEED_THREADS | BENCH_NEED_HOST | BENCH_NEED_URCU)))
		sched_setaffinity(0, sizeof(in->native->one_cpu), &in->native->one_cpu);
	err = s->c->setup ? s->c->setup(s) : 0;
	if (!err)
		return 0;
	if (!s->skip[0] && !s->fail[0])
		snprintf(s->fail, sizeof(s->fail), "setup: %s", strerror(-err));
	sched_setaffinity(0, sizeof(in->native->all_cpus), &in->native->all_cpus);
	return err;
}

void native_teardown(struct native_instance *in, struct bench_state *s)
{
	if (s->c->teardown)
		s->c->teardown(s);
	sched_setaffinity(0, sizeof(in->native->all_cpus), &in->native->all_cpus);
}

static void free_outcome(struct native_outcome *out)
{
	free(out->why);
	free(out->extra);
}

static int copy_outcome(struct native_outcome *to, const struct native_outcome *from,
			const struct bench_state *s)
{
	*to = *from;
	to->why = from->why ? strdup(from->why) : NULL;
	to->extra = calloc(s->nr_extra + 1, sizeof(*to->extra));
	if (!to->extra || (from->why && !to->why)) {
		free_outcome(to);
		return -ENOMEM;
	}
	memcpy(to->extra, s->extra, s->nr_extra * sizeof(*to->extra));
	to->nr_extra = s->nr_extra;
	return 0;
}

int native_add_outcome(struct native_instance *in, const struct native_outcome *out,
		       const struct bench_state *s)
{
	struct native_outcome *bigger =
		realloc(in->outcomes, (in->nr_outcomes + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	in->outcomes = bigger;
	if (copy_outcome(&bigger[in->nr_outcomes], out, s))
		return -ENOMEM;
	in->nr_outcomes++;
	return 0;
}

const struct native_outcome *native_outcome_of(const struct native_instance *in, size_t i,
					       size_t nr)
{
	static const struct native_outcome done = { .end = NATIVE_DONE };
	static const struct native_outcome lost = { .end = NATIVE_FAILED,
						    .why = (char *)"left no outcome" };

	if (in == &in->native->shim_native)
		return &done; /* the library runs its own loop */
	return in->nr_outcomes < nr ? &lost : &in->outcomes[in->nr_outcomes - nr + i];
}

void native_free_outcomes(struct native_instance *in)
{
	for (size_t i = 0; i < in->nr_outcomes; i++)
		free_outcome(&in->outcomes[i]);
	free(in->outcomes);
}
