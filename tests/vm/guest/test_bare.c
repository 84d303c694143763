// SPDX-License-Identifier: MIT
// kplug_bare, the driver without kplug: counts and times are right, parameters are checked, and the
// device may leave at any time.
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bare/bare_msg.h"

#define NODE       "/dev/kplug_bare"
#define PARAMETERS "/sys/module/kplug_bare/parameters/"
#define SYS_EDU    "/sys/bus/pci/devices/" EDU1

static void set_parameters(const char *region, const char *status, const char *ack)
{
	OK(file_write(region, PARAMETERS "region"));
	OK(file_write(status, PARAMETERS "status"));
	OK(file_write(ack, PARAMETERS "ack"));
}

/* Whether the driver has taken the device. */
static bool bind_bare(const char *address)
{
	OK(file_write("kplug_bare", "/sys/bus/pci/devices/%s/driver_override", address));
	file_write(address, "/sys/bus/pci/drivers_probe");
	return !strcmp(pci_driver(address), "kplug_bare");
}

static void unbind_bare(const char *address)
{
	OK(file_write("\n", "/sys/bus/pci/devices/%s/driver_override", address));
	if (!strcmp(pci_driver(address), "kplug_bare"))
		OK(file_write(address, "/sys/bus/pci/drivers/kplug_bare/unbind"));
}

static void bare_start(void)
{
	core_start();
	OK(module_load("kplug_bare"));
	set_parameters("0", "0x24", "0x64");
}

static volatile uint32_t *map_edu(void)
{
	int fd = open(SYS_EDU "/resource0", O_RDWR);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	close(fd);
	return at;
}

TEST(bare, counts, .smoke = true)
{
	struct bare_interrupt first, last;
	volatile uint32_t *edu;
	int fd;

	bare_start();
	ck_assert(bind_bare(EDU1));
	edu = map_edu();
	fd = open(NODE, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(open(NODE, O_RDONLY), -1);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(read(fd, &first, sizeof(first)), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(read(fd, &first, sizeof(first) - 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	edu[0x60 / 4] = 1;
	fcntl(fd, F_SETFL, 0);
	ck_assert_int_eq(read(fd, &first, sizeof(first)), sizeof(first));
	ck_assert_int_ge(first.acked, first.entry);
	ck_assert_int_gt(first.entry, 0);
	edu[0x60 / 4] = 1;
	ck_assert_int_eq(read(fd, &last, sizeof(last)), sizeof(last));
	ck_assert_int_eq(last.handled, first.handled + 1);
	ck_assert_int_gt(last.entry, first.acked);
	ck_assert_int_eq(edu[0x24 / 4], 0);
	munmap((void *)edu, 4096);
	close(fd);
	unbind_bare(EDU1);
	OK(module_unload("kplug_bare"));
}

static void refused(const char *region, const char *status, const char *ack)
{
	set_parameters(region, status, ack);
	ck_assert_msg(!bind_bare(EDU1), "region %s, status %s, ack %s", region, status, ack);
}

/* The driver never accesses a register that does not exist or is not aligned. */
TEST(bare, parameters)
{
	bare_start();
	refused("6", "0x24", "0x64");
	refused("4294967295", "0x24", "0x64");
	refused("1", "0x24", "0x64");
	refused("0", "0x25", "0x64");
	refused("0", "0x24", "0x66");
	refused("0", "0x100000", "0x64");
	refused("0", "0x24", "0x100000");
	refused("0", "0xfffffffc", "0x64");
	refused("0", "4294967295", "4294967295");
	set_parameters("0", "0x24", "0xffffc");
	ck_assert(bind_bare(EDU1));
	unbind_bare(EDU1);
	OK(module_unload("kplug_bare"));
}

static void *read_one(void *argument)
{
	struct bare_interrupt last;
	ssize_t n = read(*(int *)argument, &last, sizeof(last));

	return (void *)(intptr_t)(n < 0 ? errno : 0);
}

/* A program that waits, or opens later, gets ENODEV; the module stays until it has closed. */
TEST(bare, removed)
{
	struct bare_interrupt last;
	pthread_t thread;
	void *err;
	int fd;

	bare_start();
	ck_assert(bind_bare(EDU1));
	fd = open(NODE, O_RDONLY);
	ck_assert_int_ge(fd, 0);
	OK(pthread_create(&thread, NULL, read_one, &fd));
	sleep_ms(50);
	unbind_bare(EDU1);
	OK(pthread_join(thread, &err));
	ck_assert_int_eq((intptr_t)err, ENODEV);
	ck_assert_int_eq(read(fd, &last, sizeof(last)), -1);
	ck_assert_int_eq(errno, ENODEV);
	ck_assert_int_ne(module_unload("kplug_bare"), 0);
	close(fd);
	OK(module_unload("kplug_bare"));
}
