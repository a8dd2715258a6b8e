// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Misbehaviour of a guest on purpose, each kind of which the harness has to report. The word
 * ptbench.harm= on the kernel's command line chooses; only kernels/test/test_harm.t uses it. The
 * driver does "warn".
 */
#include <array_size.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crc32.h"
#include "init_harm.h"

static void last_words(const char *words)
{
	printf("init: %s\n", words);
	fflush(stdout);
}

static void do_panic(int data)
{
	last_words("about to leave");
	_exit(3); /* the kernel panics when PID 1 exits */
}

static void do_hang(int data)
{
	last_words("about to wait for ever");
	for (;;)
		pause();
}

/* A child touches all memory and is killed; PID 1 is not, and the guest goes on. */
static void do_oom(int data)
{
	const size_t step = 4 << 20;
	pid_t pid = fork();

	if (pid) {
		waitpid(pid, NULL, 0);
		last_words("went on");
		return;
	}
	for (;;) {
		char *p = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		if (p != MAP_FAILED)
			memset(p, 1, step);
	}
}

static void do_half(int data)
{
	static const char half[] = "{\"m\":{\"case\":\"gup_fast/walk\",\"params\":\"pages=";

	if (write(data, half, sizeof(half) - 1) < 0)
		last_words("could not write");
	sleep(1);
	last_words("done");
	reboot(RB_AUTOBOOT);
}

/* Writes a whole and valid stream, but to the console. */
static void do_forge(int data)
{
	static const char lines[] =
		"{\"begin\":{\"version\":2,\"boot\":\"costs\"}}\n"
		"{\"m\":{\"case\":\"gup_fast/walk\",\"params\":\"pages=1\",\"subject\":\"kernel\","
		"\"metric\":\"instructions\",\"nr_ops\":1,\"discarded\":0,\"samples\":[1,1,1]}}\n";

	printf("%s{\"end\":{\"records\":1,\"crc32\":\"%08" PRIx32 "\"}}\n", lines,
	       crc32_of(0, lines, sizeof(lines) - 1));
	last_words("done");
	sleep(1);
	reboot(RB_AUTOBOOT);
}

static void do_flood(int data)
{
	for (;;)
		puts("all work and no play makes a guest a dull guest, whatever its kernel is called");
}

static const struct {
	const char *word;
	void (*fn)(int data);
} harms[] = {
	{ "panic", do_panic }, { "hang", do_hang },   { "oom", do_oom },
	{ "half", do_half },   { "forge", do_forge }, { "flood", do_flood },
};

void init_harm(const char *word, int data)
{
	for (size_t i = 0; i < ARRAY_SIZE(harms); i++)
		if (!strcmp(harms[i].word, word))
			harms[i].fn(data);
}
