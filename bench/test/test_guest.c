// SPDX-License-Identifier: GPL-2.0-or-later
/* The guests' runner, run here with --time: its records are well formed and name every row. */

#include <array_size.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <results/metrics.h>
#include <results/record.h>

#include "../../scripts/tap.h"
#include "../cases.h"

static char program[PATH_MAX + 32];

struct stream {
	char *bytes;
	size_t size;
	int status;
};

/* Runs the program with these arguments and reads all it writes on stdout. */
static struct stream run(const char *args)
{
	char command[PATH_MAX + 128];
	struct stream s = { 0 };
	FILE *f;
	size_t n;

	snprintf(command, sizeof(command), "'%s' %s 2>/dev/null", program, args);
	f = popen(command, "r");
	do {
		s.bytes = realloc(s.bytes, s.size + 65536);
		n = f && s.bytes ? fread(s.bytes + s.size, 1, 65536, f) : 0;
		s.size += n;
	} while (n);
	s.status = f ? WEXITSTATUS(pclose(f)) : -1;
	return s;
}

static const struct ptb_record *record_at(const struct stream *s, size_t at)
{
	const struct ptb_record *r = (const void *)(s->bytes + at);

	if (s->size - at < sizeof(*r) || r->magic != PTB_RECORD_MAGIC || r->size > s->size - at ||
	    r->size != sizeof(*r) + 8ul * r->nr_samples)
		return NULL;
	return r;
}

static bool terminated(const struct ptb_record *r)
{
	return memchr(r->case_id, 0, sizeof(r->case_id)) &&
	       memchr(r->params, 0, sizeof(r->params)) && memchr(r->metric, 0, sizeof(r->metric)) &&
	       memchr(r->text, 0, sizeof(r->text));
}

static bool measurement_fine(const struct ptb_record *r)
{
	if (r->type != PTB_RECORD_MEASUREMENT)
		return true;
	return r->nr_samples >= 31 && r->nr_samples <= PTB_RECORD_MAX_SAMPLES && r->nr_ops >= 1 &&
	       !strcmp(r->metric, "time");
}

static bool skip_fine(const struct ptb_record *r)
{
	return r->type != PTB_RECORD_SKIPPED || (r->text[0] && !r->metric[0] && !r->nr_samples);
}

struct counts {
	size_t records, measured, skipped, ends;
	bool bad, other_format;
};

static struct counts look(const struct stream *s, const char *format)
{
	struct counts c = { 0 };
	const struct ptb_record *r;

	for (size_t at = 0; at < s->size && !c.bad; at += r->size) {
		r = record_at(s, at);
		if (!r || !terminated(r) || !measurement_fine(r) || !skip_fine(r)) {
			c.bad = true;
			break;
		}
		c.measured += r->type == PTB_RECORD_MEASUREMENT;
		c.skipped += r->type == PTB_RECORD_SKIPPED;
		c.other_format |= format && strstr(r->params, "format=") &&
				  !strstr(r->params, format);
		if (r->type == PTB_RECORD_END)
			c.ends += r->nr_ops == c.records && at + r->size == s->size;
		c.records++;
	}
	return c;
}

/* ---- every row of the table is in the stream, measured or with its reason ---- */

struct search {
	const struct stream *s;
	size_t missing;
};

static bool covers(const struct ptb_record *r, const char *id, const char *params)
{
	/* A case none of whose rows can run is one record, without parameters. */
	return !strcmp(r->case_id, id) &&
	       (!strcmp(r->params, params) || (r->type == PTB_RECORD_SKIPPED && !r->params[0]));
}

static int look_for(struct bench_state *s, void *arg)
{
	struct search *search = arg;
	const struct ptb_record *r;
	char params[256], id[64];

	bench_params_text(s, params, sizeof(params));
	snprintf(id, sizeof(id), "%s/%s", s->c->family, s->c->name);
	for (size_t at = 0; at < search->s->size; at += r->size) {
		r = record_at(search->s, at);
		if (!r || r->type == PTB_RECORD_END)
			break;
		if (covers(r, id, params))
			return 0;
	}
	diag("missing: %s %s", id, params);
	search->missing++;
	return 0;
}

static void test_whole_table(void)
{
	struct stream s = run("--time");
	struct counts c = look(&s, NULL);
	struct search search = { .s = &s };

	ok(!s.status, "runs");
	ok(!c.bad, "every record is well formed");
	ok(c.ends == 1, "the last one says how many came before");
	ok(c.measured > 100 && c.skipped > 5, "%zu rows measured, %zu skipped", c.measured,
	   c.skipped);
	for (size_t i = 0; bench_table[i] && !c.bad; i++)
		bench_for_each_instance(bench_table[i], look_for, &search);
	ok(!search.missing, "no row of the table is missing");
	/* The check above fails on a stream that lacks a record. */
	s.size -= sizeof(struct ptb_record);
	ok(!look(&s, NULL).ends, "a stream without its end is noticed");
	s.size -= 4;
	ok(look(&s, NULL).bad, "and one that is cut off");
	free(s.bytes);
}

static void test_selection(void)
{
	struct stream s = run("--time --format s390x --levels 3,4");
	struct counts c = look(&s, "format=s390x"), fewer;

	ok(!s.status && !c.bad && c.ends == 1 && c.measured > 50, "one format, two of its depths");
	ok(!c.other_format, "and no other");
	free(s.bytes);
	s = run("--time --format s390x --levels 3");
	fewer = look(&s, "format=s390x");
	ok(!s.status && fewer.measured < c.measured, "one depth is fewer rows");
	free(s.bytes);
}

static void test_usage(void)
{
	static const char *const wrong[] = { "--time --format pdp11", "--levels x", "--levels ''",
					     "--time more", "--nonsense" };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct stream s = run(wrong[i]);

		ok(s.status == 2 && !s.size, "%s is refused", wrong[i]);
		free(s.bytes);
	}
}

/* No clock of a real machine counts instructions: the runner has to refuse to measure. */
static void test_calibration(void)
{
	struct stream s = run("");

	ok(s.status == 4 && !s.size, "without --time and without icount the calibration fails");
	free(s.bytes);
}

int main(int argc, char **argv)
{
	char *self = realpath(argv[0], NULL);

	snprintf(program, sizeof(program), "%s/bench_guest", self ? dirname(self) : ".");
	free(self);
	test_whole_table();
	test_selection();
	test_usage();
	test_calibration();
	return tap_done();
}
