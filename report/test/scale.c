// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how a report's time grows with the rows: CPU seconds for runs with n, 2 n, 4 n and 8 n
 * copies of each row and check, and their ratio to linear growth. It judges nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../report.h"
#include "many.h"

#define NR_SIZES 4

/* CPU seconds of this process and of the gnuplots that it has waited for. */
static double now(void)
{
	static const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	struct rusage used;
	double sum = 0;

	for (int i = 0; i < 2; i++) {
		getrusage(whose[i], &used);
		sum += used.ru_utime.tv_sec + used.ru_stime.tv_sec;
		sum += (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	}
	return sum;
}

static void measure(const char *dir, double took[2])
{
	FILE *null = fopen("/dev/null", "w");
	double from = now();

	report_answers(dir, null);
	took[0] = now() - from;
	from = now();
	report_render(dir, NULL);
	took[1] = now() - from;
	fclose(null);
}

static void show(const char *folder, size_t shape)
{
	double first[2] = { 0 }, took[2];
	size_t rows, least = 0;
	char dir[512];

	printf("%-16s%10s s    x n%10s s    x n\n", many_shapes[shape].words, "answers", "pages");
	for (size_t k = 0; k < NR_SIZES; k++) {
		rows = many_rows(folder, many_shapes[shape].parts, many_shapes[shape].copies << k,
				 dir);
		measure(dir, took);
		if (!k) {
			memcpy(first, took, sizeof(first));
			least = rows;
		}
		printf("%16zu", rows);
		for (int i = 0; i < 2; i++)
			printf("%12.3f %6.2f", took[i],
			       took[i] / first[i] * (double)least / (double)rows);
		putchar('\n');
		fflush(stdout);
	}
}

int main(void)
{
	char folder[] = "/tmp/ptbench-scale-XXXXXX", command[64];

	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	for (size_t i = 0; i < NR_MANY_SHAPES; i++)
		show(folder, i);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : 0;
}
