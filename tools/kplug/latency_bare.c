// SPDX-License-Identifier: MIT
/* kplug latency: the peer "a driver of one's own", the test module bare_edu. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tests/kmod/bare_edu.h"
#include "latency.h"

struct bare {
	int fd;
	volatile struct bare_edu_stamps *stamps;
	uint64_t told;
};

static void *map(int fd, size_t length, off_t offset)
{
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	return at == MAP_FAILED ? NULL : at;
}

static int bare_open(struct latency_path *path)
{
	struct bare *bare = calloc(1, sizeof(*bare));
	void *bar;

	path->state = bare;
	if (!bare)
		return latency_unavailable(path, "no memory");
	bare->fd = -1;
	if (latency_pci_bind(path, "bare_edu"))
		return -1;
	bare->fd = open("/dev/bare_edu", O_RDWR | O_CLOEXEC);
	if (bare->fd < 0)
		return latency_unavailable(path, "cannot open /dev/bare_edu");
	bare->stamps = map(bare->fd, sizeof(*bare->stamps), BARE_EDU_STAMPS);
	bar = map(bare->fd, latency_map_length(path->device), BARE_EDU_BAR);
	if (!bare->stamps || !bar)
		return latency_unavailable(path, "cannot map /dev/bare_edu");
	latency_map_registers(path, bar);
	if (ioctl(bare->fd, BARE_EDU_MODE, BARE_EDU_NS | BARE_EDU_NOTIFY))
		return latency_unavailable(path, "cannot set the mode of /dev/bare_edu");
	return 0;
}

static int bare_wait(struct latency_path *path, struct latency_stamps *stamps)
{
	struct bare *bare = path->state;

	if (read(bare->fd, &bare->told, sizeof(bare->told)) < 0)
		return -errno;
	stamps->user = latency_now();
	stamps->entry = bare->stamps->entry;
	stamps->acked = bare->stamps->acked;
	stamps->told = bare->told;
	return 0;
}

/* A read gives the count of all interrupts, so the program knows what the handler does. */
static int bare_fate(struct latency_path *path, struct latency_fate *fate)
{
	struct bare *bare = path->state;

	fate->handled = bare->stamps->handled;
	fate->told = fate->handled;
	return 0;
}

static void bare_close(struct latency_path *path)
{
	struct bare *bare = path->state;

	if (!bare)
		return;
	if (path->raise)
		munmap((char *)path->raise - path->device->raise, latency_map_length(path->device));
	if (bare->stamps)
		munmap((void *)bare->stamps, sizeof(*bare->stamps));
	if (bare->fd >= 0)
		close(bare->fd);
	free(bare);
}

const struct latency_kind latency_bare = {
	.name = "bare",
	.title = "bare request_irq",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = bare_open,
	.wait = bare_wait,
	.fate = bare_fate,
	.close = bare_close,
};
