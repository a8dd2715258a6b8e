// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench baseline: keeps exact rows of runs in a folder, and finds those of one's environment. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static const char usage[] =
	"usage: ptbench baseline --dir DIR [--write] RUN...\n"
	"\n"
	"Prints, for each part of the runs that has exact rows, the file in DIR that holds that part as it\n"
	"was measured in the same environment before: what ptbench gate --base takes. RUN is a run's\n"
	"folder, its run.json, or one document.\n"
	"\n"
	"  -d, --dir DIR  the folder of the baselines, such as results/baseline\n"
	"  -w, --write    write these files instead: the parts without their rows that are not exact, since\n"
	"                 a time of yesterday says nothing of today; those of this environment are replaced\n"
	"  -h, --help     print this\n"
	"\n"
	"Files are named PART-HASH.json; the hash is of the environment.\n"
	"Exit status: 0 fine; 2 bad input or command line; 3 a part has no file (standard error says\n"
	"which), or nothing is exact; 4 with --write, a run is partial or has a failed part, or a file\n"
	"cannot be written.\n"
	"Example: ptbench gate --base $(ptbench baseline --dir results/baseline RUN) RUN\n";

struct arguments {
	const char *dir;
	bool write;
};

/* ---- names ---- */

/* FNV-1a; http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h * UINT64_C(0x100000001b3); /* the string's end */
}

/* The keys of a document that was read are sorted. */
static uint64_t environment_hash(const struct results_pairs *env)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < env->nr; i++)
		if (results_env_is_compared(env->v[i].key))
			h = hash(hash(h, env->v[i].key), env->v[i].value);
	return h;
}

static char *file_of(const struct arguments *args, const struct results_doc *doc)
{
	char *path;

	if (asprintf(&path, "%s/%s-%016" PRIx64 ".json", args->dir, doc->part,
		     environment_hash(&doc->environment)) < 0)
		return NULL;
	return path;
}

/* ---- a document ---- */

static bool is_kept(const struct results_measurement *m)
{
	return !m->skipped && m->kind == RESULTS_EXACT;
}

static size_t nr_exact(const struct results_doc *doc)
{
	size_t nr = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++)
		nr += is_kept(&doc->measurements[i]);
	return nr;
}

static void keep_exact(struct results_doc *doc)
{
	size_t kept = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		if (is_kept(&doc->measurements[i]))
			doc->measurements[kept++] = doc->measurements[i];
		else
			results__measurement_free(&doc->measurements[i]);
	}
	doc->nr_measurements = kept;
}

static int write_doc(const char *path, struct results_doc *doc)
{
	struct results_error err;

	keep_exact(doc);
	if (results_doc_write(doc, path, &err)) {
		results_error_print(stderr, &err);
		return EXIT_PART_FAILED;
	}
	return EXIT_FINE;
}

/* Is the file there, and of this part and environment? The hash alone does not prove it. */
static int find_doc(const char *path, const struct results_doc *doc)
{
	struct results_doc *found;
	struct results_error err;
	bool same;

	if (access(path, F_OK) && errno == ENOENT) {
		fprintf(stderr, "ptbench baseline: %s: no baseline of this environment: %s\n",
			results_shown(doc->part), results_shown(path));
		return EXIT_INCONCLUSIVE;
	}
	if (results_doc_read(path, &found, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	same = !strcmp(found->part, doc->part) && !strcmp(found->mode, doc->mode) &&
	       results__same_environment(found, doc);
	results_doc_free(found);
	if (same)
		return EXIT_FINE;
	fprintf(stderr,
		"ptbench baseline: %s: is of another part or environment than its name says; remove it\n",
		results_shown(path));
	return EXIT_USAGE;
}

static int one_doc(const struct arguments *args, struct results_doc *doc)
{
	char *path = file_of(args, doc);
	int status;

	if (!path) {
		fputs("ptbench baseline: no memory\n", stderr);
		return EXIT_USAGE;
	}
	status = args->write ? write_doc(path, doc) : find_doc(path, doc);
	if (status == EXIT_FINE)
		printf("%s\n", results_shown(path));
	free(path);
	return status;
}

/* ---- a run ---- */

/* A baseline of half a run would call the other half extra, for ever. */
static bool is_whole(const struct results_run *run)
{
	for (size_t i = 0; i < run->nr_parts; i++) {
		if (run->parts[i].state != RESULTS_FAILED)
			continue;
		fprintf(stderr, "ptbench baseline: %s: its part %s failed; nothing is written\n",
			results_shown(run->dir), results_shown(run->parts[i].name));
		return false;
	}
	if (!run->complete)
		fprintf(stderr, "ptbench baseline: %s: is partial; nothing is written\n",
			results_shown(run->dir));
	return run->complete;
}

static int one_source(const struct arguments *args, const char *path, size_t *parts)
{
	struct results__source *s;
	struct results_error err;
	int worst = EXIT_FINE;

	if (results__source_read(path, &s, &err)) {
		results_error_print(stderr, &err);
		return EXIT_USAGE;
	}
	if (args->write && s->run && !is_whole(s->run))
		worst = EXIT_PART_FAILED;
	for (size_t i = 0; i < s->nr_docs && worst != EXIT_PART_FAILED; i++) {
		int status;

		if (!s->docs[i] || !nr_exact(s->docs[i]))
			continue;
		++*parts;
		status = one_doc(args, s->docs[i]);
		worst = status > worst ? status : worst;
	}
	results__source_free(s);
	return worst;
}

static int all_sources(const struct arguments *args, char **paths)
{
	int worst = EXIT_FINE;
	size_t parts = 0;

	for (; *paths; paths++) {
		int status = one_source(args, *paths, &parts);

		/* What cannot be read is worse than what is not there. */
		if (status == EXIT_USAGE || status == EXIT_PART_FAILED)
			return status;
		worst = status > worst ? status : worst;
	}
	if (!parts)
		fputs("ptbench baseline: no row of these runs is exact\n", stderr);
	return parts ? worst : EXIT_INCONCLUSIVE;
}

int results_cmd_baseline(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "write", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct arguments args = { 0 };
	int c;

	optind = 0; /* the program may have parsed its own options before */
	while ((c = results_getopt(argc, argv, "d:wh", options)) != -1) {
		switch (c) {
		case 'd':
			args.dir = optarg;
			break;
		case 'w':
			args.write = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_FINE;
		default:
			fputs("Try: ptbench baseline --help\n", stderr);
			return EXIT_USAGE;
		}
	}
	if (args.dir && optind < argc)
		return all_sources(&args, argv + optind);
	fprintf(stderr, "ptbench baseline: no %s given\n%s", args.dir ? "RUN" : "--dir DIR", usage);
	return EXIT_USAGE;
}
