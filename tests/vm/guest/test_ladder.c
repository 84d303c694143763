// SPDX-License-Identifier: MIT
// kplug ladder: every path is measured, counts are right, and the device goes back to where it
// was.
#include "command.h"
#include "rows.h"

#define COUNT 200

static void measure(const char *options)
{
	OK(run("kplug ladder " EDU1 " --json --count %d %s > /tmp/rows.json", COUNT, options));
	rows_read("/tmp/rows.json");
}

static int figure(const char *path, const char *key)
{
	return (int)rows_number(rows_path(path), key);
}

/* Each raised interrupt was handled and notified, in this order. */
static void check_path(const char *path)
{
	int entry = figure(path, "entry"), acked = figure(path, "acked");

	ck_assert_int_gt(entry, 0);
	ck_assert_int_gt(acked, entry);
	ck_assert_int_gt(figure(path, "user"), 0);
	ck_assert_int_ge(figure(path, "entry_p99"), entry);
	ck_assert_int_ge(figure(path, "entry_max"), figure(path, "entry_p99"));
	ck_assert_int_eq(figure(path, "raised"), COUNT);
}

static void check_nothing_lost(const char *path)
{
	check_path(path);
	ck_assert_int_eq(figure(path, "handled"), COUNT);
	ck_assert_int_eq(figure(path, "lost"), 0);
}

TEST(ladder, every_path, .timeout = 120)
{
	core_start();
	rows_load_drivers();
	measure("--html /tmp/page.html");
	check_nothing_lost("user");
	check_nothing_lost("recipe");
	check_nothing_lost("plugin");
	check_nothing_lost("bare");
	check_path("uio");
	/* The line stays masked after the first. */
	ck_assert_int_eq(figure("uio", "lost"), COUNT - 1);
	if (leg_is("iommu"))
		check_nothing_lost("vfio");
	OK(run("grep -q '<svg' /tmp/page.html"));
	OK(run("! grep -q 'http' /tmp/page.html"));
}

TEST(ladder, gives_the_device_back, .smoke = true)
{
	char override[64];

	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	measure("--paths user,recipe");
	check_nothing_lost("user");
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	OK(file_read(override, sizeof(override), "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	ck_assert_str_eq(override, "uio_pci_generic");
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	device_unbind(EDU1);
}

/* A missing path is reported, and does not stop the others. */
TEST(ladder, missing_paths)
{
	core_start();
	/* An earlier test may have left them loaded. */
	module_unload("kplug_bare");
	module_unload("uio_pci_generic");
	module_unload("vfio-pci");
	measure("--paths bare,uio,vfio,plugin,recipe --plugin nowhere");
	check_nothing_lost("recipe");
	ck_assert(rows_unavailable("bare"));
	ck_assert(rows_unavailable("uio"));
	ck_assert(rows_unavailable("vfio"));
	ck_assert(rows_unavailable("plugin"));
}

TEST(ladder, described_device)
{
	core_start();
	OK(run("kplug ladder 00:04.0 --paths user -n 50 --raise 0:0x60=2 --status 0:0x24 --ack 0:0x64"));
	ck_assert_int_eq(run("kplug ladder " EDU1 " --raise 0:0x60=2"), 2);
	ck_assert_int_eq(run("kplug ladder " EDU1 " --paths user,frob"), 2);
	ck_assert_int_eq(run("kplug ladder " EDU1 " --count 1"), 2);
	ck_assert_int_eq(run("kplug ladder"), 2);
	ck_assert_int_eq(run("kplug ladder 0000:00:1e.7"), 1);
	ck_assert_int_eq(run("kplug ladder " TESTDEV), 1);
}

/* Each command names the other one when an option belongs to that. */
TEST(ladder, other_command)
{
	core_start();
	REFUSES(2, "belong to .kplug latency", "kplug ladder --dev " EDU1);
	REFUSES(2, "belong to .kplug ladder", "kplug latency --dev " EDU1 " --paths user");
	REFUSES(2, "kplug latency --dev " EDU1 ".*kplug ladder " EDU1, "kplug latency " EDU1);
	REFUSES(2, "kplug compare BEFORE AFTER", "kplug latency compare a b");
}
