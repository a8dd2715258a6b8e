// SPDX-License-Identifier: GPL-2.0-or-later
/* The part ref.static: code sizes of the walkers, and which designs are the same code. */

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/gup.h>
#include <results/results.h>

#include "cases.h"
#include "code_bytes.h"
#include "environment.h"
#include "vocabulary.h"

static const char *archive_beside_us(char *buf, size_t size)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return "libref.a";
	exe[len] = '\0';
	snprintf(buf, size, "%s/libref.a", dirname(exe));
	return buf;
}

static int read_all(const char *archive, struct code **codes)
{
	for (size_t i = 0; i < gup_nr_walkers(); i++) {
		const char *symbol = gup_walker_at(i)->symbol;
		int err = code_read(archive, symbol, &codes[i]);

		if (!err)
			continue;
		fprintf(stderr,
			"bench: %s: %s: %s; the walkers' code is measured there, build it "
			"with make\n",
			results_shown(archive), symbol, strerror(-err));
		return err;
	}
	return 0;
}

static int add_size(struct results_doc *doc, const struct gup_walker *walker,
		    const struct code *code, struct results_error *err)
{
	double size = code_size(code);
	struct results_measurement m = {
		.case_id = (char *)"gup_fast/walk",
		.subject = RESULTS_REF,
		.metric = results_metric_find("code_bytes"),
		.kind = RESULTS_EXACT,
		.nr_ops = 1,
		.samples = &size,
		.nr_samples = 1,
	};
	int ret = results_params_set_str(&m.params, "format", walker->format);

	if (!ret)
		ret = results_params_set_str(&m.params, "design", walker->design);
	if (!ret)
		ret = results_doc_add(doc, &m, err);
	results_params_free(&m.params);
	return ret;
}

struct pair {
	const struct gup_walker *a, *b;
	const struct code *code_a, *code_b;
};

/* Does gup_fast/walk measure the format? The report compares the designs of those. */
static bool is_measured(const char *format)
{
	for (const struct bench_axis *axis = bench_gup_fast_walk.axes; axis->key; axis++)
		for (size_t i = 0; !strcmp(axis->key, "format") && axis->strs[i]; i++)
			if (!strcmp(axis->strs[i], format))
				return true;
	return false;
}

static int pair_params(const struct pair *pair, struct results_params *params)
{
	return results_params_set_str(params, "format", pair->a->format) ?:
	       results_params_set_str(params, "a", pair->a->design) ?:
	       results_params_set_str(params, "b", pair->b->design);
}

/* Adds a check; if the outcome is up to the compiler, a row that records it instead. */
static int add_identity(struct results_doc *doc, const struct pair *pair, bool *failed,
			struct results_error *err)
{
	const char *compiler = results_pairs_get(&doc->environment, "compiler");
	struct code_verdict v = code_judge(gup_designs_differ(pair->a, pair->b), pair->code_a,
					   pair->code_b, compiler, is_measured(pair->a->format));
	struct results_params params = { 0 };
	char why[512];
	int ret = pair_params(pair, &params);

	snprintf(why, sizeof(why),
		 "%.200s compiles the two to %zu and %zu bytes, though they do the "
		 "same here",
		 compiler, code_size(pair->code_a), code_size(pair->code_b));
	if (!ret && v.outcome == CODE_UP_TO_COMPILER)
		ret = results_doc_add_skipped(doc, "gup_fast/identical", &params, RESULTS_REF, why,
					      err);
	else if (!ret)
		ret = results_doc_add_check(doc, "gup_fast/identical", &params, v.expect, v.seen,
					    v.outcome == CODE_AS_EXPECTED, err);
	results_params_free(&params);
	if (v.outcome == CODE_UNEXPECTED) {
		fprintf(stderr,
			"bench: gup_fast/identical %s: the code of %s and %s is %s, expected "
			"%s (%s)\n",
			pair->a->format, pair->a->design, pair->b->design, v.seen, v.expect,
			compiler);
		*failed = true;
	}
	return ret;
}

static int add_all(struct results_doc *doc, struct code **codes, bool *failed,
		   struct results_error *err)
{
	size_t nr = gup_nr_walkers();
	int ret = 0;

	for (size_t i = 0; i < nr && !ret; i++)
		ret = add_size(doc, gup_walker_at(i), codes[i], err);
	for (size_t i = 0; i < nr; i++)
		for (size_t j = i + 1; j < nr && !ret; j++)
			if (!strcmp(gup_walker_at(i)->format, gup_walker_at(j)->format)) {
				struct pair pair = { gup_walker_at(i), gup_walker_at(j), codes[i],
						     codes[j] };

				ret = add_identity(doc, &pair, failed, err);
			}
	return ret;
}

/* Architecture and compiler come from the archive, which may be another architecture's. */
static int new_doc(const char *archive, struct results_doc **out)
{
	char arch[32], compiler[128], part[64] = "ref.static";
	int err = code_origin(archive, arch, sizeof(arch), compiler, sizeof(compiler));

	if (err)
		return err;
	if (strcmp(arch, bench_arch()))
		snprintf(part, sizeof(part), "ref.static-%s", arch);
	err = results_doc_new(part, "static", out);
	if (!err)
		err = results_pairs_set(&(*out)->environment, "arch", arch);
	if (!err)
		err = results_pairs_set(&(*out)->environment, "compiler",
					compiler[0] ? compiler : "unsigned");
	return err;
}

static int write_doc(const char *archive, struct code **codes, const char *out, const char *command,
		     bool *failed)
{
	struct results_error err = { 0 };
	struct results_doc *doc = NULL;
	int ret = new_doc(archive, &doc);

	if (!ret) {
		doc->command = strdup(command);
		ret = doc->command ? 0 : -ENOMEM;
	}
	if (!ret)
		ret = bench_subject_pairs(&doc->subject);
	if (!ret)
		ret = bench_add_axes(doc, &err);
	if (!ret)
		ret = add_all(doc, codes, failed, &err);
	if (!ret)
		ret = results_doc_write(doc, out, &err);
	if (ret && err.reason[0])
		results_error_print(stderr, &err);
	else if (ret)
		fprintf(stderr, "bench: %s: %s\n", results_shown(out), strerror(-ret));
	results_doc_free(doc);
	return ret;
}

int code_bytes_part(const char *out, const char *archive, const char *command)
{
	struct code **codes = calloc(gup_nr_walkers(), sizeof(*codes));
	char path[PATH_MAX + 16];
	bool failed = false;
	int err;

	if (!codes)
		return EXIT_PART_FAILED;
	if (!archive)
		archive = archive_beside_us(path, sizeof(path));
	err = read_all(archive, codes);
	if (!err)
		err = write_doc(archive, codes, out, command, &failed);
	for (size_t i = 0; i < gup_nr_walkers(); i++)
		code_free(codes[i]);
	free(codes);
	return err || failed ? EXIT_PART_FAILED : 0;
}
