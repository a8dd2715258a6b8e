// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes boot configurations; see bootconfig.h. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bootconfig.h"

#define MAGIC "#BOOTCONFIG\n"
/* XBC_DATA_MAX of include/linux/bootconfig.h, less what ends and aligns the text. */
#define MAX_TEXT (32767 - 4)

static const char key_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/* Does one of the two keys continue the other, after a dot, or are they the same? */
static bool clash(const char *a, size_t na, const char *b, size_t nb)
{
	size_t n = na < nb ? na : nb;

	return !strncmp(a, b, n) && (na == nb || (na < nb ? b : a)[n] == '.');
}

static bool has_key(const char *text, const char *key, size_t len)
{
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		const char *other = line + strlen("kernel.");

		if (clash(other, strcspn(other, " \n"), key, len))
			return true;
	}
	return false;
}

/* As xbc_valid_keyword() and its caller take it; its limits of length and depth, with "kernel." */
static bool is_key(const char *key, size_t len)
{
	size_t dots = 0;

	for (size_t i = 0; i < len; i++) {
		dots += key[i] == '.';
		if (key[i] == '.' && (!i || i + 1 == len || key[i - 1] == '.'))
			return false;
	}
	return len && len < 240 && dots < 12;
}

static bool is_value(const char *value)
{
	for (; *value; value++)
		if (!isprint((unsigned char)*value) || *value == '"')
			return false;
	return true;
}

/* Writes "kernel.KEY" or "kernel.KEY = "VALUE"", which the kernel makes words of again. */
static int put_word(FILE *f, const char *so_far, const char *word)
{
	size_t len = strspn(word, key_chars);

	if (!is_key(word, len) || (word[len] && word[len] != '=') || !is_value(word + len))
		return -EINVAL;
	if (has_key(so_far, word, len))
		return -EEXIST;
	if (word[len])
		fprintf(f, "kernel.%.*s = \"%s\"\n", (int)len, word, word + len + 1);
	else
		fprintf(f, "kernel.%s\n", word);
	return fflush(f) ? -ENOMEM : 0;
}

/* The configuration, malloc'ed; NULL: *err says why. */
static char *text_of(const char *words, int *err)
{
	char *copy = strdup(words), *text = NULL, *save, *word;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	*err = copy && f && !fflush(f) ? 0 : -ENOMEM;
	word = *err ? NULL : strtok_r(copy, " ", &save);
	for (; word && !*err; word = strtok_r(NULL, " ", &save))
		*err = put_word(f, text, word);
	if (f)
		fclose(f);
	free(copy);
	if (!*err && !size)
		*err = -EINVAL;
	if (!*err && size >= MAX_TEXT)
		*err = -E2BIG;
	if (*err) {
		free(text);
		return NULL;
	}
	return text;
}

static int write_all(int fd, const void *from, size_t len)
{
	ssize_t n = write(fd, from, len);

	return n == (ssize_t)len ? 0 : n < 0 ? -errno : -ENOSPC;
}

static int copy_all(int to, const char *file)
{
	int from = open(file, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	ssize_t n = 1;

	if (from < 0)
		return -errno;
	if (fstat(from, &st))
		err = -errno;
	for (off_t left = err ? 0 : st.st_size; left > 0 && n > 0; left -= n)
		n = sendfile(to, from, NULL, left);
	if (n <= 0)
		err = n ? -errno : -EIO; /* cut short meanwhile */
	close(from);
	return err;
}

static void put_le32(unsigned char *to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		to[i] = v >> 8 * i;
}

/* Text, as many zeroes as align the end, its size with them, the sum of its bytes, the magic. */
static int put_trailer(int fd, const char *text)
{
	size_t size = strlen(text) + 1;
	unsigned char numbers[8], zeroes[4] = { 0 };
	off_t at = lseek(fd, 0, SEEK_END);
	uint32_t sum = 0;
	size_t pad;

	for (const char *c = text; *c; c++)
		sum += (unsigned char)*c;
	pad = -(size_t)(at + size + sizeof(numbers) + strlen(MAGIC)) & 3;
	put_le32(numbers, size + pad);
	put_le32(numbers + 4, sum);
	return write_all(fd, text, size) ?: write_all(fd, zeroes, pad)
		       ?: write_all(fd, numbers, sizeof(numbers))
		       ?: write_all(fd, MAGIC, strlen(MAGIC));
}

int bootconfig_behind(const char *initramfs, const char *words)
{
	int err, fd;
	char *text = text_of(words, &err);

	if (!text)
		return err;
	fd = memfd_create("initramfs", 0);
	err = fd < 0 ? -errno : copy_all(fd, initramfs) ?: put_trailer(fd, text);
	free(text);
	if (err && fd >= 0)
		close(fd);
	return err ?: fd;
}
