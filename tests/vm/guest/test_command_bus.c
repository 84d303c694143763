// SPDX-License-Identifier: MIT
// The kplug command and the library on platform and ISA devices.
#include "device.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kplug_board.h>

#define FW_CFG "QEMU0002:00"

/* The command ends with this code, and its output or error contains the regular expression. */
static void says(int code, const char *pattern, const char *command)
{
	ck_assert_int_eq(run("kplug %s > /tmp/said 2>&1", command), code);
	OK(run("cat /tmp/said; grep -qE -- '%s' /tmp/said", pattern));
}

static void parses(const char *command)
{
	static char text[65536];
	cJSON *json;

	OK(run("kplug %s --json > /tmp/json", command));
	OK(file_read(text, sizeof(text), "/tmp/json"));
	json = cJSON_ParseWithOpts(text, NULL, true);
	ck_assert_msg(json != NULL, "kplug %s: %s", command, text);
	cJSON_Delete(json);
}

TEST(command_bus, isa)
{
	core_start();
	uart_release();
	says(0, "isa-2e8: declared", "isa-add --port 0x2e8+8 --irq 6");
	says(0, "isa-2e8 +isa ", "list");
	says(0, "device +isa-2e8 .isa.", "info isa-2e8");
	says(0, "region 0 ports, 0x8 bytes$", "info isa-2e8");
	OK(run("kplug write isa-2e8 0:7:1=0x5a"));
	says(0, "^0:7:1 = 0x5a$", "read isa-2e8 0:7:1");
	/*
	 * In loopback mode, the byte that is sent interrupts, and is the status that the recipe
	 * reads.
	 */
	OK(run("kplug write isa-2e8 0:1:1=0 0:3:1=3 0:2:1=7 0:4:1=0x10 0:1:1=1"));
	says(0, "^2: vector 0 .* 0x5$",
	     "irq isa-2e8 --status 0:0:1 --ack 0:7:1 --raise 0:0:1=5 --count 3");
	says(0, "vectors +1, wired", "info isa-2e8");
	says(0, "isa-2e8: removed", "isa-del isa-2e8");
	says(1, "no such device", "isa-del isa-2e8");
	says(0, "isa-adc: declared", "isa-add --mem 0xd0000+0x1000 --port 0x300+16 --name isa-adc");
	says(0, "region 0 memory, 0x1000 bytes, mappable", "info isa-adc");
	says(0, "region 1 ports, 0x10 bytes", "info isa-adc");
	says(0, "removed", "isa-del isa-adc");
}

TEST(command_bus, isa_claimed)
{
	isa_needed();
	core_start();
	says(1, "port 0x70.0x2 is in use by rtc0", "isa-add --port 0x70+2");
	says(1, "port 0x3f8.0x8 is in use by serial", "isa-add --port 0x300+8 --port 0x3f8+8");
	says(1, "memory 0xf0000.0x1000 is in use by System ROM", "isa-add --mem 0xf0000+0x1000");
	says(1, "interrupt 8 is in use by rtc0", "isa-add --port 0x300+8 --irq 8");
	says(0, "declared", "isa-add --port 0x300+8");
	says(1, "the name is in use", "isa-add --port 0x310+8 --name isa-300");
	says(1, "port 0x304.0x1 is in use by isa-300", "isa-add --port 0x304+1");
	says(0, "removed", "isa-del isa-300");
}

TEST(command_bus, isa_refused)
{
	isa_needed();
	core_start();
	says(2, "which ports", "isa-add");
	says(2, "not START", "isa-add --port 0x300");
	says(2, "not START", "isa-add --port 0x300+0");
	says(2, "not START", "isa-add --port 0x300+x");
	says(2, "not START", "isa-add --mem +8");
	says(2, "not a line", "isa-add --port 0x300+8 --irq 16");
	says(2, "not a line", "isa-add --port 0x300+8 --irq 3x");
	says(2, "one range too many",
	     "isa-add -p 1+1 -p 1+1 -p 1+1 -p 1+1 -p 1+1 -p 1+1 -p 1+1 -p 1+1 -p 1+1");
	says(2, "which device", "isa-del");
	says(1, "refuses this", "isa-add --port 0x300+8 --name adc");
	says(1, "refuses this", "isa-add --port 0x300+8 --name \"isa-a irq=3\"");
	says(1, "refuses this", "isa-add --port 0xffff+2");
	says(1, "refuses this", "isa-add --mem 0x100000+0x1000");
	says(0, "Examples", "isa-add --help");
	OK(module_unload("kplug"));
	says(1, "modprobe kplug", "isa-del isa-300");
	says(0, "declared", "isa-add --port 0x300+8");
	says(0, "removed", "isa-del isa-300");
}

/* From its own driver, by library and command, and back. */
TEST(command_bus, bind_and_back)
{
	core_start();
	OK(module_load("kplug_board driver=1"));
	ck_assert_str_eq(platform_driver(BOARD), BOARD_DRIVER);
	OK(kplug_bind(BOARD));
	ck_assert_str_eq(platform_driver(BOARD), "kplug");
	ck_assert_int_eq(kplug_bind(BOARD), -EALREADY);
	OK(kplug_unbind(BOARD));
	ck_assert_str_eq(platform_driver(BOARD), BOARD_DRIVER);
	ck_assert_int_eq(kplug_unbind(BOARD), -ENOTCONN);
	says(0, "on kplug", "bind " BOARD);
	ck_assert_str_eq(platform_driver(BOARD), "kplug");
	says(0, "given back", "unbind " BOARD);
	ck_assert_str_eq(platform_driver(BOARD), BOARD_DRIVER);
	/* After a refusal by kplug, its own driver has it again. */
	device_bind(EDU2);
	ck_assert_int_eq(kplug_bind(BOARD), -EBUSY);
	ck_assert_str_eq(platform_driver(BOARD), BOARD_DRIVER);
}

TEST(command_bus, platform)
{
	firmware_needed(FW_CFG);
	core_start();
	says(0, FW_CFG " +platform .* - ", "list --all");
	says(1, "no device", "list " FW_CFG);
	says(0, "on kplug", "bind " FW_CFG);
	says(0, FW_CFG " +platform .* kplug ", "list");
	says(0, "device +" FW_CFG " .platform.", "info " FW_CFG);
	OK(run("kplug write " FW_CFG " 0:0:2=0"));
	says(0, "^0:1:1 = 0x51$", "read " FW_CFG " 0:1:1");
	says(0, "given back", "unbind " FW_CFG);
	ck_assert_str_eq(platform_driver(FW_CFG), "");
	says(1, "no such device", "bind QEMU0002:01");
	says(1, "kplug bind", "info " FW_CFG);
}

TEST(command_bus, board, .smoke = true)
{
	core_start();
	OK(module_load("kplug_board"));
	says(0, "on kplug", "bind " BOARD);
	says(0, "^3: vector 0 .* 0x5$",
	     "irq " BOARD " --status 0:0x24 --ack 0:0x64 --raise 0:0x60=5 --count 4");
	says(0, "given back", "unbind " BOARD);
	ck_assert_str_eq(platform_driver(BOARD), "");
	device_bind(EDU2);
	says(1, "it is in use", "bind " BOARD);
	ck_assert_str_eq(platform_driver(BOARD), "");
}

TEST(command_bus, scan)
{
	static const char *const names[] = { "isa-2e8", FW_CFG, EDU1, NULL0 };
	static const char *const buses[] = { "isa", "platform", "pci", "virtual" };
	struct kplug_found *found;
	int count, seen = 0;

	isa_needed();
	core_start();
	uart_release();
	OK(isa_add(UART_LINE));
	OK(kplug_bind(FW_CFG));
	device_bind(EDU1);
	OK(module_load("kplug_null"));
	count = kplug_scan(&found);
	for (int i = 0; i < count; i++)
		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			if (!strcmp(found[i].name, names[n])) {
				ck_assert_str_eq(found[i].bus, buses[n]);
				ck_assert(found[i].on_kplug);
				seen++;
			}
	ck_assert_int_eq(seen, ARRAY_SIZE(names));
	free(found);
}

TEST(command_bus, json_parses)
{
	isa_needed();
	firmware_needed(FW_CFG);
	core_start();
	parses("bind " FW_CFG);
	parses("isa-add --port 0x300+8");
	parses("list");
	parses("info " FW_CFG);
	parses("info isa-300");
	parses("isa-del isa-300");
	parses("unbind " FW_CFG);
}
