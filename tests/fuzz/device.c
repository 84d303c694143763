// SPDX-License-Identifier: MIT
// The devices of the test machine (tests/vm/run), and those of their registers that may be used.
#include "device.h"

#include <dirent.h>
#include <kplug_board.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "random.h"

struct device devices[MAX_DEVICES];
unsigned int num_devices, num_functions;

static const struct {
	uint32_t vendor, device;
	enum device_type type;
} ids[] = {
	{ 0x1234, 0x11e8, EDU },  { 0x1b36, 0x0005, TESTDEV }, { 0x1af4, 0x1110, IVSHMEM },
	{ 0x1b36, 0x0010, NVME }, { 0x8086, 0x10d3, NIC },     { 0x1b36, 0x0002, SERIAL },
	{ 0x1af4, 0x1044, NIC }, /* virtio-rng: used like the network card, it is only read */
};

static uint32_t id_of(const char *function, const char *file)
{
	char text[32] = "";

	file_read(text, sizeof(text), "/sys/bus/pci/devices/%s/%s", function, file);
	return strtoul(text, NULL, 0);
}

static void add(enum device_type type, const char *name)
{
	if (num_devices == MAX_DEVICES)
		return;
	devices[num_devices].type = type;
	snprintf(devices[num_devices++].name, NAME_SIZE, "%.63s", name);
}

static void add_function(const char *name)
{
	uint32_t vendor = id_of(name, "vendor"), device = id_of(name, "device");

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++)
		if (ids[i].vendor == vendor && ids[i].device == device)
			add(ids[i].type, name);
}

void device_find_all(void)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			add_function(entry->d_name);
	if (dir)
		closedir(dir);
	num_functions = num_devices;
	/* Twice, because they have the most to do. */
	for (unsigned int i = 0; i < num_functions; i++)
		if (devices[i].type == EDU || devices[i].type == NVME)
			add(devices[i].type, devices[i].name);
	add(NULL_DEVICE, "null0");
	add(NULL_DEVICE, "null0");
	add(SOFT, "softy");
	add(ISA, "isa-2e8");
	add(PLATFORM, BOARD);
}

const char *device_any_function(void)
{
	return devices[below(num_functions)].name;
}

const struct device *device_of(enum device_type type)
{
	for (unsigned int i = 0; i < num_devices; i++)
		if (devices[i].type == type)
			return &devices[i];
	return NULL;
}

const char *device_plugin(enum device_type type)
{
	static const char *const own[NUM_TYPES] = {
		[EDU] = "edu",  [TESTDEV] = "odd",  [IVSHMEM] = "ivshmem",  [NVME] = "nvme",
		[NIC] = "odd",  [SERIAL] = "uart",  [NULL_DEVICE] = "null", [SOFT] = "odd",
		[ISA] = "uart", [PLATFORM] = "edu",
	};
	static const char *const all[] = { "edu",     "null", "nvme", "ivshmem", "odd",  "uart",
					   "nothing", "",     "../x", "Edu",     "edu\n" };

	if (type == EDU && chance(15))
		return "bench";
	if (chance(80))
		return own[type];
	return chance(60) ? "odd" : pick(all);
}
