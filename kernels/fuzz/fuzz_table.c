// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the input of the plugin's table. Sections: symbols, System.map, the configuration, the
 * architecture's irqs. Functions in the table must be in order and not overlap, and none be lost.
 *
 * Covers: kernels/profile/table.c
 */
#include <array_size.h>
#include <stdlib.h>
#include <string.h>

#include "../../results/fuzz/fuzz.h"
#include "../profile/profile.h"

static void check_symbols(const char *text)
{
	unsigned long long start, stop, end = 0, moved;
	unsigned long long base = 0;
	bool first = true;
	int n;

	for (const char *line = text; (line = strstr(line, "symbol ")); line++) {
		if (line > text && line[-1] != '\n')
			continue;
		n = 0;
		if (sscanf(line, "symbol %llx %llx %n", &start, &stop, &n) < 2 || !n ||
		    strcspn(line + n, " \n") == 0)
			fuzz_fail("the table has a symbol without a name or an end:\n%.80s", line);
		/* With the option's value added, addresses may wrap: compares distances. */
		base = first ? start : base;
		moved = start - base;
		if (!first && moved < end)
			fuzz_fail("symbols of the table overlap:\n%.80s", line);
		if (stop == start)
			fuzz_fail("a symbol of the table is empty:\n%.80s", line);
		end = stop - base;
		first = false;
	}
}

static bool covered(const char *text, unsigned long long at)
{
	unsigned long long start, stop;

	for (const char *line = text; (line = strstr(line, "\nsymbol ")); line++)
		if (sscanf(line, " symbol %llx %llx", &start, &stop) == 2 && start <= at &&
		    at < stop)
			return true;
	return false;
}

/* Without an option that moves addresses, each function with a size must begin in one of text. */
static void check_kept(const char *text, const struct fuzz_section *symbols)
{
	char *all = strndup((const char *)symbols->data, symbols->size), *save;

	for (char *line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long long start, size;
		char type, name[2];

		/* The reader takes a line that is so long for two. */
		if (strlen(line) > 1000)
			break;
		if (sscanf(line, "%llx %llx %c %1s", &start, &size, &type, name) == 4 &&
		    strchr("tTwW", type) && *name != '$' && start + size > start &&
		    !covered(text, start))
			fuzz_fail("the table has lost a function:\n%.80s", line);
	}
	free(all);
}

static void check_table(const char *text)
{
	static const char *const needed[] = { "mark begin ", "mark end ",   "mark clock ",
					      "mark row ",   "mark again ", "mark kept ",
					      "mark lost ",  "kernel " };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!strstr(text, needed[i]))
			fuzz_fail("the table has no line '%s'", needed[i]);
	check_symbols(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "symbols", "System.map", "config" };
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	size_t nr = fuzz_sections(data, size, v);
	char *irqs = nr > 3 ? strndup((const char *)v[3].data, v[3].size) : NULL;
	char *dir = fuzz_path("."), *table = fuzz_path("table"), why[PROFILE_WHY] = "", *text;
	struct profile_image s = { .folder = dir, .scenario = "s", .irqs = irqs };

	s.text_base = nr > 2 && v[2].size ? "CONFIG_BASE" : NULL;
	for (size_t i = 0; i < 3; i++)
		fuzz_put(names[i], v[i].data, v[i].size);
	if (!profile_table(&s, table, why)) {
		fuzz_accepted++;
		text = fuzz_get("table", NULL);
		check_table(text);
		if (!v[2].size)
			check_kept(text, &v[0]);
		free(text);
	} else if (!why[0]) {
		fuzz_fail("refused, and it is not said why");
	}
	free(profile_irqs_unknown(irqs));
	free(irqs);
	free(table);
	free(dir);
	return 0;
}
