/* SPDX-License-Identifier: MIT */
/* The library's state of an open device, and functions that its files share. */
#ifndef KPLUG_PRIVATE_H
#define KPLUG_PRIVATE_H

#include "sys.h" /* first: it fixes the size of off_t */

#include <pthread.h>

#include <kplug.h>

struct kplug_map_part;

enum kplug_slot_state {
	KPLUG_SLOT_FREE,
	KPLUG_SLOT_ATTACHED,
	KPLUG_SLOT_LEAVING, /* no run starts any more; kplug_detach() waits for the last one */
};

/*
 * A vector's handler. @attaching protects attach and detach. A run begins and ends with an
 * atomic change of @use, without a lock. Until it has ended, only @unmask may change.
 */
struct kplug_slot {
	unsigned int (*user)(struct kplug_irq *irq);
	void *ctx;
	uint16_t event_type;
	unsigned char kind; /* enum kplug_handler_kind */
	unsigned char unmask; /* atomic: unmask the line after a run of the user function */
	unsigned int use; /* atomic: enum kplug_slot_state, and KPLUG_SLOT_RUN for each run */
};

#define KPLUG_SLOT_STATE 3u /* these bits of @use */
#define KPLUG_SLOT_RUN   4u /* one for each run of the user function that has not ended */

/* The thread of kplug_listen(). */
struct kplug_listener {
	pthread_mutex_t lock; /* of kplug_listen() and kplug_unlisten() */
	pthread_t thread;
	int stop_fd; /* -1 when there is no thread */
	int stop; /* set with @stop_fd; can be read without a system call */
	void (*callback)(struct kplug *k, const struct kplug_event *event, void *ctx);
	void *ctx;
};

/*
 * Locks: the library holds @attaching around the system calls of kplug_attach() and
 * kplug_detach(), and takes @lock inside of it for short sections. It holds neither while a
 * function of the program runs, nor while a thread waits for the end of one.
 */
struct kplug_private {
	struct kplug pub; /* first, so that the two are one pointer */
	int fd;
	uint32_t ring_entries; /* requested; 0 for no ring */
	uint32_t ring_flags;
	size_t ring_size; /* bytes mapped; 0 without a ring */
	uint64_t spin_ns;
	uint64_t withheld; /* events that the program does not get: no KPLUG_NOTIFY */
	uint64_t lost; /* losses reported in withheld events */
	pthread_mutex_t attaching;
	unsigned int plugin_users; /* slots attached to the plugin; under @attaching */
	pthread_mutex_t lock; /* protects the maps, and waiting for the end of runs */
	pthread_cond_t idle; /* signalled when the last run of a slot in LEAVING ends */
	unsigned int user_functions; /* slots with a user function */
	struct kplug_map_part *ranges; /* see map.c */
	struct kplug_slot slots[KPLUG_MAX_VECTORS];
	struct kplug_slot no_vector;
	struct kplug_listener listener;
};

static inline struct kplug_private *kplug_private(struct kplug *k)
{
	return (struct kplug_private *)k;
}

/* In place of a command, for what the library does by files. */
enum {
	KPLUG_OPENING = 1,
	KPLUG_BINDING,
	KPLUG_UNBINDING,
	KPLUG_ISA_ADDING,
	KPLUG_ISA_DELETING,
	KPLUG_WIDTHS_SETTING,
	KPLUG_PLUGIN_ATTACHING,
	KPLUG_PLUGIN_DETACHING,
	KPLUG_GRANTING,
	KPLUG_GRANT_ENDING,
	KPLUG_REVOKING,
	KPLUG_LISTING, /* clients or grants */
};

/* reason.c: both note why a call on @k failed, and return @err. @k is NULL without a device. */
int kplug_failed(const struct kplug *k, unsigned long command, int err);
int kplug_refuse(const struct kplug *k, int err, const char *text);
/* @k ends, or a new device has its address: then @all is not 0. */
void kplug_forget_reason(const struct kplug *k, int all);

/* The end of a function that opens no device: notes why it failed, if it did. */
static inline int kplug_result(unsigned long action, int result)
{
	return result < 0 ? kplug_failed(NULL, action, result) : result;
}

static inline int kplug_ioctl(struct kplug *k, unsigned long cmd, void *arg)
{
	/* Only a failure needs it. In a register it would cost each call that succeeds more. */
	struct kplug *volatile kept = k;
	int result = kplug_sys_ioctl(kplug_private(k)->fd, cmd, arg);

	return result < 0 ? kplug_failed(kept, cmd, result) : result;
}

/* Maps a part of the device's descriptor, or of one that the device made. */
static inline int kplug_mmap(struct kplug *k, int fd, uint64_t length, uint64_t offset, void **addr)
{
	int err = kplug_sys_mmap(fd, length, offset, addr);

	return err ? kplug_failed(k, 0, err) : 0;
}

/* Reasons of several functions. */
#define IN_ITS_HANDLER "the handler that calls would wait for itself"
#define LISTENS        "this program listens already"
#define NO_RING        "this program has no event ring; see KPLUG_OPEN_NO_RING"

/* device.c */
int kplug_device_name(char out[KPLUG_NAME_MAX], const char *name);

/* region.c */
int kplug_region_reach_all(struct kplug *k);
void kplug_region_unmap_all(struct kplug *k);

/* map.c */
void kplug_map_free_ranges(struct kplug *k);

/* ring.c */
void kplug_ring_reset(struct kplug *k);
int kplug_ring_make(struct kplug *k);
void kplug_ring_free(struct kplug *k);
int kplug_ring_wait(struct kplug *k, struct kplug_event *events, unsigned int count,
		    int64_t timeout_ns, const struct kplug_listener *listener);

/* listen.c */
int kplug_listen_stop(struct kplug *k);

/* run.c */

/* A function of the program that this thread is running. */
struct kplug_run {
	struct kplug_run *outer;
	const struct kplug *device;
	const struct kplug_slot *slot; /* NULL for the thread of kplug_listen() */
};

void kplug_run_enter(struct kplug_run *run, struct kplug *k, const struct kplug_slot *slot);
void kplug_run_leave(const struct kplug_run *run);
/* Is this thread in a handler of @k, in the listener of @k, or in either? */
int kplug_run_handler(const struct kplug *k);
int kplug_run_listener(const struct kplug *k);
int kplug_run_inside(const struct kplug *k);

/* handler.c */
int kplug_handler_run(struct kplug *k, struct kplug_event *event);

/* sysfs.c */
#define KPLUG_SYSFS_PCI_DEVICES "/sys/bus/pci/devices"
#define KPLUG_SYSFS_DEVICE      "/sys/bus/%s/devices/%s" /* bus, name */
#define KPLUG_SYSFS_CLASS       "/sys/class/kplug"

int kplug_sysfs_read(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int kplug_sysfs_write(const char *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int kplug_sysfs_link(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int kplug_sysfs_link_folder(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* KPLUG_PRIVATE_H */
