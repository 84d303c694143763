/* SPDX-License-Identifier: GPL-2.0 */
/* Taking events: read(), poll() and the map of the ring. */
#ifndef KPLUG_EVENT_READER_H
#define KPLUG_EVENT_READER_H

#include <linux/compiler.h>
#include <linux/types.h>

struct file;
struct kplug_client;
struct poll_table_struct;
struct vm_area_struct;

ssize_t kplug_reader_read(struct kplug_client *client, char __user *buf, size_t len, bool nonblock);
__poll_t kplug_reader_poll(struct kplug_client *client, struct file *file,
			   struct poll_table_struct *table);
int kplug_reader_mmap(struct kplug_client *client, struct vm_area_struct *vma, u64 offset);

#endif /* KPLUG_EVENT_READER_H */
