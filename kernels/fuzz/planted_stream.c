// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_stream.c to find: the params of a record are copied into 112 bytes. */
#include <string.h>

#include <results/results.h>

int __real_results_params_parse(struct results_params *p, const char *text);
int __wrap_results_params_parse(struct results_params *p, const char *text);

int __wrap_results_params_parse(struct results_params *p, const char *text)
{
	char copy[112];

	strcpy(copy, text);
	return __real_results_params_parse(p, copy);
}
