// SPDX-License-Identifier: MIT
// Grants: users and groups who may have a device without CAP_SYS_RAWIO, what they may do, and the
// end of it.
#define _GNU_SOURCE
#include "child.h"
#include "device.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/pci_regs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define GRANTS "/sys/class/kplug/" EDU1 "/grants"
#define USER   1000
#define OTHER  1001
#define GROUP  44

static const struct child user = { .user = USER, .group = USER },
			  other = { .user = OTHER, .group = OTHER },
			  member = { .user = OTHER, .group = OTHER, .supplementary = GROUP },
			  container = { .user = USER, .group = USER, .root_in_namespace = true };

static unsigned int safety(void)
{
	return leg_is("iommu") ? 0 : KPLUG_GRANT_UNSAFE;
}

/* An edu device that all users may open, as by a udev rule. */
static void edu_for_all_users(void)
{
	core_start();
	device_bind(EDU1);
	OK(run("chmod 666 /dev/kplug/" EDU1));
}

static int grant_write(const char *line)
{
	return file_write(line, GRANTS);
}

static void check_grants(const char *expected)
{
	char text[1024];

	OK(file_read(text, sizeof(text), GRANTS));
	ck_assert_str_eq(text, expected);
}

/* A bad line is refused and changes nothing. */
TEST(grant, lines)
{
	static const struct {
		const char *line;
		int error;
	} bad[] = {
		{ "uid", -EINVAL },
		{ "uid:", -EINVAL },
		{ "uid:x", -EINVAL },
		{ "uid:-1", -EINVAL },
		{ "uid:+1", -EINVAL },
		{ "uid:4294967295", -EINVAL },
		{ "uid:4294967296", -EINVAL },
		{ "gid:4294967295", -EINVAL },
		{ "pid:1", -EINVAL },
		{ "1000", -EINVAL },
		{ "uid:1 gid:2", -EINVAL },
		{ "uid:1\ngid:2", -EINVAL },
		{ "-uid:7 unsafe", -EINVAL },
		{ "uid:1 safe", -EINVAL },
		{ "uid:1  unsafe", -EINVAL },
		{ "--uid:7", -EINVAL },
		{ "uid:0x10", -EINVAL },
		{ "\n", -EINVAL },
		{ " ", -EINVAL },
		{ "-", -EINVAL },
		{ "uid:1000000000000000000000000000000", -EINVAL },
		{ "-uid:1", -ENOENT },
		{ "-gid:7", -ENOENT },
		{ "uid:7 unsafe", -EALREADY },
	};

	edu_for_all_users();
	check_grants("");
	OK(grant_write("uid:7 unsafe\n"));
	OK(grant_write("gid:0 unsafe"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int result = grant_write(bad[i].line);

		ck_assert_msg(result == bad[i].error, "'%s': %d instead of %d", bad[i].line, result,
			      bad[i].error);
		check_grants("uid:7 unsafe\ngid:0 unsafe");
	}
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(grant_write("-uid:7"), -EPERM);
	ck_assert_int_eq(grant_write("uid:8 unsafe"), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	check_grants("uid:7 unsafe\ngid:0 unsafe");
	OK(grant_write("-uid:7\n"));
	check_grants("gid:0 unsafe");
	for (int i = 1; i < 16; i++)
		OK(kplug_grant(EDU1, i, KPLUG_GRANT_UNSAFE));
	ck_assert_int_eq(kplug_grant(EDU1, 16, KPLUG_GRANT_UNSAFE), -ENOSPC);
	OK(kplug_grant_end(EDU1, 0, KPLUG_GRANT_GROUP));
	OK(kplug_grant(EDU1, 4294967294u, KPLUG_GRANT_UNSAFE));
	/* It ends with the device. */
	device_unbind(EDU1);
	device_bind(EDU1);
	check_grants("");
}

/* Without an IOMMU a program with the registers of a device reaches all memory. */
TEST(grant, needs_isolation)
{
	char text[32];

	edu_for_all_users();
	ck_assert_int_eq(kplug_grant(EDU1, USER, 0), leg_is("iommu") ? 0 : -EOPNOTSUPP);
	check_grants(leg_is("iommu") ? "uid:1000" : "");
	ck_assert_int_eq(kplug_grant(EDU1, USER, KPLUG_GRANT_UNSAFE),
			 leg_is("iommu") ? -EALREADY : 0);
	/* The kernel is tainted then (bit 6), as by VFIO without an IOMMU. */
	OK(file_read(text, sizeof(text), "/proc/sys/kernel/tainted"));
	ck_assert(leg_is("iommu") || strtoul(text, NULL, 10) & 1 << 6);
	/* A virtual device needs no IOMMU. */
	OK(module_load("kplug_null"));
	OK(kplug_grant(NULL0, USER, 0));
}

static int is_restricted(void)
{
	struct kplug_device_info info;
	struct kplug *edu;
	uint64_t value;

	NEED(!kplug_open(&edu, EDU1, &(struct kplug_opts){ .flags = KPLUG_OPEN_NO_RING }));
	NEED(!kplug_info(edu, &info));
	NEED(!(info.out_flags & (KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_GRANTED)));
	NEED(kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value) == -EPERM);
	NEED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, kplug_fd(edu), 0) == MAP_FAILED &&
	     errno == EPERM);
	NEED(kplug_attach(edu, 0, edu_handler_of("recipe")) == -EPERM);
	return 0;
}

/* Rung 0 and rung 1: registers, maps, interrupts; the same as for root. */
static int has_both_rungs(void)
{
	static const char *const rungs[] = { "user", "recipe" };
	struct kplug_device_info info;
	struct kplug_event event;
	struct kplug *edu;
	uint64_t value;

	NEED(!kplug_open(&edu, EDU1, NULL));
	NEED(!kplug_info(edu, &info));
	NEED((info.out_flags & KPLUG_DEVICE_TRUSTED) && (info.out_flags & KPLUG_DEVICE_GRANTED));
	NEED(!kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value));
	NEED((value & EDU_ID_MASK) == EDU_ID_VALUE);
	NEED(!kplug_map(edu, EDU_REGION));
	NEED((kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_ID) & EDU_ID_MASK) == EDU_ID_VALUE);
	for (size_t i = 0; i < ARRAY_SIZE(rungs); i++) {
		NEED(kplug_attach(edu, 0, edu_handler_of(rungs[i])) >= 0);
		edu_raise(edu, 5);
		NEED(kplug_wait(edu, &event, 1, 10000 * MS) == 1);
		NEED(event.type == KPLUG_EVENT_IRQ && event.data[0] == 5);
		NEED(!kplug_detach(edu, 0));
	}
	kplug_close(edu);
	return 0;
}

TEST(grant, user, .smoke = true)
{
	edu_for_all_users();
	OK(child_run(&user, is_restricted));
	OK(kplug_grant(EDU1, USER, safety()));
	OK(child_run(&user, has_both_rungs));
	OK(child_run(&other, is_restricted));
	OK(kplug_grant_end(EDU1, USER, 0));
	OK(child_run(&user, is_restricted));
	objects_settle();
}

TEST(grant, group)
{
	const struct child primary = { .user = OTHER, .group = GROUP };

	edu_for_all_users();
	OK(kplug_grant(EDU1, GROUP, KPLUG_GRANT_GROUP | safety()));
	OK(child_run(&member, has_both_rungs));
	OK(child_run(&primary, has_both_rungs));
	OK(child_run(&other, is_restricted));
	/* A user's number does not match a group. */
	OK(child_run(&(struct child){ .user = GROUP, .group = OTHER }, is_restricted));
}

/* Root of a container without the capability, but in no user namespace. */
TEST(grant, root_without_the_capability)
{
	struct kplug *edu;
	uint64_t value;

	edu_for_all_users();
	OK(kplug_grant(EDU1, 0, safety()));
	capability_set(CAP_SYS_RAWIO, false);
	OK(kplug_open(&edu, EDU1, NULL));
	capability_set(CAP_SYS_RAWIO, true);
	ck_assert(device_info(edu).out_flags & KPLUG_DEVICE_GRANTED);
	OK(kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value));
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	kplug_close(edu);
	/* A client with the capability needs no grant. */
	edu = device_open(EDU1);
	ck_assert(!(device_info(edu).out_flags & KPLUG_DEVICE_GRANTED));
	OK(kplug_grant_end(EDU1, 0, 0));
	OK(kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value));
	kplug_close(edu);
}

/* The same user, in a user namespace in which it is root. */
TEST(grant, not_in_a_user_namespace, .smoke = true)
{
	edu_for_all_users();
	OK(kplug_grant(EDU1, USER, safety()));
	OK(kplug_grant(EDU1, USER, KPLUG_GRANT_GROUP | safety()));
	OK(kplug_grant(EDU1, 0, safety()));
	OK(child_run(&user, has_both_rungs));
	OK(child_run(&container, is_restricted));
}

/* A grant does not cover what belongs to the machine or the plugin. */
static int has_no_more(void)
{
	static const struct kplug_handler odd = { .plugin = "odd" };
	const struct kplug_dma_limits limits = { .address_bits = EDU_DMA_BITS };
	const struct kplug_transfer line_size = { .op = KPLUG_TRANSFER_WRITE,
						  .region = KPLUG_CONFIG_REGION,
						  .width = 1,
						  .count = 1,
						  .offset = PCI_CACHE_LINE_SIZE };
	struct kplug_transfer list[1] = { line_size };
	const int by_address = leg_is("iommu") ? 0 : -EPERM;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	struct kplug_shm shm;
	struct kplug *edu;
	uint64_t value, cpus[16];
	unsigned int done;

	NEED(!kplug_open(&edu, EDU1, NULL));
	NEED(!kplug_access_read(edu, KPLUG_CONFIG_REGION, PCI_VENDOR_ID, 2, &value) &&
	     value == EDU_VENDOR_ID);
	NEED(kplug_access_write(edu, KPLUG_CONFIG_REGION, PCI_CACHE_LINE_SIZE, 1, 0) == -EPERM);
	NEED(kplug_transfer(edu, list, 1, &done) == -EPERM && done == 0);
	NEED(kplug_set_cleanup(edu, &line_size, 1) == -EPERM);
	NEED(kplug_dma_buffer_region(edu, EDU_REGION, 0, 4096) == -EPERM);
	NEED(kplug_attach(edu, KPLUG_NO_VECTOR, &odd) == -EPERM);
	NEED(kplug_shm_alloc(edu, 1, &shm) == -EPERM);
	NEED(kplug_attach(edu, 0, edu_handler_of("recipe")) >= 0);
	NEED(!kplug_affinity_get(edu, 0, sizeof(cpus), cpus));
	NEED(kplug_affinity_set(edu, 0, sizeof(cpus), cpus) == -EPERM);
	NEED(kplug_dma_set_limits(edu, &limits) == by_address);
	NEED(!kplug_dma_buffer_alloc(edu, 4096, &buffer));
	NEED(!kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	NEED(kplug_dma_segments(edu, mapping.id, 0, &segment, 1) == by_address);
	NEED(!kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	return 0;
}

TEST(grant, rights)
{
	edu_for_all_users();
	OK(kplug_grant(EDU1, USER, safety()));
	OK(child_run(&user, has_no_more));
	ck_assert(!module_loaded("kplug_odd"));
	objects_settle();
}

static unsigned int plugin_allows;

static int joins_plugin(void)
{
	struct kplug_shm shm;
	struct kplug *edu;
	char byte = 1;

	NEED(!kplug_open(&edu, EDU1, NULL));
	NEED((kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin) < 0) == !plugin_allows);
	NEED(kplug_call(edu, ODD_CALL_ECHO, &byte, 1, &byte, 1) ==
	     (!plugin_allows                  ? -ENOTCONN :
	      plugin_allows & ODD_ALLOW_CALLS ? 1 :
						-EPERM));
	NEED(kplug_shm_alloc(edu, 1, &shm) == (plugin_allows & ODD_ALLOW_SHM ? 0 : -EPERM));
	kplug_close(edu);
	return 0;
}

/* To a plugin it is a restricted client. */
TEST(grant, joins_plugin, .variants = VARIANTS("0", "4", "16"))
{
	struct kplug *trusted;

	plugin_allows = strtoul(variant, NULL, 0);
	edu_for_all_users();
	OK(run("modprobe kplug_odd flags=%u", plugin_allows));
	OK(kplug_grant(EDU1, USER, safety()));
	trusted = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(trusted, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(child_run(&user, joins_plugin));
	kplug_close(trusted);
}

/* The end of a grant revokes the clients that were opened by it, at once. */
static int ready[2];

static int waits_for_its_end(void)
{
	struct kplug_event event;
	volatile uint32_t *map;
	struct kplug *edu;
	uint64_t value;

	NEED(!kplug_open(&edu, EDU1, NULL));
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, kplug_fd(edu), 0);
	NEED(map != MAP_FAILED && (map[EDU_ID / 4] & EDU_ID_MASK) == EDU_ID_VALUE);
	NEED(kplug_attach(edu, 0, edu_handler_of("recipe")) >= 0);
	NEED(write(ready[1], "r", 1) == 1);
	NEED(kplug_wait(edu, &event, 1, 20000 * MS) == 1 && event.type == KPLUG_EVENT_REMOVED);
	NEED(kplug_access_read(edu, EDU_REGION, EDU_ID, 4, &value) == -ENODEV);
	NEED(map[EDU_ID / 4] == ~0u);
	NEED(kplug_wait(edu, &event, 1, -1) == -ENODEV);
	kplug_close(edu);
	/* It may open the device again, with its present rights. */
	return is_restricted();
}

static pid_t start_waiting(const struct child *child)
{
	pid_t pid = child_start(child, waits_for_its_end);
	char byte;

	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	return pid;
}

TEST(grant, ends, .smoke = true)
{
	struct kplug *trusted;
	uint64_t value;
	pid_t pid;

	edu_for_all_users();
	OK(pipe(ready));
	OK(kplug_grant(EDU1, USER, safety()));
	trusted = device_open(EDU1);
	pid = start_waiting(&user);
	ck_assert_int_eq(objects_live("armed"), 1);
	OK(kplug_grant_end(EDU1, USER, 0));
	OK(child_end(pid));
	ck_assert_int_eq(objects_live("armed"), 0);
	OK(kplug_access_read(trusted, EDU_REGION, EDU_ID, 4, &value));
	ck_assert_ptr_null(kplug_peek(trusted));
	kplug_close(trusted);
	objects_settle();
}

/* A client with two grants survives the end of one; a later grant does not replace an ended one. */
TEST(grant, ends_with_the_last)
{
	const struct child both = { .user = USER, .group = USER, .supplementary = GROUP };
	pid_t pid;

	edu_for_all_users();
	OK(pipe(ready));
	OK(kplug_grant(EDU1, USER, safety()));
	OK(kplug_grant(EDU1, GROUP, KPLUG_GRANT_GROUP | safety()));
	pid = start_waiting(&both);
	OK(kplug_grant_end(EDU1, USER, 0));
	ck_assert_int_eq(objects_live("armed"), 1);
	OK(kplug_grant(EDU1, OTHER, safety()));
	OK(kplug_grant_end(EDU1, OTHER, 0));
	ck_assert_int_eq(objects_live("armed"), 1);
	OK(kplug_grant_end(EDU1, GROUP, KPLUG_GRANT_GROUP));
	OK(child_end(pid));
	ck_assert_int_eq(objects_live("armed"), 0);
}
