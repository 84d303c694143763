/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of commands.def: their functions, and the checks before each of them. */
#ifndef KPLUG_COMMAND_H
#define KPLUG_COMMAND_H

#include <linux/compiler.h>

struct kplug_client;

long kplug_command_run(struct kplug_client *client, unsigned int number, void __user *user);

#endif /* KPLUG_COMMAND_H */
