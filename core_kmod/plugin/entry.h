/* SPDX-License-Identifier: GPL-2.0 */
/* Entering the plugin of a session without the device's lock, by counting. */
#ifndef KPLUG_PLUGIN_ENTRY_H
#define KPLUG_PLUGIN_ENTRY_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include <kplug/plugin.h>

#include "client/client.h"

struct kplug_registration;

/* A plugin that has none of these flags and no window does not admit restricted clients. */
#define KPLUG_PLUGIN_ALLOW_FLAGS                                                         \
	(KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS | KPLUG_PLUGIN_ALLOW_SHM | \
	 KPLUG_PLUGIN_ALLOW_DMA)

const struct kplug_registration *kplug_entry_begin(struct kplug_client *client);
bool kplug_entry_admits(const struct kplug_client *client, const struct kplug_registration *reg);
int kplug_entry_wait(struct kplug_client *client, bool killable);

static inline void kplug_entry_end(struct kplug_client *client)
{
	if (atomic_dec_and_test(&client->calls))
		wake_up_var(&client->calls);
}

#endif /* KPLUG_PLUGIN_ENTRY_H */
