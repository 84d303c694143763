// SPDX-License-Identifier: MIT
/* kplug latency: raises interrupts on one path and takes the times. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "latency.h"

#define TIMEOUT_NS 1000000000ull
#define WARM_UP    16	/* turns that fill caches and are not counted */
#define PAUSE_US   20000	/* after that, until the kernel has done what it put off */
#define SETTLE_US  1000	/* for what is still on its way after a burst */

/*
 * Two threads on the CPU where the interrupt comes. The waiter has the higher priority: it runs as soon
 * as the kernel wakes it, and is back asleep before the next raise. Both stay
 * below the priority (50) of interrupt threads.
 */
enum { RAISER_PRIORITY = 10, WAITER_PRIORITY = 20 };

struct run {
	struct latency_path *path;
	struct latency_stamps *stamps;
	unsigned int count;
	pthread_barrier_t ready;	/* the waiter has its priority */
	atomic_uint done;
	int err;	/* of the waiter */
};

void latency_go_to_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(atoi(LATENCY_CPU), &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
}

void latency_be_realtime(int priority)
{
	struct sched_param p = { .sched_priority = priority };

	latency_go_to_cpu();
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

	latency_be_realtime(WAITER_PRIORITY);
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
		if (latency_now() - since > TIMEOUT_NS)
			return false;
	return true;
}

/* One interrupt at a time, each waited for. */
static int raise_in_turns(struct run *run)
{
	uint32_t value = run->path->device->raise_value;
	unsigned int i;

	for (i = 0; i < run->count; i++) {
		if (i == WARM_UP)
			usleep(PAUSE_US);
		run->stamps[i].raised = latency_now();
		*run->path->raise = value;
		if (!arrived(run, i))
			return run->err ? run->err : -ETIMEDOUT;
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
	latency_be_realtime(RAISER_PRIORITY);
	err = raise_in_turns(run);
	be_ordinary();
	if (err)
		pthread_cancel(thread);
	pthread_join(thread, NULL);
	return err;
}

/* Back to back, with nobody listening: what the path costs the CPU, and what it forgets. */
static int run_burst(struct latency_path *path, unsigned int count, struct latency_row *row)
{
	struct latency_fate before, after;
	uint32_t value = path->device->raise_value;
	uint64_t start;
	unsigned int i;
	int err = path->kind->fate(path, &before);

	if (err)
		return err;
	latency_be_realtime(RAISER_PRIORITY);
	start = latency_now();
	for (i = 0; i < count; i++)
		*path->raise = value;
	row->burst = (latency_now() - start) / count;
	be_ordinary();
	usleep(SETTLE_US);
	err = path->kind->fate(path, &after);
	row->raised = count;
	row->handled = after.handled - before.handled;
	row->lost = count - (after.told - before.told);
	if (row->handled < count)
		row->burst = 0;	/* the first one masked the others */
	return err;
}

/* The spread of one stamp against the raise, over those interrupts that have it. */
static struct latency_spread spread_of(const struct run *run, size_t member, uint64_t *scratch)
{
	unsigned int i;
	size_t n = 0;

	for (i = WARM_UP; i < run->count; i++) {
		const struct latency_stamps *s = &run->stamps[i];
		uint64_t stamp = *(const uint64_t *)((const char *)s + member);

		/* kplug counts back from its second clock reading by cycles, which may be a little too many. */
		if (stamp)
			scratch[n++] = stamp > s->raised ? stamp - s->raised : 0;
	}
	return latency_spread(scratch, n);
}

static void fill_row(const struct run *run, struct latency_row *row)
{
	uint64_t *scratch = calloc(run->count, sizeof(*scratch));
	unsigned int last = run->count - 1;

	if (!scratch)
		return;
	row->entry = spread_of(run, offsetof(struct latency_stamps, entry), scratch);
	row->acked = spread_of(run, offsetof(struct latency_stamps, acked), scratch);
	row->user = spread_of(run, offsetof(struct latency_stamps, user), scratch);
	row->per_interrupt = (run->stamps[last].raised - run->stamps[WARM_UP].raised) /
			     (last - WARM_UP);
	free(scratch);
}

static int measure(struct latency_path *path, unsigned int count, struct latency_row *row)
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

/* Fills the row; a path that is not there or fails says so in row->why. */
int latency_run(const struct latency_kind *kind, const struct latency_device *device,
		unsigned int count, struct latency_row *row)
{
	struct latency_path path = { .kind = kind, .device = device, .burst = count };
	int err = 0;

	*row = (struct latency_row){ .kind = kind };
	if (!kind->open(&path)) {
		latency_pci_pin(device->address);
		err = measure(&path, count, row);
		if (err == -ETIMEDOUT)
			latency_unavailable(&path, "no interrupt arrived within a second");
		else if (err)
			latency_unavailable(&path, "it failed: %s", strerror(-err));
	}
	kind->close(&path);
	memcpy(row->why, path.why, sizeof(row->why));
	return err;
}
