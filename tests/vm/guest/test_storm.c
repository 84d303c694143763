// SPDX-License-Identifier: MIT
// The storm guard: a handler that would take the machine down is stopped, and the machine lives.
#include "device.h"

#include <string.h>

#define PARAMETER "/sys/module/kplug_odd/parameters/%s"
#define BUDGET    "/sys/module/kplug/parameters/handler_budget_us"

static void check_masked(struct kplug *edu)
{
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 1);
	ck_assert_int_eq(vector_info(edu, 0).out_flags,
			 KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE | KPLUG_VECTOR_MASKED | KPLUG_VECTOR_STORM);
}

static void check_storm(struct kplug *edu)
{
	struct kplug_event event = next_event(edu);

	ck_assert_int_eq(event.type, KPLUG_EVENT_STORM);
	ck_assert_int_eq(event.vector, 0);
	check_masked(edu);
}

/* Consumes until something else is there. */
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
 * The plugin never acknowledges, so the line stays asserted and the interrupt
 * comes again at once, for ever; it may claim it or not.
 */
TEST(storm, line_stays_asserted, .variants = VARIANTS("claimed", "not-claimed", "told"), .timeout = 60)
{
	const bool told = !strcmp(variant, "told");
	const unsigned int verdict = !strcmp(variant, "not-claimed") ? KPLUG_NONE :
				     told ? KPLUG_HANDLED | KPLUG_NOTIFY : KPLUG_HANDLED;
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
	if (told)
		drop_irq_events(edu);
	check_storm(edu);
	ck_assert(log_contains("vector 0 masked: its line stays asserted"));

	/* It is quiet now, and who shares the line is not harmed. */
	raised = vector_info(edu, 0).out_raised;
	sleep_ms(50);
	ck_assert_uint_eq(vector_info(edu, 0).out_raised, raised);
	for (int i = 1; i < 10; i++) {
		edu_raise(neighbour, i);
		ck_assert_int_eq(next_event(neighbour).data[0], i);
	}

	/* Mended, it works again. */
	OK(file_write("Y", PARAMETER, "ack"));
	OK(run("echo %u > /sys/module/kplug_odd/parameters/verdict", KPLUG_HANDLED | KPLUG_NOTIFY));
	edu_ack(edu);
	OK(kplug_unmask(edu, 0));
	check_works(edu);
}

/* Unmasked too early, it is masked again; disarmed and armed, it starts afresh. */
TEST(storm, again, .timeout = 60)
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

/* Nobody listens; the guard does all the same. */
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

/* Raises one interrupt, and waits until its handler is through. */
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

	/* A few are an accident. */
	for (int i = 0; i < 5; i++)
		raise_one(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 0);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	for (int i = 0; i < 3; i++)
		raise_one(edu);
	for (int i = 0; i < 7; i++)
		ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	check_storm(edu);
	/* That of the eighth interrupt itself. */
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	ck_assert(log_contains("vector 0 masked: its handler overruns its budget"));

	/* What is raised now waits. */
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
