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

/*
 * Functions that get_user_pages_fast_only() calls, inlined or not: how their names begin. Those of
 * the second half are so called until 6.9 (23babe1934d7).
 */
static const char *const path_prefixes[] = {
	"gup_fast",
	"get_user_pages_fast",
	"try_get_folio",
	"try_grab_folio_fast",
	"gup_put_folio",
	"is_valid_gup_args",
	"internal_get_user_pages_fast",
	"lockless_pages_from_mm",
	"gup_pgd_range",
	"gup_p4d_range",
	"gup_pud_range",
	"gup_pmd_range",
	"gup_pte_range",
	"gup_huge_p",
	"try_grab_compound_head",
	"try_get_compound_head",
	"put_compound_head",
};

/* Functions that unlink page tables, flush for them and free them or have RCU free them. */
static const char *const freeing_prefixes[] = {
	"free_pgtables",   "free_pgd_range",  "free_p4d_range",	  "free_pud_range",
	"free_pmd_range",  "___p4d_free_tlb", "___pud_free_tlb",  "___pmd_free_tlb",
	"___pte_free_tlb", "page_table_free", "tlb_gather_mmu",	  "tlb_finish_mmu",
	"tlb_flush_mmu",   "tlb_batch_pages", "tlb_remove_table", "__tlb_remove_table",
	"tlb_table_flush",
};

struct symbol {
	char name[128];
	long long bytes;
};

#define MAX_PATH 64

/* Functions of one path, each once, and their sum. */
struct path {
	struct symbol v[MAX_PATH];
	size_t nr;
	long long all;
};

struct sizes {
	struct path gup, freeing;
	/* try_grab_folio(): until 6.9 in GUP-fast's path; since, in that of GUP alone. */
	long long grab;
	bool is_old;
	long long text;
};

static bool begins_with(const char *name, const char *const *prefixes, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

bool image_is_path(const char *name)
{
	return begins_with(name, path_prefixes, ARRAY_SIZE(path_prefixes));
}

static void add_to(struct path *p, const char *name, long long bytes)
{
	size_t i;

	p->all += bytes;
	for (i = 0; i < p->nr && strcmp(p->v[i].name, name); i++)
		;
	if (i == MAX_PATH)
		return;
	if (i == p->nr) {
		snprintf(p->v[i].name, sizeof(p->v[i].name), "%s", name);
		p->v[i].bytes = 0;
		p->nr++;
	}
	p->v[i].bytes += bytes;
}

static int count(void *arg, char *name, long long bytes)
{
	struct sizes *s = arg;

	s->text += bytes;
	if (image_is_path(name))
		add_to(&s->gup, name, bytes);
	if (begins_with(name, freeing_prefixes, ARRAY_SIZE(freeing_prefixes)))
		add_to(&s->freeing, name, bytes);
	s->is_old |= !strcmp(name, "internal_get_user_pages_fast");
	if (!strcmp(name, "try_grab_folio"))
		s->grab += bytes;
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
	if (s->is_old && s->grab)
		add_to(&s->gup, "try_grab_folio", s->grab);
	return ret || s->gup.nr ? ret
				: bad_symbols(folder, 0, "no function of GUP-fast in it", err);
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
	      (design ? results_params_set_str(&m.params, "design", design) : 0) ?:
	      (symbol ? results_params_set_str(&m.params, "symbol", symbol) : 0) ?:
	      results_doc_add(doc, &m, err);
	results_params_free(&m.params);
	return ret;
}

static int add_path(struct results_doc *doc, const char *case_id, const char *format,
		    const char *design, const struct path *p, struct results_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < p->nr && !ret; i++)
		ret = add_bytes(doc, case_id, format, design, p->v[i].name, p->v[i].bytes, err);
	return ret || !p->nr ? ret : add_bytes(doc, case_id, format, design, "all", p->all, err);
}

int image_code_bytes(const struct image *image, const char *format, const char *design,
		     struct results_doc *doc, struct results_error *err)
{
	struct sizes s;

	return read_sizes(image->folder, &s, err) ?:
	       add_path(doc, "gup_fast/walk", format, design, &s.gup, err) ?:
	       add_path(doc, "table_free/munmap", format, NULL, &s.freeing, err) ?:
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
