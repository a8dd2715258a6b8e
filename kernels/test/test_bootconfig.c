// SPDX-License-Identifier: GPL-2.0-or-later
/* Boot configurations behind an initramfs, read as the kernel reads them (init/main.c). */
#include <array_size.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../boot/bootconfig.h"
#include "scripts/tap.h"

static char file[] = "/tmp/ptbench-bootconfig-XXXXXX";

static void write_initramfs(size_t size)
{
	FILE *f = fopen(file, "w");

	for (size_t i = 0; i < size; i++)
		fputc('a' + i % 26, f);
	fclose(f);
}

static uint32_t le32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The configuration behind size bytes that are as they were; NULL: something is wrong. */
static const char *text_behind(int fd, size_t size)
{
	static unsigned char all[70000];
	ssize_t n = pread(fd, all, sizeof(all) - 1, 0);
	uint32_t len, sum = 0;

	if (n < (ssize_t)size + 20 || n % 4 || memcmp(all + n - 12, "#BOOTCONFIG\n", 12))
		return NULL;
	for (size_t i = 0; i < size; i++)
		if (all[i] != 'a' + i % 26)
			return NULL;
	len = le32(all + n - 20);
	if (size + len + 20 != (size_t)n)
		return NULL;
	for (uint32_t i = 0; i < len; i++)
		sum += all[size + i];
	return sum == le32(all + n - 16) && !all[n - 21] ? (const char *)all + size : NULL;
}

static void gives(const char *words, const char *want)
{
	/* The four ways in which the end can lie. */
	for (size_t size = 512; size < 516; size++) {
		const char *got = NULL;
		int fd;

		write_initramfs(size);
		fd = bootconfig_behind(file, words);
		if (fd >= 0) {
			got = text_behind(fd, size);
			close(fd);
		}
		ok(got && !strcmp(got, want), "'%s' behind %zu bytes", words, size);
		if (got && strcmp(got, want))
			printf("# %s\n", got);
	}
}

static void refuses(const char *words, int err, const char *what)
{
	int fd = bootconfig_behind(file, words);

	ok(fd == err, "%s", what);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	char *many = calloc(1, 40000);
	int fd = mkstemp(file);

	if (fd < 0 || !many)
		return 1;
	close(fd);
	gives("console=ttyS0 norandmaps", "kernel.console = \"ttyS0\"\nkernel.norandmaps\n");
	gives("  a.b=x,y:z=1  panic=-1 ", "kernel.a.b = \"x,y:z=1\"\nkernel.panic = \"-1\"\n");
	gives("a=", "kernel.a = \"\"\n");
	gives("ab=1 a=2 b.a=3 b.ab",
	      "kernel.ab = \"1\"\nkernel.a = \"2\"\nkernel.b.a = \"3\"\nkernel.b.ab\n");
	refuses("", -EINVAL, "no word");
	refuses("a=1 b a=2", -EEXIST, "a key that stands twice");
	refuses("b b", -EEXIST, "a word that stands twice");
	refuses("a=1 a", -EEXIST, "a key that stands with a value and without");
	refuses("a=2 a.b=3", -EEXIST, "a key that continues one with a value");
	refuses("a.b.c a.b", -EEXIST, "a key that is the beginning of another");
	refuses(".a=1", -EINVAL, "a key that begins with a dot");
	refuses("a.=1", -EINVAL, "a key that ends with a dot");
	refuses("a..b=1", -EINVAL, "a key with an empty part");
	refuses("a=\x7f", -EINVAL, "a value that is not printable");
	refuses("a=\"1\"", -EINVAL, "a quote in a value");
	refuses("a=1\nb", -EINVAL, "a new line in a value");
	refuses("=1", -EINVAL, "no key");
	refuses("a{b=1", -EINVAL, "a character that a key cannot have");
	memset(many, 'x', 39999);
	memcpy(many, "a=", 2);
	refuses(many, -E2BIG, "more than the kernel reads");
	/* The text has 12 bytes more; 4 are left for its end and to align it. */
	many[32767 - 4 - 12] = '\0';
	refuses(many, -E2BIG, "one byte more than the kernel reads");
	many[32767 - 4 - 13] = '\0';
	fd = bootconfig_behind(file, many);
	ok(fd >= 0, "as much as the kernel reads");
	close(fd);
	unlink(file);
	refuses("a=1", -ENOENT, "an initramfs that is not there");
	free(many);
	return tap_done();
}
