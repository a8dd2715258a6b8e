// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole renderings of synthetic runs: the answers are what the run says, the same run gives the
 * same bytes, and nothing a run contains is obeyed.
 */
#include <array_size.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../render/files.h"
#include "../report.h"
#include "look.h"
#include "synth.h"

static char temp[] = "/tmp/ptbench-report-XXXXXX";
static const char *const pages[] = { "index.html", "q1.html", "q2.html",      "q3.html",
				     "q4.html",	   "q5.html", "kernels.html", "ref-kernel.html" };

static size_t count_files(const char *dir, const char *suffix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0, len;

	while (d && (e = readdir(d))) {
		len = strlen(e->d_name);
		n += len > strlen(suffix) && !strcmp(e->d_name + len - strlen(suffix), suffix);
	}
	if (d)
		closedir(d);
	return n;
}

/* gnuplot 6 knows a white disc behind points, which hides short intervals and shows on dark
 * pages. */
static int count_discs(const char *figures)
{
	DIR *d = opendir(figures);
	struct dirent *e;
	int discs = 0;

	while (d && (e = readdir(d))) {
		char *path = NULL, *text;

		if (!strstr(e->d_name, ".svg"))
			continue;
		if (asprintf(&path, "%s/%s", figures, e->d_name) < 0)
			abort();
		text = file_read(path);
		discs += text && strstr(text, "color='white'/>");
		free(text);
		free(path);
	}
	if (d)
		closedir(d);
	return discs;
}

static char *test_complete(char *run)
{
	char *out;

	ok(!synth_run(temp, SYNTH_COMPLETE, temp, run), "a complete run");
	out = keep(look_path(run, "report"));
	ok(!render_quietly(run, NULL), "renders into its own folder");
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		ok(access(look_path(out, pages[i]), R_OK) == 0, "%s is there", pages[i]);
	ok(count_files(look_path(out, "figures"), ".svg") >= 12, "and 12 figures or more");
	ok(count_files(look_path(out, "figures"), ".svg") ==
			   count_files(look_path(out, "figures"), ".gp") &&
		   count_files(look_path(out, "figures"), ".log") == 0,
	   "each with its script, and gnuplot had nothing to say");
	ok(count_discs(look_path(out, "figures")) == 0, "and no point hides what is behind it");
	ok(count_files(look_path(out, "parts"), ".json") == 14, "and the 14 results behind it");
	return out;
}

/* By hand from synth.c: per table 50 and 60, 25 deferred; first 50 and 210; crossings 8 and 12. */
static void test_answers(const char *run, const char *out)
{
	static const char *const sentences[] = {
		"No: all 18 counts of interrupts and flushes that both kernels have are equal. A "
		"munmap that frees 32 tables while a thread of the same process spins on the other "
		"CPU interrupts 1 CPU on x86_64-stock (no RCU callback) and 1 CPU on "
		"x86_64-forced-rcu (1 RCU callback)",
		"Time not measured here; instructions: per further table freed, from 1 to 128 tables "
		"(munmap less MADV_DONTNEED of the same region), munmap takes 70 until it returns "
		"under the flush IPI, and 80 with RCU (+10)",
		"of what is deferred RCU has +25 per table. The first table of a munmap, with the "
		"batch page and call_rcu(), differs by +160 until it returns and +115 later.",
		"in none of 6 rows does munmap send an interrupt; with 32 tables and a peer spinning, 0 "
		"CPUs interrupted and 1 RCU callback",
		"of 6 ranges across a boundary, 2 came back with wrong pages",
		"offset_lockless is right on 6 of 6 on s390x",
		"offset_lockless takes 140 for a call of one page and 20 for each further one, "
		"across a pmd boundary +8, across a pud boundary +12; static against it: 0 per "
		"call",
		"18 of 24 pairs of designs",
		"7 of 7 quantities are within a factor of 1.3 of the kernel",
		"munmap of 1 table takes 4.70 µs [4.66, 4.74] alone and 16.6 µs [16.5, "
		"16.7] beside a thread of the same process that spins on another CPU, +11.9 µs "
		"[11.7, 12.1], with 1 CPU interrupted",
		"under KVM, so that interrupts are virtual",
		"The stack itself takes 12.0 ns [11.9, 12.1] per map and unmap as “merged (from "
		"5.11)” and 10.0 ns [9.92, 10.1] as “atomic_percpu (to 5.10)”; "
		"on top of 14 live maps, 12.0 ns [11.9, 12.1] (not told apart). With real mappings, whose every change is a system call and "
		"flushes the TLB, a pair takes 1.20",
		"takes 20.0 ns [19.8, 20.2] as “merged (from 5.11)” when neither has a map, "
		"and 260 ns",
		"with 1 map each reach 5 slots, with 3 each 15 (“merged (from 5.11)”); maps and unmaps "
		"of one stack were timed up to a depth of 15",
		"On this host a walk of 16 pages takes 400 ns [397, 403]; of its 8 steps the dearest is "
		"“pte read again”, +60.0 ns",
		"In an x86_64 guest a walk of 16 pages takes 400; of its 8 steps the dearest is "
		"“pte read again”, +60. A locked operation",
		"An anonymous folio of 512 pages is split in 40.0 µs [39.7, 40.3]; beside a thread "
		"that walks it all the time, in 80.0",
		"unlocking it, with nobody else there, takes 100 ns [99.2, 101], and 5.00 ns [4.96, 5.04] "
		"for a device-dax page",
		"The step “revalidation”: +10.0 ns",
		"With 1 other thread a lock and unlock takes 200 ns",
		"The reference’s lock and unlock execute 100 instructions in an x86_64 guest",
		"Over 2,000 executions of the reference’s own code, 1 exploration of code "
		"that has to be correct came out clean, within a bound of 3 preemptions or more, and each "
		"of 1 of busted code was caught.",
	};
	char *text = answers(run);

	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++) {
		ok(strstr(text, sentences[i]) != NULL, "the answers say: %.60s...", sentences[i]);
		ok(page_says(out, "index.html", sentences[i]), "and so does the front page");
	}
	ok(!strstr(text, "oversubscribed") && page_says(out, "q1.html", "2 (oversubscribed)"),
	   "oversubscribed rows are marked and answer nothing");
	ok(page_says(out, "q1.html", "123 ns") &&
		   page_says(out, "q1.html", "By tables per batch") &&
		   page_says(out, "q1.html",
			     "batch=64, discipline=ipi_signal, readers=1, tables=4096777 ns") &&
		   !page_says(out, "q1.html", "Where allocations of a batch fail"),
	   "quantiles and batches have their columns and tables, and what was not run has none");
	ok(page_says(out, "q2.html", "all four (identical)"), "designs with the same code are "
							      "called identical");
	ok(page_says(out, "q2.html", "What the designs are") &&
		   page_says(out, "q2.html", "Returns wrong or too few pages on "),
	   "a table says of each design where it is wrong, which README counts");
	ok(page_says(out, "q2.html", "0x80000000 (2 GiB)") && page_says(out, "q2.html",
									"address\xc2\xa0−\xc2\xa0"
									"0x80000000"),
	   "the correctness table has addresses");
	ok(page_says(out, "q2.html",
		     "Not of this run, but of the reference by its test (prove -e '' "
		     "build/ref/test/test_gup_recheck)"),
	   "what only a test of the reference shows is said to be that");
	ok(page_says(out, "q5.html",
		     "dax/no_wait breaks “read of a freed table”: "
		     "table 3 is free") &&
		   page_says(out, "q5.html", "irq: pmd[1]: 0x2067 -> 0"),
	   "a broken variant has its schedule");
	ok(page_says(out, "q1.html", "make bench SCENARIOS=x86_64-forced-rcu.icount-1cpu"),
	   "sections say how to make them again");
	ok(!strstr(text, "busy"), "a machine that was not busy is not");
	free(text);
}

static bool same_files(const char *a, const char *b, const char *sub)
{
	DIR *d = opendir(look_path(a, sub));
	struct dirent *e;
	bool same = true;

	while (d && (e = readdir(d))) {
		char *x, *y;

		if (e->d_type == DT_DIR)
			continue;
		x = file_read(look_path(look_path(a, sub), e->d_name));
		y = file_read(look_path(look_path(b, sub), e->d_name));
		if (!x || !y || strcmp(x, y)) {
			diag("differs: %s", e->d_name);
			same = false;
		}
		free(x);
		free(y);
	}
	if (d)
		closedir(d);
	return d && same;
}

static void test_same_bytes(const char *run, const char *out)
{
	char *again = keep(look_path(temp, "again"));

	ok(!render_quietly(run, again), "a second rendering, elsewhere");
	ok(same_files(out, again, ".") && same_files(out, again, "figures") &&
		   same_files(out, again, "parts"),
	   "has the same bytes in every file");
	free(again);
}

static bool holds(const char *dir, const char *file, const char *needle)
{
	char *text = file_read(look_path(dir, file));
	bool found = !text || strstr(text, needle);

	free(text);
	return found;
}

/* Newlines aside: those of the markup, and of the text's own lines. */
static bool is_harmless(const char *text)
{
	bool harmful = false;
	size_t len;

	for (; text && !harmful && (len = results_text_step(text, &harmful)); text += len)
		harmful = harmful && *text != '\n' && *text != '\t';
	return text && !harmful;
}

static bool file_is_harmless(const char *dir, const char *file)
{
	char *text = file_read(look_path(dir, file));
	bool harmless = is_harmless(text);

	free(text);
	return harmless;
}

static void test_harmful_characters(const char *run, const char *out)
{
	char *text = answers(run), *figures = keep(look_path(out, "figures"));
	DIR *d = opendir(figures);
	struct dirent *e;
	int bad = 0, nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		ok(file_is_harmless(out, pages[i]), "%s has no harmful character", pages[i]);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		nr++;
		if (file_is_harmless(figures, e->d_name))
			continue;
		bad++;
		diag("harmful: %s", e->d_name);
	}
	ok(nr > 10 && !bad, "nor has a figure, its data or its script (%d files)", nr);
	ok(is_harmless(text), "nor have the answers");
	ok(strstr(text, "x86_64-stock.icount-2cpu: failed: ?override????end ?[2J?]0;title??31m") !=
		   NULL,
	   "where they stood is shown");
	if (d)
		closedir(d);
	free(figures);
	free(text);
}

static void test_hostile(void)
{
	static const char *const tags[] = { "<script", "<img", "<iframe", "</svg></figure><" };
	char run[512], *out, *figures;
	struct dirent *e;
	DIR *d;

	ok(!synth_run(temp, SYNTH_HOSTILE, temp, run), "a run of hostile strings");
	out = keep(look_path(run, "report"));
	figures = keep(look_path(out, "figures"));
	ok(!render_quietly(run, NULL), "renders");
	ok(access(look_path(temp, SYNTH_TRAP), F_OK) < 0, "and no command in it was run");
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		for (size_t j = 0; j < 4; j++)
			ok(!holds(out, pages[i], tags[j]), "%s has no %s", pages[i], tags[j]);
	ok(holds(out, "q1.html", "&lt;script&gt;alert(1)&lt;/script&gt;"), "what they say is "
									   "shown");
	ok(holds(out, "q1.html", "{{x}} {{{lede}}}"), "templates in data are text");
	d = opendir(figures);
	while (d && (e = readdir(d))) {
		if (strstr(e->d_name, ".svg"))
			ok(!holds(figures, e->d_name, "<script") &&
				   !holds(figures, e->d_name, "<img"),
			   "%s is a picture", e->d_name);
		if (strstr(e->d_name, ".gp"))
			ok(!holds(figures, e->d_name, "touch") &&
				   !holds(figures, e->d_name, "macro"),
			   "%s holds no string of the run", e->d_name);
		if (strstr(e->d_name, ".tsv"))
			ok(!holds(figures, e->d_name, "`") && !holds(figures, e->d_name, "\\"),
			   "%s is plain data", e->d_name);
	}
	if (d)
		closedir(d);
	test_harmful_characters(run, out);
	free(figures);
	free(out);
}

static void test_holes(void)
{
	static const char *const reasons[] = {
		"part x86_64-stock.icount-2cpu: skipped: qemu-system-x86_64 is not installed",
		"part x86_64-forced-rcu.icount-1cpu: failed: panic: not syncing: no init found",
		"part s390x-stock.icount-1cpu: cannot be read:",
		"Not measured here: no rights",
	};
	char run[512], *out, *text;

	ok(!synth_run(temp, SYNTH_HOLES, temp, run), "a run with holes");
	out = keep(look_path(run, "report"));
	ok(!render_quietly(run, NULL), "renders");
	text = answers(run);
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		ok(strstr(text, reasons[i]) != NULL, "the answers say why: %s", reasons[i]);
		ok(page_says(out, "index.html", reasons[i]), "and so does the front page");
	}
	ok(strstr(text, "Partial run"), "the run is partial");
	ok(page_says(out, "index.html", "partial"), "and the page says so");
	ok(page_says(out, "index.html", "s390x-stock.icount-1cpuunreadableicount, 1 CPU"),
	   "a part that passed and cannot be read is not called passed");
	ok(strstr(text, "1 check came out otherwise than expected"), "an unexpected check is told");
	ok(page_says(out, "index.html",
		     "load 1.50 1.00 0.50; other work took the CPU from 3 of 20 rows"),
	   "a busy machine is said to have been one");
	ok(page_says(out, "q2.html", "right; expected short or wrong"), "a check that came out "
									"otherwise is shown");
	ok(count_files(look_path(out, "figures"), ".svg") > 0, "what was measured is drawn");
	free(text);
	free(out);
}

/*
 * 100 ns an instruction: munmap minus the control, (2000 + 40n)/2 + 50n or + 150 + 60n, is 7.00 and
 * 8.00 us a table; 2.50 us are deferred.
 */
static void test_timed(void)
{
	char run[512], *out, *text;

	ok(!synth_run(temp, SYNTH_TIMED, temp, run), "a run with parts under KVM");
	out = keep(look_path(run, "report"));
	ok(!render_quietly(run, NULL), "renders");
	text = answers(run);
	ok(strstr(text,
		  "Per further table freed, from 1 to 128 tables (munmap less MADV_DONTNEED of "
		  "the same region), munmap takes 7.00 µs") &&
		   strstr(text, "and 8.00 µs [7.86, 8.14] with RCU (+1.00 µs") &&
		   strstr(text, "of what is deferred RCU has +2.50 µs"),
	   "time answers first");
	ok(strstr(text, "In instructions: per further table") &&
		   !strstr(text, "Time not measured here; instructions"),
	   "and is not said to be missing");
	ok(access(look_path(out, "figures/q1-freeing-time.svg"), R_OK) == 0,
	   "with a figure of its own");
	free(text);
	free(out);
}

static void test_empty(void)
{
	char run[512], *out;

	ok(!synth_run(temp, SYNTH_EMPTY, temp, run), "a run without parts");
	out = keep(look_path(run, "report"));
	ok(!render_quietly(run, NULL), "renders");
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		ok(access(look_path(out, pages[i]), R_OK) == 0, "%s is there", pages[i]);
	ok(page_says(out, "index.html", "nothing was measured"), "and says that nothing was "
								 "measured");
	ok(count_files(look_path(out, "figures"), ".svg") == 0, "there is no empty figure");
	free(out);
}

static void test_errors(const char *run)
{
	char *argv[] = { "report", NULL, NULL };
	char *saved = strdup(getenv("PATH"));
	int old = dup(2), ret;
	char *said;

	fflush(stderr);
	if (!freopen(look_path(temp, "stderr"), "w", stderr))
		return;
	ok(report_cmd(1, argv) == 2, "no run is a usage error");
	argv[1] = "/nonexistent-run";
	ok(report_cmd(2, argv) == 2, "a run that is not there is bad input");
	setenv("PATH", temp, 1);
	ret = render_quietly(run, look_path(temp, "unplotted"));
	setenv("PATH", saved, 1);
	ok(ret == 4, "without gnuplot the report is not whole");
	ok(render_quietly(run, "/proc/no/such") == 2, "a folder that cannot be made is an error");
	fflush(stderr);
	dup2(old, 2);
	close(old);
	said = file_read(look_path(temp, "stderr"));
	ok(said && strstr(said, "apt-get install gnuplot-nox"), "which names the package");
	ok(said && strstr(said, "/nonexistent-run"), "each error says which file");
	ok(said && strstr(said, "cannot open the folder /proc/no"), "and what could not be done");
	free(said);
	free(saved);
}

int main(void)
{
	char run[512], *out, command[64];

	if (!mkdtemp(temp))
		return 1;
	out = test_complete(run);
	test_answers(run, out);
	test_same_bytes(run, out);
	test_errors(run);
	test_hostile();
	test_holes();
	test_empty();
	test_timed();
	free(out);
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
