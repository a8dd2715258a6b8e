// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges the checks and the skipped rows of a boot by the rules of its scenario. */
#include <array_size.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "../driver/checks.h"
#include "scenario.h"

static bool fits(const struct scenario_expect *e, const char *id,
		 const struct results_params *params)
{
	return !(e->skip ? fnmatch(e->id, id, 0) : strcmp(e->id, id)) &&
	       results_params_have(params, &e->params);
}

/* Are both rules in one file? In two, the first, the scenario's own, overrides the common one. */
static bool same_file(const struct scenario_expect *a, const struct scenario_expect *b)
{
	size_t n = strrchr(a->where, ':') - a->where;

	return !strncmp(a->where, b->where, n) && strrchr(b->where, ':') == b->where + n;
}

bool scenario_says_again(const struct scenario *s)
{
	const struct scenario_expect *last = &s->expects[s->nr_expects - 1];

	for (const struct scenario_expect *e = s->expects; e < last; e++) {
		if (e->skip != last->skip || e->some != last->some || e->ref != last->ref ||
		    e->family != last->family || !same_file(e, last))
			continue;
		if (!scenario_range_covers(&e->range, &last->range))
			continue;
		if (!e->skip && !e->some && fits(e, last->id, &last->params) &&
		    (!e->layout || last->layout))
			return true;
		if (!strcmp(e->id, last->id) && !results_params_cmp(&e->params, &last->params) &&
		    e->layout == last->layout && !strcmp(e->seen, last->seen))
			return true;
	}
	return false;
}

static bool matches(const char *patterns, const char *seen)
{
	char copy[SCENARIO_MAX_LINE], *p = copy, *next;
	bool found = false;

	snprintf(copy, sizeof(copy), "%s", patterns);
	for (; p && !found; p = next) {
		next = strstr(p, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		found = !fnmatch(p + strspn(p, " \t"), seen, 0);
	}
	return found;
}

/* Does the rule hold for the compiler of the image? */
static bool holds(const struct scenario *s, const struct scenario_expect *e, const char *compiler)
{
	return !e->layout || (compiler && s->layout && matches(s->layout, compiler));
}

bool scenario_judge_by(const struct scenario *s, const char *compiler, const char *id,
		       const struct results_params *params, const char *seen, const char **expect)
{
	*expect = "right";
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (!e->some && !e->skip && holds(s, e, compiler) && fits(e, id, params)) {
			*expect = e->seen;
			break;
		}
	}
	return matches(*expect, seen);
}

bool scenario_judge(const struct scenario *s, const char *id, const struct results_params *params,
		    const char *seen, const char **expect)
{
	return scenario_judge_by(s, NULL, id, params, seen, expect);
}

/* Is the reason that the driver's case does not compile on this kernel? */
static bool is_absent(const char *reason)
{
	return !strncmp(reason, PTB_ABSENT, strlen(PTB_ABSENT));
}

bool scenario_may_skip(const struct scenario *s, const char *case_id,
		       const struct results_params *params, enum results_subject subject,
		       const char *reason)
{
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (e->skip && subject == (e->ref ? RESULTS_REF : RESULTS_KERNEL) &&
		    fits(e, case_id, params) && matches(e->seen, reason))
			return true;
	}
	return false;
}

bool scenario_may_skip_family(const struct scenario *s, const char *case_id, const char *reason)
{
	const size_t family = strcspn(case_id, "/") + 1;
	const struct scenario_expect *end = s->expects + s->nr_expects;
	bool expected = false, own = false, common = false;

	for (const struct scenario_expect *e = s->expects; e < end; e++) {
		if (strncmp(e->id, case_id, family))
			continue;
		expected = expected || (!e->skip && !e->common);
		if (!e->family || !matches(e->seen, reason))
			continue;
		own = own || !e->common;
		common = common || e->common;
	}
	return own || (common && (!expected || is_absent(reason)));
}

/* Has the document a check that the rule fits? For expect-some: one with that outcome? */
static bool met(const struct scenario_expect *e, const struct results_doc *doc)
{
	for (size_t i = 0; i < doc->nr_checks; i++) {
		const struct results_check *c = &doc->checks[i];

		if (fits(e, c->id, &c->params) && (!e->some || matches(e->seen, c->seen)))
			return true;
	}
	return false;
}

/* Has the document any check of the rule's id? */
static bool made(const struct scenario_expect *e, const struct results_doc *doc)
{
	size_t i;

	for (i = 0; i < doc->nr_checks && strcmp(doc->checks[i].id, e->id); i++)
		;
	return i < doc->nr_checks;
}

/* Was the row that makes the check skipped? scenario_may_skip() has judged the reason. */
static bool skipped(const struct scenario_expect *e, const struct results_doc *doc)
{
	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (m->skipped && m->subject == RESULTS_KERNEL && fits(e, m->case_id, &m->params))
			return true;
	}
	return false;
}

/* Does any case of the rule's family not compile on this kernel? Then its check may be missing. */
static bool absent(const struct scenario_expect *e, const struct results_doc *doc)
{
	const size_t family = strcspn(e->id, "/") + 1;

	for (size_t i = 0; i < doc->nr_measurements; i++) {
		const struct results_measurement *m = &doc->measurements[i];

		if (m->skipped && m->subject == RESULTS_KERNEL && is_absent(m->skipped) &&
		    !strncmp(m->case_id, e->id, family))
			return true;
	}
	return false;
}

unsigned scenario_check_boots(const char *id)
{
#define CHECK(name, boots, row) { name, boots },
	static const struct {
		const char *id;
		unsigned boots;
	} checks[] = { PTB_CHECKS(CHECK) };
#undef CHECK
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++)
		if (!strcmp(checks[i].id, id))
			return checks[i].boots;
	return 0;
}

static bool is_of_boot(const char *id, bool events)
{
	return scenario_check_boots(id) & (events ? PTB_CHECK_EVENTS : PTB_CHECK_COSTS);
}

static const char *compiler_of(const struct results_doc *doc)
{
	return results_pairs_get(&doc->environment, "compiler");
}

const struct scenario_expect *scenario_unmet(const struct scenario *s,
					     const struct results_doc *doc)
{
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (!e->skip && !e->common && holds(s, e, compiler_of(doc)) && made(e, doc) &&
		    !met(e, doc))
			return e;
	}
	return NULL;
}

const struct scenario_expect *scenario_missing(const struct scenario *s,
					       const struct results_doc *doc, bool events)
{
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (!e->skip && is_of_boot(e->id, events) && holds(s, e, compiler_of(doc)) &&
		    !met(e, doc) && !(e->common && skipped(e, doc)) && !absent(e, doc))
			return e;
	}
	return NULL;
}

/* Do the document's checks agree with a rule that was not judged? */
static bool as_said(const struct scenario_expect *e, const struct results_doc *doc)
{
	for (size_t i = 0; i < doc->nr_checks && !e->some; i++) {
		const struct results_check *c = &doc->checks[i];

		if (fits(e, c->id, &c->params) && !matches(e->seen, c->seen))
			return false;
	}
	return met(e, doc);
}

const struct scenario_expect *scenario_not_judged(const struct scenario *s,
						  const struct results_doc *doc, bool events)
{
	for (size_t i = 0; i < s->nr_expects; i++) {
		const struct scenario_expect *e = &s->expects[i];

		if (is_of_boot(e->id, events) && !holds(s, e, compiler_of(doc)) && !as_said(e, doc))
			return e;
	}
	return NULL;
}
