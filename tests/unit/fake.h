/* SPDX-License-Identifier: MIT */
/* A scripted kernel instead of the library's sys.c. */
#ifndef FAKE_H
#define FAKE_H

#include <poll.h>

#include <kplug.h>

#include "event/ring.h" /* the core's own: the tests produce events with it */
#include "test.h"

/* One expected ioctl: its number, its result, and a check of its argument. */
struct fake_ioctl {
	unsigned long cmd;
	int result;
	void (*on)(void *arg);
};

/* The next ioctls must be these, in this order. The last row is { 0 }. */
void fake_script(const struct fake_ioctl *script);
/* Fails the test if some have not come. */
void fake_script_done(void);

struct fake {
	/* A model of the device that answers ioctls in place of the script. */
	int (*on_ioctl)(unsigned long cmd, void *arg);

	/* The result of the next open() of a device node, and which node it was. */
	int open_result;
	char opened[64];
	int open_flags;

	/* The result of mmap(); the number of maps. */
	int mmap_result;
	int maps;
	void (*on_ring)(struct kplug_ring_page *page);

	/* The ring that the program has mapped, to produce events. */
	struct kplug_event_ring ring;

	/* The clock, and how far each reading moves it. */
	uint64_t now, tick;
	unsigned int looks;
	void (*on_look)(void);

	/* poll(): by default no event comes, and the time passes. */
	int (*on_poll)(struct pollfd *fds, int64_t timeout_ns);
	unsigned int polls;
	/* read() of the device: this runs first; its result is returned unless it is 0. */
	int (*on_read)(void);
	unsigned int reads;

	/* The folder of /sys and /run, and what happens on a write. */
	char root[64];
	int (*on_write)(const char *path, const char *text);
};

extern struct fake fake;

/* Resets everything except the counts of open objects. */
void fake_reset(void);

/* Scripted answers to use as fake_ioctl.on. */
void fake_info(void *arg); /* fake_device */
void fake_ring(void *arg);

extern struct kplug_device_info fake_device;

/* Fills in a region that can be mapped: all of @length, or only from its start to @hole. */
void fake_region(struct kplug_region_info *info, uint64_t length, uint64_t hole);

/* A device that was opened with a ring of @entries, or without for 0. */
struct kplug *fake_open(unsigned int entries);
/* Closes it, and fails if anything is still mapped or open. */
void fake_close(struct kplug *k);

/* Post an event. */
void fake_post(uint32_t vector, __u16 type, uint64_t word);

#endif /* FAKE_H */
