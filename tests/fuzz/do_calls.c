// SPDX-License-Identifier: MIT
// A session with a plugin: its calls, and memory that both share.
#include <stdio.h>
#include <string.h>

#include "command.h"
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
	call.out_len = chance(50) ? 8 : chance(50) ? call.in_len : below(sizeof(out));
	if (call.out_len > sizeof(out))
		call.out_len = sizeof(out);
	return command(fd, KPLUG_CALL, &call);
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
