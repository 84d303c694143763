// SPDX-License-Identifier: MIT
/* tests/bench: instructions of everything but waiting. */
#include <pthread.h>
#include <sched.h>

#include "bench.h"

/* The instructions of a turn of the loop below. */
#if defined(__x86_64__)
#define TURN 2
#else
#define TURN 3
#endif

/* It alone writes them. */
static volatile uint64_t idle_turns;

/*
 * Runs when nothing else wants to, so that the CPU never sleeps: then the emulator would skip time.
 */
static void *idle(void *unused)
{
	struct sched_param p = { .sched_priority = 0 };
	uint64_t turns = 0;

	(void)unused;
	pthread_setschedparam(pthread_self(), SCHED_IDLE, &p);
#if defined(__x86_64__)
	(void)turns;
	__asm__ volatile("1: incq %0\n\tjmp 1b" : "+m"(idle_turns));
#else
	__asm__ volatile("1: add %0, %0, #1\n\tstr %0, [%1]\n\tb 1b"
			 : "+r"(turns)
			 : "r"(&idle_turns)
			 : "memory");
#endif
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
	return bench_now() - TURN * idle_turns;
}
