// SPDX-License-Identifier: MIT
/* Functions of the program: every loop that runs them returns, and they may call the library. */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"

#define VECTOR 2

static struct kplug_event event;

/* A device on a line that stays asserted: as soon as it is unmasked, the next event comes. */
static int asserted, unmask_result;
static unsigned int unmasked;

static int unmask(void)
{
	int result = unmask_result;

	unmask_result = 0;
	if (result)
		return result;
	unmasked++;
	if (asserted)
		fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	return 0;
}

static int device(unsigned long cmd, void *arg)
{
	struct kplug_region_info *region = arg;

	switch (cmd) {
	case KPLUG_DEVICE_INFO:
		fake_info(arg);
		return 0;
	case KPLUG_REGION_INFO:
		if (region->index == 0)
			fake_region(region, 4096, 4096);
		return 0;
	case KPLUG_UNMASK:
		return unmask();
	default:
		return 0;
	}
}

static unsigned int runs, verdict;
static void (*in_handler)(struct kplug *k);
static struct kplug *dut;

static unsigned int handler(struct kplug_irq *irq)
{
	(void)irq;
	runs++;
	fake.now += 1000;
	if (in_handler)
		in_handler(dut);
	return verdict;
}

static const struct kplug_handler user = { .user = handler };

static struct kplug *open_line(unsigned int the_verdict)
{
	dut = fake_open(8);
	fake_device.out_irq_mode = KPLUG_IRQ_INTX;
	fake.on_ioctl = device;
	verdict = the_verdict;
	ck_assert_int_eq(kplug_attach(dut, VECTOR, &user), KPLUG_HANDLER_USER);
	return dut;
}

static struct kplug *open_asserted(unsigned int the_verdict)
{
	struct kplug *k = open_line(the_verdict);

	asserted = 1;
	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	return k;
}

/* poll() of a ring that is never empty. */
static int poll_ready(struct pollfd *fds, int64_t timeout_ns)
{
	(void)timeout_ns;
	ck_assert(!kplug_ring_empty(&fake.ring));
	fds[0].revents = POLLIN;
	return 1;
}

TEST(run, next_looks_at_what_was_there)
{
	struct kplug *k = open_asserted(KPLUG_NONE);

	ck_assert_int_eq(kplug_next(k, &event), 0);
	ck_assert_uint_eq(runs, 1);
	ck_assert_int_eq(kplug_next(k, &event), 0);
	ck_assert_uint_eq(runs, 2);
	verdict = KPLUG_HANDLED | KPLUG_NOTIFY;
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(runs, 3);
	fake_close(k);
}

TEST(run, wait_without_timeout_looks_at_what_was_there)
{
	struct kplug *k = open_asserted(KPLUG_HANDLED);
	struct kplug_event events[8];

	fake.on_poll = poll_ready;
	ck_assert_int_eq(kplug_wait(k, events, 8, 0), 0);
	ck_assert_uint_le(runs, 2);
	verdict |= KPLUG_NOTIFY;
	ck_assert_int_eq(kplug_wait(k, events, 8, 0), 1);
	fake_close(k);
}

/* Asleep and spinning, with both verdicts that give no event. */
TEST(run, wait_ends_in_time, .variants = VARIANTS("none", "handled", "none-spin", "handled-spin"))
{
	struct kplug *k = open_asserted(variant[0] == 'n' ? KPLUG_NONE : KPLUG_HANDLED);
	uint64_t start = fake.now;

	fake.on_poll = poll_ready;
	if (strstr(variant, "spin"))
		kplug_set_spin(k, 1000000000);
	ck_assert_int_eq(kplug_wait(k, &event, 1, 100000), 0);
	ck_assert_uint_ge(fake.now - start, 100000);
	ck_assert_uint_le(fake.now - start, 103000);
	fake_close(k);
}

/* Events that the program receives do not delay it either. */
TEST(run, wait_with_much_room_ends_in_time)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);
	struct kplug_event events[8];
	int i;

	for (i = 0; i < 7; i++)
		fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	ck_assert_int_eq(kplug_wait(k, events, 8, 2500), 3);
	ck_assert_int_eq(kplug_wait(k, events, 8, 1000000), 4);
	fake_close(k);
}

/*
 * A signal does not end a wait that does not sleep, so that the program can check whether to end.
 */
TEST(run, waits_for_ever_come_back, .variants = VARIANTS("wait", "read", "spin"))
{
	struct kplug *k = open_asserted(KPLUG_NONE);

	if (variant[0] == 's')
		kplug_set_spin(k, 1000000000);
	ck_assert_int_eq(
		variant[0] == 'r' ? kplug_read(k, &event, 1) : kplug_wait(k, &event, 1, -1), 0);
	ck_assert_uint_ge(runs, 1000);
	ck_assert_uint_le(runs, 100000);
	fake_close(k);
}

/* The kernel's event after it has masked the line. */
TEST(run, storm_ends_a_wait)
{
	struct kplug *k = open_line(KPLUG_NONE);

	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	fake_post(VECTOR, KPLUG_EVENT_STORM, 0);
	ck_assert_int_eq(kplug_wait(k, &event, 1, -1), 1);
	ck_assert_uint_eq(event.type, KPLUG_EVENT_STORM);
	ck_assert_uint_eq(event.vector, VECTOR);
	ck_assert_uint_eq(runs, 1);
	fake_close(k);
}

TEST(run, signal_does_not_leave_the_line_masked)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);

	unmask_result = -EINTR;
	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_uint_eq(unmasked, 1);
	fake_close(k);
}

/* In a handler. */

static void call_the_library(struct kplug *k)
{
	const struct kplug_handler none = { 0 };
	struct kplug_region_info info;
	volatile void *addr;

	ck_assert_int_eq(kplug_map_range(k, 0, 0, 4096, &addr), 0);
	ck_assert_int_eq(kplug_unmap_range(k, addr), 0);
	ck_assert_int_eq(kplug_map(k, 0), 0);
	ck_assert_int_eq(kplug_unmap(k, 0), -EBUSY);
	ck_assert_int_eq(kplug_region_info(k, 0, &info), 0);
	ck_assert_int_eq(kplug_attach(k, VECTOR, &user), -EALREADY);
	ck_assert_int_eq(kplug_attach(k, VECTOR + 1, &none), KPLUG_HANDLER_USER);
	ck_assert_int_eq(kplug_detach(k, VECTOR + 1), 0);
}

static void call_what_would_wait(struct kplug *k)
{
	struct kplug_event inner;

	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	ck_assert_int_eq(kplug_detach(k, VECTOR), -EDEADLK);
	ck_assert_int_eq(kplug_wait(k, &inner, 1, -1), -EDEADLK);
	ck_assert_int_eq(kplug_wait(k, &inner, 1, 0), -EDEADLK);
	ck_assert_int_eq(kplug_read(k, &inner, 1), -EDEADLK);
	ck_assert_int_eq(kplug_next(k, &inner), 0);
	ck_assert_int_eq(kplug_close(k), -EDEADLK);
	in_handler = NULL;
}

TEST(run, handler_may_call_the_library)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);

	in_handler = call_the_library;
	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	ck_assert_int_eq(kplug_wait(k, &event, 1, -1), 1);
	fake_close(k);
}

TEST(run, handler_does_not_wait_for_itself)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);

	in_handler = call_what_would_wait;
	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	ck_assert_int_eq(kplug_wait(k, &event, 1, -1), 1);
	ck_assert_uint_eq(runs, 1);
	/* Outside of the handler the same calls work. */
	ck_assert_int_eq(kplug_next(k, &event), 1);
	ck_assert_int_eq(kplug_detach(k, VECTOR), 0);
	fake_close(k);
}

/* The listener. */

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

static unsigned int heard;

static unsigned int heard_now(void)
{
	return __atomic_load_n(&heard, __ATOMIC_ACQUIRE);
}

static void hear(struct kplug *k, const struct kplug_event *e, void *ctx)
{
	(void)k;
	(void)e;
	(void)ctx;
	__atomic_fetch_add(&heard, 1, __ATOMIC_RELEASE);
}

static void until_heard(unsigned int count)
{
	while (heard_now() < count)
		usleep(100);
}

static unsigned int runs_now(void)
{
	return *(volatile unsigned int *)&runs;
}

TEST(run, unlisten_ends_endless_runs, .variants = VARIANTS("sleep", "spin"))
{
	struct kplug *k = open_asserted(KPLUG_NONE);

	fake.on_poll = poll_listener;
	if (variant[1] == 'p')
		kplug_set_spin(k, 1000000000000);
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	while (runs_now() < 100)
		usleep(100);
	ck_assert_int_eq(kplug_unlisten(k), 0);
	ck_assert_uint_eq(heard_now(), 0);
	fake_close(k);
}

TEST(run, unlisten_ends_a_spin)
{
	struct kplug *k = fake_open(8);

	kplug_set_spin(k, ~0ull >> 1);
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	ck_assert_int_eq(kplug_unlisten(k), 0);
	fake_close(k);
}

TEST(run, close_ends_endless_runs)
{
	struct kplug *k = open_asserted(KPLUG_NONE);

	fake.on_poll = poll_listener;
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	while (runs_now() < 100)
		usleep(100);
	fake_close(k);
}

static int may_return;

static void hear_slowly(struct kplug *k, const struct kplug_event *e, void *ctx)
{
	hear(k, e, ctx);
	while (!__atomic_load_n(&may_return, __ATOMIC_ACQUIRE))
		usleep(100);
}

static void *unlisten(void *k)
{
	ck_assert_int_eq(kplug_unlisten(k), 0);
	return NULL;
}

/* The callback gets one event, and the others stay in the ring. */
TEST(run, unlisten_takes_one_callback)
{
	struct kplug *k = fake_open(8);
	pthread_t thread;
	int i;

	fake.on_poll = poll_listener;
	for (i = 0; i < 5; i++)
		fake_post(0, KPLUG_EVENT_IRQ, (uint64_t)i);
	ck_assert_int_eq(kplug_listen(k, hear_slowly, NULL), 0);
	until_heard(1);
	ck_assert_int_eq(pthread_create(&thread, NULL, unlisten, k), 0);
	usleep(20000); /* long enough for a wrong order to show */
	__atomic_store_n(&may_return, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(heard_now(), 1);
	for (i = 1; i < 5; i++) {
		ck_assert_int_eq(kplug_next(k, &event), 1);
		ck_assert_uint_eq(event.data[0], (uint64_t)i);
	}
	ck_assert_int_eq(kplug_next(k, &event), 0);
	fake_close(k);
}

static int poll_interrupted(struct pollfd *fds, int64_t timeout_ns)
{
	static unsigned int calls;

	return ++calls % 2 ? -EINTR : poll_listener(fds, timeout_ns);
}

TEST(run, listener_survives_signals)
{
	struct kplug *k = fake_open(8);
	unsigned int i;

	fake.on_poll = poll_interrupted;
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	for (i = 1; i < 10; i++) {
		fake_post(0, KPLUG_EVENT_IRQ, 0);
		until_heard(i);
	}
	ck_assert_int_eq(kplug_unlisten(k), 0);
	fake_close(k);
}

static int said[3];

static void hear_and_end(struct kplug *k, const struct kplug_event *e, void *ctx)
{
	said[0] = kplug_close(k);
	said[1] = kplug_unlisten(k);
	said[2] = kplug_listen(k, hear, NULL);
	hear(k, e, ctx);
}

TEST(run, callback_does_not_wait_for_itself)
{
	struct kplug *k = fake_open(8);

	fake.on_poll = poll_listener;
	ck_assert_int_eq(kplug_listen(k, hear_and_end, NULL), 0);
	fake_post(0, KPLUG_EVENT_IRQ, 0);
	until_heard(1);
	ck_assert_int_eq(said[0], -EDEADLK);
	ck_assert_int_eq(said[1], -EDEADLK);
	ck_assert_int_eq(said[2], -EALREADY);
	fake_close(k);
}

static int inside, detached;

static void be_inside(struct kplug *k)
{
	const struct kplug_handler none = { 0 };

	__atomic_store_n(&inside, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&may_return, __ATOMIC_ACQUIRE))
		usleep(100);
	/* Although the other thread is in kplug_detach(). */
	ck_assert_int_eq(kplug_attach(k, VECTOR + 1, &none), KPLUG_HANDLER_USER);
	ck_assert_int_eq(kplug_unlisten(k), -EDEADLK);
	ck_assert_int_eq(__atomic_load_n(&detached, __ATOMIC_ACQUIRE), 0);
}

static void *detach(void *k)
{
	ck_assert_int_eq(kplug_detach(k, VECTOR), 0);
	__atomic_store_n(&detached, 1, __ATOMIC_RELEASE);
	return NULL;
}

TEST(run, detach_waits_for_a_run)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);
	pthread_t thread;

	in_handler = be_inside;
	fake.on_poll = poll_listener;
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
	while (!__atomic_load_n(&inside, __ATOMIC_ACQUIRE))
		usleep(100);
	ck_assert_int_eq(pthread_create(&thread, NULL, detach, k), 0);
	usleep(20000); /* long enough for a wrong order to show */
	ck_assert_int_eq(__atomic_load_n(&detached, __ATOMIC_ACQUIRE), 0);
	__atomic_store_n(&may_return, 1, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	ck_assert_int_eq(kplug_detach(k, VECTOR), -ENOTCONN);
	until_heard(1);
	ck_assert_int_eq(kplug_attach(k, VECTOR, &user), KPLUG_HANDLER_USER);
	fake_close(k);
}

static void *attach_and_detach(void *k)
{
	int i, result;

	for (i = 0; i < 500; i++) {
		result = kplug_attach(k, VECTOR, &user);
		ck_assert(result == KPLUG_HANDLER_USER || result == -EALREADY);
		result = kplug_detach(k, VECTOR);
		ck_assert(result == 0 || result == -ENOTCONN);
	}
	return NULL;
}

TEST(run, attach_and_detach_in_many_threads)
{
	struct kplug *k = open_line(KPLUG_HANDLED | KPLUG_NOTIFY);
	pthread_t threads[3];
	int i;

	fake.on_poll = poll_listener;
	ck_assert_int_eq(kplug_listen(k, hear, NULL), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, attach_and_detach, k), 0);
	for (i = 1; i <= 200; i++) {
		fake_post(VECTOR, KPLUG_EVENT_IRQ, 0);
		until_heard((unsigned int)i);
	}
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	/* No handler is attached, and no run is counted. */
	kplug_detach(k, VECTOR);
	ck_assert_int_eq(kplug_unmap(k, 0), 0);
	fake_close(k);
}
