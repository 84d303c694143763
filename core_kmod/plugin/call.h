/* SPDX-License-Identifier: GPL-2.0 */
/* Calls: messages from programs to their plugin, and the answers. */
#ifndef KPLUG_PLUGIN_CALL_H
#define KPLUG_PLUGIN_CALL_H

#include <linux/compiler.h>

struct kplug_call;
struct kplug_client;

long kplug_call_run(struct kplug_client *client, const struct kplug_call *call);
long kplug_call_ioctl(struct kplug_client *client, unsigned int number, void __user *user);

#endif /* KPLUG_PLUGIN_CALL_H */
