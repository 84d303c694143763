// SPDX-License-Identifier: MIT
/* kplug ladder: the registers of the device, mapped into the program. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/command.h"
#include "ladder.h"

bool ladder_acknowledge(const struct ladder_path *path)
{
	uint32_t status;

	if (path->device->no_status)
		return true;
	status = *path->status;
	*path->ack = status;
	return status;
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

static uint64_t load(volatile void *at, unsigned int width)
{
	switch (width) {
	case 1:
		return *(volatile uint8_t *)at;
	case 2:
		return *(volatile uint16_t *)at;
	case 4:
		return *(volatile uint32_t *)at;
	default:
		return *(volatile uint64_t *)at;
	}
}

static void store(volatile void *at, unsigned int width, uint64_t value)
{
	switch (width) {
	case 1:
		*(volatile uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)at = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)at = value;
	}
}

/* Memory; 0, or -errno if it cannot be mapped. */
static int access_map(int fd, struct reg *reg, bool is_write)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), in = reg->offset % page;
	char *at =
		mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(reg->offset - in));

	if (at == MAP_FAILED)
		return -errno;
	if (is_write)
		store(at + in, reg->width, reg->value);
	else
		reg->value = load(at + in, reg->width);
	munmap(at, page);
	return 0;
}

/* Ports and configuration space. */
int ladder_file_access(int fd, uint64_t start, struct reg *reg, bool is_write)
{
	uint64_t value = reg->value; /* the kernel has the byte order of the bus */
	ssize_t n = is_write ? pwrite(fd, &value, reg->width, (off_t)(start + reg->offset)) :
			       pread(fd, &value, reg->width, (off_t)(start + reg->offset));

	if (n != (ssize_t)reg->width)
		return n < 0 ? -errno : -EINVAL;
	reg->value = reg->width < 8 ? value & ((1ull << 8 * reg->width) - 1) : value;
	return 0;
}

int ladder_pci_access(const char *address, struct reg *reg, bool is_write)
{
	char path[160], name[16] = "config";
	int fd, err = -EINVAL;

	if (reg->offset % reg->width)
		return err;
	if (reg->region != KPLUG_CONFIG_REGION)
		snprintf(name, sizeof(name), "resource%u", reg->region);
	ladder_pci_path(path, sizeof(path), address, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (reg->region != KPLUG_CONFIG_REGION)
		err = access_map(fd, reg, is_write);
	if (err)
		err = ladder_file_access(fd, 0, reg, is_write);
	close(fd);
	return err;
}
