// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs: partial from the start, the newest link, parts, and input that the reader must refuse. */
#include <array_size.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/results.h>

#include "../../scripts/tap.h"

static char top[] = "/tmp/ptbench-run.XXXXXX";

static char *path(const char *name)
{
	char *p;

	return asprintf(&p, "%s/%s", top, name) < 0 ? NULL : p;
}

static bool points_at(const char *runs, const struct results_run *run)
{
	char target[256] = "", *link;
	ssize_t len;

	if (asprintf(&link, "%s/latest", runs) < 0)
		return false;
	len = readlink(link, target, sizeof(target) - 1);
	free(link);
	return len > 0 && !strcmp(strrchr(run->dir, '/') + 1, target);
}

static void test_life(const char *runs)
{
	struct results_run *run, *second, *seen = NULL;
	struct results_error err = { 0 };
	char *latest = path("a/b/latest"), *file = path("a/b/latest/run.json");
	int ret = results_run_create(runs, "make bench \"x\"", "abc123-dirty", &run, &err);

	if (!ok(!ret, "a run is made, folders and all")) {
		results_error_print(stdout, &err);
		exit(1);
	}
	ok(strstr(run->dir, "Z-abc123-dirty-") && points_at(runs, run),
	   "its name, and the link to it");
	ok(!results_run_read(run->dir, &seen, &err) && !seen->complete && !seen->finished &&
		   !seen->nr_parts && !strcmp(seen->command, run->command),
	   "partial from the start");
	results_run_free(seen);
	ok(!results_run_part(run, "native", "native.json", RESULTS_PASSED, NULL, &err) &&
		   !results_run_part(run, "b", NULL, RESULTS_SKIPPED, "no KVM", &err) &&
		   !results_run_part(run, "c", "c.json", RESULTS_FAILED, "panic\nlast line",
				     &err) &&
		   !results_run_part(run, "b", "b.json", RESULTS_PASSED, "", &err),
	   "parts are added and replaced");
	ok(!results_run_read(latest, &seen, &err) && seen->nr_parts == 3 &&
		   !strcmp(seen->parts[1].name, "b") && seen->parts[1].state == RESULTS_PASSED &&
		   !seen->parts[1].reason && !strcmp(seen->parts[2].reason, "panic\nlast line") &&
		   !seen->complete,
	   "read through the link, still partial");
	results_run_free(seen);
	ok(!results_run_finish(run, true, &err) && !results_run_read(file, &seen, &err) &&
		   seen->complete && seen->finished,
	   "complete when it is finished, read by its run.json");
	results_run_free(seen);
	ok(!results_run_create(runs, "again", "abc123", &second, &err) && points_at(runs, second) &&
		   strcmp(run->dir, second->dir),
	   "the link moves to the next run");
	ok(!results_run_finish(second, false, &err) &&
		   !results_run_read(second->dir, &seen, &err) && !seen->complete && seen->finished,
	   "an interrupted run is finished and partial");
	results_run_free(seen);
	results_run_free(run);
	results_run_free(second);
	free(latest);
	free(file);
}

/* git describe may print characters that no folder's name can have. */
static void test_revisions(const char *runs)
{
	static const struct {
		const char *revision, *folder;
	} good[] = {
		{ "release/v1.0-3-gabcdef123456-dirty", "Z-release-v1.0-3-gabcdef123456-dirty-" },
		{ "a@b#c=d,e/f", "Z-a-b-c-d-e-f-" },
		{ "0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789",
		  "Z-0123456789-0123456789-0123456789-0123456789-0123456789-012345678-" },
	};
	static const char *const bad[] = { "",	     "a b",  "a\nb", "a\033[2J",     "/abs",
					   "a/../b", "a\"b", "\xff", "a\xe2\x80\xae" };
	struct results_run *run, *seen = NULL;
	struct results_error err;
	char longest[130];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ok(!results_run_create(runs, "x", good[i].revision, &run, &err) &&
			   strstr(run->dir, good[i].folder),
		   "%s has a folder", good[i].revision);
		ok(!results_run_read(run->dir, &seen, &err) &&
			   !strcmp(seen->revision, good[i].revision),
		   "and is in the run as it is");
		results_run_free(seen);
		results_run_free(run);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(results_run_create(runs, "x", bad[i], &run, &err) == -EINVAL && !run &&
			   !results_is_revision(bad[i]),
		   "revision %zu: %s", i, results_shown(err.reason));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[129] = '\0';
	ok(!results_is_revision(longest) && results_is_revision(longest + 1),
	   "128 characters at most");
}

static void test_refused(const char *runs)
{
	static const char *const files[] = { "../x.json", "/etc/passwd", "a/b.json",  "..",
					     ".hidden",	  "x..json",	 "a\nb.json", "a b.json",
					     "evil.html", "x.json.html", "x",	      "json",
					     ".json",	  "x.JSON" };
	struct results_run *run = NULL;
	struct results_error err;

	ok(results_run_create(runs, "x", "../up", &run, &err) == -EINVAL && !run, "revision: %s",
	   err.reason);
	ok(results_run_create(runs, "", "a", &run, &err) == -EINVAL && !run, "command: %s",
	   err.reason);
	if (results_run_create(runs, "x", "a", &run, &err))
		exit(1);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		ok(results_run_part(run, "p", files[i], RESULTS_PASSED, NULL, &err) == -EINVAL &&
			   !run->nr_parts,
		   "file %zu is refused", i);
	ok(results_run_part(run, "p", NULL, RESULTS_PASSED, NULL, &err) == -EINVAL, "passed: %s",
	   err.reason);
	ok(results_run_part(run, "p", NULL, RESULTS_FAILED, NULL, &err) == -EINVAL, "failed: %s",
	   err.reason);
	ok(results_run_part(run, "p", "p.json", RESULTS_PASSED, "well", &err) == -EINVAL &&
		   !run->nr_parts,
	   "passed: %s", err.reason);
	results_run_free(run);
}

static void test_errors(void)
{
	struct results_run *run = NULL;
	struct results_error err;
	char *blocked = path("blocked"), *latest = path("blocked/latest"), *plain = path("plain");
	FILE *f = fopen(plain, "w");

	fclose(f);
	ok(results_run_create(plain, "x", "a", &run, &err) < 0 && !run, "runs is a file: %s",
	   err.reason);
	mkdir(blocked, 0777);
	mkdir(latest, 0777);
	ok(results_run_create(blocked, "x", "a", &run, &err) < 0 && !run &&
		   strstr(err.reason, "remove it"),
	   "latest is a folder: %s", err.reason);
	ok(!rmdir(latest) && !rmdir(blocked), "and no run is left that nobody knows of");
	mkdir(blocked, 0777);
	ok(results_run_read("/nowhere/at/all", &run, &err) == -ENOENT && !run, "no run: %s",
	   err.reason);
	ok(results_run_read(top, &run, &err) == -ENOENT && strstr(err.file, "run.json"),
	   "a folder without run.json: %s", err.reason);
	free(plain);
	free(blocked);
	free(latest);
}

/* Runs that start in the same second get different folders. */
static void test_many(const char *runs)
{
	int made = 0;

	for (int i = 0; i < 100; i++) {
		struct results_run *run;

		made += !results_run_create(runs, "x", "a", &run, NULL);
		results_run_free(run);
	}
	ok(made == 100, "100 runs at once have 100 folders");
}

int main(void)
{
	char command[64], *runs;

	if (!mkdtemp(top)) {
		perror(top);
		return 1;
	}
	runs = path("a/b");
	test_life(runs);
	test_revisions(runs);
	test_refused(runs);
	test_errors();
	test_many(runs);
	snprintf(command, sizeof(command), "rm -r '%s'", top);
	ok(!system(command), "cleaned up");
	free(runs);
	return tap_done();
}
