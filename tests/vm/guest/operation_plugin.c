// SPDX-License-Identifier: MIT
// Operations of failnth: sessions with plugins, calls and shared memory.
#define _GNU_SOURCE
#include "operation.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nvme/nvme_msg.h>

#define LARGE 60000 /* bytes of a message */

static uint8_t in[LARGE], out[LARGE];

static void attach(const char *plugin)
{
	subject.argument.attach = ARGUMENT(kplug_attach);
	strcpy(subject.argument.attach.name, plugin);
}

static void attach_edu(void)
{
	attach("edu");
}

static void attach_ivshmem(void)
{
	attach("ivshmem");
}

static void attach_nvme(void)
{
	attach("nvme");
}

static void attach_odd(void)
{
	attach("odd");
}

/* The module has to be loaded. */
static void attach_loads(void)
{
	syscall(SYS_delete_module, "kplug_odd", O_NONBLOCK);
	attach_odd();
}

/* Every client of a virtual device begins with a session. */
static void attach_null(void)
{
	ISSUE(DETACH, kplug_detach);
	attach("null");
}

static void detach(void)
{
	subject.argument.detach = ARGUMENT(kplug_detach);
}

static void detach_armed(void)
{
	ISSUE(RING, kplug_ring, .entries = 64);
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_PLUGIN);
	detach();
}

/* The pages of the answer are there: one that cannot be would be EFAULT. */
static void call(uint32_t cmd, uint32_t in_len, uint32_t out_len)
{
	memset(out, 1, out_len);
	subject.argument.call =
		ARGUMENT(kplug_call, .cmd = cmd, .in = in_len ? (uintptr_t)in : 0,
			 .out = out_len ? (uintptr_t)out : 0, .in_len = in_len, .out_len = out_len);
}

static void echo(uint32_t length)
{
	memset(in, 1, length);
	call(NULL_CALL_ECHO, length, length);
}

static void call_small(void)
{
	echo(32);
}

static void call_large(void)
{
	echo(LARGE);
}

static void call_fire(void)
{
	const struct null_fire fire = { .count = 1 };

	memcpy(in, &fire, sizeof(fire));
	call(NULL_CALL_FIRE, sizeof(fire), 0);
}

static void call_factorial(void)
{
	const uint32_t n = 5;

	memcpy(in, &n, sizeof(n));
	call(EDU_CALL_FACTORIAL, sizeof(n), sizeof(n));
}

static void call_position(void)
{
	call(IVSHMEM_CALL_POSITION, 0, sizeof(uint32_t));
}

static void call_identify(void)
{
	call(NVME_CALL_IDENTIFY, 0, sizeof(struct nvme_info));
}

static void call_flush(void)
{
	const uint32_t namespace = 1;

	memcpy(in, &namespace, sizeof(namespace));
	call(NVME_CALL_FLUSH, sizeof(namespace), 0);
}

static void shm_small(void)
{
	subject.argument.shm_alloc = ARGUMENT(kplug_shm_alloc, .length = 4096);
}

static void shm_big(void)
{
	subject.argument.shm_alloc = ARGUMENT(kplug_shm_alloc, .length = 1 << 20);
}

static void shm_free(void)
{
	const uint32_t id = ISSUE(SHM_ALLOC, kplug_shm_alloc, .length = 1 << 16).out_id;

	subject.argument.shm_free = ARGUMENT(kplug_shm_free, .id = id);
}

const struct operation plugin_operations[] = {
	COMMAND("attach null", ATTACH, NULL0, NULL, attach_null),
	COMMAND("attach edu", ATTACH, EDU1, NULL, attach_edu),
	COMMAND("attach ivshmem", ATTACH, IVSHMEM, NULL, attach_ivshmem),
	COMMAND("attach nvme", ATTACH, NVME, NULL, attach_nvme, .sparse = 23),
	COMMAND("attach odd", ATTACH, EDU1, NULL, attach_odd),
	COMMAND("attach odd, which loads", ATTACH, EDU1, NULL, attach_loads),
	COMMAND("detach null", DETACH, NULL0, "null", detach),
	COMMAND("detach edu", DETACH, EDU1, "edu", detach_armed),
	COMMAND("detach nvme", DETACH, NVME, "nvme", detach),
	COMMAND("call 32 bytes", CALL, NULL0, "null", call_small),
	COMMAND("call 60000 bytes", CALL, NULL0, "null", call_large),
	COMMAND("call null, fire", CALL, NULL0, "null", call_fire),
	COMMAND("call edu", CALL, EDU1, "edu", call_factorial),
	COMMAND("call ivshmem", CALL, IVSHMEM, "ivshmem", call_position),
	COMMAND("call nvme, identify", CALL, NVME, "nvme", call_identify),
	COMMAND("call nvme, flush", CALL, NVME, "nvme", call_flush),
	COMMAND("shm_alloc 4 KiB", SHM_ALLOC, NULL0, "null", shm_small),
	COMMAND("shm_alloc 1 MiB", SHM_ALLOC, NULL0, "null", shm_big, .sparse = 37),
	COMMAND("shm_free", SHM_FREE, NULL0, "null", shm_free),
	{ .name = NULL },
};
