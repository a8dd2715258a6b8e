/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ptbench explore: the command line over the explorer (ref/explore.h) and the format of what it
 * finds (results/explore.h). cmd_explore.c reads the command line, explore_run.c runs and tells.
 */
#ifndef BENCH_EXPLORE_H
#define BENCH_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>

struct explore_selected {
	const struct explore_model *model;
	bool by_name; /* the command line named it as MECHANISM/VARIANT */
};

struct explore_command {
	struct explore_selected *models;
	size_t nr_models;
	unsigned bound;	    /* UINT_MAX: each model's own */
	const char *replay; /* NULL, or a schedule to replay in the one model selected */
	const char *json;   /* NULL, or the file to write the document to */
	bool no_reduction, verbose, quiet;
	unsigned width;	      /* of the columns */
	char *text;	      /* the command as a shell would take it */
	const char *revision; /* of the suite */
};

/* The subcommand; argv[0] is its name, revision the suite's. Returns ptbench's exit status. */
int bench_cmd_explore(int argc, char **argv, const char *revision);

/* Runs what was selected and prints it. Returns an exit status. */
int explore_run_command(const struct explore_command *c);

#endif
