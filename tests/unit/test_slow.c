// SPDX-License-Identifier: MIT
// kplug slow: all of the time of a wait is divided among the causes, once.
#include "slow/slow.h"
#include "common/asleep.h"

#include <string.h>

#include "test.h"

static struct slow_record record;
static struct slow_parts parts;

/* A program that was woken at 100 and runs at 1100; the interrupt came at 0. */
static struct slow_wait *a_wait(void)
{
	static const struct slow_record plain = {
		.thread = 7,
		.points = {
			{ .time = 0, .what = SLOW_ENTERED },
			[3] = { .time = 100, .what = SLOW_WOKEN },
			[4] = { .time = 1100, .what = SLOW_RAN, .cpu = 1 },
		},
		.waits = { { .from = 100, .to = 1100, .cpu = 1, .waker = 1, .priority = 120 } },
	};

	record = plain;
	return &record.waits[0];
}

/* In the order of the kernel, the newest first. */
static struct slow_activity *did(struct slow_wait *w, uint32_t kind, uint32_t id, uint64_t start,
				 uint64_t end)
{
	memmove(&w->activities[1], &w->activities[0], w->num * sizeof(w->activities[0]));
	w->num++;
	w->activities[0] = (struct slow_activity){
		.kind = kind, .id = id, .start = start, .end = end, .priority = 120
	};
	return &w->activities[0];
}

static uint64_t total(void)
{
	uint64_t ns = 0;

	for (unsigned int i = 0; i < parts.num; i++)
		ns += parts.list[i].ns;
	return ns;
}

static const struct slow_part *part(enum slow_part_kind kind, uint32_t id)
{
	for (unsigned int i = 0; i < parts.num; i++)
		if (parts.list[i].kind == kind && parts.list[i].id == id)
			return &parts.list[i];
	ck_abort_msg("there is no part %d of %u", kind, id);
	return NULL;
}

static void split(unsigned int num)
{
	slow_split(&record, &parts);
	ck_assert_uint_eq(parts.num, num);
	ck_assert_uint_eq(total(), slow_length(&record));
	for (unsigned int i = 1; i < parts.num; i++)
		ck_assert(parts.list[i - 1].ns >= parts.list[i].ns);
}

TEST(slow, nothing_kept)
{
	a_wait();
	split(2);
	ck_assert_uint_eq(part(PART_UNKNOWN, 0)->ns, 1000);
	ck_assert_uint_eq(part(PART_HANDLER, 0)->ns, 100);
}

/* An interrupt in a softirq in a task: each has its own time without the inner ones. */
TEST(slow, nested)
{
	struct slow_wait *w = a_wait();

	did(w, SLOW_IRQ, 24, 300, 400);
	did(w, SLOW_SOFTIRQ, 3, 250, 500);
	did(w, SLOW_IRQ, 24, 600, 650);
	did(w, SLOW_TASK, 5, 0, 1100);
	split(4);
	ck_assert_uint_eq(part(PART_IRQ, 24)->ns, 150);
	ck_assert_uint_eq(part(PART_SOFTIRQ, 3)->ns, 150);
	ck_assert_uint_eq(part(PART_TASK, 5)->ns, 700);
	ck_assert_int_eq(parts.list[0].kind, PART_TASK);
}

/* Time before and after the wait does not count. */
TEST(slow, cut)
{
	struct slow_wait *w = a_wait();

	did(w, SLOW_TASK, 4, 0, 50);
	did(w, SLOW_TASK, 5, 50, 150);
	did(w, SLOW_TASK, 6, 150, 5000);
	split(3);
	ck_assert_uint_eq(part(PART_TASK, 5)->ns, 50);
	ck_assert_uint_eq(part(PART_TASK, 6)->ns, 950);
}

TEST(slow, who_it_was)
{
	struct slow_wait *w = a_wait();

	did(w, SLOW_TASK, 5, 100, 200)->priority = 50;
	did(w, SLOW_TASK, 6, 200, 400)->priority = 120;
	did(w, SLOW_TASK, 8, 400, 700)->priority = 139;
	did(w, SLOW_TASK, 0, 700, 900);
	did(w, SLOW_TASK, 7, 900, 1100);
	split(6);
	ck_assert_int_eq(part(PART_TASK, 5)->precedence, 1);
	ck_assert_int_eq(part(PART_TASK, 6)->precedence, 0);
	ck_assert_int_eq(part(PART_TASK, 8)->precedence, -1);
	ck_assert_uint_eq(part(PART_IDLE, 0)->ns, 200);
	ck_assert_uint_eq(part(PART_SELF, 7)->ns, 200);
}

/*
 * Interrupts were off until the signal of the other processor arrived; a wake-up on the same
 * processor needs no signal.
 */
TEST(slow, interrupts_off)
{
	struct slow_wait *w = a_wait();

	w->waker = 0;
	did(w, SLOW_SIGNAL, 0, 900, 900);
	did(w, SLOW_SIGNAL, 0, 1000, 1000);
	did(w, SLOW_TASK, 5, 0, 1100);
	split(3);
	ck_assert(parts.list[0].irqs_off);
	ck_assert_uint_eq(parts.list[0].ns, 800);
	ck_assert(!parts.list[1].irqs_off);
	ck_assert_uint_eq(parts.list[1].ns, 200);
	w->waker = 1;
	split(2);
	ck_assert(!parts.list[0].irqs_off);
}

/* A thread between: two waits on two processors, and its own time. */
TEST(slow, thread)
{
	struct slow_wait *w = a_wait();

	record.points[1] = (struct slow_point){ .time = 20, .what = SLOW_THREAD_WOKEN };
	record.points[2] = (struct slow_point){ .time = 60, .what = SLOW_THREAD_RAN, .cpu = 2 };
	record.waits[1] = (struct slow_wait){ .from = 20, .to = 60, .cpu = 2 };
	did(&record.waits[1], SLOW_TASK, 9, 0, 60);
	did(w, SLOW_TASK, 9, 0, 1100);
	split(4);
	ck_assert_uint_eq(part(PART_HANDLER, 0)->ns, 20);
	ck_assert_uint_eq(part(PART_THREAD, 0)->ns, 40);
	/* The same task on two processors is not the same cause. */
	ck_assert_uint_eq(parts.list[0].ns, 1000);
	ck_assert_uint_eq(parts.list[0].cpu, 1);
	ck_assert_uint_eq(part(PART_TASK, 9)->ns, 1000);
}

/* The limit of records for a processor: the rest of the time is unknown. */
TEST(slow, more_than_is_kept)
{
	struct slow_wait *w = a_wait();

	for (unsigned int i = 0; i < SLOW_ACTIVITIES; i++)
		did(w, SLOW_TASK, 100 + i, 460 + i * 10, 470 + i * 10);
	split(SLOW_ACTIVITIES + 2);
	ck_assert_uint_eq(part(PART_UNKNOWN, 0)->ns, 360);
}

/* A task that is preempted between "I want to sleep" and sleeping runs on without a wake-up. */
TEST(slow, preempted_is_not_asleep)
{
	const unsigned int running = 0, interruptible = 1, uninterruptible = 2,
			   rtlock_wait = 0x1000;

	ck_assert(falls_asleep(false, interruptible));
	ck_assert(falls_asleep(false, uninterruptible));
	ck_assert(!falls_asleep(true, interruptible));
	ck_assert(!falls_asleep(true, uninterruptible));
	ck_assert(!falls_asleep(false, running));
	ck_assert(!falls_asleep(true, running));
	/* On PREEMPT_RT a lock makes the task wait; its own state is saved elsewhere. */
	ck_assert(!falls_asleep(false, rtlock_wait));
}
