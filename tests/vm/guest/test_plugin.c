// SPDX-License-Identifier: MIT
// Plugins: registration, loading, attaching for a client and for good, and what keeps a module in
// memory.
#include "device.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETER "/sys/module/kplug_odd/parameters/%s"

static const char *plugin_of(const char *device)
{
	static char name[64];

	OK(file_read(name, sizeof(name), "/sys/class/kplug/%s/plugin", device));
	return name;
}

TEST(plugin, registration_is_checked, .timeout = 120)
{
	static const struct {
		const char *parameters, *says;
	} bad[] = {
		{ "defect=old_abi", "plugin odd: .*ABI 0" },
		{ "defect=new_abi", "plugin odd: .*ABI [1-9]" },
		{ "defect=unknown_op", "plugin odd: has an op" },
		{ "defect=no_abort", "plugin odd: dma_program and dma_abort" },
		{ "defect=unknown_flag", "plugin odd: unknown flag" },
		{ "flags=0x40000000", "plugin odd: unknown flag" },
		{ "defect=max_in", "plugin odd: .*message length" },
		{ "defect=max_out", "plugin odd: .*message length" },
		{ "windows=1 defect=window_region", "plugin odd: a window" },
		{ "windows=1 defect=window_empty", "plugin odd: a window" },
		{ "windows=1 defect=window_end", "plugin odd: a window" },
		{ "windows=1 defect=window_allow", "plugin odd: a window" },
		{ "windows=1 defect=window_page", "plugin odd: a window" },
		{ "defect=no_ops", "a plugin needs ops" },
		{ "defect=no_name", "a plugin needs" },
		{ "name=", "a plugin needs" },
		{ "name=Odd", "name of .a-z0-9_" },
		{ "name=o-dd", "name of .a-z0-9_" },
		{ "name=../odd", "name of .a-z0-9_" },
		{ "name=a123456789b123456789c123456789d123456789e123456789f123456789g123",
		  "name of .a-z0-9_" },
		{ "name=null", "plugin null: the name is taken" },
	};

	core_start();
	OK(module_load("kplug_null"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(run("modprobe kplug_odd %s 2>/dev/null", bad[i].parameters), "%s",
			      bad[i].parameters);
		ck_assert_msg(log_contains(bad[i].says), "%s: no '%s' in the log",
			      bad[i].parameters, bad[i].says);
		ck_assert(WAIT_UNTIL(objects_live("plugin") == 1, 20000));
		ck_assert(!module_loaded("kplug_odd"));
	}
	OK(module_load("kplug_odd name=a123456789b123456789c123456789d"));
	OK(module_unload("kplug_odd"));
}

/* Older and newer modules work unless they ask for what this core does not have. */
TEST(plugin, other_versions_of_the_contract,
     .variants = VARIANTS("fewer_ops", "zero_op", "first_abi"))
{
	struct kplug *edu;

	core_start();
	OK(run("modprobe kplug_odd defect=%s", variant));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 5);
	ck_assert_int_eq(next_event(edu).data[0], 5);
}

/* A module whose virtual device has a taken name does not load. */
TEST(plugin, virtual_devices_have_names)
{
	core_start();
	OK(module_load("kplug_null"));
	ck_assert_int_ne(module_load("kplug_odd virtual=null0"), 0);
	ck_assert_int_ne(module_load("kplug_odd virtual=Null"), 0);
	ck_assert_int_ne(module_load("kplug_odd virtual=../null0"), 0);
	ck_assert(!module_loaded("kplug_odd"));
	OK(module_load("kplug_odd virtual=null1"));
	kplug_close(device_open("null0"));
	kplug_close(device_open("null1"));
	ck_assert_str_eq(plugin_of("null1"), "odd");
	OK(module_unload("kplug_odd"));
	ck_assert(!file_exists("/dev/kplug/null1"));
	ck_assert(file_exists("/dev/kplug/null0"));
}

/* Attaching by name loads the module. */
TEST(plugin, loaded_by_name)
{
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert(!module_loaded("kplug_odd"));
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert(module_loaded("kplug_odd"));
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
	OK(kplug_attach_permanent(EDU1, "odd"));
	ck_assert(module_loaded("kplug_odd"));
}

TEST(plugin, bad_names)
{
	static const char *const bad[] = { "", "Edu", "edu ", "../edu", "kplug-plugin-edu", "e\n" };
	struct kplug_attach attach;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		attach = (struct kplug_attach){ .size = sizeof(attach) };
		strcpy(attach.name, bad[i]);
		ck_assert_int_eq(command(edu, KPLUG_ATTACH, &attach), -EINVAL);
	}
	memset(attach.name, 'a', sizeof(attach.name)); /* without an end */
	ck_assert_int_eq(command(edu, KPLUG_ATTACH, &attach), -EINVAL);
	attach.name[KPLUG_NAME_MAX - 1] = '\0';
	ck_assert_int_eq(command(edu, KPLUG_ATTACH, &attach), -ENOENT);
	ck_assert_int_eq(file_write("Edu", "/sys/class/kplug/" EDU1 "/plugin"), -EINVAL);
	ck_assert_int_eq(
		file_write("a123456789b123456789c123456789d123456789e123456789f123456789g123456789",
			   "/sys/class/kplug/" EDU1 "/plugin"),
		-EINVAL);
	ck_assert_int_eq(file_write("missing", "/sys/class/kplug/" EDU1 "/plugin"), -ENOENT);
	ck_assert_str_eq(plugin_of(EDU1), "none");
}

/* A new device makes the kernel load its plugin's module, and is attached to it. */
TEST(plugin, loaded_by_device, .timeout = 120)
{
	struct kplug *edu;

	core_start();
	ck_assert(!module_loaded("kplug_edu"));
	pci_unplug("edu0", EDU0);
	ck_assert(hostcall("device_add edu edu0 rp0"));
	pci_wait_added(EDU0);
	ck_assert(module_loaded("kplug_edu"));
	ck_assert(file_exists("/dev/kplug/" EDU0));
	ck_assert_str_eq(pci_driver(EDU0), "kplug_edu");
	ck_assert_str_eq(plugin_of(EDU0), "edu");
	/* So are free devices of its kind. */
	ck_assert_str_eq(pci_driver(EDU1), "kplug_edu");
	ck_assert_str_eq(pci_driver(EDU2), "kplug_edu");
	edu = edu_open(EDU0, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 3);
	ck_assert_int_eq(next_event(edu).data[0], 3);
}

TEST(plugin, attached_as_long_as_clients)
{
	struct kplug *first, *second, *third;

	core_start();
	first = edu_open(EDU1, NULL);
	second = edu_open(EDU1, NULL);
	third = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(first, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(device_info(first).out_flags,
			 KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_ATTACHED);
	ck_assert_int_eq(device_info(second).out_flags, KPLUG_DEVICE_TRUSTED);
	ck_assert_str_eq(device_info(second).out_plugin, "edu");
	ck_assert_int_eq(device_info(second).out_max_in, sizeof(struct edu_copy));
	ck_assert_int_eq(kplug_attach(second, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	kplug_close(first);
	ck_assert_str_eq(plugin_of(EDU1), "edu");
	ck_assert_int_eq(objects_live("session"), 1);
	OK(kplug_detach(second, KPLUG_NO_VECTOR));
	ck_assert_str_eq(plugin_of(EDU1), "none");
	ck_assert_str_eq(device_info(third).out_plugin, "");
	ck_assert_int_eq(device_info(third).out_max_in, 0);
}

/* Detaching disarms only what the client armed with the plugin. */
TEST(plugin, detach_disarms, .smoke = true)
{
	struct kplug_detach detach = { .size = sizeof(detach) };
	struct kplug *null, *other;

	core_start();
	null = null_open(16);
	other = null_open(16);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_attach(null, 1, &(struct kplug_handler){ 0 }));
	ck_assert_int_eq(kplug_attach(other, 2, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(command(null, KPLUG_DETACH, &detach));
	ck_assert_int_eq(command(null, KPLUG_DETACH, &detach), -ENOTCONN);
	ck_assert_int_eq(vector_info(null, 0).out_flags, 0);
	ck_assert_int_eq(vector_info(null, 1).out_flags, KPLUG_VECTOR_ARMED | KPLUG_VECTOR_MINE);
	ck_assert_int_eq(vector_info(null, 2).out_flags, KPLUG_VECTOR_ARMED);
	null_fire(other, 2, 1);
	ck_assert_int_eq(next_event(other).vector, 2);
}

TEST(plugin, permanent)
{
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	ck_assert_int_eq(kplug_detach_permanent(EDU1), -ENOTCONN);
	OK(kplug_attach_permanent(EDU1, "edu"));
	ck_assert_int_eq(kplug_attach_permanent(EDU1, "edu"), -EALREADY);
	ck_assert_str_eq(plugin_of(EDU1), "edu");
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(device_info(edu).out_flags,
			 KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_ATTACHED | KPLUG_DEVICE_PERMANENT);
	kplug_close(edu);
	ck_assert_str_eq(plugin_of(EDU1), "edu");
	ck_assert_int_ne(module_unload("kplug_edu 2>/dev/null"), 0);

	/* A client that uses the plugin keeps it. */
	edu = edu_open(EDU1, "msi");
	OK(kplug_detach_permanent(EDU1));
	ck_assert_str_eq(plugin_of(EDU1), "edu");
	ck_assert_int_eq(device_info(edu).out_flags, KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_ATTACHED);
	kplug_close(edu);
	ck_assert_str_eq(plugin_of(EDU1), "none");
}

TEST(plugin, one_at_a_time)
{
	struct kplug *edu, *other;

	core_start();
	edu = edu_open(EDU1, NULL);
	other = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_attach(other, KPLUG_NO_VECTOR, &odd_plugin), -EBUSY);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), -EBUSY);
	ck_assert_int_eq(kplug_attach_permanent(EDU1, "odd"), -EBUSY);
	OK(kplug_detach(edu, KPLUG_NO_VECTOR));
	ck_assert_int_eq(kplug_attach(other, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_str_eq(plugin_of(EDU1), "odd");
	OK(module_unload("kplug_edu"));
}

/* The caller gets the error of an op, and no state remains. */
TEST(plugin, ops_that_fail, .smoke = true)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd attach_error=-71"));
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), -EPROTO);
	ck_assert_int_eq(kplug_attach_permanent(EDU1, "odd"), -EPROTO);
	ck_assert(log_contains("plugin odd: attach failed: -71"));
	ck_assert_str_eq(plugin_of(EDU1), "none");

	OK(file_write("0", PARAMETER, "attach_error"));
	OK(file_write("-74", PARAMETER, "open_error"));
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), -EBADMSG);
	ck_assert_str_eq(plugin_of(EDU1), "none");
	OK(kplug_attach_permanent(EDU1, "odd"));
	/* A client that the plugin refuses stays a client of the device. */
	kplug_close(edu);
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(device_info(edu).out_flags, KPLUG_DEVICE_TRUSTED | KPLUG_DEVICE_PERMANENT);

	OK(file_write("0", PARAMETER, "open_error"));
	OK(file_write("-62", PARAMETER, "arm_error"));
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), -ETIME);
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	ck_assert_int_eq(objects_live("session") + objects_live("armed"), 0);

	OK(file_write("0", PARAMETER, "arm_error"));
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 9);
	ck_assert_int_eq(next_event(edu).data[0], 9);
}

/*
 * rmmod is refused while a program or an administrator attached the plugin, not for automatic
 * attachments.
 */
TEST(plugin, module_in_use)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd take_edu=1"));
	ck_assert_str_eq(pci_driver(EDU1), "kplug_odd");
	ck_assert_str_eq(plugin_of(EDU1), "odd");
	ck_assert_int_ne(module_unload("kplug 2>/dev/null"), 0);
	OK(module_unload("kplug_odd"));
	ck_assert_str_eq(pci_driver(EDU1), "");
	ck_assert(!file_exists("/dev/kplug/" EDU1));

	OK(module_load("kplug_odd take_edu=1"));
	edu = device_open(EDU1);
	ck_assert(device_info(edu).out_flags & KPLUG_DEVICE_ATTACHED);
	ck_assert_int_ne(module_unload("kplug_odd 2>/dev/null"), 0);
	ck_assert_int_ne(module_unload("kplug 2>/dev/null"), 0);
	kplug_close(edu);
	OK(module_unload("kplug_odd"));

	device_bind(EDU1);
	edu = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_ne(module_unload("kplug_odd 2>/dev/null"), 0);
	OK(kplug_detach(edu, KPLUG_NO_VECTOR));
	OK(module_unload("kplug_odd"));
	OK(kplug_attach_permanent(EDU1, "odd"));
	ck_assert_int_ne(module_unload("kplug_odd 2>/dev/null"), 0);
	OK(kplug_detach_permanent(EDU1));
	OK(module_unload("kplug_odd"));
	ck_assert_int_ne(module_unload("kplug 2>/dev/null"), 0);
	kplug_close(edu);
}

/* A plugin that refuses a device leaves it to other plugins. */
TEST(plugin, declines_device)
{
	core_start();
	OK(module_load("kplug_odd take_edu=1 attach_error=-19"));
	ck_assert_str_eq(pci_driver(EDU1), "");
	ck_assert(WAIT_UNTIL(objects_live("device") == 0, 20000));
	OK(module_load("kplug_edu"));
	ck_assert_str_eq(pci_driver(EDU1), "kplug_edu");
	ck_assert_str_eq(plugin_of(EDU1), "edu");
}

/* The administrator replaces an automatic plugin by another one. */
TEST(plugin, automatic_can_be_replaced)
{
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_edu"));
	OK(kplug_detach_permanent(EDU1));
	ck_assert_str_eq(plugin_of(EDU1), "none");
	OK(kplug_attach_permanent(EDU1, "odd"));
	ck_assert_str_eq(plugin_of(EDU1), "odd");
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_raise(edu, 4);
	ck_assert_int_eq(next_event(edu).data[0], 4);
	kplug_close(edu);
	ck_assert_int_ne(module_unload("kplug_odd 2>/dev/null"), 0);
	/* Its driver module goes, and the device with it, and so the permanent plugin. */
	OK(module_unload("kplug_edu"));
	ck_assert(!file_exists("/dev/kplug/" EDU1));
	OK(module_unload("kplug_odd"));
}

/* Loaded and unloaded while programs come and go. */
TEST(plugin, loaded_again_and_again, .smoke = true, .timeout = 60)
{
	core_start();
	device_bind(EDU1);
	for (int i = 0; i < rounds(20); i++) {
		struct kplug *edu = edu_open(EDU1, i % 2 ? "msi" : "intx");

		ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
		edu_raise(edu, i + 1);
		ck_assert_int_eq(next_event(edu).data[0], i + 1);
		kplug_close(edu);
		OK(module_unload("kplug_odd"));
	}
	objects_settle();
}

/* Each has a driver: loading the plugin bound them. */
static unsigned int edus(void)
{
	char device[32];
	unsigned int num = 0;
	glob_t files;

	OK(glob("/sys/bus/pci/devices/*/device", 0, NULL, &files));
	for (size_t i = 0; i < files.gl_pathc; i++)
		num += !file_read(device, sizeof(device), files.gl_pathv[i]) &&
		       !strcmp(device, "0x11e8");
	globfree(&files);
	return num;
}

TEST(plugin, registry_shows_them)
{
	char text[512], expected[32];

	core_start();
	OK(module_load("kplug_null"));
	device_bind(EDU1);
	OK(kplug_attach_permanent(EDU1, "edu"));
	OK(file_read(text, sizeof(text), "/sys/kernel/debug/kplug/plugins"));
	ck_assert_ptr_nonnull(strstr(text, "null 1"));
	snprintf(expected, sizeof(expected), "edu %u", edus());
	ck_assert_msg(strstr(text, expected), "no %s in %s", expected, text);
}

static unsigned long strays(void)
{
	char text[16];

	run("dmesg | grep -c 'plugin odd: 4 bytes at 0x40000000 are outside of region 0' > /tmp/strays");
	OK(file_read(text, sizeof(text), "/tmp/strays"));
	return strtoul(text, NULL, 10);
}

/*
 * An access outside of a region does nothing, and the log reports it once, with the plugin's name.
 */
TEST(plugin, strays_once)
{
	unsigned long before;
	struct kplug *edu;
	uint64_t value;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	/* A program's access is refused, and not reported. */
	before = strays();
	ck_assert_int_eq(kplug_access_read(edu, EDU_REGION, ODD_STRAY_OFFSET, 4, &value), -EINVAL);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 3; i++) {
		uint32_t word = 0;

		ck_assert_int_eq(kplug_call(edu, ODD_CALL_STRAY, NULL, 0, &word, sizeof(word)),
				 sizeof(word));
		ck_assert_uint_eq(word, ~0u);
		ck_assert_uint_eq(strays(), before + 1);
	}
	ck_assert(log_contains("plugin odd: .* at .*kplug_odd"));
	kplug_close(edu);
	OK(module_unload("kplug_odd"));
	/* Loaded again, the plugin is reported again. */
	edu = device_open_ring(EDU1, 0);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_STRAY, NULL, 0, &(uint32_t){ 0 },
				    sizeof(uint32_t)),
			 sizeof(uint32_t));
	ck_assert_uint_eq(strays(), before + 2);
	kplug_close(edu);
}
