// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading of kplug.ko. */
#include <linux/debugfs.h>
#include <linux/module.h>

#include "bus/isa.h"
#include "bus/pci.h"
#include "bus/platform.h"
#include "device.h"
#include "irq/clock.h"
#include "object.h"
#include "plugin/registration.h"

static struct dentry *debugfs;

static int __init kplug_init(void)
{
	int err;

	kplug_clock_init();
	err = kplug_device_init();
	if (err)
		return err;
	err = kplug_pci_init();
	if (err)
		goto err_device;
	err = kplug_platform_init();
	if (err)
		goto err_pci;
	err = kplug_isa_init();
	if (err)
		goto err_platform;
	debugfs = debugfs_create_dir("kplug", NULL);
	kplug_object_debugfs(debugfs);
	kplug_registration_debugfs(debugfs);
	return 0;

err_platform:
	kplug_platform_exit();
err_pci:
	kplug_pci_exit();
err_device:
	kplug_device_exit();
	return err;
}

static void __exit kplug_exit(void)
{
	debugfs_remove_recursive(debugfs);
	kplug_isa_exit();
	kplug_platform_exit();
	kplug_pci_exit();
	kplug_device_exit();
}

module_init(kplug_init);
module_exit(kplug_exit);

MODULE_DESCRIPTION("Owns devices for user programs and their kernel plugins");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
