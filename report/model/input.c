// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a run: its parts with their documents; and finds parts and rows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

const char *clean(struct arena *a, const char *text)
{
	const char *from = text ? text : "";
	char *out = arena_alloc(a, strlen(from) + 1), *to = out;
	bool harmful;
	size_t len;

	for (; (len = results_text_step(from, &harmful)); from += len) {
		if (harmful)
			*to++ = '?';
		else
			to = mempcpy(to, from, len);
	}
	return out;
}

/* The dot behind the scenario: not one of a version, as in "x86_64-stock@7.3.icount-1cpu". NULL:
 * there is none. */
static const char *end_of_scenario(const char *name)
{
	size_t n = strcspn(name, "@."), digits;

	if (name[n] == '@') {
		n++;
		while ((digits = strspn(name + n, "0123456789")) > 0) {
			n += digits;
			if (name[n] != '.' || name[n + 1] < '0' || name[n + 1] > '9')
				break;
			n++;
		}
	}
	return strchr(name + n, '.');
}

/* "x86_64-stock.icount-1cpu" is a guest's part; "native" and "ref.static" are not. */
static void split_name(struct arena *a, struct report_part *p)
{
	const char *name = p->part->name;
	const char *dot = end_of_scenario(name);
	const char *dash = strchr(name, '-');

	p->setup = clean(a, dot ? dot + 1 : name);
	if (!dot || !dash || dash > dot)
		return;
	p->scenario = clean(a, arena_str(a, "%.*s", (int)(dot - name), name));
	p->arch = clean(a, arena_str(a, "%.*s", (int)(dash - name), name));
}

static const char *join(struct arena *a, const char *dir, const char *file)
{
	return arena_str(a, "%s/%s", dir, file);
}

/* Links in a run's folder are not followed: one could name any file of the user who renders. */
static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static const char a_link[] = "is a link, and a run holds its files itself; copy the file there";

static int read_doc(struct report_input *in, const char *name, struct results_doc **doc,
		    struct results_error *err)
{
	const char *path = join(in->arena, in->run->dir, name);

	if (!is_link(path))
		return results_doc_read(path, doc, err);
	snprintf(err->reason, sizeof(err->reason), "%s", a_link);
	return -ELOOP;
}

static void read_part(struct report_input *in, struct report_part *p)
{
	struct arena *a = in->arena;
	struct results_error err = { 0 };
	const char *reason = p->part->reason ? clean(a, p->part->reason) : "no reason was recorded";

	if (p->part->state != RESULTS_PASSED)
		p->why = arena_str(a, "%s: %s", results_state_name(p->part->state), reason);
	if (!p->part->file) {
		if (!p->why)
			p->why = "passed, but left no result file";
		return;
	}
	if (read_doc(in, p->part->file, &p->doc, &err) == 0)
		return;
	p->doc = NULL;
	if (p->part->state == RESULTS_PASSED || !strcmp(reason, "no reason was recorded"))
		p->why = arena_str(a, "cannot be read: %s%s%s", clean(a, err.path),
				   err.path[0] ? ": " : "", clean(a, err.reason));
}

/* Fills the role from the document's axis `scenario`, which describes its own scenario and those
 * that it is a variant of. A scenario's name may lack a dash. */
static void read_role(struct arena *a, struct report_part *p)
{
	const char *name = p->part->name, *arch;
	const char *dot = end_of_scenario(name);
	const char *scenario = dot ? arena_str(a, "%.*s", (int)(dot - name), name) : name;
	const struct results_axis *axis = p->doc ? results_axis_of(p->doc, "scenario", "") : NULL;
	const struct results_value *own = results_value_of(axis, scenario);
	const struct results_value *v = own;

	if (!own)
		return;
	for (size_t i = 0; i < axis->nr_values && v->of; i++)
		v = results_value_of(axis, v->of);
	arch = results_pairs_get(&p->doc->environment, "arch");
	p->scenario = clean(a, scenario);
	p->arch = arch ? clean(a, arch) : p->arch ? p->arch : "?";
	p->has_role = true;
	p->of = own->of;
	p->stock_of = v->value;
	p->busted = own->busted;
}

/* Of a document without axes (format version 1): its scenario's name said it. */
static bool names_stock(const char *scenario)
{
	const char *at = strstr(scenario, "-stock");

	return at && (!at[6] || at[6] == '-');
}

/*
 * In version 1 the variants of "<prefix>-stock[-config]" were called "<prefix>-<variant>[-config]". The
 * stock scenario is the one of the same configuration with the longest such prefix, in this run.
 */
static void guess_role(const struct report_input *in, struct report_part *p)
{
	const char *config = results_pairs_get(&p->doc->subject, "config");
	size_t most = 0;

	if (names_stock(p->scenario)) {
		p->has_role = true;
		p->stock_of = p->scenario;
		return;
	}
	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *o = &in->parts[i];
		const char *other;
		size_t n;

		if (!o->scenario || !o->doc || o->doc->version != 1 || !names_stock(o->scenario))
			continue;
		other = results_pairs_get(&o->doc->subject, "config");
		n = (size_t)(strstr(o->scenario, "-stock") - o->scenario) + 1;
		if (strncmp(o->scenario, p->scenario, n) || n <= most || !config != !other ||
		    (config && strcmp(config, other)))
			continue;
		most = n;
		p->has_role = true;
		p->of = p->stock_of = o->scenario;
	}
}

/* Documents that contradict each other say nothing: a stock scenario is no variant. */
static bool is_contradicted(const struct report_input *in, const struct report_part *p)
{
	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *o = &in->parts[i];

		if (o->has_role && o->of && !strcmp(o->scenario, p->stock_of))
			return true;
	}
	return false;
}

static void read_roles(struct report_input *in)
{
	bool *wrong = arena_alloc(in->arena, (in->nr_parts + 1) * sizeof(*wrong));

	for (size_t i = 0; i < in->nr_parts; i++)
		read_role(in->arena, &in->parts[i]);
	for (size_t i = 0; i < in->nr_parts; i++)
		if (in->parts[i].doc && in->parts[i].doc->version == 1 && in->parts[i].scenario)
			guess_role(in, &in->parts[i]);
	for (size_t i = 0; i < in->nr_parts; i++)
		wrong[i] = in->parts[i].has_role && is_contradicted(in, &in->parts[i]);
	for (size_t i = 0; i < in->nr_parts; i++)
		if (wrong[i]) {
			in->parts[i].has_role = false;
			in->parts[i].of = in->parts[i].stock_of = NULL;
		}
}

static int by_name(const void *va, const void *vb)
{
	const struct report_part *a = va, *b = vb;

	return strcmp(a->part->name, b->part->name);
}

/* Reads explore.json, which is no part: it has no mode, and no row is compared with it. */
static void read_explored(struct report_input *in)
{
	const char *file = join(in->arena, in->run->dir, "explore.json");
	struct results_error err = { 0 };

	if (access(file, F_OK) && !is_link(file))
		in->explored_why = "ptbench explore --json RUN/explore.json adds it";
	else if (is_link(file))
		in->explored_why = arena_str(in->arena, "explore.json %s", a_link);
	else if (results_explore_read(file, &in->explored, &err))
		in->explored_why = arena_str(in->arena, "explore.json cannot be read: %s%s%s",
					     clean(in->arena, err.path), err.path[0] ? ": " : "",
					     clean(in->arena, err.reason));
}

int input_read(struct report_input *in, struct arena *arena, const char *run,
	       struct results_error *err)
{
	int ret;

	in->arena = arena;
	ret = results_run_read(run, &in->run, err);
	if (ret)
		return ret;
	in->parts = arena_alloc(arena, (in->run->nr_parts + 1) * sizeof(*in->parts));
	for (size_t i = 0; i < in->run->nr_parts; i++) {
		in->parts[i].part = &in->run->parts[i];
		in->nr_parts++;
		split_name(arena, &in->parts[i]);
		read_part(in, &in->parts[i]);
	}
	qsort(in->parts, in->nr_parts, sizeof(*in->parts), by_name);
	read_roles(in);
	read_explored(in);
	return 0;
}

void input_free(struct report_input *in)
{
	for (size_t i = 0; i < input_nr_all(in); i++)
		results_doc_free(in->parts[i].doc);
	in->nr_parts = in->nr_aside = 0;
	results_explore_free(in->explored);
	in->explored = NULL;
	results_run_free(in->run);
	in->run = NULL;
}

const struct report_part *input_part(const struct report_input *in, const char *name)
{
	for (size_t i = 0; i < input_nr_all(in); i++)
		if (!strcmp(in->parts[i].part->name, name))
			return &in->parts[i];
	return NULL;
}

const struct report_part *input_guest(const struct report_input *in, const char *scenario,
				      const char *setup)
{
	return input_part(in, arena_str(in->arena, "%s.%s", scenario, setup));
}

/* Why there is no stock part, for a name "<arch>-*" that input_stock_name() made up. */
static const char *why_no_stock(const struct report_input *in, const char *name)
{
	size_t n = strcspn(name, "-");

	for (size_t i = 0; i < in->nr_parts; i++)
		if (in->parts[i].arch && in->parts[i].doc && strlen(in->parts[i].arch) == n &&
		    !strncmp(in->parts[i].arch, name, n))
			return arena_str(in->arena,
					 "no document of %.*s says which is the stock kernel, "
					 "as those of format version 2 do",
					 (int)n, name);
	return arena_str(in->arena,
			 in->run && !in->run->finished ? "kernels of %.*s: not measured yet"
						       : "no kernel of %.*s is in this run",
			 (int)n, name);
}

const char *input_why(const struct report_input *in, const char *name)
{
	const struct report_part *p = input_part(in, name);

	if (!p && strchr(name, '*'))
		return why_no_stock(in, name);
	if (!p && in->run && !in->run->finished)
		return arena_str(in->arena, "part %s: not measured yet", name);
	if (!p)
		return arena_str(in->arena, "part %s: not in this run", name);
	if (p->why)
		return arena_str(in->arena, "part %s: %s", name, p->why);
	return arena_str(in->arena, "part %s: has no such row", name);
}

/* Parts are sorted by name, so those of a scenario are adjacent. */
static size_t count_variants(const struct report_input *in, const char *stock)
{
	const char *last = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (!p->of || strcmp(p->stock_of, stock) || (last && !strcmp(last, p->scenario)))
			continue;
		nr++;
		last = p->scenario;
	}
	return nr;
}

const char *input_stock(const struct report_input *in, const char *arch)
{
	const char *best = NULL;
	size_t most = 0, nr;
	int shorter;

	for (size_t i = 0; i < in->nr_parts; i++) {
		const struct report_part *p = &in->parts[i];

		if (!p->has_role || strcmp(p->arch, arch) || (best && !strcmp(best, p->stock_of)))
			continue;
		nr = count_variants(in, p->stock_of);
		shorter = best ? (int)strlen(best) - (int)strlen(p->stock_of) : 1;
		if (best && (nr < most || (nr == most && shorter < 0) ||
			     (nr == most && !shorter && strcmp(p->stock_of, best) > 0)))
			continue;
		best = p->stock_of;
		most = nr;
	}
	return best ? clean(in->arena, best) : NULL;
}

const struct report_part *input_stock_part(const struct report_input *in, const char *arch,
					   const char *setup)
{
	const char *stock = input_stock(in, arch);

	return stock ? input_guest(in, stock, setup) : NULL;
}

/* If no document names the stock scenario, a part without a document may have been it: its reason
 * is shown. */
const char *input_stock_name(const struct report_input *in, const char *arch, const char *setup)
{
	const char *stock = input_stock(in, arch);

	for (size_t i = 0; !stock && i < in->nr_parts; i++)
		if (in->parts[i].arch && !strcmp(in->parts[i].arch, arch) && !in->parts[i].doc &&
		    !strcmp(in->parts[i].setup, setup))
			return in->parts[i].part->name;
	return arena_str(in->arena, "%s.%s", stock ? stock : arena_str(in->arena, "%s-*", arch),
			 setup);
}

const struct report_part *input_usable(const struct report_part *part)
{
	return part && part->doc && !part->why ? part : NULL;
}

const char *part_marked(struct arena *a, const struct report_part *part)
{
	return part->busted ? arena_str(a, "%s (busted)", part->scenario) : part->scenario;
}

/* The runner appends disturbed rows to the load. A load average alone does not show disturbance: it
 * may come from an earlier build. */
const char *part_busy(struct arena *a, const struct report_part *part)
{
	const char *load = NULL;

	if (part && part->doc)
		load = results_pairs_get(&part->doc->environment, "load");
	return load && strstr(load, "; ") ? clean(a, load) : NULL;
}

static bool is_one_of(const char *key, const char *const *keys, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static size_t next_other(const struct results_params *p, size_t i, const char *const *keys,
			 size_t nr)
{
	while (i < p->nr && is_one_of(p->v[i].key, keys, nr))
		i++;
	return i;
}

bool params_alike(const struct results_params *a, const struct results_params *b,
		  const char *const *keys, size_t nr)
{
	size_t i = next_other(a, 0, keys, nr), j = next_other(b, 0, keys, nr);

	/* Both are sorted by key. */
	while (i < a->nr && j < b->nr) {
		const struct results_param *x = &a->v[i], *y = &b->v[j];

		if (strcmp(x->key, y->key) || !x->str != !y->str)
			return false;
		if (x->str ? strcmp(x->str, y->str) != 0 : x->num != y->num)
			return false;
		i = next_other(a, i + 1, keys, nr);
		j = next_other(b, j + 1, keys, nr);
	}
	return i == a->nr && j == b->nr;
}

const char *params_without(struct arena *a, const struct results_params *p, const char *const *keys,
			   size_t nr)
{
	const char *text = "";

	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];
		const char *sep = *text ? ", " : "";

		if (is_one_of(v->key, keys, nr))
			continue;
		if (v->str)
			text = arena_str(a, "%s%s%s=%s", text, sep, v->key, clean(a, v->str));
		else
			text = arena_str(a, "%s%s%s=%lld", text, sep, v->key, v->num);
	}
	return text;
}

const char *param_text(struct arena *a, const struct results_params *p, const char *key,
		       const char *dflt)
{
	const struct results_param *v = results_params_get(p, key);

	if (!v)
		return dflt;
	return v->str ? clean(a, v->str) : arena_str(a, "%lld", v->num);
}

const char *params_id(struct arena *a, const struct results_params *p, const char *const *keys,
		      size_t nr)
{
	size_t len = 1;
	char *text, *to;

	for (size_t i = 0; i < p->nr; i++)
		len += strlen(p->v[i].key) + (p->v[i].str ? strlen(p->v[i].str) : 24) + 2;
	text = to = arena_alloc(a, len);
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];

		if (is_one_of(v->key, keys, nr))
			continue;
		to += v->str ? sprintf(to, "%s=%s,", v->key, v->str)
			     : sprintf(to, "%s:%lld,", v->key, v->num);
	}
	return text;
}

#define MAX_LOOKED_FOR 32 /* params; a row has fewer */

/* Inserts v in the order of keys. False: there is no room, and so no such row. */
static bool add_param(struct results_params *p, struct results_param v)
{
	size_t i;

	if (p->nr == MAX_LOOKED_FOR)
		return false;
	for (i = p->nr++; i && strcmp(p->v[i - 1].key, v.key) > 0; i--)
		p->v[i] = p->v[i - 1];
	p->v[i] = v;
	return true;
}

/* Fills p with the params of `like` without the conditions' keys, and with the conditions whose bit
 * is set in `with`. */
static bool params_of(struct results_params *p, const struct results_params *like,
		      const struct report_cond *conds, size_t nr, unsigned with)
{
	size_t j;

	p->nr = 0;
	for (size_t i = 0; i < like->nr; i++) {
		for (j = 0; j < nr && strcmp(like->v[i].key, conds[j].key); j++)
			;
		if (j == nr && !add_param(p, like->v[i]))
			return false;
	}
	for (j = 0; j < nr; j++) {
		struct results_param v = { (char *)conds[j].key, (char *)conds[j].str,
					   conds[j].str ? 0 : conds[j].num };

		if ((with & 1U << j) && !add_param(p, v))
			return false;
	}
	return true;
}

/* The row with exactly these params; metric == NULL: the skipped row. */
static const struct results_measurement *row_at(const struct report_rows *rows,
						const struct results_params *params,
						const struct results_metric *metric)
{
	const struct results_measurement wanted = {
		.case_id = (char *)rows->case_id,
		.params = *params,
		.subject = rows->subject,
		.skipped = metric ? NULL : (char *)"",
		.metric = metric,
	};

	return results_doc_find(rows->part->doc, &wanted);
}

const struct results_measurement *rows_find(struct arena *a, const struct report_rows *rows,
					    const struct results_params *like,
					    const struct report_cond *conds, size_t nr,
					    const char **why)
{
	const struct results_measurement *found = NULL, *skipped = NULL, *row;
	const struct results_metric *metric = results_metric_find(rows->metric);
	struct results_param room[MAX_LOOKED_FOR];
	struct results_params params = { .v = room };
	unsigned must = 0;

	for (size_t i = 0; i < nr; i++)
		must |= conds[i].absent ? 0 : 1U << i;
	/* Tries each combination of the keys that may be absent; takes the document's first row. */
	for (unsigned with = 0; rows->part->doc && with < 1U << nr; with++) {
		if ((with & must) != must || !params_of(&params, like, conds, nr, with))
			continue;
		row = metric ? row_at(rows, &params, metric) : NULL;
		found = row && (!found || row < found) ? row : found;
		row = row_at(rows, &params, NULL);
		skipped = row && (!skipped || row > skipped) ? row : skipped;
	}
	if (why)
		*why = skipped ? clean(a, skipped->skipped) : "not run";
	return found;
}

static bool holds(const struct results_params *p, const struct report_cond *cond)
{
	const struct results_param *v = results_params_get(p, cond->key);

	if (!v)
		return cond->absent;
	return cond->str ? v->str && !strcmp(v->str, cond->str) : !v->str && v->num == cond->num;
}

const struct results_measurement *rows_plain(const struct report_part *part, const char *case_id,
					     enum results_subject subject,
					     const struct report_cond *conds, size_t nr)
{
	const struct results_measurement *found = NULL;
	size_t j;

	for (size_t i = 0; part && part->doc && i < part->doc->nr_measurements; i++) {
		const struct results_measurement *row = &part->doc->measurements[i];

		if (row->subject != subject || strcmp(row->case_id, case_id))
			continue;
		for (j = 0; j < nr && holds(&row->params, &conds[j]); j++)
			;
		if (j == nr && (!found || row->params.nr < found->params.nr))
			found = row;
	}
	return found;
}
