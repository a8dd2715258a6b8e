// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of object hashes: equal lists are called identical, objects that differ are named. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../boot/objects.h"
#include "scripts/tap.h"

static char dir[] = "/tmp/ptbench-objects-XXXXXX";
static char a[64], b[64], seen[256], why[512];

/* text: "PATH=X PATH=X ..."; the hash of PATH becomes 64 times X. */
static void put(const char *folder, const char *text)
{
	char file[128], path[64], x;
	FILE *f;
	int n;

	snprintf(file, sizeof(file), "%s/objects", folder);
	f = fopen(file, "w");
	for (; sscanf(text, "%63[^=]=%c %n", path, &x, &n) == 2; text += n) {
		for (int i = 0; i < 64; i++)
			fputc(x, f);
		fprintf(f, "  %s\n", path);
	}
	fclose(f);
}

static bool says(const char *pattern, const char *want)
{
	int err = objects_compare(a, b, pattern, seen, sizeof(seen), why, sizeof(why));

	if (!err && !strcmp(seen, want))
		return true;
	diag("returned %d (%s): %s", err, err ? why : "", seen);
	return false;
}

static bool refused(int error, const char *reason)
{
	int ret = objects_compare(a, b, "*", seen, sizeof(seen), why, sizeof(why));

	if (ret == error && strstr(why, reason))
		return true;
	diag("returned %d: %s", ret, why);
	return false;
}

static void test_lists(void)
{
	put(a, "lib/x.o=1 mm/gup.o=2 mm/memory.o=3");
	put(b, "lib/x.o=1 mm/gup.o=2 mm/memory.o=3");
	ok(says("*", "identical"), "the same lists");
	put(b, "lib/x.o=1 mm/gup.o=4 mm/memory.o=3");
	ok(says("*", "different: 1 of 3 objects: mm/gup.o"), "one that differs, by name");
	ok(says("mm/gup.o", "different: 1 of 1 objects: mm/gup.o"), "it alone");
	ok(says("mm/memory.o", "identical"), "another one alone");
	ok(says("mm/*", "different: 1 of 2 objects: mm/gup.o"), "a folder");
	ok(says("!mm/gup.o", "identical"), "all others");
	ok(says("mm/nosuch.o", "no such object"), "what is not there is not identical");
	put(b, "lib/x.o=1 mm/gup.o=2");
	ok(says("*", "different: 1 of 3 objects: mm/memory.o"), "one that only the first has");
	put(b, "kernel/a.o=1 lib/x.o=1 mm/gup.o=2 mm/memory.o=3 z.o=1");
	ok(says("*", "different: 2 of 5 objects: kernel/a.o z.o"), "some that only the second has");
	put(a, "a.o=1 b.o=1 c.o=1 d.o=1 e.o=1");
	put(b, "a.o=2 b.o=2 c.o=2 d.o=2 e.o=2");
	ok(says("*", "different: 5 of 5 objects: a.o b.o c.o d.o ..."), "many: the first of them");
}

/* Does objects_print_difference() return want and print line? */
static bool prints(int want, const char *line)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int ret = objects_print_difference(f, a, b);
	bool fine;

	fclose(f);
	fine = ret == want && strstr(text, line);
	if (!fine)
		diag("returned %d: %s", ret, text);
	free(text);
	return fine;
}

static void test_print(void)
{
	put(a, "lib/x.o=1 mm/gup.o=2 mm/memory.o=3");
	put(b, "lib/x.o=1 mm/gup.o=4 mm/new.o=3");
	ok(prints(3, "3 of 4 objects differ: mm/gup.o, mm/memory.o (gone), mm/new.o (new)\n"),
	   "for people: what differs, went and came");
	put(b, "lib/x.o=1 mm/gup.o=2 mm/memory.o=3");
	ok(prints(0, "0 of 3 objects differ\n"), "nothing differs");
	put(b, "mm/gup.o=1 lib/x.o=1");
	ok(prints(-EINVAL, "order of paths"), "a list that is none is not compared");
}

static void test_bad(void)
{
	char file[128];
	FILE *f;

	put(a, "lib/x.o=1");
	snprintf(file, sizeof(file), "%s/objects", b);
	unlink(file);
	ok(refused(-ENOENT, "build the scenario again"), "no list");
	f = fopen(file, "w");
	fputs("0123  lib/x.o\n", f);
	fclose(f);
	ok(refused(-EINVAL, "not 'SHA256  PATH'"), "half a hash");
	put(b, "mm/gup.o=1 lib/x.o=1");
	ok(refused(-EINVAL, "'1111"), "paths out of order");
	put(b, "lib/x.o=1 lib/x.o=1");
	ok(refused(-EINVAL, "order of paths"), "one twice");
}

int main(void)
{
	char cmd[128];

	if (!mkdtemp(dir))
		return 1;
	snprintf(a, sizeof(a), "%s/a", dir);
	snprintf(b, sizeof(b), "%s/b", dir);
	mkdir(a, 0755);
	mkdir(b, 0755);
	test_lists();
	test_print();
	test_bad();
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	if (system(cmd))
		diag("%s failed", cmd);
	return tap_done();
}
