// SPDX-License-Identifier: MIT
// Blocks of an NVMe disk through the nvme plugin: right, whole, and for several programs at once.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nvme_ioctl.h>
#include <nvme/nvme_msg.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096u
#define BLOCK  512u
#define MARGIN 64u	/* bytes around a transfer that must stay as they are */
#define MIB    (1u << 20)

/* A second disk, with large blocks, that can be unplugged. */
#define SPARE_ADD "device_add nvme nvme1 rp0 serial=spare drive=disk1 logical_block_size=4096 physical_block_size=4096"

static const struct kplug_handler nvme = { .plugin = "nvme" };

/* Memory that the disk reaches. */
struct area {
	struct kplug *k;
	uint8_t *memory;
	uint64_t length;
	uint32_t mapping;
};

static struct kplug *attached(struct kplug *k)
{
	ck_assert_int_eq(kplug_attach(k, KPLUG_NO_VECTOR, &nvme), KPLUG_HANDLER_PLUGIN);
	return k;
}

/* Once it is loaded, the kernel's own driver takes every disk. */
static struct kplug *opened(const char *address)
{
	if (!strcmp(pci_driver(address), "nvme"))
		device_unbind(address);
	device_bind(address);
	return attached(device_open(address));
}

static void load_linux_driver(void)
{
	if (kernel_is_debug())
		test_skip(NVME_DRIVER_FAULT);
	if (module_load("nvme"))
		test_skip("this kernel has no driver of its own");
}

/* The opposite of opened(): the kernel's own driver has it. */
static void give_to_linux(const char *address)
{
	if (*pci_driver(address) && strcmp(pci_driver(address), "nvme"))
		device_unbind(address);
	if (!*pci_driver(address))
		file_write(address, "/sys/bus/pci/drivers/nvme/bind");
	ck_assert(WAIT_UNTIL(file_exists("/dev/nvme0n1"), 10000));
}

static struct nvme_info identify(struct kplug *k)
{
	struct nvme_info info;

	ck_assert_int_eq(kplug_call(k, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info)), sizeof(info));
	return info;
}

/* Over memory of this program, which starts in a page. */
static struct area pinned(struct kplug *k, void *memory, uint64_t length, enum kplug_dma_direction direction)
{
	struct area area = { .k = k, .memory = memory, .length = length };
	struct kplug_mapping mapping;
	uint64_t offset;
	int fd = kplug_buffer_pin(k, memory, length, 0, &offset);

	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(k, fd, offset, length, direction, &mapping));
	close(fd);
	area.mapping = mapping.id;
	return area;
}

static struct area made(struct kplug *k, uint64_t length)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	memset(memory, 0, length);
	return pinned(k, memory, length, KPLUG_DMA_BOTH);
}

static void unmade(struct area *area)
{
	OK(kplug_dma_unmap(area->k, area->mapping));
	OK(munmap(area->memory, area->length));
}

/* What a transfer is told, and how it shall be waited for. */
struct order {
	uint64_t operation;
	uint64_t block;
	uint64_t offset;	/* in the area */
	uint64_t length;
	uint32_t poll_us;
	uint32_t namespace;	/* 0 for the first one */
	uint64_t flags;
};

static int transaction(const struct area *area, uint64_t offset, uint64_t length, uint32_t *id)
{
	struct kplug_transaction t = { .mapping = area->mapping, .offset = offset, .length = length };
	int err = kplug_transaction_make(area->k, &t);

	*id = t.out_id;
	return err;
}

static struct kplug_execution execution(uint32_t id, const struct order *o)
{
	return (struct kplug_execution){
		.id = id,
		.poll_us = o->poll_us,
		.args = { o->operation, o->block, o->namespace ? o->namespace : 1, o->flags },
	};
}

static struct kplug *plugged_spare(void)
{
	/* A new device is offered to every driver that is loaded, whatever drivers_autoprobe says. */
	if (module_loaded("nvme"))
		OK(module_unload("nvme"));
	ck_assert_msg(hostcall(SPARE_ADD), "%s", hostcall_answer);
	pci_wait_added(EDU0);
	return opened(EDU0);
}

static struct kplug_transaction_info ended(struct kplug *k, uint32_t id)
{
	struct kplug_transaction_info info;

	OK(kplug_transaction_wait(k, id, 30000, &info));
	ck_assert_int_eq(info.out_state, KPLUG_TRANSACTION_IDLE);
	return info;
}

/* Why it was refused, or how it ended. */
static int transfer(const struct area *area, struct order o)
{
	struct kplug_transaction_info info;
	struct kplug_execution e;
	uint32_t id;
	int err = transaction(area, o.offset, o.length, &id);

	if (err)
		return err;
	e = execution(id, &o);
	err = kplug_transaction_execute(area->k, &e, 1);
	if (err == 1) {
		info = ended(area->k, id);
		err = info.out_status;
		if (!err)
			ck_assert_uint_eq(info.out_bytes, o.length);
	}
	OK(kplug_transaction_release(area->k, id));
	return err;
}

static int io(const struct area *area, uint64_t operation, uint64_t block, uint64_t offset, uint64_t length,
	      uint32_t poll_us)
{
	return transfer(area, (struct order){
		.operation = operation, .block = block, .offset = offset, .length = length, .poll_us = poll_us,
	});
}

static int flush(struct kplug *k, uint32_t namespace)
{
	return kplug_call(k, NVME_CALL_FLUSH, &namespace, sizeof(namespace), NULL, 0);
}

static uint32_t poll_of(const char *variant)
{
	if (!strcmp(variant, "polled"))
		return KPLUG_POLL_ALWAYS;
	return strcmp(variant, "hybrid") ? 0 : 200;
}

TEST(nvme, identify)
{
	struct nvme_info info;
	struct kplug *disk;

	core_start();
	disk = opened(NVME);
	info = identify(disk);
	ck_assert_int_eq(memcmp(info.serial, "kplug ", 6), 0);
	ck_assert_int_eq(memcmp(info.model, "QEMU NVMe Ctrl ", 15), 0);
	ck_assert_uint_eq(info.num_namespaces, 1);
	ck_assert_uint_eq(info.namespaces[0].id, 1);
	ck_assert_uint_eq(info.namespaces[0].block_size, BLOCK);
	ck_assert_uint_eq(info.namespaces[0].num_blocks, 2048ull * MIB / BLOCK);
	ck_assert_uint_eq(info.num_queues, (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
	ck_assert_uint_eq(info.num_polled_queues, 1);
	ck_assert_uint_eq(info.max_chunk, 512 * 1024);
	ck_assert_uint_ge(info.depth, 32);
	OK(flush(disk, 1));
	ck_assert_int_eq(flush(disk, 2), -EINVAL);
	ck_assert_int_eq(kplug_call(disk, NVME_CALL_FLUSH, NULL, 0, NULL, 0), -EINVAL);
	ck_assert_int_eq(kplug_call(disk, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info) - 1), -EINVAL);
	ck_assert_int_eq(kplug_call(disk, 3, NULL, 0, NULL, 0), -ENOTTY);
	kplug_close(disk);
	objects_settle();
}

/* To the disk and back to another place in memory, and nothing beside it in either. */
static void there_and_back(const struct area *area, uint64_t from, uint64_t to, uint64_t length, uint64_t block,
			   uint32_t poll_us)
{
	const uint64_t seed = from + block * 7;

	dma_fill(area->memory, area->length, seed);
	OK(io(area, NVME_WRITE, block - 1, 0, length + 2 * BLOCK, poll_us));
	dma_fill(area->memory + from, length, ~seed);
	OK(io(area, NVME_WRITE, block, from, length, poll_us));
	dma_fill(area->memory, area->length, 5);
	OK(io(area, NVME_READ, block, to, length, poll_us));
	dma_check(area->memory + to, length, ~seed);
	dma_check(area->memory + to - MARGIN, MARGIN, 5 + to - MARGIN);
	dma_check(area->memory + to + length, MARGIN, 5 + to + length);
	OK(io(area, NVME_READ, block - 1, 0, length + 2 * BLOCK, poll_us));
	dma_check(area->memory, BLOCK, seed);
	dma_check(area->memory + BLOCK, length, ~seed);
	dma_check(area->memory + BLOCK + length, BLOCK, seed + BLOCK + length);
}

TEST(nvme, lengths, .variants = VARIANTS("interrupt", "hybrid", "polled", "intx", "msi-shared"), .timeout = 60)
{
	static const uint32_t lengths[] = {
		BLOCK, PAGE, PAGE + BLOCK, 2 * PAGE, 65536, 512 * 1024 - BLOCK, 512 * 1024, 512 * 1024 + BLOCK, MIB + 5 * BLOCK,
	};
	static const uint32_t offsets[] = { 0, 4, BLOCK, 2044, PAGE - 4 };
	struct kplug *disk;
	struct area area;

	core_start();
	device_bind(NVME);
	disk = device_open(NVME);
	if (!strcmp(variant, "intx"))
		ck_assert_int_eq(kplug_irq_mode(disk, KPLUG_IRQ_INTX, 0), 1);
	if (!strcmp(variant, "msi-shared"))
		ck_assert_int_eq(kplug_irq_mode(disk, KPLUG_IRQ_MSIX, 1), 1);
	attached(disk);
	area = made(disk, 2 * MIB);
	for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++)
		for (unsigned j = i % 2; j < ARRAY_SIZE(offsets); j += 2)
			there_and_back(&area, offsets[j], PAGE + offsets[(i + j) % 5], lengths[i], 1 + 4096 * i + j * 13,
				       poll_of(variant));
	OK(flush(disk, 1));
	unmade(&area);
	kplug_close(disk);
	objects_settle();
}

/* The disk sees each page of it somewhere else, in the wrong order. */
TEST(nvme, scattered)
{
	const unsigned pages = 512;
	int file = memfd_create("pages", 0);
	uint8_t *memory = mmap(NULL, pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug *disk;
	struct area area;

	core_start();
	disk = opened(NVME);
	OK(ftruncate(file, pages * PAGE));
	for (unsigned i = 0; i < pages; i++)
		ck_assert_ptr_ne(mmap(memory + i * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
				      (pages - 1 - i) * PAGE), MAP_FAILED);
	memset(memory, 0, pages * PAGE);
	area = pinned(disk, memory, pages * PAGE, KPLUG_DMA_BOTH);
	there_and_back(&area, 2 * PAGE, PAGE, (pages - 3) * PAGE, 8, 0);
	there_and_back(&area, 2 * PAGE - 8, PAGE + 20, (pages - 3) * PAGE, 8, 0);
	unmade(&area);
	kplug_close(disk);
}

/* What cannot be is refused, on the way in or by the disk, and changes nothing. */
TEST(nvme, refused)
{
	const uint64_t end = 2048ull * MIB / BLOCK;
	struct kplug_transaction t = { .length = PAGE, .max_chunk = 100 };
	struct area area, readable, writable;
	struct kplug_execution e;
	struct kplug *disk;
	uint32_t id;

	core_start();
	disk = opened(NVME);
	area = made(disk, 64 * PAGE);
	t.mapping = area.mapping;
	dma_fill(area.memory, area.length, 1);
	OK(io(&area, NVME_WRITE, 0, 0, 64 * PAGE, 0));
	OK(transfer(&area, (struct order){ .operation = NVME_WRITE, .block = end - 8, .length = PAGE, .flags = NVME_FUA }));
	readable = pinned(disk, area.memory, area.length, KPLUG_DMA_TO_DEVICE);
	writable = pinned(disk, area.memory, area.length, KPLUG_DMA_FROM_DEVICE);
	OK(io(&readable, NVME_WRITE, 0, 0, PAGE, 0));
	OK(io(&writable, NVME_READ, 0, 0, PAGE, 0));
	for (uint64_t operation = NVME_WRITE; operation <= NVME_READ; operation++) {
		const struct order wrong[] = {
			{ .operation = operation, .block = end, .length = BLOCK },
			{ .operation = operation, .block = end - 7, .length = PAGE },
			{ .operation = operation, .block = ~0ull, .length = BLOCK },
			{ .operation = operation, .block = ~0ull / BLOCK, .length = PAGE },
			{ .operation = operation, .block = 1, .length = BLOCK + 4 },
			{ .operation = operation, .block = 1, .length = 4 },
			{ .operation = operation, .block = 1, .length = BLOCK, .namespace = 2 },
			{ .operation = operation, .block = 1, .length = BLOCK, .namespace = ~0u },
			{ .operation = operation, .block = 1, .length = BLOCK, .flags = 2 },
			{ .operation = operation + 2, .block = 1, .length = BLOCK },
			{ .operation = operation | 1ull << 32, .block = 1, .length = BLOCK },
			{ .operation = 0, .block = 1, .length = BLOCK },
			{ .operation = operation, .block = 1, .offset = 2, .length = BLOCK },
		};

		for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++)
			ck_assert_msg(transfer(&area, wrong[i]) == -EINVAL, "order %u", i);
	}
	ck_assert_int_eq(io(&readable, NVME_READ, 8, 0, PAGE, 0), -EINVAL);
	ck_assert_int_eq(io(&writable, NVME_WRITE, 8, 0, PAGE, 0), -EINVAL);

	/* Chunks of its own that are no blocks. */
	OK(kplug_transaction_make(disk, &t));
	e = execution(t.out_id, &(struct order){ .operation = NVME_WRITE, .block = 8 });
	ck_assert_int_eq(kplug_transaction_execute(disk, &e, 1), 1);
	ck_assert_int_eq(ended(disk, t.out_id).out_status, -EINVAL);
	ck_assert_uint_eq(ended(disk, t.out_id).out_bytes, 0);
	OK(kplug_transaction_release(disk, t.out_id));
	ck_assert_int_eq(transaction(&area, 0, area.length + 1, &id), -EINVAL);

	dma_check(area.memory, area.length, 1);
	memset(area.memory, 0, area.length);
	OK(io(&area, NVME_READ, 0, 0, 64 * PAGE, 0));
	dma_check(area.memory, area.length, 1);
	kplug_close(disk);
	objects_settle();
}

static void run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	OK(sched_setaffinity(0, sizeof(cpus), &cpus));
}

/* Each processor has a queue with a vector of its own; who polls needs none. */
TEST(nvme, queues)
{
	struct kplug *disk;
	struct area area;

	core_start();
	disk = opened(NVME);
	area = made(disk, PAGE);
	for (int cpu = 0; cpu < 2; cpu++) {
		const unsigned mine = 1 + (unsigned)cpu, other = 2 - (unsigned)cpu;
		const uint64_t before = vector_info(disk, other).out_raised;

		run_on(cpu);
		OK(io(&area, NVME_READ, 0, 0, PAGE, KPLUG_POLL_ALWAYS));
		ck_assert_uint_eq(vector_info(disk, mine).out_raised, 0);
		for (int i = 0; i < 10; i++)
			OK(io(&area, NVME_READ, 0, 0, PAGE, 0));
		ck_assert_uint_ge(vector_info(disk, mine).out_raised, 1);
		ck_assert_uint_eq(vector_info(disk, other).out_raised, before);
	}
	kplug_close(disk);
}

/* Without CAP_SYS_RAWIO: it reads, and knows no address. */
TEST(nvme, restricted)
{
	struct kplug *disk, *other;
	struct kplug_segment segment;
	struct area area;

	core_start();
	disk = opened(NVME);
	area = made(disk, 4 * PAGE);
	dma_fill(area.memory, area.length, 9);
	OK(io(&area, NVME_WRITE, 16, 0, area.length, 0));
	other = attached(device_open_restricted(NVME));
	area = made(other, 4 * PAGE);
	OK(io(&area, NVME_READ, 16, 0, area.length, 0));
	dma_check(area.memory, area.length, 9);
	ck_assert_int_eq(kplug_dma_segments(other, area.mapping, 0, &segment, 1), -EPERM);
	ck_assert_uint_eq(identify(other).num_namespaces, 1);
	OK(flush(other, 1));
	ck_assert_int_eq(io(&area, NVME_WRITE, 16, 0, area.length, 0), -EPERM);
	OK(file_write("1", "/sys/module/kplug_nvme/parameters/restricted_write"));
	OK(io(&area, NVME_WRITE, 16, 0, area.length, 0));
	kplug_close(other);
	kplug_close(disk);
	objects_settle();
}

/* Many at a time, each in its own place on the disk and in memory. */
struct many {
	struct area area;
	uint32_t ids[32];
	uint64_t block;
};

#define EACH (16 * PAGE)

static void many_begin(struct many *many, struct kplug *k, uint64_t block)
{
	many->block = block;
	many->area = made(k, ARRAY_SIZE(many->ids) * EACH);
	for (unsigned i = 0; i < ARRAY_SIZE(many->ids); i++)
		OK(transaction(&many->area, i * EACH, EACH, &many->ids[i]));
}

/* How many were started. */
static int many_start(struct many *many, uint64_t operation, uint32_t namespace, uint32_t block_size)
{
	struct kplug_execution list[ARRAY_SIZE(many->ids)];

	for (unsigned i = 0; i < ARRAY_SIZE(many->ids); i++)
		list[i] = execution(many->ids[i], &(struct order){
			.operation = operation, .block = many->block + i * EACH / block_size, .namespace = namespace,
		});
	return kplug_transaction_execute(many->area.k, list, ARRAY_SIZE(many->ids));
}

static void many_round(struct many *many, uint64_t seed)
{
	const int num = ARRAY_SIZE(many->ids);

	dma_fill(many->area.memory, many->area.length, seed);
	ck_assert_int_eq(many_start(many, NVME_WRITE, 0, BLOCK), num);
	for (int i = 0; i < num; i++)
		OK(ended(many->area.k, many->ids[i]).out_status);
	memset(many->area.memory, 0, many->area.length);
	ck_assert_int_eq(many_start(many, NVME_READ, 0, BLOCK), num);
	for (int i = 0; i < num; i++)
		OK(ended(many->area.k, many->ids[i]).out_status);
	dma_check(many->area.memory, many->area.length, seed);
}

static void expect_good(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

TEST(nvme, processes, .timeout = 60)
{
	struct many many;
	pid_t child[4];

	core_start();
	kplug_close(opened(NVME));
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++) {
		child[i] = fork();
		if (child[i])
			continue;
		many_begin(&many, opened(NVME), 10 * i * MIB / BLOCK);
		for (unsigned round = 0; round < 4; round++)
			many_round(&many, i << 28 | round << 24);
		_exit(0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		expect_good(child[i]);
	objects_settle();
}

/* Whoever is killed leaves nothing behind that the disk writes to, and others do not notice. */
TEST(nvme, killed, .timeout = 60)
{
	struct many many, other;
	struct kplug *disk;
	int status;
	pid_t child;

	core_start();
	disk = opened(NVME);
	many_begin(&many, disk, 0);
	for (unsigned i = 0; i < 10; i++) {
		child = fork();
		if (!child) {
			many_begin(&other, opened(NVME), 100 * MIB / BLOCK);
			for (;;)
				many_round(&other, i);
		}
		sleep_ms(20 + 7 * i);
		many_round(&many, i << 20);
		OK(kill(child, SIGKILL));
		many_round(&many, i << 21);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status));
	}
	kplug_close(disk);
	objects_settle();
}

/* Stops in between, and the memory is the program's again. */
TEST(nvme, aborted)
{
	struct kplug_transaction_info info;
	struct many many;
	struct kplug *disk;

	core_start();
	disk = opened(NVME);
	many_begin(&many, disk, 0);
	many_round(&many, 1);
	for (int round = 0; round < 10; round++) {
		ck_assert_int_eq(many_start(&many, NVME_READ, 0, BLOCK), ARRAY_SIZE(many.ids));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++) {
			OK(kplug_transaction_abort(disk, many.ids[i]));
			info = ended(disk, many.ids[i]);
			ck_assert(info.out_status == 0 || (info.out_status == -ECANCELED && info.out_bytes < EACH));
			dma_fill(many.area.memory + i * EACH, EACH, 99);
		}
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++)
			dma_check(many.area.memory + i * EACH, EACH, 99);
	}
	many_round(&many, 2);
	kplug_close(disk);
	objects_settle();
}

/* What was told to be done is done; all else has failed in a way that says so. */
TEST(nvme, reset, .variants = VARIANTS("kplug", "sysfs"), .timeout = 60)
{
	struct kplug_transaction_info info;
	struct kplug *disk, *other;
	struct many many;

	core_start();
	disk = opened(NVME);
	other = device_open(NVME);
	many_begin(&many, disk, 0);
	many_round(&many, 1);
	for (int round = 0; round < 5; round++) {
		memset(many.area.memory, 0, many.area.length);
		ck_assert_int_eq(many_start(&many, NVME_READ, 0, BLOCK), ARRAY_SIZE(many.ids));
		OK(!strcmp(variant, "kplug") ? kplug_reset(other) :
		   file_write("1", "/sys/bus/pci/devices/" NVME "/reset"));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++) {
			info = ended(disk, many.ids[i]);
			if (info.out_status)
				ck_assert_int_eq(info.out_status, -EIO);
			else
				dma_check(many.area.memory + i * EACH, EACH, 1 + i * EACH);
		}
		many_round(&many, 1);
		OK(flush(disk, 1));
	}
	kplug_close(other);
	kplug_close(disk);
	objects_settle();
}

/* It goes while it is busy; what it said to have written is there when it comes back. */
TEST(nvme, unplugged, .timeout = 120)
{
	struct kplug_transaction_info info;
	bool written[ARRAY_SIZE(((struct many *)0)->ids)];
	struct kplug *disk;
	struct many many;
	int started, err;

	core_start();
	/* The kernel's own driver is loaded for a new disk; it shall not have it before us. */
	OK(file_write("0", "/sys/bus/pci/drivers_autoprobe"));
	pci_unplug("edu0", EDU0);
	for (unsigned round = 0; round < 3; round++) {
		disk = plugged_spare();
		ck_assert_uint_eq(identify(disk).namespaces[0].block_size, PAGE);
		many_begin(&many, disk, 0);
		memset(many.area.memory, 0, many.area.length);
		ck_assert_int_eq(many_start(&many, NVME_WRITE, 0, PAGE), ARRAY_SIZE(many.ids));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++)
			OK(ended(disk, many.ids[i]).out_status);

		dma_fill(many.area.memory, many.area.length, round);
		memset(written, 0, sizeof(written));
		ck_assert(hostcall("device_del nvme1"));
		do {
			started = many_start(&many, NVME_WRITE, 0, PAGE);
			for (int i = 0; i < started; i++) {
				err = kplug_transaction_wait(disk, many.ids[i], 10000, &info);
				if (err) {
					ck_assert_int_eq(err, -ENODEV);
					break;
				}
				ck_assert(info.out_status == 0 || info.out_status == -ENODEV || info.out_status == -EIO);
				written[i] |= !info.out_status;
			}
		} while (started == ARRAY_SIZE(many.ids));
		if (started < 0)
			ck_assert_int_eq(started, -ENODEV);
		kplug_close(disk);
		ck_assert(WAIT_UNTIL(!file_exists("/sys/bus/pci/devices/" EDU0), 30000));

		disk = plugged_spare();
		many_begin(&many, disk, 0);
		ck_assert_int_eq(many_start(&many, NVME_READ, 0, PAGE), ARRAY_SIZE(many.ids));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++) {
			OK(ended(disk, many.ids[i]).out_status);
			if (written[i])
				dma_check(many.area.memory + i * EACH, EACH, round + i * EACH);
		}
		kplug_close(disk);
		pci_unplug("nvme1", EDU0);
	}
	objects_settle();
	if (module_loaded("nvme"))
		OK(module_unload("nvme"));
	OK(file_write("1", "/sys/bus/pci/drivers_autoprobe"));
	ck_assert(hostcall("device_add edu edu0 rp0"));
	pci_wait_added(EDU0);
}

/* Nothing adds up. */
TEST(nvme, again_and_again, .timeout = 60)
{
	struct many many;
	struct kplug *disk;

	core_start();
	for (unsigned i = 0; i < 20; i++) {
		disk = opened(NVME);
		many_begin(&many, disk, 0);
		many_round(&many, i);
		kplug_close(disk);
		OK(munmap(many.area.memory, many.area.length));
		objects_settle();
	}
}

/* The kernel's own driver finds what we wrote, and we what it wrote. */
TEST(nvme, linux_agrees, .timeout = 60)
{
	const size_t length = 4 * MIB;
	struct kplug *disk;
	struct area area;
	uint8_t *memory;
	int file;

	core_start();
	load_linux_driver();
	disk = opened(NVME);
	area = made(disk, length);
	memory = malloc(length);
	dma_fill(area.memory, length, 77);
	OK(io(&area, NVME_WRITE, 1000, 0, length, 0));
	OK(flush(disk, 1));
	kplug_close(disk);
	give_to_linux(NVME);
	file = open("/dev/nvme0n1", O_RDWR);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pread(file, memory, length, 1000 * BLOCK), length);
	dma_check(memory, length, 77);
	dma_fill(memory, length, 78);
	ck_assert_int_eq(pwrite(file, memory, length, 3000 * BLOCK), length);
	OK(fsync(file));
	close(file);
	device_unbind(NVME);
	disk = opened(NVME);
	area = made(disk, length);
	OK(io(&area, NVME_READ, 3000, 0, length, 0));
	dma_check(area.memory, length, 78);
	kplug_close(disk);
	device_unbind(NVME);
	OK(module_unload("nvme"));
}

#define VF0 "0000:00:0a.1"
#define VF0_CONTROLLER 1u

/* 5.22 "Virtualization Management command" */
#define VIRTUALIZATION 0x1c
#define ASSIGN 8u
#define ONLINE 9u
#define QUEUES 0u
#define VECTORS 1u

static void manage(int controller, unsigned action, unsigned resource, unsigned count)
{
	struct nvme_admin_cmd command = {
		.opcode = VIRTUALIZATION,
		.cdw10 = action | resource << 8 | VF0_CONTROLLER << 16,
		.cdw11 = count,
	};

	ck_assert_int_eq(ioctl(controller, NVME_IOCTL_ADMIN_CMD, &command), 0);
}

/* Its device stays with the kernel's own driver, which gives it two queues and a vector. */
static void make_virtual_function(void)
{
	int controller;

	OK(file_write("0", "/sys/bus/pci/devices/" NVME "/sriov_drivers_autoprobe"));
	controller = open("/dev/nvme0", O_RDWR);
	ck_assert_int_ge(controller, 0);
	manage(controller, ASSIGN, VECTORS, 1);
	manage(controller, ASSIGN, QUEUES, 2);
	OK(file_write("1", "/sys/bus/pci/devices/" NVME "/sriov_numvfs"));
	pci_wait_added(VF0);
	manage(controller, ONLINE, 0, 0);
	close(controller);
}

/* A virtual function at work, with interrupts of its own, and gone with them armed. */
TEST(nvme, virtual_function, .timeout = 60)
{
	struct kplug_event event;
	struct kplug *disk;
	struct area area;

	core_start();
	load_linux_driver();
	give_to_linux(NVME);
	make_virtual_function();
	disk = opened(VF0);
	ck_assert_uint_eq(device_info(disk).out_irq_mode, KPLUG_IRQ_MSIX);
	area = made(disk, 2 * MIB);
	there_and_back(&area, 4, PAGE + 2044, MIB, 100, 0);
	ck_assert_uint_ge(vector_info(disk, 0).out_handled, 1);
	OK(file_write("0", "/sys/bus/pci/devices/" NVME "/sriov_numvfs"));
	do
		event = next_event(disk);
	while (event.type == KPLUG_EVENT_DMA);
	ck_assert_int_eq(event.type, KPLUG_EVENT_REMOVED);
	kplug_close(disk);
	OK(module_unload("nvme"));
	objects_settle();
}

/*
 * How many MiB: a whole one of 1 GiB takes its time, and disk space of the host,
 * and once is enough.
 */
static const char *image_size(void)
{
	const char *leg = getenv("KPLUG_LEG");

	return leg && !strcmp(leg, "iommu") && !getenv("KPLUG_DEBUG_KERNEL") ? "1024" : "48";
}

/* An image that the host has made, by the sample; the host compares. */
TEST(nvme, copy, .timeout = 300)
{
	const char *mib = image_size();

	core_start();
	kplug_close(opened(NVME));
	ck_assert_msg(hostcall("disk-fill disk0 0 %s", mib), "%s", hostcall_answer);
	ck_assert(!hostcall("disk-compare disk0 0 1024 %s", mib));
	OK(run("nvme_copy %s 0 1024 %s", NVME, mib));
	ck_assert_msg(hostcall("disk-compare disk0 0 1024 %s", mib), "%s", hostcall_answer);
	objects_settle();
}
