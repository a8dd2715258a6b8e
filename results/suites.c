// SPDX-License-Identifier: GPL-2.0-or-later
/* Building test suites in memory. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "suites.h"

/* Makes room for another entry of size bytes. */
static int grow(void **v, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 16;
	void *bigger;

	if (nr < *room)
		return 0;
	bigger = realloc(*v, more * size);
	if (!bigger)
		return -ENOMEM;
	*v = bigger;
	*room = more;
	return 0;
}

void results__suites_begin(struct results__suites *s, const char *name,
			   const struct results_doc *doc)
{
	if (grow((void **)&s->v, s->nr, &s->room, sizeof(*s->v)))
		s->err = -ENOMEM;
	else
		s->v[s->nr++] = (struct results__suite){ .name = name, .doc = doc };
}

struct results__test *results__suites_add(struct results__suites *s, enum results__outcome outcome,
					  char *name, char *message)
{
	struct results__suite *last = s->nr ? &s->v[s->nr - 1] : NULL;

	if (!name || !message || s->err || !last ||
	    grow((void **)&last->v, last->nr, &last->room, sizeof(*last->v))) {
		s->err = -ENOMEM;
		free(name);
		free(message);
		return NULL;
	}
	last->of[outcome]++;
	last->v[last->nr] = (struct results__test){
		.outcome = outcome,
		.name = name,
		.message = message,
	};
	return &last->v[last->nr++];
}

size_t results__suite_tests(const struct results__suite *s)
{
	return s->nr - s->of[RESULTS__MEASURED];
}

void results__suites_free(struct results__suites *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		for (size_t k = 0; k < s->v[i].nr; k++) {
			free(s->v[i].v[k].name);
			free(s->v[i].v[k].message);
		}
		free(s->v[i].v);
	}
	free(s->v);
	free(s->id);
}

/* Cuts the last name off path. Returns it. */
static char *cut(char *path)
{
	char *slash = strrchr(path, '/');

	*slash = '\0';
	return slash + 1;
}

/* A run is called as its folder; a document as its folder and itself. */
char *results__source_id(const char *path)
{
	char real[PATH_MAX], *name, *folder, *text = NULL;
	struct stat st;

	if (!realpath(path, real) || stat(real, &st))
		return strdup(path);
	if (!strcmp(real, "/"))
		return strdup("root");
	name = cut(real);
	if (S_ISDIR(st.st_mode) || !*real)
		return strdup(name);
	folder = cut(real);
	if (!strcmp(name, RESULTS_RUN_FILE))
		return strdup(folder);
	return asprintf(&text, "%s/%s", folder, name) < 0 ? NULL : text;
}
