// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_result.c to find: large integers of params lose their upper half, as in an int. */
#include "../internal.h"

int __real_results_params_set_int(struct results_params *p, const char *key, long long num);
int __wrap_results_params_set_int(struct results_params *p, const char *key, long long num);

int __wrap_results_params_set_int(struct results_params *p, const char *key, long long num)
{
	return __real_results_params_set_int(p, key, (int)num);
}
