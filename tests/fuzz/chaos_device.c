// SPDX-License-Identifier: MIT
// Devices that go, come back, fail, or change their driver.
#include <kplug_board.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "admin.h"
#include "chaos.h"
#include "file.h"
#include "module.h"
#include "process.h"
#include "random.h"

#define MAX_VFS        2
#define PLUGGED        "0000:01:00.0" /* edu0 */
#define SURPRISING     "0000:02:00.0" /* edu3, with the machine pciehp */
#define EDU2           BOARD_FUNCTION
#define WITH_FUNCTIONS "0000:00:0a.0"

void upheave_rebind_all(void)
{
	for (unsigned int i = 0; i < num_functions; i++)
		if (chance(90))
			admin_bind(devices[i].name);
}

void upheave_unbind(void)
{
	const char *function = device_any_function();

	admin_unbind(function);
	nap(60);
	admin_bind(function);
}

void upheave_remove(void)
{
	const char *function = device_any_function();

	/* The platform device is a child of this function. */
	if (!strcmp(function, EDU2))
		module_unload("kplug_board");
	file_write("1", "/sys/bus/pci/devices/%s/remove", function);
	nap(60);
	file_write("1", "/sys/bus/pci/rescan");
	upheave_rebind_all();
}

/* Once more while it is in use by another method, if it has one. */
void upheave_reset(void)
{
	const char *function = device_any_function();

	if (chance(20) && strcmp(function, WITH_FUNCTIONS))
		file_write(chance(50) ? "bus" : "default", "/sys/bus/pci/devices/%s/reset_method",
			   function);
	file_write("1", "/sys/bus/pci/devices/%s/reset", function);
}

void upheave_new_id(void)
{
	file_write(chance(50) ? "1234 11e8" : "1b36 0005 ffffffff ffffffff 0 0 5",
		   "/sys/bus/pci/drivers/kplug/new_id");
	nap(50);
	file_write("1234 11e8", "/sys/bus/pci/drivers/kplug/remove_id");
	file_write("1b36 0005", "/sys/bus/pci/drivers/kplug/remove_id");
}

/*
 * In the emulator the virtual functions end with a reset of theirs, and the kernel would then wait
 * a minute for each: meanwhile there is no reset.
 */
void upheave_functions(void)
{
	char number[] = { '0' + below(MAX_VFS + 1), '\0' };

	for (unsigned int i = 0; i < num_functions; i++) {
		if (devices[i].type != NVME)
			continue;
		file_write(number, "/sys/bus/pci/devices/%s/sriov_numvfs", devices[i].name);
		file_write(*number == '0' ? "default" : "\n",
			   "/sys/bus/pci/devices/%s/reset_method", devices[i].name);
	}
	upheave_rebind_all();
}

/* As when the machine goes down, or another kernel takes over; the device stays off. */
void upheave_shutdown(void)
{
	const char *function = device_any_function();

	if (!module_load("kplug_fault", "shutdown=%s", function))
		return;
	nap(100);
	module_unload("kplug_fault");
	admin_unbind(function);
	admin_bind(function);
}

/* Takes seconds, in which the guest and QEMU agree. */
void upheave_unplug(void)
{
	if (chance(60) || !host_request("device_del edu0"))
		return;
	nap(1500);
	host_request("device_add edu edu0 rp0");
	nap(500);
	admin_bind(PLUGGED);
}

/* Behind a slot without power control a device can go without the guest having asked for it. */
void upheave_surprise(void)
{
	if (access("/sys/bus/pci/devices/" SURPRISING, F_OK)) {
		if (!host_request("device_add edu edu3 rp1"))
			return;
		nap(1500);
		admin_bind(SURPRISING);
		return;
	}
	if (host_request("device_del edu3"))
		nap(1000);
}

void upheave_bus_error(void)
{
	static const char *const errors[] = { "SDN", "MALF_TLP", "COMP_TIME", "COMP_ABORT" };
	static const char *const ports[] = { "rp0", "rp2", "rp0", "rng0" };

	host_request("hmp pcie_aer_inject_error %s %s", pick(ports), pick(errors));
}

/* One device changes to the driver without kplug, and back. */
void upheave_bare(void)
{
	module_load("kplug_bare", "status=0x24 ack=0x64");
	admin_unbind(EDU2);
	file_write("kplug_bare", "/sys/bus/pci/devices/" EDU2 "/driver_override");
	file_write(EDU2, "/sys/bus/pci/drivers_probe");
	nap(300);
	admin_unbind(EDU2);
	module_unload("kplug_bare");
	file_write("\n", "/sys/bus/pci/devices/" EDU2 "/driver_override");
	admin_bind(EDU2);
}

/* One PCI function becomes a platform device, or is one no longer. */
static void exchange_board(void)
{
	if (!access("/sys/bus/platform/devices/" BOARD, F_OK)) {
		module_unload("kplug_board");
		admin_bind(EDU2);
		return;
	}
	admin_unbind(EDU2);
	module_load("kplug_board", "%s", "");
}

void upheave_board(void)
{
	if (chance(30))
		exchange_board();
	file_write("kplug", "/sys/bus/platform/devices/" BOARD "/driver_override");
	file_write(BOARD, "/sys/bus/platform/drivers/kplug/%s", chance(60) ? "bind" : "unbind");
}

void upheave_isa(void)
{
	admin_isa();
}

void upheave_admin(void)
{
	const struct device *device = &devices[below(num_devices)];

	admin_device(device->name, device->type);
	nap(40);
	/* A plugin that stays would keep all others away. */
	if (chance(85))
		file_write("none", "/sys/class/kplug/%s/plugin", device->name);
}
