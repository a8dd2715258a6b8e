// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A TCG plugin of QEMU: counts the instructions that a guest executes by symbol, and writes the
 * counts between two marks of the driver (kernels/driver/marks.h).
 *
 *   -plugin profile.so,table=FILE,out=FILE[,skip=SYMBOL]
 *
 * FILE of table, made by kernels/profile/table.c, a line each, numbers in hexadecimal:
 *   mark NAME ADDRESS       the address of the mark's first instruction
 *   kernel ADDRESS          the first address above user space
 *   irqs KIND VALUE/MASK    bytes of an instruction that switches interrupts (enum irqs)
 *   symbol START END NAME   sorted, not overlapping
 * Instructions outside of all symbols count as "[user]" or "[other]".
 *
 * FILE of out, a line each, in the order in which it happened:
 *   row, again, kept, lost, skipped   a mark of that name was passed
 *   window TOTAL OFF OP NAME=COUNT... instructions from begin to end; OFF is the longest
 *                           stretch of them with interrupts off, "-": not known; OP is the
 *                           function that the window calls
 *   deferred TOTAL NAME=COUNT...      instructions between two passages of clock
 *   end LINES               the last line: the number of lines before it
 *
 * Each instruction is counted by an addition in the translated code, before it runs: a block may be
 * left in the middle. An instruction that faults and is run again counts twice here, and once for
 * icount.
 */
#include <array_size.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

#define MAX_PATTERN 8
#define MAX_PATTERNS 32

struct symbol {
	uint64_t start, end;
	char *name;
	size_t counter; /* 0 until code of the symbol is translated */
};

/*
 * Counters of the symbols that were translated so far; dense, so that a window copies few. The
 * first one is of skip=SYMBOL, which is left out, for a test; the last one of all further symbols.
 */
#define MAX_COUNTERS 65536
#define SKIPPED 1
#define FIRST 2
static uint64_t own_counters[MAX_COUNTERS], at_begin[MAX_COUNTERS], at_clock[MAX_COUNTERS];
static struct qemu_plugin_scoreboard *board; /* has the counters, where QEMU has scoreboards */
static const char *names[MAX_COUNTERS];
static size_t nr_counters = FIRST;

static struct symbol *symbols;
static size_t nr_symbols;
static struct symbol user = { .name = "[user]" }, other = { .name = "[other]" };
static const char *skip;

/*
 * The effect of an instruction on interrupts. The plugin cannot read registers: nesting tells
 * whether a restore switches interrupts on, for it undoes the nearest save. A pattern of kind none
 * is an exception to a later pattern.
 */
enum irqs { IRQS_NONE, IRQS_OFF, IRQS_ON, IRQS_SAVE, IRQS_RESTORE };
static const char *const irqs_names[] = { "none", "off", "on", "save", "restore" };

static struct pattern {
	enum irqs kind;
	size_t size;
	unsigned char value[MAX_PATTERN], mask[MAX_PATTERN];
} patterns[MAX_PATTERNS];
static size_t nr_patterns;

enum mark {
	MARK_BEGIN,
	MARK_END,
	MARK_CLOCK,
	MARK_ROW,
	MARK_AGAIN,
	MARK_KEPT,
	MARK_LOST,
	MARK_SKIPPED,
	NR_MARKS,
};
static const char *const mark_names[NR_MARKS] = { "begin", "end",  "clock", "row",
						  "again", "kept", "lost",  "skipped" };
static uint64_t marks[NR_MARKS], kernel;

static qemu_plugin_insn_data_3_t insn_data_3; /* NULL: this QEMU has the one of version 1 */
static FILE *out;
static uint64_t lines;
static bool in_window, clock_seen;
static const char *op; /* the first function entered since begin */
static unsigned int irq_depth;
static uint64_t irq_since, irq_longest;

/* ---- output ---- */

static const uint64_t *all_counters(void)
{
	return board ? qemu_plugin_scoreboard_find(board, 0) : own_counters;
}

static uint64_t total(void)
{
	const uint64_t *counters = all_counters();
	uint64_t sum = 0;

	for (size_t i = SKIPPED; i < nr_counters; i++)
		sum += counters[i];
	return sum;
}

static void write_counts(const char *what, const uint64_t *from, const char *more)
{
	const uint64_t *counters = all_counters();
	uint64_t sum = 0;

	for (size_t i = FIRST; i < nr_counters; i++)
		sum += counters[i] - from[i];
	fprintf(out, "%s %" PRIu64 "%s", what, sum, more);
	for (size_t i = FIRST; i < nr_counters; i++)
		if (counters[i] != from[i])
			fprintf(out, " %s=%" PRIu64, names[i], counters[i] - from[i]);
	fputc('\n', out);
	lines++;
}

static void begin(void)
{
	memcpy(at_begin, all_counters(), nr_counters * sizeof(*at_begin));
	in_window = true;
	op = NULL;
	irq_depth = 0;
	irq_longest = 0;
}

static void end(void)
{
	char off[32] = "-", more[320];

	/* A window that ends with interrupts off was not entered with them on. */
	if (nr_patterns && !irq_depth)
		snprintf(off, sizeof(off), "%" PRIu64, irq_longest);
	snprintf(more, sizeof(more), " %s %s", off, op ? op : "-");
	if (in_window)
		write_counts("window", at_begin, more);
	in_window = false;
}

/* The first passage opens a pair, the second closes it. */
static void clock_mark(void)
{
	if (clock_seen)
		write_counts("deferred", at_clock, "");
	else
		memcpy(at_clock, all_counters(), nr_counters * sizeof(*at_clock));
	clock_seen = !clock_seen;
}

static void on_mark(unsigned int vcpu, void *arg)
{
	enum mark mark = (uintptr_t)arg;

	switch (mark) {
	case MARK_BEGIN:
		begin();
		break;
	case MARK_END:
		end();
		break;
	case MARK_CLOCK:
		clock_mark();
		break;
	default:
		fprintf(out, "%s\n", mark_names[mark]);
		lines++;
	}
}

static void on_entry(unsigned int vcpu, void *arg)
{
	if (in_window && !op)
		op = arg;
}

/* Called before the instruction, which counts to the stretch that it ends, not to one it begins. */
static void on_irqs(unsigned int vcpu, void *arg)
{
	enum irqs kind = (uintptr_t)arg;

	if (!in_window)
		return;
	if (kind == IRQS_OFF || kind == IRQS_SAVE) {
		if (!irq_depth)
			irq_since = total() + 1;
		if (kind == IRQS_SAVE || !irq_depth)
			irq_depth++;
		return;
	}
	if (!irq_depth)
		return;
	irq_depth = kind == IRQS_ON ? 0 : irq_depth - 1;
	if (!irq_depth && total() + 1 - irq_since > irq_longest)
		irq_longest = total() + 1 - irq_since;
}

/* ---- translation ---- */

static struct symbol *find_symbol(uint64_t at)
{
	size_t low = 0, high = nr_symbols;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (symbols[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < nr_symbols && symbols[low].start <= at)
		return &symbols[low];
	return at < kernel ? &user : &other;
}

/* Parts of one function and functions of one name share a counter. */
static size_t counter_of(struct symbol *s)
{
	size_t i;

	if (s->counter)
		return s->counter;
	if (skip && !strcmp(s->name, skip))
		return s->counter = SKIPPED;
	for (i = FIRST; i < nr_counters && strcmp(names[i], s->name); i++)
		;
	if (i == nr_counters && i < MAX_COUNTERS - 1)
		names[nr_counters++] = s->name;
	return s->counter = i;
}

static void count(struct qemu_plugin_insn *insn, size_t counter)
{
	if (board)
		qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
			insn, QEMU_PLUGIN_INLINE_ADD_U64,
			(qemu_plugin_u64){ board, counter * sizeof(*own_counters) }, 1);
	else
		qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
							   &own_counters[counter], 1);
}

/* The first bytes of an instruction; they last until the next call. */
static const unsigned char *data_of(const struct qemu_plugin_insn *insn)
{
	static unsigned char data[MAX_PATTERN];

	if (!insn_data_3)
		return qemu_plugin_insn_data(insn);
	insn_data_3(insn, data, sizeof(data));
	return data;
}

static enum irqs irqs_of(const struct qemu_plugin_insn *insn)
{
	const unsigned char *data = data_of(insn);
	size_t size = qemu_plugin_insn_size(insn), k;

	for (size_t i = 0; i < nr_patterns; i++) {
		const struct pattern *p = &patterns[i];

		if (p->size != size)
			continue;
		for (k = 0; k < size && (data[k] & p->mask[k]) == p->value[k]; k++)
			;
		if (k == size)
			return p->kind;
	}
	return IRQS_NONE;
}

/*
 * Code through which a kernel with mitigations calls and returns (s390x's expolines, x86's thunks): the
 * marks return through it, so that it is no window's operation.
 */
static bool is_thunk(const char *name)
{
	return !strncmp(name, "__s390_indirect_jump_", 21) ||
	       !strncmp(name, "__x86_indirect_thunk_", 21) || !strcmp(name, "__x86_return_thunk");
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t nr = qemu_plugin_tb_n_insns(tb), m;

	for (size_t i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);
		enum irqs kind = irqs_of(insn);
		struct symbol *s = find_symbol(at);

		for (m = 0; m < NR_MARKS && marks[m] != at; m++)
			;
		if (m < NR_MARKS)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark,
							       QEMU_PLUGIN_CB_NO_REGS, (void *)m);
		else if (s->start == at && !is_thunk(s->name))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_entry,
							       QEMU_PLUGIN_CB_NO_REGS, s->name);
		if (kind != IRQS_NONE)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_irqs, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)kind);
		count(insn, counter_of(s));
	}
}

static void at_exit(qemu_plugin_id_t id, void *arg)
{
	bool lost = ferror(out);

	/* Without the line end, the reader refuses the file. */
	if (!lost)
		fprintf(out, "end %" PRIu64 "\n", lines);
	if (fclose(out) || lost)
		fprintf(stderr, "profile.so: writing the counts: %s\n", strerror(errno));
}

/* ---- the table ---- */

static int word_in(const char *word, const char *const *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

/* The number of bytes of a string of hexadecimal digits, or 0. */
static size_t bytes_of(const char *hex, unsigned char *to)
{
	size_t n = strlen(hex) / 2;

	if (n > MAX_PATTERN || strlen(hex) % 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &to[i]) != 1)
			return 0;
	return n;
}

static bool add_pattern(const char *kind, const char *value, const char *mask)
{
	int k = word_in(kind, irqs_names, ARRAY_SIZE(irqs_names));
	struct pattern *p = &patterns[nr_patterns];

	if (k < 0 || nr_patterns == MAX_PATTERNS)
		return false;
	p->kind = k;
	p->size = bytes_of(value, p->value);
	nr_patterns++;
	return p->size && bytes_of(mask, p->mask) == p->size;
}

static bool add_symbol(uint64_t start, uint64_t stop, const char *name)
{
	if (!(nr_symbols & (nr_symbols - 1))) {
		size_t room = nr_symbols ? 2 * nr_symbols : 1;

		symbols = realloc(symbols, room * sizeof(*symbols));
	}
	if (!symbols || start >= stop || (nr_symbols && start < symbols[nr_symbols - 1].end))
		return false;
	symbols[nr_symbols] = (struct symbol){ .start = start, .end = stop, .name = strdup(name) };
	return symbols[nr_symbols++].name;
}

static bool take_line(const char *line)
{
	char word[32], value[32], mask[32], name[256];
	uint64_t start, stop;
	int mark;

	if (sscanf(line, "symbol %" SCNx64 " %" SCNx64 " %255s", &start, &stop, name) == 3)
		return add_symbol(start, stop, name);
	if (sscanf(line, "irqs %31s %31[0-9a-f]/%31[0-9a-f]", word, value, mask) == 3)
		return add_pattern(word, value, mask);
	if (sscanf(line, "kernel %" SCNx64, &kernel) == 1)
		return true;
	if (sscanf(line, "mark %31s %" SCNx64, word, &start) != 2)
		return false;
	mark = word_in(word, mark_names, NR_MARKS);
	if (mark >= 0)
		marks[mark] = start;
	return mark >= 0;
}

static int read_table(const char *file)
{
	char line[512];
	unsigned int nr = 0;
	FILE *f = fopen(file, "re");
	bool ok = f;

	while (ok && fgets(line, sizeof(line), f)) {
		nr++;
		ok = take_line(line);
	}
	if (!ok)
		fprintf(stderr, "profile.so: %s:%u: %s\n", file, nr,
			f ? "not a line of a table" : strerror(errno));
	for (size_t m = 0; m < NR_MARKS && ok; m++) {
		ok = marks[m];
		if (!ok)
			fprintf(stderr, "profile.so: %s: no mark %s\n", file, mark_names[m]);
	}
	if (f)
		fclose(f);
	return ok ? 0 : -1;
}

/* The value of KEY=VALUE, or NULL. */
static const char *argument(const char *arg, const char *key)
{
	size_t n = strlen(key);

	return !strncmp(arg, key, n) && arg[n] == '=' ? arg + n + 1 : NULL;
}

/* Runs before QEMU reads the version: QEMU 9 and later refuse 1, earlier ones all others. */
__attribute__((constructor)) static void declare_version(void)
{
	if (qemu_plugin_scoreboard_new)
		qemu_plugin_version = 2;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
					   char **argv)
{
	const char *table = NULL, *file = NULL;

	for (int i = 0; i < argc; i++) {
		table = argument(argv[i], "table") ?: table;
		file = argument(argv[i], "out") ?: file;
		skip = argument(argv[i], "skip") ?: skip;
	}
	if (!table || !file || !info->system_emulation || info->system.max_vcpus != 1) {
		fputs("profile.so: needs table=FILE,out=FILE and a machine of one CPU\n", stderr);
		return -1;
	}
	if (read_table(table))
		return -1;
	out = fopen(file, "we");
	if (!out) {
		fprintf(stderr, "profile.so: %s: %s\n", file, strerror(errno));
		return -1;
	}
	if (info->version.cur >= 3)
		insn_data_3 = (qemu_plugin_insn_data_3_t)(void (*)(void))qemu_plugin_insn_data;
	if (qemu_plugin_version > 1)
		board = qemu_plugin_scoreboard_new(sizeof(own_counters));
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
