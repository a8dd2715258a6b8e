/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading JSON strictly: values of the right type, or an error that names file and place. */
#ifndef RESULTS_JSON_H
#define RESULTS_JSON_H

#include <jansson.h>

#include "internal.h"

struct results__in {
	const char *file;
	struct results_error *err;
	char path[256]; /* JSON path of the value being read */
};

/* Loads the file as JSON: bounded in size and depth, no duplicate keys, no NUL. */
int results__json_load(const char *file, json_t **out, struct results_error *err);

/* Extends the path. Returns its former length, for results__in_pop(). */
size_t results__in_push(struct results__in *in, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void results__in_pop(struct results__in *in, size_t len);
/* An error at the path followed by .key (key may be NULL). Returns -EINVAL. */
int results__in_fail(struct results__in *in, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Completes an error (ret not 0) that a rule reported relative to the path. Returns ret. */
int results__in_rule(struct results__in *in, int ret);

/* -EINVAL: obj is not an object or has a key that is not in the NULL-terminated list. */
int results__in_object(struct results__in *in, const json_t *obj, const char *const *known);
/* The value of a key, or NULL with an error when it is absent or of another type. */
json_t *results__in_get(struct results__in *in, const json_t *obj, const char *key, json_type type);
/* A copy of a string; nullable: JSON null gives *out == NULL. */
int results__in_string(struct results__in *in, const json_t *obj, const char *key, bool nullable,
		       char **out);
int results__in_integer(struct results__in *in, const json_t *obj, const char *key, long long *out);
/* The index of a string in a NULL-terminated list. */
int results__in_word(struct results__in *in, const json_t *obj, const char *key,
		     const char *const *words, int *out);
/* Checks that root is of the format, and its version from 1 to the newest; sets *version. */
int results__in_format(struct results__in *in, const json_t *root, const char *format,
		       long long newest, long long *version);

/* ---- writing: values of what a subcommand prints; NULL without memory ---- */
/* A number, or null where there is none. */
json_t *results__of_number(double v);
/* A string, or null. A path may be no UTF-8: then with such bytes written out. */
json_t *results__of_text(const char *s);
json_t *results__of_params(const struct results_params *p);

/* ---- axes_json.c ---- */
int results__read_axes(struct results__in *in, const json_t *root, struct results_doc *doc);

#endif
