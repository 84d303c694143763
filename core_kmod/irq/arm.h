/* SPDX-License-Identifier: GPL-2.0 */
/* Arming: giving a vector its handler and requesting its interrupt. */
#ifndef KPLUG_IRQ_ARM_H
#define KPLUG_IRQ_ARM_H

#include <linux/types.h>

struct kplug_arm;
struct kplug_client;
struct kplug_device;
struct kplug_step;

int kplug_arm_user(struct kplug_client *client, const struct kplug_arm *arm,
		   const struct kplug_step *steps);
int kplug_arm_disarm(struct kplug_client *client, u32 vector);
int kplug_arm_unmask(struct kplug_client *client, u32 vector);
void kplug_arm_drop_client(struct kplug_client *client, bool plugin_only);
void kplug_arm_drop_foreign(struct kplug_client *client);
void kplug_arm_drop_plugin(struct kplug_device *dev);
void kplug_arm_drop_all(struct kplug_device *dev);

#endif /* KPLUG_IRQ_ARM_H */
