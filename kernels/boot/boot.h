/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boots: QEMU processes that write a console and a data line to files, watched until they end.
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
	bool events;	/* two CPUs, events; else one CPU, costs */
	bool functions; /* costs, with instructions by function: the plugin counts every row */
	char *image, *initramfs;
	char *console, *stream; /* files that QEMU writes */
	const char *append;	/* more words for the kernel, or NULL */
	char *plugin;		/* the value of QEMU's option -plugin, or NULL */
	char *table, *profile;	/* files that the plugin reads, and writes */
	int timeout;		/* seconds of real time */
	const char *qemu_version;
	struct boot_rows rows; /* the rows that its stream must have */
	/* While it runs. */
	pid_t pid; /* 0: not started or gone */
	double started, seconds;
	bool done, reported;
	char why[600]; /* why QEMU failed or had to be ended, or "" */
};

/* The kernel's command line; malloc'ed. */
char *qemu_command_line(const struct qemu_boot *b);
/* QEMU's arguments without paths, for the provenance; malloc'ed. */
char *qemu_options(const struct qemu_boot *b);
/* Doubles the commas of a path, as QEMU wants them in an option of several values; malloc'ed. */
char *qemu_escaped(const char *path);
#define QEMU_MAX_OPTIONS 64
/*
 * Cuts options into words at its blanks, in place, and adds them to the nr words in argv. Returns
 * the new number, or -E2BIG above QEMU_MAX_OPTIONS. No argument can contain a blank.
 */
int qemu_split(char *options, const char **argv, int nr);

/* Boots; more may be added at the end while others run. */
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
/* Starts boots while fewer than jobs run, and checks those that run; never waits. More to do? */
bool qemu_pool_step(struct qemu_pool *p);
/* Ends every QEMU that the pool started. */
void qemu_pool_end(struct qemu_pool *p);

/*
 * Runs all boots, at most jobs at a time, and calls done for each as it ends. When *stop becomes
 * true, it ends every QEMU that it started and returns -EINTR.
 */
int qemu_run(struct qemu_boot *boots, size_t nr, int jobs, volatile sig_atomic_t *stop,
	     void (*done)(struct qemu_boot *b, void *arg), void *arg);

#endif
