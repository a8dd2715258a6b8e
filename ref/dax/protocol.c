// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of protocols: mainline's, and others, each without one step of it. */
#include <array_size.h>
#include <string.h>

#include "protocol.h"

DAX_PROTOCOL(merged, "as in Linux 6.12", false)
DAX_PROTOCOL(no_revalidate, "folio->mapping is not read again under its lock", true,
	     .no_revalidate = true)
DAX_PROTOCOL(no_rcu, "nothing keeps the inode until its lock is held", true, .no_rcu = true)
DAX_PROTOCOL(wait_after_unlock, "a waiter queues when it has dropped the xarray's lock", true,
	     .wait_after_unlock = true)
DAX_PROTOCOL(touch_after_sleep, "a waiter looks at the xarray that it slept for", true,
	     .touch_after_sleep = true)
DAX_PROTOCOL(
	exclusive_speculation,
	"dax_lock_folio() waits exclusively, as it might since deletion wakes all (237388320def)",
	false, .exclusive_speculation = true)
DAX_PROTOCOL(exclusive_no_pass_on,
	     "who waited exclusively and does not lock the entry does not wake the next", true,
	     .no_pass_on = true)
DAX_PROTOCOL(wake_one_deleted,
	     "deletion wakes one waiter, who finds nothing and wakes nobody: before 237388320def",
	     true, .wake_one_deleted = true)
DAX_PROTOCOL(pmd_not_rounded,
	     "a PMD's waiters queue by their own index (23c84eb78375 mended a case of it)", true,
	     .pmd_not_rounded = true)
DAX_PROTOCOL(opaque_revalidate, "no_revalidate, where the compiler does not know it", true,
	     .opaque_revalidate = true)
DAX_PROTOCOL(opaque_rcu, "no_rcu, where the compiler does not know it", true, .opaque_rcu = true)

static const struct dax_protocol *const protocols[] = {
	&dax_merged,
	&dax_no_revalidate,
	&dax_no_rcu,
	&dax_wait_after_unlock,
	&dax_touch_after_sleep,
	&dax_exclusive_speculation,
	&dax_exclusive_no_pass_on,
	&dax_wake_one_deleted,
	&dax_pmd_not_rounded,
	&dax_opaque_revalidate,
	&dax_opaque_rcu,
};

size_t dax_nr_protocols(void)
{
	return ARRAY_SIZE(protocols);
}

const struct dax_protocol *dax_protocol_at(size_t i)
{
	return i < dax_nr_protocols() ? protocols[i] : NULL;
}

const struct dax_protocol *dax_protocol_find(const char *name)
{
	for (size_t i = 0; i < dax_nr_protocols(); i++)
		if (!strcmp(protocols[i]->name, name))
			return protocols[i];
	return NULL;
}
