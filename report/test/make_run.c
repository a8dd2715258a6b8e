// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make_run complete|holes|hostile|empty|timed FOLDER: makes a synthetic run and prints its path.
 * make_run render [-o DIR] RUN: renders any run, as `ptbench report` does.
 */
#include <stdio.h>
#include <string.h>

#include "../report.h"
#include "synth.h"

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "complete", "holes", "hostile", "empty", "timed" };
	char dir[512];

	if (argc > 2 && !strcmp(argv[1], "render"))
		return report_cmd(argc - 1, argv + 1);
	for (int i = 0; argc == 3 && i < 5; i++) {
		if (strcmp(argv[1], kinds[i]))
			continue;
		if (synth_run(argv[2], (enum synth_kind)i, argv[2], dir))
			return 1;
		puts(dir);
		return 0;
	}
	fprintf(stderr,
		"usage: make_run complete|holes|hostile|empty|timed FOLDER | render [-o DIR] "
		"RUN\n");
	return 2;
}
