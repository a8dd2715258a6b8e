/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PID 1's second thread, alone on CPU 1: the peer of boots that count events. */
#ifndef KERNELS_INIT_PEER_H
#define KERNELS_INIT_PEER_H

#include <linux/types.h>

/* Moves other threads away from CPU 1, where the peer will run. */
void init_peer_clear_cpu(void);
/* Starts the peer. driver: /dev/ptbench, which gives orders by the struct ptb_peer whose address
 * goes to *peer. 0, or an error number. */
int init_peer_start(int driver, __u64 *peer);

#endif
