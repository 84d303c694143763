// SPDX-License-Identifier: MIT
/* The split of an event's time, by a clock that the test moves. */
#include <errno.h>

#include "fake.h"

static struct kplug_stats *stats;

static void start(unsigned int num_vectors)
{
	fake_reset();
	ck_assert_int_eq(kplug_stats_new(num_vectors, &stats), 0);
}

static struct kplug_event event_at(uint32_t vector, uint64_t hard, uint64_t post)
{
	return (struct kplug_event){
		.vector = vector,
		.t_hard = hard,
		.t_handler_end = post,
		.t_post = post,
	};
}

static void add(struct kplug_stats *to, uint32_t vector, uint64_t hard, uint64_t post,
		uint64_t taken)
{
	const struct kplug_event event = event_at(vector, hard, post);

	fake.now = taken;
	kplug_stats_add(to, &event);
}

static struct kplug_stage_times times(uint32_t vector, enum kplug_stage stage)
{
	struct kplug_stage_times t;

	ck_assert_int_eq(kplug_stats_times(stats, vector, stage, &t), 0);
	return t;
}

static struct kplug_event_counts counts(void)
{
	struct kplug_event_counts c;

	kplug_stats_counts(stats, &c);
	return c;
}

TEST(stats, split)
{
	struct kplug_stage_times t;
	int i;

	start(1);
	for (i = 0; i < 99; i++)
		add(stats, 0, 1000, 1040, 1050);
	add(stats, 0, 1000, 1020, 6020);

	t = times(0, KPLUG_STAGE_HANDLER);
	ck_assert_uint_eq(t.count, 100);
	ck_assert_uint_eq(t.min, 20);
	ck_assert_uint_eq(t.mean, 39); /* 3980 / 100 */
	ck_assert_uint_eq(t.p50, 40);
	ck_assert_uint_eq(t.p999, 40);
	ck_assert_uint_eq(t.max, 40);

	t = times(0, KPLUG_STAGE_TAKEN);
	ck_assert_uint_eq(t.min, 10);
	ck_assert_uint_eq(t.mean, 59); /* 5990 / 100 */
	ck_assert_uint_eq(t.p90, 10);
	ck_assert_uint_eq(t.p99, 10);
	ck_assert_uint_eq(t.p999, 5000);
	ck_assert_uint_eq(t.max, 5000);

	t = times(0, KPLUG_STAGE_WHOLE);
	ck_assert_uint_eq(t.count, 100);
	ck_assert_uint_eq(t.min, 50);
	ck_assert_uint_eq(t.p50, 50);
	ck_assert_uint_eq(t.max, 5020);
	kplug_stats_free(stats);
}

TEST(stats, vectors)
{
	start(2);
	add(stats, 0, 1000, 1001, 2000);
	add(stats, 1, 1000, 1002, 2000);
	add(stats, 1, 1000, 1002, 2000);
	add(stats, 2, 1000, 1003, 2000);
	add(stats, KPLUG_NO_VECTOR, 1000, 1004, 2000);
	ck_assert_uint_eq(times(0, KPLUG_STAGE_HANDLER).count, 1);
	ck_assert_uint_eq(times(0, KPLUG_STAGE_HANDLER).max, 1);
	ck_assert_uint_eq(times(1, KPLUG_STAGE_HANDLER).count, 2);
	ck_assert_uint_eq(times(1, KPLUG_STAGE_HANDLER).min, 2);
	ck_assert_uint_eq(times(KPLUG_NO_VECTOR, KPLUG_STAGE_HANDLER).count, 2);
	ck_assert_uint_eq(times(KPLUG_NO_VECTOR, KPLUG_STAGE_HANDLER).min, 3);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_HANDLER).count, 5);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_HANDLER).min, 1);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_HANDLER).p50, 2);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_HANDLER).max, 4);
	ck_assert_uint_eq(counts().events, 5);
	kplug_stats_free(stats);
}

/* An unknown time does not count as 0 ns. */
TEST(stats, no_times)
{
	start(0);
	add(stats, 0, 0, 0, 2000);
	ck_assert_uint_eq(counts().events, 1);
	ck_assert_uint_eq(counts().untimed, 1);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_TAKEN).count, 0);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_TAKEN).p99, 0);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_WHOLE).count, 0);
	kplug_stats_free(stats);
}

TEST(stats, no_handler)
{
	start(0);
	add(stats, 0, 1500, 1500, 2000);
	ck_assert_uint_eq(counts().untimed, 0);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_TAKEN).count, 1);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_TAKEN).max, 500);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_HANDLER).count, 0);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_WHOLE).count, 0);
	kplug_stats_free(stats);
}

/* A clock that is behind gives 0, not a huge difference. */
TEST(stats, clock_behind)
{
	start(0);
	add(stats, 0, 1000, 1100, 1090);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_TAKEN).max, 0);
	ck_assert_uint_eq(times(KPLUG_ALL_VECTORS, KPLUG_STAGE_WHOLE).max, 90);
	kplug_stats_free(stats);
}

TEST(stats, lost)
{
	struct kplug *k = fake_open(4);
	struct kplug_event event;
	unsigned int i;

	ck_assert_int_eq(kplug_stats_new(1, &stats), 0);
	for (i = 0; i < 10; i++)
		fake_post(0, KPLUG_EVENT_IRQ, i);
	while (kplug_next(k, &event))
		kplug_stats_add(stats, &event);
	ck_assert_uint_eq(counts().events, 3);
	ck_assert_uint_eq(counts().lost, 0);
	fake_post(0, KPLUG_EVENT_IRQ, 10);
	kplug_stats_add(stats, kplug_peek(k));
	kplug_consume(k);
	ck_assert_uint_eq(counts().events, 4);
	ck_assert_uint_eq(counts().lost, 7);
	kplug_stats_free(stats);
	fake_close(k);
}

TEST(stats, merge)
{
	struct kplug_event event = event_at(0, 0, 0);
	struct kplug_stats *more, *other_size;

	start(2);
	ck_assert_int_eq(kplug_stats_new(2, &more), 0);
	ck_assert_int_eq(kplug_stats_new(1, &other_size), 0);
	add(stats, 0, 1000, 1010, 1020);
	add(more, 0, 1000, 1030, 1040);
	add(more, 1, 1000, 1050, 1060);
	add(more, 2, 1000, 1060, 1060);
	event.lost = 5;
	kplug_stats_add(more, &event);
	ck_assert_int_eq(kplug_stats_merge(stats, more), 0);
	ck_assert_uint_eq(counts().events, 5);
	ck_assert_uint_eq(counts().untimed, 1);
	ck_assert_uint_eq(counts().lost, 5);
	ck_assert_uint_eq(times(0, KPLUG_STAGE_HANDLER).count, 2);
	ck_assert_uint_eq(times(0, KPLUG_STAGE_HANDLER).min, 10);
	ck_assert_uint_eq(times(0, KPLUG_STAGE_HANDLER).max, 30);
	ck_assert_uint_eq(times(1, KPLUG_STAGE_HANDLER).max, 50);
	ck_assert_uint_eq(times(KPLUG_NO_VECTOR, KPLUG_STAGE_TAKEN).count, 1);

	ck_assert_int_eq(kplug_stats_merge(stats, other_size), -EINVAL);
	ck_assert_uint_eq(counts().events, 5);
	kplug_stats_free(other_size);
	kplug_stats_free(more);
	kplug_stats_free(stats);
}

TEST(stats, reset)
{
	start(2);
	add(stats, 1, 1000, 1010, 1020);
	kplug_stats_reset(stats);
	ck_assert_uint_eq(counts().events, 0);
	ck_assert_uint_eq(times(1, KPLUG_STAGE_WHOLE).count, 0);
	add(stats, 1, 1000, 1015, 1020);
	ck_assert_uint_eq(times(1, KPLUG_STAGE_HANDLER).min, 15);
	kplug_stats_free(stats);
}

TEST(stats, refused)
{
	struct kplug_stage_times t;

	ck_assert_int_eq(kplug_stats_new(KPLUG_MAX_VECTORS + 1, &stats), -EINVAL);
	ck_assert_int_eq(kplug_stats_new(~0u, &stats), -EINVAL);
	start(KPLUG_MAX_VECTORS);
	add(stats, KPLUG_MAX_VECTORS - 1, 1000, 1010, 1020);
	ck_assert_uint_eq(times(KPLUG_MAX_VECTORS - 1, KPLUG_STAGE_WHOLE).count, 1);
	ck_assert_int_eq(kplug_stats_times(stats, KPLUG_MAX_VECTORS, KPLUG_STAGE_WHOLE, &t),
			 -EINVAL);
	ck_assert_int_eq(kplug_stats_times(stats, 0, KPLUG_NUM_STAGES, &t), -EINVAL);
	kplug_stats_free(stats);
	kplug_stats_free(NULL);
}
