/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thin C interface to the mustache engine: renders a template with a tree of data.
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

/* Constructors return NULL without memory; the setters return -ENOMEM for a NULL child. */
struct mu *mu_object(void);
struct mu *mu_list(void);
struct mu *mu_string(const char *text);
struct mu *mu_bool(bool value);
/* The setters take ownership of child, also when they fail. 0, -ENOMEM, or -EINVAL: wrong kind of
 * node. */
int mu_set(struct mu *object, const char *key, struct mu *child);
int mu_push(struct mu *list, struct mu *child);
void mu_free(struct mu *node);

enum mu_escape {
	MU_HTML,    /* &<>"' become entities, harmful characters U+FFFD */
	MU_GNUPLOT, /* for use between single quotes in a gnuplot script */
};

/* Returns the text of the partial that a template includes by {{>name}}, or NULL: there is none. */
typedef const char *(*mu_partial_fn)(const char *name);

/*
 * Renders into *out (malloc'ed). 0 or -errno; -EINVAL: the template is malformed, or includes an
 * unknown partial; error (size bytes) says which. An unknown variable renders as "".
 */
int mu_render(const char *text, const struct mu *root, enum mu_escape escape, mu_partial_fn partial,
	      char **out, char *error, size_t size);

#ifdef __cplusplus
}
#endif

#endif
