// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts the rows that a boot must have, and those that its stream has. */
#include <array_size.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../driver/checks.h"
#include "../guest/gup_test.h"
#include "rows.h"

/* ---- the rows that a boot must have ---- */

#define MAX_TABLE 100000 /* rows; a sum of tables cannot overflow */

/* Parses "ADDRESS SIZE TYPE ptb_nr_BOOT_FAMILY", as nm prints it: 1 when BOOT is boot. */
static int read_table(const char *line, const char *boot, char family[32], unsigned long long *nr)
{
	char name[32];
	int end = 0;

	if (sscanf(line, "%*x %llx %*c ptb_nr_%15[a-z]_%31[a-z]%n", nr, name, family, &end) != 3 ||
	    line[end] != '\n' || !*nr || *nr > MAX_TABLE)
		return -EINVAL;
	return !strcmp(name, boot);
}

static void read_tables(struct boot_rows *rows, const char *image, bool events)
{
	char file[PATH_MAX], line[256], family[32];
	unsigned long long nr;
	size_t used = 0;
	int ret = 0;
	FILE *f;

	snprintf(file, sizeof(file), "%s/rows", image);
	f = fopen(file, "re");
	while (f && ret >= 0 && fgets(line, sizeof(line), f)) {
		ret = read_table(line, events ? "events" : "costs", family, &nr);
		if (ret <= 0)
			continue;
		rows->driver += nr;
		if (used < sizeof(rows->tables))
			used += snprintf(rows->tables + used, sizeof(rows->tables) - used,
					 "%s%s %llu", used ? ", " : "", family, nr);
	}
	if (!f || ferror(f) || ret < 0 || !rows->driver)
		snprintf(rows->why, sizeof(rows->why),
			 "%.400s does not tell which rows the kernel has: "
			 "%s; remove that folder and build the scenario again",
			 file,
			 !f	   ? strerror(errno)
			 : ret < 0 ? "a line is not nm's"
				   : "no row of this boot");
	if (f)
		fclose(f);
}

/* Parses "rows FORMAT CASE NR" or "lacks REASON". */
static int read_reference_line(struct boot_rows *rows, char *line, const char *wanted)
{
	struct rows_of_case *c;
	char format[64], id[64];
	int end = 0;
	size_t nr;

	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "lacks ", 6)) {
		if (rows->nr_lacks == ROWS_MAX_LACKS || !line[6])
			return -EINVAL;
		snprintf(rows->lacks[rows->nr_lacks++], sizeof(rows->lacks[0]), "%.255s", line + 6);
		return 0;
	}
	if (sscanf(line, "rows %63s %63s %5zu%n", format, id, &nr, &end) != 3 || line[end])
		return -EINVAL;
	if (strcmp(format, wanted))
		return 0;
	/* Several cases may have one id: of the reference itself, of the machine's own kernel. */
	for (c = rows->reference; c < rows->reference + rows->nr_reference; c++) {
		if (!strcmp(c->id, id)) {
			c->nr += nr;
			return 0;
		}
	}
	if (rows->nr_reference == ROWS_MAX_CASES)
		return -EINVAL;
	rows->nr_reference++;
	memcpy(c->id, id, sizeof(id));
	c->nr = nr;
	return 0;
}

static void read_reference(struct boot_rows *rows, const char *build, const char *format)
{
	char file[PATH_MAX], line[512];
	int err = 0;
	FILE *f;

	snprintf(file, sizeof(file), "%s/guest-rows", build);
	f = fopen(file, "re");
	while (f && !err && fgets(line, sizeof(line), f))
		err = read_reference_line(rows, line, format);
	if (!f || ferror(f) || err || !rows->nr_reference)
		snprintf(rows->why, sizeof(rows->why),
			 "%.400s does not tell which rows the reference "
			 "has for %.60s: %s; run make guests",
			 file, format,
			 !f    ? strerror(errno)
			 : err ? "a line of another form"
			       : "none");
	if (f)
		fclose(f);
}

static bool has_word(const char *words, const char *word)
{
	const char *at = words;

	while ((at = strstr(at, word)) && at != words && at[-1] != ' ')
		at++;
	return at;
}

void rows_read(struct boot_rows *rows, const char *image, const char *build, const char *format,
	       const char *words, bool events)
{
	memset(rows, 0, sizeof(*rows));
	rows->whole = !has_word(words, "ptbench.case=");
	rows->own = events ? 0 : GUP_TEST_ROWS;
	read_tables(rows, image, events);
	if (!rows->why[0] && !events && !has_word(words, "ptbench.only=kernel"))
		read_reference(rows, build, format);
}

/* ---- the rows that the stream has ---- */

bool rows_lacks(const struct boot_rows *rows, const struct stream_record *r)
{
	for (size_t i = 0; r->type == STREAM_SKIP && i < rows->nr_lacks; i++)
		if (!strcmp(r->text, rows->lacks[i]))
			return true;
	return false;
}

/* Is the record a row? A check that belongs to a row's measurements is none. */
static bool is_row(const struct stream_record *r)
{
#define CHECK(id, boots, row) { id, row },
	static const struct {
		const char *id;
		bool row;
	} checks[] = { PTB_CHECKS(CHECK) };
#undef CHECK
	size_t i;

	for (i = 0; r->type == STREAM_CHECK && i < ARRAY_SIZE(checks); i++)
		if (!strcmp(checks[i].id, r->id))
			return checks[i].row;
	return true;
}

/* Records of one row follow one another, and have its case and params. */
static bool same_row(const struct stream_record *a, const struct stream_record *b)
{
	return a && !strcmp(a->id, b->id) && a->subject == b->subject &&
	       !results_params_cmp(&a->params, &b->params);
}

struct seen {
	size_t driver, own, reference[ROWS_MAX_CASES];
	const struct stream_record *unknown; /* a reference's row of a case that must have none */
};

static void count_reference(const struct boot_rows *rows, const struct stream_record *r,
			    struct seen *seen)
{
	size_t i;

	for (i = 0; i < rows->nr_reference && strcmp(rows->reference[i].id, r->id); i++)
		;
	if (i < rows->nr_reference)
		seen->reference[i]++;
	else
		seen->unknown = r;
}

static void count_rows(const struct boot_rows *rows, const struct stream *stream, struct seen *seen)
{
	const struct stream_record *last = NULL, *r;

	for (size_t i = 0; i < stream->nr; i++) {
		r = &stream->records[i];
		if (!is_row(r) || rows_lacks(rows, r))
			continue;
		if (same_row(last, r))
			continue;
		last = r;
		if (!strcmp(r->id, GUP_TEST_CASE))
			seen->own++;
		else if (r->subject == RESULTS_KERNEL || r->type == STREAM_CHECK)
			seen->driver++;
		else
			count_reference(rows, r, seen);
	}
}

int rows_judge(const struct boot_rows *rows, const struct stream *stream, char *why, size_t size)
{
	struct seen seen = { .driver = 0 };

	if (rows->why[0]) {
		snprintf(why, size, "%s", rows->why);
		return -EINVAL;
	}
	if (!rows->whole)
		return 0;
	count_rows(rows, stream, &seen);
	if (seen.driver != rows->driver) {
		snprintf(why, size,
			 "rows are missing, or too many: the kernel's tables have %zu for this "
			 "boot (%s), and records of %zu came",
			 rows->driver, rows->tables, seen.driver);
		return -EINVAL;
	}
	if (seen.own != rows->own) {
		snprintf(why, size, "%zu rows of %s came instead of %zu", seen.own, GUP_TEST_CASE,
			 rows->own);
		return -EINVAL;
	}
	for (size_t i = 0; i < rows->nr_reference; i++) {
		if (seen.reference[i] == rows->reference[i].nr)
			continue;
		snprintf(why, size, "the reference has %zu rows of %s for guests, and %zu came",
			 rows->reference[i].nr, rows->reference[i].id, seen.reference[i]);
		return -EINVAL;
	}
	if (seen.unknown) {
		snprintf(why, size, "the reference has no row of %s for guests, and one came",
			 seen.unknown->id);
		return -EINVAL;
	}
	return 0;
}
