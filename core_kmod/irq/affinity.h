/* SPDX-License-Identifier: GPL-2.0 */
/* Affinity: the CPUs that handle a vector's interrupt. */
#ifndef KPLUG_IRQ_AFFINITY_H
#define KPLUG_IRQ_AFFINITY_H

struct kplug_affinity;
struct kplug_client;

int kplug_affinity_run(struct kplug_client *client, const struct kplug_affinity *arg);

#endif /* KPLUG_IRQ_AFFINITY_H */
