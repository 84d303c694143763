// SPDX-License-Identifier: MIT
/* Listing devices, and the programs that have them open. */
#include "private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long number(const char *name, const char *attribute, unsigned long missing)
{
	char text[32];
	int length = kplug_sysfs_read(text, sizeof(text), KPLUG_SYSFS_PCI_DEVICES "/%s/%s", name,
				      attribute);

	return length > 0 ? strtoul(text, NULL, 0) : missing;
}

static void copy_name(char out[KPLUG_NAME_MAX], const char *name)
{
	snprintf(out, KPLUG_NAME_MAX, "%.*s", KPLUG_NAME_MAX - 1, name);
}

static void read_kplug(struct kplug_found *found)
{
	char mode[sizeof(found->irq_mode)];

	if (kplug_sysfs_read(mode, sizeof(mode), KPLUG_SYSFS_CLASS "/%s/irq_mode", found->name) < 0)
		return;
	found->on_kplug = 1;
	if (strcmp(mode, "none"))
		memcpy(found->irq_mode, mode, sizeof(mode));
	kplug_sysfs_read(found->plugin, sizeof(found->plugin), KPLUG_SYSFS_CLASS "/%s/plugin",
			 found->name);
	if (!strcmp(found->plugin, "none"))
		found->plugin[0] = '\0';
}

static void read_pci(struct kplug_found *found, const char *name)
{
	char group[16];

	copy_name(found->name, name);
	strcpy(found->bus, "pci");
	kplug_sysfs_link_folder(found->parent, sizeof(found->parent), KPLUG_SYSFS_PCI_DEVICES "/%s",
				name);
	found->vendor = (uint16_t)number(name, "vendor", 0);
	found->device = (uint16_t)number(name, "device", 0);
	found->subvendor = (uint16_t)number(name, "subsystem_vendor", 0);
	found->subdevice = (uint16_t)number(name, "subsystem_device", 0);
	found->class_code = (uint32_t)number(name, "class", 0);
	found->revision = (uint32_t)number(name, "revision", 0);
	found->numa_node = (int)number(name, "numa_node", -1ul);
	kplug_sysfs_link(group, sizeof(group), KPLUG_SYSFS_PCI_DEVICES "/%s/iommu_group", name);
	found->iommu_group = group[0] ? atoi(group) : -1;
	kplug_sysfs_link(found->driver, sizeof(found->driver), KPLUG_SYSFS_PCI_DEVICES "/%s/driver",
			 name);
	read_kplug(found);
}

static void read_other(struct kplug_found *found, const char *name)
{
	copy_name(found->name, name);
	found->iommu_group = -1;
	found->numa_node = -1;
	kplug_sysfs_read(found->bus, sizeof(found->bus), KPLUG_SYSFS_CLASS "/%s/bus", name);
	kplug_sysfs_link(found->driver, sizeof(found->driver),
			 KPLUG_SYSFS_CLASS "/%s/device/driver", name);
	read_kplug(found);
}

/* Is it a device of kplug that the scan of PCI has not found? */
static int is_other(const char *name)
{
	char bus[sizeof(((struct kplug_found *)0)->bus)];

	return kplug_sysfs_read(bus, sizeof(bus), KPLUG_SYSFS_CLASS "/%s/bus", name) > 0 &&
	       strcmp(bus, "pci");
}

static int is_pci(const char *name)
{
	(void)name;
	return 1;
}

static void read_platform(struct kplug_found *found, const char *name)
{
	copy_name(found->name, name);
	found->iommu_group = -1;
	found->numa_node = -1;
	strcpy(found->bus, "platform");
	kplug_sysfs_link(found->driver, sizeof(found->driver), KPLUG_SYSFS_DEVICE "/driver",
			 "platform", name);
}

/* Is it a platform device that kplug does not have? */
static int is_left(const char *name)
{
	char bus[sizeof(((struct kplug_found *)0)->bus)];

	return kplug_sysfs_read(bus, sizeof(bus), KPLUG_SYSFS_CLASS "/%s/bus", name) < 0;
}

/* Appends to the array at @found each entry of @path that @wanted accepts. */
static int scan_folder(struct kplug_found **found, int count, const char *path,
		       int (*wanted)(const char *name),
		       void (*fill)(struct kplug_found *found, const char *name))
{
	struct kplug_found *grown;
	struct dirent **list;
	int i, entries = kplug_sys_scandir(path, &list);

	if (entries < 0) /* no such bus, or the module is not loaded */
		return count;
	grown = realloc(*found, sizeof(*grown) * (size_t)(count + entries + 1));
	if (grown)
		*found = grown;
	for (i = 0; i < entries; i++) {
		const char *name = list[i]->d_name;

		if (grown && name[0] != '.' && wanted(name)) {
			grown[count] = (struct kplug_found){ 0 };
			fill(&grown[count++], name);
		}
		free(list[i]);
	}
	free(list);
	return grown ? count : -ENOMEM;
}

static int scan(struct kplug_found **found, int all)
{
	int count;

	*found = NULL;
	count = scan_folder(found, 0, KPLUG_SYSFS_PCI_DEVICES, is_pci, read_pci);
	if (count >= 0)
		count = scan_folder(found, count, KPLUG_SYSFS_CLASS, is_other, read_other);
	if (count >= 0 && all)
		count = scan_folder(found, count, "/sys/bus/platform/devices", is_left,
				    read_platform);
	if (count < 0) {
		free(*found);
		*found = NULL;
	}
	return count;
}

int kplug_scan(struct kplug_found **found)
{
	return kplug_result(0, scan(found, 0));
}

int kplug_scan_all(struct kplug_found **found)
{
	return kplug_result(0, scan(found, 1));
}

static int trust_of(const char *word)
{
	static const char *const words[] = {
		[KPLUG_TRUST_RESTRICTED] = "restricted",
		[KPLUG_TRUST_FULL] = "trusted",
		[KPLUG_TRUST_GRANTED] = "granted",
		[KPLUG_TRUST_REVOKED] = "revoked",
	};
	int i;

	for (i = 0; i < (int)(sizeof(words) / sizeof(words[0])); i++)
		if (!strcmp(words[i], word))
			return i;
	return KPLUG_TRUST_RESTRICTED;
}

/* Parses a line of the "clients" attribute: pid, trust, plugin or -, number, user. */
static int parse_holder(struct kplug_holder *holder, const char *line)
{
	char trust[16], plugin[KPLUG_NAME_MAX];

	if (sscanf(line, "%d %15s %63s %" SCNu32 " %" SCNu32, &holder->pid, trust, plugin,
		   &holder->client, &holder->user) != 5)
		return 0;
	holder->trust = trust_of(trust);
	holder->trusted = holder->trust == KPLUG_TRUST_FULL || holder->trust == KPLUG_TRUST_GRANTED;
	copy_name(holder->plugin, strcmp(plugin, "-") ? plugin : "");
	return 1;
}

static int read_holders(const char *name, struct kplug_holder **holders)
{
	char full[KPLUG_NAME_MAX], text[4096]; /* an attribute is a page */
	char *line, *rest = text;
	int count, err;

	err = kplug_device_name(full, name);
	if (err)
		return err;
	err = kplug_sysfs_read(text, sizeof(text), KPLUG_SYSFS_CLASS "/%s/clients", full);
	if (err < 0)
		return err;
	/* No line is shorter than this. */
	*holders = calloc(sizeof(text) / sizeof("1 trusted - 1 0"), sizeof(**holders));
	if (!*holders)
		return -ENOMEM;
	for (count = 0; (line = strsep(&rest, "\n"));)
		count += parse_holder(&(*holders)[count], line);
	return count;
}

int kplug_holders(const char *name, struct kplug_holder **holders)
{
	return kplug_result(KPLUG_LISTING, read_holders(name, holders));
}
