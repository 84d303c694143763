// SPDX-License-Identifier: MIT
// Operations of failnth: devices that come and go, and the files of an administrator.
#define _GNU_SOURCE
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLASS   "/sys/class/kplug/"
#define DRIVERS "/sys/bus/pci/drivers/"
#define DEVICES "/sys/bus/pci/devices/"
#define BARE    "/dev/kplug_bare"
#define BOARDS  "/sys/bus/platform/drivers/kplug/"

void operation_enable(const char *address)
{
	char text[16];

	OK(file_read(text, sizeof(text), DEVICES "%s/enable", address));
	if (!strtol(text, NULL, 10))
		OK(file_write("1", DEVICES "%s/enable", address));
}

static void unbound(const char *address)
{
	if (*pci_driver(address))
		device_unbind(address);
	operation_enable(address);
}

static void bind_with(const char *address, const char *driver)
{
	unbound(address);
	OK(file_write(driver, DEVICES "%s/driver_override", address));
}

/* Back to the core's own driver, as the other operations expect it. */
static void bound(const char *address)
{
	if (strcmp(pci_driver(address), "kplug")) {
		unbound(address);
		OK(file_write("kplug", DEVICES "%s/driver_override", address));
		OK(file_write(address, DRIVERS "kplug/bind"));
	}
	OK(file_write("\n", DEVICES "%s/driver_override", address));
}

static void edu_unbound(void)
{
	bind_with(EDU1, "kplug");
}

static int edu_bind(void)
{
	return file_write(EDU1, DRIVERS "kplug/bind");
}

static void edu_bound(void)
{
	bound(EDU1);
}

static void edu_bound_again(void)
{
	unbound(EDU1);
	bound(EDU1);
}

static int edu_unbind(void)
{
	return file_write(EDU1, DRIVERS "kplug/unbind");
}

/* A client has the device in use. */
static void edu_busy(void)
{
	edu_bound_again();
	subject.k = operation_open(EDU1, O_RDWR);
	ck_assert_int_ge(subject.k, 0);
	ISSUE(RING, kplug_ring, .entries = 64);
	ISSUE(ARM, kplug_arm, .handler = KPLUG_HANDLER_USER);
	subject.fd = ISSUE(DMA_BUFFER, kplug_dma_buffer_make, .source = KPLUG_DMA_BUFFER_CONTIGUOUS,
			   .length = 4096)
			     .out_fd;
	ISSUE(DMA_MAP, kplug_dma_map, .fd = subject.fd);
}

static void edu_auto(void)
{
	bind_with(EDU1, "\n");
}

static int edu_bind_auto(void)
{
	return file_write(EDU1, DRIVERS "kplug_edu/bind");
}

static void nvme_unbound(void)
{
	bind_with(NVME, "kplug");
}

static int nvme_bind(void)
{
	return file_write(NVME, DRIVERS "kplug/bind");
}

static void nvme_bound(void)
{
	bound(NVME);
}

static void nvme_pool(void)
{
	OK(file_write("4x64K,1x1M", "/sys/module/kplug/parameters/pool"));
	nvme_unbound();
}

static void nvme_no_pool(void)
{
	OK(file_write("\n", "/sys/module/kplug/parameters/pool"));
	unbound(NVME);
	bound(NVME);
}

static void ivshmem_unbound(void)
{
	bind_with(IVSHMEM, "kplug");
}

static int ivshmem_bind(void)
{
	return file_write(IVSHMEM, DRIVERS "kplug/bind");
}

static void ivshmem_bound(void)
{
	bound(IVSHMEM);
}

static void bare_unbound(void)
{
	OK(file_write("0x24", "/sys/module/kplug_bare/parameters/status"));
	OK(file_write("0x64", "/sys/module/kplug_bare/parameters/ack"));
	bind_with(EDU1, "kplug_bare");
}

static int bare_bind(void)
{
	return file_write(EDU1, DRIVERS "kplug_bare/bind");
}

static void bare_bound(void)
{
	bare_unbound();
	OK(bare_bind());
}

static int bare_open(void)
{
	int fd = open(BARE, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : close(fd);
}

static bool board_is_bound(void)
{
	return *platform_driver(BOARD_CARD);
}

static void board_unbound(void)
{
	if (board_is_bound())
		OK(file_write(BOARD_CARD, BOARDS "unbind"));
}

static int board_bind(void)
{
	return file_write(BOARD_CARD, BOARDS "bind");
}

static void card_gone(void)
{
	isa_del(UART);
}

static int card_add(void)
{
	return isa_add(UART_LINE);
}

static void card_there(void)
{
	if (!file_exists(CLASS UART))
		OK(isa_add(UART_LINE));
}

static int card_del(void)
{
	return isa_del(UART);
}

static void plugin_none(void)
{
	char name[64];

	OK(file_read(name, sizeof(name), CLASS EDU1 "/plugin"));
	if (strcmp(name, "none"))
		OK(file_write("none", CLASS EDU1 "/plugin"));
}

static int plugin_write(void)
{
	return file_write("edu", CLASS EDU1 "/plugin");
}

static void plugin_edu(void)
{
	plugin_none();
	OK(plugin_write());
}

static int plugin_remove(void)
{
	return file_write("none", CLASS EDU1 "/plugin");
}

static int grant_write(void)
{
	return file_write("uid:1000 unsafe", CLASS EDU1 "/grants");
}

static int widths_write(void)
{
	return file_write("0 8,32,64", CLASS EDU1 "/widths");
}

static void widths_reset(void)
{
	file_write("0 32,64", CLASS EDU1 "/widths");
}

static int grant_remove(void)
{
	return file_write("-uid:1000", CLASS EDU1 "/grants");
}

static void no_grant(void)
{
	grant_remove();
}

static void grant(void)
{
	OK(grant_write());
}

static void client(void)
{
	subject.fd = ISSUE(DEVICE_INFO, kplug_device_info).out_client;
}

static int client_revoke(void)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", subject.fd);
	return file_write(text, CLASS EDU1 "/revoke");
}

static int pool_write(void)
{
	return file_write("2x64K", "/sys/module/kplug/parameters/pool");
}

static void pool_reset(void)
{
	OK(file_write("\n", "/sys/module/kplug/parameters/pool"));
}

static int attributes_read(void)
{
	static const char *const names[] = { "plugin", "clients", "grants",     "irq_mode",
					     "bus",    "pool",    "quarantine", "widths" };
	char text[4096];
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(names); i++)
		err = file_read(text, sizeof(text), CLASS EDU1 "/%s", names[i]);
	return err;
}

/* Whether the node is where programs look for it. */
static bool opens(const char *device)
{
	const int fd = operation_open(device, O_RDWR);

	return fd >= 0 && !close(fd);
}

static bool edu_opens(void)
{
	return opens(EDU1);
}

static bool edu_has_no_node(void)
{
	return !file_exists("/dev/kplug/" EDU1) && !file_exists(CLASS EDU1);
}

static bool nvme_opens(void)
{
	return opens(NVME);
}

static bool ivshmem_opens(void)
{
	return opens(IVSHMEM);
}

static bool board_opens(void)
{
	return opens(BOARD_CARD);
}

static bool card_opens(void)
{
	return opens(UART);
}

static bool card_has_no_node(void)
{
	return !file_exists("/dev/kplug/" UART) && !file_exists(CLASS UART);
}

/*
 * The kernel says EBUSY too when it has no memory to note the owner of registers, early on. Most
 * allocations after that are alike, for files in sysfs; a disk has such files for 65 vectors.
 */
#define BUSY       .also = -EBUSY, .because = "documented for registers in use"
#define BINDS      .sparse = 31, BUSY
#define BINDS_DISK .sparse = 211, BUSY

const struct operation bus_operations[] = {
	{ "bind edu", .set_up = edu_unbound, .run = edu_bind, .works = edu_opens, .undo = edu_bound,
	  BINDS },
	{ "bind nvme", .set_up = nvme_unbound, .run = nvme_bind, .works = nvme_opens,
	  .undo = nvme_bound, BINDS_DISK },
	{ "bind nvme with a pool", .set_up = nvme_pool, .run = nvme_bind, .works = nvme_opens,
	  .undo = nvme_no_pool, BINDS_DISK },
	{ "bind ivshmem", .set_up = ivshmem_unbound, .run = ivshmem_bind, .works = ivshmem_opens,
	  .undo = ivshmem_bound, BINDS },
	{ "bind edu's plugin", .set_up = edu_auto, .run = edu_bind_auto, .works = edu_opens,
	  .undo = edu_bound, BINDS },
	{ "bind bare", .set_up = bare_unbound, .run = bare_bind, .undo = edu_bound, BINDS },
	{ "open bare", .set_up = bare_bound, .run = bare_open, .undo = edu_bound },
	{ "bind platform", .set_up = board_unbound, .run = board_bind, .works = board_opens,
	  BINDS },
	{ "isa_add", .set_up = card_gone, .run = card_add, .works = card_opens, BINDS },
	{ "isa_del", .set_up = card_there, .run = card_del, .works = card_has_no_node,
	  .undo = card_there },
	{ "unbind edu", .set_up = edu_bound_again, .run = edu_unbind, .works = edu_has_no_node,
	  .undo = edu_bound },
	{ "unbind edu busy", .set_up = edu_busy, .run = edu_unbind, .works = edu_has_no_node,
	  .undo = edu_bound },
	{ "attribute plugin", .set_up = plugin_none, .run = plugin_write, .undo = plugin_none },
	{ "attribute plugin none", .set_up = plugin_edu, .run = plugin_remove },
	{ "grants", .set_up = no_grant, .run = grant_write, .undo = no_grant },
	{ "widths", .run = widths_write, .undo = widths_reset },
	{ "grants removed", .set_up = grant, .run = grant_remove },
	FUNCTION("revoke", EDU1, "edu", client, client_revoke),
	{ "parameter pool", .run = pool_write, .undo = pool_reset },
	FUNCTION("attributes", EDU1, "edu", NULL, attributes_read),
	{ .name = NULL },
};
