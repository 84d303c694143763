// SPDX-License-Identifier: MIT
// Blocks of an NVMe disk through the nvme plugin: right, whole, and for several programs at once.
#define _GNU_SOURCE
#include "device.h"
#include "disk.h"
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

#define MARGIN 64u /* bytes around a transfer that must stay as they are */

/* A second disk, with large blocks, that can be unplugged. */
#define SPARE_ADD \
	"device_add nvme nvme1 rp0 serial=spare drive=disk1 logical_block_size=4096 physical_block_size=4096"

static struct kplug *plugged_spare(void)
{
	/*
	 * The kernel offers a new device to every loaded driver, whatever drivers_autoprobe says.
	 */
	if (module_loaded("nvme"))
		OK(module_unload("nvme"));
	ck_assert_msg(hostcall(SPARE_ADD), "%s", hostcall_answer);
	pci_wait_added(EDU0);
	return disk_open(EDU0);
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
	disk = disk_open(NVME);
	info = disk_info(disk);
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
	OK(disk_flush(disk, 1));
	ck_assert_int_eq(disk_flush(disk, 2), -EINVAL);
	ck_assert_int_eq(kplug_call(disk, NVME_CALL_FLUSH, NULL, 0, NULL, 0), -EINVAL);
	ck_assert_int_eq(kplug_call(disk, NVME_CALL_IDENTIFY, NULL, 0, &info, sizeof(info) - 1),
			 -EINVAL);
	ck_assert_int_eq(kplug_call(disk, 3, NULL, 0, NULL, 0), -ENOTTY);
	kplug_close(disk);
	objects_settle();
}

/* A queue interrupts the CPU that uses it. */
TEST(nvme, vectors_on_their_cpus)
{
	const unsigned int cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	struct kplug *disk;
	uint64_t mask;

	core_start();
	disk = disk_open(NVME);
	ck_assert_uint_eq(disk_info(disk).num_queues, cpus);
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		OK(kplug_affinity_get(disk, cpu + 1, sizeof(mask), &mask));
		ck_assert_uint_eq(mask, 1ull << cpu);
	}
	kplug_close(disk);
	objects_settle();
}

/* To the disk and back to another place in memory, with no change beside it in either. */
static void there_and_back(const struct area *area, uint64_t from, uint64_t to, uint64_t length,
			   uint64_t block, uint32_t poll_us)
{
	const uint64_t seed = from + block * 7;

	dma_fill(area->memory, area->length, seed);
	OK(disk_io(area, NVME_WRITE, block - 1, 0, length + 2 * BLOCK, poll_us));
	dma_fill(area->memory + from, length, ~seed);
	OK(disk_io(area, NVME_WRITE, block, from, length, poll_us));
	dma_fill(area->memory, area->length, 5);
	OK(disk_io(area, NVME_READ, block, to, length, poll_us));
	dma_check(area->memory + to, length, ~seed);
	dma_check(area->memory + to - MARGIN, MARGIN, 5 + to - MARGIN);
	dma_check(area->memory + to + length, MARGIN, 5 + to + length);
	OK(disk_io(area, NVME_READ, block - 1, 0, length + 2 * BLOCK, poll_us));
	dma_check(area->memory, BLOCK, seed);
	dma_check(area->memory + BLOCK, length, ~seed);
	dma_check(area->memory + BLOCK + length, BLOCK, seed + BLOCK + length);
}

TEST(nvme, lengths, .variants = VARIANTS("interrupt", "hybrid", "polled", "intx", "msi-shared"),
     .timeout = 60)
{
	static const uint32_t lengths[] = {
		BLOCK,           PAGE,
		PAGE + BLOCK,    2 * PAGE,
		65536,           512 * 1024 - BLOCK,
		512 * 1024,      512 * 1024 + BLOCK,
		MIB + 5 * BLOCK,
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
	disk_attach(disk);
	area = area_made(disk, 2 * MIB);
	for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++)
		for (unsigned j = i % 2; j < ARRAY_SIZE(offsets); j += 2)
			there_and_back(&area, offsets[j], PAGE + offsets[(i + j) % 5], lengths[i],
				       1 + 4096 * i + j * 13, poll_of(variant));
	OK(disk_flush(disk, 1));
	area_unmade(&area);
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
	disk = disk_open(NVME);
	OK(ftruncate(file, pages * PAGE));
	for (unsigned i = 0; i < pages; i++)
		ck_assert_ptr_ne(mmap(memory + i * PAGE, PAGE, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_FIXED, file, (pages - 1 - i) * PAGE),
				 MAP_FAILED);
	memset(memory, 0, pages * PAGE);
	area = area_pinned(disk, memory, pages * PAGE, KPLUG_DMA_BOTH);
	there_and_back(&area, 2 * PAGE, PAGE, (pages - 3) * PAGE, 8, 0);
	there_and_back(&area, 2 * PAGE - 8, PAGE + 20, (pages - 3) * PAGE, 8, 0);
	area_unmade(&area);
	kplug_close(disk);
}

/* An impossible transfer is refused, by the plugin or the disk, and changes nothing. */
TEST(nvme, refused)
{
	const uint64_t end = 2048ull * MIB / BLOCK;
	struct kplug_dma_transaction t = { .length = PAGE, .max_chunk = 100 };
	struct area area, readable, writable;
	struct kplug_dma_execution e;
	struct kplug *disk;
	uint32_t id;

	core_start();
	disk = disk_open(NVME);
	area = area_made(disk, 64 * PAGE);
	t.mapping = area.mapping;
	dma_fill(area.memory, area.length, 1);
	OK(disk_io(&area, NVME_WRITE, 0, 0, 64 * PAGE, 0));
	OK(disk_transfer(&area, (struct order){ .operation = NVME_WRITE,
						.block = end - 8,
						.length = PAGE,
						.flags = NVME_FUA }));
	readable = area_pinned(disk, area.memory, area.length, KPLUG_DMA_TO_DEVICE);
	writable = area_pinned(disk, area.memory, area.length, KPLUG_DMA_FROM_DEVICE);
	OK(disk_io(&readable, NVME_WRITE, 0, 0, PAGE, 0));
	OK(disk_io(&writable, NVME_READ, 0, 0, PAGE, 0));
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
			ck_assert_msg(disk_transfer(&area, wrong[i]) == -EINVAL, "order %u", i);
	}
	ck_assert_int_eq(disk_io(&readable, NVME_READ, 8, 0, PAGE, 0), -EINVAL);
	ck_assert_int_eq(disk_io(&writable, NVME_WRITE, 8, 0, PAGE, 0), -EINVAL);

	/* Chunks by the program's choice that are no whole blocks. */
	OK(kplug_dma_transaction_make(disk, &t));
	e = disk_execution(t.out_id, &(struct order){ .operation = NVME_WRITE, .block = 8 });
	ck_assert_int_eq(kplug_dma_transaction_execute(disk, &e, 1), 1);
	ck_assert_int_eq(disk_ended(disk, t.out_id).out_status, -EINVAL);
	ck_assert_uint_eq(disk_ended(disk, t.out_id).out_bytes, 0);
	OK(kplug_dma_transaction_release(disk, t.out_id));
	ck_assert_int_eq(disk_transaction(&area, 0, area.length + 1, &id), -EINVAL);

	dma_check(area.memory, area.length, 1);
	memset(area.memory, 0, area.length);
	OK(disk_io(&area, NVME_READ, 0, 0, 64 * PAGE, 0));
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

/* Each processor has a queue with its own vector; a client that polls needs none. */
TEST(nvme, queues)
{
	struct kplug *disk;
	struct area area;

	core_start();
	disk = disk_open(NVME);
	area = area_made(disk, PAGE);
	for (int cpu = 0; cpu < 2; cpu++) {
		const unsigned mine = 1 + (unsigned)cpu, other = 2 - (unsigned)cpu;
		const uint64_t before = vector_info(disk, other).out_raised;

		run_on(cpu);
		OK(disk_io(&area, NVME_READ, 0, 0, PAGE, KPLUG_POLL_ALWAYS));
		ck_assert_uint_eq(vector_info(disk, mine).out_raised, 0);
		for (int i = 0; i < 10; i++)
			OK(disk_io(&area, NVME_READ, 0, 0, PAGE, 0));
		ck_assert_uint_ge(vector_info(disk, mine).out_raised, 1);
		ck_assert_uint_eq(vector_info(disk, other).out_raised, before);
	}
	kplug_close(disk);
}

/* Without CAP_SYS_RAWIO a client reads, and sees no address. */
TEST(nvme, restricted)
{
	struct kplug *disk, *other;
	struct kplug_dma_segment segment;
	struct area area;

	core_start();
	disk = disk_open(NVME);
	area = area_made(disk, 4 * PAGE);
	dma_fill(area.memory, area.length, 9);
	OK(disk_io(&area, NVME_WRITE, 16, 0, area.length, 0));
	other = disk_attach(device_open_restricted(NVME));
	area = area_made(other, 4 * PAGE);
	OK(disk_io(&area, NVME_READ, 16, 0, area.length, 0));
	dma_check(area.memory, area.length, 9);
	ck_assert_int_eq(kplug_dma_segments(other, area.mapping, 0, &segment, 1), -EPERM);
	ck_assert_uint_eq(disk_info(other).num_namespaces, 1);
	OK(disk_flush(other, 1));
	ck_assert_int_eq(disk_io(&area, NVME_WRITE, 16, 0, area.length, 0), -EPERM);
	OK(file_write("1", "/sys/module/kplug_nvme/parameters/restricted_write"));
	OK(disk_io(&area, NVME_WRITE, 16, 0, area.length, 0));
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
	many->area = area_made(k, ARRAY_SIZE(many->ids) * EACH);
	for (unsigned i = 0; i < ARRAY_SIZE(many->ids); i++)
		OK(disk_transaction(&many->area, i * EACH, EACH, &many->ids[i]));
}

/* How many were started. */
static int many_start(struct many *many, uint64_t operation, uint32_t namespace,
		      uint32_t block_size)
{
	struct kplug_dma_execution list[ARRAY_SIZE(many->ids)];

	for (unsigned i = 0; i < ARRAY_SIZE(many->ids); i++)
		list[i] = disk_execution(many->ids[i],
					 &(struct order){
						 .operation = operation,
						 .block = many->block + i * EACH / block_size,
						 .namespace = namespace,
					 });
	return kplug_dma_transaction_execute(many->area.k, list, ARRAY_SIZE(many->ids));
}

static void many_round(struct many *many, uint64_t seed)
{
	const int num = ARRAY_SIZE(many->ids);

	dma_fill(many->area.memory, many->area.length, seed);
	ck_assert_int_eq(many_start(many, NVME_WRITE, 0, BLOCK), num);
	for (int i = 0; i < num; i++)
		OK(disk_ended(many->area.k, many->ids[i]).out_status);
	memset(many->area.memory, 0, many->area.length);
	ck_assert_int_eq(many_start(many, NVME_READ, 0, BLOCK), num);
	for (int i = 0; i < num; i++)
		OK(disk_ended(many->area.k, many->ids[i]).out_status);
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
	kplug_close(disk_open(NVME));
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++) {
		child[i] = fork();
		if (child[i])
			continue;
		many_begin(&many, disk_open(NVME), 10 * i * MIB / BLOCK);
		for (unsigned round = 0; round < 4; round++)
			many_round(&many, i << 28 | round << 24);
		_exit(0);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(child); i++)
		expect_good(child[i]);
	objects_settle();
}

/* A killed client leaves no memory that the disk writes to, and does not disturb other clients. */
TEST(nvme, killed, .smoke = true, .timeout = 60)
{
	struct many many, other;
	struct kplug *disk;
	int status;
	pid_t child;

	core_start();
	disk = disk_open(NVME);
	many_begin(&many, disk, 0);
	for (unsigned i = 0; i < 10; i++) {
		child = fork();
		if (!child) {
			many_begin(&other, disk_open(NVME), 100 * MIB / BLOCK);
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

/* Stops in between, and the program has its memory back. */
TEST(nvme, aborted)
{
	struct kplug_dma_transaction_info info;
	struct many many;
	struct kplug *disk;

	core_start();
	disk = disk_open(NVME);
	many_begin(&many, disk, 0);
	many_round(&many, 1);
	for (int round = 0; round < 10; round++) {
		ck_assert_int_eq(many_start(&many, NVME_READ, 0, BLOCK), ARRAY_SIZE(many.ids));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++) {
			OK(kplug_dma_transaction_abort(disk, many.ids[i]));
			info = disk_ended(disk, many.ids[i]);
			ck_assert(info.out_status == 0 ||
				  (info.out_status == -ECANCELED && info.out_bytes < EACH));
			dma_fill(many.area.memory + i * EACH, EACH, 99);
		}
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++)
			dma_check(many.area.memory + i * EACH, EACH, 99);
	}
	many_round(&many, 2);
	kplug_close(disk);
	objects_settle();
}

/* Each transfer either completed, or failed with an error. */
TEST(nvme, reset, .smoke = true, .variants = VARIANTS("kplug", "sysfs"), .timeout = 60)
{
	struct kplug_dma_transaction_info info;
	struct kplug *disk, *other;
	struct many many;

	core_start();
	disk = disk_open(NVME);
	other = device_open(NVME);
	many_begin(&many, disk, 0);
	many_round(&many, 1);
	for (int round = 0; round < 5; round++) {
		memset(many.area.memory, 0, many.area.length);
		ck_assert_int_eq(many_start(&many, NVME_READ, 0, BLOCK), ARRAY_SIZE(many.ids));
		OK(!strcmp(variant, "kplug") ?
			   kplug_reset(other) :
			   file_write("1", "/sys/bus/pci/devices/" NVME "/reset"));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++) {
			info = disk_ended(disk, many.ids[i]);
			if (info.out_status)
				ck_assert_int_eq(info.out_status, -EIO);
			else
				dma_check(many.area.memory + i * EACH, EACH, 1 + i * EACH);
		}
		many_round(&many, 1);
		OK(disk_flush(disk, 1));
	}
	kplug_close(other);
	kplug_close(disk);
	objects_settle();
}

/* The disk is unplugged while busy; each completed write is there when it returns. */
TEST(nvme, unplugged, .timeout = 120)
{
	struct kplug_dma_transaction_info info;
	bool written[ARRAY_SIZE(((struct many *)0)->ids)];
	struct kplug *disk;
	struct many many;
	int started, err;

	core_start();
	/*
	 * A new disk makes the kernel load its own driver, which must not bind the disk before
	 * kplug.
	 */
	OK(file_write("0", "/sys/bus/pci/drivers_autoprobe"));
	pci_unplug("edu0", EDU0);
	for (unsigned round = 0; round < 3; round++) {
		disk = plugged_spare();
		ck_assert_uint_eq(disk_info(disk).namespaces[0].block_size, PAGE);
		many_begin(&many, disk, 0);
		memset(many.area.memory, 0, many.area.length);
		ck_assert_int_eq(many_start(&many, NVME_WRITE, 0, PAGE), ARRAY_SIZE(many.ids));
		for (unsigned i = 0; i < ARRAY_SIZE(many.ids); i++)
			OK(disk_ended(disk, many.ids[i]).out_status);

		dma_fill(many.area.memory, many.area.length, round);
		memset(written, 0, sizeof(written));
		ck_assert(hostcall("device_del nvme1"));
		do {
			started = many_start(&many, NVME_WRITE, 0, PAGE);
			for (int i = 0; i < started; i++) {
				err = kplug_dma_transaction_wait(disk, many.ids[i], 10000, &info);
				if (err) {
					ck_assert_int_eq(err, -ENODEV);
					break;
				}
				ck_assert(info.out_status == 0 || info.out_status == -ENODEV ||
					  info.out_status == -EIO);
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
			OK(disk_ended(disk, many.ids[i]).out_status);
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
		disk = disk_open(NVME);
		many_begin(&many, disk, 0);
		many_round(&many, i);
		kplug_close(disk);
		OK(munmap(many.area.memory, many.area.length));
		objects_settle();
	}
}

/* The kernel's own driver reads what kplug wrote, and the reverse. */
TEST(nvme, linux_agrees, .timeout = 60)
{
	const size_t length = 4 * MIB;
	struct kplug *disk;
	struct area area;
	uint8_t *memory;
	int file;

	core_start();
	disk_load_linux();
	disk = disk_open(NVME);
	area = area_made(disk, length);
	memory = malloc(length);
	dma_fill(area.memory, length, 77);
	OK(disk_io(&area, NVME_WRITE, 1000, 0, length, 0));
	OK(disk_flush(disk, 1));
	kplug_close(disk);
	disk_give_to_linux(NVME);
	file = open("/dev/nvme0n1", O_RDWR);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pread(file, memory, length, 1000 * BLOCK), length);
	dma_check(memory, length, 77);
	dma_fill(memory, length, 78);
	ck_assert_int_eq(pwrite(file, memory, length, 3000 * BLOCK), length);
	OK(fsync(file));
	close(file);
	device_unbind(NVME);
	disk = disk_open(NVME);
	area = area_made(disk, length);
	OK(disk_io(&area, NVME_READ, 3000, 0, length, 0));
	dma_check(area.memory, length, 78);
	kplug_close(disk);
	device_unbind(NVME);
	OK(module_unload("nvme"));
}

#define VF0            "0000:00:0a.1"
#define VF0_CONTROLLER 1u

/* 5.22 "Virtualization Management command" */
#define VIRTUALIZATION 0x1c
#define ASSIGN         8u
#define ONLINE         9u
#define QUEUES         0u
#define VECTORS        1u

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
	disk_load_linux();
	disk_give_to_linux(NVME);
	make_virtual_function();
	disk = disk_open(VF0);
	ck_assert_uint_eq(device_info(disk).out_irq_mode, KPLUG_IRQ_MSIX);
	area = area_made(disk, 2 * MIB);
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

static long kernel_objects_kb(void)
{
	char text[64];

	OK(run("awk '/SUnreclaim/ { print $2 }' /proc/meminfo > /run/objects"));
	OK(file_read(text, sizeof(text), "/run/objects"));
	return atol(text);
}

/* The engine takes more than a hundred segments at a time; a transaction over one page has one. */
TEST(nvme, transactions_are_small, .timeout = 60)
{
	struct kplug *disk;
	struct area area;
	uint32_t id;
	long before;

	core_start();
	disk = disk_open(NVME);
	area = area_made(disk, PAGE);
	before = kernel_objects_kb();
	for (int i = 0; i < KPLUG_MAX_TRANSACTIONS; i++)
		OK(disk_transaction(&area, 0, 0, &id));
	ck_assert_int_eq(disk_transaction(&area, 0, 0, &id), -ENOSPC);
	ck_assert_int_lt(kernel_objects_kb() - before, KPLUG_MAX_TRANSACTIONS * 5 / 2);
	kplug_close(disk);
	objects_settle();
}

/* The size in MiB: one copy of 1 GiB is enough, as it takes time and disk space of the host. */
static const char *image_size(void)
{
	const char *leg = getenv("KPLUG_LEG");

	return leg && !strcmp(leg, "iommu") && !getenv("KPLUG_DEBUG_KERNEL") ? "1024" : "48";
}

/* The sample copies an image that the host made; the host compares. */
TEST(nvme, copy, .timeout = 300)
{
	const char *mib = image_size();

	core_start();
	kplug_close(disk_open(NVME));
	ck_assert_msg(hostcall("disk-fill disk0 0 %s", mib), "%s", hostcall_answer);
	ck_assert(!hostcall("disk-compare disk0 0 1024 %s", mib));
	OK(run("nvme_copy %s 0 1024 %s", NVME, mib));
	ck_assert_msg(hostcall("disk-compare disk0 0 1024 %s", mib), "%s", hostcall_answer);
	objects_settle();
}
