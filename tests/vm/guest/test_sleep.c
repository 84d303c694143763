// SPDX-License-Identifier: MIT
// The machine sleeps and wakes while programs have devices in use.
// A suite that comes late: QEMU's firmware does not put back the ACPI registers, so that a machine
// that slept knows neither hot-plug nor how to power itself off.
#include "device.h"

#include <string.h>

#include <kplug_board.h>

static void expect(struct kplug *k, unsigned int type)
{
	ck_assert_int_eq(next_event(k).type, type);
}

static void expect_plugin_heard(struct kplug *k, unsigned int what)
{
	struct kplug_event event = next_event(k);

	ck_assert_int_eq(event.type, ODD_EVENT_DEVICE);
	ck_assert_int_eq(event.data[0], what);
}

/* A test mode of the kernel: suspend and resume of every driver. */
static void sleep_devices(void)
{
	if (file_write("devices", "/sys/power/pm_test"))
		test_skip("this kernel cannot test its sleep");
	OK(file_write("0", "/sys/module/suspend/parameters/pm_test_delay"));
	OK(file_write("mem", "/sys/power/state"));
	OK(file_write("none", "/sys/power/pm_test"));
}

/* Suspend to RAM: the host wakes the machine up. */
static void sleep_machine(void)
{
	char states[64];

	if (file_exists("/sys/kernel/debug/kcsan"))
		test_skip("a kernel with KCSAN does not wake up, with kplug or without");
	OK(file_read(states, sizeof(states), "/sys/power/mem_sleep"));
	if (!strstr(states, "deep"))
		test_skip("this machine does not suspend to memory");
	OK(file_write("deep", "/sys/power/mem_sleep"));
	OK(run("touch /run/slept")); /* for tests/vm/init */
	ck_assert(hostcall("wakeup"));
	OK(file_write("mem", "/sys/power/state"));
}

static void nap(const char *variant)
{
	if (!strncmp(variant, "machine", 7))
		sleep_machine();
	else
		sleep_devices();
}

#define EVERY_SLEEP(mode)                                                              \
	"devices-" mode "-user", "devices-" mode "-recipe", "devices-" mode "-plugin", \
		"machine-" mode "-plugin"

TEST(sleep, armed_vectors, .variants = VARIANTS(EVERY_SLEEP("intx"), EVERY_SLEEP("msi")),
     .timeout = 120)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, strchr(variant, '-') + 1);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of(variant)), 0);
	for (int i = 1; i < 3; i++) {
		edu_check_interrupt(edu, i);
		nap(variant);
		expect(edu, KPLUG_EVENT_SUSPEND);
		expect(edu, KPLUG_EVENT_RESUME);
		edu_check_interrupt(edu, 4 + i);
	}
	ck_assert_int_eq(vector_info(edu, 0).out_handled, 4);
}

/* Vectors of a message table, one of them armed and one not. */
TEST(sleep, message_table, .variants = VARIANTS("devices", "machine"), .timeout = 120)
{
	struct kplug *ivshmem;

	core_start();
	OK(module_load("kplug_ivshmem"));
	ivshmem = device_open(IVSHMEM);
	ck_assert_int_eq(kplug_attach(ivshmem, 2, &ivshmem_plugin), KPLUG_HANDLER_PLUGIN);
	nap(variant);
	expect(ivshmem, KPLUG_EVENT_SUSPEND);
	expect(ivshmem, KPLUG_EVENT_RESUME);
	ck_assert(hostcall("doorbell 1"));
	ck_assert(hostcall("doorbell 2"));
	ck_assert_int_eq(next_event(ivshmem).vector, 2);
	no_event(ivshmem);
	ck_assert_int_eq(kplug_attach(ivshmem, 1, &ivshmem_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert(hostcall("doorbell 1"));
	ck_assert_int_eq(next_event(ivshmem).vector, 1);
}

/* A line that waits for its program stays masked. */
TEST(sleep, masked_line)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "intx");
	OK(kplug_attach(edu, 0, &(struct kplug_handler){ 0 }));
	edu_raise(edu, 1);
	expect(edu, KPLUG_EVENT_IRQ);
	sleep_devices();
	expect(edu, KPLUG_EVENT_SUSPEND);
	expect(edu, KPLUG_EVENT_RESUME);
	no_event(edu);
	OK(kplug_unmask(edu, 0));
	expect(edu, KPLUG_EVENT_IRQ);
	edu_ack(edu);
}

TEST(sleep, platform_device)
{
	struct kplug *board;

	core_start();
	OK(module_load("kplug_board"));
	OK(file_write("kplug", "/sys/bus/platform/devices/" BOARD "/driver_override"));
	OK(file_write(BOARD, "/sys/bus/platform/drivers/kplug/bind"));
	board = device_open(BOARD);
	OK(kplug_map(board, EDU_REGION));
	ck_assert_int_eq(kplug_attach(board, 0, edu_handler_of("recipe")), KPLUG_HANDLER_RECIPE);
	edu_check_interrupt(board, 1);
	sleep_devices();
	expect(board, KPLUG_EVENT_SUSPEND);
	expect(board, KPLUG_EVENT_RESUME);
	edu_check_interrupt(board, 2);
}

TEST(sleep, plugin_hears, .smoke = true)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	sleep_devices();
	expect_plugin_heard(edu, ODD_SUSPEND);
	expect(edu, KPLUG_EVENT_SUSPEND);
	expect_plugin_heard(edu, ODD_RESUME);
	expect(edu, KPLUG_EVENT_RESUME);
	edu_check_interrupt(edu, 1);
}
