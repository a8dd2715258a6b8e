// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Draws the figures: writes data and scripts, runs gnuplot over them, a few at a time, and makes of
 * its SVG what a page needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "embed.h"
#include "figdata.h"
#include "figure.h"
#include "files.h"
#include "stop.h"

#define NO_GNUPLOT 127 /* the child's exit status when there is no gnuplot to execute */

bool figure_has_data(const struct figure *f)
{
	if (f->kind != FIGURE_LINES)
		return f->nr_bars > 0;
	for (size_t i = 0; i < f->nr_lines; i++)
		if (f->lines[i].nr)
			return true;
	return false;
}

/* State of drawing all figures: the folder, and whether to go on running gnuplot. */
struct drawing {
	struct arena *arena;
	int folder;
	double seconds;	     /* time limit for gnuplot, per figure */
	const char *gave_up; /* why no further figure is drawn, or NULL */
};

static int write_script(struct drawing *d, const struct figure *f, const struct mu *script)
{
	const char *name = f->kind == FIGURE_LINES ? "plots/lines.gp.mustache"
						   : "plots/bars.gp.mustache";
	const char *file = arena_str(d->arena, "%s.gp", f->id);
	char error[256], *text;
	int err;

	err = mu_render(embed_find(name), script, MU_GNUPLOT, NULL, &text, error, sizeof(error));
	if (err) {
		fprintf(stderr, "ptbench report: %s: %s\n", name, error);
		return err;
	}
	err = file_make(d->folder, file, text);
	free(text);
	return err ? file_say("cannot write", file, err) : 0;
}

static int write_inputs(struct drawing *d, const struct figure *f)
{
	const char *file = arena_str(d->arena, "%s.tsv", f->id);
	struct mu *script = mu_object();
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	int err = -ENOMEM;

	if (!to || !script)
		goto out_free;
	if (f->kind == FIGURE_LINES)
		figure_lines(d->arena, f, to, script);
	else
		figure_bars(d->arena, f, to, script);
	if (ferror(to) | fclose(to)) {
		to = NULL;
		goto out_free;
	}
	to = NULL;
	err = file_make(d->folder, file, text);
	if (err)
		file_say("cannot write", file, err);
	else
		err = write_script(d, f, script);
out_free:
	if (to)
		fclose(to);
	free(text);
	mu_free(script);
	return err;
}

/* In the child of parent. Runs gnuplot without the user's own settings and language. */
static void exec_gnuplot(const struct drawing *d, const char *id, int log, pid_t parent)
{
	static const struct rlimit largest = { 64UL << 20, 64UL << 20 };
	int nothing = open("/dev/null", O_RDWR);
	char script[256];

	snprintf(script, sizeof(script), "%s.gp", id);
	setpgid(0, 0); /* so that wait_job() can kill gnuplot's children, too */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before, and no signal will come */
		_exit(126);
	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(log, 2) < 0 ||
	    fchdir(d->folder) < 0 || setrlimit(RLIMIT_FSIZE, &largest) < 0)
		_exit(126);
	setenv("LC_ALL", "C.UTF-8", 1);
	execlp("gnuplot", "gnuplot", "-d", script, (char *)NULL);
	_exit(NO_GNUPLOT);
}

/* ---- one figure: a job ---- */

struct job {
	struct figure *figure;
	pid_t pid; /* 0: gnuplot was not started */
	struct timespec start;
};

static const char *log_name(struct drawing *d, const struct figure *f)
{
	return arena_str(d->arena, "%s.log", f->id);
}

static int start_job(struct drawing *d, struct job *job)
{
	int err = write_inputs(d, job->figure), log;
	const pid_t parent = getpid();

	if (err || d->gave_up) {
		job->figure->lost = d->gave_up;
		return err;
	}
	log = openat(d->folder, log_name(d, job->figure),
		     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (log < 0)
		return file_say("cannot write", log_name(d, job->figure), -errno);
	fflush(NULL);
	clock_gettime(CLOCK_MONOTONIC, &job->start);
	job->pid = fork();
	if (job->pid == 0)
		exec_gnuplot(d, job->figure->id, log, parent);
	if (job->pid < 0) {
		job->pid = 0;
		job->figure->lost = d->gave_up = "gnuplot could not be started";
	}
	close(log);
	return 0;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* Waits for gnuplot. Kills it and returns false if it takes too long or a signal asks to end. */
static bool wait_job(const struct drawing *d, const struct job *job, int *status)
{
	static const struct timespec moment = { 0, 2000000 };
	pid_t got;

	while ((got = waitpid(job->pid, status, WNOHANG)) <= 0) {
		if (got < 0 && errno != EINTR)
			return false;
		if (stop_asked() || seconds_since(&job->start) > d->seconds) {
			kill(-job->pid, SIGKILL);
			kill(job->pid, SIGKILL); /* if it has not made its process group yet */
			while (waitpid(job->pid, status, 0) < 0 && errno == EINTR)
				;
			return false;
		}
		nanosleep(&moment, NULL);
	}
	return true;
}

/* The first line of gnuplot's messages that contains words, for a sentence. */
static const char *complaint(struct arena *a, const char *log)
{
	size_t len;

	for (; log && *log; log += len + (log[len] == '\n')) {
		len = strcspn(log, "\n");
		if (strspn(log, " \t^") < len)
			return clean(a, arena_str(a, "%.*s", (int)(len < 160 ? len : 160),
						  log + strspn(log, " \t")));
	}
	return "no message";
}

/* Why there is no figure, or NULL. A figure that gnuplot warned about is not used: it may not show
 * the data. */
static const char *judge(struct drawing *d, const char *log, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_GNUPLOT)
		return d->gave_up = "gnuplot is not installed (apt-get install gnuplot-nox)";
	if (WIFSIGNALED(status))
		return arena_str(d->arena, "gnuplot was ended by signal %d", WTERMSIG(status));
	if (status)
		return arena_str(d->arena, "gnuplot failed: %s", complaint(d->arena, log));
	if (!log || *log)
		return arena_str(d->arena, "gnuplot complained: %s", complaint(d->arena, log));
	return NULL;
}

static int finish_svg(struct drawing *d, struct figure *f)
{
	const char *file = arena_str(d->arena, "%s.svg", f->id);
	char *raw = file_read_at(d->folder, file), *alone = NULL;
	int err = 0;

	if (!f->lost && raw) {
		f->svg = figure_svg(f, raw, NULL);
		alone = figure_svg(f, raw, embed_find("assets/figure.css"));
	}
	unlinkat(d->folder, file, 0);
	if (!f->lost && f->svg && alone)
		err = file_make(d->folder, file, alone);
	else if (!f->lost)
		f->lost =
			"gnuplot wrote something else than the SVG that its versions 5.4 and 6 write";
	free(raw);
	free(alone);
	return err ? file_say("cannot write", file, err) : 0;
}

static int end_job(struct drawing *d, struct job *job)
{
	struct figure *f = job->figure;
	char *log;
	int status;

	if (!job->pid)
		return 0;
	if (!wait_job(d, job, &status)) {
		f->lost = arena_str(d->arena, "gnuplot was not done after %g s", d->seconds);
		d->gave_up = "gnuplot was not done in time with another figure";
	}
	log = file_read_at(d->folder, log_name(d, f));
	if (!f->lost)
		f->lost = judge(d, log, status);
	if (!log || !*log)
		unlinkat(d->folder, log_name(d, f), 0);
	free(log);
	return finish_svg(d, f);
}

static size_t collect_jobs(struct model *m, struct job **out)
{
	struct job *jobs = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_pages; i++) {
		for (size_t j = 0; j < m->pages[i].nr_sections; j++) {
			struct section *s = m->pages[i].sections[j];

			for (size_t k = 0; k < s->nr_figures; k++) {
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

/* Prints which figures are missing, each reason once. Returns their number. */
static int say_lost(const struct job *jobs, size_t nr)
{
	const char *said = NULL;
	int lost = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct figure *f = jobs[i].figure;

		if (!f->lost)
			continue;
		if (!said || strcmp(said, f->lost))
			fprintf(stderr, "ptbench report: figure %s could not be drawn: %s\n", f->id,
				f->lost);
		said = f->lost;
		lost++;
	}
	if (lost)
		fprintf(stderr,
			"ptbench report: %d of %zu figures are left out of the report; their "
			"numbers are in its tables\n",
			lost, nr);
	return lost;
}

int figures_limit(double *seconds)
{
	const char *text = getenv("PTBENCH_GNUPLOT_SECONDS");
	char *end;

	*seconds = 60;
	if (!text || !*text)
		return 0;
	*seconds = strtod(text, &end);
	if (!*end && *seconds > 0 && *seconds <= 86400)
		return 0;
	fprintf(stderr,
		"ptbench report: PTBENCH_GNUPLOT_SECONDS=%s: must be a number of seconds "
		"above 0, and at most 86400; set it so, or unset it (60)\n",
		results_shown(text));
	return -EINVAL;
}

int figures_draw(struct model *m, int folder)
{
	struct drawing d = { m->arena, folder, 60, NULL };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t width = cpus > 1 ? (size_t)cpus : 1, started = 0, ended = 0, nr;
	struct job *jobs;
	int err = 0, one;

	err = figures_limit(&d.seconds);
	if (err)
		return err;
	nr = collect_jobs(m, &jobs);
	while (ended < started || (!err && started < nr)) {
		if (stop_asked())
			err = -EINTR;
		while (!err && started < nr && started - ended < width) {
			err = start_job(&d, &jobs[started]);
			if (!err)
				started++;
		}
		if (ended < started) {
			one = end_job(&d, &jobs[ended++]);
			err = err ? err : one;
		}
	}
	if (stop_asked())
		return -EINTR;
	return err ? err : say_lost(jobs, nr);
}

void figures_free(struct model *m)
{
	for (size_t i = 0; i < m->nr_pages; i++)
		for (size_t j = 0; j < m->pages[i].nr_sections; j++)
			for (size_t k = 0; k < m->pages[i].sections[j]->nr_figures; k++) {
				free(m->pages[i].sections[j]->figures[k]->svg);
				m->pages[i].sections[j]->figures[k]->svg = NULL;
			}
}
