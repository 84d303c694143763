// SPDX-License-Identifier: MIT
// Messages of calls.
#include "message.h"

#include <edu/edu_msg.h>
#include <ivshmem/ivshmem_msg.h>
#include <kplug_bench.h>
#include <kplug_odd.h>
#include <null/null_msg.h>
#include <nvme/nvme_msg.h>
#include <string.h>

#include "random.h"
#include "transfer.h"

uint32_t small_id(void)
{
	return chance(85) ? 1 + below(4) : odd_value();
}

static uint32_t null_message(uint32_t cmd, void *in)
{
	struct null_fire fire = { mostly(NULL_VECTORS),
				  chance(95) ? 1 + below(30) : odd_value() % 2000 };
	struct null_sum sum = { small_id(), chance(80) ? below(2 * PAGE) : odd_value() };
	struct null_rate rate = { mostly(NULL_VECTORS), below(2), 200000 + below(1000000),
				  chance(80) ? below(200) : odd_value() };
	uint32_t milliseconds = below(20);

	switch (cmd) {
	case NULL_CALL_FIRE:
		memcpy(in, &fire, sizeof(fire));
		return sizeof(fire);
	case NULL_CALL_SUM:
		memcpy(in, &sum, sizeof(sum));
		return sizeof(sum);
	case NULL_CALL_SLEEP:
		memcpy(in, &milliseconds, sizeof(milliseconds));
		return sizeof(milliseconds);
	case NULL_CALL_SEND:
		return below(8) * sizeof(uint64_t);
	case NULL_CALL_DEFER:
		*(uint32_t *)in = below(2);
		return sizeof(uint32_t);
	case NULL_CALL_RATE:
		if (chance(10))
			rate.interval_ns = odd_value();
		memcpy(in, &rate, sizeof(rate));
		return sizeof(rate);
	case NULL_CALL_RAISED:
		return 0;
	default:
		return chance(80) ? below(64) : below(MAX_TEXT);
	}
}

static uint32_t edu_message(uint32_t cmd, void *in)
{
	struct edu_copy copy = { small_id(), small_id(),
				 chance(80) ? 1 + below(PAGE - 8) : odd_value(), 0 };

	if (cmd != EDU_CALL_COPY)
		return sizeof(uint32_t);
	memcpy(in, &copy, sizeof(copy));
	return sizeof(copy);
}

static uint32_t nvme_message(uint32_t cmd, void *in)
{
	if (chance(90))
		*(uint32_t *)in = 1;
	return cmd == NVME_CALL_FLUSH ? sizeof(uint32_t) : 0;
}

static uint32_t ivshmem_message(uint32_t cmd, void *in)
{
	struct ivshmem_ring ring = { mostly(3), mostly(5) };

	if (cmd != IVSHMEM_CALL_RING)
		return 0;
	memcpy(in, &ring, sizeof(ring));
	return sizeof(ring);
}

/* The plugin keeps one mapping for all devices, which is its own fault: it is not asked to. */
static uint32_t odd_mapping(void *in)
{
	struct odd_mapping mapping = { .id = small_id() };

	memcpy(in, &mapping, sizeof(mapping));
	return sizeof(mapping);
}

static uint32_t odd_message(enum device_type type, uint32_t cmd, void *in)
{
	struct kplug_transfer *list = in;
	uint32_t num = cmd == ODD_CALL_TRANSFER ? 1 + below(4) : 1;

	switch (cmd) {
	case ODD_CALL_TRANSFER:
	case ODD_CALL_BLOCK:
		for (uint32_t i = 0; i < num; i++) {
			list[i] = transfer_make(type, false);
			list[i].buffer = 0;
			if (cmd == ODD_CALL_BLOCK)
				list[i].op = KPLUG_TRANSFER_READ;
		}
		return num * sizeof(list[0]);
	case ODD_CALL_MAPPING:
		return odd_mapping(in);
	default:
		return chance(90) ? 32 : below(64);
	}
}

static uint32_t bench_message(uint32_t cmd, void *in)
{
	struct kplug_bench_mode mode = { below(8), small_id() };

	if (cmd != KPLUG_BENCH_MODE)
		return below(64);
	memcpy(in, &mode, sizeof(mode));
	return sizeof(mode);
}

static uint32_t make(enum device_type type, const char *plugin, uint32_t cmd, void *in)
{
	if (!strcmp(plugin, "null"))
		return null_message(cmd, in);
	if (!strcmp(plugin, "edu"))
		return edu_message(cmd, in);
	if (!strcmp(plugin, "nvme"))
		return nvme_message(cmd, in);
	if (!strcmp(plugin, "ivshmem"))
		return ivshmem_message(cmd, in);
	if (!strcmp(plugin, "bench"))
		return bench_message(cmd, in);
	return odd_message(type, cmd, in);
}

uint32_t message_make(enum device_type type, const char *plugin, uint32_t *cmd, void *in)
{
	uint32_t length;

	*cmd = chance(95) ? 1 + below(8) : odd_value();
	/* Whatever plugin gets it: only a signal that kills ends it for sure. */
	if (*cmd == ODD_CALL_SLEEP && chance(85))
		*cmd = ODD_CALL_ECHO;
	/* Up to its reset the device then takes no part in DMA. */
	if (*cmd == ODD_CALL_STUCK && chance(70))
		*cmd = ODD_CALL_DONE;
	for (unsigned int i = 0; i < 8; i++)
		((uint64_t *)in)[i] = odd_value();
	length = make(type, plugin, *cmd, in);
	return chance(95) ? length : below(128);
}
