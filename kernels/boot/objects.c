// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects of two kernels were compiled to the same code, by their hashes. */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <results/results.h>

#include "objects.h"

#define HASH 64 /* hexadecimal digits of SHA-256; two blanks and the path follow in a line */

/* ---- two lists, side by side ---- */

struct list {
	FILE *f;
	char file[PATH_MAX];
	char line[PATH_MAX];
	const char *path; /* in line; NULL: at the end of the file */
};

/* Reads the next line. -EINVAL: its path is not above the one before. */
static int advance(struct list *l, char *why, size_t size)
{
	char before[PATH_MAX];

	snprintf(before, sizeof(before), "%s", l->path ? l->path : "");
	l->path = NULL;
	if (!fgets(l->line, sizeof(l->line), l->f)) {
		if (!ferror(l->f))
			return 0;
		snprintf(why, size, "%.400s: %s", l->file, strerror(EIO));
		return -EIO;
	}
	l->line[strcspn(l->line, "\n")] = '\0';
	if (strspn(l->line, "0123456789abcdef") == HASH && !strncmp(l->line + HASH, "  ", 2))
		l->path = l->line + HASH + 2;
	if (l->path && strcmp(before, l->path) < 0)
		return 0;
	snprintf(why, size,
		 "%.400s: not 'SHA256  PATH' in the order of paths at '%.100s'; remove that "
		 "folder and build the scenario again",
		 l->file, l->line);
	return -EINVAL;
}

static int open_list(struct list *l, const char *folder, char *why, size_t size)
{
	int err;

	snprintf(l->file, sizeof(l->file), "%s/objects", folder);
	l->path = NULL;
	l->f = fopen(l->file, "re");
	if (l->f)
		return advance(l, why, size);
	err = -errno;
	snprintf(why, size, "%.400s: %s; remove that folder and build the scenario again", l->file,
		 strerror(-err));
	return err;
}

/* Called for each object of either list. order: < 0 only the first list has it, > 0 the second. */
typedef void (*visit_fn)(void *arg, const char *path, int order, bool same);

static int for_each_object(const char *first, const char *second, visit_fn visit, void *arg,
			   char *why, size_t size)
{
	struct list a = { .f = NULL }, b = { .f = NULL };
	int order, err = open_list(&a, first, why, size) ?: open_list(&b, second, why, size);

	while (!err && (a.path || b.path)) {
		order = !a.path ? 1 : !b.path ? -1 : strcmp(a.path, b.path);
		visit(arg, order > 0 ? b.path : a.path, order,
		      !order && !strncmp(a.line, b.line, HASH));
		if (order <= 0)
			err = advance(&a, why, size);
		if (!err && order >= 0)
			err = advance(&b, why, size);
	}
	if (a.f)
		fclose(a.f);
	if (b.f)
		fclose(b.f);
	return err;
}

/* ---- for a check ---- */

struct tally {
	const char *pattern;
	unsigned nr, different;
	char names[160];
};

static void count(void *arg, const char *path, int order, bool same)
{
	struct tally *t = arg;
	size_t used = strlen(t->names);
	bool others = t->pattern[0] == '!';

	if (!fnmatch(t->pattern + others, path, 0) == others)
		return;
	t->nr++;
	if (same)
		return;
	if (t->different++ < 4 && used + strlen(path) + 2 < sizeof(t->names))
		snprintf(t->names + used, sizeof(t->names) - used, " %s", path);
}

int objects_compare(const char *folder, const char *base, const char *pattern, char *seen,
		    size_t seen_size, char *why, size_t why_size)
{
	struct tally t = { .pattern = pattern };
	int err = for_each_object(folder, base, count, &t, why, why_size);

	if (err)
		return err;
	if (!t.nr)
		snprintf(seen, seen_size, "no such object");
	else if (!t.different)
		snprintf(seen, seen_size, "identical");
	else
		snprintf(seen, seen_size, "different: %u of %u objects:%s%s", t.different, t.nr,
			 t.names, t.different > 4 ? " ..." : "");
	return 0;
}

/* ---- for people ---- */

#define MAX_NAMED 12

struct difference {
	FILE *names;
	int nr, differ;
};

static void name(void *arg, const char *path, int order, bool same)
{
	struct difference *d = arg;

	d->nr++;
	if (same || d->differ++ >= MAX_NAMED)
		return;
	fprintf(d->names, "%s %s%s", d->differ > 1 ? "," : "", results_shown(path),
		order < 0   ? " (gone)"
		: order > 0 ? " (new)"
			    : "");
}

int objects_print_difference(FILE *f, const char *base, const char *head)
{
	char *names = NULL, why[600] = "";
	size_t size = 0;
	struct difference d = { .names = open_memstream(&names, &size) };
	int err = d.names ? for_each_object(base, head, name, &d, why, sizeof(why)) : -ENOMEM;

	if (d.names && fclose(d.names) && !err)
		err = -ENOMEM;
	if (err)
		fprintf(f, "its objects cannot be compared: %s\n",
			why[0] ? results_shown(why) : strerror(-err));
	else
		fprintf(f, "%d of %d objects differ%s%s%s\n", d.differ, d.nr, d.differ ? ":" : "",
			names, d.differ > MAX_NAMED ? ", ..." : "");
	free(names);
	return err ? err : d.differ;
}
