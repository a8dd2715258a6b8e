// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks each QEMU for its version, and has it set up each machine that is to be booted, without
 * running a guest: a QEMU that is too old refuses before a kernel is built for it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <results/text.h>

#include "child.h"
#include "emulator.h"
#include "program.h"

#define SECONDS 20 /* the time limit of a QEMU for its answer */

/* QEMU's version line, malloc'ed; NULL when QEMU cannot be run. */
static char *version_of(const char *qemu)
{
	struct qemu_program p;
	const char *const argv[] = { p.path, "--version", NULL };
	char line[256] = "";
	struct child c;

	if (qemu_find(qemu, &p) || child_start(&c, argv, "", 1, SECONDS))
		return NULL;
	if (!fgets(line, sizeof(line), c.out))
		line[0] = '\0';
	if (child_end(&c))
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line[0] ? strdup(line) : NULL;
}

bool emulator_has_plugins(const char *qemu)
{
	struct qemu_program p;
	const char *const argv[] = { p.path, "--help", NULL };
	char line[1024];
	bool has = false;
	struct child c;

	if (qemu_find(qemu, &p) || child_start(&c, argv, "", 1, SECONDS))
		return false;
	while (fgets(line, sizeof(line), c.out))
		has = has || !strncmp(line, "-plugin ", 8);
	return !child_end(&c) && has;
}

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
	v[i] = (struct emulator){ .qemu = strdup(qemu), .version = version_of(qemu) };
	if (!v[i].qemu) {
		free(v[i].version);
		return NULL;
	}
	e->nr_qemus++;
	return &v[i];
}

/* Reads QEMU's last line, which is the error: warnings come before. */
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

/* Has QEMU set the machine up, with a null console and data line, stopped (-S), and quit. */
static int try_machine(const struct emulator *q, char *options, char *line, size_t size)
{
	const char *argv[QEMU_MAX_OPTIONS + 4];
	struct qemu_program p;
	int nr, ret = qemu_find(q->qemu, &p);
	struct child c;

	if (ret)
		return ret;
	nr = qemu_begin(&p, argv);
	argv[nr++] = "-chardev";
	argv[nr++] = "null,id=console";
	argv[nr++] = "-chardev";
	argv[nr++] = "null,id=data";
	nr = qemu_split(options, argv, nr);
	if (nr < 0) {
		snprintf(line, size, "these are more than %d words of options", QEMU_MAX_OPTIONS);
		return nr;
	}
	argv[nr++] = "-S";
	argv[nr++] = "-monitor";
	argv[nr++] = "stdio";
	argv[nr] = NULL;
	ret = child_start(&c, argv, "quit\n", 2, SECONDS);
	if (ret) {
		snprintf(line, size, "it could not be run: %s", strerror(-ret));
		return ret;
	}
	last_line(c.out, line, size);
	return child_end(&c);
}

/* Why this QEMU cannot be run, malloc'ed; NULL: there is no memory. */
static char *why_not_run(const struct emulator *q)
{
	const char *folder = qemu_folder();
	struct qemu_program p;
	char *reason;
	int n;

	if (!folder)
		n = asprintf(&reason, "%s cannot be run; scripts/deps installs it", q->qemu);
	else if (qemu_find(q->qemu, &p))
		n = asprintf(&reason, "there is no %s in %s, the folder of PTBENCH_QEMU", q->qemu,
			     results_shown(folder));
	else
		n = asprintf(&reason, "%s cannot be run; with --version it says why",
			     results_shown(p.path));
	return n < 0 ? NULL : reason;
}

/* Why this QEMU cannot be that machine, malloc'ed; NULL: it can, or there is no memory. */
static char *why_not(const struct emulator *q, const char *options)
{
	char *words = strdup(options), *reason = NULL, line[300] = "";

	if (!q->version) {
		reason = why_not_run(q);
	} else if (!words || try_machine(q, words, line, sizeof(line))) {
		if (asprintf(&reason, "%s does not start this machine: %s; it may be too old",
			     q->version, line[0] ? line : "it printed nothing") < 0)
			reason = NULL;
	}
	free(words);
	return reason;
}

static struct machine *find_machine(struct emulators *e, const struct emulator *q, char *options)
{
	struct machine *v;
	size_t i;

	for (i = 0; i < e->nr_machines; i++)
		if (!strcmp(e->machines[i].qemu, q->qemu) &&
		    !strcmp(e->machines[i].options, options))
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
	v[i].reason = why_not(q, options);
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

/* Compares "QEMU emulator version 7.2.22 (...)" with "8.1 REASON". Returns the reason; NULL: new
 * enough, or wanted is NULL. */
static const char *too_old(const char *version, const char *wanted)
{
	unsigned have[2], want[2];
	const char *has;
	int skip = 0;

	if (!wanted || sscanf(wanted, "%u.%u %n", &want[0], &want[1], &skip) < 2)
		return NULL;
	has = version ? strstr(version, "version ") : NULL;
	if (has && sscanf(has, "version %u.%u", &have[0], &have[1]) == 2 &&
	    (have[0] > want[0] || (have[0] == want[0] && have[1] >= want[1])))
		return NULL;
	return wanted + skip;
}

const char *emulator_lacks(const struct qemu_boot *b)
{
	const char *why = too_old(b->qemu_version, b->scenario->needs_qemu);

	return why || !b->events ? why : too_old(b->qemu_version, b->scenario->arch.two_cpus);
}

void emulators_free(struct emulators *e)
{
	for (size_t i = 0; i < e->nr_qemus; i++) {
		free(e->qemus[i].qemu);
		free(e->qemus[i].version);
	}
	for (size_t i = 0; i < e->nr_machines; i++) {
		free(e->machines[i].qemu);
		free(e->machines[i].options);
		free(e->machines[i].reason);
	}
	free(e->qemus);
	free(e->machines);
}
