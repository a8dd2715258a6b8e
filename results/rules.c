// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of the format that one value can break, in one place for builder, writer and reader. */
#include <array_size.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "internal.h"

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the [a-z][a-z0-9_]* that s begins with. */
static size_t word(const char *s)
{
	size_t n = 0;

	if (is_lower(s[0]))
		while (is_lower(s[n]) || is_digit(s[n]) || s[n] == '_')
			n++;
	return n;
}

bool results__is_key(const char *s)
{
	size_t n = word(s);

	return n && n <= RESULTS_MAX_KEY && !s[n];
}

static bool is_case(const char *s)
{
	size_t family = word(s), name;

	if (!family || s[family] != '/')
		return false;
	name = word(s + family + 1);
	return name && family + 1 + name <= RESULTS_MAX_NAME && !s[family + 1 + name];
}

/* Whether s has only letters, digits and characters of extra, the first a letter or digit. */
static bool is_plain(const char *s, const char *extra)
{
	size_t n;

	for (n = 0; s[n]; n++) {
		bool alnum = is_lower(s[n]) || is_digit(s[n]) || (s[n] >= 'A' && s[n] <= 'Z');

		if (!alnum && (!n || !strchr(extra, s[n])))
			return false;
	}
	return n && n <= RESULTS_MAX_NAME;
}

bool results__is_name(const char *s)
{
	return is_plain(s, "_.+-") && !strstr(s, "..");
}

/* As a name; '@' is between a scenario and the version of its kernel. */
static bool is_part(const char *s)
{
	return is_plain(s, "_.+-@") && !strstr(s, "..");
}

bool results_is_revision(const char *s)
{
	return is_plain(s, "_.+-/@#=,") && !strstr(s, "..");
}

bool results__is_integer(const char *s)
{
	size_t n = *s == '-';

	if (!is_digit(s[n]))
		return false;
	while (is_digit(s[n]))
		n++;
	return !s[n];
}

bool results__is_mode(const char *s)
{
	static const char *const modes[] = { "native", "kvm", "icount", "tcg", "static" };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(s, modes[i]))
			return true;
	return false;
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* The date must exist; a second may be 60, UTC's leap second. */
bool results__is_time(const char *s)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;

	if (strlen(s) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '0' ? !is_digit(s[i]) : s[i] != shape[i])
			return false;
	year = two(s) * 100 + two(s + 2);
	month = two(s + 5);
	day = two(s + 8);
	if (month < 1 || month > 12 || day < 1)
		return false;
	if (day > days[month - 1] &&
	    !(month == 2 && day == 29 && year % 4 == 0 && (year % 100 || year % 400 == 0)))
		return false;
	return two(s + 11) < 24 && two(s + 14) < 60 && two(s + 17) <= 60;
}

static size_t code_points(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static bool is_utf8(const char *s)
{
	json_t *str = json_string(s); /* refuses what is not UTF-8 */

	json_decref(str);
	return str != NULL;
}

const char *results__value_problem(const char *s)
{
	if (!*s)
		return "is empty; leave the parameter out instead";
	if (!is_utf8(s))
		return "is not UTF-8";
	if (code_points(s) > RESULTS_MAX_VALUE)
		return "is longer than 256 characters";
	for (const char *c = s; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == ',')
			return "holds a comma or a control character";
	if (results__is_integer(s))
		return "is a whole number in quotes; write it as a number";
	return NULL;
}

int results__check_text(const char *s, bool may_be_empty, const char *path,
			struct results_error *err)
{
	if (!s)
		return results__error(err, -EINVAL, NULL, path, "is missing; set it");
	if (!*s && !may_be_empty)
		return results__error(err, -EINVAL, NULL, path, "is empty; say something");
	if (!is_utf8(s))
		return results__error(err, -EINVAL, NULL, path,
				      "is not UTF-8; convert or escape it first");
	if (code_points(s) > RESULTS_MAX_TEXT)
		return results__error(err, -EINVAL, NULL, path,
				      "has %zu characters, at most %d are allowed; shorten it",
				      code_points(s), RESULTS_MAX_TEXT);
	return 0;
}

int results__check_params(const struct results_params *p, struct results_error *err)
{
	if (p->nr > RESULTS_MAX_PARAMS)
		return results__error(err, -EINVAL, NULL, ".params",
				      "has %zu parameters, at most %d are allowed", p->nr,
				      RESULTS_MAX_PARAMS);
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_param *v = &p->v[i];
		const char *problem = v->str ? results__value_problem(v->str) : NULL;

		if (!results__is_key(v->key))
			return results__error(
				err, -EINVAL, NULL, ".params",
				"\"%.80s\" is not a parameter's name, use [a-z][a-z0-9_]*", v->key);
		if (!v->str && (v->num > RESULTS_MAX_INT || v->num < -RESULTS_MAX_INT))
			problem = "is not between -2^53 and 2^53; write it as a string in hex";
		if (problem) {
			results__error(err, -EINVAL, NULL, v->key, "%s", problem);
			results__error_prefix(err, ".params.");
			return -EINVAL;
		}
	}
	return 0;
}

static int check_sample(const struct results_measurement *m, size_t i, struct results_error *err)
{
	double x = m->samples[i];
	const char *problem = NULL;
	char path[48];

	if (!isfinite(x))
		problem = "is not a finite number";
	else if (x < 0)
		problem = "is negative, which no metric can be";
	else if (x > RESULTS_MAX_INT)
		problem = "is 2^53 or more, which a double cannot hold exactly; use fewer "
			  "operations per sample";
	else if (m->kind != RESULTS_SAMPLED && x != (double)(long long)x)
		problem = "is not a whole number; only sampled measurements may have fractions";
	if (!problem)
		return 0;
	snprintf(path, sizeof(path), ".samples[%zu]", i);
	return results__error(err, -EINVAL, NULL, path, "%s", problem);
}

static int check_exact(const struct results_measurement *m, struct results_error *err)
{
	double *sorted = results__sorted(m->samples, m->nr_samples);
	size_t count;

	if (!sorted)
		return results__error(err, -ENOMEM, NULL, ".samples", "no memory to sort them");
	results__mode(sorted, m->nr_samples, &count);
	free(sorted);
	if (results__is_exact(m->metric, count, m->nr_samples, m->discarded))
		return 0;
	if (m->nr_samples < m->metric->exact_samples)
		return results__error(
			err, -EINVAL, NULL, ".kind",
			"says exact with %zu samples, and %s takes at least %zu; call it deterministic",
			m->nr_samples, m->metric->name, m->metric->exact_samples);
	if (m->metric->exact_samples == RESULTS_SAMPLES_EVENT)
		return results__error(
			err, -EINVAL, NULL, ".kind",
			"says exact, but %zu of %zu samples agree and %lld were discarded; of %s all must agree and none be discarded; call it deterministic",
			count, m->nr_samples, m->discarded, m->metric->name);
	return results__error(
		err, -EINVAL, NULL, ".kind",
		"says exact, but only %zu of %zu samples agree and 90 %% must; call it deterministic",
		count, m->nr_samples);
}

/* 1 to 128 printable characters of ASCII without blanks: a linker's symbol, or "[user]". */
static bool is_symbol(const char *s)
{
	size_t n;

	for (n = 0; s[n] > ' ' && s[n] < 0x7f; n++)
		;
	return n && !s[n] && n <= RESULTS_MAX_NAME;
}

static int share_error(size_t i, const char *key, const char *problem, struct results_error *err)
{
	char path[64];

	snprintf(path, sizeof(path), ".breakdown[%zu]%s", i, key);
	return results__error(err, -EINVAL, NULL, path, "%s", problem);
}

static int name_ptr_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int check_shares_unique(const struct results_measurement *m, struct results_error *err)
{
	char **names = malloc(m->nr_breakdown * sizeof(*names));
	int ret = 0;

	if (!names)
		return results__error(err, -ENOMEM, NULL, ".breakdown", "no memory to sort it");
	for (size_t i = 0; i < m->nr_breakdown; i++)
		names[i] = m->breakdown[i].symbol;
	qsort(names, m->nr_breakdown, sizeof(*names), name_ptr_cmp);
	for (size_t i = 1; i < m->nr_breakdown && !ret; i++)
		if (!strcmp(names[i - 1], names[i]))
			ret = results__error(err, -EINVAL, NULL, ".breakdown",
					     "has \"%.80s\" twice; add them up", names[i]);
	free(names);
	return ret;
}

static int check_shares(const struct results_measurement *m, long long *sum,
			struct results_error *err)
{
	*sum = 0;
	for (size_t i = 0; i < m->nr_breakdown; i++) {
		const struct results_share *s = &m->breakdown[i];

		if (!s->symbol || !is_symbol(s->symbol))
			return share_error(
				i, ".symbol",
				"is not a symbol: 1 to 128 printable characters, no blanks", err);
		if (!s->instructions || s->instructions > RESULTS_MAX_INT ||
		    s->instructions < -RESULTS_MAX_INT)
			return share_error(
				i, ".instructions",
				"is 0, or not between -2^53 and 2^53; leave out what is 0", err);
		if (__builtin_add_overflow(*sum, s->instructions, sum))
			return share_error(i, ".instructions", "makes a sum beyond 2^63", err);
	}
	return check_shares_unique(m, err);
}

/* A breakdown is of the samples that equal the mode; its sum must be the mode. */
static int check_breakdown(const struct results_measurement *m, struct results_error *err)
{
	double *sorted, mode;
	long long sum;
	size_t count;
	int ret;

	if (strcmp(m->metric->unit, "instructions") || m->kind == RESULTS_SAMPLED)
		return results__error(err, -EINVAL, NULL, ".breakdown",
				      "is of instructions; %s that are %s have none",
				      m->metric->name, results_kind_name(m->kind));
	if (m->nr_breakdown > RESULTS_MAX_SHARES)
		return results__error(err, -EINVAL, NULL, ".breakdown",
				      "has %zu symbols, at most %d are allowed", m->nr_breakdown,
				      RESULTS_MAX_SHARES);
	ret = check_shares(m, &sum, err);
	if (ret)
		return ret;
	sorted = results__sorted(m->samples, m->nr_samples);
	if (!sorted)
		return results__error(err, -ENOMEM, NULL, ".samples", "no memory to sort them");
	mode = results__mode(sorted, m->nr_samples, &count);
	free(sorted);
	if ((double)sum == mode)
		return 0;
	return results__error(err, -EINVAL, NULL, ".breakdown",
			      "adds up to %lld, but the most frequent sample is %.0f", sum, mode);
}

static int check_identity(const struct results_measurement *m, struct results_error *err)
{
	if (!m->case_id || !is_case(m->case_id))
		return results__error(
			err, -EINVAL, NULL, ".case",
			"\"%.80s\" is not family/name in [a-z0-9_], such as gup_fast/walk",
			m->case_id ? m->case_id : "");
	if (m->subject < RESULTS_REF || m->subject > RESULTS_IMPORTED)
		return results__error(err, -EINVAL, NULL, ".subject",
				      "is none of ref, kernel, liburcu, imported");
	return results__check_params(&m->params, err);
}

int results__check_measurement(const struct results_measurement *m, struct results_error *err)
{
	int ret = check_identity(m, err);

	if (ret)
		return ret;
	if (m->skipped)
		return results__check_text(m->skipped, false, ".skipped", err);
	if (!m->metric)
		return results__error(err, -EINVAL, NULL, ".metric",
				      "is missing; name one of results/metrics.h");
	if (m->kind < RESULTS_EXACT || m->kind > RESULTS_SAMPLED)
		return results__error(err, -EINVAL, NULL, ".kind",
				      "is none of exact, deterministic, sampled");
	if (m->nr_ops < 1 || m->nr_ops > RESULTS_MAX_INT)
		return results__error(
			err, -EINVAL, NULL, ".nr_ops",
			"is not from 1 to 2^53 - 1; it is how many operations one sample counts");
	if (m->discarded < 0 || m->discarded > RESULTS_MAX_INT)
		return results__error(err, -EINVAL, NULL, ".discarded",
				      "is not from 0 to 2^53 - 1; it counts windows thrown away");
	if (m->nr_samples < 1 || m->nr_samples > RESULTS_MAX_SAMPLES || !m->samples)
		return results__error(
			err, -EINVAL, NULL, ".samples",
			"has %zu samples, 1 to %d are allowed; use \"skipped\" with a reason when there is none",
			m->nr_samples, RESULTS_MAX_SAMPLES);
	for (size_t i = 0; i < m->nr_samples; i++) {
		ret = check_sample(m, i, err);
		if (ret)
			return ret;
	}
	ret = m->kind == RESULTS_EXACT ? check_exact(m, err) : 0;
	return !ret && m->nr_breakdown ? check_breakdown(m, err) : ret;
}

int results__check_check(const struct results_check *c, struct results_error *err)
{
	int ret;

	if (!c->id || !is_plain(c->id, "_./-"))
		return results__error(
			err, -EINVAL, NULL, ".id",
			"\"%.80s\" is not a check's name, use letters, digits, '_', '.', '/' and '-'",
			c->id ? c->id : "");
	ret = results__check_params(&c->params, err);
	if (!ret)
		ret = results__check_text(c->expect, false, ".expect", err);
	if (!ret)
		ret = results__check_text(c->seen, true, ".seen", err);
	return ret;
}

static int check_pairs(const struct results_pairs *p, const char *path, struct results_error *err)
{
	if (p->nr > RESULTS_MAX_PAIRS)
		return results__error(err, -EINVAL, NULL, path,
				      "has %zu keys, at most %d are allowed", p->nr,
				      RESULTS_MAX_PAIRS);
	for (size_t i = 0; i < p->nr; i++) {
		const struct results_pair *pair = &p->v[i];

		if (!results__is_key(pair->key))
			return results__error(err, -EINVAL, NULL, path,
					      "\"%.80s\" is not a key, use [a-z][a-z0-9_]*",
					      pair->key);
		if (results__check_text(pair->value, true, "", err)) {
			results__error_prefix(err, "%s.%s", path, pair->key);
			return -EINVAL;
		}
	}
	return 0;
}

int results__check_header(const struct results_doc *doc, struct results_error *err)
{
	int ret;

	if (doc->version < 1 || doc->version > RESULTS_VERSION)
		return results__error(err, -EINVAL, NULL, ".version", "%d is none of 1 to %d",
				      doc->version, RESULTS_VERSION);
	if (!doc->part || !is_part(doc->part))
		return results__error(
			err, -EINVAL, NULL, ".part",
			"\"%.80s\" is not a part's name, use letters, digits, '_', '.', '+', '-' and no \"..\"",
			doc->part ? doc->part : "");
	if (!doc->mode || !results__is_mode(doc->mode))
		return results__error(err, -EINVAL, NULL, ".mode",
				      "\"%.80s\" is none of native, kvm, icount, tcg, static",
				      doc->mode ? doc->mode : "");
	if (!doc->created || !results__is_time(doc->created))
		return results__error(err, -EINVAL, NULL, ".created",
				      "\"%.80s\" is not a UTC time such as 2026-01-31T23:59:59Z",
				      doc->created ? doc->created : "");
	ret = results__check_text(doc->command, false, ".command", err);
	if (!ret)
		ret = check_pairs(&doc->environment, ".provenance.environment", err);
	if (!ret)
		ret = check_pairs(&doc->subject, ".provenance.subject", err);
	return ret;
}

/* A part's file ends in ".json": the report's pages link to it, and it must not be another page. */
static bool is_document_name(const char *s)
{
	size_t len = strlen(s);

	return is_part(s) && len > strlen(".json") && !strcmp(s + len - strlen(".json"), ".json");
}

int results__check_part(const struct results_part *p, struct results_error *err)
{
	if (!p->name || !is_part(p->name))
		return results__error(
			err, -EINVAL, NULL, ".name",
			"\"%.80s\" is not a part's name, use letters, digits, '_', '.', '+', '-' and no \"..\"",
			p->name ? p->name : "");
	if (p->file && !is_document_name(p->file))
		return results__error(
			err, -EINVAL, NULL, ".file",
			"\"%.80s\" is not the name of a document in the run's folder: no '/', no \"..\", and .json at its end",
			p->file);
	if (p->state < RESULTS_PASSED || p->state > RESULTS_SKIPPED)
		return results__error(err, -EINVAL, NULL, ".state",
				      "is none of passed, failed, skipped");
	if (p->state == RESULTS_PASSED && !p->file)
		return results__error(err, -EINVAL, NULL, ".file",
				      "is missing, yet the part passed; name its document");
	if (p->state == RESULTS_PASSED && p->reason)
		return results__error(err, -EINVAL, NULL, ".reason",
				      "is given, yet the part passed; leave it out (null)");
	if (p->state != RESULTS_PASSED)
		return results__check_text(p->reason, false, ".reason", err);
	return 0;
}

static int part_ptr_cmp(const void *a, const void *b)
{
	const struct results_part *x = *(const struct results_part *const *)a;
	const struct results_part *y = *(const struct results_part *const *)b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x > y) - (x < y);
}

/* The caller has checked each part, so each has a name. */
static int check_parts_unique(const struct results_run *run, struct results_error *err)
{
	const struct results_part **v = malloc((run->nr_parts + 1) * sizeof(*v));
	int ret = 0;

	if (!v)
		return results__error(err, -ENOMEM, NULL, ".parts", "no memory to sort them");
	for (size_t i = 0; i < run->nr_parts; i++)
		v[i] = &run->parts[i];
	qsort(v, run->nr_parts, sizeof(*v), part_ptr_cmp);
	for (size_t i = 1; i < run->nr_parts && !ret; i++) {
		if (strcmp(v[i - 1]->name, v[i]->name))
			continue;
		ret = results__error(err, -EINVAL, NULL, ".name",
				     "\"%s\" is a part already, see $.parts[%zu]", v[i]->name,
				     (size_t)(v[i - 1] - run->parts));
		results__error_prefix(err, ".parts[%zu]", (size_t)(v[i] - run->parts));
	}
	free(v);
	return ret;
}

int results__check_run(const struct results_run *run, struct results_error *err)
{
	int ret = results__check_text(run->command, false, ".command", err);

	if (ret)
		return ret;
	if (!run->revision || !results_is_revision(run->revision))
		return results__error(err, -EINVAL, NULL, ".revision",
				      "\"%.80s\" is not a revision: " RESULTS_REVISION_RULE,
				      run->revision ? run->revision : "");
	if (!run->started || !results__is_time(run->started))
		return results__error(err, -EINVAL, NULL, ".started",
				      "\"%.80s\" is not a UTC time such as 2026-01-31T23:59:59Z",
				      run->started ? run->started : "");
	if (run->finished && !results__is_time(run->finished))
		return results__error(
			err, -EINVAL, NULL, ".finished",
			"\"%.80s\" is neither a UTC time such as 2026-01-31T23:59:59Z nor null",
			run->finished);
	if (run->complete && !run->finished)
		return results__error(
			err, -EINVAL, NULL, ".finished",
			"is null, yet the run is complete; mark it partial or give the time");
	if (run->nr_parts > RESULTS_MAX_PARTS)
		return results__error(err, -EINVAL, NULL, ".parts",
				      "has %zu parts, at most %d are allowed", run->nr_parts,
				      RESULTS_MAX_PARTS);
	for (size_t i = 0; i < run->nr_parts; i++) {
		ret = results__check_part(&run->parts[i], err);
		if (ret) {
			results__error_prefix(err, ".parts[%zu]", i);
			return ret;
		}
	}
	return check_parts_unique(run, err);
}
