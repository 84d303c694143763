// SPDX-License-Identifier: MIT
// The way that a well-behaved program goes, from which the other programs stray.
#include <edu/edu_regs.h>
#include <null/null_msg.h>
#include <nvme/nvme_msg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "memory.h"
#include "process.h"
#include "random.h"
#include "recipe.h"

#define MAX_UNMASKS 2500
#define RENEW_PCT   40
#define SHARED      2 /* the region of ivshmem that is plain memory */

static void attach(int fd, enum device_type type)
{
	struct kplug_attach attach = { .size = sizeof(attach) };

	snprintf(attach.name, sizeof(attach.name), "%s", device_plugin(type));
	command(fd, KPLUG_ATTACH, &attach);
}

static void arm(int fd, enum device_type type, uint32_t handler)
{
	struct kplug_step steps[RECIPE_USUAL];
	struct kplug_arm arm = { .size = sizeof(arm), .handler = handler };

	if (handler == KPLUG_HANDLER_RECIPE) {
		arm.num_steps = recipe_usual(type, steps);
		arm.steps = (uintptr_t)steps;
		arm.stride = sizeof(steps[0]);
	}
	if (chance(20))
		arm.vector = below(4);
	command(fd, KPLUG_ARM, &arm);
}

static void listen(int fd)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 16, .flags = below(2) };
	struct kplug_eventfd eventfd = { .size = sizeof(eventfd), .fd = pick(eventfds) };

	command(fd, KPLUG_RING, &ring);
	if (chance(30))
		command(fd, KPLUG_EVENTFD, &eventfd);
}

static void write_register(int fd, uint64_t offset, uint32_t width, uint64_t value)
{
	struct kplug_access access = { .size = sizeof(access),
				       .flags = KPLUG_ACCESS_WRITE,
				       .width = width,
				       .offset = offset,
				       .value = value };

	command(fd, KPLUG_ACCESS, &access);
}

static void interrupt(int fd, enum device_type type)
{
	struct null_fire fire = { below(NULL_VECTORS), 1 + below(5) };
	struct kplug_call call = { .size = sizeof(call),
				   .cmd = NULL_CALL_FIRE,
				   .in = (uintptr_t)&fire,
				   .in_len = sizeof(fire) };

	if (type == EDU || type == PLATFORM)
		write_register(fd, EDU_IRQ_RAISE, 4, 1 + below(255));
	else if (type == NULL_DEVICE)
		command(fd, KPLUG_CALL, &call);
	else if (type == ISA || type == SERIAL)
		/* The transmitter is empty, which interrupts when it is enabled. */
		for (unsigned int i = 0; i < 2; i++)
			write_register(fd, 1, 1, 2 * i);
}

/* Raises, serves and unmasks, or does not, which is what the storm guard is for. */
long do_usual_interrupt(unsigned int slot)
{
	enum device_type type;
	struct kplug_vector_cmd vector = { .size = sizeof(vector) };
	struct kplug_irq_mode_set mode = { .size = sizeof(mode), .mode = KPLUG_IRQ_INTX };
	struct kplug_event events[4];
	bool serves = chance(70);
	int fd;

	fd = chance(RENEW_PCT) ? client_renew(slot) : client_fd(slot);
	type = client_type(slot);
	if (chance(50))
		listen(fd);
	if (chance(60))
		command(fd, KPLUG_IRQ_MODE, &mode);
	arm(fd, type, chance(60) ? KPLUG_HANDLER_USER : KPLUG_HANDLER_RECIPE);
	for (unsigned int i = 1 + below(serves ? 8 : 150); i; i--) {
		interrupt(fd, type);
		if (serves && (type == EDU || type == PLATFORM))
			write_register(fd, EDU_IRQ_ACK, 4, ~0u);
		command(fd, KPLUG_UNMASK, &vector);
		if (serves && read(fd, events, sizeof(events)) < 0 && chance(10))
			break;
	}
	write_register(fd, EDU_IRQ_ACK, 4, type == EDU || type == PLATFORM ? ~0u : 0);
	return chance(50) ? command(fd, KPLUG_DISARM, &vector) : 0;
}

/* A recipe that claims its interrupt and does not silence the device: the line stays asserted. */
static void arm_deaf(int fd)
{
	struct kplug_step steps[] = {
		{ .op = KPLUG_STEP_READ, .width = 4, .offset = EDU_IRQ_STATUS },
		{ .op = KPLUG_STEP_NOT_MINE, .mask = ~0u }
	};
	struct kplug_arm arm = { .size = sizeof(arm),
				 .handler = KPLUG_HANDLER_RECIPE,
				 .num_steps = ARRAY_SIZE(steps),
				 .steps = (uintptr_t)steps,
				 .stride = sizeof(steps[0]) };

	command(fd, KPLUG_ARM, &arm);
}

/* Unmasks and never serves, until the guard masks the vector. */
long do_usual_storm(unsigned int slot)
{
	struct kplug_irq_mode_set mode = { .size = sizeof(mode), .mode = KPLUG_IRQ_INTX };
	struct kplug_vector_cmd vector = { .size = sizeof(vector) };
	struct kplug_vector_info info = { .size = sizeof(info) };
	int fd = chance(70) ? client_renew_as(slot, EDU) : client_renew(slot);
	enum device_type type = client_type(slot);
	long result = 0;

	command(fd, KPLUG_IRQ_MODE, &mode);
	if (type == EDU && chance(30))
		arm_deaf(fd);
	else
		arm(fd, type, KPLUG_HANDLER_USER);
	interrupt(fd, type);
	for (unsigned int i = 0; i < MAX_UNMASKS && !result; i++) {
		result = command(fd, KPLUG_UNMASK, &vector);
		if (i % 100 == 0 && !command(fd, KPLUG_VECTOR_INFO, &info) &&
		    info.out_flags & KPLUG_VECTOR_STORM)
			break;
	}
	if (type == EDU || type == PLATFORM)
		write_register(fd, EDU_IRQ_ACK, 4, ~0u);
	return result;
}

/* The memory of another device, new memory, or that of the program. */
static long make_buffer(int fd, enum device_type type, struct kplug_dma_buffer_make *make)
{
	*make = (struct kplug_dma_buffer_make){ .size = sizeof(*make),
						.source = KPLUG_DMA_BUFFER_CONTIGUOUS,
						.length = PAGE << below(4),
						.flags = chance(80) ? 0 :
								      KPLUG_DMA_BUFFER_COHERENT };
	if (chance(30)) {
		make->source = KPLUG_DMA_BUFFER_USER;
		make->flags = below(2);
		make->address = (uintptr_t)arena_page(type);
	} else if (chance(30)) {
		for (unsigned int slot = 0; slot < NUM_CLIENTS; slot++)
			if (client_type(slot) == IVSHMEM)
				fd = client_fd(slot);
		make->source = KPLUG_DMA_BUFFER_REGION;
		make->region = SHARED;
		make->flags = 0;
	}
	return command(fd, KPLUG_DMA_BUFFER, make);
}

static struct kplug_dma_execution any_run(enum device_type type, uint32_t id, uint32_t direction)
{
	struct kplug_dma_execution run = { .id = id };

	if (chance(50))
		run.poll_us = chance(70) ? KPLUG_POLL_ALWAYS : below(3000);
	if (chance(30))
		run.timeout_ms = 1 + below(50);
	if (type == NVME) {
		run.args[0] = direction;
		run.args[1] = below(1000);
		run.args[2] = 1;
	}
	return run;
}

static long run_transaction(int fd, enum device_type type, uint32_t id, uint32_t direction)
{
	struct kplug_dma_transaction_info info = { .size = sizeof(info),
						   .id = id,
						   .timeout_ms = below(100) };
	struct kplug_dma_transaction_cmd abort = { .size = sizeof(abort), .id = id };
	struct kplug_dma_execution run = any_run(type, id, direction);
	struct kplug_dma_execute execute = { .size = sizeof(execute),
					     .executions = (uintptr_t)&run,
					     .num_executions = 1,
					     .stride = sizeof(run) };
	long result = command(fd, KPLUG_DMA_EXECUTE, &execute);

	if (chance(60))
		command(fd, KPLUG_DMA_TRANSACTION_INFO, &info);
	if (chance(30))
		command(fd, KPLUG_DMA_ABORT, &abort);
	return result;
}

static long transact(int fd, enum device_type type, uint32_t mapping)
{
	uint32_t direction = 1 + below(2);
	struct kplug_dma_transaction transaction = { .size = sizeof(transaction),
						     .mapping = mapping,
						     .direction = direction,
						     .length = 512u << below(4) };
	struct kplug_dma_transaction_cmd release = { .size = sizeof(release) };
	long result = command(fd, KPLUG_DMA_TRANSACTION, &transaction);

	if (result)
		return result;
	for (unsigned int i = below(4); i && !result; i--)
		result = run_transaction(fd, type, transaction.out_id, direction);
	release.id = transaction.out_id;
	if (chance(30))
		command(fd, KPLUG_DMA_RELEASE, &release);
	return result;
}

long do_usual(unsigned int slot)
{
	static const uint32_t handlers[] = { KPLUG_HANDLER_PLUGIN, KPLUG_HANDLER_PLUGIN,
					     KPLUG_HANDLER_USER, KPLUG_HANDLER_RECIPE };
	struct kplug_dma_unmap unmap = { .size = sizeof(unmap) };
	struct kplug_dma_map map = { .size = sizeof(map) };
	struct kplug_dma_buffer_make make;
	int fd = chance(RENEW_PCT) ? client_renew(slot) : client_fd(slot);
	enum device_type type = client_type(slot);
	long result;

	if (chance(50))
		listen(fd);
	if (chance(90))
		attach(fd, type);
	if (chance(70))
		arm(fd, type, pick(handlers));
	for (unsigned int i = below(4); i; i--)
		interrupt(fd, type);
	result = make_buffer(fd, type, &make);
	if (result)
		return result;
	if (chance(30))
		map_keep(mmap(NULL, make.length, PROT_READ, MAP_SHARED, make.out_fd, 0),
			 make.length, false);
	map.fd = make.out_fd;
	map.direction = chance(70) ? KPLUG_DMA_BOTH : 1 + below(2);
	result = command(fd, KPLUG_DMA_MAP, &map) ?: transact(fd, type, map.out_id);
	descriptor_keep(buffers, NUM_BUFFERS, make.out_fd);
	unmap.id = map.out_id;
	if (chance(50))
		command(fd, KPLUG_DMA_UNMAP, &unmap);
	return result;
}
