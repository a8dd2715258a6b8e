// SPDX-License-Identifier: GPL-2.0-or-later
/* A script of two threads: one runs, the other waits for its turn. */
#include "thp_script.h"

#include <pthread.h>

static struct {
	pthread_mutex_t lock;
	pthread_cond_t turn;
	const struct script_step *steps;
	unsigned nr, at;
	bool ended[2], missed;
	void (*fn[2])(void *);
	void *arg;
} s = { .lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER };

/* Skips steps of a side that has ended: it reaches no step any more. */
static void __skip_ended(void)
{
	while (s.at < s.nr && s.ended[s.steps[s.at].side]) {
		s.missed = true;
		s.at++;
	}
}

/* After the script, the reader runs to its end first, then the writer. */
static bool __my_turn(enum side side)
{
	if (s.at < s.nr)
		return s.steps[s.at].side == side;
	return side == READER || s.ended[READER];
}

static void __wait_turn(enum side side)
{
	pthread_cond_broadcast(&s.turn);
	while (!__my_turn(side))
		pthread_cond_wait(&s.turn, &s.lock);
}

void reach(enum side side, enum point point)
{
	pthread_mutex_lock(&s.lock);
	if (point == END)
		s.ended[side] = true;
	if (s.at < s.nr && s.steps[s.at].side == side && s.steps[s.at].until == point)
		s.at++;
	__skip_ended();
	if (point == END)
		pthread_cond_broadcast(&s.turn);
	else
		__wait_turn(side);
	pthread_mutex_unlock(&s.lock);
}

static void *run(void *arg)
{
	enum side side = arg ? WRITER : READER;

	pthread_mutex_lock(&s.lock);
	__wait_turn(side);
	pthread_mutex_unlock(&s.lock);
	s.fn[side](s.arg);
	reach(side, END);
	return NULL;
}

bool script_run(const struct script_step *steps, unsigned nr, void (*reader)(void *),
		void (*writer)(void *), void *arg)
{
	pthread_t threads[2];

	s.steps = steps;
	s.nr = nr;
	s.at = 0;
	s.ended[READER] = s.ended[WRITER] = s.missed = false;
	s.fn[READER] = reader;
	s.fn[WRITER] = writer;
	s.arg = arg;
	pthread_create(&threads[0], NULL, run, NULL);
	pthread_create(&threads[1], NULL, run, &s);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	return !s.missed && s.at == s.nr;
}
