/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is KVM usable here? A guest that ran to its end under KVM is the only proof. */
#ifndef KERNELS_KVM_H
#define KERNELS_KVM_H

#include <stdbool.h>
#include <stddef.h>

#include "boot.h"

/* Is arch, the name of an architecture file, this machine's architecture? */
bool kvm_is_native(const char *arch);
/*
 * Boots the scenario of b once under KVM, for at most a few seconds, and stores the outcome in the
 * cache folder for this QEMU, host kernel, machine and CPU. false: reason says why.
 */
bool kvm_usable(const struct qemu_boot *b, const char *qemu_version, volatile sig_atomic_t *stop,
		char *reason, size_t size);

#endif
