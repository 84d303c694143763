// SPDX-License-Identifier: MIT
/* kplug info: a device's regions, vectors and counters. */
#include <stdio.h>

#include "common/command.h"
#include "feature.h"

static const char doc[] =
	"Shows a device on kplug: what it and the kernel module can do, its "
	"regions, and the state and counters of the vectors that were used since it was bound.\v"
	"Examples:\n"
	"  kplug info 0000:00:04.0\n"
	"  kplug info 00:04.0 --json";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

static const char *mode_name(uint32_t mode)
{
	static const char *const names[] = {
		[KPLUG_IRQ_AUTO] = "not chosen yet",
		[KPLUG_IRQ_INTX] = "INTx",
		[KPLUG_IRQ_MSI] = "MSI",
		[KPLUG_IRQ_MSIX] = "MSI-X",
		[KPLUG_IRQ_VIRTUAL] = "virtual",
		[KPLUG_IRQ_WIRED] = "wired",
	};

	return mode < sizeof(names) / sizeof(names[0]) ? names[mode] : "?";
}

static const char *bus_name(uint32_t bus)
{
	static const char *const names[] = {
		[KPLUG_BUS_PCI] = "pci",
		[KPLUG_BUS_VIRTUAL] = "virtual",
		[KPLUG_BUS_PLATFORM] = "platform",
		[KPLUG_BUS_ISA] = "isa",
	};

	return bus && bus < sizeof(names) / sizeof(names[0]) ? names[bus] : "?";
}

static const char *handler_name(const struct kplug_vector_info *vector)
{
	if (!(vector->out_flags & KPLUG_VECTOR_ARMED))
		return "none";
	switch (vector->out_handler) {
	case KPLUG_HANDLER_USER:
		return "user";
	case KPLUG_HANDLER_RECIPE:
		return "recipe";
	case KPLUG_HANDLER_PLUGIN:
		return "plugin";
	default:
		return "?";
	}
}

static const char *mask_name(const struct kplug_vector_info *vector)
{
	if (vector->out_flags & KPLUG_VECTOR_STORM)
		return "storm";
	return vector->out_flags & KPLUG_VECTOR_MASKED ? "masked" : "no";
}

static void print_device(const struct kplug_device_info *info)
{
	printf("device   %s (%s)\n", info->out_name, bus_name(info->out_bus));
	if (info->out_bus == KPLUG_BUS_PCI)
		printf("ids      %04x:%04x, subsystem %04x:%04x, class %06x, "
		       "revision %02x\n",
		       info->out_vendor, info->out_device, info->out_subvendor, info->out_subdevice,
		       info->out_class, info->out_revision);
	printf("opened   as %s\n",
	       info->out_flags & KPLUG_DEVICE_TRUSTED ? "trusted" : "restricted");
	if (info->out_plugin[0])
		printf("plugin   %s%s, takes %u and gives %u bytes a call\n", info->out_plugin,
		       info->out_flags & KPLUG_DEVICE_PERMANENT ? " (permanent)" : "",
		       info->out_max_in, info->out_max_out);
	else
		printf("plugin   none\n");
	printf("vectors  %u, %s\n", info->out_vectors, mode_name(info->out_irq_mode));
}

static const char *region_kind(const struct kplug_region_info *region)
{
	if (region->out_flags & KPLUG_REGION_CONFIG)
		return "configuration space";
	return region->out_flags & KPLUG_REGION_PORT ? "ports" : "memory";
}

/* The parts of a region that can be mapped. */
struct ranges {
	struct kplug_map_range list[KPLUG_MAX_RANGES];
	int num;
};

static int get_ranges(struct kplug *k, unsigned int region, struct ranges *ranges)
{
	int num = kplug_region_ranges(k, region, ranges->list, KPLUG_MAX_RANGES);

	ranges->num = num < KPLUG_MAX_RANGES ? num : KPLUG_MAX_RANGES;
	return num < 0 ? num : 0;
}

static bool is_mapped_whole(const struct kplug_region_info *region, const struct ranges *ranges)
{
	return ranges->num == 1 && ranges->list[0].length >= region->out_length;
}

static void print_ranges(const struct kplug_region_info *region, const struct ranges *ranges)
{
	int i;

	if (is_mapped_whole(region, ranges))
		return;
	for (i = 0; i < ranges->num; i++)
		printf("         mappable: 0x%llx bytes at 0x%llx\n",
		       (unsigned long long)ranges->list[i].length,
		       (unsigned long long)ranges->list[i].offset);
}

static void print_region(const struct kplug_region_info *region, const struct ranges *ranges)
{
	char widths[WIDTHS_SIZE];

	if (!region->out_length)
		return;
	printf("region %u %s, 0x%llx bytes%s%s\n", region->index, region_kind(region),
	       (unsigned long long)region->out_length,
	       region->out_flags & KPLUG_REGION_PREFETCH ? ", prefetchable" : "",
	       region->out_flags & KPLUG_REGION_LOCKED ? ", locked down" :
	       is_mapped_whole(region, ranges)         ? ", mappable" :
	       region->out_flags & KPLUG_REGION_MMAP   ? ", partly mappable" :
							 "");
	printf("         accesses of %s bits\n",
	       widths_text(region->out_widths, ", ", " and ", widths));
	print_ranges(region, ranges);
}

static void print_vector(const struct kplug_vector_info *vector)
{
	if (!(vector->out_flags & KPLUG_VECTOR_ARMED) && !vector->out_raised)
		return;
	printf("vector %u handler %s, Linux irq %u, masked: %s\n"
	       "         raised %llu, handled %llu, none %llu, deferred %llu of "
	       "%llu,\n         posted %llu, dropped %llu, storms %llu\n",
	       vector->index, handler_name(vector), vector->out_irq, mask_name(vector),
	       (unsigned long long)vector->out_raised, (unsigned long long)vector->out_handled,
	       (unsigned long long)vector->out_none, (unsigned long long)vector->out_deferred,
	       (unsigned long long)vector->out_coalesced, (unsigned long long)vector->out_posted,
	       (unsigned long long)vector->out_dropped, (unsigned long long)vector->out_storms);
}

static cJSON *json_device(const struct kplug_device_info *info)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "device", info->out_name);
	cJSON_AddStringToObject(object, "bus", bus_name(info->out_bus));
	add_hex(object, "vendor_id", 4, info->out_vendor);
	add_hex(object, "device_id", 4, info->out_device);
	add_hex(object, "subvendor_id", 4, info->out_subvendor);
	add_hex(object, "subdevice_id", 4, info->out_subdevice);
	add_hex(object, "class", 6, info->out_class);
	add_hex(object, "revision", 2, info->out_revision);
	cJSON_AddBoolToObject(object, "trusted", info->out_flags & KPLUG_DEVICE_TRUSTED);
	cJSON_AddStringToObject(object, "plugin", info->out_plugin);
	cJSON_AddBoolToObject(object, "plugin_permanent", info->out_flags & KPLUG_DEVICE_PERMANENT);
	cJSON_AddNumberToObject(object, "max_in", info->out_max_in);
	cJSON_AddNumberToObject(object, "max_out", info->out_max_out);
	cJSON_AddStringToObject(object, "irq_mode", mode_name(info->out_irq_mode));
	return object;
}

static void json_ranges(cJSON *object, const struct ranges *ranges)
{
	cJSON *array = cJSON_AddArrayToObject(object, "mappable_ranges");
	int i;

	for (i = 0; i < ranges->num; i++) {
		cJSON *range = cJSON_CreateObject();

		add_hex(range, "offset", 1, ranges->list[i].offset);
		cJSON_AddNumberToObject(range, "length", (double)ranges->list[i].length);
		cJSON_AddItemToArray(array, range);
	}
}

static cJSON *json_region(const struct kplug_region_info *region, const struct ranges *ranges)
{
	cJSON *object = cJSON_CreateObject();
	uint32_t flags = region->out_flags;

	cJSON_AddNumberToObject(object, "region", region->index);
	cJSON_AddNumberToObject(object, "length", (double)region->out_length);
	json_widths(object, region->out_widths);
	cJSON_AddBoolToObject(object, "ports", flags & KPLUG_REGION_PORT);
	cJSON_AddBoolToObject(object, "configuration", flags & KPLUG_REGION_CONFIG);
	cJSON_AddBoolToObject(object, "mappable", flags & KPLUG_REGION_MMAP);
	cJSON_AddBoolToObject(object, "prefetchable", flags & KPLUG_REGION_PREFETCH);
	cJSON_AddBoolToObject(object, "locked_down", flags & KPLUG_REGION_LOCKED);
	json_ranges(object, ranges);
	return object;
}

static cJSON *json_vector(const struct kplug_vector_info *vector)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddNumberToObject(object, "vector", vector->index);
	cJSON_AddStringToObject(object, "handler", handler_name(vector));
	cJSON_AddStringToObject(object, "masked", mask_name(vector));
	cJSON_AddNumberToObject(object, "irq", vector->out_irq);
	cJSON_AddNumberToObject(object, "raised", (double)vector->out_raised);
	cJSON_AddNumberToObject(object, "handled", (double)vector->out_handled);
	cJSON_AddNumberToObject(object, "none", (double)vector->out_none);
	cJSON_AddNumberToObject(object, "deferred", (double)vector->out_deferred);
	cJSON_AddNumberToObject(object, "coalesced", (double)vector->out_coalesced);
	cJSON_AddNumberToObject(object, "posted", (double)vector->out_posted);
	cJSON_AddNumberToObject(object, "dropped", (double)vector->out_dropped);
	cJSON_AddNumberToObject(object, "storms", (double)vector->out_storms);
	return object;
}

/* Prints, or adds to @root if there is one. */
static int show_parts(struct kplug *k, const struct kplug_device_info *info, cJSON *root)
{
	cJSON *regions = root ? cJSON_AddArrayToObject(root, "regions") : NULL;
	cJSON *vectors = root ? cJSON_AddArrayToObject(root, "vectors") : NULL;
	struct kplug_region_info region;
	struct kplug_vector_info vector;
	struct ranges ranges;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < info->out_regions; i++) {
		err = kplug_region_info(k, i, &region);
		if (!err)
			err = get_ranges(k, i, &ranges);
		if (!err && root)
			cJSON_AddItemToArray(regions, json_region(&region, &ranges));
		else if (!err)
			print_region(&region, &ranges);
	}
	for (i = 0; !err && i < info->out_vectors; i++) {
		err = kplug_vector_info(k, i, &vector);
		if (!err && root)
			cJSON_AddItemToArray(vectors, json_vector(&vector));
		else if (!err)
			print_vector(&vector);
	}
	return err;
}

static int show(struct kplug *k, bool json)
{
	struct kplug_device_info info;
	cJSON *root = NULL;
	int err = kplug_info(k, &info);

	if (err)
		return err;
	if (json)
		root = json_device(&info);
	else
		print_device(&info);
	err = features_show(k, &info, root);
	if (!err)
		err = show_parts(k, &info, root);
	if (json && !err)
		print_json("info-1", root);
	else
		cJSON_Delete(root);
	return err;
}

int cmd_info(int argc, char **argv)
{
	return show_device(argc, argv, &argp, "get information", show);
}
