// SPDX-License-Identifier: MIT
/* kplug latency: the peer UIO (uio_pci_generic, a level interrupt on the INTx line). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "latency.h"

#define COMMAND               4	/* config space */
#define COMMAND_INTX_DISABLE  0x0400

struct uio {
	int fd;
	int config;
	uint16_t command;	/* lets INTx through */
	uint32_t told;
};

/* The node /dev/uioN of the device; -1 if there is none. */
static int open_node(const char *address)
{
	char path[300];
	struct dirent *entry;
	int fd = -1;
	DIR *dir;

	latency_pci_path(path, sizeof(path), address, "uio");
	dir = opendir(path);
	if (!dir)
		return -1;
	while (fd < 0 && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "uio", 3)) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			fd = open(path, O_RDWR | O_CLOEXEC);
		}
	closedir(dir);
	return fd;
}

static void *map_region(const struct latency_device *device)
{
	char path[160], name[16];
	void *at;
	int fd;

	snprintf(name, sizeof(name), "resource%u", device->region);
	latency_pci_path(path, sizeof(path), device->address, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	at = mmap(NULL, latency_map_length(device), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

static int open_config(struct uio *uio, const char *address)
{
	char path[160];

	latency_pci_path(path, sizeof(path), address, "config");
	uio->config = open(path, O_RDWR | O_CLOEXEC);
	if (uio->config < 0 || pread(uio->config, &uio->command, sizeof(uio->command), COMMAND) != sizeof(uio->command))
		return -1;
	uio->command &= (uint16_t)~COMMAND_INTX_DISABLE;
	return 0;
}

static int uio_open(struct latency_path *path)
{
	struct uio *uio = calloc(1, sizeof(*uio));
	void *region;

	path->state = uio;
	if (!uio)
		return latency_unavailable(path, "no memory");
	uio->fd = uio->config = -1;
	if (latency_pci_bind(path, "uio_pci_generic"))
		return -1;
	uio->fd = open_node(path->device->address);
	if (uio->fd < 0)
		return latency_unavailable(path, "cannot open the /dev/uio node");
	if (open_config(uio, path->device->address))
		return latency_unavailable(path, "cannot open the configuration space");
	region = map_region(path->device);
	if (!region)
		return latency_unavailable(path, "cannot map region %u", path->device->region);
	latency_map_registers(path, region);
	return 0;
}

/* The kernel masked the line: end the interrupt at the device, then let the line through. */
static int uio_wait(struct latency_path *path, struct latency_stamps *stamps)
{
	struct uio *uio = path->state;

	if (read(uio->fd, &uio->told, sizeof(uio->told)) != sizeof(uio->told))
		return -errno;
	/* The handler is this program. */
	stamps->user = stamps->entry = latency_now();
	latency_acknowledge(path);
	stamps->acked = latency_now();
	stamps->told = uio->told;
	/* All of it: QEMU overlooks a write of the byte alone, and the line of a device that interrupted meanwhile is stuck. */
	if (pwrite(uio->config, &uio->command, sizeof(uio->command), COMMAND) != sizeof(uio->command))
		return -errno;
	return 0;
}

static int uio_fate(struct latency_path *path, struct latency_fate *fate)
{
	struct uio *uio = path->state;

	if (fcntl(uio->fd, F_SETFL, O_NONBLOCK))
		return -errno;
	if (read(uio->fd, &uio->told, sizeof(uio->told)) < 0 && errno != EAGAIN)
		return -errno;
	fcntl(uio->fd, F_SETFL, 0);
	fate->handled = uio->told;
	fate->told = uio->told;
	return 0;
}

static void uio_close(struct latency_path *path)
{
	struct uio *uio = path->state;

	if (!uio)
		return;
	if (path->raise) {
		latency_acknowledge(path);
		munmap((char *)path->raise - path->device->raise, latency_map_length(path->device));
	}
	if (uio->config >= 0)
		close(uio->config);
	if (uio->fd >= 0)
		close(uio->fd);
	free(uio);
}

const struct latency_kind latency_uio = {
	.name = "uio",
	.title = "UIO, INTx",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = uio_open,
	.wait = uio_wait,
	.fate = uio_fate,
	.close = uio_close,
};
