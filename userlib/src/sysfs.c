// SPDX-License-Identifier: MIT
/* Reads and writes whole small files in sysfs and /run. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int path_of(char path[PATH_MAX], const char *format, va_list args)
{
	int length = vsnprintf(path, PATH_MAX, format, args);

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Reads the file at @format without its last newline. Returns the length. */
int kplug_sysfs_read(char *buf, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	ssize_t length;
	va_list args;
	int fd, err;

	va_start(args, format);
	err = path_of(path, format, args);
	va_end(args);
	fd = err ? err : kplug_sys_open(path, O_RDONLY, 0);
	buf[0] = '\0';
	if (fd < 0)
		return fd;
	length = kplug_sys_read(fd, buf, size - 1);
	kplug_sys_close(fd);
	if (length < 0)
		return (int)length;
	if (length && buf[length - 1] == '\n')
		length--;
	buf[length] = '\0';
	return (int)length;
}

int kplug_sysfs_write(const char *text, const char *format, ...)
{
	char path[PATH_MAX];
	ssize_t length;
	va_list args;
	int fd, err;

	va_start(args, format);
	err = path_of(path, format, args);
	va_end(args);
	fd = err ? err : kplug_sys_open(path, O_WRONLY, 0);
	if (fd < 0)
		return fd;
	length = kplug_sys_write(fd, text, strlen(text));
	kplug_sys_close(fd);
	return length < 0 ? (int)length : 0;
}

static int read_link(char target[PATH_MAX], const char *format, va_list args)
{
	char path[PATH_MAX];
	ssize_t length = path_of(path, format, args);

	if (!length)
		length = kplug_sys_readlink(path, target, PATH_MAX - 1);
	target[length < 0 ? 0 : length] = '\0';
	return length < 0 ? (int)length : 0;
}

/* Cuts the last component off @path and returns it. */
static const char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return path;
	*slash = '\0';
	return slash + 1;
}

/* The last component of the target of the link at @format; empty if there is no link. */
int kplug_sysfs_link(char *buf, size_t size, const char *format, ...)
{
	char target[PATH_MAX];
	va_list args;
	int err;

	va_start(args, format);
	err = read_link(target, format, args);
	va_end(args);
	snprintf(buf, size, "%s", cut_last(target));
	return err;
}

/* The component before the last one: the directory that contains the target. */
int kplug_sysfs_link_folder(char *buf, size_t size, const char *format, ...)
{
	char target[PATH_MAX];
	va_list args;
	int err;

	va_start(args, format);
	err = read_link(target, format, args);
	va_end(args);
	cut_last(target);
	snprintf(buf, size, "%s", cut_last(target));
	return err;
}
