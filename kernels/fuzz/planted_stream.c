// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_stream.c to find: a param's name is copied into 16 bytes. */
#include <string.h>

#include <results/results.h>

int __real_results_params_set_str(struct results_params *p, const char *key, const char *str);
int __wrap_results_params_set_str(struct results_params *p, const char *key, const char *str);

int __wrap_results_params_set_str(struct results_params *p, const char *key, const char *str)
{
	char copy[16];

	strcpy(copy, key);
	return __real_results_params_set_str(p, copy, str);
}
