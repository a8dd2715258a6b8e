// SPDX-License-Identifier: GPL-2.0-or-later
// Code in object files: sizes, and which functions are the same code.

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ref/gup.h>

#include "../../scripts/tap.h"
#include "../code_bytes.h"

/* What the samples call. They are linked in only so that their object is built. */
int sample_callee_a(int x);
int sample_callee_b(int x);

int sample_callee_a(int x)
{
	return x;
}

int sample_callee_b(int x)
{
	return -x;
}

static char build[PATH_MAX];
static char samples[PATH_MAX + 64], archive[PATH_MAX + 64];

static bool same(const char *file, const char *a, const char *b)
{
	struct code *x, *y;
	bool ret = false;

	if (code_read(file, a, &x)) {
		diag("%s: no %s", file, a);
		return false;
	}
	if (code_read(file, b, &y)) {
		diag("%s: no %s", file, b);
		code_free(x);
		return false;
	}
	ret = code_same(x, y);
	code_free(x);
	code_free(y);
	return ret;
}

static size_t size_of(const char *file, const char *symbol)
{
	struct code *code;
	size_t size;

	if (code_read(file, symbol, &code))
		return 0;
	size = code_size(code);
	code_free(code);
	return size;
}

static void test_samples(void)
{
	ok(size_of(samples, "sample_adds_one") > 0, "a function has a size");
	ok(size_of(samples, "sample_longer") > size_of(samples, "sample_calls_a"),
	   "a longer one a larger one");
	ok(same(samples, "sample_calls_a", "sample_calls_a"), "a function is the same as itself");
	ok(same(samples, "sample_calls_a", "sample_calls_a_again"), "and as one of the same code");
	ok(!same(samples, "sample_calls_a", "sample_calls_b"),
	   "the same bytes that call another function are other code");
	ok(!same(samples, "sample_adds_one", "sample_adds_two"), "as is another constant");
	ok(!same(samples, "sample_calls_a", "sample_longer"), "and another length");
	ok(same(samples, "sample_constant", "sample_constant_again"), "the same constant in memory");
	ok(!same(samples, "sample_constant", "sample_other_constant"), "another constant in memory");
	ok(same(samples, "sample_of_itself", "sample_of_itself_too"),
	   "naming itself is the same as another naming itself");
}

static void test_origin(void)
{
	char arch[32], compiler[64];

	ok(!code_origin(archive, arch, sizeof(arch), compiler, sizeof(compiler)) && arch[0] &&
	   strcmp(arch, "unknown"), "what an archive was compiled for: %s", arch);
	ok(strstr(compiler, "GCC") || strstr(compiler, "clang"), "and by: %s", compiler);
	ok(code_origin("/nonexistent/file.a", arch, sizeof(arch), compiler, sizeof(compiler)) ==
	   -ENOENT, "of no file");
}

static void test_errors(void)
{
	struct code *code;

	ok(code_read(samples, "sample_nowhere", &code) == -ENOENT && !code, "no such function");
	ok(code_read(samples, "sample_adds", &code) == -ENOENT, "the beginning of a name is no name");
	ok(code_read("/nonexistent/file.o", "f", &code) == -ENOENT, "no such file");
	ok(code_read(__FILE__, "f", &code) == -EINVAL || access(__FILE__, R_OK), "not ELF");
	ok(code_read("/dev/null", "f", &code) == -EINVAL, "an empty file");
}

static void test_walkers(void)
{
	size_t nr_same = 0, nr_alike = 0, nr_different = 0, none = 0;

	for (size_t i = 0; i < gup_nr_walkers(); i++) {
		const struct gup_walker *w = gup_walker_at(i), *lockless;

		none += !size_of(archive, w->symbol);
		lockless = gup_walker_find(w->format, "offset_lockless");
		if (w == lockless)
			continue;
		if (gup_designs_differ(w, lockless)) {
			nr_different += same(archive, w->symbol, lockless->symbol);
			continue;
		}
		nr_alike++;
		nr_same += size_of(archive, w->symbol) == size_of(archive, lockless->symbol);
	}
	ok(!none, "every walker is in %s", archive);
	/* Of two hundred pairs the compiler may choose otherwise in a few. */
	ok(nr_alike > 100 && nr_same + nr_alike / 20 >= nr_alike,
	   "designs make code as long where they do the same (%zu of %zu)", nr_same, nr_alike);
	ok(nr_different == 0, "and other code where they do not");
}

int main(int argc, char **argv)
{
	char *self = realpath(argv[0], NULL);

	snprintf(build, sizeof(build), "%s/..", self ? dirname(self) : ".");
	free(self);
	snprintf(samples, sizeof(samples), "%s/obj/bench/test/samples.o", build);
	snprintf(archive, sizeof(archive), "%s/libref.a", build);
	test_samples();
	test_origin();
	test_errors();
	test_walkers();
	return tap_done();
}
