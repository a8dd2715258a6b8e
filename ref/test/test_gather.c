// SPDX-License-Identifier: GPL-2.0-or-later
/* The disciplines that need libc and threads only, as guests have them. */
#include "gather_suite.h"

int main(void)
{
	gather_suite_run();
	return gather_suite_done();
}
