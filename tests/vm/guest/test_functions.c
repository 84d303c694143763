// SPDX-License-Identifier: MIT
// Virtual functions: an administrator makes them of a device on kplug, and gives them to kplug in
// turn. Before the suite "sleep": of a machine that slept, QEMU's device makes none any more.
#include "device.h"

#include <stdio.h>
#include <string.h>

/* docs of NVM Express, "Controller Registers" */
#define NVME_VS         0x08
#define NVME_CSTS       0x1c
#define NVME_CSTS_FATAL 0x2

#define VF0 "0000:00:0a.1"
#define VF1 "0000:00:0a.2"

static void make_functions(const char *count)
{
	OK(file_write(count, "/sys/bus/pci/devices/" NVME "/sriov_numvfs"));
}

/*
 * The device on kplug, and one that has both of its functions. No driver of the kernel's takes
 * them.
 */
static struct kplug *open_device_and_functions(struct kplug *functions[2])
{
	struct kplug *nvme;

	core_start();
	device_bind(NVME);
	nvme = device_open(NVME);
	/* The firmware may have enabled it. */
	OK(kplug_reset(nvme));
	ck_assert_int_eq(next_event(nvme).type, KPLUG_EVENT_RESET);
	OK(file_write("0", "/sys/bus/pci/devices/" NVME "/sriov_drivers_autoprobe"));
	make_functions("2");
	pci_wait_added(VF0);
	pci_wait_added(VF1);
	device_bind(VF0);
	device_bind(VF1);
	functions[0] = device_open(VF0);
	functions[1] = device_open(VF1);
	return nvme;
}

static void expect_removed(struct kplug *k)
{
	ck_assert_int_eq(next_event(k).type, KPLUG_EVENT_REMOVED);
	kplug_close(k);
}

/*
 * Each function has its own registers: a function that its device has not enabled says so in them.
 */
TEST(functions, virtual_functions, .timeout = 120)
{
	struct kplug *functions[2], *nvme = open_device_and_functions(functions);
	struct kplug_device_info info;
	uint64_t value;

	OK(kplug_access_read(nvme, 0, NVME_VS, 4, &value));
	ck_assert_uint_eq(value, 0x00010400);
	OK(kplug_access_read(nvme, 0, NVME_CSTS, 4, &value));
	ck_assert_uint_eq(value, 0);
	for (int i = 0; i < 2; i++) {
		info = device_info(functions[i]);
		ck_assert_uint_eq(info.out_vendor, device_info(nvme).out_vendor);
		ck_assert_str_eq(info.out_name, i ? VF1 : VF0);
		OK(kplug_access_read(functions[i], 0, NVME_CSTS, 4, &value));
		ck_assert_uint_eq(value, NVME_CSTS_FATAL);
		OK(kplug_map(functions[i], 0));
		ck_assert_uint_eq(kplug_read32(kplug_io_user(functions[i]), 0, NVME_CSTS),
				  NVME_CSTS_FATAL);
		OK(kplug_attach(functions[i], 0, &(struct kplug_handler){ 0 }));
		ck_assert_uint_eq(device_info(functions[i]).out_irq_mode, KPLUG_IRQ_MSIX);
	}
	make_functions("0");
	expect_removed(functions[0]);
	expect_removed(functions[1]);
	OK(kplug_access_read(nvme, 0, NVME_VS, 4, &value));
	kplug_close(nvme);
}

TEST(functions, vanish_with_their_device, .smoke = true, .timeout = 120)
{
	struct kplug *functions[2], *nvme = open_device_and_functions(functions);

	device_unbind(NVME);
	ck_assert(!file_exists("/sys/bus/pci/devices/" VF0));
	expect_removed(functions[0]);
	expect_removed(functions[1]);
	expect_removed(nvme);
	objects_settle();
}
