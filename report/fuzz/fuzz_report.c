// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes the report over a run: each section of the input is a document of one of its parts, or its
 * exploration; a second document of a part belongs to the base. Makes answers, figures and pages,
 * without gnuplot, and checks that no number in them is infinite or NaN.
 *
 * Covers: report/model/arena.c report/model/costs.c report/model/derive.c report/model/input.c
 * Covers: report/model/model.c report/model/names.c report/model/problems.c report/model/words.c
 * Covers: report/pages/dax.c report/pages/explain.c report/pages/explored.c
 * Covers: report/pages/families.c report/pages/folding.c report/pages/folding_checks.c
 * Covers: report/pages/folding_code.c report/pages/freeing.c report/pages/freeing_events.c
 * Covers: report/pages/freeing_flushes.c report/pages/freeing_freers.c
 * Covers: report/pages/freeing_host.c report/pages/freeing_kernels.c report/pages/head_base.c
 * Covers: report/pages/kernel_rows.c report/pages/kernels.c report/pages/kernels_read.c
 * Covers: report/pages/kmap.c report/pages/pages.c report/pages/reference.c
 * Covers: report/pages/reference_designs.c report/pages/steps.c report/render/figdata.c
 * Covers: report/render/page.c report/render/print.c
 */
#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <results/text.h>

#include "../../results/fuzz/fuzz.h"
#include "../render/embed.h"
#include "../render/figdata.h"
#include "../render/figure.h"
#include "../model/versions.h"
#include "../pages/pages.h"
#include "../render/page.h"

#define MAX_NAME 64

/* ---- libFuzzer's mutator: changes one section, or the list of sections ---- */

static size_t pick_section(const struct fuzz_section *v, size_t nr, struct fuzz_random *r)
{
	return fuzz_below(r, nr < FUZZ_MAX_SECTIONS ? nr : FUZZ_MAX_SECTIONS);
}

/* Replaces the k-th section by piece and joins all into data, which stays as it was if the result
 * is too long. Returns data's new size. */
static size_t put_back(struct fuzz_section *v, size_t nr, size_t k, const uint8_t *piece, size_t n,
		       uint8_t *data, size_t size, size_t max)
{
	uint8_t *all = malloc(max + 1);

	if (!all)
		fuzz_fail("no memory");
	v[k] = (struct fuzz_section){ piece, n };
	n = fuzz_join(v, nr, all, max);
	if (n)
		memcpy(data, all, n);
	free(all);
	return n ? n : size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct fuzz_random r = { .state = seed + 1ULL };
	struct fuzz_section v[FUZZ_MAX_SECTIONS];
	size_t nr = fuzz_sections(data, size, v), k = pick_section(v, nr, &r), n = v[k].size;
	uint8_t *piece = malloc(max + 1);

	if (!piece)
		fuzz_fail("no memory");
	memcpy(piece, v[k].data, n);
	if (!fuzz_below(&r, 8) && nr < FUZZ_MAX_SECTIONS)
		k = nr++;
	n = fuzz_mutate_json(piece, n, max, &r);
	n = put_back(v, nr, k, piece, n, data, size, max);
	free(piece);
	return n;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max, unsigned int seed)
{
	struct fuzz_random r = { .state = seed + 1ULL };
	struct fuzz_section v[FUZZ_MAX_SECTIONS], w[FUZZ_MAX_SECTIONS];
	size_t nr = fuzz_sections(data1, size1, v), other = fuzz_sections(data2, size2, w);
	size_t k = pick_section(v, nr, &r), from = pick_section(w, other, &r), n;
	uint8_t *piece = malloc(max + 1);

	if (!piece)
		fuzz_fail("no memory");
	n = fuzz_below(&r, 4) ? fuzz_cross_json(v[k].data, v[k].size, w[from].data, w[from].size,
						piece, max, &r)
			      : 0;
	if (!n && nr < FUZZ_MAX_SECTIONS && w[from].size <= max) {
		k = nr++;
		n = w[from].size;
		memcpy(piece, w[from].data, n);
	}
	n = n ? put_back(v, nr, k, piece, n, out, 0, max) : 0;
	free(piece);
	return n;
}

/* ---- the runs ---- */

struct part {
	char name[MAX_NAME];
	bool base;
};

/* Copies the part's name from the document if it is well-formed; else "odd-N". */
static void name_of(const struct fuzz_section *s, size_t i, char name[MAX_NAME])
{
	static const char key[] = "\"part\":";
	const uint8_t *at = memmem(s->data, s->size, key, sizeof(key) - 1),
		      *end = s->data + s->size;
	size_t n = 0;

	snprintf(name, MAX_NAME, "odd-%zu", i);
	if (!at)
		return;
	for (at += sizeof(key) - 1; at < end && (*at == ' ' || *at == '"'); at++)
		;
	while (at + n < end && n < MAX_NAME - 1 && (isalnum(at[n]) || (n && strchr("._-", at[n]))))
		n++;
	if (!n || memmem(at, n, "..", 2))
		return;
	memcpy(name, at, n);
	name[n] = '\0';
}

/* Writes run.json with the parts of the base, or with the others. */
static void put_run(const char *file, const struct part *v, size_t nr, bool base)
{
	char *text;
	size_t size, some = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		fuzz_fail("no memory");
	fputs("{\"format\": \"ptbench-run\", \"version\": 1, \"command\": \"make bench\", "
	      "\"started\": \"2026-01-31T23:59:58Z\", \"finished\": \"2026-01-31T23:59:59Z\", "
	      "\"revision\": \"0123abcd\", \"state\": \"complete\", \"parts\": [",
	      f);
	for (size_t i = 0; i < nr; i++)
		if (v[i].name[0] && v[i].base == base)
			fprintf(f,
				"%s{\"name\": \"%s\", \"file\": \"%zu.json\", \"state\": \"passed\", "
				"\"reason\": null}",
				some++ ? ", " : "", v[i].name, i);
	fputs("]}\n", f);
	fclose(f);
	fuzz_put(file, text, size);
	free(text);
}

/* Writes the runs; returns whether there is a base. Drops a third document of a part. */
static bool put_runs(const uint8_t *data, size_t size)
{
	struct fuzz_section s[FUZZ_MAX_SECTIONS];
	struct part v[FUZZ_MAX_SECTIONS] = { { "", false } };
	size_t nr = fuzz_sections(data, size, s);
	bool base = false;

	for (size_t i = 0; i < nr; i++) {
		size_t same = 0;
		char file[32];

		if (memmem(s[i].data, s[i].size, "\"ptbench-explore\"", 17)) {
			fuzz_put("head/explore.json", s[i].data, s[i].size);
			continue;
		}
		name_of(&s[i], i, v[i].name);
		for (size_t k = 0; k < i; k++)
			same += !strcmp(v[i].name, v[k].name);
		v[i].base = same == 1;
		base = base || same == 1;
		if (same > 1)
			v[i].name[0] = '\0';
		snprintf(file, sizeof(file), "%s/%zu.json", v[i].base ? "base" : "head", i);
		fuzz_put(file, s[i].data, s[i].size);
	}
	put_run("head/run.json", v, nr, false);
	put_run("base/run.json", v, nr, true);
	return base;
}

/* ---- checks of the report ---- */

/* Does the script contain NaN or infinity, outside of its strings and comments? */
static bool has_no_number(const char *script)
{
	static const char *const bad[] = { "nan", "-nan", "inf", "-inf" };
	char quote = '\0';

	for (const char *c = script; *c; c++) {
		if (quote || *c == '\'' || *c == '"') {
			quote = !quote ? *c : *c == quote ? '\0' : quote;
			continue;
		}
		if (*c == '#')
			c += strcspn(c, "\n") - 1;
		for (size_t i = 0; i < 4; i++) {
			size_t n = strlen(bad[i]);

			if ((c == script || !isalnum(c[-1])) && !strncmp(c, bad[i], n) &&
			    !isalnum(c[n]) && c[n] != '(')
				return true;
		}
	}
	return false;
}

/* Checks the fields of a data file that have to be numbers. */
static void check_data(const struct figure *f, const char *text)
{
	const int nr = f->kind == FIGURE_LINES ? 2 : 4;
	const char *field;
	char *end;

	/* Ends at the second block, which has the headings. */
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		if (*line == '\n' && f->kind != FIGURE_LINES)
			break;
		if (*line == '#' || *line == '"' || *line == '\n')
			continue;
		field = line;
		for (int i = 0; i < nr; i++, field = end + 1)
			if (!isfinite(strtod(field, &end)) || end == field ||
			    (*end != '\t' && *end != '\n'))
				fuzz_fail("figure %s has a line with no number:\n%.120s", f->id,
					  line);
	}
}

static void check_figure(struct arena *a, const struct figure *f)
{
	const char *name = f->kind == FIGURE_LINES ? "plots/lines.gp.mustache"
						   : "plots/bars.gp.mustache";
	struct mu *script = mu_object();
	char *text, *data, error[256];
	size_t size;
	FILE *to = open_memstream(&data, &size);

	if (!script || !to)
		fuzz_fail("no memory");
	if (f->kind == FIGURE_LINES)
		figure_lines(a, f, to, script);
	else
		figure_bars(a, f, to, script);
	fclose(to);
	check_data(f, data);
	if (mu_render(embed_find(name), script, MU_GNUPLOT, NULL, &text, error, sizeof(error)))
		fuzz_fail("%s: %s", name, error);
	if (has_no_number(text))
		fuzz_fail("figure %s: its script has a number that is none:\n%s", f->id, text);
	free(text);
	free(data);
	mu_free(script);
}

static void check_figures(struct model *m)
{
	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->pages[i].nr_sections; j++)
			for (size_t k = 0; k < m->pages[i].sections[j]->nr_figures; k++)
				if (figure_has_data(m->pages[i].sections[j]->figures[k]))
					check_figure(m->arena, m->pages[i].sections[j]->figures[k]);
}

/*
 * Checks that the answers contain no character that harms a terminal, and no NaN or infinity.
 * words: check the latter, for the documents do not contain those words.
 */
static void check_answers(const struct model *m, bool words)
{
	char *text;
	size_t size, n;
	bool harmful;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		fuzz_fail("no memory");
	answers_print(m, to);
	fclose(to);
	for (const char *c = text; (n = results_text_step(c, &harmful)); c += n)
		if (harmful && *c != '\n')
			fuzz_fail("the answers have a harmful character, 0x%02x ...:\n%s",
				  (unsigned char)*c, text);
	if (words && (strstr(text, " nan ") || strstr(text, " inf ") || strstr(text, " -nan ") ||
		      strstr(text, " -inf ")))
		fuzz_fail("an answer has a number that is none:\n%s", text);
	free(text);
}

static void check_pages(struct model *m)
{
	char *out = fuzz_path("out");
	int folder;

	mkdir(out, 0777);
	folder = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 || pages_write(m, folder))
		fuzz_fail("the pages cannot be written");
	close(folder);
	free(out);
}

struct report {
	struct arena arena;
	struct report_input head, base;
	struct model model;
};

static void read_in(struct report *r, struct report_input *in, const char *name)
{
	struct results_error err = { .reason = "" };
	char *dir = fuzz_path(name);

	if (input_read(in, &r->arena, dir, &err))
		fuzz_fail("%s/run.json: %s: %s", name, err.path, err.reason);
	versions_choose(in);
	free(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report *r = calloc(1, sizeof(*r));
	bool with_base = put_runs(data, size), any = false;

	if (!r || setjmp(r->arena.oom))
		fuzz_fail("no memory");
	read_in(r, &r->head, "head");
	read_in(r, &r->base, "base");
	for (size_t i = 0; i < input_nr_all(&r->head); i++)
		any = any || r->head.parts[i].doc;
	fuzz_accepted += any || r->head.explored;
	r->model.arena = &r->arena;
	r->model.in = &r->head;
	r->model.base = with_base ? &r->base : NULL;
	if (with_base)
		head_base_compare(&r->model, NULL);
	pages_build(&r->model);
	check_answers(&r->model, !memmem(data, size, "nan", 3) && !memmem(data, size, "inf", 3));
	check_figures(&r->model);
	/* Templates take most of the time and find little: render one input in 64. */
	if (size % 64 == 0)
		check_pages(&r->model);
	head_base_free(&r->model);
	history_free(&r->model);
	input_free(&r->head);
	input_free(&r->base);
	arena_free(&r->arena);
	free(r);
	fuzz_clean();
	return 0;
}
