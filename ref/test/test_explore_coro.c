// SPDX-License-Identifier: GPL-2.0-or-later
/* The explorer's coroutines for machines without assembly: entered, left in the middle, begun again
 * on the same stack, with the registers that a call preserves intact. */
#define CORO_PORTABLE
#include "../explore/coro.c"

#include <string.h>

#include "../../scripts/tap.h"

static struct coro root, a, b;
static char log_text[128];
static size_t log_len;

static void say(char c)
{
	if (log_len < sizeof(log_text) - 1)
		log_text[log_len++] = c;
}

static void ping(void *arg)
{
	for (int i = 0;; i++) {
		say(*(char *)arg);
		say((char)('0' + i));
		coro_switch(&a, &b);
	}
}

static void pong(void *arg)
{
	int turns = 0;

	for (;;) {
		say(*(char *)arg);
		coro_switch(&b, ++turns % 3 ? &a : &root);
	}
}

static void test_switch(void)
{
	char name[] = "xyz";

	coro_start(&a, ping, &name[0]);
	coro_start(&b, pong, &name[1]);
	coro_switch(&root, &a);
	ok(!strcmp(log_text, "x0yx1yx2y"), "two take turns, and then the root: %s", log_text);
	coro_switch(&root, &b);
	ok(!strcmp(log_text, "x0yx1yx2yyx3yx4y"), "they go on where they were: %s", log_text);
	coro_start(&a, ping, &name[2]);
	coro_switch(&root, &a);
	ok(!strcmp(log_text, "x0yx1yx2yyx3yx4yz0yz1yz2y"), "one begins again: %s", log_text);
}

static unsigned long sum;

static void count(void *arg)
{
	unsigned long n = 0;

	for (;;) {
		sum += ++n;
		coro_switch(&a, &root);
	}
}

static void test_many(void)
{
	for (int i = 0; i < 1000; i++) {
		coro_start(&a, count, NULL);
		for (int j = 0; j < 10; j++)
			coro_switch(&root, &a);
	}
	ok(sum == 55000, "1000 times begun, 10 times entered each: %lu", sum);
}

int main(void)
{
	if (coro_create(&a, 64 * 1024) || coro_create(&b, 64 * 1024))
		return 1;
	test_switch();
	test_many();
	coro_destroy(&a);
	coro_destroy(&b);
	ok(coro_create(&a, (size_t)1 << 60) == -ENOMEM, "no memory for a stack");
	return tap_done();
}
