// SPDX-License-Identifier: MIT
// Allocations and copies of this thread that the kernel makes fail.
#include "fault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "random.h"

bool inject_faults = true;
static __thread int fd = -2;

static int open_once(void)
{
	if (fd == -2)
		fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fd;
}

void fault_set(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	if (open_once() >= 0 && pwrite(fd, text, length, 0) != length)
		inject_faults = false;
}

unsigned int fault_left(void)
{
	char text[16] = "";

	if (open_once() < 0 || pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtoul(text, NULL, 10);
}

unsigned int fault_any(unsigned int percent, unsigned int last)
{
	return inject_faults && chance(percent) ? 1 + below(last) : 0;
}
