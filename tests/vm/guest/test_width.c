// SPDX-License-Identifier: MIT
// The widths of accesses that a region permits: what they are at first, who changes them, and that
// every way to a register obeys them.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#define ALL           (KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 | KPLUG_WIDTH_64)
#define WIDE          (KPLUG_WIDTH_32 | KPLUG_WIDTH_64)
#define TESTDEV_PORTS 1

static struct kplug *opened(const char *address)
{
	core_start();
	device_bind(address);
	return device_open(address);
}

static unsigned int widths_of(struct kplug *k, unsigned int region)
{
	struct kplug_region_info info;

	OK(kplug_region_info(k, region, &info));
	return info.out_widths;
}

static int read_as(struct kplug *k, unsigned int region, unsigned int width)
{
	uint64_t value;

	return kplug_access_read(k, region, 0, width, &value);
}

TEST(width, at_first, .smoke = true)
{
	struct kplug *k = opened(EDU1);

	ck_assert_uint_eq(widths_of(k, EDU_REGION), WIDE);
	ck_assert_uint_eq(widths_of(k, KPLUG_CONFIG_REGION), ALL);
	ck_assert_uint_eq(widths_of(k, 1), 0);
	for (unsigned int width = 1; width <= 8; width *= 2) {
		ck_assert_int_eq(read_as(k, EDU_REGION, width), width < 4 ? -EOPNOTSUPP : 0);
		ck_assert_int_eq(kplug_access_write(k, EDU_REGION, EDU_FACTORIAL, width, 0),
				 width < 4 ? -EOPNOTSUPP : 0);
		OK(read_as(k, KPLUG_CONFIG_REGION, width));
		ck_assert_int_eq(read_as(k, 1, width), -EINVAL);
	}
	ck_assert_int_eq(read_as(k, EDU_REGION, 3), -EINVAL);
	kplug_close(k);
	device_bind(TESTDEV);
	k = device_open(TESTDEV);
	ck_assert_uint_eq(widths_of(k, TESTDEV_PORTS), ALL & ~KPLUG_WIDTH_64);
	ck_assert_int_eq(read_as(k, TESTDEV_PORTS, 8), -EINVAL);
	OK(read_as(k, TESTDEV_PORTS, 1));
}

/* Lists, blocks, recipes and what is left for the end. */
TEST(width, every_way, .smoke = true)
{
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_WRITE,
		  .width = 4,
		  .count = 1,
		  .offset = EDU_LIVENESS,
		  .value = 1 },
		{ .op = KPLUG_TRANSFER_WRITE, .width = 2, .count = 1, .offset = EDU_LIVENESS },
	};
	const struct kplug_step narrow[] = {
		KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
		KPLUG_WRITE_BACK16(EDU_REGION, EDU_IRQ_ACK, 1, 0),
	};
	struct kplug *edu = opened(EDU1);
	unsigned int done = 99;
	uint64_t value;
	uint16_t halves[2] = { 0 };

	OK(kplug_access_write(edu, EDU_REGION, EDU_LIVENESS, 4, 42));
	ck_assert_int_eq(kplug_transfer(edu, list, 2, &done), -EOPNOTSUPP);
	ck_assert_uint_eq(done, 1);
	OK(kplug_access_read(edu, EDU_REGION, EDU_LIVENESS, 4, &value));
	ck_assert_uint_eq(value, ~42u); /* nothing was written */
	ck_assert_int_eq(kplug_transfer_read(edu, EDU_REGION, 0, 2, halves, 2, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_transfer_write(edu, EDU_REGION, 0, 2, halves, 2,
					      KPLUG_TRANSFER_FIFO),
			 -EOPNOTSUPP);
	ck_assert_int_eq(kplug_set_cleanup(edu, &list[1], 1), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_attach(edu, 0,
				      &(struct kplug_handler){ .steps = narrow, .num_steps = 2 }),
			 -EOPNOTSUPP);
	ck_assert_int_eq(objects_live("armed"), 0);
}

TEST(width, administrator_chooses)
{
	struct kplug *testdev = opened(TESTDEV);
	char text[256];

	OK(kplug_set_widths(TESTDEV, 0, WIDE));
	ck_assert_uint_eq(widths_of(testdev, 0), WIDE);
	ck_assert_int_eq(read_as(testdev, 0, 1), -EOPNOTSUPP);
	OK(file_read(text, sizeof(text), "/sys/class/kplug/%s/widths", TESTDEV));
	ck_assert_str_eq(text, "0 32,64\n1 8,16,32\n7 8,16,32,64");
	OK(file_write("0 8,32\n", "/sys/class/kplug/%s/widths", TESTDEV));
	ck_assert_uint_eq(widths_of(testdev, 0), KPLUG_WIDTH_8 | KPLUG_WIDTH_32);
	OK(read_as(testdev, 0, 1));
	ck_assert_int_eq(read_as(testdev, 0, 2), -EOPNOTSUPP);
	ck_assert_int_eq(read_as(testdev, 0, 8), -EOPNOTSUPP);
	/* They end with the device. */
	kplug_close(testdev);
	device_unbind(TESTDEV);
	OK(file_write("kplug", "/sys/bus/pci/devices/%s/driver_override", TESTDEV));
	OK(file_write(TESTDEV, "/sys/bus/pci/drivers/kplug/bind"));
	OK(file_write("\n", "/sys/bus/pci/devices/%s/driver_override", TESTDEV));
	testdev = device_open(TESTDEV);
	ck_assert_uint_eq(widths_of(testdev, 0), WIDE);
}

TEST(width, refused_choices)
{
	static const char *const bad[] = {
		"",     "0",    "0 ",     "0 ,",    "0 7",
		"0 0",  "0 24", "0 128",  "0 8,",   "0 8 16",
		"8 32", "1 32", "7 8,16", "-1 32",  "0 8,16,32,64,8,16,32,64,8,16,32,64",
		"x 8",  "2 32", "0 -8",   "0 0x20", "0 4294967304"
	};
	struct kplug *testdev = opened(TESTDEV);

	OK(kplug_set_widths(TESTDEV, 0, WIDE));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(file_write(bad[i], "/sys/class/kplug/%s/widths", TESTDEV),
				 *bad[i] ? -EINVAL : 0);
	ck_assert_uint_eq(widths_of(testdev, 0), WIDE);
	ck_assert_int_eq(kplug_set_widths(TESTDEV, 0, 0), -EINVAL);
	ck_assert_int_eq(kplug_set_widths(TESTDEV, 0, 16), -EINVAL);
	ck_assert_int_eq(kplug_set_widths(TESTDEV, 8, WIDE), -EINVAL);
	ck_assert_int_eq(kplug_set_widths("null0", 0, WIDE), -ENOENT);
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(kplug_set_widths(TESTDEV, 0, ALL), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	ck_assert_uint_eq(widths_of(testdev, 0), WIDE);
}

/* A width goes only while no program and no handler may use it; it comes at any time. */
TEST(width, none_goes_while_in_use)
{
	struct kplug *edu = opened(EDU1);

	OK(kplug_map(edu, EDU_REGION));
	ck_assert_int_eq(kplug_set_widths(EDU1, EDU_REGION, KPLUG_WIDTH_32), -EBUSY);
	OK(kplug_unmap(edu, EDU_REGION));
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	ck_assert_int_eq(kplug_set_widths(EDU1, EDU_REGION, KPLUG_WIDTH_32), -EBUSY);
	ck_assert_uint_eq(widths_of(edu, EDU_REGION), WIDE);
	OK(kplug_set_widths(EDU1, EDU_REGION, WIDE | KPLUG_WIDTH_16));
	OK(kplug_detach(edu, 0));
	OK(kplug_set_widths(EDU1, EDU_REGION, KPLUG_WIDTH_32));
	ck_assert_int_eq(read_as(edu, EDU_REGION, 8), -EOPNOTSUPP);
}

/* The plugin of ivshmem says that its memory takes any. */
TEST(width, plugin_chooses)
{
	struct kplug *ivshmem;
	uint64_t value;

	core_start();
	OK(module_load("kplug_ivshmem"));
	ivshmem = device_open(IVSHMEM);
	ck_assert_uint_eq(widths_of(ivshmem, IVSHMEM_REGISTERS), WIDE);
	ck_assert_uint_eq(widths_of(ivshmem, IVSHMEM_MEMORY), ALL);
	OK(kplug_access_write(ivshmem, IVSHMEM_MEMORY, 5, 1, 0x5a));
	OK(kplug_access_read(ivshmem, IVSHMEM_MEMORY, 4, 2, &value));
	ck_assert_uint_eq(value >> 8, 0x5a);
	ck_assert_int_eq(read_as(ivshmem, IVSHMEM_REGISTERS, 2), -EOPNOTSUPP);
}

/* A window gives a restricted client no width that the region does not permit. */
TEST(width, restricted)
{
	struct kplug *restricted;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_odd windows=1"));
	OK(kplug_attach_permanent(EDU1, "odd"));
	restricted = device_open_restricted(EDU1);
	OK(read_as(restricted, EDU_REGION, 4));
	ck_assert_int_eq(read_as(restricted, EDU_REGION, 2), -EOPNOTSUPP);
	ck_assert_int_eq(read_as(restricted, EDU_REGION, 1), -EOPNOTSUPP);
	/* And cannot change that. */
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(kplug_set_widths(EDU1, EDU_REGION, ALL), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	ck_assert_int_eq(read_as(restricted, EDU_REGION, 1), -EOPNOTSUPP);
}

/* The accessors on a map: RAM would take any width. */
TEST(width, mapped_accessors)
{
	const struct kplug_io *io;
	struct kplug *ivshmem;
	uint8_t bytes[4];

	core_start();
	device_bind(IVSHMEM);
	OK(kplug_set_widths(IVSHMEM, IVSHMEM_MEMORY, WIDE));
	ivshmem = device_open(IVSHMEM);
	io = kplug_io_user(ivshmem);
	OK(kplug_map(ivshmem, IVSHMEM_MEMORY));
	kplug_write64(io, IVSHMEM_MEMORY, 0, 0x0102030405060708);
	ck_assert_uint_eq(kplug_read32(io, IVSHMEM_MEMORY, 0), 0x05060708);
	ck_assert_uint_eq(kplug_read8(io, IVSHMEM_MEMORY, 0), 0xff);
	ck_assert_uint_eq(kplug_read16(io, IVSHMEM_MEMORY, 0), 0xffff);
	kplug_write8(io, IVSHMEM_MEMORY, 0, 0x5a);
	kplug_write16(io, IVSHMEM_MEMORY, 0, 0x5a5a);
	ck_assert_int_eq(kplug_read_block(io, IVSHMEM_MEMORY, 0, 1, bytes, 4, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_write_block(io, IVSHMEM_MEMORY, 0, 1, bytes, 4, 0), -EOPNOTSUPP);
	ck_assert_uint_eq(kplug_read64(io, IVSHMEM_MEMORY, 0), 0x0102030405060708);
	/* Such accessors then take a system call, or the new widths at the next map. */
	OK(kplug_set_widths(IVSHMEM, IVSHMEM_MEMORY, ALL));
	ck_assert_uint_eq(kplug_read8(io, IVSHMEM_MEMORY, 0), 0x08);
	OK(kplug_unmap(ivshmem, IVSHMEM_MEMORY));
	OK(kplug_set_widths(IVSHMEM, IVSHMEM_MEMORY, KPLUG_WIDTH_8));
	ck_assert_int_eq(kplug_map(ivshmem, IVSHMEM_MEMORY), -EOPNOTSUPP);
	ck_assert_uint_eq(kplug_read8(io, IVSHMEM_MEMORY, 1), 0x07);
	ck_assert_uint_eq(kplug_read32(io, IVSHMEM_MEMORY, 0), ~0u);
}

/* A debugger sees parts of words, and does not write them. */
TEST(width, debugger)
{
	struct kplug *edu = opened(EDU1);
	const int memory = open("/proc/self/mem", O_RDWR);
	volatile void *map;
	uint8_t byte;
	uint32_t word = 5;
	off_t at;

	OK(kplug_map_range(edu, EDU_REGION, 0, 4096, &map));
	at = (off_t)(uintptr_t)map;
	ck_assert_int_eq(pread(memory, &byte, 1, at + EDU_ID + 3), 1);
	ck_assert_uint_eq(byte, 0x01); /* of 0x010000ed */
	ck_assert_int_eq(pwrite(memory, &byte, 1, at + EDU_LIVENESS), -1);
	ck_assert_int_eq(pwrite(memory, &word, 4, at + EDU_LIVENESS), 4);
	ck_assert_int_eq(pread(memory, &byte, 1, at + EDU_LIVENESS), 1);
	ck_assert_uint_eq(byte, (uint8_t)~5);
	close(memory);
	kplug_close(edu);
}

/* A write that was left for the end is not made if its width went meanwhile. */
TEST(width, cleanup_is_checked_again)
{
	const struct kplug_transfer write = { .op = KPLUG_TRANSFER_WRITE,
					      .region = IVSHMEM_MEMORY,
					      .width = 1,
					      .count = 1,
					      .value = 0x5a };
	struct kplug *watcher = opened(IVSHMEM), *k;
	uint64_t value;

	for (int permitted = 1; permitted >= 0; permitted--) {
		OK(kplug_set_widths(IVSHMEM, IVSHMEM_MEMORY, ALL));
		OK(kplug_access_write(watcher, IVSHMEM_MEMORY, 0, 4, 0));
		k = device_open_ring(IVSHMEM, 0);
		OK(kplug_set_cleanup(k, &write, 1));
		OK(kplug_set_widths(IVSHMEM, IVSHMEM_MEMORY, permitted ? ALL : WIDE));
		kplug_close(k);
		OK(kplug_access_read(watcher, IVSHMEM_MEMORY, 0, 4, &value));
		ck_assert_uint_eq(value, permitted ? 0x5a : 0);
	}
}

TEST(width, commands)
{
	core_start();
	device_bind(EDU1);
	OK(run("kplug read %s 0:0:2 2>&1 | grep 'kplug widths'", EDU1));
	OK(run("kplug write %s 0:4:1=1 2>&1 | grep 'kplug widths'", EDU1));
	OK(run("kplug dump %s 0:0:2 8 2>&1 | grep 'kplug widths'", EDU1));
	OK(run("kplug info %s | grep -A1 'region 0' | grep 'accesses of 32 and 64 bits'", EDU1));
	OK(run("kplug widths %s | grep '^region 0 32,64$'", EDU1));
	device_bind(TESTDEV);
	OK(run("kplug widths %s 0 8,32", TESTDEV));
	OK(run("kplug widths %s --json | grep -A6 '\"region\":.*0' | grep 8", TESTDEV));
	OK(run("kplug read %s 0:0:1", TESTDEV));
	ck_assert_int_eq(run("kplug widths %s 0 8,9", TESTDEV), 2);
	ck_assert_int_eq(run("kplug widths %s 1 8", TESTDEV), 1);
	ck_assert_int_eq(run("kplug widths %s 0", TESTDEV), 2);
}
