// SPDX-License-Identifier: GPL-2.0-or-later
/* Which objects of two images differ, by their hashes. */
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"

#define MAX_NAMED 12

struct list {
	FILE *f;
	char line[PATH_MAX + 80];
	const char *path; /* NULL: at the end */
};

static void next(struct list *l)
{
	char *path;

	l->path = NULL;
	while (!l->path && l->f && fgets(l->line, sizeof(l->line), l->f)) {
		l->line[strcspn(l->line, "\n")] = '\0';
		path = strstr(l->line, "  ");
		if (!path)
			continue;
		*path = '\0';
		l->path = path + 2;
	}
}

static void open_list(struct list *l, const char *folder)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/objects", folder);
	l->f = fopen(name, "re");
	next(l);
}

static void close_list(struct list *l)
{
	if (l->f)
		fclose(l->f);
}

/* One that a side lacks differs, too. */
static const char *difference(const struct list *a, const struct list *b, int order)
{
	return order < 0 ? " (gone)" : order > 0 ? " (new)" : strcmp(a->line, b->line) ? "" : NULL;
}

int objects_print_difference(FILE *f, const char *base, const char *head)
{
	char *names = NULL;
	size_t size = 0;
	FILE *named = open_memstream(&names, &size);
	struct list a, b;
	int total = 0, differ = 0;

	open_list(&a, base);
	open_list(&b, head);
	while (named && (a.path || b.path)) {
		int order = !a.path ? 1 : !b.path ? -1 : strcmp(a.path, b.path);
		const char *how = difference(&a, &b, order);

		total++;
		if (how && differ++ < MAX_NAMED)
			fprintf(named, "%s %s%s", differ > 1 ? "," : "", order > 0 ? b.path : a.path,
				how);
		if (order <= 0)
			next(&a);
		if (order >= 0)
			next(&b);
	}
	if (named)
		fclose(named);
	if (!a.f || !b.f)
		fprintf(f, "no list of objects\n");
	else
		fprintf(f, "%d of %d objects differ%s%s%s\n", differ, total, differ ? ":" : "",
			differ && names ? names : "", differ > MAX_NAMED ? ", ..." : "");
	differ = a.f && b.f ? differ : -1;
	close_list(&a);
	close_list(&b);
	free(names);
	return differ;
}
