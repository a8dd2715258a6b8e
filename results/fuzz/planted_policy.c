// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_policy.c to find: what is acknowledged of one case is so of all. */
#include "../policy.h"

bool __real_results__matches(const struct results__which *w, const char *part,
			     const struct results_measurement *m);
bool __wrap_results__matches(const struct results__which *w, const char *part,
			     const struct results_measurement *m);

bool __wrap_results__matches(const struct results__which *w, const char *part,
			     const struct results_measurement *m)
{
	struct results__which wider = *w;

	wider.case_id = NULL;
	return __real_results__matches(&wider, part, m);
}
