// SPDX-License-Identifier: MIT
// Transactions of a device that has an engine and a plugin for it, and devices that reach each
// other: what chance rarely puts together.
#include <edu/edu_msg.h>
#include <kplug_odd.h>
#include <nvme/nvme_msg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "admin.h"
#include "command.h"
#include "fault.h"
#include "list.h"
#include "memory.h"
#include "process.h"
#include "random.h"

#define BLOCK  512u
#define SHARED 2 /* the region of ivshmem that is plain memory */
#define DONE   6 /* transactions at once */
#define QUEUED 80 /* more than the core starts in a row */

struct engine {
	int fd;
	enum device_type type;
	uint32_t mapping;
	uint32_t length;
	uint32_t ids[DONE], directions[DONE];
	unsigned int num;
};

static void prepare(struct engine *engine)
{
	struct kplug_arm arm = { .size = sizeof(arm), .handler = KPLUG_HANDLER_PLUGIN };
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 8 };
	struct kplug_attach attach = { .size = sizeof(attach) };

	snprintf(attach.name, sizeof(attach.name), "%s",
		 engine->type == NVME ? "nvme" :
		 chance(80)           ? "edu" :
					"odd");
	command(engine->fd, KPLUG_ATTACH, &attach);
	if (chance(50))
		command(engine->fd, KPLUG_RING, &ring);
	if (chance(80))
		command(engine->fd, KPLUG_ARM, &arm);
}

static long map_memory(struct engine *engine)
{
	struct kplug_dma_buffer_make make = { .size = sizeof(make),
					      .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
					      .length = PAGE << below(4) };
	struct kplug_dma_map map = { .size = sizeof(map) };
	long result;

	if (chance(30)) {
		make.source = KPLUG_DMA_BUFFER_USER;
		make.address = (uintptr_t)arena_page(engine->type);
	}
	result = command(engine->fd, KPLUG_DMA_BUFFER, &make);
	if (result)
		return result;
	map.fd = make.out_fd;
	if (make.source == KPLUG_DMA_BUFFER_CONTIGUOUS && chance(10)) {
		map.offset = below(make.length);
		map.length = 1 + below(make.length - map.offset);
	}
	result = command(engine->fd, KPLUG_DMA_MAP, &map);
	descriptor_keep(buffers, NUM_BUFFERS, make.out_fd);
	engine->mapping = map.out_id;
	engine->length = make.length;
	return result;
}

static void make_transactions(struct engine *engine)
{
	for (unsigned int i = 1 + below(DONE); i; i--) {
		uint32_t direction = 1 + engine->num % 2;
		struct kplug_dma_transaction make = { .size = sizeof(make),
						      .mapping = engine->mapping,
						      .direction = direction };

		if (chance(50))
			make.max_chunk = BLOCK << below(4);
		if (chance(30))
			make.length = BLOCK * (1 + below(engine->length / BLOCK));
		if (command(engine->fd, KPLUG_DMA_TRANSACTION, &make))
			continue;
		engine->directions[engine->num] = direction;
		engine->ids[engine->num++] = make.out_id;
	}
}

static struct kplug_dma_execution make_run(const struct engine *engine, unsigned int index)
{
	struct kplug_dma_execution run = { .id = engine->ids[index], .cookie = index };

	if (chance(40))
		run.poll_us = chance(70) ? KPLUG_POLL_ALWAYS : below(2000);
	if (chance(30))
		run.timeout_ms = 1 + below(200);
	if (chance(20))
		run.length = BLOCK;
	if (engine->type == NVME) {
		run.args[0] = engine->directions[index];
		run.args[1] = below(1000);
		run.args[2] = 1;
	}
	return run;
}

static long execute(const struct engine *engine)
{
	struct kplug_dma_execution runs[DONE];
	struct kplug_dma_execute execute = { .size = sizeof(execute),
					     .num_executions = engine->num };

	for (unsigned int i = 0; i < engine->num; i++)
		runs[i] = make_run(engine, i);
	execute.executions =
		list_place(engine->type, runs, engine->num, sizeof(runs[0]), &execute.stride);
	return command(engine->fd, KPLUG_DMA_EXECUTE, &execute);
}

/* Two of them as the plugin starts them itself. */
static void copy(const struct engine *engine)
{
	struct edu_copy copy = { engine->ids[0], engine->ids[1], 1 + below(PAGE - 1), 0 };
	struct kplug_call call = { .size = sizeof(call),
				   .cmd = EDU_CALL_COPY,
				   .in = (uintptr_t)&copy,
				   .in_len = sizeof(copy) };

	command(engine->fd, KPLUG_CALL, &call);
}

static void end(const struct engine *engine)
{
	struct kplug_dma_unmap unmap = { .size = sizeof(unmap), .id = engine->mapping };

	for (unsigned int i = 0; i < engine->num; i++) {
		struct kplug_dma_transaction_info info = { .size = sizeof(info),
							   .id = engine->ids[i],
							   .timeout_ms = below(100) };
		struct kplug_dma_transaction_cmd which = { .size = sizeof(which),
							   .id = engine->ids[i] };

		if (chance(20))
			command(engine->fd, KPLUG_DMA_ABORT, &which);
		command(engine->fd, KPLUG_DMA_TRANSACTION_INFO, &info);
		if (chance(60))
			command(engine->fd, KPLUG_DMA_RELEASE, &which);
	}
	if (chance(60))
		command(engine->fd, KPLUG_DMA_UNMAP, &unmap);
}

long do_usual_engine(unsigned int slot)
{
	struct engine engine = { .type = chance(60) ? EDU : NVME };
	long result = 0;

	engine.fd = client_renew_as(slot, engine.type);
	if (engine.fd < 0)
		return engine.fd;
	prepare(&engine);
	result = map_memory(&engine);
	if (result)
		return result;
	make_transactions(&engine);
	for (unsigned int i = 1 + below(3); i && engine.num; i--)
		result = execute(&engine);
	if (engine.type == EDU && engine.num > 1)
		copy(&engine);
	end(&engine);
	return result;
}

/*
 * A queue of transactions behind one that runs, which the plugin refuses together: it has lost its
 * interrupt.
 */
long do_usual_refused(unsigned int slot)
{
	static __thread struct kplug_dma_execution runs[QUEUED];
	struct engine engine = { .type = EDU, .fd = client_renew_as(slot, EDU) };
	struct kplug_dma_execute execute = { .size = sizeof(execute),
					     .executions = (uintptr_t)runs,
					     .num_executions = QUEUED,
					     .stride = sizeof(runs[0]) };
	struct kplug_vector_cmd vector = { .size = sizeof(vector) };
	struct kplug_detach detach = { .size = sizeof(detach) };
	long result;

	if (engine.fd < 0)
		return engine.fd;
	prepare(&engine);
	result = map_memory(&engine);
	for (unsigned int i = 0; i < QUEUED && !result; i++) {
		struct kplug_dma_transaction make = { .size = sizeof(make),
						      .mapping = engine.mapping,
						      .direction = 1,
						      .length = BLOCK };

		result = command(engine.fd, KPLUG_DMA_TRANSACTION, &make);
		runs[i] = (struct kplug_dma_execution){ .id = make.out_id };
	}
	if (result)
		return result;
	result = command(engine.fd, KPLUG_DMA_EXECUTE, &execute);
	command(engine.fd, KPLUG_DISARM, &vector);
	usleep(1000 * below(200));
	command(engine.fd, KPLUG_DETACH, &detach);
	return result;
}

/* kept_buffer() - one that is mapped when its device is stuck, from any maker; or -errno */
static int kept_buffer(int fd, enum device_type type)
{
	struct kplug_dma_buffer_make make = { .size = sizeof(make),
					      .source = 1 + below(3),
					      .length = PAGE };

	if (chance(20))
		return pick(buffers);
	if (make.source == KPLUG_DMA_BUFFER_USER)
		make.address = (uintptr_t)arena_page(type);
	if (make.source == KPLUG_DMA_BUFFER_REGION) {
		fd = client_fd(any());
		make.region = SHARED;
	}
	return command(fd, KPLUG_DMA_BUFFER, &make) ?: make.out_fd;
}

/* The program ends with an engine that does not, and the driver leaves the device. */
long do_usual_stuck(unsigned int slot)
{
	struct kplug_attach attach = { .size = sizeof(attach), .name = "odd" };
	struct kplug_call call = { .size = sizeof(call), .cmd = ODD_CALL_STUCK };
	int fd = client_renew_as(slot, EDU);
	const char *name = devices[client_device(slot)].name;

	if (fd < 0)
		return fd;
	command(fd, KPLUG_ATTACH, &attach);
	for (unsigned int i = 0; i < 3; i++) {
		struct kplug_dma_map map = { .size = sizeof(map), .fd = kept_buffer(fd, EDU) };

		command(fd, KPLUG_DMA_MAP, &map);
		descriptor_keep(buffers, NUM_BUFFERS, map.fd);
	}
	command(fd, KPLUG_CALL, &call);
	client_keep(slot, -1, 0);
	/* See UPHEAVAL(): faults are not for PCI. */
	fault_set(0);
	admin_take_away(name, EDU);
	admin_bring_back(name, EDU);
	return 0;
}

/*
 * The memory of one device as a buffer that another one reaches, until the program that gave it
 * loses its trust: also in the middle of a transaction.
 */
long do_usual_peers(unsigned int slot)
{
	struct kplug_dma_buffer_make make = { .size = sizeof(make),
					      .source = KPLUG_DMA_BUFFER_REGION,
					      .region = SHARED,
					      .address = below(8) * PAGE,
					      .length = (1 + below(4)) * PAGE };
	struct kplug_dma_map map = { .size = sizeof(map) };
	struct kplug_restrict restriction = { .size = sizeof(restriction) };
	struct engine engine = { .num = 0 };
	int owner = client_renew_as(slot, IVSHMEM);
	long result;

	if (owner < 0)
		return owner;
	result = command(owner, KPLUG_DMA_BUFFER, &make);
	if (result)
		return result;
	engine.type = chance(70) ? EDU : NVME;
	engine.fd = client_renew_as(slot + 1, engine.type);
	map.fd = make.out_fd;
	if (engine.fd >= 0) {
		if (chance(60))
			prepare(&engine);
		result = command(engine.fd, KPLUG_DMA_MAP, &map);
		engine.mapping = map.out_id;
		engine.length = make.length;
		make_transactions(&engine);
		if (engine.num)
			execute(&engine);
		if (chance(60))
			command(owner, KPLUG_RESTRICT, &restriction);
	}
	map_keep(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, make.out_fd, 0), PAGE, true);
	descriptor_keep(buffers, NUM_BUFFERS, make.out_fd);
	return result;
}
