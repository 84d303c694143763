// SPDX-License-Identifier: MIT
// Binding: by override, by id, by the library and back; nothing changes when it fails.
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DRIVER "/sys/bus/pci/drivers/kplug"

#define COMMAND_MASTER 4

static int enabled(const char *address)
{
	char text[16];

	OK(file_read(text, sizeof(text), "/sys/bus/pci/devices/%s/enable", address));
	return atoi(text);
}

TEST(bind, by_override, .smoke = true)
{
	core_start();
	for (int i = 0; i < rounds(20); i++) {
		device_bind(EDU1);
		ck_assert_str_eq(pci_driver(EDU1), "kplug");
		ck_assert(file_exists("/dev/kplug/" EDU1));
		ck_assert(file_exists("/sys/class/kplug/" EDU1 "/device/vendor"));
		ck_assert_int_eq(enabled(EDU1), 1);
		ck_assert(!(pci_command_register(EDU1) & COMMAND_MASTER));
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

/* A device is a master of the bus exactly as long as a message vector is armed. */
TEST(bind, bus_master)
{
	const struct kplug_handler user = { 0 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, "intx");
	ck_assert(!(pci_command_register(EDU1) & COMMAND_MASTER));
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0), 1);
	ck_assert(!(pci_command_register(EDU1) & COMMAND_MASTER));
	ck_assert_int_eq(kplug_attach(edu, 0, &user), KPLUG_HANDLER_USER);
	ck_assert(pci_command_register(EDU1) & COMMAND_MASTER);
	OK(kplug_detach(edu, 0));
	ck_assert(!(pci_command_register(EDU1) & COMMAND_MASTER));
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
	ck_assert_int_eq(kplug_unbind(EDU1), -ENOTCONN);
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

/* The registers belong to another driver: the bind leaves no trace, and the old driver is back. */
TEST(bind, failed_bind_changes_nothing, .smoke = true)
{
	char override[64];

	core_start();
	OK(module_load("bare_edu"));
	OK(file_write("bare_edu", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers/bare_edu/bind"));
	/* The driver goes away in the middle, so that neither can bind the device. */
	ck_assert_int_eq(kplug_bind(EDU1 "x"), -ENODEV);
	ck_assert_str_eq(pci_driver(EDU1), "bare_edu");
	OK(file_read(override, sizeof(override), "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	ck_assert_str_eq(override, "bare_edu");
	device_unbind(EDU1);
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload("bare_edu"));
}

/* A program that holds a dead device does not hold the function. */
TEST(bind, again_with_an_old_client, .smoke = true)
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
	ck_assert_int_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_ID) & EDU_ID_MASK,
			 EDU_ID_VALUE);
}

/* A bridge stays with its driver, and the functions behind it stay masters of the bus. */
TEST(bind, bridge)
{
	unsigned int before;

	core_start();
	before = pci_command_register(RP0);
	ck_assert(before & COMMAND_MASTER);
	ck_assert_int_eq(kplug_bind(RP0), -EOPNOTSUPP);
	ck_assert_str_eq(pci_driver(RP0), "pcieport");
	ck_assert_uint_eq(pci_command_register(RP0), before);
	/* Nor by hand. */
	device_unbind(RP0);
	OK(file_write("kplug", "/sys/bus/pci/devices/" RP0 "/driver_override"));
	ck_assert_int_eq(file_write(RP0, DRIVER "/bind"), -EOPNOTSUPP);
	ck_assert(!file_exists("/dev/kplug/" RP0));
	OK(file_write("\n", "/sys/bus/pci/devices/" RP0 "/driver_override"));
	OK(file_write(RP0, "/sys/bus/pci/drivers/pcieport/bind"));
	ck_assert(pci_command_register(RP0) & COMMAND_MASTER);
}

static uint64_t length_of(struct kplug *k, unsigned int region)
{
	struct kplug_region_info info;

	OK(kplug_region_info(k, region, &info));
	return info.out_length;
}

#define COMMAND_IO     1
#define COMMAND_MEMORY 2

/*
 * BARs of the network card: memory in 0, 1 and 3, ports in 2. The others work meanwhile, and all
 * work afterwards.
 */
TEST(bind, bar_without_address, .smoke = true, .variants = VARIANTS("0", "1", "2"))
{
	static const unsigned int bars[] = { 0, 1, 2, 3 };
	const unsigned int missing = atoi(variant);
	char nic[PCI_ADDRESS_SIZE];
	struct kplug *k;
	uint64_t value;

	core_start();
	ck_assert(pci_find(0x8086, 0x10d3, 0, nic));
	OK(run("modprobe kplug_nobar address=%s bar=%u", nic, missing));
	OK(kplug_bind(nic));
	k = device_open_ring(nic, 0);
	for (size_t i = 0; i < ARRAY_SIZE(bars); i++) {
		if (bars[i] == missing) {
			ck_assert_uint_eq(length_of(k, bars[i]), 0);
			ck_assert_int_eq(kplug_access_read(k, bars[i], 0, 4, &value), -EINVAL);
			continue;
		}
		ck_assert_uint_gt(length_of(k, bars[i]), 0);
		OK(kplug_access_read(k, bars[i], 0, 4, &value));
	}
	if (missing != 0) {
		/* Its status: the link is up. */
		OK(kplug_access_read(k, 0, 8, 4, &value));
		ck_assert_uint_ne(value, 0xffffffff);
		ck_assert_uint_ne(value, 0);
	}
	ck_assert_uint_eq(!(pci_command_register(nic) & COMMAND_IO), missing == 2);
	ck_assert(pci_command_register(nic) & COMMAND_MEMORY);
	kplug_close(k);
	OK(kplug_unbind(nic));
	OK(module_unload("kplug_nobar"));
	OK(kplug_bind(nic));
	k = device_open_ring(nic, 0);
	ck_assert_uint_gt(length_of(k, missing), 0);
	kplug_close(k);
	OK(kplug_unbind(nic));
}

/* A function answers at all its BARs of a type, or at none. */
TEST(bind, bar_without_address_on_a_shared_bus)
{
	struct kplug *k;
	uint64_t value;

	core_start();
	OK(run("modprobe kplug_nobar address=%s bar=0", TESTDEV));
	OK(kplug_bind(TESTDEV));
	k = device_open_ring(TESTDEV, 0);
	ck_assert_uint_eq(length_of(k, 0), 0);
	OK(kplug_access_read(k, 1, 0, 1, &value));
	ck_assert_uint_eq(pci_command_register(TESTDEV) & (COMMAND_IO | COMMAND_MEMORY),
			  COMMAND_IO);
	kplug_close(k);
	OK(kplug_unbind(TESTDEV));
	OK(module_unload("kplug_nobar"));
}

struct vfio {
	int container, group, device;
};

/* VFIO does not let go of a device as long as a program has it. */
static void vfio_take(struct vfio *vfio, const char *address)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[300], target[256] = "";

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	ck_assert_int_gt(readlink(path, target, sizeof(target) - 1), 0);
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(target, '/'));
	vfio->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	vfio->group = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(vfio->container, 0);
	ck_assert_int_ge(vfio->group, 0);
	OK(ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status));
	OK(ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container));
	OK(ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	vfio->device = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, address);
	ck_assert_int_ge(vfio->device, 0);
}

static void vfio_leave(const struct vfio *vfio)
{
	close(vfio->device);
	close(vfio->group);
	close(vfio->container);
}

TEST(bind, driver_does_not_let_go, .timeout = 60)
{
	struct vfio vfio;

	if (!leg_is("iommu"))
		test_skip("no IOMMU");
	core_start();
	OK(module_load("vfio-pci"));
	OK(module_load("vfio_iommu_type1"));
	OK(file_write("vfio-pci", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	vfio_take(&vfio, EDU1);
	ck_assert_int_eq(run("kplug bind " EDU1 " 2>&1 | grep 'has /dev/vfio/[0-9]* open'"), 0);
	OK(run("{ timeout -s INT 3 kplug bind --force " EDU1 "; echo $?; } > /tmp/said 2>&1; "
	       "cat /tmp/said"));
	OK(run("grep 'the driver vfio-pci does not let go of it.*Ctrl-C' /tmp/said"));
	vfio_leave(&vfio);
	ck_assert(WAIT_UNTIL(!run("kplug bind " EDU1), 15000));
	ck_assert_str_eq(pci_driver(EDU1), "kplug");
	OK(run("kplug unbind " EDU1));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
}

TEST(bind, odd_names)
{
	static const char driver[] = "kplug test board with a long name and spaces";
	static const char device[] = "capture-controller-of-board-with-long-name";
	struct kplug *k;

	core_start();
	OK(module_load("kplug_names"));
	ck_assert_str_eq(pci_driver(EDU1), driver);
	OK(kplug_bind(EDU1));
	OK(kplug_unbind(EDU1));
	ck_assert_str_eq(pci_driver(EDU1), driver);
	OK(kplug_bind(device));
	k = device_open_ring(device, 0);
	ck_assert_str_eq(device_info(k).out_name, device);
	kplug_close(k);
	OK(kplug_unbind(device));
	OK(module_unload("kplug_names"));
	/* The usual spellings of an address. */
	OK(kplug_bind("0000:00:0A.0"));
	ck_assert_str_eq(pci_driver(NVME), "kplug");
	OK(kplug_unbind("00:0A.0"));
	objects_settle();
}
