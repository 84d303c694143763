/* SPDX-License-Identifier: MIT */
/* Attaching a plugin to a device. */
#ifndef KPLUG_ATTACH_H
#define KPLUG_ATTACH_H

/* Say why @plugin cannot be attached to @device; gives COMMAND_FAILED. */
int fail_attach(const char *device, const char *plugin, int err);

#endif /* KPLUG_ATTACH_H */
