// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer's mutator and crossover of targets whose input is one JSON document. */
#include "fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct fuzz_random r = { .state = seed + 1ULL };

	return fuzz_mutate_json(data, size, max, &r);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max, unsigned int seed)
{
	struct fuzz_random r = { .state = seed + 1ULL };

	return fuzz_cross_json(data1, size1, data2, size2, out, max, &r);
}
