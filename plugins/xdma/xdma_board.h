/* SPDX-License-Identifier: GPL-2.0 */
/* For plugins of boards with Xilinx' XDMA: what they take from the plugin xdma. */
#ifndef XDMA_BOARD_H
#define XDMA_BOARD_H

#include <linux/pci.h>

#include <kplug/plugin.h>

#include "xdma_msg.h"

/*
 * The plugin itself. A board's plugin copies both, and replaces what it does otherwise; its ops
 * call those of xdma_ops. kplug_priv() belongs to the plugin xdma.
 */
extern const struct kplug_plugin xdma_plugin;
extern const struct kplug_plugin_ops xdma_ops;

/*
 * xdma_board_user() - as XDMA_CALL_USER: names the register that takes a user interrupt down
 * Context: after xdma_ops.attach(); may sleep. Return: 0; -EINVAL.
 */
int xdma_board_user(struct kplug_device *dev, const struct xdma_user *user);

#endif /* XDMA_BOARD_H */
