/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the lines that PID 1 wrote on the data line, and trusts none of them unchecked.
 *
 * The writer is known (kernels/guest/init.c), so only its exact form is accepted: its keys in its
 * order, without blanks. The end line has to be the last one, with the number of records and the
 * CRC-32 of every byte before it.
 */
#ifndef KERNELS_STREAM_H
#define KERNELS_STREAM_H

#include <stddef.h>

#include <results/results.h>

#define STREAM_MAX_BYTES (8UL << 20)
#define STREAM_MAX_SAMPLES 512
#define STREAM_MAX_STRING 256
#define STREAM_WHY 512

enum stream_type { STREAM_MEASUREMENT, STREAM_SKIP, STREAM_CHECK };

struct stream_record {
	enum stream_type type;
	char id[STREAM_MAX_STRING];
	struct results_params params;
	enum results_subject subject;
	const struct results_metric *metric; /* of a measurement */
	char text[STREAM_MAX_STRING];	     /* a skip's reason, a check's seen */
	long long nr_ops, discarded;
	double *samples;
	size_t nr_samples;
};

struct stream {
	char boot[16];			/* "costs" or "events" */
	char failed[STREAM_MAX_STRING]; /* the failure that the guest itself reports, or "" */
	struct stream_record *records;
	size_t nr;
};

/* -EINVAL with why ("line N: ..."); the stream is empty then. stream_free() in either case. */
int stream_parse(const char *bytes, size_t len, struct stream *out, char why[STREAM_WHY]);
/* As stream_parse(), of a file's content. */
int stream_read(const char *file, struct stream *out, char why[STREAM_WHY]);
void stream_free(struct stream *s);

#endif
