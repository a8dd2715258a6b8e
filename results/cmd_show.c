// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench show: a run or a document as tables for people. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

static const char usage[] =
	"usage: ptbench show [-p PART] RUN|FILE...\n"
	"\n"
	"Prints results as tables: the parts of a run and their states, then for each part its\n"
	"provenance, measurements, where their instructions went (of a profile), what was skipped and\n"
	"why, and checks. RUN is a run's folder or its run.json, FILE one document. An exploration\n"
	"(ptbench-explore) is printed as its models, and the schedule of each failure step by step.\n"
	"\n"
	"  -p, --part PART  only this part of a run\n"
	"  -h, --help       print this\n"
	"\n"
	"Every value is per operation. By kind of measurement:\n"
	"  exact          the value that at least 90 % of the samples have; \"agree\" is their share\n"
	"  deterministic  the most frequent value, and the range of all\n"
	"  sampled        the median, and the 95 % interval of the median\n"
	"\"n\" is the number of samples, \"lost\" how many windows were thrown away because something\n"
	"else ran in them.\n"
	"Exit status: 0 fine, 2 a file cannot be read or the command line is wrong, 4 not all could be\n"
	"printed.\n"
	"Example: ptbench show results/runs/latest\n";

static void print_field(const char *name, const char *value)
{
	printf("  %-10s", name);
	results__print_text(stdout, value, 12);
	putchar('\n');
}

static void print_pairs(const char *title, const struct results_pairs *p)
{
	int widest = 0;

	if (!p->nr)
		return;
	printf("  %s\n", title);
	for (size_t i = 0; i < p->nr; i++)
		if ((int)strlen(p->v[i].key) > widest)
			widest = strlen(p->v[i].key);
	for (size_t i = 0; i < p->nr; i++) {
		printf("    %-*s  ", widest, p->v[i].key);
		results__print_text(stdout, p->v[i].value, widest + 6);
		putchar('\n');
	}
}

static void spread(char *buf, size_t size, const struct results_measurement *m,
		   const struct results_stat *s)
{
	char low[32], high[32];

	if (m->kind == RESULTS_EXACT) {
		snprintf(buf, size, "%.0f %% agree", 100 * s->agreement);
		return;
	}
	results__number(low, sizeof(low), s->low);
	results__number(high, sizeof(high), s->high);
	if (m->kind == RESULTS_SAMPLED)
		snprintf(buf, size, "[%s, %s]", low, high);
	else
		snprintf(buf, size, "%s .. %s, %.0f %% agree", low, high, 100 * s->agreement);
}

static int measurement_row(struct results__table *t, const struct results_measurement *m)
{
	char value[32], interval[96], n[24], lost[24] = "", ops[24];
	char *params = results_params_text(&m->params);
	struct results_stat s;
	int err;

	if (!params)
		return -1;
	results_stat(m, &s);
	spread(interval, sizeof(interval), m, &s);
	snprintf(n, sizeof(n), "%zu", s.n);
	snprintf(ops, sizeof(ops), "%lld", m->nr_ops);
	if (m->discarded)
		snprintf(lost, sizeof(lost), "%lld", m->discarded);
	err = results__table_row(t, m->case_id, params, results_subject_name(m->subject),
				 m->metric->name, results__number(value, sizeof(value), s.value),
				 m->metric->unit, interval, results_kind_name(m->kind), ops, n,
				 lost);
	free(params);
	return err;
}

static int show_measurements(const struct results_doc *doc, const struct results_measurement **rows)
{
	struct results__table t = { .nr_columns = 11, .align = "llllrlllrrr" };
	int err = results__table_row(&t, "case", "params", "of", "metric", "value", "unit",
				     "spread", "kind", "ops", "n", "lost");

	for (size_t i = 0; i < doc->nr_measurements && !err; i++)
		if (!rows[i]->skipped)
			err = measurement_row(&t, rows[i]);
	if (!err && t.nr_rows > 1) {
		putchar('\n');
		err = results__table_print(stdout, &t);
	}
	results__table_free(&t);
	return err;
}

static int breakdown_rows(struct results__table *t, const struct results_measurement *m)
{
	struct results_share *v = results__sorted_shares(m);
	char *params = results_params_text(&m->params), count[32], share[32];
	struct results_stat s;
	int ret = v && params ? 0 : -1;

	results_stat(m, &s);
	for (size_t i = 0; i < m->nr_breakdown && !ret; i++) {
		snprintf(count, sizeof(count), "%lld", v[i].instructions);
		/* The shares of an operation that does nothing may add up to 0. */
		snprintf(share, sizeof(share), s.value > 0 ? "%.2f %%" : "-",
			 100 * v[i].instructions / (s.value * m->nr_ops));
		/* The measurement's own columns stand only in its first row. */
		ret = results__table_row(t, i ? "" : m->case_id, i ? "" : params,
					 i ? "" : m->metric->name, count, share, v[i].symbol);
	}
	free(params);
	free(v);
	return ret;
}

static int show_breakdowns(const struct results_doc *doc, const struct results_measurement **rows)
{
	struct results__table t = { .nr_columns = 6, .align = "lllrrl" };
	int err = results__table_row(&t, "breakdown", "params", "metric", "instructions", "share",
				     "symbol");

	for (size_t i = 0; i < doc->nr_measurements && !err; i++)
		if (rows[i]->nr_breakdown)
			err = breakdown_rows(&t, rows[i]);
	if (!err && t.nr_rows > 1) {
		putchar('\n');
		err = results__table_print(stdout, &t);
	}
	results__table_free(&t);
	return err;
}

static int show_skipped(const struct results_doc *doc, const struct results_measurement **rows)
{
	struct results__table t = { .nr_columns = 4, .align = "llll" };
	int err = results__table_row(&t, "skipped", "params", "of", "because");

	for (size_t i = 0; i < doc->nr_measurements && !err; i++) {
		char *params;

		if (!rows[i]->skipped)
			continue;
		params = results_params_text(&rows[i]->params);
		err = results__table_row(&t, rows[i]->case_id, params,
					 results_subject_name(rows[i]->subject), rows[i]->skipped);
		free(params);
	}
	if (!err && t.nr_rows > 1) {
		putchar('\n');
		err = results__table_print(stdout, &t);
	}
	results__table_free(&t);
	return err;
}

static int show_checks(const struct results_doc *doc)
{
	struct results__table t = { .nr_columns = 5, .align = "lllll" };
	int err = results__table_row(&t, "check", "params", "", "expected", "seen");

	for (size_t i = 0; i < doc->nr_checks && !err; i++) {
		const struct results_check *c = &doc->checks[i];
		char *params = results_params_text(&c->params);

		err = results__table_row(&t, c->id, params, c->ok ? "ok" : "FAILED", c->expect,
					 c->seen);
		free(params);
	}
	if (!err && t.nr_rows > 1) {
		putchar('\n');
		err = results__table_print(stdout, &t);
	}
	results__table_free(&t);
	return err;
}

static int show_doc(const struct results_doc *doc)
{
	struct results_error err;
	const struct results_measurement **rows = results__sorted_measurements(doc, &err);
	int ret;

	if (!rows)
		return -1;
	printf("\npart %s\n", results_shown(doc->part));
	print_field("mode", doc->mode);
	print_field("created", doc->created);
	print_field("command", doc->command);
	print_pairs("environment", &doc->environment);
	print_pairs("subject", &doc->subject);
	ret = show_measurements(doc, rows);
	if (!ret)
		ret = show_breakdowns(doc, rows);
	if (!ret)
		ret = show_skipped(doc, rows);
	if (!ret)
		ret = show_checks(doc);
	free(rows);
	return ret;
}

/* A failed part's reason ends with its console, so it stands below the table and not in it. */
static void print_reason(const struct results_part *p)
{
	if (!p->reason)
		return;
	printf("\n  %s %s: ", results_shown(p->name), results_state_name(p->state));
	results__print_text(stdout, p->reason, 4);
	putchar('\n');
}

static int show_run(const struct results_run *run)
{
	struct results__table t = { .nr_columns = 3, .align = "lll" };
	int err;

	printf("run %s\n", results_shown(run->dir));
	print_field("command", run->command);
	print_field("revision", run->revision);
	print_field("started", run->started);
	print_field("finished", run->finished ? run->finished : "not yet, or it was killed");
	print_field("state", run->complete ? "complete" : "partial");
	putchar('\n');
	err = results__table_row(&t, "part", "state", "file");
	for (size_t i = 0; i < run->nr_parts && !err; i++) {
		const struct results_part *p = &run->parts[i];

		err = results__table_row(&t, p->name, results_state_name(p->state),
					 p->file ? p->file : "none");
	}
	if (!err)
		err = results__table_print(stdout, &t);
	results__table_free(&t);
	for (size_t i = 0; i < run->nr_parts && !err; i++)
		print_reason(&run->parts[i]);
	return err;
}

static int show_source(const struct results__source *s, const char *part)
{
	bool shown = false;
	int ret = s->run && !part ? show_run(s->run) : 0;

	for (size_t i = 0; i < s->nr_docs && !ret; i++) {
		if (!s->docs[i] || (part && strcmp(s->docs[i]->part, part)))
			continue;
		shown = true;
		ret = show_doc(s->docs[i]);
	}
	if (ret) {
		fprintf(stderr, "%s: no memory to show it\n", results_shown(s->path));
		return EXIT_USAGE;
	}
	if (part && !shown) {
		fprintf(stderr,
			"%s: has no document of a part %s; ptbench show %s lists its parts\n",
			results_shown(s->path), results_shown(part), results_shown(s->path));
		return EXIT_USAGE;
	}
	return 0;
}

static int show_explore(const char *path)
{
	struct results_explore *doc;
	struct results_error err;
	int ret;

	if (results_explore_read(path, &doc, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	ret = results__explore_show(doc);
	results_explore_free(doc);
	if (ret)
		fprintf(stderr, "%s: no memory to show it\n", results_shown(path));
	return ret ? EXIT_USAGE : EXIT_FINE;
}

static int show(const char *path, const char *part)
{
	struct results__source *s;
	struct results_error err;
	int ret;

	if (results__kind(path, &err) == RESULTS__EXPLORE)
		return show_explore(path);
	if (results__source_read(path, &s, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	ret = show_source(s, part);
	results__source_free(s);
	return ret;
}

int results_cmd_show(int argc, char **argv)
{
	static const struct option options[] = {
		{ "part", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *part = NULL;
	int c, ret = 0;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "p:h", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (c != 'p') {
			fputs("Try: ptbench show --help\n", stderr);
			return EXIT_USAGE;
		}
		part = optarg;
	}
	if (optind == argc) {
		fprintf(stderr, "ptbench show: no RUN or FILE given\n%s", usage);
		return EXIT_USAGE;
	}
	for (; optind < argc; optind++)
		ret |= show(argv[optind], part);
	return ret;
}
