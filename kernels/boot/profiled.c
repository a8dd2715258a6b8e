// SPDX-License-Identifier: GPL-2.0-or-later
/* Boots in which QEMU's plugin counts instructions by function. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../profile/profile.h"
#include "emulator.h"
#include "profiled.h"

static char *plugin_option(const char *plugin, const char *table, const char *out, const char *more)
{
	char *a = qemu_escaped(plugin), *b = qemu_escaped(table), *c = qemu_escaped(out),
	     *text = NULL;

	if (a && b && c &&
	    asprintf(&text, "%s,table=%s,out=%s%s%s", a, b, c, more ? "," : "", more ? more : "") <
		    0)
		text = NULL;
	free(a);
	free(b);
	free(c);
	return text;
}

static void name_plugin(const struct kernels_options *o, char *to, size_t size)
{
	snprintf(to, size, "%s/kernels/profile.so", o->build);
}

int profiled_usable(const struct kernels_options *o, const struct scenario *s)
{
	char plugin[PATH_MAX];

	name_plugin(o, plugin, sizeof(plugin));
	if (access(plugin, R_OK)) {
		fprintf(stderr, "ptbench kernels: %s: %s; run make\n", results_shown(plugin),
			strerror(errno));
		return -EINVAL;
	}
	if (emulator_has_plugins(s->arch.qemu))
		return 0;
	fprintf(stderr,
		"ptbench kernels: this %s takes no plugins (its --help has no -plugin), and a "
		"profile needs one; scripts/deps installs Debian's QEMU, which takes them\n",
		results_shown(s->arch.qemu));
	return -EINVAL;
}

int profiled_boot(const struct kernels_options *o, const char *folder, const char *table,
		  const char *out, struct qemu_boot *b)
{
	const struct profile_image image = {
		.folder = folder,
		.scenario = b->scenario->name,
		.irqs = b->scenario->arch.irqs,
		.text_base = b->scenario->arch.text_base,
	};
	char why[PROFILE_WHY], plugin[PATH_MAX];

	if (profiled_usable(o, b->scenario))
		return -EINVAL;
	name_plugin(o, plugin, sizeof(plugin));
	if (profile_table(&image, table, why)) {
		fprintf(stderr, "ptbench kernels: %s\n", results_shown(why));
		return -EINVAL;
	}
	b->table = strdup(table);
	b->profile = strdup(out);
	b->plugin = plugin_option(plugin, table, out, o->plugin_args);
	return b->table && b->profile && b->plugin ? 0 : -ENOMEM;
}

void profiled_words(char *to, size_t size, const char *row)
{
	snprintf(to, size, "ptbench.only=kernel ptbench.profile=1 ptbench.case=%s", row);
}
