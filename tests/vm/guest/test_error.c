// SPDX-License-Identifier: MIT
// Errors of the PCI link: the kernel recovers, and so do vectors.
#include "device.h"

#include <string.h>

/* Names of QEMU's pcie_aer_inject_error: the link to edu0 went down; a completion did not come. */
#define FATAL "SDN"
#define NONFATAL "COMP_TIME"

/* edu0 is no PCIe device: its port reports, for all that is behind it. */
static void inject(const char *error)
{
	log_allow("AER|PCIe Bus Error|device recovery");
	ck_assert(hostcall("hmp pcie_aer_inject_error rp0 %s", error));
}

static void check_interrupt(struct kplug *edu, uint32_t bits)
{
	struct kplug_event event;

	edu_raise(edu, bits);
	event = next_event(edu);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.data[0], bits);
}

static void expect(struct kplug *k, unsigned int type, uint64_t word)
{
	struct kplug_event event = next_event(k);

	ck_assert_int_eq(event.type, type);
	ck_assert_int_eq(event.words ? event.data[0] : 0, word);
}

static void expect_recovery(struct kplug *k, uint64_t state)
{
	expect(k, KPLUG_EVENT_ERROR, state);
	if (state == KPLUG_ERROR_FROZEN)
		expect(k, KPLUG_EVENT_RESET, 0);
	expect(k, KPLUG_EVENT_ERROR, KPLUG_ERROR_RECOVERED);
}

#define EVERY_RUNG \
	VARIANTS("intx-user", "intx-recipe", "intx-plugin", "msi-user", "msi-recipe", "msi-plugin")

/* The reset of the link takes the function's address, mastership and messages; armed vectors go on all the same. */
TEST(error, link_reset, .variants = EVERY_RUNG, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, variant);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 4; i++) {
		check_interrupt(edu, i);
		inject(FATAL);
		expect_recovery(edu, KPLUG_ERROR_FROZEN);
		check_interrupt(edu, 4 + i);
	}
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 6);
}

/* Vectors that were not armed then can be afterwards. */
TEST(error, arm_after_link_reset, .variants = VARIANTS("intx-plugin", "msi-plugin"), .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, variant);
	inject(FATAL);
	expect_recovery(edu, KPLUG_ERROR_FROZEN);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	check_interrupt(edu, 1);
}

TEST(error, nonfatal, .variants = VARIANTS("intx-recipe", "msi-plugin"), .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, variant);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 4; i++) {
		inject(NONFATAL);
		expect_recovery(edu, KPLUG_ERROR_NONFATAL);
		check_interrupt(edu, i);
	}
}

static void expect_plugin_heard(struct kplug *k, unsigned int what)
{
	expect(k, ODD_EVENT_DEVICE, what);
}

TEST(error, plugin_hears, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd"));
	edu = edu_open(EDU0, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	inject(FATAL);
	expect_plugin_heard(edu, ODD_FROZEN);
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_FROZEN);
	expect_plugin_heard(edu, ODD_RESET_DONE);
	expect(edu, KPLUG_EVENT_RESET, 0);
	expect_plugin_heard(edu, ODD_RECOVERED);
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_RECOVERED);
	inject(NONFATAL);
	expect_plugin_heard(edu, ODD_ERROR);
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_NONFATAL);
	expect_plugin_heard(edu, ODD_RECOVERED);
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_RECOVERED);
	check_interrupt(edu, 1);
}
