// SPDX-License-Identifier: MIT
/* kplug bench irq: one rate on one path. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SETTLE_US     50000 /* the program is idle if nothing arrives for this long */
#define MAX_SETTLE_US 5000000 /* do not wait longer for a program that is far behind */
#define STOP_US       1000 /* between two signals */
#define PRIORITY      20 /* below the priority (50) of interrupt threads */

/* The program of this path: it waits for interrupts and takes the times. */
struct waiter {
	struct ladder_path *path;
	struct bench_raise *raise;
	uint64_t before; /* notified before this run */
	uint64_t *latencies;
	uint64_t num;
	atomic_ullong notified; /* in this run */
	atomic_bool stop;
	int err;
};

static void add(struct waiter *w, uint64_t from, uint64_t to)
{
	if (from && to > from && w->num < w->raise->count)
		w->latencies[w->num++] = to - from;
}

/* Without loss, the nth interrupt notified is the nth interrupt raised. */
static void take(struct waiter *w, const struct ladder_stamps *stamps)
{
	const uint64_t raised = atomic_load_explicit(&w->raise->raised, memory_order_acquire);
	uint64_t notified = stamps->notified - w->before, i;

	if (!w->raise->times)
		add(w, stamps->came, stamps->user);
	else
		for (i = atomic_load(&w->notified); i < notified && i < raised; i++)
			add(w, w->raise->times[i], stamps->user);
	atomic_store(&w->notified, notified);
}

static void *wait_for_interrupts(void *argument)
{
	struct waiter *w = argument;
	struct ladder_stamps stamps;

	ladder_be_realtime(PRIORITY);
	do {
		stamps = (struct ladder_stamps){ 0 };
		w->err = w->path->kind->wait(w->path, &stamps);
		if (!w->err)
			take(w, &stamps);
	} while (!atomic_load(&w->stop) && (!w->err || w->err == -EINTR));
	return NULL;
}

static void do_nothing(int signal)
{
	(void)signal;
}

/* A signal ends the wait. One that arrives before the wait does not, so repeat it. */
static void stop_waiter(struct waiter *w, pthread_t thread)
{
	const struct sigaction action = { .sa_handler = do_nothing };

	sigaction(SIGUSR1, &action, NULL);
	atomic_store(&w->stop, true);
	do {
		pthread_kill(thread, SIGUSR1);
		usleep(STOP_US);
	} while (pthread_tryjoin_np(thread, NULL));
	if (w->err == -EINTR)
		w->err = 0;
}

static void settle(const struct waiter *w)
{
	unsigned long long before, left = MAX_SETTLE_US / SETTLE_US;

	do {
		before = atomic_load(&w->notified);
		usleep(SETTLE_US);
	} while (atomic_load(&w->notified) != before && --left);
}

static void fill(struct bench_run *run, const struct waiter *w, const struct ladder_fate *before,
		 const struct ladder_fate *after, uint64_t ns)
{
	run->raised = atomic_load(&w->raise->raised);
	run->reached = ns ? (double)run->raised * 1e9 / (double)ns : 0;
	run->handled = after->handled - before->handled;
	run->notified = after->notified - before->notified;
	run->lost = run->raised > run->notified ? run->raised - run->notified : 0;
	run->from_raise = w->raise->times;
	if (!run->lost)
		run->latency = ladder_spread(w->latencies, w->num);
}

static int run_with(struct bench_source *source, struct waiter *w, struct bench_run *run)
{
	struct ladder_fate before, after;
	pthread_t thread;
	uint64_t ns;
	int err;

	usleep(SETTLE_US); /* an interrupt that --setup let through is of no run */
	err = w->path->kind->fate(w->path, &before);
	if (err)
		return err;
	w->before = before.notified;
	err = -pthread_create(&thread, NULL, wait_for_interrupts, w);
	if (err)
		return err;
	usleep(SETTLE_US); /* let the waiter begin to wait */
	err = source->kind->run(source, w->raise, &ns);
	settle(w);
	stop_waiter(w, thread);
	if (!err)
		err = w->err;
	if (!err)
		err = w->path->kind->fate(w->path, &after);
	if (!err)
		fill(run, w, &before, &after, ns);
	return err;
}

int bench_run(struct bench_source *source, struct ladder_path *path, double seconds,
	      struct bench_run *run)
{
	struct bench_raise raise = { .rate = run->rate, .random = source->random };
	struct waiter waiter = { .path = path, .raise = &raise };
	int err = -ENOMEM;

	raise.count = (uint64_t)fmax(1, fmin(run->rate * seconds, BENCH_MAX_COUNT));
	waiter.latencies = calloc(raise.count, sizeof(*waiter.latencies));
	raise.times = source->kind->knows_times ? calloc(raise.count, sizeof(*raise.times)) : NULL;
	if (waiter.latencies && (raise.times || !source->kind->knows_times))
		err = run_with(source, &waiter, run);
	free(waiter.latencies);
	free(raise.times);
	return err;
}
