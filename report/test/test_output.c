// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a report goes: nothing planted in a run's folder is followed or obeyed, what is no report
 * is left alone, several at once succeed, and a gnuplot that does not draw costs its figures alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../scripts/tap.h"

#include "../report.h"
#include "../render/staging.h"
#include "html.h"
#include "look.h"
#include "synth.h"

static char temp[] = "/tmp/ptbench-output-XXXXXX";
static char *run_dir; /* of a complete run */

/* What the latest render() or answer() said on stderr. */
static char *said;

/*
 * Renders in a child, so that one that hangs or dies is one failure. as: a user to become, or 0.
 * Returns its exit status, or -1.
 */
static int render_as(const char *run, const char *out, uid_t as)
{
	char *log = keep(look_path(temp, "stderr")), text[65536];
	FILE *from;
	pid_t pid;
	int status;

	fflush(stdout);
	unlink(log);
	pid = fork();
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);

		alarm(120);
		dup2(fd, 2);
		if (as && setuid(as))
			_exit(99);
		_exit(report_render(run, out));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	free(said);
	from = fopen(log, "r");
	text[from ? fread(text, 1, sizeof(text) - 1, from) : 0] = '\0';
	if (from)
		fclose(from);
	said = keep(text);
	free(log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int render(const char *run, const char *out)
{
	return render_as(run, out, 0);
}

static bool says(const char *words)
{
	bool found = said && strstr(said, words);

	if (!found)
		diag("said: %.300s", said ? said : "nothing");
	return found;
}

static bool is(const char *path, const char *text)
{
	char buf[4096];
	FILE *from = fopen(path, "r");

	buf[from ? fread(buf, 1, sizeof(buf) - 1, from) : 0] = '\0';
	if (from)
		fclose(from);
	return !strcmp(buf, text);
}

/* Names in a folder that begin so. */
static size_t count(const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		n += !strncmp(e->d_name, prefix, strlen(prefix));
	if (d)
		closedir(d);
	return n;
}

static bool whole(const char *dir)
{
	return page_says(dir, "index.html", "Parts of this run") &&
	       !access(look_path(dir, "q5.html"), R_OK) &&
	       !access(look_path(dir, "style.css"), R_OK) &&
	       !access(look_path(dir, "parts/native.json"), R_OK);
}

/* ---- what others planted ---- */

static void test_planted(void)
{
	char run[512], *out, *figures, *victim = keep(look_path(temp, "victim"));

	ok(!synth_run(temp, SYNTH_COMPLETE, temp, run), "a run");
	out = keep(look_path(run, "report"));
	figures = keep(look_path(out, "figures"));
	look_write(victim, "precious");
	if (mkdir(out, 0777) || mkdir(figures, 0777) || mkdir(look_path(out, "parts"), 0777))
		abort();
	look_write(look_path(out, "index.html"),
		   "<!DOCTYPE html>\n<meta name=\"generator\" content=\"ptbench 1\">\n");
	ok(!symlink(victim, look_path(out, "style.css")) &&
		   !symlink(victim, look_path(figures, "q3-pair.log")) &&
		   !symlink(victim, look_path(figures, "q3-pair.svg")) &&
		   !symlink(victim, look_path(figures, "q3-pair.tsv")) &&
		   !symlink(victim, look_path(out, "parts/native.json")) &&
		   !mkfifo(look_path(figures, "q3-pair.gp"), 0666),
	   "an earlier report, with links and a pipe in it");
	ok(render(run, NULL) == 0 && whole(out), "renders");
	ok(is(victim, "precious"), "and writes through none of them");
	ok(count(run, ".ptbench") == 0, "and leaves nothing beside it");
	look_write(look_path(out, "style.css.tmp"), "");
	ok(render(run, NULL) == 2 && says("style.css.tmp"), "a file that no report has is named");
	free(victim);
	free(figures);
	free(out);
}

static void test_report_is_a_link(void)
{
	char run[512], *elsewhere = keep(look_path(temp, "elsewhere"));

	ok(!synth_run(temp, SYNTH_EMPTY, temp, run) && !mkdir(elsewhere, 0777) &&
		   !symlink(elsewhere, look_path(run, "report")),
	   "a run whose report is a link to a folder");
	ok(render(run, NULL) == 2 && says("/report is there and is no folder, or a link to one"),
	   "is not rendered");
	ok(count(elsewhere, "") == 2, "and nothing is in that folder");
	ok(!unlink(look_path(run, "report")) && !mkfifo(look_path(run, "report"), 0666) &&
		   render(run, NULL) == 2 && says("is no folder"),
	   "a pipe of that name is no place either");
	free(elsewhere);
}

static void test_parts_are_links(void)
{
	char run[512], *part;

	ok(!synth_run(temp, SYNTH_COMPLETE, temp, run), "a run");
	part = keep(look_path(run, "native.json"));
	ok(!unlink(part) && !symlink(look_path(run_dir, "native.json"), part) &&
		   !unlink(look_path(run, "explore.json")) &&
		   !symlink(look_path(run_dir, "explore.json"), look_path(run, "explore.json")) &&
		   !unlink(look_path(run, "ref.static.json")) &&
		   !mkfifo(look_path(run, "ref.static.json"), 0666),
	   "whose files are links, and one a pipe");
	ok(render(run, NULL) == 0, "renders");
	ok(page_says(look_path(run, "report"), "index.html",
		     "native unreadable: cannot be read: is a link"),
	   "the front page says that a part is a link");
	ok(page_says(look_path(run, "report"), "index.html",
		     "ref.static unreadable: cannot be read: is not a regular file"),
	   "and one a pipe");
	ok(page_says(look_path(run, "report"), "q5.html", "explore.json is a link"),
	   "and so does the page about the explorer");
	ok(access(look_path(run, "report/parts/native.json"), F_OK) < 0, "it is not copied");
	free(part);
}

static void test_other_suffix(void)
{
	char run[512], *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (synth_run(temp, SYNTH_EMPTY, temp, run))
		abort();
	fputs("{\"format\": \"ptbench-run\", \"version\": 1, \"command\": \"x\", \"started\": "
	      "\"2026-01-31T12:00:00Z\", \"finished\": null, \"revision\": \"0\", \"state\": "
	      "\"partial\", \"parts\": [{\"name\": \"native\", \"file\": \"evil.html\", \"state\": "
	      "\"passed\", \"reason\": null}]}",
	      to);
	fclose(to);
	look_write(look_path(run, "run.json"), text);
	ok(render(run, NULL) == 2 && says("evil.html") && says(".json at its end"),
	   "a part that is called as a page is makes the run unreadable");
	ok(access(look_path(run, "report"), F_OK) < 0, "and nothing is rendered");
	free(text);
}

/* ---- folders that are there ---- */

static void test_foreign_folders(void)
{
	char *out = keep(look_path(temp, "mine")), *notes = keep(look_path(out, "notes.txt"));
	char *fresh = keep(look_path(temp, "fresh"));
	struct stat st;

	ok(!mkdir(out, 0777), "a folder of somebody's");
	look_write(notes, "do not lose");
	ok(render(run_dir, out) == 2 && says("mine is there and is not a report") &&
		   says("notes.txt"),
	   "is not replaced");
	ok(is(notes, "do not lose") && access(look_path(out, "index.html"), F_OK) < 0 &&
		   count(temp, ".ptbench") == 0,
	   "and left as it was");
	unlink(notes);
	look_write(look_path(out, "index.html"), "<!DOCTYPE html>\n<title>my page</title>\n");
	ok(render(run_dir, out) == 2 && says("index.html"), "nor is one with another's index.html");
	ok(!mkdir(fresh, 0750) && render(run_dir, fresh) == 0 && whole(fresh) &&
		   !stat(fresh, &st) && (st.st_mode & 07777) == 0750,
	   "an empty one is, and its mode stays");
	look_write(look_path(fresh, "notes.txt"), "do not lose");
	ok(render(run_dir, fresh) == 2 && says("notes.txt") &&
		   is(look_path(fresh, "notes.txt"), "do not lose"),
	   "a report that somebody put a file into is left alone");
	ok(!unlink(look_path(fresh, "notes.txt")) && render(run_dir, fresh) == 0 && whole(fresh),
	   "and one of ours is replaced");
	free(out);
	free(notes);
	free(fresh);
}

/* Names that a report could have, too: only what it wrote is its. */
static void test_others_files(void)
{
	static const char *const folders[] = { "figures/mine.svg", "parts/notes.json" };
	static const char *const files[] = { "figures/own.svg", "parts/mine.json",
					     "parts/old.json" };
	char *out = keep(look_path(temp, "shared")), *path;

	ok(render(run_dir, out) == 0 && !access(look_path(out, ".ptbench-report"), R_OK),
	   "a report lists what it wrote");
	for (size_t i = 0; i < 2; i++) {
		path = keep(look_path(out, folders[i]));
		if (mkdir(path, 0777))
			abort();
		look_write(look_path(path, "precious.txt"), "do not lose");
		ok(render(run_dir, out) == 2 && says(folders[i]) &&
			   is(look_path(path, "precious.txt"), "do not lose"),
		   "a folder %s in it is not the report's", folders[i]);
		if (unlink(look_path(path, "precious.txt")) || rmdir(path))
			abort();
		free(path);
	}
	for (size_t i = 0; i < 3; i++) {
		path = keep(look_path(out, files[i]));
		look_write(path, "do not lose");
		ok(render(run_dir, out) == 2 && says(files[i]) && is(path, "do not lose"),
		   "nor is a file %s", files[i]);
		unlink(path);
		free(path);
	}
	path = keep(look_path(out, "figures/mine.svg"));
	ok(!unlink(look_path(out, ".ptbench-report")) && !mkdir(path, 0777) &&
		   render(run_dir, out) == 2 && says("figures/mine.svg") && !access(path, F_OK),
	   "nor is a folder in a report without a list");
	ok(!rmdir(path) && render(run_dir, out) == 0 && whole(out), "which else is replaced");
	free(path);
	free(out);
}

/* Not writable for that user, as a file system that is read-only is for nobody. */
static void test_unwritable(void)
{
	char *out;
	char run[512];
	int status;

	if (synth_run(temp, SYNTH_EMPTY, temp, run) || chmod(temp, 0755) || chmod(run, 0555))
		abort();
	status = render_as(run, NULL, geteuid() ? 0 : 65534);
	if (status == 99)
		tap_skip("cannot become another user");
	else
		ok(status == 2 && says("cannot make a folder in") && says("by -o DIR"),
		   "a run's folder that cannot be written: the message names -o");
	chmod(run, 0755);
	out = keep(look_path(temp, "outside"));
	ok(render(run, out) == 0 && !access(look_path(out, "index.html"), R_OK), "which helps");
	free(out);
}

static void test_many_at_once(bool there)
{
	char run[512], *report;
	int good = 0, status;

	if (synth_run(temp, SYNTH_HOLES, temp, run))
		abort();
	report = keep(look_path(run, "report"));
	if (there && render(run, NULL))
		abort();
	fflush(stdout);
	for (int i = 0; i < 8; i++)
		if (fork() == 0)
			_exit(report_render(run, NULL));
	for (int i = 0; i < 8; i++)
		good += wait(&status) > 0 && !status;
	ok(good == 8, "eight at once succeed %s (%d did)",
	   there ? "where there is a report" : "where there is none", good);
	ok(!access(look_path(report, "index.html"), R_OK) &&
		   !access(look_path(report, "q5.html"), R_OK) && count(run, ".ptbench") == 0,
	   "and leave one report and nothing else");
	free(report);
}

static void test_two_renames(void)
{
	char *out = keep(look_path(temp, "renamed"));
	struct staging s;
	int fd;

	for (int i = 0; i < 2; i++) {
		ok(!staging_begin(&s, out), "a folder is made%s", i ? " again" : "");
		s.by_two_renames = true;
		fd = openat(s.top, "index.html", O_WRONLY | O_CREAT | O_EXCL, 0666);
		dprintf(fd, "<!DOCTYPE html>\n<meta name=\"generator\" content=\"ptbench %d\">\n",
			i);
		close(fd);
		ok(!staging_publish(&s), "and published by renames alone");
		staging_end(&s);
	}
	ok(is(look_path(out, "index.html"),
	      "<!DOCTYPE html>\n<meta name=\"generator\" content=\"ptbench "
	      "1\">\n") &&
		   count(temp, ".ptbench") == 0,
	   "the second one is there, and nothing else");
	ok(!staging_begin(&s, out) && (staging_end(&s), count(temp, ".ptbench") == 0) &&
		   !access(look_path(out, "index.html"), R_OK),
	   "what is not published is removed");
	free(out);
}

/* ---- gnuplot ---- */

static void stand_in(const char *script)
{
	const char *dir = look_path(temp, "bin"), *path = look_path(dir, "gnuplot");

	mkdir(dir, 0777);
	look_write(path, script);
	chmod(path, 0755);
}

/* A report by that gnuplot: which reason its page gives, and that all else is there. */
static void test_gnuplot(const char *name, const char *script, const char *reason)
{
	char *out = keep(look_path(temp, "drawn")), *path = keep(getenv("PATH")), *with = NULL;
	char *figures = keep(look_path(out, "figures"));
	char why[256], *html;
	size_t size;
	FILE *from;

	if (asprintf(&with, "%s/bin:%s", temp, path) < 0)
		abort();
	if (script)
		stand_in(script);
	setenv("PATH", script ? with : "/nonexistent", 1);
	ok(render(run_dir, out) == 4, "%s: the exit status says that something is missing", name);
	setenv("PATH", path, 1);
	ok(says(reason) && says("figures are left out"), "so does stderr, and why");
	ok(whole(out) && count(out, "q") == 5, "the rest is rendered");
	ok(page_says(out, "q3.html",
		     "No figure “Map and unmap on top of depth − 1 live "
		     "maps”: it could not be drawn, because") &&
		   page_says(out, "q3.html", reason),
	   "the page says what is not there, and why");
	ok(access(look_path(figures, "q3-pair.svg"), F_OK) < 0 &&
		   !access(look_path(figures, "q3-pair.tsv"), R_OK) &&
		   !access(look_path(figures, "q3-pair.gp"), R_OK),
	   "its data and script are there, and no picture");
	from = fopen(look_path(out, "q3.html"), "r");
	html = calloc(1, 1 << 20);
	size = from ? fread(html, 1, (1 << 20) - 1, from) : 0;
	ok(size && !html_problem(html, why, sizeof(why)), "and the page is well-formed");
	if (from)
		fclose(from);
	free(html);
	free(figures);
	free(with);
	free(path);
	free(out);
}

static void test_one_lost(void)
{
	char *path = keep(getenv("PATH")), *with = NULL, *script = NULL,
	     *out = keep(look_path(temp, "one"));

	if (asprintf(&with, "%s/bin:%s", temp, path) < 0 ||
	    asprintf(&script,
		     "#!/bin/sh\n[ \"$2\" != q3-pair.gp ] || { echo 'line 3: warning: odd' >&2; }\n"
		     "PATH='%s'\nexec gnuplot \"$@\"\n",
		     path) < 0)
		abort();
	stand_in(script);
	setenv("PATH", with, 1);
	ok(render(run_dir, out) == 4 &&
		   says("figure q3-pair could not be drawn: gnuplot complained: line "
			"3: warning: odd") &&
		   says("1 of "),
	   "a warning about one figure costs that one");
	setenv("PATH", path, 1);
	ok(access(look_path(out, "figures/q3-pair.svg"), F_OK) < 0 &&
		   !access(look_path(out, "figures/q3-switch.svg"), R_OK) &&
		   is(look_path(out, "figures/q3-pair.log"), "line 3: warning: odd\n"),
	   "its log stays, and the next one is drawn");
	free(out);
	free(script);
	free(with);
	free(path);
}

/* ---- reports that are ended ---- */

/* Ends one by a signal while gnuplot hangs. Returns its status, as wait() has it. */
static int end_report(const char *run, int sig)
{
	char *argv[] = { "report", (char *)run, NULL };
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(120);
		/* which a shell ignores in what it starts in the background */
		signal(SIGINT, SIG_DFL);
		_exit(report_cmd(2, argv));
	}
	for (int tries = 0; tries < 3000; tries++) {
		if (count(run, ".ptbench-report.") && count(temp, "hangs"))
			break;
		usleep(10000);
	}
	kill(pid, sig);
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void test_ended(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	char run[512], *path = keep(getenv("PATH")), *with = NULL, *script = NULL;
	int old = dup(2), status;

	if (synth_run(temp, SYNTH_COMPLETE, temp, run) ||
	    asprintf(&with, "%s/bin:%s", temp, path) < 0 ||
	    asprintf(&script, "#!/bin/sh\n: > '%s/hangs'\nexec sleep 1000\n", temp) < 0 ||
	    !freopen(look_path(temp, "stderr"), "w", stderr))
		abort();
	stand_in(script);
	setenv("PATH", with, 1);
	for (size_t i = 0; i < 3; i++) {
		unlink(look_path(temp, "hangs"));
		status = end_report(run, signals[i]);
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 130 && count(run, ".ptbench") == 0,
		   "signal %d ends a report, which leaves nothing", signals[i]);
	}
	unlink(look_path(temp, "hangs"));
	status = end_report(run, SIGKILL);
	setenv("PATH", path, 1);
	ok(WIFSIGNALED(status) && count(run, ".ptbench-report.") == 1,
	   "one that is killed leaves its folder");
	ok(render(run, NULL) == 0 && count(run, ".ptbench") == 0, "which the next one removes");
	dup2(old, 2);
	close(old);
	free(script);
	free(with);
	free(path);
}

/* ---- output that cannot be written ---- */

static void test_full(void)
{
	FILE *full = fopen("/dev/full", "w");
	char *argv[] = { "report", "-a", run_dir, NULL };
	int status, old = dup(2);
	struct stat st;

	/* A program that runs as root can have put a file there. */
	if (full && !fstat(fileno(full), &st) && !S_ISCHR(st.st_mode))
		diag("/dev/full is no device; as root: rm /dev/full; mknod -m 666 /dev/full c 1 7");
	if (!full || !freopen(look_path(temp, "stderr"), "w", stderr)) {
		tap_skip("no /dev/full");
		return;
	}
	status = report_answers(run_dir, full);
	fflush(stderr);
	fclose(full);
	ok(status == 4 &&
		   page_says(temp, "stderr", "cannot write the answers: No space left on device"),
	   "answers that a full disk does not take are an error");
	fflush(stdout);
	if (fork() == 0) {
		int fd = open("/dev/full", O_WRONLY);

		dup2(fd, 1);
		_exit(report_cmd(3, argv));
	}
	ok(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 4,
	   "and so are those that standard output does not take");
	fflush(stdout);
	argv[1] = run_dir;
	if (fork() == 0) {
		int fd = open("/dev/full", O_WRONLY);

		dup2(fd, 1);
		_exit(report_cmd(2, argv));
	}
	ok(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 4,
	   "and the line that says where the report is");
	dup2(old, 2);
	close(old);
}

int main(void)
{
	char run[512], command[64];

	if (!mkdtemp(temp) || synth_run(temp, SYNTH_COMPLETE, temp, run))
		return 1;
	run_dir = keep(run);
	test_planted();
	test_report_is_a_link();
	test_parts_are_links();
	test_other_suffix();
	test_foreign_folders();
	test_others_files();
	test_unwritable();
	test_many_at_once(false);
	test_many_at_once(true);
	test_two_renames();
	test_gnuplot("one that warns",
		     "#!/bin/sh\necho >&2\necho '         ^' >&2\n"
		     "echo '\"q.gp\" line 12: warning: \033[31mempty\033[0m x range' >&2\n"
		     "printf '<svg viewBox=\"0 0 1 1\"><desc></desc></svg>' > \"${2%.gp}.svg\"\n",
		     "gnuplot complained: \"q.gp\" line 12: warning: ?[31mempty?[0m x range");
	test_gnuplot("one that fails", "#!/bin/sh\necho 'undefined variable: x' >&2\nexit 1\n",
		     "gnuplot failed: undefined variable: x");
	test_gnuplot("one that is killed", "#!/bin/sh\nkill -9 $$\n",
		     "gnuplot was ended by signal 9");
	test_gnuplot("one that writes nothing", "#!/bin/sh\nexit 0\n",
		     "gnuplot wrote something else than the SVG");
	setenv("PTBENCH_GNUPLOT_SECONDS", "0.2", 1);
	test_gnuplot("one that hangs", "#!/bin/sh\nsleep 1000 & wait\n", "gnuplot was not done");
	unsetenv("PTBENCH_GNUPLOT_SECONDS");
	test_gnuplot("none at all", NULL, "gnuplot is not installed (apt-get install gnuplot-nox)");
	test_one_lost();
	test_ended();
	test_full();
	free(said);
	free(run_dir);
	snprintf(command, sizeof(command), "rm -rf %s", temp);
	if (!getenv("KEEP") && system(command))
		return 1;
	return tap_done();
}
