// SPDX-License-Identifier: MIT
/* kplug dma: tries memory for the device's DMA, and the engine of its plugin. */
#include <string.h>

#include "dma.h"

#define MAX_SIZE (1ull << 30)

static const char doc[] =
	"Allocates memory for the DMA of a device, maps it, and shows in how many segments "
	"the device sees it. With --transfer the engine of the plugin then copies patterns to "
	"the device and back, which are compared. The device's memory is overwritten. Needs "
	"root.\v"
	"Memory is contiguous, coherent, or the program's own (user).\n\n"
	"Examples:\n"
	"  kplug dma 0000:00:04.0 --size 0x100000 --memory user\n"
	"  kplug dma 0000:00:04.0 --plugin edu --transfer --count 100";

enum {
	OPTION_MEMORY = 0x100,
	OPTION_PLUGIN,
	OPTION_TRANSFER,
	OPTION_SEGMENTS,
	OPTION_BITS,
	OPTION_ARGS
};

static const struct argp_option options[] = {
	{ "size", 's', "BYTES", 0, "of the memory (2048)", 0 },
	{ "memory", OPTION_MEMORY, "KIND", 0, "contiguous (default), coherent or user", 0 },
	{ "bits", OPTION_BITS, "N", 0,
	  "width of the device's bus addresses, where no plugin sets it (32)", 0 },
	{ "segments", OPTION_SEGMENTS, NULL, 0,
	  "show bus addresses; without an IOMMU this taints the kernel", 0 },
	{ "plugin", OPTION_PLUGIN, "NAME", 0, "attach this plugin", 0 },
	{ "transfer", OPTION_TRANSFER, NULL, 0, "copy patterns to the device and back", 0 },
	{ "count", 'c', "N", 0, "copy N times (1)", 0 },
	{ "args", OPTION_ARGS, "LIST", 0,
	  "up to 4 numbers for the engine, such as an address in the device", 0 },
	{ 0 }
};

static void parse_memory(struct dma_options *o, const char *word, struct argp_state *state)
{
	size_t i;

	for (i = 0; i < sizeof(memory_names) / sizeof(memory_names[0]); i++)
		if (!strcmp(word, memory_names[i])) {
			o->memory = (enum memory)i;
			return;
		}
	argp_error(state, "'%s' is not contiguous, coherent or user", word);
}

static void parse_args(struct dma_options *o, char *list, struct argp_state *state)
{
	unsigned int n = 0;
	char *word;

	for (word = strtok(list, ","); word; word = strtok(NULL, ","))
		if (n == KPLUG_DMA_ARGS || !number_parse(word, &o->args[n++]))
			argp_error(state, "--args takes up to %d numbers with commas between them",
				   KPLUG_DMA_ARGS);
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct dma_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 's':
		o->size = count_parse(word, 4, MAX_SIZE, state);
		if (o->size % 4)
			argp_error(state, "the size is not a multiple of 4");
		return 0;
	case 'c':
		o->count = (unsigned int)count_parse(word, 1, 1000000, state);
		return 0;
	case OPTION_MEMORY:
		parse_memory(o, word, state);
		return 0;
	case OPTION_BITS:
		o->bits = (unsigned int)count_parse(word, 12, 64, state);
		return 0;
	case OPTION_SEGMENTS:
		o->segments = true;
		return 0;
	case OPTION_PLUGIN:
		o->plugin = word;
		return 0;
	case OPTION_TRANSFER:
		o->transfer = true;
		return 0;
	case OPTION_ARGS:
		parse_args(o, word, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DEVICE",
	.doc = doc,
	.children = arguments_children,
};

static int set_bits(struct kplug *k, const struct dma_options *o)
{
	const struct kplug_dma_limits limits = { .address_bits = o->bits };
	int err = o->bits ? kplug_dma_set_limits(k, &limits) : 0;

	return err ? fail(o->arguments.words[0], "set the width of addresses", err) : COMMAND_OK;
}

static int try_memory(struct kplug *k, const struct dma_options *o)
{
	struct way ways[2] = { 0 };
	struct area area;
	int result = area_make(k, o, &area);

	if (!result && o->transfer)
		result = engine_copy(k, o, &area, ways);
	if (!result && o->arguments.json)
		dma_json(o, &area, ways);
	else if (!result)
		dma_text(o, &area, ways);
	area_free(o, &area);
	return result;
}

int cmd_dma(int argc, char **argv)
{
	struct dma_options o = { .arguments = { .min = 1, .max = 1 }, .size = 2048, .count = 1 };
	unsigned int flags = KPLUG_OPEN_NO_RING;
	struct kplug *k;
	int result;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	/* Another program could change the memory of the device. */
	if (o.transfer)
		flags |= KPLUG_OPEN_EXCLUSIVE;
	if (choose_device(&o.arguments) || open_device(&k, o.arguments.words[0], flags))
		return COMMAND_FAILED;
	result = set_bits(k, &o);
	if (!result)
		result = engine_attach(k, &o);
	if (!result)
		result = try_memory(k, &o);
	kplug_close(k);
	return result;
}
