// SPDX-License-Identifier: GPL-2.0
/* Grants: users and groups that an administrator trusts with a device. */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "bus/bus.h"
#include "client/client.h"
#include "client/grant.h"
#include "client/trust.h"
#include "compat.h"
#include "device.h"
#include "dma/reach.h"

static bool is_same_grant(const struct kplug_grant *a, const struct kplug_grant *b)
{
	return a->kind == b->kind &&
	       (a->kind == KPLUG_GRANT_USER ? uid_eq(a->uid, b->uid) : gid_eq(a->gid, b->gid));
}

static bool fits_current(const struct kplug_grant *grant)
{
	switch (grant->kind) {
	case KPLUG_GRANT_USER:
		return uid_eq(current_fsuid(), grant->uid);
	case KPLUG_GRANT_GROUP:
		return in_group_p(grant->gid);
	default:
		return false;
	}
}

/**
 * kplug_grant_find() - find the grants that apply to the current task
 * @dev: the device, with its lock
 *
 * It compares the ids that also decide about permissions of the node. In a user namespace no
 * grant applies: any user can create one, be root in it, and act for every user mapped there.
 *
 * Return: a bit mask of the grants.
 */
u32 kplug_grant_find(const struct kplug_device *dev)
{
	u32 found = 0;
	int i;

	lockdep_assert_held(&dev->lock);
	BUILD_BUG_ON(KPLUG_MAX_GRANTS > 32);
	if (current_user_ns() != &init_user_ns)
		return 0;
	for (i = 0; i < KPLUG_MAX_GRANTS; i++)
		if (fits_current(&dev->grants[i]))
			found |= BIT(i);
	return found;
}

static int count_function(struct device *dev, void *num)
{
	/* Linux controls bridges itself. */
	if (!dev_is_pci(dev) || !pci_is_bridge(to_pci_dev(dev)))
		++*(unsigned int *)num;
	return 0;
}

/*
 * A program that has the registers of a device controls its DMA. Does an IOMMU limit that
 * DMA, and messages, which are DMA too, to what is mapped for this device?
 */
static bool is_isolated(struct device *parent)
{
	struct iommu_group *group = iommu_group_get(parent);
	unsigned int num = 0;
	bool isolated;

	if (!group)
		return false;
	iommu_group_for_each_dev(group, &num, count_function);
	isolated = num == 1 && kplug_dma_reach_translated(parent) &&
		   kplug_compat_isolated_messages(parent, group);
	iommu_group_put(group);
	return isolated;
}

/* A virtual device has no hardware, and the machine's controller does the DMA of ISA cards. */
static bool is_contained(const struct kplug_device *dev)
{
	return !dev->parent || dev->bus->type == KPLUG_BUS_ISA || is_isolated(dev->parent);
}

static struct kplug_grant *find_grant(struct kplug_device *dev, const struct kplug_grant *wanted)
{
	int i;

	for (i = 0; i < KPLUG_MAX_GRANTS; i++)
		if (is_same_grant(&dev->grants[i], wanted))
			return &dev->grants[i];
	return NULL;
}

static struct kplug_grant *find_free(struct kplug_device *dev)
{
	int i;

	for (i = 0; i < KPLUG_MAX_GRANTS; i++)
		if (dev->grants[i].kind == KPLUG_GRANT_NONE)
			return &dev->grants[i];
	return NULL;
}

static int add_grant(struct kplug_device *dev, const struct kplug_grant *grant)
{
	struct kplug_grant *slot;

	if (find_grant(dev, grant))
		return -EALREADY;
	slot = find_free(dev);
	if (!slot)
		return -ENOSPC;
	if (!is_contained(dev)) {
		if (!grant->unsafe)
			return -EOPNOTSUPP;
		/* As do other drivers that give DMA to programs without privileges. */
		dev_warn(
			kplug_parent(dev),
			"kplug: granted without an IOMMU that isolates the device: its clients can access all memory\n");
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	}
	*slot = *grant;
	return 0;
}

/* Clients without another grant lose the device immediately. */
static int take_back_grant(struct kplug_device *dev, const struct kplug_grant *wanted)
{
	struct kplug_grant *grant = find_grant(dev, wanted);
	struct kplug_client *client;
	u32 bit;

	if (!grant)
		return -ENOENT;
	bit = BIT(grant - dev->grants);
	*grant = (struct kplug_grant){};
	list_for_each_entry(client, &dev->clients, node) {
		if (!(client->grants & bit))
			continue;
		client->grants &= ~bit;
		if (!client->grants)
			kplug_trust_withdraw(client);
	}
	return 0;
}

static int parse_id(const char *text, struct kplug_grant *grant)
{
	bool is_group = !strncmp(text, "gid:", 4);
	u32 id;

	if (!is_group && strncmp(text, "uid:", 4))
		return -EINVAL;
	/* kstrtou32() would accept a sign. */
	if (!isdigit(text[4]) || kstrtou32(text + 4, 10, &id))
		return -EINVAL;
	if (is_group) {
		grant->kind = KPLUG_GRANT_GROUP;
		grant->gid = make_kgid(current_user_ns(), id);
		return gid_valid(grant->gid) ? 0 : -EINVAL;
	}
	grant->kind = KPLUG_GRANT_USER;
	grant->uid = make_kuid(current_user_ns(), id);
	return uid_valid(grant->uid) ? 0 : -EINVAL;
}

/* Parses "uid:1000", "gid:44 unsafe" or "-uid:1000". */
static int parse_grant(char *line, struct kplug_grant *grant, bool *remove)
{
	char *text = strim(line);
	char *option;

	*remove = *text == '-';
	text += *remove;
	option = strchr(text, ' ');
	if (option) {
		*option++ = '\0';
		if (*remove || strcmp(option, "unsafe"))
			return -EINVAL;
		grant->unsafe = true;
	}
	return parse_id(text, grant);
}

/**
 * kplug_grant_store() - process one line written to the attribute "grants"
 * @dev: the device
 * @line: the line; the parser modifies it
 * @removed: set when clients may have lost the device; then call kplug_revoke_finish()
 *
 * Return: 0; -EINVAL, -EALREADY, -ENOENT, -ENOSPC, or -EOPNOTSUPP when nothing isolates the
 * device: nothing has changed; -EINTR, -ENODEV.
 */
int kplug_grant_store(struct kplug_device *dev, char *line, bool *removed)
{
	struct kplug_grant grant = {};
	bool remove;
	int err;

	err = parse_grant(line, &grant, &remove) ?: kplug_device_lock(dev);
	if (err)
		return err;
	err = remove ? take_back_grant(dev, &grant) : add_grant(dev, &grant);
	mutex_unlock(&dev->lock);
	*removed = !err && remove;
	return err;
}

ssize_t kplug_grant_show(struct kplug_device *dev, char *buf)
{
	struct user_namespace *ns = current_user_ns();
	ssize_t len = 0;
	int i;

	mutex_lock(&dev->lock);
	for (i = 0; i < KPLUG_MAX_GRANTS; i++) {
		const struct kplug_grant *grant = &dev->grants[i];
		const char *option = grant->unsafe ? " unsafe" : "";

		if (grant->kind == KPLUG_GRANT_USER)
			len += sysfs_emit_at(buf, len, "uid:%u%s\n",
					     from_kuid_munged(ns, grant->uid), option);
		else if (grant->kind == KPLUG_GRANT_GROUP)
			len += sysfs_emit_at(buf, len, "gid:%u%s\n",
					     from_kgid_munged(ns, grant->gid), option);
	}
	mutex_unlock(&dev->lock);
	return len;
}
