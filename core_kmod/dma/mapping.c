// SPDX-License-Identifier: GPL-2.0
/* Mappings: dma-bufs of any driver that a device can access. */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <kplug/plugin_dma.h>

#include "client/client.h"
#include "client/lockdown.h"
#include "device.h"
#include "dma/attachment.h"
#include "dma/bounce.h"
#include "dma/buffer.h"
#include "dma/mapping.h"
#include "dma/master.h"
#include "dma/peer.h"
#include "dma/quarantine.h"
#include "dma/reach.h"
#include "dma/segments.h"
#include "object.h"
#include "plugin/registration.h"

static void free_mapping(struct kref *ref)
{
	struct kplug_dma_mapping *m = container_of(ref, struct kplug_dma_mapping, ref);

	kplug_dma_bounce_put(m->bounce);
	kplug_dma_segments_free(m);
	kfree(m);
	kplug_object_destroyed(KPLUG_OBJECT_MAPPING);
}

/* Drops a reference to the structure; kplug_dma_mapping_put() drops one of a user. */
void kplug_dma_mapping_release(struct kplug_dma_mapping *m)
{
	kref_put(&m->ref, free_mapping);
}

static void unmap_mapping(struct kplug_dma_mapping *m)
{
	if (m->attachment)
		kplug_dma_attachment_detach(m);
	dma_buf_put(m->dmabuf);
	kplug_dma_mapping_release(m);
}

static struct kplug_dma_mapping *to_mapping(struct kplug_held *held)
{
	return container_of(held, struct kplug_dma_mapping, held);
}

static void release_held(struct kplug_held *held)
{
	unmap_mapping(to_mapping(held));
}

/*
 * Memory of another driver can only be kept together with its dma-buf and attachment, which must
 * not refer to code of this module.
 */
static void leak_foreign(struct kplug_dma_mapping *m)
{
	get_device(m->dev->parent);
	if (m->movable) {
		/* The buffer stays pinned. */
		dma_resv_lock(m->dmabuf->resv, NULL);
		dma_buf_unmap_attachment(m->attachment, m->table, m->direction);
		dma_resv_unlock(m->dmabuf->resv);
		dma_buf_detach(m->dmabuf, m->attachment);
	}
	kplug_dma_mapping_release(m);
}

static void leak_held(struct kplug_held *held)
{
	struct kplug_dma_mapping *m = to_mapping(held);

	if (kplug_dma_peer_is(m->dmabuf)) {
		unmap_mapping(m);
	} else if (kplug_dma_buffer_is(m->dmabuf)) {
		kplug_dma_buffer_leak(m->dmabuf, m->dev->parent);
		unmap_mapping(m);
	} else {
		leak_foreign(m);
	}
}

/* Neither a program nor a plugin has reported, or will report, that the device has finished. */
static bool in_doubt(const struct kplug_dma_mapping *m)
{
	return m->attachment && (READ_ONCE(m->exposed) || atomic_read(&m->users) ||
				 kplug_dma_quarantine_stuck(m->dev));
}

static void hold_mapping(struct kplug_dma_mapping *m)
{
	m->held = (struct kplug_held){
		.bytes = m->dmabuf->size,
		.release = release_held,
		.leak = leak_held,
	};
	kplug_dma_quarantine_add(m->dev, &m->held);
}

/* Takes over the caller's reference to @dmabuf. */
static struct kplug_dma_mapping *map_buffer(struct kplug_client *client, struct dma_buf *dmabuf,
					    enum dma_data_direction direction)
{
	struct kplug_dma_mapping *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!m)
		goto err_put;
	m->dev = client->dev;
	m->dmabuf = dmabuf;
	m->direction = direction;
	m->bounce = kplug_dma_bounce_get(client->bounce);
	err = kplug_dma_attachment_charge(m);
	if (err)
		goto err_free;
	err = kplug_dma_attachment_make(m);
	if (err)
		goto err_charge;
	kref_init(&m->ref);
	atomic_set(&m->users, 0);
	kplug_object_created(KPLUG_OBJECT_MAPPING);
	return m;

err_charge:
	kplug_dma_bounce_uncharge(m->bounce, m->bounced);
err_free:
	kplug_dma_bounce_put(m->bounce);
	kfree(m);
err_put:
	dma_buf_put(dmabuf);
	return ERR_PTR(err);
}

static const enum dma_data_direction directions[] = {
	[KPLUG_DMA_BOTH] = DMA_BIDIRECTIONAL,
	[KPLUG_DMA_TO_DEVICE] = DMA_TO_DEVICE,
	[KPLUG_DMA_FROM_DEVICE] = DMA_FROM_DEVICE,
};

/*
 * Other drivers' exporters leave it to the DMA API to find out that the device cannot reach a
 * page, and the DMA API then warns of a broken driver.
 */
static bool reachable(struct device *parent, const struct dma_buf *dmabuf)
{
	return kplug_dma_buffer_is(dmabuf) || kplug_dma_peer_is(dmabuf) ||
	       kplug_dma_reach_translated(parent) || !dma_addressing_limited(parent);
}

static struct dma_buf *get_buffer(struct device *parent, struct kplug_dma_map *arg)
{
	struct dma_buf *dmabuf = dma_buf_get(arg->fd);
	int err = 0;

	if (IS_ERR(dmabuf))
		return ERR_PTR(-EINVAL);
	if (arg->offset >= dmabuf->size || arg->length > dmabuf->size - arg->offset)
		err = -EINVAL;
	else if (!reachable(parent, dmabuf))
		err = -EOPNOTSUPP;
	if (err) {
		dma_buf_put(dmabuf);
		return ERR_PTR(err);
	}
	arg->length = arg->length ?: dmabuf->size - arg->offset;
	return dmabuf;
}

static int publish_mapping(struct kplug_client *client, struct kplug_dma_mapping *m,
			   struct kplug_dma_map *arg)
{
	int err = kplug_dma_segments_list(m, client->dev->parent, arg->offset, arg->length);

	if (!err)
		err = xa_alloc(&client->mappings, &arg->out_id, m, XA_LIMIT(1, KPLUG_MAX_MAPPINGS),
			       GFP_KERNEL_ACCOUNT);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	arg->out_segments = m->num;
	kplug_dma_master_need(client->dev, 1);
	return 0;
}

/* Asks the plugin whether the client may map this length. */
static int ask_plugin(struct kplug_client *client, u64 length, enum kplug_dma_direction direction)
{
	const struct kplug_registration *reg = client->session;

	lockdep_assert_held(&client->dev->lock);
	return reg && reg->ops.dma_map ? reg->ops.dma_map(client, length, direction) : 0;
}

/* KPLUG_DMA_MAP. The lock keeps the device bound while it is mapped. */
int kplug_dma_mapping_make(struct kplug_client *client, struct kplug_dma_map *arg)
{
	struct device *parent = client->dev->parent;
	u64 length = arg->length;
	struct dma_buf *dmabuf;
	struct kplug_dma_mapping *m;
	int err;

	lockdep_assert_held(&client->dev->lock);
	if (!kplug_dma_capable(client->dev))
		return -EOPNOTSUPP;
	if (arg->direction >= ARRAY_SIZE(directions))
		return -EINVAL;
	err = client->session ? 0 : kplug_lockdown_master(client->dev);
	if (err)
		return err;
	dmabuf = get_buffer(parent, arg);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	err = ask_plugin(client, arg->length, arg->direction);
	if (err) {
		dma_buf_put(dmabuf);
		return err;
	}
	m = map_buffer(client, dmabuf,
		       directions[array_index_nospec(arg->direction, ARRAY_SIZE(directions))]);
	if (IS_ERR(m))
		return PTR_ERR(m);
	err = publish_mapping(client, m, arg);
	if (err)
		unmap_mapping(m);
	arg->length = length;
	return err;
}

/* KPLUG_DMA_UNMAP. The program states that the device has finished with the memory. */
int kplug_dma_mapping_unmap(struct kplug_client *client, u32 id)
{
	struct kplug_dma_mapping *m;
	bool revoked;
	int err = 0;

	lockdep_assert_held(&client->dev->lock);
	xa_lock(&client->mappings);
	m = xa_load(&client->mappings, id);
	if (!m)
		err = -ENOENT;
	else if (atomic_read(&m->users))
		err = -EBUSY;
	else
		__xa_erase(&client->mappings, id);
	xa_unlock(&client->mappings);
	if (err)
		return err;
	kplug_dma_master_need(client->dev, -1);
	revoked = kplug_dma_mapping_revoked(m);
	/* After kplug_dma_stuck() the program's statement does not count. */
	if (m->attachment && kplug_dma_quarantine_stuck(client->dev))
		hold_mapping(m);
	else
		unmap_mapping(m);
	/* The mapping may have been the reason why the device has no bus mastery. */
	if (revoked)
		kplug_dma_master_go_on(client->dev);
	return 0;
}

/* Returns true when there may be more. */
static bool drop_some_mappings(struct kplug_client *client)
{
	unsigned int left = KPLUG_DROP_AT_ONCE;
	struct kplug_device *dev = client->dev;
	struct kplug_dma_mapping *m;
	unsigned long id;

	lockdep_assert_held(&dev->lock);
	xa_for_each(&client->mappings, id, m) {
		xa_erase(&client->mappings, id);
		dev->num_mappings--;
		if (in_doubt(m))
			hold_mapping(m);
		else
			unmap_mapping(m);
		if (!--left)
			break;
	}
	if (left != KPLUG_DROP_AT_ONCE)
		kplug_dma_master_go_on(dev);
	return !left;
}

/*
 * A client or the device ends. Its transactions have ended, but the program may have programmed the
 * device itself. That memory goes into quarantine, so that the device may stay a bus master for
 * other clients.
 */
void kplug_dma_mapping_drop(struct kplug_client *client)
{
	while (drop_some_mappings(client))
		cond_resched();
}

/* The same in steps, between which other tasks get the device's lock. */
void kplug_dma_mapping_drop_slowly(struct kplug_client *client)
{
	bool more;

	do {
		mutex_lock(&client->dev->lock);
		more = drop_some_mappings(client);
		mutex_unlock(&client->dev->lock);
		cond_resched();
	} while (more);
}

/* Counts the transactions that use the mapping. */
void kplug_dma_mapping_count(struct kplug_dma_mapping *m, int change)
{
	lockdep_assert_held(&m->dev->lock);
	m->transactions += change;
}

/* Only transactions, all of which have ended, gave the device its address. */
static bool is_unused_mapping(struct kplug_client *client, struct kplug_dma_mapping *m)
{
	bool ret;

	/* A task that is about to use it without seeing the revocation holds this lock. */
	xa_lock(&client->mappings);
	ret = !m->exposed && atomic_read(&m->users) == m->transactions;
	xa_unlock(&client->mappings);
	return ret;
}

/* If the plugin or the program must release the mapping first, the device waits without mastery. */
static void revoke_each(struct kplug_client *client)
{
	struct kplug_dma_mapping *m;
	unsigned long id;

	xa_for_each(&client->mappings, id, m)
		if (kplug_dma_mapping_revoked(m) && m->attachment && is_unused_mapping(client, m))
			kplug_dma_attachment_detach(m);
}

static void revoke_all(struct work_struct *work)
{
	struct kplug_device *dev = container_of(work, struct kplug_device, revocation);
	struct kplug_client *client;

	dev->dma_user->stop(dev);
	mutex_lock(&dev->lock);
	if (!dev->dead) {
		list_for_each_entry(client, &dev->clients, node)
			revoke_each(client);
		kplug_dma_master_go_on(dev);
	}
	mutex_unlock(&dev->lock);
}

void kplug_dma_mapping_init(struct kplug_device *dev)
{
	INIT_WORK(&dev->revocation, revoke_all);
}

/* No mapping exists any more. Without the lock, because the work takes it. */
void kplug_dma_mapping_exit(struct kplug_device *dev)
{
	cancel_work_sync(&dev->revocation);
}

struct kplug_dma_mapping *kplug_dma_mapping_get(struct kplug_client *client, u32 id)
{
	struct kplug_dma_mapping *m;

	xa_lock(&client->mappings);
	m = xa_load(&client->mappings, id);
	if (m && (kplug_dma_mapping_revoked(m) || READ_ONCE(m->outdated)))
		m = NULL;
	if (m) {
		kref_get(&m->ref);
		atomic_inc(&m->users);
	}
	xa_unlock(&client->mappings);
	return m;
}
EXPORT_SYMBOL_GPL(kplug_dma_mapping_get);

void kplug_dma_mapping_put(struct kplug_dma_mapping *m)
{
	atomic_dec(&m->users);
	if (unlikely(kplug_dma_mapping_revoked(m)))
		queue_work(system_long_wq, &m->dev->revocation);
	kplug_dma_mapping_release(m);
}
EXPORT_SYMBOL_GPL(kplug_dma_mapping_put);

const struct kplug_dma_segment *kplug_dma_mapping_segments(const struct kplug_dma_mapping *m,
							   u32 *num,
							   enum kplug_dma_direction *direction)
{
	*num = m->num;
	*direction = m->direction == DMA_TO_DEVICE   ? KPLUG_DMA_TO_DEVICE :
		     m->direction == DMA_FROM_DEVICE ? KPLUG_DMA_FROM_DEVICE :
						       KPLUG_DMA_BOTH;
	return m->segments;
}
EXPORT_SYMBOL_GPL(kplug_dma_mapping_segments);
