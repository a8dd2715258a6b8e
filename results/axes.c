// SPDX-License-Identifier: GPL-2.0-or-later
/* Axes: their rules, building them, and looking up the meaning of a param. */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char *results_fold_name(enum results_fold f)
{
	static const char *const names[] = {
		[RESULTS_FOLD_NO] = "no",
		[RESULTS_FOLD_COMPILED] = "compiled",
		[RESULTS_FOLD_BOOT] = "boot",
		[RESULTS_FOLD_MM] = "mm",
	};

	return names[f];
}

const struct results_value *results_value_of(const struct results_axis *axis, const char *value)
{
	for (size_t i = 0; axis && i < axis->nr_values; i++)
		if (!strcmp(axis->values[i].value, value))
			return &axis->values[i];
	return NULL;
}

/* Whether the axis is for the family, whose name has n characters. */
static bool speaks_of(const struct results_axis *axis, const char *family, size_t n)
{
	for (size_t i = 0; i < axis->nr_families; i++)
		if (!strncmp(axis->families[i], family, n) && !axis->families[i][n])
			return true;
	return !axis->nr_families;
}

const struct results_axis *results_axis_of(const struct results_doc *doc, const char *key,
					   const char *case_id)
{
	for (size_t i = 0; i < doc->nr_axes; i++)
		if (!strcmp(doc->axes[i].key, key) &&
		    speaks_of(&doc->axes[i], case_id, strcspn(case_id, "/")))
			return &doc->axes[i];
	return NULL;
}

/* ---- rules ---- */

static int at(struct results_error *err, const char *what, size_t i)
{
	results__error_prefix(err, ".%s[%zu]", what, i);
	return -EINVAL;
}

/* The place of the level in the order of the kernel's, from the top. -1: it is none of those. */
static int place_of(const char *level)
{
	static const char *const levels[] = { "pgd", "p4d", "pud", "pmd", "pte" };

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (!strcmp(levels[i], level))
			return (int)i;
	return -1;
}

/* The i-th level stands once, and below those that the kernel has above it. */
static int check_order(const struct results_value *v, size_t i, struct results_error *err)
{
	const char *name = v->levels[i].name;

	for (size_t k = 0; k < i; k++) {
		const char *above = v->levels[k].name;

		if (!strcmp(above, name))
			return results__error(err, -EINVAL, NULL, ".level",
					      "\"%s\" is there twice; drop one", name);
		if (place_of(name) >= 0 && place_of(above) > place_of(name))
			return results__error(
				err, -EINVAL, NULL, ".level",
				"\"%s\" stands below \"%s\"; levels stand from the top: pgd, p4d, "
				"pud, pmd, pte",
				name, above);
	}
	return 0;
}

static int check_levels(const struct results_axis *axis, const struct results_value *v,
			struct results_error *err)
{
	if (v->nr_levels && strcmp(axis->key, "format"))
		return results__error(err, -EINVAL, NULL, ".levels",
				      "are of the axis `format` alone; \"%s\" has none", axis->key);
	if (v->nr_levels > RESULTS_MAX_LEVELS)
		return results__error(err, -EINVAL, NULL, ".levels",
				      "has %zu levels, at most %d are allowed", v->nr_levels,
				      RESULTS_MAX_LEVELS);
	for (size_t i = 0; i < v->nr_levels; i++) {
		const struct results_level *l = &v->levels[i];

		if (!l->name || !results__is_key(l->name)) {
			results__error(err, -EINVAL, NULL, ".level",
				       "\"%.80s\" is not a level's name, use [a-z][a-z0-9_]*",
				       l->name ? l->name : "");
			return at(err, "levels", i);
		}
		if (l->fold < RESULTS_FOLD_NO || l->fold > RESULTS_FOLD_MM) {
			results__error(err, -EINVAL, NULL, ".fold",
				       "is none of no, compiled, boot, mm");
			return at(err, "levels", i);
		}
		if (check_order(v, i, err))
			return at(err, "levels", i);
	}
	return 0;
}

static int check_label(const char *label, struct results_error *err)
{
	int ret = results__check_text(label, false, ".label", err);

	if (!ret && strpbrk(label, "\r\n"))
		return results__error(err, -EINVAL, NULL, ".label",
				      "has more than one line; say the rest in `means`");
	if (!ret && !label[strspn(label, " \t\v\f")])
		return results__error(err, -EINVAL, NULL, ".label", "is blank; say something");
	return ret;
}

/* A stock kernel is what others are compared with: it is not wrong on purpose. */
static int check_busted(const struct results_axis *axis, const struct results_value *v,
			struct results_error *err)
{
	if (strcmp(axis->key, "scenario") || !v->busted || v->of)
		return 0;
	return results__error(
		err, -EINVAL, NULL, ".busted",
		"\"%.80s\" is a stock scenario, for it is a variant of none; name the scenario that "
		"it breaks in `of`, or say false",
		v->value);
}

static int check_value(const struct results_axis *axis, const struct results_value *v,
		       struct results_error *err)
{
	const char *problem = v->value ? results__value_problem(v->value) : "is missing; set it";
	int ret;

	if (problem)
		return results__error(err, -EINVAL, NULL, ".value", "%s", problem);
	if (results_value_of(axis, v->value) != v)
		return results__error(err, -EINVAL, NULL, ".value",
				      "\"%.80s\" is there twice; drop one", v->value);
	ret = check_label(v->label, err);
	if (!ret)
		ret = results__check_text(v->means, false, ".means", err);
	if (ret)
		return ret;
	if (v->of && (results_value_of(axis, v->of) == v || !results_value_of(axis, v->of)))
		return results__error(
			err, -EINVAL, NULL, ".of",
			"\"%.80s\" is no other value of this axis; name the one that it is a variant of",
			v->of);
	ret = check_busted(axis, v, err);
	return ret ? ret : check_levels(axis, v, err);
}

/* Each variant comes, by however many others, from a value that is none. */
static int check_variants(const struct results_axis *axis, struct results_error *err)
{
	size_t nr = axis->nr_values, of[RESULTS_MAX_VALUES];

	for (size_t i = 0; i < nr; i++)
		of[i] = axis->values[i].of ? (size_t)(results_value_of(axis, axis->values[i].of) -
						      axis->values)
					   : nr;
	for (size_t i = 0; i < nr; i++) {
		size_t from = of[i];

		for (size_t steps = 0; steps < nr && from < nr && from != i; steps++)
			from = of[from];
		if (from != i)
			continue;
		results__error(
			err, -EINVAL, NULL, ".of",
			"\"%.80s\" is in the end a variant of this value itself; drop one `of` of the circle",
			axis->values[i].of);
		return at(err, "values", i);
	}
	return 0;
}

static int check_families(const struct results_axis *axis, struct results_error *err)
{
	if (axis->nr_families > RESULTS_MAX_AXES)
		return results__error(err, -EINVAL, NULL, ".families",
				      "has %zu families, at most %d are allowed", axis->nr_families,
				      RESULTS_MAX_AXES);
	for (size_t i = 0; i < axis->nr_families; i++) {
		const char *family = axis->families[i];

		if (!family || !results__is_key(family)) {
			results__error(err, -EINVAL, NULL, "",
				       "\"%.80s\" is not a family of cases, use [a-z][a-z0-9_]*",
				       family ? family : "");
			return at(err, "families", i);
		}
		for (size_t k = 0; k < i; k++)
			if (!strcmp(axis->families[k], family)) {
				results__error(err, -EINVAL, NULL, "",
					       "\"%s\" is there twice; drop one", family);
				return at(err, "families", i);
			}
	}
	return 0;
}

int results__check_axis(const struct results_axis *axis, struct results_error *err)
{
	int ret;

	if (!axis->key || !results__is_key(axis->key))
		return results__error(err, -EINVAL, NULL, ".key",
				      "\"%.80s\" is not a parameter's name, use [a-z][a-z0-9_]*",
				      axis->key ? axis->key : "");
	ret = check_families(axis, err);
	if (!ret)
		ret = results__check_text(axis->means, false, ".means", err);
	if (ret)
		return ret;
	if (axis->nr_values > RESULTS_MAX_VALUES)
		return results__error(err, -EINVAL, NULL, ".values",
				      "has %zu values, at most %d are allowed", axis->nr_values,
				      RESULTS_MAX_VALUES);
	for (size_t i = 0; i < axis->nr_values; i++)
		if (check_value(axis, &axis->values[i], err))
			return at(err, "values", i);
	return check_variants(axis, err);
}

/* A family that both axes are for, or NULL; "": one of them is for all families. */
static const char *both_speak_of(const struct results_axis *a, const struct results_axis *b)
{
	if (!a->nr_families || !b->nr_families)
		return "";
	for (size_t i = 0; i < a->nr_families; i++)
		if (speaks_of(b, a->families[i], strlen(a->families[i])))
			return a->families[i];
	return NULL;
}

/* -EEXIST: one of the first nr axes has axis's key in one of its families. */
static int check_new(const struct results_doc *doc, size_t nr, const struct results_axis *axis,
		     struct results_error *err)
{
	for (size_t i = 0; i < nr; i++) {
		const char *family = strcmp(doc->axes[i].key, axis->key)
					     ? NULL
					     : both_speak_of(&doc->axes[i], axis);

		if (family)
			return results__error(
				err, -EEXIST, NULL, ".key",
				"\"%s\" is an axis already, see $.axes[%zu]%s%s; give each families of its own",
				axis->key, i, *family ? ", of " : "", family);
	}
	return 0;
}

static int check_params(const struct results_doc *doc, const char *id,
			const struct results_params *params, struct results_error *err)
{
	for (size_t i = 0; i < params->nr; i++) {
		const struct results_param *p = &params->v[i];
		const struct results_axis *axis = results_axis_of(doc, p->key, id);

		if (axis && (!axis->nr_values || (p->str && results_value_of(axis, p->str))))
			continue;
		if (axis && !p->str)
			results__error(
				err, -EINVAL, NULL, p->key,
				"is the number %lld, and $.axes[%zu] lists values; write one of them",
				p->num, (size_t)(axis - doc->axes));
		else if (axis)
			results__error(
				err, -EINVAL, NULL, p->key,
				"\"%.80s\" is not among the values that $.axes[%zu] gives it; add it there",
				p->str, (size_t)(axis - doc->axes));
		else
			results__error(err, -EINVAL, NULL, p->key,
				       "no axis says what it means in %.80s; add one to $.axes",
				       id);
		results__error_prefix(err, ".params.");
		return -EINVAL;
	}
	return 0;
}

/* A guest's document says what its scenario is: stock, a variant, busted. */
static int check_scenario(const struct results_doc *doc, struct results_error *err)
{
	const char *own = results_pairs_get(&doc->subject, "scenario");

	if (!own || results_value_of(results_axis_of(doc, "scenario", ""), own))
		return 0;
	return results__error(err, -EINVAL, NULL, ".axes",
			      "has no axis `scenario`, of all families, with the value \"%.80s\", "
			      "which $.provenance.subject.scenario names; add it",
			      own);
}

int results__check_axes(const struct results_doc *doc, struct results_error *err)
{
	if (doc->version == 1)
		return doc->nr_axes ? results__error(err, -EINVAL, NULL, ".axes",
						     "are not in version 1; drop them")
				    : 0;
	if (doc->nr_axes > RESULTS_MAX_AXES)
		return results__error(err, -EINVAL, NULL, ".axes",
				      "has %zu axes, at most %d are allowed", doc->nr_axes,
				      RESULTS_MAX_AXES);
	for (size_t i = 0; i < doc->nr_axes; i++)
		if (results__check_axis(&doc->axes[i], err) ||
		    check_new(doc, i, &doc->axes[i], err))
			return at(err, "axes", i);
	if (check_scenario(doc, err))
		return -EINVAL;
	for (size_t i = 0; i < doc->nr_measurements; i++)
		if (check_params(doc, doc->measurements[i].case_id, &doc->measurements[i].params,
				 err))
			return at(err, "measurements", i);
	for (size_t i = 0; i < doc->nr_checks; i++)
		if (check_params(doc, doc->checks[i].id, &doc->checks[i].params, err))
			return at(err, "checks", i);
	return 0;
}

/* ---- building ---- */

void results__axis_free(struct results_axis *axis)
{
	for (size_t i = 0; i < axis->nr_values; i++) {
		struct results_value *v = &axis->values[i];

		for (size_t k = 0; k < v->nr_levels; k++)
			free(v->levels[k].name);
		free(v->levels);
		free(v->value);
		free(v->label);
		free(v->means);
		free(v->of);
	}
	for (size_t i = 0; i < axis->nr_families; i++)
		free(axis->families[i]);
	free(axis->values);
	free(axis->families);
	free(axis->key);
	free(axis->means);
}

static int copy_value(struct results_value *to, const struct results_value *from)
{
	to->value = strdup(from->value);
	to->label = strdup(from->label);
	to->means = strdup(from->means);
	to->busted = from->busted;
	to->of = from->of ? strdup(from->of) : NULL;
	to->levels = calloc(from->nr_levels + 1, sizeof(*to->levels));
	if (!to->value || !to->label || !to->means || (from->of && !to->of) || !to->levels)
		return -ENOMEM;
	for (; to->nr_levels < from->nr_levels; to->nr_levels++) {
		struct results_level *l = &to->levels[to->nr_levels];

		*l = from->levels[to->nr_levels];
		l->name = strdup(l->name);
		if (!l->name)
			return -ENOMEM;
	}
	return 0;
}

static int copy_axis(struct results_axis *to, const struct results_axis *from)
{
	*to = (struct results_axis){
		.key = strdup(from->key),
		.means = strdup(from->means),
		.families = calloc(from->nr_families + 1, sizeof(*to->families)),
		.values = calloc(from->nr_values + 1, sizeof(*to->values)),
	};
	if (!to->key || !to->means || !to->families || !to->values)
		return -ENOMEM;
	for (size_t i = 0; i < from->nr_families; i++) {
		to->families[i] = strdup(from->families[i]);
		if (!to->families[i])
			return -ENOMEM;
		to->nr_families++;
	}
	for (size_t i = 0; i < from->nr_values; i++) {
		to->nr_values++;
		if (copy_value(&to->values[i], &from->values[i]))
			return -ENOMEM;
	}
	return 0;
}

int results_doc_add_axis(struct results_doc *doc, const struct results_axis *axis,
			 struct results_error *err)
{
	int ret = results__check_axis(axis, err);
	struct results_axis *bigger, copy;

	if (!ret)
		ret = check_new(doc, doc->nr_axes, axis, err);
	if (ret)
		return ret;
	bigger = realloc(doc->axes, (doc->nr_axes + 1) * sizeof(*bigger));
	if (bigger)
		doc->axes = bigger;
	if (!bigger || copy_axis(&copy, axis)) {
		if (bigger)
			results__axis_free(&copy);
		return results__error(err, -ENOMEM, NULL, "", "no memory for another axis");
	}
	doc->axes[doc->nr_axes++] = copy;
	return 0;
}
