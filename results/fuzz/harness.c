// SPDX-License-Identifier: GPL-2.0-or-later
/* What every fuzz target uses: files in a folder of its own, sections, failing. */
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

unsigned long fuzz_accepted;
static char folder[256];

void fuzz_fail(const char *fmt, ...)
{
	va_list ap;

	fputs("fuzz: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* ---- files ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	if (at->level)
		remove(path);
	return 0;
}

void fuzz_clean(void)
{
	if (folder[0])
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void)
{
	fuzz_clean();
	rmdir(folder);
}

/* scripts/fuzz names a folder that it removes itself, whatever becomes of this process. */
static void make_folder(void)
{
	const char *in = getenv("PTBENCH_FUZZ_DIR");

	if (!in)
		in = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	snprintf(folder, sizeof(folder), "%s/ptbench-fuzz-XXXXXX", in);
	if (!mkdtemp(folder)) {
		fprintf(stderr, "fuzz: %s: %s; name another folder in PTBENCH_FUZZ_DIR\n", folder,
			strerror(errno));
		_exit(2);
	}
	atexit(remove_folder);
}

char *fuzz_path(const char *name)
{
	char *path;

	if (!folder[0])
		make_folder();
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		fuzz_fail("no memory");
	return path;
}

void fuzz_put(const char *name, const void *data, size_t size)
{
	char *path = fuzz_path(name);
	FILE *f;

	for (char *c = path + strlen(folder) + 1; (c = strchr(c, '/')); *c++ = '/') {
		*c = '\0';
		mkdir(path, 0777);
	}
	f = fopen(path, "we");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		fuzz_fail("%s: %s", path, strerror(errno));
	free(path);
}

char *fuzz_get(const char *name, size_t *size)
{
	char *path = fuzz_path(name), *text = NULL;
	size_t len = 0;
	FILE *f = fopen(path, "re");
	struct stat st;

	if (f && !fstat(fileno(f), &st))
		text = malloc(st.st_size + 1);
	if (!text)
		fuzz_fail("%s: %s", path, strerror(errno));
	len = fread(text, 1, st.st_size, f);
	text[len] = '\0';
	fclose(f);
	free(path);
	if (size)
		*size = len;
	return text;
}

FILE *fuzz_null(void)
{
	static FILE *f;

	if (!f)
		f = fopen("/dev/null", "we");
	if (!f)
		fuzz_fail("/dev/null: %s", strerror(errno));
	return f;
}

/* ---- sections ---- */

/* Where the next line "%%" begins; its length comes behind it. */
static const uint8_t *separator(const uint8_t *p, const uint8_t *end)
{
	for (const uint8_t *at = p; at < end; at++) {
		if (at == p || at[-1] == '\n')
			if (end - at >= 3 && !memcmp(at, "%%\n", 3))
				return at;
		at = memchr(at, '\n', end - at);
		if (!at)
			break;
	}
	return NULL;
}

size_t fuzz_sections(const uint8_t *data, size_t size, struct fuzz_section *v)
{
	const uint8_t *end = data + size, *at;
	size_t nr = 0;

	while (nr < FUZZ_MAX_SECTIONS - 1 && (at = separator(data, end))) {
		v[nr++] = (struct fuzz_section){ data, at - data };
		data = at + 3;
	}
	v[nr++] = (struct fuzz_section){ data, end - data };
	for (size_t i = nr; i < FUZZ_MAX_SECTIONS; i++)
		v[i] = (struct fuzz_section){ end, 0 };
	return nr;
}

size_t fuzz_join(const struct fuzz_section *v, size_t nr, uint8_t *out, size_t max)
{
	size_t size = 0;

	for (size_t i = 0; i < nr; i++) {
		if (size + v[i].size + 4 > max)
			return 0;
		if (i) {
			/* The line before it has to have an end. */
			if (size && out[size - 1] != '\n')
				out[size++] = '\n';
			memcpy(out + size, "%%\n", 3);
			size += 3;
		}
		memcpy(out + size, v[i].data, v[i].size);
		size += v[i].size;
	}
	return size;
}

/* ---- chance ---- */

/* xorshift64*: Marsaglia, Xorshift RNGs, 2003; the multiplier is Vigna's. */
unsigned int fuzz_below(struct fuzz_random *r, unsigned int n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (unsigned int)((r->state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}
