// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions for test_code.c, whose machine code is known to be the same or to differ. */

int sample_callee_a(int x);
int sample_callee_b(int x);
int sample_calls_a(int x);
int sample_calls_a_again(int x);
int sample_calls_b(int x);
int sample_adds_one(int x);
int sample_adds_two(int x);
int sample_longer(int x);
void *sample_of_itself(void);
void *sample_of_itself_too(void);

double sample_constant(double x);
double sample_constant_again(double x);
double sample_other_constant(double x);

int sample_calls_a(int x)
{
	return sample_callee_a(x) + 1;
}

int sample_calls_a_again(int x)
{
	return sample_callee_a(x) + 1;
}

int sample_calls_b(int x)
{
	return sample_callee_b(x) + 1;
}

int sample_adds_one(int x)
{
	return x + 1;
}

int sample_adds_two(int x)
{
	return x + 2;
}

int sample_longer(int x)
{
	return sample_callee_a(x) * sample_callee_b(x) + 1;
}

void *sample_of_itself(void)
{
	return sample_of_itself;
}

void *sample_of_itself_too(void)
{
	return sample_of_itself_too;
}

double sample_constant(double x)
{
	return x * 1.25;
}

double sample_other_constant(double x)
{
	return x * 1.5;
}

double sample_constant_again(double x)
{
	return x * 1.25;
}
