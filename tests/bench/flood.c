// SPDX-License-Identifier: MIT
/* tests/bench: a million interrupts back to back, the reader held off half of the time. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include <kplug.h>

#include "bench.h"

#define INTERRUPTS 1000000
#define PERIOD     100000 /* the reader sleeps through the first half of each */
#define BATCH      64
#define POLL_NS    1000000

struct flood {
	struct kplug *k;
	pthread_barrier_t ready; /* the reader has its priority */
	atomic_bool held;
	atomic_bool over;
	sem_t go;
	uint64_t received;
	uint64_t lost;
};

/* Stops taking events when it is held, until it may go. */
static void *reader(void *arg)
{
	struct flood *flood = arg;
	struct kplug_event events[BATCH];
	/* Above the raiser: it runs whenever it is woken. */
	struct sched_param p = { .sched_priority = 20 };
	int i, n = 0;

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
	pthread_barrier_wait(&flood->ready);
	while (n >= 0 && (n || !atomic_load(&flood->over))) {
		if (atomic_load(&flood->held))
			sem_wait(&flood->go);
		n = kplug_wait(flood->k, events, BATCH, POLL_NS);
		for (i = 0; i < n; i++)
			flood->lost += events[i].lost;
		flood->received += n > 0 ? n : 0;
	}
	bench_check("kplug_wait", n);
	return NULL;
}

static void hold(struct flood *flood, bool held)
{
	atomic_store(&flood->held, held);
	if (!held)
		sem_post(&flood->go);
}

static void raise_all(struct flood *flood, volatile uint32_t *raise)
{
	int i;

	for (i = 0; i < INTERRUPTS; i++) {
		if (i % PERIOD == 0)
			hold(flood, true);
		if (i % PERIOD == PERIOD / 2)
			hold(flood, false);
		*raise = 1;
	}
	atomic_store(&flood->over, true);
}

static void report(struct flood *flood, const struct kplug_vector_info *info)
{
	bench_row("plugin, flood", "raised", (uint64_t)INTERRUPTS, "handled",
		  (uint64_t)info->out_handled, "posted", (uint64_t)info->out_posted, "received",
		  flood->received, "lost", flood->lost, NULL);
}

/* The device must be freshly bound: its counters start at 0. */
void bench_flood(const char *address)
{
	struct kplug_handler handler = { .plugin = "edu" };
	struct kplug_vector_info info;
	struct flood flood = { 0 };
	pthread_t thread;

	sem_init(&flood.go, 0, 0);
	pthread_barrier_init(&flood.ready, NULL, 2);
	bench_check("kplug_open", kplug_open(&flood.k, address, NULL));
	bench_check("kplug_map", kplug_map(flood.k, 0));
	bench_check("kplug_attach", kplug_attach(flood.k, 0, &handler));
	bench_check("pthread_create", -pthread_create(&thread, NULL, reader, &flood));
	pthread_barrier_wait(&flood.ready);
	raise_all(&flood,
		  (volatile uint32_t *)((volatile char *)kplug_io_user(flood.k)->region[0].base +
					EDU_RAISE));
	pthread_join(thread, NULL);
	bench_check("kplug_vector_info", kplug_vector_info(flood.k, 0, &info));
	report(&flood, &info);
	kplug_close(flood.k);
}
