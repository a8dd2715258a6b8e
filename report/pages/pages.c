// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of the pages.
 */
#include "pages.h"

void pages_build(struct model *m)
{
	head_base_build(m);
	trend_build(m);
	judged_build(m);
	freeing_build(m);
	folding_build(m);
	kmap_build(m);
	steps_build(m);
	dax_build(m);
	kernels_build(m);
	reference_build(m);
	history_note(m);
	history_build(m);
	model_finish(m);
}
