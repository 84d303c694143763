// SPDX-License-Identifier: MIT
// Errors of the PCI link: the kernel recovers, and so do vectors.
#include "device.h"

#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>

/*
 * Names of QEMU's pcie_aer_inject_error: the link to edu0 went down; a packet is nonsense; a
 * completion did not come.
 */
#define FATAL          "SDN"
#define FATAL_ENDPOINT "MALF_TLP"
#define NONFATAL       "COMP_TIME"

/* The region of virtio-rng that has the message table. */
#define RNG_MESSAGES 1

static void inject_into(const char *device, const char *error)
{
	log_allow("AER|PCIe Bus Error|device recovery");
	ck_assert(hostcall("hmp pcie_aer_inject_error %s %s", device, error));
}

/* edu0 is no PCIe device: its port reports the errors of everything behind it. */
static void inject(const char *error)
{
	inject_into("rp0", error);
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

static struct kplug *edu_with(const struct kplug_handler *plugin)
{
	struct kplug *edu = edu_open(EDU0, "msi");

	ck_assert_int_eq(kplug_attach(edu, 0, plugin), KPLUG_HANDLER_PLUGIN);
	return edu;
}

/*
 * The reset of the link clears the function's address, mastery and messages; armed vectors work
 * afterwards.
 */
TEST(error, link_reset, .smoke = true, .variants = EVERY_RUNG, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, variant);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 4; i++) {
		edu_check_interrupt(edu, i);
		inject(FATAL);
		expect_recovery(edu, KPLUG_ERROR_FROZEN);
		edu_check_interrupt(edu, 4 + i);
	}
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 6);
}

/* Vectors that were not armed during the reset can be armed afterwards. */
TEST(error, arm_after_link_reset, .variants = VARIANTS("intx-plugin", "msi-plugin"), .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, variant);
	inject(FATAL);
	expect_recovery(edu, KPLUG_ERROR_FROZEN);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	edu_check_interrupt(edu, 1);
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
		edu_check_interrupt(edu, i);
	}
}

/*
 * The kernel recovers with the lock of the list of functions, and kplug_reset() needs that list
 * when it has reset the bus: lockdep reports if that is under a lock which a recovery needs.
 */
TEST(error, reset_in_between, .smoke = true, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU0, "msi-recipe");
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	for (int i = 1; i < 4; i++) {
		inject(NONFATAL);
		expect_recovery(edu, KPLUG_ERROR_NONFATAL);
		OK(kplug_reset(edu));
		expect(edu, KPLUG_EVENT_RESET, 0);
		edu_check_interrupt(edu, i);
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
	edu = edu_with(&odd_plugin);
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
	edu_check_interrupt(edu, 1);
}

/* A program that hears of the end of a recovery can reset at once. */
TEST(error, reset_during_recovery, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd event_ms=100"));
	edu = edu_with(&odd_plugin);
	inject(NONFATAL);
	expect_plugin_heard(edu, ODD_ERROR);
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_NONFATAL);
	expect_plugin_heard(edu, ODD_RECOVERED);
	OK(kplug_reset(edu));
	expect(edu, KPLUG_EVENT_ERROR, KPLUG_ERROR_RECOVERED);
	expect_plugin_heard(edu, ODD_RESET_PREPARE);
	expect_plugin_heard(edu, ODD_RESET_DONE);
	expect(edu, KPLUG_EVENT_RESET, 0);
	edu_check_interrupt(edu, 1);
}

/* A message table's first entry: address, data, masked or not. */
static void read_message(struct kplug *rng, uint32_t entry[4])
{
	OK(kplug_transfer_read(rng, RNG_MESSAGES, 0, 4, entry, 4, 0));
	ck_assert_uint_eq(entry[0] >> 20, 0xfee);
}

/* In QEMU a function sends the message only if it may raise SERR#. */
static void inject_into_rng(struct kplug *rng, const char *error)
{
	uint64_t bits;

	OK(kplug_access_read(rng, KPLUG_CONFIG_REGION, PCI_COMMAND, 2, &bits));
	OK(kplug_access_write(rng, KPLUG_CONFIG_REGION, PCI_COMMAND, 2, bits | PCI_COMMAND_SERR));
	inject_into("rng0", error);
}

/* A function that reports its own errors, and whose message table the reset of the link clears. */
TEST(error, endpoint, .variants = VARIANTS("fatal", "nonfatal"), .timeout = 120)
{
	const bool fatal = !strcmp(variant, "fatal");
	char address[PCI_ADDRESS_SIZE];
	uint32_t before[4], after[4];
	struct kplug *rng;

	core_start();
	ck_assert(pci_find(0x1af4, 0x1044, 0, address));
	/* The kernel has a driver for it. */
	if (*pci_driver(address))
		device_unbind(address);
	device_bind(address);
	rng = device_open(address);
	OK(kplug_attach(rng, 0, &(struct kplug_handler){ 0 }));
	read_message(rng, before);
	for (int i = 0; i < 3; i++) {
		inject_into_rng(rng, fatal ? FATAL_ENDPOINT : NONFATAL);
		expect_recovery(rng, fatal ? KPLUG_ERROR_FROZEN : KPLUG_ERROR_NONFATAL);
		read_message(rng, after);
		ck_assert_mem_eq(after, before, sizeof(before));
	}
}

/*
 * Its driver leaves at a moment of the recovery. Then no driver restores what the function lost by
 * the reset of the link, so the kernel has to find the function again.
 */
TEST(error, unbound_meanwhile, .smoke = true, .variants = VARIANTS("0", "20", "100", "500"),
     .timeout = 120)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_edu"));
	edu = edu_with(&edu_plugin);
	inject(FATAL);
	sleep_ms((unsigned int)atoi(variant));
	device_unbind(EDU0);
	kplug_close(edu);
	objects_settle();
	ck_assert(WAIT_UNTIL(log_contains("device recovery (successful|failed)"), 30000));

	OK(file_write("1", "/sys/bus/pci/devices/" EDU0 "/remove"));
	OK(file_write("1", "/sys/bus/pci/devices/" RP0 "/rescan"));
	pci_wait_added(EDU0);
	edu = edu_with(&edu_plugin);
	edu_check_interrupt(edu, 3);
}

/* The device is unplugged. */
TEST(error, unplugged_meanwhile, .smoke = true, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_edu"));
	edu = edu_with(&edu_plugin);
	inject(FATAL);
	pci_unplug("edu0", EDU0);
	kplug_close(edu);
	ck_assert(hostcall("device_add edu edu0 rp0"));
	pci_wait_added(EDU0);
	edu = edu_with(&edu_plugin);
	edu_check_interrupt(edu, 1);
}
