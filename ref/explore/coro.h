/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coroutines: a stack each, switched without a system call. */
#ifndef REF_EXPLORE_CORO_H
#define REF_EXPLORE_CORO_H

#include <stddef.h>

struct coro {
	void *sp;    /* while it does not run */
	char *stack; /* lowest usable address; NULL for the thread's own */
	size_t size;
	void (*fn)(void *arg);
	void *arg;
	void *fake; /* AddressSanitizer's */
};

/* A stack with a guard page below it. 0 or -ENOMEM. */
int coro_create(struct coro *c, size_t size);
void coro_destroy(struct coro *c);
/* The next switch to c begins fn(arg), whatever it was doing. fn never returns. c does not run. */
void coro_start(struct coro *c, void (*fn)(void *arg), void *arg);
/* Returns when somebody switches back to `from`. */
void coro_switch(struct coro *from, struct coro *to);

#endif
