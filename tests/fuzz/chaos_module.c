// SPDX-License-Identifier: MIT
// Modules that go and come, their parameters, and functions of the kernel that fail.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admin.h"
#include "chaos.h"
#include "fault.h"
#include "file.h"
#include "module.h"
#include "operation.h"
#include "process.h"
#include "random.h"

#define EDU1       "0000:00:04.0"
#define PROGRAMS_S 15 /* for a program of each kind, some of whose calls wait for a kill */
#define LAST_FAULT 60 /* to declare a card takes fewer allocations */

static const char *const odd_options[] = {
	"",
	"",
	"take_edu=1",
	"event_vectors=1",
	"num_vectors=2",
	"dma_length=8192",
	"dma_bits=28",
	"dma_length=8192 dma_idle=1",
	"heeds_closing=0",
	"flags=0",
	"engine=1",
	"windows=1 window_region=2",
};

static void load_odd(void)
{
	module_load("kplug_odd", "flags=%u windows=%u %s %s", below(64), below(2),
		    pick(odd_options), chance(60) ? "virtual=softy virtual_vectors=3" : "");
}

/* Plugins that the core refuses. */
static void try_defects(void)
{
	static const char *const options[] = {
		"name=edu",
		"name=Odd",
		"name=odd_plugin_with_a_name_that_is_long",
		"defect=old_abi",
		"defect=new_abi",
		"defect=fewer_ops",
		"defect=zero_op",
		"defect=unknown_op",
		"defect=no_abort",
		"defect=no_ops",
		"defect=no_name",
		"defect=unknown_flag",
		"defect=max_in",
		"defect=max_out",
		"defect=window_region",
		"defect=window_empty",
		"defect=window_end",
		"defect=window_allow",
		"defect=window_page",
		"defect=first_abi",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(options); i++) {
		module_load("kplug_odd", "windows=1 %s", options[i]);
		module_unload("kplug_odd");
	}
}

void upheave_modules(void)
{
	static const char *const names[] = { "kplug_edu",     "kplug_null", "kplug_nvme",
					     "kplug_ivshmem", "kplug_odd",  "kplug_odd",
					     "kplug_uart",    "kplug_bench" };
	const char *name = pick(names);

	if (chance(60) && module_unload(name) && chance(70))
		nap(200);
	if (strcmp(name, "kplug_odd"))
		module_load(name, "%s", "");
	else
		load_odd();
}

/* A function of the machine's that has no mask bit, or a BAR without an address. */
void upheave_odd_function(void)
{
	const char *function = device_any_function();
	const char *module = chance(50) ? "kplug_nomask" : "kplug_nobar";

	admin_unbind(function);
	module_load(module, "address=%s", function);
	admin_bind(function);
	nap(1500);
	admin_unbind(function);
	module_unload(module);
	admin_bind(function);
}

/*
 * Functions that rarely fail, and what they then return. Those of the kernel are not called by
 * others here, or only by such as bear it; those of the core stand for allocations in them, which
 * must not fail where ACPI is involved (see UPHEAVAL()).
 */
static const struct failure {
	const char *functions;
	int status;
	bool meets_programs; /* else only drivers call it */
} failures[] = {
	{ "pci_alloc_irq_vectors_affinity", -12, true },
	{ "pci_alloc_irq_vectors_affinity", -28, true },
	{ "request_threaded_irq", -16, true },
	{ "pci_reset_function", -25, true },
	{ "pci_request_selected_regions", -16, false },
	{ "dma_map_sgtable", -5, true },
	{ "pin_user_pages_fast", -12, true },
	{ "dma_set_mask", -5, true },
	{ "pci_enable_device", -5, false },
	{ "simple_pin_fs", -12, true },
	{ "alloc_anon_inode", -12, true },
	{ "__init_srcu_struct", -12, false },
	{ "cdev_device_add", -12, false },
	{ "kobject_create_and_add", 0, false },
	{ "dma_buf_export", -12, true },
	{ "dma_buf_fd", -24, true },
	{ "sg_alloc_table", -12, true },
	{ "sg_alloc_table_from_pages_segment", -12, true },
	{ "kthread_create_worker", -12, true },
	{ "__pci_register_driver", -12, false },
	{ "ioremap", 0, false },
	{ "ida_alloc_range", -12, false },
	{ "platform_get_irq", -6, false },
	{ "dma_buf_dynamic_attach", -12, true },
	{ "dma_buf_map_attachment", -12, true },
	{ "dma_buf_pin", -12, true },
	{ "dma_resv_wait_timeout", -4, true },
	{ "eventfd_ctx_fdget", -12, true },
	{ "kplug:kplug_dma_pool_new_pages", 0, true },
	{ "kplug:kplug_device_alloc", -12, false },
	{ "kplug:kplug_devices_add", -16, false },
	{ "kplug:kplug_resource_add", -16, false },
	{ "kplug:kplug_attach_auto", -19, false },
	{ "kplug:kplug_inode_new", -12, true },
	{ "kplug:kplug_vector_setup", -12, false },
};

static bool begin_failure(const struct failure *failure)
{
	return module_load("kplug_fault", "functions=%s status=%d", failure->functions,
			   failure->status);
}

static void take_and_bring_back(const struct device *device)
{
	if (!device)
		return;
	admin_take_away(device->name, device->type);
	admin_bring_back(device->name, device->type);
}

/* What may meet the failure, beside the programs. */
static void meet_failure(void)
{
	switch (below(4)) {
	case 0:
		take_and_bring_back(&devices[below(num_devices)]);
		break;
	case 1:
		admin_isa();
		break;
	case 2:
		if (module_unload("kplug_odd"))
			module_load("kplug_odd", "take_edu=1 virtual=softy");
		break;
	}
}

/* Also what a failure leaves undone comes back. */
void upheave_failures(void)
{
	if (!begin_failure(&pick(failures)))
		return;
	for (unsigned int i = 1 + below(3); i; i--) {
		meet_failure();
		nap(200);
	}
	module_unload("kplug_fault");
	for (unsigned int i = 0; i < num_devices; i++)
		admin_bring_back(devices[i].name, devices[i].type);
}

/* A function that has no driver of its own goes to the plugin with its ids. */
static void probe_for_plugin(void)
{
	admin_unbind(EDU1);
	if (!module_load("kplug_odd", "take_edu=1 virtual=softy"))
		return;
	file_write("\n", "/sys/bus/pci/devices/" EDU1 "/driver_override");
	file_write(EDU1, "/sys/bus/pci/drivers_probe");
	admin_unbind(EDU1);
	module_unload("kplug_odd");
}

/* A call that sleeps in the plugin wants to be woken; others may wait for a kill. */
static void wait_or_kill(pid_t child, time_t seconds)
{
	const time_t start = time(NULL);

	while (child > 0 && waitpid(child, NULL, WNOHANG) == 0) {
		file_write("1", "/sys/module/kplug_odd/parameters/wake");
		if (time(NULL) - start >= seconds)
			kill(child, SIGKILL);
		usleep(50000);
	}
}

/* What a program does with devices of its own; a process, because the failure may end it. */
static void run_programs(void)
{
	static const char *const operations[] = { "usual_memory",   "usual_engine", "usual_peers",
						  "usual_settings", "usual_calls",  "usual" };
	pid_t child = fork();

	if (!child) {
		process_set_up();
		for (unsigned int i = 0; i < ARRAY_SIZE(operations); i++)
			operation_run(operation_find(operations[i]), i);
		_exit(0);
	}
	wait_or_kill(child, PROGRAMS_S);
}

/* Each failure while devices of all kinds come, of which no program has one yet. */
static void try_failures(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(failures); i++) {
		if (!begin_failure(&failures[i]))
			continue;
		take_and_bring_back(&devices[i % num_functions]);
		take_and_bring_back(device_of(ISA));
		take_and_bring_back(device_of(PLATFORM));
		probe_for_plugin();
		if (failures[i].meets_programs)
			run_programs();
		module_unload("kplug_fault");
	}
}

/* The card comes, while one allocation after the other fails. */
static void try_faults(void)
{
	const struct device *card = device_of(ISA);

	for (unsigned int nth = 1; card && inject_faults && nth <= LAST_FAULT; nth++) {
		admin_take_away(card->name, card->type);
		fault_set(nth);
		admin_bring_back(card->name, card->type);
		fault_set(0);
	}
}

void prepare_modules(void)
{
	if (!module_unload("kplug_odd"))
		return;
	try_defects();
	try_failures();
	/* Last, since the programs inherit what makes this process fail. */
	try_faults();
	for (unsigned int i = 0; i < num_devices; i++)
		admin_bring_back(devices[i].name, devices[i].type);
	module_load("kplug_odd", "flags=%u windows=1 verdict=7 virtual=softy virtual_vectors=3 %s",
		    chance(70) ? 63 : below(64), pick(odd_options));
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
		file_write(chance(60) ? "10000" :
			   chance(70) ? "1" :
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
