// SPDX-License-Identifier: MIT
/* Reads configuration space, from a device when it is asked for. */
#include "space.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <pci/header.h>

int pci_space_open(struct pci_space *space, struct kplug *k, const char *name)
{
	struct kplug_region_info info;
	int err = kplug_region_info(k, KPLUG_CONFIG_REGION, &info);

	if (err)
		return err;
	if (!(info.out_flags & KPLUG_REGION_CONFIG))
		return -EINVAL;
	memset(space, 0, sizeof(*space));
	snprintf(space->name, sizeof(space->name), "%s", name);
	space->k = k;
	space->size =
		info.out_length < PCI_SPACE_SIZE ? (unsigned int)info.out_length : PCI_SPACE_SIZE;
	return 0;
}

bool pci_space_has(const struct pci_space *space, unsigned int offset, unsigned int width)
{
	return offset <= space->size && width <= space->size - offset;
}

static void read_device(struct pci_space *space, unsigned int offset)
{
	unsigned int i;
	uint64_t value;
	int err;

	if (!space->k || space->err || space->known[offset / 4])
		return;
	err = kplug_access_read(space->k, KPLUG_CONFIG_REGION, offset, 4, &value);
	if (err) {
		space->err = err;
		return;
	}
	for (i = 0; i < 4; i++)
		space->bytes[offset + i] = (uint8_t)(value >> 8 * i);
	space->known[offset / 4] = true;
}

uint32_t pci_space_get(struct pci_space *space, unsigned int offset, unsigned int width)
{
	uint32_t value = 0;
	unsigned int i;

	if (pci_space_has(space, offset, width))
		for (i = offset & ~3u; i < offset + width; i += 4)
			read_device(space, i);
	if (!pci_space_has(space, offset, width) || space->err)
		return UINT32_MAX >> (32 - 8 * width);
	for (i = 0; i < width; i++)
		value |= (uint32_t)space->bytes[offset + i] << 8 * i;
	return value;
}

uint64_t pci_space_get64(struct pci_space *space, unsigned int low, unsigned int high)
{
	return pci_space_get(space, low, 4) | (uint64_t)pci_space_get(space, high, 4) << 32;
}

unsigned int pci_space_header(struct pci_space *space)
{
	return pci_space_get(space, PCI_HEADER_TYPE, 1) & 0x7f;
}
