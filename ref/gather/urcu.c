// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the liburcu disciplines known to the programs that link them. */
#include "urcu.h"

void gather_register_urcu(void)
{
	gather_register(&gather_rcu_qsbr);
	gather_register(&gather_rcu_memb);
}
