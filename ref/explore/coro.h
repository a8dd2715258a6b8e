/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coroutines: a stack each, switched without a system call. */
#ifndef REF_EXPLORE_CORO_H
#define REF_EXPLORE_CORO_H

#include <stddef.h>

struct coro {
	void *sp;    /* valid while the coroutine does not run */
	char *stack; /* lowest usable address; NULL for the thread's own */
	size_t size;
	void (*fn)(void *arg);
	void *arg;
	void *fake; /* AddressSanitizer's */
};

/* A stack with a guard page below it. 0 or -ENOMEM. */
int coro_create(struct coro *c, size_t size);
void coro_destroy(struct coro *c);
/* The next switch to c begins fn(arg); c's old state is lost. c must not run. fn never returns. */
void coro_start(struct coro *c, void (*fn)(void *arg), void *arg);
/* Saves the running coroutine in `from`, runs `to`; returns at the next switch to `from`. */
void coro_switch(struct coro *from, struct coro *to);

#endif
