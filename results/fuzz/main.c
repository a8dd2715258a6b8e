// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A fuzz target without libFuzzer: runs the files that it is given, and mutations of them.
 *
 *   replay_NAME [-m MUTATIONS] [-s SEED] FILE...
 *
 * Prints "FILE: accepted" or "FILE: refused" for each, and how many mutations were accepted. A
 * failure aborts, as under libFuzzer; PTBENCH_FUZZ_KEEP names the file that keeps the mutation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_INPUT 65536

static struct fuzz_random chance;

/* The mutator of a target without one of its own. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
						     unsigned int seed)
{
	return LLVMFuzzerMutate(data, size, max);
}

/* Changes, removes, adds or repeats one byte. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	size_t at = size ? fuzz_below(&chance, size) : 0;

	if (!size || (size < max && !fuzz_below(&chance, 4))) {
		if (!max)
			return size;
		memmove(data + at + 1, data + at, size - at);
		data[at] = fuzz_below(&chance, 2) && at ? data[at - 1] : fuzz_below(&chance, 256);
		return size + 1;
	}
	if (!fuzz_below(&chance, 3)) {
		memmove(data + at, data + at + 1, size - at - 1);
		return size - 1;
	}
	data[at] ^= 1 << fuzz_below(&chance, 8);
	return size;
}

/* The copy has no spare byte, so that the sanitizer catches a read past its end. */
static bool run(const uint8_t *data, size_t size)
{
	unsigned long before = fuzz_accepted;
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		exit(2);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return fuzz_accepted > before;
}

static void keep(const uint8_t *data, size_t size)
{
	const char *file = getenv("PTBENCH_FUZZ_KEEP");
	FILE *f = file ? fopen(file, "we") : NULL;

	if (!f)
		return;
	fwrite(data, 1, size, f);
	fclose(f);
}

static size_t load(const char *file, uint8_t *data)
{
	FILE *f = fopen(file, "re");
	size_t size;

	if (!f) {
		fprintf(stderr, "%s: %s\n", file, strerror(errno));
		exit(2);
	}
	size = fread(data, 1, MAX_INPUT, f);
	fclose(f);
	return size;
}

static void run_file(FILE *to, const char *file, unsigned long mutations)
{
	static uint8_t seed[MAX_INPUT], data[MAX_INPUT];
	size_t size = load(file, seed), n = 0;
	unsigned long taken = 0;

	keep(seed, size);
	fprintf(to, "%s: %s\n", file, run(seed, size) ? "accepted" : "refused");
	fflush(to);
	for (unsigned long i = 0; i < mutations; i++) {
		/* Four mutations of mutations, then the file's own bytes again. */
		if (!(i % 4)) {
			memcpy(data, seed, size);
			n = size;
		}
		n = LLVMFuzzerCustomMutator(data, n, sizeof(data),
					    1 + fuzz_below(&chance, 1U << 30));
		keep(data, n);
		taken += run(data, n);
	}
	if (mutations)
		fprintf(to, "%s: %lu of %lu mutations accepted\n", file, taken, mutations);
}

int main(int argc, char **argv)
{
	unsigned long mutations = 0, seed = 1;
	FILE *to = fdopen(dup(STDOUT_FILENO), "w");
	int opt;

	while ((opt = getopt(argc, argv, "m:s:")) != -1) {
		if (opt == 'm')
			mutations = strtoul(optarg, NULL, 10);
		else if (opt == 's')
			seed = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	chance.state = 0x9e3779b97f4a7c15ULL ^ (seed << 1);
	/* Subcommands under test print to stdout. */
	if (!to || !freopen("/dev/null", "w", stdout))
		return 2;
	/* i, not optind: targets call getopt(), too. */
	for (int i = optind; i < argc; i++)
		run_file(to, argv[i], mutations);
	fclose(to);
	return 0;
}
