// SPDX-License-Identifier: GPL-2.0-or-later
/* ptbench judge: how often the judge is wrong, over comparisons whose truth is known. */
#include <errno.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "judge_rates.h"

static const char usage[] =
	"usage: ptbench judge [OPTION]... --pair BASE HEAD [BASE HEAD]... [--images RUN...]\n"
	"                     [--more CASE RUN]\n"
	"\n"
	"Counts how often ptbench gate is wrong, over comparisons whose truth is known: rows that it calls\n"
	"moved, and that had not, and rows that had moved, and that it finds. `make judge-report` makes such\n"
	"runs on this machine.\n"
	"\n"
	"      --pair BASE HEAD...  runs of ptbench interleave, two by two: of one source, and the second\n"
	"                           slowed where it was made with --slow\n"
	"      --images RUN...      runs of images that differ by a change without a meaning: each is\n"
	"                           compared with each\n"
	"      --more CASE RUN      the run of an image that executes one instruction more per operation of\n"
	"                           the cases that match the pattern: compared with each of --images\n"
	"  -s, --sizes N,N,...      processes a side: the pairs are cut into samples of so many (default:\n"
	"                           16, and its multiples by 2, 4... that the runs have)\n"
	"  -r, --rows N             judge as if N rows had been tested (default: those of the comparison);\n"
	"                           for \"alone\" below\n"
	"  -p, --policy FILE        default: results/policy/default.json of the checkout\n"
	"  -o, --out FILE           also as JSON (results/schema/ptbench-judge-1.schema.json)\n"
	"  -h, --help               print this\n"
	"\n"
	"Of rows that had moved, \"all\" is the share that is found where all rows moved alike, and \"alone\"\n"
	"the share that would be found if the row were the only one among all that are tested.\n"
	"Intervals: Clopper and Pearson's, at 99 %, as if rows were independent; those of one comparison\n"
	"share a machine and an hour, so the number of comparisons is beside them.\n"
	"Exit status: 0 done; 2 bad input or command line; 3 nothing could be compared; 4 not all could be\n"
	"written.\n"
	"Example: ptbench judge --pair A B --images run1 run2 run3 --more 'gup_fast/*' run4\n";

#define MOST_SIZES 16
#define DEFAULT_SIZE 16

struct arguments {
	char **pairs, **images;
	size_t nr_pairs, nr_images; /* nr_pairs: runs, two a pair */
	const char *more_case, *more_run;
	size_t sizes[MOST_SIZES], nr_sizes, rows;
	const char *policy, *out;
};

struct rates {
	struct results__sampled_rate *sampled;
	size_t nr_sampled;
	struct results__image_rates images;
	size_t nr_images;
	struct results__rate more;
};

/* ---- measuring ---- */

static int no_memory(struct results_error *err)
{
	return results__error(err, -ENOMEM, "", "", "no memory to judge");
}

/* 16, 32, 64...: as far as the runs go. */
static void default_sizes(struct arguments *args, const struct results__source *s)
{
	size_t most = results__rate_processes(s);

	for (size_t n = DEFAULT_SIZE; n <= most && args->nr_sizes < MOST_SIZES; n *= 2)
		args->sizes[args->nr_sizes++] = n;
	if (!args->nr_sizes)
		args->sizes[args->nr_sizes++] = most;
}

/* The rate of the size and slow-down, added if it is new. NULL: no memory. */
static struct results__sampled_rate *rate_of(struct rates *r,
					     const struct results__sampled_rate *of)
{
	struct results__sampled_rate *v;

	for (size_t i = 0; i < r->nr_sampled; i++)
		if (r->sampled[i].size == of->size &&
		    r->sampled[i].slowed_percent == of->slowed_percent)
			return &r->sampled[i];
	v = realloc(r->sampled, (r->nr_sampled + 1) * sizeof(*v));
	if (!v)
		return NULL;
	r->sampled = v;
	v[r->nr_sampled] = (struct results__sampled_rate){
		.size = of->size,
		.slowed_percent = of->slowed_percent,
	};
	return &v[r->nr_sampled++];
}

static void add_rate(struct results__rate *to, const struct results__rate *r)
{
	to->comparisons += r->comparisons;
	to->with_false += r->with_false;
	to->rows += r->rows;
	to->moved += r->moved;
	to->right += r->right;
	to->inconclusive += r->inconclusive;
	to->right_alone += r->right_alone;
}

/* Moves one's estimates to the end of to's. */
static int take_estimates(struct results__sampled_rate *to, struct results__sampled_rate *one)
{
	double *v = realloc(to->estimates, (to->nr_estimates + one->nr_estimates + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	to->estimates = v;
	for (size_t i = 0; i < one->nr_estimates; i++)
		v[to->nr_estimates++] = one->estimates[i];
	return 0;
}

static int measure_pair(struct arguments *args, char *const paths[2], struct rates *r,
			struct results_error *err)
{
	struct results__source *s[2] = { NULL };
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++)
		ret = results__source_read(paths[i], &s[i], err);
	if (!ret && !args->nr_sizes)
		default_sizes(args, s[0]);
	for (size_t i = 0; i < args->nr_sizes && !ret; i++) {
		struct results__sampled_rate one = { .size = 0 }, *to;

		ret = results__rate_sampled(s[0], s[1], args->sizes[i], args->rows, args->policy,
					    &one, err);
		to = ret ? NULL : rate_of(r, &one);
		if (!ret && (!to || take_estimates(to, &one)))
			ret = no_memory(err);
		free(one.estimates);
		if (ret)
			break;
		add_rate(&to->rate, &one.rate);
		if (one.tested > to->tested)
			to->tested = one.tested;
	}
	for (int i = 0; i < 2; i++)
		results__source_free(s[i]);
	return ret;
}

static int read_images(const struct arguments *args, struct results__source **s,
		       struct results_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < args->nr_images && !ret; i++)
		ret = results__source_read(args->images[i], &s[i], err);
	return ret;
}

static int measure_more(const struct arguments *args, struct results__source *const *images,
			struct rates *r, struct results_error *err)
{
	struct results__source *more = NULL;
	int ret = args->more_run ? results__source_read(args->more_run, &more, err) : 0;

	for (size_t i = 0; i < args->nr_images && more && !ret; i++)
		ret = results__rate_more(images[i], more, args->more_case, 1, args->policy,
					 &r->more, err);
	if (!ret && more && !r->more.rows)
		ret = results__error(err, -EINVAL, args->more_run, "",
				     "has no exact row whose case matches %.100s", args->more_case);
	results__source_free(more);
	return ret;
}

static int measure_images(const struct arguments *args, struct rates *r, struct results_error *err)
{
	struct results__source **s = calloc(args->nr_images + 1, sizeof(struct results__source *));
	int ret = s ? read_images(args, s, err) : no_memory(err);

	r->nr_images = args->nr_images;
	for (size_t i = 0; i < args->nr_images && !ret; i++)
		for (size_t k = i + 1; k < args->nr_images && !ret; k++)
			ret = results__rate_images(s[i], s[k], args->policy, &r->images, err);
	if (!ret)
		ret = measure_more(args, s, r, err);
	for (size_t i = 0; s && i < args->nr_images; i++)
		results__source_free(s[i]);
	free(s);
	return ret;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int by_slowness(const void *a, const void *b)
{
	const struct results__sampled_rate *x = a, *y = b;

	if (x->slowed_percent != y->slowed_percent)
		return x->slowed_percent < y->slowed_percent ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

static int measure(struct arguments *args, struct rates *r, struct results_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < args->nr_pairs && !ret; i += 2)
		ret = measure_pair(args, &args->pairs[i], r, err);
	for (size_t i = 0; i < r->nr_sampled; i++)
		if (r->sampled[i].nr_estimates)
			qsort(r->sampled[i].estimates, r->sampled[i].nr_estimates, sizeof(double),
			      by_value);
	if (r->nr_sampled)
		qsort(r->sampled, r->nr_sampled, sizeof(*r->sampled), by_slowness);
	if (!ret && args->nr_images)
		ret = measure_images(args, r, err);
	return ret;
}

/* ---- telling ---- */

/* "3 of 1000 (0.30 %, 0.05 to 0.93)" */
static void print_share(size_t k, size_t n)
{
	double low, high;

	results__rate_interval(k, n, &low, &high);
	printf("%zu of %zu (%.2f %%, %.2f to %.2f)", k, n, n ? 100.0 * (double)k / (double)n : 0.0,
	       100 * low, 100 * high);
}

static void print_null(const char *what, const struct results__rate *r)
{
	printf("%s: falsely moved: ", what);
	print_share(r->moved, r->rows);
	printf("; in %zu of %zu comparisons; inconclusive: %zu\n", r->with_false, r->comparisons,
	       r->inconclusive);
}

/* Of the changes that were estimated: how much slower the calls came out. */
static double median(const struct results__sampled_rate *s)
{
	return gsl_stats_median_from_sorted_data(s->estimates, 1, s->nr_estimates);
}

static void print_rates(const struct rates *r)
{
	char what[64];

	for (size_t i = 0; i < r->nr_sampled; i++) {
		const struct results__sampled_rate *s = &r->sampled[i];

		if (!(s->slowed_percent > 0)) {
			snprintf(what, sizeof(what), "sampled, %zu processes a side", s->size);
			print_null(what, &s->rate);
			continue;
		}
		printf("sampled, %zu processes a side, %g %% slower: found alone: ", s->size,
		       s->slowed_percent);
		print_share(s->rate.right_alone, s->rate.rows);
		printf("; all: ");
		print_share(s->rate.right, s->rate.rows);
		if (s->nr_estimates)
			printf("; estimated: %+.2f %%", 100 * median(s));
		putchar('\n');
	}
	if (r->nr_images) {
		printf("%zu images, each with each; %zu of the pairs are one image, and not counted\n",
		       r->nr_images, r->images.identical);
		print_null("exact", &r->images.exact);
		print_null("deterministic", &r->images.deterministic);
	}
	if (r->more.rows) {
		printf("one instruction more: found, and by that much: ");
		print_share(r->more.right, r->more.rows);
		putchar('\n');
	}
}

static json_t *share(size_t k, size_t n)
{
	json_t *o = json_object();
	double low, high;

	results__rate_interval(k, n, &low, &high);
	json_object_set_new(o, "nr", json_integer((json_int_t)k));
	json_object_set_new(o, "of", json_integer((json_int_t)n));
	json_object_set_new(o, "low", json_real(low));
	json_object_set_new(o, "high", json_real(high));
	return o;
}

static json_t *null_of(const struct results__rate *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "comparisons", json_integer((json_int_t)r->comparisons));
	json_object_set_new(o, "with_false", json_integer((json_int_t)r->with_false));
	json_object_set_new(o, "falsely_moved", share(r->moved, r->rows));
	json_object_set_new(o, "inconclusive", json_integer((json_int_t)r->inconclusive));
	return o;
}

static json_t *sampled_of(const struct results__sampled_rate *s, size_t rows)
{
	json_t *o = s->slowed_percent > 0 ? json_object() : null_of(&s->rate);

	json_object_set_new(o, "processes", json_integer((json_int_t)s->size));
	json_object_set_new(o, "slowed_percent", json_real(s->slowed_percent));
	json_object_set_new(o, "tested", json_integer((json_int_t)s->tested));
	if (!(s->slowed_percent > 0))
		return o;
	json_object_set_new(o, "comparisons", json_integer((json_int_t)s->rate.comparisons));
	json_object_set_new(o, "estimated_percent",
			    s->nr_estimates ? json_real(100 * median(s)) : json_null());
	json_object_set_new(o, "found_all", share(s->rate.right, s->rate.rows));
	json_object_set_new(o, "found_alone", share(s->rate.right_alone, s->rate.rows));
	json_object_set_new(o, "alone_among", json_integer((json_int_t)(rows ? rows : s->tested)));
	json_object_set_new(o, "inconclusive", json_integer((json_int_t)s->rate.inconclusive));
	return o;
}

static json_t *environment_of(const struct arguments *args, struct results_error *err, int *ret)
{
	const char *path = args->nr_pairs ? args->pairs[0] : args->images[0];
	struct results__source *s;
	json_t *o = json_object();

	*ret = results__source_read(path, &s, err);
	if (*ret)
		return o;
	for (size_t d = 0; d < s->nr_docs; d++) {
		if (!s->docs[d])
			continue;
		for (size_t i = 0; i < s->docs[d]->environment.nr; i++)
			json_object_set_new(o, s->docs[d]->environment.v[i].key,
					    json_string(s->docs[d]->environment.v[i].value));
		break;
	}
	results__source_free(s);
	return o;
}

static int write_rates(const struct arguments *args, const struct rates *r, const char *command,
		       struct results_error *err)
{
	json_t *root = json_object(), *sampled = json_array();
	char *text;
	int ret;

	json_object_set_new(root, "format", json_string("ptbench-judge"));
	json_object_set_new(root, "version", json_integer(1));
	json_object_set_new(root, "command", json_string(command));
	json_object_set_new(root, "environment", environment_of(args, err, &ret));
	for (size_t i = 0; i < r->nr_sampled; i++)
		json_array_append_new(sampled, sampled_of(&r->sampled[i], args->rows));
	json_object_set_new(root, "sampled", sampled);
	json_object_set_new(root, "images", json_integer((json_int_t)r->nr_images));
	json_object_set_new(root, "identical_pairs", json_integer((json_int_t)r->images.identical));
	json_object_set_new(root, "exact", null_of(&r->images.exact));
	json_object_set_new(root, "deterministic", null_of(&r->images.deterministic));
	json_object_set_new(root, "one_more", share(r->more.right, r->more.rows));
	text = json_dumps(root, JSON_INDENT(1));
	if (!ret && !text)
		ret = no_memory(err);
	if (!ret)
		ret = results__write_file(args->out, text, strlen(text), err);
	free(text);
	json_decref(root);
	return ret;
}

/* ---- the command line ---- */

static int parse_sizes(const char *text, struct arguments *args)
{
	const char *s = text;
	char *end;

	for (; args->nr_sizes < MOST_SIZES; s = end + 1) {
		long n = strtol(s, &end, 10);

		if (end == s || n < 1 || n > 1000 || (*end && *end != ','))
			break;
		args->sizes[args->nr_sizes++] = (size_t)n;
		if (!*end)
			return 0;
	}
	fprintf(stderr, "ptbench judge: --sizes %s: must be numbers from 1 to 1000: 12,24\n",
		results_shown(text));
	return -EINVAL;
}

/* Takes the words up to the next option. Returns their number. */
static size_t take_words(int argc, char **argv, int *i, char ***words)
{
	int first = *i + 1;

	while (*i + 1 < argc && strncmp(argv[*i + 1], "--", 2))
		++*i;
	*words = argv + first;
	return (size_t)(*i + 1 - first);
}

static int parse_number(const char *text, struct arguments *args)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > 1000000) {
		fprintf(stderr, "ptbench judge: --rows %s: must be a number from 1 to 1000000\n",
			results_shown(text));
		return -EINVAL;
	}
	args->rows = (size_t)n;
	return 0;
}

static bool is(const char *word, const char *longer, const char *shorter)
{
	return !strcmp(word, longer) || !strcmp(word, shorter);
}

static int parse(int argc, char **argv, struct arguments *args)
{
	for (int i = 1; i < argc; i++) {
		bool has_value = i + 1 < argc;

		if (!strcmp(argv[i], "--pair") && !args->nr_pairs) {
			args->nr_pairs = take_words(argc, argv, &i, &args->pairs);
		} else if (!strcmp(argv[i], "--images") && !args->nr_images) {
			args->nr_images = take_words(argc, argv, &i, &args->images);
		} else if (!strcmp(argv[i], "--more") && i + 2 < argc) {
			args->more_case = argv[++i];
			args->more_run = argv[++i];
		} else if (is(argv[i], "--sizes", "-s") && has_value) {
			if (parse_sizes(argv[++i], args))
				return -EINVAL;
		} else if (is(argv[i], "--rows", "-r") && has_value) {
			if (parse_number(argv[++i], args))
				return -EINVAL;
		} else if (is(argv[i], "--policy", "-p") && has_value) {
			args->policy = argv[++i];
		} else if (is(argv[i], "--out", "-o") && has_value) {
			args->out = argv[++i];
		} else {
			fprintf(stderr,
				"ptbench judge: %s: no such option, or its value is missing\n%s",
				results_shown(argv[i]), usage);
			return -EINVAL;
		}
	}
	if ((args->nr_pairs || args->nr_images > 1) && !(args->nr_pairs % 2))
		return 0;
	fprintf(stderr, "ptbench judge: %s\n%s",
		args->nr_pairs % 2 ? "--pair takes an even number of runs"
				   : "neither --pair nor two --images given",
		usage);
	return -EINVAL;
}

/* Has each kind of runs that was given a row that was compared? */
static bool judged_anything(const struct rates *r)
{
	size_t rows = 0;

	for (size_t i = 0; i < r->nr_sampled; i++)
		rows += r->sampled[i].rate.rows;
	return (rows || !r->nr_sampled) && (r->images.exact.rows || !r->nr_images);
}

static void free_rates(struct rates *r)
{
	for (size_t i = 0; i < r->nr_sampled; i++)
		free(r->sampled[i].estimates);
	free(r->sampled);
}

int results_cmd_judge(int argc, char **argv, const char *policy)
{
	struct arguments args = { .policy = policy };
	struct rates rates = { .nr_sampled = 0 };
	struct results_error err;
	char *command;
	int ret;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return fputs(usage, stdout) < 0 ? EXIT_PART_FAILED : EXIT_FINE;
	if (parse(argc, argv, &args))
		return EXIT_USAGE;
	command = results_command(argc, argv);
	ret = command ? measure(&args, &rates, &err) : no_memory(&err);
	if (!ret && !judged_anything(&rates)) {
		fputs("ptbench judge: no row of these runs could be compared\n", stderr);
		free_rates(&rates);
		free(command);
		return EXIT_INCONCLUSIVE;
	}
	if (!ret)
		print_rates(&rates);
	if (ret) {
		results_error_print(stderr, &err);
		ret = EXIT_USAGE;
	} else if (args.out && write_rates(&args, &rates, command, &err)) {
		results_error_print(stderr, &err);
		ret = EXIT_PART_FAILED;
	}
	free(command);
	free_rates(&rates);
	return ret;
}
