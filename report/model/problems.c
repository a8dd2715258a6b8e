// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Collects a run's failed parts and checks.
 */
#include <stdlib.h>
#include <string.h>

#include "problems.h"

#define MAX_CHECKS 8 /* checks of a part that are listed */

/* Joins lines: a reason may have several, such as the end of a console's log. */
static const char *one_line(struct arena *a, const char *text)
{
	char *line = arena_str(a, "%s", text);

	for (char *p = line; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return clean(a, line);
}

static const char *check_text(struct arena *a, const struct results_check *c)
{
	const char *params = params_without(a, &c->params, NULL, 0);

	return arena_str(a, "check %s%s%s%s: expected %s, saw %s", clean(a, c->id),
			 *params ? " (" : "", params, *params ? ")" : "", one_line(a, c->expect),
			 one_line(a, c->seen));
}

/* Whether the part's reason names this check already. */
static bool is_told(const char *reason, const struct results_check *c)
{
	char *params = results_params_text(&c->params);
	bool told = params && strstr(reason, c->id) && strstr(reason, params) &&
		    strstr(reason, c->expect) && strstr(reason, c->seen);

	free(params);
	return told;
}

static void add_checks(struct arena *a, const struct report_part *p, struct problem *to)
{
	const char *reason = p->part->reason ? p->part->reason : "";
	const struct results_doc *doc = p->doc;
	size_t more = 0;

	for (size_t i = 0; doc && i < doc->nr_checks; i++) {
		const struct results_check *c = &doc->checks[i];

		if (c->ok || is_told(reason, c))
			continue;
		if (to->nr_checks == MAX_CHECKS) {
			more++;
			continue;
		}
		to->checks = arena_grow(a, to->checks, to->nr_checks, sizeof(*to->checks));
		to->checks[to->nr_checks++] = check_text(a, c);
	}
	if (more)
		to->checks[MAX_CHECKS - 1] =
			arena_str(a, "%s; and %zu further checks that failed, all in parts/%s",
				  to->checks[MAX_CHECKS - 1], more, clean(a, p->part->file));
}

static size_t count_bad(const struct results_doc *doc)
{
	size_t bad = 0;

	for (size_t i = 0; doc && i < doc->nr_checks; i++)
		bad += !doc->checks[i].ok;
	return bad;
}

static bool measured_nothing(const struct results_doc *doc)
{
	for (size_t i = 0; doc && i < doc->nr_measurements; i++)
		if (!doc->measurements[i].skipped)
			return false;
	return doc != NULL;
}

static void add_problem(struct arena *a, const struct report_part *p, struct problems *to)
{
	bool unreadable = p->part->state == RESULTS_PASSED && p->why;
	bool nothing = p->part->state == RESULTS_PASSED && measured_nothing(p->doc);
	size_t bad = count_bad(p->doc);
	struct problem *new;

	if (p->part->state != RESULTS_FAILED && !unreadable && !bad && !nothing)
		return;
	to->v = arena_grow(a, to->v, to->nr, sizeof(*to->v));
	new = &to->v[to->nr++];
	*new = (struct problem){ .part = clean(a, p->part->name), .state = "passed" };
	if (p->part->state == RESULTS_FAILED) {
		new->state = "failed";
		new->reason = p->part->reason ? one_line(a, p->part->reason)
					      : "no reason was recorded";
	} else if (unreadable) {
		new->state = "unreadable";
		new->reason = p->why;
	} else if (!bad) {
		new->reason = arena_str(a, "yet nothing was measured in part %s", new->part);
	} else {
		new->reason = arena_str(a, "yet %zu check%s came out otherwise than expected", bad,
					bad == 1 ? "" : "s");
	}
	add_checks(a, p, new);
}

static void add_skipped(struct arena *a, const struct report_part *p, struct problems *to)
{
	const char *reason = p->part->reason ? one_line(a, p->part->reason)
					     : "no reason was recorded";
	const char *name = clean(a, p->part->name);

	for (size_t i = 0; i < to->nr_skips; i++) {
		if (strcmp(to->skipped[i].reason, reason))
			continue;
		to->skipped[i].parts = arena_str(a, "%s, %s", to->skipped[i].parts, name);
		return;
	}
	to->skipped = arena_grow(a, to->skipped, to->nr_skips, sizeof(*to->skipped));
	to->skipped[to->nr_skips++] = (struct skipped){ reason, name };
}

void problems_find(struct arena *a, const struct report_input *in, struct problems *out)
{
	*out = (struct problems){ 0 };
	for (size_t i = 0; i < input_nr_all(in); i++) {
		const struct report_part *p = &in->parts[i];

		add_problem(a, p, out);
		if (p->part->state == RESULTS_SKIPPED) {
			add_skipped(a, p, out);
			out->nr_skipped++;
		} else if (p->part->state == RESULTS_FAILED || p->why) {
			out->failed++;
		} else {
			out->passed++;
		}
	}
	out->state = !in->run->finished	  ? "unfinished"
		     : !in->run->complete ? "partial"
		     : out->nr		  ? "failed"
					  : "complete";
	out->summary = arena_str(a, "%zu part%s passed, %zu failed, %zu skipped", out->passed,
				 out->passed == 1 ? "" : "s", out->failed, out->nr_skipped);
}
