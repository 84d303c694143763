// SPDX-License-Identifier: MIT
/*
 * Open a device and print its properties.
 *
 *	kplug bind 0000:00:04.0
 *	hello 0000:00:04.0
 */
#include "sample.h"

static void print_region(struct kplug *k, unsigned int index)
{
	struct kplug_region_info region;

	must(kplug_region_info(k, index, &region), "region");
	if (region.out_length)
		printf("region %u: %llu bytes of %s%s\n", index,
		       (unsigned long long)region.out_length,
		       region.out_flags & KPLUG_REGION_PORT ? "ports" : "memory",
		       region.out_flags & KPLUG_REGION_MMAP ? ", mappable" : "");
}

int main(int argc, char **argv)
{
	struct kplug_device_info info;
	struct kplug *k;
	unsigned int i;

	must(kplug_open(&k, device_argument(argc, argv), NULL), "open");
	must(kplug_info(k, &info), "info");
	printf("%s: %04x:%04x, %u vectors, %s client, plugin %s\n", info.out_name, info.out_vendor,
	       info.out_device, info.out_vectors,
	       info.out_flags & KPLUG_DEVICE_TRUSTED ? "trusted" : "restricted",
	       info.out_plugin[0] ? info.out_plugin : "none");
	for (i = 0; i < info.out_regions; i++)
		print_region(k, i);
	kplug_close(k);
	return 0;
}
