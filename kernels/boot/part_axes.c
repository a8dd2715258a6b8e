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

/* The scenario, and those that it is a variant of, from the stock one on. */
static int add_scenarios(const struct scenario *s, struct results_doc *doc,
			 struct results_error *err)
{
	struct results_value *v = calloc(s->nr_kin + 1, sizeof(*v));
	struct results_axis axis = { .key = (char *)"scenario", .values = v, .nr_values = s->nr_kin + 1,
				     .means = (char *)"Which kernel, built and booted how." };
	int ret;

	if (!v) {
		snprintf(err->reason, sizeof(err->reason), "no memory for its scenarios");
		return -ENOMEM;
	}
	for (size_t i = 0; i <= s->nr_kin; i++) {
		const struct scenario_kin own = { s->name, s->title, s->role };
		const struct scenario_kin *k = i < s->nr_kin ? &s->kin[s->nr_kin - 1 - i] : &own;

		v[i] = (struct results_value){ .value = k->name, .label = k->name, .means = k->title,
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
		snprintf(err->reason, sizeof(err->reason), "nobody says what the params mean: "
			 "kernels_set_axes() was not called");
		return -EINVAL;
	}
	return add_axes(doc, err) ?: add_scenarios(s, doc, err);
}

int part_check_design(const char *dir, const struct scenario *s, char why[SCENARIO_WHY])
{
	struct results_error err = { .reason = "" };
	const struct results_axis *axis;
	struct results_doc *doc = NULL;
	int ret = add_axes ? results_doc_new(s->name, "static", &doc) ?: add_axes(doc, &err) : 0;

	axis = doc ? results_axis_of(doc, "design", "gup_fast/walk") : NULL;
	if (ret || (add_axes && !axis)) {
		snprintf(why, SCENARIO_WHY, "what its params mean: %.300s",
			 ret ? err.reason : "no axis has the designs of gup_fast");
		ret = ret ? ret : -EINVAL;
	} else if (axis && axis->nr_values && !results_value_of(axis, s->design)) {
		snprintf(why, SCENARIO_WHY, "%.200s/scenarios/%.64s: '%.64s' is no design; "
			 "ref/include/ref/gup_designs.h lists them", dir, s->name, s->design);
		ret = -EINVAL;
	}
	results_doc_free(doc);
	return ret;
}
