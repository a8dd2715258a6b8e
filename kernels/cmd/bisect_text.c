// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench kernels bisect: what was found, as text and as the log of git bisect. */
#include <string.h>

#include "bisect.h"
#include "series.h"

static void put_commit(FILE *to, const char *before, const struct commit *c)
{
	fprintf(to, "%s%.*s %s%s\n", before, COMMIT_SHORT, c->id, c->subject,
		c->nr_parents > 1 ? " (a merge, as one change)" : "");
}

static void put_change(FILE *to, const struct bisect *b, const struct bisect_change *c)
{
	if (c->bad - c->good > 1) {
		fprintf(to, "one of these %zu commits, of which only the last has a kernel:\n",
			c->bad - c->good);
		for (size_t i = c->good + 1; i < c->bad; i++)
			put_commit(to, "    ", b->points[i].commit);
		put_commit(to, "    ", b->points[c->bad].commit);
	} else {
		put_commit(to, "", b->points[c->bad].commit);
	}
	fprintf(to, "    %s: %s %s\n", c->row, b->o->metric, c->text);
	if (c->nr_rows > 1)
		fprintf(to, "    and %zu more row%s\n", c->nr_rows - 1, SERIES_S(c->nr_rows - 1));
	if (*c->symbols)
		fprintf(to, "    in: %s\n", c->symbols);
}

/* The intervals that were not looked into, and what may be in them. */
static void put_gaps(FILE *to, const struct bisect *b)
{
	size_t commits = 0;

	for (size_t i = 0; i < b->nr_gaps; i++)
		for (size_t k = b->gaps[i].from + 1; k < b->gaps[i].to; k++)
			commits += b->points[k].state == BISECT_UNKNOWN;
	if (!commits)
		return;
	fprintf(to,
		"\nnot looked at: %zu commit%s in %zu interval%s whose ends have the same values. A change "
		"that a later\ncommit of its interval undoes would not be seen; --every looks at all.\n",
		commits, SERIES_S(commits), b->nr_gaps, SERIES_S(b->nr_gaps));
	for (size_t i = 0; i < b->nr_gaps; i++)
		fprintf(to, "    %.*s..%.*s\n", COMMIT_SHORT, b->points[b->gaps[i].from].commit->id,
			COMMIT_SHORT, b->points[b->gaps[i].to].commit->id);
}

void bisect_print(FILE *to, const struct bisect *b)
{
	const struct bisect_options *o = b->o;
	size_t seen = 0, skipped = 0;

	for (size_t i = 0; i < b->nr; i++) {
		seen += b->points[i].state == BISECT_SEEN;
		skipped += b->points[i].state == BISECT_SKIPPED;
	}
	fprintf(to, "%s%s%s, %s, on %s, %.*s..%.*s, %zu commit%s along first parents: ",
		results_shown(o->case_id), o->params ? ":" : "",
		o->params ? results_shown(o->params) : "", o->metric, results_shown(o->scenario),
		COMMIT_SHORT, b->points[0].commit->id, COMMIT_SHORT,
		b->points[b->nr - 1].commit->id, b->nr - 1, SERIES_S(b->nr - 1));
	if (b->nr_changes)
		fprintf(to, "%zu change%s\n", b->nr_changes, SERIES_S(b->nr_changes));
	else
		fprintf(to, "no change: both ends have the same value%s%s%s\n",
			SERIES_S(b->nr_exact), b->same ? ", the first " : "",
			b->same ? b->same : "");
	for (size_t i = 0; i < b->nr_changes; i++) {
		fputc('\n', to);
		put_change(to, b, &b->changes[i]);
	}
	if (skipped)
		fputs("\nskipped:\n", to);
	for (size_t i = 0; i < b->nr; i++) {
		if (b->points[i].state != BISECT_SKIPPED)
			continue;
		put_commit(to, "    ", b->points[i].commit);
		fprintf(to, "        %s\n", b->points[i].reason);
	}
	put_gaps(to, b);
	if (b->nr_inexact)
		fprintf(to, "\n%zu row%s of the case not exact on both ends, and not looked at\n",
			b->nr_inexact, b->nr_inexact == 1 ? " is" : "s are");
	fprintf(to, "\nlooked at %zu of %zu kernels", seen + skipped, b->nr);
	if (skipped)
		fprintf(to, ", %zu of them skipped", skipped);
	fprintf(to, "; booted %zu, measured before %zu\n", b->m.nr_run, b->m.nr_found);
}

static void put_answer(FILE *to, const struct commit *c, const char *word)
{
	fprintf(to, "# %s: [%s] %s\ngit bisect %s %s\n", word, c->id, c->subject, word, c->id);
}

void bisect_print_log(FILE *to, const struct bisect *b, const struct bisect_change *c)
{
	static const char *const words[] = { "good", "bad", "skip" };

	fputs("git bisect start '--first-parent'\n", to);
	put_answer(to, b->points[0].commit, "good");
	put_answer(to, b->points[b->nr - 1].commit, "bad");
	for (size_t i = 0; i < c->nr_answers; i++)
		put_answer(to, b->points[c->answers[i].at].commit, words[c->answers[i].is]);
	if (c->bad - c->good == 1) {
		fprintf(to, "# first bad commit: [%s] %s\n", b->points[c->bad].commit->id,
			b->points[c->bad].commit->subject);
		return;
	}
	fputs("# only skipped commits left to test\n", to);
	for (size_t i = c->bad; i > c->good; i--)
		fprintf(to, "# possible first bad commit: [%s] %s\n", b->points[i].commit->id,
			b->points[i].commit->subject);
}
