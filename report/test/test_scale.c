// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests that a report of twice as many rows does twice the work: counts string comparisons and
 * lookups of params. `make scale` measures the time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../report.h"
#include "many.h"
#include <results/results.h>

static unsigned long long nr_steps;

/* The linker redirects all calls of the report and of libresults to these (--wrap). */
int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);
const struct results_param *__real_results_params_get(const struct results_params *p,
						      const char *key);
const struct results_param *__wrap_results_params_get(const struct results_params *p,
						      const char *key);

int __wrap_strcmp(const char *a, const char *b)
{
	nr_steps++;
	return __real_strcmp(a, b);
}

const struct results_param *__wrap_results_params_get(const struct results_params *p,
						      const char *key)
{
	nr_steps++;
	return __real_results_params_get(p, key);
}

/* Steps per row of a run with `times` the shape's least number of copies. */
static double steps_per_row(const char *folder, const struct many_shape *shape, int times)
{
	FILE *null = fopen("/dev/null", "w");
	char dir[512];
	size_t rows = many_rows(folder, shape->parts, shape->copies * times, dir);

	nr_steps = 0;
	if (!null || report_answers(dir, null)) {
		ok(false, "the answers of a run of %zu rows", rows);
		exit(1);
	}
	fclose(null);
	return (double)nr_steps / (double)rows;
}

int main(void)
{
	char folder[] = "/tmp/ptbench-scale-XXXXXX", command[64];

	if (!mkdtemp(folder))
		return 1;
	for (size_t i = 0; i < NR_MANY_SHAPES; i++) {
		double few = steps_per_row(folder, &many_shapes[i], 1);
		double many = steps_per_row(folder, &many_shapes[i], 3);

		ok(many < 1.5 * few,
		   "%s: three times the rows take no more steps each (%.0f, %.0f)",
		   many_shapes[i].words, few, many);
	}
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : tap_done();
}
