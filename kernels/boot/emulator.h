/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which QEMUs this machine has, and whether they can run what a scenario asks for. */
#ifndef KERNELS_EMULATOR_H
#define KERNELS_EMULATOR_H

#include <stddef.h>

#include "boot.h"

struct emulator {
	char *qemu, *version; /* version NULL: it cannot be run */
};
struct machine {
	char *qemu, *options;
	char *reason; /* NULL: it runs */
};
/* What has been asked; zeroed by the caller, freed by emulators_free(). */
struct emulators {
	struct emulator *qemus;
	struct machine *machines;
	size_t nr_qemus, nr_machines;
};

/*
 * The version line of the boot's QEMU, and in *reason why it cannot run it (there is none, or it
 * does not know the machine, the CPU or a device: it is too old), else NULL. Each QEMU and each set
 * of options is tried once. Both strings live as long as e. NULL with *reason NULL: no memory.
 */
const char *emulator_check(struct emulators *e, const struct qemu_boot *b, const char **reason);
/* Why this QEMU, whose version line b has, cannot run two CPUs by turns; NULL: it can, or need
 * not. */
const char *emulator_lacks(const struct qemu_boot *b);
/* Was this QEMU built with TCG plugins? */
bool emulator_has_plugins(const char *qemu);
void emulators_free(struct emulators *e);

#endif
