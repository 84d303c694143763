// SPDX-License-Identifier: MIT
// libkplug with the real kernel module: cases that a scripted kernel cannot show.
#include "device.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

TEST(library, fallback, .smoke = true, .variants = VARIANTS("user", "recipe"))
{
	struct kplug_handler handler;
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	handler = *edu_handler_of(variant);
	handler.plugin = "missing";
	ck_assert_int_eq(kplug_attach(edu, 0, &handler),
			 !strcmp(variant, "user") ? KPLUG_HANDLER_USER : KPLUG_HANDLER_RECIPE);
	edu_raise(edu, 6);
	event = next_event(edu);
	ck_assert_int_eq(event.data[0], 6);
	handler = (struct kplug_handler){ .plugin = "missing" };
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_attach(edu, 0, &handler), -ENOENT);
}

/*
 * Both devices assert one line, and both handlers run in the program: each handles its own
 * interrupts.
 */
TEST(library, user_handlers_share_a_line)
{
	struct kplug *first, *second;

	core_start();
	first = edu_open(EDU1, "intx");
	second = edu_open(EDU2, "intx");
	ck_assert_int_eq(kplug_attach(first, 0, edu_handler_of("user")), KPLUG_HANDLER_USER);
	ck_assert_int_eq(kplug_attach(second, 0, edu_handler_of("user")), KPLUG_HANDLER_USER);
	for (uint32_t i = 1; i <= 20; i++) {
		edu_raise(first, i);
		edu_raise(second, 100 + i);
		ck_assert_int_eq(next_event(first).data[0], i);
		ck_assert_int_eq(next_event(second).data[0], 100 + i);
	}
	no_event(first);
	no_event(second);
}

TEST(library, wait_takes_its_time)
{
	struct kplug_event event;
	struct kplug *null;
	uint64_t start;

	core_start();
	null = null_open(8);
	for (int spin = 0; spin < 2; spin++) {
		kplug_set_spin(null, spin ? 20 * MS : 0);
		start = now_ns();
		ck_assert_int_eq(kplug_wait(null, &event, 1, 50 * MS), 0);
		ck_assert_uint_ge(now_ns() - start, 50 * MS);
		start = now_ns();
		ck_assert_int_eq(kplug_wait(null, &event, 1, 0), 0);
		ck_assert_uint_lt(now_ns() - start, 20 * MS);
	}
}

static void *fire_later(void *null)
{
	sleep_ms(50);
	null_fire(null, 1, 1);
	return NULL;
}

/* Asleep or spinning, with a timeout or without: the event of another thread comes. */
TEST(library, wait_is_woken, .variants = VARIANTS("poll", "read", "spin"))
{
	int64_t timeout = strcmp(variant, "read") ? 10000 * MS : -1;
	struct kplug_event event;
	struct kplug *null;
	pthread_t thread;

	core_start();
	null = null_open(8);
	ck_assert_int_eq(kplug_attach(null, 1, &null_plugin), KPLUG_HANDLER_PLUGIN);
	if (!strcmp(variant, "spin"))
		kplug_set_spin(null, 5000 * MS);
	for (int i = 0; i < 3; i++) {
		OK(pthread_create(&thread, NULL, fire_later, null));
		ck_assert_int_eq(kplug_wait(null, &event, 1, timeout), 1);
		ck_assert_int_eq(event.vector, 1);
		ck_assert_int_eq(event.seq, i);
		OK(pthread_join(thread, NULL));
	}
}

struct heard {
	unsigned int events;
	uint64_t seq;
	bool removed;
};

static void hear(struct kplug *k, const struct kplug_event *event, void *ctx)
{
	struct heard *heard = ctx;

	(void)k;
	heard->seq = event->seq;
	heard->removed |= event->type == KPLUG_EVENT_REMOVED;
	__atomic_fetch_add(&heard->events, 1, __ATOMIC_RELEASE);
}

#define HEARD(count) WAIT_UNTIL(__atomic_load_n(&heard.events, __ATOMIC_ACQUIRE) == (count), 10000)

TEST(library, listen)
{
	struct heard heard = { 0 };
	struct kplug *null;

	core_start();
	null = null_open(1024);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_listen(null, hear, &heard));
	ck_assert_int_eq(kplug_listen(null, hear, &heard), -EALREADY);
	null_fire(null, 0, 500);
	ck_assert(HEARD(500));
	ck_assert_uint_eq(heard.seq, 499);
	OK(kplug_unlisten(null));
	null_fire(null, 0, 1);
	ck_assert_uint_eq(heard.events, 500);
	ck_assert_int_eq(kplug_unlisten(null), -ENOTCONN);
	ck_assert_uint_eq(next_event(null).seq, 500);
}

/* A user function runs in the listener's thread, and may be detached meanwhile. */
TEST(library, listen_with_a_user_handler)
{
	struct heard heard = { 0 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	OK(kplug_listen(edu, hear, &heard));
	for (unsigned int i = 1; i <= 10; i++) {
		ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("user")), KPLUG_HANDLER_USER);
		edu_raise(edu, 1);
		ck_assert(HEARD(i));
		OK(kplug_detach(edu, 0));
	}
}

TEST(library, listen_hears_the_removal, .smoke = true)
{
	struct heard heard = { 0 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "msi");
	OK(kplug_listen(edu, hear, &heard));
	device_unbind(EDU1);
	ck_assert(HEARD(1));
	ck_assert(heard.removed);
	OK(kplug_unlisten(edu));
}

/* One poll() for the device, one for its eventfd, and the ring: the same count. */
TEST(library, every_channel_counts_the_same)
{
	struct kplug_event event;
	struct pollfd fds[2];
	struct kplug *null;
	eventfd_t count;
	int fd = eventfd(0, EFD_NONBLOCK), got;

	core_start();
	null = null_open(64);
	ck_assert_int_eq(kplug_attach(null, 2, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_eventfd(null, 2, fd));
	fds[0] = (struct pollfd){ .fd = kplug_fd(null), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = fd, .events = POLLIN };
	ck_assert_int_eq(poll(fds, 2, 0), 0);
	null_fire(null, 2, 40);
	ck_assert_int_eq(poll(fds, 2, 0), 2);
	OK(eventfd_read(fd, &count));
	ck_assert_uint_eq(count, 40);
	for (got = 0; kplug_wait(null, &event, 1, 0) == 1; got++)
		ck_assert_uint_eq(event.seq, got);
	ck_assert_int_eq(got, 40);
	ck_assert_int_eq(poll(fds, 2, 0), 0);
}

/* A restricted client gets no ring before a plugin allows it. */
TEST(library, restricted_client_gets_its_ring_with_the_plugin)
{
	const uint64_t word = 11;
	struct kplug_event event;
	struct kplug *k;

	core_start();
	device_bind(EDU1);
	k = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_wait(k, &event, 1, 0), -ENOTCONN);
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &null_plugin), -EPERM);
	OK(kplug_attach_permanent(EDU1, "null"));
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_call(k, NULL_CALL_SEND, &word, sizeof(word), NULL, 0));
	ck_assert_uint_eq(next_event(k).data[0], 11);
	ck_assert_int_eq(kplug_attach(k, 0, &null_plugin), -EPERM);
	ck_assert_int_eq(kplug_map(k, EDU_REGION), -EOPNOTSUPP);
	kplug_close(k);
	OK(kplug_detach_permanent(EDU1));
}

TEST(library, scan)
{
	struct kplug_found *found, *edu = NULL, *null = NULL;
	struct kplug_holder *holders;
	struct kplug *k;
	int count;

	core_start();
	k = null_open(0);
	OK(kplug_bind(EDU1));
	count = kplug_scan(&found);
	ck_assert_int_gt(count, 3);
	for (int i = 0; i < count; i++) {
		if (!strcmp(found[i].name, EDU1))
			edu = &found[i];
		if (!strcmp(found[i].name, NULL0))
			null = &found[i];
	}
	ck_assert(edu && null);
	ck_assert_int_eq(edu->vendor, EDU_VENDOR_ID);
	ck_assert_int_eq(edu->device, EDU_DEVICE_ID);
	ck_assert_int_eq(edu->class_code, 0xff00);
	ck_assert_str_eq(edu->driver, "kplug");
	ck_assert_str_eq(edu->parent, "pci0000:00");
	ck_assert_str_eq(null->parent, "");
	ck_assert_int_eq(edu->on_kplug, 1);
	ck_assert_int_eq(edu->iommu_group >= 0, leg_is("iommu"));
	ck_assert_int_eq(null->vendor, 0);
	ck_assert_int_eq(null->on_kplug, 1);
	free(found);
	ck_assert_int_eq(kplug_select(EDU0, &found), 1);
	ck_assert_str_eq(found->parent, RP0);
	free(found);
	ck_assert_int_ge(kplug_select("1234:11e8", &found), 3);
	free(found);

	ck_assert_int_eq(kplug_holders(NULL0, &holders), 1);
	ck_assert_int_eq(holders[0].pid, getpid());
	ck_assert_int_eq(holders[0].trusted, 1);
	ck_assert_str_eq(holders[0].plugin, "null");
	free(holders);
	kplug_close(k);
	OK(kplug_unbind(EDU1));
	ck_assert_int_eq(kplug_unbind(EDU1), -ENOTCONN);
}
