// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report's entry points: `ptbench report`, and the answers that `make bench` prints.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <results/results.h>

#include "render/figure.h"
#include "render/files.h"
#include "model/versions.h"
#include "pages/pages.h"
#include "render/page.h"
#include "report.h"
#include "render/staging.h"
#include "render/stop.h"

enum { OPT_ALLOW = 256, OPT_POLICY, OPT_TREND, OPT_JUDGED };

/* What is asked for beside the run; all may be NULL. */
struct wish {
	const char *base;		    /* a run to compare with */
	const char *trend;		    /* a folder of runs */
	const char *judged;		    /* what ptbench judge wrote */
	struct results_compare_options how; /* with base */
};

struct report {
	struct arena arena;
	struct report_input in, base;
	struct model model;
	struct staging staging;
	bool staged; /* staging_end() has to be called */
};

static int read_input(struct report *r, struct report_input *in, const char *run)
{
	struct results_error err = { 0 };
	int ret = input_read(in, &r->arena, run, &err);

	if (ret)
		results_error_print(stderr, &err);
	else
		versions_choose(in);
	return ret;
}

/* A file that cannot be read, or a run's copy, is counted on the page, and left out. */
static int read_trend(struct report *r, const char *dir)
{
	const struct results_trend_options options = { .keep_going = true };
	struct results_error err;
	int ret = results_trend(dir, &options, &r->model.trend, &err);

	if (ret)
		results_error_print(stderr, &err);
	return ret;
}

static int read_judged(struct report *r, const char *file)
{
	struct results_error err;
	int ret = results_judged_read(file, &r->model.judged, &err);

	if (ret)
		results_error_print(stderr, &err);
	return ret;
}

static int report_read(struct report *r, const char *run, const struct wish *wish)
{
	int err = read_input(r, &r->in, run);

	if (!err && wish->base)
		err = read_input(r, &r->base, wish->base);
	if (!err && wish->trend)
		err = read_trend(r, wish->trend);
	if (!err && wish->judged)
		err = read_judged(r, wish->judged);
	if (err)
		return err;
	r->model.arena = &r->arena;
	r->model.in = &r->in;
	r->model.base = wish->base ? &r->base : NULL;
	if (wish->base)
		head_base_compare(&r->model, &wish->how);
	pages_build(&r->model);
	return 0;
}

/* Writes the report's files. 0, the number of figures that could not be drawn, or -errno. */
static int fill(struct report *r, const struct staging *s)
{
	int lost = figures_draw(&r->model, s->figures), ret;

	if (lost < 0)
		return lost;
	ret = parts_copy(&r->model, s->parts);
	if (!ret)
		ret = pages_write(&r->model, s->top);
	return ret ? ret : lost;
}

/* Writes the report to the folder out. tell: where to print its path, or NULL. Returns an exit
 * status. */
static int write_out(struct report *r, const char *out, FILE *tell)
{
	int err, lost;

	if (!out)
		out = arena_str(&r->arena, "%s/report", r->in.run->dir);
	if (tell)
		stop_catch();
	r->staged = true;
	if (staging_begin(&r->staging, out))
		return EXIT_USAGE;
	lost = fill(r, &r->staging);
	if (stop_asked()) {
		fprintf(stderr, "ptbench report: interrupted; what was there is left as it was\n");
		return EXIT_INTERRUPTED;
	}
	err = lost < 0 ? lost : staging_publish(&r->staging);
	if (err)
		return EXIT_PART_FAILED;
	if (tell &&
	    (fprintf(tell, "%s/index.html\n", results_shown(out)) < 0 || fflush(tell) == EOF)) {
		file_say("cannot say where it is:", out, errno ? -errno : -EIO);
		return EXIT_PART_FAILED;
	}
	return lost ? EXIT_PART_FAILED : 0;
}

static int print_out(struct report *r, FILE *to)
{
	answers_print(&r->model, to);
	if ((!fflush(to) && !ferror(to)) || results_stdout_reader_left())
		return 0;
	fprintf(stderr, "ptbench report: cannot write the answers: %s\n",
		errno ? strerror(errno) : "an earlier write failed");
	return EXIT_PART_FAILED;
}

/*
 * Prints an error and returns EXIT_USAGE if the run has parts and none has a readable document; the
 * pages tell why, for each.
 */
static int judge_input(struct report *r, const char *run)
{
	const struct report_input *in = &r->in;

	for (size_t i = 0; i < input_nr_all(in); i++)
		if (in->parts[i].doc)
			return 0;
	if (!input_nr_all(in))
		return 0;
	fprintf(stderr,
		"ptbench report: %s: none of its %zu parts can be read; the first, %s: %s\n",
		results_shown(run), input_nr_all(in), clean(&r->arena, in->parts[0].part->name),
		in->parts[0].why);
	return EXIT_USAGE;
}

/* Runs the report; without memory, the arena jumps back here. to: print the answers there; NULL:
 * write the folder out. */
static int report_run(const char *run, const struct wish *wish, const char *out, FILE *to,
		      FILE *tell)
{
	struct report *r;
	double seconds;
	int status;

	if (!to && figures_limit(&seconds))
		return EXIT_USAGE;
	r = calloc(1, sizeof(*r));
	if (!r)
		return EXIT_PART_FAILED;
	if (setjmp(r->arena.oom)) {
		fprintf(stderr, "ptbench report: out of memory\n");
		status = EXIT_PART_FAILED;
	} else if (report_read(r, run, wish)) {
		status = EXIT_USAGE;
	} else {
		status = to ? print_out(r, to) : write_out(r, out, tell);
		status = status ? status : judge_input(r, run);
	}
	if (r->staged)
		staging_end(&r->staging);
	figures_free(&r->model);
	head_base_free(&r->model);
	trend_free(&r->model);
	results_judged_free(r->model.judged);
	history_free(&r->model);
	input_free(&r->in);
	input_free(&r->base);
	arena_free(&r->arena);
	free(r);
	return status;
}

/* A part that has a file which cannot be read: the text has it as one without figures. */
static void say_unreadable(const struct report_input *in)
{
	for (size_t i = 0; i < input_nr_all(in); i++) {
		const struct report_part *p = &in->parts[i];

		if (p->part->state == RESULTS_PASSED && p->part->file && !p->doc)
			fprintf(stderr, "ptbench kernels history: %s/%s: %s\n",
				results_shown(in->run->dir), results_shown(p->part->file), p->why);
	}
}

static int print_history(struct report *r, const struct report_input *inputs, size_t nr, FILE *to)
{
	const struct report_input **runs = arena_alloc(&r->arena, nr * sizeof(*runs));

	for (size_t i = 0; i < nr; i++)
		runs[i] = &inputs[i];
	for (size_t i = 0; i < nr; i++)
		say_unreadable(&inputs[i]);
	r->model.arena = &r->arena;
	r->model.in = (struct report_input *)runs[nr - 1];
	if (!history_build_of(&r->model, runs, nr)) {
		fprintf(stderr, "ptbench kernels history: none of these runs has a kernel; ptbench "
				"kernels run SCENARIO@VERSION... makes one that has\n");
		return EXIT_USAGE;
	}
	page_print(&r->model, &r->model.pages[0], to);
	if ((!fflush(to) && !ferror(to)) || results_stdout_reader_left())
		return 0;
	fprintf(stderr, "ptbench kernels history: cannot write: %s\n",
		errno ? strerror(errno) : "an earlier write failed");
	return EXIT_PART_FAILED;
}

int report_history(const char *const *runs, size_t nr, bool all, FILE *to)
{
	struct report_input *inputs = calloc(nr + 1, sizeof(*inputs));
	struct report *r = calloc(1, sizeof(*r));
	int status = EXIT_PART_FAILED;

	if (!r || !inputs || setjmp(r->arena.oom)) {
		fprintf(stderr, "ptbench kernels history: out of memory\n");
	} else {
		status = 0;
		r->model.all_rows = all;
		for (size_t i = 0; i < nr && !status; i++)
			status = read_input(r, &inputs[i], runs[i]) ? EXIT_USAGE : 0;
		if (!status)
			status = print_history(r, inputs, nr, to);
	}
	if (r) {
		history_free(&r->model);
		head_base_free(&r->model);
		for (size_t i = 0; inputs && i < nr; i++)
			input_free(&inputs[i]);
		arena_free(&r->arena);
	}
	free(inputs);
	free(r);
	return status;
}

int report_answers(const char *run, FILE *to)
{
	const struct wish none = { NULL };

	return report_run(run, &none, NULL, to, NULL);
}

int report_render(const char *run, const char *out)
{
	const struct wish none = { NULL };

	return report_run(run, &none, out, NULL, NULL);
}

static int usage(FILE *to)
{
	static const char text[] =
		"usage: ptbench report [--base RUN] [--trend DIR] [--judged FILE]\n"
		"                      [-o DIR | -a] RUN\n"
		"\n"
		"Renders a run (its folder, or results/runs/latest) as static pages and prints\n"
		"where the first one is. A run that is not finished renders, too.\n"
		"\n"
		"  -b, --base RUN    add a page of what changed since that run: all that\n"
		"                    ptbench compare judges, in its words and with its totals\n"
		"      --allow CASE[:PARAMS]:METRIC\n"
		"                    with --base: this row may change, as in ptbench compare\n"
		"      --policy FILE with --base: what this lets pass, as in ptbench gate\n"
		"      --trend DIR   add a page of all runs in that folder: at which of them a\n"
		"                    value changed its level, as ptbench trend finds it. A file\n"
		"                    that cannot be read is left out, and counted on the page\n"
		"      --judged FILE add a page on how often the judge is wrong, of what ptbench\n"
		"                    judge --out wrote; make judge-report renders it\n"
		"  -o, --output DIR  write into this folder instead of RUN/report. DIR may be an\n"
		"                    earlier report, which is replaced, or an empty folder. Any\n"
		"                    other folder is refused, and so is a report with files\n"
		"                    that its .ptbench-report does not list\n"
		"  -a, --answers     print the answers as text and write nothing\n"
		"  -h, --help        print this\n"
		"\n"
		"gnuplot draws the figures. A figure that it does not draw is left out, and the\n"
		"page says so. PTBENCH_GNUPLOT_SECONDS limits the time for one figure (60).\n"
		"\n"
		"Exit status: 0 the report is whole; 2 the command line or that limit for figures\n"
		"is wrong, a run cannot be read, none of its parts can be read (the pages are\n"
		"written and say why), or DIR cannot be made or replaced; 4 something could not\n"
		"be written or printed, or a figure not drawn; 130 it was interrupted, and\n"
		"nothing was written. Failed parts beside readable ones are reported, and change\n"
		"no exit status.\n";

	fputs(text, to);
	return EXIT_USAGE;
}

/* Checks the words behind the options; prints an error and returns true unless it is one run. */
static bool wrong_words(int nr, char **words)
{
	if (!nr)
		fprintf(stderr, "report: no run is named; results/runs/latest is the latest one\n");
	else if (nr > 1)
		fprintf(stderr,
			"report: renders one run, and %d are named, the second '%s'; --base RUN "
			"compares with another\n",
			nr, results_shown(words[1]));
	return nr != 1;
}

static bool wrong_pair(void)
{
	fprintf(stderr, "report: --answers writes nothing, so --output has no meaning beside it\n");
	return true;
}

/* allow: room for the values of all --allow in argv. */
static int parse_and_run(int argc, char **argv, const char **allow)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "allow", required_argument, NULL, OPT_ALLOW },
		{ "policy", required_argument, NULL, OPT_POLICY },
		{ "base", required_argument, NULL, 'b' },
		{ "trend", required_argument, NULL, OPT_TREND },
		{ "judged", required_argument, NULL, OPT_JUDGED },
		{ "answers", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct wish wish = { .how.allowed = allow };
	const char *out = NULL;
	struct results_error err;
	bool answers = false;
	int opt;

	optind = 1;
	while ((opt = results_getopt(argc, argv, "b:o:ah", options)) != -1) {
		if (opt == OPT_ALLOW && results_allow_check(optarg, &err)) {
			results_error_print(stderr, &err);
			return EXIT_USAGE;
		} else if (opt == OPT_ALLOW)
			allow[wish.how.nr_allowed++] = optarg;
		else if (opt == OPT_POLICY)
			wish.how.policy = optarg;
		else if (opt == OPT_TREND)
			wish.trend = optarg;
		else if (opt == OPT_JUDGED)
			wish.judged = optarg;
		else if (opt == 'o')
			out = optarg;
		else if (opt == 'b')
			wish.base = optarg;
		else if (opt == 'a')
			answers = true;
		else if (opt == 'h')
			return usage(stdout), 0;
		else
			return usage(stderr);
	}
	if ((wish.how.nr_allowed || wish.how.policy) && !wish.base) {
		fprintf(stderr,
			"ptbench report: --%s names changes since a base; name that by --base\n",
			wish.how.policy ? "policy" : "allow");
		return usage(stderr);
	}
	if (wrong_words(argc - optind, argv + optind) || (answers && out && wrong_pair()))
		return usage(stderr);
	return report_run(argv[optind], &wish, out, answers ? stdout : NULL, stdout);
}

int report_cmd(int argc, char **argv)
{
	const char **allow = calloc(argc, sizeof(*allow));
	int status = EXIT_PART_FAILED;

	if (allow)
		status = parse_and_run(argc, argv, allow);
	free(allow);
	return status;
}
