// SPDX-License-Identifier: MIT
/* kplug dma: copies patterns by the engine of a plugin. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "device/attach.h"
#include "dma.h"

#define TIMEOUT_MS 5000

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The plugin of --plugin, or the one that is attached permanently; none is no error. */
int engine_attach(struct kplug *k, const struct dma_options *o)
{
	struct kplug_handler handler = { .plugin = o->plugin };
	const char *name = o->arguments.words[0];
	struct kplug_device_info info;
	int err = kplug_info(k, &info);

	if (err)
		return fail(name, "get information", err);
	if (!handler.plugin && info.out_plugin[0])
		handler.plugin = info.out_plugin;
	if (!handler.plugin)
		return COMMAND_OK;
	/* An engine may interrupt. */
	err = kplug_attach(k, info.out_vectors ? 0 : KPLUG_NO_VECTOR, &handler);
	return err < 0 ? fail_attach(name, handler.plugin, err) : COMMAND_OK;
}

/* One run to its end; 0 or -errno. */
static int run(struct kplug *k, const struct dma_options *o, uint32_t id, struct way *way)
{
	struct kplug_dma_execution execution = { .id = id, .timeout_ms = TIMEOUT_MS };
	struct kplug_dma_transaction_info info;
	uint64_t since = now_ns();
	int err;

	memcpy(execution.args, o->args, sizeof(execution.args));
	err = kplug_dma_transaction_execute(k, &execution, 1);
	if (err >= 0)
		err = kplug_dma_transaction_wait(k, id, KPLUG_TIMEOUT_NONE, &info);
	if (err < 0)
		return err;
	way->ns += now_ns() - since;
	way->bytes += info.out_bytes;
	way->chunks += info.out_chunks;
	return info.out_status;
}

/* Differs from its neighbours, and from the round before. */
static uint32_t word_at(uint64_t i, uint32_t round)
{
	return (uint32_t)i * 2654435761u ^ round * 0x9e3779b9u ^ 0xa5a5a5a5u;
}

static void fill(uint32_t *words, uint64_t size, uint32_t round)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		words[i] = word_at(i, round);
}

/* The first offset with another word than fill() made, or @size. */
static uint64_t first_wrong(const uint32_t *words, uint64_t size, uint32_t round)
{
	uint64_t i;

	for (i = 0; i < size / 4; i++)
		if (words[i] != word_at(i, round))
			return i * 4;
	return size;
}

static int copy_once(struct kplug *k, const struct dma_options *o, const struct area *area,
		     const uint32_t ids[2], struct way ways[2], uint32_t round)
{
	const char *name = o->arguments.words[0];
	uint64_t wrong;
	char why[112];
	int err;

	fill(area->addr, o->size, round);
	err = run(k, o, ids[0], &ways[0]);
	if (err)
		return fail(name, "copy to the device", err);
	memset(area->addr, 0, o->size);
	err = run(k, o, ids[1], &ways[1]);
	if (err)
		return fail(name, "copy from the device", err);
	wrong = first_wrong(area->addr, o->size, round);
	if (wrong == o->size)
		return COMMAND_OK;
	snprintf(why, sizeof(why),
		 "another word came back at 0x%" PRIx64 "; has the device %" PRIu64
		 " bytes of memory?",
		 wrong, o->size);
	return fail_because(name, "compare", why);
}

/* One transaction for each direction. */
static int prepare(struct kplug *k, const struct dma_options *o, const struct area *area,
		   uint32_t ids[2])
{
	static const enum kplug_dma_direction directions[] = { KPLUG_DMA_TO_DEVICE,
							       KPLUG_DMA_FROM_DEVICE };
	const char *name = o->arguments.words[0];
	int i, err;

	for (i = 0; i < 2; i++) {
		struct kplug_dma_transaction t = { .mapping = area->mapping.id,
						   .direction = directions[i] };

		err = kplug_dma_transaction_make(k, &t);
		if (err == -ENOTCONN)
			return fail_because(name, "transfer",
					    "no plugin is attached, whose engine could do that; "
					    "--plugin names one");
		if (err == -EOPNOTSUPP)
			return fail_because(name, "transfer", "the plugin has no DMA engine");
		if (err)
			return fail(name, "prepare a transfer", err);
		ids[i] = t.out_id;
	}
	return COMMAND_OK;
}

int engine_copy(struct kplug *k, const struct dma_options *o, const struct area *area,
		struct way ways[2])
{
	uint32_t ids[2] = { 0 }, round;

	if (prepare(k, o, area, ids))
		return COMMAND_FAILED;
	for (round = 0; round < o->count; round++)
		if (copy_once(k, o, area, ids, ways, round))
			return COMMAND_FAILED;
	return COMMAND_OK;
}
