// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU can boot: its version, its machines, and options as they stand in files. */
#include <sys/stat.h>
#include <unistd.h>

#include "../boot/emulator.h"
#include "scenario_dir.h"

static const char *lacks(const char *version, const char *needs, bool events)
{
	struct scenario s = { .arch = { .two_cpus = (char *)needs } };
	struct qemu_boot b = { .scenario = &s, .qemu_version = version, .events = events };

	return emulator_lacks(&b);
}

static void test_emulator(void)
{
	static const char old[] = "QEMU emulator version 7.2.22 (Debian 1:7.2)",
			  why_not[] = "8.1 no turns";
	struct scenario s = { .needs_qemu = (char *)"8.0 no such CPU",
			      .arch = { .two_cpus = (char *)why_not } };
	struct qemu_boot b = { .scenario = &s, .qemu_version = old };

	ok(lacks(old, why_not, true) && !strcmp(lacks(old, why_not, true), "no turns"),
	   "a QEMU that is too old for two CPUs, and why");
	ok(!lacks(old, why_not, false), "one CPU");
	ok(!lacks(old, NULL, true) && !lacks(old, "7.2 no turns", true) &&
		   !lacks("QEMU emulator version 8.1.0", why_not, true) &&
		   !lacks("QEMU emulator version 10.0.2", why_not, true),
	   "one that is new enough");
	ok(lacks(NULL, why_not, true) && lacks("something else", why_not, true),
	   "one that does not say how old it is");
	b.events = false;
	ok(emulator_lacks(&b) && !strcmp(emulator_lacks(&b), "no such CPU"),
	   "one that is too old for the scenario, whatever its CPUs");
	b.qemu_version = "QEMU emulator version 8.0.0";
	ok(!emulator_lacks(&b), "new enough for it");
	b.events = true;
	ok(emulator_lacks(&b) && !strcmp(emulator_lacks(&b), "no turns"),
	   "and too old for two CPUs");
}

/* No shell may expand values of a scenario's file. */
static void test_machine(void)
{
	struct scenario s = { .arch = {
				      .name = (char *)"a",
				      .qemu = (char *)"true",
				      .memory = (char *)"1G",
				      .machine = (char *)"m",
				      .qemu_args = (char *)"-a",
				      .console = (char *)"c",
			      } };
	struct qemu_boot b = { .scenario = &s };
	struct emulators e = { .nr_qemus = 0 };
	char cpu[160], many[400];
	const char *reason;
	size_t i;

	/* A QEMU that prints a version and accepts every machine. */
	put("qemu", "#!/bin/sh\necho QEMU emulator version 7.2\n");
	chmod(path("qemu"), 0755);
	setenv("PTBENCH_QEMU", path("qemu"), 1);
	snprintf(cpu, sizeof(cpu), "x;touch${IFS}%s/pwned", dir);
	s.arch.cpu = cpu;
	ok(emulator_check(&e, &b, &reason) && !reason && access(path("pwned"), F_OK),
	   "options with a shell's signs are options");
	for (i = 0; i < sizeof(many) - 1; i++)
		many[i] = i % 2 ? ' ' : 'x';
	many[i] = '\0';
	s.arch.qemu_args = many;
	ok(emulator_check(&e, &b, &reason) && reason && strstr(reason, "more than 64 words"),
	   "too many of them: %s", reason ? reason : "");
	ok(!emulator_has_plugins("x"), "it takes no plugins");
	setenv("PTBENCH_QEMU", "/nonesuch'; true '", 1);
	s.arch.qemu = (char *)"another";
	emulator_check(&e, &b, &reason);
	ok(reason && strstr(reason, "another cannot be run"), "a QEMU that is not there");
	unsetenv("PTBENCH_QEMU");
	emulators_free(&e);
}

int main(void)
{
	if (!make_dir())
		return 1;
	test_emulator();
	test_machine();
	remove_dir();
	return tap_done();
}
