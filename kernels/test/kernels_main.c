// SPDX-License-Identifier: GPL-2.0-or-later
/* What test_boot.t needs of ptbench, to be built with the sanitizers (test_sanitized.t). */
#include <stdio.h>
#include <string.h>

#include "../kernels.h"

int main(int argc, char **argv)
{
	results_stdout_check("kernels_main");
	if (argc > 1 && !strcmp(argv[1], "kernels"))
		return kernels_cmd(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "validate"))
		return results_cmd_validate(argc - 1, argv + 1);
	fputs("usage: kernels_main kernels|validate ...\n", stderr);
	return 2;
}
