/* SPDX-License-Identifier: GPL-2.0 */
/* System sleep. */
#ifndef KPLUG_BUS_POWER_H
#define KPLUG_BUS_POWER_H

#include <linux/pm.h>

extern const struct dev_pm_ops kplug_power_ops;

#endif /* KPLUG_BUS_POWER_H */
