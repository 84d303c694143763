/* SPDX-License-Identifier: MIT */
/* kplug dma: what its files share. */
#ifndef KPLUG_DMA_COMMAND_H
#define KPLUG_DMA_COMMAND_H

#include "common/command.h"

#define DMA_SHOWN 16 /* segments */

enum memory { MEMORY_CONTIGUOUS, MEMORY_COHERENT, MEMORY_USER };

struct dma_options {
	struct arguments arguments; /* first: the child parser's */
	uint64_t size;
	enum memory memory;
	unsigned int bits;
	bool segments;
	const char *plugin;
	bool transfer;
	unsigned int count;
	uint64_t args[KPLUG_DMA_ARGS];
};

/* Memory, and what the device sees of it. */
struct area {
	void *addr;
	struct kplug_dma_buffer buffer; /* not of MEMORY_USER */
	int pinned; /* of MEMORY_USER; -1: none */
	struct kplug_dma_mapping mapping;
	struct kplug_dma_segment segments[DMA_SHOWN];
	unsigned int num_shown;
};

/* All transfers in one direction. */
struct way {
	uint64_t bytes;
	uint64_t ns;
	uint64_t chunks;
};

/* area.c: memory that the device can access. Gives COMMAND_OK, or says what failed. */
int area_make(struct kplug *k, const struct dma_options *o, struct area *area);
void area_free(const struct dma_options *o, struct area *area);

/* engine.c: attaches the plugin, if there is one; copies to the device ([0]) and back ([1]). */
int engine_attach(struct kplug *k, const struct dma_options *o);
int engine_copy(struct kplug *k, const struct dma_options *o, const struct area *area,
		struct way ways[2]);

/* show.c */
extern const char *const memory_names[3];
void dma_text(const struct dma_options *o, const struct area *area, const struct way ways[2]);
void dma_json(const struct dma_options *o, const struct area *area, const struct way ways[2]);

#endif /* KPLUG_DMA_COMMAND_H */
