// SPDX-License-Identifier: MIT
// The test machine itself: devices, unplugging, the host's answers.
#include "harness.h"

#include <stdlib.h>
#include <string.h>

TEST(machine, devices_present)
{
	static const char *const edus[] = { EDU1, EDU2, EDU0 };
	char address[PCI_ADDRESS_SIZE];

	for (int i = 0; i < 3; i++) {
		ck_assert(pci_find(0x1234, 0x11e8, i, address));
		ck_assert_str_eq(address, edus[i]);
	}
	ck_assert_int_eq(pci_find(0x1234, 0x11e8, 3, address), leg_is("pciehp"));
	ck_assert(pci_find(0x1af4, 0x1110, 0, address));
	ck_assert_str_eq(address, IVSHMEM);
}

TEST(machine, host_answers)
{
	ck_assert(hostcall("hmp info status"));
	ck_assert_ptr_nonnull(strstr(hostcall_answer, "running"));
	ck_assert(!hostcall("nonsense"));
	ck_assert(hostcall("doorbell 3 10 100"));
}

static void plug_edu0(void)
{
	ck_assert(hostcall("device_add edu edu0 rp0"));
	/* Its driver may be loaded now; unload it for the sake of the next test. */
	pci_wait_added(EDU0);
}

TEST(machine, unplug_and_replug, .smoke = true, .timeout = 120)
{
	pci_unplug("edu0", EDU0);
	plug_edu0();
}

TEST(machine, hotplug_loads_driver, .timeout = 120)
{
	if (kernel_is_debug())
		test_skip(NVME_DRIVER_FAULT);
	/* Another test may have loaded it, for virtual functions. */
	if (module_loaded("nvme"))
		ck_assert_int_eq(module_unload("nvme"), 0);
	pci_unplug("edu0", EDU0);
	ck_assert(hostcall("device_add nvme disk rp0 serial=1"));
	ck_assert(WAIT_UNTIL(!strcmp(pci_driver(EDU0), "nvme"), 30000));
	pci_unplug("disk", EDU0);
	plug_edu0();
	/* It took the other NVMe controller, too, which later tests need. */
	ck_assert_int_eq(module_unload("nvme"), 0);
}

/* For tests/dev/run, which checks how the tools report a failure of each kind. */
TEST(machine, fails, .manual = true, .timeout = 3,
     .variants = VARIANTS("assertion", "time_limit", "left_over", "kernel_log", "ended_early"))
{
	file_write("the console shows this line\n", "/dev/kmsg");
	if (!strcmp(variant, "time_limit"))
		sleep_ms(100000);
	if (!strcmp(variant, "ended_early"))
		abort();
	if (!strcmp(variant, "kernel_log"))
		file_write("WARNING: on purpose\n", "/dev/kmsg");
	test_notes->left_over = !strcmp(variant, "left_over");
	ck_abort_msg("it fails on purpose");
}

TEST(machine, crashes, .manual = true)
{
	file_write("c", "/proc/sysrq-trigger");
	sleep_ms(100000);
}
