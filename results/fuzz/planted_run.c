// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_run.c to find: a word of a list may be followed by anything. */
#include <string.h>

#include "../json.h"

int __real_results__in_word(struct results__in *in, const json_t *obj, const char *key,
			    const char *const *words, int *out);
int __wrap_results__in_word(struct results__in *in, const json_t *obj, const char *key,
			    const char *const *words, int *out);

int __wrap_results__in_word(struct results__in *in, const json_t *obj, const char *key,
			    const char *const *words, int *out)
{
	const char *value = json_string_value(json_object_get(obj, key));

	for (int i = 0; value && words[i]; i++) {
		if (!strncmp(words[i], value, strlen(words[i]))) {
			*out = i;
			return 0;
		}
	}
	return __real_results__in_word(in, obj, key, words, out);
}
