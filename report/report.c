// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report's doors: `ptbench report`, and the answers that `make bench` prints.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "figure.h"
#include "files.h"
#include "page.h"
#include "report.h"

struct report {
	struct arena arena;
	struct report_input in, base;
	struct model model;
};

static int make_folder(const char *path)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return file_say("cannot make the folder", path, -errno);
	return 0;
}

/* out itself and the folders in it; its parent has to be there. */
static int make_folders(struct report *r, const char *out)
{
	int ret = make_folder(out);

	if (!ret)
		ret = make_folder(arena_str(&r->arena, "%s/figures", out));
	return ret ? ret : make_folder(arena_str(&r->arena, "%s/parts", out));
}

static int read_input(struct report *r, struct report_input *in, const char *run)
{
	struct results_error err = { 0 };
	int ret = input_read(in, &r->arena, run, &err);

	if (ret)
		results_error_print(stderr, &err);
	return ret;
}

/* base: a run to compare with, or NULL. */
static int report_read(struct report *r, const char *run, const char *base)
{
	int ret = read_input(r, &r->in, run);

	if (!ret && base)
		ret = read_input(r, &r->base, base);
	if (ret)
		return ret;
	r->model.arena = &r->arena;
	r->model.in = &r->in;
	r->model.base = base ? &r->base : NULL;
	model_build(&r->model);
	return 0;
}

/* tell: where to say where the pages are, or NULL. */
static int write_out(struct report *r, const char *out, FILE *tell)
{
	int ret;

	if (!out)
		out = arena_str(&r->arena, "%s/report", r->in.run->dir);
	ret = make_folders(r, out);
	if (!ret)
		ret = figures_draw(&r->model, out);
	if (!ret)
		ret = parts_copy(&r->model, out);
	if (!ret)
		ret = pages_write(&r->model, out);
	if (!ret && tell)
		fprintf(tell, "%s/index.html\n", results_shown(out));
	return ret;
}

/* Runs the report with a way back for when memory is short; to: print answers; else write out. */
static int report_run(const char *run, const char *base, const char *out, FILE *to, FILE *tell)
{
	struct report *r = calloc(1, sizeof(*r));
	int ret;

	if (!r)
		return -ENOMEM;
	if (setjmp(r->arena.oom)) {
		fprintf(stderr, "ptbench report: out of memory\n");
		ret = -ENOMEM;
		goto out_free;
	}
	ret = report_read(r, run, base);
	if (ret)
		goto out_free;
	if (to)
		answers_print(&r->model, to);
	else
		ret = write_out(r, out, tell);
out_free:
	figures_free(&r->model);
	input_free(&r->in);
	input_free(&r->base);
	arena_free(&r->arena);
	free(r);
	return ret;
}

int report_answers(const char *run, FILE *to)
{
	return report_run(run, NULL, NULL, to, NULL);
}

int report_render(const char *run, const char *out)
{
	return report_run(run, NULL, out, NULL, NULL);
}

static int usage(FILE *to)
{
	fprintf(to, "usage: ptbench report [--base RUN] [-o DIR | -a] RUN\n"
		    "\n"
		    "Renders a run (its folder, or results/runs/latest) as static pages and "
		    "prints\n"
		    "where the first one is.\n"
		    "\n"
		    "  -b, --base RUN    adds a page of what changed since that run\n"
		    "  -o, --output DIR  into this folder instead of RUN/report\n"
		    "  -a, --answers     print the answers as text and write nothing\n");
	return 2;
}

int report_cmd(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "base", required_argument, NULL, 'b' },
		{ "answers", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *out = NULL, *base = NULL;
	bool answers = false;
	int opt;

	optind = 1;
	while ((opt = results_getopt(argc, argv, "b:o:ah", options)) != -1) {
		if (opt == 'o')
			out = optarg;
		else if (opt == 'b')
			base = optarg;
		else if (opt == 'a')
			answers = true;
		else if (opt == 'h')
			return usage(stdout), 0;
		else
			return usage(stderr);
	}
	if (optind + 1 != argc)
		return usage(stderr);
	return report_run(argv[optind], base, out, answers ? stdout : NULL, stdout) ? 2 : 0;
}
