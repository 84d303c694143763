/* SPDX-License-Identifier: MIT */
/* Messages to the plugin, and memory shared with it. */
#ifndef LIBKPLUG_CALL_H
#define LIBKPLUG_CALL_H

#include <kplug/device.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * kplug_call() - send a message to the plugin and wait for its answer
 * @k: the device, attached to a plugin
 * @cmd: command; the plugin defines its meaning
 * @in: the message, may be NULL if @in_len is 0
 * @in_len: length of the message in bytes
 * @out: room for the answer, may be NULL if @out_len is 0
 * @out_len: bytes at @out
 *
 * Several threads may call at the same time.
 *
 * Return: length of the answer in bytes; -ENOTCONN when no plugin is attached; -E2BIG when
 * @in_len or @out_len is more than the plugin accepts; -EPERM, -ENODEV, or an error of the
 * plugin.
 */
int kplug_call(struct kplug *k, unsigned int cmd, const void *in, size_t in_len, void *out,
	       size_t out_len);

/**
 * struct kplug_shm - memory shared with the plugin
 * @addr: address of the map
 * @length: in bytes, whole pages
 * @id: identifies the memory in a call
 */
struct kplug_shm {
	void *addr;
	size_t length;
	uint32_t id;
};

/**
 * kplug_shm_alloc() - allocate memory shared with the plugin
 * @k: the device
 * @length: requested length in bytes, at most KPLUG_MAX_SHM
 * @shm: filled
 *
 * Return: 0; -EINVAL for a bad length; -ENOSPC when this client has KPLUG_MAX_SHMS blocks
 * of memory; -EPERM, -ENOMEM, -ENODEV.
 */
int kplug_shm_alloc(struct kplug *k, size_t length, struct kplug_shm *shm);

/**
 * kplug_shm_free() - undo kplug_shm_alloc()
 * @k: the device
 * @shm: from kplug_shm_alloc(); the plugin may keep the memory longer
 *
 * Return: 0, also when the device is gone; -ENOENT when there is no such memory.
 */
int kplug_shm_free(struct kplug *k, struct kplug_shm *shm);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_CALL_H */
