// SPDX-License-Identifier: MIT
// Files of sysfs, procfs and so on. They are opened so that none makes its reader wait.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

static int open_path(int flags, const char *format, va_list arguments)
{
	char path[PATH_SIZE];

	vsnprintf(path, sizeof(path), format, arguments);
	return open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int file_write(const char *text, const char *path_format, ...)
{
	va_list arguments;
	int fd, result;

	va_start(arguments, path_format);
	fd = open_path(O_WRONLY, path_format, arguments);
	va_end(arguments);
	if (fd < 0)
		return -errno;
	result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return result;
}

int file_read(char *text, size_t size, const char *path_format, ...)
{
	va_list arguments;
	int fd, length;

	va_start(arguments, path_format);
	fd = open_path(O_RDONLY, path_format, arguments);
	va_end(arguments);
	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	if (length < 0)
		length = -errno;
	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return length;
}
