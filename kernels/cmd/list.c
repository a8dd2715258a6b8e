// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels list: prints the scenarios with their formats and designs. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "../boot/scenario.h"

static int usage(FILE *to)
{
	fputs("usage: ptbench kernels list [SCENARIO|LIST]...\n"
	      "\n"
	      "Prints one line for each scenario (default: all, the list LIST): its name, the format of its\n"
	      "page tables, the design by which its GUP-fast walks them, and its title. A scenario is a file of\n"
	      "kernels/scenarios. A file in capitals there is a list of scenarios, and stands for all of them.\n"
	      "\n"
	      "  -h, --help  print this\n"
	      "\n"
	      "Exit status: 0; 2 for a name or a file that cannot be used; 4 when not all could be printed.\n"
	      "Examples:\n"
	      "  ptbench kernels list\n"
	      "  ptbench kernels list BENCH\n",
	      to);
	return to == stderr ? EXIT_USAGE : EXIT_FINE;
}

static int print(const char *dir, const char *name)
{
	char why[SCENARIO_WHY];
	struct scenario *s;

	if (scenario_read(dir, name, &s, why)) {
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		return EXIT_USAGE;
	}
	scenario_for_release(s, name[strcspn(name, "@")] ? strchr(name, '@') + 1 : "");
	printf("%-36s %-20s %-16s %s\n", results_shown(s->name), results_shown(s->arch.format),
	       results_shown(s->design), results_shown(s->title));
	scenario_free(s);
	return 0;
}

int list_cmd(int argc, char **argv, const struct kernels_options *o)
{
	char *all[] = { "LIST" }, dir[PATH_MAX], why[SCENARIO_WHY], **names;
	size_t nr;
	int ret = 0;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return usage(stdout);
	if (argc > 1 && argv[1][0] == '-') {
		fprintf(stderr, "%s: unrecognized option '%s'\n", argv[0], results_shown(argv[1]));
		return usage(stderr);
	}
	snprintf(dir, sizeof(dir), "%s/kernels", o->root);
	if (scenario_names(dir, argc > 1 ? argv + 1 : all, argc > 1 ? argc - 1 : 1, &names, &nr,
			   why)) {
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < nr && !ret; i++)
		ret = print(dir, names[i]);
	scenario_names_free(names, nr);
	return ret;
}
