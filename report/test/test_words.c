// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Designs, steps and formats that nobody has heard of are on the pages of kmap, DAX and
 * verification: by their labels and in their order where the document says what they are, by their
 * names where it does not.
 */
#include <stdlib.h>
#include <string.h>

#include "../../scripts/tap.h"
#include "../pages/kernel_rows.h"
#include "bed.h"
#include "synth_priv.h"

static void add_axis(struct results_doc *doc, const char *key, struct results_value *values,
		     size_t nr)
{
	const struct results_axis axis = { .key = (char *)key,
					   .means = (char *)"What is varied.",
					   .values = values,
					   .nr_values = nr };
	struct results_error err = { .reason = "" };

	if (results_doc_add_axis(doc, &axis, &err)) {
		results_error_print(stderr, &err);
		abort();
	}
}

#define VALUE(name, label_)                                                                        \
	{                                                                                          \
		.value = (char *)name, .label = (char *)label_,                                    \
		.means = (char *)"Means " name ".",                                                \
	}

static const char *row_text(const struct bed *b, const struct table *t, size_t i)
{
	const char *text = "";

	for (size_t k = 0; k < t->nr_columns; k++)
		text = arena_str((struct arena *)&b->arena, "%s%s%s", text, k ? "|" : "",
				 t->rows[i][k].text);
	return text;
}

/* Whether the table's rows, cells joined by '|', begin with these, in this order. */
static bool has_rows(const struct bed *b, const char *id, const char *caption,
		     const char *const *rows)
{
	const struct table *t = table_of(section_of(b, NULL, id), caption);
	size_t i;

	for (i = 0; t && rows[i] && i < t->nr_rows; i++)
		if (strncmp(row_text(b, t, i), rows[i], strlen(rows[i])))
			break;
	if (t && !rows[i] && i == t->nr_rows)
		return true;
	diag("row %zu of \"%s\": \"%s\", not \"%s\"", i, caption,
	     t && i < t->nr_rows ? row_text(b, t, i) : "none", rows[i] ? rows[i] : "none");
	return false;
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The bars' or lines' labels, joined by '|'. */
static bool has_labels(const struct bed *b, const char *id, const char *labels)
{
	const struct figure *f = section_of(b, NULL, id)->figures[0];
	struct arena *a = (struct arena *)&b->arena;
	const char *text = "";

	for (size_t i = 0; i < f->nr_bars; i++)
		text = arena_str(a, "%s%s%s", text, i ? "|" : "", f->bars[i].label);
	for (size_t i = 0; i < f->nr_lines; i++)
		text = arena_str(a, "%s%s%s", text, i ? "|" : "", f->lines[i].label);
	if (!strcmp(text, labels))
		return true;
	diag("the figure has %s", text);
	return false;
}

/* ---- kmap's designs ---- */

static void kmap_row(struct results_doc *doc, const char *name, const char *params,
		     const char *design, double value)
{
	char text[128];

	snprintf(text, sizeof(text), "%s,design=%s", params, design);
	synth_row(doc, name, RESULTS_REF, text, strcmp(name, "kmap/nest") ? "time" : "slots_peak",
		  RESULTS_EXACT, value);
}

/* In another order than that of the axis; "stray" is in none. */
static void kmap_bed(struct bed *b, bool with_axis)
{
	static const char *const designs[] = { "stray", "newer", "worn", "older" };
	struct results_value values[] = { VALUE("older", "the older one"),
					  VALUE("worn", "the worn one"),
					  VALUE("newer", "the newer one") };
	struct results_value backends[] = { VALUE("memory", "in cells") };
	struct results_doc *doc;

	open_bed(b);
	doc = add_native(b);
	values[1].busted = true;
	if (with_axis) {
		add_axis(doc, "design", values, 3);
		add_axis(doc, "backend", backends, 1);
	}
	for (size_t i = 0; i < 4; i++) {
		kmap_row(doc, "kmap/pair", "backend=memory,debug=0,depth=1", designs[i],
			 10 + (double)i);
		kmap_row(doc, "kmap/pair", "backend=memory,debug=0,depth=6", designs[i],
			 20 + (double)i);
		kmap_row(doc, "kmap/switch", "backend=memory,debug=0,next=0,prev=0", designs[i],
			 30 + (double)i);
		kmap_row(doc, "kmap/switch", "backend=memory,debug=0,next=7,prev=7", designs[i],
			 40 + (double)i);
		kmap_row(doc, "kmap/nest", "maps=2", designs[i], 5);
		kmap_row(doc, "kmap/nest", "maps=5", designs[i], 12);
	}
	kmap_row(doc, "kmap/pair", "backend=mappings,debug=0,depth=8", "worn", 99);
	synth_skip(doc, "kmap/pair", RESULTS_REF, "backend=mappings,debug=1,depth=3,design=older",
		   "no page");
	kmap_row(doc, "kmap/pair", "backend=odd,debug=2,depth=4", "newer", 98);
	kmap_row(doc, "kmap/switch", "backend=mappings,debug=1,next=1,prev=7", "newer", 97);
	kmap_build(&b->model);
}

static void test_kmap(void)
{
	struct bed b;

	kmap_bed(&b, true);
	ok(section_says(&b, "pair",
			"takes 11.0 ns per map and unmap as “the newer one” and 13.0 ns "
			"as “the older one”; on top of 5 live maps, 21.0 ns"),
	   "the newest and the oldest design of the axis are compared, whatever they are called");
	ok(has_rows(&b, "pair", "Map and unmap, native time per pair",
		    ROWS("in cells|plain|1|13.0 ns|12.0 ns|11.0 ns|10.0 ns",
			 "in cells|plain|6|23.0 ns|22.0 ns|21.0 ns|20.0 ns",
			 "mappings|plain|8|not run|99.0 ns|not run|not run",
			 "mappings|guards|3|no page|not run|not run|not run",
			 "odd|debug=2|4|not run|not run|98.0 ns|not run")),
	   "every depth and kind of stack that has rows is one, measured or skipped");
	ok(!strcmp(table_of(section_of(&b, NULL, "pair"), "Map and unmap, native time per pair")
			   ->columns[4],
		   "the worn one (busted)") &&
		   !strcmp(table_of(section_of(&b, NULL, "pair"),
				    "Map and unmap, native time per pair")
				   ->columns[6],
			   "stray"),
	   "every design is a column, in the order of the axis, and the busted one is marked");
	ok(has_labels(&b, "pair", "the older one|the worn one (busted)|the newer one|stray") &&
		   section_of(&b, NULL, "pair")->figures[0]->lines[3].nr == 2,
	   "and its line, with every depth");
	ok(has_rows(&b, "pair", "The designs, in words",
		    ROWS("older|the older one|Means older.",
			 "worn|the worn one (busted)|Means worn.",
			 "newer|the newer one|Means newer.")),
	   "what the designs are is said");
	ok(section_says(&b, "switch",
			"takes 31.0 ns as “the newer one” when neither has a map, and "
			"41.0 ns when each has 7; as “the older one” that takes 43.0 "
			"ns."),
	   "switches are of the same design, and beside it of each that is not busted");
	ok(has_labels(&b, "switch", "the older one|the worn one (busted)|the newer one|stray") &&
		   has_rows(&b, "switch", "Two tasks, there and back, native time",
			    ROWS("in cells|plain|0 and 0|33.0 ns|32.0 ns|31.0 ns|30.0 ns",
				 "in cells|plain|7 and 7|43.0 ns|42.0 ns|41.0 ns|40.0 ns",
				 "mappings|guards|7 and 1|not run|not run|97.0 ns|not run")),
	   "each has a column, each kind of stack and number of live maps a row");
	ok(section_says(&b, "nest",
			"with 2 maps each reach 5 slots, with 5 each 12 (“the newer one”); maps "
			"and unmaps of one stack were timed up to a depth of 8.") &&
		   has_rows(&b, "nest", "Most slots in use at once",
			    ROWS("the older one|5|12", "the worn one (busted)|5|12",
				 "the newer one|5|12", "stray|5|12")),
	   "and so has it where contexts nest, with the numbers of maps that rows have");
	close_bed(&b);
	kmap_bed(&b, false);
	ok(section_says(&b, "pair",
			"The document does not say which of these designs a kernel has") &&
		   section_says(&b, "switch", "The document does not say") &&
		   section_says(&b, "nest", "The document does not say"),
	   "without an axis no design is called the kernel's");
	ok(has_labels(&b, "pair", "stray|newer|worn|older") &&
		   has_rows(&b, "nest", "Most slots in use at once",
			    ROWS("stray|5", "newer|5", "worn|5", "older|5")) &&
		   table_of(section_of(&b, NULL, "switch"),
			    "Two tasks, there and back, native time")
				   ->nr_rows == 3,
	   "and all have their rows by their names");
	close_bed(&b);
}

/* Every design that was measured is busted. */
static void test_busted_stacks(void)
{
	struct results_value values[] = { VALUE("worn", "the worn one") };
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_native(&b);
	values[0].busted = true;
	add_axis(doc, "design", values, 1);
	kmap_row(doc, "kmap/pair", "backend=memory,debug=0,depth=1", "worn", 9);
	kmap_row(doc, "kmap/nest", "maps=1", "worn", 5);
	kmap_row(doc, "kmap/nest", "maps=1", "stray", 5);
	kmap_build(&b.model);
	ok(section_says(&b, "pair",
			"No answer here: every design in these rows is busted, which means wrong on "
			"purpose; the tables below have them all.") &&
		   section_says(&b, "nest",
				"of the 2 designs in these rows 1 is busted, which means wrong on "
				"purpose, and the document does not describe the others; the "
				"tables below"),
	   "where all designs are busted that is the reason, and not that none was run");
	close_bed(&b);
}

/* ---- steps of GUP-fast ---- */

static void walk_row(struct results_doc *doc, const char *kind, const char *how, const char *step,
		     double value)
{
	bool native = !strcmp(doc->part, "native");
	char text[160];

	snprintf(text, sizeof(text), "%s,folio=private,how=%s,step=%s%s", kind, how, step,
		 strstr(kind, "frames=") ? "" : ",frames=hot");
	synth_row(doc, "gup_fast/steps", RESULTS_REF, text, native ? "time" : "instructions",
		  RESULTS_EXACT, value);
}

/* What a walk without a step names as its step is up to the document, too. */
static void walk_rows(struct results_doc *doc, const char *kind, double whole)
{
	walk_row(doc, kind, "present", "whole", whole);
	walk_row(doc, kind, "opaque", "stray", whole - 40);
	walk_row(doc, kind, "opaque", "second", whole - 20);
	walk_row(doc, kind, "removed", "second", whole - 21);
	walk_row(doc, kind, "opaque", "first", whole - 10);
}

static void steps_bed(struct bed *b, bool with_axis)
{
	struct results_value values[] = { VALUE("whole", "nothing"),
					  VALUE("first", "the first look"),
					  VALUE("pinned", "the pin"),
					  VALUE("second", "the second look") };
	struct results_doc *doc;

	open_bed(b);
	doc = add_native(b);
	if (with_axis)
		add_axis(doc, "step", values, 4);
	walk_row(doc, "flags=get,format=f-short", "present", "whole", 77);
	walk_row(doc, "flags=get,format=f-short", "opaque", "first", 70);
	walk_rows(doc, "flags=get,format=f-long,levels=9", 200);
	walk_rows(doc, "flags=get,format=f-long,levels=9,frames=flushed", 400);
	walk_row(doc, "flags=pin,format=f-long,levels=9", "present", "whole", 300);
	walk_row(doc, "flags=pin,format=f-long,levels=9", "opaque", "pinned", 275);
	synth_row(doc, "thp/split", RESULTS_REF, "format=f-short,kind=anon,leaf=pmd,readers=0",
		  "time", RESULTS_EXACT, 111);
	synth_row(doc, "thp/split", RESULTS_REF,
		  "format=f-long,kind=anon,leaf=pmd,levels=9,readers=0", "time", RESULTS_EXACT,
		  222);
	synth_row(doc, "thp/split", RESULTS_REF,
		  "format=f-long,kind=anon,leaf=pmd,levels=9,readers=1", "time", RESULTS_EXACT,
		  333);
	doc = add_kernel(b, "x86_64-novel", "x86_64", "icount-1cpu", NULL)->doc;
	if (with_axis)
		add_axis(doc, "step", values, 4);
	walk_rows(doc, "flags=get,format=f-long", 500);
	walk_rows(doc, "flags=get,format=f-own", 600);
	synth_row(doc, "gup_fast/put", RESULTS_KERNEL, "format=f-own,leaf=pte,pages=1",
		  "instructions", RESULTS_EXACT, 9);
	steps_build(&b->model);
}

static void test_steps(void)
{
	struct bed b;

	steps_bed(&b, true);
	ok(section_says(&b, "time",
			"a walk of 16 pages takes 200 ns; of its 3 steps the dearest is "
			"“stray”, +40.0 ns"),
	   "the format with most rows answers, and a step that no axis has is one");
	ok(!strncmp(section_of(&b, NULL, "time")->figures[0]->caption, "Mode native, f-long;", 20),
	   "its figure names the format");
	ok(has_labels(&b, "time", "the first look|the second look|stray") &&
		   has_rows(&b, "time",
			    "Each step of a walk of 16 pages that takes references, native time",
			    ROWS("the whole walk|200 ns|·|400 ns",
				 "the first look|10.0 ns|not run|10.0 ns",
				 "the second look|20.0 ns|21.0 ns|20.0 ns|21.0 ns|not run",
				 "stray|40.0 ns|not run")),
	   "each step has its bar and its row, in the order of the axis");
	ok(has_rows(&b, "time", "Each step of a walk that pins, native time",
		    ROWS("the whole walk|300 ns", "the pin|25.0 ns")),
	   "a step of pins has its row where pins are");
	ok(has_rows(
		   &b, "time", "Walks of other formats and kinds, native time",
		   ROWS("flags=get, folio=private, format=f-short, frames=hot|the whole walk|77.0 ns",
			"flags=get, folio=private, format=f-short, frames=hot|the first look|7.00 ns")),
	   "and another format its table");
	ok(has_rows(&b, "time", "The steps, in words",
		    ROWS("first|the first look|Means first.", "pinned|the pin|Means pinned.",
			 "second|the second look|Means second.")),
	   "what the steps are is said");
	ok(section_says(&b, "instructions",
			"In an x86_64 guest a walk of 16 pages takes 600; of its 3 steps") &&
		   table_of(section_of(&b, NULL, "instructions"),
			    "Walks of other formats and kinds, instructions")
				   ->nr_rows == 4,
	   "a guest's answer is of its own kernel's format, and its other one is shown");
	ok(section_says(
		   &b, "split",
		   "is split in 222 ns; beside a thread that walks it all the time, in 333 ns") &&
		   has_rows(&b, "split", "One folio split, native",
			    ROWS("anon, pmd|222 ns|333 ns|not run",
				 "anon, pmd; format=f-short|111 ns|not run")),
	   "splits of every format have their rows");
	close_bed(&b);
	steps_bed(&b, false);
	ok(has_labels(&b, "time", "first|stray|second") &&
		   section_says(&b, "time", "of its 3 steps the dearest is “stray”, +40.0 ns") &&
		   section_says(&b, "instructions",
				"In an x86_64 guest a walk of 16 pages takes 600"),
	   "without an axis every step has its bar by its name");
	close_bed(&b);
}

/* A step of which every row was skipped. */
static void test_skipped_step(void)
{
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_native(&b);
	walk_row(doc, "flags=get,format=f-long", "present", "whole", 200);
	walk_row(doc, "flags=get,format=f-long", "opaque", "first", 190);
	for (int removed = 0; removed < 2; removed++)
		synth_skip(doc, "gup_fast/steps", RESULTS_REF,
			   synth_text("flags=get,folio=private,format=f-long,frames=hot,how=%s,"
				      "step=second",
				      removed ? "removed" : "opaque"),
			   "no such walk here");
	steps_build(&b.model);
	ok(has_rows(&b, "time",
		    "Each step of a walk of 16 pages that takes references, native time",
		    ROWS("the whole walk|200 ns", "first|10.0 ns",
			 "second|no such walk here|no such walk here")),
	   "a step that was skipped keeps its row, with the reason");
	close_bed(&b);
}

/* Walks of which the whole one was skipped, or has no row. */
static void test_lost_whole(void)
{
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_native(&b);
	walk_rows(doc, "flags=get,format=f-long", 200);
	synth_skip(doc, "gup_fast/steps", RESULTS_REF,
		   "flags=get,folio=private,format=f-lost,frames=hot,how=present,step=whole",
		   "no such tables");
	walk_row(doc, "flags=get,format=f-lost", "opaque", "first", 190);
	walk_row(doc, "flags=get,format=f-none", "opaque", "first", 180);
	steps_build(&b.model);
	ok(has_rows(
		   &b, "time", "Walks of other formats and kinds, native time",
		   ROWS("flags=get, folio=private, format=f-lost, frames=hot|the whole walk|no such "
			"tables",
			"flags=get, folio=private, format=f-lost, frames=hot|first|the whole walk: "
			"no such tables|no such tables",
			"flags=get, folio=private, format=f-none, frames=hot|the whole walk|not run",
			"flags=get, folio=private, format=f-none, frames=hot|first|the whole walk: "
			"not run|not run")),
	   "walks whose whole one is missing have their rows, with the reason");
	close_bed(&b);
}

/* ---- steps of the DAX lock ---- */

static void dax_bed(struct bed *b, bool with_axis)
{
	struct results_value values[] = { VALUE("whole", "nothing"), VALUE("guard", "the guard") };
	struct results_doc *doc;

	open_bed(b);
	doc = add_native(b);
	if (with_axis)
		add_axis(doc, "step", values, 2);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=opaque,page=file,part=both,step=stray", "time",
		  RESULTS_EXACT, 70);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=opaque,page=file,part=both,step=guard", "time",
		  RESULTS_EXACT, 80);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=removed,page=file,part=both,step=guard",
		  "time", RESULTS_EXACT, 60);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=present,page=file,part=both,step=whole",
		  "time", RESULTS_EXACT, 100);
	synth_row(doc, "dax/lock", RESULTS_REF, "how=present,page=device,part=both,step=whole",
		  "time", RESULTS_EXACT, 50);
	dax_build(&b->model);
}

static const char lock_caption[] = "The reference’s DAX entry lock, native time";

static void test_dax(void)
{
	struct bed b;

	dax_bed(&b, true);
	ok(section_says(
		   &b, "lock",
		   "there, takes 100 ns, and 50.0 ns for a device-dax page, which needs no entry. The "
		   "step “the guard”: +20.0 ns. The step “stray”: "
		   "+30.0 ns."),
	   "each step is in the sentence");
	ok(has_rows(&b, "lock", lock_caption,
		    ROWS("both, a file’s page|100 ns", "lock alone|not run", "unlock alone|not run",
			 "no the guard (busted)|60.0 ns", "opaque the guard|80.0 ns",
			 "no stray (busted)|not run", "opaque stray|70.0 ns",
			 "both, a device-dax page|50.0 ns")),
	   "and has its two rows, in the order of the axis");
	ok(!strcmp(table_of(section_of(&b, NULL, "lock"), lock_caption)->rows[3][0].kind, "bad"),
	   "the lock without it is marked as busted");
	ok(has_labels(&b, "lock",
		      "both, a file’s page|no the guard (busted)|opaque the guard|"
		      "opaque stray|both, a device-dax page"),
	   "and its bars, if it was measured");
	ok(has_rows(&b, "lock", "The steps, in words", ROWS("guard|the guard|Means guard.")),
	   "what the steps are is said");
	close_bed(&b);
	dax_bed(&b, false);
	ok(section_says(&b, "lock",
			"The step “stray”: +30.0 ns. The step “guard”: "
			"+20.0 ns.") &&
		   table_of(section_of(&b, NULL, "lock"), lock_caption)->nr_rows == 8,
	   "without an axis every step has its rows by its name");
	close_bed(&b);
}

/* ---- other threads at the DAX file ---- */

static void contended(struct results_doc *doc, const char *load, int threads, double time)
{
	synth_row(doc, "dax/contended", RESULTS_REF,
		  synth_text("load=%s,threads=%d", load, threads), "time", RESULTS_EXACT, time);
}

static void test_loads(void)
{
	struct results_value values[] = { VALUE("stir", "stirring"), VALUE("idle", "idling") };
	struct results_doc *doc;
	struct bed b;

	open_bed(&b);
	doc = add_native(&b);
	add_axis(doc, "load", values, 2);
	contended(doc, "stray", 2, 70);
	contended(doc, "idle", 2, 50);
	contended(doc, "idle", 5, 51);
	synth_skip(doc, "dax/contended", RESULTS_REF, "load=stir,threads=2", "no CPU");
	synth_row(doc, "dax/contended", RESULTS_REF, "load=idle,threads=2", "lock_retries",
		  RESULTS_SAMPLED, 3);
	dax_build(&b.model);
	ok(section_says(
		   &b, "contended",
		   "With 2 other threads a lock and unlock takes 50.0 ns (“idling”; the mapping "
		   "found under its lock was another one 3 ") &&
		   section_says(&b, "contended",
				" times per lock), 70.0 ns (“stray”); not measured so: "
				"“stirring” (no CPU)."),
	   "the other threads' work is the document's, and what was skipped is said");
	ok(has_rows(&b, "contended", "Other pinned threads at the file, native",
		    ROWS("stirring|2|no CPU", "idling|2|50.0 ns", "idling|5|51.0 ns",
			 "stray|2|70.0 ns")),
	   "each load and number of threads has its row");
	close_bed(&b);
}

int main(void)
{
	test_kmap();
	test_busted_stacks();
	test_steps();
	test_skipped_step();
	test_lost_whole();
	test_dax();
	test_loads();
	return tap_done();
}
