/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built kernels: where they are, and what kernels/build says of them. */
#ifndef KERNELS_IMAGE_H
#define KERNELS_IMAGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include <results/results.h>

struct image {
	char *scenario;
	char *folder;		   /* holds image, symbols, info */
	struct results_pairs info; /* the lines of info; patches joined by "; " */
};

/*
 * Runs kernels/build for the scenarios (its progress goes to stderr) and reads what it prints.
 * Its exit status, 0 when every scenario has an image; images[i] belongs to names[i] then. Ends
 * it when a signal has made *stop true.
 */
int image_build(const char *root, char *const *names, size_t nr, struct image *images,
		volatile sig_atomic_t *stop);
void image_free(struct image *images, size_t nr);

/*
 * Calls fn with every function of the image's text and its bytes, until it returns another value
 * than 0, which is returned; name is its own copy. -EINVAL with err: the folder's list of symbols
 * cannot be used.
 */
int image_functions(const char *folder, int (*fn)(void *arg, char *name, long long bytes),
		    void *arg, struct results_error *err);
/* Is it of GUP-fast's path? */
bool image_is_path(const char *function);

/*
 * Bytes of machine code, from the folder's symbols, as measurements: of each function of the
 * GUP-fast path (param symbol), of all of them (symbol=all), and of the whole text (kernel/text).
 */
int image_code_bytes(const struct image *image, const char *format, const char *design,
		     struct results_doc *doc, struct results_error *err);

#endif
