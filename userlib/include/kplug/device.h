/* SPDX-License-Identifier: MIT */
/* Opening a device: what every program needs. */
#ifndef LIBKPLUG_DEVICE_H
#define LIBKPLUG_DEVICE_H

#include <errno.h> /* the errors that the functions return */
#include <stddef.h>
#include <stdint.h>

#include <kplug/handler.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * struct kplug - an open device
 * @io: the regions mapped so far, see kplug_io_user()
 * @ring: the event ring; without a ring, one that is always empty
 * @records: the records of the ring
 * @mask: number of records in the ring - 1
 * @filtered: not 0 once events may belong to a function of this program
 *
 * Only the inline functions of these headers use the members. The library keeps
 * private data behind them.
 */
struct kplug {
	struct kplug_io io;
	struct kplug_ring_page *ring;
	const struct kplug_event *records;
	uint32_t mask;
	uint32_t filtered;
};

/* kplug_opts.flags */
#define KPLUG_OPEN_NO_RING   (1u << 0) /* receive no events */
#define KPLUG_OPEN_NO_TIMES  (1u << 1) /* events have no times: KPLUG_RING_NO_TIMES */
#define KPLUG_OPEN_EXCLUSIVE (1u << 2) /* no other program may have the device open */

/* The number of records that kplug_opts.ring_entries 0 stands for. */
#define KPLUG_RING_DEFAULT 1024

/**
 * struct kplug_opts - options of kplug_open(); all zero is the default
 * @flags: KPLUG_OPEN_*
 * @ring_entries: records of the event ring, a power of two from 2; 0 for
 *	KPLUG_RING_DEFAULT. At most ring_entries - 1 other events can queue: one record
 *	is reserved for KPLUG_EVENT_STORM and KPLUG_EVENT_REMOVED
 * @spin_ns: time in ns that kplug_wait() polls the ring before it sleeps
 */
struct kplug_opts {
	unsigned int flags;
	unsigned int ring_entries;
	uint64_t spin_ns;
};

/**
 * kplug_open() - open a device
 * @k: filled with the device
 * @name: PCI address ("0000:00:04.0" or "00:04.0"), name of a platform, ISA or virtual
 *	device, or a path that begins with "/"
 * @opts: options, NULL for the default
 *
 * Also creates and maps the event ring, unless @opts says otherwise. A restricted client
 * may have a ring only when the plugin allows events; it then gets the ring in
 * kplug_attach().
 *
 * Return: 0; -ENOENT when kplug has no such device; -EACCES when the caller may not open
 * its node; -EBUSY when another program has the device open exclusively, or at all with
 * KPLUG_OPEN_EXCLUSIVE (kplug_holders() names the programs); -EPERM for
 * KPLUG_OPEN_EXCLUSIVE of a restricted client; -EOPNOTSUPP when the kernel module is too
 * old for it; -EPROTO when the kernel module has another ABI version; -EINVAL for a bad
 * name or option; -ENOMEM, -ENODEV.
 */
int kplug_open(struct kplug **k, const char *name, const struct kplug_opts *opts);

/**
 * kplug_close() - close a device
 * @k: from kplug_open(); NULL does nothing
 *
 * Ends kplug_listen(), unmaps the regions and the ring, and closes the descriptor. The
 * kernel disarms and detaches what this program attached once nothing refers to the open
 * device any more: neither another process that inherited the descriptor, nor memory of
 * kplug_shm_alloc() that was not freed. No other function may be running on @k.
 *
 * Return: 0; -EDEADLK in a handler or callback of the same device, which stays open.
 */
int kplug_close(struct kplug *k);

/**
 * kplug_fd() - get the descriptor for poll(2), epoll(7) or select(2)
 * @k: the device
 *
 * The descriptor is readable while an event is queued, and hangs up once the device is
 * gone. When it is readable, take the events with kplug_wait() and a timeout of 0.
 *
 * Return: the descriptor, which the library owns.
 */
int kplug_fd(const struct kplug *k);

/**
 * kplug_reason() - get why a call failed, in words
 * @k: the device; NULL for a function without one, such as kplug_open() and kplug_bind(), or
 *	for whatever device the call was about
 *
 * Ask after a function has failed, and before the next call. The sentence is more precise than
 * the error number: it knows which function failed. It may change from version to version.
 *
 * Each thread has a reason of its own, that of its last call that failed. Therefore several
 * threads that use one device do not disturb each other, and no lock is needed. A failure on
 * another device is no reason for @k.
 *
 * Return: one sentence in English, without a dot; never NULL. It is valid until a call of this
 * thread fails, and must not be freed.
 */
const char *kplug_reason(const struct kplug *k);

/**
 * kplug_info() - get the properties of a device
 * @k: the device
 * @info: filled
 *
 * Return: 0, -ENODEV.
 */
int kplug_info(struct kplug *k, struct kplug_device_info *info);

/**
 * kplug_features() - get what the kernel module supports
 * @k: the device; works also when it is gone
 * @command: number of a command to query, for example KPLUG_ARM; 0 for none
 * @features: filled
 *
 * Programs that must run with older kernel modules need it.
 *
 * Return: 0.
 */
int kplug_features(struct kplug *k, unsigned int command, struct kplug_features *features);

/**
 * kplug_reset() - reset a device
 * @k: the device
 *
 * Configuration space is restored, and vectors stay attached. The program must program
 * the device's own registers again. Every client that listens, including this program,
 * gets KPLUG_EVENT_RESET. Registers may read as all ones during the reset.
 *
 * Return: 0; -EOPNOTSUPP when the device cannot be reset alone; -EBUSY when another
 * reset, a recovery or a removal does not end within a second; -EINTR, -EPERM, -ENODEV, or the
 * reason why the reset failed.
 */
int kplug_reset(struct kplug *k);

/**
 * kplug_restrict() - give up the trust of an open device for good
 * @k: the device
 *
 * Afterwards every process that has the descriptor of @k, including this one, may only do
 * what the attached plugin allows restricted clients; see KPLUG_RESTRICT. A program can
 * thus prepare the device and pass kplug_fd() to a program without privileges. Before the
 * call, detach handlers other than the plugin's, and unmap regions, which read as all ones
 * afterwards.
 *
 * Return: 0, also when @k was not trusted; -ENOTTY when the kernel module is older;
 * -ENODEV.
 */
int kplug_restrict(struct kplug *k);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_DEVICE_H */
