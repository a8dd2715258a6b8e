// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer of ptbench-explore documents: one line per model, and per step of a failure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

/* Writes "key": "s", or "key": null for NULL, with nothing after it. */
static void put_text(FILE *f, const char *key, const char *s)
{
	fprintf(f, "\"%s\": ", key);
	if (s)
		results__json_string(f, s);
	else
		fputs("null", f);
}

static const char *boolean(bool b)
{
	return b ? "true" : "false";
}

static void put_step(FILE *f, const struct results_explore_step *s)
{
	fprintf(f, "{\"cpu\": %u, \"context\": \"%s\", ", s->cpu, s->context);
	put_text(f, "task", s->task);
	fputs(", ", f);
	put_text(f, "site", s->site);
	fputs(", ", f);
	put_text(f, "text", s->text);
	fputc('}', f);
}

static void put_failure(FILE *f, const struct results_explore_failure *failure)
{
	fputs("{\n      ", f);
	put_text(f, "invariant", failure->invariant);
	fputs(",\n      ", f);
	put_text(f, "why", failure->why);
	fputs(",\n      ", f);
	put_text(f, "schedule", failure->schedule);
	fprintf(f, ",\n      \"preemptions\": %u, \"nr_steps\": %zu, \"steps\": [",
		failure->preemptions, failure->nr_steps);
	for (size_t i = 0; i < results__explore_kept(failure->nr_steps); i++) {
		fputs(i ? ",\n        " : "\n        ", f);
		put_step(f, &failure->steps[i]);
	}
	fputs("]}", f);
}

static void put_model(FILE *f, const struct results_explore_model *m)
{
	fprintf(f, "{\"mechanism\": \"%s\", \"variant\": \"%s\", \"busted\": %s, ", m->mechanism,
		m->variant, boolean(m->busted));
	put_text(f, "caught_by", m->caught_by);
	if (m->busted_code_said) {
		fputs(", ", f);
		put_text(f, "busted_code", m->busted_code);
	}
	fprintf(f, ", \"mode\": \"%s\", \"method\": \"%s\", \"bound\": %u, \"nr_cpus\": %u, ",
		m->mode, results_explore_method_name(m->method), m->bound, m->nr_cpus);
	fprintf(f, "\"schedules\": %lld, \"steps\": %lld, \"states\": %lld, \"seconds\": ",
		m->schedules, m->steps, m->states);
	results__put_number(f, m->seconds);
	fprintf(f, ", \"complete\": %s, \"verdict\": \"%s\",\n      ", boolean(m->complete),
		results_explore_verdict_name(m->verdict));
	put_text(f, "summary", m->summary);
	fputs(",\n      \"failure\": ", f);
	if (m->failure)
		put_failure(f, m->failure);
	else
		fputs("null", f);
	fputc('}', f);
}

static int put_doc(FILE *f, const struct results_explore *doc, struct results_error *err)
{
	/* Callers can change the structs directly, so everything is checked again. */
	int ret = results__explore_check(doc, err);

	if (ret)
		return ret;
	fprintf(f, "{\n  \"format\": \"%s\",\n  \"version\": %d,\n  \"revision\": \"%s\",\n  ",
		RESULTS_EXPLORE_FORMAT, RESULTS__EXPLORE_VERSION, doc->revision);
	put_text(f, "command", doc->command);
	fprintf(f, ",\n  \"created\": \"%s\",\n  ", doc->created);
	put_text(f, "claim", doc->claim);
	if (doc->stand_in) {
		fputs(",\n  ", f);
		put_text(f, "stand_in", doc->stand_in);
	}
	fprintf(f, ",\n  \"complete\": %s,\n  \"models\": [", boolean(doc->complete));
	for (size_t i = 0; i < doc->nr_models; i++) {
		fputs(i ? ",\n    " : "\n    ", f);
		put_model(f, &doc->models[i]);
	}
	fputs(doc->nr_models ? "\n  ]\n}\n" : "]\n}\n", f);
	return 0;
}

int results_explore_write(const struct results_explore *doc, const char *file,
			  struct results_error *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int ret;

	if (!f)
		return results__error(err, -ENOMEM, file, "", "no memory to write it");
	ret = put_doc(f, doc, err);
	if (ret && err) {
		snprintf(err->file, sizeof(err->file), "%s", file);
		results__error_prefix(err, "$");
	}
	if (fclose(f) && !ret)
		ret = results__error(err, -ENOMEM, file, "", "no memory to write it");
	if (!ret && len > RESULTS_MAX_FILE)
		ret = results__error(
			err, -EFBIG, file, "",
			"would be larger than %lu MiB, which the reader refuses; explore fewer models at a time",
			RESULTS_MAX_FILE >> 20);
	if (!ret)
		ret = results__write_file(file, text, len, err);
	free(text);
	return ret;
}
