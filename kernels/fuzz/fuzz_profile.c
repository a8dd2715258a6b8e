// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the reader of the file that QEMU's plugin writes. Sections: its lines; the driver's rows,
 * "METRIC SAMPLE...". Breakdowns must add up, and the document must be writable and readable.
 *
 * Covers: kernels/profile/read.c kernels/profile/print.c
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../results/fuzz/fuzz.h"
#include "../profile/profile.h"

/* For the mutator: corrects the last line, "end LINES", without which every input is refused. */
static size_t fix_end(uint8_t *data, size_t size, size_t max)
{
	char end[32];
	size_t lines = 0, n;

	for (size_t i = 0; i < size; i++) {
		if ((!i || data[i - 1] == '\n') && size - i >= 4 && !memcmp(data + i, "end ", 4)) {
			size = i;
			break;
		}
		lines += data[i] == '\n';
	}
	n = snprintf(end, sizeof(end), "end %zu\n", lines);
	if (size + n > max)
		return size;
	memcpy(data + size, end, n);
	return size + n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	return fuzz_mutate_section(data, size, max, seed, NULL, fix_end);
}

/* Adds the row of a line "METRIC SAMPLE..."; false: it is no such line. */
static bool add_row(struct results_doc *doc, char *line)
{
	char *save, *word = strtok_r(line, " ", &save);
	double samples[64];
	struct results_measurement m = {
		.case_id = "gup_fast/walk",
		.subject = RESULTS_KERNEL,
		.kind = RESULTS_EXACT,
		.nr_ops = 1,
		.samples = samples,
	};
	bool added = false;

	m.metric = word ? results_metric_find(word) : NULL;
	while (m.metric && m.nr_samples < 64 && (word = strtok_r(NULL, " ", &save)))
		samples[m.nr_samples++] = strtod(word, NULL);
	/* Deferred instructions belong to the row before. */
	results_params_set_int(&m.params, "row",
			       doc->nr_measurements + 1 -
				       (m.metric && strchr(m.metric->name, '_')));
	if (m.metric)
		added = !results_doc_add(doc, &m, NULL);
	results_params_free(&m.params);
	return added;
}

static struct results_doc *rows_of(const struct fuzz_section *s)
{
	char *text = strndup((const char *)s->data, s->size), *save;
	struct results_doc *doc;

	if (!text || results_doc_new("s.icount-1cpu", "icount", &doc))
		fuzz_fail("no memory");
	doc->command = strdup("ptbench kernels profile s");
	for (char *line = strtok_r(text, "\n", &save); line && doc->nr_measurements < 64;
	     line = strtok_r(NULL, "\n", &save))
		add_row(doc, line);
	free(text);
	return doc;
}

static void check(const struct results_doc *doc, size_t nr)
{
	char *path = fuzz_path("doc.json");
	struct results_doc kept = *doc;
	struct results_error err = { .reason = "" };
	struct results_doc *again;

	for (size_t i = 0; i < nr; i++) {
		const struct results_measurement *m = &doc->measurements[i];
		struct results_stat stat;
		long long sum = 0;

		for (size_t k = 0; k < m->nr_breakdown; k++)
			sum += m->breakdown[k].instructions;
		results_stat(m, &stat);
		if (!strncmp(m->metric->name, "instructions", 12) && m->nr_breakdown &&
		    sum != (long long)(stat.value * m->nr_ops))
			fuzz_fail("row %zu: the breakdown adds up to %lld, not %.0f", i, sum,
				  stat.value * m->nr_ops);
	}
	kept.version = 1; /* version 1 needs no axes: params are whatever the input has */
	if (results_doc_write(&kept, path, &err) || results_doc_read(path, &again, &err))
		fuzz_fail("the document that was profiled: %s: %s", err.path, err.reason);
	results_doc_free(again);
	profile_print(fuzz_null(), doc, NULL);
	profile_print(fuzz_null(), doc, doc);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	char *path = fuzz_path("profile"), why[PROFILE_WHY] = "";
	struct results_doc *doc;
	size_t nr;
	int err;

	fuzz_sections(data, size, v);
	doc = rows_of(&v[1]);
	nr = doc->nr_measurements;
	fuzz_put("profile", v[0].data, v[0].size);
	err = profile_apply(path, doc, true, why);
	if (!err && nr) {
		fuzz_accepted++;
		check(doc, nr);
	}
	if (err && !why[0])
		fuzz_fail("refused with %d, and it is not said why", err);
	results_doc_free(doc);
	free(path);
	return 0;
}
