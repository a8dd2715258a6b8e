// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the records of the row that runs, with their params and reasons, and keeps them until
 * main.c hands them to the reader of the device. Callers hold main.c's lock.
 */
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "checks.h"
#include "ptbench.h"

#define BUFFER_SIZE (64 * 1024)

static char *buffer;
static size_t filled, taken;

void ptb_param(struct ptb_state *s, const char *fmt, ...)
{
	size_t len = strlen(s->params), room = sizeof(s->params) - len;
	va_list ap;
	int put;

	va_start(ap, fmt);
	put = vsnprintf(s->params + len, room, fmt, ap);
	va_end(ap);
	/* Params that were cut may equal another row's. The judge fails a boot that warns. */
	WARN((size_t)put >= room, "ptbench: params of %s do not fit: %s\n", s->row->ops->case_id,
	     s->params);
}

int ptb_fail(struct ptb_state *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	return -EIO;
}

static struct ptb_record *new_record(struct ptb_state *s, u32 type, const char *case_id, u32 nr)
{
	size_t size = struct_size((struct ptb_record *)NULL, samples, nr);
	struct ptb_record *r;

	if (filled + size > BUFFER_SIZE)
		return NULL;
	r = (struct ptb_record *)(buffer + filled);
	filled += size;
	memset(r, 0, size);
	r->magic = PTB_RECORD_MAGIC;
	r->type = type;
	r->size = size;
	r->subject = PTB_SUBJECT_KERNEL;
	r->nr_ops = s->nr_ops ?: 1;
	r->nr_samples = nr;
	strscpy(r->case_id, case_id, sizeof(r->case_id));
	strscpy(r->params, s->params, sizeof(r->params));
	return r;
}

int ptb_emit(struct ptb_state *s, const char *metric, const u64 *samples, u32 nr)
{
	struct ptb_record *r = new_record(s, PTB_RECORD_MEASUREMENT, s->row->ops->case_id, nr);

	if (!r)
		return -ENOSPC;
	strscpy(r->metric, metric, sizeof(r->metric));
	r->discarded = s->discarded;
	memcpy(r->samples, samples, nr * sizeof(*samples));
	return 0;
}

int ptb_emit_skip(struct ptb_state *s, const char *reason)
{
	struct ptb_record *r = new_record(s, PTB_RECORD_SKIPPED, s->row->ops->case_id, 0);

	if (!r)
		return -ENOSPC;
	strscpy(r->text, reason, sizeof(r->text));
	return 0;
}

/* The judge of a boot knows no check that is not in the list. */
static bool is_check(const char *id)
{
#define NAME(name, boots, row) name,
	static const char *const names[] = { PTB_CHECKS(NAME) };
#undef NAME

	return match_string(names, ARRAY_SIZE(names), id) >= 0;
}

int ptb_emit_check(struct ptb_state *s, const char *id, const char *seen)
{
	struct ptb_record *r;

	if (!is_check(id))
		return ptb_fail(s, "the check %s is not in checks.h", id);
	r = new_record(s, PTB_RECORD_CHECK, id, 0);
	if (!r)
		return -ENOSPC;
	strscpy(r->text, seen, sizeof(r->text));
	return 0;
}

/* ---- for main.c ---- */

int ptb_records_begin(void)
{
	buffer = vmalloc(BUFFER_SIZE);
	return buffer ? 0 : -ENOMEM;
}

void ptb_records_clear(void)
{
	filled = taken = 0;
}

const struct ptb_record *ptb_records_next(void)
{
	return taken < filled ? (struct ptb_record *)(buffer + taken) : NULL;
}

void ptb_records_take(void)
{
	taken += ptb_records_next()->size;
}
