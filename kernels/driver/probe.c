// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kprobes, put in place and taken away while no other CPU works.
 *
 * Where text is patched under stop_machine() (s390, arm), that wakes each CPU's stopper under the
 * CPU's run queue lock, with interrupts off. Under icount CPUs take turns, which end when a timer is
 * programmed: in __schedule(), say, which restarts a deadline server's timer with that lock held. A
 * CPU that spins for it then ends no turn before a deadline, and QEMU 7.2 gives the holder what is
 * left until that deadline: nothing, for ever.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/sched.h>

#include "ptbench.h"

#define SETTLE_TRIES 1000

/* Waits for the others' run queues to be empty; a peer that spins there is not waited for long. */
static void settle(void)
{
	int cpu, i;

	for_each_online_cpu(cpu) {
		for (i = 0; i < SETTLE_TRIES && cpu != raw_smp_processor_id() && !idle_cpu(cpu); i++)
			usleep_range(50, 100);
	}
}

int ptb_probe(struct kprobe *kp)
{
	settle();
	return register_kprobe(kp);
}

void ptb_unprobe(struct kprobe *kp)
{
	settle();
	unregister_kprobe(kp);
}
