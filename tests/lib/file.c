// SPDX-License-Identifier: MIT
// Files of sysfs, procfs and so on.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* A file that has nothing to read yet makes its reader not wait. */
static int open_path(int flags, const char *format, va_list arguments)
{
	char path[PATH_MAX];
	int fd;

	vsnprintf(path, sizeof(path), format, arguments);
	fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int file_write(const char *text, const char *path_format, ...)
{
	size_t length = strlen(text);
	va_list arguments;
	int fd, error = 0;

	va_start(arguments, path_format);
	fd = open_path(O_WRONLY, path_format, arguments);
	va_end(arguments);
	if (fd < 0)
		return fd;
	if (write(fd, text, length) != (ssize_t)length)
		error = -errno;
	close(fd);
	return error;
}

int file_read(char *text, size_t size, const char *path_format, ...)
{
	va_list arguments;
	ssize_t length;
	int fd, error;

	va_start(arguments, path_format);
	fd = open_path(O_RDONLY, path_format, arguments);
	va_end(arguments);
	if (fd < 0)
		return fd;
	length = read(fd, text, size - 1);
	error = -errno;
	close(fd);
	if (length < 0)
		return error;
	if (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return 0;
}
