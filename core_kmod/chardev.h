/* SPDX-License-Identifier: GPL-2.0 */
/* The file operations of /dev/kplug/<address>. */
#ifndef KPLUG_CHARDEV_H
#define KPLUG_CHARDEV_H

#include <linux/fs.h>

extern const struct file_operations kplug_chardev_fops;

#endif /* KPLUG_CHARDEV_H */
