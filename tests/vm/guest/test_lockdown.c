// SPDX-License-Identifier: MIT
// A kernel that is locked down: programs read registers, plugins change them. For good, so in a leg
// of its own.
#define _GNU_SOURCE
#include "command.h"
#include "device.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STATE      "/sys/kernel/security/lockdown"
#define CACHE_LINE 0x0c /* in configuration space: its size changes nothing */

static bool locked(void)
{
	char text[128];

	return !file_read(text, sizeof(text), STATE) && strstr(text, "[integrity]");
}

/* The modules are not signed, so they are loaded before. Once for all tests of the guest. */
static void start(void)
{
	char text[2048];

	OK(file_read(text, sizeof(text), "/proc/cmdline"));
	if (!strstr(text, "late_lockdown=integrity"))
		test_skip("needs the parameter late_lockdown=integrity");
	if (!file_exists(STATE))
		OK(run("mount -t securityfs none /sys/kernel/security"));
	if (locked())
		return;
	core_start();
	device_bind(EDU1);
	device_bind(EDU2);
	device_bind(TESTDEV);
	OK(module_load("kplug_edu"));
	OK(module_load("kplug_odd windows=1"));
	uart_release();
	OK(isa_add(UART_LINE));
	OK(kplug_attach_permanent(EDU2, "odd"));
	OK(file_write("integrity", STATE));
	ck_assert(locked());
}

static struct kplug *opened(const char *name)
{
	start();
	return device_open_ring(name, 0);
}

static void check_writes(struct kplug *k, unsigned int region, uint64_t offset, unsigned int width)
{
	struct kplug_transfer list[2] = {
		{ .op = KPLUG_TRANSFER_READ,
		  .region = region,
		  .width = width,
		  .count = 1,
		  .offset = offset },
		{ .op = KPLUG_TRANSFER_WRITE,
		  .region = region,
		  .width = width,
		  .count = 1,
		  .offset = offset,
		  .value = 1 },
	};
	uint64_t before, after;
	unsigned int done = 99;

	OK(kplug_access_read(k, region, offset, width, &before));
	ck_assert_int_eq(kplug_access_write(k, region, offset, width, 1), -EPERM);
	OK(kplug_transfer(k, list, 1, &done));
	ck_assert_int_eq(kplug_transfer(k, list, 2, &done), -EPERM);
	ck_assert_uint_eq(done, 1);
	ck_assert_int_eq(kplug_set_cleanup(k, &list[1], 1), -EPERM);
	if (region != KPLUG_CONFIG_REGION)
		ck_assert_int_eq(kplug_transfer_write(k, region, offset, width, "\1\0\0\0", 1, 0),
				 -EPERM);
	OK(kplug_access_read(k, region, offset, width, &after));
	ck_assert_uint_eq(before, after);
	kplug_close(k);
}

TEST(lockdown, writes)
{
	struct kplug *restricted;
	uint64_t value;

	check_writes(opened(EDU1), EDU_REGION, EDU_LIVENESS, 4);
	check_writes(opened(EDU1), KPLUG_CONFIG_REGION, CACHE_LINE, 1);
	check_writes(opened(TESTDEV), 1, 0, 1);
	check_writes(opened(UART), 0, 7, 1);
	/* A plugin's windows do not bypass the lockdown. */
	restricted = device_open_restricted(EDU2);
	OK(kplug_access_read(restricted, EDU_REGION, EDU_ID, 4, &value));
	ck_assert_uint_eq(value & EDU_ID_MASK, EDU_ID_VALUE);
	ck_assert_int_eq(kplug_access_write(restricted, EDU_REGION, EDU_LIVENESS, 4, 1), -EPERM);
}

static void check_maps(struct kplug *k)
{
	struct kplug_region_info info;

	OK(kplug_region_info(k, 0, &info));
	ck_assert_uint_eq(info.out_flags & (KPLUG_REGION_LOCKED | KPLUG_REGION_MMAP),
			  KPLUG_REGION_LOCKED);
	ck_assert_int_eq(kplug_region_ranges(k, 0, NULL, 0), 0);
	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(k), 0),
			 MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_ptr_eq(mmap(NULL, 4096, PROT_READ, MAP_SHARED, kplug_fd(k), 0), MAP_FAILED);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(kplug_map(k, 0), -EOPNOTSUPP);
}

TEST(lockdown, maps)
{
	struct kplug *edu = opened(EDU1);

	check_maps(edu);
	check_maps(device_open_restricted(EDU2));
	ck_assert_int_eq(kplug_dma_buffer_region(edu, 0, 0, 4096), -EPERM);
	/* All registers can still be read. */
	ck_assert_uint_eq(kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_ID) & EDU_ID_MASK,
			  EDU_ID_VALUE);
}

static unsigned int never(struct kplug_irq *irq)
{
	(void)irq;
	return KPLUG_NONE;
}

/* kplug_attach() refuses a handler that could not silence its device; a plugin's handler works. */
TEST(lockdown, handlers)
{
	const struct kplug_handler user = { .user = never };
	const struct kplug_handler writes = { .steps = edu_recipe,
					      .num_steps = ARRAY_SIZE(edu_recipe) };
	const struct kplug_handler reads = { .steps = edu_recipe, .num_steps = 2 };
	const char *const names[] = { EDU1, TESTDEV, UART };
	struct kplug *edu = opened(EDU1);
	uint32_t in = 5, out = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct kplug *k = device_open(names[i]);

		ck_assert_int_eq(kplug_attach(k, 0, &user), -EPERM);
		kplug_close(k);
	}
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_INTX, 1), 1);
	ck_assert_int_eq(kplug_attach(edu, 0, &writes), -EPERM);
	ck_assert_int_eq(kplug_attach(edu, 0, &reads), KPLUG_HANDLER_RECIPE);
	OK(kplug_detach(edu, 0));
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_call(edu, EDU_CALL_FACTORIAL, &in, sizeof(in), &out, sizeof(out)),
			 sizeof(out));
	ck_assert_uint_eq(out, 120);
	OK(kplug_detach(edu, 0));
}

static bool is_master(struct kplug *k)
{
	uint64_t value;

	OK(kplug_access_read(k, KPLUG_CONFIG_REGION, PCI_COMMAND, 2, &value));
	return value & PCI_COMMAND_MASTER;
}

static int map_buffer(struct kplug *k)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	int err;

	OK(kplug_dma_buffer_alloc(k, 4096, &buffer));
	err = kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping);
	kplug_dma_buffer_free(&buffer);
	return err ? err : kplug_dma_unmap(k, mapping.id);
}

/* Without a plugin and without an IOMMU, the engine's DMA could reach all memory. */
TEST(lockdown, mastery)
{
	const struct kplug_handler none = { 0 };
	struct kplug *edu = opened(EDU1);
	bool walled = leg_is("iommu");

	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 1), 1);
	ck_assert_int_eq(kplug_attach(edu, 0, &none), walled ? KPLUG_HANDLER_USER : -EPERM);
	ck_assert_int_eq(is_master(edu), walled);
	if (walled)
		OK(kplug_detach(edu, 0));
	ck_assert_int_eq(map_buffer(edu), walled ? 0 : -EPERM);
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert(is_master(edu));
	OK(map_buffer(edu));
	OK(kplug_detach(edu, 0));
	ck_assert(!is_master(edu));
}

/* None of the modules here is signed. */
TEST(lockdown, modules)
{
	start();
	REFUSES(1, "signed modules only.*docs/install.md", "kplug attach " EDU1 " null");
	REFUSES(1, "signed modules only", "kplug irq " EDU1 " --plugin null --count 1");
}

TEST(lockdown, isa_cards)
{
	start();
	ck_assert_int_eq(isa_add("name=isa-late port=0x240+8"), -EPERM);
	ck_assert_int_eq(isa_add("name=isa-late mem=0xd0000+0x1000"), -EPERM);
	ck_assert(!file_exists("/dev/kplug/isa-late"));
}
