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

#define SETTLE_US     50000	/* after the last interrupt, until no more is told ... */
#define MAX_SETTLE_US 5000000	/* ... but a program that is far behind is not waited for */
#define STOP_US       1000	/* between two signals */
#define PRIORITY      20	/* below the priority (50) of interrupt threads */

/* The program of this path: it waits for interrupts, and takes the times. */
struct waiter {
	struct latency_path *path;
	struct bench_raise *raise;
	uint64_t before;	/* told until this run */
	uint64_t *latencies;
	uint64_t num;
	atomic_ullong told;	/* since */
	atomic_bool stop;
	int err;
};

static void add(struct waiter *w, uint64_t from, uint64_t to)
{
	if (from && to > from && w->num < w->raise->count)
		w->latencies[w->num++] = to - from;
}

/* As long as none was lost, the nth that is told is the nth that was raised. */
static void take(struct waiter *w, const struct latency_stamps *stamps)
{
	const uint64_t raised = atomic_load_explicit(&w->raise->raised, memory_order_acquire);
	uint64_t told = stamps->told - w->before, i;

	if (!w->raise->times)
		add(w, stamps->came, stamps->user);
	else
		for (i = atomic_load(&w->told); i < told && i < raised; i++)
			add(w, w->raise->times[i], stamps->user);
	atomic_store(&w->told, told);
}

static void *wait_for_interrupts(void *argument)
{
	struct waiter *w = argument;
	struct latency_stamps stamps;

	latency_be_realtime(PRIORITY);
	do {
		stamps = (struct latency_stamps){ 0 };
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

/* A signal ends its wait; one that comes before it waits does not, so that there may be need for more. */
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
		before = atomic_load(&w->told);
		usleep(SETTLE_US);
	} while (atomic_load(&w->told) != before && --left);
}

static void fill(struct bench_run *run, const struct waiter *w, const struct latency_fate *before,
		 const struct latency_fate *after, uint64_t ns)
{
	run->raised = atomic_load(&w->raise->raised);
	run->reached = ns ? (double)run->raised * 1e9 / (double)ns : 0;
	run->handled = after->handled - before->handled;
	run->told = after->told - before->told;
	run->lost = run->raised > run->told ? run->raised - run->told : 0;
	run->from_raise = w->raise->times;
	if (!run->lost)
		run->latency = latency_spread(w->latencies, w->num);
}

static int run_with(struct bench_source *source, struct waiter *w, struct bench_run *run)
{
	struct latency_fate before, after;
	pthread_t thread;
	uint64_t ns;
	int err = w->path->kind->fate(w->path, &before);

	if (err)
		return err;
	w->before = before.told;
	err = -pthread_create(&thread, NULL, wait_for_interrupts, w);
	if (err)
		return err;
	usleep(SETTLE_US);	/* until it waits */
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

int bench_run(struct bench_source *source, struct latency_path *path, double seconds, struct bench_run *run)
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
