// SPDX-License-Identifier: GPL-2.0
/* kplug as an importer of buffers, which their exporters may withdraw. */
#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/workqueue.h>

#include "bus/bus.h"
#include "compat.h"
#include "device.h"
#include "dma/importer.h"
#include "dma/mapping.h"

/*
 * The exporter withdraws the buffer. It holds its lock, which nests inside of the device's lock, so
 * this only stops the device, and revoke_all() does the rest. Before the buffer is pinned it may
 * move freely.
 */
static void move_notify(struct dma_buf_attachment *attachment)
{
	struct kplug_dma_mapping *m = attachment->importer_priv;

	if (!m->table || m->revoked)
		return;
	WRITE_ONCE(m->revoked, true);
	atomic_inc(&m->dev->num_revoked);
	m->dev->bus->quiesce(m->dev);
	queue_work(system_long_wq, &m->dev->revocation);
}

const struct dma_buf_attach_ops kplug_dma_importer_ops = {
	.allow_peer2peer = true,
	.KPLUG_COMPAT_INVALIDATE = move_notify,
};

/* Is kplug the importer, which releases the buffer when notified? */
bool kplug_dma_importer_is(const struct dma_buf_attachment *attachment)
{
	return attachment->importer_ops == &kplug_dma_importer_ops;
}
