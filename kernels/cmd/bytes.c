// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ptbench kernels bytes: machine code by function, two kernels side by side, in the format of the
 * kernel's scripts/bloat-o-meter.
 *
 * Parts that the compiler split off a function (.cold, .part.0, .constprop.0) count with it, and so
 * do several static functions of one name.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "../boot/image.h"
#include "../boot/scenario.h"

#define MAX_NAME 128

struct function {
	char name[MAX_NAME];
	long long before, after;
};

struct functions {
	struct function *v;
	size_t nr, max;
	bool path_only;
};

static int add(struct functions *all, char *name, long long before, long long after)
{
	if (all->path_only && !image_is_path(name))
		return 0;
	if (all->nr == all->max) {
		size_t max = all->max ? 2 * all->max : 4096;
		struct function *v = realloc(all->v, max * sizeof(*v));

		if (!v)
			return -ENOMEM;
		all->v = v;
		all->max = max;
	}
	snprintf(all->v[all->nr].name, MAX_NAME, "%s", name);
	all->v[all->nr].before = before;
	all->v[all->nr++].after = after;
	return 0;
}

static int add_before(void *to, char *name, long long bytes)
{
	return add(to, name, bytes, 0);
}

static int add_after(void *to, char *name, long long bytes)
{
	return add(to, name, 0, bytes);
}

static int by_name(const void *va, const void *vb)
{
	const struct function *a = va, *b = vb;

	return strcmp(a->name, b->name);
}

/* Functions that grew first, the largest growth on top; then functions that shrank. */
static int by_delta(const void *va, const void *vb)
{
	const struct function *a = va, *b = vb;
	long long da = a->after - a->before, db = b->after - b->before;

	return da != db ? (da < db) - (da > db) : strcmp(a->name, b->name);
}

static void merge(struct functions *all)
{
	size_t n = 0;

	qsort(all->v, all->nr, sizeof(*all->v), by_name);
	for (size_t i = 0; i < all->nr; i++) {
		if (n && !strcmp(all->v[n - 1].name, all->v[i].name)) {
			all->v[n - 1].before += all->v[i].before;
			all->v[n - 1].after += all->v[i].after;
		} else {
			all->v[n++] = all->v[i];
		}
	}
	all->nr = n;
	qsort(all->v, all->nr, sizeof(*all->v), by_delta);
}

struct sums {
	unsigned add, remove, grow, shrink;
	long long up, down, before, after;
};

static struct sums sum(const struct functions *all)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < all->nr; i++) {
		const struct function *f = &all->v[i];
		long long d = f->after - f->before;

		s.before += f->before;
		s.after += f->after;
		s.add += !f->before;
		s.remove += !f->after;
		s.grow += f->before && d > 0;
		s.shrink += f->after && d < 0;
		*(d > 0 ? &s.up : &s.down) += d;
	}
	return s;
}

/* "-" for a function that the kernel lacks. */
static const char *number(long long bytes, char to[24])
{
	snprintf(to, 24, bytes ? "%lld" : "-", bytes);
	return to;
}

static void print(const struct functions *all, const char *base, const char *other)
{
	char before[24], after[24];
	struct sums s = sum(all);

	printf("add/remove: %u/%u grow/shrink: %u/%u up/down: %lld/%lld (%lld)\n", s.add, s.remove,
	       s.grow, s.shrink, s.up, s.down, s.up + s.down);
	printf("%-48s %9s %9s %9s\n", "Function", "old", "new", "delta");
	for (size_t i = 0; i < all->nr; i++) {
		const struct function *f = &all->v[i];

		if (f->before == f->after)
			continue;
		printf("%-48s %9s %9s %+9lld\n", results_shown(f->name), number(f->before, before),
		       number(f->after, after), f->after - f->before);
	}
	printf("Total: before=%lld (%s), after=%lld (%s), change %+.2f%%\n", s.before,
	       results_shown(base), s.after, results_shown(other),
	       s.before ? 100.0 * (s.after - s.before) / s.before : 0.0);
}

static int usage(FILE *to)
{
	fputs("usage: ptbench kernels bytes [--all] --base SCENARIO SCENARIO\n"
	      "\n"
	      "Prints machine code by function, in bytes: what the kernel of SCENARIO has more or less than that\n"
	      "of the base, in the format of the kernel's scripts/bloat-o-meter. Both are built if they are not\n"
	      "in the cache.\n"
	      "\n"
	      "  --base SCENARIO  what to compare with\n"
	      "  --all            all functions of the kernel instead of those of GUP-fast's path\n"
	      "  -h, --help       print this\n"
	      "\n"
	      "Exit status: 0; 2 for bad input, or a kernel whose symbols cannot be read; 4 when a kernel was\n"
	      "not built, or not all could be printed.\n"
	      "\n"
	      "Environment:\n"
	      "  KSRC           the kernel source: the folder of a Linux tree, or FOLDER#REF, a git ref of it,\n"
	      "                 or debian:VERSION, such as debian:7.3; default: Debian's package\n"
	      "                 linux-source-6.12. SCENARIO@VERSION is SCENARIO with debian:VERSION\n"
	      "  PTBENCH_CACHE  where sources, object files and kernels are kept; default: ~/.cache/ptbench\n"
	      "\n"
	      "Example: ptbench kernels bytes --all --base s390x-stock s390x-addr_end_global\n",
	      to);
	return to == stderr ? EXIT_USAGE : EXIT_FINE;
}

static int compare(const struct image images[2], bool all)
{
	struct functions f = { .path_only = !all };
	struct results_error err;
	int ret;

	ret = image_functions(images[0].folder, add_before, &f, &err)
		      ?: image_functions(images[1].folder, add_after, &f, &err);
	if (ret) {
		results_error_print(stderr, &err);
	} else {
		merge(&f);
		print(&f, images[0].scenario, images[1].scenario);
	}
	free(f.v);
	return ret ? EXIT_USAGE : EXIT_FINE;
}

/* Are these names of two scenarios, not of lists? */
static int check_names(const char *command, const char *root, char *const names[2])
{
	char dir[PATH_MAX], why[SCENARIO_WHY];
	struct scenario *s;
	int ret = 0;

	snprintf(dir, sizeof(dir), "%s/kernels", root);
	for (int i = 0; i < 2 && !ret; i++) {
		ret = scenario_read(dir, names[i], &s, why);
		scenario_free(s);
	}
	if (!ret && !strcmp(names[0], names[1])) {
		snprintf(why, sizeof(why), "'%.64s' twice: name two scenarios", names[0]);
		ret = -EINVAL;
	}
	if (ret)
		fprintf(stderr, "%s: %s\n", command, results_shown(why));
	return ret;
}

int bytes_cmd(int argc, char **argv, const struct kernels_options *o)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "all", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	volatile sig_atomic_t stop = 0;
	struct image images[2];
	char *names[2] = { NULL };
	bool all = false;
	int c, ret;

	optind = 1;
	while ((c = results_getopt(argc, argv, "b:ah", options)) != -1) {
		if (c == 'b')
			names[0] = optarg;
		else if (c == 'a')
			all = true;
		else
			return usage(c == 'h' ? stdout : stderr);
	}
	if (!names[0] || argc - optind != 1)
		return usage(stderr);
	names[1] = argv[optind];
	if (check_names(argv[0], o->root, names))
		return EXIT_USAGE;
	ret = image_build(o->root, o->ksrc, names, 2, images, &stop);
	ret = ret ? ret : compare(images, all);
	image_free(images, 2);
	return ret;
}
