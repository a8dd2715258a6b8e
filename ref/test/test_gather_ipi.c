// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Discipline ipi_signal, in the schedules that could lose an acknowledgement: which readers it
 * signals, two freers at one reader, a reader that goes offline while its signal is on the way, and
 * a slot that another thread takes over while the freer waits for its first owner.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../scripts/tap.h"
#include "../gather/gather_priv.h"

#define HOLD_US 50000
#define MAX_FLUSHES 20000 /* or as many as fit into two seconds */

static const struct gather_discipline *ipi;

/* What the test tells a reader to do next, and what it has done. */
enum { ONLINE = 1, WALK, LEAVE_WALK, OFFLINE, END };

struct reader {
	struct gather *g[2];
	int nr_gathers;
	bool deaf; /* the reader keeps the signal blocked */
	int told, done;
	pthread_t thread;
};

static void each_gather(struct reader *r, bool online)
{
	for (int i = 0; i < r->nr_gathers; i++)
		if (!online)
			gather_reader_offline(r->g[i]);
		else if (gather_reader_online(r->g[i]))
			exit(1);
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	int flags = 0, told;
	sigset_t all;

	sigfillset(&all);
	if (r->deaf)
		pthread_sigmask(SIG_BLOCK, &all, NULL);
	while ((told = ref_load_acquire(&r->told)) != END) {
		if (told == r->done) {
			ref_cpu_relax();
			continue;
		}
		if (told == ONLINE || told == OFFLINE)
			each_gather(r, told == ONLINE);
		else if (told == WALK)
			flags = ref_irq_save();
		else
			ref_irq_restore(flags);
		ref_store_release(&r->done, told);
	}
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
	return NULL;
}

static void start(struct reader *r)
{
	pthread_create(&r->thread, NULL, reader_main, r);
}

static void tell(struct reader *r, int what)
{
	ref_store_release(&r->told, what);
	while (what != END && ref_load_acquire(&r->done) != what)
		usleep(100);
	if (what == END)
		pthread_join(r->thread, NULL);
}

static void count_free(void *cookie, struct ref_page *table)
{
	if (cookie)
		__atomic_fetch_add((int *)cookie, 1, __ATOMIC_RELEASE);
}

static struct gather *create(int *freed)
{
	struct gather *g;

	if (gather_create(ipi, 1, count_free, freed, &g))
		exit(1);
	return g;
}

static void free_one(struct gather *g)
{
	static struct ref_page table;

	gather_remove_table(g, &table); /* a batch of one: flushed at once */
}

static uint64_t sent(struct gather *g)
{
	struct gather_stats stats;

	gather_stats(g, &stats);
	return stats.ipis_sent;
}

static void only_its_own_are_signalled(void)
{
	struct gather *g = create(NULL), *other = create(NULL);
	struct reader mine = { .g = { g }, .nr_gathers = 1 };
	struct reader foreign = { .g = { other }, .nr_gathers = 1 };

	free_one(g);
	ok(sent(g) == 0, "no reader, no signal");
	start(&mine);
	start(&foreign);
	tell(&foreign, ONLINE);
	free_one(g);
	ok(sent(g) == 0, "a reader of another mm is not signalled");
	tell(&mine, ONLINE);
	free_one(g);
	ok(sent(g) == 1, "an online reader is");
	tell(&mine, OFFLINE);
	free_one(g);
	ok(sent(g) == 1, "and no more once it is offline");
	tell(&mine, ONLINE);
	free_one(g);
	ok(sent(g) == 2 && !g->readers->next, "online again in the slot that it had");
	tell(&mine, OFFLINE);
	tell(&foreign, OFFLINE);
	tell(&mine, END);
	tell(&foreign, END);
	gather_destroy(g);
	gather_destroy(other);
}

/* A freer in a thread of its own: it creates the gather, and frees when told. */
struct freer {
	struct gather *g;
	int ready, go, freed;
	pthread_t thread;
};

static void *freer_main(void *arg)
{
	struct freer *f = arg;

	f->g = create(&f->freed);
	ref_store_release(&f->ready, 1);
	while (!ref_load_acquire(&f->go))
		usleep(100);
	free_one(f->g);
	while (ref_load_acquire(&f->go) < 2)
		usleep(100);
	gather_destroy(f->g);
	return NULL;
}

static void start_freer(struct freer *f)
{
	pthread_create(&f->thread, NULL, freer_main, f);
	while (!ref_load_acquire(&f->ready))
		usleep(100);
}

static void go(struct freer *f, int what)
{
	ref_store_release(&f->go, what);
	if (what == 2)
		pthread_join(f->thread, NULL);
}

static bool frees_in_time(struct freer *f)
{
	for (int i = 0; i < 50000 && !ref_load_acquire(&f->freed); i++)
		usleep(100);
	return ref_load_acquire(&f->freed);
}

/* Both requests are pending when the walk ends; one restore answers both. */
static void two_freers(void)
{
	struct freer a = { 0 }, b = { 0 };
	struct reader r = { .nr_gathers = 2 };

	start_freer(&a);
	start_freer(&b);
	r.g[0] = a.g;
	r.g[1] = b.g;
	start(&r);
	tell(&r, ONLINE);
	tell(&r, WALK);
	go(&a, 1);
	go(&b, 1);
	usleep(HOLD_US);
	ok(!ref_load_acquire(&a.freed) && !ref_load_acquire(&b.freed),
	   "two freers wait for a walk");
	tell(&r, LEAVE_WALK);
	ok(frees_in_time(&a) && frees_in_time(&b), "and both are answered when it ends");
	tell(&r, OFFLINE);
	tell(&r, END);
	go(&a, 2);
	go(&b, 2);
}

/*
 * A reader that blocks the signal answers only by going offline. With an heir, another reader may
 * take the slot over before the freer looks again; the freer does not ask it.
 */
static void offline_answers(bool with_heir)
{
	const char *who = with_heir ? "the slot's next owner" : "nobody";
	struct reader r = { .nr_gathers = 1, .deaf = true }, heir = r;
	struct freer f = { 0 };

	start_freer(&f);
	heir.g[0] = r.g[0] = f.g;
	start(&r);
	start(&heir);
	tell(&r, ONLINE);
	go(&f, 1);
	usleep(HOLD_US);
	ok(!ref_load_acquire(&f.freed),
	   "%s in line: the freer waits for a reader that does not hear", who);
	tell(&r, OFFLINE);
	if (with_heir)
		tell(&heir, ONLINE);
	ok(frees_in_time(&f), "%s in line: going offline answers it", who);
	if (with_heir)
		tell(&heir, OFFLINE);
	tell(&r, END); /* the late signal finds no gather */
	tell(&heir, END);
	go(&f, 2);
}

static void *walker(void *arg)
{
	struct reader *r = arg;

	each_gather(r, true);
	ref_store_release(&r->done, 1);
	while (!REF_READ_ONCE(r->told))
		ref_irq_restore(ref_irq_save());
	each_gather(r, false);
	return NULL;
}

/* Sends signals all the time, so that they land at every instruction of save and restore. */
static void hammer(void)
{
	struct gather *g = create(NULL);
	struct reader r = { .g = { g }, .nr_gathers = 1 };
	time_t start = time(NULL);
	uint64_t nr = 0;

	pthread_create(&r.thread, NULL, walker, &r);
	while (!ref_load_acquire(&r.done))
		usleep(100);
	while (nr < MAX_FLUSHES && time(NULL) < start + 2) {
		free_one(g);
		nr++;
	}
	ok(sent(g) == nr, "%d flushes at a reader that walks all the time", (int)nr);
	REF_WRITE_ONCE(r.told, 1);
	pthread_join(r.thread, NULL);
	gather_destroy(g);
}

int main(void)
{
	alarm(60); /* after a lost acknowledgement the freer would wait forever */
	ipi = gather_discipline_find("ipi_signal");
	only_its_own_are_signalled();
	two_freers();
	offline_answers(false);
	offline_answers(true);
	hammer();
	return tap_done();
}
