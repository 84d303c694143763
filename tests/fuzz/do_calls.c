// SPDX-License-Identifier: MIT
// A session with a plugin: its calls, and memory that both share.
#include <edu/edu_regs.h>
#include <kplug_bench.h>
#include <null/null_msg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "command.h"
#include "file.h"
#include "memory.h"
#include "message.h"
#include "process.h"
#include "random.h"

#define MAX_ANSWER 1024

static void share_memory(int fd)
{
	struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = (1 + below(4)) * PAGE };

	command(fd, KPLUG_SHM_ALLOC, &alloc);
}

static long call_once(int fd, enum device_type type, const char *plugin)
{
	static __thread uint64_t in[MAX_TEXT / sizeof(uint64_t)], out[MAX_ANSWER];
	struct kplug_call call = { .size = sizeof(call), .in = (uintptr_t)in };

	call.in_len = message_make(type, plugin, &call.cmd, in);
	call.out = (uintptr_t)out;
	/* A plugin without calls takes no message. */
	if (chance(10)) {
		call.in_len = 0;
		return command(fd, KPLUG_CALL, &call);
	}
	call.out_len = chance(50) ? 8 : chance(50) ? call.in_len : below(sizeof(out));
	if (call.out_len > sizeof(out))
		call.out_len = sizeof(out);
	return command(fd, KPLUG_CALL, &call);
}

/* Without trust a client has what the windows of the plugin show. */
static void look_through_windows(int fd)
{
	struct kplug_map_range ranges[4];
	struct kplug_region_info info = { .size = sizeof(info),
					  .num_ranges = ARRAY_SIZE(ranges),
					  .stride = sizeof(ranges[0]),
					  .ranges = (uintptr_t)ranges };
	struct kplug_restrict restriction = { .size = sizeof(restriction) };
	struct kplug_access access = { .size = sizeof(access), .width = 4 };

	command(fd, KPLUG_RESTRICT, &restriction);
	command(fd, KPLUG_REGION_INFO, &info);
	command(fd, KPLUG_ACCESS, &access);
	map_keep(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE, false);
}

long do_usual_calls(unsigned int slot)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 32 };
	struct kplug_attach attach = { .size = sizeof(attach) };
	struct kplug_arm arm = { .size = sizeof(arm), .handler = KPLUG_HANDLER_PLUGIN };
	struct kplug_detach detach = { .size = sizeof(detach) };
	int fd = chance(60) ? client_renew(slot) : client_fd(slot);
	enum device_type type = client_type(slot);
	long result;

	snprintf(attach.name, sizeof(attach.name), "%s", device_plugin(type));
	result = command(fd, KPLUG_ATTACH, &attach);
	share_memory(fd);
	if (chance(15))
		look_through_windows(fd);
	if (chance(50))
		command(fd, KPLUG_RING, &ring);
	/* A plugin may want a call before it has a handler. */
	call_once(fd, type, attach.name);
	if (chance(50))
		command(fd, KPLUG_ARM, &arm);
	for (unsigned int i = 1 + below(8); i; i--)
		call_once(fd, type, attach.name);
	if (chance(30))
		command(fd, KPLUG_DETACH, &detach);
	return result;
}

static void call_with(int fd, uint32_t cmd, const void *in, uint32_t length)
{
	struct kplug_call call = {
		.size = sizeof(call), .cmd = cmd, .in = (uintptr_t)in, .in_len = length
	};

	command(fd, KPLUG_CALL, &call);
}

/* attach_to() - a new client of a device of this type, with a plugin; its descriptor or -errno */
static int attach_to(unsigned int slot, enum device_type type, const char *plugin)
{
	struct kplug_attach attach = { .size = sizeof(attach) };
	int fd = client_renew_as(slot, type);

	snprintf(attach.name, sizeof(attach.name), "%s", plugin);
	return fd < 0 ? fd : command(fd, KPLUG_ATTACH, &attach) ?: fd;
}

static void arm_plugin(int fd, uint32_t vector)
{
	struct kplug_arm arm = { .size = sizeof(arm),
				 .handler = KPLUG_HANDLER_PLUGIN,
				 .vector = vector };

	command(fd, KPLUG_ARM, &arm);
}

/* The deferred handlers that do not sleep: of the plugin null, whose calls interrupt. */
static long defer_in_null(unsigned int slot)
{
	struct null_fire fire = { below(NULL_VECTORS), 1 + below(4) };
	uint32_t defer = 1;
	int fd = attach_to(slot, NULL_DEVICE, "null");

	if (fd < 0)
		return fd;
	arm_plugin(fd, fire.vector);
	call_with(fd, NULL_CALL_DEFER, &defer, sizeof(defer));
	call_with(fd, NULL_CALL_FIRE, &fire, sizeof(fire));
	defer = below(2);
	call_with(fd, NULL_CALL_DEFER, &defer, sizeof(defer));
	return 0;
}

/* ... and of the plugin bench, which gives its vector another handler. */
static long defer_in_bench(unsigned int slot)
{
	struct kplug_shm_alloc alloc = { .size = sizeof(alloc), .length = PAGE };
	struct kplug_access raise = { .size = sizeof(raise),
				      .flags = KPLUG_ACCESS_WRITE,
				      .width = 4,
				      .offset = EDU_IRQ_RAISE,
				      .value = 1 };
	struct kplug_bench_mode mode = { .flags = below(8) };
	int fd = attach_to(slot, EDU, "bench");

	if (fd < 0)
		return fd;
	command(fd, KPLUG_SHM_ALLOC, &alloc);
	mode.shm = alloc.out_id;
	call_with(fd, KPLUG_BENCH_MODE, &mode, sizeof(mode));
	arm_plugin(fd, 0);
	for (unsigned int i = 1 + below(4); i; i--)
		command(fd, KPLUG_ACCESS, &raise);
	return 0;
}

/* Handlers that take longer than the storm guard permits, several times in a row. */
static long overrun(unsigned int slot)
{
	struct null_fire fire = { below(NULL_VECTORS), 20 };
	struct kplug_vector_cmd vector = { .size = sizeof(vector), .vector = fire.vector };
	int fd = attach_to(slot, NULL_DEVICE, "null");

	if (fd < 0)
		return fd;
	arm_plugin(fd, fire.vector);
	file_write("1", "/sys/module/kplug/parameters/handler_budget_us");
	call_with(fd, NULL_CALL_FIRE, &fire, sizeof(fire));
	file_write("10000", "/sys/module/kplug/parameters/handler_budget_us");
	return command(fd, KPLUG_UNMASK, &vector);
}

long do_usual_deferred(unsigned int slot)
{
	switch (below(3)) {
	case 0:
		return defer_in_null(slot);
	case 1:
		return defer_in_bench(slot);
	default:
		return overrun(slot);
	}
}
