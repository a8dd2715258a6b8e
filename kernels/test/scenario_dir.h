/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder like kernels/ for tests of the readers of scenarios: a test writes files there, which
 * are read or refused. */
#ifndef KERNELS_TEST_SCENARIO_DIR_H
#define KERNELS_TEST_SCENARIO_DIR_H

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../boot/scenario.h"
#include "scripts/tap.h"

static char dir[] = "/tmp/ptbench-scenario-XXXXXX";
static char why[SCENARIO_WHY];

#define ARCH                                                                                       \
	"cross x-\nqemu q\nmachine m\ncpu c\nmemory 1G\nqemu_args -a b\nconsole ttyS0\ndata "      \
	"/dev/d\nformat s390x\n"

static inline const char *path(const char *name)
{
	static char p[256];

	snprintf(p, sizeof(p), "%s/%s", dir, name);
	return p;
}

static inline void put(const char *name, const char *text)
{
	FILE *f = fopen(path(name), "w");

	fputs(text, f);
	fclose(f);
}

/* Writes the scenario s. Is it refused for this reason? */
static inline bool refused(const char *text, const char *reason)
{
	struct scenario *s;
	int ret;

	put("scenarios/s", text);
	ret = scenario_read(dir, "s", &s, why);
	scenario_free(s);
	if (ret && !s && strstr(why, reason))
		return true;
	diag("returned %d: %s", ret, why);
	return false;
}

static inline bool may_skip_of(const struct scenario *s, const char *id, const char *params,
			       enum results_subject subject, const char *reason)
{
	struct results_params p = { .nr = 0 };
	bool may;

	results_params_parse(&p, params);
	may = scenario_may_skip(s, id, &p, subject, reason);
	results_params_free(&p);
	return may;
}

static inline bool may_skip(const struct scenario *s, const char *id, const char *params,
			    const char *reason)
{
	return may_skip_of(s, id, params, RESULTS_KERNEL, reason);
}

/* Makes the folder, with the architecture a. */
static inline bool make_dir(void)
{
	if (!mkdtemp(dir) || mkdir(path("scenarios"), 0755) || mkdir(path("arch"), 0755))
		return false;
	put("arch/a.arch", ARCH);
	return true;
}

static inline void remove_dir(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ok(!system(command), "cleaned up");
}

#endif
