// SPDX-License-Identifier: MIT
/* kplug links: names of a device that stay, for the udev rule. */
#include <stdio.h>

#include "common/address.h"
#include "common/command.h"
#include "link.h"

static const char doc[] =
	"Prints the names below /dev/kplug that udev links to a PCI function: its slot, the "
	"serial number of its card, and its ids. They stay when the address changes. Two equal "
	"cards have the same ids: the second one is by-id/VENDOR:DEVICE-1.\v"
	"Examples:\n"
	"  kplug links 0000:03:00.0\n"
	"  kplug info /dev/kplug/by-slot/3";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

static void print_as_json(const char *device, const struct links *links)
{
	cJSON *object = cJSON_CreateObject(), *array;
	unsigned int i;

	cJSON_AddStringToObject(object, "device", device);
	array = cJSON_AddArrayToObject(object, "links");
	for (i = 0; i < links->count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(links->name[i]));
	print_json("links-1", object);
}

int cmd_links(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	char device[ADDRESS_SIZE];
	struct links links;
	unsigned int i;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	address_complete(device, arguments.words[0]);
	links_find(&links, "", device);
	if (arguments.json) {
		print_as_json(device, &links);
		return COMMAND_OK;
	}
	/* On one line: udev takes them all. */
	for (i = 0; i < links.count; i++)
		printf("%s%s%s", i ? " " : "", "kplug/", links.name[i]);
	putchar('\n');
	return COMMAND_OK;
}
