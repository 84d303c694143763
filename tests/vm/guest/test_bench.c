// SPDX-License-Identifier: MIT
// kplug bench irq: every source on every path; each raised interrupt is notified or counted as
// lost.
#define _GNU_SOURCE
#include "command.h"
#include "nic.h"
#include "rows.h"

#include <string.h>

static cJSON *rows;

static void bench(const char *arguments)
{
	OK(run("kplug bench irq %s --json > /tmp/bench.json || { cat /tmp/bench.json; false; }",
	       arguments));
	rows = rows_read("/tmp/bench.json");
}

/* Each loss is counted, and no interrupt is notified twice; a slow machine may merge interrupts. */
static void check_run(const char *path, const cJSON *run)
{
	double raised = rows_number(run, "raised"), handled = rows_number(run, "handled"),
	       notified = rows_number(run, "notified");

	ck_assert(raised > 0 && notified > 0);
	ck_assert_msg(notified + rows_number(run, "lost") == raised,
		      "%s: %g raised, %g handled, %g notified", path, raised, handled, notified);
	ck_assert(handled <= raised && notified <= handled);
	ck_assert(rows_number(run, "reached") <= rows_number(run, "rate") * 1.5);
}

static void check_latency(const cJSON *run, bool known)
{
	const cJSON *latency = cJSON_GetObjectItem(run, "latency");

	if (!known || rows_number(run, "lost") > 0) {
		ck_assert(cJSON_IsNull(latency));
		return;
	}
	ck_assert(rows_number(latency, "p50") > 0);
	ck_assert(rows_number(latency, "p99") >= rows_number(latency, "p50"));
	ck_assert(rows_number(latency, "max") >= rows_number(latency, "p99"));
}

/* The only run of a path. */
static const cJSON *run_of(const char *path, double raised)
{
	const cJSON *row = rows_path(path), *why = cJSON_GetObjectItem(row, "unavailable"), *run;

	ck_assert_msg(!why, "%s: %s", path, cJSON_GetStringValue(why));
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(row, "runs")), 1);
	run = cJSON_GetArrayItem(cJSON_GetObjectItem(row, "runs"), 0);
	check_run(path, run);
	ck_assert(rows_number(run, "raised") == raised);
	return run;
}

static void check_row(const char *path, double raised)
{
	check_latency(run_of(path, raised), true);
}

TEST(bench, timer, .variants = VARIANTS("equal", "random"), .timeout = 120)
{
	core_start();
	OK(module_load("kplug_null"));
	bench(!strcmp(variant, "random") ? NULL0 " --rate 200 --duration 0.5 --random" :
					   NULL0 " --rate 200 --duration 0.5");
	check_row("user", 100);
	check_row("plugin", 100);
	ck_assert(rows_unavailable("recipe") && rows_unavailable("bare") &&
		  rows_unavailable("uio") && rows_unavailable("vfio"));
}

TEST(bench, a_register, .timeout = 240)
{
	core_start();
	rows_load_drivers();
	bench(EDU1 " --rate 100 --duration 0.5");
	check_row("user", 50);
	check_row("recipe", 50);
	check_row("plugin", 50);
	check_row("bare", 50);
	check_row("uio", 50);
	if (leg_is("iommu"))
		check_row("vfio", 50);
	else
		ck_assert(rows_unavailable("vfio"));
	bench(EDU1 " --rate 100 --duration 0.5 --random --rung 3 --rung 0");
	check_row("user", 50);
	check_row("plugin", 50);
	ck_assert_int_eq(cJSON_GetArraySize(rows), 2);
}

TEST(bench, setup, .timeout = 120)
{
	char arguments[200];

	core_start();
	rows_load_drivers();
	nic_scripts();
	SAYS("raised 10, and none arrived: is the interrupt enabled",
	     "kplug bench irq %s " NIC_REGISTERS " --rung 1 --rate 100 --duration 0.1",
	     nic_address());
	/* A search ends after the first rate. */
	SAYS("raised 100, and none arrived",
	     "kplug bench irq %s " NIC_REGISTERS " --rung 1 --duration 0.1", nic_address());
	snprintf(arguments, sizeof(arguments),
		 "%s " NIC_REGISTERS
		 " --paths recipe,uio --rate 100 --duration 0.5 --setup " NIC_SETUP,
		 nic_address());
	bench(arguments);
	check_row("recipe", 50);
	check_row("uio", 50);
}

/* From outside of the machine: the program on the host counts its rings. */
TEST(bench, doorbell, .variants = VARIANTS("equal", "random"), .timeout = 240)
{
	core_start();
	OK(module_load("kplug_ivshmem"));
	OK(module_load("vfio-pci"));
	OK(module_load("vfio_iommu_type1"));
	bench(!strcmp(variant, "random") ? IVSHMEM " --rate 100 --duration 0.5 --random" :
					   IVSHMEM " --rate 100 --duration 0.5");
	check_row("user", 50);
	check_row("recipe", 50);
	check_row("plugin", 50);
	ck_assert(rows_unavailable("bare") && rows_unavailable("uio"));
	/* The time of arrival is unknown. */
	if (leg_is("iommu"))
		check_latency(run_of("vfio", 50), false);
}

/* The highest rate was tried; no rate below it lost; the next rate lost or was out of reach. */
TEST(bench, search, .timeout = 240)
{
	const cJSON *one, *row;
	double highest;
	bool found = false;

	core_start();
	OK(module_load("kplug_null"));
	bench(NULL0 " --rung 3 --duration 0.2 --html /tmp/bench.html");
	row = rows_path("plugin");
	highest = rows_number(row, "highest");
	cJSON_ArrayForEach(one, cJSON_GetObjectItem(row, "runs")) {
		check_run("plugin", one);
		check_latency(one, true);
		found |= rows_number(one, "lost") == 0 && rows_number(one, "reached") == highest;
	}
	ck_assert_msg(found || highest == 0, "no run reached %g", highest);
	ck_assert_int_ge(cJSON_GetArraySize(cJSON_GetObjectItem(row, "runs")), 2);
	OK(run("! grep -q http /tmp/bench.html"));
	/* For tests/html. */
	OK(run("hostcall put bench.html < /tmp/bench.html; hostcall put bench.json < /tmp/bench.json"));
	SAYS("highest rate without loss", "kplug bench irq " NULL0 " --rung 0 --duration 0.05");
}

static void line_count(char count[64])
{
	OK(run("grep uio_pci_generic /proc/interrupts > /tmp/line"));
	OK(file_read(count, 64, "/tmp/line"));
}

/* It loses most interrupts, and leaves the line of its device quiet. */
TEST(bench, too_fast_for_uio, .timeout = 60)
{
	char before[64], after[64];

	core_start();
	OK(module_load("uio_pci_generic"));
	bench(EDU1 " --paths uio --rate 5000 --duration 0.5");
	check_run("uio", cJSON_GetArrayItem(cJSON_GetObjectItem(rows_path("uio"), "runs"), 0));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	line_count(before);
	sleep_ms(100);
	line_count(after);
	ck_assert_str_eq(before, after);
	OK(run("echo " EDU1 " > /sys/bus/pci/drivers/uio_pci_generic/unbind"));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload("uio_pci_generic"));
}

/* Interrupted in the middle: the device goes back to its driver. */
TEST(bench, interrupted, .variants = VARIANTS("INT", "TERM", "KILL"), .timeout = 60)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	OK(run("kplug bench irq " EDU1
	       " --rung 3 --plugin edu --rate 10 --duration 1000 & echo $! > /tmp/bench.pid"));
	ck_assert(WAIT_UNTIL(!strcmp(pci_driver(EDU1), "kplug"), 20000));
	OK(run("kill -%s $(cat /tmp/bench.pid)", variant));
	ck_assert(WAIT_UNTIL(!strcmp(pci_driver(EDU1), "uio_pci_generic"), 20000));
	/* Nothing raises interrupts any more. */
	ck_assert(WAIT_UNTIL(run("pidof kplug"), 20000));
	OK(run("echo " EDU1 " > /sys/bus/pci/drivers/uio_pci_generic/unbind"));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload("uio_pci_generic"));
}

TEST(bench, device_in_use)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	OK(run("sleep 1000 < /dev/uio0 > /dev/null 2>&1 & echo $! > /tmp/holder"));
	REFUSES(1, "in use: sleep.[0-9]+. has /dev/uio0 open; --force",
		"kplug bench irq " EDU1 " --rung 1 --rate 100");
	REFUSES(1, "in use: sleep", "kplug ladder " EDU1 " --paths user");
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	bench(EDU1 " --rung 1 --rate 100 --duration 0.1 --force");
	check_row("recipe", 10);
	OK(run("kill $(cat /tmp/holder)"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers/uio_pci_generic/unbind"));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	ck_assert(WAIT_UNTIL(!module_unload("uio_pci_generic"), 5000));
	/* A program of kplug, too. */
	device_bind(EDU1);
	OK(run("kplug irq " EDU1 " --duration 1000 > /dev/null 2>&1 & echo $! > /tmp/holder"));
	ck_assert(WAIT_UNTIL(!run("kplug list | grep '" EDU1 " .*kplug.[0-9]'"), 5000));
	REFUSES(1, "in use: kplug.[0-9]+. has it open", "kplug ladder " EDU1 " --paths user");
	OK(run("kill $(cat /tmp/holder)"));
}

TEST(bench, refused, .timeout = 60)
{
	core_start();
	REFUSES(1, "no such device", "kplug bench irq 0000:7f:00.0");
	REFUSES(1, "modprobe kplug_null", "kplug bench irq null0");
	REFUSES(1, "how does it interrupt", "kplug bench irq " TESTDEV);
	REFUSES(2, "not a rate", "kplug bench irq " EDU1 " --rate 0");
	REFUSES(2, "not a rate", "kplug bench irq " EDU1 " --rate 2e6");
	REFUSES(2, "number of seconds", "kplug bench irq " EDU1 " --duration nan");
	REFUSES(2, "no rung", "kplug bench irq " EDU1 " --rung 2");
	REFUSES(2, "no path", "kplug bench irq " EDU1 " --paths user,nothing");
	REFUSES(2, "irq", "kplug bench dma " EDU1);
}
