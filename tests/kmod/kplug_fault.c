// SPDX-License-Identifier: GPL-2.0
/* Faults for tests: functions that fail, and the shutdown of one device. */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/ptrace.h>

#define MAX_FUNCTIONS 4

static char *functions[MAX_FUNCTIONS];
static int num_functions;
module_param_array(functions, charp, &num_functions, 0444);
MODULE_PARM_DESC(functions, "MODULE:FUNCTION, disabled while this module is loaded");
static int status = -ETIMEDOUT;
module_param(status, int, 0444);
MODULE_PARM_DESC(status, "return value of these functions");
static char *shutdown;
module_param(shutdown, charp, 0444);
MODULE_PARM_DESC(shutdown, "PCI function whose driver gets its shutdown callback");

static struct kprobe probes[MAX_FUNCTIONS];

/* Runs instead of a function, and returns to its caller, which may want a pointer. */
static notrace noinline long failing(void)
{
	return status;
}
NOKPROBE_SYMBOL(failing);

static int fail(struct kprobe *probe, struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)failing);
	return 1;
}
NOKPROBE_SYMBOL(fail);

static void unregister(int num)
{
	while (num--)
		unregister_kprobe(&probes[num]);
}

static int shut_down(void)
{
	unsigned int domain, bus, slot, function;
	struct pci_dev *pdev;
	struct pci_driver *driver;

	if (sscanf(shutdown, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	device_lock(&pdev->dev);
	driver = pdev->dev.driver ? to_pci_driver(pdev->dev.driver) : NULL;
	if (driver && driver->shutdown)
		driver->shutdown(pdev);
	device_unlock(&pdev->dev);
	pci_dev_put(pdev);
	return 0;
}

static int __init fault_init(void)
{
	int i, err = 0;

	for (i = 0; i < num_functions; i++) {
		probes[i].symbol_name = functions[i];
		probes[i].pre_handler = fail;
		err = register_kprobe(&probes[i]);
		if (err) {
			unregister(i);
			return err;
		}
	}
	if (shutdown)
		err = shut_down();
	if (err)
		unregister(num_functions);
	return err;
}
module_init(fault_init);

static void __exit fault_exit(void)
{
	unregister(num_functions);
}
module_exit(fault_exit);

MODULE_DESCRIPTION("faults for tests of kplug");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
