// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparing runs part by part: pairs the parts, counts the verdicts, owns all memory. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "internal.h"
#include "policy.h"
#include "twosample.h"

/* The members of a comparison that are private to this file. */
struct results__sources {
	struct results__source **read; /* read by results_compare(); freed with the comparison */
	size_t nr_read;
	struct results__allowance *allowed;
	size_t nr_allowed;
	struct results__policy *policy; /* or NULL */
};

/* The sources to compare, and the options. */
struct job {
	struct results__source *const *base, *const *head;
	size_t nr_base, nr_head;
	const struct results_compare_options *options;
	struct results__selection only;
	struct results__policy *policy;
	double level;
	struct results__ranks *ranks;
};

/* The i-th of all sources, the base's first. */
static const struct results__source *source_at(const struct job *job, size_t i)
{
	return i < job->nr_base ? job->base[i] : job->head[i - job->nr_base];
}

/* ---- one part ---- */

static bool is_empty(const struct results_doc *doc)
{
	return !doc->nr_measurements && !doc->nr_checks;
}

static bool is_unjudged(const struct results_compared_part *p)
{
	size_t nr = 0;

	for (int v = 0; v < RESULTS_NR_VERDICTS; v++)
		nr += results_verdict_is_judged(v) ? p->count[v] : 0;
	for (int v = 0; v < RESULTS_CHECK_NEW; v++)
		nr += p->check_count[v];
	return !nr;
}

static int compare_two_sided(struct results_compared_part *p, const struct job *job)
{
	int ret = results__compare_provenance(p, job->options);

	p->verdict = ret > 0 ? RESULTS_PART_COMPARED : RESULTS_PART_INCOMPARABLE;
	if (ret <= 0)
		return ret;
	for (size_t i = 0; i < p->nr_docs; i++)
		*(i < p->nr_base ? &p->base_empty : &p->head_empty) |= is_empty(p->docs[i]);
	ret = results__compare_rows(p, &job->only, job->policy, job->level, job->ranks);
	if (ret || !job->only.some_rows)
		return ret ? ret : results__compare_checks(p);
	for (size_t i = 0; i < p->nr_docs; i++)
		p->nr_left_out += p->docs[i]->nr_checks;
	return 0;
}

static const struct results__holder *holder_of(const struct results__joined_part *p,
					       const struct results__source *s)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->holders[i].source == s)
			return &p->holders[i];
	return NULL;
}

/*
 * Notes the state of the part in one source. A failed part is noted with or without a document; a
 * source that is a single document need not have the part.
 */
static void note(struct results_compared_part *p, const struct results__joined_part *joined,
		 const struct results__source *s, bool is_head)
{
	const struct results__holder *h = holder_of(joined, s);
	const struct results_part *part = h ? h->part : NULL;

	if (h ? part && part->state != RESULTS_PASSED : s->run != NULL)
		p->notes[p->nr_notes++] = (struct results_part_note){ s->path, is_head, part };
	p->failed |= part && part->state == RESULTS_FAILED;
	p->one_sided |= h ? !h->doc || (part && part->state == RESULTS_SKIPPED) : s->run != NULL;
}

static int gather(struct results_compared_part *p, const struct results__joined_part *joined)
{
	p->docs = calloc(joined->nr + 1, sizeof(*p->docs));
	if (!p->docs)
		return -ENOMEM;
	for (size_t i = 0; i < joined->nr; i++) {
		if (!joined->holders[i].doc)
			continue;
		p->docs[p->nr_docs++] = joined->holders[i].doc;
		p->nr_base += !joined->holders[i].is_head;
	}
	return 0;
}

static int compare_part(struct results_compared_part *p, const struct results__joined_part *joined,
			const struct job *job)
{
	size_t nr = job->nr_base + job->nr_head;
	bool absent = false; /* a run does not list the part */
	int err = gather(p, joined);

	p->notes = calloc(nr, sizeof(*p->notes));
	if (err || !p->notes)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		note(p, joined, source_at(job, i), i >= job->nr_base);
		absent |= source_at(job, i)->run && !holder_of(joined, source_at(job, i));
	}
	p->name = joined->name;
	if (p->nr_base && p->nr_docs > p->nr_base)
		return compare_two_sided(p, job);
	p->one_sided = p->nr_docs || absent;
	p->verdict = p->nr_base	  ? RESULTS_PART_MISSING
		     : p->nr_docs ? RESULTS_PART_EXTRA
				  : RESULTS_PART_NOWHERE;
	return 0;
}

static void count_part(struct results_totals *t, struct results_compared_part *p)
{
	p->unjudged = p->verdict == RESULTS_PART_COMPARED && is_unjudged(p);
	t->compared += p->verdict == RESULTS_PART_COMPARED;
	t->incomparable += p->verdict == RESULTS_PART_INCOMPARABLE;
	t->nowhere += p->verdict == RESULTS_PART_NOWHERE && !p->failed && !p->one_sided;
	t->one_sided += p->one_sided;
	t->failed += p->failed;
	t->unjudged += p->unjudged;
	t->empty += p->base_empty || p->head_empty;
	t->exact += p->nr_exact;
	t->identical += p->nr_identical;
	t->moved += p->nr_moved;
	t->skipped += p->nr_skipped;
	t->left_out += p->nr_left_out;
	for (int v = 0; v < RESULTS_NR_VERDICTS; v++)
		t->rows[v] += p->count[v];
	for (int v = 0; v < RESULTS_NR_CHECK_VERDICTS; v++)
		t->checks[v] += p->check_count[v];
}

/* ---- all of it ---- */

static int compare_parts(struct results_comparison *c, const struct job *job)
{
	struct results__joined j;
	int err = results__join(job->base, job->nr_base, job->head, job->nr_head, &j);

	if (!err) {
		c->parts = calloc(j.nr + 1, sizeof(*c->parts));
		err = c->parts ? 0 : -ENOMEM;
	}
	for (size_t i = 0; !err && i < j.nr; i++) {
		if (!results__selects_part(&job->only, j.parts[i].name)) {
			c->totals.left_out++;
			continue;
		}
		err = compare_part(&c->parts[c->nr_parts++], &j.parts[i], job);
	}
	results__joined_free(&j);
	if (!err)
		err = results__settle(c, c->sources->allowed, c->sources->nr_allowed, job->policy,
				      job->options->exact_equal);
	for (size_t i = 0; i < c->nr_parts; i++)
		count_part(&c->totals, &c->parts[i]);
	return err;
}

static void describe_run(struct results_comparison *c, const struct results__source *s,
			 bool is_head)
{
	c->runs[c->nr_runs++] = (struct results_compared_run){
		.path = s->path,
		.is_head = is_head,
		.is_document = !s->run,
		.partial = s->run && !s->run->complete,
		.explored = s->explored,
		.half_explored = s->explored && !s->explored->complete,
		.stand_in = s->explored ? s->explored->stand_in : NULL,
	};
	c->totals.partial += s->run && !s->run->complete;
}

/* Parses the options' allowances; keeps copies of their texts. */
static int take_allowed(struct results_comparison *c, const struct results_compare_options *options,
			struct results_error *err)
{
	size_t nr = options->nr_allowed;
	struct results__sources *s = c->sources;
	int ret = 0;

	s->allowed = calloc(nr + 1, sizeof(*s->allowed));
	c->allowed = calloc(nr + 1, sizeof(*c->allowed));
	if (!s->allowed || !c->allowed)
		return results__error(err, -ENOMEM, NULL, "", "no memory to compare");
	for (size_t i = 0; i < nr && !ret; i++) {
		char *text = strdup(options->allowed[i]);

		c->allowed[c->nr_allowed++].text = text;
		ret = text ? results__allowance_parse(text, &s->allowed[i], err)
			   : results__error(err, -ENOMEM, NULL, "", "no memory to compare");
		s->nr_allowed += !ret;
	}
	return ret;
}

/* Whether a document of any run has the key in its environment. */
static bool is_said(const struct job *job, const char *key)
{
	for (size_t i = 0; i < job->nr_base + job->nr_head; i++) {
		const struct results__source *s = source_at(job, i);

		for (size_t k = 0; k < s->nr_docs; k++)
			if (s->docs[k] && results_pairs_get(&s->docs[k]->environment, key))
				return true;
	}
	return false;
}

/* Refuses a mistyped key: it would ignore nothing, and the user would not notice. */
static int check_ignored(const struct job *job, struct results_error *err)
{
	for (size_t i = 0; i < job->options->nr_ignored; i++)
		if (!is_said(job, job->options->ignored[i]))
			return results__error(
				err, -EINVAL, NULL, "",
				"\"%.80s\" cannot be ignored: no "
				"document of these runs has that key in its environment; "
				"ptbench show prints the keys that it has",
				job->options->ignored[i]);
	return 0;
}

/* Adds the policy's acknowledged changes to the allowed ones. */
static int add_acknowledged(struct results_comparison *c, const struct results__policy *policy)
{
	size_t nr = policy->nr_acknowledged;
	struct results_compared_allowance *v =
		realloc(c->allowed, (c->nr_allowed + nr + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	c->allowed = v;
	for (size_t i = 0; i < nr; i++) {
		char *text = strdup(policy->acknowledged[i].text);

		if (!text)
			return -ENOMEM;
		c->allowed[c->nr_allowed++] = (struct results_compared_allowance){
			.text = text,
			.expired = policy->acknowledged[i].expired,
			.used = policy->acknowledged[i].used,
		};
	}
	return 0;
}

static int compare(struct results_comparison *c, const struct job *job)
{
	size_t nr = job->nr_base + job->nr_head;
	int err;

	c->runs = calloc(nr + 1, sizeof(*c->runs));
	if (!c->runs)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		describe_run(c, source_at(job, i), i >= job->nr_base);
	err = compare_parts(c, job);
	if (!err && !job->only.some)
		err = results__compare_models(c, job->base, job->nr_base, job->head, job->nr_head);
	for (size_t i = 0; i < c->sources->nr_allowed; i++)
		c->allowed[i].used = c->sources->allowed[i].used;
	if (!err && job->policy)
		err = add_acknowledged(c, job->policy);
	return err ? err : results__conclude(c, job->options->exact_equal);
}

static struct results_comparison *new_comparison(struct results_error *err)
{
	struct results_comparison *c = calloc(1, sizeof(*c));

	if (c)
		c->sources = calloc(1, sizeof(*c->sources));
	if (c && c->sources)
		return c;
	results__error(err, -ENOMEM, NULL, "", "no memory to compare");
	free(c);
	return NULL;
}

static int take_policy(struct results_comparison *c, const struct results_compare_options *options,
		       struct results_error *err)
{
	time_t now = time(NULL);
	struct tm day;
	char today[16];

	if (!options->policy)
		return 0;
	gmtime_r(&now, &day);
	strftime(today, sizeof(today), "%Y-%m-%d", &day);
	return results__policy_read(options->policy, options->today ? options->today : today,
				    &c->sources->policy, err);
}

static double level_of(const struct results_compare_options *options,
		       const struct results__policy *policy)
{
	if (options->level)
		return options->level;
	return policy && policy->level ? policy->level : RESULTS_LEVEL;
}

/* Whether a document of any part has a selected row. */
static bool has_selected(const struct results_comparison *c, const struct results__selection *only)
{
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t d = 0; d < c->parts[i].nr_docs; d++)
			for (size_t k = 0; k < c->parts[i].docs[d]->nr_measurements; k++)
				if (results__selects_row(only,
							 &c->parts[i].docs[d]->measurements[k]))
					return true;
	return false;
}

/* Refuses a filter that leaves nothing: a name in it is mistyped. */
static int check_selected(const struct results_comparison *c, const struct results__selection *only,
			  struct results_error *err)
{
	if (only->some_rows ? has_selected(c, only) : !only->some || c->nr_parts)
		return 0;
	return results__error(
		err, -EINVAL, NULL, "",
		"no row of these runs has that part, case, params, metric and subject; "
		"ptbench show prints those that there are");
}

/* Compares into c, a new comparison; frees c on failure. */
static int compare_into(struct results_comparison *c, const struct job *job,
			struct results_comparison **out, struct results_error *err)
{
	static const struct results_compare_options defaults;
	struct job all = *job;
	int ret;

	if (!all.options)
		all.options = &defaults;
	ret = take_policy(c, all.options, err);
	all.policy = c->sources->policy;
	all.level = c->level = level_of(all.options, all.policy);
	if (!ret)
		ret = take_allowed(c, all.options, err);
	if (!ret)
		ret = check_ignored(&all, err);
	if (!ret)
		ret = results__selection_init(&all.only, &all.options->only, err);
	if (!ret) {
		all.ranks = results__ranks_new();
		ret = all.ranks ? compare(c, &all) : -ENOMEM;
		if (ret)
			results__error(err, ret, NULL, "", "no memory to compare");
		results__ranks_free(all.ranks);
		if (!ret)
			ret = check_selected(c, &all.only, err);
	}
	results__selection_free(&all.only);
	if (ret)
		results_comparison_free(c);
	else
		*out = c;
	return ret;
}

int results__compare(struct results__source *const *base, size_t nr_base,
		     struct results__source *const *head, size_t nr_head,
		     const struct results_compare_options *options, struct results_comparison **out,
		     struct results_error *err)
{
	const struct job job = { .base = base,
				 .head = head,
				 .nr_base = nr_base,
				 .nr_head = nr_head,
				 .options = options };
	struct results_comparison *c = new_comparison(err);

	*out = NULL;
	return c ? compare_into(c, &job, out, err) : -ENOMEM;
}

int results_compare_docs(const struct results_doc *base, const struct results_doc *head,
			 const struct results_compare_options *options,
			 struct results_comparison **out, struct results_error *err)
{
	struct results_doc *docs[] = { (struct results_doc *)base, (struct results_doc *)head };
	struct results__source sources[2], *v[] = { &sources[0], &sources[1] };

	for (int i = 0; i < 2; i++)
		sources[i] = (struct results__source){
			.path = docs[i]->part,
			.as = head->part,
			.docs = &docs[i],
			.nr_docs = 1,
		};
	return results__compare(&v[0], 1, &v[1], 1, options, out, err);
}

/* Whether two paths lead to one run or document: a link to it, its folder, its run.json. */
static bool is_same(const char *a, const char *b)
{
	struct stat st[2];
	char file[PATH_MAX];

	for (int i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), "%s/" RESULTS_RUN_FILE, i ? b : a);
		if (stat(file, &st[i]) && stat(i ? b : a, &st[i]))
			return false; /* the reader says what is wrong with it */
	}
	return st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
}

/* Refuses a run that stands twice on a side: it would count as two. */
static int check_distinct(const struct results_side *side, struct results_error *err)
{
	for (size_t i = 0; i < side->nr; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same(side->runs[i], side->runs[k]))
				return results__error(err, -EINVAL, side->runs[i], "",
						      "is the same run as %.200s; give it once",
						      side->runs[k]);
	return 0;
}

/* For a gate: a run is as good as itself, whatever it measured. */
static int check_apart(const struct results_side *base, const struct results_side *head,
		       struct results_error *err)
{
	for (size_t i = 0; i < head->nr; i++)
		for (size_t k = 0; k < base->nr; k++)
			if (is_same(head->runs[i], base->runs[k]))
				return results__error(
					err, -EINVAL, head->runs[i], "",
					"is the run of the base: nothing new was measured");
	return 0;
}

static int read_side(struct results__sources *s, const struct results_side *side,
		     struct results_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < side->nr && !ret; i++) {
		ret = results__source_read(side->runs[i], &s->read[s->nr_read], err);
		if (!ret)
			ret = results__source_explored(s->read[s->nr_read++], err);
	}
	return ret;
}

int results_compare(const struct results_side *base, const struct results_side *head,
		    const struct results_compare_options *options, struct results_comparison **out,
		    struct results_error *err)
{
	struct results_comparison *c = new_comparison(err);
	struct results__sources *s;
	int ret;

	*out = NULL;
	if (!c)
		return -ENOMEM;
	s = c->sources;
	s->read = calloc(base->nr + head->nr + 1, sizeof(*s->read));
	ret = s->read ? check_distinct(base, err)
		      : results__error(err, -ENOMEM, NULL, "", "no memory to compare");
	if (!ret)
		ret = check_distinct(head, err);
	if (!ret && options && options->policy)
		ret = check_apart(base, head, err);
	if (!ret)
		ret = read_side(s, base, err);
	if (!ret)
		ret = read_side(s, head, err);
	if (!ret) {
		const struct job job = { .base = s->read,
					 .head = s->read + base->nr,
					 .nr_base = base->nr,
					 .nr_head = head->nr,
					 .options = options };

		return compare_into(c, &job, out, err);
	}
	results_comparison_free(c);
	return ret;
}

static void free_part(struct results_compared_part *p)
{
	for (size_t i = 0; i < p->nr_differences; i++)
		free(p->differences[i].values);
	free(p->differences);
	free(p->notes);
	free(p->docs);
	free(p->rows);
	free(p->checks);
}

void results_comparison_free(struct results_comparison *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nr_parts; i++)
		free_part(&c->parts[i]);
	for (size_t i = 0; i < c->sources->nr_allowed; i++)
		results__allowance_free(&c->sources->allowed[i]);
	for (size_t i = 0; i < c->nr_allowed; i++)
		free((char *)c->allowed[i].text);
	for (size_t i = 0; i < c->sources->nr_read; i++)
		results__source_free(c->sources->read[i]);
	results__policy_free(c->sources->policy);
	free(c->sources->read);
	free(c->sources->allowed);
	free(c->sources);
	free(c->allowed);
	free(c->families);
	free(c->runs);
	free(c->parts);
	free(c->models);
	free(c->judged);
	free(c->identical);
	free(c->not_judged);
	free(c->equal);
	free(c->conclusion);
	free(c);
}
