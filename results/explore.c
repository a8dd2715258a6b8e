// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench-explore documents: building them, and their rules. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

const char results_explore_claim[] =
	"clean: of the tasks and interrupts of the model, every sequentially consistent interleaving "
	"(mode sc), or every interleaving of a machine that delays each CPU's stores in order (mode "
	"store-buffer), with at most `bound` preemptions keeps every invariant; no more is claimed";

const char *const results__explore_verdicts[] = {
	[RESULTS_EXPLORE_CLEAN] = "clean",	     [RESULTS_EXPLORE_CAUGHT] = "caught",
	[RESULTS_EXPLORE_BROKEN] = "broken",	     [RESULTS_EXPLORE_SURVIVED] = "survived",
	[RESULTS_EXPLORE_OTHER] = "other-invariant", [RESULTS_EXPLORE_HELD] = "held",
	[RESULTS_EXPLORE_UNFINISHED] = "unfinished", [RESULTS_EXPLORE_NR_VERDICTS] = NULL,
};
const char *const results__explore_methods[] = { "reduced", "full", "replay", NULL };
const char *const results__explore_modes[] = { "sc", "store-buffer", NULL };
const char *const results__explore_contexts[] = { "task", "softirq", "irq", "nmi", "fault", NULL };

const char *results_explore_verdict_name(enum results_explore_verdict v)
{
	return results__explore_verdicts[v];
}

const char *results_explore_method_name(enum results_explore_method m)
{
	return results__explore_methods[m];
}

bool results_explore_is_fine(enum results_explore_verdict v)
{
	return v == RESULTS_EXPLORE_CLEAN || v == RESULTS_EXPLORE_CAUGHT ||
	       v == RESULTS_EXPLORE_HELD;
}

enum results_explore_verdict results_explore_judge(const struct results_explore_model *m,
						   bool interrupted)
{
	if (m->failure && !m->busted)
		return RESULTS_EXPLORE_BROKEN;
	if (m->failure)
		return m->caught_by && !strcmp(m->failure->invariant, m->caught_by)
			       ? RESULTS_EXPLORE_CAUGHT
			       : RESULTS_EXPLORE_OTHER;
	if (interrupted)
		return RESULTS_EXPLORE_UNFINISHED;
	if (m->method == RESULTS_EXPLORE_REPLAY)
		return RESULTS_EXPLORE_HELD;
	return m->busted ? RESULTS_EXPLORE_SURVIVED : RESULTS_EXPLORE_CLEAN;
}

/* ---- rules ---- */

static int wrong(struct results_error *err, const char *path, const char *reason)
{
	return results__error(err, -EINVAL, NULL, path, "%s", reason);
}

static bool listed(const char *word, const char *const *list)
{
	for (; word && *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

static int check_step(const struct results_explore_step *s, unsigned nr_cpus,
		      struct results_error *err)
{
	int ret = 0;

	if (s->cpu >= nr_cpus)
		ret = results__error(err, -EINVAL, NULL, ".cpu", "is %u, the model has %u CPUs",
				     s->cpu, nr_cpus);
	else if (!listed(s->context, results__explore_contexts))
		ret = wrong(err, ".context", "is none of task, softirq, irq, nmi, fault");
	if (!ret)
		ret = results__check_text(s->task, false, ".task", err);
	if (!ret)
		ret = results__check_text(s->site, true, ".site", err);
	return ret ? ret : results__check_text(s->text, true, ".text", err);
}

size_t results__explore_kept(size_t nr_steps)
{
	return nr_steps < RESULTS_EXPLORE_MAX_STEPS ? nr_steps : RESULTS_EXPLORE_MAX_STEPS;
}

static int check_failure(const struct results_explore_failure *f, unsigned nr_cpus,
			 struct results_error *err)
{
	int ret = results__check_text(f->invariant, false, ".invariant", err);

	if (!ret)
		ret = results__check_text(f->why, true, ".why", err);
	if (!ret)
		ret = results__check_text(f->schedule, false, ".schedule", err);
	if (!ret && strpbrk(f->schedule, " \t\n\r\v\f"))
		ret = wrong(err, ".schedule", "holds a blank; no schedule does");
	for (size_t i = 0; i < results__explore_kept(f->nr_steps) && !ret; i++) {
		ret = check_step(&f->steps[i], nr_cpus, err);
		if (ret)
			results__error_prefix(err, ".steps[%zu]", i);
	}
	return ret;
}

static int check_names(const struct results_explore_model *m, struct results_error *err)
{
	static const char *const reason =
		"must be 1 to 128 of A-Z a-z 0-9 _ . + -, begin with a letter or digit, without \"..\"";
	int ret;

	if (!m->mechanism || !results__is_name(m->mechanism))
		return wrong(err, ".mechanism", reason);
	if (!m->variant || !results__is_name(m->variant))
		return wrong(err, ".variant", reason);
	ret = results__check_text(m->summary, false, ".summary", err);
	if (ret)
		return ret;
	if (m->busted_code && (m->busted || !m->busted_code_said))
		return wrong(err, ".busted_code", "must be null for a busted variant");
	if (m->busted_code && !results__is_name(m->busted_code))
		return wrong(err, ".busted_code", reason);
	if (!m->busted)
		return m->caught_by ? wrong(err, ".caught_by", "must be null for a good variant")
				    : 0;
	return results__check_text(m->caught_by, false, ".caught_by", err);
}

static int check_count(long long n, const char *path, struct results_error *err)
{
	if (n < 0 || n > RESULTS_MAX_INT)
		return wrong(err, path, "is not from 0 to 2^53 - 1");
	return 0;
}

static int check_figures(const struct results_explore_model *m, struct results_error *err)
{
	int ret;

	if (!listed(m->mode, results__explore_modes))
		return wrong(err, ".mode", "is none of sc, store-buffer");
	if (m->nr_cpus < 1 || m->nr_cpus > RESULTS_EXPLORE_MAX_CPUS)
		return wrong(err, ".nr_cpus", "is not from 1 to 64");
	ret = check_count(m->schedules, ".schedules", err);
	if (!ret)
		ret = check_count(m->steps, ".steps", err);
	if (!ret)
		ret = check_count(m->states, ".states", err);
	if (!ret && !(m->seconds >= 0 && m->seconds <= (double)RESULTS_MAX_INT))
		ret = wrong(err, ".seconds", "is not from 0 to 2^53 - 1");
	return ret;
}

/* The fields that each verdict requires: 0, 1, or -1 for either. */
static const struct {
	int busted;
	bool failure;
	int complete, replay;
} verdict_takes[] = {
	[RESULTS_EXPLORE_CLEAN] = { 0, false, 1, 0 },
	[RESULTS_EXPLORE_CAUGHT] = { 1, true, -1, -1 },
	[RESULTS_EXPLORE_BROKEN] = { 0, true, -1, -1 },
	[RESULTS_EXPLORE_SURVIVED] = { 1, false, 1, 0 },
	[RESULTS_EXPLORE_OTHER] = { 1, true, -1, -1 },
	[RESULTS_EXPLORE_HELD] = { -1, false, 0, 1 },
	[RESULTS_EXPLORE_UNFINISHED] = { -1, false, 0, -1 },
};

static int check_verdict(const struct results_explore_model *m, struct results_error *err)
{
	bool replay = m->method == RESULTS_EXPLORE_REPLAY;
	const char *name = results__explore_verdicts[m->verdict];

	if (verdict_takes[m->verdict].busted == !m->busted)
		return results__error(err, -EINVAL, NULL, ".busted",
				      "does not go with the verdict \"%s\"", name);
	if (verdict_takes[m->verdict].failure != (m->failure != NULL))
		return results__error(err, -EINVAL, NULL, ".failure",
				      "must %s with the verdict \"%s\"",
				      m->failure ? "be null" : "stand", name);
	if (verdict_takes[m->verdict].complete == !m->complete)
		return results__error(err, -EINVAL, NULL, ".complete",
				      "does not go with the verdict \"%s\"", name);
	if (verdict_takes[m->verdict].replay == !replay)
		return results__error(err, -EINVAL, NULL, ".method",
				      "does not go with the verdict \"%s\"", name);
	if (m->failure && m->verdict != results_explore_judge(m, false))
		return results__error(err, -EINVAL, NULL, ".verdict",
				      "\"%s\" contradicts caught_by and the failure's invariant",
				      name);
	return 0;
}

int results__explore_check_model(const struct results_explore_model *m, struct results_error *err)
{
	int ret = check_names(m, err);

	if (!ret)
		ret = check_figures(m, err);
	if (!ret && m->failure) {
		ret = check_failure(m->failure, m->nr_cpus, err);
		if (ret)
			results__error_prefix(err, ".failure");
	}
	return ret ? ret : check_verdict(m, err);
}

static int model_cmp(const void *a, const void *b)
{
	const struct results_explore_model *const *x = a, *const *y = b;
	int c = strcmp((*x)->mechanism, (*y)->mechanism);

	return c ? c : strcmp((*x)->variant, (*y)->variant);
}

static int check_unique(const struct results_explore *doc, struct results_error *err)
{
	const struct results_explore_model **v = malloc((doc->nr_models + 1) * sizeof(*v));
	int ret = 0;

	if (!v)
		return results__error(err, -ENOMEM, NULL, ".models", "no memory to check them");
	for (size_t i = 0; i < doc->nr_models; i++)
		v[i] = &doc->models[i];
	qsort(v, doc->nr_models, sizeof(*v), model_cmp);
	for (size_t i = 1; i < doc->nr_models && !ret; i++)
		if (!model_cmp(&v[i - 1], &v[i]))
			ret = results__error(err, -EINVAL, NULL, ".models",
					     "%.80s/%.80s stands twice; remove one",
					     v[i]->mechanism, v[i]->variant);
	free(v);
	return ret;
}

/* A model's busted_code may name a variant that the document lacks; otherwise a busted one. */
static int check_codes(const struct results_explore *doc, struct results_error *err)
{
	for (size_t i = 0; i < doc->nr_models; i++) {
		const struct results_explore_model *m = &doc->models[i];

		for (size_t j = 0; m->busted_code && j < doc->nr_models; j++) {
			const struct results_explore_model *n = &doc->models[j];

			if (n->busted || strcmp(m->mechanism, n->mechanism) ||
			    strcmp(m->busted_code, n->variant))
				continue;
			wrong(err, ".busted_code", "names a variant that is not busted");
			results__error_prefix(err, ".models[%zu]", i);
			return -EINVAL;
		}
	}
	return 0;
}

int results__explore_check(const struct results_explore *doc, struct results_error *err)
{
	int ret = 0;

	if (!doc->revision || !results_is_revision(doc->revision))
		ret = wrong(err, ".revision", "is not a revision: " RESULTS_REVISION_RULE);
	if (!ret)
		ret = results__check_text(doc->command, false, ".command", err);
	if (!ret && (!doc->created || !results__is_time(doc->created)))
		ret = wrong(err, ".created", "is not a UTC time such as 2026-01-31T23:59:59Z");
	if (!ret)
		ret = results__check_text(doc->claim, false, ".claim", err);
	if (!ret && doc->stand_in)
		ret = results__check_text(doc->stand_in, false, ".stand_in", err);
	if (!ret && doc->nr_models > RESULTS_EXPLORE_MAX_MODELS)
		ret = wrong(err, ".models", "has more than 4096 models");
	for (size_t i = 0; i < doc->nr_models && !ret; i++) {
		ret = results__explore_check_model(&doc->models[i], err);
		if (!ret && doc->complete && doc->models[i].verdict == RESULTS_EXPLORE_UNFINISHED)
			ret = wrong(err, ".verdict", "is \"unfinished\" in a complete document");
		if (ret)
			results__error_prefix(err, ".models[%zu]", i);
	}
	ret = ret ? ret : check_unique(doc, err);
	return ret ? ret : check_codes(doc, err);
}

/* ---- building ---- */

int results_explore_new(const char *revision, const char *command, struct results_explore **out)
{
	struct results_explore *doc = calloc(1, sizeof(*doc));

	*out = NULL;
	if (!doc)
		return -ENOMEM;
	doc->revision = strdup(revision);
	doc->command = strdup(command);
	doc->created = results__now();
	doc->claim = strdup(results_explore_claim);
	if (!doc->revision || !doc->command || !doc->created || !doc->claim) {
		results_explore_free(doc);
		return -ENOMEM;
	}
	*out = doc;
	return 0;
}

static int copy_text(const char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

static int copy_failure(struct results_explore_failure *to, const struct results_explore_failure *f)
{
	size_t n = results__explore_kept(f->nr_steps);
	struct results_explore_step *steps = calloc(n + 1, sizeof(*steps));
	int err = steps ? 0 : -ENOMEM;

	to->steps = steps;
	to->preemptions = f->preemptions;
	if (!err)
		err = copy_text(&to->invariant, f->invariant);
	if (!err)
		err = copy_text(&to->why, f->why);
	if (!err)
		err = copy_text(&to->schedule, f->schedule);
	to->nr_steps = err ? 0 : f->nr_steps;
	for (size_t i = 0; i < n && !err; i++) {
		steps[i].cpu = f->steps[i].cpu;
		err = copy_text(&steps[i].context, f->steps[i].context);
		err = err ? err : copy_text(&steps[i].task, f->steps[i].task);
		err = err ? err : copy_text(&steps[i].site, f->steps[i].site);
		err = err ? err : copy_text(&steps[i].text, f->steps[i].text);
	}
	return err;
}

static int copy_model(struct results_explore_model *to, const struct results_explore_model *m)
{
	struct results_explore_failure *f = NULL;
	int err;

	*to = *m;
	to->mechanism = to->variant = to->summary = to->caught_by = to->mode = NULL;
	to->busted_code = NULL;
	to->failure = NULL;
	err = copy_text(&to->mechanism, m->mechanism);
	err = err ? err : copy_text(&to->variant, m->variant);
	err = err ? err : copy_text(&to->summary, m->summary);
	err = err ? err : copy_text(&to->caught_by, m->caught_by);
	err = err ? err : copy_text(&to->busted_code, m->busted_code);
	err = err ? err : copy_text(&to->mode, m->mode);
	if (err || !m->failure)
		return err;
	f = calloc(1, sizeof(*f));
	to->failure = f;
	return f ? copy_failure(f, m->failure) : -ENOMEM;
}

static void free_text(const char *s)
{
	free((char *)s);
}

static void free_failure(const struct results_explore_failure *f)
{
	if (!f)
		return;
	free_text(f->invariant);
	free_text(f->why);
	free_text(f->schedule);
	for (size_t i = 0; i < results__explore_kept(f->nr_steps); i++) {
		free_text(f->steps[i].context);
		free_text(f->steps[i].task);
		free_text(f->steps[i].site);
		free_text(f->steps[i].text);
	}
	free((void *)f->steps);
	free((void *)f);
}

static void free_model(const struct results_explore_model *m)
{
	free_text(m->mechanism);
	free_text(m->variant);
	free_text(m->summary);
	free_text(m->caught_by);
	free_text(m->busted_code);
	free_text(m->mode);
	free_failure(m->failure);
}

int results_explore_add(struct results_explore *doc, const struct results_explore_model *m,
			struct results_error *err)
{
	int ret = results__explore_check_model(m, err);
	struct results_explore_model *models;

	if (ret)
		return ret;
	for (size_t i = 0; i < doc->nr_models; i++)
		if (!strcmp(doc->models[i].mechanism, m->mechanism) &&
		    !strcmp(doc->models[i].variant, m->variant))
			return results__error(err, -EEXIST, NULL, ".models",
					      "%.80s/%.80s is there already", m->mechanism,
					      m->variant);
	models = realloc(doc->models, (doc->nr_models + 1) * sizeof(*models));
	if (models)
		doc->models = models;
	if (models && !copy_model(&models[doc->nr_models], m)) {
		doc->nr_models++;
		return 0;
	}
	if (models)
		free_model(&models[doc->nr_models]);
	return results__error(err, -ENOMEM, NULL, ".models", "no memory for another model");
}

int results_explore_set_stand_in(struct results_explore *doc, const char *stand_in)
{
	free_text(doc->stand_in);
	return copy_text(&doc->stand_in, stand_in);
}

void results_explore_free(struct results_explore *doc)
{
	if (!doc)
		return;
	free_text(doc->revision);
	free_text(doc->command);
	free_text(doc->created);
	free_text(doc->claim);
	free_text(doc->stand_in);
	for (size_t i = 0; i < doc->nr_models; i++)
		free_model(&doc->models[i]);
	free(doc->models);
	free(doc);
}
