// SPDX-License-Identifier: MIT
// The ABI itself, with raw ioctls: sizes, flags, pointers, each errno of the dictionary, a fuzzer.
#define _GNU_SOURCE
#include "argument.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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
	a->arm.stride = sizeof(edu_recipe[0]);
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
	.op = KPLUG_TRANSFER_READ,
	.region = EDU_REGION,
	.width = 4,
	.count = 1,
	.offset = EDU_ID,
};

static void fill_transfers(union argument *a)
{
	a->transfer.transfers = (uintptr_t)&read_id;
	a->transfer.num_transfers = 1;
	a->transfer.stride = sizeof(read_id);
}

static const struct kplug_transfer acknowledge = {
	.op = KPLUG_TRANSFER_WRITE,
	.region = EDU_REGION,
	.width = 4,
	.count = 1,
	.offset = EDU_IRQ_ACK,
	.value = ~0u,
};

static void fill_cleanup(union argument *a)
{
	a->cleanup.writes = (uintptr_t)&acknowledge;
	a->cleanup.num_writes = 1;
	a->cleanup.stride = sizeof(acknowledge);
}

static void fill_buffer(union argument *a)
{
	a->dma_buffer.source = KPLUG_DMA_BUFFER_CONTIGUOUS;
	a->dma_buffer.length = 4096;
}

static int dmabuf = -1; /* the last that KPLUG_DMA_BUFFER made */

static void fill_map(union argument *a)
{
	a->dma_map.fd = dmabuf;
}

static struct kplug_dma_segment some_segments[4];

static void fill_segments(union argument *a)
{
	a->dma_segments.id = 1;
	a->dma_segments.segments = (uintptr_t)some_segments;
	a->dma_segments.num_segments = 1;
	a->dma_segments.stride = sizeof(some_segments[0]);
}

static void fill_sync(union argument *a)
{
	a->dma_sync.id = 1;
	a->dma_sync.sync_for = KPLUG_DMA_SYNC_FOR_CPU;
}

static void fill_dma_limits(union argument *a)
{
	a->dma_limits.address_bits = EDU_DMA_BITS;
}

static void fill_transaction(union argument *a)
{
	a->dma_transaction.mapping = 1;
	a->dma_transaction.direction = KPLUG_DMA_TO_DEVICE;
}

static struct kplug_dma_execution some_execution = { .id = 1, .poll_us = KPLUG_POLL_ALWAYS };

static void fill_execute(union argument *a)
{
	a->dma_execute.executions = (uintptr_t)&some_execution;
	a->dma_execute.num_executions = 1;
	a->dma_execute.stride = sizeof(some_execution);
}

/* Commands whose argument is only an id. */
static void fill_first(union argument *a)
{
	a->dma_abort.id = 1;
}

/* The line of commands.def for a command, by its number. */
struct line {
	const char *name;
	uint32_t size;
	size_t zero; /* offset of a field that must be 0 besides the flags; 0: there is none */
};

static const struct line lines[256] = {
#define KPLUG_COMMAND(_number, NAME, _name, argument, _zero, ...) \
	[_number] = { "KPLUG_" #NAME, sizeof(struct argument), offsetof(struct argument, _zero) },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

/* Every command, in an order in which all of them succeed. */
static const struct entry {
	unsigned long request;
	void (*fill)(union argument *argument);
} entries[] = {
	{ KPLUG_DEVICE_INFO, NULL },
	{ KPLUG_REGION_INFO, NULL },
	{ KPLUG_VECTOR_INFO, NULL },
	{ KPLUG_ACCESS, fill_access },
	{ KPLUG_TRANSFER, fill_transfers },
	{ KPLUG_CLEANUP, fill_cleanup },
	{ KPLUG_CACHING, NULL },
	{ KPLUG_IRQ_MODE, NULL },
	{ KPLUG_RING, fill_ring },
	{ KPLUG_EVENTFD, fill_eventfd },
	{ KPLUG_SUBSCRIBE, NULL },
	{ KPLUG_DMA_LIMITS, fill_dma_limits },
	{ KPLUG_DMA_BUFFER, fill_buffer },
	{ KPLUG_ATTACH, fill_attach },
	{ KPLUG_DMA_MAP, fill_map },
	{ KPLUG_DMA_SEGMENTS, fill_segments },
	{ KPLUG_DMA_SYNC, fill_sync },
	{ KPLUG_DMA_TRANSACTION, fill_transaction },
	{ KPLUG_DMA_EXECUTE, fill_execute },
	{ KPLUG_DMA_ABORT, fill_first },
	{ KPLUG_DMA_TRANSACTION_INFO, fill_first },
	{ KPLUG_DMA_RELEASE, fill_first },
	{ KPLUG_DMA_UNMAP, fill_first },
	{ KPLUG_ARM, fill_arm },
	{ KPLUG_AFFINITY, fill_affinity },
	{ KPLUG_UNMASK, NULL },
	{ KPLUG_DISARM, NULL },
	{ KPLUG_CALL, fill_call },
	{ KPLUG_SHM_ALLOC, fill_shm_alloc },
	{ KPLUG_SHM_FREE, fill_shm_free },
	{ KPLUG_RESET, NULL },
	{ KPLUG_DETACH, NULL },
	{ KPLUG_FEATURES, NULL },
	/* Last, because the commands before it need trust. */
	{ KPLUG_RESTRICT, NULL },
};

static const struct line *line_of(const struct entry *entry)
{
	return &lines[_IOC_NR(entry->request)];
}

/* Every line of commands.def has an entry. */
TEST(abi, every_command)
{
	for (unsigned int number = 0; number < ARRAY_SIZE(lines); number++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
			found |= _IOC_NR(entries[i].request) == number;
		ck_assert_msg(found == !!lines[number].name, "%s", lines[number].name);
	}
}

static union argument filled(const struct entry *entry)
{
	union argument argument = { .size = line_of(entry)->size };

	if (entry->fill)
		entry->fill(&argument);
	return argument;
}

/* All visible state of a device; a refused command must not change it. */
struct state {
	struct kplug_device_info info;
	struct kplug_region_info regions[KPLUG_MAX_REGIONS];
	struct kplug_vector_info vectors[KPLUG_MAX_VECTORS];
	char clients[4096], plugin[64], objects[1024];
};

static void look(struct kplug *k, const char *name, struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->info = device_info(k);
	for (unsigned int i = 0; i < state->info.out_regions; i++)
		OK(kplug_region_info(k, i, &state->regions[i]));
	for (unsigned int i = 0; i < state->info.out_vectors; i++)
		state->vectors[i] = vector_info(k, i);
	OK(file_read(state->clients, sizeof(state->clients), "/sys/class/kplug/%s/clients", name));
	OK(file_read(state->plugin, sizeof(state->plugin), "/sys/class/kplug/%s/plugin", name));
	OK(file_read(state->objects, sizeof(state->objects), "/sys/kernel/debug/kplug/objects"));
}

/* The command is refused, writes nothing into its argument and changes nothing in the device. */
static void check_refused(struct kplug *k, const struct entry *entry, union argument *argument,
			  int error)
{
	static struct state before, after;
	union argument copy = *argument;

	look(k, EDU1, &before);
	ck_assert_msg(command(k, entry->request, argument) == error, "%s: %d instead of %d",
		      line_of(entry)->name, command(k, entry->request, argument), error);
	look(k, EDU1, &after);
	ck_assert_msg(!memcmp(&copy, argument, sizeof(copy)), "%s wrote into its argument",
		      line_of(entry)->name);
	ck_assert_msg(!memcmp(&before, &after, sizeof(before)), "%s changed the device",
		      line_of(entry)->name);
}

/*
 * The core refuses each command in every way that does not depend on its meaning, before it runs.
 */
TEST(abi, refused_then_accepted, .variants = VARIANTS("as_it_is", "longer", "page"))
{
	union argument argument;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	edu = device_open_ring(EDU1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];
		const uint32_t longer =
			!strcmp(variant, "longer") ? 8 :
			!strcmp(variant, "page")   ? KPLUG_MAX_SIZE - line_of(entry)->size :
						     0;

		for (uint32_t size = 0; size < line_of(entry)->size; size++) {
			argument = filled(entry);
			argument.size = size;
			check_refused(edu, entry, &argument, -EINVAL);
			if (size > 8)
				size += 3;
		}
		for (uint32_t tail = 1; tail <= 64; tail *= 2) {
			argument = filled(entry);
			argument.size = line_of(entry)->size + tail;
			argument.bytes[line_of(entry)->size + tail - 1] = 1;
			check_refused(edu, entry, &argument, -E2BIG);
		}
		argument = filled(entry);
		*(uint32_t *)&argument.bytes[offsetof(struct kplug_arm, flags)] = 1u << 31;
		check_refused(edu, entry, &argument, -EOPNOTSUPP);
		if (line_of(entry)->zero) {
			argument = filled(entry);
			*(uint32_t *)&argument.bytes[line_of(entry)->zero] = 1u << 31;
			check_refused(edu, entry, &argument, -EOPNOTSUPP);
		}
		argument = filled(entry);
		argument.size += longer;
		/* edu1 is on the root bus, which cannot be reset for one device. */
		if (entry->request == KPLUG_RESET)
			ck_assert_int_eq(command(edu, entry->request, &argument), -EOPNOTSUPP);
		else
			ck_assert_msg(command(edu, entry->request, &argument) >= 0, "%s",
				      line_of(entry)->name);
		if (entry->request == KPLUG_DMA_BUFFER)
			dmabuf = argument.dma_buffer.out_fd;
		ck_assert_int_eq(argument.size, line_of(entry)->size + longer);
	}
	ck_assert_int_eq(factorial_out, 120);
	close(dmabuf);
	kplug_close(edu);
	objects_settle();
}

TEST(abi, bad_pointers, .smoke = true)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *edge =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	union argument argument;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	munmap(edge + page, page);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];
		void *const bad[] = { NULL,
				      (void *)1,
				      edge + page,
				      edge + page - 3,
				      (void *)0xffff888000000000,
				      (void *)-8 };

		for (size_t j = 0; j < ARRAY_SIZE(bad); j++)
			ck_assert_int_eq(command(edu, entry->request, bad[j]), -EFAULT);
		/* Only the size is accessible. */
		argument = filled(entry);
		memcpy(edge + page - 4, &argument, 4);
		ck_assert_int_eq(command(edu, entry->request, edge + page - 4), -EFAULT);
		/* The structure is accessible, its tail is not. */
		argument.size += 64;
		memcpy(edge + page - line_of(entry)->size, &argument, line_of(entry)->size);
		ck_assert_int_eq(command(edu, entry->request, edge + page - line_of(entry)->size),
				 -EFAULT);
	}
	fill_arm(&argument);
	argument.arm = (struct kplug_arm){ .size = sizeof(argument.arm),
					   .handler = KPLUG_HANDLER_RECIPE,
					   .num_steps = 2,
					   .stride = sizeof(struct kplug_step) };
	ck_assert_int_eq(command(edu, KPLUG_ARM, &argument), -EFAULT);
	argument.arm.steps = (uintptr_t)(edge + page - sizeof(struct kplug_step));
	ck_assert_int_eq(command(edu, KPLUG_ARM, &argument), -EFAULT);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	memcpy(edge + page - sizeof(read_id), &read_id, sizeof(read_id));
	argument.transfer = (struct kplug_transfers){
		.size = sizeof(argument.transfer),
		.num_transfers = 2,
		.stride = sizeof(struct kplug_transfer),
		.transfers = (uintptr_t)(edge + page - sizeof(struct kplug_transfer)),
	};
	ck_assert_int_eq(command(edu, KPLUG_TRANSFER, &argument), -EFAULT);
	ck_assert_uint_eq(argument.transfer.out_done, 0);
	argument.cleanup = (struct kplug_cleanup){
		.size = sizeof(argument.cleanup),
		.num_writes = 2,
		.stride = sizeof(struct kplug_transfer),
		.writes = (uintptr_t)(edge + page - sizeof(struct kplug_transfer)),
	};
	ck_assert_int_eq(command(edu, KPLUG_CLEANUP, &argument), -EFAULT);
}

/* The kernel checks first whether it can write the answer. */
TEST(abi, answer_into_constant_memory)
{
	struct kplug_ring *ring =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	*ring = (struct kplug_ring){ .size = sizeof(*ring), .entries = 4 };
	mprotect(ring, 4096, PROT_READ);
	ck_assert_int_eq(command(edu, KPLUG_RING, ring), -EFAULT);
	ck_assert_int_eq(objects_live("ring"), 0);
	mprotect(ring, 4096, PROT_READ | PROT_WRITE);
	OK(command(edu, KPLUG_RING, ring));
}

/* A command without an answer succeeds on memory that is read-only. */
static bool has_answer(unsigned long request)
{
	switch (request) {
	case KPLUG_DEVICE_INFO:
	case KPLUG_REGION_INFO:
	case KPLUG_VECTOR_INFO:
	case KPLUG_ACCESS:
	case KPLUG_TRANSFER:
	case KPLUG_IRQ_MODE:
	case KPLUG_RING:
	case KPLUG_DMA_BUFFER:
	case KPLUG_DMA_MAP:
	case KPLUG_DMA_TRANSACTION:
	case KPLUG_DMA_EXECUTE:
	case KPLUG_DMA_TRANSACTION_INFO:
	case KPLUG_SHM_ALLOC:
	case KPLUG_FEATURES:
		return true;
	default:
		return false;
	}
}

/*
 * A command without an answer takes a constant; one with an answer fails before it does anything.
 */
TEST(abi, constant_arguments, .variants = VARIANTS("in_one_page", "in_two_pages"))
{
	const long page = sysconf(_SC_PAGESIZE);
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static struct state before, after;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	edu = device_open_ring(EDU1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];
		bool two = !strcmp(variant, "in_two_pages");
		union argument argument = filled(entry);
		char *at = two ? memory + page - line_of(entry)->size + 4 : memory;

		memcpy(at, &argument, line_of(entry)->size);
		mprotect(two ? memory + page : memory, page, PROT_READ);
		look(edu, EDU1, &before);
		if (has_answer(entry->request)) {
			ck_assert_msg(command(edu, entry->request, at) == -EFAULT, "%s",
				      line_of(entry)->name);
			look(edu, EDU1, &after);
			ck_assert_msg(!memcmp(&before, &after, sizeof(before)),
				      "%s changed the device", line_of(entry)->name);
		} else if (entry->request == KPLUG_RESET) {
			ck_assert_int_eq(command(edu, entry->request, at), -EOPNOTSUPP);
		} else {
			ck_assert_msg(command(edu, entry->request, at) >= 0, "%s",
				      line_of(entry)->name);
		}
		ck_assert_msg(!memcmp(at, &argument, line_of(entry)->size), "%s wrote",
			      line_of(entry)->name);
		mprotect(memory, 2 * page, PROT_READ | PROT_WRITE);
		/* Later commands need the object that it makes. */
		if (has_answer(entry->request))
			ck_assert_msg(command(edu, entry->request, &argument) >= 0, "%s",
				      line_of(entry)->name);
		if (entry->request == KPLUG_DMA_BUFFER)
			dmabuf = argument.dma_buffer.out_fd;
	}
	close(dmabuf);
	kplug_close(edu);
	munmap(memory, 2 * page);
	objects_settle();
}

/* The kernel refuses a size of gigabytes before it searches the tail for non-zero bytes. */
TEST(abi, huge_sizes)
{
	const size_t huge = 64 << 20;
	char *zeros = mmap(NULL, huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const uint32_t sizes[] = { KPLUG_MAX_SIZE + 1, huge, ~0u };

		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			*(uint32_t *)zeros = sizes[j];
			ck_assert_msg(command(edu, entries[i].request, zeros) == -E2BIG, "%s",
				      line_of(&entries[i])->name);
		}
	}
	munmap(zeros, huge);
}

/*
 * An array of a program that was compiled with elements of another size; the first @known bytes are
 * ours.
 */
struct odd_array {
	uint8_t *bytes;
	uint32_t stride, num, known;
};

static struct odd_array odd_array(const void *element, uint32_t known, uint32_t stride,
				  uint32_t num)
{
	struct odd_array array = { calloc(num, stride), stride, num, known };

	for (uint32_t i = 0; i < num; i++)
		memcpy(array.bytes + i * stride, element, known);
	return array;
}

/* Points the array's fields of @argument to @array. */
static void use_array(unsigned long request, union argument *argument,
		      const struct odd_array *array)
{
	uintptr_t at = (uintptr_t)array->bytes;

	switch (request) {
	case KPLUG_ARM:
		argument->arm.steps = at, argument->arm.num_steps = array->num,
		argument->arm.stride = array->stride;
		break;
	case KPLUG_TRANSFER:
		argument->transfer.transfers = at, argument->transfer.num_transfers = array->num;
		argument->transfer.stride = array->stride;
		break;
	case KPLUG_CLEANUP:
		argument->cleanup.writes = at, argument->cleanup.num_writes = array->num;
		argument->cleanup.stride = array->stride;
		break;
	case KPLUG_DMA_EXECUTE:
		argument->dma_execute.executions = at,
		argument->dma_execute.num_executions = array->num;
		argument->dma_execute.stride = array->stride;
		break;
	}
}

static int with_array(struct kplug *k, const struct entry *entry, const struct odd_array *array)
{
	union argument argument = filled(entry);

	use_array(entry->request, &argument, array);
	return command(k, entry->request, &argument);
}

/* Longer elements need a zero tail, shorter ones than in version 1 are refused. */
TEST(abi, strides)
{
	static const struct kplug_step step = { .op = KPLUG_STEP_READ, .width = 4 };
	const struct {
		unsigned long request;
		const void *element;
		uint32_t size;
	} arrays[] = {
		{ KPLUG_TRANSFER, &read_id, sizeof(read_id) },
		{ KPLUG_CLEANUP, &acknowledge, sizeof(acknowledge) },
		{ KPLUG_DMA_EXECUTE, &some_execution, sizeof(some_execution) },
		{ KPLUG_ARM, &step, sizeof(step) },
	};
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	edu = device_open_ring(EDU1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const struct entry *entry = &entries[i];
		union argument argument;

		for (size_t j = 0; j < ARRAY_SIZE(arrays); j++) {
			uint32_t size = arrays[j].size;
			const uint32_t strides[] = { 0,         1,
						     size - 8,  size - 1,
						     size + 4,  KPLUG_MAX_SIZE + 8,
						     ~0u - 7,   size + 8,
						     size + 64, KPLUG_MAX_SIZE };

			if (arrays[j].request != entry->request)
				continue;
			for (size_t s = 0; s < ARRAY_SIZE(strides); s++) {
				uint32_t stride = strides[s], real = stride > 65536 ? 65536 :
								     stride < size  ? size :
										      stride;
				struct odd_array array =
					odd_array(arrays[j].element, size, real, 3);
				int expected = stride < size || stride % 8 ? -EINVAL :
					       stride > KPLUG_MAX_SIZE     ? -E2BIG :
									     0;
				int result;

				/*
				 * The same transaction three times is busy the second time, if it
				 * is not polled.
				 */
				array.stride = stride;
				result = with_array(edu, entry, &array);
				ck_assert_msg(result == expected, "%s, stride %u: %d instead of %d",
					      line_of(entry)->name, stride, result, expected);
				if (!result && entry->request == KPLUG_TRANSFER)
					for (int n = 0; n < 3; n++)
						ck_assert_uint_eq(
							((struct kplug_transfer *)(array.bytes +
										   n * stride))
									->out_value &
								EDU_ID_MASK,
							EDU_ID_VALUE);
				if (!result && entry->request == KPLUG_ARM)
					OK(command(
						edu, KPLUG_DISARM,
						&(struct kplug_vector_cmd){
							.size = sizeof(struct kplug_vector_cmd) }));
				/* A tail of the last element that is not zero. */
				if (!expected) {
					array.bytes[3 * stride - 1] = 1;
					ck_assert_msg(with_array(edu, entry, &array) == -E2BIG,
						      "%s, stride %u", line_of(entry)->name,
						      stride);
				}
				free(array.bytes);
			}
		}
		argument = filled(entry);
		if (entry->request == KPLUG_RESET)
			continue;
		ck_assert_msg(command(edu, entry->request, &argument) >= 0, "%s",
			      line_of(entry)->name);
		if (entry->request == KPLUG_DMA_BUFFER)
			dmabuf = argument.dma_buffer.out_fd;
	}
	close(dmabuf);
	kplug_close(edu);
	objects_settle();
}

/* The kernel writes its answers at the program's stride. */
TEST(abi, stride_of_answers)
{
	struct kplug_dma_limits limits = { .address_bits = EDU_DMA_BITS, .max_segment = 4096 };
	struct {
		struct kplug_dma_segment known;
		uint64_t more[2];
	} longer[4];
	struct kplug_dma_segment known[4];
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segments cmd;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(kplug_dma_set_limits(edu, &limits));
	OK(kplug_dma_buffer_alloc(edu, 4 * 4096, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert_uint_eq(mapping.num_segments, 4);
	OK(kplug_dma_segments(edu, mapping.id, 0, known, 4));
	memset(longer, 0xff, sizeof(longer));
	cmd = (struct kplug_dma_segments){ .size = sizeof(cmd),
					   .id = mapping.id,
					   .segments = (uintptr_t)longer,
					   .num_segments = 4,
					   .stride = sizeof(longer[0]) };
	OK(command(edu, KPLUG_DMA_SEGMENTS, &cmd));
	for (int i = 0; i < 4; i++) {
		OK(memcmp(&longer[i].known, &known[i], sizeof(known[i])));
		ck_assert_uint_eq(longer[i].more[0] | longer[i].more[1], 0);
	}
	cmd.stride = 8;
	ck_assert_int_eq(command(edu, KPLUG_DMA_SEGMENTS, &cmd), -EINVAL);
	cmd.stride = KPLUG_MAX_SIZE + 8;
	ck_assert_int_eq(command(edu, KPLUG_DMA_SEGMENTS, &cmd), -E2BIG);
	OK(kplug_dma_unmap(edu, mapping.id));
	kplug_dma_buffer_free(&buffer);
}

/* A list of writes may be constant: the kernel writes nothing to it. */
TEST(abi, constant_writes)
{
	struct kplug_transfers list = { .size = sizeof(list),
					.num_transfers = 1,
					.stride = sizeof(acknowledge),
					.transfers = (uintptr_t)&acknowledge };
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(command(edu, KPLUG_TRANSFER, &list));
	ck_assert_uint_eq(list.out_done, 1);
}

/* A program can ask for features instead of trying them. */
TEST(abi, features)
{
	struct kplug_features features;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_restricted(EDU1);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		OK(kplug_features(edu, entries[i].request, &features));
		ck_assert_msg(features.out_command_size == line_of(&entries[i])->size, "%s",
			      line_of(&entries[i])->name);
		ck_assert_uint_eq(features.out_features, KPLUG_FEATURE_STRIDE |
								 KPLUG_FEATURE_PLUGIN_VERSION |
								 KPLUG_FEATURE_EXCLUSIVE);
	}
	OK(kplug_features(edu, KPLUG_AFFINITY, &features));
	ck_assert_uint_eq(features.out_command_flags, KPLUG_AFFINITY_SET);
	ck_assert_uint_eq(features.out_stride, 0);
	OK(kplug_features(edu, KPLUG_DMA_EXECUTE, &features));
	ck_assert_uint_eq(features.out_command_flags, 0);
	ck_assert_uint_eq(features.out_stride, sizeof(struct kplug_dma_execution));
	OK(kplug_features(edu, 0, &features));
	ck_assert_uint_eq(
		features.out_command_size | features.out_command_flags | features.out_stride, 0);
	OK(kplug_features(edu, KPLUG_RESTRICT + 1, &features));
	ck_assert_uint_eq(features.out_command_size, 0);
	/* The answer is about the kernel module, so it also comes after the device has gone. */
	device_unbind(EDU1);
	OK(kplug_features(edu, KPLUG_FEATURES, &features));
	ck_assert_uint_eq(features.out_command_size, sizeof(features));
	kplug_close(edu);
}

/* A program names the oldest version of the plugin that it accepts. */
TEST(abi, plugin_version)
{
	const struct kplug_handler any = { .plugin = "edu" },
				   right = { .plugin = "edu", .plugin_version = EDU_MSG_VERSION },
				   later = { .plugin = "edu",
					     .plugin_version = EDU_MSG_VERSION + 1 };
	struct kplug *edu, *other;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	other = device_open_ring(EDU1, 0);
	ck_assert_uint_eq(device_info(edu).out_plugin_version, 0);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &later), -ENOEXEC);
	ck_assert_str_eq(device_info(edu).out_plugin, "");
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &right), KPLUG_HANDLER_PLUGIN);
	ck_assert_uint_eq(device_info(edu).out_plugin_version, EDU_MSG_VERSION);
	ck_assert_int_eq(kplug_attach(edu, 0, &later), -ENOEXEC);
	ck_assert_int_eq(kplug_attach(other, KPLUG_NO_VECTOR, &any), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_ne(device_info(edu).out_client, device_info(other).out_client);
	kplug_close(edu);
	kplug_close(other);
}

/* The kernel overwrites all of its fields, whatever the program left there. */
TEST(abi, every_answer_is_filled, .variants = VARIANTS("pci", "virtual"))
{
	struct kplug_device_info info, clean;
	struct kplug_region_info region;
	struct kplug_vector_info vector, clean_vector;
	struct kplug *k;

	core_start();
	if (!strcmp(variant, "virtual")) {
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
	region.flags = region.num_ranges = 0;
	OK(command(k, KPLUG_REGION_INFO, &region));
	ck_assert_int_eq(region.out_flags | region.out_length | region.out_mmap_offset |
				 region.out_num_ranges | region.out_widths,
			 0);

	clean_vector = vector_info(k, 0);
	memset(&vector, 0xff, sizeof(vector));
	vector.size = sizeof(vector);
	vector.flags = 0;
	vector.index = 0;
	vector.__reserved = 0;
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
		if (!lines[number].name)
			ck_assert_int_eq(command(edu, _IO(KPLUG_IOCTL_TYPE, number), &argument),
					 -ENOTTY);
	ck_assert_int_eq(command(edu, _IO('x', _IOC_NR(KPLUG_DEVICE_INFO)), &argument), -ENOTTY);
	ck_assert_int_eq(command(edu, _IOR(KPLUG_IOCTL_TYPE, _IOC_NR(KPLUG_DEVICE_INFO), uint32_t),
				 &argument),
			 -ENOTTY);
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

static int by_enotconn(struct kplug *k)
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

/* The core returns the error to the plugin's module, and so to its loader. */
static int by_enoexec(struct kplug *k)
{
	char path[256];
	int module, result;
	FILE *found = popen(
		"modinfo -n kplug_odd 2>/dev/null || find /lib/modules -name kplug_odd.ko", "r");

	(void)k;
	ck_assert_int_eq(fscanf(found, "%255s", path), 1);
	pclose(found);
	module = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(module, 0);
	result = syscall(SYS_finit_module, module, "defect=new_abi", 0) ? -errno : 0;
	close(module);
	return result;
}

static int by_ebadf(struct kplug *k)
{
	struct kplug_reset reset = { .size = sizeof(reset) };
	int fd = open("/dev/kplug/" EDU1, O_RDONLY | O_CLOEXEC), result;

	(void)k;
	result = ioctl(fd, KPLUG_RESET, &reset) ? -errno : 0;
	close(fd);
	return result;
}

/* The rights of a descriptor that was not opened for writing. */
static bool only_looks(unsigned long request)
{
	switch (request) {
	case KPLUG_DEVICE_INFO:
	case KPLUG_REGION_INFO:
	case KPLUG_VECTOR_INFO:
	case KPLUG_FEATURES:
	case KPLUG_ACCESS:
	case KPLUG_TRANSFER:
	case KPLUG_AFFINITY:
	case KPLUG_DMA_TRANSACTION_INFO:
	case KPLUG_RING:
	case KPLUG_EVENTFD:
	case KPLUG_SUBSCRIBE:
	case KPLUG_RESTRICT:
		return true;
	default:
		return false;
	}
}

static int command_of(int fd, unsigned long request, void *argument)
{
	int result = ioctl(fd, request, argument);

	return result < 0 ? -errno : result;
}

/* Commands that only look may have flags and elements that would write. */
static void check_writes_refused(int fd)
{
	struct kplug_access access = {
		.size = sizeof(access),
		.flags = KPLUG_ACCESS_WRITE,
		.width = 4,
		.offset = EDU_LIVENESS,
		.value = 1,
	};
	struct kplug_affinity affinity = {
		.size = sizeof(affinity),
		.flags = KPLUG_AFFINITY_SET,
		.length = sizeof(cpus),
		.mask = (uintptr_t)cpus,
	};
	struct kplug_transfer list[2] = { read_id, acknowledge };
	struct kplug_transfers transfers = {
		.size = sizeof(transfers),
		.transfers = (uintptr_t)list,
		.num_transfers = 2,
		.stride = sizeof(list[0]),
	};

	ck_assert_int_eq(command_of(fd, KPLUG_ACCESS, &access), -EBADF);
	ck_assert_int_eq(command_of(fd, KPLUG_AFFINITY, &affinity), -EBADF);
	ck_assert_int_eq(command_of(fd, KPLUG_TRANSFER, &transfers), -EBADF);
	ck_assert_uint_eq(transfers.out_done, 1);
	transfers.num_transfers = 1;
	OK(command_of(fd, KPLUG_TRANSFER, &transfers));
	access.flags = access.value = 0;
	OK(command_of(fd, KPLUG_ACCESS, &access));
}

TEST(abi, read_only_descriptor, .smoke = true)
{
	static struct state before, after;
	struct kplug *edu;
	int fd;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	OK(kplug_attach_permanent(EDU1, "edu"));
	edu = device_open_ring(EDU1, 0);
	fd = open("/dev/kplug/" EDU1, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	look(edu, EDU1, &before);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		union argument argument = filled(&entries[i]);

		if (!only_looks(entries[i].request))
			ck_assert_msg(command_of(fd, entries[i].request, &argument) == -EBADF, "%s",
				      line_of(&entries[i])->name);
	}
	check_writes_refused(fd);
	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	ck_assert_int_eq(errno, EACCES);
	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0), MAP_FAILED);
	ck_assert_int_eq(errno, EACCES);
	look(edu, EDU1, &after);
	ck_assert_msg(!memcmp(&before, &after, sizeof(before)), "the device changed");
	/* The same with a restricted client. */
	capability_set(CAP_SYS_RAWIO, false);
	close(fd);
	fd = open("/dev/kplug/" EDU1, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		union argument argument = filled(&entries[i]);

		if (!only_looks(entries[i].request))
			ck_assert_msg(command_of(fd, entries[i].request, &argument) == -EBADF, "%s",
				      line_of(&entries[i])->name);
	}
	close(fd);
}

TEST(abi, errno_dictionary)
{
	static const struct {
		int error;
		int (*by)(struct kplug *k);
	} dictionary[] = {
		{ ENOTTY, by_enotty },     { E2BIG, by_e2big },     { EOPNOTSUPP, by_eopnotsupp },
		{ EINVAL, by_einval },     { EFAULT, by_efault },   { EPERM, by_eperm },
		{ ENOENT, by_enoent },     { EBUSY, by_ebusy },     { EALREADY, by_ealready },
		{ ENOTCONN, by_enotconn }, { ENOSPC, by_enospc },   { ENOMEM, by_enomem },
		{ ENODEV, by_enodev },     { ENOEXEC, by_enoexec }, { EBADF, by_ebadf },
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

		ck_assert_msg(result == -dictionary[i].error, "%s instead of %s",
			      strerrorname_np(-result), strerrorname_np(dictionary[i].error));
	}
	after = device_info(edu);
	/* Another client armed it meanwhile, which chose the mode. */
	before.out_irq_mode = after.out_irq_mode;
	OK(memcmp(&before, &after, sizeof(before)));
	after.size = vector_info(edu, 0).out_flags;
	ck_assert_int_eq(after.size, vector.out_flags);
	kplug_close(edu);
	objects_settle();
}

/* A refused KPLUG_ARM changes nothing in the device, the vectors included. */
TEST(abi, refused_arm_changes_nothing)
{
	static const struct entry arm = { KPLUG_ARM, NULL };
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

/* A small fuzzer with a fixed seed, so that a failure can be reproduced. */
static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % below;
}

static const uint64_t interesting[] = {
	0,
	1,
	2,
	3,
	4,
	5,
	8,
	16,
	32,
	64,
	100,
	0x24,
	0x60,
	0x64,
	0xff,
	0x100,
	0x101,
	255,
	256,
	1000,
	4095,
	4096,
	4097,
	65535,
	65536,
	1 << 20,
	(1 << 20) - 4,
	1 << 24,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	1ull << 32,
	1ull << 40,
	0x7fffffffffffffff,
	0xffffffffffffffff,
	0xffff888000000000,
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

		*step = (struct kplug_step){ .op = any(7),
					     .region = any(9),
					     .width = any(10),
					     .offset = word(),
					     .mask = word(),
					     .value = word() };
		keep_off_dma(&step->offset);
	}
}

static uint64_t some_pointer(void)
{
	static const uint64_t bad[] = { 0, 1, 0xffff888000000000, ~0ull };

	return any(8) ? (uintptr_t)(any(2) ? some_words : (void *)some_steps) :
			bad[any(ARRAY_SIZE(bad))];
}

static void distort(const struct entry *entry, union argument *argument)
{
	for (int i = any(4); i; i--) {
		uint64_t value = word();
		uint32_t at = any(line_of(entry)->size / 4) * 4;

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
		/* Small words: how long the null plugin sleeps, and how often it fires. */
		argument->call.in = any(8) ? (uintptr_t)some_words : some_pointer() & 1;
		argument->call.out = some_pointer();
	}
	/* Not for long. */
	if (entry->request == KPLUG_DMA_EXECUTE) {
		some_execution = (struct kplug_dma_execution){ .id = any(8) ? 1 + any(2) : word(),
							       .offset = any(4) ? 0 : word(),
							       .length = word(),
							       .timeout_ms = 1 + any(50),
							       .poll_us = any(100),
							       .args = { any(8) ? 0 : word() } };
		argument->dma_execute.num_executions = any(4) ? 1 : word();
	}
	if (entry->request == KPLUG_DMA_TRANSACTION_INFO)
		argument->dma_transaction_info.timeout_ms = any(3);
	if (entry->request == KPLUG_ATTACH)
		strcpy(argument->attach.name, any(2) ? "edu" :
					      any(8) ? "null" :
					      any(2) ? "" :
						       "Bad/Name");
}

TEST(abi, fuzz, .smoke = true, .timeout = 120)
{
	const int rounds = 10000;
	struct kplug *clients[5], *check;
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
		int which = any(ARRAY_SIZE(clients)), fd;

		/* Rarely, because it cannot be undone. */
		if (entry->request == KPLUG_RESTRICT && any(16))
			continue;
		if (i % 1000 == 0) {
			for (size_t j = 0; j < ARRAY_SIZE(clients) && i; j++)
				kplug_close(clients[j]);
			capability_set(CAP_SYS_RAWIO, true);
			clients[0] = device_open_ring(EDU1, 0);
			clients[1] = device_open_ring(EDU1, 0);
			clients[2] = device_open_ring(NULL0, 0);
			capability_set(CAP_SYS_RAWIO, false);
			clients[3] = device_open_ring(EDU1, 0);
			clients[4] = device_open_ring(NULL0, 0);
		}
		make_steps();
		for (int j = 0; j < 8; j++)
			some_words[j] = any(8) | (uint64_t)any(8) << 32;
		argument = filled(entry);
		fd = entry->request == KPLUG_EVENTFD ? argument.eventfd.fd : -1;
		distort(entry, &argument);
		if (command(clients[which], entry->request, &argument) >= 0) {
			accepted++;
			if (entry->request == KPLUG_DMA_BUFFER) {
				close(dmabuf);
				dmabuf = argument.dma_buffer.out_fd;
			}
		}
		close(fd);
	}
	close(dmabuf);
	for (size_t j = 0; j < ARRAY_SIZE(clients); j++)
		kplug_close(clients[j]);
	capability_set(CAP_SYS_RAWIO, true);
	/* Both outcomes of the checks occurred. */
	ck_assert_int_gt(accepted, rounds / 20);
	ck_assert_int_lt(accepted, rounds * 19 / 20);

	/* The device works as before. */
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
