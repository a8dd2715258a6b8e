// SPDX-License-Identifier: GPL-2.0-or-later
/* The subcommands of libresults alone, for its tests: cli validate|show|compare|... */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include <results/results.h>
#include <results/trend.h>

static int cmd_gate(int argc, char **argv)
{
	const char *policy = getenv("CLI_POLICY");

	return results_cmd_gate(argc, argv, policy ? policy : "no policy");
}

static int cmd_judge(int argc, char **argv)
{
	const char *policy = getenv("CLI_POLICY");

	return results_cmd_judge(argc, argv, policy);
}

static int cmd_import(int argc, char **argv)
{
	const char *runs = getenv("CLI_RUNS");

	return results_cmd_import(argc, argv, runs ? runs : "runs", "test");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(int argc, char **argv);
	} commands[] = {
		{ "validate", results_cmd_validate }, { "show", results_cmd_show },
		{ "compare", results_cmd_compare },   { "gate", cmd_gate },
		{ "baseline", results_cmd_baseline }, { "judge", cmd_judge },
		{ "export", results_cmd_export },     { "import", cmd_import },
		{ "trend", results_cmd_trend },
	};

	results_stdout_check("cli");
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].fn(argc - 1, argv + 1);
	fputs("usage: cli validate|show|compare|gate|baseline|judge|export|import|trend ...\n",
	      stderr);
	return 2;
}
