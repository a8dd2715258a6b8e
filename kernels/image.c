// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks kernels/build for images, and reads the folders it prints. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"

/* ---- kernels/build ---- */

static pid_t start_build(const char *root, char *const *names, size_t nr, int *out)
{
	char program[PATH_MAX], **argv = calloc(nr + 2, sizeof(*argv));
	int fds[2];
	pid_t pid;

	snprintf(program, sizeof(program), "%s/kernels/build", root);
	if (!argv || pipe(fds)) {
		free(argv);
		return -1;
	}
	argv[0] = program;
	memcpy(argv + 1, names, nr * sizeof(*argv));
	pid = fork();
	if (!pid) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execv(program, argv);
		fprintf(stderr, "ptbench: %s: %s\n", program, strerror(errno));
		_exit(127);
	}
	free(argv);
	close(fds[1]);
	*out = fds[0];
	return pid;
}

static int read_info(struct image *image)
{
	char name[PATH_MAX], line[4096], *value;
	FILE *f;

	snprintf(name, sizeof(name), "%s/info", image->folder);
	f = fopen(name, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		const char *before;

		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, '\t');
		if (!value)
			continue;
		*value++ = '\0';
		before = results_pairs_get(&image->info, line);
		if (before)
			results_pairs_setf(&image->info, line, "%s; %s", before, value);
		else
			results_pairs_set(&image->info, line, value);
	}
	fclose(f);
	return 0;
}

static int take_line(char *line, char *const *names, size_t nr, struct image *images)
{
	char *folder = strchr(line, '\t');
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	if (!folder)
		return -EINVAL;
	*folder++ = '\0';
	for (i = 0; i < nr; i++) {
		if (strcmp(names[i], line) || images[i].folder)
			continue;
		images[i].scenario = strdup(line);
		images[i].folder = strdup(folder);
		return images[i].scenario && images[i].folder ? read_info(&images[i]) : -ENOMEM;
	}
	return 0;
}

int image_build(const char *root, char *const *names, size_t nr, struct image *images,
		volatile sig_atomic_t *stop)
{
	int fd = -1, status, ret = 0;
	char line[PATH_MAX + 256];
	pid_t pid = start_build(root, names, nr, &fd);
	FILE *f = pid < 0 ? NULL : fdopen(fd, "r");

	memset(images, 0, nr * sizeof(*images));
	if (!f)
		return 4;
	while (!*stop && fgets(line, sizeof(line), f))
		if (take_line(line, names, nr, images))
			ret = 4;
	if (*stop)
		kill(pid, SIGTERM);
	fclose(f);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status))
		return 4;
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : ret;
}

void image_free(struct image *images, size_t nr)
{
	size_t i, j;

	for (i = 0; i < nr; i++) {
		free(images[i].scenario);
		free(images[i].folder);
		for (j = 0; j < images[i].info.nr; j++) {
			free(images[i].info.v[j].key);
			free(images[i].info.v[j].value);
		}
		free(images[i].info.v);
	}
}

/* ---- code bytes ---- */

/* What get_user_pages_fast_only() calls, inlined or not, by name or beginning of it. */
static const char *const path_prefixes[] = {
	"gup_fast", "get_user_pages_fast", "try_get_folio", "try_grab_folio_fast",
	"gup_put_folio", "is_valid_gup_args",
};

struct symbol {
	char name[128];
	long long bytes;
};

#define MAX_PATH 64

struct sizes {
	struct symbol path[MAX_PATH];
	size_t nr;
	long long all, text;
};

bool image_is_path(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(path_prefixes) / sizeof(path_prefixes[0]); i++)
		if (!strncmp(name, path_prefixes[i], strlen(path_prefixes[i])))
			return true;
	return false;
}

static int count(void *arg, char *name, long long bytes)
{
	struct sizes *s = arg;
	size_t i;

	s->text += bytes;
	if (!image_is_path(name))
		return 0;
	s->all += bytes;
	for (i = 0; i < s->nr && strcmp(s->path[i].name, name); i++)
		;
	if (i == MAX_PATH)
		return 0;
	if (i == s->nr) {
		snprintf(s->path[i].name, sizeof(s->path[i].name), "%s", name);
		s->path[i].bytes = 0;
		s->nr++;
	}
	s->path[i].bytes += bytes;
	return 0;
}

static int bad_symbols(const char *file, unsigned line, const char *reason,
		       struct results_error *err)
{
	snprintf(err->file, sizeof(err->file), "%.500s", file);
	snprintf(err->path, sizeof(err->path), line ? "line %u" : "", line);
	snprintf(err->reason, sizeof(err->reason), "%s; build the scenario again", reason);
	return -EINVAL;
}

/* Parts that the compiler split off (.cold, .part.0, .constprop.0) count with their function. */
int image_functions(const char *folder, int (*fn)(void *arg, char *name, long long bytes),
		    void *arg, struct results_error *err)
{
	char file[PATH_MAX], line[1024], name[128];
	unsigned long long at, bytes;
	unsigned nr = 0;
	int ret = 0;
	FILE *f;

	snprintf(file, sizeof(file), "%s/symbols", folder);
	f = fopen(file, "re");
	if (!f)
		return bad_symbols(file, 0, strerror(errno), err);
	while (!ret && fgets(line, sizeof(line), f)) {
		nr++;
		if (sscanf(line, "%llx %llx %*c %127s", &at, &bytes, name) != 3) {
			ret = bad_symbols(file, nr, "not 'address size type name'", err);
			break;
		}
		/* ppc64's functions have a dot before their name, not a part after it. */
		name[1 + strcspn(name + 1, ".")] = '\0';
		ret = fn(arg, name, bytes);
	}
	fclose(f);
	return ret;
}

static int read_sizes(const char *folder, struct sizes *s, struct results_error *err)
{
	int ret;

	memset(s, 0, sizeof(*s));
	ret = image_functions(folder, count, s, err);
	return ret || s->nr ? ret : bad_symbols(folder, 0, "no function of GUP-fast in it", err);
}

static int add_bytes(struct results_doc *doc, const char *case_id, const char *format,
		     const char *design, const char *symbol, long long bytes,
		     struct results_error *err)
{
	double sample = bytes;
	struct results_measurement m = {
		.case_id = (char *)case_id,
		.subject = RESULTS_KERNEL,
		.metric = results_metric_find("code_bytes"),
		.kind = RESULTS_EXACT,
		.nr_ops = 1,
		.samples = &sample,
		.nr_samples = 1,
	};
	int ret;

	ret = results_params_set_str(&m.params, "format", format) ?:
	      results_params_set_str(&m.params, "design", design) ?:
	      (symbol ? results_params_set_str(&m.params, "symbol", symbol) : 0) ?:
	      results_doc_add(doc, &m, err);
	results_params_free(&m.params);
	return ret;
}

int image_code_bytes(const struct image *image, const char *format, const char *design,
		     struct results_doc *doc, struct results_error *err)
{
	struct sizes s;
	size_t i;
	int ret;

	ret = read_sizes(image->folder, &s, err);
	for (i = 0; i < s.nr && !ret; i++)
		ret = add_bytes(doc, "gup_fast/walk", format, design, s.path[i].name,
				s.path[i].bytes, err);
	return ret ?: add_bytes(doc, "gup_fast/walk", format, design, "all", s.all, err) ?:
		      add_bytes(doc, "kernel/text", format, design, NULL, s.text, err);
}
