// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Coroutines: a switch pushes the callee-saved registers and exchanges the stack pointer. Where
 * there is no assembly for the machine, or CORO_PORTABLE is defined, makecontext(3) enters a stack
 * the first time, and _longjmp(3), which makes no system call either, from then on.
 */
#undef _FORTIFY_SOURCE /* its _longjmp() aborts when it is to change the stack */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coro.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

/*
 * No fake stacks, which GCC 13 and later give each stack by default: waiters are on the stack, and
 * their addresses have to be the same in each schedule. Fake stacks also take megabytes, which leak
 * when a schedule leaves a coroutine in mid-run.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0";
}

static struct coro *asan_from;

static void asan_leave(struct coro *from, struct coro *to)
{
	asan_from = from;
	__sanitizer_start_switch_fiber(&from->fake, to->stack, to->size);
}

/* The thread's own stack is known from the first switch away from it. */
static void asan_arrive(struct coro *self, void *fake)
{
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(fake, &bottom, &size);
	if (asan_from && !asan_from->stack) {
		asan_from->stack = (char *)(uintptr_t)bottom;
		asan_from->size = size;
	}
}

static void asan_fresh(struct coro *c)
{
	c->fake = NULL;
	ASAN_UNPOISON_MEMORY_REGION(c->stack, c->size);
}
#else
#define asan_leave(from, to) ((void)0)
#define asan_arrive(self, fake) ((void)0)
#define asan_fresh(c) ((void)0)
#endif

static void coro_main(struct coro *c)
{
	asan_arrive(c, NULL);
	c->fn(c->arg);
	__builtin_unreachable();
}

#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(CORO_PORTABLE)

/* void coro_exchange(void **save, void *sp); and coro_entry, where a new coroutine starts, its
 * struct coro in a callee-saved register. */
void coro_exchange(void **save, void *sp);
void coro_entry(void);
void coro_entry_c(struct coro *c);

__attribute__((used)) void coro_entry_c(struct coro *c)
{
	coro_main(c);
}

#ifdef __x86_64__
#define FRAME_WORDS 9 /* keeps the stack aligned at coro_entry */
#define FRAME_ARG 0   /* r15 */
#define FRAME_ENTRY 6 /* the return address */
__asm__(".text\n.p2align 4\n.globl coro_exchange\n.type coro_exchange, @function\n"
	"coro_exchange:\n"
	"	pushq %rbp\n	pushq %rbx\n	pushq %r12\n"
	"	pushq %r13\n	pushq %r14\n	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n	popq %r14\n	popq %r13\n"
	"	popq %r12\n	popq %rbx\n	popq %rbp\n"
	"	ret\n"
	".size coro_exchange, . - coro_exchange\n"
	".globl coro_entry\n.type coro_entry, @function\n"
	"coro_entry:\n"
	"	movq %r15, %rdi\n"
	"	call coro_entry_c\n"
	"	ud2\n"
	".size coro_entry, . - coro_entry\n");
#else
#define FRAME_WORDS 20
#define FRAME_ARG 0    /* x19 */
#define FRAME_ENTRY 11 /* x30 */
__asm__(".text\n.p2align 4\n.globl coro_exchange\n.type coro_exchange, %function\n"
	"coro_exchange:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n	str x9, [x0]\n	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	ret\n"
	".size coro_exchange, . - coro_exchange\n"
	".globl coro_entry\n.type coro_entry, %function\n"
	"coro_entry:\n"
	"	mov x0, x19\n"
	"	bl coro_entry_c\n"
	"	brk #0\n"
	".size coro_entry, . - coro_entry\n");
#endif

/* The frame that coro_exchange() pops; the stack is aligned as a call leaves it. */
void coro_start(struct coro *c, void (*fn)(void *arg), void *arg)
{
	uintptr_t *frame = (uintptr_t *)(c->stack + c->size) - FRAME_WORDS;

	c->fn = fn;
	c->arg = arg;
	asan_fresh(c);
	for (int i = 0; i < FRAME_WORDS; i++)
		frame[i] = 0;
	frame[FRAME_ARG] = (uintptr_t)c;
	frame[FRAME_ENTRY] = (uintptr_t)coro_entry;
	c->sp = frame;
}

void coro_switch(struct coro *from, struct coro *to)
{
	asan_leave(from, to);
	coro_exchange(&from->sp, to->sp);
	asan_arrive(from, from->fake);
}

#else /* no assembly for this machine */

#include <setjmp.h>
#include <ucontext.h>

/* Lies above the stack that c uses; the thread's own stack has a static one. */
struct coro_jump {
	jmp_buf env, begin;
	bool entered; /* `begin` is valid: a jump there begins the next function */
	bool fresh;   /* the next switch has to begin a function */
};

static struct coro_jump *jump_of(struct coro *c)
{
	static struct coro_jump thread_jump;

	return c->fn ? (struct coro_jump *)(c->stack + c->size) - 1 : &thread_jump;
}

static struct coro *entering;

/* Entered once by makecontext(), which makes a system call; later functions by _longjmp(). */
static void enter(void)
{
	struct coro *volatile self = entering;

	_setjmp(jump_of(self)->begin);
	coro_main(self);
}

void coro_start(struct coro *c, void (*fn)(void *arg), void *arg)
{
	c->fn = fn;
	c->arg = arg;
	asan_fresh(c);
	jump_of(c)->fresh = true;
}

static void begin(struct coro *to)
{
	struct coro_jump *jump = jump_of(to);
	ucontext_t uc;

	jump->fresh = false;
	if (jump->entered)
		_longjmp(jump->begin, 1);
	jump->entered = true;
	getcontext(&uc);
	uc.uc_stack.ss_sp = to->stack;
	uc.uc_stack.ss_size = to->size - sizeof(*jump);
	uc.uc_link = NULL;
	makecontext(&uc, enter, 0);
	entering = to;
	setcontext(&uc);
}

void coro_switch(struct coro *from, struct coro *to)
{
	asan_leave(from, to);
	if (!_setjmp(jump_of(from)->env)) {
		if (jump_of(to)->fresh)
			begin(to);
		_longjmp(jump_of(to)->env, 1);
	}
	asan_arrive(from, from->fake);
}

#endif

int coro_create(struct coro *c, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*c = (struct coro){ 0 };
	if (p == MAP_FAILED)
		return -ENOMEM;
	if (mprotect(p, page, PROT_NONE)) {
		munmap(p, size + page);
		return -ENOMEM;
	}
	c->stack = p + page;
	c->size = size;
	return 0;
}

void coro_destroy(struct coro *c)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (c->stack)
		munmap(c->stack - page, c->size + page);
	*c = (struct coro){ 0 };
}
