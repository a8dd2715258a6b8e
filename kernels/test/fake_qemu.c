// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stands in for QEMU in the harness's tests: takes the files and the kernel's command line from
 * the arguments, and behaves as the guest that the word fake= names.
 */
#include <array_size.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../driver/checks.h"
#include "../guest/crc32.h"
#include "../guest/gup_test.h"

static FILE *console, *data;
static char console_file[4096], data_file[4096];
static uint32_t crc;
static unsigned records;
static const char *boot = "costs";
static bool only_kernel; /* without the reference's program */
static int cost = 402;
static char seen_by[16] = "right"; /* the outcome of a good boot's checks */

__attribute__((format(printf, 1, 2))) static void line(const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	text[n++] = '\n';
	fwrite(text, 1, n, data);
	crc = crc32_of(crc, text, n);
}

static void begin(void)
{
	fprintf(console, "Linux version 6.12\n");
	line("{\"begin\":{\"version\":2,\"boot\":\"%s\"}}", boot);
}

static void measured_as(const char *id, const char *subject, int pages)
{
	char samples[31 * 16] = "";
	int n = 0;

	/* As many windows as an exact metric needs. */
	for (int i = 0; i < 31; i++)
		n += snprintf(samples + n, sizeof(samples) - n, "%s%d", i ? "," : "", cost);
	line("{\"m\":{\"case\":\"%s\",\"params\":\"pages=%d\",\"subject\":\"%s\","
	     "\"metric\":\"instructions\",\"nr_ops\":1,\"discarded\":0,\"samples\":[%s]}}",
	     id, pages, subject, samples);
	records++;
}

static void measured_of(const char *subject, int pages)
{
	measured_as("gup_fast/walk", subject, pages);
}

static void measured(int pages)
{
	measured_of("kernel", pages);
}

static void skipped(const char *id, const char *params, const char *subject, const char *reason)
{
	line("{\"skip\":{\"case\":\"%s\",\"params\":\"%s\",\"subject\":\"%s\",\"reason\":\"%s\"}}",
	     id, params, subject, reason);
	records++;
}

static void checked_as(const char *id, const char *seen)
{
	line("{\"check\":{\"id\":\"%s\",\"params\":\"cross=pud\",\"seen\":\"%s\"}}", id, seen);
	records++;
}

/* A check that is a row of its own in a boot of costs, and belongs to another in one of events. */
static void checked(const char *seen)
{
	checked_as(strcmp(boot, "costs") ? "table_free/rcu_path" : "gup_fast/only", seen);
}

static void end(const char *failed)
{
	uint32_t before = crc;

	line("{\"end\":{\"records\":%u,\"crc32\":\"%08" PRIx32 "\"%s}}", records, before, failed);
	fprintf(console, "init: done\nreboot: Restarting system\n");
}

/* The rows of PID 1 and of the reference, which a boot of costs has beside the driver's. */
static void others(void)
{
	if (strcmp(boot, "costs"))
		return;
	for (int i = 0; i < GUP_TEST_ROWS; i++) {
		line("{\"check\":{\"id\":\"%s\",\"params\":\"pages=%d\",\"seen\":\"right\"}}",
		     GUP_TEST_CASE, i);
		records++;
	}
	if (only_kernel)
		return;
	skipped("dax/contended", "", "ref", "needs a second CPU");
	measured_of("ref", 1);
}

/* A whole boot with three rows of the driver: two are measured, one is a check. */
static void whole(const char *seen)
{
	begin();
	measured(1);
	measured(2);
	checked(seen);
	others();
	end("");
}

static void flood(FILE *to)
{
	begin();
	for (;;)
		fprintf(to, "all work and no play makes a guest a dull guest\n");
}

static void wait_for_ever(void)
{
	fflush(NULL);
	for (;;)
		pause();
}

static void wrong(void)
{
	whole("wrong 8 of 16: pages of address - 0x80000000");
}
static void silent(void)
{
}
static void hang(void)
{
	begin();
	fprintf(console, "last words\n");
	wait_for_ever();
}
static void panic_now(void)
{
	begin();
	measured(1);
	fprintf(console, "Kernel panic - not syncing: Attempted to kill init!\n");
}
/* The image may say what comes of its boot. */
static void good(void)
{
	if (strcmp(seen_by, "panic"))
		whole(seen_by);
	else
		panic_now();
}
static void warn(void)
{
	whole("right");
	fprintf(console, "WARNING: CPU: 0 PID: 1 at mm/gup.c:1\n");
}
static void truncated(void)
{
	begin();
	measured(1);
	fprintf(data, "{\"m\":{\"case\":\"gup_f");
}
static void flood_console(void)
{
	flood(console);
}
static void flood_data(void)
{
	flood(data);
}
static void guest_failed(void)
{
	begin();
	measured(1);
	fprintf(console, "ptbench: earlier words\nptbench: no quiet window\ninit: row 3\n");
	end(",\"failed\":\"row 3 of the driver: EIO; the line above says why\"");
}
static void other_boot(void)
{
	boot = strcmp(boot, "costs") ? "costs" : "events";
	whole("right");
}
static void damaged(void)
{
	begin();
	crc ^= 1;
	measured(1);
	end("");
}
static void miscounted(void)
{
	begin();
	measured(1);
	records++;
	end("");
}
static void appended(void)
{
	whole("right");
	measured(9);
}
static void twice(void)
{
	begin();
	measured(1);
	measured(1);
	end("");
}
/* A param has a value that no vocabulary has. */
static void strange(void)
{
	begin();
	measured(1);
	measured(2);
	checked("right");
	line("{\"check\":{\"id\":\"gup_fast/only\",\"params\":\"cross=nowhere\",\"seen\":\"right\"}}");
	records++;
	others();
	end("");
}

static void forged(void)
{
	begin();
	line("{\"check\":{\"id\":\"gup_fast/only\",\"params\":\"\",\"seen\":\"right\",\"ok\":true}}");
	records++;
	end("");
}
static void crashed(void)
{
	whole("right");
	fflush(NULL);
	raise(SIGSEGV);
}
static void status_1(void)
{
	whole("right");
	fflush(NULL);
	_exit(1);
}
static void escapes(void)
{
	begin();
	measured(1);
	fprintf(console, "\033[2J\007BUG: \033]0;title\007\n");
	end("");
}
/* A warning behind a NUL; long_line() has one where a reader of 1024 bytes would cut it in two. */
static void hidden(void)
{
	whole("right");
	fputc('\0', console);
	fprintf(console, "WARNING: CPU: 0 PID: 1 at mm/gup.c:1\n");
}
static void long_line(void)
{
	whole("right");
	fprintf(console, "%*sWARNING: CPU: 0 PID: 1 at mm/gup.c:1\n", 1020, "");
}
/* Here and below: streams that are valid, but lack rows. */
static void one_skipped(void)
{
	begin();
	skipped("gup_fast/walk", "pages=1", "kernel", "not in the mood");
	end("");
}
static void one_measured(void)
{
	begin();
	measured(1);
	end("");
}
static void all_skipped(void)
{
	begin();
	skipped("gup_fast/walk", "pages=1", "kernel", "known");
	skipped("gup_fast/walk", "pages=2", "kernel", "known");
	skipped("gup_fast/only", "cross=pud", "kernel", "known");
	others();
	end("");
}
static void one_unknown(void)
{
	begin();
	measured(1);
	skipped("gup_fast/walk", "pages=2", "kernel", "not in the mood");
	checked("right");
	others();
	end("");
}
static void one_known(void)
{
	begin();
	measured(1);
	skipped("gup_fast/walk", "pages=2", "kernel", "known");
	checked("right");
	others();
	end("");
}
/* A kernel's row is skipped for a reason that the scenario allows only for the reference. */
static void of_the_reference(void)
{
	begin();
	measured(1);
	skipped("gup_fast/walk", "pages=2", "kernel", "busted");
	checked("right");
	others();
	end("");
}
/* The family's measured row is skipped; only a check is left. */
static void family_skipped(void)
{
	begin();
	skipped("gup_fast/walk", "pages=1", "kernel", "known");
	measured_as("table_free/munmap", "kernel", 1);
	checked("right");
	others();
	end("");
}
/* The rows of gup_fast do not compile on this kernel; the last one is skipped for the reason. */
static void absent_but(const char *reason)
{
	begin();
	skipped("gup_fast/walk", "row=0", "kernel", PTB_ABSENT "mm/ptbench/gup.c:1:1: error: gone");
	skipped("gup_fast/only", "row=1", "kernel", reason);
	measured_as("table_free/munmap", "kernel", 1);
	others();
	end("");
}
static void absent(void)
{
	absent_but(PTB_ABSENT "mm/ptbench/gup.c:1:1: error: gone");
}
static void half_absent(void)
{
	absent_but("this kernel has no such thing");
}
static void no_check(void)
{
	begin();
	measured(1);
	measured(2);
	skipped("gup_fast/only", "cross=pud", "kernel", "known");
	others();
	end("");
}
static void one_missing(void)
{
	begin();
	measured(1);
	checked("right");
	others();
	end("");
}
static void one_more(void)
{
	begin();
	measured(1);
	measured(2);
	measured(3);
	checked("right");
	others();
	end("");
}
static void no_reference(void)
{
	const char *as = boot;

	begin();
	measured(1);
	measured(2);
	checked("right");
	boot = "events";
	others();
	boot = as;
	end("");
}
static void half_reference(void)
{
	begin();
	measured(1);
	measured(2);
	checked("right");
	others();
	measured_of("ref", 2);
	end("");
}
static void odd_check(void)
{
	begin();
	measured(1);
	measured(2);
	checked("right");
	checked_as("table_free/rcu_path", "right");
	others();
	end("");
}
/* Removes the console's file. */
static void no_console(void)
{
	whole("right");
	remove(console_file);
}

static const struct {
	const char *word;
	void (*fn)(void);
} fakes[] = {
	{ "good", good },
	{ "wrong", wrong },
	{ "silent", silent },
	{ "hang", hang },
	{ "panic", panic_now },
	{ "warn", warn },
	{ "truncated", truncated },
	{ "flood-console", flood_console },
	{ "flood-data", flood_data },
	{ "guest-failed", guest_failed },
	{ "other-boot", other_boot },
	{ "damaged", damaged },
	{ "miscounted", miscounted },
	{ "appended", appended },
	{ "twice", twice },
	{ "forged", forged },
	{ "strange", strange },
	{ "crashed", crashed },
	{ "status-1", status_1 },
	{ "escapes", escapes },
	{ "hidden", hidden },
	{ "long-line", long_line },
	{ "no-console", no_console },
	{ "one-skipped", one_skipped },
	{ "of-the-reference", of_the_reference },
	{ "family-skipped", family_skipped },
	{ "family-known", family_skipped },
	{ "one-measured", one_measured },
	{ "all-skipped", all_skipped },
	{ "one-unknown", one_unknown },
	{ "one-known", one_known },
	{ "absent", absent },
	{ "half-absent", half_absent },
	{ "no-check", no_check },
	{ "one-missing", one_missing },
	{ "one-more", one_more },
	{ "no-reference", no_reference },
	{ "half-reference", half_reference },
	{ "odd-check", odd_check },
};

/* An image may hold the cost of each row, a number, and behind it the outcome of checks, or "panic". */
static void read_cost(const char *image)
{
	FILE *f = fopen(image, "r");

	if (f && fscanf(f, "%d %15s", &cost, seen_by) < 1)
		cost = 402;
	if (f)
		fclose(f);
}

/* Opens the file of a -chardev. As in QEMU, two commas are one of the path; one ends the path. */
static FILE *chardev(const char *arg, const char *prefix, char *path)
{
	size_t n = 0;

	if (strncmp(arg, prefix, strlen(prefix)))
		return NULL;
	for (arg += strlen(prefix); *arg && n < 4095; path[n++] = *arg++)
		if (*arg == ',' && *++arg != ',') {
			fprintf(stderr, "fake: -chardev: Invalid parameter '%s'\n", arg);
			exit(1);
		}
	path[n] = '\0';
	return fopen(path, "a");
}

/* Words that stand behind the initramfs (boot/bootconfig.h), made words of a command line again. */
static const char *behind(const char *initramfs)
{
	static char text[40000], words[40000];
	FILE *f = fopen(initramfs, "r");
	unsigned char numbers[8];
	char *save, *line;
	long size;

	if (!f || fseek(f, -20, SEEK_END) || fread(numbers, 1, 8, f) != 8)
		return "";
	size = numbers[0] | numbers[1] << 8 | numbers[2] << 16;
	if (size >= (long)sizeof(text) || fseek(f, -20 - size, SEEK_END) ||
	    fread(text, 1, size, f) != (size_t)size)
		return "";
	fclose(f);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *value = strstr(line, " = \"");

		if (value)
			*value = '\0';
		strcat(strcat(words, line + strlen("kernel.")), value ? "=" : " ");
		if (value)
			strcat(strncat(words, value + 4, strcspn(value + 4, "\"")), " ");
	}
	return words;
}

int main(int argc, char **argv)
{
	const char *initramfs = NULL;
	const char *words = "", *fake;

	if (argc > 1 && !strcmp(argv[1], "--version"))
		return puts("QEMU emulator version 0.0 (a fake)") < 0;
	if (argc > 1 && !strcmp(argv[1], "--help"))
		return puts("-help  and nothing of plugins") < 0;
	for (int a = 1; a < argc; a++) {
		if (!strcmp(argv[a], "-machine") && !strcmp(argv[a + 1], "too-new"))
			return fprintf(stderr, "fake: unsupported machine type 'too-new'\n") > 0;
		if (!strcmp(argv[a], "-S"))
			return 0;
		if (!console)
			console = chardev(argv[a], "file,id=console,path=", console_file);
		if (!data)
			data = chardev(argv[a], "file,id=data,path=", data_file);
		if (!strcmp(argv[a], "-kernel") && a + 1 < argc)
			read_cost(argv[a + 1]);
		if (!strcmp(argv[a], "-initrd") && a + 1 < argc)
			initramfs = argv[a + 1];
		if (!strcmp(argv[a], "-append") && a + 1 < argc)
			words = argv[a + 1];
	}
	if (!strcmp(words, "bootconfig") && initramfs)
		words = behind(initramfs);
	fake = strstr(words, "fake=");
	if (!console || !data || !fake)
		return 3;
	if (strstr(words, "ptbench.boot=events"))
		boot = "events";
	only_kernel = strstr(words, "ptbench.only=kernel");
	fake += strlen("fake=");
	for (size_t i = 0; i < ARRAY_SIZE(fakes); i++)
		if (!strncmp(fake, fakes[i].word, strcspn(fake, " ")) &&
		    strcspn(fake, " ") == strlen(fakes[i].word)) {
			fakes[i].fn();
			return 0;
		}
	return 3;
}
