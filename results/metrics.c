// SPDX-License-Identifier: GPL-2.0-or-later
/* Names: the metrics of results/metrics.h as a table, and the enums of results.h as words. */
#include <array_size.h>
#include <string.h>

#include <results/results.h>

static const struct results_metric metrics[] = {
#define ROW(id, name, unit, better, samples, effect, meaning)                                      \
	{ name, unit, meaning, RESULTS_##better, RESULTS_SAMPLES_##samples, (effect) / 100.0 },
	RESULTS_METRICS(ROW)
#undef ROW
};

size_t results_nr_metrics(void)
{
	return ARRAY_SIZE(metrics);
}

const struct results_metric *results_metric_at(size_t i)
{
	return i < results_nr_metrics() ? &metrics[i] : NULL;
}

const struct results_metric *results_metric_find(const char *name)
{
	for (size_t i = 0; i < results_nr_metrics(); i++)
		if (!strcmp(metrics[i].name, name))
			return &metrics[i];
	return NULL;
}

const char *results_better_name(enum results_better b)
{
	static const char *const names[] = {
		[RESULTS_LOWER] = "lower",
		[RESULTS_HIGHER] = "higher",
		[RESULTS_NEITHER] = "neither",
	};

	return names[b];
}

const char *results_subject_name(enum results_subject s)
{
	static const char *const names[] = {
		[RESULTS_REF] = "ref",
		[RESULTS_KERNEL] = "kernel",
		[RESULTS_LIBURCU] = "liburcu",
		[RESULTS_IMPORTED] = "imported",
	};

	return names[s];
}

const char *results_kind_name(enum results_kind k)
{
	static const char *const names[] = {
		[RESULTS_EXACT] = "exact",
		[RESULTS_DETERMINISTIC] = "deterministic",
		[RESULTS_SAMPLED] = "sampled",
	};

	return names[k];
}

const char *results_state_name(enum results_state s)
{
	static const char *const names[] = {
		[RESULTS_PASSED] = "passed",
		[RESULTS_FAILED] = "failed",
		[RESULTS_SKIPPED] = "skipped",
	};

	return names[s];
}
