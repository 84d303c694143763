// SPDX-License-Identifier: MIT
// Modules that go and come, their parameters, and functions of the kernel that fail.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "chaos.h"
#include "file.h"
#include "process.h"
#include "random.h"

static void load_odd(void)
{
	static const char *const options[] = { "",
					       "",
					       "take_edu=1",
					       "event_vectors=1",
					       "num_vectors=2",
					       "dma_length=8192",
					       "dma_bits=28",
					       "heeds_closing=0",
					       "flags=0",
					       "engine=1",
					       "windows=1 window_region=2" };

	shell("modprobe kplug_odd flags=%u windows=%u %s %s 2>/dev/null", below(64), below(2),
	      pick(options), chance(60) ? "virtual=softy virtual_vectors=3" : "");
}

static void load_defective(void)
{
	static const char *const defects[] = {
		"old_abi",     "new_abi",       "fewer_ops",    "zero_op",      "unknown_op",
		"no_abort",    "no_ops",        "no_name",      "unknown_flag", "max_in",
		"max_out",     "window_region", "window_empty", "window_end",   "window_allow",
		"window_page", "first_abi",
	};
	static const char *const names[] = { "edu", "Odd", "odd_plugin_with_a_name_that_is_long" };

	if (chance(70))
		shell("modprobe kplug_odd windows=1 defect=%s 2>/dev/null", pick(defects));
	else
		shell("modprobe kplug_odd name=%s 2>/dev/null", pick(names));
	nap(100);
	shell("rmmod kplug_odd 2>/dev/null");
}

static bool unload(const char *module)
{
	return !syscall(SYS_delete_module, module, O_NONBLOCK);
}

void upheave_modules(void)
{
	static const char *const names[] = { "kplug_edu",     "kplug_null", "kplug_nvme",
					     "kplug_ivshmem", "kplug_odd",  "kplug_uart",
					     "kplug_bench" };
	const char *name = pick(names);

	if (chance(60) && unload(name) && chance(70))
		nap(200);
	if (strcmp(name, "kplug_odd")) {
		shell("modprobe %s 2>/dev/null", name);
		return;
	}
	if (chance(30))
		load_defective();
	load_odd();
}

/* A function of the machine's that has no mask bit, or a BAR without an address. */
void upheave_odd_function(void)
{
	const char *function = device_any_function();
	const char *module = chance(50) ? "kplug_nomask" : "kplug_nobar";

	file_write(function, "/sys/bus/pci/devices/%s/driver/unbind", function);
	shell("modprobe %s address=%s 2>/dev/null", module, function);
	file_write("kplug", "/sys/bus/pci/devices/%s/driver_override", function);
	file_write(function, "/sys/bus/pci/drivers_probe");
	nap(1500);
	file_write(function, "/sys/bus/pci/devices/%s/driver/unbind", function);
	shell("rmmod %s 2>/dev/null", module);
	file_write(function, "/sys/bus/pci/drivers_probe");
}

/*
 * Functions of the kernel which rarely fail, which others here do not call, and which return an
 * int.
 */
void upheave_failures(void)
{
	static const char *const functions[] = {
		"pci_alloc_irq_vectors_affinity",
		"request_threaded_irq",
		"pci_reset_function",
		"pci_request_selected_regions",
		"dma_map_sgtable",
		"pin_user_pages_fast",
		"dma_set_mask",
		"pci_enable_device",
	};

	if (shell("modprobe kplug_fault functions=%s status=%d 2>/dev/null", pick(functions),
		  chance(50) ? -12 : -5))
		return;
	nap(150);
	shell("rmmod kplug_fault");
}

static void set_pool(void)
{
	static const char *const pools[] = { "4x64K",
					     "2x1M,8x4K",
					     "",
					     "1x4M",
					     "x",
					     "3x",
					     "0x4K",
					     "4096x4K",
					     "1x8M",
					     "1x4K,",
					     "99999999999x4K",
					     "2x16K",
					     "9x9,9x9,9x9,9x9,9x9,9x9,9x9,9x9,9x9" };

	file_write(pick(pools), "/sys/module/kplug/parameters/pool");
}

struct parameter {
	const char *name;
	unsigned int limit;
};

/* Of the test plugin: what its ops return, and how long they take. */
static void set_odd(void)
{
	static const struct parameter parameters[] = {
		{ "ack", 2 },           { "verdict", 8 },     { "captures", 6 },
		{ "busy_us", 300 },     { "deferred_ms", 6 }, { "deferred_busy_us", 300 },
		{ "dma_idle", 2 },      { "wake", 2 },        { "fire", 2 },
		{ "irqs_off_us", 300 },
	};
	static const char *const errors[] = { "attach_error", "open_error", "arm_error" };
	const struct parameter *parameter = &pick(parameters);
	char value[16];

	if (chance(20)) {
		file_write(chance(80) ? "0" : "-12", "/sys/module/kplug_odd/parameters/%s",
			   pick(errors));
		return;
	}
	snprintf(value, sizeof(value), "%u", below(parameter->limit));
	file_write(value, "/sys/module/kplug_odd/parameters/%s", parameter->name);
}

void upheave_parameters(void)
{
	switch (below(5)) {
	case 0:
		set_pool();
		break;
	case 1:
		file_write(chance(85) ? "Y" : "N",
			   "/sys/module/kplug/parameters/root_complex_routes");
		break;
	case 2:
		file_write(chance(70) ? "10000" :
			   chance(50) ? "1" :
					"0",
			   "/sys/module/kplug/parameters/handler_budget_us");
		break;
	case 3:
		file_write(chance(50) ? "Y" : "N",
			   "/sys/module/kplug_nvme/parameters/restricted_write");
		break;
	default:
		set_odd();
	}
}
