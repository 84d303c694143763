// SPDX-License-Identifier: MIT
// Modules of the tests, which need no other module but the core.
#include "module.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define OPTIONS_SIZE 256
#define PATH_SIZE    256

bool module_load(const char *name, const char *options_format, ...)
{
	char path[PATH_SIZE], options[OPTIONS_SIZE];
	struct utsname machine;
	va_list arguments;
	long failed;
	int fd;

	va_start(arguments, options_format);
	vsnprintf(options, sizeof(options), options_format, arguments);
	va_end(arguments);
	uname(&machine);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/%s.ko", machine.release, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	failed = syscall(SYS_finit_module, fd, options, 0);
	close(fd);
	return !failed;
}

bool module_unload(const char *name)
{
	return !syscall(SYS_delete_module, name, O_NONBLOCK);
}
