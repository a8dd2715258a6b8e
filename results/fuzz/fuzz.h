/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the fuzz targets: a folder for the files that readers read, inputs of several sections,
 * a mutator of JSON, and failing.
 *
 * A target is fuzz_NAME.c with LLVMFuzzerTestOneInput(). `make fuzz` links it with libFuzzer, and
 * `make test` with main.c, which runs the files of the corpus.
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
/* Mutates size bytes in place; returns the new size, at most max. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* Inputs that the reader under test accepted: a target that refuses all inputs tests little. */
extern unsigned long fuzz_accepted;

/* Prints what does not hold and aborts, so that libFuzzer or main.c keeps the input. */
void fuzz_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The path of a file in this process's folder (in /dev/shm, where there is one). malloc'ed. */
char *fuzz_path(const char *name);
/* Writes the file fuzz_path(name), and makes the folders in its name. */
void fuzz_put(const char *name, const void *data, size_t size);
/* The content of fuzz_path(name), malloc'ed, NUL-terminated; fails without it. size may be NULL. */
char *fuzz_get(const char *name, size_t *size);
/* Removes every file of that folder, so that no input sees the files of an earlier one. */
void fuzz_clean(void);

/* A stream for output that nobody reads. */
FILE *fuzz_null(void);

/* A section of an input; lines "%%" separate them. */
struct fuzz_section {
	const uint8_t *data;
	size_t size; /* without the "%%" line that ends it */
};
#define FUZZ_MAX_SECTIONS 16
/* Fills all of v; returns the number of sections. The last one of v has the rest of data. */
size_t fuzz_sections(const uint8_t *data, size_t size, struct fuzz_section *v);
/* Joins sections with "%%" lines between; returns the size, or 0 if it is more than max. */
size_t fuzz_join(const struct fuzz_section *v, size_t nr, uint8_t *out, size_t max);

/* A random generator of our own: a seed gives the same numbers on every machine. */
struct fuzz_random {
	uint64_t state;
};
unsigned int fuzz_below(struct fuzz_random *r, unsigned int n); /* 0..n - 1; n >= 1 */

/*
 * Mutates one section, mostly the first, by change (NULL: by libFuzzer only). Then fix_end() mostly
 * corrects the end of the first section; otherwise the reader would refuse almost every input.
 */
size_t fuzz_mutate_section(uint8_t *data, size_t size, size_t max, unsigned int seed,
			   size_t (*change)(uint8_t *piece, size_t size, size_t max,
					    struct fuzz_random *r),
			   size_t (*fix_end)(uint8_t *piece, size_t size, size_t max));

/* Mutates a JSON document, by structure or by bytes; returns the new size. */
size_t fuzz_mutate_json(uint8_t *data, size_t size, size_t max, struct fuzz_random *r);
/* Puts a value of data2 into data1, at a place of the same name. Returns the size; 0: none fits. */
size_t fuzz_cross_json(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2,
		       uint8_t *out, size_t max, struct fuzz_random *r);

/* Fails unless both texts are equal as JSON: numbers by value, rows in any order. */
void fuzz_same_json(const char *what, const char *a, size_t size_a, const char *b, size_t size_b);
/*
 * Fails unless the file first equals the text as JSON, and the file second, written again from what
 * a reader read from first, has the same bytes as first.
 */
void fuzz_same_files(const char *text, size_t size, const char *first, const char *second);

#endif
