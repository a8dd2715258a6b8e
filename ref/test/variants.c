// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints the table of all variants: ref/VARIANTS.md, or with --rows the lines that its test reads,
 * one per row, with tabs between: mechanism, variant, "good" or "busted", "explorer" or the test
 * program, text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ref/explore.h>

struct row {
	const char *mechanism, *variant, *summary, *text;
	/* the busted variant whose code it runs where that does no harm, or NULL */
	const char *busted_code;
	char program[64]; /* "explorer", or a test below the build folder */
	bool busted;
	enum explore_mode mode;
	unsigned bound;
};

static void take_model(struct row *r, const struct explore_model *m)
{
	*r = (struct row){ .mechanism = m->mechanism,
			   .variant = m->variant,
			   .summary = m->summary,
			   .text = m->busted ? m->caught_by : "",
			   .program = "explorer",
			   .busted = m->busted,
			   .busted_code = m->busted ? NULL : m->busted_code,
			   .mode = m->mode,
			   .bound = m->bound ? m->bound : 3 };
}

/* Returns 0; -1 if the row does not name its test. */
static int take_variant(struct row *r, const struct ref_variant *v)
{
	static const char test[] = "test: ";
	const char *program = v->caught_by + strlen(test), *end;

	*r = (struct row){ .mechanism = v->mechanism,
			   .variant = v->variant,
			   .summary = v->summary,
			   .busted = v->busted };
	end = strncmp(v->caught_by, test, strlen(test)) ? NULL : strstr(program, ": ");
	if (!end || (size_t)(end - program) >= sizeof(r->program))
		return -1;
	memcpy(r->program, program, end - program);
	r->text = end + 2;
	return 0;
}

static int take_rows(struct row *rows)
{
	size_t nr = explore_nr_models();

	for (size_t i = 0; i < nr; i++)
		take_model(&rows[i], explore_model_at(i));
	for (size_t i = 0; i < ref_nr_variants(); i++) {
		if (!take_variant(&rows[nr + i], ref_variant_at(i)))
			continue;
		fprintf(stderr,
			"ref/explore/variants.c: %s/%s: caught_by must be \"test: PROGRAM: text\"\n",
			ref_variant_at(i)->mechanism, ref_variant_at(i)->variant);
		return -1;
	}
	return 0;
}

/* Prints a cell's text; escapes bars, which would end the cell. */
static void print_cell(const char *s)
{
	for (; *s; s++) {
		if (*s == '|' || *s == '\\' || *s == '<')
			putchar('\\');
		putchar(*s);
	}
}

static void print_row(const struct row *r)
{
	fputs("| ", stdout);
	print_cell(r->mechanism);
	fputs(" | ", stdout);
	print_cell(r->variant);
	if (r->busted_code) {
		fputs(" | code of ", stdout);
		print_cell(r->busted_code);
		fputs(" | ", stdout);
	} else {
		fputs(r->busted ? " | **busted** | " : " | good | ", stdout);
	}
	if (strcmp(r->program, "explorer")) {
		printf("`%s`: ", r->program);
		print_cell(r->text);
	} else {
		printf("explorer, %s, bound %u: ", explore_mode_name(r->mode), r->bound);
		print_cell(r->busted ? r->text : "clean");
	}
	fputs(" | ", stdout);
	print_cell(r->summary);
	fputs(" |\n", stdout);
}

static bool first_of_mechanism(const struct row *rows, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(rows[k].mechanism, rows[i].mechanism))
			return false;
	return true;
}

static void print_table(const struct row *rows, size_t nr)
{
	size_t busted = 0, harmless = 0;

	for (size_t i = 0; i < nr; i++) {
		busted += rows[i].busted;
		harmless += rows[i].busted_code != NULL;
	}
	puts("# Variants of the reference, and who catches the broken ones\n\n"
	     "Written by `make variants` from the models (`ref/explore/model_*.c`) and from\n"
	     "`ref/explore/variants.c`. A busted row is known to be wrong and stays so that the check is seen\n"
	     "to fail: `ptbench explore MECHANISM/VARIANT` shows the failing interleaving of an explorer's row.\n"
	     "A row that is `code of` a busted one runs the same code where it does no harm.\n"
	     "`ref/test/test_variants.t` refuses a row without its test. Mechanism `litmus` is the explorer\n"
	     "itself, tried on outcomes that are known.\n");
	printf("%zu rows, %zu of them busted, and %zu with the code of one.\n\n", nr, busted,
	       harmless);
	puts("| mechanism | variant | | how that is seen | what it is |\n|---|---|---|---|---|");
	for (size_t i = 0; i < nr; i++) {
		if (!first_of_mechanism(rows, i))
			continue;
		for (size_t k = i; k < nr; k++)
			if (!strcmp(rows[k].mechanism, rows[i].mechanism))
				print_row(&rows[k]);
	}
}

int main(int argc, char **argv)
{
	size_t nr = explore_nr_models() + ref_nr_variants();
	struct row *rows = calloc(nr, sizeof(*rows));

	if (!rows || take_rows(rows))
		return 1;
	if (argc > 1 && !strcmp(argv[1], "--rows")) {
		for (size_t i = 0; i < nr; i++)
			printf("%s\t%s\t%s\t%s\t%s\n", rows[i].mechanism, rows[i].variant,
			       rows[i].busted ? "busted" : "good", rows[i].program, rows[i].text);
	} else {
		print_table(rows, nr);
	}
	free(rows);
	return 0;
}
