// SPDX-License-Identifier: MIT
/*
 * The program of docs/from-vfio.md before it moves: it sends a block to QEMU's edu device by DMA
 * and takes it back. The kernel's driver vfio-pci has the device.
 *
 *	vfio_before 0000:00:04.0
 */
#include <fcntl.h>
#include <libgen.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <edu/edu_regs.h>

#define LENGTH  2048
#define ADDRESS 0x100000 /* where the device finds the memory */

struct edu {
	int container;
	int device;
	int event;
	volatile uint8_t *registers;
	uint8_t *memory;
	uint64_t address;
};

static int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(EXIT_FAILURE);
	}
	return result;
}

static int open_group(const char *name)
{
	char path[128], target[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", name);
	n = must(readlink(path, target, sizeof(target) - 1), path);
	target[n] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", basename(target));
	return must(open(path, O_RDWR), path);
}

static void edu_open(struct edu *edu, const char *name)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int group = open_group(name);

	edu->container = must(open("/dev/vfio/vfio", O_RDWR), "/dev/vfio/vfio");
	must(ioctl(group, VFIO_GROUP_GET_STATUS, &status), "group");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		must(-1, "another driver has a device of the group");
	must(ioctl(group, VFIO_GROUP_SET_CONTAINER, &edu->container), "container");
	must(ioctl(edu->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "IOMMU");
	edu->device = must(ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name), name);
}

static uint64_t region_offset(struct edu *edu, unsigned int index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	must(ioctl(edu->device, VFIO_DEVICE_GET_REGION_INFO, &info), "region");
	return info.offset;
}

static void edu_map_registers(struct edu *edu)
{
	off_t offset = (off_t)region_offset(edu, VFIO_PCI_BAR0_REGION_INDEX);

	edu->registers = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, edu->device, offset);
	if (edu->registers == MAP_FAILED)
		must(-1, "map the registers");
}

/* Neither DMA nor a message works without it. */
static void edu_enable_bus_master(struct edu *edu)
{
	off_t at = (off_t)region_offset(edu, VFIO_PCI_CONFIG_REGION_INDEX) + PCI_COMMAND;
	uint16_t command;

	must(pread(edu->device, &command, sizeof(command), at), "read the command register");
	command |= PCI_COMMAND_MASTER;
	must(pwrite(edu->device, &command, sizeof(command), at), "enable bus mastering");
}

static void edu_enable_interrupt(struct edu *edu)
{
	char buffer[sizeof(struct vfio_irq_set) + sizeof(int32_t)];
	struct vfio_irq_set *set = (void *)buffer;

	edu->event = must(eventfd(0, 0), "eventfd");
	*set = (struct vfio_irq_set){
		.argsz = sizeof(buffer),
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSI_IRQ_INDEX,
		.count = 1,
	};
	memcpy(set->data, &edu->event, sizeof(int32_t));
	must(ioctl(edu->device, VFIO_DEVICE_SET_IRQS, set), "enable the interrupt");
}

static void edu_allocate(struct edu *edu)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = ADDRESS,
		.size = 4096,
	};

	edu->memory =
		mmap(NULL, map.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (edu->memory == MAP_FAILED)
		must(-1, "allocate");
	map.vaddr = (uintptr_t)edu->memory;
	must(ioctl(edu->container, VFIO_IOMMU_MAP_DMA, &map), "map the memory");
	edu->address = map.iova;
}

static uint32_t edu_read32(struct edu *edu, unsigned int offset)
{
	return *(volatile uint32_t *)(edu->registers + offset);
}

static void edu_write32(struct edu *edu, unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(edu->registers + offset) = value;
}

static void edu_write64(struct edu *edu, unsigned int offset, uint64_t value)
{
	*(volatile uint64_t *)(edu->registers + offset) = value;
}

static void edu_wait(struct edu *edu)
{
	uint64_t count;

	must(read(edu->event, &count, sizeof(count)), "wait");
	edu_write32(edu, EDU_IRQ_ACK, edu_read32(edu, EDU_IRQ_STATUS));
}

static void edu_transfer(struct edu *edu, uint64_t from, uint64_t to, uint64_t how)
{
	edu_write64(edu, EDU_DMA_SOURCE, from);
	edu_write64(edu, EDU_DMA_DESTINATION, to);
	edu_write64(edu, EDU_DMA_COUNT, LENGTH);
	edu_write64(edu, EDU_DMA_COMMAND, EDU_DMA_START | EDU_DMA_IRQ | how);
	edu_wait(edu);
}

int main(int argc, char **argv)
{
	struct edu edu;
	int i, wrong = 0;

	if (argc != 2)
		return 2;
	edu_open(&edu, argv[1]);
	edu_map_registers(&edu);
	edu_enable_bus_master(&edu);
	edu_enable_interrupt(&edu);
	edu_allocate(&edu);
	for (i = 0; i < LENGTH; i++)
		edu.memory[i] = (uint8_t)(i * 7);
	edu_transfer(&edu, edu.address, EDU_DMA_BUFFER, 0);
	memset(edu.memory, 0, LENGTH);
	edu_transfer(&edu, EDU_DMA_BUFFER, edu.address, EDU_DMA_FROM_DEVICE);
	for (i = 0; i < LENGTH; i++)
		wrong += edu.memory[i] != (uint8_t)(i * 7);
	printf("%d bytes there and back, %d wrong\n", LENGTH, wrong);
	return wrong != 0;
}
