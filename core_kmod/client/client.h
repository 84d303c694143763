/* SPDX-License-Identifier: GPL-2.0 */
/* A client: a program that has the device open. */
#ifndef KPLUG_CLIENT_CLIENT_H
#define KPLUG_CLIENT_CLIENT_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/compiler.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include <kplug/plugin.h>

#include "access/transfer.h"
#include "device.h"
#include "event/ring.h"

struct inode;
struct kplug_bounce;
struct kplug_registration;
struct kplug_transfer;
struct kplug_usermem;
struct module;
struct page;
struct pid;
struct seq_file;

struct kplug_client {
	struct kref ref; /* keeps the memory; the file holds one */
	struct kplug_device *dev;
	struct module *owner; /* dev->owner, pinned */
	struct inode *inode; /* for its maps, so that they can be zapped alone */
	struct list_head node;
	struct pid *pid;
	kuid_t user;
	u32 id; /* unique on the device */
	/* Trust never grows. Changed under dev->lock, also read without it, see trust.c. */
	bool trusted; /* by CAP_SYS_RAWIO or a grant */
	bool read_only; /* the descriptor was opened read-only */
	bool exclusive; /* no other client may open the device */
	bool privileged; /* by CAP_SYS_RAWIO */
	u32 grants; /* the grants that apply; under dev->lock */
	bool revoked; /* the device looks gone to this client */
	bool hungup; /* its last event was posted: the device is dead or revoked */
	bool has_peers; /* it made buffers of regions; set under dev->lock */

	/* The target of calls: the session, if this client may call; see plugin/call.c. */
	const struct kplug_registration *callee;
	atomic_t calls; /* tasks in the plugin, plus one for a session until it closes */

	struct mutex session_lock;
	bool quiet; /* under session_lock: the session is ready to end */
	bool plugin_knows; /* under session_lock: closing was called */

	/* Under dev->lock. */
	struct kplug_registration *session; /* the attached plugin */
	bool closing; /* the session is ending; also read without the lock */
	void *session_priv;
	DECLARE_BITMAP(armed, KPLUG_MAX_VECTORS);

	/* Events. The ring is made once; has_ring is set last. */
	struct kplug_event_ring ring;
	struct kplug_usermem *ring_memory;
	bool has_ring;
	bool wants_times;
	bool listening; /* counts as a listener; under dev->lock */
	/* Vectors: those that posts use; those chosen, and those allowed, under dev->lock. */
	DECLARE_BITMAP(hears, KPLUG_MAX_VECTORS);
	DECLARE_BITMAP(subscribed, KPLUG_MAX_VECTORS);
	DECLARE_BITMAP(allowed, KPLUG_MAX_VECTORS);
	struct list_head listener;
	struct mutex read_lock; /* also held while the reader sleeps */
	struct rcuwait reader; /* the task that sleeps in read() */
	wait_queue_head_t pollers;
	struct irq_work poll_work;

	struct kplug_transfer_room transfers;

	/* Writes for the client's end. Under dev->lock. */
	struct kplug_transfer *cleanup;
	u32 num_cleanup;

	struct kplug_bounce *bounce; /* its share of bounce buffers */
	struct xarray shms;
	struct xarray mappings; /* changed under dev->lock */
	struct xarray transactions; /* changed under dev->lock */
	struct page *dead_page; /* shown in maps after removal */
	struct mutex dead_lock;
};

int kplug_client_lock(struct kplug_client *client);
struct kplug_client *kplug_client_find(struct kplug_device *dev,
				       bool (*wanted)(const struct kplug_client *client));
void kplug_client_put(struct kplug_client *client);
struct kplug_client *kplug_client_open(struct kplug_device *dev, bool read_only, bool exclusive);
int kplug_client_end(struct kplug_client *client, bool killable);
void kplug_client_close(struct kplug_client *client);
const char *kplug_client_trust(const struct kplug_client *client);
void kplug_client_show(struct seq_file *m, struct kplug_client *client);

/* Is the device gone for this client? */
static inline bool kplug_client_gone(const struct kplug_client *client)
{
	return kplug_device_dead(client->dev) || READ_ONCE(client->revoked);
}

#endif /* KPLUG_CLIENT_CLIENT_H */
