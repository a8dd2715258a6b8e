// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the liburcu disciplines known to the programs that link them. */
#include <sched.h>

#include "urcu.h"

/* The calling thread's CPUs. A worker elsewhere would take a reader's time, or hide the freer's. */
void gather_urcu_place_worker(pthread_t worker)
{
	cpu_set_t cpus;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		pthread_setaffinity_np(worker, sizeof(cpus), &cpus);
}

void gather_register_urcu(void)
{
	gather_register(&gather_rcu_qsbr);
	gather_register(&gather_rcu_memb);
}
