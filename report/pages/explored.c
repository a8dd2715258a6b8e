// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The explorer's results for a mechanism: its variants, and for each busted one the schedule that
 * breaks it.
 */
#include <string.h>

#include <results/explore.h>

#include "pages.h"

static bool is_of(const struct results_explore_model *x, const char *const *mechanisms)
{
	for (size_t i = 0; mechanisms[i]; i++)
		if (!strcmp(x->mechanism, mechanisms[i]))
			return true;
	return false;
}

static const char *name_of(struct arena *a, const struct results_explore_model *x)
{
	return arena_str(a, "%s/%s", clean(a, x->mechanism), clean(a, x->variant));
}

/* The code that a model runs. */
enum code {
	CODE_CORRECT, /* has to be correct */
	CODE_BUSTED,  /* is known to be broken, and has to break */
	/* busted code in a model where it cannot break: checks the model, and no more */
	CODE_MUTE,
	CODE_UNTOLD, /* unknown: the document is older than the model's field busted_code */
};
#define NR_CODES (CODE_UNTOLD + 1)

struct count {
	size_t nr[NR_CODES], not_fine;
	unsigned least_bound; /* of the clean models */
	double schedules;
	const struct results_explore_model *worst;
	const struct results_explore_model *mute_one; /* the first CODE_MUTE model */
};

static enum code code_of(const struct results_explore_model *x)
{
	if (x->busted)
		return CODE_BUSTED;
	if (!x->busted_code_said)
		return CODE_UNTOLD;
	return x->busted_code ? CODE_MUTE : CODE_CORRECT;
}

static struct count count_models(const struct results_explore *doc, const char *const *mechanisms)
{
	struct count c = { .least_bound = ~0U };

	for (size_t i = 0; i < doc->nr_models; i++) {
		const struct results_explore_model *x = &doc->models[i];
		enum code code = code_of(x);

		if (!is_of(x, mechanisms))
			continue;
		c.nr[code]++;
		c.schedules += (double)x->schedules;
		if (!c.mute_one && code == CODE_MUTE)
			c.mute_one = x;
		if (!results_explore_is_fine(x->verdict)) {
			c.not_fine++;
			c.worst = x;
		} else if (code == CODE_CORRECT && x->bound < c.least_bound) {
			c.least_bound = x->bound;
		}
	}
	return c;
}

static size_t count_all(const struct count *c)
{
	size_t all = 0;

	for (size_t i = 0; i < NR_CODES; i++)
		all += c->nr[i];
	return all;
}

/* Words on the code, to append to a variant's name. */
static const char *code_words(struct arena *a, const struct results_explore_model *x)
{
	switch (code_of(x)) {
	case CODE_BUSTED:
		return " (busted)";
	case CODE_MUTE:
		return arena_str(a, " (busted code, of %s, where it does no harm)",
				 clean(a, x->busted_code));
	default:
		return "";
	}
}

static const char *verdict_words(struct arena *a, const struct results_explore_model *x)
{
	switch (x->verdict) {
	case RESULTS_EXPLORE_CLEAN:
		return "clean";
	case RESULTS_EXPLORE_CAUGHT:
		return arena_str(a, "caught: %s", clean(a, x->failure->invariant));
	case RESULTS_EXPLORE_BROKEN:
	case RESULTS_EXPLORE_OTHER:
		return arena_str(a, "broke: %s", clean(a, x->failure->invariant));
	default:
		return results_explore_verdict_name(x->verdict);
	}
}

static void variants_table(struct model *m, struct section *s, const struct results_explore *doc,
			   const char *const *mechanisms)
{
	static const char *const columns[] = {
		"Variant", "What is asked", "Mode", "#Preemptions", "#Schedules", "Outcome", NULL,
	};
	struct table *t =
		section_table(m, s, "Every schedule of the reference’s own code", columns);
	struct arena *a = m->arena;

	for (size_t i = 0; i < doc->nr_models; i++) {
		const struct results_explore_model *x = &doc->models[i];
		bool fine = results_explore_is_fine(x->verdict);

		if (!is_of(x, mechanisms))
			continue;
		table_row(m, t);
		table_cell(t, "", arena_str(a, "%s%s", name_of(a, x), code_words(a, x)));
		table_cell(t, "prose", clean(a, x->summary));
		table_cell(t, "", clean(a, x->mode));
		table_cell(t, "num",
			   arena_str(a, "%u", x->failure ? x->failure->preemptions : x->bound));
		table_cell(t, "num", group_digits(a, (double)x->schedules, 0));
		table_cell(t, fine ? "" : "bad", verdict_words(a, x));
	}
	t->folded = t->nr_rows > 12;
}

/* A table with one column per CPU; names each context other than a task's. */
static void schedule_table(struct model *m, struct section *s,
			   const struct results_explore_model *x)
{
	const struct results_explore_failure *f = x->failure;
	struct arena *a = m->arena;
	const char **columns = arena_alloc(a, (x->nr_cpus + 2) * sizeof(*columns));
	struct table *t;

	columns[0] = "Step";
	for (unsigned cpu = 0; cpu < x->nr_cpus; cpu++)
		columns[cpu + 1] = arena_str(a, "CPU %u", cpu);
	t = section_table(m, s,
			  arena_str(a, "%s breaks “%s”: %s", name_of(a, x), clean(a, f->invariant),
				    clean(a, f->why)),
			  columns);
	t->folded = true;
	for (size_t i = 0; i < f->nr_steps && i < RESULTS_EXPLORE_MAX_STEPS; i++) {
		const struct results_explore_step *step = &f->steps[i];

		table_row(m, t);
		table_cell(t, "", arena_str(a, "%zu", i + 1));
		for (unsigned cpu = 0; cpu < x->nr_cpus; cpu++) {
			const char *mark = "";

			if (step->cpu != cpu) {
				table_cell(t, "quiet", "·");
				continue;
			}
			if (strcmp(step->context, "task"))
				mark = arena_str(a, "%s: ", clean(a, step->context));
			table_cell(t, "prose", arena_str(a, "%s%s", mark, clean(a, step->text)))
				->detail =
				arena_str(a, "%s, %s", clean(a, step->task), clean(a, step->site));
		}
	}
}

/* " Not counted: 1 clean exploration of busted code where it does no harm ...", or nothing. */
static const char *mute_text(struct arena *a, const struct count *c)
{
	size_t nr = c->nr[CODE_MUTE];

	if (!nr)
		return "";
	return arena_str(
		a,
		" Not counted: %zu clean exploration%s of busted code where it does no harm, such as "
		"%s, which runs the code of %s/%s.",
		nr, nr == 1 ? "" : "s", name_of(a, c->mute_one), clean(a, c->mute_one->mechanism),
		clean(a, c->mute_one->busted_code));
}

/* " Of 12 more that came out clean ...", or nothing. */
static const char *untold_text(struct arena *a, const struct count *c)
{
	size_t nr = c->nr[CODE_UNTOLD];

	if (!nr)
		return "";
	return arena_str(
		a,
		" Of %zu more that came out clean this run does not say whether their code "
		"is correct or busted: an older ptbench explored them.",
		nr);
}

static const char *outcome_text(struct arena *a, const struct count *c)
{
	const char *text = arena_str(a, "Over %s executions of the reference’s own code, ",
				     group_digits(a, c->schedules, 0));
	size_t good = c->nr[CODE_CORRECT], busted = c->nr[CODE_BUSTED];

	if (good)
		text = arena_str(a,
				 "%s" STRONG
				 "%zu exploration%s of code that has to be correct came out "
				 "clean" STRONG ", within a bound of %u preemptions or more",
				 text, good, good == 1 ? "" : "s", c->least_bound);
	if (busted)
		text = arena_str(a,
				 "%s%s" STRONG "each of %zu of busted code was "
				 "caught" STRONG,
				 text, good ? ", and " : "", busted);
	if (!good && !busted)
		text = arena_str(a, "%snone is known to be of correct or of busted code", text);
	return arena_str(a, "%s.%s%s", text, mute_text(a, c), untold_text(a, c));
}

static void explored_answer(struct model *m, struct page *p, struct section *s,
			    const struct results_explore *doc, const struct count *c)
{
	const char *question = "What does every schedule show?", *text;
	struct arena *a = m->arena;

	if (c->not_fine)
		text = arena_str(a,
				 STRONG "%zu of %zu explorations did not come out as "
					"claimed" STRONG "; one is %s: %s.",
				 c->not_fine, count_all(c), name_of(a, c->worst),
				 verdict_words(a, c->worst));
	else
		text = outcome_text(a, c);
	section_answer(m, p, s, question, "explored", text);
	section_note(m, s, clean(a, doc->claim));
	section_note(m, s,
		     arena_str(a,
			       "Made by %s. A single schedule again: ptbench explore "
			       "VARIANT --replay SCHEDULE.",
			       clean(a, doc->command)));
}

void explored_build(struct model *m, struct page *p, const char *mechanism, const char *second)
{
	const char *const mechanisms[] = { mechanism, second, NULL };
	struct section *s = page_section(m, p, "explored", "What breaks, and by which schedule");
	const struct results_explore *doc = m->in->explored;
	struct count c;

	if (!doc) {
		section_answer(m, p, s, "What does every schedule show?", NULL,
			       arena_str(m->arena, "Not explored in this run: %s.",
					 m->in->explored_why));
		return;
	}
	c = count_models(doc, mechanisms);
	if (!count_all(&c)) {
		section_answer(m, p, s, "What does every schedule show?", NULL,
			       "Nothing of this mechanism was explored in this run.");
		return;
	}
	explored_answer(m, p, s, doc, &c);
	variants_table(m, s, doc, mechanisms);
	for (size_t i = 0; i < doc->nr_models; i++)
		if (is_of(&doc->models[i], mechanisms) && doc->models[i].failure)
			schedule_table(m, s, &doc->models[i]);
}
