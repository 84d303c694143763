// SPDX-License-Identifier: GPL-2.0
/* Test plugin for a UART: its handler accesses ports only. */
#include <kplug/plugin.h>

#include "kplug_uart.h"

static const struct kplug_plugin_ops uart_ops = {
	.hard = uart_handler,
};

static const struct kplug_plugin uart = {
	KPLUG_PLUGIN_INIT,
	.name = "uart",
	.ops = &uart_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD,
};
module_kplug_plugin(uart, uart);

MODULE_DESCRIPTION("kplug test plugin for a UART");
MODULE_LICENSE("GPL");
