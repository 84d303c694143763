/* SPDX-License-Identifier: GPL-2.0 */
/* Transfers: lists of register accesses, which the core checks as a whole and then runs. */
#ifndef KPLUG_ACCESS_TRANSFER_H
#define KPLUG_ACCESS_TRANSFER_H

#include <linux/mutex.h>
#include <linux/types.h>

struct kplug_client;
struct kplug_device;
struct kplug_element;
struct kplug_transfer;
struct kplug_transfers;

/* A client's memory for lists in the kernel; grows with the longest list. */
struct kplug_transfer_room {
	struct mutex lock;
	struct kplug_transfer *list;
	u32 num;
	u64 *page; /* for a part of a block */
};

extern const struct kplug_element kplug_transfer_element;
int kplug_transfer_single(struct kplug_client *client, struct kplug_transfer *t);
void kplug_transfer_last(struct kplug_device *dev, struct kplug_transfer *t);
int kplug_transfer_may_write(const struct kplug_client *client);
int kplug_transfer_user(struct kplug_client *client, struct kplug_transfers *arg);
void kplug_transfer_init(struct kplug_client *client);
void kplug_transfer_free(struct kplug_client *client);

#endif /* KPLUG_ACCESS_TRANSFER_H */
