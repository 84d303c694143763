// SPDX-License-Identifier: MIT
/* Waiting: spin, sleep, timeout, signals, removal, and the listener. */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "fake.h"

static struct kplug_event events[8];

static int post_and_wake(struct pollfd *fds, int64_t timeout_ns)
{
	(void)timeout_ns;
	fake_post(0, KPLUG_EVENT_IRQ, 1);
	fds[0].revents = POLLIN;
	return 1;
}

static int interrupted(struct pollfd *fds, int64_t timeout_ns)
{
	(void)fds;
	(void)timeout_ns;
	return -EINTR;
}

static int gone(struct pollfd *fds, int64_t timeout_ns)
{
	(void)timeout_ns;
	fds[0].revents = POLLHUP;
	return 1;
}

static int gone_with_event(struct pollfd *fds, int64_t timeout_ns)
{
	(void)timeout_ns;
	if (fake.polls == 1)
		fake_post(KPLUG_NO_VECTOR, KPLUG_EVENT_REMOVED, 0);
	fds[0].revents = POLLIN | POLLHUP;
	return 1;
}

static int post_before_read(void)
{
	fake_post(0, KPLUG_EVENT_IRQ, 2);
	return 0;
}

static int read_gone(void)
{
	return -ENODEV;
}

TEST(wait, finds_what_is_there)
{
	struct kplug *k = fake_open(8);

	fake_post(0, KPLUG_EVENT_IRQ, 1);
	fake_post(0, KPLUG_EVENT_IRQ, 2);
	fake_post(0, KPLUG_EVENT_IRQ, 3);
	ck_assert_int_eq(kplug_wait(k, events, 2, -1), 2);
	ck_assert_uint_eq(events[1].data[0], 2);
	ck_assert_int_eq(kplug_wait(k, events, 8, -1), 1);
	ck_assert_uint_eq(events[0].data[0], 3);
	ck_assert_uint_eq(fake.polls + fake.reads + fake.looks, 0);
	fake_close(k);
}

TEST(wait, no_room)
{
	struct kplug *k = fake_open(8);

	ck_assert_int_eq(kplug_wait(k, events, 0, -1), -EINVAL);
	ck_assert_int_eq(kplug_read(k, events, 0), -EINVAL);
	fake_close(k);
}

TEST(wait, timeout)
{
	struct kplug *k = fake_open(8);
	uint64_t start = fake.now;

	ck_assert_int_eq(kplug_wait(k, events, 8, 5000), 0);
	ck_assert_uint_eq(fake.now - start, 5000);
	ck_assert_uint_eq(fake.polls, 1);
	fake_close(k);
}

TEST(wait, no_timeout_asks_whether_the_device_is_gone)
{
	struct kplug *k = fake_open(8);

	ck_assert_int_eq(kplug_wait(k, events, 8, 0), 0);
	ck_assert_uint_eq(fake.polls, 1);
	ck_assert_uint_eq(fake.looks, 0);
	fake.on_poll = gone;
	ck_assert_int_eq(kplug_wait(k, events, 8, 0), -ENODEV);
	fake_close(k);
}

TEST(wait, sleeps_by_poll_with_a_timeout)
{
	struct kplug *k = fake_open(8);

	fake.on_poll = post_and_wake;
	ck_assert_int_eq(kplug_wait(k, events, 8, 5000), 1);
	ck_assert_uint_eq(events[0].data[0], 1);
	ck_assert_uint_eq(fake.reads, 0);
	fake_close(k);
}

TEST(wait, sleeps_by_read_for_ever)
{
	struct kplug *k = fake_open(8);

	fake.on_read = post_before_read;
	ck_assert_int_eq(kplug_wait(k, events, 8, -1), 1);
	ck_assert_uint_eq(events[0].data[0], 2);
	ck_assert_uint_eq(fake.polls, 0);
	ck_assert_uint_eq(fake.reads, 1);
	ck_assert_int_eq(kplug_next(k, &events[0]), 0);
	fake_close(k);
}

TEST(wait, signal)
{
	struct kplug *k = fake_open(8);

	fake.on_poll = interrupted;
	ck_assert_int_eq(kplug_wait(k, events, 8, 5000), -EINTR);
	fake_close(k);
}

TEST(wait, removal)
{
	struct kplug *k = fake_open(8);

	fake.on_poll = gone_with_event;
	ck_assert_int_eq(kplug_wait(k, events, 8, 5000), 1);
	ck_assert_uint_eq(events[0].type, KPLUG_EVENT_REMOVED);
	fake.on_poll = gone;
	ck_assert_int_eq(kplug_wait(k, events, 8, 5000), -ENODEV);
	fake.on_read = read_gone;
	ck_assert_int_eq(kplug_wait(k, events, 8, -1), -ENODEV);
	ck_assert_int_eq(kplug_read(k, events, 8), -ENODEV);
	fake_close(k);
}

static void post_at_third_look(void)
{
	if (fake.looks == 3)
		fake_post(0, KPLUG_EVENT_IRQ, 6);
}

TEST(wait, spin_finds_it_without_the_kernel)
{
	struct kplug *k = fake_open(8);

	kplug_set_spin(k, 1000000);
	fake.tick = 100;
	fake.on_look = post_at_third_look;
	ck_assert_int_eq(kplug_wait(k, events, 8, -1), 1);
	ck_assert_uint_eq(events[0].data[0], 6);
	ck_assert_uint_eq(fake.polls + fake.reads, 0);
	fake_close(k);
}

TEST(wait, spin_ends_and_sleeps)
{
	struct kplug *k = fake_open(8);

	kplug_set_spin(k, 1000);
	fake.tick = 100;
	fake.on_read = post_before_read;
	ck_assert_int_eq(kplug_wait(k, events, 8, -1), 1);
	ck_assert_uint_eq(fake.reads, 1);
	ck_assert_uint_ge(fake.looks, 10);
	ck_assert_uint_le(fake.looks, 13);
	fake_close(k);
}

TEST(wait, spin_ends_with_the_timeout)
{
	struct kplug *k = fake_open(8);
	uint64_t start = fake.now;

	kplug_set_spin(k, 1000000);
	fake.tick = 100;
	ck_assert_int_eq(kplug_wait(k, events, 8, 1000), 0);
	ck_assert_uint_le(fake.now - start, 1500);
	fake_close(k);
}

TEST(wait, no_spin_without_a_timeout)
{
	struct kplug *k = fake_open(8);

	kplug_set_spin(k, 1000000);
	ck_assert_int_eq(kplug_wait(k, events, 8, 0), 0);
	ck_assert_uint_eq(fake.looks, 0);
	fake_close(k);
}

TEST(wait, read_gives_many)
{
	struct kplug *k = fake_open(8);

	fake_post(0, KPLUG_EVENT_IRQ, 1);
	fake_post(0, KPLUG_EVENT_IRQ, 2);
	ck_assert_int_eq(kplug_read(k, events, 8), 2);
	ck_assert_uint_eq(events[1].data[0], 2);
	ck_assert_int_eq(kplug_read(k, events, 8), -EAGAIN);
	fake_close(k);
}

/* A poll() for the listener's thread: waits for the stop, sees the ring. */
static int poll_listener(struct pollfd *fds, int64_t timeout_ns)
{
	(void)timeout_ns;
	do {
		if (poll(&fds[1], 1, 1) == 1)
			return 1;
	} while (kplug_ring_empty(&fake.ring));
	fds[0].revents = POLLIN;
	return 1;
}

struct heard {
	struct kplug *k;
	unsigned int count;
	uint64_t sum;
	int unlisten;
};

static void hear(struct kplug *k, const struct kplug_event *event, void *ctx)
{
	struct heard *heard = ctx;

	heard->sum += event->data[0];
	if (event->data[0] == 9)
		heard->unlisten = kplug_unlisten(k);
	__atomic_fetch_add(&heard->count, 1, __ATOMIC_RELEASE);
}

static void wait_for_count(struct heard *heard, unsigned int count)
{
	while (__atomic_load_n(&heard->count, __ATOMIC_ACQUIRE) < count)
		usleep(1000);
}

TEST(wait, listener)
{
	struct kplug *k = fake_open(8);
	struct heard heard = { .k = k };

	fake.on_poll = poll_listener;
	ck_assert_int_eq(kplug_unlisten(k), -ENOTCONN);
	ck_assert_int_eq(kplug_listen(k, hear, &heard), 0);
	ck_assert_int_eq(kplug_listen(k, hear, &heard), -EALREADY);
	fake_post(0, KPLUG_EVENT_IRQ, 4);
	fake_post(0, KPLUG_EVENT_IRQ, 5);
	wait_for_count(&heard, 2);
	fake_post(0, KPLUG_EVENT_IRQ, 9);
	wait_for_count(&heard, 3);
	ck_assert_uint_eq(heard.sum, 18);
	ck_assert_int_eq(heard.unlisten, -EDEADLK);
	ck_assert_int_eq(kplug_unlisten(k), 0);
	fake_post(0, KPLUG_EVENT_IRQ, 1);
	ck_assert_uint_eq(heard.count, 3);
	/* It may be started again, and close ends it. */
	ck_assert_int_eq(kplug_listen(k, hear, &heard), 0);
	fake_close(k);
}

TEST(wait, listener_needs_a_ring)
{
	struct kplug *k = fake_open(0);

	ck_assert_int_eq(kplug_listen(k, hear, NULL), -ENOTCONN);
	fake_close(k);
}
