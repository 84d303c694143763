// SPDX-License-Identifier: MIT
/* Scanning and binding, on a model of sysfs in a folder. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"

#define ADDRESS "0000:00:04.0"
#define DEVICE  "/sys/bus/pci/devices/" ADDRESS
#define DRIVERS "/sys/bus/pci/drivers"

static char journal[1024]; /* what was written, in order */
static const char *refusing; /* the driver that refuses the device */

static const char *at(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", fake.root, path);
	return full;
}

static void folder(const char *path)
{
	char part[256];
	const char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(at(part), 0755);
	}
	mkdir(at(path), 0755);
}

static void file(const char *path, const char *text)
{
	FILE *f = fopen(at(path), "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static const char *content(const char *path)
{
	static char text[256];
	FILE *f = fopen(at(path), "r");

	size_t length = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[length] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void link_to(const char *target, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", fake.root, target);
	unlink(at(path));
	ck_assert_int_eq(symlink(full, at(path)), 0);
}

static void driver(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), DRIVERS "/%s", name);
	folder(path);
	snprintf(path, sizeof(path), DRIVERS "/%s/bind", name);
	file(path, "");
	snprintf(path, sizeof(path), DRIVERS "/%s/unbind", name);
	file(path, "");
}

static void bound_to(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), DRIVERS "/%s", name);
	link_to(path, DEVICE "/driver");
}

static const char *bound(void)
{
	static char target[PATH_MAX];
	ssize_t length = readlink(at(DEVICE "/driver"), target, sizeof(target) - 1);

	target[length < 0 ? 0 : length] = '\0';
	return length < 0 ? "" : strrchr(target, '/') + 1;
}

/* The kernel's reaction to a write. */
static int on_write(const char *path, const char *text)
{
	const char *base = strrchr(path, '/') + 1;
	char name[128] = "";

	snprintf(journal + strlen(journal), sizeof(journal) - strlen(journal), "%s=%s;", base,
		 text);
	if (!strcmp(base, "driver_override"))
		return truncate(at(path), 0) ? -errno : 0;
	if (!strcmp(base, "unbind"))
		unlink(at(DEVICE "/driver"));
	if (!strcmp(base, "drivers_probe"))
		bound_to("natural");
	if (!strcmp(base, "bind")) {
		sscanf(path, DRIVERS "/%127[^/]", name);
		if (refusing && !strcmp(refusing, name))
			return -EBUSY;
		bound_to(name);
	}
	return 0;
}

/* A machine with one PCI function, natural drivers, and kplug loaded. */
static void model(void)
{
	fake_reset();
	strcpy(fake.root, "/tmp/kplug-sysfs-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(fake.root));
	fake.on_write = on_write;
	journal[0] = '\0';
	refusing = NULL;
	folder("/run");
	folder("/sys/bus/pci/devices");
	folder(DEVICE);
	folder(DRIVERS);
	link_to("/sys/bus/pci", DEVICE "/subsystem");
	file(DEVICE "/driver_override", "(null)\n");
	file(DEVICE "/vendor", "0x1234\n");
	file(DEVICE "/device", "0x11e8\n");
	file(DEVICE "/subsystem_vendor", "0x1af4\n");
	file(DEVICE "/subsystem_device", "0x1100\n");
	file(DEVICE "/class", "0x00ff00\n");
	file(DEVICE "/revision", "0x10\n");
	file(DEVICE "/numa_node", "-1\n");
	file("/sys/bus/pci/drivers_probe", "");
	driver("natural");
	driver("vfio-pci");
	driver("kplug");
	driver("kplug_edu");
	folder("/sys/module/kplug");
	link_to("/sys/module/kplug", DRIVERS "/kplug/module");
}

static void end_model(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", fake.root);
	ck_assert_int_eq(system(command), 0);
}

static void on_class(const char *name, const char *plugin, const char *mode)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/kplug/%s", name);
	folder(path);
	snprintf(path, sizeof(path), "/sys/class/kplug/%s/plugin", name);
	file(path, plugin);
	snprintf(path, sizeof(path), "/sys/class/kplug/%s/irq_mode", name);
	file(path, mode);
	snprintf(path, sizeof(path), "/sys/class/kplug/%s/bus", name);
	file(path, strchr(name, ':') ? "pci\n" : "virtual\n");
}

TEST(bind, and_back_to_the_driver)
{
	model();
	bound_to("natural");
	ck_assert_int_eq(kplug_bind("00:04.0"), 0);
	ck_assert_str_eq(bound(), "kplug");
	ck_assert_str_eq(journal, "0000:00:04.0=natural\n\n;"
				  "driver_override=kplug\n;unbind=" ADDRESS ";"
				  "bind=" ADDRESS ";");
	ck_assert_int_eq(kplug_bind("00:04.0"), -EALREADY);
	journal[0] = '\0';
	ck_assert_int_eq(kplug_unbind("00:04.0"), 0);
	ck_assert_str_eq(bound(), "natural");
	ck_assert_str_eq(journal, "unbind=" ADDRESS ";driver_override=\n;"
				  "bind=" ADDRESS ";");
	ck_assert_str_eq(content("/run/kplug/" ADDRESS), "");
	ck_assert_int_eq(kplug_unbind("00:04.0"), -ENOTCONN);
	end_model();
}

/* A function that was overridden before, as for VFIO, is overridden again. */
TEST(bind, and_back_to_an_override)
{
	model();
	bound_to("vfio-pci");
	file(DEVICE "/driver_override", "vfio-pci\n");
	ck_assert_int_eq(kplug_bind(ADDRESS), 0);
	ck_assert_str_eq(content("/run/kplug/" ADDRESS), "vfio-pci\nvfio-pci\n");
	ck_assert_str_eq(content(DEVICE "/driver_override"), "kplug\n");
	ck_assert_int_eq(kplug_unbind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "vfio-pci");
	ck_assert_str_eq(content(DEVICE "/driver_override"), "vfio-pci\n");
	end_model();
}

/* With spaces, and as long as the name of a file may be. */
TEST(bind, and_back_to_odd_names)
{
	static const char name[] =
		"Multimedia eXtension Board, and more than sixty-four letters in its name";

	model();
	driver(name);
	bound_to(name);
	file(DEVICE "/driver_override", "a name with spaces\n");
	ck_assert_int_eq(kplug_bind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "kplug");
	ck_assert_int_eq(kplug_unbind(ADDRESS), 0);
	ck_assert_str_eq(bound(), name);
	ck_assert_str_eq(content(DEVICE "/driver_override"), "a name with spaces\n");
	end_model();
}

/* A bridge stays with its driver: what is behind it needs both. */
TEST(bind, bridge)
{
	char header[65];
	int type;

	model();
	bound_to("natural");
	for (type = 0x81; type >= 0; type -= 0x81) {
		memset(header, '#', 64);
		header[14] = (char)(type ? type : '\x80');
		header[64] = '\0';
		file(DEVICE "/config", header);
		ck_assert_int_eq(kplug_bind(ADDRESS), type ? -EOPNOTSUPP : 0);
		ck_assert_str_eq(bound(), type ? "natural" : "kplug");
	}
	end_model();
}

TEST(bind, and_back_to_no_driver)
{
	model();
	ck_assert_int_eq(kplug_bind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "kplug");
	journal[0] = '\0';
	ck_assert_int_eq(kplug_unbind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "");
	ck_assert_ptr_null(strstr(journal, "drivers_probe"));
	end_model();
}

TEST(bind, refused_puts_everything_back)
{
	model();
	bound_to("natural");
	refusing = "kplug";
	ck_assert_int_eq(kplug_bind(ADDRESS), -EBUSY);
	ck_assert_str_eq(bound(), "natural");
	ck_assert_str_eq(content(DEVICE "/driver_override"), "\n");
	ck_assert_str_eq(content("/run/kplug/" ADDRESS), "");
	end_model();
}

TEST(bind, errors)
{
	model();
	ck_assert_int_eq(kplug_bind("0000:00:05.0"), -ENODEV);
	ck_assert_int_eq(kplug_unbind("0000:00:05.0"), -ENODEV);
	ck_assert_int_eq(kplug_bind("../" ADDRESS), -EINVAL);
	ck_assert_int_eq(kplug_unbind(""), -EINVAL);
	unlink(at(DRIVERS "/kplug/module"));
	ck_assert_int_eq(kplug_bind(ADDRESS), -ENOSYS);
	ck_assert_str_eq(journal, "");
	end_model();
}

/* Without a record the kernel looks for the natural driver, ... */
TEST(bind, unbind_without_record)
{
	model();
	bound_to("kplug");
	file(DEVICE "/driver_override", "kplug\n");
	ck_assert_int_eq(kplug_unbind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "natural");
	ck_assert_str_eq(content(DEVICE "/driver_override"), "\n");
	end_model();
}

/* ... but not when the plugin that took the device would find it again. */
TEST(bind, unbind_from_a_plugin)
{
	model();
	bound_to("kplug_edu");
	ck_assert_int_eq(kplug_bind(ADDRESS), -EALREADY);
	ck_assert_int_eq(kplug_unbind(ADDRESS), 0);
	ck_assert_str_eq(bound(), "");
	end_model();
}

TEST(bind, permanent_plugin)
{
	model();
	on_class(ADDRESS, "none\n", "MSI\n");
	ck_assert_int_eq(kplug_attach_permanent("00:04.0", "edu"), 0);
	ck_assert_int_eq(kplug_detach_permanent(ADDRESS), 0);
	ck_assert_str_eq(journal, "plugin=edu\n;plugin=\n;");
	ck_assert_int_eq(kplug_attach_permanent("null0", "edu"), -ENOENT);
	ck_assert_int_eq(kplug_detach_permanent("null0"), -ENOENT);
	ck_assert_int_eq(kplug_attach_permanent(ADDRESS, ""), -EINVAL);
	ck_assert_int_eq(kplug_attach_permanent(ADDRESS, "none"), -EINVAL);
	ck_assert_int_eq(
		kplug_attach_permanent(
			ADDRESS,
			"a_name_of_thirty_two_characters__which_are_followed_by_as_many__"),
		-EINVAL);
	end_model();
}

TEST(bind, grants)
{
	model();
	on_class(ADDRESS, "none\n", "pci\n");
	file("/sys/class/kplug/" ADDRESS "/grants", "");
	file("/sys/class/kplug/" ADDRESS "/revoke", "");
	ck_assert_int_eq(kplug_grant("00:04.0", 1000, 0), 0);
	ck_assert_int_eq(kplug_grant(ADDRESS, 44, KPLUG_GRANT_GROUP | KPLUG_GRANT_UNSAFE), 0);
	ck_assert_int_eq(kplug_grant_end(ADDRESS, 44, KPLUG_GRANT_GROUP | KPLUG_GRANT_UNSAFE), 0);
	ck_assert_int_eq(kplug_revoke(ADDRESS, 2147483647), 0);
	ck_assert_str_eq(
		journal,
		"grants=uid:1000\n;grants=gid:44 unsafe\n;grants=-gid:44\n;revoke=2147483647\n;");
	ck_assert_int_eq(kplug_grant(ADDRESS, 1, 4), -EINVAL);
	ck_assert_int_eq(kplug_grant("null0", 1, 0), -ENOENT);
	ck_assert_int_eq(kplug_revoke("null0", 1), -ENOENT);
	end_model();
}

/* A platform device: the same, on its own bus; such names have capitals. */
TEST(bind, platform)
{
	static const char device[] = "/sys/bus/platform/devices/QEMU0002:00";

	model();
	folder(device);
	folder("/sys/bus/platform/drivers/kplug");
	link_to("/sys/bus/platform", "/sys/bus/platform/devices/QEMU0002:00/subsystem");
	file("/sys/bus/platform/devices/QEMU0002:00/driver_override", "(null)\n");
	file("/sys/bus/platform/drivers/kplug/bind", "");
	ck_assert_int_eq(kplug_bind("QEMU0002:00"), 0);
	ck_assert_str_eq(journal, "QEMU0002:00=\n\n;driver_override=kplug\n;"
				  "bind=QEMU0002:00;");
	ck_assert_int_eq(kplug_unbind("QEMU0002:00"), -ENOTCONN);
	ck_assert_int_eq(kplug_bind("QEMU0002:01"), -ENODEV);
	end_model();
}

TEST(isa, declared)
{
	const struct kplug_range ranges[] = {
		{ 0x2f8, 8, KPLUG_REGION_PORT },
		{ 0xd0000, 0x1000, KPLUG_REGION_MEM },
		{ 0x2f8, 8, KPLUG_REGION_PORT | KPLUG_REGION_MEM },
	};

	model();
	ck_assert_int_eq(kplug_isa_add("isa-a", ranges, 1, 0), -ENOSYS);
	folder("/sys/class/kplug");
	file("/sys/class/kplug/isa_add", "");
	file("/sys/class/kplug/isa_del", "");
	journal[0] = '\0';
	ck_assert_int_eq(kplug_isa_add("isa-a", ranges, 2, 3), 0);
	ck_assert_int_eq(kplug_isa_add("isa-b", ranges, 1, 0), 0);
	ck_assert_int_eq(kplug_isa_del("isa-a"), 0);
	ck_assert_str_eq(journal, "isa_add=name=isa-a irq=3 port=0x2f8+0x8 "
				  "mem=0xd0000+0x1000;isa_add=name=isa-b port=0x2f8+0x8;"
				  "isa_del=isa-a;");
	end_model();
}

/* Text that is not one word, or not a range, does not reach the kernel. */
TEST(isa, refused)
{
	static const char *const names[] = {
		"",
		"isa-a irq=3",
		"isa-a\n",
		"isa=a",
		"a_name_of_thirty_two_characters__which_are_followed_by_as_many__",
	};
	const struct kplug_range widest[] = {
		{ ~0u, ~0u, KPLUG_REGION_MEM },  { ~0u, ~0u, KPLUG_REGION_PORT },
		{ ~0u, ~0u, KPLUG_REGION_PORT }, { ~0u, ~0u, KPLUG_REGION_PORT },
		{ ~0u, ~0u, KPLUG_REGION_PORT }, { ~0u, ~0u, KPLUG_REGION_PORT },
		{ ~0u, ~0u, KPLUG_REGION_PORT }, { ~0u, ~0u, KPLUG_REGION_PORT },
		{ 0, 0, KPLUG_REGION_PORT },
	};
	const struct kplug_range odd = { 0x300, 1, 0 };
	size_t i;

	model();
	folder("/sys/class/kplug");
	file("/sys/class/kplug/isa_add", "");
	file("/sys/class/kplug/isa_del", "");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(kplug_isa_add(names[i], widest, 1, 0), -EINVAL);
		ck_assert_int_eq(kplug_isa_del(names[i]), -EINVAL);
	}
	ck_assert_int_eq(kplug_isa_add("isa-a", &odd, 1, 0), -EINVAL);
	ck_assert_int_eq(kplug_isa_add("isa-a", widest, KPLUG_MAX_REGIONS + 1, 0), -EINVAL);
	ck_assert_str_eq(journal, "");
	ck_assert_int_eq(kplug_isa_add("isa-9012345678901234567890123_1", widest, KPLUG_MAX_REGIONS,
				       ~0u),
			 0);
	end_model();
}

TEST(scan, every_bus)
{
	struct kplug_found *found;

	model();
	folder("/sys/bus/pci/devices/0000:00:00.0");
	link_to("/sys/bus/pci", "/sys/bus/pci/devices/0000:00:00.0/subsystem");
	bound_to("kplug");
	folder("/sys/kernel/iommu_groups/7");
	link_to("/sys/kernel/iommu_groups/7", DEVICE "/iommu_group");
	on_class(ADDRESS, "edu\n", "MSI-X\n");
	link_to(DEVICE, "/sys/class/kplug/" ADDRESS "/device");
	on_class("null0", "none\n", "none\n");
	on_class("isa-2f8", "none\n", "wired\n");
	file("/sys/class/kplug/isa-2f8/bus", "isa\n");
	on_class("QEMU0002:00", "none\n", "none\n");
	file("/sys/class/kplug/QEMU0002:00/bus", "platform\n");
	folder("/sys/class/kplug/QEMU0002:00/device");
	folder("/sys/bus/platform/drivers/kplug");
	link_to("/sys/bus/platform/drivers/kplug", "/sys/class/kplug/QEMU0002:00/device/driver");

	ck_assert_int_eq(kplug_scan(&found), 5);
	ck_assert_str_eq(found[0].name, "0000:00:00.0");
	ck_assert_int_eq(found[0].on_kplug, 0);
	ck_assert_int_eq(found[0].iommu_group, -1);
	ck_assert_str_eq(found[0].driver, "");

	ck_assert_str_eq(found[1].name, ADDRESS);
	ck_assert_uint_eq(found[1].vendor, 0x1234);
	ck_assert_uint_eq(found[1].device, 0x11e8);
	ck_assert_uint_eq(found[1].subvendor, 0x1af4);
	ck_assert_uint_eq(found[1].subdevice, 0x1100);
	ck_assert_uint_eq(found[1].class_code, 0xff00);
	ck_assert_uint_eq(found[1].revision, 0x10);
	ck_assert_int_eq(found[1].numa_node, -1);
	ck_assert_int_eq(found[1].iommu_group, 7);
	ck_assert_int_eq(found[1].on_kplug, 1);
	ck_assert_str_eq(found[1].driver, "kplug");
	ck_assert_str_eq(found[1].plugin, "edu");
	ck_assert_str_eq(found[1].irq_mode, "MSI-X");

	ck_assert_str_eq(found[1].bus, "pci");

	ck_assert_str_eq(found[2].name, "QEMU0002:00");
	ck_assert_str_eq(found[2].bus, "platform");
	ck_assert_str_eq(found[2].driver, "kplug");
	ck_assert_str_eq(found[3].name, "isa-2f8");
	ck_assert_str_eq(found[3].bus, "isa");
	ck_assert_str_eq(found[3].driver, "");
	ck_assert_str_eq(found[3].irq_mode, "wired");
	ck_assert_str_eq(found[4].name, "null0");
	ck_assert_str_eq(found[4].bus, "virtual");
	ck_assert_uint_eq(found[4].vendor, 0);
	ck_assert_int_eq(found[4].on_kplug, 1);
	ck_assert_str_eq(found[4].plugin, "");
	ck_assert_str_eq(found[4].irq_mode, "");
	free(found);
	end_model();
}

TEST(scan, platform_devices)
{
	struct kplug_found *found;

	model();
	folder("/sys/bus/platform/devices/9010000.rtc");
	folder("/sys/bus/platform/devices/9000000.uart");
	folder("/sys/bus/platform/devices/QEMU0002:00");
	folder("/sys/bus/platform/drivers/uart");
	link_to("/sys/bus/platform/drivers/uart", "/sys/bus/platform/devices/9000000.uart/driver");
	on_class("QEMU0002:00", "none\n", "none\n");
	file("/sys/class/kplug/QEMU0002:00/bus", "platform\n");
	ck_assert_int_eq(kplug_scan(&found), 2);
	free(found);
	ck_assert_int_eq(kplug_scan_all(&found), 4);
	ck_assert_str_eq(found[1].name, "QEMU0002:00");
	ck_assert_int_eq(found[1].on_kplug, 1);
	ck_assert_str_eq(found[2].name, "9000000.uart");
	ck_assert_str_eq(found[2].bus, "platform");
	ck_assert_str_eq(found[2].driver, "uart");
	ck_assert_int_eq(found[2].on_kplug, 0);
	ck_assert_int_eq(found[2].iommu_group, -1);
	ck_assert_str_eq(found[3].name, "9010000.rtc");
	ck_assert_str_eq(found[3].driver, "");
	free(found);
	end_model();
}

/* The kernel's layout: the bus links to functions, each in the folder of its bridge. */
TEST(scan, topology)
{
	static const char root[] = "/sys/devices/pci0000:00";
	struct kplug_found *found;
	char path[128];

	model();
	snprintf(path, sizeof(path), "%s/0000:00:07.0/0000:01:00.0", root);
	folder(path);
	link_to(path, "/sys/bus/pci/devices/0000:01:00.0");
	snprintf(path, sizeof(path), "%s/0000:00:07.0", root);
	link_to(path, "/sys/bus/pci/devices/0000:00:07.0");
	file("/sys/bus/pci/devices/0000:00:07.0/vendor", "0x1b36\n");
	on_class("null0", "none\n", "none\n");
	ck_assert_int_eq(kplug_scan(&found), 4);
	ck_assert_str_eq(found[1].name, "0000:00:07.0");
	ck_assert_str_eq(found[1].parent, "pci0000:00");
	ck_assert_str_eq(found[2].name, "0000:01:00.0");
	ck_assert_str_eq(found[2].parent, "0000:00:07.0");
	ck_assert_str_eq(found[3].parent, "");
	free(found);

	ck_assert_int_eq(kplug_select("00:*", &found), 2);
	ck_assert_str_eq(found[1].name, "0000:00:07.0");
	free(found);
	ck_assert_int_eq(kplug_select("1234:*", &found), 1);
	ck_assert_str_eq(found[0].name, ADDRESS);
	free(found);
	ck_assert_int_eq(kplug_select("nothing*", &found), 0);
	free(found);
	end_model();
}

TEST(scan, patterns)
{
	static const struct kplug_found edu = {
		.name = ADDRESS,
		.vendor = 0x1234,
		.device = 0x11e8,
	};
	static const struct kplug_found null = { .name = "null0" };
	static const char *const mean_edu[] = {
		"0000:00:04.0",   "00:04.0",   "0000:*:*",  "00:0?.0",
		"0*:00:04.[0-3]", "1234:11e8", "1234:11E8", "1234:*",
		"*:11e8",         "*:*",       "*",
	};
	static const char *const mean_neither[] = {
		"",          "0000:00:04", "00:04",  "0:4.0",      "1234",       "1234:11e9",
		"4321:*",    "*:1234",     "0000:*", "1234:11e8:", "1234:11e88", "01234:11e8",
		"00:04.0*x", "[",          "NULL0",  "null",       "null0*x",
	};
	size_t i;

	for (i = 0; i < sizeof(mean_edu) / sizeof(mean_edu[0]); i++)
		ck_assert_msg(kplug_match(&edu, mean_edu[i]), "%s", mean_edu[i]);
	for (i = 0; i < sizeof(mean_neither) / sizeof(mean_neither[0]); i++) {
		ck_assert_msg(!kplug_match(&edu, mean_neither[i]), "%s", mean_neither[i]);
		ck_assert_msg(!kplug_match(&null, mean_neither[i]), "%s", mean_neither[i]);
	}
	ck_assert_int_eq(kplug_match(&null, "null0"), 1);
	ck_assert_int_eq(kplug_match(&null, "null*"), 1);
	ck_assert_int_eq(kplug_match(&null, "*"), 1);
	ck_assert_int_eq(kplug_match(&null, "*:*"), 0);
	ck_assert_int_eq(kplug_match(&null, "0000:0000"), 0);
	ck_assert_int_eq(kplug_match(&edu, "null*"), 0);
}

TEST(scan, nothing)
{
	struct kplug_found *found;

	fake_reset();
	strcpy(fake.root, "/nonexistent");
	ck_assert_int_eq(kplug_scan(&found), 0);
	free(found);
}

TEST(scan, holders)
{
	struct kplug_holder *holders;

	model();
	on_class("null0", "none\n", "virtual\n");
	file("/sys/class/kplug/null0/clients",
	     "12 trusted null 1 0\n4194304 restricted - 2 1000\n"
	     "13 granted - 3 4294967294\n14 revoked - 2147483647 1001\n");
	ck_assert_int_eq(kplug_holders("null0", &holders), 4);
	ck_assert_int_eq(holders[0].pid, 12);
	ck_assert_int_eq(holders[0].trusted, 1);
	ck_assert_str_eq(holders[0].plugin, "null");
	ck_assert_int_eq(holders[1].pid, 4194304);
	ck_assert_int_eq(holders[1].trusted, 0);
	ck_assert_str_eq(holders[1].plugin, "");
	ck_assert_int_eq(holders[0].trust, KPLUG_TRUST_FULL);
	ck_assert_int_eq(holders[1].trust, KPLUG_TRUST_RESTRICTED);
	ck_assert_uint_eq(holders[1].client, 2);
	ck_assert_uint_eq(holders[1].user, 1000);
	ck_assert_int_eq(holders[2].trust, KPLUG_TRUST_GRANTED);
	ck_assert_int_eq(holders[2].trusted, 1);
	ck_assert_uint_eq(holders[2].user, 4294967294u);
	ck_assert_int_eq(holders[3].trust, KPLUG_TRUST_REVOKED);
	ck_assert_int_eq(holders[3].trusted, 0);
	ck_assert_uint_eq(holders[3].client, 2147483647);
	free(holders);
	file("/sys/class/kplug/null0/clients", "");
	ck_assert_int_eq(kplug_holders("null0", &holders), 0);
	free(holders);
	ck_assert_int_eq(kplug_holders("null1", &holders), -ENOENT);
	ck_assert_int_eq(kplug_holders("a/b", &holders), -EINVAL);
	end_model();
}

TEST(scan, grants)
{
	struct kplug_grant *grants;

	model();
	on_class("null0", "none\n", "virtual\n");
	file("/sys/class/kplug/null0/grants", "uid:1000\ngid:44 unsafe\nuid:4294967294\n");
	ck_assert_int_eq(kplug_grants("null0", &grants), 3);
	ck_assert_uint_eq(grants[0].id, 1000);
	ck_assert_uint_eq(grants[0].flags, 0);
	ck_assert_uint_eq(grants[1].id, 44);
	ck_assert_uint_eq(grants[1].flags, KPLUG_GRANT_GROUP | KPLUG_GRANT_UNSAFE);
	ck_assert_uint_eq(grants[2].id, 4294967294u);
	free(grants);
	file("/sys/class/kplug/null0/grants", "");
	ck_assert_int_eq(kplug_grants("null0", &grants), 0);
	free(grants);
	ck_assert_int_eq(kplug_grants("null1", &grants), -ENOENT);
	ck_assert_int_eq(kplug_grants("a/b", &grants), -EINVAL);
	end_model();
}

/* As many clients as fit the attribute's page, and a line cut at its end. */
TEST(scan, many_holders)
{
	struct kplug_holder *holders;
	char text[4096] = "";
	int i;

	model();
	on_class("null0", "none\n", "virtual\n");
	for (i = 0; i < 250; i++)
		strcat(text, "1 trusted - 1 0\n");
	strcat(text, "1 trus");
	file("/sys/class/kplug/null0/clients", text);
	ck_assert_int_eq(kplug_holders("null0", &holders), 250);
	free(holders);
	end_model();
}

static int refusal; /* of each write */

static int refuse_write(const char *path, const char *text)
{
	(void)path;
	(void)text;
	return refusal;
}

static int bind_it(void)
{
	return kplug_bind(ADDRESS);
}

static int unbind_it(void)
{
	return kplug_unbind(ADDRESS);
}

static int isa_add(void)
{
	const struct kplug_range range = { 0x300, 8, KPLUG_REGION_PORT };

	return kplug_isa_add("isa-card", &range, 1, 5);
}

static int isa_del(void)
{
	return kplug_isa_del("isa-card");
}

static int set_widths(void)
{
	return kplug_set_widths("null0", 0, KPLUG_WIDTH_8);
}

static int attach(void)
{
	return kplug_attach_permanent("null0", "null");
}

static int detach(void)
{
	return kplug_detach_permanent("null0");
}

static int grant(void)
{
	return kplug_grant("null0", 1000, 0);
}

static int grant_end(void)
{
	return kplug_grant_end("null0", 1000, 0);
}

static int revoke_it(void)
{
	return kplug_revoke("null0", 1);
}

/* What the kernel refuses. */
TEST(reason, of_administration)
{
	static const struct {
		int (*call)(void);
		int err;
		const char *reason;
	} refused[] = {
		{ bind_it, EBUSY, "another driver has claimed" },
		{ bind_it, EACCES, "root may" },
		{ unbind_it, ENOTCONN, "kplug does not have the device" },
		{ isa_add, EBUSY, "another driver has a range" },
		{ isa_add, EOPNOTSUPP, "no ISA bus" },
		{ isa_add, EINVAL, "[a-z0-9_]" },
		{ isa_del, ENOENT, "no such ISA device" },
		{ set_widths, EBUSY, "a program has mapped the region" },
		{ set_widths, EINVAL, "not a region of memory" },
		{ attach, ENOENT, "no plugin of this name" },
		{ attach, EBUSY, "another plugin" },
		{ attach, EALREADY, "attached permanently already" },
		{ attach, EXDEV, "Invalid cross-device link" },
		{ detach, ENOTCONN, "no plugin is attached permanently" },
		{ grant, EOPNOTSUPP, "no IOMMU isolates" },
		{ grant, EALREADY, "this grant already" },
		{ grant, ENOSPC, "as many grants" },
		{ grant, EPERM, "CAP_SYS_RAWIO" },
		{ grant_end, ENOENT, "no such grant" },
		{ revoke_it, ENOENT, "no such client" },
		{ revoke_it, EINTR, "a signal" },
	};
	static const char *const files[] = {
		"isa_add",      "isa_del",      "null0/widths",
		"null0/plugin", "null0/grants", "null0/revoke",
	};
	char path[64];

	model();
	bound_to("natural");
	on_class("null0", "none\n", "virtual\n");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "/sys/class/kplug/%s", files[i]);
		file(path, "");
	}
	fake.on_write = refuse_write;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		refusal = -refused[i].err;
		ck_assert_int_eq(refused[i].call(), refusal);
		ck_assert_msg(strstr(kplug_reason(NULL), refused[i].reason) != NULL, "%zu: %s", i,
			      kplug_reason(NULL));
	}
	end_model();
}

/* What the library finds out. */
TEST(reason, of_administration_here)
{
	struct kplug_holder *holders;
	struct kplug_grant *grants;
	struct kplug_stats *stats;

	model();
	ck_assert_int_eq(kplug_bind("00:1f.7"), -ENODEV);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "kplug list --all"));
	ck_assert_int_eq(kplug_holders("null1", &holders), -ENOENT);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "`kplug bind`"));
	ck_assert_int_eq(kplug_grants("a/b", &grants), -EINVAL);
	ck_assert_str_eq(kplug_reason(NULL), "this is not the name of a device");
	ck_assert_int_eq(kplug_attach_permanent("null0", "none"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "or of a plugin"));
	ck_assert_int_eq(kplug_stats_new(KPLUG_MAX_VECTORS + 1, &stats), -EINVAL);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "KPLUG_MAX_VECTORS"));
	unlink(at(DRIVERS "/kplug/module"));
	ck_assert_int_eq(kplug_bind(ADDRESS), -ENOSYS);
	ck_assert_ptr_nonnull(strstr(kplug_reason(NULL), "modprobe kplug"));
	end_model();
}
