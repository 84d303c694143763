// SPDX-License-Identifier: MIT
/* System calls that return -errno. */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ll

int kplug_sys_open(const char *path, int flags, mode_t mode)
{
	int fd = open(path, flags | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd;
}

void kplug_sys_close(int fd)
{
	close(fd);
}

int kplug_sys_ioctl(int fd, unsigned long cmd, void *arg)
{
	int result = ioctl(fd, cmd, arg);

	return result < 0 ? -errno : result;
}

int kplug_sys_mmap(int fd, uint64_t length, uint64_t offset, void **addr)
{
	void *map;

	if (length > SIZE_MAX)
		return -ENOMEM;
	map = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (map == MAP_FAILED)
		return -errno;
	*addr = map;
	return 0;
}

void kplug_sys_munmap(void *addr, size_t length)
{
	munmap(addr, length);
}

ssize_t kplug_sys_read(int fd, void *buf, size_t size)
{
	ssize_t result = read(fd, buf, size);

	return result < 0 ? -errno : result;
}

ssize_t kplug_sys_write(int fd, const void *buf, size_t size)
{
	ssize_t result = write(fd, buf, size);

	return result < 0 ? -errno : result;
}

int kplug_sys_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ns)
{
	struct timespec timeout = {
		.tv_sec = timeout_ns / NSEC_PER_SEC,
		.tv_nsec = timeout_ns % NSEC_PER_SEC,
	};
	int result = ppoll(fds, count, timeout_ns < 0 ? NULL : &timeout, NULL);

	return result < 0 ? -errno : result;
}

int kplug_sys_eventfd(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

uint64_t kplug_sys_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

ssize_t kplug_sys_readlink(const char *path, char *buf, size_t size)
{
	ssize_t result = readlink(path, buf, size);

	return result < 0 ? -errno : result;
}

int kplug_sys_scandir(const char *path, struct dirent ***list)
{
	int count = scandir(path, list, NULL, alphasort);

	return count < 0 ? -errno : count;
}

int kplug_sys_mkdir(const char *path, mode_t mode)
{
	return mkdir(path, mode) ? -errno : 0;
}

int kplug_sys_unlink(const char *path)
{
	return unlink(path) ? -errno : 0;
}
