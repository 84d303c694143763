// SPDX-License-Identifier: MIT
/* Asks the model of e1000e from inside of the guest. kplug new wrote this file. */
#include "e1000e_test.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void read_line(int fd, char *line, size_t size)
{
	size_t length = 0;

	while (length + 1 < size && read(fd, line + length, 1) == 1 && line[length] != '\n')
		length++;
	line[length] = 0;
}

const char *ask(const char *format, ...)
{
	static char answer[2048];
	char request[512];
	va_list arguments;
	int fd;

	va_start(arguments, format);
	vsnprintf(request, sizeof(request), format, arguments);
	va_end(arguments);
	fd = open("/dev/ttyS2", O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	dprintf(fd, "model %s %s\n", getenv("KPLUG_MODEL"), request);
	read_line(fd, answer, sizeof(answer));
	close(fd);
	ck_assert_msg(!strncmp(answer, "ok", 2), "%s: %s", request, answer);
	return answer + strlen("ok ");
}
