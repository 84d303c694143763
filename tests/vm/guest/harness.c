// SPDX-License-Identifier: MIT
// Helpers of the tests in the guest.
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORMAT(buffer, format)                                         \
	do {                                                           \
		va_list arguments_;                                    \
		va_start(arguments_, format);                          \
		vsnprintf(buffer, sizeof(buffer), format, arguments_); \
		va_end(arguments_);                                    \
	} while (0)

int run(const char *format, ...)
{
	char command[1024];
	int status;

	FORMAT(command, format);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * load_quickly() - 0 when one of our own modules is loaded now. Every test begins with the core,
 * and starting modprobe takes longer than the rest of most tests.
 */
static int load_quickly(const char *name_and_parameters)
{
	size_t length = strcspn(name_and_parameters, " ");
	struct utsname kernel;
	char path[PATH_MAX];
	long error;
	int fd;

	uname(&kernel);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/%.*s.ko", kernel.release, (int)length,
		 name_and_parameters);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = syscall(SYS_finit_module, fd, name_and_parameters + length, 0) ? -errno : 0;
	close(fd);
	return error == -EEXIST ? 0 : (int)error;
}

int module_load(const char *name_and_parameters)
{
	int error = load_quickly(name_and_parameters);

	/* It is not ours, or needs another module first. */
	return error == -ENOENT ? run("modprobe %s", name_and_parameters) : error;
}

static bool driver_exists(const char *name)
{
	char pattern[128];
	glob_t files;
	bool found;

	snprintf(pattern, sizeof(pattern), "/sys/bus/*/drivers/%s", name);
	found = !glob(pattern, 0, NULL, &files);
	globfree(&files);
	return found;
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

int module_unload(const char *name)
{
	char underscores[64];
	int error;

	snprintf(underscores, sizeof(underscores), "%s", name);
	for (char *c = underscores; (c = strchr(c, '-'));)
		*c = '_';
	/* A process that just ended may hold it for a moment. */
	WAIT_UNTIL((error = unload(underscores)) != EAGAIN, 100);
	if (error)
		return error;
	/* A debug kernel releases drivers late, and their names are taken until then. */
	WAIT_UNTIL(!driver_exists(name), 20000);
	return 0;
}

bool module_loaded(const char *name)
{
	char state[32];

	return !file_read(state, sizeof(state), "/sys/module/%s/initstate", name) &&
	       !strcmp(state, "live");
}

static uint64_t sequence_number(const char *path)
{
	char text[32];

	return file_read(text, sizeof(text), "%s", path) ? 0 : strtoull(text, NULL, 10);
}

void uevents_settle(void)
{
	uint64_t newest = sequence_number("/sys/kernel/uevent_seqnum");

	ck_assert(WAIT_UNTIL(sequence_number("/run/uevent_seqnum") >= newest, 30000));
}

void pci_wait_added(const char *address)
{
	/* Skip what was at this address before. */
	uevents_settle();
	ck_assert(WAIT_UNTIL(file_exists("/run/added-%s", address), 30000));
}

/* With native hot-plug the guest waits five seconds between the button and the removal. */
void pci_unplug(const char *id, const char *address)
{
	ck_assert(hostcall("device_del %s", id));
	ck_assert(WAIT_UNTIL(!file_exists("/sys/bus/pci/devices/%s", address), 30000));
}

static bool has_ids(const char *device_dir, uint16_t vendor, uint16_t device)
{
	char text[16];

	if (file_read(text, sizeof(text), "%s/vendor", device_dir) ||
	    strtoul(text, NULL, 16) != vendor)
		return false;
	return !file_read(text, sizeof(text), "%s/device", device_dir) &&
	       strtoul(text, NULL, 16) == device;
}

bool pci_find(uint16_t vendor, uint16_t device, int nth, char address[PCI_ADDRESS_SIZE])
{
	bool found = false;
	glob_t dirs;

	if (glob("/sys/bus/pci/devices/*", 0, NULL, &dirs))
		return false;
	for (size_t i = 0; i < dirs.gl_pathc && !found; i++) {
		if (!has_ids(dirs.gl_pathv[i], vendor, device) || nth--)
			continue;
		snprintf(address, PCI_ADDRESS_SIZE, "%s", strrchr(dirs.gl_pathv[i], '/') + 1);
		found = true;
	}
	globfree(&dirs);
	return found;
}

const char *pci_driver(const char *address)
{
	static char target[PATH_MAX];
	char link[128];
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/driver", address);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return "";
	target[length] = '\0';
	return strrchr(target, '/') + 1;
}

uint16_t pci_command_register(const char *address)
{
	char path[64];
	uint16_t value;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(pread(fd, &value, sizeof(value), PCI_COMMAND), sizeof(value));
	close(fd);
	return value;
}

bool file_exists(const char *path_format, ...)
{
	char path[PATH_MAX];

	FORMAT(path, path_format);
	return !access(path, F_OK);
}

char hostcall_answer[4096];

static ssize_t read_line(int fd, char *line, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t got = read(fd, line + length, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || line[length] == '\n')
			break;
		length++;
	}
	line[length] = '\0';
	return length;
}

bool hostcall(const char *format, ...)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	char request[1024];
	bool ok;
	int fd;

	FORMAT(request, format);
	pthread_mutex_lock(&one_at_a_time);
	fd = open("/dev/ttyS2", O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* No assertion: the harness calls this between tests. */
	strcpy(hostcall_answer, "error /dev/ttyS2 cannot be opened");
	if (fd >= 0) {
		dprintf(fd, "%s\n", request);
		read_line(fd, hostcall_answer, sizeof(hostcall_answer));
		close(fd);
	}
	ok = !strncmp(hostcall_answer, "ok", 2);
	if (!ok)
		fprintf(stderr, "hostcall %s: %s\n", request, hostcall_answer);
	pthread_mutex_unlock(&one_at_a_time);
	return ok;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

void sleep_ms(unsigned int milliseconds)
{
	const struct timespec pause = { milliseconds / 1000, milliseconds % 1000 * 1000000l };

	nanosleep(&pause, NULL);
}

bool kernel_at_least(int major, int minor)
{
	struct utsname name;
	int running_major, running_minor;

	uname(&name);
	ck_assert_int_eq(sscanf(name.release, "%d.%d", &running_major, &running_minor), 2);
	return running_major > major || (running_major == major && running_minor >= minor);
}

bool kernel_is_rt(void)
{
	struct utsname name;

	uname(&name);
	return strstr(name.version, "PREEMPT_RT");
}

bool kernel_is_debug(void)
{
	return getenv("KPLUG_DEBUG_KERNEL") != NULL;
}

int rounds(int count)
{
	return kernel_is_debug() ? (count + 4) / 5 : count;
}

bool machine_is_x86(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return true;
#else
	return false;
#endif
}

bool machine_has_isa(void)
{
	return machine_is_x86();
}

void isa_needed(void)
{
	if (!machine_has_isa())
		test_skip("not on this machine: it has no ISA bus");
}

void firmware_needed(const char *name)
{
	if (!file_exists("/sys/bus/platform/devices/%s", name))
		test_skip("not on this machine: its firmware has no such device");
}

bool leg_is(const char *name)
{
	const char *leg = getenv("KPLUG_LEG");

	return leg && !strcmp(leg, name);
}
