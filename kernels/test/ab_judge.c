// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the verdict of `ptbench kernels ab` on two runs: ab_judge [--allow TEXT]... BASE HEAD. */
#include <stdlib.h>
#include <string.h>

#include "../cmd/ab.h"

int main(int argc, char **argv)
{
	const char **allow = calloc(argc, sizeof(*allow));
	struct results_compare_options options = { .exact_equal = false };
	struct results_comparison *c;
	size_t nr = 0;
	int i, status;

	results_stdout_check("ab_judge");
	for (i = 1; allow && i + 1 < argc && !strcmp(argv[i], "--allow"); i += 2)
		allow[nr++] = argv[i + 1];
	if (!allow || argc - i != 2) {
		fputs("usage: ab_judge [--allow TEXT]... BASE HEAD\n", stderr);
		return 2;
	}
	options.allowed = allow;
	options.nr_allowed = nr;
	status = ab_judge(stdout, argv[i], argv[i + 1], &options, &c);
	results_comparison_free(c);
	free(allow);
	return status;
}
