// SPDX-License-Identifier: GPL-2.0-or-later
/* A comparison's rows as comma-separated values (RFC 4180, but lines end with a newline alone). */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

void results__put_field(FILE *f, const char *s)
{
	if (!s[strcspn(s, ",\"\r\n")]) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++)
		fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', f);
}

/* A field after the first. An infinite number, or none, is an empty field. */
static void put_number(FILE *f, bool is, double v)
{
	fputc(',', f);
	if (is && isfinite(v))
		results__put_number(f, v);
}

static void put_field(FILE *f, const char *s)
{
	fputc(',', f);
	results__put_field(f, s);
}

static int put_row(FILE *f, const struct results_compared_part *p,
		   const struct results_compared_row *r)
{
	char *params = results_params_text(&r->m->params);
	const struct results_change *c = &r->change;
	bool both = r->base && r->head;

	if (!params)
		return -ENOMEM;
	results__put_field(f, p->name);
	put_field(f, r->m->case_id);
	put_field(f, params);
	put_field(f, results_subject_name(r->m->subject));
	put_field(f, r->m->metric->name);
	put_field(f, r->m->metric->unit);
	put_number(f, r->base, results_amount_number(&r->base_value));
	put_number(f, r->head, results_amount_number(&r->head_value));
	put_number(f, both, both ? results_amount_change(&r->base_value, &r->head_value) : 0);
	put_field(f, !c->nr_base ? "" : c->is_ratio ? "ratio" : "difference");
	put_number(f, c->nr_base, c->estimate);
	put_number(f, c->nr_base, c->low);
	put_number(f, c->nr_base, c->high);
	put_number(f, c->nr_base, c->p);
	put_number(f, c->nr_base, c->adjusted);
	put_number(f, c->nr_base, (double)c->nr_base);
	put_number(f, c->nr_base, (double)c->nr_head);
	put_field(f, results_verdict_name(r->verdict));
	put_field(f, r->why ? r->why : "");
	fputc('\n', f);
	free(params);
	return 0;
}

int results__write_csv(FILE *f, const struct results_comparison *c,
		       const struct results__format_options *o)
{
	int err = 0;

	fputs("part,case,params,subject,metric,unit,base,new,change,interval_of,estimate,low,high,"
	      "p,adjusted,base_values,new_values,verdict,why\n",
	      f);
	for (size_t i = 0; i < c->nr_parts; i++)
		for (size_t k = 0; k < c->parts[i].nr_rows && !err; k++)
			if (o->all || results_row_stands_out(&c->parts[i].rows[k]))
				err = put_row(f, &c->parts[i], &c->parts[i].rows[k]);
	return err;
}
