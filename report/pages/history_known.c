// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of the kernel that are known, each with the releases between which it came and the cases
 * that it touches. A change beside a step of the numbers is a hint: nobody has bisected it.
 */
#include <array_size.h>
#include <fnmatch.h>
#include <string.h>

#include "../model/versions.h"
#include "history.h"

#define DAX_COUNTS "references to DAX pages are counted as those of other pages"

static const struct known_change known[] = {
	{ "5.10", "5.11", "i386,arm", "kmap/*", NULL,
	  "the stack of temporary mappings is the task’s, and no more the CPU’s",
	  "5fbda3ecd14a, f3ba3c710ac5" },
	{ "6.11", "6.14", "x86_64,i386", "table_free/*", NULL,
	  "mm_cpumask of lazy CPUs is trimmed once a second (6.14, and stable releases of 6.12)",
	  "209954cbc7d0" },
	{ "6.13", "6.14", "x86_64", "table_free/*", NULL,
	  "PT_RECLAIM: MADV_DONTNEED frees empty page tables, and tables are freed by RCU",
	  "4817f70c25b6, 718b13861d22" },
	{ "6.14", "6.15", "x86_64,i386", "table_free/*", NULL, "x86 always frees tables by RCU",
	  "a37259732a7d" },
	{ "6.14", "6.15", NULL, "dax/lock", NULL, DAX_COUNTS, "38607c62b34b" },
	{ "6.14", "6.15", NULL, "dax/fault,gup_fast/*,gup_slow/*,pin_fast/*", "dax", DAX_COUNTS,
	  "38607c62b34b" },
	{ "6.18", "7.0", NULL, "table_free/unshare", NULL,
	  "hugetlb: one interrupt, by the last sharer (and in stable releases)",
	  "8ce720d5bd91, ca1a47cd3f5f" },
	{ "6.19", "7.0", "mips64el", "table_free/*", NULL,
	  "mips frees tables by RCU; before, upper ones went before any flush", "6c8e95805dba" },
	{ "6.19", "7.0", "loongarch64", "table_free/*", NULL,
	  "LoongArch frees tables by RCU; before, upper ones went before any flush",
	  "a5b981e63edb" },
	{ "6.19", "7.0", NULL, "table_free/*", NULL,
	  "PT_RECLAIM wherever tables are freed by RCU, but for architectures with a "
	  "tlb_remove_table() of their own",
	  "4c640eb4181c" },
	{ "6.12", "7.3", NULL, "gup_fast/*,pin_fast/*", NULL,
	  "GUP-fast refuses a folio without a mapping only where the VMA is of a file",
	  "ae75e88d8c25" },
};

static bool is_in(const char *list, const char *word, bool pattern)
{
	char one[128];

	for (const char *at = list; *at; at += strcspn(at, ",")) {
		at += *at == ',';
		snprintf(one, sizeof(one), "%.*s", (int)strcspn(at, ","), at);
		if (pattern ? !fnmatch(one, word, 0) : !strcmp(one, word))
			return true;
	}
	return false;
}

/* The major and the minor number of a release alone: a fix release has what its first one has. */
static const char *series_of(char to[32], const char *release)
{
	size_t n = strcspn(release, ".");

	n += release[n] == '.';
	n += strspn(release + n, "0123456789");
	snprintf(to, 32, "%.*s", (int)n, release);
	return to;
}

const struct known_change *history_known(const char *old, const char *new, const char *arch,
					 const struct results_measurement *row, size_t *from)
{
	char x[32], y[32];
	const char *mem;

	if (!*old || !*new)
		return NULL;
	series_of(x, old);
	series_of(y, new);
	while (*from < ARRAY_SIZE(known)) {
		const struct known_change *k = &known[(*from)++];

		if (version_cmp(x, k->by) >= 0 || version_cmp(y, k->after) <= 0)
			continue;
		if (k->archs && !is_in(k->archs, arch, false))
			continue;
		mem = results_params_str(&row->params, "mem");
		if (k->mem && (!mem || strcmp(k->mem, mem)))
			continue;
		if (is_in(k->cases, row->case_id, true))
			return k;
	}
	return NULL;
}
