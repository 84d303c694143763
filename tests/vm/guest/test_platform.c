// SPDX-License-Identifier: MIT
// Platform devices: ports and memory of the firmware, memory and a level line of a test board.
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <kplug_board.h>

#define FW_CFG "QEMU0002:00"
#define HPET   "PNP0103:00"

static void platform_bind(const char *name)
{
	if (strcmp(name, BOARD) != 0)
		firmware_needed(name);
	OK(file_write("kplug", "/sys/bus/platform/devices/%s/driver_override", name));
	OK(file_write(name, "/sys/bus/platform/drivers/kplug/bind"));
	OK(file_write("\n", "/sys/bus/platform/devices/%s/driver_override", name));
	ck_assert_str_eq(platform_driver(name), "kplug");
}

static int platform_unbind(const char *name)
{
	return file_write(name, "/sys/bus/platform/devices/%s/driver/unbind", name);
}

/* An edu device that the test board presents as a platform device. */
static struct kplug *board_open(void)
{
	struct kplug *board;

	core_start();
	OK(module_load("kplug_board"));
	platform_bind(BOARD);
	board = device_open(BOARD);
	OK(kplug_map(board, EDU_REGION));
	return board;
}

/* Selector and data of QEMU's configuration device, docs/specs/fw_cfg.rst: ports at 0x510. */
TEST(platform, ports)
{
	struct kplug_region_info region;
	struct kplug_device_info info;
	char signature[5] = "";
	struct kplug *fw;
	uint64_t byte;

	core_start();
	platform_bind(FW_CFG);
	ck_assert(file_exists("/dev/kplug/" FW_CFG));
	OK(run("grep 'kplug$' /proc/ioports"));
	fw = device_open(FW_CFG);
	info = device_info(fw);
	ck_assert_int_eq(info.out_bus, KPLUG_BUS_PLATFORM);
	ck_assert_int_eq(info.out_vectors, 0);
	ck_assert_str_eq(info.out_name, FW_CFG);
	OK(kplug_region_info(fw, 0, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_PORT);
	ck_assert_uint_eq(region.out_length, 12);
	OK(kplug_access_write(fw, 0, 0, 2, 0));
	for (int i = 0; i < 4; i++) {
		OK(kplug_access_read(fw, 0, 1, 1, &byte));
		signature[i] = byte;
	}
	ck_assert_str_eq(signature, "QEMU");
	ck_assert_int_eq(kplug_attach(fw, 0, &(struct kplug_handler){ 0 }), -ENOENT);
	ck_assert_int_eq(kplug_map(fw, 0), -EOPNOTSUPP);
	kplug_close(fw);
	OK(platform_unbind(FW_CFG));
	ck_assert(!file_exists("/dev/kplug/" FW_CFG));
	OK(run("! grep 'kplug$' /proc/ioports"));
}

/* Its registers are a part of a page. */
TEST(platform, memory)
{
	struct kplug_region_info region;
	struct kplug *hpet;
	uint64_t id;

	core_start();
	platform_bind(HPET);
	hpet = device_open(HPET);
	OK(kplug_region_info(hpet, 0, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_MEM);
	ck_assert_uint_eq(region.out_length, 0x400);
	OK(kplug_access_read(hpet, 0, 0, 4, &id));
	ck_assert_uint_eq(id >> 16, 0x8086);
	ck_assert_int_eq(kplug_access_read(hpet, 0, 0x400, 4, &id), -EINVAL);
	ck_assert_int_eq(kplug_map(hpet, 0), -EOPNOTSUPP);
}

TEST(platform, board)
{
	struct kplug_region_info region;
	struct kplug *board = board_open();

	ck_assert_int_eq(device_info(board).out_vectors, 1);
	OK(kplug_region_info(board, EDU_REGION, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_MEM | KPLUG_REGION_MMAP);
	ck_assert_uint_eq(region.out_length, 1 << 20);
	ck_assert_uint_eq(kplug_read32(kplug_io_user(board), EDU_REGION, EDU_ID) & EDU_ID_MASK,
			  EDU_ID_VALUE);
	OK(run("grep 'kplug$' /proc/iomem"));
	for (int mode = KPLUG_IRQ_INTX; mode < KPLUG_IRQ_WIRED; mode++)
		ck_assert_int_eq(kplug_irq_mode(board, mode, 0), -EOPNOTSUPP);
	ck_assert_int_eq(kplug_irq_mode(board, KPLUG_IRQ_WIRED, 1), 1);
}

/* A level line, with the unchanged handlers of edu. */
TEST(platform, interrupt, .variants = VARIANTS("user", "recipe", "plugin"))
{
	struct kplug *board = board_open();
	struct kplug_vector_info info;
	struct kplug_event event;

	ck_assert_int_ge(kplug_attach(board, 0, edu_handler_of(variant)), 0);
	OK(run("grep 'kplug:" BOARD ".0.$' /proc/interrupts"));
	for (unsigned int i = 1; i <= 100; i++) {
		edu_raise(board, i);
		event = next_event(board);
		ck_assert_uint_eq(event.data[0], i);
		ck_assert_uint_eq(event.seq, i - 1);
	}
	info = vector_info(board, 0);
	ck_assert_uint_eq(info.out_handled, 100);
	ck_assert_uint_eq(info.out_posted, 100);
	ck_assert_uint_eq(info.out_raised, 100);
	OK(kplug_detach(board, 0));
	OK(run("! grep 'kplug:" BOARD ".0.$' /proc/interrupts"));
}

/*
 * Without a handler the line is masked where it arrives, until the program has served the device.
 */
TEST(platform, masked_on_rung_0)
{
	struct kplug *board = board_open();

	OK(kplug_attach(board, 0, &(struct kplug_handler){ 0 }));
	for (unsigned int i = 1; i <= 20; i++) {
		edu_raise(board, 1);
		next_event(board);
		ck_assert(vector_info(board, 0).out_flags & KPLUG_VECTOR_MASKED);
		edu_raise(board, 2);
		no_event(board);
		if (i % 2)
			edu_ack(board);
		OK(kplug_unmask(board, 0));
		if (i % 2)
			continue;
		next_event(board); /* it was not served */
		edu_ack(board);
		OK(kplug_unmask(board, 0));
	}
	no_event(board);
	ck_assert(!(vector_info(board, 0).out_flags & KPLUG_VECTOR_MASKED));
	ck_assert_uint_eq(vector_info(board, 0).out_raised, 30);
}

/* A line of another driver is not shared: the controller would mask it for both. */
TEST(platform, line_of_another)
{
	struct kplug *board = board_open(), *edu = edu_open(EDU1, "intx");

	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	ck_assert_int_eq(kplug_attach(board, 0, edu_handler_of("recipe")), -EBUSY);
	edu_raise(edu, 5);
	ck_assert_uint_eq(next_event(edu).data[0], 5);
	OK(kplug_detach(edu, 0));
	ck_assert_int_ge(kplug_attach(board, 0, edu_handler_of("recipe")), 0);
	ck_assert_int_eq(kplug_attach(edu, 0, edu_handler_of("recipe")), -EBUSY);
	edu_raise(board, 6);
	ck_assert_uint_eq(next_event(board).data[0], 6);
}

TEST(platform, claimed)
{
	core_start();
	device_bind(EDU2);
	OK(module_load("kplug_board"));
	OK(file_write("kplug", "/sys/bus/platform/devices/" BOARD "/driver_override"));
	ck_assert_int_eq(file_write(BOARD, "/sys/bus/platform/drivers/kplug/bind"), -EBUSY);
	ck_assert_str_eq(platform_driver(BOARD), "");
	/* A debug kernel releases them late. */
	ck_assert(WAIT_UNTIL(objects_live("device") == 1, 20000));
	device_unbind(EDU2);
	OK(file_write(BOARD, "/sys/bus/platform/drivers/kplug/bind"));
	/* And the other way round. */
	OK(file_write("kplug", "/sys/bus/pci/devices/" EDU2 "/driver_override"));
	ck_assert_int_eq(file_write(EDU2, "/sys/bus/pci/drivers/kplug/bind"), -EBUSY);
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU2 "/driver_override"));
}

/* The device goes: by a change of its driver, or with the module that made it. */
TEST(platform, removed_under_a_live_client, .smoke = true, .variants = VARIANTS("unbind", "vanish"),
     .timeout = 120)
{
	static const char *const rungs[] = { "user", "recipe", "plugin" };
	struct kplug_event event;
	struct kplug *board;
	uint64_t value;

	for (int i = 0; i < 6; i++) {
		board = board_open();
		ck_assert_int_ge(kplug_attach(board, 0, edu_handler_of(rungs[i % 3])), 0);
		edu_raise(board, 1);
		if (!strcmp(variant, "unbind"))
			OK(platform_unbind(BOARD));
		else
			OK(module_unload("kplug_board"));
		ck_assert(!file_exists("/dev/kplug/" BOARD));
		do {
			ck_assert_int_eq(kplug_wait(board, &event, 1, 10000 * MS), 1);
		} while (event.type != KPLUG_EVENT_REMOVED);
		ck_assert_int_eq(kplug_wait(board, &event, 1, -1), -ENODEV);
		ck_assert_int_eq(kplug_access_read(board, 0, 0, 4, &value), -ENODEV);
		ck_assert_uint_eq(kplug_read32(kplug_io_user(board), EDU_REGION, EDU_ID), ~0u);
		kplug_close(board);
	}
}

TEST(platform, bound_again_and_again)
{
	core_start();
	OK(module_load("kplug_board"));
	for (int i = 0; i < rounds(20); i++) {
		platform_bind(BOARD);
		platform_bind(FW_CFG);
		OK(platform_unbind(BOARD));
		OK(platform_unbind(FW_CFG));
	}
	ck_assert(WAIT_UNTIL(objects_live("device") == 0, 20000));
	OK(module_unload("kplug_board"));
}
