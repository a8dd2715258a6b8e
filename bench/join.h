/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins documents of the part `native` that as many processes of build/bench measured one after the
 * other, with one repetition each, to one whose samples come from a process each.
 *
 * Addresses (of code, stack, heap and page tables) are another process's each time. So the samples
 * spread as measurements of this program do, and not as the windows of one process, which share all
 * of that; two such documents can be judged by statistics.
 */
#ifndef BENCH_JOIN_H
#define BENCH_JOIN_H

#include <results/results.h>

/*
 * A sample of a row is what one document has of it, the median where it has several, per operation
 * times the first document's nr_ops. Of a document that counts windows as discarded the sample was
 * disturbed, and is left out; if all were, the least of them is the only sample, of which nothing
 * can be judged. A row that no document measured is skipped with the last one's reason; a check
 * fails if it failed in one. Environment, subject, axes and command are the first document's.
 *
 * partners, or NULL: nr documents of another build, each measured next to the one of docs with its
 * index. A sample is left out, too, if its partner's was disturbed or is not there, so that the kth
 * sample of one side stays the partner of the other's.
 *
 * *busy: times with fewer than 6 samples for all that; *rows: of how many. 0, -ENOMEM, or -EINVAL
 * with err filled.
 */
int join_documents(struct results_doc *const *docs, struct results_doc *const *partners, size_t nr,
		   struct results_doc **out, size_t *busy, size_t *rows, struct results_error *err);

#endif
