/* SPDX-License-Identifier: GPL-2.0 */
/* The limits on clients and listeners of a device. */
#ifndef KPLUG_CLIENT_LIMIT_H
#define KPLUG_CLIENT_LIMIT_H

struct kplug_client;

int kplug_limit_sharing(const struct kplug_client *client);
int kplug_limit_client(const struct kplug_client *client);
int kplug_limit_listener(struct kplug_client *client);

#endif /* KPLUG_CLIENT_LIMIT_H */
