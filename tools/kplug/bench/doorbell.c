// SPDX-License-Identifier: MIT
/* kplug bench irq: interrupts that tools/doorbell.py raises on the host of this guest. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "doorbell.h"

#define LOOK_US  5000
#define ALIVE_NS 2000000000ull /* far longer than its period */
#define NO_HOST  "run tools/doorbell.py on the host of this guest: it rings the doorbell"

static uint64_t memory_size(const char *address)
{
	char path[160];
	struct stat info;

	ladder_pci_path(path, sizeof(path), address, "resource2");
	return stat(path, &info) ? 0 : (uint64_t)info.st_size;
}

static bool host_is_alive(volatile struct doorbell *bell)
{
	const uint32_t before = bell->alive;
	const uint64_t since = ladder_now();

	while (bell->alive == before && ladder_now() - since < ALIVE_NS)
		usleep(LOOK_US);
	return bell->alive != before;
}

static int open_source(struct bench_source *source, struct ladder_path *path)
{
	const uint64_t size = memory_size(path->device->address);
	volatile struct doorbell *bell;

	if (!path->kind->map)
		return ladder_unavailable(path,
					  "it gives no access to the memory that the host shares");
	if (size < DOORBELL_BEFORE_END)
		return ladder_unavailable(path, "it has no memory");
	bell = path->kind->map(path, DOORBELL_REGION, size - DOORBELL_BEFORE_END,
			       DOORBELL_BEFORE_END);
	if (!bell)
		return -1;
	source->state = (void *)bell;
	bell->magic = DOORBELL_MAGIC;
	return host_is_alive(bell) ? 0 : ladder_unavailable(path, NO_HOST);
}

/* The host stops looking at this memory. */
static void close_source(struct bench_source *source)
{
	volatile struct doorbell *bell = source->state;

	if (bell)
		bell->magic = 0;
}

static void ask(volatile struct doorbell *bell, const struct bench_raise *raise)
{
	bell->interval_ns = (uint64_t)(1e9 / raise->rate);
	bell->count = raise->count;
	bell->vector = 0;
	bell->random = raise->random;
	bell->raised = 0;
	atomic_thread_fence(memory_order_release);
	bell->request = bell->done + 1;
}

static int run(struct bench_source *source, struct bench_raise *raise, uint64_t *ns)
{
	volatile struct doorbell *bell = source->state;
	uint64_t seen = ladder_now();
	uint32_t alive = bell->alive;

	ask(bell, raise);
	while (bell->done != bell->request) {
		usleep(LOOK_US);
		if (bell->alive != alive) {
			alive = bell->alive;
			seen = ladder_now();
		} else if (ladder_now() - seen > ALIVE_NS) {
			return -EPIPE;
		}
	}
	atomic_thread_fence(memory_order_acquire);
	atomic_store(&raise->raised, bell->raised);
	*ns = bell->ns;
	return 0;
}

const struct bench_source_kind bench_doorbell = {
	.name = "a doorbell outside",
	.max_rate = 100000,
	.open = open_source,
	.run = run,
	.close = close_source,
};
