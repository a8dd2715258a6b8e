// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "join.h"
#include "parts.h"
#include "parts_bench.h"
#include "processes.h"

#define NATIVE "native"

/* The processes of one build. */
struct side {
	struct results_run *run;
	const struct results_run *like; /* in whose folder the document is that the next are like */
	const char *build, *name;	/* name: "base", "head"; NULL if there is but one */
	const char *filter, *slow, *revision;
	struct results_doc **docs;
	size_t nr, wanted;
	bool interrupted, layouts;
	char why[PARTS_REASON]; /* of the first process that failed */
};

static int side_init(struct side *s)
{
	s->docs = calloc(s->wanted, sizeof(*s->docs));
	return s->docs ? 0 : -ENOMEM;
}

static void side_free(struct side *s)
{
	for (size_t i = 0; i < s->nr; i++)
		results_doc_free(s->docs[i]);
	free(s->docs);
}

/* ---- one process ---- */

/* Addresses on the stack depend on the size of the environment. */
#define PADDING "PTBENCH_PADDING"
#define MOST_PADDING 4096

/* A number below MOST_PADDING for the kth process of a side. */
static size_t padding_of(const struct side *s, size_t k)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a of the side's name, then of k */

	for (const char *c = s->name; c && *c; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	for (int i = 0; i < 4; i++)
		h = (h ^ (k >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
	return (h >> 32) % MOST_PADDING;
}

static int set_environment(const struct side *s, size_t k)
{
	static char text[MOST_PADDING];
	size_t len = padding_of(s, k);

	memset(text, 'x', len);
	text[len] = '\0';
	if (s->layouts && setenv(PADDING, text, 1))
		return -errno;
	return s->revision && setenv("PTBENCH_REVISION", s->revision, 1) ? -errno : 0;
}

static void say_process(const struct side *s, size_t k)
{
	if (s->name)
		fprintf(stderr, "%s: process %zu of %zu\n", s->name, k + 1, s->wanted);
}

/* Its document is read, and its file removed unless the next ones need it. */
static void run_process(struct side *s, size_t k)
{
	char file[2 * PATH_MAX], like[2 * PATH_MAX + 16], which[48], why[PARTS_REASON] = "";
	char program[PATH_MAX + 48], filter[1024], slow[64];
	char *argv[] = { NULL, NULL, which, NULL, NULL, NULL, NULL };
	struct results_doc *doc = NULL;
	struct program_end end;
	int nr_args = 3;

	snprintf(program, sizeof(program), s->layouts ? "%s/layouts/%zu" : "%s/bench", s->build,
		 k + 1);
	snprintf(file, sizeof(file), "%s/.native-%zu.json", s->run->dir, k + 1);
	snprintf(like, sizeof(like), "--ptbench_like=%s/.native-1.json", s->like->dir);
	snprintf(which, sizeof(which), "--ptbench_process=%zu/%zu", k + 1, s->wanted);
	snprintf(filter, sizeof(filter), "--benchmark_filter=%s", s->filter ? s->filter : "");
	snprintf(slow, sizeof(slow), "--ptbench_slow=%s", s->slow ? s->slow : "");
	if (s->nr || s->like != s->run)
		argv[nr_args++] = like;
	if (s->filter)
		argv[nr_args++] = filter;
	if (s->slow)
		argv[nr_args++] = slow;
	if (set_environment(s, k)) {
		snprintf(s->why, sizeof(s->why), "no memory for the environment of a process");
		return;
	}
	say_process(s, k);
	end = parts_run_bench(program, NATIVE, "--ptbench_out", file, argv, &doc, why, sizeof(why));
	s->interrupted |= parts_was_interrupted(&end);
	if (why[0] && !s->why[0])
		snprintf(s->why, sizeof(s->why), "process %zu of %zu: %.*s", k + 1, s->wanted,
			 PARTS_REASON - 64, why);
	if (doc)
		s->docs[s->nr++] = doc;
	if (k || s->like != s->run)
		unlink(file);
}

/* ---- the document of all ---- */

/* Records rows with few undisturbed samples in the load, which is shown and never compared. */
static int say_busy(struct results_doc *doc, size_t busy, size_t rows)
{
	const char *load = results_pairs_get(&doc->environment, "load");
	char text[192];

	snprintf(text, sizeof(text), "%.100s; other work took the CPU from %zu of %zu rows",
		 load ? load : "unknown", busy, rows);
	fprintf(stderr,
		"bench: load %s: they have few undisturbed times, or one that is too long; run again "
		"when nothing else runs\n",
		text);
	return results_pairs_set(&doc->environment, "load", text);
}

/* What a document says of the two builds that were measured in turn. */
static int say_pair(struct results_doc *doc, const struct side *s, const char *id)
{
	int err = results_pairs_set(&doc->subject, "interleaved", id);

	if (!err && s->layouts)
		err = results_pairs_set(&doc->environment, "code_layout",
					"another in each process");
	return err;
}

static int join(const struct side *s, struct results_doc *const *partners, size_t nr,
		const char *id, const char *command, const char *file, struct results_error *err)
{
	struct results_doc *doc;
	size_t busy, rows;
	int ret = join_documents(s->docs, partners, nr, &doc, &busy, &rows, err);

	if (ret)
		return ret;
	free(doc->command);
	doc->command = strdup(command);
	if (!doc->command || (busy && say_busy(doc, busy, rows)) || (id && say_pair(doc, s, id)))
		ret = -ENOMEM;
	if (!ret)
		ret = results_doc_write(doc, file, err);
	results_doc_free(doc);
	return ret;
}

/* Writes what the first nr processes measured, and records the part. Returns an exit status. */
static int finish(struct side *s, struct results_doc *const *partners, size_t nr, const char *id,
		  const char *command)
{
	struct results_error err = { .reason = "no memory to join the processes' documents" };
	char path[2 * PATH_MAX], first[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/native.json", s->run->dir);
	snprintf(first, sizeof(first), "%s/.native-1.json", s->run->dir);
	unlink(first);
	if (nr && join(s, partners, nr, id, command, path, &err)) {
		snprintf(s->why, sizeof(s->why),
			 "the processes' documents cannot be joined: %s%s%s", err.path,
			 err.path[0] ? ": " : "", err.reason);
		unlink(path);
	}
	return parts_record_bench(s->run, NATIVE, access(path, R_OK) ? NULL : "native.json",
				  s->interrupted, s->why, sizeof(s->why));
}

int processes_native(struct results_run *run, const char *build, size_t nr)
{
	struct side s = { .run = run, .like = run, .build = build, .wanted = nr };
	char command[64];
	int status;

	if (side_init(&s))
		return parts_failed(run, NATIVE, "no memory for the processes' documents");
	/* After a process without a document the next would say the same, or be like nothing. */
	for (size_t k = 0; k < nr && k == s.nr && !s.interrupted; k++)
		run_process(&s, k);
	snprintf(command, sizeof(command), "build/ptbench bench --no-kernels --processes %zu", nr);
	status = finish(&s, NULL, s.nr, NULL, command);
	side_free(&s);
	return status;
}

/* ---- two builds in turn ---- */

static void run_pairs(struct side sides[2], size_t nr)
{
	for (size_t k = 0; k < nr; k++) {
		for (size_t i = 0; i < 2; i++) {
			struct side *s = &sides[(i + k) % 2];

			run_process(s, k);
			if (s->nr <= k || s->interrupted)
				return;
		}
	}
}

int processes_pair(const struct processes_pair *pair)
{
	struct side sides[2];
	int status = EXIT_FINE;
	size_t nr;

	for (int i = 0; i < 2; i++)
		sides[i] = (struct side){
			.run = pair->run[i],
			.like = pair->run[0],
			.build = pair->build[i],
			.name = i ? "head" : "base",
			.filter = pair->filter,
			.slow = i ? pair->slow : NULL,
			.revision = pair->revision[i],
			.wanted = pair->nr,
			.layouts = pair->layouts,
		};
	if (side_init(&sides[0]) || side_init(&sides[1])) {
		for (int i = 0; i < 2; i++)
			status = parts_failed(pair->run[i], NATIVE,
					      "no memory for the processes' documents");
	} else {
		run_pairs(sides, pair->nr);
		/* Only whole pairs count. */
		nr = sides[0].nr < sides[1].nr ? sides[0].nr : sides[1].nr;
		for (int i = 0; i < 2; i++) {
			sides[i].interrupted |= sides[!i].interrupted;
			if (sides[!i].why[0] && !sides[i].why[0])
				snprintf(sides[i].why, sizeof(sides[i].why),
					 "the other build's failed: %.*s", PARTS_REASON - 64,
					 sides[!i].why);
			status = parts_worse(status, finish(&sides[i], sides[!i].docs, nr, pair->id,
							    pair->command));
		}
	}
	side_free(&sides[0]);
	side_free(&sides[1]);
	return status;
}
