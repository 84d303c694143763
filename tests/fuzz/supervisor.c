// SPDX-License-Identifier: MIT
// The first process: it starts the others, and watches them and the kernel log.
#include "supervisor.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chaos.h"
#include "log.h"
#include "operation.h"
#include "process.h"
#include "random.h"
#include "state.h"

#define KILL_PCT      1
#define ALONE         6 /* the part of a round with one thread is one of these */
#define PROGRESS_S    10
#define END_TRIES     900 /* of 100 ms each */
#define PATIENT_TRIES 20
#define SHOWN         12
#define SHOWN_ERRORS  4
#define MAX_HISTORIES 3
#define SEED_STEP     1000003ull
#define CHAOS_SEED    0xc4a05

static const struct supervisor *options;
static pid_t processes[MAX_PROCESSES], chaos;
static FILE *report;
static unsigned int reports;

static void show_history(const char *why)
{
	printf("The last steps before: %s\n", why);
	for (unsigned int thread = 0; thread < MAX_THREADS; thread++) {
		const struct history *history = &state->history[thread];
		uint32_t next = history->next;

		for (uint32_t i = next > SHOWN ? next - SHOWN : 0; i < next; i++) {
			const struct done *done = &history->done[i % HISTORY];

			printf("thread %u: %s:%u:%u = %d\n", thread, operation_name(done->step.op),
			       done->step.slot, done->step.seed, done->result);
		}
	}
	printf("upheaval: %s\n", chaos_name(state->upheaval - 1) ?: "none");
	fflush(stdout);
}

static void complain(const char *what)
{
	fprintf(report, "REPORT seed %llu: %s\n", (unsigned long long)options->seed, what);
	fflush(report);
	if (reports++ < MAX_HISTORIES)
		show_history(what);
}

static void look_at_log(void)
{
	const char *text;

	while ((text = log_next()))
		complain(text);
}

static void show_progress(time_t since)
{
	fprintf(report, "PROGRESS %ld %llu %llu %u %llu %llu %llu %u\n", (long)since,
		(unsigned long long)state->steps, (unsigned long long)state->calls, state->num_own,
		(unsigned long long)state->upheavals, (unsigned long long)state->kills,
		(unsigned long long)state->faults, reports);
	fflush(report);
}

static void start_missing(uint64_t round, bool alone)
{
	for (unsigned int i = 0; i < (alone ? 1 : options->processes); i++) {
		if (processes[i] && waitpid(processes[i], NULL, WNOHANG) == processes[i])
			processes[i] = 0;
		if (processes[i])
			continue;
		processes[i] = fork();
		if (processes[i] < 0)
			processes[i] = 0;
		else if (!processes[i])
			process_run(i, options->seed * SEED_STEP + round * 101 + i,
				    alone ? 1 : NUM_THREADS);
	}
}

static void kill_one(void)
{
	pid_t pid = processes[below(options->processes)];

	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	state->kills++;
}

/* One thread at first, whose programs succeed more often than those that share a device. */
static bool is_alone(time_t since)
{
	static bool was_alone = true;
	bool alone = since * ALONE < options->seconds;

	if (was_alone && !alone && processes[0] > 0)
		kill(processes[0], SIGKILL);
	was_alone = alone;
	return alone;
}

static void run(void)
{
	time_t start = time(NULL), told = start;

	for (uint64_t round = 0; time(NULL) - start < options->seconds; round++) {
		start_missing(round, is_alone(time(NULL) - start));
		random_seed(options->seed + round);
		usleep(30000 + below(60000));
		if (options->kills && chance(KILL_PCT))
			kill_one();
		look_at_log();
		if (time(NULL) - told < PROGRESS_S)
			continue;
		told = time(NULL);
		show_progress(told - start);
	}
	show_progress(time(NULL) - start);
}

static bool ended(pid_t *pid)
{
	if (*pid > 0 && waitpid(*pid, NULL, WNOHANG) == *pid)
		*pid = 0;
	return *pid <= 0;
}

static bool all_ended(bool force)
{
	bool all = ended(&chaos);

	for (unsigned int i = 0; i < options->processes; i++) {
		if (ended(&processes[i]))
			continue;
		all = false;
		if (force)
			kill(processes[i], SIGKILL);
	}
	return all;
}

/* Each wait of kplug ends by a signal that kills; a process that stays is a report. */
static void stop(void)
{
	state->stop = true;
	for (unsigned int tries = 0; tries < END_TRIES; tries++) {
		if (all_ended(tries > PATIENT_TRIES))
			return;
		look_at_log();
		usleep(100000);
	}
	complain("a process does not end");
	if (system("for t in /proc/[0-9]*/task/*; do"
		   " grep -q kplug-fuzz $t/comm 2>/dev/null && head -n 4 $t/status && "
		   "cat $t/stack; done"))
		puts("their stacks cannot be read");
}

/* The errors that came most often. */
static void show_errors(unsigned int op)
{
	unsigned int before = UINT_MAX;

	for (unsigned int i = 0; i < SHOWN_ERRORS; i++) {
		unsigned int most = 0, error = 0;

		for (unsigned int e = 1; e < MAX_ERRNO; e++)
			if (state->errors[op][e] > most && state->errors[op][e] < before) {
				most = state->errors[op][e];
				error = e;
			}
		if (most)
			printf(" %s %u", strerrorname_np(error) ?: "?", most);
		before = most;
	}
	putchar('\n');
}

static void show_operations(void)
{
	for (unsigned int op = 0; op < operation_count(); op++) {
		printf("%-20s %7llu, %7llu ok, %7llu us each,", operation_name(op),
		       (unsigned long long)state->tried[op],
		       (unsigned long long)state->succeeded[op],
		       (unsigned long long)(state->spent_us[op] / (state->tried[op] ?: 1)));
		show_errors(op);
	}
}

static void show_upheavals(void)
{
	for (unsigned int i = 0; chaos_name(i); i++)
		printf("%-20s %8llu times %8llu ms each\n", chaos_name(i),
		       (unsigned long long)state->upheaved[i],
		       (unsigned long long)(state->upheaved_ms[i] / (state->upheaved[i] ?: 1)));
}

/* By a process of its own: programs would inherit the file that makes its allocations fail. */
static void prepare_once(void)
{
	pid_t child;

	if (state->prepared)
		return;
	state->prepared = true;
	child = fork();
	if (!child) {
		random_seed(options->seed);
		chaos_prepare();
		_exit(0);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

int supervisor_run(const struct supervisor *wanted)
{
	options = wanted;
	report = fopen(wanted->report, "a");
	if (!report)
		report = stdout;
	log_open();
	prepare_once();
	chaos = fork();
	if (!chaos)
		chaos_run(options->seed ^ CHAOS_SEED);
	run();
	stop();
	look_at_log();
	show_operations();
	show_upheavals();
	return reports ? 1 : 0;
}
