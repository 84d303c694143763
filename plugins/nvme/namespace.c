// SPDX-License-Identifier: GPL-2.0
/* Namespaces: scanning the controller for them, and tracking changes. */
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "nvme.h"

/* How long a program waits for a scan. */
#define SCAN_TIMEOUT HZ

/* Index in the table, or -ENOENT. */
int nvme_namespaces_find(const struct nvme_table *table, u64 id)
{
	unsigned int i;

	for (i = 0; i < table->num; i++)
		if (table->namespaces[i].id == id)
			return i;
	return -ENOENT;
}

bool nvme_namespaces_have(struct nvme *nvme, u32 id)
{
	bool found;

	rcu_read_lock();
	found = nvme_namespaces_find(rcu_dereference(nvme->table), id) >= 0;
	rcu_read_unlock();
	return found;
}

void nvme_namespaces_describe(struct nvme *nvme, struct nvme_info *info)
{
	const struct nvme_table *table;

	rcu_read_lock();
	table = rcu_dereference(nvme->table);
	info->num_namespaces = table->num;
	memcpy(info->namespaces, table->namespaces, sizeof(info->namespaces));
	rcu_read_unlock();
}

/* Namespaces with metadata or protection information are not supported. */
static void add(struct nvme_table *table, const void *identity, u32 nsid)
{
	const u8 *id = identity;
	u8 flbas = id[NVME_NS_FLBAS];
	const __le32 *formats = identity + NVME_NS_LBAF;
	u32 format = le32_to_cpu(formats[(flbas & 0xf) | (flbas >> 1 & 0x30)]);
	u64 num_blocks = le64_to_cpup(identity + NVME_NS_NSZE);

	if (!num_blocks || id[NVME_NS_DPS] & 7 || NVME_LBAF_MS(format) ||
	    NVME_LBAF_DS(format) < 9 || NVME_LBAF_DS(format) > ilog2(NVME_PAGE) ||
	    num_blocks > U64_MAX >> NVME_LBAF_DS(format))
		return;
	table->namespaces[table->num++] = (struct nvme_namespace){
		.num_blocks = num_blocks,
		.block_size = 1u << NVME_LBAF_DS(format),
		.id = nsid,
		.flags = id[NVME_NS_NSATTR] & 1 ? NVME_NAMESPACE_READ_ONLY : 0,
	};
}

/* Does the error concern this namespace alone, which may have gone meanwhile? */
static bool is_answer(int err)
{
	return err == -EINVAL || err == -EAGAIN;
}

static int fill(struct nvme *nvme, struct nvme_table *table)
{
	__le32 ids[NVME_MAX_NAMESPACES];
	unsigned int i;
	u32 id, last = 0;
	int err = nvme_admin_identify(nvme, NVME_IDENTIFY_ACTIVE, 0);

	if (err)
		return err;
	memcpy(ids, nvme->identity, sizeof(ids));
	for (i = 0; i < NVME_MAX_NAMESPACES; i++) {
		id = le32_to_cpu(ids[i]);
		/* Ids ascend, so none occurs twice; special ids name no single namespace. */
		if (id <= last || id >= NVME_NSID_SPECIAL)
			break;
		last = id;
		err = nvme_admin_identify(nvme, NVME_IDENTIFY_NAMESPACE, id);
		if (!err)
			add(table, nvme->identity, id);
		else if (!is_answer(err))
			return err;
	}
	return 0;
}

static const struct nvme_table *current_table(struct nvme *nvme)
{
	return rcu_dereference_protected(nvme->table, lockdep_is_held(&nvme->lock));
}

/* An unchanged namespace keeps its epoch, so transactions checked with it stay valid. */
static void set_epochs(struct nvme *nvme, struct nvme_table *table)
{
	const struct nvme_table *old = current_table(nvme);
	unsigned int i;

	for (i = 0; i < table->num; i++) {
		const struct nvme_namespace *ns = &table->namespaces[i];

		/* The index must be the same too: see noted_namespace(). */
		if (old && i < old->num && !memcmp(&old->namespaces[i], ns, sizeof(*ns)))
			table->epochs[i] = old->epochs[i];
		else
			table->epochs[i] = ++nvme->epoch;
	}
}

/**
 * nvme_namespaces_scan() - read all namespaces from the controller
 * @nvme: under nvme.lock
 *
 * Return: 0; or -errno, and the table is unchanged.
 */
int nvme_namespaces_scan(struct nvme *nvme)
{
	struct nvme_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	struct nvme_table *old;
	int err;

	if (!table)
		return -ENOMEM;
	err = fill(nvme, table);
	if (err) {
		kfree(table);
		return err;
	}
	set_epochs(nvme, table);
	nvme->scanned = jiffies;
	old = rcu_replace_pointer(nvme->table, table, lockdep_is_held(&nvme->lock));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/* Wakes all waiters for a scan. */
void nvme_namespaces_scanned(struct nvme *nvme)
{
	struct nvme_waiter *waiter, *next;
	unsigned long flags;

	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	list_for_each_entry_safe(waiter, next, &nvme->scans, node) {
		list_del_init(&waiter->node);
		waiter->status = 0;
		complete(&waiter->done);
	}
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
}

/**
 * nvme_namespaces_wait() - request a scan and wait for it
 * @nvme: the controller
 * @session: the session of the caller
 *
 * Context: process, may sleep, killable.
 * Return: 0, also when the controller is down or slow, and the table of the previous scan
 * stays; -EINTR, -ENODEV, -ECANCELED.
 */
int nvme_namespaces_wait(struct nvme *nvme, struct nvme_session *session)
{
	struct nvme_waiter waiter;
	unsigned long flags;
	int err;

	if (READ_ONCE(nvme->state) != NVME_UP)
		return 0;
	nvme_waiter_init(&waiter, session);
	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	err = nvme_waiter_refusal(nvme, &waiter);
	if (!err)
		list_add_tail(&waiter.node, &nvme->scans);
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
	if (err)
		return err;
	nvme_recover_want(nvme, NVME_WANT_SCAN);
	err = nvme_waiter_sleep(nvme, &waiter, jiffies + SCAN_TIMEOUT);
	return err == -ETIMEDOUT || err == -EIO ? 0 : err;
}

void nvme_namespaces_free(struct nvme *nvme)
{
	/* No transaction exists any more. */
	kfree(rcu_dereference_protected(nvme->table, true));
}
