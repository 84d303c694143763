// SPDX-License-Identifier: MIT
// What uses a device: each kind of use is found in a copy of sysfs, and no use of another device.
#include "use/use.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#define DEVICE "0000:03:00.0"
#define OTHER  "0000:04:00.0"
#define BRIDGE "0000:00:1c.0"

static char root[] = "/tmp/kplug-unit-use-XXXXXX";

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
	char script[2048], line[2200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(script, sizeof(script), format, arguments);
	va_end(arguments);
	snprintf(line, sizeof(line), "set -e; cd %s; %s", root, script);
	ck_assert_int_eq(system(line), 0);
}

static void begin(void)
{
	ck_assert_ptr_nonnull(mkdtemp(root));
	shell("mkdir -p dev proc/self sys/class/block sys/class/net sys/class/tty/console "
	      "sys/class/graphics sys/dev/char sys/dev/block sys/bus/pci/devices");
}

/* A device of a class, below a function behind the bridge, and its node. */
static void add(const char *class, const char *name, const char *function, const char *kind,
		const char *number)
{
	shell("d=sys/devices/pci0000:00/" BRIDGE "/%s/%s/%s; mkdir -p $d sys/class/%s; "
	      "ln -s ../../../$d sys/class/%s/%s; echo %s > $d/dev; "
	      "[ -z '%s' ] || { ln -s ../../../$d sys/dev/%s/%s; echo DEVNAME=%s > $d/uevent; }",
	      function, class, name, class, class, name, number, kind, kind, number, name);
}

static void expect(const char *address, const char *text)
{
	struct uses uses;
	unsigned int i;

	uses_find(&uses, root, address);
	for (i = 0; i < uses.count; i++)
		if (strstr(uses.text[i], text))
			return;
	ck_abort_msg("'%s' is not among %u uses: %s", text, uses.count,
		     uses.count ? uses.text[0] : "");
}

static void expect_none(const char *address)
{
	struct uses uses;

	uses_find(&uses, root, address);
	ck_assert_msg(!uses.count, "%s", uses.text[0]);
}

static void end(void)
{
	shell("rm -rf %s", root);
	strcpy(root + strlen(root) - strlen("XXXXXX"), "XXXXXX");
}

TEST(use, disks)
{
	begin();
	add("block", "sda1", DEVICE, "block", "8:1");
	expect_none(DEVICE);
	shell("echo '22 1 8:1 / /home rw - ext4 /dev/sda1 rw' > proc/self/mountinfo");
	expect(DEVICE, "/dev/sda1 is mounted on /home");
	expect_none(OTHER);
	expect_none(BRIDGE);
	shell("echo '22 1 8:11 / /home rw - ext4 /dev/sdb1 rw' > proc/self/mountinfo");
	expect_none(DEVICE);
	shell("printf 'Filename Type\\n/dev/sda1\\tpartition\\n' > proc/swaps");
	expect(DEVICE, "/dev/sda1 is swap space");
	shell("echo /dev/sda11 partition > proc/swaps; mkdir -p sys/class/block/sda1/holders/md0");
	expect(DEVICE, "/dev/sda1 is part of /dev/md0");
	end();
}

/* The disk of the subsystem, whose path the controller has. */
TEST(use, multipath)
{
	begin();
	add("block", "nvme0c1n2p3", DEVICE, "", "0:0");
	shell("mkdir -p sys/class/block/nvme0n2p3; echo 259:7 > sys/class/block/nvme0n2p3/dev; "
	      "echo '22 1 259:7 / / rw - ext4 /dev/root rw' > proc/self/mountinfo");
	expect(DEVICE, "/dev/nvme0n2p3 is mounted on /");
	end();
}

TEST(use, interfaces)
{
	begin();
	add("net", "eth0", DEVICE, "", "0");
	shell("echo 0x1002 > sys/class/net/eth0/flags");
	expect_none(DEVICE);
	shell("echo 0x1003 > sys/class/net/eth0/flags");
	expect(DEVICE, "the interface eth0 is up");
	expect_none(OTHER);
	shell("ln -s ../../br0 sys/class/net/eth0/master");
	expect(DEVICE, "the interface eth0 is part of br0");
	end();
}

TEST(use, consoles)
{
	begin();
	add("tty", "ttyS4", DEVICE, "", "4:68");
	add("graphics", "fb0", OTHER, "", "29:0");
	shell("echo tty0 > sys/class/tty/console/active");
	expect_none(DEVICE);
	shell("echo 'tty0 ttyS4' > sys/class/tty/console/active");
	expect(DEVICE, "/dev/ttyS4 is the console");
	expect_none(OTHER);
	shell("mkdir -p sys/bus/pci/devices/" OTHER "; echo 1 > sys/bus/pci/devices/" OTHER
	      "/boot_vga");
	expect(OTHER, "it shows the console");
	end();
}

TEST(use, programs)
{
	begin();
	add("uio", "uio7", DEVICE, "char", "240:7");
	shell("mkdir -p proc/12/fd proc/13/fd; echo reader > proc/12/comm; echo other > proc/13/comm; "
	      "ln -s /dev/uio7 proc/12/fd/5; ln -s /dev/uio77 proc/13/fd/3");
	expect(DEVICE, "reader[12] has /dev/uio7 open");
	expect_none(OTHER);
	/* The group of another device. */
	shell("d=sys/bus/pci/devices/" OTHER "; mkdir -p $d; ln -s ../../kernel/iommu_groups/9 "
	      "$d/iommu_group; ln -s /dev/vfio/9 proc/13/fd/4");
	expect_none(OTHER);
	shell("ln -s ../../../bus/pci/drivers/vfio-pci sys/bus/pci/devices/" OTHER "/driver");
	expect(OTHER, "other[13] has /dev/vfio/9 open");
	end();
}
