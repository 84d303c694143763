/* SPDX-License-Identifier: GPL-2.0 */
/* Cleanup: the writes that a client leaves for its end. */
#ifndef KPLUG_ACCESS_CLEANUP_H
#define KPLUG_ACCESS_CLEANUP_H

struct kplug_cleanup;
struct kplug_client;

int kplug_cleanup_set(struct kplug_client *client, const struct kplug_cleanup *arg);
void kplug_cleanup_run(struct kplug_client *client);

#endif /* KPLUG_ACCESS_CLEANUP_H */
