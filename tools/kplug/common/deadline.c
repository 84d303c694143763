// SPDX-License-Identifier: MIT
/* How long an instrument watches: for a duration, or until a signal ends it. */
#include "deadline.h"

#include <math.h>
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void deadline_begin(struct deadline *deadline, double seconds)
{
	/* Without SA_RESTART, so that a signal also ends a system call that waits. */
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	deadline->start = now();
	deadline->end = seconds ? deadline->start + seconds : INFINITY;
}

bool deadline_over(const struct deadline *deadline)
{
	return stopped || now() >= deadline->end;
}

double deadline_elapsed(const struct deadline *deadline)
{
	return now() - deadline->start;
}

void deadline_rest(const struct deadline *deadline, double seconds)
{
	const double time = fmax(fmin(seconds, deadline->end - now()), 0);
	const struct timespec t = { .tv_sec = (time_t)time,
				    .tv_nsec = (long)((time - floor(time)) * 1e9) };

	nanosleep(&t, NULL);
}
