// SPDX-License-Identifier: MIT
/* kplug ladder: the peer VFIO (vfio-pci, MSI-X or MSI to an eventfd). */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/command.h"
#include "ladder.h"

#define COMMAND            4 /* config space */
#define COMMAND_BUS_MASTER 0x0004

struct vfio {
	int container;
	int group;
	int device;
	int event;
	uint64_t notified;
	void *part; /* of another region; the device cannot leave while it is mapped */
	size_t part_length;
};

static int open_group(const char *address)
{
	char path[300], target[256];
	ssize_t n;

	ladder_pci_path(path, sizeof(path), address, "iommu_group");
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", basename(target));
	return open(path, O_RDWR | O_CLOEXEC);
}

static int open_taken(struct vfio *vfio, const char *address)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	if (ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE) ||
	    ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container) ||
	    ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -1;
	vfio->device = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, address);
	return vfio->device < 0 ? -1 : 0;
}

static int region_offset(int device, unsigned int index, uint64_t *offset)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return -1;
	*offset = info.offset;
	return 0;
}

/* A message interrupt is a write on the bus, which needs bus mastering. */
static int enable_bus_master(int device)
{
	uint64_t config;
	uint16_t command;

	if (region_offset(device, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
	    pread(device, &command, sizeof(command), config + COMMAND) != sizeof(command))
		return -1;
	command |= COMMAND_BUS_MASTER;
	return pwrite(device, &command, sizeof(command), config + COMMAND) == sizeof(command) ? 0 :
												-1;
}

static void *map_region(int fd, unsigned int region, uint64_t offset, size_t length)
{
	uint64_t start;
	void *at;

	if (region_offset(fd, region, &start))
		return NULL;
	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(start + offset));
	return at == MAP_FAILED ? NULL : at;
}

static bool has_irq(int device, unsigned int index)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };

	return !ioctl(device, VFIO_DEVICE_GET_IRQ_INFO, &info) && info.count;
}

/* Chooses MSI-X before MSI, as kplug does. */
static int arm(struct vfio *vfio)
{
	char buffer[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
	struct vfio_irq_set *set = (void *)buffer;
	int32_t event = vfio->event;

	*set = (struct vfio_irq_set){
		.argsz = sizeof(buffer),
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = has_irq(vfio->device, VFIO_PCI_MSIX_IRQ_INDEX) ? VFIO_PCI_MSIX_IRQ_INDEX :
									  VFIO_PCI_MSI_IRQ_INDEX,
		.count = 1,
	};
	memcpy(set->data, &event, sizeof(event));
	return ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, set);
}

static int map_registers(struct ladder_path *path)
{
	struct vfio *vfio = path->state;
	void *region;

	if (path->device->no_status)
		return 0;
	region = map_region(vfio->device, path->device->region, 0, ladder_map_length(path->device));
	if (!region)
		return ladder_unavailable(path, "cannot map region %u", path->device->region);
	ladder_map_registers(path, region);
	return 0;
}

static int vfio_open(struct ladder_path *path)
{
	struct vfio *vfio = malloc(sizeof(*vfio));

	path->state = vfio;
	if (!vfio)
		return ladder_unavailable(path, "no memory");
	*vfio = (struct vfio){ .container = -1, .group = -1, .device = -1, .event = -1 };
	if (ladder_pci_bind(path, "vfio-pci"))
		return -1;
	vfio->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	vfio->group = open_group(path->device->address);
	if (vfio->container < 0 || vfio->group < 0)
		return ladder_unavailable(path,
					  "no IOMMU group (is an IOMMU present and enabled?)");
	if (open_taken(vfio, path->device->address))
		return ladder_unavailable(path, "cannot open the device: %s", strerror(errno));
	if (map_registers(path))
		return -1;
	vfio->event = eventfd(0, EFD_CLOEXEC);
	if (vfio->event < 0 || enable_bus_master(vfio->device) || arm(vfio))
		return ladder_unavailable(path, "cannot arm MSI-X or MSI: %s", strerror(errno));
	return 0;
}

static int vfio_wait(struct ladder_path *path, struct ladder_stamps *stamps)
{
	struct vfio *vfio = path->state;
	uint64_t n;
	bool pending;

	/* Some cards send a message again when their status is read: it belongs to no new raise. */
	do {
		if (read(vfio->event, &n, sizeof(n)) != sizeof(n))
			return -errno;
		/* The handler is this program. */
		stamps->user = stamps->entry = ladder_now();
		pending = ladder_acknowledge(path);
		stamps->acked = ladder_now();
		vfio->notified += n;
	} while (!pending);
	stamps->notified = vfio->notified;
	return 0;
}

static int vfio_fate(struct ladder_path *path, struct ladder_fate *fate)
{
	struct vfio *vfio = path->state;
	uint64_t n = 0;

	if (fcntl(vfio->event, F_SETFL, O_NONBLOCK))
		return -errno;
	if (read(vfio->event, &n, sizeof(n)) < 0 && errno != EAGAIN)
		return -errno;
	fcntl(vfio->event, F_SETFL, 0);
	vfio->notified += n;
	fate->handled = vfio->notified;
	fate->notified = vfio->notified;
	return 0;
}

static volatile void *map_part(struct ladder_path *path, unsigned int region, uint64_t offset,
			       size_t length)
{
	struct vfio *vfio = path->state;

	vfio->part = map_region(vfio->device, region, offset, length);
	vfio->part_length = length;
	if (!vfio->part)
		ladder_unavailable(path, "cannot map region %u", region);
	return vfio->part;
}

static int access_register(struct ladder_path *path, struct reg *reg, bool is_write)
{
	struct vfio *vfio = path->state;
	uint64_t start;

	/* Regions have the same numbers as kplug's, configuration space too. */
	if (region_offset(vfio->device, reg->region, &start))
		return -errno;
	return ladder_file_access(vfio->device, start, reg, is_write);
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void vfio_close(struct ladder_path *path)
{
	struct vfio *vfio = path->state;

	if (!vfio)
		return;
	if (vfio->part)
		munmap(vfio->part, vfio->part_length);
	if (path->raise)
		munmap((char *)path->raise - path->device->raise, ladder_map_length(path->device));
	close_if_open(vfio->device);
	close_if_open(vfio->event);
	close_if_open(vfio->group);
	close_if_open(vfio->container);
	free(vfio);
}

const struct ladder_kind ladder_vfio = {
	.name = "vfio",
	.title = "VFIO, MSI",
	.mmio_reads = 1,
	.mmio_writes = 1,
	.open = vfio_open,
	.wait = vfio_wait,
	.map = map_part,
	.access = access_register,
	.fate = vfio_fate,
	.close = vfio_close,
};
