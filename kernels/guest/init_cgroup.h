/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PID 1's memory control group. */
#ifndef KERNELS_INIT_CGROUP_H
#define KERNELS_INIT_CGROUP_H

/* 0, also on a kernel without control groups; -1 with errno on failure. */
int init_cgroup(void);

#endif
