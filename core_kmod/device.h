/* SPDX-License-Identifier: GPL-2.0 */
/* Devices, their parts, and the order of locks. */
#ifndef KPLUG_DEVICE_H
#define KPLUG_DEVICE_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <kplug/plugin.h>
#include <kplug/plugin_dma.h>

#include "access/region.h"

struct attribute_group;
struct class;
struct device;
struct inode;
struct kobject;
struct kplug_bus_ops;
struct kplug_dma_user;
struct kplug_io_region;
struct kplug_pool;
struct kplug_registration;
struct kplug_vector;
struct kthread_worker;
struct module;

/*
 * Locks, outermost first:
 *
 *	plugins lock (plugin/registration.c)	the registry
 *	devices lock (devices.c)	the names of devices
 *	device_lock(parent)	probe and remove, taken by the driver core
 *	pci_bus_sem		the functions of a bus, taken by the PCI core during recovery
 *	kplug_client.session_lock	attach and detach of one client
 *	kplug_dma_queue.stop_lock	stopping transactions
 *	kplug_device.lock	attach, arm, the lists of clients
 *	kplug_client.read_lock	consumers of one ring
 *	kplug_transfer_room.lock	lists of one client; outside of all others
 *	dma_buf.resv		of the exporter, possibly another driver; see move_notify()
 *	kplug_pool.lock		pieces taken and given back
 *	kplug_client.transactions	the lock of the array, while a row is claimed
 *	kplug_dma_queue.lock	raw; never held over an op of a plugin
 *	kplug_event_ring.lock	raw, producers
 *	kplug_device.command_lock	raw, writers of a PCI command register
 *
 * kplug_device.srcu protects register accesses and page faults, which run without
 * kplug_device.lock. They never wait inside of it: an access to configuration space during a
 * reset leaves and tries again.
 *
 * kplug_client.calls counts users of a session's plugin without kplug_device.lock: calls,
 * executions, aborts, and the session until it closes. The end of the session waits until it is
 * 0, with only kplug_client.session_lock held.
 *
 * Only kplug_client.session_lock and kplug_transfer_room.lock, which belong to a single client,
 * may be held while waiting for a call, a program, its memory, or a module to load.
 */

/* Transactions of all clients of a device, see dma/queue.c. */
struct kplug_dma_queue {
	struct mutex stop_lock; /* one stops transactions at a time */
	raw_spinlock_t lock;
	struct list_head waiting; /* under lock, first come first served */
	struct list_head later; /* under lock: running ones whose next chunk waits for @more */
	unsigned int running; /* under lock: number of those that run */
	bool held; /* under lock: in a pause of the device */
	struct kplug_dma_engine engine; /* under kplug_device.lock */
	wait_queue_head_t ended;
	struct irq_work wake;
	struct delayed_work watchdog;
	struct work_struct more; /* starts what has exceeded a budget */
	unsigned long next_look; /* time of the watchdog's next run, in jiffies; 0 for none */
};

/* See dma/quarantine.c. */
struct kplug_quarantine {
	struct list_head held; /* under kplug_device.lock, like the next members */
	unsigned int num;
	u64 bytes;
	unsigned long flags; /* atomic */
	bool resetting; /* open() waits; also read without the lock */
	struct delayed_work work;
};

/* A user or group that an administrator trusts with a device. */
struct kplug_grant {
	enum {
		KPLUG_GRANT_NONE,
		KPLUG_GRANT_USER,
		KPLUG_GRANT_GROUP,
	} kind;
	bool unsafe; /* granted although nothing isolates the device */
	union {
		kuid_t uid;
		kgid_t gid;
	};
};

#define KPLUG_MAX_GRANTS 16

struct kplug_device {
	struct device dev;
	struct cdev cdev;
	const struct kplug_bus_ops *bus;
	struct device *parent; /* NULL for a virtual device */
	struct module *owner; /* module of the plugin that bound it, or NULL */
	struct list_head node;
	char name[KPLUG_NAME_MAX];
	u32 id;

	struct kplug_io io;
	struct kplug_region region[KPLUG_MAX_REGIONS];
	struct inode *inode; /* for maps of buffers of its regions, see dma/peer.c */
	struct kplug_pool *pool; /* NULL without a pool */
	raw_spinlock_t command_lock; /* protects the command register of a PCI function */
	bool messages_need_intx; /* a PCI function that sends messages only while INTx is enabled */

	struct srcu_struct srcu;
	struct mutex lock;
	bool dead; /* set under lock; read under lock or srcu */
	bool leaving; /* an ISA card that is incomplete or being deleted; atomic */

	/* Under lock. */
	struct list_head clients;
	struct xarray client_ids; /* clients by id */
	u32 next_client;
	struct kplug_grant grants[KPLUG_MAX_GRANTS];
	struct kplug_registration *plugin; /* the attached plugin; also read under srcu */
	unsigned int plugin_users; /* sessions, and permanent and automatic attachment */
	bool plugin_permanent;
	bool plugin_auto;
	void *plugin_priv;
	struct kthread_worker *worker; /* for deferred handlers that sleep */

	enum kplug_irq_mode irq_mode; /* KPLUG_IRQ_AUTO before vectors are allocated */
	unsigned int num_vectors;
	unsigned int max_vectors;
	unsigned int num_armed;
	unsigned int num_mappings; /* of all clients, plus allocations of the plugin */
	bool paused; /* armed vectors are quiet, see irq/pause.c */
	bool shut_down; /* the machine shuts down: bus mastery stays off */
	struct kplug_vector *vectors; /* array of max_vectors */
	struct kobject *statistics; /* directory of the vectors' statistics */

	struct kplug_dma_queue dma;
	const struct kplug_dma_user *dma_user; /* user of its mappings */
	atomic_t num_transactions; /* made so far by all clients; numbers for the trace */
	struct list_head peers; /* under lock: buffers of its regions */
	struct list_head memory; /* under lock: memory of kplug_dma_alloc() */
	struct kplug_quarantine quarantine;
	/*
	 * Mappings whose memory was withdrawn while the device might still access it, plus
	 * one for a device that does not stop.
	 */
	atomic_t num_revoked;
	struct work_struct revocation;

	/* Clients with a ring; RCU, changed under lock. */
	struct list_head listeners;
	unsigned int num_timed; /* listeners that need times */
};

extern struct class *kplug_device_class;
int kplug_devices_init(const struct attribute_group **groups);
void kplug_devices_exit(void);
int kplug_devices_add(struct kplug_device *dev);
void kplug_devices_del(struct kplug_device *dev);
struct kplug_device *kplug_device_of_region(const struct kplug_io_region *r);
void kplug_device_for_each(void (*fn)(struct kplug_device *dev, void *arg), void *arg);
int kplug_device_init(void);
void kplug_device_exit(void);
struct kplug_device *kplug_device_alloc(const struct kplug_bus_ops *bus, struct device *parent,
					const char *name, unsigned int max_vectors);
void kplug_device_remove(struct kplug_device *dev);
int kplug_device_publish(struct kplug_device *dev);

/* The same for regions. */
static inline struct kplug_region *kplug_region_at(struct kplug_device *dev, u32 region)
{
	return &dev->region[array_index_nospec(region, KPLUG_MAX_REGIONS)];
}

static inline struct kplug_device *to_kplug_device(struct device *dev)
{
	return container_of(dev, struct kplug_device, dev);
}

/*
 * Enters the device without its lock. Unless it is dead, hardware and plugin stay until
 * kplug_device_leave(). Do not access user memory in between.
 */
static inline int kplug_device_enter(struct kplug_device *dev) __acquires(&dev->srcu)
{
	return srcu_read_lock(&dev->srcu);
}

static inline void kplug_device_leave(struct kplug_device *dev, int idx) __releases(&dev->srcu)
{
	srcu_read_unlock(&dev->srcu, idx);
}

/* For a client. Returns 0 with the lock held, -EINTR or -ENODEV. */
static inline int kplug_device_lock(struct kplug_device *dev)
{
	if (mutex_lock_killable(&dev->lock))
		return -EINTR;
	if (!dev->dead)
		return 0;
	mutex_unlock(&dev->lock);
	return -ENODEV;
}

static inline void kplug_device_put(struct kplug_device *dev)
{
	put_device(&dev->dev);
}

static inline bool kplug_device_dead(const struct kplug_device *dev)
{
	return READ_ONCE(dev->dead);
}

#endif /* KPLUG_DEVICE_H */
