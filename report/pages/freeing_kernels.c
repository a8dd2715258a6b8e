// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the kernels of the sections on freeing by role, by architecture and by what the check
 * table_free/rcu_path saw, not by name.
 */
#include <string.h>

#include "freeing.h"

const char *freeing_path_seen(const struct report_part *part)
{
	for (size_t i = 0; part->doc && i < part->doc->nr_checks; i++)
		if (!strcmp(part->doc->checks[i].id, "table_free/rcu_path"))
			return part->doc->checks[i].seen;
	return NULL;
}

/* Did the check see "rcu" in any part of the scenario? */
static bool is_by_rcu(const struct report_input *in, const char *scenario)
{
	const char *seen;

	for (size_t i = 0; i < in->nr_parts; i++)
		if (in->parts[i].scenario && !strcmp(in->parts[i].scenario, scenario) &&
		    (seen = freeing_path_seen(&in->parts[i])) && !strcmp(seen, "rcu"))
			return true;
	return false;
}

bool freeing_is_rcu_variant(const struct report_input *in, const struct report_part *part)
{
	return part->has_role && part->of && !part->busted && is_by_rcu(in, part->scenario) &&
	       !is_by_rcu(in, part->stock_of);
}

static const char *const archs[NR_FREEING] = { "x86_64", "x86_64", "s390x" };

/* The first variant, by name, that frees by RCU; NULL: there is none. Parts are sorted by name. */
static const char *rcu_variant(const struct report_input *in)
{
	const char *stock = input_stock(in, archs[BY_RCU]);

	for (size_t i = 0; stock && i < in->nr_parts; i++)
		if (in->parts[i].of && !strcmp(in->parts[i].stock_of, stock) &&
		    freeing_is_rcu_variant(in, &in->parts[i]))
			return in->parts[i].scenario;
	return NULL;
}

/* Why there is no such kernel: the stock one frees by RCU itself, or a part left no document. */
static const char *why_no_variant(const struct report_input *in, const char *setup)
{
	const char *arch = archs[BY_RCU], *stock = input_stock(in, arch);

	if (stock && is_by_rcu(in, stock))
		return arena_str(in->arena, "%s itself frees by RCU", stock);
	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (p->arch && !strcmp(p->arch, arch) && !p->doc && !strcmp(p->setup, setup) &&
		    (!stock || strcmp(p->scenario, stock)))
			return arena_str(in->arena,
					 "no variant of %s’s stock kernel that frees by RCU left a "
					 "document; %s",
					 arch, input_why(in, p->part->name));
	}
	return arena_str(
		in->arena,
		in->run && !in->run->finished
			? "a variant of %s’s stock kernel that frees by RCU: not measured yet"
			: "no variant of %s’s stock kernel that frees by RCU is in this run",
		arch);
}

const struct report_part *freeing_part(const struct report_input *in, enum freeing_kernel k,
				       const char *setup)
{
	const char *rcu;

	if (k != BY_RCU)
		return input_stock_part(in, archs[k], setup);
	rcu = rcu_variant(in);
	return rcu ? input_guest(in, rcu, setup) : NULL;
}

const char *freeing_why(const struct report_input *in, enum freeing_kernel k, const char *setup)
{
	const char *rcu;

	if (k != BY_RCU)
		return input_why(in, input_stock_name(in, archs[k], setup));
	rcu = rcu_variant(in);
	return rcu ? input_why(in, arena_str(in->arena, "%s.%s", rcu, setup))
		   : why_no_variant(in, setup);
}

const char *freeing_heading(const struct report_input *in, enum freeing_kernel k)
{
	const char *scenario = k == BY_RCU ? rcu_variant(in) : input_stock(in, archs[k]);

	if (!scenario)
		return arena_str(in->arena, k == BY_RCU ? "%s with RCU" : "%s stock", archs[k]);
	return arena_str(in->arena, "%s (%s)", scenario, is_by_rcu(in, scenario) ? "RCU" : "IPI");
}

void freeing_say_others(struct model *m, struct section *s, const char *setup)
{
	const char *told = rcu_variant(m->in), *last = "", *others = NULL;

	for (size_t i = 0; told && i < m->in->nr_parts; i++) {
		const struct report_part *p = &m->in->parts[i];

		if (!p->arch || strcmp(p->arch, archs[BY_RCU]) || strcmp(p->setup, setup) ||
		    !strcmp(p->scenario, told) || !strcmp(p->scenario, last) ||
		    !freeing_is_rcu_variant(m->in, p))
			continue;
		last = p->scenario;
		others = others ? arena_str(m->arena, "%s, %s", others, last) : last;
	}
	if (others)
		section_note(
			m, s,
			arena_str(m->arena,
				  "RCU is %s here, the first by name of those that free by RCU "
				  "where their stock kernel does not. The others: %s.",
				  told, others));
}
