// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges the code of two designs of one format against what a compiler may make of them. */

#include <stdlib.h>
#include <string.h>

#include "code_bytes.h"

/* "GCC: (Debian 12.2.0-14) 12.2.0": 12; 0: not GCC. */
static int gcc_major(const char *compiler)
{
	const char *version = strrchr(compiler, ' ');

	return !strncmp(compiler, "GCC:", 4) && version ? atoi(version + 1) : 0;
}

bool code_compiler_is_known(const char *compiler)
{
	return gcc_major(compiler) == CODE_KNOWN_GCC;
}

/*
 * Two designs that behave differently in some mm must not be the same code. Two that behave alike
 * need not be: gcc 12 now and then allocates other registers (on s390x), so code of the same length
 * is accepted, and recorded as "as long".
 */
struct code_verdict code_judge(bool differ, const struct code *a, const struct code *b,
			       const char *compiler, bool is_measured)
{
	bool same = code_same(a, b), as_long = code_size(a) == code_size(b);
	struct code_verdict v = {
		.expect = differ ? "different" : "identical, or as long",
		.seen = same	  ? "identical"
			: as_long ? "as long"
				  : "different",
	};

	if (differ ? !same : as_long)
		v.outcome = CODE_AS_EXPECTED;
	else if (!differ && !(is_measured && code_compiler_is_known(compiler)))
		v.outcome = CODE_UP_TO_COMPILER;
	else
		v.outcome = CODE_UNEXPECTED;
	return v;
}
