// SPDX-License-Identifier: MIT
/* kplug bench irq: interrupts that this program raises by a register of the device. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

/* With a processor of its own, the thread polls the clock for the last part of a wait. */
#define SLEEP_NS 200000

static int open_source(struct bench_source *source, struct ladder_path *path)
{
	(void)source;
	if (path->device->no_status)
		return ladder_unavailable(path,
					  "how does it interrupt? say --raise, --status and --ack");
	return 0;
}

static void close_source(struct bench_source *source)
{
	(void)source;
}

static void sleep_until(uint64_t due)
{
	struct timespec t = { .tv_sec = (time_t)(due / 1000000000),
			      .tv_nsec = (long)(due % 1000000000) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void wait_until(uint64_t due, bool alone)
{
	uint64_t now = ladder_now();

	if (alone || due > now + SLEEP_NS)
		sleep_until(alone ? due : due - SLEEP_NS);
	while (ladder_now() < due)
		;
}

/*
 * With two processors, the other one is free for the interrupt and the program.
 * With one, this thread preempts the program, as a device does, and sleeps in
 * between. Gives true for one processor.
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
	for (cpu = CPU_SETSIZE - 1; cpu > atoi(LADDER_CPU) + 1 && !CPU_ISSET(cpu, &cpus); cpu--)
		;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	return false;
}

/* A late interrupt does not make the next intervals shorter. */
static void raise_all(const struct ladder_path *path, struct bench_raise *raise, bool alone)
{
	struct bench_pace pace;
	uint64_t i, now, due = ladder_now();

	bench_pace_begin(&pace, raise->rate, raise->random);
	for (i = 0; i < raise->count; i++) {
		due += bench_pace_next(&pace);
		wait_until(due, alone);
		now = ladder_now();
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
	since = ladder_now();
	raise_all(source->path, raise, choose_processor());
	*ns = ladder_now() - since;
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
