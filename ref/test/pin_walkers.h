/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walkers that pin, for the tests: with hooks between their steps, and with a step left out. */
#ifndef REF_TEST_PIN_WALKERS_H
#define REF_TEST_PIN_WALKERS_H

#include <array_size.h>

#include "../gup/walk.h"
#include "../pgtable/fmt_s390x.h"
#include "../pgtable/fmt_x86_64.h"

/* One of the walk's hooks at a time: `fn` is called at its `at`-th call (0 is the first). */
enum pin_point { PIN_NONE, PIN_BEFORE_GET, PIN_BEFORE_RECHECK, PIN_BEFORE_MAPPING, PIN_BEFORE_OPS };
struct pin_hook {
	enum pin_point point;
	unsigned at, calls;
	void (*fn)(struct ref_page *page);
};
static struct pin_hook pin_hook;

static inline void pin_hook_run(enum pin_point point, struct ref_page *page)
{
	if (pin_hook.point == point && pin_hook.calls++ == pin_hook.at)
		pin_hook.fn(page);
}
static inline void pin_get(struct ref_page *page)
{
	pin_hook_run(PIN_BEFORE_GET, page);
}
static inline void pin_recheck(struct ref_page *page)
{
	pin_hook_run(PIN_BEFORE_RECHECK, page);
}
static inline void pin_mapping(struct ref_page *page)
{
	pin_hook_run(PIN_BEFORE_MAPPING, page);
}
static inline void pin_ops(struct ref_page *page)
{
	pin_hook_run(PIN_BEFORE_OPS, page);
}

#define PIN_HOOKS                                                                                  \
	.design = GUP_OFFSET_LOCKLESS, .debug = true, .before_get = pin_get,                       \
	.before_recheck = pin_recheck, .before_mapping = pin_mapping, .before_ops = pin_ops

#define PIN_WALKERS(ident)                                                                         \
	GUP_WALKER(ident, pin_good, PIN_HOOKS)                                                     \
	GUP_WALKER(ident, pin_inverted, PIN_HOOKS, .inverted = true)                               \
	GUP_WALKER(ident, pin_double_load, PIN_HOOKS, .double_load = true)                         \
	GUP_WALKER(ident, pin_allowed_first, PIN_HOOKS, .allowed_first = true)                     \
	GUP_WALKER(ident, pin_no_allowed, PIN_HOOKS, .folio_allowed = GUP_STEP_REMOVED)            \
	GUP_WALKER(ident, pin_no_irq_save, PIN_HOOKS, .irq_save = GUP_STEP_REMOVED)                \
	GUP_WALKER(ident, pin_no_fork_seq, PIN_HOOKS, .fork_seq = GUP_STEP_REMOVED)                \
	GUP_WALKER(ident, pin_fork_seq_once, PIN_HOOKS, .fork_seq_once = true)                     \
	GUP_WALKER(ident, pin_after_recheck, PIN_HOOKS, .pin_after_recheck = true)                 \
	GUP_WALKER(ident, pin_no_unshare, PIN_HOOKS, .unshare = GUP_STEP_REMOVED)
PIN_WALKERS(x86_64_4k_48)
PIN_WALKERS(s390x)

struct pin_walkers {
	const char *format;
	unsigned levels;
	gup_fast_fn good, inverted, double_load, allowed_first, no_allowed, no_irq_save;
	gup_fast_fn no_fork_seq, fork_seq_once, after_recheck, no_unshare;
};
#define PIN_ROW(ident, format, levels)                                                             \
	{                                                                                          \
		format, levels, gup_fast_##ident##_pin_good, gup_fast_##ident##_pin_inverted,      \
			gup_fast_##ident##_pin_double_load, gup_fast_##ident##_pin_allowed_first,  \
			gup_fast_##ident##_pin_no_allowed, gup_fast_##ident##_pin_no_irq_save,     \
			gup_fast_##ident##_pin_no_fork_seq, gup_fast_##ident##_pin_fork_seq_once,  \
			gup_fast_##ident##_pin_after_recheck, gup_fast_##ident##_pin_no_unshare,   \
	}
static const struct pin_walkers pin_walkers[] = {
	PIN_ROW(x86_64_4k_48, "x86_64-4k-48", 0),
	PIN_ROW(s390x, "s390x", 3),
};
#define PIN_NR_WALKERS ARRAY_SIZE(pin_walkers)

static inline struct ref_mm *pin_mm(const struct pin_walkers *w)
{
	struct pgt_opts opts = { w->format, w->levels, 4096 };
	struct ref_mm *mm = NULL;

	pin_hook = (struct pin_hook){ 0 };
	return ref_mm_create(&opts, &mm) ? NULL : mm;
}

/* From here on `fn` runs once at that point. */
static inline void pin_hook_set(enum pin_point point, unsigned at, void (*fn)(struct ref_page *))
{
	pin_hook = (struct pin_hook){ .point = point, .at = at, .fn = fn };
}

#endif
