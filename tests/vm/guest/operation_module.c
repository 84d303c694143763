// SPDX-License-Identifier: MIT
// Operations of failnth: modules that are loaded and unloaded.
#define _GNU_SOURCE
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *module; /* that comes and goes */

/* Opens its file before the faults: the subject is the load alone. */
static void choose(const char *name)
{
	char release[64], path[160];

	module = name;
	OK(file_read(release, sizeof(release), "/proc/sys/kernel/osrelease"));
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/%s.ko", release, name);
	subject.fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(subject.fd >= 0, "%s: %s", path, strerror(errno));
}

static int load(void)
{
	return syscall(SYS_finit_module, subject.fd, "", 0) ? -errno : 0;
}

static int unload(void)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) ? -errno : 0;
}

static bool is_loaded(void)
{
	return module_loaded(module);
}

static bool is_gone(void)
{
	return !file_exists("/sys/module/%s", module);
}

static bool null_is_loaded(void)
{
	return is_loaded() && file_exists("/sys/class/kplug/" NULL0);
}

static bool null_is_gone(void)
{
	return is_gone() && !file_exists("/sys/class/kplug/" NULL0);
}

/* As the other operations expect it. A load succeeds also when its driver cannot bind a device. */
static void load_again(void)
{
	if (!is_loaded())
		OK(load());
	if (!strcmp(module, "kplug_edu") && !*pci_driver(EDU0))
		OK(file_write(EDU0, "/sys/bus/pci/drivers/kplug_edu/bind"));
}

/* Each module: without it, and with it. */
#define MODULE(name)                    \
	static void name##_gone(void)   \
	{                               \
		choose("kplug_" #name); \
		if (is_loaded())        \
			OK(unload());   \
	}                               \
	static void name##_there(void)  \
	{                               \
		choose("kplug_" #name); \
		load_again();           \
	}

#define ROWS(name, loaded, gone)                                                       \
	{ "load " #name,   .set_up = name##_gone, .run = load,                         \
	  .works = loaded, .undo = load_again,    .sparse = 29 },                      \
	{                                                                              \
		"unload " #name, .set_up = name##_there, .run = unload, .works = gone, \
				 .undo = load_again                                    \
	}

MODULE(null)
MODULE(edu)
MODULE(ivshmem)
MODULE(nvme)
MODULE(odd)
MODULE(bare)

const struct operation virtual_operations[] = {
	ROWS(null, null_is_loaded, null_is_gone),
	{ .name = NULL },
};

const struct operation module_operations[] = {
	ROWS(edu, is_loaded, is_gone),  ROWS(ivshmem, is_loaded, is_gone),
	ROWS(nvme, is_loaded, is_gone), ROWS(odd, is_loaded, is_gone),
	ROWS(bare, is_loaded, is_gone), { .name = NULL },
};
