/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the litmus models: a row is a function per CPU and an invariant. */
#ifndef REF_EXPLORE_LITMUS_H
#define REF_EXPLORE_LITMUS_H

#include <stdio.h>

#include <ref/port.h>

#include "models.h"

struct litmus {
	int x, y;
	int r[4]; /* one per task */
	int got;
	struct ref_spinlock lock, other;
	struct ref_rcu_head rcu;
	int *object, memory; /* object points to memory */
	int acked;
	unsigned depth, deepest; /* handlers on top of each other */
	int landed;
};
extern struct litmus *l;

/* One row: a function per CPU, perhaps an interrupt on CPU 0, and the invariant. */
struct program {
	void (*task[4])(void *arg);
	void (*interrupt[3])(void *arg);
	enum explore_context context[3];
	unsigned times; /* how often each interrupt may land; 0: once */
	const char *invariant;
	bool (*holds)(void *arg, char *why, size_t size);
};

/* Sets up the state, tasks, interrupts and invariant of a struct program. */
int litmus_setup(struct explore *e, const void *arg);

/* A non-atomic increment, and the invariant that two of them make 2. */
void litmus_add(void *arg);
void litmus_add_locked(void *arg);
void litmus_write_x(void *arg);
void litmus_write_y(void *arg);

/* clang-format off */
#define P(...) &(const struct program){ __VA_ARGS__ }
#define GOOD(variant_, nr_, mode_, summary_, ...)                                          \
	{ .mechanism = "litmus", .variant = variant_, .mode = mode_, .nr_cpus = (nr_),     \
	  .summary = summary_, .setup = litmus_setup, .arg = P(__VA_ARGS__) }
#define BUSTED(variant_, nr_, mode_, caught_, summary_, ...)                               \
	{ .mechanism = "litmus", .variant = variant_, .mode = mode_, .nr_cpus = (nr_),     \
	  .summary = summary_, .setup = litmus_setup, .busted = true, .caught_by = caught_,       \
	  .arg = P(__VA_ARGS__) }
/* A busted row's program in a mode in which it cannot break. */
#define HARMLESS(variant_, code_, nr_, mode_, summary_, ...)                               \
	{ .mechanism = "litmus", .variant = variant_, .mode = mode_, .nr_cpus = (nr_),     \
	  .summary = summary_, .busted_code = code_, .setup = litmus_setup, .arg = P(__VA_ARGS__) }
#define SC EXPLORE_SC
/* clang-format on */
#define SB EXPLORE_STORE_BUFFER
#define ALL(...)                                                                                   \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define HOLDS(fn, name) .holds = (fn), .invariant = (name)
#define SAW "one of two sees the other's store"
#define LOST "no update is lost"
#define FREED "read of a freed object"

#endif
