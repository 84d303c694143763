/* SPDX-License-Identifier: MIT */
/* What the kernel module and the device can do. */
#ifndef KPLUG_FEATURE_H
#define KPLUG_FEATURE_H

#include "common/command.h"

/* Print them, or add them to @root if there is one; 0 or -errno. */
int features_show(struct kplug *k, const struct kplug_device_info *info, cJSON *root);

#endif /* KPLUG_FEATURE_H */
