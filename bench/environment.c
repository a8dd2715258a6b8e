// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the native numbers were measured, from /proc, /sys and the CPU itself. */

#include <array_size.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "environment.h"
#include "gbench.h"
#include "perf.h"

#ifndef PTBENCH_REVISION
#define PTBENCH_REVISION "unknown"
#endif
#ifndef URCU_VERSION
#define URCU_VERSION "unknown"
#endif

/* The first line of a file, without its newline; false when there is none. */
static bool first_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	bool got;

	if (!f)
		return false;
	got = fgets(buf, size, f);
	fclose(f);
	if (got)
		buf[strcspn(buf, "\n")] = '\0';
	return got && buf[0];
}

/* The value of "key : value" in a file of such lines. */
static bool keyed_line(const char *path, const char *key, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[512];
	bool got = false;

	if (!f)
		return false;
	while (!got && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, strlen(key)))
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(buf, size, "%s", colon);
		got = *colon;
	}
	fclose(f);
	return got;
}

static int set_file(struct results_pairs *env, const char *key, const char *path,
		    const char *otherwise)
{
	char buf[256];

	return results_pairs_set(env, key, first_line(path, buf, sizeof(buf)) ? buf : otherwise);
}

const char *bench_arch(void)
{
	static struct utsname uts;

	if (!uts.machine[0])
		uname(&uts);
	return strcmp(uts.machine, "aarch64") ? uts.machine : "arm64";
}

#if defined(__x86_64__) || defined(__i386__)
/* Asks CPUID whether there is a hypervisor, and which. */
static bool hypervisor_of_cpu(char *buf, size_t size)
{
	static const struct {
		const char *signature, *name;
	} known[] = {
		{ "KVMKVMKVM", "KVM" },		{ "Microsoft Hv", "Hyper-V" },
		{ "VMwareVMware", "VMware" },	{ "XenVMMXenVMM", "Xen" },
		{ "TCGTCGTCGTCG", "QEMU TCG" }, { "ACRNACRNACRN", "ACRN" },
		{ "bhyve bhyve ", "bhyve" },
	};
	unsigned int a, b, c, d;
	char signature[13] = "";

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 31))
		return false;
	__cpuid(0x40000000, a, b, c, d);
	memcpy(signature, &b, 4);
	memcpy(signature + 4, &c, 4);
	memcpy(signature + 8, &d, 4);
	snprintf(buf, size, "%s", signature[0] ? signature : "unnamed");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(signature, known[i].signature))
			snprintf(buf, size, "%s", known[i].name);
	return true;
}
#else
static bool hypervisor_of_cpu(char *buf, size_t size)
{
	return false;
}
#endif

static int set_hypervisor(struct results_pairs *env)
{
	char buf[128];

	if (hypervisor_of_cpu(buf, sizeof(buf)) ||
	    first_line("/sys/hypervisor/type", buf, sizeof(buf)) ||
	    keyed_line("/proc/sysinfo", "VM00 Control Program", buf, sizeof(buf)))
		return results_pairs_set(env, "hypervisor", buf);
	if (first_line("/sys/class/dmi/id/sys_vendor", buf, sizeof(buf)) && !strcmp(buf, "QEMU"))
		return results_pairs_set(env, "hypervisor", "QEMU");
	return results_pairs_set(env, "hypervisor", "none seen");
}

static int set_machine(struct results_pairs *env)
{
	char buf[256], product[128];

	if (!first_line("/sys/class/dmi/id/sys_vendor", buf, sizeof(buf)))
		return results_pairs_set(env, "machine", "not said by the firmware");
	if (!first_line("/sys/class/dmi/id/product_name", product, sizeof(product)))
		return results_pairs_set(env, "machine", buf);
	return results_pairs_setf(env, "machine", "%s %s", buf, product);
}

static int set_cpu(struct results_pairs *env)
{
	char buf[256];

	if (!keyed_line("/proc/cpuinfo", "model name", buf, sizeof(buf)) &&
	    !keyed_line("/proc/cpuinfo", "processor 0", buf, sizeof(buf)))
		snprintf(buf, sizeof(buf), "not said by /proc/cpuinfo");
	return results_pairs_set(env, "cpu", buf);
}

/* The three averages only, without /proc/loadavg's counts of tasks and its last pid. */
static int set_load(struct results_pairs *env)
{
	char buf[128];
	char *p = buf;

	if (!first_line("/proc/loadavg", buf, sizeof(buf)))
		return results_pairs_set(env, "load", "unknown");
	for (int i = 0; i < 3 && p; i++)
		p = strchr(p + 1, ' ');
	if (p)
		*p = '\0';
	return results_pairs_set(env, "load", buf);
}

static int set_counters(struct results_pairs *env)
{
	char why[128];
	int err;

	err = results_pairs_set(env, "perf_counters",
				perf_hardware(why, sizeof(why)) ? "instructions" : why);
	if (err)
		return err;
	return results_pairs_set(env, "tracepoints",
				 perf_tracepoints(why, sizeof(why)) ? "available" : why);
}

static int set_library(struct results_pairs *env)
{
	return results_pairs_setf(env, "libbenchmark", "%s%s", gbench_library_version(),
				  gbench_library_is_debug() ? ", built as DEBUG: its own loop and "
							      "reports are slower, a batch is not"
							    : "");
}

int bench_environment(struct results_pairs *env)
{
	struct utsname uts;
	int err;

	uname(&uts);
	err = results_pairs_set(env, "arch", bench_arch());
	if (!err)
		err = results_pairs_set(env, "compiler", "gcc " __VERSION__);
	if (!err)
		err = set_cpu(env);
	if (!err)
		err = results_pairs_setf(env, "cpus", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
	if (!err)
		err = set_machine(env);
	if (!err)
		err = set_hypervisor(env);
	if (!err)
		err = results_pairs_setf(env, "kernel", "%s %s", uts.sysname, uts.release);
	if (!err)
		err = set_file(env, "governor",
			       "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
			       "none: the kernel does not set this CPU's frequency");
	if (!err)
		err = set_file(env, "clocksource",
			       "/sys/devices/system/clocksource/clocksource0/current_clocksource",
			       "unknown");
	if (!err)
		err = set_file(env, "thp", "/sys/kernel/mm/transparent_hugepage/enabled",
			       "not in this kernel");
	if (!err)
		err = set_load(env);
	if (!err)
		err = set_library(env);
	return err ? err : set_counters(env);
}

int bench_subject_pairs(struct results_pairs *subject)
{
	const char *revision = getenv("PTBENCH_REVISION");
	int err;

	err = results_pairs_set(subject, "suite",
				revision && *revision ? revision : PTBENCH_REVISION);
	return err ? err : results_pairs_set(subject, "liburcu", URCU_VERSION);
}
