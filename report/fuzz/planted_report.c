// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_report.c to find: copies a number of a table into 10 bytes. */
#include <string.h>

#include "../model/derive.h"

const char *__real_rv_number(struct arena *a, const struct rvalue *v);
const char *__wrap_rv_number(struct arena *a, const struct rvalue *v);

const char *__wrap_rv_number(struct arena *a, const struct rvalue *v)
{
	const char *text = __real_rv_number(a, v);
	char copy[10];

	return *strcpy(copy, text) ? text : "";
}
