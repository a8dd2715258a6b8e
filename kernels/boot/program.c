// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the programs of QEMU, and the firmware of a build that is not installed on this machine.
 *
 * Distributions build QEMU with absolute paths to its firmware. A copy of such a build in another
 * folder would load the firmware of the QEMU that is installed, which may have another version, or
 * none: so its own is named with -L.
 */
#include <array_size.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/text.h>

#include "program.h"

static const char prefix[] = "qemu-system-";
/* Below the folder of PTBENCH_QEMU. Unpacked packages have usr; a build tree has programs alone. */
static const char *const programs[] = { "bin", ".", "usr/bin" };
static const char *const shares[] = { "share", "usr/share", "../share" };
/* Debian keeps the firmware of a PC apart. */
static const char *const firmwares[] = { "qemu", "seabios" };

static const char *variable(void)
{
	const char *value = getenv("PTBENCH_QEMU");

	return value && *value ? value : NULL;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_program(const char *path)
{
	return !access(path, X_OK) && !is_folder(path);
}

const char *qemu_folder(void)
{
	const char *value = variable();

	return value && is_folder(value) ? value : NULL;
}

const char *qemu_stand_in(void)
{
	const char *value = variable();

	return value && !is_folder(value) ? value : NULL;
}

/* ---- the folder ---- */

static void find_firmware(const char *folder, struct qemu_program *p)
{
	char path[PATH_MAX + 32];
	size_t nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(shares) && !nr; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(firmwares); k++) {
			snprintf(path, sizeof(path), "%s/%s/%s", folder, shares[i], firmwares[k]);
			if (strlen(path) >= PATH_MAX || !is_folder(path)) {
				if (!k)
					break; /* this is no folder of a QEMU */
				continue;
			}
			strcpy(p->firmware[nr++], path);
		}
	}
}

int qemu_find(const char *qemu, struct qemu_program *p)
{
	const char *folder = qemu_folder();
	char path[PATH_MAX + 512];

	*p = (struct qemu_program){ .path = "" };
	snprintf(p->path, sizeof(p->path), "%s", qemu_stand_in() ?: qemu);
	if (!folder)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		snprintf(path, sizeof(path), "%s/%s/%.400s", folder, programs[i], qemu);
		if (strlen(path) >= PATH_MAX || !is_program(path))
			continue;
		strcpy(p->path, path);
		find_firmware(folder, p);
		return 0;
	}
	return -ENOENT;
}

int qemu_begin(const struct qemu_program *p, const char **argv)
{
	int nr = 0;

	argv[nr++] = p->path;
	for (size_t i = 0; i < ARRAY_SIZE(p->firmware); i++) {
		if (!p->firmware[i][0])
			continue;
		argv[nr++] = "-L";
		argv[nr++] = p->firmware[i];
	}
	return nr;
}

/* ---- before a run ---- */

/* Is there a QEMU of any architecture? */
static bool has_programs(const char *folder)
{
	char path[PATH_MAX + 32];
	struct dirent *e;
	bool has = false;
	DIR *dir;

	for (size_t i = 0; i < ARRAY_SIZE(programs) && !has; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, programs[i]);
		dir = opendir(path);
		while (dir && !has && (e = readdir(dir)))
			has = !strncmp(e->d_name, prefix, strlen(prefix));
		if (dir)
			closedir(dir);
	}
	return has;
}

static bool is_in_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : ""), file[PATH_MAX], *save;
	bool found = false;

	for (char *folder = copy ? strtok_r(copy, ":", &save) : NULL; folder && !found;
	     folder = strtok_r(NULL, ":", &save)) {
		snprintf(file, sizeof(file), "%s/%s", folder, name);
		found = is_program(file);
	}
	free(copy);
	return found;
}

static int refuse(const char *value, const char *why, int err)
{
	fprintf(stderr,
		"PTBENCH_QEMU=%s: %s; set it to the folder of a QEMU, with bin/%sARCH or %sARCH in "
		"it, or unset it for the QEMU in PATH\n",
		results_shown(value), why, prefix, prefix);
	return err;
}

int qemu_check(void)
{
	const char *value = variable();

	if (!value)
		return 0;
	if (is_folder(value))
		return has_programs(value) ? 0
					   : refuse(value, "no QEMU is in this folder", -ENOENT);
	if (strchr(value, '/') ? is_program(value) : is_in_path(value))
		return 0;
	return refuse(value,
		      access(value, F_OK) ? "there is no such folder or program"
					  : "this is neither a folder nor a program",
		      -EINVAL);
}
