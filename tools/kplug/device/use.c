// SPDX-License-Identifier: MIT
/* Does the system use a disk of a device? */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"

#define BLOCK "/sys/class/block"

/* Is the device part of the disk's path in sysfs? */
static bool is_below(const char *disk, const char *address)
{
	char path[PATH_MAX], target[PATH_MAX], step[KPLUG_NAME_MAX + 2];
	ssize_t length;

	snprintf(path, sizeof(path), BLOCK "/%s", disk);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(step, sizeof(step), "/%s/", address);
	return strstr(target, step);
}

/*
 * A multipath NVMe disk is not below a device, and its paths have no node of
 * their own.
 */
static void node_of(const char *disk, char node[], size_t size)
{
	unsigned int subsystem, controller, name;
	char *at;

	if (sscanf(disk, "nvme%uc%un%u", &subsystem, &controller, &name) == 3)
		snprintf(node, size, "/dev/nvme%un%u", subsystem, name);
	else
		snprintf(node, size, "/dev/%s", disk);
	/* cciss!c0d0 */
	for (at = strchr(node, '!'); at; at = strchr(at, '!'))
		*at = '/';
}

/* A mount or swap opens a disk exclusively, also for a partition, in any namespace. */
static bool is_taken(const char *node)
{
	int fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == EBUSY;
	close(fd);
	return false;
}

bool disk_in_use(const char *address, char node[], size_t size)
{
	DIR *dir = opendir(BLOCK);
	struct dirent *entry;
	bool found = false;

	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !is_below(entry->d_name, address))
			continue;
		node_of(entry->d_name, node, size);
		found = is_taken(node);
	}
	closedir(dir);
	return found;
}
