// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lock-by-speculation costs on DAX, and what breaks without the revalidation.
 */
#include <string.h>

#include "../model/words.h"
#include "kernel_rows.h"

static const char lock_id[] = "dax/lock";

/* A row's value. step: as rows name it; NULL: there is no such row. */
static struct rvalue lock_at(struct model *m, const struct report_part *part, const char *metric,
			     const char *how, const char *page, const char *half, const char *step)
{
	const struct report_rows rows = { part, lock_id, RESULTS_REF, metric };
	const struct report_cond conds[] = { { .key = "how", .str = how },
					     { .key = "page", .str = page },
					     { .key = "part", .str = half },
					     { .key = "step", .str = step } };
	static const struct results_params nothing_else;

	return step ? rv_find(m->arena, &rows, &nothing_else, conds, 4) : rv_missing("not run");
}

/* The value of `step` in rows of the whole lock, which omit no step; NULL: no such rows. */
static const char *no_step(const struct report_part *part)
{
	static const struct report_cond present = { .key = "how", .str = "present" };
	const struct results_measurement *row = rows_plain(part, lock_id, RESULTS_REF, &present, 1);

	return row ? results_params_str(&row->params, "step") : NULL;
}

/* The steps that some row omits, in the order of the axis. */
static size_t steps_of(struct model *m, const struct report_part *part, const char *const **out)
{
	const char *const *used, *none = no_step(part), **steps;
	size_t nr = words_used(m->arena, part, lock_id, RESULTS_REF, "step", &used), n = 0;

	steps = arena_alloc(m->arena, (nr + 1) * sizeof(*steps));
	for (size_t i = 0; i < nr; i++)
		if (!none || strcmp(used[i], none))
			steps[n++] = used[i];
	*out = steps;
	return n;
}

/* ---- alone ---- */

static void lock_answer(struct model *m, struct page *p, struct section *s,
			const struct report_part *part, const char *question)
{
	const char *none = no_step(part), *const * steps, *text;
	struct rvalue both = lock_at(m, part, "time", "present", "file", "both", none);
	struct rvalue device = lock_at(m, part, "time", "present", "device", "both", none);
	size_t nr = steps_of(m, part, &steps);
	struct arena *a = m->arena;

	if (!rv_ok(&both)) {
		section_answer(m, p, s, question, NULL, unanswered(m, "native", lock_id, both.why));
		return;
	}
	text = arena_str(a,
			 "Locking a page’s entry and unlocking it, with nobody else "
			 "there, takes %s",
			 rv_strong(a, &both));
	if (rv_ok(&device))
		text = arena_str(a, "%s, and %s for a device-dax page, which needs no entry", text,
				 rv_text(a, &device));
	for (size_t i = 0; i < nr; i++) {
		struct rvalue opaque = lock_at(m, part, "time", "opaque", "file", "both", steps[i]);
		struct rvalue step = rv_sub(both, opaque, "the step less an opaque no-op");

		if (rv_ok(&step))
			text = arena_str(a, "%s. The step “%s”: %s", text,
					 word_label(a, part, lock_id, "step", steps[i]),
					 rv_difference(a, &step));
	}
	section_answer(m, p, s, question, mode_words(a, part), arena_str(a, "%s.", text));
}

/* Adds a row to the table and its bar to the figure. */
static void lock_row(struct model *m, struct table *t, struct figure *f, const char *words,
		     bool busted, struct rvalue v)
{
	table_row(m, t);
	table_cell(t, busted ? "bad" : "", words);
	table_value(m, t, &v);
	figure_bar(m, f, NULL, words, &v, busted ? 5 : 1);
}

static void lock_table(struct model *m, struct section *s, const struct report_part *part,
		       const char *metric, const char *figure, const char *caption, const char *how)
{
	static const char *const columns[] = { "What", "#Lock and unlock", NULL };
	struct table *t = section_table(m, s, caption, columns);
	struct figure *f = section_figure(m, s, FIGURE_BARS, figure, caption);
	const char *none = no_step(part), *const * steps;
	size_t nr = steps_of(m, part, &steps);

	f->xlabel = metric;
	f->desc = "One bar per form of the lock: whole, halves, and with a step left out.";
	f->caption = how;
	lock_row(m, t, f, "both, a file’s page", false,
		 lock_at(m, part, metric, "present", "file", "both", none));
	lock_row(m, t, f, "lock alone", false,
		 lock_at(m, part, metric, "present", "file", "lock", none));
	lock_row(m, t, f, "unlock alone", false,
		 lock_at(m, part, metric, "present", "file", "unlock", none));
	for (size_t i = 0; i < nr; i++) {
		const char *label = word_label(m->arena, part, lock_id, "step", steps[i]);

		lock_row(m, t, f, arena_str(m->arena, "no %s (busted)", label), true,
			 lock_at(m, part, metric, "removed", "file", "both", steps[i]));
		lock_row(m, t, f, arena_str(m->arena, "opaque %s", label), false,
			 lock_at(m, part, metric, "opaque", "file", "both", steps[i]));
	}
	lock_row(m, t, f, "both, a device-dax page", false,
		 lock_at(m, part, metric, "present", "device", "both", none));
}

static void lock_words(struct model *m, struct section *s, const struct report_part *part)
{
	const char *const *steps;
	size_t nr = steps_of(m, part, &steps);

	section_words(m, s, part, lock_id, "step", steps, nr, "The steps, in words");
}

static void build_alone(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "lock", "The lock, with nobody else there");
	const char *question = "What does lock-by-speculation cost?";

	section_source(m, s, part);
	if (!input_usable(part)) {
		section_answer(m, p, s, question, NULL,
			       arena_str(m->arena, "Time not measured here: %s.",
					 input_why(m->in, "native")));
		return;
	}
	lock_answer(m, p, s, part, question);
	lock_table(m, s, part, "time", "q5-lock", "The reference’s DAX entry lock, native time",
		   "Mode native; median with 95\xc2\xa0% interval. Grey: busted.");
	lock_words(m, s, part);
	section_load(m, s, part);
	section_note(
		m, s,
		"A step is removed, and once more replaced by an empty asm that takes the same "
		"operands, so that the compiler’s other choices are not billed to it: "
		"its cost is the difference to the second.");
}

/* ---- with others ---- */

static const char contended_id[] = "dax/contended";

/* What the other threads do, and how many they may be: those that rows have. */
struct loads {
	const struct report_part *part;
	const char *const *names; /* in the order of the axis */
	const long long *threads; /* sorted up */
	size_t nr, nr_threads;
};

static struct loads loads_of(struct model *m, const struct report_part *part)
{
	struct loads l = { .part = part };

	l.nr = words_used(m->arena, part, contended_id, RESULTS_REF, "load", &l.names);
	l.nr_threads =
		numbers_used(m->arena, part, contended_id, RESULTS_REF, "threads", &l.threads);
	return l;
}

static struct rvalue contended_at(struct model *m, const struct loads *l, const char *metric,
				  const char *load, long long threads)
{
	const struct report_rows rows = { l->part, contended_id, RESULTS_REF, metric };
	const struct report_cond conds[] = { { .key = "load", .str = load },
					     { .key = "threads", .num = threads } };
	static const struct results_params nothing_else;

	return rv_find(m->arena, &rows, &nothing_else, conds, 2);
}

/* Is there such a row, measured or skipped? */
static bool has_load(struct model *m, const struct loads *l, const char *load, long long threads)
{
	struct rvalue v = contended_at(m, l, "time", load, threads);

	return rv_ok(&v) || strcmp(v.why, "not run");
}

/* "With 1 other thread a lock and unlock takes 200 ns (“LABEL”), ...": each load with that number of
 * threads. NULL: none was measured; then *why is the reason of the first. */
static const char *contended_text(struct model *m, const struct loads *l, long long threads,
				  const char **why)
{
	const char *text = NULL, *missing = "", *label;
	struct arena *a = m->arena;

	for (size_t i = 0; i < l->nr; i++) {
		struct rvalue v = contended_at(m, l, "time", l->names[i], threads);
		struct rvalue retries = contended_at(m, l, "lock_retries", l->names[i], threads);

		label = word_label(a, l->part, contended_id, "load", l->names[i]);
		if (!rv_ok(&v)) {
			*why = *why ? *why : v.why;
			missing = arena_str(a, "%s; not measured so: “%s” (%s)", missing, label,
					    v.why);
			continue;
		}
		text = text ? arena_str(a, "%s, %s (“%s”", text, rv_strong(a, &v), label)
			    : arena_str(a, "a lock and unlock takes %s (“%s”", rv_strong(a, &v),
					label);
		text = rv_ok(&retries) && retries.v > 0
			       ? arena_str(a,
					   "%s; the mapping found under its lock was another one "
					   "%s times per lock)",
					   text, rv_text(a, &retries))
			       : arena_str(a, "%s)", text);
	}
	return text ? arena_str(a, "With %lld other thread%s %s%s.", threads,
				threads == 1 ? "" : "s", text, missing)
		    : NULL;
}

static void contended_table(struct model *m, struct section *s, const struct loads *l)
{
	static const char *const columns[] = { "The others’ work",
					       "#Other threads",
					       "#Lock and unlock",
					       "#Waits per lock",
					       "#Retries per lock",
					       "#No file per lock",
					       NULL };
	static const char *const metrics[] = { "time", "lock_waits", "lock_retries",
					       "lock_misses" };
	struct table *t = section_table(m, s, "Other pinned threads at the file, native", columns);

	for (size_t i = 0; i < l->nr; i++)
		for (size_t n = 0; n < l->nr_threads; n++) {
			if (!has_load(m, l, l->names[i], l->threads[n]))
				continue;
			table_row(m, t);
			table_cell(t, "",
				   word_label(m->arena, l->part, contended_id, "load",
					      l->names[i]));
			table_cell(t, "num", arena_str(m->arena, "%lld", l->threads[n]));
			for (size_t k = 0; k < 4; k++) {
				struct rvalue v =
					contended_at(m, l, metrics[k], l->names[i], l->threads[n]);

				table_value(m, t, &v);
			}
		}
}

static void build_contended(struct model *m, struct page *p, const struct report_part *part)
{
	struct section *s = page_section(m, p, "contended", "With other threads at the file");
	const char *question = "What does the lock cost while other threads are at the file?",
		   *text = NULL, *why = NULL;
	struct loads l = loads_of(m, input_usable(part));

	section_source(m, s, part);
	for (size_t n = 0; !text && n < l.nr_threads; n++)
		text = contended_text(m, &l, l.threads[n], &why);
	section_answer(m, p, s, question, text ? mode_words(m->arena, part) : NULL,
		       text ? text : unanswered(m, "native", contended_id, why));
	if (!l.nr)
		return;
	contended_table(m, s, &l);
	section_words(m, s, part, contended_id, "load", l.names, l.nr,
		      "The others’ work, in words");
	section_load(m, s, part);
}

/* ---- in guests ---- */

static void build_instructions(struct model *m, struct page *p)
{
	const struct report_part *part = input_stock_part(m->in, "x86_64", "icount-1cpu");
	struct section *s = page_section(m, p, "instructions", "In instructions");
	struct rvalue both =
		lock_at(m, part, "instructions", "present", "file", "both", no_step(part));
	const char *question = "What does lock-by-speculation cost in instructions?";

	section_source(m, s, part);
	if (!rv_ok(&both)) {
		section_answer(m, p, s, question, NULL,
			       unanswered(m, input_stock_name(m->in, "x86_64", "icount-1cpu"),
					  lock_id, both.why));
		return;
	}
	section_answer(m, p, s, question, mode_words(m->arena, part),
		       arena_str(m->arena,
				 "The reference’s lock and unlock execute %s in an x86_64 "
				 "guest. A locked operation counts one.",
				 rv_words(m->arena, &both)));
	lock_table(m, s, part, "instructions", "q5-instructions",
		   "The same code in an x86_64 guest, instructions",
		   arena_str(m->arena, "Mode %s. Grey: busted.", mode_words(m->arena, part)));
}

void dax_build(struct model *m)
{
	const struct report_part *part = input_part(m->in, "native");
	struct page *p = model_page(
		m, "q5.html", "DAX lock", "DAX: what lock-by-speculation costs, and what it is for",
		"To lock the entry of a DAX page its file has to be known, and the "
		"page may be moved to another file, or the file be freed, until it "
		"is locked. So the mapping is read under RCU, its lock taken, and "
		"the mapping read again (dax_lock_folio() of fs/dax.c).");

	build_alone(m, p, part);
	build_contended(m, p, part);
	build_instructions(m, p);
	families_dax(m, p);
	explored_build(m, p, "dax", NULL);
}
