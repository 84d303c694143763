// SPDX-License-Identifier: MIT
// What an administrator does to a device: a plugin for good, grants, revocation, widths, ISA cards.
#include "admin.h"

#include <errno.h>
#include <kplug_board.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "process.h"
#include "random.h"

#define CARD      "name=isa-2e8 port=0x2e8+8 irq=6"
#define LINE_SIZE 400
#define LAST_ID   4096

static int set_plugin(const char *device, enum device_type type)
{
	const char *name = chance(50) ? device_plugin(type) : chance(80) ? "none" : "\n";

	return file_write(name, "/sys/class/kplug/%s/plugin", device);
}

int admin_grant(const char *device)
{
	char line[32];

	snprintf(line, sizeof(line), "uid:%d unsafe", GRANTED_USER);
	return file_write(line, "/sys/class/kplug/%s/grants", device);
}

/* Its registers belong to a platform device. */
static bool is_board(const char *function)
{
	return !strcmp(function, BOARD_FUNCTION) &&
	       !access("/sys/bus/platform/devices/" BOARD, F_OK);
}

/* Granted again, since the grants belong to the device that went. */
void admin_bind(const char *function)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", function);
	if (!access(path, F_OK) || is_board(function))
		return;
	file_write(chance(90) ? "kplug" : "\n", "/sys/bus/pci/devices/%s/driver_override",
		   function);
	if (chance(90))
		file_write(function, "/sys/bus/pci/drivers_probe");
	else
		file_write(function, "/sys/bus/pci/drivers/kplug/bind");
	if (chance(60))
		admin_grant(function);
}

int admin_unbind(const char *function)
{
	return file_write(function, "/sys/bus/pci/devices/%s/driver/unbind", function);
}

int admin_take_away(const char *device, enum device_type type)
{
	if (type == ISA)
		return file_write(device, "/sys/class/kplug/isa_del");
	if (type == PLATFORM)
		return file_write(device, "/sys/bus/platform/drivers/kplug/unbind");
	return type < NULL_DEVICE ? admin_unbind(device) : -EOPNOTSUPP;
}

void admin_bring_back(const char *device, enum device_type type)
{
	if (type == ISA) {
		file_write(CARD, "/sys/class/kplug/isa_add");
	} else if (type == PLATFORM) {
		file_write("kplug", "/sys/bus/platform/devices/%s/driver_override", device);
		file_write(device, "/sys/bus/platform/drivers/kplug/bind");
	} else if (type < NULL_DEVICE) {
		admin_bind(device);
	}
}

static int change_grants(const char *device)
{
	static const char *const lines[] = {
		"gid:0 unsafe",
		"-gid:0",
		"uid:1",
		"-uid:1000",
		"-uid:1000",
		"uid:1000",
		"uid:1001 unsafe",
		"-uid:1001",
		"uid:",
		"gid:-1",
		"uid:1 safe",
		"-uid:1 unsafe",
		"",
		"uid:4294967295 unsafe",
		"0",
		"gid:99999999999",
		"uid:00000000000000000000000000000000000000000000000000000000001",
	};
	char line[32];

	if (chance(30))
		return admin_grant(device);
	if (chance(80))
		return file_write(pick(lines), "/sys/class/kplug/%s/grants", device);
	/* Up to the limit, and back again. */
	snprintf(line, sizeof(line), "%suid:%u unsafe", chance(40) ? "-" : "", 1000 + below(20));
	return file_write(line, "/sys/class/kplug/%s/grants", device);
}

/* revoke_client() - a client that "clients" lists, or one that is none */
static int revoke_client(const char *device)
{
	char text[2 * PAGE], number[32];
	unsigned int id = below(LAST_ID), wanted = below(8);
	char *line, *rest = text;

	if (file_read(text, sizeof(text), "/sys/class/kplug/%s/clients", device) < 0)
		return -1;
	while ((line = strsep(&rest, "\n")) && wanted--)
		sscanf(line, "%*d %*s %*s %u", &id);
	snprintf(number, sizeof(number), chance(95) ? "%u" : "%u x", id);
	return file_write(number, "/sys/class/kplug/%s/revoke", device);
}

/* Mostly more widths: fewer are refused while a program has a map. */
static int change_widths(const char *device)
{
	static const char *const lines[] = {
		"0 8,16,32,64",
		"0 8,16,32,64",
		"2 8,16,32,64",
		"0 32,64",
		"0 32",
		"1 8",
		"0 24",
		"0 8,",
		"0",
		"x 8",
		"9 8",
		"5 32",
		"0 128",
		"",
		"0 8,16,32,64,8,16,32,64,8,16,32,64",
	};

	return file_write(pick(lines), "/sys/class/kplug/%s/widths", device);
}

int admin_device(const char *device, enum device_type type)
{
	switch (below(5)) {
	case 0:
		return set_plugin(device, type);
	case 1:
		return revoke_client(device);
	case 2:
		return change_widths(device);
	default:
		return change_grants(device);
	}
}

static void declare_odd_card(void)
{
	static const char *const words[] = {
		"name=isa-2e8",
		"name=isa-x",
		"name=isa-y9",
		"port=0x2e8+8",
		"port=0x300+16",
		"port=0x2e8+4",
		"mem=0xd0000+4096",
		"mem=0xe8000+0x1000",
		"irq=6",
		"irq=5",
		"irq=2",
		"irq=16",
		"port=-1+8",
		"port=0xffff+2",
		"mem=0xa0000+0xffffffff",
		"port=0x2e8",
		"name=",
		"=",
		"",
		"name=isa-/",
		"port=0+0",
		"color=red",
		"mem=0xc8000+0x800",
		"name=isa-0123456789012345678901234567890123456789012345678901234567890123456789",
	};
	char line[LINE_SIZE] = "";
	size_t length = 0;

	for (unsigned int i = 1 + below(5); i; i--)
		length += snprintf(line + length, sizeof(line) - length, "%s%s",
				   length ? (chance(95) ? " " : "  ") : "", pick(words));
	if (chance(10) && length)
		line[below(length)] = 1 + below(255);
	file_write(line, "/sys/class/kplug/isa_add");
}

void admin_isa(void)
{
	static const char *const names[] = { "isa-2e8", "isa-2e8", "isa-2e8", "isa-x", "isa-" };

	if (chance(60)) {
		file_write(CARD, "/sys/class/kplug/isa_add");
		return;
	}
	if (chance(50)) {
		file_write(pick(names), "/sys/class/kplug/isa_del");
		return;
	}
	declare_odd_card();
	if (chance(80)) {
		file_write("isa-x", "/sys/class/kplug/isa_del");
		file_write("isa-y9", "/sys/class/kplug/isa_del");
	}
}
