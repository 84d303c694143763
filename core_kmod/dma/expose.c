// SPDX-License-Identifier: GPL-2.0
/* Exposing the bus addresses of a mapping to a program. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/panic.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "client/client.h"
#include "device.h"
#include "dma/expose.h"
#include "dma/mapping.h"
#include "dma/reach.h"
#include "memory/array.h"

const struct kplug_element kplug_dma_segment_element = KPLUG_ELEMENT(kplug_dma_segment, length);

/*
 * Without an IOMMU, bus addresses are memory addresses, and the program could make the device write
 * to any memory. From here on the kernel's reports show that.
 */
static void taint(const struct kplug_device *dev)
{
	static atomic_t told;
	char comm[TASK_COMM_LEN];

	if (kplug_dma_reach_translated(dev->parent) || atomic_xchg(&told, 1))
		return;
	get_task_comm(comm, current);
	dev_warn(
		dev->parent,
		"kplug: program %*pE (process %d) gets addresses for DMA, and no IOMMU keeps the device from accessing other memory\n",
		(int)strlen(comm), comm, task_tgid_nr(current));
	add_taint(TAINT_USER, LOCKDEP_STILL_OK);
}

/* KPLUG_DMA_SEGMENTS. Without the lock, because it writes to the program's memory. */
int kplug_dma_expose_segments(struct kplug_client *client, const struct kplug_dma_segments *arg)
{
	int err = kplug_array_check(&kplug_dma_segment_element, arg->stride);
	struct kplug_dma_mapping *m;

	if (err)
		return err;
	xa_lock(&client->mappings);
	m = xa_load(&client->mappings, arg->id);
	if (m && kplug_dma_mapping_revoked(m)) {
		xa_unlock(&client->mappings);
		return -ENODEV;
	}
	if (m) {
		kref_get(&m->ref);
		WRITE_ONCE(m->exposed, true);
	}
	xa_unlock(&client->mappings);
	if (!m)
		return kplug_client_gone(client) ? -ENODEV : -ENOENT;
	if (!arg->num_segments || arg->first > m->num || arg->num_segments > m->num - arg->first) {
		kplug_dma_mapping_release(m);
		return -EINVAL;
	}
	taint(client->dev);
	err = kplug_array_put(&kplug_dma_segment_element, u64_to_user_ptr(arg->segments),
			      arg->stride, m->segments + arg->first, arg->num_segments);
	kplug_dma_mapping_release(m);
	return err;
}
