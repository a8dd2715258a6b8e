// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests all disciplines, liburcu's too, and that liburcu's exist only once registered. */
#include <ref/gather.h>

#include "gather_suite.h"

int main(void)
{
	size_t before = gather_nr_disciplines();

	if (gather_discipline_find("rcu_qsbr") || gather_discipline_find("rcu_memb"))
		return 1; /* no plan: prove calls that a failure */
	gather_register_urcu();
	gather_register_urcu();
	if (gather_nr_disciplines() != before + 3)
		return 1;
	gather_suite_run();
	return gather_suite_done();
}
