// SPDX-License-Identifier: GPL-2.0-or-later
/* A bug for fuzz_profile.c to find: the name of a symbol is copied into 24 bytes. */
#include <string.h>

#include <results/results.h>

int __real_results_doc_break_down(struct results_doc *doc, size_t i, const struct results_share *v,
				  size_t nr, struct results_error *err);
int __wrap_results_doc_break_down(struct results_doc *doc, size_t i, const struct results_share *v,
				  size_t nr, struct results_error *err);

int __wrap_results_doc_break_down(struct results_doc *doc, size_t i, const struct results_share *v,
				  size_t nr, struct results_error *err)
{
	char copy[24];

	for (size_t k = 0; k < nr; k++)
		if (!*strcpy(copy, v[k].symbol))
			return -1;
	return __real_results_doc_break_down(doc, i, v, nr, err);
}
