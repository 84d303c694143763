// SPDX-License-Identifier: MIT
// The border itself, with raw ioctls: sizes, flags, pointers, each errno of the dictionary, and a fuzzer.
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
#include <sys/syscall.h>
#include <unistd.h>

union argument {
	uint32_t size;
	struct kplug_device_info device_info;
	struct kplug_region_info region_info;
	struct kplug_vector_info vector_info;
	struct kplug_access access;
	struct kplug_irq_mode_set irq_mode;
	struct kplug_arm arm;
	struct kplug_vector_cmd vector_cmd;
	struct kplug_eventfd eventfd;
	struct kplug_ring ring;
	struct kplug_attach attach;
	struct kplug_detach detach;
	struct kplug_call call;
	struct kplug_shm_alloc shm_alloc;
	struct kplug_shm_free shm_free;
	struct kplug_affinity affinity;
	struct kplug_reset reset;
	struct kplug_transfers transfers;
	struct kplug_cleanup cleanup;
	struct kplug_caching_set caching;
	struct kplug_buffer buffer;
	struct kplug_map map;
	struct kplug_unmap unmap;
	struct kplug_segments segments;
	struct kplug_sync sync;
	struct kplug_dma_limits dma_limits;
	struct kplug_transaction transaction;
	struct kplug_execute execute;
	struct kplug_transaction_cmd transaction_cmd;
	struct kplug_transaction_info transaction_info;
	uint8_t bytes[8192];
};

/* Arguments that succeed on an edu device, one command after the other. */
static void fill_access(union argument *a)
{
	a->access.width = 4;
}

static void fill_arm(union argument *a)
{
	a->arm.handler = KPLUG_HANDLER_RECIPE;
	a->arm.num_steps = ARRAY_SIZE(edu_recipe);
	a->arm.steps = (uintptr_t)edu_recipe;
}

static void fill_eventfd(union argument *a)
{
	a->eventfd.fd = eventfd(0, EFD_CLOEXEC);
}

static void fill_ring(union argument *a)
{
	a->ring.entries = 16;
}

static void fill_attach(union argument *a)
{
	strcpy(a->attach.name, "edu");
}

static uint32_t factorial_in = 5, factorial_out;

static void fill_call(union argument *a)
{
	a->call.cmd = EDU_CALL_FACTORIAL;
	a->call.in = (uintptr_t)&factorial_in;
	a->call.in_len = sizeof(factorial_in);
	a->call.out = (uintptr_t)&factorial_out;
	a->call.out_len = sizeof(factorial_out);
}

static void fill_shm_alloc(union argument *a)
{
	a->shm_alloc.length = 4096;
}

static void fill_shm_free(union argument *a)
{
	a->shm_free.id = 1;
}

static uint64_t cpus[16];

static void fill_affinity(union argument *a)
{
	a->affinity.length = sizeof(cpus);
	a->affinity.mask = (uintptr_t)cpus;
}

static struct kplug_transfer read_id = {
	.op = KPLUG_TRANSFER_READ, .region = EDU_REGION, .width = 4, .count = 1, .offset = EDU_ID,
};

static void fill_transfers(union argument *a)
{
	a->transfers.transfers = (uintptr_t)&read_id;
	a->transfers.num_transfers = 1;
}

static const struct kplug_transfer acknowledge = {
	.op = KPLUG_TRANSFER_WRITE, .region = EDU_REGION, .width = 4, .count = 1, .offset = EDU_IRQ_ACK, .value = ~0u,
};

static void fill_cleanup(union argument *a)
{
	a->cleanup.writes = (uintptr_t)&acknowledge;
	a->cleanup.num_writes = 1;
}

static void fill_buffer(union argument *a)
{
	a->buffer.source = KPLUG_BUFFER_CONTIGUOUS;
	a->buffer.length = 4096;
}

static int dmabuf = -1;	/* the last that KPLUG_BUFFER made */

static void fill_map(union argument *a)
{
	a->map.fd = dmabuf;
}

static struct kplug_segment some_segments[4];

static void fill_segments(union argument *a)
{
	a->segments.id = 1;
	a->segments.segments = (uintptr_t)some_segments;
	a->segments.num_segments = 1;
}

static void fill_sync(union argument *a)
{
	a->sync.id = 1;
	a->sync.sync_for = KPLUG_SYNC_FOR_CPU;
}

static void fill_dma_limits(union argument *a)
{
	a->dma_limits.address_bits = EDU_DMA_BITS;
}

static void fill_transaction(union argument *a)
{
	a->transaction.mapping = 1;
	a->transaction.direction = KPLUG_DMA_TO_DEVICE;
}

static struct kplug_execution some_execution = { .id = 1, .poll_us = KPLUG_POLL_ALWAYS };

static void fill_execute(union argument *a)
{
	a->execute.executions = (uintptr_t)&some_execution;
	a->execute.num_executions = 1;
}

/* Of whatever has an id and nothing else. */
static void fill_first(union argument *a)
{
	a->transaction_cmd.id = 1;
}

struct entry {
	const char *name;
	unsigned long request;
	uint32_t size;
	void (*fill)(union argument *argument);
	int reserved[2];	/* offsets of what must be 0; -1: none */
};

#define FIELD(type, field) offsetof(struct type, field)
#define ENTRY(request, type, fill, ...) { #request, request, sizeof(struct type), fill, { __VA_ARGS__ } }

static const struct entry entries[] = {
	ENTRY(KPLUG_DEVICE_INFO, kplug_device_info, NULL, FIELD(kplug_device_info, flags), -1),
	ENTRY(KPLUG_REGION_INFO, kplug_region_info, NULL, FIELD(kplug_region_info, __reserved), -1),
	ENTRY(KPLUG_VECTOR_INFO, kplug_vector_info, NULL, -1, -1),
	ENTRY(KPLUG_ACCESS, kplug_access, fill_access, FIELD(kplug_access, flags), -1),
	ENTRY(KPLUG_TRANSFER, kplug_transfers, fill_transfers, FIELD(kplug_transfers, flags), -1),
	ENTRY(KPLUG_CLEANUP, kplug_cleanup, fill_cleanup, FIELD(kplug_cleanup, flags), FIELD(kplug_cleanup, __reserved)),
	ENTRY(KPLUG_CACHING, kplug_caching_set, NULL, FIELD(kplug_caching_set, flags), -1),
	ENTRY(KPLUG_IRQ_MODE, kplug_irq_mode_set, NULL, FIELD(kplug_irq_mode_set, flags), -1),
	ENTRY(KPLUG_RING, kplug_ring, fill_ring, FIELD(kplug_ring, flags), FIELD(kplug_ring, __reserved)),
	ENTRY(KPLUG_EVENTFD, kplug_eventfd, fill_eventfd, FIELD(kplug_eventfd, flags), -1),
	ENTRY(KPLUG_DMA_LIMITS, kplug_dma_limits, fill_dma_limits, FIELD(kplug_dma_limits, flags), -1),
	ENTRY(KPLUG_BUFFER, kplug_buffer, fill_buffer, FIELD(kplug_buffer, flags), FIELD(kplug_buffer, __reserved)),
	ENTRY(KPLUG_ATTACH, kplug_attach, fill_attach, FIELD(kplug_attach, flags), -1),
	ENTRY(KPLUG_MAP, kplug_map, fill_map, FIELD(kplug_map, flags), -1),
	ENTRY(KPLUG_SEGMENTS, kplug_segments, fill_segments, -1, -1),
	ENTRY(KPLUG_SYNC, kplug_sync, fill_sync, FIELD(kplug_sync, __reserved), -1),
	ENTRY(KPLUG_TRANSACTION, kplug_transaction, fill_transaction, FIELD(kplug_transaction, flags),
	      FIELD(kplug_transaction, __reserved)),
	ENTRY(KPLUG_EXECUTE, kplug_execute, fill_execute, FIELD(kplug_execute, flags), -1),
	ENTRY(KPLUG_ABORT, kplug_transaction_cmd, fill_first, -1, -1),
	ENTRY(KPLUG_TRANSACTION_INFO, kplug_transaction_info, fill_first, -1, -1),
	ENTRY(KPLUG_RELEASE, kplug_transaction_cmd, fill_first, -1, -1),
	ENTRY(KPLUG_UNMAP, kplug_unmap, fill_first, -1, -1),
	ENTRY(KPLUG_ARM, kplug_arm, fill_arm, FIELD(kplug_arm, flags), -1),
	ENTRY(KPLUG_AFFINITY, kplug_affinity, fill_affinity, FIELD(kplug_affinity, flags), -1),
	ENTRY(KPLUG_UNMASK, kplug_vector_cmd, NULL, FIELD(kplug_vector_cmd, flags), FIELD(kplug_vector_cmd, __reserved)),
	ENTRY(KPLUG_DISARM, kplug_vector_cmd, NULL, FIELD(kplug_vector_cmd, flags), FIELD(kplug_vector_cmd, __reserved)),
	ENTRY(KPLUG_CALL, kplug_call, fill_call, -1, -1),
	ENTRY(KPLUG_SHM_ALLOC, kplug_shm_alloc, fill_shm_alloc, FIELD(kplug_shm_alloc, flags), FIELD(kplug_shm_alloc, __reserved)),
	ENTRY(KPLUG_SHM_FREE, kplug_shm_free, fill_shm_free, -1, -1),
	ENTRY(KPLUG_RESET, kplug_reset, NULL, FIELD(kplug_reset, flags), -1),
	ENTRY(KPLUG_DETACH, kplug_detach, NULL, FIELD(kplug_detach, flags), -1),
};

static union argument filled(const struct entry *entry)
{
	union argument argument = { .size = entry->size };

	if (entry->fill)
		entry->fill(&argument);
	return argument;
}

/* Everything that can be seen of a device; a refused command must not change it. */
struct state {
	struct kplug_device_info info;
	struct kplug_region_info regions[KPLUG_MAX_REGIONS];
	struct kplug_vector_info vectors[KPLUG_MAX_VECTORS];
	char openers[4096], plugin[64], objects[1024];
};

static void look(struct kplug *k, const char *name, struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->info = device_info(k);
	for (unsigned int i = 0; i < state->info.out_regions; i++)
		OK(kplug_region_info(k, i, &state->regions[i]));
	for (unsigned int i = 0; i < state->info.out_vectors; i++)
		state->vectors[i] = vector_info(k, i);
	OK(file_read(state->openers, sizeof(state->openers), "/sys/class/kplug/%s/openers", name));
	OK(file_read(state->plugin, sizeof(state->plugin), "/sys/class/kplug/%s/plugin", name));
	OK(file_read(state->objects, sizeof(state->objects), "/sys/kernel/debug/kplug/objects"));
}

/* The command is refused, writes nothing into its argument and changes nothing in the device. */
static void check_refused(struct kplug *k, const struct entry *entry, union argument *argument, int error)
{
	static struct state before, after;
	union argument copy = *argument;

	look(k, EDU1, &before);
	ck_assert_msg(command(k, entry->request, argument) == error, "%s: %d instead of %d", entry->name,
		      command(k, entry->request, argument), error);
	look(k, EDU1, &after);
	ck_assert_msg(!memcmp(&copy, argument, sizeof(copy)), "%s wrote into its argument", entry->name);
	ck_assert_msg(!memcmp(&before, &after, sizeof(before)), "%s changed the device", entry->name);
}

/* Before each command is carried out, it is refused in every way that does not depend on its meaning. */
TEST(abi, refused_then_accepted, .variants = VARIANTS("as_it_is", "longer", "page"))
{
	const uint32_t longer = !strcmp(variant, "longer") ? 8 : !strcmp(variant, "page") ? 4096 : 0;
	union argument argument;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	edu = device_open_ring(EDU1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];

		for (uint32_t size = 0; size < entry->size; size++) {
			argument = filled(entry);
			argument.size = size;
			check_refused(edu, entry, &argument, -EINVAL);
			if (size > 8)
				size += 3;
		}
		for (uint32_t tail = 1; tail <= 64; tail *= 2) {
			argument = filled(entry);
			argument.size = entry->size + tail;
			argument.bytes[entry->size + tail - 1] = 1;
			check_refused(edu, entry, &argument, -E2BIG);
		}
		for (int j = 0; j < 2 && entry->reserved[j] >= 0; j++) {
			argument = filled(entry);
			*(uint32_t *)&argument.bytes[entry->reserved[j]] = 1u << 31;
			check_refused(edu, entry, &argument, -EOPNOTSUPP);
		}
		argument = filled(entry);
		argument.size += longer;
		/* edu1 is on the root bus, which nobody can reset for its sake. */
		if (entry->request == KPLUG_RESET)
			ck_assert_int_eq(command(edu, entry->request, &argument), -EOPNOTSUPP);
		else
			ck_assert_msg(command(edu, entry->request, &argument) >= 0, "%s", entry->name);
		if (entry->request == KPLUG_BUFFER)
			dmabuf = argument.buffer.out_fd;
		ck_assert_int_eq(argument.size, entry->size + longer);
	}
	ck_assert_int_eq(factorial_out, 120);
	close(dmabuf);
	kplug_close(edu);
	objects_settle();
}

TEST(abi, bad_pointers)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	union argument argument;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	munmap(edge + page, page);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];
		void *const bad[] = { NULL, (void *)1, edge + page, edge + page - 3, (void *)0xffff888000000000, (void *)-8 };

		for (size_t j = 0; j < ARRAY_SIZE(bad); j++)
			ck_assert_int_eq(command(edu, entry->request, bad[j]), -EFAULT);
		/* The size is there, the rest is not. */
		argument = filled(entry);
		memcpy(edge + page - 4, &argument, 4);
		ck_assert_int_eq(command(edu, entry->request, edge + page - 4), -EFAULT);
		/* It fits, its tail does not. */
		argument.size += 64;
		memcpy(edge + page - entry->size, &argument, entry->size);
		ck_assert_int_eq(command(edu, entry->request, edge + page - entry->size), -EFAULT);
	}
	fill_arm(&argument);
	argument.arm = (struct kplug_arm){ .size = sizeof(argument.arm), .handler = KPLUG_HANDLER_RECIPE, .num_steps = 2 };
	ck_assert_int_eq(command(edu, KPLUG_ARM, &argument), -EFAULT);
	argument.arm.steps = (uintptr_t)(edge + page - sizeof(struct kplug_step));
	ck_assert_int_eq(command(edu, KPLUG_ARM, &argument), -EFAULT);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	memcpy(edge + page - sizeof(read_id), &read_id, sizeof(read_id));
	argument.transfers = (struct kplug_transfers){
		.size = sizeof(argument.transfers), .num_transfers = 2,
		.transfers = (uintptr_t)(edge + page - sizeof(struct kplug_transfer)),
	};
	ck_assert_int_eq(command(edu, KPLUG_TRANSFER, &argument), -EFAULT);
	ck_assert_uint_eq(argument.transfers.out_done, 0);
	argument.cleanup = (struct kplug_cleanup){
		.size = sizeof(argument.cleanup), .num_writes = 2,
		.writes = (uintptr_t)(edge + page - sizeof(struct kplug_transfer)),
	};
	ck_assert_int_eq(command(edu, KPLUG_CLEANUP, &argument), -EFAULT);
}

/* If only the answer finds no room, the command has taken effect. */
TEST(abi, answer_into_constant_memory)
{
	struct kplug_ring *ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	*ring = (struct kplug_ring){ .size = sizeof(*ring), .entries = 4 };
	mprotect(ring, 4096, PROT_READ);
	ck_assert_int_eq(command(edu, KPLUG_RING, ring), -EFAULT);
	ck_assert_int_eq(objects_live("ring"), 1);
	ck_assert_int_eq(command(edu, KPLUG_RING, ring), -EALREADY);
}

/* What the program leaves in the fields that the kernel fills does not come back. */
TEST(abi, every_answer_is_filled, .variants = VARIANTS("pci", "soft"))
{
	struct kplug_device_info info, clean;
	struct kplug_region_info region;
	struct kplug_vector_info vector, clean_vector;
	struct kplug *k;

	core_start();
	if (!strcmp(variant, "soft")) {
		k = null_open(0);
		OK(kplug_detach(k, KPLUG_NO_VECTOR));
		OK(kplug_detach_permanent(NULL0));
	} else {
		device_bind(EDU1);
		k = device_open_ring(EDU1, 0);
	}
	clean = device_info(k);
	memset(&info, 0xff, sizeof(info));
	info.size = sizeof(info);
	info.flags = 0;
	OK(command(k, KPLUG_DEVICE_INFO, &info));
	OK(memcmp(&info, &clean, sizeof(info)));

	memset(&region, 0xff, sizeof(region));
	region.size = sizeof(region);
	region.index = 6;
	region.__reserved = 0;
	OK(command(k, KPLUG_REGION_INFO, &region));
	ck_assert_int_eq(region.out_flags | region.out_length | region.out_mmap_offset, 0);

	clean_vector = vector_info(k, 0);
	memset(&vector, 0xff, sizeof(vector));
	vector.size = sizeof(vector);
	vector.index = 0;
	OK(command(k, KPLUG_VECTOR_INFO, &vector));
	OK(memcmp(&vector, &clean_vector, sizeof(vector)));
}

TEST(abi, unknown_commands)
{
	union argument argument = { .size = 64 };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	for (unsigned int number = 0; number < 256; number++)
		if (number < KPLUG_CMD_DEVICE_INFO || number > KPLUG_CMD_RELEASE)
			ck_assert_int_eq(command(edu, _IO(KPLUG_IOCTL_TYPE, number), &argument), -ENOTTY);
	ck_assert_int_eq(command(edu, _IO('x', KPLUG_CMD_DEVICE_INFO), &argument), -ENOTTY);
	ck_assert_int_eq(command(edu, _IOR(KPLUG_IOCTL_TYPE, KPLUG_CMD_DEVICE_INFO, uint32_t), &argument), -ENOTTY);
}

/*
 * The errno dictionary, word by word: each function makes a command fail in
 * the way that kplug_abi.h says, and returns what came.
 */
static int by_enotty(struct kplug *k)
{
	return command(k, _IO(KPLUG_IOCTL_TYPE, 0), NULL);
}

static int by_e2big(struct kplug *k)
{
	union argument argument = { .device_info.size = sizeof(struct kplug_device_info) + 1 };

	argument.bytes[sizeof(struct kplug_device_info)] = 1;
	return command(k, KPLUG_DEVICE_INFO, &argument);
}

static int by_eopnotsupp(struct kplug *k)
{
	return kplug_irq_mode(k, KPLUG_IRQ_MSIX, 0);
}

static int by_einval(struct kplug *k)
{
	uint64_t value;

	return kplug_access_read(k, EDU_REGION, 2, 4, &value);
}

static int by_efault(struct kplug *k)
{
	return command(k, KPLUG_DEVICE_INFO, NULL);
}

static int by_eperm(struct kplug *k)
{
	struct kplug *restricted = device_open_restricted(EDU1);
	int result = kplug_access_write(restricted, EDU_REGION, EDU_IRQ_RAISE, 4, 1);

	(void)k;
	kplug_close(restricted);
	return result;
}

static int by_enoent(struct kplug *k)
{
	return kplug_attach(k, 1, &(struct kplug_handler){ 0 });
}

static int by_ebusy(struct kplug *k)
{
	struct kplug *other = device_open_ring(EDU1, 0);
	int result;

	OK(kplug_attach(other, 0, &(struct kplug_handler){ 0 }));
	result = kplug_attach(k, 0, edu_handler_of("recipe"));
	kplug_close(other);
	return result;
}

static int by_ealready(struct kplug *k)
{
	struct kplug_arm arm = { .size = sizeof(arm) };
	struct kplug *other = device_open_ring(EDU1, 0);
	int result;

	(void)k;
	OK(command(other, KPLUG_ARM, &arm));
	result = command(other, KPLUG_ARM, &arm);
	kplug_close(other);
	return result;
}

static int by_ebadfd(struct kplug *k)
{
	return kplug_unmask(k, 0);
}

static int by_enospc(struct kplug *k)
{
	struct kplug *other = device_open_ring(EDU1, 0);
	struct kplug_shm_alloc alloc;
	int result = 0;

	(void)k;
	for (int i = 0; !result && i <= KPLUG_MAX_SHMS; i++) {
		alloc = (struct kplug_shm_alloc){ .size = sizeof(alloc), .length = 1 };
		result = command(other, KPLUG_SHM_ALLOC, &alloc);
	}
	kplug_close(other);
	return result;
}

static int by_enomem(struct kplug *k)
{
	struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = 1 };
	const struct rlimit none = { 0, RLIM_INFINITY };
	struct rlimit before;
	int result;

	OK(getrlimit(RLIMIT_MEMLOCK, &before));
	OK(setrlimit(RLIMIT_MEMLOCK, &none));
	capability_set(CAP_IPC_LOCK, false);
	result = command(k, KPLUG_SHM_ALLOC, &alloc);
	capability_set(CAP_IPC_LOCK, true);
	OK(setrlimit(RLIMIT_MEMLOCK, &before));
	return result;
}

static int by_enodev(struct kplug *k)
{
	struct kplug_device_info info;
	struct kplug *other;
	int result;

	(void)k;
	device_bind(EDU2);
	other = device_open_ring(EDU2, 0);
	device_unbind(EDU2);
	result = kplug_info(other, &info);
	kplug_close(other);
	return result;
}

/* The core says it to the plugin's module, and so to who loads that. */
static int by_enoexec(struct kplug *k)
{
	char path[256];
	int module, result;
	FILE *found = popen("modinfo -n kplug_odd 2>/dev/null || find /lib/modules -name kplug_odd.ko", "r");

	(void)k;
	ck_assert_int_eq(fscanf(found, "%255s", path), 1);
	pclose(found);
	module = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(module, 0);
	result = syscall(SYS_finit_module, module, "defect=new_abi", 0) ? -errno : 0;
	close(module);
	return result;
}

TEST(abi, errno_dictionary)
{
	static const struct {
		int error;
		int (*by)(struct kplug *k);
	} dictionary[] = {
		{ ENOTTY, by_enotty }, { E2BIG, by_e2big }, { EOPNOTSUPP, by_eopnotsupp }, { EINVAL, by_einval },
		{ EFAULT, by_efault }, { EPERM, by_eperm }, { ENOENT, by_enoent }, { EBUSY, by_ebusy },
		{ EALREADY, by_ealready }, { EBADFD, by_ebadfd }, { ENOSPC, by_enospc }, { ENOMEM, by_enomem },
		{ ENODEV, by_enodev }, { ENOEXEC, by_enoexec },
	};
	struct kplug_device_info before, after;
	struct kplug_vector_info vector;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	before = device_info(edu);
	vector = vector_info(edu, 0);
	for (size_t i = 0; i < ARRAY_SIZE(dictionary); i++) {
		int result = dictionary[i].by(edu);

		ck_assert_msg(result == -dictionary[i].error, "%s instead of %s", strerrorname_np(-result),
			      strerrorname_np(dictionary[i].error));
	}
	after = device_info(edu);
	/* Another opener armed it meanwhile, and so chose the mode. */
	before.out_irq_mode = after.out_irq_mode;
	OK(memcmp(&before, &after, sizeof(before)));
	after.size = vector_info(edu, 0).out_flags;
	ck_assert_int_eq(after.size, vector.out_flags);
	kplug_close(edu);
	objects_settle();
}

/* A refused arming leaves the device as it was, vectors and all. */
TEST(abi, refused_arm_changes_nothing)
{
	static const struct entry arm = ENTRY(KPLUG_ARM, kplug_arm, NULL, -1, -1);
	union argument argument = { .size = sizeof(argument.arm) };
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	OK(module_load("kplug_odd arm_error=-74"));
	argument.arm.vector = 1;
	check_refused(edu, &arm, &argument, -ENOENT);
	argument.arm.vector = KPLUG_MAX_VECTORS;
	check_refused(edu, &arm, &argument, -ENOENT);
	argument.arm.vector = ~0u;
	check_refused(edu, &arm, &argument, -ENOENT);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	argument.arm.vector = 0;
	argument.arm.handler = KPLUG_HANDLER_PLUGIN;
	argument.arm.event_type = 0x777;
	check_refused(edu, &arm, &argument, -EBADMSG);
	argument.arm.handler = 2;
	check_refused(edu, &arm, &argument, -EINVAL);
	argument.arm.handler = KPLUG_HANDLER_USER;
	argument.arm.steps = 1;
	check_refused(edu, &arm, &argument, -EINVAL);
}

/* A small fuzzer; the seed is fixed, so that a failure comes again. */
static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % below;
}

static const uint64_t interesting[] = {
	0, 1, 2, 3, 4, 5, 8, 16, 32, 64, 100, 0x24, 0x60, 0x64, 0xff, 0x100, 0x101, 255, 256, 1000, 4095, 4096, 4097,
	65535, 65536, 1 << 20, (1 << 20) - 4, 1 << 24, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 32, 1ull << 40,
	0x7fffffffffffffff, 0xffffffffffffffff, 0xffff888000000000,
};

static uint64_t word(void)
{
	return any(3) ? interesting[any(ARRAY_SIZE(interesting))] : any(20);
}

static struct kplug_step some_steps[KPLUG_MAX_STEPS];
static uint64_t some_words[1024];

/* Wild registers of edu start DMA, with which the emulator ends the machine. */
static void keep_off_dma(__u64 *offset)
{
	if (*offset >= EDU_DMA_SOURCE - 7 && *offset <= EDU_DMA_COMMAND + 7)
		*offset = 0;
}

static void make_steps(void)
{
	memcpy(some_steps, edu_recipe, sizeof(edu_recipe));
	for (int i = any(4); i; i--) {
		struct kplug_step *step = &some_steps[any(6)];

		*step = (struct kplug_step){ .op = any(7), .region = any(9), .width = any(10), .offset = word(),
					     .mask = word(), .value = word() };
		keep_off_dma(&step->offset);
	}
}

static uint64_t some_pointer(void)
{
	static const uint64_t bad[] = { 0, 1, 0xffff888000000000, ~0ull };

	return any(8) ? (uintptr_t)(any(2) ? some_words : (void *)some_steps) : bad[any(ARRAY_SIZE(bad))];
}

static void distort(const struct entry *entry, union argument *argument)
{
	for (int i = any(4); i; i--) {
		uint64_t value = word();
		uint32_t at = any(entry->size / 4) * 4;

		if (at)
			memcpy(&argument->bytes[at], &value, any(2) ? 4 : 8);
	}
	if (!any(16))
		argument->size = word();
	if (entry->request == KPLUG_ACCESS)
		keep_off_dma(&argument->access.offset);
	if (entry->request == KPLUG_ARM && any(4))
		argument->arm.steps = some_pointer();
	if (entry->request == KPLUG_CALL) {
		argument->call.cmd = any(2) ? any(8) : argument->call.cmd;
		/* Small words: the null plugin sleeps and fires as often as it is told. */
		argument->call.in = any(8) ? (uintptr_t)some_words : some_pointer() & 1;
		argument->call.out = some_pointer();
	}
	/* Not for long. */
	if (entry->request == KPLUG_EXECUTE) {
		some_execution = (struct kplug_execution){ .id = any(8) ? 1 + any(2) : word(), .offset = any(4) ? 0 : word(),
			.length = word(), .timeout_ms = 1 + any(50), .poll_us = any(100), .args = { any(8) ? 0 : word() } };
		argument->execute.num_executions = any(4) ? 1 : word();
	}
	if (entry->request == KPLUG_TRANSACTION_INFO)
		argument->transaction_info.timeout_ms = any(3);
	if (entry->request == KPLUG_ATTACH)
		strcpy(argument->attach.name, any(2) ? "edu" : any(8) ? "null" : any(2) ? "" : "Bad/Name");
}

TEST(abi, fuzz, .timeout = 120)
{
	const int rounds = 10000;
	struct kplug *openers[5], *check;
	int accepted = 0;

	core_start();
	OK(module_load("kplug_null"));
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	capability_set(CAP_IPC_LOCK, false);
	check = device_open_ring(EDU1, 0);
	for (int i = 0; i < rounds; i++) {
		const struct entry *entry = &entries[any(ARRAY_SIZE(entries))];
		union argument argument;
		int which = any(ARRAY_SIZE(openers)), fd;

		if (i % 1000 == 0) {
			for (size_t j = 0; j < ARRAY_SIZE(openers) && i; j++)
				kplug_close(openers[j]);
			capability_set(CAP_SYS_RAWIO, true);
			openers[0] = device_open_ring(EDU1, 0);
			openers[1] = device_open_ring(EDU1, 0);
			openers[2] = device_open_ring(NULL0, 0);
			capability_set(CAP_SYS_RAWIO, false);
			openers[3] = device_open_ring(EDU1, 0);
			openers[4] = device_open_ring(NULL0, 0);
		}
		make_steps();
		for (int j = 0; j < 8; j++)
			some_words[j] = any(8) | (uint64_t)any(8) << 32;
		argument = filled(entry);
		fd = entry->request == KPLUG_EVENTFD ? argument.eventfd.fd : -1;
		distort(entry, &argument);
		if (command(openers[which], entry->request, &argument) >= 0) {
			accepted++;
			if (entry->request == KPLUG_BUFFER) {
				close(dmabuf);
				dmabuf = argument.buffer.out_fd;
			}
		}
		close(fd);
	}
	close(dmabuf);
	for (size_t j = 0; j < ARRAY_SIZE(openers); j++)
		kplug_close(openers[j]);
	capability_set(CAP_SYS_RAWIO, true);
	/* It was no waste of time: both sides of the checks were seen. */
	ck_assert_int_gt(accepted, rounds / 20);
	ck_assert_int_lt(accepted, rounds * 19 / 20);

	/* And all works as before. */
	ck_assert_int_eq(vector_info(check, 0).out_flags, 0);
	OK(kplug_map(check, EDU_REGION));
	edu_ack(check);
	kplug_close(check);
	objects_settle();
	check = edu_open(EDU1, "msi");
	ck_assert_int_ge(kplug_attach(check, 0, edu_handler_of("recipe")), 0);
	edu_raise(check, 99);
	ck_assert_int_eq(next_event(check).data[0], 99);
	printf("fuzz: %d of %d accepted\n", accepted, rounds);
}
