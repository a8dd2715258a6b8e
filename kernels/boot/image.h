/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built kernels: where they are, and what kernels/build says of them. */
#ifndef KERNELS_IMAGE_H
#define KERNELS_IMAGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <results/results.h>

struct image {
	char *scenario;
	char *folder;		   /* holds image, symbols, objects, info; NULL: there is none */
	struct results_pairs info; /* the lines of info; patches joined by "; " */
	char *reason;		   /* why there is none; NULL: not known yet, or there is one */
	bool skipped;		   /* that is for want of something, and no failure */
};

/*
 * Runs kernels/build for the scenarios (its progress goes to stderr) and reads what it prints;
 * images[i] belongs to names[i]. ksrc: the kernel source, or NULL for KSRC of the environment.
 * 0 when every scenario has an image; 4 when not; 2 for bad input; 130 when a signal has made
 * *stop true, which ends it.
 */
int image_build(const char *root, const char *ksrc, char *const *names, size_t nr,
		struct image *images, volatile sig_atomic_t *stop);
/* One that is there. -errno */
int image_open(struct image *image, const char *scenario, const char *folder);
void image_free(struct image *images, size_t nr);

/* The same, for who has other things to do meanwhile: the caller fills the first four. */
struct image_build {
	const char *root;
	char *const *names;
	size_t nr;
	struct image *images; /* zeroed */
	pid_t pid;	      /* 0: not running */
	int fd;
	bool *told; /* of which it has printed a line */
	char text[8192];
	size_t len;
};
int image_build_start(struct image_build *b, const char *ksrc);
/*
 * Waits at most ms for another image and calls done with its number. -EAGAIN while it runs, then
 * its exit status.
 */
int image_build_poll(struct image_build *b, int ms, void (*done)(size_t i, void *arg), void *arg);
int image_build_stop(struct image_build *b);

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
