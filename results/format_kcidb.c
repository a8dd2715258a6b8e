// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Test suites as a report to kcidb, version 5.0 (kernelci/kcidb-io, kcidb_io/schema/v05_00.py):
 * checkouts, builds, and tests of builds. Of a kernel the checkout is its source, and the build its
 * image, so that several runs of one image are tests of one build. What was measured on no kernel's
 * image is a build of its own run, for kcidb takes no test without one.
 *
 * A value that nobody judges is a test with the status DONE, as kcidb's schema has it.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define EXCERPT 16384 /* characters that kcidb takes of a log */

struct report {
	const struct results__suites *suites;
	const char *origin;
	json_t *checkouts, *builds, *tests;
	bool lost; /* no memory for something */
};

bool results__is_origin(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* Sets a key of o; v NULL: no memory. */
static void set(struct report *r, json_t *o, const char *key, json_t *v)
{
	if (json_object_set_new(o, key, v))
		r->lost = true;
}

/* A string; what is no UTF-8, as only a path may be, is written out. */
static void set_text(struct report *r, json_t *o, const char *key, const char *s)
{
	json_t *v = json_string(s);

	set(r, o, key, v ? v : json_string(results_shown(s)));
}

static void set_pair(struct report *r, json_t *o, const char *key, const struct results_pairs *from,
		     const char *name)
{
	const char *value = results_pairs_get(from, name);

	if (value)
		set_text(r, o, key, value);
}

/* "ORIGIN:..."; an id is one line. */
static json_t *id(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static json_t *id(struct report *r, const char *fmt, ...)
{
	char *rest = NULL;
	json_t *v = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&rest, fmt, ap) < 0)
		rest = NULL;
	va_end(ap);
	if (rest)
		v = json_sprintf("%s:%s", r->origin, results_shown(rest));
	free(rest);
	if (!v)
		r->lost = true;
	return v;
}

/* An object with the id, which it takes, and the origin. */
static json_t *object_of(struct report *r, json_t *of)
{
	json_t *o = json_object();

	set(r, o, "id", of);
	set_text(r, o, "origin", r->origin);
	return o;
}

/* Adds o to the array, unless one of its id is there. Takes o. */
static void add_once(struct report *r, json_t *array, json_t *o)
{
	const json_t *of = json_object_get(o, "id"), *other;
	size_t i;

	json_array_foreach(array, i, other)
	{
		if (!json_equal(json_object_get(other, "id"), of))
			continue;
		json_decref(o);
		return;
	}
	if (json_array_append_new(array, o))
		r->lost = true;
}

static json_t *pairs_of(struct report *r, const struct results_pairs *p, const char *without)
{
	json_t *o = json_object();

	for (size_t i = 0; i < p->nr; i++)
		if (!without || strcmp(p->v[i].key, without))
			set_text(r, o, p->v[i].key, p->v[i].value);
	return o;
}

/* ---- checkouts and builds ---- */

static const char *image_of(const struct results__suite *s)
{
	return s->doc && results_pairs_get(&s->doc->subject, "source_sha256")
		       ? results_pairs_get(&s->doc->subject, "image_sha256")
		       : NULL;
}

static json_t *checkout_id(struct report *r, const struct results__suite *s)
{
	const struct results_pairs *subject = image_of(s) ? &s->doc->subject : NULL;
	const char *patch = subject ? results_pairs_get(subject, "patch") : NULL;

	if (!subject)
		return id(r, "%s", r->suites->id);
	return id(r, "%s%s%s", results_pairs_get(subject, "source_sha256"), patch ? "+" : "",
		  patch ? patch : "");
}

static json_t *build_id(struct report *r, const struct results__suite *s)
{
	const char *image = image_of(s);

	return image ? id(r, "%s", image) : id(r, "%s:%s", r->suites->id, s->name);
}

static void add_checkout(struct report *r, const struct results__suite *s)
{
	json_t *o = object_of(r, checkout_id(r, s)), *misc = json_object();
	const struct results_pairs *subject = image_of(s) ? &s->doc->subject : NULL;
	const char *source = subject ? results_pairs_get(subject, "source") : NULL;

	if (!subject) {
		set_text(r, o, "comment", "a run of ptbench; no kernel's source");
		if (s->doc)
			set_pair(r, misc, "suite", &s->doc->subject, "suite");
	} else {
		if (source)
			set_text(r, o, "comment", source);
		if (source && !strncmp(source, "git ", 4))
			set_text(r, o, "git_commit_name", source + 4);
		set_pair(r, misc, "source_sha256", subject, "source_sha256");
		set_pair(r, misc, "release", subject, "release");
		set_pair(r, misc, "patch", subject, "patch");
	}
	set(r, o, "valid", json_true()); /* without it kcidb takes no test for valid */
	set(r, o, "misc", misc);
	add_once(r, r->checkouts, o);
}

static void add_build(struct report *r, const struct results__suite *s)
{
	json_t *o = object_of(r, build_id(r, s));
	const struct results_doc *doc = s->doc;
	const char *arch = doc ? results_pairs_get(&doc->environment, "arch") : NULL;

	set(r, o, "checkout_id", checkout_id(r, s));
	if (arch && results__is_origin(arch)) /* kcidb has one pattern for both */
		set_text(r, o, "architecture", arch);
	if (doc) {
		set_pair(r, o, "compiler", &doc->environment, "compiler");
		set_pair(r, o, "config_name", &doc->subject, "scenario");
		set_pair(r, o, "comment", &doc->subject, "title");
		set(r, o, "misc", pairs_of(r, &doc->subject, "command_line"));
	}
	if (image_of(s))
		set_text(r, o, "status", "PASS");
	add_once(r, r->builds, o);
}

/* ---- tests ---- */

/* A character of a path's node; kcidb takes letters, digits, _ and -. */
static void put_char(FILE *f, char c)
{
	bool plain = c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		     (c >= 'A' && c <= 'Z');

	fputc(plain ? c : '_', f);
}

/* The nodes of a path that s has, each after a dot. */
static void put_nodes(FILE *f, const char *s)
{
	bool begun = false;

	for (; *s; s++) {
		bool ends = *s == '.' || *s == '/';

		if (!ends && !begun)
			fputc('.', f);
		if (!ends)
			put_char(f, *s);
		begun = !ends;
	}
}

static void put_params(FILE *f, const struct results_params *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		fprintf(f, ".%s_", p->v[i].key);
		for (const char *c = p->v[i].str; c && *c; c++)
			put_char(f, *c);
		if (!p->v[i].str)
			fprintf(f, "%lld", p->v[i].num);
	}
}

/* "ptbench.icount.x86_64-stock.icount-1cpu.gup_fast.walk.pages_1.instructions". */
static json_t *path_of(struct report *r, const struct results__suite *s,
		       const struct results__test *t)
{
	json_t *v = NULL;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	bool lost = !f;

	if (f) {
		fputs("ptbench", f);
		put_nodes(f, s->doc ? s->doc->mode : "none");
		put_nodes(f, s->name);
		put_nodes(f, t->m ? t->m->case_id : t->check ? t->check->id : t->name);
		if (t->m || t->check)
			put_params(f, t->m ? &t->m->params : &t->check->params);
		if (t->m)
			put_nodes(f, results_subject_name(t->m->subject));
		if (t->m && t->m->metric)
			put_nodes(f, t->m->metric->name);
		lost = ferror(f);
		lost = fclose(f) || lost;
	}
	if (!lost)
		v = json_string(text);
	free(text);
	if (!v)
		r->lost = true;
	return v;
}

static const char *status_of(const struct results__suite *s, const struct results__test *t)
{
	static const char *const names[RESULTS__NR_OUTCOMES] = {
		[RESULTS__OK] = "PASS",	     [RESULTS__FAILURE] = "FAIL",
		[RESULTS__ERROR] = "ERROR",  [RESULTS__NOT_RUN] = "MISS",
		[RESULTS__SKIPPED] = "SKIP", [RESULTS__MEASURED] = "DONE",
	};

	return t->outcome == RESULTS__MEASURED && s->failed ? "ERROR" : names[t->outcome];
}

/* The first characters of s that kcidb takes of a log. */
static json_t *excerpt(const char *s)
{
	size_t len = 0, nr = 0;

	for (bool harmful; s[len] && nr < EXCERPT; nr++)
		len += results_text_step(s + len, &harmful);
	return json_stringn(s, len);
}

/* What was measured, with its interval; a value that is no number is no memory for it. */
static void set_measured(struct report *r, json_t *misc, const struct results_measurement *m)
{
	struct results_stat stat;

	set_text(r, misc, "subject", results_subject_name(m->subject));
	if (m->skipped)
		return;
	results_stat(m, &stat);
	set_text(r, misc, "metric", m->metric->name);
	set_text(r, misc, "kind", results_kind_name(m->kind));
	set_text(r, misc, "better", results_better_name(m->metric->better));
	set(r, misc, "samples", json_integer((json_int_t)m->nr_samples));
	set(r, misc, "low", json_real(stat.low));
	set(r, misc, "high", json_real(stat.high));
}

static json_t *misc_of(struct report *r, const struct results__suite *s,
		       const struct results__test *t)
{
	json_t *misc = json_object();
	const struct results_params *p = t->m ? &t->m->params : t->check ? &t->check->params : NULL;
	char *params = p ? results_params_text(p) : NULL;

	set_text(r, misc, "part", s->name);
	if (s->doc)
		set_text(r, misc, "mode", s->doc->mode);
	if (t->m || t->check)
		set_text(r, misc, t->m ? "case" : "check", t->m ? t->m->case_id : t->check->id);
	if (p && !params)
		r->lost = true;
	else if (p)
		set_text(r, misc, "params", params);
	if (t->m)
		set_measured(r, misc, t->m);
	if (*t->message)
		set_text(r, misc, "message", t->message);
	free(params);
	return misc;
}

static json_t *number_of(struct report *r, const struct results__test *t)
{
	json_t *o = json_object();

	set(r, o, "value", json_real(t->value));
	set_text(r, o, "unit", t->m->metric->unit);
	return o;
}

static json_t *environment_of(struct report *r, const struct results_doc *doc)
{
	json_t *o = json_object(), *misc = pairs_of(r, &doc->environment, NULL);

	set_pair(r, misc, "command_line", &doc->subject, "command_line");
	set_text(r, o, "comment", doc->mode);
	set(r, o, "misc", misc);
	return o;
}

static void add_test(struct report *r, const struct results__suite *s,
		     const struct results__test *t)
{
	const char *status = status_of(s, t), *kind = t->m ? "row" : t->check ? "check" : "all";
	json_t *o = object_of(r, id(r, "%s:%s:%s:%s", r->suites->id, s->name, kind, t->name));

	set(r, o, "build_id", build_id(r, s));
	set(r, o, "path", path_of(r, s, t));
	set_text(r, o, "comment", t->name);
	set_text(r, o, "status", status);
	/* Of a test that did not run, kcidb considers no number. */
	if (t->has_value && !s->failed && strcmp(status, "SKIP") && strcmp(status, "MISS"))
		set(r, o, "number", number_of(r, t));
	if (s->doc) {
		set_text(r, o, "start_time", s->doc->created);
		set(r, o, "environment", environment_of(r, s->doc));
	}
	if (strcmp(status, "PASS") && strcmp(status, "DONE") && *t->message)
		set(r, o, "log_excerpt", excerpt(t->message));
	set(r, o, "misc", misc_of(r, s, t));
	if (json_array_append_new(r->tests, o))
		r->lost = true;
}

int results__suites_kcidb(FILE *f, const struct results__suites *s, const char *origin)
{
	struct report r = { s, origin, json_array(), json_array(), json_array(), false };
	json_t *root = json_pack("{s:{s:i,s:i}}", "version", "major", 5, "minor", 0);
	int err = 0;

	for (size_t i = 0; i < s->nr; i++) {
		add_checkout(&r, &s->v[i]);
		add_build(&r, &s->v[i]);
		for (size_t k = 0; k < s->v[i].nr; k++)
			add_test(&r, &s->v[i], &s->v[i].v[k]);
	}
	set(&r, root, "checkouts", r.checkouts);
	set(&r, root, "builds", r.builds);
	set(&r, root, "tests", r.tests);
	if (r.lost || json_dumpf(root, f, JSON_INDENT(1) | JSON_ENSURE_ASCII))
		err = r.lost || !ferror(f) ? -ENOMEM : 0; /* the caller looks for errors of f */
	fputc('\n', f);
	json_decref(root);
	return err;
}
