// SPDX-License-Identifier: MIT
// The links of a device: its slot, serial number and ids, in a copy of sysfs.
#include "device/link.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static char root[] = "/tmp/kplug-unit-link-XXXXXX";

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
	char script[1024], line[1200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(script, sizeof(script), format, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "set -e; cd %s; %s", root, script);
	ck_assert_int_eq(system(line), 0);
}

static void add(const char *address, const char *vendor, const char *device)
{
	shell("d=sys/bus/pci/devices/%s; mkdir -p $d; echo %s > $d/vendor; echo %s > $d/device",
	      address, vendor, device);
}

/* A function with 4 KiB of configuration space: registers at 0x100 and on, as printf has them. */
static void add_config(const char *address, const char *extended)
{
	shell("f=sys/bus/pci/devices/%s/config; head -c 256 /dev/zero > $f; printf '%s' >> $f; "
	      "truncate -s 4096 $f",
	      address, extended);
}

static void expect(const char *address, const char *names)
{
	struct links links;
	char all[3 * LINK_SIZE] = "";
	unsigned int i;

	links_find(&links, root, address);
	for (i = 0; i < links.count; i++) {
		strcat(all, i ? " " : "");
		strcat(all, links.name[i]);
	}
	ck_assert_str_eq(all, names);
}

TEST(link, names)
{
	ck_assert_ptr_nonnull(mkdtemp(root));
	add("0000:03:00.0", "0x8086", "0x10d3");
	add("0000:03:00.1", "0x8086", "0x10d3");
	add("0000:04:00.0", "0x8086", "0x10d4");
	expect("0000:03:00.0", "by-id/8086:10d3");
	expect("0000:03:00.1", "by-id/8086:10d3-1");
	expect("0000:04:00.0", "by-id/8086:10d4");
	shell("mkdir -p 'sys/bus/pci/slots/a b'; echo 0000:03:00 > 'sys/bus/pci/slots/a b/address'");
	expect("0000:03:00.0", "by-slot/a_b by-id/8086:10d3");
	expect("0000:03:00.1", "by-slot/a_b.1 by-id/8086:10d3-1");
	expect("0000:04:00.0", "by-id/8086:10d4");
	expect("null0", "");
	shell("rm -rf %s", root);
}

TEST(link, serial_number)
{
	ck_assert_ptr_nonnull(mkdtemp(root));
	add("0000:03:00.0", "0x8086", "0x10d3");
	/* AER, and behind it the number. */
	add_config("0000:03:00.0", "\\001\\000\\001\\021\\000\\000\\000\\000");
	expect("0000:03:00.0", "by-id/8086:10d3");
	add_config("0000:03:00.0", "\\003\\000\\001\\000\\001\\002\\003\\004\\005\\006\\007\\010");
	expect("0000:03:00.0", "by-serial/0807060504030201 by-id/8086:10d3");
	/* A list without end. */
	add_config("0000:03:00.0", "\\001\\000\\001\\020");
	expect("0000:03:00.0", "by-id/8086:10d3");
	shell("rm -rf %s", root);
}
