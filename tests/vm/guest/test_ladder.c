// SPDX-License-Identifier: MIT
// kplug ladder: every path is measured, counts are right, and the device goes back to where it
// was.
#include "command.h"
#include "nic.h"
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

/* Of a time: p50, p99 or max. */
static int spread(const char *path, const char *time, const char *key)
{
	return (int)rows_number(cJSON_GetObjectItem(rows_path(path), time), key);
}

/* Each raised interrupt was handled and notified, in this order. */
static void check_path(const char *path)
{
	int entry = spread(path, "entry", "p50"), acked = spread(path, "acked", "p50");

	ck_assert_int_gt(entry, 0);
	ck_assert_int_gt(acked, entry);
	ck_assert_int_gt(spread(path, "user", "p50"), 0);
	ck_assert_int_ge(spread(path, "entry", "p99"), entry);
	ck_assert_int_ge(spread(path, "entry", "max"), spread(path, "entry", "p99"));
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
	/* The text fits a terminal. */
	OK(run("kplug ladder " EDU1 " --paths user,plugin,bare --count 20 > /tmp/said"));
	OK(run("cat /tmp/said; ! grep -E '.{81}' /tmp/said"));
	OK(run("kplug bench irq " EDU1 " --paths plugin --rate 100 --duration 0.1 > /tmp/said"));
	OK(run("cat /tmp/said; ! grep -E '.{81}' /tmp/said"));
	OK(run("grep -q 'id=\"data\"' /tmp/page.html"));
	OK(run("! grep -q 'http' /tmp/page.html"));
	/* For tests/html. */
	OK(run("hostcall put ladder.html < /tmp/page.html; hostcall put ladder.json < /tmp/rows.json"));
}

TEST(ladder, gives_the_device_back)
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

/* This card interrupts only when a register enables that. */
TEST(ladder, setup, .timeout = 120)
{
	static const char *const paths[] = { "user", "recipe", "uio", "vfio" };

	core_start();
	rows_load_drivers();
	nic_scripts();
	SAYS("raised 1, and none arrived: is the interrupt enabled",
	     "kplug ladder %s " NIC_REGISTERS " --paths user --count 20", nic_address());
	OK(run("kplug ladder %s " NIC_REGISTERS " --paths user,recipe,uio,vfio --count 20 --json "
	       "--setup " NIC_SETUP " --teardown " NIC_TEARDOWN " > /tmp/rows.json",
	       nic_address()));
	rows_read("/tmp/rows.json");
	for (size_t i = 0; i < ARRAY_SIZE(paths) - !leg_is("iommu"); i++) {
		ck_assert_msg(spread(paths[i], "user", "p50") > 0, "%s: %s", paths[i],
			      cJSON_PrintUnformatted(rows_path(paths[i])));
		ck_assert_int_eq(figure(paths[i], "raised"), 20);
	}
	/* It is off again. */
	device_bind(nic_address());
	SAYS("^0:0xd0 = 0x00000000", "kplug read %s 0:0xd0", nic_address());
}

/* A line that fails is named, and the next path is tried. */
TEST(ladder, setup_fails)
{
	core_start();
	OK(run("printf 'write 0:4=5\nexpect 0:4=5\n' > /tmp/wrong.script"));
	SAYS("/tmp/wrong.script:2: expect 0:0x4: it is 0xfffffffa",
	     "kplug ladder " EDU1 " --paths user,recipe --count 20 --setup /tmp/wrong.script");
	REFUSES(1, "No such file", "kplug ladder " EDU1 " --setup /tmp/none");
	OK(run("echo frob > /tmp/wrong.script"));
	REFUSES(2, "/tmp/wrong.script:1: not understood",
		"kplug ladder " EDU1 " --teardown /tmp/wrong.script");
}

/* It is found before the measurement, which would take the device. */
TEST(ladder, page_that_cannot_be_written)
{
	core_start();
	REFUSES(1, "/nowhere/page.html: No such file",
		"kplug ladder " EDU1 " --html /nowhere/page.html");
	REFUSES(1, "/nowhere/page.html: No such file",
		"kplug latency --dev " EDU1 " --html /nowhere/page.html");
	REFUSES(1, "No such file", "kplug latency --dev " EDU1 " --metrics /nowhere/kplug.prom");
	REFUSES(1, "/nowhere/page.html: No such file",
		"kplug bench irq " EDU1 " --rate 10 --duration 1000 --html /nowhere/page.html");
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
