// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of ptbench explore: selects models and options, lists the models. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <ref/explore.h>
#include <results/results.h>

#include "explore.h"

#define LEAST_WIDTH 40 /* characters of all columns of an interleaving */

static const char usage[] =
	"usage: ptbench explore [OPTION]... [MECHANISM[/VARIANT]]...\n"
	"\n"
	"Runs the reference's own code under every schedule of a few simulated CPUs, interrupts included,\n"
	"up to a number of preemptions, and says which invariant broke. Good variants have to be clean,\n"
	"busted ones have to break the invariant that they name. Default: all models.\n"
	"\n"
	"  -l, --list          print the models and what each asks, and run none\n"
	"  -b, --bound N       at most N preemptions (default: each model's own, at least 3)\n"
	"  -r, --replay S      run one schedule, as a failure's last line gives it; needs one variant\n"
	"  -j, --json FILE     write the findings (results/schema/ptbench-explore-1.schema.json); the file\n"
	"                      exists from the start, and is written again as models finish\n"
	"      --no-reduction  visit states again that were visited before: slow; shows that skipping\n"
	"                      them loses no failure\n"
	"  -v, --verbose       print the failing interleaving of every busted variant\n"
	"  -w, --width N       width of an interleaving (at least 40; default: the terminal's, or 120)\n"
	"  -q, --quiet         no progress on standard error\n"
	"  -h, --help          print this\n"
	"\n"
	"A busted variant that is asked for as MECHANISM/VARIANT shows its failing interleaving in\n"
	"columns, one per CPU, with the invariant that broke and the command that shows it again. So does\n"
	"a good variant that fails. What a clean model shows is bounded: every sequentially consistent\n"
	"interleaving (or, in mode store-buffer, every one of a machine that delays each CPU's stores in\n"
	"order) up to the bound, and no more.\n"
	"\n"
	"Ctrl-C keeps what is finished and marks the file incomplete; twice ends at once.\n"
	"Exit status: 0 fine; 1 a good variant failed, or a busted one survived or broke another invariant\n"
	"than the one it names; 2 usage; 4 a model could not be set up, or not all could be\n"
	"printed; 130 interrupted.\n"
	"Examples: ptbench explore; ptbench explore gup --bound 4; ptbench explore --list kmap\n";

/* ---- names ---- */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein distance of two names; only the first 79 letters count. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[80], la = least(strlen(a), 79), lb = least(strlen(b), 79);

	for (unsigned j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			unsigned changed = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[lb];
}

/* How far a name is from the typed one; 0 is nearest. A name that contains it is near. */
static unsigned farness(const char *typed, const char *name)
{
	const char *variant = strchr(name, '/');
	unsigned d = distance(typed, name);

	if (variant)
		d = least(d, distance(typed, variant + 1));
	return strstr(name, typed) ? least(d, 1) : d;
}

static void model_name(char *buf, size_t size, const struct explore_model *m)
{
	snprintf(buf, size, "%s/%s", m->mechanism, m->variant);
}

static bool same_mechanism_before(size_t i)
{
	return i && !strcmp(explore_model_at(i)->mechanism, explore_model_at(i - 1)->mechanism);
}

static void unknown_name(const char *typed)
{
	size_t nr = explore_nr_models();
	unsigned told = 0, limit = 2 + strlen(typed) / 3;
	char name[256];

	fprintf(stderr, "ptbench explore: %s: no such model", results_shown(typed));
	for (unsigned far = 0; far <= limit && told < 5; far++) {
		for (size_t i = 0; i < nr && told < 5; i++) {
			model_name(name, sizeof(name), explore_model_at(i));
			if (farness(typed, name) == far)
				fprintf(stderr, "%s %s", told++ ? "," : "; near it:", name);
		}
	}
	if (!told) {
		fprintf(stderr, "; there are");
		for (size_t i = 0; i < nr; i++)
			if (!same_mechanism_before(i))
				fprintf(stderr, " %s", explore_model_at(i)->mechanism);
	}
	fprintf(stderr, "; ptbench explore --list names all\n");
}

static bool selects(const char *typed, const struct explore_model *m, bool *by_name)
{
	size_t len = strlen(m->mechanism);

	*by_name = !strncmp(typed, m->mechanism, len) && typed[len] == '/' &&
		   !strcmp(typed + len + 1, m->variant);
	return *by_name || !strcmp(typed, m->mechanism);
}

/* Selects the named models, each once, in the order of the table. 0, or -EINVAL after a message. */
static int select_models(struct explore_command *c, char **names, int nr_names)
{
	size_t nr = explore_nr_models();
	bool by_name, *known = calloc(nr_names + 1, sizeof(*known));
	int err = 0;

	c->models = calloc(nr + 1, sizeof(*c->models));
	if (!known || !c->models) {
		free(known);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i++) {
		const struct explore_model *m = explore_model_at(i);
		bool selected = !nr_names;

		for (int n = 0; n < nr_names; n++) {
			if (!selects(names[n], m, &by_name))
				continue;
			known[n] = selected = true;
			c->models[c->nr_models].by_name |= by_name;
		}
		if (selected)
			c->models[c->nr_models++].model = m;
	}
	for (int n = 0; n < nr_names; n++) {
		if (known[n])
			continue;
		unknown_name(names[n]);
		err = -EINVAL;
	}
	free(known);
	return err;
}

static int list_models(const struct explore_command *c)
{
	int widest = 5;
	char name[256];

	for (size_t i = 0; i < c->nr_models; i++) {
		model_name(name, sizeof(name), c->models[i].model);
		if ((int)strlen(name) > widest)
			widest = strlen(name);
	}
	printf("%-*s  %-6s  %-12s  CPUs  bound  what is asked\n", widest, "model", "", "mode");
	for (size_t i = 0; i < c->nr_models; i++) {
		const struct explore_model *m = c->models[i].model;

		model_name(name, sizeof(name), m);
		printf("%-*s  %-6s  %-12s  %4u  %5u  %s", widest, name,
		       m->busted ? "busted" : "good", explore_mode_name(m->mode), m->nr_cpus,
		       m->bound ? m->bound : 3, m->summary);
		if (m->busted)
			printf("; has to break: %s", m->caught_by);
		putchar('\n');
	}
	return EXIT_FINE;
}

/* ---- options ---- */

static int parse_number(const char *option, const char *text, unsigned least_one, unsigned most,
			unsigned *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < least_one || n > most) {
		fprintf(stderr, "ptbench explore: %s %s: must be a number from %u to %u\n", option,
			results_shown(text), least_one, most);
		return -EINVAL;
	}
	*out = (unsigned)n;
	return 0;
}

/* One option. 0, or -EINVAL after a message. */
static int take_option(struct explore_command *c, int option, const char *value, bool *list)
{
	switch (option) {
	case 'l':
		*list = true;
		return 0;
	case 'b':
		return parse_number("--bound", value, 0, 1000, &c->bound);
	case 'r':
		c->replay = value;
		return 0;
	case 'j':
		c->json = value;
		return 0;
	case 'R':
		c->no_reduction = true;
		return 0;
	case 'v':
		c->verbose = true;
		return 0;
	case 'w':
		return parse_number("--width", value, LEAST_WIDTH, 10000, &c->width);
	case 'q':
		c->quiet = true;
		return 0;
	}
	fputs("Try: ptbench explore --help\n", stderr);
	return -EINVAL;
}

/* Reads the options. 0, 1 for --help, or -EINVAL after a message. optind is at the first name. */
static int parse(int argc, char **argv, struct explore_command *c, bool *list)
{
	static const struct option options[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "bound", required_argument, NULL, 'b' },
		{ "replay", required_argument, NULL, 'r' },
		{ "json", required_argument, NULL, 'j' },
		{ "no-reduction", no_argument, NULL, 'R' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "width", required_argument, NULL, 'w' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	optind = 0; /* the program may have parsed its own options before */
	while ((option = results_getopt(argc, argv, "lb:r:j:vw:qh", options)) != -1) {
		if (option == 'h')
			return 1;
		if (take_option(c, option, optarg, list))
			return -EINVAL;
	}
	return 0;
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= LEAST_WIDTH)
		return size.ws_col;
	return 120;
}

static int check_replay(const struct explore_command *c)
{
	if (!c->replay || c->nr_models == 1)
		return 0;
	fprintf(stderr,
		"ptbench explore: --replay is for one variant, %zu are selected; name it as "
		"MECHANISM/VARIANT\n",
		c->nr_models);
	return -EINVAL;
}

/*
 * The command that explore.json records. It names FILE in place of c->json, a part of one of the
 * words: a reader who pastes the command into a shell does not overwrite the exploration.
 * malloc'ed; NULL without memory.
 */
static char *command_text(const struct explore_command *c, int argc, char **words)
{
	char *text, *named = NULL;
	size_t before;

	for (int i = 0; c->json && i < argc; i++) {
		if (c->json < words[i] || c->json > words[i] + strlen(words[i]))
			continue;
		before = (size_t)(c->json - words[i]); /* "--json=", or nothing */
		if (asprintf(&named, "%.*sFILE", (int)before, words[i]) < 0)
			return NULL;
		words[i] = named;
		break;
	}
	text = results_command(argc, words);
	free(named);
	return text;
}

int bench_cmd_explore(int argc, char **argv, const char *revision)
{
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	struct explore_command c = { .bound = UINT_MAX,
				     .width = terminal_width(),
				     .revision = revision };
	int ret, status = EXIT_USAGE;
	bool list = false;

	if (words)
		memcpy(words, argv, (size_t)argc * sizeof(*words)); /* getopt_long() sorts argv */
	ret = words ? parse(argc, argv, &c, &list) : -ENOMEM;
	if (!ret) {
		c.text = command_text(&c, argc, words);
		ret = c.text ? 0 : -ENOMEM;
	}
	free(words);
	if (ret == 1) {
		fputs(usage, stdout);
		status = EXIT_FINE;
	} else if (!ret && !select_models(&c, argv + optind, argc - optind) && !check_replay(&c)) {
		status = list ? list_models(&c) : explore_run_command(&c);
	} else if (ret == -ENOMEM || !ret) {
		status = c.text && c.models ? EXIT_USAGE : EXIT_PART_FAILED;
	}
	free(c.models);
	free(c.text);
	return status;
}
