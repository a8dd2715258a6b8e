// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order in which schedules are visited: those with no preemption, then those with one, and so
 * on. Each schedule notes its alternatives, which are visited once their number of preemptions is
 * due, newest first. With the reduction, a schedule is cut at a state that was reached before (and
 * so with no more preemptions than now).
 *
 * The cut loses nothing. A state is all of memory, every context's history, and the CPU that ran
 * last; these decide which steps may follow and what they cost. So a state that can be reached from
 * here within the bound could be reached within it the first time. The one exception is length: a
 * state may be reached later in fewer steps (without a wait that was evaluated in vain), and then
 * is continued once more, for the shortest failing schedule.
 *
 * States are compared by a hash of 64 bits: with 10 million of them, two differ and look alike with
 * a probability of 3 in a million.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "engine.h"

#define NO_NODE UINT32_MAX
#define DEFAULT_BOUND 3
#define MAX_BOUND 100

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* ---- states ---- */

#define FIRST_TABLE (1 << 14)
#define HUGE_PAGE (2UL << 20)

/* The slot of key, or the empty slot for it. key is never 0: 0 is an empty slot. */
static size_t find(const uint64_t *table, size_t max, uint64_t key)
{
	size_t i = (size_t)key & (max - 1);

	while (table[i] && table[i] != key)
		i = (i + 1) & (max - 1);
	return i;
}

/* A table for random look-ups: with huge pages each costs one miss and not two. */
static void *new_table(size_t max, size_t entry)
{
	size_t size = max * entry;
	void *table;

	if (size < HUGE_PAGE)
		return calloc(max, entry);
	table = aligned_alloc(HUGE_PAGE, size);
	if (!table)
		return NULL;
	madvise(table, size, MADV_HUGEPAGE);
	memset(table, 0, size);
	return table;
}

static bool grow_seen(void)
{
	size_t max = E.max_seen ? E.max_seen * 4 : FIRST_TABLE;
	struct engine_reached *reached = new_table(max, sizeof(*reached));
	uint64_t *seen = new_table(max, sizeof(*seen));

	if (!seen || !reached) {
		free(seen);
		free(reached);
		E.error = -ENOMEM;
		return false;
	}
	for (size_t i = 0; i < E.max_seen; i++) {
		if (E.seen[i]) {
			size_t at = find(seen, max, E.seen[i]);

			seen[at] = E.seen[i];
			reached[at] = E.reached[i];
		}
	}
	free(E.seen);
	free(E.reached);
	E.seen = seen;
	E.reached = reached;
	E.max_seen = max;
	return true;
}

bool engine_seen(uint64_t key)
{
	struct engine_reached *r;
	size_t i;

	if (E.nr_seen * 2 >= E.max_seen && !grow_seen())
		return true;
	i = find(E.seen, E.max_seen, key);
	r = &E.reached[i];
	if (E.seen[i] && (r->preemptions < E.preemptions || r->steps <= E.step))
		return true;
	E.nr_seen += !E.seen[i];
	E.seen[i] = key;
	r->preemptions = (uint8_t)E.preemptions;
	r->steps = E.step;
	return false;
}

/* ---- schedules left to visit ---- */

static bool grow_nodes(void)
{
	size_t max = E.max_nodes ? E.max_nodes * 2 : 4096;
	struct engine_node *node = max < NO_NODE ? realloc(E.node, max * sizeof(*node)) : NULL;

	if (!node)
		return false;
	E.node = node;
	E.max_nodes = max;
	return true;
}

void engine_note(struct engine_choice choice, unsigned cost)
{
	unsigned level = E.preemptions + cost;
	struct engine_bucket *b;

	if (level > E.bound)
		return;
	b = &E.bucket[level];
	if (b->nr == b->max) {
		size_t max = b->max ? b->max * 2 : 1024;
		uint32_t *node = realloc(b->node, max * sizeof(*node));

		if (!node) {
			E.error = -ENOMEM;
			return;
		}
		b->node = node;
		b->max = max;
	}
	if (E.nr_nodes == E.max_nodes && !grow_nodes()) {
		E.error = -ENOMEM;
		return;
	}
	E.node[E.nr_nodes] = (struct engine_node){ E.cur_node, E.step, choice };
	b->node[b->nr++] = (uint32_t)E.nr_nodes++;
}

/* The node's deviations from the default, first to last. */
static void load_deviations(uint32_t node)
{
	unsigned n = 0;

	for (uint32_t i = node; i != NO_NODE; i = E.node[i].parent)
		n++;
	if (n > ENGINE_DEVIATIONS) {
		E.error = -E2BIG;
		n = ENGINE_DEVIATIONS;
	}
	E.nr_dev = n;
	for (uint32_t i = node; i != NO_NODE && n; i = E.node[i].parent)
		E.dev[--n] = (struct engine_deviation){ E.node[i].step, E.node[i].choice };
}

/* ---- results ---- */

static struct explore_broken *find_broken(struct explore_result *r, const char *invariant)
{
	for (size_t i = 0; i < r->nr_broken; i++)
		if (!strcmp(r->broken[i].invariant, invariant))
			return &r->broken[i];
	return NULL;
}

static void note_broken(struct explore_result *r)
{
	struct explore_broken *b;

	if (find_broken(r, E.broken))
		return;
	b = realloc(r->broken, (r->nr_broken + 1) * sizeof(*b));
	if (!b) {
		E.error = -ENOMEM;
		return;
	}
	r->broken = b;
	r->broken[r->nr_broken++] = (struct explore_broken){ strdup(E.broken), E.preemptions };
}

/* Fewest preemptions come first; among them, the fewest steps. */
static void note_failure(struct explore_result *r)
{
	note_broken(r);
	if (r->failed && (E.preemptions > r->preemptions || E.step >= E.shortest_steps))
		return;
	r->failed = true;
	r->preemptions = E.preemptions;
	E.shortest_node = E.cur_node;
	E.shortest_steps = E.step;
}

/* ---- the search ---- */

struct watch {
	const struct explore_options *o;
	double start, last;
};

static bool go_on(struct watch *w, const struct explore_result *r)
{
	double t;

	if (E.error || (w->o->max_schedules && r->schedules >= w->o->max_schedules))
		return false;
	if (r->schedules % 16 || !w->o->progress)
		return true;
	t = now();
	if (t - w->last < 0.2)
		return true;
	w->last = t;
	return !w->o->progress(w->o->progress_arg, E.m, E.level, r->schedules);
}

static void run_one(uint32_t node, struct explore_result *r)
{
	E.cur_node = node;
	load_deviations(node);
	engine_schedule();
	r->schedules++;
	r->steps += E.step;
	if (E.event == EVENT_FAILED)
		note_failure(r);
}

/*
 * Runs the same schedule twice and compares: if they differ, no replay works. The likely cause is
 * plain data that setup made and did not pass to explore_memory().
 */
static bool deterministic(struct explore_result *r)
{
	uint64_t hash;
	unsigned steps;

	run_one(NO_NODE, r);
	hash = engine_state_hash();
	steps = E.step;
	E.dry = true;
	engine_schedule();
	E.dry = false;
	return steps == E.step && hash == engine_state_hash();
}

/* Visits all schedules with exactly E.level preemptions. False: stopped. */
static bool run_level(struct watch *w, struct explore_result *r)
{
	struct engine_bucket *b = &E.bucket[E.level];

	while (b->nr) {
		if (!go_on(w, r))
			return false;
		run_one(b->node[--b->nr], r);
		/* Only a sweep needs longer schedules, for the invariants that they break. */
		if (r->failed && !w->o->sweep)
			E.shortest = E.shortest_steps;
	}
	return !E.error;
}

static void search(const struct explore_options *o, struct explore_result *r)
{
	struct watch w = { o, now(), now() };

	r->complete = true;
	E.deterministic = deterministic(r);
	if (!E.deterministic) {
		r->failed = true;
		E.shortest_node = NO_NODE;
		return;
	}
	for (E.level = 0; E.level <= E.bound; E.level++) {
		r->bound = E.level;
		if (!run_level(&w, r)) {
			r->complete = false;
			break;
		}
		if (r->failed && !o->sweep)
			break;
	}
}

/* Runs the schedule of E.dev once more and records the steps' texts. */
static void record(struct explore_result *r)
{
	E.recording = true;
	E.nr_pointers = 0;
	E.broken[0] = E.why[0] = '\0';
	engine_schedule();
	E.recording = false;
	if (!E.deterministic || (r->failed && E.event != EVENT_FAILED)) {
		engine_fail("deterministic", "the same schedule went differently the second time");
		E.event = EVENT_FAILED;
	}
	r->preemptions = E.preemptions;
	r->failed = E.event == EVENT_FAILED;
	r->schedule = engine_schedule_text();
	if (r->failed)
		r->invariant = strdup(E.broken);
	r->why = strdup(E.why);
}

static int replay(const char *text, struct explore_result *r)
{
	E.deterministic = true;
	if (engine_parse(text)) {
		r->why = strdup(E.why);
		return -EINVAL;
	}
	record(r);
	r->schedules = 1;
	r->steps = E.step;
	r->bound = r->preemptions;
	if (E.event != EVENT_BAD_REPLAY && E.next_dev < E.nr_dev) {
		free(r->why);
		if (asprintf(&r->why, "step %u: the schedule ends after %u steps",
			     E.dev[E.next_dev].step, E.step) < 0)
			r->why = NULL;
		return -EINVAL;
	}
	r->complete = true;
	return E.event == EVENT_BAD_REPLAY ? -EINVAL : 0;
}

int explore_run(const struct explore_model *m, const struct explore_options *o,
		struct explore_result *result)
{
	double start = now();
	int err;

	memset(result, 0, sizeof(*result));
	err = engine_setup(m);
	if (err)
		goto out;
	E.result = result;
	E.bound = o->bound != UINT_MAX ? o->bound : m->bound ? m->bound : DEFAULT_BOUND;
	if (E.bound > MAX_BOUND)
		E.bound = MAX_BOUND;
	E.reduction = !o->no_reduction;
	E.shortest = UINT_MAX;
	E.bucket = calloc(E.bound + 1, sizeof(*E.bucket));
	err = -ENOMEM;
	if (!E.bucket)
		goto out;
	if (o->replay) {
		err = replay(o->replay, result);
		goto out;
	}
	search(o, result);
	result->states = E.nr_seen;
	err = E.error;
	if (!err && result->failed) {
		load_deviations(E.shortest_node);
		record(result);
	}
out:
	engine_teardown();
	result->seconds = now() - start;
	return err;
}

void explore_result_free(struct explore_result *r)
{
	for (size_t i = 0; i < r->nr_steps; i++) {
		free(r->step[i].site);
		free(r->step[i].text);
		free((char *)(uintptr_t)r->step[i].task);
	}
	for (size_t i = 0; i < r->nr_broken; i++)
		free(r->broken[i].invariant);
	free(r->broken);
	free(r->step);
	free(r->schedule);
	free(r->invariant);
	free(r->why);
	memset(r, 0, sizeof(*r));
}
