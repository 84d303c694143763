// SPDX-License-Identifier: MIT
// Devices for the suites that test kplug itself.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <glob.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"

#define CORE_PARAMETERS "/sys/module/kplug/parameters"
#define CORE_AT_FIRST   "/run/kplug-core" /* core_describe() as the core was loaded */

const struct kplug_handler null_plugin = { .plugin = "null" };
const struct kplug_handler edu_plugin = { .plugin = "edu" };
const struct kplug_handler odd_plugin = { .plugin = "odd" };
const struct kplug_handler ivshmem_plugin = { .plugin = "ivshmem" };

const struct kplug_step edu_recipe[4] = {
	KPLUG_READ32(EDU_REGION, EDU_IRQ_STATUS),
	KPLUG_NOT_MINE(0xffffffff, 0),
	KPLUG_WRITE_BACK32(EDU_REGION, EDU_IRQ_ACK, 0xffffffff, 0),
	KPLUG_CAPTURE(0xffffffff),
};

/* Every module of kplug except the core: plugins of any name. */
static void plugins_unload(void)
{
	glob_t modules;

	if (glob("/sys/module/kplug_*", 0, NULL, &modules))
		return;
	for (size_t i = 0; i < modules.gl_pathc; i++)
		module_unload(strrchr(modules.gl_pathv[i], '/') + 1);
	globfree(&modules);
}

/* Devices of the buses other than PCI. */
static void buses_release(void)
{
	glob_t names;

	if (!glob("/sys/class/kplug/isa-*", 0, NULL, &names))
		for (size_t i = 0; i < names.gl_pathc; i++)
			isa_del(strrchr(names.gl_pathv[i], '/') + 1);
	globfree(&names);
	if (!glob("/sys/bus/platform/drivers/kplug/*/driver_override", 0, NULL, &names))
		for (size_t i = 0; i < names.gl_pathc; i++) {
			char *name = strrchr(names.gl_pathv[i], '/');

			*name = '\0';
			name = strrchr(names.gl_pathv[i], '/') + 1;
			file_write("\n", "/sys/bus/platform/devices/%s/driver_override", name);
			file_write(name, "/sys/bus/platform/drivers/kplug/unbind");
		}
	globfree(&names);
}

/* Unbind from the core's own driver and from those of plugins. */
static void functions_unbind(void)
{
	glob_t functions;

	if (!glob("/sys/bus/pci/drivers/kplug*/????:??:??.?", 0, NULL, &functions))
		for (size_t i = 0; i < functions.gl_pathc; i++)
			device_unbind(strrchr(functions.gl_pathv[i], '/') + 1);
	globfree(&functions);
}

/* Try once more: the plugin of a device that was just plugged in may still be loading. */
static bool core_empty(void)
{
	functions_unbind();
	buses_release();
	plugins_unload();
	return objects_live("device") == 0 && objects_live("plugin") == 0;
}

static void core_clear(void)
{
	/* A debug kernel releases the devices late. */
	ck_assert(WAIT_UNTIL(core_empty(), 60000));
	objects_settle();
	objects_of_dma_settle();
}

static void core_load(void)
{
	OK(module_load("kplug"));
	/* A model's registers are as slow as its process, when the host is busy. */
	if (!model_is(""))
		OK(file_write("0", CORE_PARAMETERS "/handler_budget_us"));
}

/* The running suite and the core's parameters. */
static void core_describe(char *text, size_t size)
{
	size_t used = snprintf(text, size, "%s", test_suite());
	glob_t files;

	OK(glob(CORE_PARAMETERS "/*", 0, NULL, &files));
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char value[256];

		OK(file_read(value, sizeof(value), "%s", files.gl_pathv[i]));
		used += snprintf(text + used, size - used, " %s", value);
		ck_assert_uint_lt(used, size);
	}
	globfree(&files);
}

/*
 * Loading the core takes longer than most tests. The next test of a suite may have the same one,
 * if nothing of the last test is in it.
 */
static bool core_fits(void)
{
	char before[1024], now[1024];

	if (objects_live("pool") || objects_live("quarantine") ||
	    file_read(before, sizeof(before), CORE_AT_FIRST))
		return false;
	core_describe(now, sizeof(now));
	return !strcmp(now, before);
}

void core_start(void)
{
	char state[1024];

	if (module_loaded("kplug")) {
		test_notes->left_over = true;
		core_clear();
		if (!core_fits())
			ck_assert(WAIT_UNTIL(core_empty() && !module_unload("kplug"), 60000));
		test_notes->left_over = false;
	}
	/* A test that had it off may have ended early. */
	OK(file_write("1", "/sys/bus/pci/drivers_autoprobe"));
	if (module_loaded("kplug"))
		return;
	core_load();
	core_describe(state, sizeof(state));
	OK(run("printf '%%s' '%s' > " CORE_AT_FIRST, state));
}

/* The registers of TESTDEV are bytes, and the memory of IVSHMEM is RAM. */
static void permit_all_widths(const char *address)
{
	const unsigned int all = KPLUG_WIDTH_8 | KPLUG_WIDTH_16 | KPLUG_WIDTH_32 | KPLUG_WIDTH_64;

	if (!strcmp(address, TESTDEV))
		OK(kplug_set_widths(address, 0, all));
	else if (!strcmp(address, IVSHMEM))
		OK(kplug_set_widths(address, IVSHMEM_MEMORY, all));
}

void device_bind(const char *address)
{
	if (!strncmp(pci_driver(address), "kplug", 5)) {
		/* A plugin may also be about to. */
		ck_assert(WAIT_UNTIL(file_exists("/dev/kplug/%s", address), 30000));
		return;
	}
	/* A failed test may have left another one there. */
	if (*pci_driver(address))
		device_unbind(address);
	OK(file_write("kplug", "/sys/bus/pci/devices/%s/driver_override", address));
	OK(file_write(address, "/sys/bus/pci/drivers/kplug/bind"));
	/* Remove it for the sake of later tests. */
	OK(file_write("\n", "/sys/bus/pci/devices/%s/driver_override", address));
	permit_all_widths(address);
}

void device_unbind(const char *address)
{
	OK(file_write(address, "/sys/bus/pci/devices/%s/driver/unbind", address));
}

int isa_add(const char *line)
{
	return file_write(line, "/sys/class/kplug/isa_add");
}

int isa_del(const char *name)
{
	return file_write(name, "/sys/class/kplug/isa_del");
}

/* The firmware lists the UART as a COM port, so the kernel's driver has it. */
void uart_release(void)
{
	char text[256];
	glob_t files;

	isa_needed();
	ck_assert_int_eq(glob("/sys/bus/pnp/drivers/serial/*/resources", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		char *name = files.gl_pathv[i];

		OK(file_read(text, sizeof(text), "%s", name));
		if (!strstr(text, "io 0x2e8-"))
			continue;
		*strrchr(name, '/') = '\0';
		OK(file_write(strrchr(name, '/') + 1, "/sys/bus/pnp/drivers/serial/unbind"));
	}
	globfree(&files);
}

struct kplug *uart_open(void)
{
	uart_release();
	OK(isa_add(UART_LINE));
	return device_open(UART);
}

const char *platform_driver(const char *name)
{
	static char driver[256];
	char path[128];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/platform/devices/%s/driver", name);
	length = readlink(path, driver, sizeof(driver) - 1);
	driver[length < 0 ? 0 : length] = '\0';
	return strrchr(driver, '/') ? strrchr(driver, '/') + 1 : "";
}

struct kplug *device_open_ring(const char *name, unsigned int entries)
{
	const struct kplug_opts opts = { .flags = entries ? 0 : KPLUG_OPEN_NO_RING,
					 .ring_entries = entries };
	struct kplug *k;

	OK(kplug_open(&k, name, &opts));
	return k;
}

struct kplug *device_open(const char *name)
{
	return device_open_ring(name, KPLUG_RING_DEFAULT);
}

void capability_set(int capability, bool on)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	uint32_t bit = 1u << capability % 32, *effective = &data[capability / 32].effective;

	OK(syscall(SYS_capget, &header, data));
	*effective = on ? *effective | bit : *effective & ~bit;
	OK(syscall(SYS_capset, &header, data));
}

struct kplug *device_open_restricted(const char *name)
{
	struct kplug *k;

	capability_set(CAP_SYS_RAWIO, false);
	k = device_open(name);
	capability_set(CAP_SYS_RAWIO, true);
	ck_assert(!(device_info(k).out_flags & KPLUG_DEVICE_TRUSTED));
	return k;
}

/* A new user: memory that an earlier test has lost stays charged to the user of that test. */
void memlock_limit(size_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	OK(setresuid(100000 + getpid(), 0, 0));
	OK(setrlimit(RLIMIT_MEMLOCK, &limit));
	capability_set(CAP_IPC_LOCK, false);
}

int command(struct kplug *k, unsigned long request, void *argument)
{
	int result = ioctl(kplug_fd(k), request, argument);

	return result < 0 ? -errno : result;
}

struct kplug_device_info device_info(struct kplug *k)
{
	struct kplug_device_info info;

	OK(kplug_info(k, &info));
	return info;
}

struct kplug_vector_info vector_info(struct kplug *k, unsigned int vector)
{
	struct kplug_vector_info info;

	OK(kplug_vector_info(k, vector, &info));
	return info;
}

struct kplug *edu_open(const char *address, const char *mode)
{
	struct kplug *edu;

	device_bind(address);
	edu = device_open(address);
	OK(kplug_map(edu, EDU_REGION));
	if (mode)
		ck_assert_int_eq(
			kplug_irq_mode(
				edu, !strncmp(mode, "intx", 4) ? KPLUG_IRQ_INTX : KPLUG_IRQ_MSI, 0),
			1);
	return edu;
}

void edu_raise(struct kplug *edu, uint32_t bits)
{
	kplug_write32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_RAISE, bits);
}

void edu_ack(struct kplug *edu)
{
	kplug_write32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_ACK, ~0u);
}

const struct kplug_handler *edu_handler_of(const char *variant)
{
	static const struct kplug_handler user = { .user = edu_handler };
	static const struct kplug_handler recipe = { .steps = edu_recipe,
						     .num_steps = ARRAY_SIZE(edu_recipe) };

	if (strstr(variant, "user"))
		return &user;
	return strstr(variant, "recipe") ? &recipe : &edu_plugin;
}

void edu_check_interrupt(struct kplug *edu, uint32_t bits)
{
	struct kplug_event event;

	edu_raise(edu, bits);
	event = next_event(edu);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.data[0], bits);
}

struct kplug *null_open(unsigned int entries)
{
	struct kplug *null;

	if (!module_loaded("kplug_null"))
		OK(module_load("kplug_null"));
	null = device_open_ring(NULL0, entries);
	ck_assert_int_eq(kplug_attach(null, KPLUG_NO_VECTOR, &null_plugin), KPLUG_HANDLER_PLUGIN);
	return null;
}

void null_fire(struct kplug *null, unsigned int vector, unsigned int count)
{
	const struct null_fire fire = { .vector = vector, .count = count };

	OK(kplug_call(null, NULL_CALL_FIRE, &fire, sizeof(fire), NULL, 0));
}

int null_call_u32(struct kplug *null, unsigned int cmd, uint32_t value)
{
	return kplug_call(null, cmd, &value, sizeof(value), NULL, 0);
}

void *odd_sleep(void *odd)
{
	return (void *)(intptr_t)kplug_call(odd, ODD_CALL_SLEEP, NULL, 0, NULL, 0);
}

unsigned int odd_parameter(const char *name)
{
	char text[16];

	OK(file_read(text, sizeof(text), "/sys/module/kplug_odd/parameters/%s", name));
	return strtoul(text, NULL, 10);
}

unsigned int odd_sleepers(void)
{
	return odd_parameter("sleepers");
}

void odd_wake(void)
{
	OK(file_write("1", "/sys/module/kplug_odd/parameters/wake"));
}

struct kplug_event next_event(struct kplug *k)
{
	struct kplug_event event;

	ck_assert_int_eq(kplug_wait(k, &event, 1, 10000 * MS), 1);
	return event;
}

void check_eventfd(int fd, uint64_t expected)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	uint64_t total = 0;

	while (total < expected && poll(&readable, 1, 10000) == 1) {
		eventfd_t count;

		OK(eventfd_read(fd, &count));
		total += count;
	}
	ck_assert_uint_eq(total, expected);
}

void no_event(struct kplug *k)
{
	struct kplug_event event;

	ck_assert_int_eq(kplug_wait(k, &event, 1, 20 * MS), 0);
}
