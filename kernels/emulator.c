// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks each QEMU for its version, and has it set up each machine that is to be booted without
 * running it: one that is too old says so before anything is built for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator.h"

static struct emulator *find_qemu(struct emulators *e, const char *qemu)
{
	struct emulator *v;
	size_t i;

	for (i = 0; i < e->nr_qemus; i++)
		if (!strcmp(e->qemus[i].qemu, qemu))
			return &e->qemus[i];
	v = realloc(e->qemus, (i + 1) * sizeof(*v));
	if (!v)
		return NULL;
	e->qemus = v;
	v[i] = (struct emulator){ .qemu = strdup(qemu), .version = qemu_version(qemu) };
	if (!v[i].qemu) {
		free(v[i].version);
		return NULL;
	}
	e->nr_qemus++;
	return &v[i];
}

/* The last line of what it says is the error; warnings come before. */
static void last_line(FILE *f, char *line, size_t size)
{
	char text[512];

	line[0] = '\0';
	while (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		if (text[0])
			snprintf(line, size, "%.*s", (int)size - 1, text);
	}
}

/* Sets the machine up, with nothing behind its console and data line, and leaves. NULL: it can. */
static char *try_machine(const struct emulator *q, const char *options)
{
	const char *qemu = getenv("PTBENCH_QEMU");
	char command[4096], line[300], *reason;
	FILE *f;

	snprintf(command, sizeof(command),
		 "echo quit | timeout -k 1 20 '%.256s' -chardev null,id=console "
		 "-chardev null,id=data %.3000s -S -monitor stdio 2>&1 >/dev/null",
		 qemu ? qemu : q->qemu, options);
	f = popen(command, "r");
	if (!f)
		return strdup("QEMU could not be asked whether it knows the machine");
	last_line(f, line, sizeof(line));
	if (!pclose(f))
		return NULL;
	if (asprintf(&reason, "%s cannot be this machine: %s; it may be too old", q->version,
		     line[0] ? line : "it ended without a word") < 0)
		return NULL;
	return reason;
}

static struct machine *find_machine(struct emulators *e, const struct emulator *q, char *options)
{
	struct machine *v;
	size_t i;

	for (i = 0; i < e->nr_machines; i++)
		if (!strcmp(e->machines[i].qemu, q->qemu) && !strcmp(e->machines[i].options, options))
			return &e->machines[i];
	v = realloc(e->machines, (i + 1) * sizeof(*v));
	if (!v)
		return NULL;
	e->machines = v;
	v[i] = (struct machine){ .qemu = strdup(q->qemu), .options = strdup(options) };
	if (!v[i].qemu || !v[i].options) {
		free(v[i].qemu);
		free(v[i].options);
		return NULL;
	}
	if (q->version)
		v[i].reason = try_machine(q, options);
	else if (asprintf(&v[i].reason, "%s cannot be run; scripts/deps installs it", q->qemu) < 0)
		v[i].reason = NULL;
	e->nr_machines++;
	return &v[i];
}

const char *emulator_check(struct emulators *e, const struct qemu_boot *b, const char **reason)
{
	const struct emulator *q = find_qemu(e, b->scenario->arch.qemu);
	char *options = qemu_options(b);
	const struct machine *m = q && options ? find_machine(e, q, options) : NULL;

	free(options);
	*reason = m ? m->reason : NULL;
	return m ? q->version : NULL;
}

/* "QEMU emulator version 7.2.22 (...)" against "8.1 REASON". */
const char *emulator_lacks(const struct qemu_boot *b)
{
	const char *wanted = b->scenario->arch.two_cpus, *has;
	unsigned have[2], want[2];
	int skip = 0;

	if (!b->events || !wanted || sscanf(wanted, "%u.%u %n", &want[0], &want[1], &skip) < 2)
		return NULL;
	has = b->qemu_version ? strstr(b->qemu_version, "version ") : NULL;
	if (has && sscanf(has, "version %u.%u", &have[0], &have[1]) == 2 &&
	    (have[0] > want[0] || (have[0] == want[0] && have[1] >= want[1])))
		return NULL;
	return wanted + skip;
}

void emulators_free(struct emulators *e)
{
	size_t i;

	for (i = 0; i < e->nr_qemus; i++) {
		free(e->qemus[i].qemu);
		free(e->qemus[i].version);
	}
	for (i = 0; i < e->nr_machines; i++) {
		free(e->machines[i].qemu);
		free(e->machines[i].options);
		free(e->machines[i].reason);
	}
	free(e->qemus);
	free(e->machines);
}
