// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The meanings of params: designs, steps, disciplines and formats from the lists of ref/, the rest
 * from bench/words.h.
 */

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/gather_disciplines.h>
#include <ref/gather_reclaims.h>
#include <ref/gup.h>
#include <ref/gup_designs.h>
#include <ref/gup_steps.h>
#include <ref/kmap_designs.h>
#include <ref/pgtable.h>

#include "vocabulary.h"
#include "words.h"

static int no_memory(struct results_error *err)
{
	snprintf(err->reason, sizeof(err->reason), "no memory to say what the params mean");
	return -ENOMEM;
}

/* ---- disciplines, steps, kmap's designs: from the lists of ref/ ---- */

#define GOOD(name, label_, means_) V(#name, label_, means_),
#define BUSTED(name, label_, means_)                                                               \
	{ .value = (char *)#name,                                                                  \
	  .label = (char *)label_,                                                                 \
	  .means = (char *)means_,                                                                 \
	  .busted = true },
#define STEP(a, name, label_, means_) V(#name, label_, means_),

static struct results_value disciplines[] = { GATHER_DISCIPLINES(GOOD, BUSTED)
						      GATHER_URCU_DISCIPLINES(GOOD) };
static struct results_value reclaims[] = { GATHER_RECLAIMS(GOOD, BUSTED) };
static struct results_value steps[] = { V("none", "all steps", "No step is missing."),
					GUP_STEPS(STEP, STEP, ) };
static struct results_value stacks[] = { KMAP_DESIGNS(GOOD, BUSTED) };

#define OF_GUP FAMILIES("gup_fast", "gup_slow", "kernel", "pin_fast")

static const struct results_axis list_axes[] = {
	KEY("design", "How live maps are kept, and what a switch of tasks does with them.",
	    FAMILIES("kmap"), WORDS(stacks)),
	KEY("discipline", "How a freer of page tables waits for walkers.", WORDS(disciplines)),
	KEY("reclaim", "How a page table is freed that MADV_DONTNEED has emptied.",
	    WORDS(reclaims)),
	KEY("step", "Which step of the walk is missing.", OF_GUP, WORDS(steps)),
};

static int add_all(struct results_doc *doc, const struct results_axis *axes, size_t nr,
		   struct results_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < nr && !ret; i++)
		ret = results_doc_add_axis(doc, &axes[i], err);
	return ret;
}

/* ---- GUP-fast's designs ---- */

#define DESIGN(a, name, constant, label_, means_) V(#name, label_, means_),
static const struct results_value designs[] = { GUP_DESIGNS(DESIGN, DESIGN, ) };

/* "MEANS Returns wrong or too few pages on FORMAT, FORMAT." malloc'ed. */
static char *design_means(const struct results_value *design)
{
	const char *before = " Returns wrong or too few pages on ";
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs(design->means, f);
	for (size_t i = 0; i < gup_nr_walkers(); i++) {
		const struct gup_walker *w = gup_walker_at(i);

		if (strcmp(w->design, design->value) || !w->busted)
			continue;
		fprintf(f, "%s%s", before, w->format);
		before = ", ";
	}
	if (*before == ',')
		fputc('.', f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

static int add_designs(struct results_doc *doc, struct results_error *err)
{
	struct results_value values[ARRAY_SIZE(designs)];
	struct results_axis axes[] = {
		KEY("a", "The one of two designs that are compared.", FAMILIES("gup_fast"),
		    WORDS(values)),
		KEY("b", "The other of two designs that are compared.", FAMILIES("gup_fast"),
		    WORDS(values)),
		KEY("design", "How GUP-fast walks folded levels.", OF_GUP, WORDS(values)),
	};
	bool all = true;
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(designs); i++) {
		values[i] = designs[i];
		values[i].means = design_means(&designs[i]);
		all = all && values[i].means;
	}
	ret = all ? add_all(doc, axes, ARRAY_SIZE(axes), err) : no_memory(err);
	for (size_t i = 0; i < ARRAY_SIZE(designs); i++)
		free(values[i].means);
	return ret;
}

/* ---- formats ---- */

static const struct {
	enum results_fold fold;
	const char *says;
} folds[] = {
	[PGT_NOT_FOLDED] = { RESULTS_FOLD_NO, NULL },
	[PGT_FOLDED_COMPILED] = { RESULTS_FOLD_COMPILED, "folded when compiled" },
	[PGT_FOLDED_BOOT] = { RESULTS_FOLD_BOOT, "folded at boot" },
	[PGT_FOLDED_MM] = { RESULTS_FOLD_MM, "folded or not, mm by mm" },
};

/* "Pages of 4 KiB; pgd, pud, pmd, pte, and p4d folded when compiled." malloc'ed. */
static char *format_means(const struct pgt_shape *shape)
{
	char real[64] = "", folded[160] = "";
	char *text;

	for (int l = PGT_NR_LEVELS - 1; l >= PGT_PTE; l--) {
		const char *name = pgt_level_name(l), *says = folds[shape->level[l].folded].says;
		size_t n = strlen(folded), r = strlen(real);

		if (says)
			snprintf(folded + n, sizeof(folded) - n, "; %s %s", name, says);
		else
			snprintf(real + r, sizeof(real) - r, "%s%s", r ? ", " : "", name);
	}
	if (asprintf(&text, "Pages of %u KiB, tables %s%s.", 1u << (shape->page_shift - 10), real,
		     folded) < 0)
		return NULL;
	return text;
}

/* Memory that a value of the format axis points to; the format's name is static. */
struct format {
	char *means;
	struct results_level levels[PGT_NR_LEVELS];
};

static int describe_format(const char *name, struct results_value *v, struct format *f,
			   struct results_error *err)
{
	struct pgt_shape shape;

	/* With any number of levels: how a level is folded does not depend on it. */
	if (pgt_format_shape(name, pgt_format_folds_per_mm(name) ? 3 : 0, &shape)) {
		snprintf(err->reason, sizeof(err->reason), "the format %.64s has no shape", name);
		return -EINVAL;
	}
	f->means = format_means(&shape);
	if (!f->means)
		return no_memory(err);
	for (size_t i = 0; i < PGT_NR_LEVELS; i++) {
		enum pgt_level l = PGT_NR_LEVELS - 1 - i;

		f->levels[i].name = (char *)pgt_level_name(l);
		f->levels[i].fold = folds[shape.level[l].folded].fold;
	}
	*v = (struct results_value){ .value = (char *)name,
				     .label = (char *)name,
				     .means = f->means,
				     .levels = f->levels,
				     .nr_levels = PGT_NR_LEVELS };
	return 0;
}

static int add_formats(struct results_doc *doc, struct results_error *err)
{
	size_t nr = pgt_nr_formats();
	struct results_value *values = calloc(nr, sizeof(*values));
	struct format *formats = calloc(nr, sizeof(*formats));
	struct results_axis axis =
		KEY("format", "Which format of page tables.", .values = values, .nr_values = nr);
	int ret = values && formats ? 0 : no_memory(err);

	for (size_t i = 0; i < nr && !ret; i++)
		ret = describe_format(pgt_format_name(i), &values[i], &formats[i], err);
	if (!ret)
		ret = results_doc_add_axis(doc, &axis, err);
	for (size_t i = 0; i < nr && formats; i++)
		free(formats[i].means);
	free(formats);
	free(values);
	return ret;
}

int bench_add_axes(struct results_doc *doc, struct results_error *err)
{
	return add_all(doc, word_axes, ARRAY_SIZE(word_axes), err) ?:
	       add_all(doc, list_axes, ARRAY_SIZE(list_axes), err) ?:
	       add_designs(doc, err) ?: add_formats(doc, err);
}
