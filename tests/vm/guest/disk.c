// SPDX-License-Identifier: MIT
// What tests of NVMe disks share.
#include "device.h"
#include "disk.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct kplug_handler handler = { .plugin = "nvme" };

struct kplug *disk_attach(struct kplug *k)
{
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &handler), KPLUG_HANDLER_PLUGIN);
	return k;
}

struct kplug *disk_open(const char *address)
{
	if (!strcmp(pci_driver(address), "nvme"))
		device_unbind(address);
	device_bind(address);
	return disk_attach(device_open(address));
}

void disk_load_linux(void)
{
	if (kernel_is_debug())
		test_skip(NVME_DRIVER_FAULT);
	if (module_load("nvme"))
		test_skip("this kernel has no driver of its own");
}

/* Gives the disk to the kernel's own driver: the opposite of disk_open(). */
void disk_give_to_linux(const char *address)
{
	if (*pci_driver(address) && strcmp(pci_driver(address), "nvme"))
		device_unbind(address);
	if (!*pci_driver(address))
		file_write(address, "/sys/bus/pci/drivers/nvme/bind");
	ck_assert(WAIT_UNTIL(file_exists("/dev/nvme0n1"), 10000));
}

struct nvme_info disk_info(struct kplug *k)
{
	struct nvme_info info;

	ck_assert_int_eq(kplug_call(k, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info)),
			 sizeof(info));
	return info;
}

struct area area_pinned(struct kplug *k, void *memory, uint64_t length,
			enum kplug_dma_direction direction)
{
	struct area area = { .k = k, .memory = memory, .length = length };
	struct kplug_dma_mapping mapping;
	uint64_t offset;
	int fd = kplug_dma_buffer_pin(k, memory, length, 0, &offset);

	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(k, fd, offset, length, direction, &mapping));
	close(fd);
	area.mapping = mapping.id;
	return area;
}

struct area area_made(struct kplug *k, uint64_t length)
{
	void *memory =
		mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 0, length);
	return area_pinned(k, memory, length, KPLUG_DMA_BOTH);
}

void area_unmade(struct area *area)
{
	OK(kplug_dma_unmap(area->k, area->mapping));
	OK(munmap(area->memory, area->length));
}

int disk_transaction(const struct area *area, uint64_t offset, uint64_t length, uint32_t *id)
{
	struct kplug_dma_transaction t = { .mapping = area->mapping,
					   .offset = offset,
					   .length = length };
	int err = kplug_dma_transaction_make(area->k, &t);

	*id = t.out_id;
	return err;
}

struct kplug_dma_execution disk_execution(uint32_t id, const struct order *o)
{
	return (struct kplug_dma_execution){
		.id = id,
		.poll_us = o->poll_us,
		.args = { o->operation, o->block, o->namespace ? o->namespace : 1, o->flags },
	};
}

struct kplug_dma_transaction_info disk_ended(struct kplug *k, uint32_t id)
{
	struct kplug_dma_transaction_info info;

	struct kplug_event events[32];

	OK(kplug_dma_transaction_wait(k, id, 30000, &info));
	ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_IDLE);
	/* A full ring refuses the next transaction. */
	while (kplug_wait(k, events, ARRAY_SIZE(events), 0) > 0)
		;
	return info;
}

int disk_transfer(const struct area *area, struct order o)
{
	struct kplug_dma_transaction_info info;
	struct kplug_dma_execution e;
	uint32_t id;
	int err = disk_transaction(area, o.offset, o.length, &id);

	if (err)
		return err;
	e = disk_execution(id, &o);
	err = kplug_dma_transaction_execute(area->k, &e, 1);
	if (err == 1) {
		info = disk_ended(area->k, id);
		err = info.out_status;
		if (!err)
			ck_assert_uint_eq(info.out_bytes, o.length);
	}
	OK(kplug_dma_transaction_release(area->k, id));
	return err;
}

int disk_io(const struct area *area, uint64_t operation, uint64_t block, uint64_t offset,
	    uint64_t length, uint32_t poll_us)
{
	return disk_transfer(area, (struct order){
					   .operation = operation,
					   .block = block,
					   .offset = offset,
					   .length = length,
					   .poll_us = poll_us,
				   });
}

int disk_flush(struct kplug *k, uint32_t namespace)
{
	return kplug_call(k, NVME_CALL_FLUSH, &namespace, sizeof(namespace), NULL, 0);
}

void disk_plug(const char *properties)
{
	/*
	 * A new disk makes the kernel load its own driver, which must not bind the disk before
	 * kplug. Once the driver is loaded, the kernel offers it each new device, whatever
	 * drivers_autoprobe says.
	 */
	OK(file_write("0", "/sys/bus/pci/drivers_autoprobe"));
	if (module_loaded("nvme"))
		OK(module_unload("nvme"));
	pci_unplug("edu0", EDU0);
	ck_assert_msg(hostcall("device_add nvme nvme1 rp0 %s", properties), "%s", hostcall_answer);
	pci_wait_added(EDU0);
	uevents_settle();
	OK(file_write("1", "/sys/bus/pci/drivers_autoprobe"));
}

void disk_unplug(void)
{
	pci_unplug("nvme1", EDU0);
	if (module_loaded("nvme"))
		OK(module_unload("nvme"));
	ck_assert_msg(hostcall("device_add edu edu0 rp0"), "%s", hostcall_answer);
	pci_wait_added(EDU0);
}
