// SPDX-License-Identifier: MIT
/* kplug ladder: the peer UIO (uio_pci_generic, a level interrupt on the INTx line). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ladder.h"

#define COMMAND              4 /* config space */
#define COMMAND_INTX_DISABLE 0x0400

struct uio {
	int fd;
	int config;
	uint16_t command; /* with INTx unmasked */
	uint32_t notified;
};

/* The node /dev/uioN of the device; -1 if there is none. */
static int open_node(const char *address)
{
	char path[300];
	struct dirent *entry;
	int fd = -1;
	DIR *dir;

	ladder_pci_path(path, sizeof(path), address, "uio");
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

static int open_config(struct uio *uio, const char *address)
{
	char path[160];

	ladder_pci_path(path, sizeof(path), address, "config");
	uio->config = open(path, O_RDWR | O_CLOEXEC);
	if (uio->config < 0 || pread(uio->config, &uio->command, sizeof(uio->command), COMMAND) !=
				       sizeof(uio->command))
		return -1;
	uio->command &= (uint16_t)~COMMAND_INTX_DISABLE;
	return 0;
}

static int uio_open(struct ladder_path *path)
{
	struct uio *uio = calloc(1, sizeof(*uio));
	void *region;

	path->state = uio;
	if (!uio)
		return ladder_unavailable(path, "no memory");
	uio->fd = uio->config = -1;
	if (ladder_pci_bind(path, "uio_pci_generic"))
		return -1;
	uio->fd = open_node(path->device->address);
	if (uio->fd < 0)
		return ladder_unavailable(path, "cannot open the /dev/uio node");
	if (open_config(uio, path->device->address))
		return ladder_unavailable(path, "cannot open the configuration space");
	region = ladder_pci_map(path->device);
	if (!region)
		return ladder_unavailable(path, "cannot map region %u", path->device->region);
	ladder_map_registers(path, region);
	return 0;
}

/* The kernel has masked the line: end the interrupt at the device, then unmask the line. */
static int uio_wait(struct ladder_path *path, struct ladder_stamps *stamps)
{
	struct uio *uio = path->state;

	if (read(uio->fd, &uio->notified, sizeof(uio->notified)) != sizeof(uio->notified))
		return -errno;
	/* The handler is this program. */
	stamps->user = stamps->entry = ladder_now();
	ladder_acknowledge(path);
	stamps->acked = ladder_now();
	stamps->notified = uio->notified;
	/*
	 * The whole register: QEMU ignores a write of the byte alone, and the line
	 * of a device that interrupted meanwhile would stay masked.
	 */
	if (pwrite(uio->config, &uio->command, sizeof(uio->command), COMMAND) !=
	    sizeof(uio->command))
		return -errno;
	return 0;
}

static int uio_fate(struct ladder_path *path, struct ladder_fate *fate)
{
	struct uio *uio = path->state;

	if (fcntl(uio->fd, F_SETFL, O_NONBLOCK))
		return -errno;
	if (read(uio->fd, &uio->notified, sizeof(uio->notified)) < 0 && errno != EAGAIN)
		return -errno;
	fcntl(uio->fd, F_SETFL, 0);
	fate->handled = uio->notified;
	fate->notified = uio->notified;
	return 0;
}

static void uio_close(struct ladder_path *path)
{
	struct uio *uio = path->state;

	if (!uio)
		return;
	if (path->raise) {
		ladder_acknowledge(path);
		munmap((char *)path->raise - path->device->raise, ladder_map_length(path->device));
	}
	if (uio->config >= 0)
		close(uio->config);
	if (uio->fd >= 0)
		close(uio->fd);
	free(uio);
}

const struct ladder_kind ladder_uio = {
	.name = "uio",
	.title = "UIO, INTx",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = uio_open,
	.wait = uio_wait,
	.fate = uio_fate,
	.close = uio_close,
};
