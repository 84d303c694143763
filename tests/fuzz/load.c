// SPDX-License-Identifier: MIT
// Loads a module while allocations fail: what it has done so far must be undone.
#include "load.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"
#include "log.h"
#include "random.h"

#define NO_FAULT 1000000u

static const char *module_name(const char *path)
{
	static char name[64];
	const char *slash = strrchr(path, '/');

	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
	name[strcspn(name, ".")] = '\0';
	return name;
}

/* try() - what fault_left() says afterwards, or 0 when the load failed */
static unsigned int try(int fd, unsigned int nth)
{
	unsigned int left;
	long failed;

	fault_set(nth);
	failed = syscall(SYS_finit_module, fd, "pool=1x64K", 0);
	left = fault_left();
	fault_set(0);
	return failed ? 0 : left;
}

static bool unload(const char *name)
{
	return !syscall(SYS_delete_module, name, O_NONBLOCK);
}

int load_failing(const char *path, unsigned int tries)
{
	const char *name = module_name(path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int left, all;
	const char *report;

	log_open();
	if (fd < 0)
		err(2, "%s", path);
	left = try(fd, NO_FAULT);
	if (!left || !unload(name))
		errx(1, "%s does not load, or does not unload", path);
	all = NO_FAULT - left;
	/* The module's own come last, behind those of its loader. */
	for (unsigned int i = 0; i < tries; i++) {
		try(fd, all - below(all / 3));
		unload(name);
	}
	close(fd);
	report = log_next();
	if (report)
		errx(1, "while the core loaded: %s", report);
	return access("/sys/module/kplug/refcnt", F_OK) ? 0 : 1;
}
