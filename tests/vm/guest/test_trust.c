// SPDX-License-Identifier: MIT
// Clients: who may open a node, and what a restricted one may do with it.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* run_as_nobody() - exit code of a function in a process that has no privilege at all */
static int run_as_nobody(int (*function)(void))
{
	int status;
	pid_t child = fork();

	if (!child) {
		if (setgid(NOBODY) || setuid(NOBODY))
			_exit(100);
		_exit(function());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int open_denied(void)
{
	struct kplug *null;

	return kplug_open(&null, NULL0, NULL) != -EACCES;
}

TEST(trust, node)
{
	struct kplug_device_info info;
	struct stat node;
	struct kplug *k;

	core_start();
	OK(module_load("kplug_null"));
	OK(stat("/dev/kplug/" NULL0, &node));
	ck_assert(S_ISCHR(node.st_mode));
	ck_assert_int_eq(node.st_mode & 07777, 0660);
	ck_assert_int_eq(node.st_uid | node.st_gid, 0);
	OK(run_as_nobody(open_denied));
	k = device_open(NULL0);
	info = device_info(k);
	ck_assert_str_eq(info.out_name, NULL0);
	ck_assert_int_eq(info.out_bus, KPLUG_BUS_VIRTUAL);
	ck_assert_int_eq(info.out_abi, KPLUG_ABI_VERSION);
	ck_assert_int_eq(info.out_vendor | info.out_device | info.out_class, 0);
	ck_assert_int_eq(info.out_flags,
			 KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	kplug_close(k);
	OK(module_unload("kplug_null"));
	ck_assert_int_ne(stat("/dev/kplug/" NULL0, &node), 0);

	device_bind(EDU1);
	k = device_open(EDU1);
	info = device_info(k);
	ck_assert_str_eq(info.out_name, EDU1);
	ck_assert_str_eq(info.out_plugin, "");
	ck_assert_int_eq(info.out_bus, KPLUG_BUS_PCI);
	ck_assert_int_eq(info.out_vendor, EDU_VENDOR_ID);
	ck_assert_int_eq(info.out_device, EDU_DEVICE_ID);
	ck_assert_int_eq(info.out_class, 0x00ff00);
	ck_assert_int_eq(info.out_flags, KPLUG_DEVICE_TRUSTED);
}

/* Everything a plugin may allow, in a process without privileges. */
static int use_null(void)
{
	const struct rlimit limit = { 1 << 20, 1 << 20 };
	const struct null_fire fire = { .count = 1 };
	const uint64_t words[] = { 1, 2 };
	struct kplug_shm shm, too_much;
	struct kplug_event event;
	char answer[6] = "";
	struct kplug *null;

	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		return 1;
	if (kplug_open(&null, NULL0, NULL))
		return 9;
	if (device_info(null).out_flags != (KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT))
		return 2;
	if (kplug_call(null, NULL_CALL_ECHO, "hello", 6, answer, 6) != 6 || strcmp(answer, "hello"))
		return 3;
	if (kplug_call(null, NULL_CALL_SEND, words, sizeof(words), NULL, 0) ||
	    kplug_wait(null, &event, 1, 1000 * MS) != 1)
		return 4;
	if (kplug_shm_alloc(null, 4096, &shm) ||
	    kplug_shm_alloc(null, 1 << 20, &too_much) != -ENOMEM)
		return 5;
	if (kplug_shm_free(null, &shm))
		return 6;
	if (kplug_call(null, NULL_CALL_FIRE, &fire, sizeof(fire), NULL, 0) ||
	    kplug_wait(null, &event, 1, 1000 * MS) != 1)
		return 7;
	if (kplug_attach(null, 0, &(struct kplug_handler){ 0 }) != -EPERM)
		return 8;
	return 0;
}

TEST(trust, unprivileged_process)
{
	struct kplug *null;

	core_start();
	null = null_open(16);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(chmod("/dev/kplug/" NULL0, 0666));
	OK(run_as_nobody(use_null));
	/* What it fired was everybody's, what it was sent was its own. */
	ck_assert_int_eq(next_event(null).type, KPLUG_EVENT_IRQ);
	no_event(null);
}

/* Each command as a restricted client sends it: 0 or the error. */
static int try_access(struct kplug *k)
{
	uint64_t value;

	return kplug_access_read(k, 0, 0, 4, &value);
}

static int try_irq_mode(struct kplug *k)
{
	return kplug_irq_mode(k, KPLUG_IRQ_INTX, 0);
}

static int try_arm(struct kplug *k)
{
	return kplug_attach(k, 0, edu_handler_of("recipe"));
}

static int try_arm_plugin(struct kplug *k)
{
	struct kplug_arm arm = { .size = sizeof(arm), .handler = KPLUG_HANDLER_PLUGIN };

	return command(k, KPLUG_ARM, &arm);
}

static int try_disarm(struct kplug *k)
{
	struct kplug_vector_cmd disarm = { .size = sizeof(disarm) };

	return command(k, KPLUG_DISARM, &disarm);
}

static int try_unmask(struct kplug *k)
{
	return kplug_unmask(k, 0);
}

static int try_map(struct kplug *k)
{
	return mmap(NULL, 4096, PROT_READ, MAP_SHARED, kplug_fd(k), 0) == MAP_FAILED ? -errno : 0;
}

static int try_info(struct kplug *k)
{
	struct kplug_region_info region;

	device_info(k);
	vector_info(k, 0);
	OK(kplug_region_info(k, 0, &region));
	return region.out_flags & KPLUG_REGION_MMAP;
}

static int try_eventfd(struct kplug *k)
{
	int fd = eventfd(0, 0), result = kplug_eventfd(k, 0, fd);

	close(fd);
	return result;
}

static int try_ring(struct kplug *k)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 4 };
	int result = command(k, KPLUG_RING, &ring);

	return result == -EALREADY ? 0 : result;
}

static int try_shm(struct kplug *k)
{
	struct kplug_shm shm;
	int result = kplug_shm_alloc(k, 1, &shm);

	return result ? result : kplug_shm_free(k, &shm);
}

static int try_call(struct kplug *k)
{
	char byte = 1;
	int result = kplug_call(k, ODD_CALL_ECHO, &byte, 1, &byte, 1);

	return result == 1 ? 0 : result;
}

static const struct {
	const char *name;
	int (*run)(struct kplug *k);
	unsigned int flag; /* that allows it; 0: nothing does */
	int without_plugin; /* what it gives then */
} tries[] = {
	{ "access", try_access, 0, -EPERM },
	{ "irq mode", try_irq_mode, 0, -EPERM },
	{ "arm", try_arm, 0, -EPERM },
	{ "arm plugin", try_arm_plugin, 0, -EPERM },
	{ "disarm", try_disarm, 0, -EPERM },
	{ "unmask", try_unmask, 0, -EPERM },
	{ "map", try_map, 0, -EPERM },
	{ "info", try_info, ~0u, 0 },
	{ "eventfd", try_eventfd, ODD_ALLOW_EVENTS, -EPERM },
	{ "ring", try_ring, ODD_ALLOW_EVENTS, -EPERM },
	{ "shm", try_shm, ODD_ALLOW_SHM, -EPERM },
	{ "call", try_call, ODD_ALLOW_CALLS, -ENOTCONN },
};

static void check_rights(struct kplug *k, bool attached, unsigned int flags)
{
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		int expected = !attached ? tries[i].without_plugin :
			       !tries[i].flag || !(tries[i].flag & (flags | 1u << 31)) ? -EPERM :
											 0;
		int result = tries[i].run(k);

		ck_assert_msg(result == expected, "%s with flags %#x: %d instead of %d",
			      tries[i].name, flags, result, expected);
	}
}

static struct kplug *open_restricted_without_ring(const char *name)
{
	struct kplug *k;

	capability_set(CAP_SYS_RAWIO, false);
	k = device_open_ring(name, 0);
	capability_set(CAP_SYS_RAWIO, true);
	return k;
}

TEST(trust, restricted_rights, .smoke = true, .variants = VARIANTS("0", "4", "8", "16", "28"))
{
	const unsigned int flags = strtoul(variant, NULL, 0);
	struct kplug_attach attach = { .size = sizeof(attach), .name = "odd" };
	struct kplug_detach detach = { .size = sizeof(detach) };
	struct kplug *trusted, *restricted;

	core_start();
	OK(run("modprobe kplug_odd flags=%u", flags));
	device_bind(EDU1);
	restricted = open_restricted_without_ring(EDU1);
	check_rights(restricted, false, 0);
	/* It brings no plugin; it joins one. */
	ck_assert_int_eq(command(restricted, KPLUG_ATTACH, &attach), -EPERM);
	trusted = device_open_ring(EDU1, 0);
	OK(command(trusted, KPLUG_ATTACH, &attach));
	check_rights(restricted, false, 0);
	if (!flags) {
		ck_assert_int_eq(command(restricted, KPLUG_ATTACH, &attach), -EPERM);
		return;
	}
	OK(command(restricted, KPLUG_ATTACH, &attach));
	check_rights(restricted, true, flags);
	OK(command(restricted, KPLUG_DETACH, &detach));
	if (!(flags & ODD_ALLOW_EVENTS))
		check_rights(restricted, false, 0);
}

/* With a permanent plugin a client takes part at once, if that is for the likes of it. */
TEST(trust, joins_permanent_plugin, .variants = VARIANTS("0", "4"))
{
	const unsigned int flags = strtoul(variant, NULL, 0);
	struct kplug *restricted, *trusted;

	core_start();
	OK(run("modprobe kplug_odd flags=%u", flags));
	device_bind(EDU1);
	OK(kplug_attach_permanent(EDU1, "odd"));
	restricted = open_restricted_without_ring(EDU1);
	trusted = device_open_ring(EDU1, 0);
	ck_assert_int_eq(device_info(trusted).out_flags,
			 KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	ck_assert_int_eq(device_info(restricted).out_flags,
			 KPLUG_DEVICE_PERMANENT | (flags ? KPLUG_DEVICE_ATTACHED : 0));
	check_rights(restricted, flags, flags);
}

/* A restricted program does not have modules loaded. */
TEST(trust, restricted_loads_nothing)
{
	struct kplug_attach attach = { .size = sizeof(attach), .name = "odd" };
	struct kplug *restricted, *trusted;

	core_start();
	trusted = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(trusted, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(command(restricted, KPLUG_ATTACH, &attach), -ENOENT);
	ck_assert(!module_loaded("kplug_odd"));
	strcpy(attach.name, "null");
	OK(module_load("kplug_null"));
	ck_assert_int_eq(command(restricted, KPLUG_ATTACH, &attach), -EPERM);
}

/* It hears the device as long as it takes part, and no longer. */
TEST(trust, restricted_hears_events)
{
	int fd = eventfd(0, EFD_NONBLOCK);
	struct kplug *trusted, *restricted;
	eventfd_t count;

	core_start();
	trusted = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(trusted, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_attach(restricted, KPLUG_NO_VECTOR, &edu_plugin),
			 KPLUG_HANDLER_PLUGIN);
	OK(kplug_eventfd(restricted, 0, fd));
	edu_raise(trusted, 11);
	ck_assert_int_eq(next_event(restricted).data[0], 11);
	check_eventfd(fd, 1);
	OK(kplug_detach(restricted, KPLUG_NO_VECTOR));
	edu_raise(trusted, 12);
	no_event(restricted);
	ck_assert_int_ne(eventfd_read(fd, &count), 0);
	ck_assert_int_eq(kplug_attach(restricted, KPLUG_NO_VECTOR, &edu_plugin),
			 KPLUG_HANDLER_PLUGIN);
	edu_raise(trusted, 13);
	ck_assert_int_eq(next_event(restricted).data[0], 13);

	/* The plugin goes with its last trusted client? No: with its last. */
	kplug_close(trusted);
	ck_assert_str_eq(device_info(restricted).out_plugin, "edu");
	kplug_close(restricted);
	ck_assert_int_eq(objects_live("session"), 0);
}

/* What counts is the capability at open(). */
TEST(trust, trust_is_kept)
{
	struct kplug *trusted, *restricted;
	uint64_t value;

	core_start();
	device_bind(EDU1);
	trusted = device_open(EDU1);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_access_read(restricted, 0, 0, 4, &value), -EPERM);
	capability_set(CAP_SYS_RAWIO, false);
	OK(kplug_access_read(trusted, 0, 0, 4, &value));
	capability_set(CAP_SYS_RAWIO, true);
}

TEST(trust, list)
{
	struct kplug *trusted, *restricted;
	struct kplug_holder *holders;
	char text[256], expected[256];

	core_start();
	trusted = edu_open(EDU1, NULL);
	restricted = device_open_restricted(EDU1);
	ck_assert_int_eq(kplug_attach(trusted, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU1 "/clients"));
	snprintf(expected, sizeof(expected), "%d trusted edu %u 0\n%d restricted - %u 0", getpid(),
		 device_info(trusted).out_client, getpid(), device_info(restricted).out_client);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(kplug_holders(EDU1, &holders), 2);
	ck_assert_int_eq(holders[0].trust, KPLUG_TRUST_FULL);
	ck_assert_int_eq(holders[1].trust, KPLUG_TRUST_RESTRICTED);
	ck_assert_uint_eq(holders[1].client, device_info(restricted).out_client);
	free(holders);
	kplug_close(trusted);
	kplug_close(restricted);
	OK(file_read(text, sizeof(text), "/sys/class/kplug/" EDU1 "/clients"));
	ck_assert_str_eq(text, "");
}

/* Dozens of clients and their rings come and go. */
TEST(trust, many, .smoke = true)
{
	struct kplug *many[64];

	core_start();
	OK(module_load("kplug_null"));
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		OK(kplug_open(&many[i], NULL0, &(struct kplug_opts){ .ring_entries = 2 }));
		OK(kplug_eventfd(many[i], i % NULL_VECTORS, eventfd(0, EFD_CLOEXEC)));
	}
	ck_assert_int_eq(kplug_attach(many[0], 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(many[0], 0, 1);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		ck_assert_int_eq(next_event(many[i]).seq, 0);
	ck_assert(!file_read((char[8192]){ 0 }, 8192, "/sys/class/kplug/" NULL0 "/clients"));
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		kplug_close(many[i]);
	objects_settle();
}
