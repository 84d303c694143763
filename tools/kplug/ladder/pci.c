// SPDX-License-Identifier: MIT
/* kplug ladder: moves a PCI function between drivers through sysfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ladder.h"

int ladder_unavailable(struct ladder_path *path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(path->why, sizeof(path->why), format, args);
	va_end(args);
	return -1;
}

int ladder_pci_path(char *out, size_t size, const char *address, const char *name)
{
	return snprintf(out, size, "/sys/bus/pci/devices/%s/%s", address, name);
}

int ladder_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* The driver that has the device; empty for none. */
static void bound_driver(const char *address, char *driver, size_t size)
{
	char path[160], target[256];
	ssize_t n;

	ladder_pci_path(path, sizeof(path), address, "driver");
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	snprintf(driver, size, "%s", n < 0 ? "" : basename(target));
}

/* "0x1234:0x11e8" */
int ladder_pci_ids(const char *address, char *ids, size_t size)
{
	char path[160], vendor[16], device[16];

	ladder_pci_path(path, sizeof(path), address, "vendor");
	read_text(path, vendor, sizeof(vendor));
	ladder_pci_path(path, sizeof(path), address, "device");
	read_text(path, device, sizeof(device));
	snprintf(ids, size, "%s:%s", vendor, device);
	return *vendor ? 0 : -ENODEV;
}

static void set_override(const char *address, const char *driver)
{
	char path[160];

	ladder_pci_path(path, sizeof(path), address, "driver_override");
	ladder_write(path, *driver ? driver : "\n");
}

/* Gives the device to @driver, or unbinds it for "". */
static int rebind(const char *address, const char *driver)
{
	char path[160], now[LADDER_DRIVER_MAX];

	bound_driver(address, now, sizeof(now));
	if (!strcmp(now, driver))
		return 0;
	ladder_pci_path(path, sizeof(path), address, "driver/unbind");
	ladder_write(path, address);
	if (!*driver)
		return 0;
	set_override(address, driver);
	ladder_write("/sys/bus/pci/drivers_probe", address);
	bound_driver(address, now, sizeof(now));
	return strcmp(now, driver) ? -ENODEV : 0;
}

void ladder_pci_save(const char *address, struct ladder_binding *binding)
{
	char path[160];

	bound_driver(address, binding->driver, sizeof(binding->driver));
	ladder_pci_path(path, sizeof(path), address, "driver_override");
	read_text(path, binding->override, sizeof(binding->override));
	if (!strcmp(binding->override, "(null)"))
		binding->override[0] = '\0';
}

void ladder_pci_restore(const char *address, const struct ladder_binding *binding)
{
	rebind(address, binding->driver);
	set_override(address, binding->override);
}

void ladder_pci_unbind(const char *address)
{
	rebind(address, "");
}

int ladder_pci_bind(struct ladder_path *path, const char *driver)
{
	char dir[160];

	if (path->device->virtual)
		return ladder_unavailable(path, "it has no hardware");
	snprintf(dir, sizeof(dir), "/sys/bus/pci/drivers/%s", driver);
	if (access(dir, F_OK))
		return ladder_unavailable(path, "the driver %s is not loaded", driver);
	if (rebind(path->device->address, driver))
		return ladder_unavailable(path, "%s refuses this device (see the kernel log)",
					  driver);
	return 0;
}

static void pin(const char *irq)
{
	char path[300];

	snprintf(path, sizeof(path), "/proc/irq/%s/smp_affinity_list", irq);
	ladder_write(path, LADDER_CPU);
}

/* Moves the interrupt to the CPU that raises it, if it can be moved. */
void ladder_pci_pin(const char *address)
{
	char path[160], irq[32];
	struct dirent *entry;
	DIR *dir;

	ladder_pci_path(path, sizeof(path), address, "irq");
	read_text(path, irq, sizeof(irq));
	pin(irq);
	ladder_pci_path(path, sizeof(path), address, "msi_irqs");
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			pin(entry->d_name);
	closedir(dir);
}
