// SPDX-License-Identifier: MIT
// INTx is enabled in a function only while it has a handler. Handlers work the same with and
// without a mask bit.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint16_t command_register(const char *address)
{
	char path[128];
	uint16_t value = 0;
	FILE *config;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	config = fopen(path, "r");
	ck_assert_ptr_nonnull(config);
	ck_assert_int_eq(fseek(config, 4, SEEK_SET), 0);
	ck_assert_int_eq(fread(&value, sizeof(value), 1, config), 1);
	fclose(config);
	return value;
}

static bool intx_on(const char *address)
{
	return !(command_register(address) & 0x400);
}

static struct kplug *edu_armed(const char *address, const char *variant)
{
	struct kplug *edu = edu_open(address, variant);

	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	return edu;
}

static void check_line(struct kplug *neighbour)
{
	for (int i = 1; i < 6; i++)
		edu_check_interrupt(neighbour, i);
}

/* The function asserts its interrupt all the time; the other user of the line must not notice. */
TEST(intx, off_without_a_handler, .timeout = 60)
{
	static const char *const rungs[] = { "intx-user", "intx-recipe", "intx-plugin" };
	struct kplug *edu, *neighbour;

	core_start();
	neighbour = edu_armed(EDU2, "intx-recipe");
	edu = edu_open(EDU1, NULL);
	ck_assert(!intx_on(EDU1));
	edu_raise(edu, 1);

	/* Neither the choice of a mode nor the end of another enables INTx. */
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 0), 1);
		ck_assert(!intx_on(EDU1));
		ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0), 1);
		ck_assert(!intx_on(EDU1));
		ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSIX, 0), -EOPNOTSUPP);
		ck_assert(!intx_on(EDU1));
	}
	check_line(neighbour);
	OK(kplug_attach(edu, 0, edu_handler_of("msi-user")));
	ck_assert(!intx_on(EDU1));
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 0), 1);
	ck_assert(!intx_on(EDU1));

	for (size_t i = 0; i < ARRAY_SIZE(rungs); i++) {
		edu_ack(edu);
		ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(rungs[i])), 0);
		ck_assert(intx_on(EDU1));
		edu_check_interrupt(edu, 3);
		OK(kplug_detach(edu, 0));
		ck_assert(!intx_on(EDU1));
		edu_raise(edu, 1);
		check_line(neighbour);
	}

	/* INTx after the end of a program, and after unbinding. */
	kplug_close(edu);
	ck_assert(!intx_on(EDU1));
	edu = edu_open(EDU1, "msi");
	OK(kplug_attach(edu, 0, edu_handler_of("msi-user")));
	kplug_close(edu);
	ck_assert(!intx_on(EDU1));
	device_unbind(EDU1);
	ck_assert(!intx_on(EDU1));
	check_line(neighbour);
	device_bind(EDU1);
	ck_assert(!intx_on(EDU1));
	edu = edu_open(EDU1, "intx");
	device_unbind(EDU1);
	ck_assert(!intx_on(EDU1));
	check_line(neighbour);
	kplug_close(edu);
	/* It is quiet for later tests. */
	edu = edu_open(EDU1, NULL);
	edu_ack(edu);
}

TEST(intx, off_after_a_failed_arm)
{
	struct kplug *edu, *neighbour;

	core_start();
	OK(module_load("kplug_odd arm_error=-5"));
	neighbour = edu_armed(EDU2, "intx-recipe");
	edu = edu_open(EDU1, "intx");
	edu_raise(edu, 1);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), -EIO);
	ck_assert(!intx_on(EDU1));
	check_line(neighbour);
	edu_ack(edu);
}

/* The reset restores the state from before it. */
TEST(intx, off_after_a_reset, .timeout = 60)
{
	struct kplug *nvme;

	core_start();
	device_bind(NVME);
	nvme = device_open(NVME);
	ck_assert_int_eq(kplug_irq_mode(nvme, KPLUG_IRQ_INTX, 0), 1);
	OK(kplug_reset(nvme));
	ck_assert(!intx_on(NVME));
	ck_assert_int_ge(kplug_irq_mode(nvme, KPLUG_IRQ_MSIX, 0), 1);
	OK(kplug_reset(nvme));
	ck_assert(!intx_on(NVME));
	ck_assert_int_eq(kplug_irq_mode(nvme, KPLUG_IRQ_INTX, 0), 1);
	OK(kplug_attach(nvme, 0, &(struct kplug_handler){ 0 }));
	ck_assert(intx_on(NVME));
	OK(kplug_reset(nvme));
	ck_assert(intx_on(NVME));
	OK(kplug_detach(nvme, 0));
	ck_assert(!intx_on(NVME));
	OK(kplug_reset(nvme));
	ck_assert(!intx_on(NVME));
}

/* Without the bit the function has the line to itself, and otherwise works as all others. */
TEST(intx, function_without_mask_bit,
     .variants = VARIANTS("intx-user", "intx-recipe", "intx-plugin"), .timeout = 60)
{
	struct kplug *edu, *neighbour;

	core_start();
	OK(run("modprobe kplug_nomask address=%s", EDU1));
	neighbour = edu_armed(EDU2, "intx-recipe");
	edu = edu_open(EDU1, "intx");
	edu_raise(edu, 1);
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of(variant)), -EBUSY);
	ck_assert(!intx_on(EDU1));
	check_line(neighbour);
	OK(kplug_detach(neighbour, 0));

	edu_ack(edu);
	for (int round = 0; round < 3; round++) {
		ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
		ck_assert(intx_on(EDU1));
		ck_assert_int_eq(kplug_attach(neighbour, 0, edu_handler_of("intx-recipe")), -EBUSY);
		ck_assert(!intx_on(EDU2));
		for (int i = 1; i < 20; i++)
			edu_check_interrupt(edu, i);
		OK(kplug_detach(edu, 0));
		ck_assert(!intx_on(EDU1));
	}
	ck_assert_int_eq(vector_info(edu, 0).out_storms, 0);
	ck_assert_int_ge(kplug_attach(neighbour, 0, edu_handler_of("intx-recipe")), 0);
	check_line(neighbour);
	kplug_close(edu);
	OK(module_unload("kplug_nomask"));
}

/* A masked function that waits for its program does not claim its neighbour's interrupts. */
TEST(intx, masked_function_hears_no_neighbour)
{
	struct kplug_arm arm = { .size = sizeof(arm), .handler = KPLUG_HANDLER_USER };
	struct kplug *edu, *neighbour;

	core_start();
	neighbour = edu_armed(EDU2, "intx-recipe");
	edu = edu_open(EDU1, "intx");
	OK(command(edu, KPLUG_ARM, &arm));
	edu_raise(edu, 1);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_IRQ);
	check_line(neighbour);
	no_event(edu);
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 1);
	edu_ack(edu);
}

/* When Linux last saw an interrupt of this line that no handler claimed, in ms. */
static unsigned long last_unclaimed(unsigned int irq)
{
	static const char label[] = "last_unhandled ";
	char text[128];
	const char *at;

	OK(file_read(text, sizeof(text), "/proc/irq/%u/spurious", irq));
	at = strstr(text, label);
	ck_assert_ptr_nonnull(at);
	return strtoul(at + strlen(label), NULL, 10);
}

/*
 * Asserts the line until a handler has run. A level line that falls earlier interrupts on some
 * machines, and on others not.
 */
static void assert_line(struct kplug *edu)
{
	uint64_t before = vector_info(edu, 0).out_none;
	uint64_t deadline = now_ns() + 5000 * MS;

	edu_raise(edu, 1);
	while (vector_info(edu, 0).out_none == before && now_ns() < deadline)
		;
	edu_ack(edu);
	ck_assert_uint_ne(vector_info(edu, 0).out_none, before);
}

/*
 * An interrupt that is not the device's own stays unclaimed, so that Linux asks the next driver,
 * and disables a line that is stuck. The line floods the first processor for a moment.
 */
TEST(intx, claims_its_own_alone)
{
	static const struct kplug_step not_mine[] = {
		KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
		KPLUG_NOT_MINE(0, 0),
	};
	const struct kplug_handler handler = { .steps = not_mine,
					       .num_steps = ARRAY_SIZE(not_mine) };
	const uint64_t first = 1;
	struct kplug_vector_info info;
	struct kplug *edu;
	unsigned long before;
	cpu_set_t second;

	CPU_ZERO(&second);
	CPU_SET(1, &second);
	OK(sched_setaffinity(0, sizeof(second), &second));
	core_start();
	edu = edu_open(EDU1, "intx");
	ck_assert_int_eq(kplug_attach(edu, 0, &handler), KPLUG_HANDLER_RECIPE);
	OK(kplug_affinity_set(edu, 0, sizeof(first), &first));
	before = last_unclaimed(vector_info(edu, 0).out_irq);
	/* With handlers in threads Linux decides about an interrupt when the next one comes. */
	for (int i = 0; i < 20 && last_unclaimed(vector_info(edu, 0).out_irq) == before; i++) {
		sleep_ms(50);
		assert_line(edu);
	}
	info = vector_info(edu, 0);
	ck_assert_int_eq(info.out_handled, 0);
	ck_assert_uint_ne(last_unclaimed(info.out_irq), before);
}
