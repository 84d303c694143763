// SPDX-License-Identifier: MIT
/* kplug latency: moves a PCI function between drivers through sysfs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "latency.h"

int latency_unavailable(struct latency_path *path, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(path->why, sizeof(path->why), format, args);
	va_end(args);
	return -1;
}

int latency_pci_path(char *out, size_t size, const char *address, const char *name)
{
	return snprintf(out, size, "/sys/bus/pci/devices/%s/%s", address, name);
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* The driver that has the device; empty for none. */
static void bound_driver(const char *address, char *driver, size_t size)
{
	char path[160], target[256];
	ssize_t n;

	latency_pci_path(path, sizeof(path), address, "driver");
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	snprintf(driver, size, "%s", n < 0 ? "" : basename(target));
}

/* "0x1234:0x11e8" */
int latency_pci_ids(const char *address, char *ids, size_t size)
{
	char path[160], vendor[16], device[16];

	latency_pci_path(path, sizeof(path), address, "vendor");
	read_text(path, vendor, sizeof(vendor));
	latency_pci_path(path, sizeof(path), address, "device");
	read_text(path, device, sizeof(device));
	snprintf(ids, size, "%s:%s", vendor, device);
	return *vendor ? 0 : -ENODEV;
}

static void set_override(const char *address, const char *driver)
{
	char path[160];

	latency_pci_path(path, sizeof(path), address, "driver_override");
	write_text(path, *driver ? driver : "\n");
}

/* Gives the device to @driver, or to nobody for "". */
static int rebind(const char *address, const char *driver)
{
	char path[160], now[64];

	bound_driver(address, now, sizeof(now));
	if (!strcmp(now, driver))
		return 0;
	latency_pci_path(path, sizeof(path), address, "driver/unbind");
	write_text(path, address);
	if (!*driver)
		return 0;
	set_override(address, driver);
	write_text("/sys/bus/pci/drivers_probe", address);
	bound_driver(address, now, sizeof(now));
	return strcmp(now, driver) ? -ENODEV : 0;
}

/* Which driver had the device before. */
struct binding {
	char driver[64];
	char override[64];
};

static void save(const char *address, struct binding *binding)
{
	char path[160];

	bound_driver(address, binding->driver, sizeof(binding->driver));
	latency_pci_path(path, sizeof(path), address, "driver_override");
	read_text(path, binding->override, sizeof(binding->override));
	if (!strcmp(binding->override, "(null)"))
		binding->override[0] = '\0';
}

static void restore(const char *address, const struct binding *binding)
{
	rebind(address, binding->driver);
	set_override(address, binding->override);
}

static pid_t worker;

static void pass_on(int signal)
{
	kill(worker, signal);
}

static int wait_for_worker(void)
{
	int status;

	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void latency_pci_guard(const char *address)
{
	const struct sigaction action = { .sa_handler = pass_on };
	struct binding before;
	int status;

	save(address, &before);
	worker = fork();
	/* Where a shell has us ignore it in the background, the guard does not. */
	if (!worker)
		signal(SIGINT, SIG_DFL);
	/* Without a guard it is no worse than one that is killed. */
	if (worker <= 0)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	status = wait_for_worker();
	restore(address, &before);
	exit(status);
}

int latency_pci_bind(struct latency_path *path, const char *driver)
{
	char dir[160];

	if (path->device->soft)
		return latency_unavailable(path, "it has no hardware");
	snprintf(dir, sizeof(dir), "/sys/bus/pci/drivers/%s", driver);
	if (access(dir, F_OK))
		return latency_unavailable(path, "the driver %s is not loaded", driver);
	if (rebind(path->device->address, driver))
		return latency_unavailable(path, "%s does not take this device (see the kernel log)",
					   driver);
	return 0;
}

static void pin(const char *irq)
{
	char path[300];

	snprintf(path, sizeof(path), "/proc/irq/%s/smp_affinity_list", irq);
	write_text(path, LATENCY_CPU);
}

/* Lets the device's armed interrupt come to the CPU that raises it. Best effort: not every interrupt can move. */
void latency_pci_pin(const char *address)
{
	char path[160], irq[32];
	struct dirent *entry;
	DIR *dir;

	latency_pci_path(path, sizeof(path), address, "irq");
	read_text(path, irq, sizeof(irq));
	pin(irq);
	latency_pci_path(path, sizeof(path), address, "msi_irqs");
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			pin(entry->d_name);
	closedir(dir);
}

void latency_acknowledge(const struct latency_path *path)
{
	if (!path->device->no_status)
		*path->ack = *path->status;
}

/* So much of the region that it holds all three registers. */
size_t latency_map_length(const struct latency_device *device)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), last = device->raise;

	last = device->status > last ? device->status : last;
	last = device->ack > last ? device->ack : last;
	return (last / page + 1) * page;
}

void latency_map_registers(struct latency_path *path, volatile void *region)
{
	volatile char *base = region;

	path->raise = (volatile uint32_t *)(base + path->device->raise);
	path->status = (volatile uint32_t *)(base + path->device->status);
	path->ack = (volatile uint32_t *)(base + path->device->ack);
}
