/* SPDX-License-Identifier: GPL-2.0 */
/* Mappings, for the files that make and use them. */
#ifndef KPLUG_DMA_MAPPING_H
#define KPLUG_DMA_MAPPING_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/dma-direction.h>
#include <linux/kref.h>
#include <linux/types.h>

#include "dma/quarantine.h"

struct dma_buf;
struct dma_buf_attachment;
struct kplug_bounce;
struct kplug_client;
struct kplug_device;
struct kplug_dma_map;
struct kplug_dma_segment;
struct sg_table;

struct kplug_dma_mapping {
	struct kref ref; /* keeps the segments while they are copied */
	atomic_t users; /* need it mapped; increased under the array's lock */
	bool exposed; /* a program knows the addresses; set under the array's lock */
	bool movable; /* unless it is pinned */
	unsigned int transactions; /* that use it; under the device's lock */
	bool outdated; /* mapped with wider limits than the device's; not for the plugin */
	bool revoked; /* the exporter has withdrawn it; under the exporter's lock */
	struct kplug_device *dev;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment; /* under the device's lock; NULL when revoked */
	struct sg_table *table; /* under the exporter's lock; NULL when not mapped */
	enum dma_data_direction direction;
	bool synced; /* needs sync: CPUs and device may see different data */
	struct kplug_bounce *bounce; /* charged for bounce buffers */
	u64 bounced; /* bytes that another driver's exporter may bounce */
	u32 num;
	struct kplug_dma_segment *segments;
	u64 *starts; /* of the segments in all of them, and the length of all */
	u64 starts_of_one[2]; /* for a single segment */
	struct kplug_held held; /* in the quarantine, after its last user */
};

/* Mappings or transactions dropped before other tasks get the device's lock. */
#define KPLUG_DROP_AT_ONCE 64

void kplug_dma_mapping_release(struct kplug_dma_mapping *m);
int kplug_dma_mapping_make(struct kplug_client *client, struct kplug_dma_map *arg);
int kplug_dma_mapping_unmap(struct kplug_client *client, u32 id);
void kplug_dma_mapping_drop(struct kplug_client *client);
void kplug_dma_mapping_drop_slowly(struct kplug_client *client);
void kplug_dma_mapping_count(struct kplug_dma_mapping *m, int change);
void kplug_dma_mapping_init(struct kplug_device *dev);
void kplug_dma_mapping_exit(struct kplug_device *dev);

static inline bool kplug_dma_mapping_revoked(const struct kplug_dma_mapping *m)
{
	return READ_ONCE(m->revoked);
}

#endif /* KPLUG_DMA_MAPPING_H */
