/* SPDX-License-Identifier: MIT */
/* Registers: regions, maps, single accesses, lists, and PCI capabilities. */
#ifndef LIBKPLUG_REGISTERS_H
#define LIBKPLUG_REGISTERS_H

#include <kplug/device.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * kplug_region_info() - get the properties of a region
 * @k: the device
 * @region: index of the region, below kplug_device_info.out_regions
 * @info: filled
 *
 * Return: 0; -EINVAL when there is no such region; -ENODEV.
 */
int kplug_region_info(struct kplug *k, unsigned int region, struct kplug_region_info *info);

/**
 * kplug_region_ranges() - get the parts of a region that can be mapped
 * @k: the device
 * @region: index of the region, below kplug_device_info.out_regions
 * @ranges: filled with the first @num of them; each can be mapped in one piece
 * @num: room at @ranges, 0 to KPLUG_MAX_RANGES
 *
 * A region with an MSI-X message table has holes, the pages of the table.
 * kplug_access_read() and the accessors also reach registers outside of the ranges.
 *
 * Return: number of ranges that exist, which may exceed @num, and is 0 when the region
 * cannot be mapped at all; -EINVAL when there is no such region; -ENODEV.
 */
int kplug_region_ranges(struct kplug *k, unsigned int region, struct kplug_map_range *ranges,
			unsigned int num);

/* For kplug_map() and kplug_unmap(): every region that this client may map. */
#define KPLUG_ALL_REGIONS 0xffffffffu

/**
 * kplug_map() - map a region into the program
 * @k: the device
 * @region: index of the region, or KPLUG_ALL_REGIONS
 *
 * Afterwards kplug_read32(kplug_io_user(k), region, offset) and the other accessors reach
 * the registers without a system call. They reach registers that are not mapped with one
 * system call for each access. A region that is mapped already stays as it is. If only a
 * part of the region can be mapped, see kplug_region_ranges(), the function maps what can
 * be mapped from the start of the region.
 *
 * The map lasts until kplug_unmap() or kplug_close(). Once the device is gone, it reads
 * as all ones, except for what the program itself writes there afterwards.
 *
 * Return: 0; -EOPNOTSUPP when the first page cannot be mapped, or when the region does not
 * permit accesses of 32 bits; -EINVAL when there is no
 * such region; -ENOMEM when the region does not fit into the address space, for example a
 * large one in a 32-bit program; -EPERM, -ENODEV.
 */
int kplug_map(struct kplug *k, unsigned int region);

/**
 * kplug_unmap() - undo kplug_map()
 * @k: the device
 * @region: index of the region, or KPLUG_ALL_REGIONS
 *
 * No other thread may be using the map.
 *
 * Return: 0; -ENOTCONN when the region is not mapped; -EBUSY while a handler of this
 * program is attached, because it may use the map.
 */
int kplug_unmap(struct kplug *k, unsigned int region);

/**
 * kplug_map_range() - map a part of a region
 * @k: the device
 * @region: index of the region
 * @offset: of the first byte, a multiple of the page size
 * @length: in bytes, whole pages
 * @addr: filled with the address of the map
 *
 * Use it for a region that is too large to map as a whole, or when a plugin lets a
 * restricted client map only some pages. The accessors do not use this map. It outlives
 * the device like maps of kplug_map(), and ends with kplug_unmap_range() or kplug_close().
 *
 * Return: 0; -EINVAL when the range is outside of the region or does not consist of whole
 * pages; -EOPNOTSUPP when the region cannot be mapped; -EPERM when the range is in none of
 * kplug_region_ranges(); -EBUSY while the caching of the region is being changed; -ENODEV,
 * -ENOMEM.
 */
int kplug_map_range(struct kplug *k, unsigned int region, uint64_t offset, size_t length,
		    volatile void **addr);

/**
 * kplug_unmap_range() - undo kplug_map_range()
 * @k: the device
 * @addr: from kplug_map_range()
 *
 * Return: 0; -ENOTCONN when there is no such map.
 */
int kplug_unmap_range(struct kplug *k, volatile void *addr);

/**
 * kplug_io_user() - get the regions for kplug_read32() and the other accessors
 * @k: the device
 *
 * The accessors reach registers that kplug_map() has not mapped with one system call for
 * each access. region[] of the result has the address and length of what is mapped.
 *
 * Return: never NULL.
 */
static inline const struct kplug_io *kplug_io_user(const struct kplug *k)
{
	return &k->io;
}

/**
 * kplug_access_read() - read one register, checked by the kernel
 * @k: the device
 * @region: index of the region; port regions and KPLUG_CONFIG_REGION work too
 * @offset: byte offset, a multiple of @width
 * @width: 1, 2, 4 or 8 bytes
 * @value: filled
 *
 * Return: 0; -EOPNOTSUPP when the region does not permit this width, see
 * kplug_region_info.out_widths; -EINVAL, -EPERM, -ENODEV.
 */
int kplug_access_read(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		      uint64_t *value);

/**
 * kplug_access_write() - write one register, checked by the kernel
 * @k: the device
 * @region: index of the region; port regions and KPLUG_CONFIG_REGION work too
 * @offset: byte offset, a multiple of @width
 * @width: 1, 2, 4 or 8 bytes
 * @value: must fit @width
 *
 * struct kplug_access says what a program may not change in configuration space.
 *
 * Return: see kplug_access_read().
 */
int kplug_access_write(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
		       uint64_t value);

/**
 * kplug_transfer() - run a list of register accesses in one system call
 * @k: the device
 * @transfers: single accesses and blocks, see struct kplug_transfer
 * @num: number of @transfers, 1 to KPLUG_MAX_TRANSFERS
 * @done: if not NULL, filled with the number of completed transfers; on failure the index
 *	of the transfer that failed
 *
 * The kernel checks the whole list before the first access, and then runs it in order.
 * The list may mix ports, memory and configuration space. To store an address in
 * kplug_transfer.buffer, cast it to uintptr_t.
 *
 * Return: 0; -EINVAL for a bad width, alignment, range or value, or -EOPNOTSUPP for an
 * unknown flag or a width that the region does not permit: no register was accessed; -EPERM
 * when a restricted client has no window for an access; -EFAULT, -ENODEV, -ENOMEM.
 */
int kplug_transfer(struct kplug *k, struct kplug_transfer *transfers, unsigned int num,
		   unsigned int *done);

/**
 * kplug_transfer_read() - read a block of registers, checked by the kernel
 * @k: the device
 * @region: index of the region; port regions work too
 * @offset: of the first access, a multiple of @width
 * @width: of each access: 1, 2, 4 or 8 bytes
 * @buffer: room for @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0, or KPLUG_TRANSFER_FIFO to read the same register each time
 *
 * kplug_read_block() does the same on a mapped region without a system call.
 *
 * Return: see kplug_transfer().
 */
int kplug_transfer_read(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
			void *buffer, uint32_t count, unsigned int flags);

/**
 * kplug_transfer_write() - write a block of registers, checked by the kernel
 * @k: the device
 * @region: index of the region; port regions work too
 * @offset: of the first access, a multiple of @width
 * @width: of each access: 1, 2, 4 or 8 bytes
 * @buffer: @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0, or KPLUG_TRANSFER_FIFO to write the same register each time
 *
 * kplug_write_block() does the same on a mapped region without a system call.
 *
 * Return: see kplug_transfer().
 */
int kplug_transfer_write(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width,
			 const void *buffer, uint32_t count, unsigned int flags);

/**
 * kplug_set_cleanup() - register writes that the kernel performs when the program ends
 * @k: the device
 * @writes: single writes; the kernel copies them
 * @num: number of @writes, at most KPLUG_MAX_CLEANUP; 0 drops the previous list
 *
 * The kernel performs the writes when the device is closed for the last time, however the
 * program ends. This includes kplug_close(), so a program that has cleaned up by itself
 * drops the list first.
 *
 * Return: 0; -EINVAL for an element that is not a single write or is out of range; -EPERM
 * for a restricted client; -ENODEV, -ENOMEM.
 */
int kplug_set_cleanup(struct kplug *k, const struct kplug_transfer *writes, unsigned int num);

/**
 * kplug_set_caching() - choose how a region is mapped
 * @k: the device
 * @region: a region with KPLUG_REGION_MMAP that is not mapped
 * @caching: KPLUG_CACHING_WC: writes may be combined, and delayed until the next read or
 *	barrier; much faster for a frame buffer or other memory on the device.
 *	KPLUG_CACHING_UC: the default, right for registers
 *
 * The choice holds for all programs and the kernel, until it is changed again or the
 * device is unbound.
 *
 * Return: 0; -EBUSY while any program has mapped the region, a plugin is attached or a
 * vector is armed; -EINVAL for a region without KPLUG_REGION_MMAP; -EPERM, -ENODEV,
 * -ENOMEM.
 */
int kplug_set_caching(struct kplug *k, unsigned int region, enum kplug_caching caching);

/**
 * struct kplug_cap - a capability of a PCI function
 * @id: number as in <linux/pci_regs.h>: PCI_CAP_ID_PM and others, or PCI_EXT_CAP_ID_ERR
 *	and others for an extended capability
 * @offset: offset in configuration space
 * @version: version of an extended capability; else 0
 * @extended: 1 for an extended capability, which has its own range of ids; else 0
 */
struct kplug_cap {
	uint16_t id;
	uint16_t offset;
	uint8_t version;
	uint8_t extended;
};

/**
 * kplug_caps() - list the capabilities of a PCI function
 * @k: the device
 * @caps: filled with an array: standard capabilities first, then extended ones, each in
 *	the order of the function's list; release it with free(3)
 *
 * A list that leaves its part of configuration space or returns to an earlier element ends
 * there. Broken hardware has such lists.
 *
 * Return: number of capabilities; -EINVAL when the device has no configuration space;
 * -EPERM, -ENODEV, -ENOMEM.
 */
int kplug_caps(struct kplug *k, struct kplug_cap **caps);

/**
 * kplug_find_cap() - find a capability of a PCI function
 * @k: the device
 * @id: PCI_CAP_ID_*
 *
 * Read and write its registers with kplug_access_read() and kplug_access_write(), in
 * region KPLUG_CONFIG_REGION from the returned offset on.
 *
 * Return: offset of the first match; -ENOENT when there is none; or an error of
 * kplug_caps().
 */
int kplug_find_cap(struct kplug *k, unsigned int id);

/**
 * kplug_find_ext_cap() - find an extended capability of a PCI function
 * @k: the device
 * @id: PCI_EXT_CAP_ID_*
 *
 * Return: see kplug_find_cap().
 */
int kplug_find_ext_cap(struct kplug *k, unsigned int id);

/**
 * kplug_cap_name() - get the usual name of a capability
 * @cap: the capability
 *
 * Return: "MSI-X" or the like; "unknown" for an id without a name.
 */
const char *kplug_cap_name(const struct kplug_cap *cap);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_REGISTERS_H */
