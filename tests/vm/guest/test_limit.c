// SPDX-License-Identifier: MIT
// Limits on the clients and listeners of a device, of which restricted ones cannot use up all.
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int clients[KPLUG_MAX_CLIENTS + 1];
static unsigned int num_clients;

/* A client of @user, which is 0 for a trusted one; its descriptor or -errno. */
static int open_as(uid_t user)
{
	int fd;

	if (user) {
		capability_set(CAP_SYS_RAWIO, false);
		ck_assert_int_eq(seteuid(user), 0);
	}
	fd = open("/dev/kplug/" NULL0, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	if (user) {
		ck_assert_int_eq(seteuid(0), 0);
		capability_set(CAP_SYS_RAWIO, true);
	}
	if (fd >= 0)
		clients[num_clients++] = fd;
	return fd;
}

static int listen_by_ring(int fd)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 2 };

	return ioctl(fd, KPLUG_RING, &ring) ? -errno : 0;
}

static int listen_by_eventfd(int fd)
{
	struct kplug_eventfd arg = { .size = sizeof(arg), .fd = eventfd(0, EFD_CLOEXEC) };
	int err = ioctl(fd, KPLUG_EVENTFD, &arg) ? -errno : 0;

	close(arg.fd);
	return err;
}

static void close_clients(void)
{
	while (num_clients)
		close(clients[--num_clients]);
}

static void null_for_everybody(void)
{
	const struct rlimit files = { 4096, 4096 };

	core_start();
	OK(module_load("kplug_null"));
	OK(run("chmod 666 /dev/kplug/" NULL0));
	OK(setrlimit(RLIMIT_NOFILE, &files));
}

/* The number of @user's clients that can listen. */
static unsigned int listeners_of(uid_t user, int (*listen)(int fd))
{
	unsigned int num = 0;
	int fd;

	for (;;) {
		fd = open_as(user);
		ck_assert_int_ge(fd, 0);
		if (listen(fd))
			break;
		num++;
	}
	ck_assert_int_eq(listen(fd), -ENOSPC);
	return num;
}

static void check_listeners(int (*listen)(int fd))
{
	null_for_everybody();
	ck_assert_uint_eq(listeners_of(1000, listen), KPLUG_MAX_LISTENERS / 4);
	ck_assert_uint_eq(listeners_of(1001, listen), KPLUG_MAX_LISTENERS / 4);
	ck_assert_uint_eq(listeners_of(1002, listen), 0);
	/* Trusted clients have the rest, and all of it when the others are gone. */
	ck_assert_uint_eq(listeners_of(0, listen), KPLUG_MAX_LISTENERS / 2);
	close_clients();
	ck_assert_uint_eq(listeners_of(0, listen), KPLUG_MAX_LISTENERS);
	ck_assert_uint_eq(listeners_of(1000, listen), 0);
	close_clients();
	ck_assert_uint_eq(listeners_of(1000, listen), KPLUG_MAX_LISTENERS / 4);
	close_clients();
}

TEST(limit, listeners)
{
	check_listeners(listen_by_ring);
}

TEST(limit, eventfds)
{
	check_listeners(listen_by_eventfd);
}

/* Ring and eventfds of one client are one listener. */
TEST(limit, both_ways_are_one)
{
	int fd;

	null_for_everybody();
	for (unsigned int i = 0; i < KPLUG_MAX_LISTENERS; i++) {
		fd = open_as(0);
		OK(listen_by_eventfd(fd));
		OK(listen_by_ring(fd));
	}
	OK(listen_by_eventfd(fd));
	ck_assert_int_eq(listen_by_ring(fd), -EALREADY);
	ck_assert_int_eq(listen_by_ring(open_as(0)), -ENOSPC);
	close_clients();
}

static unsigned int clients_of(uid_t user)
{
	unsigned int num = 0;
	int fd;

	while ((fd = open_as(user)) >= 0)
		num++;
	ck_assert_int_eq(fd, -ENOSPC);
	return num;
}

TEST(limit, clients, .timeout = 60)
{
	null_for_everybody();
	ck_assert_uint_eq(clients_of(1000), KPLUG_MAX_CLIENTS / 4);
	ck_assert_uint_eq(clients_of(1001), KPLUG_MAX_CLIENTS / 4);
	ck_assert_uint_eq(clients_of(1002), 0);
	ck_assert_uint_eq(clients_of(0), KPLUG_MAX_CLIENTS / 2);
	close_clients();
	ck_assert_uint_eq(clients_of(1000), KPLUG_MAX_CLIENTS / 4);
	close_clients();
}
