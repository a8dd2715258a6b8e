// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench interleave: two builds of the reference, measured in turn. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <results/results.h>

#include "interleave.h"
#include "parts.h"
#include "processes.h"

/* A row that lost a few to other work can still be told to have moved: docs/judging.md. */
#define PROCESSES 16
#define MOST 1000

static const char usage[] =
	"usage: ptbench interleave --base BUILD [--head BUILD] [OPTION]...\n"
	"\n"
	"Measures the reference and the host's own kernel by two builds of ptbench, in turn: a process of\n"
	"the base, one of the head, one of the head, one of the base, and so on, so that what drifts\n"
	"meanwhile reaches both alike. Makes a run of each, prints their folders, and judges nothing:\n"
	"ptbench gate --base FIRST SECOND does, and knows that they are pairs. The rows are the base's, with\n"
	"as many operations on both sides. Nothing else should run.\n"
	"\n"
	"  --base BUILD     the build folder of the base\n"
	"  --head BUILD     that of the head (default: the one that ptbench is in)\n"
	"  --processes N    of each build (default: 16), from 1 to 1000\n"
	"  --filter REGEX   only the rows that --benchmark_filter=REGEX of build/bench selects\n"
	"  --one-layout     run BUILD/bench each time; otherwise the Kth process runs BUILD/layouts/K, in\n"
	"                   which code lies elsewhere (scripts/layouts --help), with an environment of\n"
	"                   another size\n"
	"  --slow PERCENT   make every timed call of the head that much longer, to see whether it is found\n"
	"  --runs DIR       where the runs' folders are made (default: results/runs)\n"
	"  -h, --help       print this\n"
	"\n"
	"Exit status: 0 fine, 2 usage, or a build that has not what is needed; 4 a part failed; 130\n"
	"interrupted: the pairs that were finished are kept.\n"
	"\n"
	"Example: make gate BASE=HEAD^ does all of it, from the builds to the verdict.\n";

struct options {
	const char *build[2], *filter, *slow, *runs;
	long nr;
	bool one_layout;
};

static int parse(int argc, char **argv, struct options *o)
{
	char *end;

	for (int i = 1; i < argc; i++) {
		bool has_value = i + 1 < argc;

		if (!strcmp(argv[i], "--one-layout"))
			o->one_layout = true;
		else if (has_value && !strcmp(argv[i], "--base"))
			o->build[0] = argv[++i];
		else if (has_value && !strcmp(argv[i], "--head"))
			o->build[1] = argv[++i];
		else if (has_value && !strcmp(argv[i], "--filter"))
			o->filter = argv[++i];
		else if (has_value && !strcmp(argv[i], "--slow"))
			o->slow = argv[++i];
		else if (has_value && !strcmp(argv[i], "--runs"))
			o->runs = argv[++i];
		else if (has_value && !strcmp(argv[i], "--processes")) {
			o->nr = strtol(argv[++i], &end, 10);
			if (*end || o->nr < 1 || o->nr > MOST) {
				fprintf(stderr,
					"ptbench interleave: --processes %s: must be a number from 1 to %d\n",
					results_shown(argv[i]), MOST);
				return -EINVAL;
			}
		} else {
			fprintf(stderr,
				"ptbench interleave: %s: no such option, or its value is missing\n%s",
				results_shown(argv[i]), usage);
			return -EINVAL;
		}
	}
	if (o->build[0])
		return 0;
	fprintf(stderr, "ptbench interleave: --base is missing\n%s", usage);
	return -EINVAL;
}

/* Has the build all programs that will run? */
static int check_build(const struct options *o, const char *build)
{
	char program[PATH_MAX + 48];

	for (long k = 0; k <= (o->one_layout ? 0 : o->nr); k++) {
		if (k)
			snprintf(program, sizeof(program), "%s/layouts/%ld", build, k);
		else
			snprintf(program, sizeof(program), "%s/bench", build);
		if (!access(program, X_OK))
			continue;
		fprintf(stderr, "ptbench interleave: %s: %s; %s\n", results_shown(program),
			strerror(errno),
			k ? "scripts/layouts --help says how it is built, or give --one-layout"
			  : "build it by make");
		return -errno;
	}
	return 0;
}

/* The revision of a build, as its Makefile wrote it. */
static void read_revision(const char *build, char *revision, size_t size)
{
	char path[PATH_MAX + 32];
	FILE *f;

	snprintf(path, sizeof(path), "%s/bench.revision", build);
	f = fopen(path, "re");
	if (!f || !fgets(revision, (int)size, f))
		revision[0] = '\0';
	if (f)
		fclose(f);
	revision[strcspn(revision, "\n")] = '\0';
	if (!results_is_revision(revision))
		snprintf(revision, size, "unknown");
}

static const char *id_of(const struct results_run *run)
{
	const char *slash = strrchr(run->dir, '/');

	return slash ? slash + 1 : run->dir;
}

static int finish(const struct processes_pair *p, int status)
{
	struct results_error err;

	for (int i = 0; i < 2; i++) {
		if (results_run_finish(p->run[i], status != EXIT_INTERRUPTED, &err)) {
			results_error_print(stderr, &err);
			status = parts_worse(status, EXIT_PART_FAILED);
		}
		printf("%s: %s%s\n", i ? "head" : "base", results_shown(p->run[i]->dir),
		       status == EXIT_INTERRUPTED ? " (partial: interrupted)" : "");
	}
	return status;
}

static int interleave(const struct options *o, const char *runs, const char *command)
{
	char revisions[2][256];
	struct processes_pair p = {
		.filter = o->filter,
		.slow = o->slow,
		.command = command,
		.nr = (size_t)o->nr,
		.layouts = !o->one_layout,
	};
	struct results_error err;
	int status = EXIT_USAGE;

	for (int i = 0; i < 2; i++) {
		p.build[i] = o->build[i];
		read_revision(o->build[i], revisions[i], sizeof(revisions[i]));
		p.revision[i] = revisions[i];
		if (results_run_create(runs, command, revisions[i], &p.run[i], &err)) {
			results_error_print(stderr, &err);
			break;
		}
	}
	if (p.run[0] && p.run[1]) {
		p.id = id_of(p.run[1]);
		status = finish(&p, processes_pair(&p));
	}
	for (int i = 0; i < 2; i++)
		results_run_free(p.run[i]);
	return status;
}

int bench_cmd_interleave(int argc, char **argv, const char *build, const char *root)
{
	struct options o = { .build = { NULL, build }, .nr = PROCESSES };
	char runs[PATH_MAX + 16], *command;
	int status;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return fputs(usage, stdout) < 0 ? EXIT_PART_FAILED : EXIT_FINE;
	if (parse(argc, argv, &o) || check_build(&o, o.build[0]) || check_build(&o, o.build[1]))
		return EXIT_USAGE;
	program_catch_signals();
	results_stdout_outlive_reader();
	snprintf(runs, sizeof(runs), "%s/results/runs", root);
	command = results_command(argc, argv);
	if (!command)
		return EXIT_PART_FAILED;
	status = interleave(&o, o.runs ? o.runs : runs, command);
	free(command);
	return status;
}
