// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of the kernel that are known, each with the releases between which it came and the cases
 * that it touches. A change beside a step of the numbers is a hint: nobody has bisected it.
 */
#include <array_size.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../model/versions.h"
#include "history.h"

#define DAX_COUNTS "references to DAX pages are counted as those of other pages"

#define EARLIER "before, upper ones went before any flush"

/* Debian's sources of five versions have each change from .by on, and not up to .after, but for
 * those that fix releases have: kernels/test/test_known.t looks. */
static const struct known_change known[] = {
	{ .after = "5.10",
	  .by = "5.11",
	  .archs = "i386,arm",
	  .cases = "kmap/*",
	  .text = "the stack of temporary mappings is the task’s, and no more the CPU’s",
	  .commits = "5fbda3ecd14a, f3ba3c710ac5" },
	{ .after = "6.13",
	  .by = "6.14",
	  .archs = "x86_64,i386",
	  .cases = "table_free/*",
	  .text = "a CPU stays in the mm_cpumask that it switches away from, until a flush "
		  "comes for it",
	  .commits = "209954cbc7d0" },
	{ .after = "6.13",
	  .by = "6.14",
	  .backported = true,
	  .archs = "x86_64,i386",
	  .cases = "table_free/*",
	  .text = "CPUs that no longer run the mm are taken out of its mm_cpumask once a second",
	  .commits = "6db2526c1d69" },
	{ .after = "6.13",
	  .by = "6.14",
	  .archs = "x86_64",
	  .cases = "table_free/*",
	  .text = "PT_RECLAIM: MADV_DONTNEED frees empty page tables, and tables are freed by RCU",
	  .commits = "4817f70c25b6, 718b13861d22" },
	{ .after = "6.14",
	  .by = "6.15",
	  .archs = "x86_64,i386",
	  .cases = "table_free/*",
	  .text = "x86 always frees tables by RCU",
	  .commits = "a37259732a7d" },
	{ .after = "6.14",
	  .by = "6.15",
	  .cases = "dax/lock",
	  .text = DAX_COUNTS,
	  .commits = "38607c62b34b" },
	{ .after = "6.14",
	  .by = "6.15",
	  .cases = "dax/fault,gup_fast/*,gup_slow/*,pin_fast/*",
	  .mem = "dax",
	  .text = DAX_COUNTS,
	  .commits = "38607c62b34b" },
	{ .after = "6.18",
	  .by = "7.0",
	  .backported = true,
	  .cases = "table_free/unshare",
	  .text = "hugetlb: one interrupt, by the last sharer",
	  .commits = "8ce720d5bd91, ca1a47cd3f5f" },
	{ .after = "6.19",
	  .by = "7.0",
	  .archs = "mips64el",
	  .cases = "table_free/*",
	  .text = "mips frees tables by RCU; " EARLIER,
	  .commits = "6c8e95805dba" },
	{ .after = "6.19",
	  .by = "7.0",
	  .archs = "loongarch64",
	  .cases = "table_free/*",
	  .text = "LoongArch frees tables by RCU; " EARLIER,
	  .commits = "a5b981e63edb" },
	{ .after = "6.19",
	  .by = "7.0",
	  .archs = "arm64,arm,i386,s390x,riscv64,mips64el,loongarch64",
	  .cases = "table_free/madvise",
	  .text = "PT_RECLAIM wherever tables are freed by RCU, but for architectures with a "
		  "tlb_remove_table() of their own",
	  .commits = "4c640eb4181c" },
	{ .after = "7.2",
	  .by = "7.3",
	  .cases = "gup_fast/*,pin_fast/*",
	  .text = "GUP-fast refuses a folio without a mapping only for a long-term pin that writes",
	  .commits = "ae75e88d8c25" },
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

/* Is it a fix release, which may have what came later to mainline? */
static bool is_fix(const char *release)
{
	const char *dot = strchr(release, '.');

	dot = dot ? strchr(dot + 1, '.') : NULL;
	return dot && strtoul(dot + 1, NULL, 10);
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
		if (k->backported && is_fix(old))
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
