// SPDX-License-Identifier: MIT
/* A scripted kernel instead of the library's sys.c. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/err.h>

#include "../../userlib/src/sys.h"

#define DEVICE_FD   4242
#define RING_OFFSET 0x100000000ull

struct fake fake;
struct kplug_device_info fake_device;

static const struct fake_ioctl nothing_expected[] = { { 0 } };
static const struct fake_ioctl *script = nothing_expected;
static uint32_t ring_entries;
static int device_open;

void fake_reset(void)
{
	int maps = fake.maps;

	memset(&fake, 0, sizeof(fake));
	fake.maps = maps;
	fake.now = 1000;
	fake_device = (struct kplug_device_info){
		.out_abi = KPLUG_ABI_VERSION,
		.out_bus = KPLUG_BUS_PCI,
		.out_irq_mode = KPLUG_IRQ_MSI,
		.out_vectors = 4,
		.out_regions = 6,
	};
	script = nothing_expected;
}

void fake_script(const struct fake_ioctl *next)
{
	script = next;
}

void fake_script_done(void)
{
	ck_assert_msg(!script->cmd, "ioctl 0x%lx did not come", script->cmd);
	script = nothing_expected; /* it may be on the caller's stack */
}

void fake_region(struct kplug_region_info *info, uint64_t length, uint64_t hole)
{
	struct kplug_map_range *ranges = (void *)(uintptr_t)info->ranges;

	info->out_flags = KPLUG_REGION_MEM | KPLUG_REGION_MMAP;
	info->out_length = length;
	info->out_widths = KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 | KPLUG_WIDTH_64;
	info->out_num_ranges = 1;
	if (info->num_ranges)
		ranges[0] = (struct kplug_map_range){ .length = hole };
}

void fake_info(void *arg)
{
	struct kplug_device_info *info = arg;

	ck_assert_uint_eq(info->size, sizeof(*info));
	ck_assert_uint_eq(info->flags, 0);
	*info = fake_device;
	info->size = sizeof(*info);
}

void fake_ring(void *arg)
{
	struct kplug_ring *ring = arg;

	ck_assert_uint_eq(ring->size, sizeof(*ring));
	ck_assert_uint_eq(ring->flags, 0);
	ring_entries = ring->entries;
	ring->out_mmap_offset = RING_OFFSET;
	ring->out_mmap_size = kplug_ring_bytes(ring->entries);
}

struct kplug *fake_open(unsigned int entries)
{
	const struct kplug_opts opts = {
		.flags = entries ? 0 : KPLUG_OPEN_NO_RING,
		.ring_entries = entries,
	};
	static const struct fake_ioctl with_ring[] = { { KPLUG_DEVICE_INFO, 0, fake_info },
						       { KPLUG_RING, 0, fake_ring },
						       { 0 } };
	static const struct fake_ioctl without[] = { { KPLUG_DEVICE_INFO, 0, fake_info }, { 0 } };
	struct kplug *k;

	fake_reset();
	fake_script(entries ? with_ring : without);
	ck_assert_int_eq(kplug_open(&k, "0000:00:04.0", &opts), 0);
	fake_script_done();
	return k;
}

void fake_close(struct kplug *k)
{
	fake_script_done();
	kplug_close(k);
	ck_assert_int_eq(fake.maps, 0);
	ck_assert_int_eq(device_open, 0);
}

void fake_post(uint32_t vector, __u16 type, uint64_t word)
{
	const u64 data = word;
	const struct kplug_post post = {
		.vector = vector,
		.type = type,
		.words = 1,
		.data = &data,
		.urgent = type == KPLUG_EVENT_STORM,
	};

	kplug_ring_push(&fake.ring, &post);
}

/* Maps /sys/... to a file below the test's folder. */
static const char *moved(const char *path)
{
	static char below[PATH_MAX];

	snprintf(below, sizeof(below), "%s%s", fake.root, path);
	return below;
}

static char written_path[PATH_MAX];

int kplug_sys_open(const char *path, int flags, mode_t mode)
{
	int fd;

	if (!strncmp(path, "/dev/", 5)) {
		snprintf(fake.opened, sizeof(fake.opened), "%s", path);
		fake.open_flags = flags;
		if (fake.open_result)
			return fake.open_result;
		device_open++;
		return DEVICE_FD;
	}
	if (flags & O_WRONLY)
		snprintf(written_path, sizeof(written_path), "%s", path);
	fd = open(moved(path), flags, mode);
	return fd < 0 ? -errno : fd;
}

void kplug_sys_close(int fd)
{
	if (fd == DEVICE_FD)
		device_open--;
	else
		ck_assert_int_eq(close(fd), 0);
}

int kplug_sys_ioctl(int fd, unsigned long cmd, void *arg)
{
	const struct fake_ioctl *expected = script;

	ck_assert_int_eq(fd, DEVICE_FD);
	if (fake.on_ioctl)
		return fake.on_ioctl(cmd, arg);
	ck_assert_msg(expected->cmd == cmd, "ioctl 0x%lx came, not 0x%lx", cmd, expected->cmd);
	script++;
	if (expected->on)
		expected->on(arg);
	return expected->result;
}

int kplug_sys_mmap(int fd, size_t length, uint64_t offset, void **addr)
{
	ck_assert_int_eq(fd, DEVICE_FD);
	if (fake.mmap_result)
		return fake.mmap_result;
	*addr = calloc(1, length);
	fake.maps++;
	if (offset == RING_OFFSET) {
		kplug_ring_prepare(&fake.ring);
		ck_assert_int_eq(kplug_ring_init(&fake.ring, *addr, ring_entries), 0);
		if (fake.on_ring)
			fake.on_ring(*addr);
	}
	return 0;
}

void kplug_sys_munmap(void *addr, size_t length)
{
	(void)length;
	fake.maps--;
	free(addr);
}

static ssize_t read_events(struct kplug_event *events, size_t size)
{
	const struct kplug_event *front;
	u64 number;
	size_t got = 0;

	while ((got + 1) * sizeof(*events) <= size) {
		front = kplug_ring_front(&fake.ring, &number);
		if (IS_ERR_OR_NULL(front))
			break;
		events[got++] = *front;
		kplug_ring_pop(&fake.ring, number);
	}
	return got ? (ssize_t)(got * sizeof(*events)) : -EAGAIN;
}

ssize_t kplug_sys_read(int fd, void *buf, size_t size)
{
	ssize_t result;

	if (fd == DEVICE_FD) {
		fake.reads++;
		result = fake.on_read ? fake.on_read() : 0;
		return result ? result : read_events(buf, size);
	}
	result = read(fd, buf, size);
	return result < 0 ? -errno : result;
}

ssize_t kplug_sys_write(int fd, const void *buf, size_t size)
{
	ssize_t result;
	int err;

	if (fake.on_write) {
		err = fake.on_write(written_path, buf);
		if (err)
			return err;
	}
	result = write(fd, buf, size);
	return result < 0 ? -errno : result;
}

int kplug_sys_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns)
{
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(fds[0].fd, DEVICE_FD);
	fake.polls++;
	if (fake.on_poll)
		return fake.on_poll(fds, timeout_ns);
	ck_assert_msg(timeout_ns >= 0, "sleeps for ever");
	fake.now += (uint64_t)timeout_ns;
	return 0;
}

int kplug_sys_eventfd(void)
{
	return eventfd(0, EFD_NONBLOCK);
}

uint64_t kplug_sys_now(void)
{
	fake.looks++;
	fake.now += fake.tick;
	if (fake.on_look)
		fake.on_look();
	return fake.now;
}

ssize_t kplug_sys_readlink(const char *path, char *buf, size_t size)
{
	ssize_t result = readlink(moved(path), buf, size);

	return result < 0 ? -errno : result;
}

int kplug_sys_scandir(const char *path, struct dirent ***list)
{
	int count = scandir(moved(path), list, NULL, alphasort);

	return count < 0 ? -errno : count;
}

int kplug_sys_mkdir(const char *path, mode_t mode)
{
	return mkdir(moved(path), mode) ? -errno : 0;
}

int kplug_sys_unlink(const char *path)
{
	return unlink(moved(path)) ? -errno : 0;
}
