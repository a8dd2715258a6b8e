// SPDX-License-Identifier: GPL-2.0-or-later
/* The axes of a part's document: what its params mean, and what its scenario is a variant of. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../kernels.h"
#include "part.h"

static kernels_axes_fn add_axes;

void kernels_set_axes(kernels_axes_fn fn)
{
	add_axes = fn;
}

/* Adds the axis of the scenario and of those that it is a variant of, the stock one first. */
static int add_scenarios(const struct scenario *s, struct results_doc *doc,
			 struct results_error *err)
{
	struct results_value *v = calloc(s->nr_kin + 1, sizeof(*v));
	struct results_axis axis = { .key = (char *)"scenario",
				     .values = v,
				     .nr_values = s->nr_kin + 1,
				     .means = (char *)"Which kernel, built and booted how." };
	int ret;

	if (!v) {
		snprintf(err->reason, sizeof(err->reason), "no memory for its scenarios");
		return -ENOMEM;
	}
	for (size_t i = 0; i <= s->nr_kin; i++) {
		const struct scenario_kin own = { s->name, s->title, s->role };
		const struct scenario_kin *k = i < s->nr_kin ? &s->kin[s->nr_kin - 1 - i] : &own;

		v[i] = (struct results_value){ .value = k->name,
					       .label = k->name,
					       .means = k->title,
					       .busted = k->role == SCENARIO_BUSTED,
					       .of = i ? v[i - 1].value : NULL };
	}
	ret = results_doc_add_axis(doc, &axis, err);
	free(v);
	return ret;
}

int part_add_axes(const struct scenario *s, struct results_doc *doc, struct results_error *err)
{
	if (!add_axes) {
		snprintf(err->reason, sizeof(err->reason),
			 "nobody says what the params mean: "
			 "kernels_set_axes() was not called");
		return -EINVAL;
	}
	return add_axes(doc, err) ?: add_scenarios(s, doc, err);
}

/* Makes a document with the axes only; *out is NULL when kernels_set_axes() was not called. */
static int axes_alone(struct results_doc **out, char why[SCENARIO_WHY])
{
	struct results_error err = { .reason = "no memory" };
	int ret;

	*out = NULL;
	ret = add_axes ? results_doc_new("axes", "static", out) ?: add_axes(*out, &err) : 0;
	if (ret)
		snprintf(why, SCENARIO_WHY, "what params mean: %.300s", err.reason);
	return ret;
}

int part_check_design(const char *dir, const struct scenario *s, char why[SCENARIO_WHY])
{
	const struct results_axis *axis;
	struct results_doc *doc;
	int err = axes_alone(&doc, why);

	axis = doc ? results_axis_of(doc, "design", "gup_fast/walk") : NULL;
	if (!err && doc && !axis) {
		snprintf(why, SCENARIO_WHY,
			 "what params mean: no axis has the designs of gup_fast");
		err = -EINVAL;
	} else if (!err && axis && axis->nr_values && !results_value_of(axis, s->design)) {
		snprintf(why, SCENARIO_WHY,
			 "%.200s/scenarios/%.64s: '%.64s' is no design; "
			 "ref/include/ref/gup_designs.h lists them",
			 dir, s->name, s->design);
		err = -EINVAL;
	}
	results_doc_free(doc);
	return err;
}

static int no_such_value(const struct results_axis *axis, const struct results_param *p,
			 char why[SCENARIO_WHY])
{
	char number[24];
	int n;

	snprintf(number, sizeof(number), "%lld", p->num);
	n = snprintf(why, SCENARIO_WHY, "%s=%.64s: no row has that value; there are:", p->key,
		     p->str ? p->str : number);
	for (size_t i = 0; i < axis->nr_values && n < SCENARIO_WHY; i++)
		n += snprintf(why + n, SCENARIO_WHY - n, " %s", axis->values[i].value);
	return -EINVAL;
}

int part_check_params(const char *case_id, const struct results_params *params,
		      char why[SCENARIO_WHY])
{
	struct results_doc *doc;
	int err = axes_alone(&doc, why);

	for (size_t i = 0; doc && i < params->nr && !err; i++) {
		const struct results_param *p = &params->v[i];
		const struct results_axis *axis = results_axis_of(doc, p->key, case_id);

		if (!axis) {
			snprintf(why, SCENARIO_WHY, "no row has a param '%s'", p->key);
			err = -EINVAL;
		} else if (axis->nr_values && (!p->str || !results_value_of(axis, p->str))) {
			err = no_such_value(axis, p, why);
		}
	}
	results_doc_free(doc);
	return err;
}
