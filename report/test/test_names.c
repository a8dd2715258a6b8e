// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests that no string of the report's own sources names a design, discipline, step, format or
 * scenario: those come from the documents. Searches every string literal for the names of the
 * producers' lists.
 */
#include <array_size.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../bench/vocabulary.h"
#include "../../scripts/tap.h"

/* Names that are also ordinary words. */
static const struct {
	const char *word, *why;
} ordinary[] = {
	{ "membarrier", "a system call, which the host's kernel is asked for; a discipline" },
	{ "merged", "what became of a patch; a design of kmap's" },
	{ "none", "no step; nothing else of many keys" },
	{ "rcu", "what the check table_free/rcu_path sees; a step of dax/lock" },
	{ "s390x", "the architecture; its format is called so, too" },
	{ "static", "the mode; the first design" },
	{ "unshare", "a way to free tables; a step of pinning" },
};

static bool is_ordinary(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ordinary); i++)
		if (!strcmp(ordinary[i].word, name))
			return true;
	return false;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* Whether the text contains the name as a whole word. */
static bool has_word(const char *text, size_t n, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i + len <= n; i++)
		if (!strncmp(text + i, name, len) && (!i || !is_name_char(text[i - 1])) &&
		    (i + len == n || !is_name_char(text[i + len])))
			return true;
	return false;
}

/* The end of the literal that begins at `at`, which is a quotation mark. */
static const char *end_of_literal(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		at += *at == '\\' && at[1];
	return at;
}

/* The number of literals of the source with the name; skips comments and character constants. */
static unsigned count_in(const char *source, const char *name)
{
	const char *at = source, *end;
	unsigned nr = 0;

	while (*at) {
		if (!strncmp(at, "/*", 2)) {
			end = strstr(at + 2, "*/");
			at = end ? end + 2 : at + strlen(at);
		} else if (!strncmp(at, "//", 2)) {
			at += strcspn(at, "\n");
		} else if (*at == '\'') {
			at += at[1] == '\\' ? 4 : 3;
		} else if (*at == '"') {
			end = end_of_literal(at);
			nr += has_word(at + 1, (size_t)(end - at) - 1, name);
			at = *end ? end + 1 : end;
		} else {
			at++;
		}
	}
	return nr;
}

static char *read_all(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	if (!f || getdelim(&text, &size, '\0', f) < 0)
		abort();
	fclose(f);
	return text;
}

struct sources {
	char *paths[128], *texts[128];
	size_t nr;
};

static void read_room(struct sources *all, const char *room)
{
	char folder[4096];
	struct dirent *e;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/report/%s", PTBENCH_SOURCE, room);
	d = opendir(folder);
	if (!d)
		abort();
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n < 3 || (strcmp(e->d_name + n - 2, ".c") && strcmp(e->d_name + n - 2, ".h")))
			continue;
		if (all->nr == 128 ||
		    asprintf(&all->paths[all->nr], "%s/%s", folder, e->d_name) < 0)
			abort();
		all->texts[all->nr] = read_all(all->paths[all->nr]);
		all->nr++;
	}
	closedir(d);
}

static unsigned search(const struct sources *all, const char *name)
{
	unsigned nr = 0, here;

	for (size_t i = 0; i < all->nr; i++) {
		here = count_in(all->texts[i], name);
		if (here)
			diag("%s: '%s' %u times", all->paths[i], name, here);
		nr += here;
	}
	return nr;
}

static void search_axes(const struct sources *all)
{
	static const char *const keys[] = { "design", "discipline", "step", "format" };
	struct results_error err = { .reason = "" };
	unsigned nr[4] = { 0 }, names[4] = { 0 };
	struct results_doc *doc;

	if (results_doc_new("native", "native", &doc) || bench_add_axes(doc, &err))
		abort();
	for (size_t i = 0; i < doc->nr_axes; i++)
		for (size_t k = 0; k < 4; k++)
			for (size_t v = 0;
			     !strcmp(doc->axes[i].key, keys[k]) && v < doc->axes[i].nr_values;
			     v++) {
				const char *name = doc->axes[i].values[v].value;

				names[k]++;
				if (!is_ordinary(name))
					nr[k] += search(all, name);
			}
	for (size_t k = 0; k < 4; k++)
		ok(names[k] > 2 && !nr[k], "%u names of the axis %s: %u in the report's strings",
		   names[k], keys[k], nr[k]);
	results_doc_free(doc);
}

static void search_scenarios(const struct sources *all)
{
	unsigned nr = 0, names = 0;
	struct dirent *e;
	DIR *d = opendir(PTBENCH_SOURCE "/kernels/scenarios");

	if (!d)
		abort();
	while ((e = readdir(d))) {
		if (!strchr(e->d_name, '-'))
			continue;
		names++;
		nr += search(all, e->d_name);
	}
	closedir(d);
	ok(names > 20 && !nr, "%u scenarios: %u in the report's strings", names, nr);
}

int main(void)
{
	static const char *const rooms[] = { ".", "model", "pages", "render" };
	struct sources all = { .nr = 0 };

	ok(count_in("f(\"of a novel, now\"); /* \"novel\" */ g('\"', \"novel\");", "novel") == 2,
	   "a name is found in a string, and not in a comment");
	ok(!count_in("f(\"novelty a-novel novel_b\");", "novel"), "nor as a piece of another word");
	ok(count_in("f(\"\\\"novel\\\"\");", "novel") == 1, "quotation marks in it do not end it");
	for (size_t i = 0; i < 4; i++)
		read_room(&all, rooms[i]);
	ok(all.nr > 40, "%zu sources", all.nr);
	search_axes(&all);
	search_scenarios(&all);
	for (size_t i = 0; i < all.nr; i++) {
		free(all.paths[i]);
		free(all.texts[i]);
	}
	return tap_done();
}
