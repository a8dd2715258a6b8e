// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The peer, a thread: spins in user space, counts, and enters the kernel when the driver orders it
 * (kernels/driver/peer.c, which asserts the peer's state before each window).
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../driver/ioctl.h"
#include "init_peer.h"

/*
 * Under icount QEMU runs two CPUs by turns, and a spinning CPU keeps its turn unless it executes an
 * instruction of waiting now and then. For other architectures QEMU has no such instruction.
 */
#if defined(__x86_64__) || defined(__i386__)
#define RELAX "pause"
#elif defined(__aarch64__) || defined(__arm__)
#define RELAX "yield"
#elif defined(__powerpc__)
#define RELAX "or 31,31,31"
#else
#define RELAX ""
#endif

/* .enter is 1: the thread enters the kernel at once and waits there for orders. */
static volatile struct ptb_peer peer = { .enter = 1 };

static void *spin(void *arg)
{
	int driver = (intptr_t)arg;

	for (;;) {
		if (++peer.counter % 4096 == 0)
			__asm__ volatile(RELAX);
		if (peer.enter && ioctl(driver, PTB_IOC_PEER, &peer)) {
			printf("init: /dev/ptbench: the peer's state: %s\n", strerror(errno));
			fflush(stdout);
			return NULL; /* the driver's next row sees that counter stands still */
		}
	}
	return NULL;
}

/*
 * Moves kernel threads to CPU 0: a thread that is woken on CPU 1 during a window hides the
 * interrupt of a flush behind its own. Threads that are bound to a CPU refuse, and stay.
 */
void init_peer_clear_cpu(void)
{
	struct dirent *d;
	cpu_set_t set;
	DIR *proc = opendir("/proc");

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	while (proc && (d = readdir(proc)))
		if (atoi(d->d_name) > 1)
			sched_setaffinity(atoi(d->d_name), sizeof(set), &set);
	if (proc)
		closedir(proc);
}

/* The attribute has the affinity: the peer starts on CPU 1 and never runs elsewhere. */
int init_peer_start(int driver, __u64 *to)
{
	pthread_attr_t attr;
	pthread_t thread;
	cpu_set_t set;
	int err;

	CPU_ZERO(&set);
	CPU_SET(1, &set);
	pthread_attr_init(&attr);
	err = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (!err)
		err = pthread_create(&thread, &attr, spin, (void *)(intptr_t)driver);
	pthread_attr_destroy(&attr);
	if (err)
		return err;
	/* Sleeps: under icount a CPU that only yields may keep the other one from its turn. */
	while (!peer.counter)
		usleep(1000);
	*to = (uintptr_t)&peer;
	return 0;
}
