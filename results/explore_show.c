// SPDX-License-Identifier: GPL-2.0-or-later
/* An exploration as tables for people. */
#include <stdlib.h>
#include <string.h>

#include "explore.h"

static void print_field(const char *name, const char *value)
{
	printf("  %-10s", name);
	results__print_text(stdout, value, 12);
	putchar('\n');
}

static int model_row(struct results__table *t, const struct results_explore_model *m)
{
	char name[2 * RESULTS_MAX_NAME + 2], bound[16], schedules[32], states[32], time[32],
		rate[32] = "";

	snprintf(name, sizeof(name), "%s/%s", m->mechanism, m->variant);
	snprintf(bound, sizeof(bound), "%u", m->bound);
	snprintf(schedules, sizeof(schedules), "%lld", m->schedules);
	snprintf(states, sizeof(states), "%lld", m->states);
	snprintf(time, sizeof(time), "%.3f s", m->seconds);
	if (m->seconds > 0)
		snprintf(rate, sizeof(rate), "%.0f/s", (double)m->schedules / m->seconds);
	return results__table_row(t, name, m->busted ? "busted" : "good",
				  results_explore_verdict_name(m->verdict), m->mode,
				  results_explore_method_name(m->method), bound, schedules, rate,
				  states, time);
}

static int show_models(const struct results_explore *doc)
{
	struct results__table t = { .nr_columns = 10, .align = "lllllrrrrr" };
	int err = results__table_row(&t, "model", "", "verdict", "mode", "method", "bound",
				     "schedules", "", "states", "time");

	for (size_t i = 0; i < doc->nr_models && !err; i++)
		err = model_row(&t, &doc->models[i]);
	if (!err && doc->nr_models) {
		putchar('\n');
		err = results__table_print(stdout, &t);
	}
	results__table_free(&t);
	return err;
}

static int show_steps(const struct results_explore_failure *f)
{
	struct results__table t = { .nr_columns = 6, .align = "rrllll" };
	int err = results__table_row(&t, "step", "CPU", "in", "", "does", "where");

	for (size_t i = 0; i < results__explore_kept(f->nr_steps) && !err; i++) {
		const struct results_explore_step *s = &f->steps[i];
		char step[24], cpu[16];

		snprintf(step, sizeof(step), "%zu", i);
		snprintf(cpu, sizeof(cpu), "%u", s->cpu);
		err = results__table_row(&t, step, cpu, s->context, s->task, s->text, s->site);
	}
	if (!err && f->nr_steps)
		err = results__table_print(stdout, &t);
	results__table_free(&t);
	if (f->nr_steps > RESULTS_EXPLORE_MAX_STEPS)
		printf("  ... and %zu more steps\n", f->nr_steps - RESULTS_EXPLORE_MAX_STEPS);
	return err;
}

static int show_failure(const struct results_explore_model *m)
{
	const struct results_explore_failure *f = m->failure;

	printf("\n%s/%s: ", m->mechanism, m->variant);
	results__print_text(stdout, m->summary, 2);
	putchar('\n');
	print_field("broke", f->invariant);
	if (*f->why)
		print_field("why", f->why);
	print_field("schedule", f->schedule);
	return show_steps(f);
}

int results__explore_show(const struct results_explore *doc)
{
	int err;

	puts("exploration");
	print_field("command", doc->command);
	print_field("revision", doc->revision);
	print_field("created", doc->created);
	print_field("state", doc->complete ? "complete" : "partial");
	print_field("claim", doc->claim);
	if (doc->stand_in)
		print_field("stand-in", doc->stand_in);
	err = show_models(doc);
	for (size_t i = 0; i < doc->nr_models && !err; i++)
		if (doc->models[i].failure)
			err = show_failure(&doc->models[i]);
	return err;
}
