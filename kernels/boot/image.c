// SPDX-License-Identifier: GPL-2.0-or-later
/* What an image's folder tells: sizes of functions, from its list of symbols, and preemption. */
#include <array_size.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

/* ---- code bytes ---- */

/* Functions that get_user_pages_fast_only() calls, inlined or not: how their names begin. */
static const char *const path_prefixes[] = {
	"gup_fast",	 "get_user_pages_fast", "try_get_folio", "try_grab_folio_fast",
	"gup_put_folio", "is_valid_gup_args",
};

struct symbol {
	char name[128];
	long long bytes;
};

#define MAX_PATH 64

struct sizes {
	struct symbol path[MAX_PATH];
	size_t nr;
	long long all, text;
};

bool image_is_path(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(path_prefixes); i++)
		if (!strncmp(name, path_prefixes[i], strlen(path_prefixes[i])))
			return true;
	return false;
}

static int count(void *arg, char *name, long long bytes)
{
	struct sizes *s = arg;
	size_t i;

	s->text += bytes;
	if (!image_is_path(name))
		return 0;
	s->all += bytes;
	for (i = 0; i < s->nr && strcmp(s->path[i].name, name); i++)
		;
	if (i == MAX_PATH)
		return 0;
	if (i == s->nr) {
		snprintf(s->path[i].name, sizeof(s->path[i].name), "%s", name);
		s->path[i].bytes = 0;
		s->nr++;
	}
	s->path[i].bytes += bytes;
	return 0;
}

static int bad_symbols(const char *file, unsigned line, const char *reason,
		       struct results_error *err)
{
	snprintf(err->file, sizeof(err->file), "%.500s", file);
	snprintf(err->path, sizeof(err->path), line ? "line %u" : "", line);
	snprintf(err->reason, sizeof(err->reason),
		 "%s; remove that folder and build the scenario again", reason);
	return -EINVAL;
}

#define MAX_FUNCTION (1ULL << 30) /* bytes; a sum of sizes cannot overflow */

/* Parts that the compiler split off (.cold, .part.0, .constprop.0) count with their function. */
int image_functions(const char *folder, int (*fn)(void *arg, char *name, long long bytes),
		    void *arg, struct results_error *err)
{
	char file[PATH_MAX], line[1024], name[128];
	unsigned long long at, bytes;
	unsigned nr = 0;
	int ret = 0;
	FILE *f;

	snprintf(file, sizeof(file), "%s/symbols", folder);
	f = fopen(file, "re");
	if (!f)
		return bad_symbols(file, 0, strerror(errno), err);
	while (!ret && fgets(line, sizeof(line), f)) {
		nr++;
		if (sscanf(line, "%llx %llx %*c %127s", &at, &bytes, name) != 3) {
			ret = bad_symbols(file, nr, "not 'address size type name'", err);
			break;
		}
		if (bytes > MAX_FUNCTION) {
			ret = bad_symbols(file, nr, "a function larger than any kernel", err);
			break;
		}
		/* ppc64's functions have a dot before their name, not a part after it. */
		name[1 + strcspn(name + 1, ".")] = '\0';
		ret = fn(arg, name, bytes);
	}
	fclose(f);
	return ret;
}

static int read_sizes(const char *folder, struct sizes *s, struct results_error *err)
{
	int ret;

	memset(s, 0, sizeof(*s));
	ret = image_functions(folder, count, s, err);
	return ret || s->nr ? ret : bad_symbols(folder, 0, "no function of GUP-fast in it", err);
}

static int add_bytes(struct results_doc *doc, const char *case_id, const char *format,
		     const char *design, const char *symbol, long long bytes,
		     struct results_error *err)
{
	double sample = bytes;
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.subject = RESULTS_KERNEL,
		.metric = results_metric_find("code_bytes"),
		.kind = RESULTS_EXACT,
		.nr_ops = 1,
		.samples = &sample,
		.nr_samples = 1,
	};
	int ret;

	ret = results_params_set_str(&m.params, "format", format) ?:
	      results_params_set_str(&m.params, "design", design) ?:
	      (symbol ? results_params_set_str(&m.params, "symbol", symbol) : 0) ?:
	      results_doc_add(doc, &m, err);
	results_params_free(&m.params);
	return ret;
}

int image_code_bytes(const struct image *image, const char *format, const char *design,
		     struct results_doc *doc, struct results_error *err)
{
	struct sizes s;
	int ret;

	ret = read_sizes(image->folder, &s, err);
	for (size_t i = 0; i < s.nr && !ret; i++)
		ret = add_bytes(doc, "gup_fast/walk", format, design, s.path[i].name,
				s.path[i].bytes, err);
	return ret ?: add_bytes(doc, "gup_fast/walk", format, design, "all", s.all, err) ?:
		      add_bytes(doc, "kernel/text", format, design, NULL, s.text, err);
}

/* ---- preemption ---- */

/* PREEMPT_RT goes with one of the others; of those a kernel has one. */
static const struct {
	const char *option, *name;
} preemptions[] = {
	{ "CONFIG_PREEMPT_RT=y", "rt" },     { "CONFIG_PREEMPT_LAZY=y", "lazy" },
	{ "CONFIG_PREEMPT=y", "full" },	     { "CONFIG_PREEMPT_VOLUNTARY=y", "voluntary" },
	{ "CONFIG_PREEMPT_NONE=y", "none" },
};

bool image_preemption(const char *folder, char to[IMAGE_PREEMPTION])
{
	size_t found = ARRAY_SIZE(preemptions);
	char file[PATH_MAX], line[1024];
	bool dynamic = false;
	FILE *f;

	snprintf(file, sizeof(file), "%s/config", folder);
	f = fopen(file, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		dynamic |= !strcmp(line, "CONFIG_PREEMPT_DYNAMIC=y");
		for (size_t i = 0; i < found; i++)
			if (!strcmp(line, preemptions[i].option))
				found = i;
	}
	fclose(f);
	if (found == ARRAY_SIZE(preemptions))
		return false;
	snprintf(to, IMAGE_PREEMPTION, "%s%s", dynamic ? "dynamic, " : "", preemptions[found].name);
	return true;
}
