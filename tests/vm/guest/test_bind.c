// SPDX-License-Identifier: MIT
// Binding: by override, by id, by the library and back; nothing changes when it fails.
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIVER "/sys/bus/pci/drivers/kplug"

/* The PCI command register, through the kernel's own file. */
static unsigned int pci_command(const char *address)
{
	unsigned char header[64] = { 0 };
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fread(header, sizeof(header), 1, file), 1);
	fclose(file);
	return header[4] | header[5] << 8;
}

#define COMMAND_MASTER 4

static int enabled(const char *address)
{
	char text[16];

	OK(file_read(text, sizeof(text), "/sys/bus/pci/devices/%s/enable", address));
	return atoi(text);
}

TEST(bind, by_override)
{
	core_start();
	for (int i = 0; i < 20; i++) {
		device_bind(EDU1);
		ck_assert_str_eq(pci_driver(EDU1), "kplug");
		ck_assert(file_exists("/dev/kplug/" EDU1));
		ck_assert(file_exists("/sys/class/kplug/" EDU1 "/device/vendor"));
		ck_assert_int_eq(enabled(EDU1), 1);
		ck_assert(!(pci_command(EDU1) & COMMAND_MASTER));
		device_unbind(EDU1);
		ck_assert(!file_exists("/dev/kplug/" EDU1));
		ck_assert_int_eq(enabled(EDU1), 0);
		ck_assert(WAIT_UNTIL(objects_live("device") == 0, 20000));
	}
}

TEST(bind, by_id)
{
	core_start();
	OK(file_write("1b36 0005", DRIVER "/new_id"));
	ck_assert_str_eq(pci_driver(TESTDEV), "kplug");
	ck_assert_str_eq(pci_driver(EDU1), "");
	OK(file_write("1b36 0005", DRIVER "/remove_id"));
	device_unbind(TESTDEV);
	ck_assert_int_eq(file_write(TESTDEV, DRIVER "/bind"), -ENODEV);
	ck_assert_str_eq(pci_driver(TESTDEV), "");
}

/* A device may master the bus while a vector is armed whose messages need it, and no longer. */
TEST(bind, bus_master)
{
	const struct kplug_handler user = { 0 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "intx");
	ck_assert(!(pci_command(EDU1) & COMMAND_MASTER));
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0), 1);
	ck_assert(!(pci_command(EDU1) & COMMAND_MASTER));
	ck_assert_int_eq(kplug_attach(edu, 0, &user), KPLUG_HANDLER_USER);
	ck_assert(pci_command(EDU1) & COMMAND_MASTER);
	OK(kplug_detach(edu, 0));
	ck_assert(!(pci_command(EDU1) & COMMAND_MASTER));
	kplug_close(edu);
}

TEST(bind, library_and_back, .variants = VARIANTS("", "uio_pci_generic"))
{
	const bool had_driver = *variant;

	core_start();
	if (had_driver) {
		OK(module_load(variant));
		OK(file_write(variant, "/sys/bus/pci/devices/" EDU1 "/driver_override"));
		OK(file_write(EDU1, "/sys/bus/pci/drivers/%s/bind", variant));
	}
	OK(kplug_bind(EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "kplug");
	ck_assert_int_eq(kplug_bind(EDU1), -EALREADY);
	OK(kplug_unbind(EDU1));
	ck_assert_str_eq(pci_driver(EDU1), variant);
	ck_assert_int_eq(kplug_unbind(EDU1), -EBADFD);
	ck_assert_str_eq(pci_driver(EDU1), variant);
	if (!had_driver)
		return;
	device_unbind(EDU1);
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload(variant));
}

TEST(bind, refusals)
{
	static const char *const bad[] = { "", ".", "..", "../" EDU1, EDU1 "/driver", "/dev/null" };

	core_start();
	ck_assert_int_eq(kplug_bind("0000:00:1f.7"), -ENODEV);
	ck_assert_int_eq(kplug_unbind("0000:00:1f.7"), -ENODEV);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(kplug_bind(bad[i]), -EINVAL);
		ck_assert_int_eq(kplug_unbind(bad[i]), -EINVAL);
	}
	OK(module_unload("kplug"));
	ck_assert_int_eq(kplug_bind(EDU1), -ENOSYS);
	ck_assert_str_eq(pci_driver(EDU1), "");
}

/* The registers belong to somebody else: nothing of the attempt is left, and the old driver is back. */
TEST(bind, failed_bind_changes_nothing)
{
	char override[64];

	core_start();
	OK(module_load("bare_edu"));
	OK(file_write("bare_edu", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers/bare_edu/bind"));
	/* It goes away in the middle, so that neither can have the device. */
	ck_assert_int_eq(kplug_bind(EDU1 "x"), -ENODEV);
	ck_assert_str_eq(pci_driver(EDU1), "bare_edu");
	OK(file_read(override, sizeof(override), "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	ck_assert_str_eq(override, "bare_edu");
	device_unbind(EDU1);
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload("bare_edu"));
}

/* A program that keeps a dead device does not keep the function. */
TEST(bind, again_with_an_old_opener)
{
	struct kplug_event event;
	struct kplug *old, *edu;
	uint64_t value;

	core_start();
	old = edu_open(EDU1, "msi");
	ck_assert_int_ge(kplug_attach(old, 0, edu_handler_of("recipe")), 0);
	device_unbind(EDU1);
	edu = edu_open(EDU1, "msi");
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	edu_raise(edu, 6);
	ck_assert_int_eq(next_event(edu).data[0], 6);
	ck_assert_int_eq(next_event(old).type, KPLUG_EVENT_REMOVED);
	ck_assert_int_eq(kplug_wait(old, &event, 1, -1), -ENODEV);
	ck_assert_int_eq(kplug_access_read(old, 0, 0, 4, &value), -ENODEV);
	ck_assert_uint_eq(kplug_read32(kplug_io_user(old), EDU_REGION, EDU_ID), ~0u);
	ck_assert(WAIT_UNTIL(objects_live("device") == 2, 20000));
	kplug_close(old);
	ck_assert(WAIT_UNTIL(objects_live("device") == 1, 20000));
	ck_assert_int_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_ID) & EDU_ID_MASK, EDU_ID_VALUE);
}
