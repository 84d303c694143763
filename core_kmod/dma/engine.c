// SPDX-License-Identifier: GPL-2.0
/* The limits of a plugin's DMA engine. */
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/module.h>

#include <kplug/plugin_dma.h>

#include "device.h"
#include "dma/engine.h"

static const struct kplug_dma_engine any_engine = {
	.depth = 1,
	.max_chunk = U32_MAX,
	.max_segments = 1,
	.alignment = 1,
};

int kplug_dma_set_engine(struct kplug_device *dev, const struct kplug_dma_engine *engine)
{
	struct kplug_dma_engine *e = &dev->dma.engine;
	u32 alignment = engine->alignment ?: 1;

	lockdep_assert_held(&dev->lock);
	if (!is_power_of_2(alignment) || engine->max_chunk % alignment)
		return -EINVAL;
	e->depth = engine->depth ?: any_engine.depth;
	e->max_chunk = engine->max_chunk ?: any_engine.max_chunk;
	e->max_segments = engine->max_segments ?: any_engine.max_segments;
	e->alignment = alignment;
	return 0;
}
EXPORT_SYMBOL_GPL(kplug_dma_set_engine);

/* Sets the defaults before a plugin is attached. */
void kplug_dma_engine_reset(struct kplug_device *dev)
{
	dev->dma.engine = any_engine;
}
