/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interface between the files that read scenarios: lines, rules, bases and images. */
#ifndef KERNELS_SCENARIO_PRIV_H
#define KERNELS_SCENARIO_PRIV_H

#include <stdio.h>

#include "scenario.h"

struct scenario_reader {
	char file[1024];
	unsigned nr;		     /* of the line */
	struct scenario_range range; /* the line's */
	char *why;		     /* SCENARIO_WHY bytes */
};

/* A key that a file may have; a table of them ends with one without a name. */
struct scenario_key {
	const char *name;
	/* Stores a value, may refuse a second one. NULL: only kernels/build uses the key. */
	int (*set)(struct scenario_reader *r, void *to, size_t offset, const char *value);
	size_t offset;
	bool ranged; /* may stand behind since and until */
};

/* Writes "FILE:LINE: " and the message to why. Returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int scenario__refuse(struct scenario_reader *r,
							   const char *fmt, ...);
/* Reads the next line, without its newline: 1; 0 at the end of the file; -EINVAL with why. */
int scenario__next_line(struct scenario_reader *r, FILE *f, char line[SCENARIO_MAX_LINE]);
/* Reads r->file, and stores its values in *to: 0, -errno. */
int scenario__read_keys(struct scenario_reader *r, const struct scenario_key *keys, void *to);
/* Removes the blanks at both ends, in place. Returns the new beginning. */
char *scenario__trim(char *s);
/* May s name a file in kernels/scenarios, be it a scenario or a list? */
bool scenario__is_name(const char *s);
/* May s be SCENARIO or SCENARIO@VERSION? */
bool scenario__is_at_name(const char *s);

/* The kind of rule that a key adds: the offset of that key. */
enum scenario_rule {
	RULE_SOME = 1,
	RULE_LAYOUT = 2,
	RULE_SKIP = 4,
	RULE_REF = 8,
	RULE_FAMILY = 16,
};

/* clang-format off */
#define RULE(key, kind) \
	{ .name = key, .set = scenario__set_rule, .offset = kind, .ranged = true }
/* clang-format on */
/* For struct scenario_key: they add to expects and to same of a struct scenario. */
int scenario__set_rule(struct scenario_reader *r, void *to, size_t kind, const char *value);
int scenario__set_identical(struct scenario_reader *r, void *to, size_t offset, const char *value);
int scenario__set_differs(struct scenario_reader *r, void *to, size_t offset, const char *value);
void scenario__free_expect(struct scenario_expect *e);
void scenario__free_same(struct scenario_same *same);

/* scenario_read() of a scenario that is `depth` bases above the one that was asked for. */
int scenario__read(const char *dir, const char *name, unsigned depth, struct scenario **out,
		   char why[SCENARIO_WHY]);
/* Checks s->base and s->image, and fills s->kin. -EINVAL with why filled, -ENOMEM. */
int scenario__read_kin(const char *dir, struct scenario *s, unsigned depth, char why[SCENARIO_WHY]);

#endif
