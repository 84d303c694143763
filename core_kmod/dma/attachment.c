// SPDX-License-Identifier: GPL-2.0
/* Attaching buffers to a device and mapping them, and undoing both. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/iommu.h>

#include "client/grant.h"
#include "device.h"
#include "dma/attachment.h"
#include "dma/bounce.h"
#include "dma/buffer.h"
#include "dma/importer.h"
#include "dma/mapping.h"
#include "dma/peer.h"

/*
 * A buffer that cannot move is attached as such; otherwise it would be mapped in both
 * directions.
 */
static int attach_buffer(struct kplug_dma_mapping *m)
{
	struct device *parent = m->dev->parent;

	m->movable = m->dmabuf->ops->pin;
	m->attachment =
		m->movable ? dma_buf_dynamic_attach(m->dmabuf, parent, &kplug_dma_importer_ops, m) :
			     dma_buf_attach(m->dmabuf, parent);
	if (!IS_ERR(m->attachment) && kplug_dma_buffer_is(m->dmabuf))
		kplug_dma_buffer_share(m->attachment, m->bounce);
	return PTR_ERR_OR_ZERO(m->attachment);
}

static int map_attachment(struct kplug_dma_mapping *m)
{
	int err = m->movable ? dma_buf_pin(m->attachment) : 0;
	struct sg_table *table;

	if (err)
		return err;
	table = dma_buf_map_attachment(m->attachment, m->direction);
	if (IS_ERR(table)) {
		if (m->movable)
			dma_buf_unpin(m->attachment);
		return PTR_ERR(table);
	}
	m->table = table;
	return 0;
}

/*
 * The kernel flushes IOMMU mappings late, when the pages may have other users already. That is
 * acceptable for a device of a driver, but not for one that is controlled by a program which is
 * trusted with nothing else.
 */
static void drop_now(struct kplug_device *dev)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev->parent);

	if (domain && kplug_grant_any(dev))
		iommu_flush_iotlb_all(domain);
}

static void unmap_attachment(struct kplug_dma_mapping *m)
{
	dma_buf_unmap_attachment(m->attachment, m->table, m->direction);
	drop_now(m->dev);
	if (m->movable)
		dma_buf_unpin(m->attachment);
	m->table = NULL;
}

void kplug_dma_attachment_detach(struct kplug_dma_mapping *m)
{
	dma_resv_lock(m->dmabuf->resv, NULL);
	unmap_attachment(m);
	dma_resv_unlock(m->dmabuf->resv);
	dma_buf_detach(m->dmabuf, m->attachment);
	m->attachment = NULL;
	kplug_dma_bounce_uncharge(m->bounce, m->bounced);
	m->bounced = 0;
	if (m->revoked)
		atomic_dec(&m->dev->num_revoked);
}

/* Other drivers' exporters map the whole buffer, and do not report how much they copy. */
int kplug_dma_attachment_charge(struct kplug_dma_mapping *m)
{
	struct device *parent = m->dev->parent;
	int err;

	if (kplug_dma_buffer_is(m->dmabuf) || kplug_dma_peer_is(m->dmabuf) ||
	    !kplug_dma_bounce_possible(parent))
		return 0;
	err = kplug_dma_bounce_charge(m->bounce, parent, m->dmabuf->size);
	if (!err)
		m->bounced = m->dmabuf->size;
	return err;
}

int kplug_dma_attachment_make(struct kplug_dma_mapping *m)
{
	int err = attach_buffer(m);

	if (err)
		return err;
	dma_resv_lock(m->dmabuf->resv, NULL);
	err = map_attachment(m);
	dma_resv_unlock(m->dmabuf->resv);
	if (err) {
		dma_buf_detach(m->dmabuf, m->attachment);
		return err;
	}
	/* A graphics card may still be moving the buffer to its pinned place. */
	if (dma_resv_wait_timeout(m->dmabuf->resv, DMA_RESV_USAGE_KERNEL, true,
				  MAX_SCHEDULE_TIMEOUT) < 0) {
		kplug_dma_attachment_detach(m);
		return -EINTR;
	}
	return 0;
}
