/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boots: QEMU processes with a console and a data line in files, watched until they end.
 */
#ifndef KERNELS_BOOT_H
#define KERNELS_BOOT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include <results/results.h>

#include "rows.h"
#include "scenario.h"

enum qemu_mode { QEMU_ICOUNT, QEMU_KVM };

struct qemu_boot {
	/* What is booted. */
	const struct scenario *scenario;
	enum qemu_mode mode;
	bool events; /* two CPUs, events; else one CPU, costs */
	char *image, *initramfs;
	char *console, *stream; /* files that QEMU writes */
	const char *append;	/* more words for the kernel, or NULL */
	char *plugin;		/* what QEMU is given as -plugin, or NULL */
	char *table, *profile;	/* files that the plugin reads, and writes */
	int timeout;		/* seconds of real time */
	const char *qemu_version;
	struct boot_rows rows; /* what it has to show */
	/* While it runs. */
	pid_t pid; /* 0: not started or gone */
	double started, seconds;
	bool done, reported;
	char why[600]; /* why it did not end by itself as it should, or "" */
};

/* The kernel's command line; malloc'ed. */
char *qemu_command_line(const struct qemu_boot *b);
/* QEMU's arguments without paths, for the provenance; malloc'ed. */
char *qemu_options(const struct qemu_boot *b);
/* What PTBENCH_QEMU names, which stands in for every QEMU; NULL: nothing. */
const char *qemu_stand_in(void);
/* The program to run as this QEMU. */
const char *qemu_program(const char *qemu);
/* A path within an option of several values: QEMU takes a comma that is written twice;
 * malloc'ed. */
char *qemu_escaped(const char *path);
#define QEMU_MAX_OPTIONS 64
/*
 * Adds the words of the options, which are cut up, to the nr in argv, of QEMU_MAX_OPTIONS. How many
 * there are, or -E2BIG. A blank within an argument cannot be said, nor has any of ours one.
 */
int qemu_split(char *options, const char **argv, int nr);

/* Boots, of which more may be added at the end while others run. */
struct qemu_pool {
	struct qemu_boot *boots;
	size_t nr;
	int jobs;
	void (*done)(struct qemu_boot *b, void *arg); /* called once for each, as they end */
	void *arg;
	size_t started; /* these three are the pool's own */
	size_t reported;
	int running;
};
/* Starts what may be started and looks after what runs, without waiting. Is there more to do? */
bool qemu_pool_step(struct qemu_pool *p);
/* Ends every QEMU that it started. */
void qemu_pool_end(struct qemu_pool *p);

/*
 * Runs all boots, at most jobs at a time, and calls done for each, as they end. Stops early, ending
 * every QEMU it started, when *stop becomes true: -EINTR.
 */
int qemu_run(struct qemu_boot *boots, size_t nr, int jobs, volatile sig_atomic_t *stop,
	     void (*done)(struct qemu_boot *b, void *arg), void *arg);

#endif
