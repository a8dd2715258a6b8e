// SPDX-License-Identifier: GPL-2.0-or-later
/* What a scenario has to show: expect and skip in their kinds, identical, differs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_priv.h"

/* Parses "ID [KEY=VALUE,...] PATTERN [| PATTERN]..."; the ID of a skip rule is a pattern, too. */
static int parse_expect(struct scenario_reader *r, struct scenario_expect *e, char *text)
{
	char *params = text + strcspn(text, " \t"), *seen;

	if (*params)
		*params++ = '\0';
	params = scenario__trim(params);
	seen = params + strcspn(params, " \t");
	if (memchr(params, '=', seen - params)) {
		if (*seen)
			*seen++ = '\0';
		if (results_params_parse(&e->params, params))
			return scenario__refuse(r, "'%.64s' is not KEY=VALUE,...", params);
		seen = scenario__trim(seen);
	} else {
		seen = params;
	}
	if (!*seen)
		return scenario__refuse(r, "'%.64s': the outcome, or the reason, is missing", text);
	if (!strchr(text, '/') && (!e->skip || strcmp(text, "*")))
		return scenario__refuse(r, "'%.64s' is not a case id, family/name", text);
	if (e->family && (e->params.nr || strcspn(text, "*?[\\/") + 2 != strlen(text) ||
			  strcmp(strchr(text, '/'), "/*")))
		return scenario__refuse(r, "'%.64s' is not a whole family, FAMILY/* without params",
					text);
	e->id = strdup(text);
	e->seen = strdup(seen);
	if (asprintf(&e->where, "%s:%u", r->file, r->nr) < 0)
		e->where = NULL;
	return e->id && e->seen && e->where ? 0 : -ENOMEM;
}

static int add_rule(struct scenario_reader *r, void *to, const char *value,
		    struct scenario_expect kind)
{
	struct scenario *s = to;
	struct scenario_expect *v;
	char *text;
	int err;

	v = realloc(s->expects, (s->nr_expects + 1) * sizeof(*v));
	text = strdup(value);
	if (v)
		s->expects = v;
	if (!v || !text) {
		free(text);
		return -ENOMEM;
	}
	v += s->nr_expects++;
	*v = kind;
	v->range = r->range;
	err = parse_expect(r, v, text);
	free(text);
	if (!err && !v->skip && !scenario_check_boots(v->id))
		err = scenario__refuse(
			r, "no guest makes a check '%.64s'; kernels/driver/checks.h lists them",
			v->id);
	if (!err && scenario_says_again(s))
		err = scenario__refuse(
			r, "an earlier rule of this file is the same, or decides first; keep one");
	return err;
}

int scenario__set_rule(struct scenario_reader *r, void *to, size_t kind, const char *value)
{
	return add_rule(r, to, value,
			(struct scenario_expect){
				.some = kind & RULE_SOME,
				.layout = kind & RULE_LAYOUT,
				.skip = kind & RULE_SKIP,
				.ref = kind & RULE_REF,
				.family = kind & RULE_FAMILY,
			});
}

static int add_same(struct scenario_reader *r, struct scenario *s, const char *value, bool differs)
{
	size_t base = strcspn(value, " \t"), at = base + strspn(value + base, " \t");
	struct scenario_same *v;

	if (!value[at] || strpbrk(value + at, " \t"))
		return scenario__refuse(r, "'%.64s' is not SCENARIO OBJECTS", value);
	v = realloc(s->same, (s->nr_same + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	s->same = v;
	v += s->nr_same++;
	*v = (struct scenario_same){ strndup(value, base), strdup(value + at), differs, r->range };
	return v->base && v->objects ? 0 : -ENOMEM;
}

int scenario__set_identical(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	return add_same(r, to, value, false);
}

int scenario__set_differs(struct scenario_reader *r, void *to, size_t offset, const char *value)
{
	return add_same(r, to, value, true);
}

void scenario__free_expect(struct scenario_expect *e)
{
	free(e->id);
	free(e->seen);
	free(e->where);
	results_params_free(&e->params);
}

void scenario__free_same(struct scenario_same *same)
{
	free(same->base);
	free(same->objects);
}
