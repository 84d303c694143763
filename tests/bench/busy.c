// SPDX-License-Identifier: MIT
/* tests/bench: instructions of everything but waiting. */
#include <pthread.h>
#include <sched.h>

#include "bench.h"

/* It alone writes them. Two instructions count one. */
static volatile uint64_t idle_turns;

/*
 * Runs when nothing else wants to, so that the CPU never sleeps: then the emulator would skip time.
 */
static void *idle(void *unused)
{
	struct sched_param p = { .sched_priority = 0 };

	(void)unused;
	pthread_setschedparam(pthread_self(), SCHED_IDLE, &p);
	__asm__ volatile("1: incq %0\n\tjmp 1b" : "+m"(idle_turns));
	return NULL;
}

/* From here to the end of the program. */
void bench_busy_start(void)
{
	pthread_t thread;

	bench_check("pthread_create", -pthread_create(&thread, NULL, idle, NULL));
}

/* With one CPU the counting thread does not run meanwhile. */
uint64_t bench_busy(void)
{
	return __rdtsc() - 2 * idle_turns;
}
