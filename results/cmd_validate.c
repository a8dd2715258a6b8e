// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench validate: whether files follow the format. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <results/explore.h>

#include "internal.h"

static const char usage[] =
	"usage: ptbench validate [-q] FILE...\n"
	"\n"
	"Checks results against the format, by the rules of every subcommand that reads them.\n"
	"FILE is a document (ptbench-result 1 or 2), an exploration (ptbench-explore 1), a run's run.json,\n"
	"or a run's folder; with a run the documents of its parts, and its explore.json, are checked too.\n"
	"\"-\" is a ptbench-result document on standard input.\n"
	"\n"
	"  -q, --quiet  print only what is wrong\n"
	"  -h, --help   print this\n"
	"\n"
	"Prints \"FILE: fine\" or \"FILE: JSON path: what is wrong and what to do\".\n"
	"Exit status: 0 all are fine, 2 one is not, cannot be read, or the command line is wrong, 4 not\n"
	"all could be printed.\n"
	"The rules as a JSON Schema: results/schema/. Example: ptbench validate results/runs/latest\n";

static int fine(const char *file, const struct results_doc *doc, bool quiet)
{
	if (!quiet)
		printf("%s: fine (%s, %zu measurements, %zu checks)\n", results_shown(file),
		       results_shown(doc->mode), doc->nr_measurements, doc->nr_checks);
	return 0;
}

static int validate_doc(const char *file, bool quiet)
{
	struct results_error err;
	struct results_doc *doc;

	if (results_doc_read(file, &doc, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	fine(file, doc, quiet);
	results_doc_free(doc);
	return 0;
}

static int validate_part(const struct results_run *run, const struct results_part *part, bool quiet)
{
	struct results_error err;
	struct results_doc *doc;
	char *path;

	if (!part->file)
		return 0;
	if (results__part_read(run, part, &doc, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (asprintf(&path, "%s/%s", run->dir, part->file) >= 0) {
		fine(path, doc, quiet);
		free(path);
	}
	results_doc_free(doc);
	return 0;
}

static int validate_explored(const struct results_run *run, bool quiet)
{
	struct results_explore *doc;
	struct results_error err;

	if (results__explored_read(run->dir, &doc, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (doc && !quiet)
		printf("%s/" RESULTS__EXPLORE_FILE ": fine (%s exploration, %zu models)\n",
		       results_shown(run->dir), doc->complete ? "complete" : "partial",
		       doc->nr_models);
	results_explore_free(doc);
	return 0;
}

static int validate_run(const char *path, bool quiet)
{
	struct results_error err;
	struct results_run *run;
	int ret = 0;

	if (results_run_read(path, &run, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < run->nr_parts; i++)
		ret |= validate_part(run, &run->parts[i], quiet);
	ret |= validate_explored(run, quiet);
	if (!ret && !quiet)
		printf("%s: fine (%s run, %zu parts)\n", results_shown(path),
		       run->complete ? "complete" : "partial", run->nr_parts);
	results_run_free(run);
	return ret;
}

static int validate_explore(const char *file, bool quiet)
{
	struct results_explore *doc;
	struct results_error err;

	if (results_explore_read(file, &doc, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (!quiet)
		printf("%s: fine (%s exploration, %zu models)\n", results_shown(file),
		       doc->complete ? "complete" : "partial", doc->nr_models);
	results_explore_free(doc);
	return 0;
}

static int validate(const char *path, bool quiet)
{
	struct results_error err;

	if (!strcmp(path, "-"))
		return validate_doc(path, quiet);
	switch (results__kind(path, &err)) {
	case RESULTS__DOC:
		return validate_doc(path, quiet);
	case RESULTS__RUN:
		return validate_run(path, quiet);
	case RESULTS__EXPLORE:
		return validate_explore(path, quiet);
	}
	results_error_print(stderr, &err);
	return EXIT_USAGE;
}

int results_cmd_validate(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool quiet = false;
	int c, ret = 0;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "qh", options)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (c != 'q') {
			fputs("Try: ptbench validate --help\n", stderr);
			return EXIT_USAGE;
		}
		quiet = true;
	}
	if (optind == argc) {
		fprintf(stderr, "ptbench validate: no FILE given\n%s", usage);
		return EXIT_USAGE;
	}
	for (; optind < argc; optind++)
		ret |= validate(argv[optind], quiet);
	return ret;
}
