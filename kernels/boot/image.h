/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Built kernels: their folders, and what kernels/build tells about them. */
#ifndef KERNELS_IMAGE_H
#define KERNELS_IMAGE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <results/results.h>

struct image {
	char *scenario;
	char *folder;		   /* holds image, symbols, objects, info; NULL: not built */
	struct results_pairs info; /* the lines of info; patches joined by "; " */
	char *reason;		   /* why it was not built; NULL: it was, or is not known yet */
	bool skipped;		   /* no failure: a tool, or code to patch, is missing */
};

/*
 * Runs kernels/build for the scenarios (its progress goes to stderr) and reads its verdicts;
 * images[i] belongs to names[i]. ksrc: the kernel source, or NULL for KSRC of the environment.
 * 0 when every scenario has an image; 4 when not; 2 for bad input; 130 when a signal handler has
 * set *stop, upon which kernels/build is ended.
 */
int image_build(const char *root, const char *ksrc, char *const *names, size_t nr,
		struct image *images, volatile sig_atomic_t *stop);
/* Opens an image folder that is built already. -errno */
int image_open(struct image *image, const char *scenario, const char *folder);
void image_free(struct image *images, size_t nr);

/* Non-blocking variant of image_build(): the caller fills the fields before pid. */
struct image_build {
	const char *root;
	char *const *names;
	size_t nr;
	struct image *images; /* zeroed */
	bool follow;	      /* one of many commits: kernels/build --follow */
	pid_t pid;	      /* 0: not running */
	int fd;
	bool *told; /* by image: kernels/build has printed its line */
	char text[8192];
	size_t len;
};
int image_build_start(struct image_build *b, const char *ksrc);
/*
 * Waits at most ms milliseconds for lines of kernels/build and calls done with the index of each
 * image that is built or refused. -EAGAIN while kernels/build runs, then its exit status.
 */
int image_build_poll(struct image_build *b, int ms, void (*done)(size_t i, void *arg), void *arg);
int image_build_stop(struct image_build *b);

#define IMAGE_PREEMPTION 32
/*
 * Reads from the folder's config where the kernel can be preempted: "none", "voluntary", "lazy",
 * "full" or "rt"; "dynamic, none" and so on where the command line may choose another. False: the
 * folder has no config that says it.
 */
bool image_preemption(const char *folder, char to[IMAGE_PREEMPTION]);

/*
 * Calls fn with the name (which fn may change) and the size in bytes of every function of the
 * image's text, until fn returns a value other than 0, and returns that value. -EINVAL with err:
 * the folder's list of symbols cannot be used.
 */
int image_functions(const char *folder, int (*fn)(void *arg, char *name, long long bytes),
		    void *arg, struct results_error *err);
/* Is the function part of GUP-fast's path? */
bool image_is_path(const char *function);

/*
 * Adds measurements of bytes of machine code, from the folder's symbols: of each function of the
 * GUP-fast path (param symbol) and of that which frees page tables, of all of a path (symbol=all),
 * and of the whole text (kernel/text).
 */
int image_code_bytes(const struct image *image, const char *format, const char *design,
		     struct results_doc *doc, struct results_error *err);

#endif
