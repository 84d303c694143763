// SPDX-License-Identifier: MIT
/* kplug bench irq: interrupts that this program raises, by a register of the device. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define SLEEP_NS 200000	/* what is due sooner is waited for awake, where another processor is there for it */

static int open_source(struct bench_source *source, struct latency_path *path)
{
	(void)source;
	if (path->device->no_status)
		return latency_unavailable(path, "how does it interrupt? say --raise, --status and --ack");
	return 0;
}

static void close_source(struct bench_source *source)
{
	(void)source;
}

static void sleep_until(uint64_t due)
{
	struct timespec t = { .tv_sec = (time_t)(due / 1000000000), .tv_nsec = (long)(due % 1000000000) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void wait_until(uint64_t due, bool alone)
{
	uint64_t now = latency_now();

	if (alone || due > now + SLEEP_NS)
		sleep_until(alone ? due : due - SLEEP_NS);
	while (latency_now() < due)
		;
}

/*
 * A processor of our own leaves the other to the interrupt and the program. If there is but one, we come
 * before the program, as a device does, and sleep in between.
 */
static bool choose_processor(void)
{
	const bool alone = sysconf(_SC_NPROCESSORS_ONLN) < 2;
	struct sched_param first = { .sched_priority = 30 };
	cpu_set_t cpus;
	int cpu;

	if (alone) {
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &first);
		return true;
	}
	sched_getaffinity(0, sizeof(cpus), &cpus);
	for (cpu = CPU_SETSIZE - 1; cpu > atoi(LATENCY_CPU) + 1 && !CPU_ISSET(cpu, &cpus); cpu--)
		;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	return false;
}

/* Never faster than asked: what is late is not made up for. */
static void raise_all(const struct latency_path *path, struct bench_raise *raise, bool alone)
{
	struct bench_pace pace;
	uint64_t i, now, due = latency_now();

	bench_pace_begin(&pace, raise->rate, raise->random);
	for (i = 0; i < raise->count; i++) {
		due += bench_pace_next(&pace);
		wait_until(due, alone);
		now = latency_now();
		if (now > due + pace.interval)
			due = now;
		raise->times[i] = now;
		atomic_store_explicit(&raise->raised, i + 1, memory_order_release);
		*path->raise = path->device->raise_value;
	}
}

static int run(struct bench_source *source, struct bench_raise *raise, uint64_t *ns)
{
	struct sched_param ordinary = { 0 };
	cpu_set_t before;
	uint64_t since;

	pthread_getaffinity_np(pthread_self(), sizeof(before), &before);
	since = latency_now();
	raise_all(source->path, raise, choose_processor());
	*ns = latency_now() - since;
	pthread_setschedparam(pthread_self(), SCHED_OTHER, &ordinary);
	pthread_setaffinity_np(pthread_self(), sizeof(before), &before);
	return 0;
}

const struct bench_source_kind bench_register = {
	.name = "a register",
	.max_rate = BENCH_MAX_RATE,
	.knows_times = true,
	.open = open_source,
	.run = run,
	.close = close_source,
};
