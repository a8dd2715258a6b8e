// SPDX-License-Identifier: GPL-2.0-or-later
/* The folder and the files of what was found of a range of commits. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/results.h>

#include "outcome.h"

char *outcome_folder(const char *command, const char *runs, const char *what,
		     const struct commit *first, const struct commit *last, const char *question)
{
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a */
	char *path;

	for (const char *s = question; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 0x100000001b3ULL;
	if (asprintf(&path, "%s/%s-%.*s-%.*s-%08" PRIx32, runs, what, COMMIT_SHORT,
		     first ? first->id : "none", COMMIT_SHORT, last->id,
		     (uint32_t)(hash ^ hash >> 32)) < 0)
		return NULL;
	if (!mkdir(path, 0777) || errno == EEXIST)
		return path;
	fprintf(stderr, "%s: %s: %s\n", command, results_shown(path), strerror(errno));
	free(path);
	return NULL;
}

int outcome_write(const char *command, const char *what, const char *folder, const char *name,
		  void (*write)(FILE *to, const void *arg), const void *arg)
{
	char *path, *tmp = NULL;
	bool lost;
	FILE *f;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return EXIT_PART_FAILED;
	f = asprintf(&tmp, "%s.%d", path, (int)getpid()) < 0 ? NULL : fopen(tmp, "wxe");
	lost = !f;
	if (f) {
		write(f, arg);
		lost = ferror(f);
		lost = fclose(f) || lost || rename(tmp, path);
	}
	if (lost) {
		fprintf(stderr, "%s: %s: %s; it is not written there\n", command,
			results_shown(path), strerror(errno));
		if (f)
			unlink(tmp);
	} else {
		printf("%s: %s\n", what, results_shown(path));
	}
	free(tmp);
	free(path);
	return lost ? EXIT_PART_FAILED : 0;
}
