/* SPDX-License-Identifier: GPL-2.0 */
/* What a platform device needs before its registers answer: power, clocks, the end of its reset. */
#ifndef KPLUG_BUS_SUPPLY_H
#define KPLUG_BUS_SUPPLY_H

struct device;

int kplug_supply_on(struct device *parent);
void kplug_supply_off(struct device *parent);

#endif /* KPLUG_BUS_SUPPLY_H */
