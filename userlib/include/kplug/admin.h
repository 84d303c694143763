/* SPDX-License-Identifier: MIT */
/* Administration: find, bind and declare devices; attach plugins; grant and revoke. */
#ifndef LIBKPLUG_ADMIN_H
#define LIBKPLUG_ADMIN_H

#include <stdint.h>

#include <uapi/kplug_abi.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * struct kplug_found - a device as sysfs shows it
 * @name: PCI address, or name of a platform, ISA or virtual device
 * @bus: "pci", "platform", "isa" or "virtual"
 * @parent: of a PCI function, the address of the bridge above it, or the kernel's name of
 *	the host bridge ("pci0000:00"); empty for other devices
 * @vendor: PCI vendor id, 0 on other buses
 * @device: PCI device id
 * @subvendor: PCI subsystem vendor id
 * @subdevice: PCI subsystem id
 * @class_code: PCI class code, 24 bits
 * @revision: PCI revision
 * @iommu_group: -1 without an IOMMU
 * @numa_node: -1 when the machine does not report one
 * @on_kplug: not 0 when kplug_open() can open it
 * @driver: bound driver, empty if none
 * @plugin: permanently attached plugin, empty if none
 * @irq_mode: "INTx", "MSI", "MSI-X", "wired" or "virtual"; empty when the device is not on
 *	kplug, or before vectors are allocated
 */
struct kplug_found {
	char name[KPLUG_NAME_MAX];
	char bus[12];
	char parent[KPLUG_NAME_MAX];
	uint16_t vendor;
	uint16_t device;
	uint16_t subvendor;
	uint16_t subdevice;
	uint32_t class_code;
	uint32_t revision;
	int iommu_group;
	int numa_node;
	int on_kplug;
	char driver[KPLUG_NAME_MAX];
	char plugin[KPLUG_NAME_MAX];
	char irq_mode[8];
};

/**
 * kplug_scan() - list all PCI functions, and all other devices of kplug
 * @found: filled with an array: PCI functions first, each part sorted by name; release it
 *	with free(3)
 *
 * Needs no privileges, and works when the kernel module is not loaded.
 *
 * Return: number of devices; -ENOMEM.
 */
int kplug_scan(struct kplug_found **found);

/**
 * kplug_scan_all() - list what kplug_scan() lists, and all other platform devices
 * @found: filled with an array as by kplug_scan(), with the other platform devices at its
 *	end; release it with free(3)
 *
 * Most platform devices belong to the machine. kplug_bind() moves those to kplug that a
 * program is to drive.
 *
 * Return: number of devices; -ENOMEM.
 */
int kplug_scan_all(struct kplug_found **found);

/**
 * kplug_match() - check whether a pattern matches a device
 * @found: the device
 * @pattern: an address ("0000:00:04.0" or "00:04.0") or a name, which may contain "*", "?"
 *	and "[...]" as in a shell ("01:*"); or a vendor and a device id of four digits each
 *	("1234:11e8"), either of which may be "*". "0000:*" is therefore a vendor, not a
 *	domain
 *
 * Return: 1 or 0.
 */
int kplug_match(const struct kplug_found *found, const char *pattern);

/**
 * kplug_select() - list the devices that match a pattern
 * @pattern: see kplug_match()
 * @found: filled with an array sorted by name; release it with free(3)
 *
 * Return: number of devices, which may be 0; -ENOMEM.
 */
int kplug_select(const char *pattern, struct kplug_found **found);

/* The trust of a client in a device. */
enum kplug_trust {
	KPLUG_TRUST_RESTRICTED = 0,
	KPLUG_TRUST_FULL = 1, /* had CAP_SYS_RAWIO at open() */
	KPLUG_TRUST_GRANTED = 2, /* has a grant */
	KPLUG_TRUST_REVOKED = 3, /* an administrator took the device away */
};

/**
 * struct kplug_holder - a program that has a device open
 * @pid: process that opened the device, in the caller's namespace; other processes may
 *	have the descriptor now
 * @trusted: not 0 with KPLUG_TRUST_FULL or KPLUG_TRUST_GRANTED
 * @trust: enum kplug_trust
 * @client: number of this client
 * @user: user who opened the device, in the caller's namespace
 * @plugin: the plugin that the client is attached to, empty if none
 */
struct kplug_holder {
	int pid;
	int trusted;
	int trust;
	uint32_t client;
	uint32_t user;
	char plugin[KPLUG_NAME_MAX];
};

/**
 * kplug_holders() - list the programs that have a device open
 * @name: name of the device
 * @holders: filled with an array; release it with free(3)
 *
 * Return: number of programs; -ENOENT when kplug has no such device; -EINVAL for a bad
 * name; -EACCES, -ENOMEM.
 */
int kplug_holders(const char *name, struct kplug_holder **holders);

/**
 * kplug_bind() - move a PCI function or platform device from its driver to kplug
 * @name: its address, or its name in /sys/bus/platform/devices
 *
 * Stores the name of the former driver in /run/kplug, where kplug_unbind() of this or
 * another program finds it. If kplug refuses the device, the former driver gets it back.
 *
 * Return: 0; -ENODEV when there is no such device; -ENOSYS when the kernel module is not
 * loaded; -EALREADY when kplug has the device; -EINVAL for a bad name; -EACCES; or the
 * reason why kplug refused it: -EBUSY when another driver has claimed a part of its memory
 * or ports, or the kernel had no memory to claim it; -ENOMEM; -EOPNOTSUPP for a bridge,
 * which other devices need.
 */
int kplug_bind(const char *name);

/**
 * kplug_unbind() - give a device back to its former driver
 * @name: its address, or its name in /sys/bus/platform/devices
 *
 * A device that had no driver before has none afterwards.
 *
 * Return: 0; -ENODEV when there is no such device; -ENOTCONN when kplug does not have it;
 * -EINVAL for a bad name; -EACCES; or the reason why the former driver refused it.
 */
int kplug_unbind(const char *name);

/**
 * struct kplug_range - ports or memory of an ISA card
 * @start: first port, or physical address
 * @length: in ports or bytes
 * @flags: KPLUG_REGION_PORT or KPLUG_REGION_MEM
 */
struct kplug_range {
	uint32_t start;
	uint32_t length;
	uint32_t flags;
};

/**
 * kplug_isa_add() - declare an ISA card, which no machine can detect
 * @name: "isa-" and at least one of [a-z0-9_], shorter than KPLUG_NAME_MAX
 * @ranges: the regions of the device, in this order: ports below 65536, memory from 640 KiB
 *	to 1 MiB
 * @count: number of @ranges, 1 to KPLUG_MAX_REGIONS
 * @irq: interrupt line, 1 to 15 except 2; 0 for none
 *
 * The device is /dev/kplug/@name until kplug_isa_del(). Only root may call it.
 *
 * Return: 0; -EBUSY when another driver has a range or the line, or the kernel had no
 * memory to claim a range, or the name is taken; -EOPNOTSUPP when the machine has no ISA
 * bus; -EINVAL; -ENOSYS when the kernel module is not loaded; -EACCES or -EPERM; -ENOMEM.
 */
int kplug_isa_add(const char *name, const struct kplug_range *ranges, unsigned int count,
		  unsigned int irq);

/**
 * kplug_isa_del() - undo kplug_isa_add()
 * @name: name of the device
 *
 * Programs that have the device open see it as removed.
 *
 * Return: 0; -ENOENT when there is no such ISA device; -EINVAL for a bad name; -EACCES or
 * -EPERM.
 */
int kplug_isa_del(const char *name);

/**
 * kplug_set_widths() - choose the widths of accesses that a region permits
 * @name: name of the device
 * @region: index of a region with KPLUG_REGION_MEM
 * @widths: KPLUG_WIDTH_*, ORed together; kplug_region_info.out_widths has those of now
 *
 * Memory permits accesses of 32 and 64 bits at first. On arm64 an access of a width that the
 * device does not take stops the machine: look at the documentation of the device. The
 * choice holds for all programs, until it is changed again or the device is unbound. The
 * caller needs CAP_SYS_RAWIO.
 *
 * Return: 0; -EBUSY when it takes a width away while a program has mapped the region or a
 * vector is armed; -ENOENT when there is no such device; -EINVAL for a bad name or width, or
 * a region that is not memory; -EINTR; -EACCES or -EPERM.
 */
int kplug_set_widths(const char *name, unsigned int region, unsigned int widths);

/**
 * kplug_attach_permanent() - attach a plugin to a device permanently
 * @name: name of the device
 * @plugin: name of the plugin
 *
 * The plugin stays until kplug_detach_permanent() or until the device goes away, whether
 * or not programs use it.
 *
 * Return: 0; -ENOENT when there is no such device or plugin; -EBUSY when another plugin is
 * attached; -EALREADY; -EINVAL for a bad name; -EACCES; or an error of the plugin.
 */
int kplug_attach_permanent(const char *name, const char *plugin);

/**
 * kplug_detach_permanent() - undo kplug_attach_permanent()
 * @name: name of the device
 *
 * Return: 0; -ENOENT when there is no such device; -ENOTCONN when no plugin is attached
 * permanently; -EINVAL for a bad name; -EACCES.
 */
int kplug_detach_permanent(const char *name);

/* For kplug_grant() and kplug_grant_end(). */
#define KPLUG_GRANT_GROUP  (1u << 0) /* the id is a group's; otherwise a user's */
#define KPLUG_GRANT_UNSAFE (1u << 1) /* grant even if the device could access all memory */

/**
 * kplug_grant() - trust a user or group with a device
 * @name: name of the device
 * @id: id of the user or group
 * @flags: KPLUG_GRANT_*
 *
 * Programs of that user or group that open the device afterwards may use its registers and
 * interrupts, and, if an IOMMU translates for it, DMA. Programs in a user namespace of their
 * own are excluded. The grant lasts until kplug_grant_end() or until the device is unbound.
 * The caller needs CAP_SYS_RAWIO.
 *
 * Return: 0; -EOPNOTSUPP when no IOMMU isolates the DMA and interrupts of the device: a
 * program that has its registers may then access all memory, which KPLUG_GRANT_UNSAFE
 * accepts; -EALREADY; -ENOSPC when the device has too many grants; -ENOENT when there is no
 * such device; -EINVAL; -EACCES or -EPERM.
 */
int kplug_grant(const char *name, uint32_t id, unsigned int flags);

/**
 * kplug_grant_end() - undo kplug_grant()
 * @name: name of the device
 * @id: id of the user or group
 * @flags: KPLUG_GRANT_GROUP for a group
 *
 * Programs that have the device open by this grant alone lose it: see kplug_revoke().
 *
 * Return: 0; -ENOENT when there is no such device or grant; -EINVAL, -EINTR; -EACCES or
 * -EPERM.
 */
int kplug_grant_end(const char *name, uint32_t id, unsigned int flags);

/**
 * struct kplug_grant - a user or group that is trusted with a device
 * @id: id of the user or group, in the caller's namespace
 * @flags: KPLUG_GRANT_*
 */
struct kplug_grant {
	uint32_t id;
	unsigned int flags;
};

/**
 * kplug_grants() - list the users and groups that are trusted with a device
 * @name: name of the device
 * @grants: filled with an array; release it with free(3)
 *
 * Return: number of grants; -ENOENT when kplug has no such device; -EINVAL for a bad name;
 * -EACCES, -ENOMEM.
 */
int kplug_grants(const char *name, struct kplug_grant **grants);

/**
 * kplug_revoke() - take a device away from one client
 * @name: name of the device
 * @client: number of the client, see struct kplug_holder and struct kplug_device_info
 *
 * To that client the device looks unplugged: every call fails with -ENODEV, waits end, the
 * last event is KPLUG_EVENT_REMOVED, and maps read as all ones. Everything that it did with
 * the device ends as at close(). Other clients are not affected. The program may open the
 * device again if its permissions allow that. The caller needs CAP_SYS_RAWIO.
 *
 * Return: 0; -ENOENT when there is no such device or client; -EINVAL for a bad name; -EINTR;
 * -EACCES or -EPERM.
 */
int kplug_revoke(const char *name, uint32_t client);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_ADMIN_H */
