// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the CPU time of the readers of a boot for n, 2 n, 4 n and 8 n records, and its ratio to
 * linear growth. It judges nothing.
 */
#include <array_size.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../guest/crc32.h"
#include "../boot/part.h"
#include "../profile/profile.h"
#include "../boot/stream.h"

static const size_t sizes[] = { 10000, 20000, 40000, 80000 };

static char dir[] = "/tmp/ptbench-scale-XXXXXX";
static char stream_file[64], console_file[64], profile_file[64];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void save(const char *file, const char *bytes, size_t len)
{
	FILE *f = fopen(file, "w");

	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f)) {
		perror(file);
		exit(1);
	}
}

/* A stream of a measurement and n records. */
static char *stream_of(size_t n, const char *record, size_t *len)
{
	char *text;
	FILE *f = open_memstream(&text, len);

	fputs("{\"begin\":{\"version\":2,\"boot\":\"costs\"}}\n", f);
	fputs("{\"m\":{\"case\":\"gup_fast/walk\",\"params\":\"\",\"subject\":\"kernel\",\"metric\":"
	      "\"instructions\",\"nr_ops\":1,\"discarded\":0,\"samples\":[1]}}\n",
	      f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, record, i);
	fflush(f);
	fprintf(f, "{\"end\":{\"records\":%zu,\"crc32\":\"%08x\"}}\n", n + 1,
		crc32_of(0, text, *len));
	fclose(f);
	return text;
}

static double parse(size_t n, const char *record)
{
	char why[STREAM_WHY], *text;
	struct stream s;
	double start;
	size_t len;

	text = stream_of(n, record, &len);
	start = now();
	if (stream_parse(text, len, &s, why))
		fprintf(stderr, "%s\n", why);
	start = now() - start;
	stream_free(&s);
	free(text);
	return start;
}

/* The time to read a boot's stream into a document and to judge it. */
static double judge(size_t n, const char *record)
{
	struct scenario_expect rule = {
		.id = (char *)"*",
		.seen = (char *)"no",
		.where = (char *)"scale",
		.skip = true,
	};
	struct scenario s = {
		.name = (char *)"scale",
		.arch = { .name = (char *)"scale" },
		.expects = &rule,
		.nr_expects = 1,
	};
	struct qemu_boot b = {
		.scenario = &s,
		.stream = stream_file,
		.console = console_file,
	};
	char why[4096], *text;
	struct results_doc *doc;
	double start;
	size_t len;

	text = stream_of(n, record, &len);
	save(stream_file, text, len);
	save(console_file, "", 0);
	free(text);
	if (results_doc_new("scale.icount-1cpu", "icount", &doc))
		exit(1);
	start = now();
	part_judge(&b, &s, doc, why, sizeof(why));
	start = now() - start;
	if (why[0])
		fprintf(stderr, "%s\n", why);
	results_doc_free(doc);
	return start;
}

#define CHECK "{\"check\":{\"id\":\"gup_fast/only\",\"params\":\"n=%zu\",\"seen\":\"right\"}}\n"
#define SKIP                                                                                       \
	"{\"skip\":{\"case\":\"a/b\",\"params\":\"n=%zu\",\"subject\":\"kernel\",\"reason\":\"no\"}}\n"

static double parse_checks(size_t n)
{
	return parse(n, CHECK);
}

static double parse_skips(size_t n)
{
	return parse(n, SKIP);
}

static double judge_checks(size_t n)
{
	return judge(n, CHECK);
}

static double judge_skips(size_t n)
{
	return judge(n, SKIP);
}

/* n windows, 31 of each row, no two equal, in 5,000 functions. */
static double profile(size_t n)
{
	char why[PROFILE_WHY], *text;
	struct results_doc *doc;
	size_t len;
	double start;
	FILE *f = open_memstream(&text, &len);

	for (size_t i = 0; i < n; i++) {
		if (i % 31 == 0)
			fputs("row\n", f);
		fprintf(f, "window %zu - op f%zu=%zu op=1\nkept\n", i + 2, i % 5000, i + 1);
	}
	fprintf(f, "end %zu\n", 2 * n + (n + 30) / 31);
	fclose(f);
	save(profile_file, text, len);
	free(text);
	if (results_doc_new("scale.icount-1cpu", "icount", &doc))
		exit(1);
	start = now();
	if (profile_apply(profile_file, doc, false, why))
		fprintf(stderr, "%s\n", why);
	start = now() - start;
	results_doc_free(doc);
	return start;
}

static const struct {
	const char *name;
	double (*fn)(size_t n);
} readers[] = {
	{ "stream, checks", parse_checks }, { "stream, skipped rows", parse_skips },
	{ "judge, checks", judge_checks },  { "judge, skipped rows", judge_skips },
	{ "profile, windows", profile },
};

static void measure(size_t r)
{
	double seconds, least = 0;

	printf("%-22s", readers[r].name);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		seconds = readers[r].fn(sizes[i]);
		least = i ? least : seconds;
		printf(" %9.3f", seconds);
		fflush(stdout);
	}
	printf("   %.1f\n", seconds / least / (sizes[ARRAY_SIZE(sizes) - 1] / sizes[0]));
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(stream_file, sizeof(stream_file), "%s/stream", dir);
	snprintf(console_file, sizeof(console_file), "%s/console", dir);
	snprintf(profile_file, sizeof(profile_file), "%s/profile", dir);
	printf("%-22s", "seconds for records:");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		printf(" %9zu", sizes[i]);
	printf("   times linear\n");
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		measure(i);
	unlink(stream_file);
	unlink(console_file);
	unlink(profile_file);
	rmdir(dir);
	return 0;
}
