// SPDX-License-Identifier: MIT
/* The driver of a device, and the one that it had before kplug. */
#include "driver.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "address.h"

void driver_of(const char *device, char driver[DRIVER_SIZE])
{
	static const char *const buses[] = { "pci", "platform" };
	char path[PATH_MAX], target[PATH_MAX], full[ADDRESS_SIZE], *name;
	ssize_t length = -1;
	size_t i;

	address_complete(full, device);
	for (i = 0; i < sizeof(buses) / sizeof(buses[0]) && length < 0; i++) {
		snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/driver", buses[i], full);
		length = readlink(path, target, sizeof(target) - 1);
	}
	target[length < 0 ? 0 : length] = '\0';
	name = strrchr(target, '/');
	snprintf(driver, DRIVER_SIZE, "%.*s", DRIVER_SIZE - 1, name ? name + 1 : "");
}

/* kplug_bind() puts it into the first line. */
void driver_before_kplug(const char *device, char driver[DRIVER_SIZE])
{
	char path[PATH_MAX], full[ADDRESS_SIZE];
	FILE *file;

	address_complete(full, device);
	snprintf(path, sizeof(path), "/run/kplug/%s", full);
	file = fopen(path, "re");
	if (!file || !fgets(driver, DRIVER_SIZE, file))
		driver[0] = '\0';
	driver[strcspn(driver, "\n")] = '\0';
	if (file)
		fclose(file);
}
