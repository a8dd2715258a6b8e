// SPDX-License-Identifier: GPL-2.0-or-later
/* Axes in a document: reading them strictly, and writing them one value a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const char *const folds[] = { "no", "compiled", "boot", "mm", NULL };

/* ---- reading ---- */

/* Reads one element of an array into the i-th place of v. */
typedef int (*read_one_fn)(struct results__in *in, const json_t *value, void *v, size_t i);

/* Reads the array under key into a new one, *v, with elements of size bytes. */
static int read_array(struct results__in *in, const json_t *obj, const char *key, size_t size,
		      void **v, size_t *nr, read_one_fn read_one)
{
	json_t *array = results__in_get(in, obj, key, JSON_ARRAY), *value;
	size_t i, len;
	int err;

	if (!array)
		return -EINVAL;
	*v = calloc(json_array_size(array) + 1, size);
	if (!*v)
		return results__in_fail(in, key, "no memory to read it");
	json_array_foreach(array, i, value)
	{
		len = results__in_push(in, ".%s[%zu]", key, i);
		(*nr)++;
		err = read_one(in, value, *v, i);
		if (err)
			return err;
		results__in_pop(in, len);
	}
	return 0;
}

static int read_level(struct results__in *in, const json_t *obj, void *v, size_t i)
{
	static const char *const known[] = { "level", "fold", NULL };
	struct results_level *level = (struct results_level *)v + i;
	int fold, err = results__in_object(in, obj, known);

	if (!err)
		err = results__in_string(in, obj, "level", false, &level->name);
	if (!err)
		err = results__in_word(in, obj, "fold", folds, &fold);
	if (!err)
		level->fold = fold;
	return err;
}

static int read_busted(struct results__in *in, const json_t *obj, bool *busted)
{
	json_t *value = json_object_get(obj, "busted");

	if (!json_is_boolean(value))
		return results__in_fail(in, "busted",
					value ? "must be true or false"
					      : "is missing, must be true or false");
	*busted = json_is_true(value);
	return 0;
}

static int read_value(struct results__in *in, const json_t *obj, void *array, size_t i)
{
	static const char *const known[] = { "value", "label",	"means", "busted",
					     "of",    "levels", NULL };
	struct results_value *v = (struct results_value *)array + i;
	int err = results__in_object(in, obj, known);

	if (!err)
		err = results__in_string(in, obj, "value", false, &v->value);
	if (!err)
		err = results__in_string(in, obj, "label", false, &v->label);
	if (!err)
		err = results__in_string(in, obj, "means", false, &v->means);
	if (!err)
		err = read_busted(in, obj, &v->busted);
	if (!err && json_object_get(obj, "of"))
		err = results__in_string(in, obj, "of", false, &v->of);
	if (!err && json_object_get(obj, "levels"))
		err = read_array(in, obj, "levels", sizeof(*v->levels), (void **)&v->levels,
				 &v->nr_levels, read_level);
	return err;
}

static int read_family(struct results__in *in, const json_t *value, void *v, size_t i)
{
	if (!json_is_string(value))
		return results__in_fail(in, NULL, "must be a string");
	((char **)v)[i] = strdup(json_string_value(value));
	return ((char **)v)[i] ? 0 : results__in_fail(in, NULL, "no memory to read it");
}

static int read_axis(struct results__in *in, const json_t *obj, void *v, size_t i)
{
	static const char *const known[] = { "key", "families", "means", "values", NULL };
	struct results_axis *axis = (struct results_axis *)v + i;
	int err = results__in_object(in, obj, known);

	if (!err)
		err = results__in_string(in, obj, "key", false, &axis->key);
	if (!err)
		err = results__in_string(in, obj, "means", false, &axis->means);
	if (!err)
		err = read_array(in, obj, "families", sizeof(*axis->families),
				 (void **)&axis->families, &axis->nr_families, read_family);
	if (!err)
		err = read_array(in, obj, "values", sizeof(*axis->values), (void **)&axis->values,
				 &axis->nr_values, read_value);
	return err;
}

int results__read_axes(struct results__in *in, const json_t *root, struct results_doc *doc)
{
	return read_array(in, root, "axes", sizeof(*doc->axes), (void **)&doc->axes, &doc->nr_axes,
			  read_axis);
}

/* ---- writing ---- */

static void put_string(FILE *f, const char *before, const char *s)
{
	fputs(before, f);
	results__json_string(f, s);
}

static void put_levels(FILE *f, const struct results_value *v)
{
	fputs(", \"levels\": [", f);
	for (size_t i = 0; i < v->nr_levels; i++)
		fprintf(f, "%s{\"level\": \"%s\", \"fold\": \"%s\"}", i ? ", " : "",
			v->levels[i].name, results_fold_name(v->levels[i].fold));
	fputc(']', f);
}

static void put_value(FILE *f, const struct results_value *v)
{
	put_string(f, "{\"value\": ", v->value);
	put_string(f, ", \"label\": ", v->label);
	put_string(f, ", \"means\": ", v->means);
	fprintf(f, ", \"busted\": %s", v->busted ? "true" : "false");
	if (v->of)
		put_string(f, ", \"of\": ", v->of);
	if (v->nr_levels)
		put_levels(f, v);
	fputc('}', f);
}

static int string_ptr_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int put_axis(FILE *f, const struct results_axis *axis)
{
	char **families = malloc((axis->nr_families + 1) * sizeof(*families));

	if (!families)
		return -ENOMEM;
	if (axis->nr_families)
		memcpy(families, axis->families, axis->nr_families * sizeof(*families));
	qsort(families, axis->nr_families, sizeof(*families), string_ptr_cmp);
	fprintf(f, "{\"key\": \"%s\", \"families\": [", axis->key);
	for (size_t i = 0; i < axis->nr_families; i++)
		put_string(f, i ? ", " : "", families[i]);
	put_string(f, "], \"means\": ", axis->means);
	fputs(", \"values\": [", f);
	for (size_t i = 0; i < axis->nr_values; i++) {
		fputs(i ? ",\n      " : "\n      ", f);
		put_value(f, &axis->values[i]);
	}
	fputs(axis->nr_values ? "\n    ]}" : "]}", f);
	free(families);
	return 0;
}

/* The family of the axis that is alphabetically first. */
static const char *first_family(const struct results_axis *axis)
{
	const char *first = axis->nr_families ? axis->families[0] : "";

	for (size_t i = 1; i < axis->nr_families; i++)
		if (strcmp(axis->families[i], first) < 0)
			first = axis->families[i];
	return first;
}

/* By key, then by first family: axes of one key have no family in common. */
static int axis_ptr_cmp(const void *a, const void *b)
{
	const struct results_axis *x = *(const struct results_axis *const *)a;
	const struct results_axis *y = *(const struct results_axis *const *)b;

	return strcmp(x->key, y->key) ?: strcmp(first_family(x), first_family(y));
}

int results__put_axes(FILE *f, const struct results_doc *doc)
{
	const struct results_axis **v = malloc((doc->nr_axes + 1) * sizeof(*v));
	int err = v ? 0 : -ENOMEM;

	for (size_t i = 0; i < doc->nr_axes && !err; i++)
		v[i] = &doc->axes[i];
	if (!err)
		qsort(v, doc->nr_axes, sizeof(*v), axis_ptr_cmp);
	fputs("  \"axes\": [", f);
	for (size_t i = 0; i < doc->nr_axes && !err; i++) {
		fputs(i ? ",\n    " : "\n    ", f);
		err = put_axis(f, v[i]);
	}
	fputs(doc->nr_axes ? "\n  ],\n" : "],\n", f);
	free(v);
	return err;
}
