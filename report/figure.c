// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Draws the figures: writes data and scripts, runs gnuplot over them, a few at a time, and makes of
 * its SVG what a page needs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embed.h"
#include "figdata.h"
#include "figure.h"
#include "files.h"

#define NO_GNUPLOT 127 /* what the child exits with when there is nothing to execute */

bool figure_has_data(const struct figure *f)
{
	size_t i;

	if (f->kind != FIGURE_LINES)
		return f->nr_bars > 0;
	for (i = 0; i < f->nr_lines; i++)
		if (f->lines[i].nr)
			return true;
	return false;
}

static int write_script(const char *dir, struct arena *a, const struct figure *f,
			const struct mu *script)
{
	const char *name =
		f->kind == FIGURE_LINES ? "plots/lines.gp.mustache" : "plots/bars.gp.mustache";
	const char *path = arena_str(a, "%s/%s.gp", dir, f->id);
	char error[256], *text;
	int ret;

	ret = mu_render(embed_find(name), script, MU_GNUPLOT, NULL, &text, error, sizeof(error));
	if (ret) {
		fprintf(stderr, "ptbench report: %s: %s\n", name, error);
		return ret;
	}
	ret = file_write(path, text);
	free(text);
	return ret ? file_say("cannot write", path, ret) : 0;
}

static int write_inputs(const char *dir, struct arena *a, const struct figure *f)
{
	const char *path = arena_str(a, "%s/%s.tsv", dir, f->id);
	struct mu *script = mu_object();
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int ret = -ENOMEM;

	if (!to || !script)
		goto out_free;
	if (f->kind == FIGURE_LINES)
		figure_lines(a, f, to, script);
	else
		figure_bars(a, f, to, script);
	if (fclose(to) == EOF) {
		to = NULL;
		goto out_free;
	}
	to = NULL;
	ret = file_write(path, text);
	if (ret)
		file_say("cannot write", path, ret);
	else
		ret = write_script(dir, a, f, script);
out_free:
	if (to)
		fclose(to);
	free(text);
	mu_free(script);
	return ret;
}

/* In the child. The user's own gnuplot settings and language must not change a figure. */
static void exec_gnuplot(const char *dir, const char *id)
{
	char script[256], log[256];

	snprintf(script, sizeof(script), "%s.gp", id);
	snprintf(log, sizeof(log), "%s.log", id);
	if (chdir(dir) < 0 || !freopen(log, "w", stderr) || !freopen("/dev/null", "r", stdin))
		_exit(126);
	setenv("LC_ALL", "C.UTF-8", 1);
	execlp("gnuplot", "gnuplot", "-d", script, (char *)NULL);
	_exit(NO_GNUPLOT);
}

/* A script that gnuplot complains about drew something else than was meant. */
static int check_log(const char *dir, struct arena *a, const struct figure *f, int status)
{
	const char *path = arena_str(a, "%s/%s.log", dir, f->id);
	char *log = file_read(path);
	int ret = 0;

	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_GNUPLOT) {
		fprintf(stderr, "ptbench report: gnuplot is not installed; it draws the figures: "
				"apt-get install gnuplot-nox\n");
		ret = -ENOENT;
	} else if (status || !log || *log) {
		fprintf(stderr, "ptbench report: gnuplot failed on %s/%s.gp: %s\n", dir, f->id,
			log && *log ? log : "no message");
		ret = -EIO;
	}
	if (!ret)
		unlink(path);
	free(log);
	return ret;
}

static int finish_svg(const char *dir, struct arena *a, struct figure *f)
{
	const char *path = arena_str(a, "%s/%s.svg", dir, f->id);
	char *raw = file_read(path), *alone = NULL;
	int ret = -EIO;

	if (!raw) {
		ret = file_say("cannot read", path, -errno);
		goto out_free;
	}
	f->svg = figure_svg(f, raw, NULL);
	alone = figure_svg(f, raw, embed_find("assets/figure.css"));
	if (!f->svg || !alone) {
		fprintf(stderr, "ptbench report: %s is not the SVG that gnuplot 5.4 writes; "
				"is another gnuplot in PATH?\n", path);
		goto out_free;
	}
	ret = file_write(path, alone);
	if (ret)
		file_say("cannot write", path, ret);
out_free:
	free(raw);
	free(alone);
	return ret;
}

struct job {
	struct figure *figure;
	pid_t pid;
};

static int start_job(const char *dir, struct arena *a, struct job *job)
{
	int ret = write_inputs(dir, a, job->figure);

	if (ret)
		return ret;
	fflush(NULL);
	job->pid = fork();
	if (job->pid < 0)
		return -errno;
	if (job->pid == 0)
		exec_gnuplot(dir, job->figure->id);
	return 0;
}

static int end_job(const char *dir, struct arena *a, struct job *job)
{
	int status, ret;

	while (waitpid(job->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	ret = check_log(dir, a, job->figure, status);
	return ret ? ret : finish_svg(dir, a, job->figure);
}

static size_t collect_jobs(struct model *m, struct job **out)
{
	struct job *jobs = NULL;
	size_t nr = 0, i, j, k;

	for (i = 0; i < m->nr_pages; i++) {
		for (j = 0; j < m->pages[i].nr_sections; j++) {
			struct section *s = m->pages[i].sections[j];

			for (k = 0; k < s->nr_figures; k++) {
				figure_prune(s->figures[k]);
				if (!figure_has_data(s->figures[k]))
					continue;
				jobs = arena_grow(m->arena, jobs, nr, sizeof(*jobs));
				jobs[nr++].figure = s->figures[k];
			}
		}
	}
	*out = jobs;
	return nr;
}

int figures_draw(struct model *m, const char *out)
{
	const char *dir = arena_str(m->arena, "%s/figures", out);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t width = cpus > 1 ? (size_t)cpus : 1, started = 0, ended = 0, nr;
	struct job *jobs;
	int ret = 0, one;

	nr = collect_jobs(m, &jobs);
	while (ended < started || (!ret && started < nr)) {
		while (!ret && started < nr && started - ended < width) {
			ret = start_job(dir, m->arena, &jobs[started]);
			if (!ret)
				started++;
		}
		if (ended < started) {
			one = end_job(dir, m->arena, &jobs[ended++]);
			ret = ret ? ret : one;
		}
	}
	return ret;
}

void figures_free(struct model *m)
{
	size_t i, j, k;

	for (i = 0; i < m->nr_pages; i++)
		for (j = 0; j < m->pages[i].nr_sections; j++)
			for (k = 0; k < m->pages[i].sections[j]->nr_figures; k++) {
				free(m->pages[i].sections[j]->figures[k]->svg);
				m->pages[i].sections[j]->figures[k]->svg = NULL;
			}
}
