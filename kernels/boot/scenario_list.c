// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads lists of scenarios, and replaces the names of lists by the names in them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_priv.h"

static int add_name(char ***names, size_t *nr, const char *name)
{
	char **v;

	for (size_t i = 0; i < *nr; i++)
		if (!strcmp((*names)[i], name))
			return 0;
	v = realloc(*names, (*nr + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	*names = v;
	v[*nr] = strdup(name);
	return v[*nr] ? ((*nr)++, 0) : -ENOMEM;
}

/* Adds the scenario that a line of a list names. 1: added; 0: the line is empty; -errno. */
static int add_line_of_list(struct scenario_reader *r, char *line, char ***names, size_t *nr)
{
	char *name;

	line[strcspn(line, "#")] = '\0';
	name = scenario__trim(line);
	if (!*name)
		return 0;
	if (!scenario__is_at_name(name) || scenario_is_list(name))
		return scenario__refuse(r, "'%.64s' is not the name of a scenario; one a line",
					name);
	return add_name(names, nr, name) ?: 1;
}

static int add_list(const char *dir, const char *name, char ***names, size_t *nr,
		    char why[SCENARIO_WHY])
{
	struct scenario_reader r = { .why = why };
	char line[SCENARIO_MAX_LINE];
	bool any = false;
	int err;
	FILE *f;

	snprintf(r.file, sizeof(r.file), "%s/scenarios/%s", dir, name);
	f = fopen(r.file, "re");
	if (!f)
		return scenario__refuse(&r, "%s: no such list", strerror(errno));
	while ((err = scenario__next_line(&r, f, line)) > 0) {
		err = add_line_of_list(&r, line, names, nr);
		if (err < 0)
			break;
		any = any || err;
	}
	fclose(f);
	return err || any ? err : scenario__refuse(&r, "this list names no scenario");
}

int scenario_names(const char *dir, char *const *names, size_t nr, char ***out, size_t *nr_out,
		   char why[SCENARIO_WHY])
{
	int err = 0;

	*out = NULL;
	*nr_out = 0;
	why[0] = '\0';
	for (size_t i = 0; i < nr && !err; i++)
		err = scenario_is_list(names[i]) ? add_list(dir, names[i], out, nr_out, why)
						 : add_name(out, nr_out, names[i]);
	if (err) {
		if (!why[0])
			snprintf(why, SCENARIO_WHY, "%s", strerror(-err));
		scenario_names_free(*out, *nr_out);
		*out = NULL;
		*nr_out = 0;
	}
	return err;
}

void scenario_names_free(char **names, size_t nr)
{
	while (nr)
		free(names[--nr]);
	free(names);
}
