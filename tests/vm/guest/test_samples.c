// SPDX-License-Identifier: MIT
// The samples: each ends with 0 only if the device did what its comment says.
#include "device.h"

TEST(samples, edu,
     .variants = VARIANTS("hello", "mmap_regs", "irq_wait", "user_handler", "recipe", "two_clients",
			  "latency_inside", "regs_script", "dma_copy", "dma_share"))
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("%s %s", variant, EDU1), 0);
	/* Once more: the first run leaves no state that disturbs. */
	ck_assert_int_eq(run("%s %s", variant, EDU1), 0);
	objects_settle();
}

TEST(samples, dma_sg)
{
	core_start();
	device_bind(EDU2);
	ck_assert_int_eq(run("dma_sg %s", EDU2), 0);
	objects_settle();
}

TEST(samples, p2p)
{
	core_start();
	device_bind(EDU2);
	device_bind(IVSHMEM);
	ck_assert_int_ne(run("p2p %s %s", EDU2, IVSHMEM), 0);
	OK(file_write("Y", "/sys/module/kplug/parameters/root_complex_routes"));
	ck_assert_int_eq(run("p2p %s %s", EDU2, IVSHMEM), 0);
	objects_settle();
}

TEST(samples, block)
{
	core_start();
	device_bind(IVSHMEM);
	ck_assert_int_eq(run("block %s", IVSHMEM), 0);
	objects_settle();
}

TEST(samples, script)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(
		run("kplug script %s /usr/bin/factorial.script | grep -x '0:0x8 = 0x000013b0'",
		    EDU1),
		0);
}

TEST(samples, msg_echo)
{
	core_start();
	OK(module_load("kplug_null"));
	ck_assert_int_eq(run("msg_echo %s", NULL0), 0);
	objects_settle();
}

TEST(samples, user_handler_moves_into_the_kernel)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("user_handler %s edu | grep 'runs in the kernel'", EDU1), 0);
	ck_assert_int_eq(run("user_handler %s edu", EDU1), 0);
}

TEST(samples, user_handler_without_its_plugin)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("user_handler %s missing | grep 'runs in this program'", EDU1), 0);
	ck_assert_int_eq(run("user_handler %s missing", EDU1), 0);
}

/* The README's program; it names the plugin, which the kernel then loads. */
TEST(samples, ladder, .smoke = true)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("ladder %s | grep -x 'status 42'", EDU1), 0);
	ck_assert(module_loaded("kplug_edu"));
	objects_settle();
}

TEST(samples, portio)
{
	core_start();
	uart_release();
	OK(run("kplug isa-add --port 0x2e8+8 --irq 6"));
	ck_assert_int_eq(run("portio " UART " | grep -x 'Hello, ISA ports'"), 0);
	ck_assert_int_eq(run("portio " UART), 0);
	objects_settle();
}

/* A plugin that was built outside of the tree, see samples/plugin. */
TEST(samples, plugin, .smoke = true)
{
	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(run("user_handler %s first | grep 'runs in the kernel'", EDU1), 0);
	ck_assert(module_loaded("kplug_first"));
	ck_assert_int_eq(run("user_handler %s first", EDU1), 0);
	objects_settle();
}

TEST(samples, wrong_device)
{
	core_start();
	ck_assert_int_eq(run("hello"), 2);
	ck_assert_int_eq(run("hello 0000:00:1e.7"), 1);
	device_bind(TESTDEV);
	ck_assert_int_eq(run("mmap_regs %s", TESTDEV), 1);
}
