// SPDX-License-Identifier: MIT
/* kplug bench irq: interrupts of the null plugin's timer, without hardware. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kplug.h>

#include "../../../plugins/null/null_msg.h"
#include "bench.h"

#define LOOK_US 5000

/* A client of its own: that of the path may have another handler than the plugin. */
static int open_source(struct bench_source *source, struct ladder_path *path)
{
	static const struct kplug_handler null = { .plugin = "null" };
	struct kplug *k;
	int err = kplug_open(&k, path->device->address, NULL);

	if (err)
		return ladder_unavailable(path, "kplug_open: %s", kplug_reason(NULL));
	source->state = k;
	err = kplug_attach(k, KPLUG_NO_VECTOR, &null);
	return err < 0 ? ladder_unavailable(path, "the timer of the null plugin: %s",
					    kplug_reason(NULL)) :
			 0;
}

static void close_source(struct bench_source *source)
{
	if (source->state)
		kplug_close(source->state);
	source->state = NULL;
}

static int look(struct kplug *k, struct bench_raise *raise, bool *running)
{
	struct null_raised raised;
	int n = kplug_call(k, NULL_CALL_RAISED, NULL, 0, &raised, sizeof(raised));

	if (n != sizeof(raised))
		return n < 0 ? n : -EPROTO;
	atomic_store(&raise->raised, raised.raised);
	*running = raised.running;
	return 0;
}

/* The timer runs on the processor that starts it. */
static int start(struct kplug *k, const struct bench_raise *raise)
{
	struct null_rate rate = {
		.random = raise->random,
		.interval_ns = (uint64_t)(1e9 / raise->rate),
		.count = raise->count,
	};
	cpu_set_t before;
	int err;

	pthread_getaffinity_np(pthread_self(), sizeof(before), &before);
	ladder_go_to_cpu();
	err = kplug_call(k, NULL_CALL_RATE, &rate, sizeof(rate), NULL, 0);
	pthread_setaffinity_np(pthread_self(), sizeof(before), &before);
	return err;
}

static int run(struct bench_source *source, struct bench_raise *raise, uint64_t *ns)
{
	const uint64_t since = ladder_now();
	bool running = true;
	int err = start(source->state, raise);

	while (!err && running) {
		usleep(LOOK_US);
		err = look(source->state, raise, &running);
	}
	*ns = ladder_now() - since;
	return err;
}

const struct bench_source_kind bench_timer = {
	.name = "a timer",
	.max_rate = 1e9 / NULL_MIN_INTERVAL,
	.open = open_source,
	.run = run,
	.close = close_source,
};
