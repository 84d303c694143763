// SPDX-License-Identifier: MIT
// kplug dma: each kind of memory, and what the engine of a plugin copies there and back.
#include <cjson/cJSON.h>

#include "command.h"

/* The memory of a program lies anywhere, so it takes a device that reaches all of it. */
TEST(command, dma, .variants = VARIANTS("contiguous", "user"))
{
	bool user = !strcmp(variant, "user");
	const char *edu = user ? EDU2 : EDU1, *bits = user ? "64" : "28";

	core_start();
	device_bind(edu);
	SAYS("^memory +0x3000 bytes", "kplug dma %s --bits %s -s 0x3000 --memory %s", edu, bits,
	     variant);
	SAYS("^segments +[1-3]$", "kplug dma %s --bits %s -s 0x3000 --memory %s", edu, bits,
	     variant);
	OK(module_load(user ? "kplug_edu dma_bits=64" : "kplug_edu"));
	SAYS("^compared +20480 bytes, all are right",
	     "kplug dma %s --plugin edu --transfer --count 10 --memory %s", edu, variant);
	SAYS("\"bytes\":.*2048", "kplug dma %s --plugin edu --transfer --memory %s --json", edu,
	     variant);
}

/* The device has 4 KiB: the last of them are those that come back. */
TEST(command, dma_finds_a_difference)
{
	core_start();
	device_bind(EDU1);
	REFUSES(1, "another word came back at 0x0; has the device 8192 bytes",
		"kplug dma " EDU1 " --plugin edu --transfer --size 8192");
	REFUSES(1, "no plugin is attached", "kplug dma " EDU1 " --bits 28 --transfer");
	REFUSES(1, "there is no plugin .nope.", "kplug dma " EDU1 " --plugin nope");
	REFUSES(2, "not contiguous, coherent or user", "kplug dma " EDU1 " --memory warm");
	REFUSES(2, "multiple of 4", "kplug dma " EDU1 " --size 4095");
}

/* It overwrites memory that another program may use. */
TEST(command, dma_needs_the_device_alone)
{
	struct kplug *k;

	core_start();
	device_bind(EDU1);
	k = device_open(EDU1);
	REFUSES(1, "kplug-guest.[0-9]+. has it open, and this command needs it alone",
		"kplug dma " EDU1 " --plugin edu --transfer");
	OK(run("kplug dma " EDU1 " --bits 28"));
	kplug_close(k);
}

TEST(command, dma_without_an_engine)
{
	core_start();
	OK(module_load("kplug_ivshmem"));
	device_bind(IVSHMEM);
	REFUSES(1, "the plugin has no DMA engine",
		"kplug dma " IVSHMEM " --plugin ivshmem --transfer");
}
