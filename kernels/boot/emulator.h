/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which QEMUs this machine has, and whether they can run what a scenario asks for. */
#ifndef KERNELS_EMULATOR_H
#define KERNELS_EMULATOR_H

#include <stddef.h>

#include "boot.h"

struct emulator {
	char *qemu, *version; /* version NULL: this QEMU cannot be run */
};
struct machine {
	char *qemu, *options;
	char *reason; /* why QEMU cannot be this machine; NULL: it can */
};
/* The answers of QEMUs so far; zeroed by the caller, freed by emulators_free(). */
struct emulators {
	struct emulator *qemus;
	struct machine *machines;
	size_t nr_qemus, nr_machines;
};

/*
 * Returns the version line of the boot's QEMU. *reason says why it cannot run the boot (QEMU is not
 * installed, or does not know the machine, the CPU or a device: it is too old), else it is NULL.
 * Each QEMU and each set of options is tried once. Both strings live as long as e. NULL with
 * *reason NULL: no memory.
 */
const char *emulator_check(struct emulators *e, const struct qemu_boot *b, const char **reason);
/* Why the QEMU of b->qemu_version is too old for the scenario, or for two CPUs under icount if the
 * boot has them; NULL: it is not. */
const char *emulator_lacks(const struct qemu_boot *b);
/* Was this QEMU built with TCG plugins? */
bool emulator_has_plugins(const char *qemu);
void emulators_free(struct emulators *e);

#endif
