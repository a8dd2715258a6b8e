/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binary records of fixed layout, which the in-kernel driver and the guest runner hand to PID 1.
 *
 * Both producers and PID 1, the only consumer, run on one machine and one kernel, so fields are in
 * native byte order. A stream is a sequence of records, each `size` bytes long including its
 * samples. PID 1 checks magic, type and size before it uses any other field.
 */
#ifndef RESULTS_RECORD_H
#define RESULTS_RECORD_H

/* The kernel and Linux userland both have this header, with the same names. */
#include <linux/types.h>

#define PTB_RECORD_MAGIC 0x70746231u /* "ptb1" */
#define PTB_RECORD_MAX_SAMPLES 512

enum ptb_record_type {
	PTB_RECORD_MEASUREMENT = 1,
	PTB_RECORD_SKIPPED = 2, /* text = reason; metric empty */
	PTB_RECORD_CHECK = 3,	/* text = the observed state; metric empty */
	PTB_RECORD_END = 4,	/* nr_ops = number of records before this one */
};

enum ptb_record_subject { PTB_SUBJECT_REF = 1, PTB_SUBJECT_KERNEL = 2, PTB_SUBJECT_LIBURCU = 3 };

struct ptb_record {
	__u32 magic;
	__u32 type; /* enum ptb_record_type */
	__u32 size; /* bytes of the whole record: sizeof(struct ptb_record) + 8 * nr_samples */
	__u32 subject;
	char case_id[48]; /* "family/name", NUL-terminated */
	/* "key=value,key=value"; a value of digits alone (or -digits) is an integer */
	char params[192];
	char metric[32]; /* a name of results/metrics.h */
	char text[160];
	__u64 nr_ops;	 /* operations in one sample */
	__u32 discarded; /* windows thrown away */
	__u32 nr_samples;
	__u64 samples[]; /* totals over nr_ops operations, one per window */
};

/*
 * Has a record the param "KEY=VALUE", the first n characters of wanted, or with "KEY=" any of that
 * key? For the kernel and PID 1, which choose rows; libresults alone reads params
 * (results_params_parse()).
 */
static inline int ptb_params_have(const char *params, const char *wanted, unsigned int n)
{
	unsigned int i;

	while (n && *params) {
		for (i = 0; i < n && params[i] == wanted[i]; i++)
			;
		if (i == n && (wanted[n - 1] == '=' || !params[i] || params[i] == ','))
			return 1;
		while (*params && *params++ != ',')
			;
	}
	return 0;
}

#endif
