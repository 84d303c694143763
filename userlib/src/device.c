// SPDX-License-Identifier: MIT
/* A device as a whole: open, close, reset. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes a PCI address as Linux does, with its domain in lower case. Fails if @name is none. */
static int complete_address(char out[KPLUG_NAME_MAX], const char *name)
{
	unsigned int domain = 0, bus, slot, function;
	int end = 0;

	/* sscanf() would also accept blanks, signs and prefixes. */
	if (name[strspn(name, "0123456789abcdefABCDEF:.")])
		return -1;
	sscanf(name, "%2x:%2x.%1x%n", &bus, &slot, &function, &end);
	if (!end || name[end]) {
		end = 0;
		sscanf(name, "%8x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end);
	}
	if (!end || name[end])
		return -1;
	snprintf(out, KPLUG_NAME_MAX, "%04x:%02x:%02x.%x", domain, bus, slot, function);
	return 0;
}

/* Converts a name to the form that Linux uses. Refuses paths, which would lead out of sysfs. */
int kplug_device_name(char out[KPLUG_NAME_MAX], const char *name)
{
	if (!name[0] || name[0] == '.' || strchr(name, '/'))
		return -EINVAL;
	if (!complete_address(out, name))
		return 0;
	return snprintf(out, KPLUG_NAME_MAX, "%s", name) < KPLUG_NAME_MAX ? 0 : -EINVAL;
}

static int open_node(const char *name, int flags)
{
	char path[sizeof("/dev/kplug/") + KPLUG_NAME_MAX];
	char full[KPLUG_NAME_MAX];
	int err;

	if (name[0] == '/')
		return kplug_sys_open(name, flags, 0);
	err = kplug_device_name(full, name);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/dev/kplug/%s", full);
	return kplug_sys_open(path, flags, 0);
}

static int check_abi(struct kplug *k)
{
	struct kplug_device_info info;
	int err = kplug_info(k, &info);

	/* A node of another driver does not know the command. */
	if (err == -ENOTTY || (!err && info.out_abi != KPLUG_ABI_VERSION))
		return kplug_refuse(k, -EPROTO,
				    "the kernel module has another version than libkplug");
	return err;
}

/* An older kernel module takes no notice of O_EXCL. */
static int check_exclusive(struct kplug *k)
{
	struct kplug_features features;
	int err = kplug_features(k, 0, &features);

	if (err == -ENOTTY || (!err && !(features.out_features & KPLUG_FEATURE_EXCLUSIVE)))
		return kplug_refuse(k, -EOPNOTSUPP, "the kernel module has no exclusive open yet");
	return err;
}

static int check_opts(const struct kplug_opts *opts)
{
	uint32_t entries = opts->ring_entries;

	if (opts->flags & ~(KPLUG_OPEN_NO_RING | KPLUG_OPEN_NO_TIMES | KPLUG_OPEN_EXCLUSIVE))
		return -EINVAL;
	if (entries == 1 || entries > KPLUG_MAX_RING || (entries & (entries - 1)))
		return -EINVAL;
	return 0;
}

static void make_locks(struct kplug_private *p)
{
	pthread_mutex_init(&p->attaching, NULL);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->idle, NULL);
	pthread_mutex_init(&p->listener.lock, NULL);
}

static void free_locks(struct kplug_private *p)
{
	pthread_mutex_destroy(&p->listener.lock);
	pthread_cond_destroy(&p->idle);
	pthread_mutex_destroy(&p->lock);
	pthread_mutex_destroy(&p->attaching);
}

int kplug_open(struct kplug **k, const char *name, const struct kplug_opts *opts)
{
	static const struct kplug_opts defaults;
	struct kplug_private *p;
	bool exclusive;
	int err;

	if (!opts)
		opts = &defaults;
	exclusive = opts->flags & KPLUG_OPEN_EXCLUSIVE;
	err = check_opts(opts);
	if (err)
		return kplug_refuse(NULL, err, "an option or the size of the ring is not valid");
	p = calloc(1, sizeof(*p));
	if (!p)
		return kplug_failed(NULL, 0, -ENOMEM);
	p->spin_ns = opts->spin_ns;
	p->ring_entries = opts->ring_entries ? opts->ring_entries : KPLUG_RING_DEFAULT;
	if (opts->flags & KPLUG_OPEN_NO_RING)
		p->ring_entries = 0;
	p->ring_flags = opts->flags & KPLUG_OPEN_NO_TIMES ? KPLUG_RING_NO_TIMES : 0;
	p->listener.stop_fd = -1;
	p->pub.io.client = &p->pub;
	make_locks(p);
	kplug_ring_reset(&p->pub);

	p->fd = open_node(name, O_RDWR | (exclusive ? O_EXCL : 0));
	err = p->fd < 0 ? kplug_failed(NULL, KPLUG_OPENING, p->fd) : check_abi(&p->pub);
	if (!err && exclusive)
		err = check_exclusive(&p->pub);
	if (!err)
		err = kplug_ring_make(&p->pub);
	if (err) {
		kplug_close(&p->pub);
		return err;
	}
	kplug_forget_reason(&p->pub, 1);
	*k = &p->pub;
	return 0;
}

int kplug_close(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);

	if (!k)
		return 0;
	/* The calling handler or callback would return into freed memory. */
	if (kplug_run_inside(k))
		return kplug_refuse(k, -EDEADLK, IN_ITS_HANDLER);
	kplug_forget_reason(k, 0);
	kplug_listen_stop(k);
	kplug_region_unmap_all(k);
	kplug_map_free_ranges(k);
	kplug_ring_free(k);
	if (p->fd >= 0)
		kplug_sys_close(p->fd);
	free_locks(p);
	free(p);
	return 0;
}

int kplug_fd(const struct kplug *k)
{
	return ((const struct kplug_private *)k)->fd;
}

int kplug_info(struct kplug *k, struct kplug_device_info *info)
{
	*info = (struct kplug_device_info){ .size = sizeof(*info) };
	return kplug_ioctl(k, KPLUG_DEVICE_INFO, info);
}

int kplug_restrict(struct kplug *k)
{
	struct kplug_restrict cmd = { .size = sizeof(cmd) };

	return kplug_ioctl(k, KPLUG_RESTRICT, &cmd);
}

int kplug_features(struct kplug *k, unsigned int command, struct kplug_features *features)
{
	*features = (struct kplug_features){
		.size = sizeof(*features),
		.command = command,
	};
	return kplug_ioctl(k, KPLUG_FEATURES, features);
}

int kplug_reset(struct kplug *k)
{
	struct kplug_reset reset = { .size = sizeof(reset) };

	return kplug_ioctl(k, KPLUG_RESET, &reset);
}
