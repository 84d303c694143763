// SPDX-License-Identifier: MIT
// The storm guard stops a handler that would hang the machine.
#include "device.h"

#include <pthread.h>
#include <string.h>

#define PARAMETER "/sys/module/kplug_odd/parameters/%s"
#define BUDGET    "/sys/module/kplug/parameters/handler_budget_us"

static void check_masked(struct kplug *edu)
{
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 1);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE |
								KPLUG_VECTOR_MASKED |
								KPLUG_VECTOR_STORM);
}

static void check_storm(struct kplug *edu)
{
	struct kplug_event event = next_event(edu);

	ck_assert_int_eq(event.type, KPLUG_EVENT_STORM);
	ck_assert_int_eq(event.vector, 0);
	check_masked(edu);
}

/* Consumes interrupts until another event comes. */
static void drop_irq_events(struct kplug *edu)
{
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_storms == 1, 10000));
	while (kplug_peek(edu) && kplug_peek(edu)->type == KPLUG_EVENT_IRQ)
		kplug_consume(edu);
}

static void check_works(struct kplug *edu)
{
	ck_assert_int_eq(vector_info(edu, 0).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	while (kplug_peek(edu))
		kplug_consume(edu);
	edu_raise(edu, 7);
	ck_assert_int_eq(next_event(edu).data[0], 7);
	no_event(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 1);
}

/*
 * The plugin never acknowledges, so the line stays asserted and the interrupt comes again at once,
 * for ever, whether the plugin claims it or not.
 */
TEST(storm, line_stays_asserted, .variants = VARIANTS("claimed", "not-claimed", "notified"),
     .timeout = 60)
{
	const bool notified = !strcmp(variant, "notified");
	const unsigned int verdict = !strcmp(variant, "not-claimed") ? KPLUG_NONE :
				     notified ? KPLUG_HANDLED | KPLUG_NOTIFY :
						KPLUG_HANDLED;
	struct kplug *edu, *neighbour;
	uint64_t raised;

	core_start();
	OK(run("modprobe kplug_odd ack=0 verdict=%u", verdict));
	edu = edu_open(EDU1, "intx");
	neighbour = edu_open(EDU2, "intx");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_ge(kplug_attach(neighbour, 0, edu_handler_of("recipe")), 0);
	edu_raise(edu, 1);
	/* Its own events fill the ring: one record is kept for this. */
	if (notified)
		drop_irq_events(edu);
	check_storm(edu);
	ck_assert(log_contains("vector 0 masked: its line stays asserted"));

	/* The line is quiet now, and its other user works. */
	raised = vector_info(edu, 0).out_raised;
	sleep_ms(50);
	ck_assert_uint_eq(vector_info(edu, 0).out_raised, raised);
	for (int i = 1; i < 10; i++) {
		edu_raise(neighbour, i);
		ck_assert_int_eq(next_event(neighbour).data[0], i);
	}

	/* With a correct handler it works again. */
	OK(file_write("Y", PARAMETER, "ack"));
	OK(run("echo %u > /sys/module/kplug_odd/parameters/verdict", KPLUG_HANDLED | KPLUG_NOTIFY));
	edu_ack(edu);
	OK(kplug_unmask(edu, 0));
	check_works(edu);
}

/* Unmasked too early, it is masked again; disarmed and armed, it starts with new counts. */
TEST(storm, again, .smoke = true, .timeout = 60)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd ack=0 verdict=1"));
	edu = edu_open(EDU1, "intx");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 1);
	check_storm(edu);
	OK(kplug_unmask(edu, 0));
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_STORM);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 2);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	edu_raise(edu, 1);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_STORM);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 3);
}

/* The guard works without listeners, too. */
TEST(storm, without_listeners, .timeout = 60)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd ack=0"));
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(kplug_map(edu, EDU_REGION));
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 0), 1);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 1);
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_storms == 1, 20000));
}

/* Raises one interrupt, and waits until its handler has returned. */
static void raise_one(struct kplug *edu)
{
	uint64_t handled = vector_info(edu, 0).out_handled;

	edu_raise(edu, 1);
	ck_assert(WAIT_UNTIL(vector_info(edu, 0).out_handled == handled + 1, 5000));
}

TEST(storm, handler_overruns_its_budget, .variants = VARIANTS("intx", "msi"))
{
	struct kplug *edu;

	core_start();
	OK(file_write("5000", BUDGET));
	OK(module_load("kplug_odd busy_us=12000"));
	edu = edu_open(EDU1, variant);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);

	/* A few overruns are tolerated. */
	for (int i = 0; i < 5; i++)
		raise_one(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 0);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	for (int i = 0; i < 3; i++)
		raise_one(edu);
	for (int i = 0; i < 7; i++)
		ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	check_storm(edu);
	/* The event of the eighth interrupt itself. */
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	ck_assert(log_contains("vector 0 masked: its handler overruns its budget"));

	/* An interrupt that is raised now waits. */
	edu_raise(edu, 1);
	no_event(edu);
	OK(file_write("0", PARAMETER, "busy_us"));
	OK(kplug_unmask(edu, 0));
	ck_assert_int_eq(next_event(edu).data[0], 1);
	check_works(edu);
}

TEST(storm, no_budget)
{
	struct kplug *edu;

	core_start();
	OK(file_write("0", BUDGET));
	OK(module_load("kplug_odd busy_us=12000"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 20; i++)
		raise_one(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 0);
}

/*
 * No listener wants times, so the clock is read for the guard alone: from the first overrun on at
 * every run.
 */
TEST(storm, overruns_without_times, .variants = VARIANTS("no-ring", "ring"))
{
	struct kplug *odd;

	core_start();
	OK(file_write("2000", BUDGET));
	OK(module_load("kplug_odd virtual=odd0 busy_us=5000"));
	odd = device_open_ring("odd0", strcmp(variant, "ring") ? 0 : 64);
	ck_assert_int_eq(kplug_attach(odd, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 1000 && !vector_info(odd, 0).out_storms; i++)
		OK(file_write("1", PARAMETER, "fire"));
	check_masked(odd);
	ck_assert_int_eq(vector_info(odd, 0).out_raised, 8);

	/* One good run ends the suspicion. */
	OK(kplug_unmask(odd, 0));
	for (int i = 0; i < 30; i++) {
		OK(file_write(i % 7 == 6 ? "0" : "5000", PARAMETER, "busy_us"));
		OK(file_write("1", PARAMETER, "fire"));
	}
	ck_assert_int_eq(vector_info(odd, 0).out_storms, 1);
}

/* The steps of a program on rung 0, without the library. */
static void arm_user(struct kplug *edu)
{
	struct kplug_arm arm = { .size = sizeof(arm), .handler = KPLUG_HANDLER_USER };

	OK(command(edu, KPLUG_ARM, &arm));
}

/* A program takes each event, does not serve the device, and unmasks. */
TEST(storm, program_does_not_serve, .timeout = 120)
{
	struct kplug *edu, *neighbour;
	unsigned int unmasks = 0;
	struct kplug_event event;

	core_start();
	edu = edu_open(EDU1, "intx");
	neighbour = edu_open(EDU2, "intx");
	ck_assert_int_ge(kplug_attach(neighbour, 0, edu_handler_of("recipe")), 0);
	arm_user(edu);
	edu_raise(edu, 1);
	while ((event = next_event(edu)).type == KPLUG_EVENT_IRQ) {
		OK(kplug_unmask(edu, 0));
		unmasks++;
	}
	ck_assert_int_eq(event.type, KPLUG_EVENT_STORM);
	ck_assert_uint_ge(unmasks, 1000);
	check_masked(edu);
	ck_assert(log_contains("vector 0 masked: its line stays asserted"));
	no_event(edu);
	for (int i = 1; i < 10; i++)
		edu_check_interrupt(neighbour, i);

	/* Unmasked it goes on; served it works. */
	OK(kplug_unmask(edu, 0));
	ck_assert_int_eq(vector_info(edu, 0).out_flags & KPLUG_VECTOR_STORM, 0);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	edu_ack(edu);
	OK(kplug_unmask(edu, 0));
	no_event(edu);
	edu_raise(edu, 1);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	edu_ack(edu);
}

static bool raising;

static void *raise_always(void *edu)
{
	while (__atomic_load_n(&raising, __ATOMIC_RELAXED))
		edu_raise(edu, 1);
	return NULL;
}

/* The device asks again before the program has unmasked, but it is served each time. */
TEST(storm, busy_program_is_none, .timeout = 120)
{
	struct kplug *edu;
	pthread_t thread;

	core_start();
	edu = edu_open(EDU1, "intx");
	arm_user(edu);
	raising = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, raise_always, edu), 0);
	for (int i = 0; i < 2000; i++) {
		ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
		edu_ack(edu);
		OK(kplug_unmask(edu, 0));
	}
	__atomic_store_n(&raising, false, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	edu_ack(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 0);
}
