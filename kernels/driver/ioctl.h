/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How PID 1 drives /dev/ptbench: run one row by its number, then read(2) the row's records
 * (struct ptb_record) until 0 bytes come back.
 */
#ifndef PTBENCH_IOCTL_H
#define PTBENCH_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* How long an instruction takes of QEMU's virtual clock: icount_shift of ../arch/ARCH.arch. */
#ifdef __mips__
#define PTB_INSTRUCTION_NS 16
#elif defined(__loongarch__)
#define PTB_INSTRUCTION_NS 32
#else
#define PTB_INSTRUCTION_NS 1
#endif

struct ptb_run {
	__u32 row;   /* 0, 1, ... until ioctl() fails with ENXIO: that many rows this boot has */
	__u32 needs; /* out, of PTB_IOC_INFO: enum ptb_needs */
	__u64 peer;  /* address of a struct ptb_peer; 0: no peer runs */
};

/* A thread of the caller, on CPU 1. */
struct ptb_peer {
	__u64 counter; /* the peer increments it in a loop, in user mode */
	/* while it is not 0 the peer calls PTB_IOC_PEER: its state is the driver's */
	__u64 enter;
};

enum ptb_needs {
	PTB_NEEDS_PEER = 1, /* peer has to be set */
};

#define PTB_IOC_INFO _IOWR('p', 1, struct ptb_run)
#define PTB_IOC_RUN _IOW('p', 2, struct ptb_run)
#define PTB_IOC_PEER _IOW('p', 3, struct ptb_peer) /* by the peer; returns when it is to spin */

#endif
