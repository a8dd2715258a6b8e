/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What parts that build/bench makes in one process and those that it makes in several share. */
#ifndef BENCH_PARTS_BENCH_H
#define BENCH_PARTS_BENCH_H

#include <stdbool.h>

#include <results/results.h>

#include "program.h"

#define PARTS_REASON 4096 /* bytes of why a part failed */

bool parts_was_interrupted(const struct program_end *end);

/*
 * Runs program, a build/bench, with "<option>=<file>", and reads the document of that part which it
 * left. argv's first two are set here; NULL ends it. *doc is NULL if none can be used. why is "" if
 * all is well.
 */
struct program_end parts_run_bench(const char *program, const char *part, const char *option,
				   const char *file, char **argv, struct results_doc **doc,
				   char *why, size_t size);

/* Records the part; file: NULL if it has no document. Returns an exit status. */
int parts_record_bench(struct results_run *run, const char *name, const char *file,
		       bool interrupted, char *why, size_t size);

#endif
