// SPDX-License-Identifier: GPL-2.0
/* Bus mastery of devices. */
#include <linux/lockdep.h>

#include "bus/bus.h"
#include "device.h"
#include "dma/master.h"

/* Changes the number of users that need bus mastery. */
void kplug_dma_master_need(struct kplug_device *dev, int change)
{
	lockdep_assert_held(&dev->lock);
	dev->num_mappings += change;
	if (!dev->dead)
		dev->bus->set_master(dev, dev->num_mappings);
}

void kplug_dma_master_go_on(struct kplug_device *dev)
{
	kplug_dma_master_need(dev, 0);
	dev->dma_user->go_on(dev);
}
