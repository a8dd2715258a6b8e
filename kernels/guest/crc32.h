/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRC-32 (IEEE 802.3, reflected), for the guest's stream: PID 1 computes it, the host checks it.
 */
#ifndef KERNELS_CRC32_H
#define KERNELS_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* crc: 0, or the CRC of the bytes before. */
static inline uint32_t crc32_of(uint32_t crc, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (crc = ~crc; len; len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

#endif
