// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The synthetic run of hostile strings.
 */
#include <stdlib.h>
#include <string.h>

#include "synth_priv.h"

#define NR_EVIL 11
/* What a terminal obeys; no parameter may hold it. */
#define ESCAPES                                                                                    \
	"\033[2J\033]0;title\007\xc2\x9b"                                                          \
	"31m"

static void evil_strings(const char *trap, char evil[NR_EVIL][256])
{
	const char *command = synth_text("touch %s/%s", trap, SYNTH_TRAP);
	const char *const list[NR_EVIL] = {
		"<script>alert(1)</script>",
		synth_text("\"; system(\"%s\"); set label \"", command),
		synth_text("'; system('%s'); '", command),
		synth_text("`%s`", command),
		"new\nline\tand\rreturn",
		"{{x}} {{{lede}}} {{>head}} {{#sections}}",
		"%s %n %d %%",
		"@macro $x ${HOME} $(id) \\\" \\n",
		"_{enhanced} ^{markup} {/Symbol a} {/:Bold b} &{space}",
		"</svg></figure><img src=x onerror=alert(1)>",
		/* right to left, without width, a mark of byte order */
		"\xe2\x80\xaeoverride\xe2\x80\xac\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf"
		"end",
	};

	for (size_t i = 0; i < NR_EVIL; i++)
		snprintf(evil[i], 256, "%s", list[i]);
}

/* A row with one sample; params are strings that results_params_parse() would not take. */
static void evil_row(struct results_doc *doc, const char *metric, const char *design,
		     const char *format, const char *cross, int pages, double sample)
{
	struct results_error err = { 0 };
	struct results_measurement m = {
		.case_id = (char *)"gup_fast/walk",
		.subject = RESULTS_REF,
		.metric = results_metric_find(metric),
		.kind = !strcmp(metric, "time") ? RESULTS_SAMPLED : RESULTS_EXACT,
		.nr_ops = 1,
		.samples = &sample,
		.nr_samples = 1,
	};

	results_params_set_str(&m.params, "design", design);
	results_params_set_str(&m.params, "format", format);
	results_params_set_str(&m.params, "cross", cross);
	results_params_set_str(&m.params, "leaf", "pte");
	results_params_set_int(&m.params, "levels", 3);
	results_params_set_int(&m.params, "pages", pages);
	synth_check(results_doc_add(doc, &m, &err), &err);
	results_params_free(&m.params);
}

static void evil_check(struct results_doc *doc, const char *a, const char *b)
{
	struct results_error err = { 0 };
	struct results_params p = { 0 };

	results_params_set_str(&p, "boundary", a);
	results_params_set_str(&p, "cross", b);
	synth_check(results_doc_add_check(doc, "gup_fast/only", &p, a, b, false, &err), &err);
	synth_check(results_doc_add_skipped(doc, "table_free/munmap", &p, RESULTS_KERNEL, a, &err),
		    &err);
	results_params_free(&p);
}

/* A row of those params and one whose value parsing would not take. */
static void evil_value(struct results_doc *doc, const char *case_id, const char *params,
		       const char *key, const char *value, double sample)
{
	struct results_error err = { 0 };
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.subject = RESULTS_REF,
		.metric = results_metric_find("time"),
		.kind = RESULTS_SAMPLED,
		.nr_ops = 1,
		.samples = &sample,
		.nr_samples = 1,
	};

	synth_check(results_params_parse(&m.params, params), &err);
	results_params_set_str(&m.params, key, value);
	synth_check(results_doc_add(doc, &m, &err), &err);
	results_params_free(&m.params);
}

/* Designs of kmap's, steps of walks and of the DAX lock. */
static void evil_values(struct results_doc *doc, char evil[NR_EVIL][256])
{
	const char *const walk = "flags=get,folio=private,format=f,frames=hot",
			  *const lock = "page=file,part=both";

	evil_value(doc, "gup_fast/steps", synth_text("%s,how=present", walk), "step", evil[5], 400);
	evil_value(doc, "dax/lock", synth_text("%s,how=present", lock), "step", evil[5], 100);
	for (size_t i = 0; i < NR_EVIL; i++) {
		double sample = 200 + (double)i;

		evil_value(doc, "kmap/pair", "backend=memory,debug=0,depth=1", "design", evil[i],
			   sample);
		evil_value(doc, "kmap/pair", "backend=memory,debug=0,depth=2", "design", evil[i],
			   sample);
		evil_value(doc, "kmap/switch", "backend=memory,debug=0,next=0,prev=0", "design",
			   evil[i], sample);
		evil_value(doc, "kmap/switch", "backend=memory,debug=0,next=1,prev=1", "design",
			   evil[i], sample);
		evil_value(doc, "gup_fast/steps", synth_text("%s,how=opaque", walk), "step",
			   evil[i], sample);
		evil_value(doc, "dax/lock", synth_text("%s,how=opaque", lock), "step", evil[i],
			   sample / 10);
	}
}

/* What the designs or steps are called, and what they are, is hostile, too. An axis takes no value
 * with a comma or a control character. */
static void evil_words(struct results_doc *doc, const char *key, char evil[NR_EVIL][256])
{
	struct results_value values[NR_EVIL] = { { NULL } };
	struct results_axis axis = { .key = (char *)key, .means = evil[0], .values = values };
	struct results_error err = { 0 };

	for (size_t i = 0; i < NR_EVIL; i++) {
		const char *label = evil[(i + 1) % NR_EVIL];

		if (strpbrk(evil[i], ",\n"))
			continue;
		values[axis.nr_values].value = evil[i];
		values[axis.nr_values].label = (char *)(strchr(label, '\n') ? "label" : label);
		values[axis.nr_values++].means = evil[(i + 2) % NR_EVIL];
	}
	synth_check(results_doc_add_axis(doc, &axis, &err), &err);
}

/* Every string of a document that may be anything is hostile, and reaches tables and figures. */
void synth_hostile(struct results_run *run, const char *trap)
{
	char evil[NR_EVIL][256];
	struct results_doc *doc;
	struct results_error err = { 0 };

	evil_strings(trap, evil);
	doc = synth_bare_doc("native", "native");
	if (!doc)
		return;
	evil_words(doc, "design", evil);
	evil_words(doc, "step", evil);
	synth_open_words(doc);
	results_pairs_set(&doc->environment, "cpus", "64");
	results_pairs_set(&doc->environment, "hypervisor", evil[0]);
	results_pairs_set(&doc->environment, "kernel", evil[5]);
	results_pairs_set(&doc->environment, "qemu", evil[10]);
	results_pairs_set(&doc->environment, "governor", ESCAPES);
	free(doc->command);
	doc->command = strdup(evil[9]);
	for (size_t i = 0; i < NR_EVIL; i++) {
		evil_row(doc, "time", evil[i], "s390x", "none", 1, 100 + (double)i);
		evil_row(doc, "time", evil[i], synth_text("s390x %.200s", evil[(i + 3) % NR_EVIL]),
			 "none", 16, 200);
		evil_row(doc, "time", evil[i], synth_text("s390x %.200s", evil[(i + 3) % NR_EVIL]),
			 "pmd", 16, 210);
	}
	evil_values(doc, evil);
	synth_disciplines(doc);
	synth_host(doc);
	synth_part(run, doc, RESULTS_PASSED, NULL);
	synth_explored(run, evil[9]);

	doc = synth_bare_doc("ref.static", "static");
	if (doc)
		doc->version = 1; /* without axes */
	for (size_t i = 0; doc && i < NR_EVIL; i++)
		evil_row(doc, "code_bytes", evil[i], evil[(i + 1) % NR_EVIL], "none", 1, 1000);
	synth_part(run, doc, RESULTS_PASSED, NULL);

	doc = synth_bare_doc("s390x-static.icount-1cpu", "icount");
	if (doc)
		doc->version = 1;
	for (size_t i = 0; doc && i < NR_EVIL; i++)
		evil_check(doc, evil[i], evil[(i + 1) % NR_EVIL]);
	synth_part(run, doc, RESULTS_FAILED, evil[0]);
	synth_check(results_run_part(run, "x86_64-stock.icount-1cpu", NULL, RESULTS_SKIPPED,
				     evil[5], &err),
		    &err);
	synth_check(results_run_part(run, "x86_64-stock.icount-2cpu", NULL, RESULTS_FAILED,
				     synth_text("%s " ESCAPES, evil[10]), &err),
		    &err);
}
