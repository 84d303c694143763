/* SPDX-License-Identifier: MIT */
/* Blocks of an NVMe disk, through the nvme plugin. */
#ifndef KPLUG_TEST_DISK_H
#define KPLUG_TEST_DISK_H

#include <kplug.h>
#include <nvme/nvme_msg.h>
#include <stdint.h>

#define PAGE  4096u
#define BLOCK 512u
#define MIB   (1u << 20)

/* disk_attach() - puts the nvme plugin on it; returns @k */
struct kplug *disk_attach(struct kplug *k);
/*
 * disk_open() - binds, opens and attaches; the kernel's own driver, once loaded, takes every disk
 * and loses it here
 */
struct kplug *disk_open(const char *address);
void disk_load_linux(void);
/* disk_give_to_linux() - the opposite of disk_open(): the kernel's own driver has it */
void disk_give_to_linux(const char *address);
struct nvme_info disk_info(struct kplug *k);

/* Memory that the disk reaches. */
struct area {
	struct kplug *k;
	uint8_t *memory;
	uint64_t length;
	uint32_t mapping;
};

/* area_pinned() - over memory of this program, which starts in a page */
struct area area_pinned(struct kplug *k, void *memory, uint64_t length,
			enum kplug_dma_direction direction);
struct area area_made(struct kplug *k, uint64_t length);
void area_unmade(struct area *area);

/* What to transfer, and how to wait for it. */
struct order {
	uint64_t operation;
	uint64_t block;
	uint64_t offset; /* in the area */
	uint64_t length;
	uint32_t poll_us;
	uint32_t namespace; /* 0 for the first one */
	uint64_t flags;
};

/* disk_transaction() - over a part of the area; 0 or -errno */
int disk_transaction(const struct area *area, uint64_t offset, uint64_t length, uint32_t *id);
struct kplug_dma_execution disk_execution(uint32_t id, const struct order *o);
struct kplug_dma_transaction_info disk_ended(struct kplug *k, uint32_t id);
/* disk_transfer() - why it was refused, or how it ended */
int disk_transfer(const struct area *area, struct order o);
int disk_io(const struct area *area, uint64_t operation, uint64_t block, uint64_t offset,
	    uint64_t length, uint32_t poll_us);
int disk_flush(struct kplug *k, uint32_t namespace);

/*
 * disk_plug() - one more controller at EDU0, where edu0 is otherwise; the properties are QEMU's
 * DISK_SLOW is a disk whose commands take three seconds each. disk_unplug() puts edu0 back.
 */
#define DISK_SLOW   "serial=slow drive=slow0"
#define DISK_SECOND "serial=kplug subsys=subsystem0" /* shares the namespace of NVME */
void disk_plug(const char *properties);
void disk_unplug(void);

#endif
