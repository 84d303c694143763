// SPDX-License-Identifier: MIT
/* tests/bench: a device of vfio-pci. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "vfio.h"

static int open_group(const char *address)
{
	char path[128], target[128], node[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	n = readlink(path, target, sizeof(target) - 1);
	bench_check(path, n < 0 ? -errno : 0);
	target[n] = '\0';
	snprintf(node, sizeof(node), "/dev/vfio/%s", basename(target));
	return open(node, O_RDWR);
}

static void check(const char *what, int result)
{
	bench_check(what, result < 0 ? -errno : 0);
}

void vfio_open(struct vfio *vfio, const char *address)
{
	int group = open_group(address);

	check("the group of vfio", group);
	vfio->container = open("/dev/vfio/vfio", O_RDWR);
	check("/dev/vfio/vfio", vfio->container);
	check("VFIO_GROUP_SET_CONTAINER", ioctl(group, VFIO_GROUP_SET_CONTAINER, &vfio->container));
	check("VFIO_SET_IOMMU", ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	vfio->device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
	check("VFIO_GROUP_GET_DEVICE_FD", vfio->device);
}

uint64_t vfio_region(const struct vfio *vfio, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	check("VFIO_DEVICE_GET_REGION_INFO",
	      ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, &info));
	return info.offset;
}

void vfio_map(const struct vfio *vfio, void *memory, uint64_t iova, uint64_t length)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uint64_t)(uintptr_t)memory,
		.iova = iova,
		.size = length,
	};

	check("VFIO_IOMMU_MAP_DMA", ioctl(vfio->container, VFIO_IOMMU_MAP_DMA, &map));
}

void vfio_unmap(const struct vfio *vfio, uint64_t iova, uint64_t length)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap),
						    .iova = iova,
						    .size = length };

	check("VFIO_IOMMU_UNMAP_DMA", ioctl(vfio->container, VFIO_IOMMU_UNMAP_DMA, &unmap));
}
