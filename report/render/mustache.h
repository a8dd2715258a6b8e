/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thin C door to the mustache engine: a tree of data, a template, the text they make.
 *
 * Strings are data at every step: a value is escaped for the language of the output when it is
 * inserted, and text that was inserted is never read as template again.
 */
#ifndef REPORT_MUSTACHE_H
#define REPORT_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mu; /* an object, a list, a string or a truth value */

/* All of them return NULL without memory; the setters take a NULL child as that failure. */
struct mu *mu_object(void);
struct mu *mu_list(void);
struct mu *mu_string(const char *text);
struct mu *mu_bool(bool value);
/* They own child from here on, also when they fail. 0, -ENOMEM, or -EINVAL: wrong kind of node. */
int mu_set(struct mu *object, const char *key, struct mu *child);
int mu_push(struct mu *list, struct mu *child);
void mu_free(struct mu *node);

enum mu_escape {
	MU_HTML,    /* &<>"' become entities, harmful characters U+FFFD */
	MU_GNUPLOT, /* for use between single quotes in a gnuplot script */
};

/* The text of a partial that a template asks for by {{>name}}, or NULL: there is none. */
typedef const char *(*mu_partial_fn)(const char *name);

/*
 * Renders into *out (malloc'ed). -EINVAL: the template is not well-formed, or asks for a partial
 * that is not there; error (size bytes) says which. A variable that is not there is nothing.
 */
int mu_render(const char *text, const struct mu *root, enum mu_escape escape, mu_partial_fn partial,
	      char **out, char *error, size_t size);

#ifdef __cplusplus
}
#endif

#endif
