// SPDX-License-Identifier: GPL-2.0-or-later
#include <array_size.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <results/results.h>

#include "native_options.h"

#define MIN_SECONDS "0.003"
#define REPETITIONS "9"

const char native_usage[] =
	"usage: bench [--ptbench_out=FILE] [--ptbench_static=FILE] [--ptbench_quiet]\n"
	"             [--benchmark_...=...]\n"
	"  --ptbench_out=FILE     write the part `native` there; Google Benchmark prints nothing\n"
	"  --ptbench_static=FILE  write the part `ref.static` (code sizes) there\n"
	"  --ptbench_objects=FILE the archive whose code sizes these are (default: libref.a beside bench)\n"
	"  --ptbench_any_load     keep every repetition, however busy this machine was\n"
	"  --ptbench_process=K/N  this is the Kth of N processes of ptbench bench: one repetition\n"
	"  --ptbench_like=FILE    measure the rows of that part, with as many operations each\n"
	"  --ptbench_slow=PERCENT make each timed call that much longer, to see whether a judge finds it;\n"
	"                         leaves out rows whose time is not this program's\n"
	"  --ptbench_progress=S   print a line of progress every S seconds (default: 10, on a terminal 1)\n"
	"  --ptbench_quiet        no progress on stderr\n"
	"The flags of Google Benchmark work as ever (--benchmark_list_tests, --benchmark_filter=...).\n";

static bool take_value(const char *arg, const char *flag, const char **value)
{
	size_t len = strlen(flag);

	if (strncmp(arg, flag, len) || arg[len] != '=')
		return false;
	*value = arg + len + 1;
	return true;
}

void native_options_parse(int *argc, char **argv, struct native_options *o)
{
	int kept = 1;

	o->min_time = MIN_SECONDS;
	o->repetitions = NULL;
	for (int i = 1; i < *argc; i++) {
		/* Read here, and left in argv for the library. */
		take_value(argv[i], "--benchmark_min_time", &o->min_time);
		take_value(argv[i], "--benchmark_repetitions", &o->repetitions);
		if (!strcmp(argv[i], "--ptbench_quiet"))
			o->quiet = true;
		else if (!strcmp(argv[i], "--ptbench_any_load"))
			o->any_load = true;
		else if (!take_value(argv[i], "--ptbench_out", &o->out) &&
			 !take_value(argv[i], "--ptbench_progress", &o->every) &&
			 !take_value(argv[i], "--ptbench_process", &o->process) &&
			 !take_value(argv[i], "--ptbench_like", &o->like) &&
			 !take_value(argv[i], "--ptbench_slow", &o->slow) &&
			 !take_value(argv[i], "--ptbench_objects", &o->objects) &&
			 !take_value(argv[i], "--ptbench_static", &o->codes))
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	*argc = kept;
	if (!o->repetitions)
		o->repetitions = o->process ? "1" : REPETITIONS;
}

int native_options_check(const struct native_options *o)
{
	const char *out = o->out ? o->out : o->codes;
	char *folder = out ? strdup(out) : NULL, *end = NULL;
	int status = 0;

	if (o->every &&
	    (strtod(o->every, &end) < 0 || *o->every < '0' || *o->every > '9' || *end)) {
		fprintf(stderr,
			"bench: --ptbench_progress=%s: must be a number of seconds, 0 or more\n",
			results_shown(o->every));
		status = EXIT_USAGE;
	}
	if (o->slow && (strtod(o->slow, &end) < 0 || strtod(o->slow, &end) > 1000 ||
			*o->slow < '0' || *o->slow > '9' || *end)) {
		fprintf(stderr,
			"bench: --ptbench_slow=%s: must be a number of percent, 0 to 1000\n",
			results_shown(o->slow));
		status = EXIT_USAGE;
	}
	if (folder && (!*out || access(dirname(folder), W_OK | X_OK))) {
		fprintf(stderr,
			"bench: --ptbench_%s=%s: %s; name a file in a folder that can be written "
			"to\n",
			o->out ? "out" : "static", results_shown(out),
			*out ? strerror(errno) : "no file");
		status = EXIT_USAGE;
	}
	free(folder);
	return status;
}

bool native_asks_for_help(char **argv)
{
	while (*++argv)
		if (!strcmp(*argv, "--help"))
			return true;
	return false;
}

char **native_with_defaults(int *argc, char **argv, bool one_of_several)
{
	const char *const defaults[] = {
		one_of_several ? "--benchmark_repetitions=1"
			       : "--benchmark_repetitions=" REPETITIONS,
		"--benchmark_min_time=" MIN_SECONDS,
		"--benchmark_enable_random_interleaving=true",
	};
	size_t nr = ARRAY_SIZE(defaults);
	char **args = calloc(*argc + nr + 1, sizeof(*args));

	if (!args)
		return NULL;
	args[0] = argv[0];
	memcpy(args + 1, defaults, sizeof(defaults));
	memcpy(args + 1 + nr, argv + 1, (*argc - 1) * sizeof(*args));
	*argc += nr;
	return args;
}

char *native_command(int argc, char **argv)
{
	const char **words = calloc((size_t)argc, sizeof(*words));
	const char *value;
	char *text = NULL;

	if (words) {
		words[0] = "build/bench";
		for (int i = 1; i < argc; i++) {
			words[i] = argv[i];
			if (take_value(argv[i], "--ptbench_out", &value))
				words[i] = "--ptbench_out=FILE";
			else if (take_value(argv[i], "--ptbench_static", &value))
				words[i] = "--ptbench_static=FILE";
		}
		text = results_shell_words(argc, words);
	}
	free(words);
	return text;
}
