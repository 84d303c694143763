/* SPDX-License-Identifier: MIT */
/* What the library keeps about an open device, and what its files share. */
#ifndef KPLUG_PRIVATE_H
#define KPLUG_PRIVATE_H

#include <pthread.h>

#include <kplug.h>

#include "sys.h"

struct kplug_map_part;

/* An attached vector. */
struct kplug_slot {
	unsigned int (*user)(struct kplug_irq *irq);
	void *ctx;
	uint16_t event_type;
	unsigned char attached;
	unsigned char kind;	/* enum kplug_handler_kind */
	unsigned char unmask;	/* after a run of the user function */
};

/* The thread of kplug_listen(). */
struct kplug_listener {
	pthread_t thread;
	int stop_fd;	/* -1 when there is no thread */
	void (*callback)(struct kplug *k, const struct kplug_event *event,
			 void *ctx);
	void *ctx;
};

/* Maps and slots change under @lock; a user function runs under it. */
struct kplug_private {
	struct kplug pub;	/* first, so that the two are one pointer */
	int fd;
	uint32_t ring_entries;	/* wanted; 0 for no ring */
	uint32_t ring_flags;
	size_t ring_size;	/* mapped; 0 without a ring */
	uint64_t spin_ns;
	uint64_t withheld;		/* events that user functions kept back */
	uint64_t lost;		/* losses reported in events kept back */
	pthread_mutex_t lock;
	unsigned int plugin_users;	/* slots attached to the plugin */
	unsigned int user_functions;	/* slots with a user function */
	struct kplug_map_part *ranges;	/* of map.c */
	struct kplug_slot slots[KPLUG_MAX_VECTORS];
	struct kplug_slot no_vector;
	struct kplug_listener listener;
};

static inline struct kplug_private *kplug_private(struct kplug *k)
{
	return (struct kplug_private *)k;
}

static inline int kplug_ioctl(struct kplug *k, unsigned long cmd, void *arg)
{
	return kplug_sys_ioctl(kplug_private(k)->fd, cmd, arg);
}

/* device.c */
int kplug_device_name(char out[KPLUG_NAME_MAX], const char *name);

/* region.c */
int kplug_region_map_all(struct kplug *k);
void kplug_region_unmap_all(struct kplug *k);

/* map.c */
void kplug_map_free_ranges(struct kplug *k);

/* ring.c */
void kplug_ring_reset(struct kplug *k);
int kplug_ring_make(struct kplug *k);
void kplug_ring_free(struct kplug *k);
int kplug_ring_wait(struct kplug *k, struct kplug_event *events,
		    unsigned int count, int64_t timeout_ns, int stop_fd);

/* handler.c */
int kplug_handler_run(struct kplug *k, struct kplug_event *event);

/* sysfs.c */
#define KPLUG_SYSFS_PCI_DEVICES "/sys/bus/pci/devices"
#define KPLUG_SYSFS_DEVICE      "/sys/bus/%s/devices/%s"	/* bus, name */
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
