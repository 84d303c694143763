// SPDX-License-Identifier: MIT
// The kplug command: its output, its exit codes, and the state after it.
#define _GNU_SOURCE
#include "command.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "child.h"
#include "nic.h"
#include "schema.h"

static int bind_without_rights(void)
{
	NEED(run("kplug bind " EDU1 " 2>&1 | grep -q 'try as root'") == 0);
	return 0;
}

TEST(command, without_the_module)
{
	core_start();
	OK(module_unload("kplug"));
	SAYS(EDU1 ".*1234:11e8", "kplug list");
	SAYS("\"module_loaded\":.*false", "kplug list --json");
	REFUSES(1, "modprobe kplug", "kplug info " EDU1);
	OK(child_run(&(struct child){ .user = 1000, .group = 1000 }, bind_without_rights));
	ck_assert(!module_loaded("kplug"));
	SAYS("on kplug", "kplug bind " EDU1);
	ck_assert(module_loaded("kplug"));
	OK(run("kplug unbind " EDU1));
}

#define FOLDER "/tmp/modules"

/* For this process and its children, the folder of the modules has what FOLDER has. */
static void replace_modules(void)
{
	struct utsname kernel;
	char path[PATH_MAX];

	uname(&kernel);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra", kernel.release);
	mkdir(FOLDER, 0755);
	OK(unshare(CLONE_NEWNS));
	OK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	OK(mount(FOLDER, path, NULL, MS_BIND, NULL));
}

TEST(command, explains_the_module)
{
	core_start();
	OK(module_unload("kplug"));
	replace_modules();
	REFUSES(1, "not installed for the kernel [0-9]", "kplug bind " EDU1);
	REFUSES(1, "not installed for the kernel [0-9]", "kplug isa-add --port 0x240+8");
	SAYS("not installed for the kernel [0-9]",
	     "kplug ladder " EDU1 " --paths recipe --count 10");
	OK(run("echo wrong > " FOLDER "/kplug.ko"));
	REFUSES(1, "built for another kernel", "kplug bind " EDU1);
	ck_assert(!module_loaded("kplug"));
	unlink(FOLDER "/kplug.ko");
}

TEST(command, usage)
{
	core_start();
	REFUSES(2, "which command", "kplug");
	REFUSES(2, "unknown command .frob.", "kplug frob");
	REFUSES(2, "kplug list", "kplug bind");
	REFUSES(2, "unexpected argument .b.", "kplug bind a b");
	REFUSES(2, "REGION:OFFSET", "kplug read " EDU1 " 9:0");
	REFUSES(2, "REGION:OFFSET", "kplug read " EDU1 " 0:0:3");
	REFUSES(2, "=VALUE", "kplug write " EDU1 " 0:0");
	REFUSES(2, "OFFSET", "kplug cfg " EDU1 " 7:0:4");
	REFUSES(2, "OFFSET", "kplug cfg " EDU1 " 0:1=x");
	REFUSES(2, "go together", "kplug irq " EDU1 " --status 0:0");
	REFUSES(2, "not a number", "kplug irq " EDU1 " --count x");
	REFUSES(2, "did you mean .latency.", "kplug latncy");
	SAYS("Examples", "kplug irq --help");
	SAYS("Examples", "kplug irq -h");
	SAYS("Examples", "kplug help irq");
	/* It is no device. */
	SAYS("Examples", "kplug latency --dev --help");
	SAYS("Exit codes", "kplug help");
	SAYS("Exit codes", "kplug -h");
	SAYS("Exit codes", "kplug --help");
	SAYS("^kplug [0-9]", "kplug --version");
}

TEST(command, no_such_device)
{
	core_start();
	REFUSES(1, "no such device.*kplug list", "kplug bind 0000:00:1e.7");
	REFUSES(1, "no such device.*kplug list", "kplug info 0000:00:1e.7");
	REFUSES(1, "kplug bind", "kplug info " EDU1);
	REFUSES(1, "nothing to undo", "kplug unbind " EDU1);
}

/* From a driver that has the device's ids, and back, in two runs of the command. */
TEST(command, bind_and_back, .smoke = true)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("1234 11e8", "/sys/bus/pci/drivers/uio_pci_generic/new_id"));
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	OK(run("kplug bind 00:04.0"));
	ck_assert_str_eq(pci_driver(EDU1), "kplug");
	OK(run("kplug bind " EDU1));
	SAYS("ids +1234:11e8", "kplug info 00:04.0");
	SAYS("given back", "kplug unbind " EDU1);
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	OK(module_unload("uio_pci_generic"));
}

/* From a driver that was bound by override, and back to it. */
TEST(command, bind_and_back_to_an_override)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers/uio_pci_generic/bind"));
	OK(run("kplug bind " EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "kplug");
	OK(run("kplug unbind " EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	OK(file_write(EDU1, "/sys/bus/pci/devices/" EDU1 "/driver/unbind"));
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(module_unload("uio_pci_generic"));
}

TEST(command, unbind_to_nobody)
{
	core_start();
	OK(run("kplug bind " EDU1));
	OK(run("kplug unbind " EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "");
	/* Also when the plugin's own device table had bound it. */
	OK(module_load("kplug_edu"));
	ck_assert_str_eq(pci_driver(EDU1), "kplug_edu");
	OK(run("kplug unbind " EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "");
}

static void appear_again(const char *address)
{
	OK(file_write("1", "/sys/bus/pci/devices/%s/remove", address));
	OK(file_write("1", "/sys/bus/pci/rescan"));
	pci_wait_added(address);
}

/* A device that no plugin takes by its ids. */
TEST(command, bind_that_lasts, .timeout = 60)
{
	const char *const short_address = TESTDEV + strlen("0000:");

	core_start();
	OK(run("kplug bind " TESTDEV));
	appear_again(TESTDEV);
	ck_assert_str_eq(pci_driver(TESTDEV), "");
	SAYS("on kplug", "kplug bind --persist %s", short_address);
	for (int i = 0; i < 2; i++) {
		appear_again(TESTDEV);
		ck_assert_str_eq(pci_driver(TESTDEV), "kplug");
	}
	/* Of this card alone. */
	SAYS("ATTR.vendor.==.0x1b36., ATTR.device.==.0x0005.",
	     "cat /etc/udev/rules.d/61-kplug-" TESTDEV ".rules");
	OK(run("kplug unbind " TESTDEV));
	appear_again(TESTDEV);
	ck_assert_str_eq(pci_driver(TESTDEV), "");
	ck_assert(!file_exists("/etc/udev/rules.d/61-kplug-" TESTDEV ".rules"));
	objects_settle();
}

/* A mounted file system claims the disk in the same way. */
TEST(command, bind_leaves_a_disk_in_use)
{
	const char node[] = "/dev/nvme0n1";
	int fd;

	core_start();
	OK(module_load("nvme"));
	if (strcmp(pci_driver(NVME), "nvme"))
		OK(file_write(NVME, "/sys/bus/pci/drivers_probe"));
	ck_assert(WAIT_UNTIL(file_exists(node), 30000));
	fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	REFUSES(1, "in use: /dev/nvme0n1 is mounted or claimed.*--force", "kplug bind " NVME);
	ck_assert_str_eq(pci_driver(NVME), "nvme");
	close(fd);
	OK(run("kplug bind " NVME));
	OK(run("kplug unbind " NVME));
	ck_assert_str_eq(pci_driver(NVME), "nvme");
	ck_assert(WAIT_UNTIL(file_exists(node), 30000));
	fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC);
	OK(run("kplug bind --force " NVME));
	ck_assert_str_eq(pci_driver(NVME), "kplug");
	close(fd);
	OK(run("kplug unbind " NVME));
	OK(module_unload("nvme"));
	objects_settle();
}

TEST(command, bind_leaves_swap)
{
	core_start();
	OK(module_load("nvme"));
	if (strcmp(pci_driver(NVME), "nvme"))
		OK(file_write(NVME, "/sys/bus/pci/drivers_probe"));
	ck_assert(WAIT_UNTIL(file_exists("/dev/nvme0n1"), 30000));
	OK(run("mkswap /dev/nvme0n1 && swapon /dev/nvme0n1"));
	REFUSES(1, "/dev/nvme0n1 is swap space.*--force", "kplug bind " NVME);
	SAYS("^ +/dev/nvme0n1 is swap space", "kplug list " NVME);
	SAYS("\"/dev/nvme0n1 is swap space\"", "kplug list --json");
	OK(run("swapoff /dev/nvme0n1 && dd if=/dev/zero of=/dev/nvme0n1 bs=4096 count=1"));
	OK(run("kplug bind " NVME));
	OK(run("kplug unbind " NVME));
	OK(file_write(NVME, "/sys/bus/pci/drivers/nvme/unbind"));
	OK(module_unload("nvme"));
	objects_settle();
}

/* A program of another driver is named, and keeps its device. */
TEST(command, bind_leaves_a_program_its_device)
{
	core_start();
	OK(module_load("uio_pci_generic"));
	OK(file_write("uio_pci_generic", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
	OK(file_write(EDU1, "/sys/bus/pci/drivers_probe"));
	OK(run("sleep 1000 < /dev/uio0 > /dev/null 2>&1 & echo $! > /tmp/holder"));
	REFUSES(1, "sleep.[0-9]+. has /dev/uio0 open; --force", "kplug bind " EDU1);
	/* Also by a short address. */
	REFUSES(1, "sleep.[0-9]+. has /dev/uio0 open; --force", "kplug bind 00:04.0");
	ck_assert_str_eq(pci_driver(EDU1), "uio_pci_generic");
	SAYS("^ +sleep.[0-9]+. has /dev/uio0 open", "kplug list " EDU1);
	OK(run("kplug bind --force " EDU1));
	ck_assert_str_eq(pci_driver(EDU1), "kplug");
	OK(run("kill $(cat /tmp/holder)"));
	/* The driver has gone meanwhile. */
	ck_assert(WAIT_UNTIL(!module_unload("uio_pci_generic"), 5000));
	REFUSES(1, "its driver uio_pci_generic is not loaded; the device has no driver now",
		"kplug unbind " EDU1);
	ck_assert_str_eq(pci_driver(EDU1), "");
	OK(file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override"));
}

TEST(command, read_and_write)
{
	core_start();
	device_bind(EDU1);
	SAYS("^0:0 = 0x010000ed$", "kplug read %s 0:0", EDU1);
	OK(run("kplug write %s 0:4=0x12345678", EDU1));
	SAYS("^0:4 = 0xedcba987$", "kplug read %s 0:0 0:4", EDU1);
	SAYS("\"value\":.*\"0xedcba987\"", "kplug read %s 0:4 --json", EDU1);
	OK(run("kplug write %s 0:0x80:8=0x123456789a 0:0x88=7", EDU1));
	SAYS("^0:0x80:8 = 0x000000123456789a$", "kplug read %s 0:0x80:8", EDU1);
	REFUSES(1, "kplug info", "kplug read %s 0:3", EDU1);
	REFUSES(1, "kplug info", "kplug read %s 0:0x100000", EDU1);
	REFUSES(1, "kplug info", "kplug read %s 1:0", EDU1);
	REFUSES(1, "kplug info", "kplug write %s 0:4=0x100000000", EDU1);
}

TEST(command, links)
{
	core_start();
	SAYS("^kplug/by-id/1234:11e8$", "kplug links " EDU1);
	SAYS("kplug/by-id/1234:11e8-2$", "kplug links " EDU0);
	SAYS("^kplug/by-id/1234:11e8$", "kplug links 00:04.0");
	SAYS("\"links\":.*\"by-id/1234:11e8\"", "kplug links --json " EDU1);
	/* The rule of udev runs it as the node of the device appears. */
	SAYS("^$", "kplug links null0");
}

TEST(command, dump)
{
	core_start();
	device_bind(EDU1);
	device_bind(TESTDEV);
	OK(run("kplug write %s 0:4=0x12345678", EDU1));
	SAYS("^000000: 010000ed edcba987$", "kplug dump %s 0:0 8", EDU1);
	SAYS("^000004: edcba987$", "kplug dump %s 0:4 4", EDU1);
	SAYS("\"0xedcba987\"", "kplug dump %s 0:0 8 --json", EDU1);
	SAYS("^000000: 1234 11e8", "kplug dump %s 7:0:2 64", EDU1);
	OK(run("kplug write %s 1:0:1=0", TESTDEV));
	SAYS("^000010: [0-9a-f][0-9a-f] [0-9a-f][0-9a-f]$", "kplug dump %s 1:16:1 2", TESTDEV);
	REFUSES(1, "kplug info", "kplug dump %s 0:0xffffc 8", EDU1);
	REFUSES(1, "kplug info", "kplug dump %s 0:2 8", EDU1);
	REFUSES(2, "number of bytes", "kplug dump %s 0:0 6", EDU1);
	REFUSES(2, "number of bytes", "kplug dump %s 0:0 0", EDU1);
	REFUSES(2, "number of bytes", "kplug dump %s 0:0 0x100004", EDU1);
	REFUSES(2, "REGION:OFFSET", "kplug dump %s 9:0 4", EDU1);
}

TEST(command, watch)
{
	core_start();
	device_bind(EDU1);
	OK(run("kplug write %s 0:4=0", EDU1));
	SAYS("0xffffffff$", "kplug watch %s 0:4 --count 1", EDU1);
	SAYS("\"value\": \"0xfffffffe\"",
	     "(sleep 0.5; kplug write %s 0:4=1) & kplug watch %s 0:4 -i 10 -n 2 --json", EDU1,
	     EDU1);
	REFUSES(1, "kplug info", "kplug watch %s 0:3", EDU1);
	REFUSES(2, "milliseconds", "kplug watch %s 0:3 --interval x", EDU1);
	REFUSES(2, "number from 1 to", "kplug watch %s 0:4 --count 0", EDU1);
}

TEST(command, script)
{
	core_start();
	device_bind(EDU1);
	SAYS("^0:0x4 = 0xfffffffa$",
	     "printf 'write 0:4=5 # five\n\nread 0:4\n' | kplug script %s -", EDU1);
	SAYS("\"line\":.*3", "printf 'write 0:4=5\n\nread 0:4\n' | kplug script %s - --json", EDU1);
	SAYS("^0:0x8 = 0x000013b0$",
	     "printf 'write 0:8=7\nwait 0:0x20=0 1\nread 0:8\n' | kplug script %s -", EDU1);
	OK(run("printf 'expect 0:0=0xed 0xffff\nsleep 1\n' | kplug script %s -", EDU1));
	REFUSES(1, ".:2: expect 0:0x4: it is 0xfffffffa",
		"printf 'write 0:4=5\nexpect 0:4=5\n' | kplug script %s -", EDU1);
	REFUSES(1, ".:1: wait 0:0x4: it is 0xfffffffa",
		"printf 'wait 0:4=5 0xff 20\n' | kplug script %s -", EDU1);
	REFUSES(1, ".:2: read 0:0x3", "printf 'read 0:0\nread 0:3\n' | kplug script %s -", EDU1);
	/* A line is wrong, so the command runs none of the lines before it. */
	for (const char *const *bad =
		     (const char *const[]){ "read", "reed 0:4", "write 0:4", "read 0:4 1",
					    "expect 0:4", "sleep x", "wait 0:4=1 1 1 1",
					    "expect 0:4=1 1 1", NULL };
	     *bad; bad++) {
		REFUSES(2, ".:2: not understood", "printf 'write 0:4=9\n%s\n' | kplug script %s -",
			*bad, EDU1);
		SAYS("0xfffffffa", "kplug read %s 0:4", EDU1);
	}
	REFUSES(1, "No such file", "kplug script %s /tmp/none", EDU1);
	REFUSES(1, "no such device", "printf 'read 0:0\n' | kplug script 0000:00:1e.7 -");
}

TEST(command, reset)
{
	core_start();
	device_bind(EDU1);
	device_bind(NVME);
	SAYS("reset", "kplug reset %s", NVME);
	SAYS("\"done\":.*\"reset\"", "kplug reset %s --json", NVME);
	REFUSES(1, "cannot be reset alone", "kplug reset %s", EDU1);
}

TEST(command, info)
{
	core_start();
	device_bind(EDU1);
	SAYS("region 0 memory, 0x100000 bytes, mappable", "kplug info %s", EDU1);
	SAYS("region 7 configuration space, 0x100 bytes$", "kplug info %s", EDU1);
	SAYS("\"trusted\":.*true", "kplug info %s --json", EDU1);
	SAYS("^module +interface 1, ([0-9]+) of \\1 commands, stride.*exclusive", "kplug info %s",
	     EDU1);
	SAYS("^reset +not alone$", "kplug info %s", EDU1);
	OK(run("kplug irq %s --plugin edu --raise 0:0x60=1 --count 5", EDU1));
	SAYS("raised 5, handled 5, none 0", "kplug info %s", EDU1);
	SAYS("\"posted\":.*5", "kplug info %s --json", EDU1);
}

TEST(command, attach_and_detach)
{
	core_start();
	device_bind(EDU1);
	REFUSES(1, "no plugin .missing.", "kplug attach %s missing", EDU1);
	SAYS("attached", "kplug attach %s edu", EDU1);
	SAYS("plugin +edu .permanent.", "kplug info %s", EDU1);
	SAYS(EDU1 " .* edu ", "kplug list");
	SAYS("plugin edu: on", "kplug list");
	REFUSES(1, "already", "kplug attach %s edu", EDU1);
	ck_assert_int_ne(module_unload("kplug_edu"), 0);
	SAYS("detached", "kplug detach %s", EDU1);
	REFUSES(1, "nothing to undo", "kplug detach %s", EDU1);
}

TEST(command, irq, .variants = VARIANTS("--plugin edu", "--status 0:0x24 --ack 0:0x64"))
{
	core_start();
	device_bind(EDU1);
	SAYS("^2: vector 0 .* 0x5$", "kplug irq %s %s --raise 0:0x60=5 --count 3", EDU1, variant);
	SAYS("^3 events in .* 0 lost", "kplug irq %s %s --raise 0:0x60=5 --count 3 --quiet", EDU1,
	     variant);
	SAYS("\"events\":.*3", "kplug irq %s %s --raise 0:0x60=5 --count 3 --json", EDU1, variant);
}

TEST(command, irq_that_does_not_come)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("kplug irq %s --duration 0.3 --count 1", EDU1), 1);
	SAYS("^0 events", "kplug irq %s --duration 0.3", EDU1);
	REFUSES(0, "raised 0: is the interrupt enabled in the device", "kplug irq %s -d 0.3", EDU1);
	REFUSES(1, "there is no vector 200; the last one is 0", "kplug irq %s --vector 200", EDU1);
	REFUSES(1, "there is no plugin .nope.", "kplug irq %s --plugin nope", EDU1);
}

/* Of this run, not since bind. */
TEST(command, irq_counts)
{
	core_start();
	device_bind(EDU1);
	for (int i = 0; i < 2; i++)
		SAYS("raised 3 times, handled 3 times",
		     "kplug irq %s --plugin edu --raise 0:0x60=5 --count 3", EDU1);
}

TEST(command, irq_setup)
{
	core_start();
	device_bind(nic_address());
	nic_scripts();
	SAYS("^3 events",
	     "kplug irq %s --status 0:0xc0 --ack 0:0xc0 --raise 0:0xc8=0x100000 -q -c 3 --setup " NIC_SETUP
	     " --teardown " NIC_TEARDOWN,
	     nic_address());
	SAYS("^0:0xd0 = 0x00000000", "kplug read %s 0:0xd0", nic_address());
	REFUSES(1, "No such file", "kplug irq %s --setup /tmp/none", nic_address());
}

/* Ctrl-C ends it with its counts. */
TEST(command, irq_interrupted)
{
	core_start();
	device_bind(EDU1);
	SAYS("^0 events", "{ timeout -s INT 1 kplug irq %s; true; }", EDU1);
}

TEST(command, list_says_who_holds_what)
{
	struct kplug *null;

	core_start();
	null = null_open(0);
	SAYS(NULL0 ".*kplug-guest.[0-9]+", "kplug list");
	SAYS("\"command\":.*kplug-guest", "kplug list --json");
	kplug_close(null);
	null = device_open_restricted(NULL0);
	SAYS(NULL0 ".* restricted", "kplug list");
	kplug_close(null);
	SAYS(NULL0 ".* -$", "kplug list");
	/* It fits a terminal. */
	null = device_open_restricted(NULL0);
	OK(run("kplug list > /tmp/said; ! grep -E \".{81}\" /tmp/said"));
	kplug_close(null);
}

/* The reader of a result must not take a part of it for all. */
TEST(command, full_disk)
{
	static const char *const commands[] = {
		"list",
		"list --json",
		"list --tree",
		"info " EDU1,
		"info --json " EDU1,
		"read " EDU1 " 0:0",
		"dump " EDU1 " 0:0 64",
		"cfg " EDU1,
		"caps " EDU1,
		"widths " EDU1,
		"clients " EDU1,
		"--help",
		"irq " EDU1 " --plugin edu --raise 0:0x60=1 --count 2",
		"watch " EDU1 " 0:0 --count 1",
		"ladder " EDU1 " --paths recipe --count 20 --force",
	};

	core_start();
	device_bind(EDU1);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		REFUSES(1, "standard output: (No space left|some of it)", "kplug %s > /dev/full",
			commands[i]);
}

/* The output of --json is always one JSON value, and as its schema says. */
TEST(command, json_parses, .timeout = 120)
{
	static const char *const commands[] = {
		"list",
		"info " EDU1,
		"info " NULL0,
		"links " EDU1,
		"read " EDU1 " 0:0 0:0x80:8",
		"write " EDU1 " 0:4=1",
		"dump " EDU1 " 0:0 64",
		"widths " EDU1,
		"irq " EDU1 " --plugin edu --raise 0:0x60=1 --count 2",
		"dma " EDU1 " --plugin edu --transfer",
		"attach " EDU1 " edu",
		"detach " EDU1,
		"grant " EDU1 " --user 1000 --unsafe",
		"grant " EDU1,
		"clients " EDU1,
		"cfg " EDU1,
		"cfg " EDU1 " 0 0xc:1=0",
		"caps " EDU1,
		"caps " NVME,
		"ladder " EDU1 " --paths user,recipe,bare --count 20",
		"bench irq " EDU1 " --rung 1 --rate 100 --duration 0.1",
		"unbind " EDU1,
		"bind " EDU1,
	};
	static char text[65536];

	core_start();
	device_bind(EDU1);
	device_bind(NVME);
	OK(module_load("kplug_null"));
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		OK(run("kplug %s --json > /tmp/json", commands[i]));
		OK(file_read(text, sizeof(text), "/tmp/json"));
		schema_check(text, commands[i]);
	}
	SAYS("^ladder-1$", "kplug schema");
	REFUSES(1, "no such schema", "kplug schema frob-1");
}

/* An object on each line. */
TEST(command, json_lines)
{
	static char text[65536];

	core_start();
	device_bind(EDU1);
	OK(run("kplug watch " EDU1 " 0:0 --count 1 --json > /tmp/json"));
	OK(file_read(text, sizeof(text), "/tmp/json"));
	schema_check_lines(text, "watch");
	OK(run("printf 'read 0:0\nread 0:4\n' | kplug script " EDU1 " - --json > /tmp/json"));
	OK(file_read(text, sizeof(text), "/tmp/json"));
	schema_check(text, "script");
}
