// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values as OpenMetrics text, version 1.0
 * (github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md): three gauges of each
 * metric, for the value and both ends of its interval, the state of each part, and whether the run
 * is complete.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

/* The escapes of a label's value and of a HELP; other harmful characters are written out. */
static void put(FILE *f, const char *s)
{
	bool harmful;
	size_t len;

	for (; (len = results_text_step(s, &harmful)); s += len) {
		if (*s == '\n') {
			fputs("\\n", f);
			continue;
		}
		/* What is written out begins with a backslash, which has an escape, too. */
		if (harmful || *s == '\\' || *s == '"')
			fputc('\\', f);
		results__put_char(f, s, len, harmful);
	}
}

static void put_label(FILE *f, char before, const char *key, const char *value)
{
	fprintf(f, "%c%s=\"", before, key);
	put(f, value);
	fputc('"', f);
}

/* A unit as a part of a name: "walks/s" is walks_per_s, "CPUs" is cpus. */
static void put_unit(FILE *f, const char *unit)
{
	for (; *unit; unit++)
		if (*unit == '/')
			fputs("_per_", f);
		else
			fputc(*unit >= 'A' && *unit <= 'Z' ? *unit - 'A' + 'a' : *unit, f);
}

/*
 * A family's name ends in its unit: ptbench_time_ns, ptbench_time_low_ns. Where the metric's name
 * ends so already, it stands there once: ptbench_irqs_off_low_instructions.
 */
static void put_name(FILE *f, const struct results_metric *metric, const char *which)
{
	size_t len = strlen(metric->name), unit = strlen(metric->unit);

	if (len == unit && !strcmp(metric->name, metric->unit))
		len = 0;
	else if (len > unit && metric->name[len - unit - 1] == '_' &&
		 !strcmp(metric->name + len - unit, metric->unit))
		len -= unit + 1;
	fprintf(f, "ptbench%s%.*s%s_", len ? "_" : "", (int)len, metric->name, which);
	put_unit(f, metric->unit);
}

static void put_heading(FILE *f, const struct results_metric *metric, const char *which,
			const char *of)
{
	fputs("# TYPE ", f);
	put_name(f, metric, which);
	fputs(" gauge\n# UNIT ", f);
	put_name(f, metric, which);
	fputc(' ', f);
	put_unit(f, metric->unit);
	fputs("\n# HELP ", f);
	put_name(f, metric, which);
	fputs(of, f);
	put(f, metric->meaning);
	fputs(", per operation\n", f);
}

static int put_row(FILE *f, const struct results__value_row *row, const char *which, double v)
{
	char *params = results_params_text(&row->m->params);

	if (!params)
		return -ENOMEM;
	put_name(f, row->m->metric, which);
	put_label(f, '{', "part", row->doc->part);
	put_label(f, ',', "mode", row->doc->mode);
	put_label(f, ',', "case", row->m->case_id);
	put_label(f, ',', "params", params);
	put_label(f, ',', "subject", results_subject_name(row->m->subject));
	put_label(f, ',', "kind", results_kind_name(row->m->kind));
	fputs("} ", f);
	results__put_number(f, v);
	fputc('\n', f);
	free(params);
	return 0;
}

static bool has_metric(const struct results__values *v, const struct results_metric *metric)
{
	for (size_t i = 0; i < v->nr; i++)
		if (results__is_value(&v->v[i]) && v->v[i].m->metric == metric)
			return true;
	return false;
}

static int put_metric(FILE *f, const struct results__values *v, const struct results_metric *metric)
{
	static const struct {
		const char *which, *of;
	} ends[] = {
		{ "", " " },
		{ "_low", " the lower end of the interval of " },
		{ "_high", " the upper end of the interval of " },
	};

	for (size_t k = 0; k < 3; k++) {
		put_heading(f, metric, ends[k].which, ends[k].of);
		for (size_t i = 0; i < v->nr; i++) {
			const struct results__value_row *row = &v->v[i];
			double of[] = { row->stat.value, row->stat.low, row->stat.high };

			if (results__is_value(row) && row->m->metric == metric &&
			    put_row(f, row, ends[k].which, of[k]))
				return -ENOMEM;
		}
	}
	return 0;
}

static void put_states(FILE *f, const struct results__source *s)
{
	if (!s->run)
		return;
	fprintf(f,
		"# TYPE ptbench_run_complete gauge\n"
		"# HELP ptbench_run_complete 1: the run came to its end; 0: it is partial\n"
		"ptbench_run_complete %d\n",
		s->run->complete);
	fputs("# TYPE ptbench_part_state stateset\n"
	      "# HELP ptbench_part_state how a part of the run ended\n",
	      f);
	for (size_t i = 0; i < s->run->nr_parts; i++) {
		const struct results_part *p = &s->run->parts[i];
		bool failed = results__part_failed(p, s->docs[i]);
		enum results_state is = failed && p->state == RESULTS_PASSED ? RESULTS_FAILED
									     : p->state;

		for (int state = RESULTS_PASSED; state <= RESULTS_SKIPPED; state++) {
			fputs("ptbench_part_state", f);
			put_label(f, '{', "part", p->name);
			put_label(f, ',', "ptbench_part_state", results_state_name(state));
			fprintf(f, "} %d\n", state == (int)is);
		}
	}
}

int results__export_openmetrics(FILE *f, const struct results__values *v, FILE *say)
{
	int err = 0;

	(void)say;
	put_states(f, v->source);
	for (size_t i = 0; i < results_nr_metrics() && !err; i++)
		if (has_metric(v, results_metric_at(i)))
			err = put_metric(f, v, results_metric_at(i));
	fputs("# EOF\n", f);
	return err;
}
