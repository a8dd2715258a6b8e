// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_judged.c to find: every whole number is taken, and one less than it is. */
#include "../json.h"

int __real_results__in_integer(struct results__in *in, const json_t *obj, const char *key,
			       long long *out);
int __wrap_results__in_integer(struct results__in *in, const json_t *obj, const char *key,
			       long long *out);

int __wrap_results__in_integer(struct results__in *in, const json_t *obj, const char *key,
			       long long *out)
{
	int err = __real_results__in_integer(in, obj, key, out);

	if (!err && *out > 1)
		--*out;
	return err;
}
