// SPDX-License-Identifier: GPL-2.0-only
/*
 * ptbench.case=CASE[:KEY=VALUE,...] on the command line: only rows of that case which have these
 * params, among others, are run. Empty, or not given: every row is.
 */
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "ptbench.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "ptbench."

static char *wanted = "";
module_param_named(case, wanted, charp, 0444);

bool ptb_wanted(const struct ptb_state *s)
{
	const char *pair = strchrnul(wanted, ':');
	size_t len = pair - wanted;

	if (!*wanted)
		return true;
	if (strlen(s->row->ops->case_id) != len || strncmp(s->row->ops->case_id, wanted, len))
		return false;
	for (pair += *pair == ':'; *pair; pair += len + (pair[len] == ',')) {
		len = strcspn(pair, ",");
		if (!ptb_params_have(s->params, pair, len))
			return false;
	}
	return true;
}
