// SPDX-License-Identifier: MIT
// What the operations of the suite failnth share.
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct subject subject = { .k = -1, .fd = -1 };

int operation_open(const char *device, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/dev/kplug/%s", device);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void operation_issue(unsigned int command, void *argument)
{
	ck_assert_msg(ioctl(subject.k, command, argument) >= 0, "set-up: command %#x: %s", command,
		      strerror(errno));
}

int operation_map(int fd, uint64_t offset, size_t length)
{
	void *map = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (map == MAP_FAILED)
		return -errno;
	subject.map = map;
	subject.map_length = length;
	return 0;
}
