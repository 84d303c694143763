// SPDX-License-Identifier: MIT
// The split of each event's time inside the program: every event is counted, every delay is in its
// stage.
#include "device.h"

#include <pthread.h>
#include <string.h>

#define ROUNDS  200
#define HELD_MS 100
#define BUSY_US 1000

static struct kplug_stats *stats_new(unsigned int num_vectors)
{
	struct kplug_stats *stats;

	OK(kplug_stats_new(num_vectors, &stats));
	return stats;
}

static struct kplug_stage_times times(const struct kplug_stats *stats, unsigned int vector,
				      enum kplug_stage stage)
{
	struct kplug_stage_times times;

	OK(kplug_stats_times(stats, vector, stage, &times));
	return times;
}

static void check_counts(const struct kplug_stats *stats, uint64_t events, uint64_t lost)
{
	struct kplug_event_counts counts;

	kplug_stats_counts(stats, &counts);
	ck_assert_int_eq(counts.events, events);
	ck_assert_int_eq(counts.lost, lost);
	ck_assert_int_eq(counts.untimed, 0);
}

static void check_order(const struct kplug_stage_times *t)
{
	ck_assert(t->min <= t->p50 && t->p50 <= t->p90 && t->p90 <= t->p99 && t->p99 <= t->p999 &&
		  t->p999 <= t->max);
	ck_assert(t->min <= t->mean && t->mean <= t->max);
}

/* Takes the events in the ring, without waiting. */
static int take_all(struct kplug *k, struct kplug_stats *stats)
{
	struct kplug_event event;
	int taken = 0;

	for (; kplug_next(k, &event); taken++)
		kplug_stats_add(stats, &event);
	return taken;
}

/* Shortest, longest and sum of the handler's times in the records. */
struct expected {
	uint64_t min, max, sum;
};

static void expect_event(struct expected *expected, const struct kplug_event *event)
{
	uint64_t ns = event->t_post - event->t_hard;

	expected->min = ns < expected->min ? ns : expected->min;
	expected->max = ns > expected->max ? ns : expected->max;
	expected->sum += ns;
}

TEST(stats, counts_and_stages,
     .variants = VARIANTS("msi-plugin", "msi-recipe", "msi-user", "intx-plugin"))
{
	struct expected expected = { .min = UINT64_MAX };
	struct kplug_stage_times handler, taken, whole;
	struct kplug_stats *stats;
	struct kplug_event event;
	struct kplug *edu;
	uint64_t start;

	core_start();
	OK(module_load("kplug_edu"));
	edu = edu_open(EDU1, variant);
	stats = stats_new(1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	start = now_ns();
	for (int i = 0; i < ROUNDS; i++) {
		edu_raise(edu, 1);
		event = next_event(edu);
		kplug_stats_add(stats, &event);
		expect_event(&expected, &event);
	}
	check_counts(stats, ROUNDS, 0);

	handler = times(stats, 0, KPLUG_STAGE_HANDLER);
	ck_assert_int_eq(handler.count, ROUNDS);
	ck_assert_int_eq(handler.min, expected.min);
	ck_assert_int_eq(handler.max, expected.max);
	ck_assert_int_eq(handler.mean, expected.sum / ROUNDS);
	check_order(&handler);

	taken = times(stats, 0, KPLUG_STAGE_TAKEN);
	whole = times(stats, 0, KPLUG_STAGE_WHOLE);
	ck_assert_int_eq(taken.count, ROUNDS);
	ck_assert_int_eq(whole.count, ROUNDS);
	check_order(&taken);
	check_order(&whole);
	ck_assert(whole.min >= handler.min + taken.min && whole.max >= handler.max &&
		  whole.max >= taken.max);
	/* The rounding of each mean is less than a nanosecond. */
	ck_assert(whole.mean - handler.mean - taken.mean <= 1);
	ck_assert(whole.mean * ROUNDS < now_ns() - start);
	kplug_stats_free(stats);
}

/* A delay of the program is in its own stage. */
TEST(stats, held_reader)
{
	const uint64_t held = HELD_MS * MS;
	struct kplug_stats *stats;
	struct kplug *null;

	core_start();
	null = null_open(64);
	stats = stats_new(1);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(null, 0, 50);
	sleep_ms(HELD_MS);
	ck_assert_int_eq(take_all(null, stats), 50);
	check_counts(stats, 50, 0);
	ck_assert(times(stats, 0, KPLUG_STAGE_TAKEN).min >= held);
	ck_assert(times(stats, 0, KPLUG_STAGE_TAKEN).p50 >= held);
	ck_assert(times(stats, 0, KPLUG_STAGE_WHOLE).min >= held);
	ck_assert(times(stats, 0, KPLUG_STAGE_HANDLER).p90 < held / 10);

	/* The next one is quick again. */
	kplug_stats_reset(stats);
	null_fire(null, 0, 50);
	ck_assert_int_eq(take_all(null, stats), 50);
	check_counts(stats, 50, 0);
	ck_assert(times(stats, 0, KPLUG_STAGE_TAKEN).p50 < held);
	kplug_stats_free(stats);
}

/* A handler with a delay that is known to 1 %, by two clocks. */
TEST(stats, slow_handler, .variants = VARIANTS("intx", "msi"))
{
	const uint64_t busy = BUSY_US * 1000 / 100 * 99;
	struct kplug_stats *stats;
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_odd busy_us=%d", BUSY_US));
	edu = edu_open(EDU1, variant);
	stats = stats_new(1);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 20; i++) {
		edu_raise(edu, 1);
		event = next_event(edu);
		kplug_stats_add(stats, &event);
	}
	check_counts(stats, 20, 0);
	ck_assert(times(stats, 0, KPLUG_STAGE_HANDLER).min >= busy);
	ck_assert(times(stats, 0, KPLUG_STAGE_WHOLE).min >= busy);
	/* The delay is in no other stage. */
	ck_assert(times(stats, 0, KPLUG_STAGE_WHOLE).mean -
			  times(stats, 0, KPLUG_STAGE_TAKEN).mean + 1 >=
		  busy);
	kplug_stats_free(stats);
}

TEST(stats, full_ring_is_loss)
{
	struct kplug_stats *stats;
	struct kplug *null;

	core_start();
	null = null_open(8);
	stats = stats_new(1);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(null, 0, 100);
	ck_assert_int_eq(take_all(null, stats), 7); /* the eighth is for STORM and REMOVED */
	check_counts(stats, 7, 0);
	null_fire(null, 0, 2);
	ck_assert_int_eq(take_all(null, stats), 2);
	check_counts(stats, 9, 93);
	ck_assert_int_eq(null->ring->dropped, 93);
	ck_assert_int_eq(times(stats, 0, KPLUG_STAGE_WHOLE).count, 9);
	kplug_stats_free(stats);
}

TEST(stats, vectors_apart)
{
	struct kplug_stats *stats;
	struct kplug *null;

	core_start();
	null = null_open(64);
	stats = stats_new(2);
	for (int v = 0; v < NULL_VECTORS; v++) {
		ck_assert_int_eq(kplug_attach(null, v, &null_plugin), KPLUG_HANDLER_PLUGIN);
		null_fire(null, v, 1 + v);
	}
	ck_assert_int_eq(take_all(null, stats), 10);
	ck_assert_int_eq(times(stats, 0, KPLUG_STAGE_WHOLE).count, 1);
	ck_assert_int_eq(times(stats, 1, KPLUG_STAGE_WHOLE).count, 2);
	ck_assert_int_eq(times(stats, KPLUG_NO_VECTOR, KPLUG_STAGE_WHOLE).count, 3 + 4);
	ck_assert_int_eq(times(stats, KPLUG_ALL_VECTORS, KPLUG_STAGE_WHOLE).count, 10);
	kplug_stats_free(stats);
}

/* An event that no interrupt posted has no times of an interrupt. */
TEST(stats, posted_from_elsewhere)
{
	const uint64_t word = 42;
	struct kplug_stats *stats;
	struct kplug *null;

	core_start();
	null = null_open(64);
	stats = stats_new(0);
	for (int i = 0; i < 5; i++)
		OK(kplug_call(null, NULL_CALL_SEND, &word, sizeof(word), NULL, 0));
	ck_assert_int_eq(take_all(null, stats), 5);
	check_counts(stats, 5, 0);
	ck_assert_int_eq(times(stats, KPLUG_NO_VECTOR, KPLUG_STAGE_TAKEN).count, 5);
	ck_assert_int_eq(times(stats, KPLUG_NO_VECTOR, KPLUG_STAGE_HANDLER).count, 0);
	ck_assert_int_eq(times(stats, KPLUG_NO_VECTOR, KPLUG_STAGE_WHOLE).count, 0);
	kplug_stats_free(stats);
}

TEST(stats, without_times)
{
	const struct kplug_opts opts = { .flags = KPLUG_OPEN_NO_TIMES };
	struct kplug_event_counts counts;
	struct kplug_stats *stats;
	struct kplug *null;

	core_start();
	OK(module_load("kplug_null"));
	OK(kplug_open(&null, NULL0, &opts));
	stats = stats_new(1);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(null, 0, 10);
	ck_assert_int_eq(take_all(null, stats), 10);
	kplug_stats_counts(stats, &counts);
	ck_assert_int_eq(counts.events, 10);
	/* The core may read the clock now and then for itself. */
	ck_assert_int_gt(counts.untimed, 0);
	ck_assert_int_eq(times(stats, 0, KPLUG_STAGE_TAKEN).count, 10 - counts.untimed);
	kplug_stats_free(stats);
	kplug_close(null);
}

/* A thread with a device and measurements of its own. */
struct taker {
	struct kplug *null;
	struct kplug_stats *stats;
	pthread_t thread;
};

static void *take(void *argument)
{
	struct taker *taker = argument;
	struct kplug_event event;

	for (int i = 0; i < ROUNDS; i++) {
		if (kplug_wait(taker->null, &event, 1, 10000 * MS) != 1)
			break;
		kplug_stats_add(taker->stats, &event);
	}
	return NULL;
}

TEST(stats, threads, .smoke = true)
{
	struct taker takers[2];
	struct kplug *null;

	core_start();
	null = null_open(0);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 2; i++) {
		takers[i] = (struct taker){ .null = null_open(256), .stats = stats_new(1) };
		OK(pthread_create(&takers[i].thread, NULL, take, &takers[i]));
	}
	null_fire(null, 0, ROUNDS);
	for (int i = 0; i < 2; i++) {
		OK(pthread_join(takers[i].thread, NULL));
		check_counts(takers[i].stats, ROUNDS, 0);
	}
	OK(kplug_stats_merge(takers[0].stats, takers[1].stats));
	check_counts(takers[0].stats, 2 * ROUNDS, 0);
	/* Both clients have the same record of each interrupt. */
	ck_assert_int_eq(times(takers[0].stats, 0, KPLUG_STAGE_HANDLER).count, 2 * ROUNDS);
	ck_assert_int_eq(times(takers[0].stats, 0, KPLUG_STAGE_HANDLER).mean,
			 times(takers[1].stats, 0, KPLUG_STAGE_HANDLER).mean);
	for (int i = 0; i < 2; i++)
		kplug_stats_free(takers[i].stats);
}
