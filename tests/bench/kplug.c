// SPDX-License-Identifier: MIT
/* tests/bench: what kplug adds to the floors. */
#include <kplug.h>

#include "bench.h"

static struct kplug *open_device(const char *address, unsigned int flags)
{
	struct kplug_opts opts = { .flags = flags };
	struct kplug *k;

	bench_check("kplug_open", kplug_open(&k, address, &opts));
	bench_check("kplug_map", kplug_map(k, 0));
	return k;
}

static volatile uint32_t *raise_register(struct kplug *k)
{
	return (volatile uint32_t *)((volatile char *)kplug_io_user(k)->region[0].base + EDU_RAISE);
}

/* The test plugin, whose handler takes the time itself. */
struct session {
	struct kplug *k;
	struct kplug_shm shm;
	struct bench_source source;
};

static void attach_bench(struct session *s, const char *address, unsigned int flags)
{
	struct kplug_handler handler = { .plugin = "bench" };
	struct kplug_bench_mode mode = { .flags = flags };

	s->k = open_device(address, KPLUG_OPEN_NO_RING);
	bench_check("kplug_shm_alloc", kplug_shm_alloc(s->k, 4096, &s->shm));
	mode.shm = s->shm.id;
	bench_check("kplug_attach to the plugin", kplug_attach(s->k, KPLUG_NO_VECTOR, &handler));
	bench_check("kplug_call", kplug_call(s->k, KPLUG_BENCH_MODE, &mode, sizeof(mode), NULL, 0));
	bench_check("kplug_attach", kplug_attach(s->k, 0, &handler));
	s->source = (struct bench_source){
		.raise = raise_register(s->k),
		.stamps = s->shm.addr,
		.deferred = flags & KPLUG_BENCH_DEFER,
	};
}

static void detach_bench(struct session *s)
{
	kplug_shm_free(s->k, &s->shm);
	kplug_close(s->k);
}

static void plugin_alone(const char *address, const char *row)
{
	struct session s;
	struct bench_latency latency;
	uint64_t mean;

	attach_bench(&s, address, KPLUG_BENCH_STAMP);
	latency = bench_measure(&s.source);
	detach_bench(&s);
	attach_bench(&s, address, 0);
	mean = bench_per_interrupt(&s.source);
	detach_bench(&s);
	bench_row(row, "entry", latency.entry, "acked", latency.acked, "per_interrupt", mean,
		  BENCH_MMIO, NULL);
}

static void plugin_deferred(const char *address)
{
	struct session s;
	struct bench_latency latency;

	attach_bench(&s, address, KPLUG_BENCH_STAMP | KPLUG_BENCH_DEFER);
	latency = bench_measure(&s.source);
	bench_row("plugin, deferred handler", "entry", latency.entry, "acked", latency.acked,
		  "deferred", latency.deferred, "per_interrupt", bench_per_interrupt(&s.source),
		  BENCH_MMIO, NULL);
	detach_bench(&s);
}

/* A recipe cannot take the time; the mean shows what it costs. */
static void recipe_alone(const char *address)
{
	static const struct kplug_step steps[] = {
		KPLUG_READ32(0, 0x24),
		KPLUG_NOT_MINE(UINT32_MAX, 0),
		KPLUG_WRITE_BACK32(0, 0x64, UINT32_MAX, 0),
	};
	struct kplug_handler handler = { .steps = steps, .num_steps = 3 };
	struct kplug *k = open_device(address, KPLUG_OPEN_NO_RING);
	struct bench_source source = { .raise = raise_register(k) };

	bench_check("kplug_attach a recipe", kplug_attach(k, 0, &handler));
	bench_row("recipe, no listener", "per_interrupt", bench_per_interrupt(&source), BENCH_MMIO,
		  NULL);
	kplug_close(k);
}

/* From the raise to the event in the program, which never sleeps. */
static void spinning(const char *address, unsigned int flags, const char *path)
{
	enum { TURNS = 1000 };
	static uint64_t user[TURNS];
	struct kplug_handler handler = { .plugin = "edu" };
	struct kplug *k = open_device(address, flags);
	volatile uint32_t *raise = raise_register(k);
	struct kplug_event event;
	int i;

	bench_check("kplug_attach edu", kplug_attach(k, 0, &handler));
	bench_settle(raise);
	while (kplug_next(k, &event))
		;
	for (i = 0; i < TURNS; i++) {
		uint64_t raised = bench_now();

		*raise = 1;
		while (!kplug_peek(k))
			;
		user[i] = bench_now() - raised;
		kplug_next(k, &event);
	}
	bench_row(path, "user", bench_median(user, TURNS), BENCH_MMIO, NULL);
	kplug_close(k);
}

static void empty(void *k)
{
	kplug_call(k, KPLUG_BENCH_EMPTY, NULL, 0, NULL, 0);
}

static void echo(void *k)
{
	static uint8_t in[64] = { 1 }, out[64];

	kplug_call(k, KPLUG_BENCH_ECHO, in, sizeof(in), out, sizeof(out));
}

static void calls(const char *address)
{
	struct kplug_handler handler = { .plugin = "bench" };
	struct kplug *k = open_device(address, KPLUG_OPEN_NO_RING);

	bench_check("kplug_attach to the plugin", kplug_attach(k, KPLUG_NO_VECTOR, &handler));
	bench_row("plugin, empty call", "per_call", bench_per_call(empty, k), NULL);
	bench_row("plugin, 64 bytes in and out", "per_call", bench_per_call(echo, k), NULL);
	kplug_close(k);
}

void bench_kplug(const char *address)
{
	plugin_alone(address, "plugin, no listener");
	plugin_deferred(address);
	recipe_alone(address);
	spinning(address, 0, "plugin, program spins on the ring");
	spinning(address, KPLUG_OPEN_NO_TIMES, "plugin, the same without times");
	calls(address);
}

/*
 * While a command looks on; `kplug trace` also at another vector alone, so that its programs have
 * nothing to do.
 */
void bench_by_latency(const char *address)
{
	plugin_alone(address, "kplug latency --dev");
}

void bench_by_slow(const char *address)
{
	plugin_alone(address, "kplug slow --dev");
}

void bench_by_trace(const char *address)
{
	plugin_alone(address, "kplug trace --dev");
}

void bench_by_nothing(const char *address)
{
	plugin_alone(address, "kplug trace, of another vector");
}
