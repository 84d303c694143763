// SPDX-License-Identifier: MIT
// Vectors: every mode, every place of the handler, exact counters.
#include "device.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVERY_RUNG \
	VARIANTS("intx-user", "intx-recipe", "intx-plugin", "msi-user", "msi-recipe", "msi-plugin")

static struct kplug *edu_armed(const char *address, const char *variant)
{
	struct kplug *edu = edu_open(address, variant);

	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	return edu;
}

/* One interrupt from the device to its event. */
static void check_interrupt(struct kplug *edu, uint32_t bits, uint64_t seq)
{
	struct kplug_event event;

	edu_raise(edu, bits);
	event = next_event(edu);
	ck_assert_int_eq(event.seq, seq);
	ck_assert_int_eq(event.lost, 0);
	ck_assert_int_eq(event.vector, 0);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.words, 1);
	ck_assert_int_eq(event.data[0], bits);
	ck_assert(event.t_hard <= event.t_handler_end && event.t_handler_end <= event.t_post);
	ck_assert_int_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_STATUS), 0);
}

TEST(irq, counts, .variants = EVERY_RUNG)
{
	struct kplug_vector_info info;
	struct kplug *edu;

	core_start();
	edu = edu_armed(EDU1, variant);
	for (int i = 0; i < 50; i++)
		check_interrupt(edu, i + 1, i);
	info = vector_info(edu, 0);
	ck_assert_int_eq(info.out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	ck_assert_int_gt(info.out_irq, 0);
	ck_assert_int_eq(info.out_event_type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(info.out_raised, 50);
	ck_assert_int_eq(info.out_handled, 50);
	ck_assert_int_eq(info.out_posted, 50);
	ck_assert_int_eq(info.out_none + info.out_deferred + info.out_coalesced + info.out_dropped +
				 info.out_storms,
			 0);
}

/* Counters survive the disarming; an interrupt in between counts nowhere. */
TEST(irq, arm_and_disarm_again, .variants = EVERY_RUNG)
{
	struct kplug_vector_info info;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, variant);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
		check_interrupt(edu, i + 1, i);
		OK(kplug_detach(edu, 0));
		edu_raise(edu, 1);
		edu_ack(edu);
	}
	no_event(edu);
	info = vector_info(edu, 0);
	ck_assert_int_eq(info.out_flags | info.out_irq | info.out_handler, 0);
	ck_assert_int_eq(info.out_handled, 100);
	ck_assert_int_eq(info.out_raised, info.out_handled + info.out_none);
	ck_assert_int_eq(objects_live("armed"), 0);
}

static void check_mode(struct kplug *k, enum kplug_irq_mode mode, unsigned int count, int vectors,
		       enum kplug_irq_mode got)
{
	struct kplug_device_info info;

	ck_assert_int_eq(kplug_irq_mode(k, mode, count), vectors);
	info = device_info(k);
	ck_assert_int_eq(info.out_irq_mode, got);
	ck_assert_int_eq(info.out_vectors, vectors);
}

TEST(irq, mode_of_edu)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(device_info(edu).out_irq_mode, KPLUG_IRQ_AUTO);
	ck_assert_int_eq(device_info(edu).out_vectors, 1);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSIX, 0), -EOPNOTSUPP);
	ck_assert_int_eq(device_info(edu).out_irq_mode, KPLUG_IRQ_AUTO);
	check_mode(edu, KPLUG_IRQ_INTX, 0, 1, KPLUG_IRQ_INTX);
	check_mode(edu, KPLUG_IRQ_MSI, 1, 1, KPLUG_IRQ_MSI);
	check_mode(edu, KPLUG_IRQ_INTX, 1, 1, KPLUG_IRQ_INTX);
	check_mode(edu, KPLUG_IRQ_AUTO, 0, 1, KPLUG_IRQ_MSI);

	/* A refused mode keeps the old one. */
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSIX, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_VIRTUAL, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_WIRED, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_WIRED + 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 2), -EINVAL);
	ck_assert_int_eq(device_info(edu).out_irq_mode, KPLUG_IRQ_MSI);
	OK(kplug_attach(edu, 0, &(struct kplug_handler){ 0 }));
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 0), -EBUSY);
	OK(kplug_detach(edu, 0));
	check_mode(edu, KPLUG_IRQ_INTX, 0, 1, KPLUG_IRQ_INTX);
}

TEST(irq, mode_of_msix)
{
	struct kplug *ivshmem;

	core_start();
	device_bind(IVSHMEM);
	ivshmem = device_open(IVSHMEM);
	ck_assert_int_eq(device_info(ivshmem).out_vectors, 4);
	check_mode(ivshmem, KPLUG_IRQ_MSIX, 2, 2, KPLUG_IRQ_MSIX);
	ck_assert_int_eq(kplug_attach(ivshmem, 2, &(struct kplug_handler){ 0 }), -ENOENT);
	check_mode(ivshmem, KPLUG_IRQ_MSIX, 0, 4, KPLUG_IRQ_MSIX);
	ck_assert_int_eq(kplug_irq_mode(ivshmem, KPLUG_IRQ_MSI, 0), -EOPNOTSUPP);
	check_mode(ivshmem, KPLUG_IRQ_AUTO, 1, 1, KPLUG_IRQ_MSIX);
	ck_assert_int_eq(kplug_irq_mode(ivshmem, KPLUG_IRQ_AUTO, 5), -EINVAL);
}

/* Without a choice, KPLUG_ARM takes the best mode. */
TEST(irq, mode_by_default)
{
	struct kplug *ivshmem;

	core_start();
	device_bind(IVSHMEM);
	ivshmem = device_open(IVSHMEM);
	OK(kplug_attach(ivshmem, 3, &(struct kplug_handler){ 0 }));
	ck_assert_int_eq(device_info(ivshmem).out_irq_mode, KPLUG_IRQ_MSIX);
	ck_assert_int_eq(device_info(ivshmem).out_vectors, 4);
}

/* The host rings the vectors in turn. */
TEST(irq, four_vectors)
{
	struct kplug *ivshmem;
	uint64_t rung[4] = { 0 };

	core_start();
	OK(module_load("kplug_ivshmem"));
	ck_assert_str_eq(pci_driver(IVSHMEM), "kplug_ivshmem");
	ivshmem = device_open(IVSHMEM);
	for (int v = 0; v < 4; v++)
		ck_assert_int_eq(kplug_attach(ivshmem, v, &ivshmem_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 16; i++) {
		unsigned int v = i < 10 ? i % 4 : i % 2 + 2;
		struct kplug_event event;

		ck_assert(hostcall("doorbell %u", v));
		event = next_event(ivshmem);
		ck_assert_int_eq(event.vector, v);
		ck_assert_int_eq(event.data[0], ++rung[v]);
	}
	no_event(ivshmem);
	for (int v = 0; v < 4; v++) {
		struct kplug_vector_info info = vector_info(ivshmem, v);

		ck_assert_int_eq(info.out_raised, rung[v]);
		ck_assert_int_eq(info.out_handled, rung[v]);
		ck_assert_int_eq(info.out_posted, rung[v]);
	}
}

/* Each vector has its own handler, event type and lifetime. */
TEST(irq, vectors_with_handlers_of_their_own)
{
	const struct kplug_step steps[] = {
		KPLUG_READ32(0, IVSHMEM_POSITION),
		KPLUG_CAPTURE(0xffff),
	};
	const struct kplug_handler handlers[] = {
		{ .plugin = "ivshmem", .event_type = 0x1000 },
		{ .steps = steps, .num_steps = 2, .event_type = 0x1001 },
		{ .event_type = 0x1002 },
	};
	struct kplug *ivshmem;

	core_start();
	OK(module_load("kplug_ivshmem"));
	ivshmem = device_open(IVSHMEM);
	for (int v = 0; v < 3; v++)
		ck_assert_int_ge(kplug_attach(ivshmem, v, &handlers[v]), 0);
	for (int v = 3; v >= 0; v--)
		ck_assert(hostcall("doorbell %d", v));
	for (int v = 2; v >= 0; v--) {
		struct kplug_event event = next_event(ivshmem);

		ck_assert_int_eq(event.vector, v);
		ck_assert_int_eq(event.type, 0x1000 + v);
		ck_assert_int_eq(event.words, v < 2);
	}
	no_event(ivshmem);
	ck_assert_int_eq(vector_info(ivshmem, 3).out_raised, 0);
	OK(kplug_detach(ivshmem, 1));
	ck_assert(hostcall("doorbell 1"));
	ck_assert(hostcall("doorbell 2"));
	ck_assert_int_eq(next_event(ivshmem).vector, 2);
	no_event(ivshmem);
}

TEST(irq, shared_line, .smoke = true,
     .variants = VARIANTS("intx-user", "intx-recipe", "intx-plugin"))
{
	struct kplug_vector_info one, two;
	struct kplug *edu1, *edu2;

	core_start();
	edu1 = edu_armed(EDU1, variant);
	edu2 = edu_armed(EDU2, variant);
	ck_assert_int_eq(vector_info(edu1, 0).out_irq, vector_info(edu2, 0).out_irq);
	for (int i = 0; i < 20; i++) {
		check_interrupt(edu1, 1, i);
		check_interrupt(edu2, 2, i);
	}
	one = vector_info(edu1, 0);
	two = vector_info(edu2, 0);
	ck_assert_int_eq(one.out_handled, 20);
	ck_assert_int_eq(two.out_handled, 20);
	/* Not always one each: two raises during a handler are one interrupt. */
	ck_assert_int_gt(one.out_none, 0);
	ck_assert_int_gt(two.out_none, 0);
	ck_assert_int_eq(one.out_raised, one.out_handled + one.out_none);
	ck_assert_int_eq(two.out_raised, two.out_handled + two.out_none);

	/* One leaves, the other stays. */
	OK(kplug_detach(edu1, 0));
	check_interrupt(edu2, 3, 20);
}

TEST(irq, eventfd, .variants = VARIANTS("intx-recipe", "msi-plugin"))
{
	int first = eventfd(0, EFD_NONBLOCK), second = eventfd(0, EFD_NONBLOCK),
	    third = eventfd(0, EFD_NONBLOCK);
	struct kplug *edu, *other;
	eventfd_t value;

	core_start();
	edu = edu_armed(EDU1, variant);
	other = device_open_ring(EDU1, 0);
	OK(kplug_eventfd(edu, 0, first));
	OK(kplug_eventfd(other, 0, third));
	for (int i = 0; i < 30; i++)
		check_interrupt(edu, 1, i);
	/* On PREEMPT_RT a thread may still be about to count. */
	ck_assert(WAIT_UNTIL(objects_live("eventfd") == 2, 1000));
	check_eventfd(first, 30);
	check_eventfd(third, 30);

	/* A new eventfd replaces the old one. */
	OK(kplug_eventfd(edu, 0, second));
	check_interrupt(edu, 1, 30);
	check_eventfd(second, 1);
	ck_assert_int_eq(eventfd_read(first, &value), -1);

	OK(kplug_eventfd(edu, 0, -1));
	OK(kplug_eventfd(edu, 0, -1));
	check_interrupt(edu, 1, 31);
	check_eventfd(third, 2);
	ck_assert_int_eq(eventfd_read(second, &value), -1);
	ck_assert_int_eq(objects_live("eventfd"), 1);
	kplug_close(other);
	ck_assert_int_eq(objects_live("eventfd"), 0);

	ck_assert_int_eq(kplug_eventfd(edu, 1, second), -ENOENT);
	ck_assert_int_eq(kplug_eventfd(edu, 0, -2), -EINVAL);
	ck_assert_int_eq(kplug_eventfd(edu, 0, 0), -EINVAL); /* no eventfd */
	ck_assert_int_eq(kplug_eventfd(edu, 0, 1000), -EINVAL); /* no file */
}

TEST(irq, several_clients, .variants = VARIANTS("intx", "msi"))
{
	const struct kplug_handler typed = { .plugin = "edu", .event_type = 0x100 }, user = { 0 };
	struct kplug *first, *second;

	core_start();
	first = edu_open(EDU1, variant);
	second = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(first, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(vector_info(second, 0).out_flags, KPLUG_VECTOR_ARMED);

	/* Only in the same way. */
	ck_assert_int_eq(kplug_attach(second, 0, &user), -EBUSY);
	ck_assert_int_eq(kplug_attach(second, 0, edu_handler_of("recipe")), -EBUSY);
	ck_assert_int_eq(kplug_attach(second, 0, &typed), -EBUSY);
	ck_assert_int_eq(kplug_attach(second, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(objects_live("armed"), 1);

	/* One interrupt notifies both. */
	check_interrupt(first, 1, 0);
	ck_assert_int_eq(next_event(second).data[0], 1);
	no_event(second);
}

/* The last client that leaves disarms, also by close(). */
TEST(irq, last_client_disarms, .variants = VARIANTS("intx-plugin", "msi-plugin", "msi-user"))
{
	struct kplug *first, *second, *third;

	core_start();
	first = edu_armed(EDU1, variant);
	second = edu_open(EDU1, NULL);
	third = edu_open(EDU1, NULL);
	ck_assert_int_ge(kplug_attach(second, 0, edu_handler_of(variant)), 0);
	OK(kplug_detach(first, 0));
	ck_assert_int_eq(vector_info(first, 0).out_flags, KPLUG_VECTOR_ARMED);
	check_interrupt(second, 5, 0);
	kplug_close(second);
	ck_assert_int_eq(vector_info(third, 0).out_flags, 0);
	edu_raise(third, 1);
	edu_ack(third);
	ck_assert_int_eq(next_event(third).data[0], strstr(variant, "user") ? 0 : 5);
	no_event(third);
}

/* Rung 0 on a line: masked until the program is done, at most one event each time. */
TEST(irq, unmask)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "intx");
	OK(kplug_attach(edu, 0, &(struct kplug_handler){ 0 }));
	OK(kplug_unmask(edu, 0));
	for (int i = 0; i < 10; i++) {
		edu_raise(edu, 1);
		ck_assert_int_eq(next_event(edu).words, 0);
		ck_assert(vector_info(edu, 0).out_flags & KPLUG_VECTOR_MASKED);
		edu_raise(edu, 2);
		no_event(edu);
		edu_ack(edu);
		OK(kplug_unmask(edu, 0));
		ck_assert(!(vector_info(edu, 0).out_flags & KPLUG_VECTOR_MASKED));
	}
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 10);

	/* A line that still asserts interrupts again at once. */
	edu_raise(edu, 1);
	next_event(edu);
	OK(kplug_unmask(edu, 0));
	next_event(edu);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	ck_assert_int_eq(kplug_unmask(edu, 0), -ENOTCONN);
	edu_ack(edu);
}

struct raiser {
	struct kplug *edu;
	pthread_t thread;
	volatile bool stop;
};

static void *raise_all_the_time(void *argument)
{
	struct raiser *raiser = argument;

	while (!raiser->stop) {
		edu_raise(raiser->edu, 1);
		/* An emulated processor that is always in its handler does nothing else. */
		usleep(50);
	}
	return NULL;
}

TEST(irq, disarm_under_fire, .smoke = true, .variants = EVERY_RUNG)
{
	struct raiser raiser = { 0 };
	uint64_t handled = 0;
	struct kplug *edu;

	core_start();
	raiser.edu = edu_open(EDU1, variant);
	edu = edu_open(EDU1, NULL);
	OK(pthread_create(&raiser.thread, NULL, raise_all_the_time, &raiser));
	for (int i = 0; i < 100; i++) {
		struct kplug_vector_info info;

		ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
		next_event(edu);
		OK(kplug_detach(edu, 0));
		info = vector_info(edu, 0);
		ck_assert_int_gt(info.out_handled, handled);
		handled = info.out_handled;
		while (kplug_peek(edu))
			kplug_consume(edu);
		ck_assert_int_eq(vector_info(edu, 0).out_raised, info.out_raised);
	}
	raiser.stop = true;
	OK(pthread_join(raiser.thread, NULL));
	edu_ack(edu);
}

/* Every verdict with DEFER is covered by exactly one run. */
TEST(irq, deferred,
     .variants = VARIANTS("intx-tasklet", "msi-tasklet", "intx-thread", "msi-thread"))
{
	const unsigned int sleeps = strstr(variant, "thread") ? ODD_DEFER_SLEEPS : 0;
	struct kplug_vector_info info;
	uint64_t covered = 0, runs = 0;
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_odd flags=%u verdict=%u deferred_ms=%u", ODD_NO_THREAD | sleeps,
	       KPLUG_HANDLED | KPLUG_DEFER, sleeps ? 2 : 0));
	edu = edu_open(EDU1, variant);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 200; i++) {
		edu_raise(edu, 1);
		ck_assert(WAIT_UNTIL((int)vector_info(edu, 0).out_handled == i + 1, 5000));
	}
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_coalesced == 200, 5000));
	while (kplug_wait(edu, &event, 1, 50 * MS) == 1) {
		ck_assert_int_eq(event.type, ODD_EVENT_DEFERRED);
		ck_assert_int_eq(event.vector, 0);
		covered += event.data[0];
		runs++;
	}
	info = vector_info(edu, 0);
	ck_assert_int_eq(covered, 200);
	ck_assert_int_eq(info.out_deferred, runs);
	ck_assert_int_eq(info.out_posted, runs);
	if (sleeps)
		ck_assert_int_lt(runs, 200);

	/* Pending deferred handlers run before disarming returns. */
	edu_raise(edu, 1);
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_handled == 201, 5000));
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(vector_info(edu, 0).out_coalesced, 201);
}

/* A deferred handler that sleeps has a new thread in each session, also on an older vector. */
TEST(irq, deferred_in_each_session, .smoke = true, .variants = VARIANTS("intx", "msi"))
{
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_odd flags=%u verdict=%u", ODD_NO_THREAD | ODD_DEFER_SLEEPS,
	       KPLUG_HANDLED | KPLUG_DEFER));
	edu = edu_open(EDU1, variant);
	for (int i = 0; i < 6; i++) {
		ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
		/* Not in every session, since its end waits for a run of the present thread. */
		if (i % 3 != 1) {
			edu_raise(edu, 1);
			ck_assert_int_eq(next_event(edu).type, ODD_EVENT_DEFERRED);
		}
		OK(kplug_detach(edu, 0));
	}
}

/* A handler may capture any number of words; an event carries KPLUG_EVENT_WORDS. */
TEST(irq, captures_are_limited)
{
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd captures=20"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 100);
	event = next_event(edu);
	ck_assert_int_eq(event.words, KPLUG_EVENT_WORDS);
	for (int i = 0; i < KPLUG_EVENT_WORDS; i++)
		ck_assert_int_eq(event.data[i], 100 + i);
}

/* HANDLED alone is counted and wakes no program. */
TEST(irq, verdict_without_notify)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd verdict=1"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 1);
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_handled == 1, 5000));
	no_event(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_posted, 0);
}
