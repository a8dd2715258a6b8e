// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts of what may disturb a window. window.c compares them before and after a window, deferred.c
 * between the two marks that enclose an operation's RCU callbacks.
 */
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "ptbench.h"

static u64 slab_pages(void)
{
	static const enum node_stat_item items[] = {
		NR_SLAB_RECLAIMABLE_B,
		NR_SLAB_UNRECLAIMABLE_B,
	};
	struct pglist_data *pgdat;
	u64 sum = 0;
	int i, cpu;

	for_each_online_pgdat(pgdat) {
		for (i = 0; i < ARRAY_SIZE(items); i++) {
			sum += node_page_state_pages(pgdat, items[i]);
			for_each_online_cpu(cpu)
				sum += per_cpu_ptr(pgdat->per_cpu_nodestats, cpu)
					       ->vm_node_stat_diff[items[i]];
		}
	}
	return sum;
}

void ptb_noise_read(struct ptb_noise *n)
{
	int cpu = raw_smp_processor_id(), i;
	struct zone *zone;

	memset(n, 0, sizeof(*n));
	n->irqs = ptb_arch_irqs(cpu);
	for (i = 0; i < NR_SOFTIRQS; i++)
		n->softirqs += kstat_softirqs_cpu(i, cpu);
	n->switches = nr_context_switches();
	for_each_populated_zone(zone)
		n->free_pages += zone_page_state_snapshot(zone, NR_FREE_PAGES);
	n->slab_pages = slab_pages();
}
