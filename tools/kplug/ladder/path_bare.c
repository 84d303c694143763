// SPDX-License-Identifier: MIT
/* kplug ladder: the peer "a driver of one's own", the module kplug_bare. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../plugins/bare/bare_msg.h"
#include "ladder.h"

#define DRIVER "kplug_bare"

struct bare {
	int fd;
	struct bare_interrupt last;
};

static int set_parameter(const char *name, uint64_t value)
{
	char path[64], text[24];

	snprintf(path, sizeof(path), "/sys/module/" DRIVER "/parameters/%s", name);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return ladder_write(path, text);
}

/* The module looks at its parameters when it gets the device. */
static int bind_device(struct ladder_path *path)
{
	const struct ladder_device *device = path->device;

	ladder_pci_unbind(device->address);
	if (set_parameter("region", device->region) || set_parameter("status", device->status) ||
	    set_parameter("ack", device->ack))
		return ladder_unavailable(path, "the driver " DRIVER " is not loaded");
	return ladder_pci_bind(path, DRIVER);
}

static int bare_open(struct ladder_path *path)
{
	struct bare *bare = calloc(1, sizeof(*bare));
	void *region;

	path->state = bare;
	if (!bare)
		return ladder_unavailable(path, "no memory");
	bare->fd = -1;
	if (path->device->no_status)
		return ladder_unavailable(path, DRIVER " needs a status register");
	if (bind_device(path))
		return -1;
	bare->fd = open("/dev/" DRIVER, O_RDONLY | O_CLOEXEC);
	if (bare->fd < 0)
		return ladder_unavailable(path, "cannot open /dev/" DRIVER);
	region = ladder_pci_map(path->device);
	if (!region)
		return ladder_unavailable(path, "cannot map region %u", path->device->region);
	ladder_map_registers(path, region);
	return 0;
}

static int take(struct bare *bare)
{
	ssize_t n = read(bare->fd, &bare->last, sizeof(bare->last));

	if (n == sizeof(bare->last))
		return 0;
	return n < 0 ? -errno : -EIO;
}

static int bare_wait(struct ladder_path *path, struct ladder_stamps *stamps)
{
	struct bare *bare = path->state;
	int err = take(bare);

	if (err)
		return err;
	stamps->user = ladder_now();
	stamps->entry = bare->last.entry;
	stamps->acked = bare->last.acked;
	stamps->notified = bare->last.handled;
	return 0;
}

/* A read gives the count of all interrupts, so the program knows what the handler does. */
static int bare_fate(struct ladder_path *path, struct ladder_fate *fate)
{
	struct bare *bare = path->state;
	int err;

	if (fcntl(bare->fd, F_SETFL, O_NONBLOCK))
		return -errno;
	err = take(bare);
	fcntl(bare->fd, F_SETFL, 0);
	if (err && err != -EAGAIN)
		return err;
	fate->handled = bare->last.handled;
	fate->notified = fate->handled;
	return 0;
}

static void bare_close(struct ladder_path *path)
{
	struct bare *bare = path->state;

	if (!bare)
		return;
	if (path->raise)
		munmap((char *)path->raise - path->device->raise, ladder_map_length(path->device));
	if (bare->fd >= 0)
		close(bare->fd);
	free(bare);
}

const struct ladder_kind ladder_bare = {
	.name = "bare",
	.title = "bare request_irq",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = bare_open,
	.wait = bare_wait,
	.fate = bare_fate,
	.close = bare_close,
};
