// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory as the simulated CPUs share it: accesses, the log that undoes them, and the hash of the
 * state that a schedule has reached.
 *
 * The hash of memory is a sum of one term per location that differs from the start, kept up to date
 * by each store. Plain data is not in the hash: it is a function of its owners' histories, and for
 * data under a lock also of the order of the lock's takers, which is in their histories.
 */
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* Not by engine_poke(): the store may have been to a task's own stack, which is abandoned by now;
 * AddressSanitizer would report a use after the variable's scope. */
__attribute__((no_sanitize("address"))) static void undo(const struct engine_undo *u)
{
	switch (u->size) {
	case 1:
		*(volatile uint8_t *)u->p = (uint8_t)u->old;
		break;
	case 2:
		*(volatile uint16_t *)u->p = (uint16_t)u->old;
		break;
	case 4:
		*(volatile uint32_t *)u->p = (uint32_t)u->old;
		break;
	default:
		*(volatile uint64_t *)u->p = u->old;
		break;
	}
}

void engine_memory_reset(void)
{
	while (E.nr_undo)
		undo(&E.undo[--E.nr_undo]);
	for (size_t i = 0; i < E.nr_areas; i++)
		memcpy(E.area[i].p, E.area[i].copy, E.area[i].size);
	E.mem_hash = 0;
	E.stores = 0;
	E.nr_freed = E.nr_freed_start;
	E.nr_locks = 0;
}

static void undo_grow(void)
{
	size_t max = E.max_undo ? E.max_undo * 2 : 1024;
	struct engine_undo *undo = realloc(E.undo, max * sizeof(*undo));

	/* Without a log the next schedule would start from another state. */
	if (!undo) {
		fputs("explore: no memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	E.undo = undo;
	E.max_undo = max;
}

void engine_log_store(volatile void *p, unsigned size, uint64_t v)
{
	uint64_t old = engine_peek(p, size);

	if (ref_unlikely(E.nr_undo == E.max_undo))
		undo_grow();
	E.undo[E.nr_undo++] = (struct engine_undo){ p, old, size };
	engine_poke(p, size, v);
	v = engine_peek(p, size);
	E.mem_hash += engine_mix((uintptr_t)p, v) - engine_mix((uintptr_t)p, old);
	E.stores++;
}

/* ---- freed memory ---- */

static bool overlaps(const struct engine_freed *f, const volatile char *p, size_t size)
{
	return p < f->p + f->size && p + size > f->p;
}

void engine_check_freed(const struct model_site *s, const volatile void *p, unsigned size)
{
	char name[64];

	for (unsigned i = 0; i < E.nr_freed; i++) {
		if (ref_likely(!overlaps(&E.freed[i], p, size)))
			continue;
		if (!engine_name_of(p, name, sizeof(name)))
			snprintf(name, sizeof(name), "memory");
		engine_trace(s, "access to %s (%s)", s->expr, name);
		explore_fail(E.freed[i].invariant, "an access to %s, which has been freed", name);
	}
}

void explore_freed(const void *p, size_t size, const char *invariant)
{
	struct engine_freed *f = &E.freed[E.nr_freed];

	if (E.nr_freed == ENGINE_FREED) {
		explore_fail("limit", "more than %d freed ranges", ENGINE_FREED);
		return;
	}
	f->p = p;
	f->size = size;
	snprintf(f->invariant, sizeof(f->invariant), "%s", invariant);
	E.nr_freed++;
}

void explore_reused(const void *p, size_t size)
{
	for (unsigned i = E.nr_freed; i-- > 0;)
		if (overlaps(&E.freed[i], p, size))
			E.freed[i] = E.freed[--E.nr_freed];
}

void model_mem_freed(const void *p, size_t size, const char *what)
{
	char invariant[64];

	snprintf(invariant, sizeof(invariant), "read of a freed %s", what);
	explore_freed(p, size, invariant);
}

void model_mem_reused(const void *p, size_t size)
{
	explore_reused(p, size);
}

/* ---- allocation: from an arena that starts anew with each schedule ---- */

void *ref_alloc(size_t size)
{
	struct engine_cpu *c;
	void *p;

	if (!E.cur)
		return calloc(1, size);
	c = &E.cpu[E.cur->cpu];
	size = (size + 63) & ~(size_t)63;
	if (size > ENGINE_ARENA - c->arena_used)
		return NULL;
	p = E.arena[E.cur->cpu] + c->arena_used;
	c->arena_used += size;
	memset(p, 0, size);
	E.cur->history = engine_mix(E.cur->history, (uintptr_t)p);
	return p;
}

static bool in_arena(const char *p)
{
	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		if (E.arena[cpu] && p >= E.arena[cpu] && p < E.arena[cpu] + ENGINE_ARENA)
			return true;
	return false;
}

/* Memory from the arena is freed when the schedule ends. */
void ref_free(void *p)
{
	if (!in_arena(p) && !E.cur)
		free(p);
}

/* ---- accesses ---- */

uint64_t model_load(const struct model_site *s, const volatile void *p, unsigned size)
{
	struct engine_ctx *ctx = E.cur;
	char what[96], value[32];
	uint64_t v;

	if (!ctx)
		return engine_peek(p, size);
	engine_point(ctx);
	if (ref_unlikely(E.nr_freed))
		engine_check_freed(s, p, size);
	v = engine_view(ctx->cpu, p, size);
	engine_learn(ctx, v);
	if (ctx->waiting) {
		if (ctx->nr_reads < ENGINE_READS)
			ctx->read[ctx->nr_reads] = (struct engine_read){ p, v, size };
		ctx->nr_reads++;
	}
	if (ref_unlikely(E.recording))
		engine_trace(s, "read %s = %s", engine_what(s, p, what, sizeof(what)),
			     engine_value(s, size, v, value, sizeof(value)));
	return v;
}

void model_store(const struct model_site *s, volatile void *p, unsigned size, uint64_t v)
{
	struct engine_ctx *ctx = E.cur;
	char what[96], value[32];

	if (!ctx) {
		engine_poke(p, size, v);
		return;
	}
	engine_point(ctx);
	if (ref_unlikely(E.nr_freed))
		engine_check_freed(s, p, size);
	engine_learn(ctx, 0);
	engine_store(s, ctx, p, size, v);
	if (ref_unlikely(E.recording))
		engine_trace(s, "write %s = %s", engine_what(s, p, what, sizeof(what)),
			     engine_value(s, size, v, value, sizeof(value)));
}

/* Before a locked operation on p. */
static void locked(const struct model_site *s, struct engine_ctx *ctx, volatile void *p,
		   unsigned size)
{
	engine_point_full(ctx, p, size);
	if (ref_unlikely(E.nr_freed))
		engine_check_freed(s, p, size);
}

/* A locked operation's store; drains the earlier stores too. A failed one orders nothing. */
static void locked_store(struct engine_ctx *ctx, volatile void *p, unsigned size, uint64_t v)
{
	if (ref_unlikely(E.buffers))
		engine_drain_cpu(ctx->cpu);
	engine_log_store(p, size, v);
}

static uint64_t rmw(const struct model_site *s, uint64_t old, uint64_t v)
{
	switch (s->op) {
	case MODEL_ADD:
		return old + v;
	case MODEL_OR:
		return old | v;
	case MODEL_AND:
		return old & v;
	}
	return v;
}

static const char *rmw_verb(const struct model_site *s)
{
	switch (s->op) {
	case MODEL_ADD:
		return "add to";
	case MODEL_OR:
		return "or into";
	case MODEL_AND:
		return "and into";
	case MODEL_XCHG:
		return "exchange";
	}
	return "cmpxchg";
}

static void trace_change(const struct model_site *s, const char *verb, volatile void *p,
			 unsigned size, uint64_t old, uint64_t v)
{
	char what[96], a[32], b[32];

	engine_trace(s, "%s %s: %s -> %s", verb, engine_what(s, p, what, sizeof(what)),
		     engine_value(s, size, old, a, sizeof(a)),
		     engine_value(s, size, v, b, sizeof(b)));
}

uint64_t model_rmw(const struct model_site *s, volatile void *p, unsigned size, uint64_t v)
{
	struct engine_ctx *ctx = E.cur;
	uint64_t old;

	if (!ctx) {
		old = engine_peek(p, size);
		engine_poke(p, size, rmw(s, old, v));
		return old;
	}
	locked(s, ctx, p, size);
	old = engine_view(ctx->cpu, p, size);
	locked_store(ctx, p, size, rmw(s, old, v));
	engine_learn(ctx, old);
	if (ref_unlikely(E.recording))
		trace_change(s, rmw_verb(s), p, size, old, engine_peek(p, size));
	return old;
}

bool model_cmpxchg(const struct model_site *s, volatile void *p, unsigned size, void *old,
		   uint64_t v)
{
	struct engine_ctx *ctx = E.cur;
	uint64_t seen, want = engine_peek(old, size);
	char what[96], a[32], b[32];

	if (ctx)
		locked(s, ctx, p, size);
	seen = ctx ? engine_view(ctx->cpu, p, size) : engine_peek(p, size);
	if (ctx)
		engine_learn(ctx, seen);
	if (seen == want && ctx)
		locked_store(ctx, p, size, v);
	else if (seen == want)
		engine_poke(p, size, v);
	else
		engine_poke(old, size, seen);
	if (ctx && ref_unlikely(E.recording)) {
		if (seen == want)
			trace_change(s, "cmpxchg", p, size, seen, engine_peek(p, size));
		else
			engine_trace(s, "cmpxchg %s fails: %s, not %s",
				     engine_what(s, p, what, sizeof(what)),
				     engine_value(s, size, seen, a, sizeof(a)),
				     engine_value(s, size, want, b, sizeof(b)));
	}
	return seen == want;
}

/* ---- reference counts ---- */

struct count_result {
	int new;
	bool store, ret;
};

static struct count_result count(const struct model_site *s, int old, int nr)
{
	switch (s->op) {
	case MODEL_TRY_GET:
	case MODEL_TRY_GET_RELAXED:
		return (struct count_result){ old + nr, old != 0, old != 0 };
	case MODEL_PUT:
		return (struct count_result){ old - nr, true, old == nr };
	case MODEL_FREEZE:
		return (struct count_result){ 0, old == nr, old == nr };
	}
	return (struct count_result){ nr, true, true };
}

static const char *count_verb(const struct model_site *s)
{
	switch (s->op) {
	case MODEL_TRY_GET:
		return "try-get";
	case MODEL_TRY_GET_RELAXED:
		return "relaxed try-get";
	case MODEL_PUT:
		return "put";
	case MODEL_FREEZE:
		return "freeze";
	}
	return "set count of";
}

static void count_store(const struct model_site *s, struct engine_ctx *ctx, int *r, int new)
{
	if (s->op == MODEL_SET_RELEASE) {
		engine_store(s, ctx, r, sizeof(*r), (unsigned)new);
	} else if (s->op == MODEL_TRY_GET_RELAXED && E.buffers) {
		/* The held store is always its CPU's oldest, so no CPU waits for ever. */
		engine_drain_cpu(ctx->cpu);
		engine_store_buffer(s, ctx, r, sizeof(*r), (unsigned)new, true);
	} else {
		locked_store(ctx, r, sizeof(*r), (unsigned)new);
	}
}

bool model_count(const struct model_site *s, int *r, int nr)
{
	struct engine_ctx *ctx = E.cur;
	struct count_result res;
	char what[96];
	int old;

	if (!ctx) {
		res = count(s, *r, nr);
		if (res.store)
			*r = res.new;
		return res.ret;
	}
	if (s->op == MODEL_SET_RELEASE)
		engine_point(ctx);
	else
		locked(s, ctx, r, sizeof(*r));
	engine_check_freed(s, r, sizeof(*r));
	old = (int)engine_view(ctx->cpu, r, sizeof(*r));
	res = count(s, old, nr);
	if (res.store)
		count_store(s, ctx, r, res.new);
	engine_learn(ctx, s->op == MODEL_SET_RELEASE ? 0 : (unsigned)old);
	if (ref_unlikely(E.recording)) {
		engine_what(s, r, what, sizeof(what));
		if (res.store)
			engine_trace(s, "%s %s: %d -> %d", count_verb(s), what, old, res.new);
		else
			engine_trace(s, "%s %s fails: %d", count_verb(s), what, old);
	}
	return res.ret;
}

/* Set by a test in which the search with the reduction has to differ from the search without. */
bool engine_forget_histories;

/* ---- the state that a schedule has reached ---- */

static uint64_t ctx_hash(const struct engine_ctx *ctx)
{
	uint64_t h =
		engine_mix(ctx->history, (uint64_t)ctx->block << 2 | ctx->woken << 1 | ctx->faults);

	if (ctx->block == BLOCK_WAIT) {
		if (!ctx->nr_reads || ctx->nr_reads > ENGINE_READS)
			h += ctx->stores_seen == E.stores;
		for (unsigned i = 0; i < ctx->nr_reads && i < ENGINE_READS; i++)
			h = engine_mix(h + ctx->read[i].value, (uintptr_t)ctx->read[i].p);
	}
	if (ctx->block == BLOCK_GRACE)
		h = engine_mix(h, ctx->grace_mask);
	return h;
}

static uint64_t cpu_hash(const struct engine_cpu *c, const struct engine_ctx *ctx)
{
	uint64_t h = engine_mix(c->done, c->depth << 1 | c->ipi_pending);

	if (engine_forget_histories)
		return h;
	for (unsigned i = 0; i < c->depth; i++)
		h = engine_mix(h + 1, ctx_hash(&ctx[i]));
	for (unsigned i = c->callbacks_run; i < c->nr_callbacks; i++)
		h = engine_mix(h + c->callback[i].grace_mask, (uintptr_t)c->callback[i].head);
	return c->nr_stores ? engine_mix(h, engine_buffer_hash(c)) : h;
}

uint64_t engine_state_hash(void)
{
	uint64_t h = engine_mix(E.mem_hash, E.last << 8 | E.picked), freed = 0;

	for (unsigned cpu = 0; cpu < E.nr_cpus; cpu++)
		h = engine_mix(h + 1, cpu_hash(&E.cpu[cpu], E.ctx[cpu]));
	for (unsigned i = 0; i < E.nr_freed; i++)
		freed += engine_mix((uintptr_t)E.freed[i].p, E.freed[i].size);
	h = engine_mix(h, freed);
	return h ? h : 1;
}
