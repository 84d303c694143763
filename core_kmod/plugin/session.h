/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions of clients with the plugin of their device. */
#ifndef KPLUG_PLUGIN_SESSION_H
#define KPLUG_PLUGIN_SESSION_H

#include <linux/types.h>

struct kplug_client;
struct kplug_device;

int kplug_session_end_locked(struct kplug_client *client, bool killable);
void kplug_session_end(struct kplug_client *client);
int kplug_session_attach(struct kplug_client *client, const char *name, u32 min_version);
int kplug_session_detach(struct kplug_client *client);
void kplug_session_join(struct kplug_client *client);
void kplug_session_quiet_all(struct kplug_device *dev);
void kplug_session_evict_all(struct kplug_device *dev);

#endif /* KPLUG_PLUGIN_SESSION_H */
