/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PID 1's second thread, alone on CPU 1: the peer of boots that count events. */
#ifndef KERNELS_INIT_PEER_H
#define KERNELS_INIT_PEER_H

#include <linux/types.h>

/* Leaves CPU 1 to the peer. */
void init_peer_clear_cpu(void);
/* Starts it; driver is /dev/ptbench, which gives it orders by *peer. 0, or an error number. */
int init_peer_start(int driver, __u64 *peer);

#endif
