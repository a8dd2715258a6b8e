// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A schedule as text: each step in words, when steps are recorded, and the string that replays the
 * schedule.
 *
 * The string lists the decisions that differ from the default, each as the number of the step after
 * it and a letter: 12c1 CPU 1 goes on, 12i0 the model's interrupt 0 lands, 12r1 the next RCU
 * callback of CPU 1 runs, 12m0>1 the oldest store of CPU 0 reaches memory and CPU 1 goes on (12m0
 * when no CPU can go on). Dots separate the decisions; "-" stands for no decision.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* ---- steps ---- */

static void add_step(unsigned cpu, enum explore_context context, const char *task)
{
	struct explore_result *r = E.result;
	struct explore_step *step;

	if (r->nr_steps == E.max_steps) {
		size_t max = E.max_steps ? E.max_steps * 2 : 64;

		step = realloc(r->step, max * sizeof(*step));
		if (!step) {
			E.error = -ENOMEM;
			return;
		}
		r->step = step;
		E.max_steps = max;
	}
	r->step[r->nr_steps++] = (struct explore_step){
		.cpu = cpu,
		.context = context,
		.task = strdup(task),
		.site = strdup(task),
	};
}

void engine_trace_step(struct engine_ctx *ctx, bool landed)
{
	add_step(ctx->cpu, ctx->context, ctx->name);
	if (landed)
		engine_trace_text(NULL, "%s", "begins");
}

void engine_trace_drain(unsigned cpu, const char *text)
{
	add_step(cpu, EXPLORE_TASK, "memory");
	engine_trace_text(NULL, "%s reaches memory", text);
}

/* The step's place: function, file and line, and the name that the last REF_STEP() gave it. */
static char *site_text(const struct model_site *s, const struct engine_ctx *ctx)
{
	const char *file = strrchr(s->file, '/');
	const char *step = ctx && ctx->step_name ? ctx->step_name : "";
	char *text;

	if (asprintf(&text, "%s %s:%u%s%s%s", s->function, file ? file + 1 : s->file, s->line,
		     *step ? " (" : "", step, *step ? ")" : "") < 0)
		return NULL;
	return text;
}

void engine_trace_text(const struct model_site *s, const char *fmt, ...)
{
	struct explore_result *r = E.result;
	struct explore_step *step;
	va_list ap;

	if (!r->nr_steps)
		return;
	step = &r->step[r->nr_steps - 1];
	free(step->text);
	va_start(ap, fmt);
	if (vasprintf(&step->text, fmt, ap) < 0)
		step->text = NULL;
	va_end(ap);
	if (s) {
		free(step->site);
		step->site = site_text(s, E.cur);
	}
}

static const struct engine_name *find_name(const volatile void *p)
{
	const volatile char *c = p;

	for (size_t i = E.nr_names; i-- > 0;) {
		const struct engine_name *n = &E.name[i];

		if (c >= n->p && c < n->p + n->size * n->nr)
			return n;
	}
	return NULL;
}

bool engine_name_of(const volatile void *p, char *buf, size_t size)
{
	const struct engine_name *n = find_name(p);

	if (!n)
		return false;
	if (n->nr > 1)
		snprintf(buf, size, "%s[%zu]", n->name,
			 (size_t)((const volatile char *)p - n->p) / n->size);
	else
		snprintf(buf, size, "%s", n->name);
	return true;
}

/* Whether the name at p names a single word. If it names more, the source text tells which part. */
static bool names_all(const volatile void *p)
{
	const struct engine_name *n = find_name(p);

	return !(((const volatile char *)p - n->p) % (long)n->size) && n->size <= sizeof(uint64_t);
}

/* Drops a cast, and the "*" that a macro puts before the "&" of its argument. */
static void print_expr(char *buf, size_t size, const char *expr)
{
	const char *cast = !strncmp(expr, "*(", 2) ? strstr(expr, " *)") : NULL;

	if (cast && cast[3] && !memchr(expr + 2, '(', (size_t)(cast - expr) - 2))
		snprintf(buf, size, "*%s", cast + 3);
	else if (!strncmp(expr, "*&", 2))
		snprintf(buf, size, "%s", expr + 2);
	else
		snprintf(buf, size, "%s", expr + (*expr == '&'));
}

/* The accessed location: its name in the model, or the source text of the expression. */
const char *engine_what(const struct model_site *s, const volatile void *p, char *buf, size_t size)
{
	char name[64], expr[64];

	print_expr(expr, sizeof(expr), s->expr);
	if (!engine_name_of(p, name, sizeof(name)))
		snprintf(buf, size, "%s", expr);
	else if (names_all(p) || (s->op >= MODEL_TRY_GET && s->op <= MODEL_SET_RELEASE) ||
		 !strcmp(name, expr))
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "%s (%s)", expr, name);
	return buf;
}

/* Numbers addresses without a name in order of appearance: addresses differ from run to run. */
static unsigned number_of(uint64_t pointer)
{
	unsigned i;

	for (i = 0; i < E.nr_pointers; i++)
		if (E.pointer[i] == pointer)
			return i + 1;
	if (i < ENGINE_POINTERS)
		E.pointer[E.nr_pointers++] = pointer;
	return i + 1;
}

const char *engine_value(const struct model_site *s, unsigned size, uint64_t v, char *buf, size_t n)
{
	int64_t sv = size == 8 ? (int64_t)v : (int64_t)(v << (64 - 8 * size)) >> (64 - 8 * size);

	if (s->pointer && !v)
		snprintf(buf, n, "NULL");
	else if (s->pointer && engine_name_of((void *)(uintptr_t)v, buf, n))
		return buf;
	else if (s->pointer)
		snprintf(buf, n, "pointer %u", number_of(v));
	else if (sv > -4096 && sv < 4096)
		snprintf(buf, n, "%d", (int)sv);
	else
		snprintf(buf, n, "%#llx", (unsigned long long)v);
	return buf;
}

/* ---- schedules ---- */

char *engine_schedule_text(void)
{
	size_t size = 2 + (size_t)E.nr_dev * 24, n = 0;
	char *text = malloc(size);

	if (!text)
		return NULL;
	snprintf(text, size, "-");
	for (unsigned i = 0; i < E.nr_dev; i++) {
		struct engine_choice c = E.dev[i].choice;

		n += (size_t)snprintf(text + n, size - n, "%s%u%c%u", n ? "." : "", E.dev[i].step,
				      "cirm"[c.kind], c.kind == CHOICE_LAND ? c.arg : c.cpu);
		if (c.kind == CHOICE_DRAIN && c.arg != NO_CPU)
			n += (size_t)snprintf(text + n, size - n, ">%u", c.arg);
	}
	return text;
}

/* At most 6 digits. */
static bool parse_number(const char **p, unsigned *out)
{
	unsigned n = 0;

	if (!isdigit((unsigned char)**p))
		return false;
	for (int i = 0; isdigit((unsigned char)**p); i++, (*p)++) {
		if (i == 6)
			return false;
		n = n * 10 + (unsigned)(**p - '0');
	}
	*out = n;
	return true;
}

static bool parse_choice(const char **p, struct engine_choice *c)
{
	static const char letters[] = "cirm";
	const char *letter = **p ? strchr(letters, **p) : NULL;
	unsigned n, then = NO_CPU;

	if (!letter)
		return false;
	(*p)++;
	if (!parse_number(p, &n) || n >= NO_CPU)
		return false;
	*c = (struct engine_choice){ (unsigned char)(letter - letters), (unsigned char)n, 0 };
	if (c->kind == CHOICE_LAND) {
		c->arg = (unsigned char)n;
		c->cpu = n < E.nr_interrupts ? (unsigned char)E.interrupt[n].cpu : NO_CPU;
	} else if (c->kind == CHOICE_DRAIN) {
		if (**p == '>' && ((*p)++, !parse_number(p, &then) || then >= NO_CPU))
			return false;
		c->arg = (unsigned char)then;
	}
	return true;
}

int engine_parse(const char *text)
{
	const char *p = text;
	struct engine_choice c;
	unsigned step;

	E.nr_dev = 0;
	if (!strcmp(text, "-"))
		return 0;
	for (;; p++) {
		if (!parse_number(&p, &step) || !parse_choice(&p, &c) || (*p && *p != '.'))
			break;
		if (E.nr_dev == ENGINE_DEVIATIONS ||
		    (E.nr_dev && step <= E.dev[E.nr_dev - 1].step)) {
			snprintf(E.why, sizeof(E.why), "step %u does not come after step %u", step,
				 E.nr_dev ? E.dev[E.nr_dev - 1].step : 0);
			return -EINVAL;
		}
		E.dev[E.nr_dev++] = (struct engine_deviation){ step, c };
		if (!*p)
			return 0;
	}
	snprintf(E.why, sizeof(E.why),
		 "character %zu of the schedule: wanted STEPcCPU, STEPiN, STEPrCPU or STEPmCPU>CPU",
		 (size_t)(p - text) + 1);
	return -EINVAL;
}
