// SPDX-License-Identifier: MIT
// NVMe disks that are slow, fail, or change while in use: clients lose little, and memory stays
// intact.
#define _GNU_SOURCE
#include "device.h"
#include "disk.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CC             0x14
#define CSTS           0x1c
#define CSTS_SHST      0xcu
#define CSTS_SHST_DONE 0x8u

#define PCI_COMMAND_OFFSET 4
#define PCI_MASTER         4u

#define RESTARTED "nvme: the controller is restarted"

static struct kplug *slow_disk(void)
{
	core_start();
	disk_plug(DISK_SLOW);
	return disk_open(EDU0);
}

/* Dirty data, so that a flush takes time. */
static void write_something(struct kplug *disk)
{
	struct area area = area_made(disk, PAGE);

	OK(disk_io(&area, NVME_WRITE, 0, 0, PAGE, 0));
	area_unmade(&area);
}

static void slow_disk_end(struct kplug *disk)
{
	kplug_close(disk);
	objects_settle();
	disk_unplug();
}

static uint16_t pci_command(const char *address, int change, bool on)
{
	char path[64];
	uint16_t value;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &value, sizeof(value), PCI_COMMAND_OFFSET), sizeof(value));
	if (change) {
		value = on ? value | (uint16_t)change : value & (uint16_t)~change;
		ck_assert_int_eq(pwrite(fd, &value, sizeof(value), PCI_COMMAND_OFFSET),
				 sizeof(value));
	}
	close(fd);
	return value;
}

static bool is_master(const char *address)
{
	return pci_command(address, 0, false) & PCI_MASTER;
}

static uint32_t controller_register(struct kplug *k, unsigned offset)
{
	return kplug_read32(kplug_io_user(k), 0, offset);
}

static uint32_t started(const struct area *area, struct order o, uint32_t timeout_ms)
{
	struct kplug_dma_execution e;
	uint32_t id;

	OK(disk_transaction(area, o.offset, o.length, &id));
	e = disk_execution(id, &o);
	e.timeout_ms = timeout_ms;
	ck_assert_int_eq(kplug_dma_transaction_execute(area->k, &e, 1), 1);
	return id;
}

static void run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	OK(sched_setaffinity(0, sizeof(cpus), &cpus));
}

/* Flushes in threads of their own. */
struct flusher {
	pthread_t thread;
	struct kplug *k;
	int result;
};

static void *flush_thread(void *arg)
{
	struct flusher *f = arg;

	f->result = disk_flush(f->k, 1);
	return NULL;
}

static void flushers_begin(struct flusher *list, unsigned num, struct kplug *k)
{
	for (unsigned i = 0; i < num; i++) {
		list[i].k = k;
		OK(pthread_create(&list[i].thread, NULL, flush_thread, &list[i]));
	}
}

static void flushers_end(struct flusher *list, unsigned num, int expected)
{
	for (unsigned i = 0; i < num; i++) {
		OK(pthread_join(list[i].thread, NULL));
		ck_assert_int_eq(list[i].result, expected);
	}
}

/* More flushes than may run at a time: all end, those that run and those that wait for a turn. */
TEST(nvme, flushes_removed, .timeout = 60)
{
	struct flusher list[6];
	struct kplug *disk = slow_disk();

	write_something(disk);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	sleep_ms(500);
	device_unbind(EDU0);
	flushers_end(list, ARRAY_SIZE(list), -ENODEV);
	slow_disk_end(disk);
}

/* The flushes of a client end at a reset, and their turns are free. */
TEST(nvme, flushes_reset, .timeout = 90)
{
	struct flusher list[6];
	struct kplug *disk = slow_disk(), *other = device_open(EDU0);

	write_something(disk);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	sleep_ms(500);
	OK(kplug_reset(other));
	flushers_end(list, ARRAY_SIZE(list), -EIO);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	flushers_end(list, ARRAY_SIZE(list), 0);
	kplug_close(other);
	slow_disk_end(disk);
}

static void *detach_thread(void *k)
{
	return (void *)(intptr_t)kplug_detach(k, KPLUG_NO_VECTOR);
}

/*
 * A client that detaches does not wait for its flushes, of which four run and the others wait for a
 * turn.
 */
TEST(nvme, flushes_closing, .timeout = 90)
{
	struct flusher list[6], others[6];
	struct kplug *disk = slow_disk(), *other = disk_attach(device_open(EDU0));
	pthread_t thread;
	void *result;

	write_something(disk);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	sleep_ms(300);
	flushers_begin(others, ARRAY_SIZE(others), other);
	sleep_ms(300);
	OK(pthread_create(&thread, NULL, detach_thread, disk));
	flushers_end(list, ARRAY_SIZE(list), -ECANCELED);
	OK(pthread_join(thread, &result));
	OK((int)(intptr_t)result);
	flushers_end(others, ARRAY_SIZE(others), 0);
	kplug_close(other);
	slow_disk_end(disk);
}

/* Killed flushes return their turns when their commands have ended, and no sooner. */
TEST(nvme, flushes_killed, .timeout = 90)
{
	struct flusher list[6];
	struct kplug *disk = slow_disk();
	int status;
	pid_t child;

	write_something(disk);
	child = fork();
	if (!child) {
		flushers_begin(list, ARRAY_SIZE(list), disk);
		for (;;)
			pause();
	}
	sleep_ms(500);
	OK(kill(child, SIGKILL));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	flushers_end(list, ARRAY_SIZE(list), 0);
	slow_disk_end(disk);
}

/* A full queue does not block a flush. */
TEST(nvme, flush_under_load, .timeout = 60)
{
	struct kplug *disk = slow_disk();
	struct area area = area_made(disk, 63 * PAGE);
	uint32_t ids[63];

	run_on(0);
	for (unsigned i = 0; i < ARRAY_SIZE(ids); i++)
		ids[i] = started(&area,
				 (struct order){ .operation = NVME_WRITE,
						 .block = 8 * i,
						 .offset = i * PAGE,
						 .length = PAGE },
				 60000);
	OK(disk_flush(disk, 1));
	for (unsigned i = 0; i < ARRAY_SIZE(ids); i++)
		OK(disk_ended(disk, ids[i]).out_status);
	slow_disk_end(disk);
}

/*
 * A client's time-out ends its own command; other commands in the same queue, and flushes, go on.
 */
TEST(nvme, time_out_alone, .timeout = 90)
{
	struct order o = { .operation = NVME_READ, .length = PAGE };
	struct kplug *disk = slow_disk(), *other = disk_attach(device_open_restricted(EDU0));
	struct area area = area_made(disk, 8 * PAGE), theirs = area_made(other, PAGE);
	struct flusher flusher;
	uint32_t ids[8], id;
	int result;

	run_on(0);
	for (unsigned i = 0; i < ARRAY_SIZE(ids); i++)
		ids[i] = started(&area,
				 (struct order){ .operation = i % 2 ? NVME_READ : NVME_WRITE,
						 .block = 8 * i,
						 .offset = i * PAGE,
						 .length = PAGE },
				 KPLUG_TIMEOUT_NONE);
	flushers_begin(&flusher, 1, disk);
	id = started(&theirs, o, 1);
	/* 0: the command ended before the controller deleted the queue. */
	result = disk_ended(other, id).out_status;
	ck_assert(!result || result == -ETIMEDOUT);
	for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
		ck_assert_int_eq(disk_ended(disk, ids[i]).out_status, 0);
		ck_assert_uint_eq(disk_ended(disk, ids[i]).out_bytes, PAGE);
	}
	flushers_end(&flusher, 1, 0);
	ck_assert(!log_contains(RESTARTED));
	kplug_close(other);
	slow_disk_end(disk);
}

/* A client that ends with many commands takes no more time than with one. */
TEST(nvme, close_with_many, .timeout = 90)
{
	struct kplug *disk = slow_disk(), *other = disk_attach(device_open_restricted(EDU0));
	struct area area = area_made(other, 63 * PAGE), mine = area_made(disk, PAGE);
	uint32_t id;

	id = started(&mine, (struct order){ .operation = NVME_READ, .length = PAGE },
		     KPLUG_TIMEOUT_NONE);
	for (unsigned i = 0; i < 63; i++)
		started(&area,
			(struct order){ .operation = NVME_READ,
					.block = 8 * i,
					.offset = i * PAGE,
					.length = PAGE },
			KPLUG_TIMEOUT_NONE);
	kplug_close(other);
	OK(disk_ended(disk, id).out_status);
	slow_disk_end(disk);
}

/*
 * Without mastery of the bus QEMU's controller fails (CSTS.CFS). With mastery it recovers, and
 * commands that waited complete, except those that timed out.
 */
TEST(nvme, fatal, .timeout = 90)
{
	struct order o = { .operation = NVME_READ, .length = PAGE };
	struct area area, theirs;
	struct flusher flusher;
	struct kplug *disk, *other;
	uint32_t mine, id;

	core_start();
	disk = disk_open(NVME);
	other = disk_attach(device_open(NVME));
	area = area_made(disk, PAGE);
	theirs = area_made(other, PAGE);
	dma_fill(area.memory, PAGE, 3);
	OK(disk_io(&area, NVME_WRITE, 0, 0, PAGE, 0));
	memset(area.memory, 0, PAGE);

	log_allow("nvme: the controller does not start");
	pci_command(NVME, PCI_MASTER, false);
	mine = started(&area, o, KPLUG_TIMEOUT_NONE);
	id = started(&theirs, o, 100);
	ck_assert_int_eq(disk_ended(other, id).out_status, -ETIMEDOUT);
	flushers_begin(&flusher, 1, disk);
	ck_assert(WAIT_UNTIL(log_contains("nvme: the controller does not start"), 20000));
	/* Mastery counts as another user of the device. */
	pci_command(NVME, PCI_MASTER, true);
	OK(disk_ended(disk, mine).out_status);
	dma_check(area.memory, PAGE, 3);
	flushers_end(&flusher, 1, 0);
	OK(disk_io(&area, NVME_READ, 0, 0, PAGE, 0));
	kplug_close(other);
	kplug_close(disk);
	objects_settle();
}

/* A flush that meets a failed controller completes as soon as the controller works again. */
TEST(nvme, flush_fatal, .timeout = 90)
{
	struct flusher list[6];
	struct kplug *disk;

	core_start();
	disk = disk_open(NVME);
	log_allow("nvme: the controller does not start");
	pci_command(NVME, PCI_MASTER, false);
	flushers_begin(list, ARRAY_SIZE(list), disk);
	ck_assert(WAIT_UNTIL(log_contains(RESTARTED), 20000));
	pci_command(NVME, PCI_MASTER, true);
	flushers_end(list, ARRAY_SIZE(list), 0);
	kplug_close(disk);
	objects_settle();
}

/* Malformed calls. */
TEST(nvme, odd_calls)
{
	const uint64_t namespaces[] = { 0, 2, 0xfffffffe, 0xffffffff, 1ull << 32 | 1 };
	struct nvme_info info[2];
	struct kplug *disk;

	core_start();
	disk = disk_attach((device_bind(NVME), device_open(NVME)));
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(disk_flush(disk, (uint32_t)namespaces[i]), -EINVAL);
	for (uint32_t length = 0; length < 16; length++)
		if (length != 4)
			ck_assert_int_lt(
				kplug_call(disk, NVME_CALL_FLUSH, namespaces, length, NULL, 0), 0);
	ck_assert_int_lt(kplug_call(disk, NVME_CALL_IDENTIFY, namespaces, 4, info, sizeof(*info)),
			 0);
	ck_assert_int_lt(kplug_call(disk, NVME_CALL_IDENTIFY, NULL, 0, info, sizeof(info)), 0);
	ck_assert_int_eq(kplug_call(disk, 0, NULL, 0, NULL, 0), -ENOTTY);
	ck_assert_int_eq(kplug_call(disk, ~0u, NULL, 0, NULL, 0), -ENOTTY);
	kplug_close(disk);
	objects_settle();
}

/*
 * The kernel's own driver on a second controller of the subsystem; the plugin keeps the first one.
 */
static int second_controller(void)
{
	int controller;

	disk_plug(DISK_SECOND);
	disk_load_linux();
	if (!*pci_driver(EDU0))
		OK(file_write(EDU0, "/sys/bus/pci/drivers/nvme/bind"));
	/* The node exists before it can be opened. */
	ck_assert(WAIT_UNTIL((controller = open("/dev/nvme0", O_RDWR)) >= 0, 20000));
	return controller;
}

static void second_controller_end(int controller)
{
	close(controller);
	device_unbind(EDU0);
	disk_unplug();
}

/* 5.23 "Format NVM command"; formats 0 and 4 of QEMU's have blocks of 512 and 4096 bytes. */
static void format(int controller, uint32_t lbaf)
{
	struct nvme_admin_cmd command = {
		.opcode = 0x80, .nsid = 1, .cdw10 = lbaf, .timeout_ms = 60000
	};

	ck_assert_int_eq(ioctl(controller, NVME_IOCTL_ADMIN_CMD, &command), 0);
}

/*
 * Another controller gives the namespace larger blocks. Until the plugin knows, a command means
 * eight times the bytes of its transaction: it ends with an error, and no freed memory changes.
 */
TEST(nvme, formatted, .variants = VARIANTS("sgl", "prp"), .timeout = 120)
{
	const size_t big = 512 * 1024, small = 64 * 1024;
	struct area before, area;
	uint8_t *memory;
	struct kplug *disk;
	int controller, result;
	size_t bad = 0;

	if (kernel_is_debug())
		test_skip(NVME_DRIVER_FAULT);
	/*
	 * The kernel's driver may still look for partitions, with commands for the old block size.
	 */
	log_allow("DMAR: (DRHD: handling fault status|.* device .01:00[.]0. )|"
		  "arm-smmu-v3 .*: event");
	core_start();
	OK(module_load(!strcmp(variant, "sgl") ? "kplug_nvme" : "kplug_nvme sgl=N"));
	disk = disk_open(NVME);
	controller = second_controller();
	run_on(0);
	/* The pages of this one are in the lists of the queue afterwards. */
	before = area_made(disk, big);
	memory = before.memory;
	OK(disk_io(&before, NVME_READ, 0, 0, big, 0));
	OK(kplug_dma_unmap(disk, before.mapping));
	memset(memory, 0xaa, big);
	area = area_made(disk, big);
	memset(area.memory, 0xbb, big);

	format(controller, 4);
	result = disk_io(&area, NVME_READ, 0, 0, small, 0);
	/* 0: this controller reports it, and the plugin knows already. */
	ck_assert(!result || result == -ESTALE);
	for (size_t i = 0; i < big; i++)
		bad += memory[i] != 0xaa || ((result || i >= small) && area.memory[i] != 0xbb);
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_eq(disk_info(disk).namespaces[0].block_size, PAGE);
	dma_fill(area.memory, small, 6);
	OK(disk_io(&area, NVME_WRITE, 5, 0, small, 0));
	memset(area.memory, 0, small);
	OK(disk_io(&area, NVME_READ, 5, 0, small, 0));
	dma_check(area.memory, small, 6);
	ck_assert_int_eq(disk_io(&area, NVME_READ, 0, 0, BLOCK, 0), -EINVAL);

	format(controller, 0);
	ck_assert_uint_eq(disk_info(disk).namespaces[0].block_size, BLOCK);
	OK(disk_io(&area, NVME_READ, 1, 0, small + BLOCK, 0));
	kplug_close(disk);
	second_controller_end(controller);
	objects_settle();
}

/* 5.19 "Namespace Attachment command", for the controller of NVME, which is the first one. */
static void attach_namespace(int controller, bool attach)
{
	uint16_t list[2048] = { 1, 0 };
	struct nvme_admin_cmd command = {
		.opcode = 0x15,
		.nsid = 1,
		.cdw10 = !attach,
		.addr = (uintptr_t)list,
		.data_len = sizeof(list),
	};

	ck_assert_int_eq(ioctl(controller, NVME_IOCTL_ADMIN_CMD, &command), 0);
}

/* A namespace goes and returns: the controller reports both. */
TEST(nvme, notices, .timeout = 60)
{
	struct kplug *disk;
	struct area area;
	int controller;

	if (kernel_is_debug())
		test_skip(NVME_DRIVER_FAULT);
	core_start();
	disk = disk_open(NVME);
	controller = second_controller();
	area = area_made(disk, PAGE);
	for (int i = 0; i < 3; i++) {
		OK(disk_io(&area, NVME_READ, 0, 0, PAGE, 0));
		attach_namespace(controller, false);
		ck_assert(WAIT_UNTIL(disk_io(&area, NVME_READ, 0, 0, PAGE, 0) == -EINVAL, 10000));
		ck_assert_uint_eq(disk_info(disk).num_namespaces, 0);
		ck_assert_int_eq(disk_flush(disk, 1), -EINVAL);
		attach_namespace(controller, true);
		ck_assert(WAIT_UNTIL(!disk_io(&area, NVME_READ, 0, 0, PAGE, 0), 10000));
	}
	ck_assert_uint_eq(disk_info(disk).num_namespaces, 1);
	kplug_close(disk);
	second_controller_end(controller);
	objects_settle();
}

/*
 * Transfers are correct with lists of pages (PRP), too, for a controller without scatter/gather
 * lists.
 */
TEST(nvme, pages, .timeout = 60)
{
	static const uint32_t lengths[] = { BLOCK, PAGE, 2 * PAGE, 3 * PAGE, 512 * 1024, MIB };
	static const uint32_t offsets[] = { 0, 4, 2044 };
	struct kplug *disk;
	struct area area;

	core_start();
	OK(module_load("kplug_nvme sgl=N"));
	disk = disk_open(NVME);
	area = area_made(disk, 2 * MIB);
	for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++)
		for (unsigned j = 0; j < ARRAY_SIZE(offsets); j++) {
			dma_fill(area.memory, area.length, i + j);
			OK(disk_io(&area, NVME_WRITE, 1 + 64 * j, offsets[j], lengths[i], 0));
			memset(area.memory, 0, area.length);
			OK(disk_io(&area, NVME_READ, 1 + 64 * j, offsets[2 - j], lengths[i], 0));
			dma_check(area.memory + offsets[2 - j], lengths[i], i + j + offsets[j]);
		}
	kplug_close(disk);
	objects_settle();
}

#define KEEPS_ON "kplug_fault functions=kplug_nvme:nvme_controller_disable status=0"

/*
 * Detach and the end of the machine shut the controller down. QEMU's controller, once switched off,
 * no longer reports that; so it stays on here.
 */
TEST(nvme, shut_down, .variants = VARIANTS("detach", "machine"))
{
	const bool machine = !strcmp(variant, "machine");
	struct kplug *disk;
	struct area area;

	core_start();
	disk = disk_open(NVME);
	OK(kplug_map(disk, 0));
	area = area_made(disk, PAGE);
	OK(disk_io(&area, NVME_WRITE, 0, 0, PAGE, 0));
	ck_assert_uint_eq(controller_register(disk, CC) & 1, 1);
	ck_assert_uint_ne(controller_register(disk, CSTS) & CSTS_SHST, CSTS_SHST_DONE);
	if (module_load(machine ? KEEPS_ON " shutdown=" NVME : KEEPS_ON))
		test_skip("this kernel has no probes");
	if (!machine)
		OK(kplug_detach(disk, KPLUG_NO_VECTOR));
	ck_assert_uint_eq(controller_register(disk, CSTS) & CSTS_SHST, CSTS_SHST_DONE);
	if (machine)
		ck_assert(!is_master(NVME));
	kplug_close(disk);
	device_unbind(NVME);
	OK(module_unload("kplug_fault"));
	objects_settle();
	/* It works with the next driver, and is off after that. */
	disk = disk_open(NVME);
	OK(kplug_map(disk, 0));
	area = area_made(disk, PAGE);
	OK(disk_io(&area, NVME_READ, 0, 0, PAGE, 0));
	OK(kplug_detach(disk, KPLUG_NO_VECTOR));
	ck_assert_uint_eq(controller_register(disk, CC) & 1, 0);
	kplug_close(disk);
	objects_settle();
}

/*
 * The controller neither deletes its queue nor stops: it reaches no memory until the function is
 * reset.
 */
TEST(nvme, stuck, .timeout = 90)
{
	struct order o = { .operation = NVME_READ, .length = PAGE };
	struct kplug *disk = slow_disk(), *other = disk_attach(device_open(EDU0));
	struct area area = area_made(disk, PAGE), theirs = area_made(other, PAGE), more;
	uint32_t mine, id;
	int result;

	if (module_load(
		    "kplug_fault functions=kplug_nvme:nvme_controller_disable,kplug_nvme:nvme_admin_delete_sq")) {
		slow_disk_end(disk);
		test_skip("this kernel has no probes");
	}
	log_allow("nvme: the controller does not stop");
	mine = started(&theirs, o, KPLUG_TIMEOUT_NONE);
	id = started(&area, o, 100);
	result = disk_ended(disk, id).out_status;
	ck_assert(result == -ETIMEDOUT || result == -EIO);
	ck_assert_int_eq(disk_ended(other, mine).out_status, -EIO);
	ck_assert(log_contains("nvme: the controller does not stop"));
	ck_assert(!is_master(EDU0));
	/* Neither memory of new clients, nor of those that have ended. */
	more = area_made(other, PAGE);
	ck_assert(!is_master(EDU0));
	area_unmade(&more);
	ck_assert(!is_master(EDU0));
	ck_assert_int_eq(disk_flush(disk, 1), -EIO);
	OK(module_unload("kplug_fault"));
	OK(kplug_reset(other));
	ck_assert(is_master(EDU0));
	OK(disk_io(&area, NVME_READ, 0, 0, PAGE, 0));
	kplug_close(other);
	slow_disk_end(disk);
}
