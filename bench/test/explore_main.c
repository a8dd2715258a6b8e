// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench explore alone, over the real table of models: `make coverage` runs it. */
#include "../explore.h"

int main(int argc, char **argv)
{
	return bench_cmd_explore(argc, argv, "unknown");
}
