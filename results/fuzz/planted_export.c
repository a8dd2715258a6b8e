// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_export.c to find: a document in which a check failed is taken for well. */
#include "../export.h"

bool __real_results__part_failed(const struct results_part *part, const struct results_doc *doc);
bool __wrap_results__part_failed(const struct results_part *part, const struct results_doc *doc);

bool __wrap_results__part_failed(const struct results_part *part, const struct results_doc *doc)
{
	return __real_results__part_failed(part, doc) && doc->nr_checks > 1;
}
