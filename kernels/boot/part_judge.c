// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict on a boot, by QEMU's end, the console, the stream, and the outcome of its checks.
 * The first of these that is wrong is the reason. The document is filled from a whole stream even
 * if the boot failed: its rows help to find the cause.
 */
#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../driver/checks.h"
#include "../profile/profile.h"
#include "part.h"
#include "rows.h"
#include "stream.h"

/* ---- the console ---- */

/* Lines of a kernel in trouble. PID 1 and the driver report their failures in the stream. */
static const char *const trouble[] = {
	"Kernel panic",
	"BUG:",
	"BUG at",
	"kernel BUG",
	"WARNING:",
	"Oops",
	"general protection fault",
	"Unable to handle",
	"rcu_sched self-detected stall",
	"self-detected stall",
	"detected stalls",
	"soft lockup",
	"blocked for more than",
	"Out of memory",
	"segfault",
};

/* The beginning of a line's trouble, or NULL. */
static const char *trouble_in(const char *line)
{
	const char *at = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(trouble) && !at; i++)
		at = strstr(line, trouble[i]);
	return at;
}

/* Printable ASCII only: a guest neither writes to the user's terminal nor hides a line behind a
 * NUL. */
static void clean(char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			line[i] = ' ';
	while (n && line[n - 1] == ' ')
		line[--n] = '\0';
}

#define TAIL_LINES 12

/* The first line of trouble, the driver's last one, and the last lines; "": there is none. */
static void read_console(const char *file, char bad[256], char said[160], char *tail, size_t size)
{
	static const char driver[] = "ptbench: ";
	char *line = NULL, last[TAIL_LINES][160] = { "" };
	const char *text, *at;
	size_t used = 0, room = 0;
	FILE *f = fopen(file, "re");
	unsigned n = 0;
	ssize_t len;

	bad[0] = said[0] = tail[0] = '\0';
	while (f && (len = getline(&line, &room, f)) > 0) {
		clean(line, len);
		text = line + strspn(line, " ");
		if (!*text)
			continue;
		at = bad[0] ? NULL : trouble_in(text);
		if (at)
			snprintf(bad, 256, "%.255s", at - text < 200 ? text : at);
		if (!strncmp(text, driver, sizeof(driver) - 1))
			snprintf(said, 160, "%.159s", text + sizeof(driver) - 1);
		snprintf(last[n++ % TAIL_LINES], sizeof(last[0]), "%.159s", text);
	}
	/* Without the console's log, trouble of the kernel would go unseen. */
	if (!f || ferror(f))
		snprintf(bad, 256, "the console's log cannot be read: %.160s", strerror(errno));
	if (f)
		fclose(f);
	free(line);
	for (unsigned i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n && used < size; i++)
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
		/* Times vary with the machine, under icount as well. */
		m.kind = b->mode == QEMU_ICOUNT && strcmp(r->metric->unit, "ns") ? RESULTS_EXACT
										 : RESULTS_SAMPLED;
		return results_doc_add(doc, &m, err);
	}
}

int part_judge_checks(const struct scenario *s, const struct qemu_boot *b,
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

/* Refuses a skipped row whose reason no skip rule allows. */
static int judge_skips(const struct qemu_boot *b, const struct scenario *s,
		       const struct stream *stream, char *why, size_t size)
{
	const struct stream_record *r;
	char *params;

	for (size_t i = 0; i < stream->nr; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_SKIP || rows_lacks(&b->rows, r) ||
		    scenario_may_skip(s, r->id, &r->params, r->subject, r->text))
			continue;
		params = results_params_text(&r->params);
		snprintf(why, size,
			 "%s {%s} was skipped: '%s'; no %s line of the scenario, of "
			 "kernels/arch/%s.expect or of kernels/common.expect says that it may be",
			 r->id, params ? params : "", r->text,
			 r->subject == RESULTS_REF ? "skip-ref" : "skip", s->arch.name);
		free(params);
		return -EINVAL;
	}
	return 0;
}

/* Was a kernel's row of the same family as of measured, or may all of the family be skipped? */
static bool family_is_shown(const struct qemu_boot *b, const struct scenario *s,
			    const struct stream *stream, const struct stream_record *of)
{
	const size_t family = strcspn(of->id, "/") + 1;

	for (const struct stream_record *r = stream->records; r < stream->records + stream->nr;
	     r++) {
		if (r->type == STREAM_CHECK || r->subject != RESULTS_KERNEL ||
		    rows_lacks(&b->rows, r) || strncmp(r->id, of->id, family))
			continue;
		if (r->type == STREAM_MEASUREMENT || scenario_may_skip_family(s, r->id, r->text))
			return true;
	}
	return false;
}

/*
 * Refuses a family of which every row of the kernel was skipped, unless a skip-family rule allows
 * it. The loop in the loop is short: the kernel's tables have few rows.
 */
static int judge_families(const struct qemu_boot *b, const struct scenario *s,
			  const struct stream *stream, char *why, size_t size)
{
	const struct stream_record *r;

	for (size_t i = 0; i < stream->nr && b->rows.whole; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_SKIP || r->subject != RESULTS_KERNEL ||
		    rows_lacks(&b->rows, r) || family_is_shown(b, s, stream, r))
			continue;
		snprintf(
			why, size,
			"every row of the kernel's of the family %.*s was skipped, first %s: "
			"'%s'; no skip-family line of the scenario or of kernels/arch/%s.expect says "
			"that none has to be measured",
			(int)strcspn(r->id, "/"), r->id, r->id, r->text, s->arch.name);
		return -EINVAL;
	}
	return 0;
}

/* Refuses a check that a boot of this kind does not make: only the default rule would judge it. */
static int judge_ids(const struct qemu_boot *b, const struct stream *stream, char *why, size_t size)
{
	const unsigned boot = b->events ? PTB_CHECK_EVENTS : PTB_CHECK_COSTS;
	const struct stream_record *r;

	for (size_t i = 0; i < stream->nr; i++) {
		r = &stream->records[i];
		if (r->type != STREAM_CHECK || scenario_check_boots(r->id) & boot)
			continue;
		snprintf(why, size,
			 "%s is no check of a boot of %s; kernels/driver/checks.h lists them",
			 r->id, b->events ? "events" : "costs");
		return -EINVAL;
	}
	return 0;
}

/* Refuses a boot that measured nothing, whose rows are not complete, or whose skips are not
 * allowed. */
static int judge_rows(const struct qemu_boot *b, const struct scenario *s,
		      const struct stream *stream, char *why, size_t size)
{
	const bool one_case = b->profile && !b->functions;
	size_t measured = 0, checked = 0;

	for (size_t i = 0; i < stream->nr; i++) {
		measured += stream->records[i].type == STREAM_MEASUREMENT &&
			    (one_case || stream->records[i].subject == RESULTS_KERNEL);
		checked += stream->records[i].type == STREAM_CHECK;
	}
	if (!measured && one_case) {
		snprintf(why, size,
			 "the kernel measures no row of this case with these params; ptbench "
			 "show prints the rows of a run");
		return -EINVAL;
	}
	if (!measured && (b->rows.whole || !checked)) {
		snprintf(why, size,
			 "the guest measured nothing of the kernel: %zu records, %zu of them "
			 "checks",
			 stream->nr, checked);
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

	if (strcmp(stream->boot, b->events ? "events" : "costs")) {
		snprintf(why, size, "the guest ran the boot '%s' instead of '%s'", stream->boot,
			 b->events ? "events" : "costs");
		return -EINVAL;
	}
	for (size_t i = 0; i < stream->nr; i++) {
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
	if (b->profile && profile_apply(b->profile, doc, b->functions, why))
		return -EINVAL;
	/* Of a single case's rows no check has to be there. */
	return b->profile && !b->functions ? 0 : part_judge_checks(s, b, doc, why, size);
}

int part_judge(const struct qemu_boot *b, const struct scenario *s, struct results_doc *doc,
	       char *why, size_t size)
{
	char bad[256], said[160], tail[PART_REASON], text[PART_REASON] = "";
	char stream_why[STREAM_WHY];
	bool broke = true; /* false: the guest ran to its end, with a wrong outcome */
	struct stream stream;
	int ret;

	read_console(b->console, bad, said, tail, sizeof(tail));
	if (b->why[0] || bad[0])
		snprintf(text, sizeof(text), "%s%s%s", b->why, b->why[0] && bad[0] ? "; " : "",
			 bad);
	ret = stream_read(b->stream, &stream, stream_why);
	if (ret) {
		if (!text[0])
			snprintf(text, sizeof(text), "the guest's records: %s", stream_why);
	} else {
		char filled[PART_REASON] = "";

		ret = fill(b, s, &stream, doc, filled, sizeof(filled));
		if (!text[0]) {
			broke = stream.failed[0];
			memcpy(text, filled, sizeof(text));
			if (broke && said[0])
				snprintf(text + strlen(text), sizeof(text) - strlen(text), ": %s",
					 said);
		}
		stream_free(&stream);
	}
	why[0] = '\0';
	if (text[0])
		snprintf(why, size, "%s%s%s", text, broke ? "; the console ends:" : "",
			 broke ? tail : "");
	return text[0] ? -EINVAL : ret;
}
