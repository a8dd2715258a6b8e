// SPDX-License-Identifier: GPL-2.0-or-later
/* Compares lists of object hashes, as kernels/build leaves them in an image folder. */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identical.h"

#define HASH 64	/* hexadecimal digits of SHA-256, two blanks and the path follow */

struct list {
	FILE *f;
	char file[PATH_MAX];
	char line[PATH_MAX];
	const char *path; /* of the line; NULL: at the end */
};

/* The next line; paths only ever go up. */
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
	snprintf(why, size, "%.400s: not 'SHA256  PATH' in the order of paths at '%.100s'; build the "
		 "scenario again", l->file, l->line);
	return -EINVAL;
}

static int open_list(struct list *l, const char *folder, char *why, size_t size)
{
	snprintf(l->file, sizeof(l->file), "%s/objects", folder);
	l->path = NULL;
	l->f = fopen(l->file, "re");
	if (!l->f) {
		snprintf(why, size, "%.400s: %s; build the scenario again", l->file,
			 strerror(errno));
		return -errno;
	}
	return advance(l, why, size);
}

struct tally {
	unsigned nr, different;
	char names[160];
};

static void count(struct tally *t, const char *path, const char *pattern, bool same)
{
	size_t used = strlen(t->names);
	bool others = pattern[0] == '!';

	if (!fnmatch(pattern + others, path, 0) == others)
		return;
	t->nr++;
	if (same)
		return;
	if (t->different++ < 4 && used + strlen(path) + 2 < sizeof(t->names))
		snprintf(t->names + used, sizeof(t->names) - used, " %s", path);
}

static int compare(struct list *a, struct list *b, const char *pattern, struct tally *t, char *why,
		   size_t size)
{
	int order, ret = 0;

	while (!ret && (a->path || b->path)) {
		order = !a->path ? 1 : !b->path ? -1 : strcmp(a->path, b->path);
		count(t, order > 0 ? b->path : a->path, pattern,
		      !order && !strncmp(a->line, b->line, HASH));
		if (order <= 0)
			ret = advance(a, why, size);
		if (!ret && order >= 0)
			ret = advance(b, why, size);
	}
	return ret;
}

int identical_objects(const char *folder, const char *base, const char *pattern, char *seen,
		      size_t seen_size, char *why, size_t why_size)
{
	struct tally t = { .names = "" };
	struct list a = { .f = NULL }, b = { .f = NULL };
	int ret;

	ret = open_list(&a, folder, why, why_size);
	if (!ret)
		ret = open_list(&b, base, why, why_size);
	if (!ret)
		ret = compare(&a, &b, pattern, &t, why, why_size);
	if (a.f)
		fclose(a.f);
	if (b.f)
		fclose(b.f);
	if (ret)
		return ret;
	if (!t.nr)
		snprintf(seen, seen_size, "no such object");
	else if (!t.different)
		snprintf(seen, seen_size, "identical");
	else
		snprintf(seen, seen_size, "different: %u of %u objects:%s%s", t.different, t.nr,
			 t.names, t.different > 4 ? " ..." : "");
	return 0;
}
