// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of ptbench that test_boot.t runs, to be built with the sanitizers (test_sanitized.t). */
#include <array_size.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels.h"

/* Stands in for bench's vocabulary, which is not linked. */
static int add_axes(struct results_doc *doc, struct results_error *err)
{
	static const char *const open[] = { "design", "file", "format", "pages", "row", "symbol" };
	static struct results_value pud = { .value = (char *)"pud",
					    .label = (char *)"pud",
					    .means = (char *)"The boundary of a PUD." };
	static const struct results_axis cross = {
		.key = (char *)"cross",
		.means = (char *)"Which.",
		.values = &pud,
		.nr_values = 1,
	};

	int ret = results_doc_add_axis(doc, &cross, err);

	for (size_t i = 0; i < ARRAY_SIZE(open) && !ret; i++) {
		const struct results_axis any = { .key = (char *)open[i], .means = (char *)"Any." };

		ret = results_doc_add_axis(doc, &any, err);
	}
	return ret;
}

int main(int argc, char **argv)
{
	const char *root = getenv("PTBENCH_ROOT"), *revision = getenv("PTBENCH_REVISION");

	results_stdout_check("kernels_main");
	kernels_set_axes(add_axes);
	if (argc > 1 && root && !strcmp(argv[1], "kernels"))
		return kernels_cmd(argc - 1, argv + 1, root, revision ? revision : "unknown");
	if (argc > 1 && !strcmp(argv[1], "validate"))
		return results_cmd_validate(argc - 1, argv + 1);
	fputs("usage: PTBENCH_ROOT=DIR kernels_main kernels|validate ...\n", stderr);
	return 2;
}
