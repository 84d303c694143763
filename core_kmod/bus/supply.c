// SPDX-License-Identifier: GPL-2.0
/* What a platform device needs before its registers answer: power, clocks, the end of its reset. */
#include <linux/clk.h>
#include <linux/device.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>
#include <linux/slab.h>

#include "bus/supply.h"

struct clocks {
	struct clk_bulk_data *list;
	int num;
};

/* The name of the group of resources below, for any device. */
static char group;

static void release_power(void *parent)
{
	pm_runtime_put_sync(parent);
	pm_runtime_disable(parent);
}

/* Wakes the power domain and the parents, and keeps them awake: the core sees no mapped access. */
static int take_power(struct device *parent)
{
	int err;

	pm_runtime_enable(parent);
	err = pm_runtime_resume_and_get(parent);
	if (err) {
		pm_runtime_disable(parent);
		return err;
	}
	return devm_add_action_or_reset(parent, release_power, parent);
}

static void stop_clocks(void *arg)
{
	struct clocks *clocks = arg;

	clk_bulk_disable_unprepare(clocks->num, clocks->list);
}

static int start_clocks(struct device *parent)
{
	struct clocks *clocks = devm_kzalloc(parent, sizeof(*clocks), GFP_KERNEL);
	int err;

	if (!clocks)
		return -ENOMEM;
	clocks->num = devm_clk_bulk_get_all(parent, &clocks->list);
	if (clocks->num <= 0)
		return clocks->num;
	err = clk_bulk_prepare_enable(clocks->num, clocks->list);
	return err ?: devm_add_action_or_reset(parent, stop_clocks, clocks);
}

static void assert_resets(void *resets)
{
	reset_control_assert(resets);
}

/* Other devices may have the same reset, which is asserted when the last one lets go of it. */
static int deassert_resets(struct device *parent)
{
	struct reset_control *resets = devm_reset_control_array_get_optional_shared(parent);
	int err;

	if (IS_ERR_OR_NULL(resets))
		return PTR_ERR_OR_ZERO(resets);
	err = reset_control_deassert(resets);
	return err ?: devm_add_action_or_reset(parent, assert_resets, resets);
}

/**
 * kplug_supply_on() - make the registers of a platform device answer
 * @parent: the platform device, in its probe
 *
 * Return: 0, or the error of a supplier; -EPROBE_DEFER while one has no driver yet.
 */
int kplug_supply_on(struct device *parent)
{
	int err;

	if (!devres_open_group(parent, &group, GFP_KERNEL))
		return -ENOMEM;
	err = take_power(parent) ?: start_clocks(parent) ?: deassert_resets(parent);
	if (err) {
		devres_release_group(parent, &group);
		return dev_err_probe(parent, err, "kplug: no power, clock or reset line\n");
	}
	devres_close_group(parent, &group);
	return 0;
}

/* In its remove: afterwards the bus takes it out of its power domain. */
void kplug_supply_off(struct device *parent)
{
	devres_release_group(parent, &group);
}
