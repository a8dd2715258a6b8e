// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench explore by itself, over the real table: what `make coverage` runs the explorer by. */
#include "../explore.h"

int main(int argc, char **argv)
{
	return bench_cmd_explore(argc, argv, "unknown");
}
