// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_explore.c to find: the writer cuts strings at a control character. */
#include <stdlib.h>
#include <string.h>

#include "../internal.h"

int __real_results__json_string(FILE *f, const char *s);
int __wrap_results__json_string(FILE *f, const char *s);

int __wrap_results__json_string(FILE *f, const char *s)
{
	char *copy = strdup(s);
	int err;

	if (!copy)
		return -1;
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < 0x20)
			*c-- = '\0';
	err = __real_results__json_string(f, copy);
	free(copy);
	return err;
}
