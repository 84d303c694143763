// SPDX-License-Identifier: MIT
// Memory of programs that ended while their device was using it: where it goes, and when it is
// free.
#define _GNU_SOURCE
#include "device.h"
#include "dma.h"

#include <linux/pci_regs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

static bool is_master(const char *address)
{
	return pci_command_register(address) & PCI_COMMAND_MASTER;
}

static unsigned int entries(const char *address, unsigned long long *bytes)
{
	unsigned int num;
	char text[64];

	OK(file_read(text, sizeof(text), "/sys/class/kplug/%s/quarantine", address));
	ck_assert_int_eq(sscanf(text, "%u %llu", &num, bytes), 2);
	return num;
}

static bool empty(const char *address)
{
	unsigned long long bytes;

	return entries(address, &bytes) == 0 && bytes == 0;
}

static void start(struct kplug *edu, uint64_t source, uint64_t destination, uint32_t count,
		  uint32_t direction)
{
	const struct kplug_io *io = kplug_io_user(edu);

	kplug_write64(io, EDU_REGION, EDU_DMA_SOURCE, source);
	kplug_write64(io, EDU_REGION, EDU_DMA_DESTINATION, destination);
	kplug_write64(io, EDU_REGION, EDU_DMA_COUNT, count);
	kplug_write64(io, EDU_REGION, EDU_DMA_COMMAND, EDU_DMA_START | direction);
}

static bool idle(struct kplug *edu)
{
	return !(kplug_read64(kplug_io_user(edu), EDU_REGION, EDU_DMA_COMMAND) & EDU_DMA_START);
}

static void set_bits(struct kplug *edu, const char *address)
{
	const struct kplug_dma_limits limits = { .address_bits = !strcmp(address, EDU2) ?
									 64 :
									 EDU_DMA_BITS };

	OK(kplug_dma_set_limits(edu, &limits));
}

struct victim {
	struct kplug *edu;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
};

/* A buffer of one page whose address this program knows. */
static uint64_t map_one(struct victim *v, const char *address, bool limits)
{
	struct kplug_dma_segment segment;

	v->edu = edu_open(address, NULL);
	if (limits)
		set_bits(v->edu, address);
	OK(kplug_dma_buffer_alloc(v->edu, PAGE, &v->buffer));
	OK(kplug_dma_map(v->edu, v->buffer.fd, 0, 0, KPLUG_DMA_BOTH, &v->mapping));
	OK(kplug_dma_segments(v->edu, v->mapping.id, 0, &segment, 1));
	return segment.address;
}

/* A program starts a transfer to its memory, which takes a tenth of a second, and dies. */
static void run_victim(const char *address, bool limits)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct victim v;
		uint64_t bus = map_one(&v, address, limits);

		memset(v.buffer.addr, 0x5a, PAGE);
		start(v.edu, bus, EDU_DMA_BUFFER, PAGE / 2, 0);
		while (!idle(v.edu))
			usleep(1000);
		memset(v.buffer.addr, 0, PAGE);
		start(v.edu, EDU_DMA_BUFFER, bus, PAGE / 2, EDU_DMA_FROM_DEVICE);
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Allocates much memory, on the processor whose free pages come first. */
#define PIPES 100
#define FULL  65536
static int pipes[PIPES][2];

static int fill_pipes(void)
{
	static uint8_t data[FULL];
	int n;

	memset(data, 0x11, sizeof(data));
	for (n = 0; n < PIPES; n++)
		if (pipe(pipes[n]) || write(pipes[n][1], data, FULL) != FULL)
			break;
	return n;
}

static void check_pipes(int num)
{
	static uint8_t data[FULL], expected[FULL];

	memset(expected, 0x11, sizeof(expected));
	for (int i = 0; i < num; i++) {
		ck_assert_int_eq(read(pipes[i][0], data, FULL), FULL);
		ck_assert_msg(!memcmp(data, expected, FULL), "the device wrote into pipe %d", i);
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
}

/* Another client gets mastery back, and the device writes to memory without an owner. */
TEST(quarantine, killed_beside_another, .variants = VARIANTS("no_reset", "reset"))
{
	const char *address = !strcmp(variant, "reset") ? EDU0 : EDU2;
	unsigned long long bytes;
	struct victim bystander;
	cpu_set_t one;
	int num;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	OK(sched_setaffinity(0, sizeof(one), &one));
	core_start();
	map_one(&bystander, address, true);
	run_victim(address, false);
	ck_assert(is_master(address));
	num = fill_pipes();
	ck_assert_int_gt(num, 10);
	ck_assert(WAIT_UNTIL(idle(bystander.edu), 10000));
	check_pipes(num);
	ck_assert_uint_eq(entries(address, &bytes), 1);
	ck_assert_uint_eq(bytes, PAGE);
	ck_assert_int_eq(objects_live("quarantine"), 1);
	ck_assert_int_eq(objects_live("buffer"), 2);
	if (!strcmp(variant, "reset")) {
		OK(kplug_reset(bystander.edu));
		ck_assert(empty(address));
		ck_assert_int_eq(objects_live("quarantine"), 0);
		ck_assert_int_eq(objects_live("buffer"), 1);
		ck_assert_int_eq(objects_live("mapping"), 1);
	}
	OK(kplug_dma_unmap(bystander.edu, bystander.mapping.id));
	kplug_dma_buffer_free(&bystander.buffer);
	kplug_close(bystander.edu);
	objects_settle();
}

/* Memory that a program unmaps is free: the program says that the device has finished. */
TEST(quarantine, not_what_is_unmapped)
{
	struct victim v;

	core_start();
	map_one(&v, EDU2, true);
	OK(kplug_dma_unmap(v.edu, v.mapping.id));
	kplug_dma_buffer_free(&v.buffer);
	kplug_close(v.edu);
	ck_assert(empty(EDU2));
	ck_assert(WAIT_UNTIL(objects_live("buffer") + objects_live("mapping") == 0, 5000));
}

/* The core resets an unused function, and the next program waits for that. */
TEST(quarantine, reset_when_unused)
{
	struct victim v;

	core_start();
	device_bind(EDU0);
	for (int i = 0; i < 3; i++) {
		run_victim(EDU0, true);
		/* No second reset during the first. */
		v.edu = edu_open(EDU0, NULL);
		kplug_write32(kplug_io_user(v.edu), EDU_REGION, EDU_LIVENESS, 0x1234 + i);
		sleep_ms(200);
		ck_assert_uint_eq(kplug_read32(kplug_io_user(v.edu), EDU_REGION, EDU_LIVENESS),
				  ~(0x1234u + i));
		kplug_close(v.edu);
		ck_assert(WAIT_UNTIL(empty(EDU0), 20000));
	}
	ck_assert(WAIT_UNTIL(
		objects_live("quarantine") + objects_live("buffer") + objects_live("mapping") == 0,
		20000));
	ck_assert(!is_master(EDU0));
}

static const char *lost = "which are lost until the machine restarts";

/*
 * A reset of its own, an IOMMU, or neither: then the memory stays lost, and the core can still be
 * unloaded.
 */
TEST(quarantine, unbound, .variants = VARIANTS("no_reset", "reset", "pinned", "pool", "foreign"))
{
	const bool reset = !strcmp(variant, "reset"), iommu = leg_is("iommu");
	const char *address = reset ? EDU0 : EDU2;
	static uint8_t memory[PAGE] __attribute__((aligned(PAGE)));
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segment;
	struct victim v;
	uint64_t offset;
	int fd = -1;

	core_start();
	/* Skips before it loses memory, on a kernel without one. */
	if (!strcmp(variant, "foreign"))
		fd = dma_udmabuf(PAGE);
	if (!strcmp(variant, "pool"))
		OK(file_write("2x4K", "/sys/module/kplug/parameters/pool"));
	map_one(&v, address, true);
	if (!strcmp(variant, "pinned")) {
		memory[5] = 77;
		fd = kplug_dma_buffer_pin(v.edu, memory, PAGE, 0, &offset);
		ck_assert_int_ge(fd, 0);
		OK(kplug_dma_map(v.edu, fd, offset, PAGE, KPLUG_DMA_BOTH, &mapping));
		OK(kplug_dma_segments(v.edu, mapping.id, 0, &segment, 1));
		close(fd);
	} else if (!strcmp(variant, "foreign")) {
		OK(kplug_dma_map(v.edu, fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
		OK(kplug_dma_segments(v.edu, mapping.id, 0, &segment, 1));
		close(fd);
	}
	kplug_dma_buffer_free(&v.buffer);
	device_unbind(address);
	ck_assert_int_eq(log_contains(lost), !reset && !iommu);
	ck_assert_int_eq(objects_live("quarantine") == 0, reset || iommu);
	kplug_close(v.edu);
	ck_assert(WAIT_UNTIL(objects_live("buffer") + objects_live("mapping") == 0, 20000));
	ck_assert_int_eq(memory[5], !strcmp(variant, "pinned") ? 77 : 0);
	core_start();
	ck_assert_int_eq(objects_live("quarantine"), 0);
}

/*
 * The engine of a plugin does not stop: it loses mastery, and no memory is freed, until a reset or
 * until the plugin reports that it has stopped.
 */
TEST(quarantine, stuck, .variants = VARIANTS("reset", "idle", "unbind"))
{
	const char *address = !strcmp(variant, "reset") ? EDU0 : EDU2;
	const bool leaks = !strcmp(variant, "unbind") && !leg_is("iommu");
	struct kplug *edu, *second = NULL;
	struct kplug_dma_mapping mapping, more;
	struct kplug_dma_buffer buffer;
	unsigned long long bytes;
	char text[64];

	/* The DMA API of a debug kernel reports lost mappings. */
	log_allow(
		"DMA-API: .*pending DMA allocations|device_release_driver|cut here|WARNING: CPU.*check_unmap|dma_debug_device_change");
	core_start();
	OK(module_load("kplug_odd dma_length=8192"));
	device_bind(address);
	edu = device_open(address);
	set_bits(edu, address);
	OK(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin) != KPLUG_HANDLER_PLUGIN);
	ck_assert(is_master(address));
	OK(kplug_dma_buffer_alloc(edu, PAGE, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	OK(kplug_call(edu, ODD_CALL_STUCK, NULL, 0, NULL, 0));
	OK(kplug_call(edu, ODD_CALL_STUCK, NULL, 0, NULL, 0));
	ck_assert(!is_master(address));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &more));
	ck_assert(!is_master(address));
	/* The core does not rely on a program's statement. */
	OK(kplug_dma_unmap(edu, mapping.id));
	ck_assert_uint_eq(entries(address, &bytes), 1);
	kplug_dma_buffer_free(&buffer);
	if (!strcmp(variant, "idle")) {
		OK(file_write("Y", "/sys/module/kplug_odd/parameters/dma_idle"));
		second = device_open(address);
		OK(kplug_attach(second, KPLUG_NO_VECTOR, &odd_plugin) != KPLUG_HANDLER_PLUGIN);
		ck_assert(empty(address));
		ck_assert(is_master(address));
		OK(kplug_dma_unmap(edu, more.id));
		ck_assert(empty(address));
		kplug_close(second);
	} else {
		OK(file_read(text, sizeof(text), "/sys/class/kplug/%s/quarantine", address));
		ck_assert_str_eq(text, "1 4096 stuck");
	}
	kplug_close(edu);
	if (!strcmp(variant, "reset")) {
		/* The plugin's memory too; then the function is reset, because it is unused. */
		ck_assert(WAIT_UNTIL(empty(address), 20000));
		OK(file_read(text, sizeof(text), "/sys/class/kplug/%s/quarantine", address));
		ck_assert_str_eq(text, "0 0");
	} else if (!strcmp(variant, "unbind")) {
		ck_assert_uint_eq(entries(address, &bytes), 3);
		ck_assert_uint_eq(bytes, 2 * PAGE + 8192);
	}
	device_unbind(address);
	ck_assert_int_eq(objects_live("quarantine"), leaks ? 3 : 0);
	ck_assert_int_eq(log_contains(lost), leaks);
	ck_assert(WAIT_UNTIL(objects_live("buffer") + objects_live("mapping") == 0, 20000));
	core_start();
}
