// SPDX-License-Identifier: GPL-2.0-or-later
/* Shared by the fuzz targets: files in a folder per process, sections, failing. */
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

/* scripts/fuzz names a folder, which it removes itself even if this process is killed. */
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

/* The beginning of the next "%%" line, 3 bytes long; NULL: there is none. */
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
			/* The line before "%%" has to end with a newline. */
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

/* Writes a mutation of section k to piece. Returns its size. */
static size_t change_section(const struct fuzz_section *v, size_t k, uint8_t *piece, size_t max,
			     struct fuzz_random *r,
			     size_t (*change)(uint8_t *, size_t, size_t, struct fuzz_random *),
			     size_t (*fix_end)(uint8_t *, size_t, size_t))
{
	size_t n = v[k].size;

	memcpy(piece, v[k].data, n);
	n = change ? change(piece, n, max, r) : LLVMFuzzerMutate(piece, n, max);
	return !k && fuzz_below(r, 16) ? fix_end(piece, n, max) : n;
}

size_t fuzz_mutate_section(uint8_t *data, size_t size, size_t max, unsigned int seed,
			   size_t (*change)(uint8_t *, size_t, size_t, struct fuzz_random *),
			   size_t (*fix_end)(uint8_t *, size_t, size_t))
{
	struct fuzz_random r = { .state = seed + 1ULL };
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	size_t nr = fuzz_sections(data, size, v), k = fuzz_below(&r, 4) ? 0 : fuzz_below(&r, nr), n;
	uint8_t *piece = malloc(max + 1), *all = malloc(max + 1);

	if (!piece || !all)
		fuzz_fail("no memory");
	n = change_section(v, k, piece, max, &r, change, fix_end);
	v[k] = (struct fuzz_section){ piece, n };
	n = fuzz_join(v, nr, all, max);
	if (n)
		memcpy(data, all, n);
	free(piece);
	free(all);
	return n ? n : LLVMFuzzerMutate(data, size, max);
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
