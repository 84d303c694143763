// SPDX-License-Identifier: MIT
// Operations of failnth: modules that are loaded and unloaded.
#define _GNU_SOURCE
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int load(const char *name)
{
	static char release[64];
	char path[160];
	int fd, result;

	if (!*release)
		OK(file_read(release, sizeof(release), "/proc/sys/kernel/osrelease"));
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/%s.ko", release, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	result = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return result;
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/* Each module: without it, with it, and both ways. */
#define MODULE(name)                                                               \
	static void name##_gone(void)                                              \
	{                                                                          \
		if (module_loaded("kplug_" #name))                                 \
			OK(unload("kplug_" #name));                                \
	}                                                                          \
	static void name##_there(void)                                             \
	{                                                                          \
		if (!module_loaded("kplug_" #name))                                \
			OK(load("kplug_" #name));                                  \
	}                                                                          \
	static int name##_load(void)                                               \
	{                                                                          \
		return load("kplug_" #name);                                       \
	}                                                                          \
	static int name##_unload(void)                                             \
	{                                                                          \
		return module_loaded("kplug_" #name) ? unload("kplug_" #name) : 0; \
	}

#define ROWS(name, ...)                                                        \
	{ "load " #name,        .set_up = name##_gone, .run = name##_load,     \
	  .undo = name##_there, .sparse = 29,          __VA_ARGS__ },          \
	{                                                                      \
		"unload " #name, .set_up = name##_there, .run = name##_unload, \
				 .undo = name##_there, __VA_ARGS__             \
	}

/* The module makes this device, or is not there. */
static bool null_works(void)
{
	return file_exists("/sys/class/kplug/" NULL0) == module_loaded("kplug_null");
}

MODULE(null)
MODULE(edu)
MODULE(ivshmem)
MODULE(nvme)
MODULE(odd)
MODULE(bare)

const struct operation virtual_operations[] = {
	ROWS(null, .works = null_works),
	{ .name = NULL },
};

const struct operation module_operations[] = {
	ROWS(edu), ROWS(ivshmem), ROWS(nvme), ROWS(odd), ROWS(bare), { .name = NULL },
};
