// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the reader and the judge of a guest's stream. Sections: the stream; "expect" lines of the
 * scenario; the console. Records that are accepted must be equal to their lines, and a good boot
 * that is cut off must not pass.
 *
 * Covers: kernels/boot/stream.c kernels/boot/scenario_judge.c kernels/boot/part_judge.c
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../results/fuzz/fuzz.h"
#include "../guest/crc32.h"
#include "../boot/part.h"
#include "../boot/stream.h"

/* ---- libFuzzer's mutator: corrects the end line, without which every input is refused ---- */

static size_t fix_end(uint8_t *data, size_t size, size_t max)
{
	char end[96];
	size_t at = 0, lines = 0, n;

	for (size_t i = 0; i < size; i++) {
		if (i != at && data[i - 1] != '\n')
			continue;
		if (size - i >= 7 && !memcmp(data + i, "{\"end\":", 7)) {
			size = i;
			break;
		}
		lines++;
	}
	if (size && data[size - 1] != '\n')
		return size;
	n = snprintf(end, sizeof(end), "{\"end\":{\"records\":%zu,\"crc32\":\"%08" PRIx32 "\"}}\n",
		     lines ? lines - 1 : 0, crc32_of(0, data, size));
	if (size + n > max)
		return size;
	memcpy(data + size, end, n);
	return size + n;
}

static size_t line_at(const uint8_t *data, size_t size, size_t from)
{
	while (from && data[from - 1] != '\n')
		from--;
	return from;
}

static size_t line_end(const uint8_t *data, size_t size, size_t from)
{
	const uint8_t *newline = memchr(data + from, '\n', size - from);

	return newline ? (size_t)(newline - data) + 1 : size;
}

/* Removes a line, or copies it to another place. */
static size_t change_lines(uint8_t *data, size_t size, size_t max, struct fuzz_random *r)
{
	size_t from = line_at(data, size, fuzz_below(r, size)), to = line_end(data, size, from);
	size_t n = to - from, at = line_at(data, size, fuzz_below(r, size));
	uint8_t *line = malloc(n);

	if (!line)
		return size;
	memcpy(line, data + from, n);
	if (fuzz_below(r, 3) == 0) {
		memmove(data + from, data + to, size - to);
		size -= n;
	} else if (size + n <= max) {
		memmove(data + at + n, data + at, size - at);
		memcpy(data + at, line, n);
		size += n;
	}
	free(line);
	return size;
}

/* Replaces a digit: rows that were copied become other rows. */
static size_t change_number(uint8_t *data, size_t size, struct fuzz_random *r)
{
	size_t from = fuzz_below(r, size);

	for (size_t i = 0; i < size; i++) {
		uint8_t *c = &data[(from + i) % size];

		if (*c >= '1' && *c <= '9') {
			*c = '1' + fuzz_below(r, 9);
			break;
		}
	}
	return size;
}

/* Changes lines or numbers, then in half of the cases bytes. */
static size_t change(uint8_t *data, size_t size, size_t max, struct fuzz_random *r)
{
	for (unsigned int i = fuzz_below(r, 3); size && i; i--)
		size = fuzz_below(r, 2) ? change_number(data, size, r)
					: change_lines(data, size, max, r);
	return !size || fuzz_below(r, 2) ? LLVMFuzzerMutate(data, size, max) : size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	return fuzz_mutate_section(data, size, max, seed, change, fix_end);
}

/* ---- the records that were read, written as the guest writes them ---- */

static void put_string(FILE *f, const char *s)
{
	const unsigned char *c = (const unsigned char *)s;

	fputc('"', f);
	for (; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(f, "\\%c", *c);
		else if (*c >= 0xc2 && *c <= 0xc3 && c[1])
			fprintf(f, "\\u%04x", (*c & 3) << 6 | (c[1] & 0x3f)), c++;
		else
			fputc(*c, f);
	}
	fputc('"', f);
}

/* Writes a record without its params, whose order the reader has changed. */
static void put_record(FILE *f, const struct stream_record *r)
{
	fputs(r->type == STREAM_MEASUREMENT ? "{\"m\":{\"case\":"
	      : r->type == STREAM_SKIP	    ? "{\"skip\":{\"case\":"
					    : "{\"check\":{\"id\":",
	      f);
	put_string(f, r->id);
	fputs(",\"params\":\"\"", f);
	if (r->type != STREAM_CHECK)
		fprintf(f, ",\"subject\":\"%s\"", results_subject_name(r->subject));
	if (r->type == STREAM_MEASUREMENT) {
		fprintf(f, ",\"metric\":\"%s\",\"nr_ops\":%lld,\"discarded\":%lld,\"samples\":[",
			r->metric->name, r->nr_ops, r->discarded);
		for (size_t i = 0; i < r->nr_samples; i++)
			fprintf(f, "%s%.0f", i ? "," : "", r->samples[i]);
		fputc(']', f);
	} else {
		fputs(r->type == STREAM_SKIP ? ",\"reason\":" : ",\"seen\":", f);
		put_string(f, r->text);
	}
	fputs("}}\n", f);
}

/* Writes the line without its params; no string can contain "params":" unescaped. */
static void put_line(FILE *f, const char *line, const char *end)
{
	const char *open = memmem(line, end - line, "\"params\":\"", 10);

	if (!open) {
		fwrite(line, 1, end - line, f);
		return;
	}
	open += 10;
	fwrite(line, 1, open - line, f);
	for (; open < end && *open != '"'; open++)
		open += *open == '\\';
	fwrite(open, 1, end - open, f);
}

/* Compares records with lines; not if a line has a control character, which is read as '?'. */
static void check_lines(const struct stream *s, const char *bytes, size_t size)
{
	const char *line = memchr(bytes, '\n', size), *end;

	for (size_t i = 0; i < s->nr; i++) {
		char *seen = NULL, *sent = NULL;
		size_t nr_seen, nr_sent;
		FILE *a = open_memstream(&seen, &nr_seen), *b = open_memstream(&sent, &nr_sent);

		line++;
		end = memchr(line, '\n', bytes + size - line);
		put_record(a, &s->records[i]);
		put_line(b, line, end + 1);
		fclose(a);
		fclose(b);
		if (!memmem(line, end - line, "\\u000", 5) &&
		    !memmem(line, end - line, "\\u001", 5) &&
		    !memmem(line, end - line, "\\u007f", 6) && strcmp(seen, sent))
			fuzz_fail("record %zu was sent as\n%sand is read as\n%s", i, sent, seen);
		free(seen);
		free(sent);
		line = end;
	}
}

/* ---- the judge ---- */

#define ARCH                                                                                       \
	"cross x-\nqemu q\nmachine m\ncpu c\nmemory 1G\nqemu_args -a b\nconsole ttyS0\n"           \
	"data /dev/d\nformat x86_64-4k-48\n"

static struct scenario *read_scenario(const struct fuzz_section *expects)
{
	static const char head[] = "title t\nrole stock\narch a\ndesign static\n";
	size_t size = sizeof(head) - 1 + expects->size;
	char *text = malloc(size), *dir = fuzz_path(""), why[SCENARIO_WHY];
	struct scenario *s;

	if (!text)
		fuzz_fail("no memory");
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + sizeof(head) - 1, expects->data, expects->size);
	fuzz_put("arch/a.arch", ARCH, sizeof(ARCH) - 1);
	fuzz_put("scenarios/s", text, size);
	if (scenario_read(dir, "s", &s, why))
		s = NULL;
	free(text);
	free(dir);
	return s;
}

/* Writes the stream to its file and judges it; *doc is the document that a run would get. */
static int judge(const struct scenario *s, const void *bytes, size_t size, struct results_doc **doc,
		 char *why, size_t why_size)
{
	char *console = fuzz_path("console"), *stream = fuzz_path("stream");
	struct qemu_boot b = {
		.scenario = s,
		.mode = QEMU_ICOUNT,
		.console = console,
		.stream = stream,
		.events = memmem(bytes, size, "\"boot\":\"events\"", 15) != NULL,
	};
	int err;

	fuzz_put("stream", bytes, size);
	if (results_doc_new("s.icount-1cpu", "icount", doc))
		fuzz_fail("no memory");
	err = part_judge(&b, s, *doc, why, why_size);
	if (!err != !why[0])
		fuzz_fail("judged %d, and the reason is '%s'", err, why);
	free(console);
	free(stream);
	return err;
}

static bool holds(const struct fuzz_section *s, const char *text)
{
	return memmem(s->data, s->size, text, strlen(text)) != NULL;
}

/* Checks a boot that passed for all that a boot needs to pass. */
static void check_passed(const struct results_doc *doc, const struct fuzz_section *v)
{
	size_t nr = 0;

	for (size_t i = 0; i < doc->nr_measurements; i++)
		nr += !doc->measurements[i].skipped;
	if (!nr && !doc->nr_checks)
		fuzz_fail("a boot that measured and checked nothing passed");
	for (size_t i = 0; i < doc->nr_checks; i++)
		if (!doc->checks[i].ok)
			fuzz_fail("a boot whose check %s is wrong passed", doc->checks[i].id);
	if (holds(v, "\"failed\":"))
		fuzz_fail("a boot that says itself that it failed passed");
	if (holds(v + 2, "Kernel panic") || holds(v + 2, "BUG:") || holds(v + 2, "Oops"))
		fuzz_fail("a boot whose console has a panic, a BUG or an Oops passed");
}

/* The document must be writable and readable, whether the boot passed or not. */
static void check_kept(struct results_doc *doc)
{
	char *path = fuzz_path("kept.json");
	struct results_error err = { .reason = "" };
	struct results_doc *again;

	doc->command = strdup("ptbench kernels run s");
	doc->version = 1; /* version 1 needs no axes: params are whatever the stream has */
	if (results_doc_write(doc, path, &err) || results_doc_read(path, &again, &err))
		fuzz_fail("the document of the boot: %s: %s", err.path, err.reason);
	if (again->nr_measurements != doc->nr_measurements || again->nr_checks != doc->nr_checks)
		fuzz_fail("the document of the boot has lost rows");
	results_doc_free(again);
	free(path);
}

static void check_boot(const struct scenario *s, const struct fuzz_section *v)
{
	char why[4096], again[4096];
	struct results_doc *doc, *other;
	int err = judge(s, v->data, v->size, &doc, why, sizeof(why));

	if (!err) {
		check_passed(doc, v);
		if (!judge(s, v->data, v->size - 1 - v->size % 7, &other, again, sizeof(again)))
			fuzz_fail("the same boot with its stream cut off passed, too");
	} else if (judge(s, v->data, v->size, &other, again, sizeof(again)) != err ||
		   strcmp(why, again)) {
		fuzz_fail("judged twice: '%s' and '%s'", why, again);
	}
	check_kept(doc);
	results_doc_free(doc);
	results_doc_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	char why[STREAM_WHY];
	struct scenario *scenario;
	struct stream s;

	fuzz_sections(data, size, v);
	if (stream_parse((const char *)v[0].data, v[0].size, &s, why)) {
		if (!why[0] || s.nr)
			fuzz_fail("a stream is refused without a reason, or in part");
		stream_free(&s);
		return 0;
	}
	fuzz_accepted++;
	check_lines(&s, (const char *)v[0].data, v[0].size);
	stream_free(&s);
	fuzz_put("console", v[2].data, v[2].size);
	scenario = read_scenario(&v[1]);
	if (scenario)
		check_boot(scenario, v);
	scenario_free(scenario);
	return 0;
}
