// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make scale: the CPU time of validate, show and compare for n checks or skipped rows, and its
 * growth with n. For people to look at; test_scale.c counts comparisons instead.
 */
#include <array_size.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../internal.h"

static const size_t sizes[] = { 10000, 20000, 40000, 80000 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const struct results_error *err)
{
	results_error_print(stderr, err);
	exit(1);
}

/* Returns the seconds that adding them took. */
static double make(const char *file, size_t nr, bool checks)
{
	static const struct results_axis n = { .key = (char *)"n", .means = (char *)"which" };
	struct results_params params = { 0 };
	struct results_error err;
	struct results_doc *doc;
	double from, took;

	if (results_doc_new("p", "icount", &doc))
		exit(1);
	doc->command = strdup("make scale");
	if (results_doc_add_axis(doc, &n, &err))
		die(&err);
	from = now();
	for (size_t i = 0; i < nr; i++) {
		results_params_set_int(&params, "n", i);
		if (checks ? results_doc_add_check(doc, "a/b", &params, "e", "s", true, &err)
			   : results_doc_add_skipped(doc, "a/b", &params, RESULTS_REF, "no", &err))
			die(&err);
	}
	took = now() - from;
	if (results_doc_write(doc, file, &err))
		die(&err);
	results_params_free(&params);
	results_doc_free(doc);
	return took;
}

static double run(int (*command)(int, char **), int argc, char **argv)
{
	double from = now();

	command(argc, argv);
	fflush(stdout);
	return now() - from;
}

/* The subcommands' output goes to /dev/null. */
static void measure(char *file, size_t nr, bool checks, double took[4])
{
	char *compare[] = { "compare", "--base", file, file, NULL };
	char *validate[] = { "validate", file, NULL }, *show[] = { "show", file, NULL };
	int out = dup(1), null = open("/dev/null", O_WRONLY);

	fflush(stdout);
	dup2(null, 1);
	took[0] = make(file, nr, checks);
	took[1] = run(results_cmd_validate, 2, validate);
	took[2] = run(results_cmd_show, 2, show);
	took[3] = run(results_cmd_compare, 4, compare);
	dup2(out, 1);
	close(out);
	close(null);
}

int main(void)
{
	static const char *const names[] = { "add", "validate", "show", "compare" };
	char file[] = "/tmp/ptbench-scale.XXXXXX";
	int fd = mkstemp(file);

	for (int checks = 1; checks >= 0; checks--) {
		double first[4];

		printf("%-16s", checks ? "checks" : "skipped rows");
		for (int i = 0; i < 4; i++)
			printf("%10s s    x n", names[i]);
		putchar('\n');
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			double took[4];

			measure(file, sizes[k], checks, took);
			if (!k)
				memcpy(first, took, sizeof(first));
			printf("%16zu", sizes[k]);
			for (int i = 0; i < 4; i++)
				printf("%12.3f %6.2f", took[i],
				       took[i] / first[i] * sizes[0] / sizes[k]);
			putchar('\n');
		}
	}
	close(fd);
	unlink(file);
	return 0;
}
