// SPDX-License-Identifier: MIT
/* kplug dma: the result as text and as JSON. */
#include <inttypes.h>
#include <stdio.h>

#include "dma.h"

const char *const memory_names[3] = { "contiguous", "coherent", "user" };

static double rate_of(const struct way *way)
{
	return way->ns ? (double)way->bytes * 1e9 / (double)way->ns : 0;
}

static void print_way(const char *name, const struct way *way)
{
	printf("%s %" PRIu64 " bytes in %" PRIu64 " chunks, %.3f MB/s\n", name, way->bytes,
	       way->chunks, rate_of(way) / 1e6);
}

void dma_text(const struct dma_options *o, const struct area *area, const struct way ways[2])
{
	unsigned int i;

	printf("memory      0x%" PRIx64 " bytes, %s\n", o->size, memory_names[o->memory]);
	printf("segments    %u\n", area->mapping.num_segments);
	for (i = 0; i < area->num_shown; i++)
		printf("            0x%016" PRIx64 ", 0x%" PRIx64 " bytes\n",
		       (uint64_t)area->segments[i].address, (uint64_t)area->segments[i].length);
	if (!o->transfer)
		return;
	print_way("to device  ", &ways[0]);
	print_way("from device", &ways[1]);
	printf("compared    %" PRIu64 " bytes, all are right\n", ways[1].bytes);
}

static void add_way(cJSON *object, const char *name, const struct way *way)
{
	cJSON *added = cJSON_AddObjectToObject(object, name);

	cJSON_AddNumberToObject(added, "bytes", (double)way->bytes);
	cJSON_AddNumberToObject(added, "chunks", (double)way->chunks);
	cJSON_AddNumberToObject(added, "elapsed_ns", (double)way->ns);
	cJSON_AddNumberToObject(added, "bytes_per_second", rate_of(way));
}

void dma_json(const struct dma_options *o, const struct area *area, const struct way ways[2])
{
	cJSON *object = cJSON_CreateObject(), *array, *segment;
	unsigned int i;

	cJSON_AddStringToObject(object, "device", o->arguments.words[0]);
	cJSON_AddNumberToObject(object, "bytes", (double)o->size);
	cJSON_AddStringToObject(object, "memory", memory_names[o->memory]);
	cJSON_AddNumberToObject(object, "num_segments", area->mapping.num_segments);
	array = cJSON_AddArrayToObject(object, "segments");
	for (i = 0; i < area->num_shown; i++) {
		segment = cJSON_CreateObject();
		add_hex(segment, "address", 16, area->segments[i].address);
		cJSON_AddNumberToObject(segment, "bytes", (double)area->segments[i].length);
		cJSON_AddItemToArray(array, segment);
	}
	if (o->transfer) {
		add_way(object, "to_device", &ways[0]);
		add_way(object, "from_device", &ways[1]);
	}
	print_json("dma-1", object);
}
