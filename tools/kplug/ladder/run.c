// SPDX-License-Identifier: MIT
/* kplug ladder: raises interrupts on one path and measures them. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ladder.h"

#define TIMEOUT_NS 1000000000ull
#define WARM_UP    16 /* turns that fill caches and are not counted */
#define PAUSE_US   20000 /* after that, for deferred work of the kernel */
#define SETTLE_US  1000 /* after a burst, for its last interrupt */

/*
 * Two threads on the CPU of the interrupt. The waiter has the higher priority: it
 * runs as soon as the kernel wakes it and sleeps again before the next raise.
 * Both stay below the priority (50) of interrupt threads.
 */
enum { RAISER_PRIORITY = 10, WAITER_PRIORITY = 20 };

struct run {
	struct ladder_path *path;
	struct ladder_stamps *stamps;
	unsigned int count;
	pthread_barrier_t ready; /* the waiter has its priority */
	atomic_uint done;
	int err; /* of the waiter */
};

void ladder_go_to_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(atoi(LADDER_CPU), &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
}

void ladder_be_realtime(int priority)
{
	struct sched_param p = { .sched_priority = priority };

	ladder_go_to_cpu();
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
}

static void be_ordinary(void)
{
	struct sched_param p = { 0 };

	pthread_setschedparam(pthread_self(), SCHED_OTHER, &p);
}

static void *waiter(void *arg)
{
	struct run *run = arg;
	unsigned int i;

	ladder_be_realtime(WAITER_PRIORITY);
	pthread_barrier_wait(&run->ready);
	for (i = 0; i < run->count; i++) {
		run->err = run->path->kind->wait(run->path, &run->stamps[i]);
		if (run->err)
			break;
		atomic_store_explicit(&run->done, i + 1, memory_order_release);
	}
	return NULL;
}

static bool arrived(struct run *run, unsigned int turn)
{
	uint64_t since = run->stamps[turn].raised;

	while (atomic_load_explicit(&run->done, memory_order_acquire) <= turn)
		if (ladder_now() - since > TIMEOUT_NS)
			return false;
	return true;
}

static int explain_silence(struct ladder_path *path, unsigned int arrived)
{
	if (arrived)
		ladder_unavailable(path, "after %u interrupts, none arrived for a second", arrived);
	else
		ladder_unavailable(path, LADDER_NONE_ARRIVED, 1ull);
	return -ETIMEDOUT;
}

/* Waits for each interrupt before it raises the next. */
static int raise_in_turns(struct run *run)
{
	uint32_t value = run->path->device->raise_value;
	unsigned int i;

	for (i = 0; i < run->count; i++) {
		if (i == WARM_UP)
			usleep(PAUSE_US);
		run->stamps[i].raised = ladder_now();
		*run->path->raise = value;
		if (!arrived(run, i))
			return run->err ? run->err : explain_silence(run->path, i);
	}
	return 0;
}

static int run_turns(struct run *run)
{
	pthread_t thread;
	int err;

	pthread_barrier_init(&run->ready, NULL, 2);
	err = -pthread_create(&thread, NULL, waiter, run);
	if (err)
		return err;
	pthread_barrier_wait(&run->ready);
	ladder_be_realtime(RAISER_PRIORITY);
	err = raise_in_turns(run);
	be_ordinary();
	if (err)
		pthread_cancel(thread);
	pthread_join(thread, NULL);
	return err;
}

/* Back to back, while no thread waits: the cost for the CPU, and the loss. */
static int run_burst(struct ladder_path *path, unsigned int count, struct ladder_row *row)
{
	struct ladder_fate before, after;
	uint32_t value = path->device->raise_value;
	uint64_t start;
	unsigned int i;
	int err = path->kind->fate(path, &before);

	if (err)
		return err;
	ladder_be_realtime(RAISER_PRIORITY);
	start = ladder_now();
	for (i = 0; i < count; i++)
		*path->raise = value;
	row->burst = (ladder_now() - start) / count;
	be_ordinary();
	usleep(SETTLE_US);
	err = path->kind->fate(path, &after);
	row->raised = count;
	row->handled = after.handled - before.handled;
	row->lost = count - (after.notified - before.notified);
	if (row->handled < count)
		row->burst = 0; /* the first one masks the others */
	return err;
}

/* The distribution of one stamp after the raise, over the interrupts that have it. */
static struct ladder_spread spread_of(const struct run *run, size_t member, uint64_t *scratch)
{
	unsigned int i;
	size_t n = 0;

	for (i = WARM_UP; i < run->count; i++) {
		const struct ladder_stamps *s = &run->stamps[i];
		uint64_t stamp = *(const uint64_t *)((const char *)s + member);

		/* kplug computes the entry back from a later clock reading, to a few ns. */
		if (stamp)
			scratch[n++] = stamp > s->raised ? stamp - s->raised : 0;
	}
	return ladder_spread(scratch, n);
}

static void fill_row(const struct run *run, struct ladder_row *row)
{
	uint64_t *scratch = calloc(run->count, sizeof(*scratch));
	unsigned int last = run->count - 1;

	if (!scratch)
		return;
	row->entry = spread_of(run, offsetof(struct ladder_stamps, entry), scratch);
	row->acked = spread_of(run, offsetof(struct ladder_stamps, acked), scratch);
	row->user = spread_of(run, offsetof(struct ladder_stamps, user), scratch);
	row->per_interrupt =
		(run->stamps[last].raised - run->stamps[WARM_UP].raised) / (last - WARM_UP);
	free(scratch);
}

static int measure(struct ladder_path *path, unsigned int count, struct ladder_row *row)
{
	struct run run = {
		.path = path,
		.count = count + WARM_UP + 1,
	};
	int err = -ENOMEM;

	run.stamps = calloc(run.count, sizeof(*run.stamps));
	if (!run.stamps)
		return err;
	mlockall(MCL_CURRENT | MCL_FUTURE);
	err = run_turns(&run);
	if (!err)
		fill_row(&run, row);
	if (!err)
		err = run_burst(path, count, row);
	munlockall();
	free(run.stamps);
	return err;
}

/* Fills the row; if the path is missing or fails, row->why says so. */
int ladder_run(const struct ladder_kind *kind, const struct ladder_device *device,
	       unsigned int count, struct ladder_row *row)
{
	struct ladder_path path = { .kind = kind, .device = device, .burst = count };
	int err = 0;

	*row = (struct ladder_row){ .kind = kind };
	if (!ladder_path_open(&path)) {
		ladder_pci_pin(device->address);
		err = measure(&path, count, row);
		if (err && !*path.why)
			ladder_unavailable(&path, "it failed: %s", strerror(-err));
	}
	ladder_path_close(&path);
	memcpy(row->why, path.why, sizeof(row->why));
	return err;
}
