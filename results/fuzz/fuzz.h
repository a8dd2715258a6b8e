/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz targets share: a folder for the files that readers want, inputs of several sections,
 * a mutator that knows JSON, and how to fail.
 *
 * A target is fuzz_NAME.c with LLVMFuzzerTestOneInput(). It is linked with libFuzzer (`make fuzz`), and
 * with main.c, which runs what the corpus holds (`make test`).
 */
#ifndef RESULTS_FUZZ_H
#define RESULTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* libFuzzer's names; see llvm.org/docs/LibFuzzer.html. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max, unsigned int seed);
/* Mutates bytes in place, of which there may be max then; returns how many there are. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* How many inputs the reader under test has taken: a target that refuses all of them tests little. */
extern unsigned long fuzz_accepted;

/* Says what does not hold and aborts, so that the input is kept. */
void fuzz_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The path of a file in a folder of this process, in memory where there is a /dev/shm. malloc'ed. */
char *fuzz_path(const char *name);
/* Writes that file; the folders in its name are made. */
void fuzz_put(const char *name, const void *data, size_t size);
/* The file as a string, malloc'ed; fails without it. size may be NULL. */
char *fuzz_get(const char *name, size_t *size);
/* Removes every file of that folder, so that no input sees what another one left. */
void fuzz_clean(void);

/* A stream for what is printed and not looked at. */
FILE *fuzz_null(void);

/* An input's sections: what stands between lines "%%". */
struct fuzz_section {
	const uint8_t *data;
	size_t size; /* without the line "%%" behind it */
};
#define FUZZ_MAX_SECTIONS 16
/* Fills all of v; returns how many there are, of which the last one has the rest. */
size_t fuzz_sections(const uint8_t *data, size_t size, struct fuzz_section *v);
/* "%%" lines between; returns the size, or 0: more than max. */
size_t fuzz_join(const struct fuzz_section *v, size_t nr, uint8_t *out, size_t max);

/* A generator of its own, so that a seed means the same everywhere. */
struct fuzz_random {
	uint64_t state;
};
unsigned int fuzz_below(struct fuzz_random *r, unsigned int n); /* 0..n - 1; n >= 1 */

/*
 * Mutates one section, the first one most often, by change (NULL: by libFuzzer alone), and mostly has
 * fix_end put right how the first one ends, or nothing would get past the reader.
 */
size_t fuzz_mutate_section(uint8_t *data, size_t size, size_t max, unsigned int seed,
			   size_t (*change)(uint8_t *piece, size_t size, size_t max,
					    struct fuzz_random *r),
			   size_t (*fix_end)(uint8_t *piece, size_t size, size_t max));

/* Mutates a JSON document by its structure, or its bytes. */
size_t fuzz_mutate_json(uint8_t *data, size_t size, size_t max, struct fuzz_random *r);
/* Data 1 with a piece of data 2, taken from a place of the same name. 0: nothing fits. */
size_t fuzz_cross_json(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
		       uint8_t *out, size_t max, struct fuzz_random *r);

/* Fails unless both texts are JSON that says the same: numbers by value, rows in any order. */
void fuzz_same_json(const char *what, const char *a, size_t size_a, const char *b, size_t size_b);
/*
 * Fails unless the file first says what the text says, and second, which was written of what was read
 * of it, is the same bytes.
 */
void fuzz_same_files(const char *text, size_t size, const char *first, const char *second);

#endif
