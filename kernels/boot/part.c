// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parts of a run, each of a boot that part_judge.c has judged or of an image: writes their
 * documents with subject and environment, records them, and prints their verdicts.
 */
#include <array_size.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/profile.h"
#include "objects.h"
#include "part.h"
#include "program.h"

void part_name(const struct qemu_boot *b, char *to)
{
	if (b->functions)
		snprintf(to, 128, "%s.icount-functions", b->scenario->name);
	else
		snprintf(to, 128, "%s.%s-%dcpu", b->scenario->name,
			 b->mode == QEMU_KVM ? "kvm" : "icount", b->events ? 2 : 1);
}

/* No row can hold the reason for a metric that every row lacks; it goes into the subject. */
static int describe_profile(const struct scenario *s, struct results_doc *doc)
{
	char *unknown = profile_irqs_unknown(s->arch.irqs);
	int err = unknown ? results_pairs_setf(&doc->subject, "not_measured",
					       "irqs_off_instructions: %s", unknown)
			  : 0;

	free(unknown);
	return err;
}

static int set_if(struct results_pairs *p, const char *key, const char *value)
{
	return value ? results_pairs_set(p, key, results_shown(value)) : 0;
}

#define COMMAND_WORDS 9

/* Sets *to to "NAME=VALUE", malloc'ed; without a value to NULL. false: no memory. */
static bool assign(const char *name, const char *value, char **to)
{
	*to = NULL;
	return !value || !*value || asprintf(to, "%s=%s", name, value) >= 0;
}

/* The command that makes the part again, with what it takes from the environment; malloc'ed. A
 * scenario that names its version does not read KSRC. */
static char *command_of(const struct part_context *c, const struct scenario *s, bool functions)
{
	const char *source = c->ksrc ? c->ksrc : getenv("KSRC"), *words[COMMAND_WORDS];
	char *ksrc, *qemu, *text = NULL;
	int n = 0;

	if (!assign("KSRC", strchr(s->name, '@') ? NULL : source, &ksrc))
		return NULL;
	if (!assign("PTBENCH_QEMU", getenv("PTBENCH_QEMU"), &qemu))
		goto out;
	if (ksrc || qemu)
		words[n++] = "env";
	if (ksrc)
		words[n++] = ksrc;
	if (qemu)
		words[n++] = qemu;
	words[n++] = "ptbench";
	words[n++] = "kernels";
	words[n++] = c->profile ? "profile" : "run";
	if (c->profile) {
		words[n++] = "--case";
		words[n++] = c->profile;
	} else if (functions) {
		words[n++] = "--functions";
	}
	words[n++] = s->name;
	text = results_shell_words(n, words);
	free(qemu);
out:
	free(ksrc);
	return text;
}

/* b: the boot, or NULL: the part is of the image alone. */
static int describe_subject(const struct part_context *c, const struct scenario *s,
			    const struct image *image, const struct qemu_boot *b,
			    struct results_doc *doc)
{
	static const char *const keys[] = { "release",	      "source",	       "source_sha256",
					    "patch",	      "config",	       "config_sha256",
					    "unknown_option", "absent_family", "driver_sha256",
					    "image_sha256" };
	const bool functions = b && b->functions;
	char preemption[IMAGE_PREEMPTION];
	const char *value;
	int err;

	err = results_pairs_set(&doc->subject, "scenario", s->name) ?:
	      results_pairs_set(&doc->subject, "title", s->title) ?:
	      set_if(&doc->subject, "build_folder", c->build) ?:
	      results_pairs_set(&doc->subject, "suite", c->revision);
	for (size_t i = 0; i < ARRAY_SIZE(keys) && !err; i++) {
		value = results_pairs_get(&image->info, keys[i]);
		if (value)
			err = results_pairs_set(&doc->subject, keys[i], value);
	}
	if (!err && image_preemption(image->folder, preemption))
		err = results_pairs_set(&doc->subject, "preemption", preemption);
	if (!err && (c->profile || functions))
		err = describe_profile(s, doc);
	free(doc->command);
	doc->command = command_of(c, s, functions);
	return doc->command ? err : -ENOMEM;
}

static int describe_environment(const struct scenario *s, const struct image *image,
				struct results_doc *doc)
{
	const char *compiler = results_pairs_get(&image->info, "compiler");

	return results_pairs_set(&doc->environment, "arch", s->arch.name)
		       ?: results_pairs_set(&doc->environment, "compiler",
					    compiler ? compiler : "unknown");
}

/*
 * The compiler lays out the stack that a wrong walk reads. Names, on the terminal and in the
 * document, a rule that was not judged because it holds for the layout of other compilers.
 */
static int describe_layout(const struct qemu_boot *b, const char *part, struct results_doc *doc)
{
	const struct scenario_expect *e = scenario_not_judged(b->scenario, doc, b->events);
	const char *compiler = results_pairs_get(&doc->environment, "compiler");

	if (!e)
		return 0;
	fprintf(stderr,
		"%s%s: not judged: %s: %s comes out as '%s' with the stack layout of %s; this "
		"kernel was compiled by %s\n",
		isatty(2) ? "\r\033[K" : "", results_shown(part), results_shown(e->where),
		results_shown(e->id), results_shown(e->seen), results_shown(b->scenario->layout),
		compiler ? results_shown(compiler) : "unknown");
	return results_pairs_setf(&doc->subject, "not_judged",
				  "%s comes out as '%s' with the stack layout of %s", e->id,
				  e->seen, b->scenario->layout);
}

static int describe_boot(const struct qemu_boot *b, struct results_doc *doc)
{
	char *options = qemu_options(b), *words = qemu_command_line(b);
	const char *folder = qemu_folder();
	int err = options && words ? 0 : -ENOMEM;

	/* With a key that other runs lack, compare refuses to compare a stand-in with QEMU. */
	err = err ?: set_if(&doc->environment, "qemu_stand_in", qemu_stand_in()) ?:
	      set_if(&doc->environment, "qemu_folder", folder ? results_shown(folder) : NULL) ?:
	      results_pairs_set(&doc->environment, "cpus", b->events ? "2" : "1") ?:
	      results_pairs_set(&doc->environment, "memory", b->scenario->arch.memory) ?:
	      results_pairs_set(&doc->environment, "qemu", b->qemu_version) ?:
	      results_pairs_set(&doc->environment, "qemu_options", options) ?:
	      results_pairs_set(&doc->subject, "command_line", words);
	free(options);
	free(words);
	return err;
}

static int record(struct part_context *c, const char *name, const struct scenario *s,
		  struct results_doc *doc, const char *why)
{
	char file[160], path[4400];
	struct results_error err = { .reason = "" };
	char unwritten[PART_REASON];
	int ret = 0;

	snprintf(file, sizeof(file), "%s.json", name);
	snprintf(path, sizeof(path), "%s/%s", c->run->dir, file);
	if (doc)
		ret = part_add_axes(s, doc, &err) ?: results_doc_write(doc, path, &err);
	if (ret == -EINVAL) { /* a row is invalid: records the part as failed, without document */
		results_error_print(stderr, &err);
		snprintf(unwritten, sizeof(unwritten),
			 "its document cannot be written: %.300s: %.400s", err.path, err.reason);
		why = unwritten;
		doc = NULL;
		ret = 0;
	}
	if (!ret)
		ret = results_run_part(c->run, name, doc ? file : NULL,
				       why[0] ? RESULTS_FAILED : RESULTS_PASSED,
				       why[0] ? why : NULL, &err);
	if (ret)
		results_error_print(stderr, &err);
	c->failed = c->failed || why[0];
	return ret;
}

/* Prints that the document was refused, for a compiler's name in another encoding or the like. */
static int undescribed(const char *name, int err)
{
	fprintf(stderr,
		"ptbench kernels: %s: a document cannot hold what is known of its image: %s; is "
		"that UTF-8?\n",
		results_shown(name), strerror(-err));
	return err;
}

int part_of_boot(struct part_context *c, const struct qemu_boot *b, const struct image *image)
{
	const struct scenario *s = b->scenario;
	struct results_doc *doc = NULL;
	char name[128], why[2 * PART_REASON] = "";
	int err;

	part_name(b, name);
	err = results_doc_new(name, b->mode == QEMU_KVM ? "kvm" : "icount", &doc) ?:
	      describe_subject(c, s, image, b, doc) ?: describe_environment(s, image, doc) ?:
	      describe_boot(b, doc);
	if (err) {
		undescribed(name, err);
	} else {
		part_judge(b, s, doc, why, sizeof(why));
		if (!why[0])
			err = describe_layout(b, name, doc);
	}
	if (!err) {
		/* A document without rows would add nothing to the reason. */
		err = record(c, name, s, doc->nr_measurements ? doc : NULL, why);
		c->booted = c->booted || (!err && !why[0]);
		/* Megabytes, of which the document has what counts. */
		if (!err && !why[0] && b->functions)
			unlink(b->profile);
	}
	/* \r and \033[K erase the line in which kernels/build counts objects. */
	fprintf(stderr, "%s[%zu/%zu] %s: %s, %.1f s%s", isatty(2) ? "\r\033[K" : "", ++c->nr_ended,
		c->nr_boots, results_shown(name), why[0] ? "FAILED" : "passed", b->seconds,
		why[0] ? ": " : "");
	results_text_print(stderr, why);
	fputc('\n', stderr);
	results_doc_free(doc);
	return err;
}

/* Builds the image of same->base where that is missing, and compares its objects with image's. */
static int compare_with(struct part_context *c, const struct scenario *s, const struct image *image,
			const struct scenario_same *same, char *seen, size_t seen_size, char *why,
			size_t size)
{
	struct image base;
	int err = image_build(c->root, c->ksrc, &same->base, 1, &base, c->stopped);

	if (err || !base.folder)
		snprintf(why, size, "what it is compared with was not built: kernels/build %.100s",
			 same->base);
	else
		err = objects_compare(image->folder, base.folder, same->objects, seen, seen_size,
				      why, size);
	err = err || !base.folder;
	image_free(&base, 1);
	if (!err)
		fprintf(stderr, "%s: %s as in %s: %s\n", results_shown(s->name),
			results_shown(same->objects), results_shown(same->base),
			results_shown(seen));
	return err ? -EINVAL : 0;
}

static int compare_objects(struct part_context *c, const struct scenario *s,
			   const struct image *image, struct results_doc *doc, char *why,
			   size_t size)
{
	struct results_params params = { .nr = 0 };
	struct results_error err;
	char seen[256];
	int ret = 0;

	for (size_t i = 0; i < s->nr_same && !ret; i++) {
		const struct scenario_same *same = &s->same[i];
		const char *expect = same->differs ? "different*" : "identical";

		ret = compare_with(c, s, image, same, seen, sizeof(seen), why, size);
		if (ret)
			break;
		ret = results_params_set_str(&params, "base", same->base) ?:
		      results_params_set_str(&params, "objects", same->objects) ?:
		      results_doc_add_check(doc, "kernel/objects", &params, expect, seen,
					    !fnmatch(expect, seen, 0), &err);
		results_params_free(&params);
		if (ret)
			snprintf(why, size, "objects of %.100s: %s", same->base, strerror(-ret));
	}
	return ret ?: part_judge_checks(s, NULL, doc, why, size);
}

int part_of_image(struct part_context *c, const struct scenario *s, const struct image *image)
{
	struct results_error err = { .reason = "" };
	struct results_doc *doc = NULL;
	char name[128], why[PART_REASON] = "";
	int ret;

	snprintf(name, sizeof(name), "%s.static", s->name);
	ret = results_doc_new(name, "static", &doc) ?: describe_subject(c, s, image, NULL, doc) ?:
	      describe_environment(s, image, doc);
	if (ret) {
		undescribed(name, ret);
	} else {
		if (image_code_bytes(image, s->arch.format, s->design, doc, &err))
			snprintf(why, sizeof(why), "%s: %s: %s", err.file, err.path, err.reason);
		else
			compare_objects(c, s, image, doc, why, sizeof(why));
		ret = record(c, name, s, doc->nr_measurements ? doc : NULL, why);
	}
	results_doc_free(doc);
	return ret;
}

static int not_run(struct part_context *c, const char *name, enum results_state state,
		   const char *reason)
{
	struct results_error err;
	int ret = results_run_part(c->run, name, NULL, state, reason, &err);

	fprintf(stderr, "%s%s: %s: ", isatty(2) ? "\r\033[K" : "", results_shown(name),
		state == RESULTS_FAILED ? "FAILED" : "skipped");
	results_text_print(stderr, reason);
	fputc('\n', stderr);
	if (ret)
		results_error_print(stderr, &err);
	return ret;
}

int part_skipped(struct part_context *c, const char *name, const char *reason)
{
	return not_run(c, name, RESULTS_SKIPPED, reason);
}

int part_failed(struct part_context *c, const char *name, const char *reason)
{
	c->failed = true;
	return not_run(c, name, RESULTS_FAILED, reason);
}

/*
 * The index in names of the part's scenario; -1: it is none of them. A name with a version may be
 * the beginning of another: the longest counts.
 */
static long rank(const char *part, char *const *names, size_t nr)
{
	size_t n, longest = 0;
	long found = -1;

	for (size_t i = 0; i < nr; i++) {
		n = strlen(names[i]);
		if (n > longest && !strncmp(part, names[i], n) && part[n] == '.') {
			found = i;
			longest = n;
		}
	}
	return found;
}

/* An insertion sort: it is stable, and there are few parts. */
void part_sort(struct part_context *c, char *const *names, size_t nr)
{
	struct results_part *v = c->run->parts, moved;
	size_t at;
	long r;

	for (size_t i = 1; i < c->run->nr_parts; i++) {
		moved = v[i];
		r = rank(moved.name, names, nr);
		for (at = i; at; at--) {
			long before = rank(v[at - 1].name, names, nr);

			if (before < r ||
			    (before == r && (r < 0 || strcmp(v[at - 1].name, moved.name) < 0)))
				break;
			v[at] = v[at - 1];
		}
		v[at] = moved;
	}
}
