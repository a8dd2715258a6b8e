// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The plugin's file becomes breakdowns that add up, or is refused: files that are cut, windows that
 * the driver counts differently. The table for the plugin has the kernel's symbols.
 */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/profile.h"
#include "scripts/tap.h"

/* A row of two windows: 12 instructions less 5, 2 of them of the empty operation. */
#define EMPTY "window 5 - empty_op empty_op=2 window=3\nkept\n"
#define WORK "window 12 - get_fast get_fast=4 gup_fast=5 window=3\nkept\n"
#define OTHER "window 12 - get_fast get_fast=3 gup_slow=6 window=3\nkept\n"
#define AGAIN "again\n" EMPTY "window 13 6 get_fast get_fast=4 gup_fast=6 window=3\nkept\n"
#define LOST "window 99 - get_fast get_fast=99\nlost\n"

static char dir[] = "/tmp/ptbench-test-profile-XXXXXX", path[128];
static char why[PROFILE_WHY];

static void save(const char *name, const char *text)
{
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		exit(1);
}

static void save_bytes(const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f))
		exit(1);
}

static void add(struct results_doc *doc, const char *id, const char *metric, double sample,
		size_t nr)
{
	double samples[] = { sample, sample, sample };
	struct results_measurement m = {
		.case_id = (char *)id,
		.subject = RESULTS_KERNEL,
		.metric = results_metric_find(metric),
		.kind = RESULTS_EXACT,
		.nr_ops = 1,
		.samples = samples,
		.nr_samples = nr,
	};

	if (results_doc_add(doc, &m, NULL))
		exit(1);
}

static struct results_doc *walk_doc(double sample, size_t nr)
{
	struct results_doc *doc;

	if (results_doc_new("x.icount-1cpu", "icount", &doc))
		exit(1);
	add(doc, "gup_fast/walk", "instructions", sample, nr);
	return doc;
}

/* profile_apply() of text with a correct last line. */
static int apply(struct results_doc *doc, const char *text)
{
	static char whole[50000];
	unsigned int lines = 0;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	snprintf(whole, sizeof(whole), "%send %u\n", text, lines);
	save("profile", whole);
	why[0] = '\0';
	return profile_apply(path, doc, false, why);
}

static long long count(const struct results_measurement *m, const char *symbol)
{
	for (size_t i = 0; i < m->nr_breakdown; i++)
		if (!strcmp(m->breakdown[i].symbol, symbol))
			return m->breakdown[i].instructions;
	return 0;
}

static void test_good(void)
{
	struct results_doc *doc = walk_doc(7, 2);
	const struct results_measurement *m;

	ok(!apply(doc, "window 50 - loop loop=50\nrow\n" EMPTY EMPTY LOST WORK LOST WORK AGAIN),
	   "a row's windows are those that were kept: %s", why);
	m = doc->measurements;
	ok(m->nr_breakdown == 2 && count(m, "gup_fast") == 5 && count(m, "get_fast") == 2,
	   "less an empty window, whose operation is taken off this one");
	m = doc->measurements + 1;
	ok(doc->nr_measurements == 2 && !strcmp(m->metric->name, "irqs_off_instructions") &&
		   m->nr_samples == 1 && m->samples[0] == 6,
	   "interrupts are off as long as in the windows that had them on");
	results_doc_free(doc);

	doc = walk_doc(7, 2);
	ok(!apply(doc, "row\n" EMPTY EMPTY WORK "skipped\nrow\n" EMPTY EMPTY WORK WORK) &&
		   doc->measurements[0].nr_breakdown == 2,
	   "a row that was skipped after a window that was kept is no other row's: %s", why);
	results_doc_free(doc);

	doc = walk_doc(7, 3);
	ok(!apply(doc, "row\n" EMPTY OTHER WORK WORK) &&
		   count(doc->measurements, "gup_fast") == 5 &&
		   !count(doc->measurements, "gup_slow"),
	   "of two ways to one total, the more frequent");
	ok(doc->nr_measurements == 1, "without patterns, nothing is said of interrupts");
	results_doc_free(doc);
}

static void test_deferred(void)
{
	static const char text[] =
		"row\nwindow 1 - empty_op window=1\nkept\n"
		"deferred 4 mark_fn=3 rcu_core=1\nkept\n"
		"window 9 0 munmap munmap=8 window=1\ndeferred 90 mark_fn=90\nlost\n"
		"window 9 0 munmap munmap=8 window=1\ndeferred 7 mark_fn=3 rcu_core=2 free=2\nkept\n"
		"row\nrow\nwindow 1 - empty_op window=1\nkept\nwindow 3 0 op op=2 window=1\nkept\n";
	struct results_doc *doc = walk_doc(8, 1);
	const struct results_measurement *m;

	add(doc, "gup_fast/walk", "instructions_deferred", 3, 1);
	add(doc, "kmap/pair", "instructions", 2, 1);
	ok(!apply(doc, text), "deferred work, and a row that was skipped: %s", why);
	m = doc->measurements;
	ok(count(&m[0], "munmap") == 8 && count(&m[1], "free") == 2 &&
		   count(&m[1], "rcu_core") == 1 && !count(&m[1], "mark_fn") &&
		   count(&m[2], "op") == 2,
	   "each is told apart");
	results_doc_free(doc);
}

/* A boot of all rows: one that faults is left out, and one that is counted short is not. */
static void test_every_row(void)
{
	static const char text[] = "row\n" EMPTY WORK "row\n" EMPTY WORK "end 10\n";
	struct results_doc *doc = walk_doc(6, 1);
	const char *noted;

	add(doc, "kmap/pair", "instructions", 7, 1);
	save("profile", text);
	ok(profile_apply(path, doc, false, why) == -EINVAL && strstr(why, "counts 7, the driver 6"),
	   "of a single case no row may count more: %s", why);
	ok(!profile_apply(path, doc, true, why), "of all rows one may: %s", why);
	noted = results_pairs_get(&doc->subject, "no_functions");
	ok(noted && strstr(noted, "gup_fast/walk") && strstr(noted, "counts 7, the driver 6") &&
		   !strstr(noted, "kmap/pair"),
	   "which the subject tells: %s", noted);
	ok(!doc->measurements[0].nr_breakdown && doc->measurements[1].nr_breakdown == 2,
	   "that row has no breakdown, and the other has one");
	results_doc_free(doc);

	doc = walk_doc(8, 1);
	add(doc, "kmap/pair", "instructions", 7, 1);
	ok(profile_apply(path, doc, true, why) == -EINVAL && strstr(why, "counts 7, the driver 8"),
	   "a plugin that counts less is found out: %s", why);
	results_doc_free(doc);

	doc = walk_doc(7, 1);
	save("profile", "row\n" WORK "end 3\n");
	ok(profile_apply(path, doc, true, why) == -EINVAL, "and so is one without an empty window");
	results_doc_free(doc);

	doc = walk_doc(7, 1);
	add(doc, "gup_fast/walk", "instructions_deferred", 3, 1);
	doc->measurements[0].subject = RESULTS_REF;
	doc->measurements[1].subject = RESULTS_REF;
	save("profile", "end 0\n");
	ok(!profile_apply(path, doc, true, why), "rows of the reference have no marks: %s", why);
	results_doc_free(doc);
}

static void refused(double sample, size_t nr, const char *text, const char *reason)
{
	struct results_doc *doc = walk_doc(sample, nr);
	int err = apply(doc, text);

	if (!ok(err == -EINVAL && strstr(why, reason) && !doc->measurements[0].nr_breakdown,
		"refused: %s", reason))
		diag("returned %d: %s", err, why);
	results_doc_free(doc);
}

static void test_refused(void)
{
	static const char *const ends[] = { "end 5",	"end 5 \n",
					    "end 5x\n", "end  5\n",
					    "end -5\n", "end 05x\n",
					    "end\n",	"end 99999999999999999999\n" };
	static char text[40000], many[36000];
	struct results_doc *doc = walk_doc(7, 1);
	size_t i, n;
	int err;

	refused(8, 1, "row\n" EMPTY WORK, "the plugin counts 7, the driver 8");
	refused(7, 2, "row\n" EMPTY WORK, "1 windows that count, the driver 2");
	refused(7, 1, "row\n" WORK, "the plugin counts 12, the driver 7");
	refused(12, 1, "row\n" WORK, "no empty window");
	refused(7, 1, "row\n" EMPTY, "rows, fewer than the driver");
	refused(7, 1, "row\n" EMPTY WORK "skipped\n", "rows, fewer than the driver");
	refused(7, 1, "skipped\n", "not a line that the plugin writes");
	refused(7, 1, "", "saw windows of 0 rows");
	refused(7, 1, "row\n" EMPTY "window 13 - a a=12\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12 - a a=-12\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12 - a a\nkept\n", "not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12\nkept\n", "not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY WORK "colour\n", "not a line that the plugin writes");
	refused(7, 1, "row\n\n" EMPTY WORK, "not a line that the plugin writes");
	refused(7, 1, "row 1\n" EMPTY WORK, "not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12 -1 a a=12\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12 +1 a a=12\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 12 - a =12\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "deferred -4 a=4\nkept\n", "not a line that the plugin writes");
	refused(7, 1, "row\n" EMPTY "window 9223372036854775807 - a a=9223372036854775807\nkept\n",
		"not a line that the plugin writes");
	refused(7, 1,
		"row\n" EMPTY "window -2 - a a=9223372036854775807 b=9223372036854775807\nkept\n",
		"not a line that the plugin writes");

	refused(7, 1, "row\n" EMPTY "window 12 - a a=6 b=3 a=3\nkept\n",
		"not a line that the plugin writes");
	save_bytes("row\nwindow 5 - a a=5\0 b=7\nend 2\n", 32);
	ok(profile_apply(path, doc, false, why) == -EINVAL && strstr(why, "profile:2: not a line"),
	   "a NUL byte does not hide the rest of its line: %s", why);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(text, sizeof(text), "row\n" EMPTY WORK "%s", ends[i]);
		save("profile", text);
		err = profile_apply(path, doc, false, why);
		ok(err && !doc->measurements[0].nr_breakdown, "no end: '%.*s': %s",
		   (int)strcspn(ends[i], "\n"), ends[i], why);
	}
	for (i = n = 0; i < 513; i++)
		n += snprintf(many + n, sizeof(many) - n, EMPTY);
	snprintf(text, sizeof(text), "row\n%s", many);
	refused(7, 1, text, "not a line that the plugin writes");
	save("profile", "row\n" EMPTY WORK);
	ok(profile_apply(path, doc, false, why) == -ENODATA, "a file without an end: %s", why);
	save("profile", "row\n" EMPTY WORK "end 4\n");
	ok(profile_apply(path, doc, false, why) == -ENODATA, "a line is missing");
	save("profile", "row\n" EMPTY WORK "end 5\nkept\n");
	ok(profile_apply(path, doc, false, why) == -ENODATA, "something follows the end");
	unlink(path);
	ok(profile_apply(path, doc, false, why) == -ENODATA && !doc->measurements[0].nr_breakdown,
	   "no file: %s", why);
	results_doc_free(doc);
}

/* ---- the table ---- */

#define SYMBOLS                                                                                    \
	"0000000000001000 0000000000000100 t gup_fast\n"                                           \
	"0000000000001000 0000000000000100 T alias_of_it\n"                                        \
	"0000000000001080 0000000000000010 t inside\n"                                             \
	"0000000000001100 0000000000000010 t gup_fast.cold\n"                                      \
	"0000000000001200 0000000000000001 T ptb_mark_begin\n"
#define MAP                                                                                           \
	"0000000000001000 T _stext\n0000000000001000 t gup_fast\n0000000000001180 t entry\n"          \
	"0000000000001180 t $x\n0000000000001200 T ptb_mark_begin\n0000000000001210 T ptb_mark_end\n" \
	"0000000000001220 T ptb_mark_clock\n0000000000001230 T ptb_mark_row\n"                        \
	"0000000000001240 T ptb_mark_again\n0000000000001250 T ptb_mark_kept\n"                       \
	"0000000000001260 T ptb_mark_lost\n"                                                          \
	"0000000000002000 D data\n"

static char *table_of(struct profile_image image)
{
	static char text[4096];
	char file[160];
	size_t n;
	FILE *f;

	snprintf(file, sizeof(file), "%s/table", dir);
	image.folder = dir;
	if (profile_table(&image, file, why))
		return NULL;
	f = fopen(file, "r");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void test_table(void)
{
	struct profile_image s = { .scenario = "x", .irqs = "off fa/ff\non fb/ff\n" };
	char *text, *unknown;

	save("symbols", SYMBOLS);
	save("System.map", MAP);
	save("config", "CONFIG_BASE=0x10000\n");
	ok(!table_of(s) && strstr(why, "ptb_mark_skipped; build it again"), "a mark is missing: %s",
	   why);
	save("System.map", MAP "0000000000001270 T ptb_mark_skipped\n");
	text = table_of(s);
	ok(text && strstr(text, "symbol 1000 1100 alias_of_it\nsymbol 1100 1110 gup_fast\n"
				"symbol 1180 1200 entry\nsymbol 1200 1201 ptb_mark_begin\n"),
	   "global names first, parts by their function, labels to the next");
	ok(text && !strstr(text, "inside") && !strstr(text, "data") && !strstr(text, "$"),
	   "nothing overlaps, no data");
	ok(text && strstr(text, "mark begin 1200\n") && strstr(text, "mark lost 1260\n") &&
		   strstr(text, "kernel 1000\n") && strstr(text, "irqs off fa/ff\nirqs on fb/ff\n"),
	   "marks, where the kernel begins, instructions that switch interrupts");
	s.text_base = "CONFIG_BASE";
	text = table_of(s);
	ok(text && strstr(text, "mark begin 11200\n") && strstr(text, "kernel 11000\n") &&
		   strstr(text, "symbol 11000 11100 alias_of_it\n"),
	   "an option is added to addresses");
	s.irqs = "unknown it has none\n";
	text = table_of(s);
	unknown = profile_irqs_unknown(s.irqs);
	ok(text && !strstr(text, "irqs") && unknown && !strcmp(unknown, "it has none"),
	   "an architecture where they cannot be told");
	free(unknown);
	save("symbols", "colour\n");
	ok(!table_of(s) && strstr(why, "is no symbol"), "what is no symbol: %s", why);
}

int main(void)
{
	static const char *const names[] = { "profile", "symbols", "System.map", "config",
					     "table" };

	if (!mkdtemp(dir))
		return 1;
	test_good();
	test_deferred();
	test_every_row();
	test_refused();
	test_table();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	return tap_done();
}
