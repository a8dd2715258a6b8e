/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is KVM usable here? Only a guest that was seen to run says so. */
#ifndef KERNELS_KVM_H
#define KERNELS_KVM_H

#include <stdbool.h>
#include <stddef.h>

#include "boot.h"

/* Does this machine's architecture run that one's guests? */
bool kvm_is_native(const char *arch);
/*
 * Boots the scenario of b once under KVM, for at most a few seconds, and remembers the outcome
 * in the cache folder for this QEMU and host kernel. false: reason says why.
 */
bool kvm_usable(const struct qemu_boot *b, const char *qemu_version, volatile sig_atomic_t *stop,
		char *reason, size_t size);

#endif
