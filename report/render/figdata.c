// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a figure to gnuplot's data file and script.
 */
#include <array_size.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed.h"
#include "figdata.h"
#include "mustache.h"

#define WIDTH 440
#define MAX_HEADING 50	 /* characters */
#define MAX_LABEL 34	 /* characters */
#define MAX_KEY 48	 /* characters of a label in the key of lines */
#define ROW 22		 /* pixels of a bar and the space around it */
#define OFFSET_WIDTH 9.1 /* pixels of a gnuplot character unit, in which offsets are given */
#define CHAR_WIDTH 7.7	 /* of the labels, in the widest of the usual fonts */

/* Legible on white and on the dark theme's background; distinct for colour-blind readers. */
static const char *const series_rgb[] = {
	"#2b7bba", "#c2660c", "#2f8a5b", "#8f63c5", "#cc4a55", "#7a828c",
};
#define NR_SERIES ((int)ARRAY_SIZE(series_rgb))

const char *figure_field(struct arena *a, const char *text)
{
	char *out = arena_str(a, "\"%s\"", clean(a, text));
	size_t len = strlen(out);

	for (size_t i = 1; i + 1 < len; i++)
		/* '@' stays: macros are read in scripts alone, and labels are noenhanced. */
		if (strchr("\"\\%#`${}", out[i]))
			out[i] = '?';
	return out;
}

/* Columns on the screen, approximately: counts the bytes that start a UTF-8 character. */
static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static const char *shorten(struct arena *a, const char *text, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; text[i]; i++) {
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (n > max)
			return arena_str(a, "%.*s…", (int)i, text);
	}
	return text;
}

#define LARGEST 1e30   /* above any measured value; arithmetic on axes stays finite */
#define SMALLEST 1e-30 /* least value on a logarithmic axis */

static bool drawable(const struct figure *f, const struct rvalue *v)
{
	bool log = f->kind == FIGURE_FACTORS || (f->kind == FIGURE_BARS && f->logscale);

	return fabs(v->v) < LARGEST && fabs(v->low) < LARGEST && fabs(v->high) < LARGEST &&
	       (!log || (v->v > SMALLEST && (v->low <= 0 || v->low > SMALLEST)));
}

static void prune_line(const struct figure *f, struct line *l)
{
	size_t nr = 0;

	for (size_t i = 0; i < l->nr; i++) {
		if (!drawable(f, &l->y[i]) || !(fabs(l->x[i]) < LARGEST) ||
		    (f->logscale && l->x[i] < SMALLEST))
			continue;
		l->x[nr] = l->x[i];
		l->y[nr++] = l->y[i];
	}
	l->nr = nr;
}

void figure_prune(struct figure *f)
{
	size_t nr = 0;

	for (size_t i = 0; i < f->nr_lines; i++)
		prune_line(f, &f->lines[i]);
	for (size_t i = 0; i < f->nr_bars; i++)
		if (drawable(f, &f->bars[i].value))
			f->bars[nr++] = f->bars[i];
	f->nr_bars = nr;
}

/* The divisor that keeps an axis' numbers short, and the unit after division. */
struct axis_unit {
	double by;
	const char *unit;
};

static struct axis_unit axis_unit(const struct results_metric *metric, double max)
{
	if (!strcmp(metric->unit, "ns")) {
		if (max >= 1e7)
			return (struct axis_unit){ 1e6, "ms" };
		if (max >= 1e4)
			return (struct axis_unit){ 1e3, "µs" };
	}
	if (!strcmp(metric->unit, "walks/s") && max >= 1e6)
		return (struct axis_unit){ 1e6, "million walks/s" };
	return (struct axis_unit){ 1, metric->unit };
}

#define MAX_TICS 100 /* bounds the loops when rounding makes a step too small */

/* 1, 2 or 5 times a power of ten: the step that makes at most `most` tics. */
static double nice_step(double range, int most)
{
	double step = pow(10, floor(log10(range / most)));

	if (!isnormal(step))
		return range; /* the range is too small for steps */
	if (range / (step * 1) <= most)
		return step;
	if (range / (step * 2) <= most)
		return step * 2;
	if (range / (step * 5) <= most)
		return step * 5;
	return step * 10;
}

static int decimals_of(double v)
{
	int n = 0;

	while (n < 6 && fabs(v - round(v)) > 1e-9 * fabs(v)) {
		v *= 10;
		n++;
	}
	return n;
}

static void set(struct mu *o, const char *key, const char *text)
{
	mu_set(o, key, mu_string(text));
}

static void set_num(struct arena *a, struct mu *o, const char *key, double v)
{
	set(o, key, arena_str(a, "%.10g", v));
}

static void add_tic(struct arena *a, struct mu *list, bool first, double at, const char *label)
{
	struct mu *t = mu_object();

	set_num(a, t, "at", at);
	set(t, "label", label);
	set(t, "comma", first ? "" : ", ");
	mu_push(list, t);
}

static struct mu *linear_tics(struct arena *a, double min, double max, int most, bool whole)
{
	double step = whole ? fmax(1, nice_step(max - min, most)) : nice_step(max - min, most);
	double first = ceil(min / step) * step;
	struct mu *list = mu_list();

	for (int i = 0; i < MAX_TICS && first + i * step <= max + step * 1e-9; i++)
		add_tic(a, list, !i, first + i * step,
			group_digits(a, first + i * step, decimals_of(step)));
	return list;
}

/* Does the figure show counts? Their tics are whole numbers: there is no half interrupt. */
static bool is_count(const struct figure *f)
{
	const char *unit = f->bars[0].value.metric->unit;

	return strcmp(unit, "ns") && strcmp(unit, "walks/s");
}

/* Tics at 1, 2 and 5 of each decade, for axes with few decades. */
static struct mu *log_tics_125(struct arena *a, double min, double max)
{
	static const double steps[] = { 1, 2, 5 };
	struct mu *list = mu_list();
	bool first = true;

	for (int e = (int)floor(log10(min)); e <= log10(max); e++)
		for (size_t i = 0; i < 3; i++) {
			double at = steps[i] * pow(10, e);

			if (at < min * 0.9999 || at > max * 1.0001)
				continue;
			add_tic(a, list, first, at, group_digits(a, at, e < 0 ? -e : 0));
			first = false;
		}
	return list;
}

/* Tics at decades; at every second or third one if there are many. */
static struct mu *log_tics(struct arena *a, double min, double max)
{
	double decades = log10(max / min);
	int by = decades > 16 ? (int)(decades / 5) : decades > 8 ? 3 : decades > 5 ? 2 : 1;
	int first = (int)ceil(log10(min) - 1e-9);
	struct mu *list;

	if (decades < 1.8)
		return log_tics_125(a, min, max);
	list = mu_list();
	for (int e = first; e <= log10(max) + 1e-9; e += by)
		add_tic(a, list, e == first, pow(10, e),
			group_digits(a, pow(10, e), e < 0 ? -e : 0));
	return list;
}

static struct mu *factor_tics(struct arena *a, double min, double max)
{
	double by = pow(2, ceil(log2(max / min) / 16)); /* 2, up to 16 octaves */
	struct mu *list = mu_list();

	for (double at = min; at <= max * 1.001; at *= by)
		add_tic(a, list, at == min, at,
			at < 1 ? arena_str(a, "1/%.0f", 1 / at) : arena_str(a, "%.0f", at));
	return list;
}

static void file_names(struct arena *a, const struct figure *f, struct mu *o)
{
	set(o, "svg", arena_str(a, "%s.svg", f->id));
	set(o, "data", arena_str(a, "%s.tsv", f->id));
	set(o, "script", arena_str(a, "%s.gp", f->id));
	set_num(a, o, "width", WIDTH);
}

/* ---- bars ---- */

struct bars_layout {
	struct axis_unit unit;
	double min, max; /* of the axis */
	double rows;	 /* height of bars and headings, in bars */
	size_t nr_headings;
	double left, right; /* pixels */
};

static void bars_range(const struct figure *f, struct bars_layout *l)
{
	double max = 0, min = 0, least = 0;

	for (size_t i = 0; i < f->nr_bars; i++) {
		const struct rvalue *v = &f->bars[i].value;

		max = fmax(max, fmax(v->v, v->high));
		min = fmin(min, fmin(v->v, v->low));
		if (v->v > 0 && (!least || v->v < least))
			least = v->v;
		if (v->low > 0 && v->low < least)
			least = v->low;
	}
	if (f->kind == FIGURE_FACTORS) {
		l->min = fmin(0.5, pow(2, floor(log2(least ? least : 1))));
		l->max = fmax(2, pow(2, ceil(log2(max ? max : 1))));
	} else if (f->logscale) {
		l->min = pow(10, floor(log10(least ? least : 1) - 0.05));
		l->max = fmax(max * 1.3, l->min * 10);
	} else {
		l->min = min * 1.06;
		l->max = max > 0 ? max * 1.04 : min < 0 ? 0 : 1;
	}
}

static const char *bar_number(struct arena *a, const struct figure *f, const struct bar *b)
{
	if (f->kind == FIGURE_FACTORS)
		return arena_str(a, "%.2f×", b->value.v);
	return number_text(a, b->value.metric, b->value.v);
}

static bool new_heading(const struct figure *f, size_t i)
{
	const struct bar *b = &f->bars[i];

	return b->heading &&
	       (i == 0 || !f->bars[i - 1].heading || strcmp(f->bars[i - 1].heading, b->heading));
}

static void bars_margins(struct arena *a, const struct figure *f, struct bars_layout *l)
{
	size_t label = 4, number = 4;

	for (size_t i = 0; i < f->nr_bars; i++) {
		size_t n = columns(shorten(a, f->bars[i].label, MAX_LABEL));

		label = n > label ? n : label;
		n = columns(bar_number(a, f, &f->bars[i]));
		number = n > number ? n : number;
		l->nr_headings += new_heading(f, i);
	}
	l->rows = (double)f->nr_bars + 1.25 * (double)l->nr_headings;
	l->left = (double)label * CHAR_WIDTH + 12;
	l->right = WIDTH - (double)number * CHAR_WIDTH - 14;
}

static void bars_data(struct arena *a, const struct figure *f, const struct bars_layout *l,
		      FILE *to)
{
	double by = l->unit.by, y = 0;
	size_t i;

	fprintf(to, "# y\tvalue\tlow\thigh\trgb\tlabel\tnumber\n");
	for (i = 0; i < f->nr_bars; i++) {
		const struct bar *b = &f->bars[i];

		y -= new_heading(f, i) ? 2.25 : 1;
		fprintf(to, "%.10g\t%.10g\t%.10g\t%.10g\t0x%s\t%s\t%s\n", y + 0.5, b->value.v / by,
			(f->logscale ? fmax(b->value.low, l->min) : b->value.low) / by,
			b->value.high / by, series_rgb[b->series % NR_SERIES] + 1,
			figure_field(a, shorten(a, b->label, MAX_LABEL)),
			figure_field(a, bar_number(a, f, b)));
	}
	fprintf(to, "\n\n# y\theading\n");
	for (i = 0, y = 0; i < f->nr_bars; i++) {
		y -= new_heading(f, i) ? 2.25 : 1;
		if (new_heading(f, i))
			fprintf(to, "%.10g\t%s\n", y + 1.5,
				figure_field(a, shorten(a, f->bars[i].heading, MAX_HEADING)));
	}
}

static const char *axis_title(struct arena *a, const char *label, struct axis_unit unit)
{
	if (!*unit.unit || strstr(label, unit.unit))
		return label;
	return arena_str(a, "%s (%s)", label, unit.unit);
}

void figure_bars(struct arena *a, const struct figure *f, FILE *to, struct mu *o)
{
	struct bars_layout l = { 0 };
	double height, by;
	bool factors = f->kind == FIGURE_FACTORS, log = f->logscale || factors;

	bars_range(f, &l);
	bars_margins(a, f, &l);
	l.unit = factors ? (struct axis_unit){ 1, "" } : axis_unit(f->bars[0].value.metric, l.max);
	by = l.unit.by;
	height = l.rows * ROW + 58;
	file_names(a, f, o);
	set_num(a, o, "height", ceil(height));
	set_num(a, o, "left", l.left / WIDTH);
	set_num(a, o, "right", l.right / WIDTH);
	set_num(a, o, "top", 1 - 4 / height);
	set_num(a, o, "bottom", 50 / height);
	/* Rounding could drop a label exactly at the end of a logarithmic axis. */
	set_num(a, o, "xmin", log ? l.min / by * 0.999 : l.min / by);
	set_num(a, o, "xmax", l.max / by);
	set_num(a, o, "edge", l.min / by);
	set_num(a, o, "numbers_at", l.max / by * 0.999);
	mu_set(o, "numbers_right", mu_bool(factors));
	set_num(a, o, "base", log ? l.min / by : 0);
	set_num(a, o, "ymin", -l.rows);
	set_num(a, o, "dot", log ? 0 : 0.01);
	set_num(a, o, "indent", (l.left - 3) / OFFSET_WIDTH);
	set(o, "whisker", "black");
	set(o, "xlabel", axis_title(a, f->xlabel, l.unit));
	mu_set(o, "log", mu_bool(log));
	mu_set(o, "headings", mu_bool(l.nr_headings > 0));
	if (factors) {
		mu_set(o, "band", mu_bool(true));
		set_num(a, o, "band_low", 1 / 1.3);
		set_num(a, o, "band_high", 1.3);
	}
	mu_set(o, "tics",
	       factors ? factor_tics(a, l.min, l.max)
	       : log   ? log_tics(a, l.min / by, l.max / by)
		       : linear_tics(a, l.min / by, l.max / by, 4, is_count(f)));
	bars_data(a, f, &l, to);
}

/* ---- lines ---- */

struct lines_range {
	double xmin, xmax, ymin, ymax;
};

static void lines_range(const struct figure *f, struct lines_range *r)
{
	r->xmin = INFINITY;
	for (size_t i = 0; i < f->nr_lines; i++) {
		for (size_t j = 0; j < f->lines[i].nr; j++) {
			r->xmin = fmin(r->xmin, f->lines[i].x[j]);
			r->xmax = fmax(r->xmax, f->lines[i].x[j]);
			r->ymin = fmin(r->ymin, f->lines[i].y[j].low);
			r->ymax = fmax(r->ymax, f->lines[i].y[j].high);
		}
	}
	if (!f->logscale)
		r->xmin = 0;
	if (r->xmax <= r->xmin)
		r->xmax = r->xmin + fmax(1, r->xmin);
	if (r->ymax <= r->ymin)
		r->ymax = r->ymin + 1;
}

static void lines_data(struct arena *a, const struct figure *f, double by, FILE *to, struct mu *o)
{
	struct mu *list = mu_list(), *l;
	size_t index = 0, last = 0;

	for (size_t i = 0; i < f->nr_lines; i++)
		last = f->lines[i].nr ? i : last;
	for (size_t i = 0; i < f->nr_lines; i++) {
		const struct line *line = &f->lines[i];

		if (!line->nr)
			continue;
		fprintf(to, "%s%s\n", index ? "\n\n" : "",
			figure_field(a, shorten(a, line->label, MAX_KEY)));
		for (size_t j = 0; j < line->nr; j++)
			fprintf(to, "%.10g\t%.10g\n", line->x[j], line->y[j].v / by);
		l = mu_object();
		set_num(a, l, "index", (double)index);
		set_num(a, l, "point", (double)(5 + 2 * (index % 4)));
		set_num(a, l, "dash", (double)(1 + index % 4));
		set(l, "rgb", series_rgb[line->series % NR_SERIES]);
		mu_set(l, "last", mu_bool(i == last));
		mu_push(list, l);
		index++;
	}
	set_num(a, o, "nr_lines", (double)index);
	mu_set(o, "lines", list);
}

static struct mu *power_tics(struct arena *a, double min, double max)
{
	struct mu *list = mu_list();
	double by = max / min > 64 ? 4 : 2;
	int i = 0;

	if (max / min > 1e6)
		by = pow(2, ceil(log2(max / min) / 8));
	for (double at = min; i++ < MAX_TICS && at <= max * 1.001; at *= by)
		add_tic(a, list, at == min, at, group_digits(a, at, decimals_of(at)));
	return list;
}

/* The metric of the first line's points that has any. */
static const struct results_metric *lines_metric(const struct figure *f)
{
	size_t i = 0;

	while (!f->lines[i].nr)
		i++;
	return f->lines[i].y[0].metric;
}

void figure_lines(struct arena *a, const struct figure *f, FILE *to, struct mu *o)
{
	struct lines_range r = { 0 };
	struct axis_unit unit;
	double legend = 19 * (double)f->nr_lines, height = 308 + legend;
	double left;
	int decimals;

	lines_range(f, &r);
	unit = axis_unit(lines_metric(f), r.ymax);
	decimals = decimals_of(nice_step((r.ymax * 1.04 - r.ymin) / unit.by, 5));
	left = 20 + CHAR_WIDTH * (double)columns(group_digits(a, r.ymax / unit.by, decimals));
	file_names(a, f, o);
	set_num(a, o, "height", height);
	set_num(a, o, "left", left / WIDTH);
	set_num(a, o, "right", 1 - 16.0 / WIDTH);
	set_num(a, o, "top", 1 - (legend + 34) / height);
	set_num(a, o, "bottom", 54 / height);
	set_num(a, o, "ylabel_at", 1 - (legend + 20) / height);
	set_num(a, o, "xmin", r.xmin);
	set_num(a, o, "xmax", r.xmax);
	set_num(a, o, "ymin", r.ymin / unit.by);
	set_num(a, o, "ymax", r.ymax * 1.04 / unit.by);
	set(o, "xlabel", f->xlabel);
	set(o, "ylabel", axis_title(a, f->ylabel, unit));
	mu_set(o, "log", mu_bool(f->logscale));
	mu_set(o, "tics",
	       f->logscale ? power_tics(a, r.xmin, r.xmax)
			   : linear_tics(a, r.xmin, r.xmax, 6, true));
	mu_set(o, "ytics", linear_tics(a, r.ymin / unit.by, r.ymax * 1.04 / unit.by, 5, false));
	lines_data(a, f, unit.by, to, o);
}
