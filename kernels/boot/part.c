// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict on a boot: how QEMU ended, what the console says, whether the stream is whole,
 * what its checks saw. The first of these that is wrong is the reason; the document is written
 * all the same when its stream was whole, so that what broke can be read.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../driver/checks.h"
#include "objects.h"
#include "part.h"
#include "../profile/profile.h"
#include "rows.h"
#include "stream.h"

#define REASON 2048

/* ---- the console ---- */

/* Lines of a kernel in trouble. PID 1 and the driver report theirs in the stream. */
static const char *const trouble[] = {
	"Kernel panic", "BUG:", "BUG at", "kernel BUG", "WARNING:", "Oops",
	"general protection fault",
	"Unable to handle", "rcu_sched self-detected stall", "self-detected stall",
	"detected stalls", "soft lockup", "blocked for more than", "Out of memory", "segfault",
};

/* Where it begins in a line. */
static const char *trouble_in(const char *line)
{
	const char *at = NULL;
	size_t i;

	for (i = 0; i < sizeof(trouble) / sizeof(trouble[0]) && !at; i++)
		at = strstr(line, trouble[i]);
	return at;
}

/* Printable ASCII only: a guest neither writes to the user's terminal nor hides a line behind a NUL. */
static void clean(char *line, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			line[i] = ' ';
	while (n && line[n - 1] == ' ')
		line[--n] = '\0';
}

#define TAIL_LINES 12

/* The first line of trouble, "" when there is none, and the last lines. */
static void read_console(const char *file, char bad[256], char *tail, size_t size)
{
	char *line = NULL, last[TAIL_LINES][160] = { "" };
	const char *text, *at;
	size_t used = 0, room = 0;
	FILE *f = fopen(file, "re");
	unsigned n = 0, i;
	ssize_t len;

	bad[0] = tail[0] = '\0';
	while (f && (len = getline(&line, &room, f)) > 0) {
		clean(line, len);
		text = line + strspn(line, " ");
		if (!*text)
			continue;
		at = bad[0] ? NULL : trouble_in(text);
		if (at)
			snprintf(bad, 256, "%.255s", at - text < 200 ? text : at);
		snprintf(last[n++ % TAIL_LINES], sizeof(last[0]), "%.159s", text);
	}
	/* Without it nobody knows whether the kernel was in trouble. */
	if (!f || ferror(f))
		snprintf(bad, 256, "the console's log cannot be read: %.160s", strerror(errno));
	if (f)
		fclose(f);
	free(line);
	for (i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n && used < size; i++)
		used += snprintf(tail + used, size - used, "\n  | %s", last[i % TAIL_LINES]);
}

/* ---- the stream ---- */

static int add_record(const struct scenario *s, const struct qemu_boot *b,
		      const struct stream_record *r, struct results_doc *doc,
		      struct results_error *err)
{
	const char *expect;
	struct results_measurement m = {
		.case_id = (char *)r->id,
		.params = r->params,
		.subject = r->subject,
		.metric = (struct results_metric *)r->metric,
		.nr_ops = r->nr_ops,
		.samples = r->samples,
		.nr_samples = r->nr_samples,
		.discarded = r->discarded,
	};
	bool ok;

	switch (r->type) {
	case STREAM_SKIP:
		return results_doc_add_skipped(doc, r->id, &r->params, r->subject, r->text, err);
	case STREAM_CHECK:
		ok = scenario_judge_by(s, results_pairs_get(&doc->environment, "compiler"), r->id,
				       &r->params, r->text, &expect);
		return results_doc_add_check(doc, r->id, &r->params, expect, r->text, ok, err);
	default:
		/* Nanoseconds vary with the machine wherever they were measured. */
		m.kind = b->mode == QEMU_ICOUNT && strcmp(r->metric->unit, "ns") ?
				 RESULTS_EXACT : RESULTS_SAMPLED;
		return results_doc_add(doc, &m, err);
	}
}

/* b: NULL for what no boot has checked. */
static int judge_checks(const struct scenario *s, const struct qemu_boot *b,
			const struct results_doc *doc, char *why, size_t size)
{
	const struct scenario_expect *unmet;

	if (results_checks_failed_text(doc, why, size))
		return -EINVAL;
	unmet = b && b->rows.whole ? scenario_missing(s, doc, b->events) : scenario_unmet(s, doc);
	if (unmet) {
		snprintf(why, size, "%s: no check of %s came out as '%s'", unmet->where, unmet->id,
			 unmet->seen);
		return -EINVAL;
	}
	return 0;
}

/* Nothing is skipped but for reasons that somebody has thought of. */
static int judge_skips(const struct qemu_boot *b, const struct scenario *s,
		       const struct stream *stream, char *why, size_t size)
{
	const struct stream_record *r;
	char *params;
	size_t i;

	for (i = 0; i < stream->nr; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_SKIP || rows_lacks(&b->rows, r) ||
		    scenario_may_skip(s, r->id, &r->params, r->subject, r->text))
			continue;
		params = results_params_text(&r->params);
		snprintf(why, size, "%s {%s} was skipped: '%s'; no %s line of the scenario, of "
			 "kernels/arch/%s.expect or of kernels/common.expect says that it may be", r->id,
			 params ? params : "", r->text,
			 r->subject == RESULTS_REF ? "skip-ref" : "skip", s->arch.name);
		free(params);
		return -EINVAL;
	}
	return 0;
}

/* Was any of the kernel's rows measured that are of this one's family, or may all be skipped? */
static bool family_is_shown(const struct qemu_boot *b, const struct scenario *s,
			    const struct stream *stream, const struct stream_record *of)
{
	const size_t family = strcspn(of->id, "/") + 1;
	const struct stream_record *r;

	for (r = stream->records; r < stream->records + stream->nr; r++) {
		if (r->type == STREAM_CHECK || r->subject != RESULTS_KERNEL || rows_lacks(&b->rows, r) ||
		    strncmp(r->id, of->id, family))
			continue;
		if (r->type == STREAM_MEASUREMENT || scenario_may_skip_family(s, r->id, r->text))
			return true;
	}
	return false;
}

/*
 * Each skipped row has its reason, and all of a family's have to have one that is meant so. There are as
 * few rows here as the kernel's tables have.
 */
static int judge_families(const struct qemu_boot *b, const struct scenario *s,
			  const struct stream *stream, char *why, size_t size)
{
	const struct stream_record *r;
	size_t i;

	for (i = 0; i < stream->nr && b->rows.whole; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_SKIP || r->subject != RESULTS_KERNEL || rows_lacks(&b->rows, r) ||
		    family_is_shown(b, s, stream, r))
			continue;
		snprintf(why, size, "every row of the kernel's of the family %.*s was skipped, first %s: "
			 "'%s'; no skip-family line of the scenario or of kernels/arch/%s.expect says "
			 "that none has to be measured", (int)strcspn(r->id, "/"), r->id, r->id, r->text,
			 s->arch.name);
		return -EINVAL;
	}
	return 0;
}

/* A check that no boot of this kind makes would be judged by no rule but "right". */
static int judge_ids(const struct qemu_boot *b, const struct stream *stream, char *why, size_t size)
{
	const unsigned boot = b->events ? PTB_CHECK_EVENTS : PTB_CHECK_COSTS;
	const struct stream_record *r;
	size_t i;

	for (i = 0; i < stream->nr; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_CHECK || scenario_check_boots(r->id) & boot)
			continue;
		snprintf(why, size, "%s is no check of a boot of %s; kernels/driver/checks.h lists them",
			 r->id, b->events ? "events" : "costs");
		return -EINVAL;
	}
	return 0;
}

/* A boot that has nothing to show has shown nothing. */
static int judge_rows(const struct qemu_boot *b, const struct scenario *s,
		      const struct stream *stream, char *why, size_t size)
{
	size_t i, measured = 0, checked = 0;

	for (i = 0; i < stream->nr; i++) {
		measured += stream->records[i].type == STREAM_MEASUREMENT &&
			    (b->profile || stream->records[i].subject == RESULTS_KERNEL);
		checked += stream->records[i].type == STREAM_CHECK;
	}
	if (!measured && b->profile) {
		snprintf(why, size, "no row that is measured is of this case with these params; ptbench "
			 "show prints a run's rows");
		return -EINVAL;
	}
	if (!measured && (b->rows.whole || !checked)) {
		snprintf(why, size, "the guest measured nothing of the kernel: %zu records, %zu of them "
			 "checks", stream->nr, checked);
		return -EINVAL;
	}
	return judge_ids(b, stream, why, size) ?: judge_skips(b, s, stream, why, size) ?:
	       rows_judge(&b->rows, stream, why, size) ?:
	       judge_families(b, s, stream, why, size);
}

static int fill(const struct qemu_boot *b, const struct scenario *s, const struct stream *stream,
		struct results_doc *doc, char *why, size_t size)
{
	struct results_error err;
	size_t i;

	if (strcmp(stream->boot, b->events ? "events" : "costs")) {
		snprintf(why, size, "the guest ran the boot '%s'", stream->boot);
		return -EINVAL;
	}
	for (i = 0; i < stream->nr; i++) {
		if (add_record(s, b, &stream->records[i], doc, &err)) {
			snprintf(why, size, "record %zu of the stream: %s", i + 1, err.reason);
			return -EINVAL;
		}
	}
	if (stream->failed[0]) {
		snprintf(why, size, "the guest says: %s", stream->failed);
		return -EINVAL;
	}
	if (judge_rows(b, s, stream, why, size))
		return -EINVAL;
	if (b->profile)
		return profile_apply(b->profile, doc, why);
	return judge_checks(s, b, doc, why, size);
}

int part_judge(const struct qemu_boot *b, const struct scenario *s, struct results_doc *doc,
	       char *why, size_t size)
{
	char bad[256], tail[REASON], text[REASON] = "", stream_why[STREAM_WHY];
	bool broke = true; /* rather than ran to its end with a wrong outcome */
	struct stream stream;
	int ret;

	read_console(b->console, bad, tail, sizeof(tail));
	if (b->why[0] || bad[0])
		snprintf(text, sizeof(text), "%s%s%s", b->why, b->why[0] && bad[0] ? "; " : "",
			 bad);
	ret = stream_read(b->stream, &stream, stream_why);
	if (ret) {
		if (!text[0])
			snprintf(text, sizeof(text), "the data line: %s", stream_why);
	} else {
		char filled[REASON] = "";

		ret = fill(b, s, &stream, doc, filled, sizeof(filled));
		if (!text[0]) {
			memcpy(text, filled, sizeof(text));
			broke = stream.failed[0];
		}
		stream_free(&stream);
	}
	why[0] = '\0';
	if (text[0])
		snprintf(why, size, "%s%s%s", text, broke ? "; the console ends:" : "",
			 broke ? tail : "");
	return text[0] ? -EINVAL : ret;
}

/* ---- documents ---- */

void part_name(const struct qemu_boot *b, char *to)
{
	snprintf(to, 128, "%s.%s-%dcpu", b->scenario->name, b->mode == QEMU_KVM ? "kvm" : "icount",
		 b->events ? 2 : 1);
}

/* A row that is measured cannot be skipped as well, so that what no row has is said here. */
static int describe_profile(const struct scenario *s, struct results_doc *doc)
{
	char *unknown = profile_irqs_unknown(s->arch.irqs);
	int ret = unknown ? results_pairs_setf(&doc->subject, "not_measured",
					       "irqs_off_instructions: %s", unknown) : 0;

	free(unknown);
	return ret;
}

static int set_if(struct results_pairs *p, const char *key, const char *value)
{
	return value ? results_pairs_set(p, key, results_shown(value)) : 0;
}

static int describe_subject(const struct part_context *c, const struct scenario *s,
			    const struct image *image, struct results_doc *doc)
{
	static const char *const keys[] = { "release", "source", "source_sha256", "patch", "config",
					    "config_sha256", "driver_sha256", "image_sha256" };
	const char *const run[] = { "ptbench", "kernels", "run", s->name };
	const char *const profile[] = { "ptbench", "kernels", "profile", "--case", c->profile, s->name };
	const char *value;
	size_t i;
	int ret;

	ret = results_pairs_set(&doc->subject, "scenario", s->name) ?:
	      results_pairs_set(&doc->subject, "title", s->title) ?:
	      set_if(&doc->subject, "build_folder", c->build) ?:
	      results_pairs_set(&doc->subject, "suite", c->revision);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && !ret; i++) {
		value = results_pairs_get(&image->info, keys[i]);
		if (value)
			ret = results_pairs_set(&doc->subject, keys[i], value);
	}
	if (!ret && c->profile)
		ret = describe_profile(s, doc);
	free(doc->command);
	doc->command = c->profile ? results_shell_words(6, profile) : results_shell_words(4, run);
	return doc->command ? ret : -ENOMEM;
}

static int describe_environment(const struct scenario *s, const struct image *image,
				struct results_doc *doc)
{
	const char *compiler = results_pairs_get(&image->info, "compiler");

	return results_pairs_set(&doc->environment, "arch", s->arch.name) ?:
	       results_pairs_set(&doc->environment, "compiler", compiler ? compiler : "unknown");
}

/*
 * What a wrong walk finds on its stack is laid out by the compiler. A rule that holds for another
 * one's layout is not judged by this one's, and that is said: on the terminal and in the document.
 */
static int describe_layout(const struct qemu_boot *b, const char *part, struct results_doc *doc)
{
	const struct scenario_expect *e = scenario_not_judged(b->scenario, doc, b->events);
	const char *compiler = results_pairs_get(&doc->environment, "compiler");

	if (!e)
		return 0;
	fprintf(stderr, "%s%s: not judged: %s: %s comes out as '%s' with the stack layout of %s; this "
		"kernel was compiled by %s\n", isatty(2) ? "\r\033[K" : "", results_shown(part),
		results_shown(e->where), results_shown(e->id), results_shown(e->seen),
		results_shown(b->scenario->layout), compiler ? results_shown(compiler) : "unknown");
	return results_pairs_setf(&doc->subject, "not_judged",
				  "%s comes out as '%s' with the stack layout of %s", e->id, e->seen,
				  b->scenario->layout);
}

static int describe_boot(const struct qemu_boot *b, struct results_doc *doc)
{
	char *options = qemu_options(b), *words = qemu_command_line(b);
	int ret = options && words ? 0 : -ENOMEM;

	/* A key that other runs lack: compare does not take a stand-in for QEMU. */
	ret = ret ?: set_if(&doc->environment, "qemu_stand_in", qemu_stand_in()) ?:
	      results_pairs_set(&doc->environment, "cpus", b->events ? "2" : "1") ?:
	      results_pairs_set(&doc->environment, "memory", b->scenario->arch.memory) ?:
	      results_pairs_set(&doc->environment, "qemu", b->qemu_version) ?:
	      results_pairs_set(&doc->environment, "qemu_options", options) ?:
	      results_pairs_set(&doc->subject, "command_line", words);
	free(options);
	free(words);
	return ret;
}

static int record(struct part_context *c, const char *name, const struct scenario *s,
		  struct results_doc *doc, const char *why)
{
	char file[160], path[4400];
	struct results_error err = { .reason = "" };
	char unwritten[REASON];
	int ret = 0;

	snprintf(file, sizeof(file), "%s.json", name);
	snprintf(path, sizeof(path), "%s/%s", c->run->dir, file);
	if (doc)
		ret = part_add_axes(s, doc, &err) ?: results_doc_write(doc, path, &err);
	if (ret == -EINVAL) { /* a row that no document may have: the part failed, and has none */
		results_error_print(stderr, &err);
		snprintf(unwritten, sizeof(unwritten), "its document cannot be written: %.300s: %.400s",
			 err.path, err.reason);
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

/* Values that results refuse, such as a compiler's name in another encoding. */
static int undescribed(const char *name, int err)
{
	fprintf(stderr, "ptbench kernels: %s: a document cannot hold what is known of its image: %s; is "
			"that UTF-8?\n", results_shown(name), strerror(-err));
	return err;
}

int part_of_boot(struct part_context *c, const struct qemu_boot *b, const struct image *image)
{
	const struct scenario *s = b->scenario;
	struct results_doc *doc = NULL;
	char name[128], why[2 * REASON] = "";
	int ret;

	part_name(b, name);
	ret = results_doc_new(name, b->mode == QEMU_KVM ? "kvm" : "icount", &doc) ?:
	      describe_subject(c, s, image, doc) ?: describe_environment(s, image, doc) ?:
	      describe_boot(b, doc);
	if (ret) {
		undescribed(name, ret);
	} else {
		part_judge(b, s, doc, why, sizeof(why));
		if (!why[0])
			ret = describe_layout(b, name, doc);
	}
	if (!ret) {
		/* An empty document says nothing that the reason does not. */
		ret = record(c, name, s, doc->nr_measurements ? doc : NULL, why);
		c->booted = c->booted || (!ret && !why[0]);
	}
	/* kernels/build may have left a line that counts objects. */
	fprintf(stderr, "%s[%zu/%zu] %s: %s, %.1f s%s", isatty(2) ? "\r\033[K" : "",
		++c->nr_ended, c->nr_boots, results_shown(name), why[0] ? "FAILED" : "passed",
		b->seconds, why[0] ? ": " : "");
	results_text_print(stderr, why);
	fputc('\n', stderr);
	results_doc_free(doc);
	return ret;
}

/* The image of another scenario, built if it has to be: what it was compiled to. */
static int compare_with(struct part_context *c, const struct scenario *s, const struct image *image,
			const struct scenario_same *same, char *seen, size_t seen_size, char *why,
			size_t size)
{
	struct image base;
	int ret = image_build(c->root, c->ksrc, &same->base, 1, &base, c->stopped);

	if (ret || !base.folder)
		snprintf(why, size, "what it is compared with was not built: kernels/build %.100s",
			 same->base);
	else
		ret = objects_compare(image->folder, base.folder, same->objects, seen, seen_size,
					why, size);
	ret = ret || !base.folder;
	image_free(&base, 1);
	if (!ret)
		fprintf(stderr, "%s: %s as in %s: %s\n", results_shown(s->name),
			results_shown(same->objects), results_shown(same->base), results_shown(seen));
	return ret ? -EINVAL : 0;
}

static int compare_objects(struct part_context *c, const struct scenario *s,
			   const struct image *image, struct results_doc *doc, char *why, size_t size)
{
	struct results_params params = { .nr = 0 };
	struct results_error err;
	char seen[256];
	size_t i;
	int ret = 0;

	for (i = 0; i < s->nr_same && !ret; i++) {
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
	return ret ?: judge_checks(s, NULL, doc, why, size);
}

int part_of_image(struct part_context *c, const struct scenario *s, const struct image *image)
{
	struct results_error err = { .reason = "" };
	struct results_doc *doc = NULL;
	char name[128], why[REASON] = "";
	int ret;

	snprintf(name, sizeof(name), "%s.static", s->name);
	ret = results_doc_new(name, "static", &doc) ?: describe_subject(c, s, image, doc) ?:
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

/* Which of the scenarios it is of; -1: none. */
static long rank(const char *part, char *const *names, size_t nr)
{
	size_t i, n;

	for (i = 0; i < nr; i++) {
		n = strlen(names[i]);
		if (!strncmp(part, names[i], n) && part[n] == '.')
			return i;
	}
	return -1;
}

/* Insertion: others keep their order, and there are few. */
void part_sort(struct part_context *c, char *const *names, size_t nr)
{
	struct results_part *v = c->run->parts, moved;
	size_t i, at;
	long r;

	for (i = 1; i < c->run->nr_parts; i++) {
		moved = v[i];
		r = rank(moved.name, names, nr);
		for (at = i; at; at--) {
			long before = rank(v[at - 1].name, names, nr);

			if (before < r || (before == r && (r < 0 || strcmp(v[at - 1].name, moved.name) < 0)))
				break;
			v[at] = v[at - 1];
		}
		v[at] = moved;
	}
}
