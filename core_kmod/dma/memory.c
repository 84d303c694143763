// SPDX-License-Identifier: GPL-2.0
/* A plugin's own memory that its device can access. */
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <kplug/plugin_dma.h>

#include "device.h"
#include "dma/master.h"
#include "dma/quarantine.h"

/* Memory of kplug_dma_alloc(). */
struct memory {
	struct list_head node; /* in kplug_device.memory, until it is held */
	struct kplug_device *dev;
	void *at;
	size_t length;
	dma_addr_t address;
	struct kplug_held held;
};

static void free_memory(struct memory *memory)
{
	dma_free_coherent(memory->dev->parent, memory->length, memory->at, memory->address);
	kfree(memory);
}

static void release_memory(struct kplug_held *held)
{
	free_memory(container_of(held, struct memory, held));
}

static void leak_memory(struct kplug_held *held)
{
	kfree(container_of(held, struct memory, held));
}

void *kplug_dma_alloc(struct kplug_device *dev, size_t length, dma_addr_t *address)
{
	struct memory *memory;

	lockdep_assert_held(&dev->lock);
	if (!kplug_dma_capable(dev))
		return NULL;
	memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	if (!memory)
		return NULL;
	memory->at = dma_alloc_coherent(dev->parent, length, address, GFP_KERNEL);
	if (!memory->at) {
		kfree(memory);
		return NULL;
	}
	memory->dev = dev;
	memory->length = length;
	memory->address = *address;
	list_add(&memory->node, &dev->memory);
	kplug_dma_master_need(dev, 1);
	return memory->at;
}
EXPORT_SYMBOL_GPL(kplug_dma_alloc);

static struct memory *find_memory(struct kplug_device *dev, const void *at)
{
	struct memory *memory;

	list_for_each_entry(memory, &dev->memory, node)
		if (memory->at == at)
			return memory;
	return NULL;
}

static void hold_memory(struct memory *memory)
{
	memory->held = (struct kplug_held){
		.bytes = memory->length,
		.release = release_memory,
		.leak = leak_memory,
	};
	kplug_dma_quarantine_add(memory->dev, &memory->held);
}

void kplug_dma_free(struct kplug_device *dev, size_t length, void *at, dma_addr_t address)
{
	struct memory *memory;

	lockdep_assert_held(&dev->lock);
	if (!at)
		return;
	memory = find_memory(dev, at);
	if (WARN_ON_ONCE(!memory))
		return;
	list_del(&memory->node);
	kplug_dma_master_need(dev, -1);
	if (kplug_dma_quarantine_stuck(dev))
		hold_memory(memory);
	else
		free_memory(memory);
}
EXPORT_SYMBOL_GPL(kplug_dma_free);
