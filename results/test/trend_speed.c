// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Shows how long `ptbench trend` takes of many documents, and how much memory: 10,000 of 100
 * measurements each have to be done in 10 s and 1 GiB. No test, for times vary.
 *
 * trend_speed [FILES [MEASUREMENTS]]; trend_speed --make DIR FILES MEASUREMENTS writes them only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <results/trend.h>

#define SECONDS 10.0
#define MIB 1024.0
#define EXACT 31   /* samples of an exact row */
#define SAMPLED 12 /* of a sampled one */

static unsigned long long state = 88172645463325252ULL;

/* Uniform in 0..1: Marsaglia's xorshift (Journal of Statistical Software 8, 2003). */
static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) / 9007199254740992.0;
}

/* Every second measurement is exact; others are times, of which every fifth rises by 5 % midway. */
static void put_measurement(FILE *f, int i, int file, int nr_files)
{
	bool exact = i % 2 == 0, late = file * 2 >= nr_files;
	int nr = exact ? EXACT : SAMPLED;

	fprintf(f,
		"  {\"case\": \"speed/row\", \"params\": {\"n\": %d}, \"subject\": \"ref\", \"metric\": "
		"\"%s\", \"unit\": \"%s\", \"kind\": \"%s\", \"better\": \"lower\", \"nr_ops\": %d, "
		"\"samples\": [",
		i, exact ? "instructions" : "time", exact ? "instructions" : "ns",
		exact ? "exact" : "sampled", exact ? 10 : 1000);
	for (int k = 0; k < nr; k++) {
		if (k)
			fputs(", ", f);
		if (exact)
			fprintf(f, "%d", 4210 + 10 * i + (late && i % 10 == 0 ? 30 : 0));
		else
			fprintf(f, "%.3f",
				(40000 + 100 * i) * (late && i % 10 == 1 ? 1.05 : 1) *
					(1 + 0.02 * (uniform() + uniform() - 1)));
	}
	fputs("]}", f);
}

static int put_file(const char *dir, int file, int nr_files, int nr_measurements)
{
	time_t at = 1700000000 + 60 * (time_t)file;
	char path[512], created[32];
	struct tm tm;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%06d.json", dir, file);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
	fprintf(f,
		"{\n \"format\": \"ptbench-result\", \"version\": 1, \"part\": \"native\", \"mode\": "
		"\"native\",\n \"created\": \"%s\", \"command\": \"make bench\",\n \"provenance\": {"
		"\"environment\": {\"cpu\": \"c\", \"load\": \"0.1\"}, \"subject\": {\"suite\": "
		"\"r%d\"}},\n \"measurements\": [\n",
		created, file);
	for (int i = 0; i < nr_measurements; i++) {
		put_measurement(f, i, file, nr_files);
		fputs(i + 1 < nr_measurements ? ",\n" : "\n", f);
	}
	fputs(" ],\n \"checks\": []\n}\n", f);
	return fclose(f) ? -errno : 0;
}

static int make(const char *dir, int nr_files, int nr_measurements)
{
	for (int i = 0; i < nr_files; i++) {
		int err = put_file(dir, i, nr_files, nr_measurements);

		if (err) {
			fprintf(stderr, "trend_speed: %s: %s\n", dir, strerror(-err));
			return 2;
		}
	}
	return 0;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Runs the subcommand in a process of its own. Returns 0 if it was fast and small enough. */
static int measure(char *dir, int nr_files)
{
	char name[] = "trend";
	char *argv[] = { name, dir, NULL };
	struct timespec from, to;
	struct rusage used;
	int status;
	pid_t child;
	double wall, mib;

	clock_gettime(CLOCK_MONOTONIC, &from);
	fflush(stdout);
	child = fork();
	if (!child)
		exit(results_cmd_trend(2, argv));
	if (child < 0 || wait4(child, &status, 0, &used) != child || status) {
		fprintf(stderr, "trend_speed: trend failed\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	wall = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	mib = (double)used.ru_maxrss / 1024;
	printf("%d documents: %.2f s, CPU %.2f s user and %.2f s system, at most %.0f MiB\n",
	       nr_files, wall, seconds_of(used.ru_utime), seconds_of(used.ru_stime), mib);
	return wall > SECONDS || mib > MIB;
}

static void drop(const char *dir, int nr_files)
{
	char path[512];

	for (int i = 0; i < nr_files; i++) {
		snprintf(path, sizeof(path), "%s/%06d.json", dir, i);
		unlink(path);
	}
	rmdir(dir);
}

int main(int argc, char **argv)
{
	bool only = argc == 5 && !strcmp(argv[1], "--make");
	int files = argc > 1 ? atoi(argv[only ? 3 : 1]) : 10000;
	int measurements = argc > 2 ? atoi(argv[only ? 4 : 2]) : 100, ret;
	const char *tmp = getenv("TMPDIR");
	char dir[256];

	if (files < 1 || measurements < 1) {
		fputs("usage: trend_speed [FILES [MEASUREMENTS]] | --make DIR FILES MEASUREMENTS\n",
		      stderr);
		return 2;
	}
	if (only)
		return make(argv[2], files, measurements);
	snprintf(dir, sizeof(dir), "%s/trend-speed.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 2;
	}
	ret = make(dir, files, measurements);
	if (!ret)
		ret = measure(dir, files);
	drop(dir, files);
	return ret;
}
