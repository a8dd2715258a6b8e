// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walkers with one step left out, or with an opaque no-op in its place. A step's cost is the
 * difference to the whole walk; the two differ by what the compiler gains from its absence.
 */
#include <array_size.h>
#include <string.h>

#include <ref/gup_steps.h>

#include "../pgtable/fmt_s390x.h"
#include "../pgtable/fmt_x86_64.h"
#include "walk.h"

#define STEPS(X, ident) GUP_STEPS(X, X, ident)

#define WITHOUT(ident, step, ...)                                                                  \
	GUP_WALKER(ident, without_##step, .design = GUP_OFFSET_LOCKLESS, .step = GUP_STEP_REMOVED)
#define OPAQUE(ident, step, ...)                                                                   \
	GUP_WALKER(ident, opaque_##step, .design = GUP_OFFSET_LOCKLESS, .step = GUP_STEP_OPAQUE)

/* This file has a whole walk of its own: compiled with the same options, beside the same code. */
GUP_WALKER(x86_64_4k_48, all_steps, .design = GUP_OFFSET_LOCKLESS)
GUP_WALKER(s390x, all_steps, .design = GUP_OFFSET_LOCKLESS)
STEPS(WITHOUT, x86_64_4k_48)
STEPS(WITHOUT, s390x)
STEPS(OPAQUE, x86_64_4k_48)
STEPS(OPAQUE, s390x)

struct row {
	const char *format, *step, *how;
	gup_fast_fn fast;
};

#define FORMAT_x86_64_4k_48 "x86_64-4k-48"
#define FORMAT_s390x "s390x"
#define ROW_WITHOUT(ident, step, ...)                                                              \
	{ FORMAT_##ident, #step, "removed", gup_fast_##ident##_without_##step },
#define ROW_OPAQUE(ident, step, ...)                                                               \
	{ FORMAT_##ident, #step, "opaque", gup_fast_##ident##_opaque_##step },

static const struct row rows[] = {
	{ FORMAT_x86_64_4k_48, "none", "present", gup_fast_x86_64_4k_48_all_steps },
	{ FORMAT_s390x, "none", "present", gup_fast_s390x_all_steps },
	STEPS(ROW_WITHOUT, x86_64_4k_48) STEPS(ROW_WITHOUT, s390x) STEPS(ROW_OPAQUE, x86_64_4k_48)
		STEPS(ROW_OPAQUE, s390x)
};

gup_fast_fn gup_step_walker_find(const char *format, const char *step, const char *how)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].format, format) && !strcmp(rows[i].step, step) &&
		    !strcmp(rows[i].how, how))
			return rows[i].fast;
	return NULL;
}
