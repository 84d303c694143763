// SPDX-License-Identifier: MIT
/* kplug ladder: the registers of the device, mapped into the program. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ladder.h"

void ladder_acknowledge(const struct ladder_path *path)
{
	if (!path->device->no_status)
		*path->ack = *path->status;
}

/* Up to the last of the three registers. */
size_t ladder_map_length(const struct ladder_device *device)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), last = device->raise;

	last = device->status > last ? device->status : last;
	last = device->ack > last ? device->ack : last;
	return (last / page + 1) * page;
}

void *ladder_pci_map(const struct ladder_device *device)
{
	char path[160], name[16];
	void *at;
	int fd;

	snprintf(name, sizeof(name), "resource%u", device->region);
	ladder_pci_path(path, sizeof(path), device->address, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	at = mmap(NULL, ladder_map_length(device), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

void ladder_map_registers(struct ladder_path *path, volatile void *region)
{
	volatile char *base = region;

	path->raise = (volatile uint32_t *)(base + path->device->raise);
	path->status = (volatile uint32_t *)(base + path->device->status);
	path->ack = (volatile uint32_t *)(base + path->device->ack);
}
