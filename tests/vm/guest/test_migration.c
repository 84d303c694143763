// SPDX-License-Identifier: MIT
// The programs of the guides docs/from-*.md: they do the same before and after they move to kplug.
#include "device.h"

static void give(const char *driver)
{
	OK(file_write(driver, "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	ck_assert_str_eq(pci_driver(EDU1), driver);
}

static void take_back(const char *driver)
{
	OK(run("echo " EDU1 " > /sys/bus/pci/drivers/%s/unbind", driver));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
}

/* Runs a program on EDU1 twice: the first run leaves no state that disturbs. */
static void run_after(const char *program)
{
	device_bind(EDU1);
	OK(run("%s " EDU1 " > /tmp/after", program));
	OK(run("%s " EDU1 " > /tmp/after", program));
	objects_settle();
}

TEST(migration, uio, .smoke = true)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	give("uio_pci_generic");
	OK(run("uio_before $(ls /sys/bus/pci/devices/" EDU1 "/uio) > /tmp/before"));
	take_back("uio_pci_generic");
	OK(module_unload("uio_pci_generic"));
	OK(run("grep -x 'interrupt 10: status 0xa' /tmp/before"));

	run_after("uio_after");
	OK(run("cmp /tmp/before /tmp/after"));
	run_after("uio_recipe");
	OK(run("cmp /tmp/before /tmp/after"));
}

TEST(migration, vfio, .variants = VARIANTS("before", "after"))
{
	core_start();
	if (!strcmp(variant, "after")) {
		run_after("vfio_after");
		OK(run("grep -x '2048 bytes there and back, 0 wrong' /tmp/after"));
		return;
	}
	if (!leg_is("iommu"))
		test_skip("needs an IOMMU");
	OK(module_load("vfio-pci"));
	OK(module_load("vfio_iommu_type1"));
	give("vfio-pci");
	OK(run("vfio_before " EDU1 " > /tmp/before"));
	OK(run("grep -x '2048 bytes there and back, 0 wrong' /tmp/before"));
	take_back("vfio-pci");
	OK(module_unload("vfio-pci"));
}

/* The program finds the device by its ids, and loads the plugin by its name. */
TEST(migration, windriver)
{
	core_start();
	device_bind(EDU1);
	OK(run("windriver_after | grep -x '10 interrupts, the last status is 0xa'"));
	ck_assert(module_loaded("kplug_migrated"));
	objects_settle();
}
