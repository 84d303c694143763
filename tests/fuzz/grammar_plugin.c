// SPDX-License-Identifier: MIT
// The grammar of plugins: attachment, calls, shared memory.
#include <kplug_odd.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "memory.h"
#include "message.h"
#include "random.h"
#include "transfer.h"

void fill_attach(enum device_type type, union argument *a)
{
	snprintf(a->attach.name, sizeof(a->attach.name), "%s", device_plugin(type));
	if (chance(2))
		memset(a->attach.name, 'a', sizeof(a->attach.name));
	if (chance(20))
		a->attach.min_version = below(3);
}

void fill_detach(enum device_type type, union argument *a)
{
	(void)type;
	(void)a;
}

/* The answer to a block is as long as the block. */
static uint32_t answer_length(const struct kplug_call *call, const void *in)
{
	const struct kplug_transfer *block = in;

	if (call->cmd == ODD_CALL_BLOCK && call->in_len == sizeof(*block) && chance(70))
		return block->count * block->width;
	if (chance(60))
		return below(9) * 8;
	return chance(60) ? call->in_len : chance(80) ? below(MAX_TEXT) : odd_value();
}

void fill_call(enum device_type type, union argument *a)
{
	static __thread uint64_t in[MAX_TEXT / sizeof(uint64_t)];
	struct kplug_call *call = &a->call;

	call->in_len = message_make(type, device_plugin(type), &call->cmd, in);
	call->out_len = answer_length(call, in);
	call->in = memory_place(type, in, call->in_len);
	if (!call->in_len && chance(80))
		call->in = 0;
	call->out = memory_place(type, NULL, call->out_len);
	if (!call->out_len && chance(80))
		call->out = 0;
}

void fill_shm_alloc(enum device_type type, union argument *a)
{
	(void)type;
	a->shm_alloc.length = chance(80) ? 1 + below(16 * PAGE) : odd_value();
}

void fill_shm_free(enum device_type type, union argument *a)
{
	(void)type;
	a->shm_free.id = small_id();
}
