// SPDX-License-Identifier: MIT
// Nodes of a device tree: bound by name and by a plugin's of_match; clocks, power, reset lines.
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kplug_rtc.h>

#include "command.h"

#define RTC       "9010000.pl031" /* a plain platform device by tests/vm/machine-arm64.sh */
#define GPIO      "9030000.pl061" /* the same; needs a power domain and a reset line */
#define AMBA_UART "9000000.pl011" /* on the AMBA bus */

#define CLOCK_USERS "/sys/kernel/debug/clk/clk24mhz/clk_enable_count"

static struct kplug *rtc_open(void)
{
	struct kplug *rtc;

	OK(kplug_bind(RTC));
	rtc = device_open(RTC);
	OK(kplug_map(rtc, RTC_REGION));
	return rtc;
}

static unsigned int clock_users(void)
{
	char text[32];

	OK(file_read(text, sizeof(text), CLOCK_USERS));
	return (unsigned int)strtoul(text, NULL, 10);
}

/* A read-only parameter of the module that supplies GPIO. */
static bool supply_is(const char *parameter)
{
	char text[8];

	OK(file_read(text, sizeof(text), "/sys/module/kplug_supply/parameters/%s", parameter));
	return text[0] == 'Y';
}

static unsigned int rtc_handler(struct kplug_irq *irq)
{
	uint32_t status = kplug_read32(irq->io, RTC_REGION, RTC_STATUS);

	if (!status)
		return KPLUG_NONE;
	kplug_write32(irq->io, RTC_REGION, RTC_ACK, status);
	kplug_capture(irq, status);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

static const struct kplug_step rtc_recipe[] = {
	KPLUG_READ32(0, RTC_STATUS),
	KPLUG_NOT_MINE(1, 0),
	KPLUG_WRITE_BACK32(0, RTC_ACK, 1, 0),
	KPLUG_CAPTURE(1),
};

static const struct kplug_handler *rtc_handler_of(const char *variant)
{
	static const struct kplug_handler user = { .user = rtc_handler };
	static const struct kplug_handler plugin = { .plugin = "rtc" };
	static const struct kplug_handler recipe = { .steps = rtc_recipe,
						     .num_steps = ARRAY_SIZE(rtc_recipe) };

	if (!strcmp(variant, "user"))
		return &user;
	return !strcmp(variant, "recipe") ? &recipe : &plugin;
}

/* The alarm of the next second. */
static void set_alarm(struct kplug *rtc)
{
	const struct kplug_io *io = kplug_io_user(rtc);

	kplug_write32(io, RTC_REGION, RTC_ALARM, kplug_read32(io, RTC_REGION, RTC_NOW) + 1);
}

TEST(devicetree, bound_by_name)
{
	unsigned int users;
	struct kplug_region_info region;
	struct kplug *rtc;
	uint64_t id, was, is;

	firmware_needed(RTC);
	core_start();
	users = clock_users();
	rtc = rtc_open();
	ck_assert_str_eq(platform_driver(RTC), "kplug");
	ck_assert_uint_eq(clock_users(), users + 1);
	ck_assert_int_eq(device_info(rtc).out_bus, KPLUG_BUS_PLATFORM);
	ck_assert_int_eq(device_info(rtc).out_vectors, 1);
	OK(kplug_region_info(rtc, RTC_REGION, &region));
	ck_assert_uint_eq(region.out_flags, KPLUG_REGION_MEM | KPLUG_REGION_MMAP);
	ck_assert_uint_eq(region.out_length, 0x1000);
	OK(kplug_access_read(rtc, RTC_REGION, RTC_ID, 4, &id));
	ck_assert_uint_eq(id, RTC_ID_VALUE);
	OK(kplug_access_read(rtc, RTC_REGION, RTC_NOW, 4, &was));
	sleep(2);
	OK(kplug_access_read(rtc, RTC_REGION, RTC_NOW, 4, &is));
	ck_assert_uint_gt(is, was);
	kplug_close(rtc);
	OK(kplug_unbind(RTC));
	ck_assert_uint_eq(clock_users(), users);
	ck_assert_str_eq(platform_driver(RTC), "");
}

TEST(devicetree, alarm, .variants = VARIANTS("user", "recipe", "plugin"))
{
	struct kplug_event event;
	struct kplug *rtc;

	firmware_needed(RTC);
	core_start();
	rtc = rtc_open();
	kplug_write32(kplug_io_user(rtc), RTC_REGION, RTC_ACK, 1);
	kplug_write32(kplug_io_user(rtc), RTC_REGION, RTC_ENABLE, 1);
	ck_assert_int_ge(kplug_attach(rtc, 0, rtc_handler_of(variant)), 0);
	for (unsigned int i = 0; i < 3; i++) {
		set_alarm(rtc);
		event = next_event(rtc);
		ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
		ck_assert_uint_eq(event.data[0], 1);
		ck_assert_uint_eq(event.seq, i);
	}
	ck_assert_uint_eq(vector_info(rtc, 0).out_handled, 3);
	OK(kplug_detach(rtc, 0));
	kplug_write32(kplug_io_user(rtc), RTC_REGION, RTC_ENABLE, 0);
}

/* The plugin names the node, so the kernel loads it, and binds the device, without a program. */
TEST(devicetree, bound_by_of_match)
{
	struct kplug_event event;
	unsigned int users;
	char plugin[16];
	struct kplug *rtc;

	firmware_needed(RTC);
	core_start();
	users = clock_users();
	for (int i = 0; i < 3; i++) {
		OK(run("modprobe $(cat /sys/bus/platform/devices/" RTC "/modalias)"));
		ck_assert_str_eq(platform_driver(RTC), "kplug_rtc");
		ck_assert_uint_eq(clock_users(), users + 1);
		rtc = device_open(RTC);
		OK(file_read(plugin, sizeof(plugin), "/sys/class/kplug/" RTC "/plugin"));
		ck_assert_str_eq(plugin, "rtc");
		OK(kplug_map(rtc, RTC_REGION));
		ck_assert_int_ge(kplug_attach(rtc, 0, rtc_handler_of("plugin")), 0);
		set_alarm(rtc);
		event = next_event(rtc);
		ck_assert_uint_eq(event.data[0], 1);
		kplug_close(rtc);
		OK(module_unload("kplug_rtc"));
		ck_assert_str_eq(platform_driver(RTC), "");
		ck_assert_uint_eq(clock_users(), users);
	}
}

/* The device works with its suppliers, and is refused without them. */
TEST(devicetree, suppliers)
{
	struct kplug *gpio;
	unsigned int users;
	uint64_t id;

	firmware_needed(GPIO);
	core_start();
	ck_assert_int_eq(kplug_bind(GPIO), -EAGAIN);
	ck_assert_str_eq(platform_driver(GPIO), "");
	OK(module_load("kplug_supply"));
	users = clock_users();
	for (int i = 0; i < 3; i++) {
		ck_assert(!supply_is("powered") && supply_is("in_reset"));
		OK(kplug_bind(GPIO));
		ck_assert(supply_is("powered") && !supply_is("in_reset"));
		ck_assert_uint_eq(clock_users(), users + 1);
		gpio = device_open(GPIO);
		OK(kplug_access_read(gpio, 0, 0xfe0, 4, &id));
		ck_assert_uint_eq(id, 0x61);
		OK(kplug_unbind(GPIO));
		ck_assert_uint_eq(clock_users(), users);
		ck_assert(WAIT_UNTIL(!supply_is("powered"), 5000));
		kplug_close(gpio);
	}
	ck_assert(!supply_is("reset_while_off"));
	OK(module_unload("kplug_supply"));
}

TEST(devicetree, command)
{
	firmware_needed(RTC);
	core_start();
	SAYS(RTC " +platform +- +- +-$", "kplug list --all");
	ck_assert_int_eq(run("kplug list | grep -q " RTC), 1);
	SAYS("\"device\":\t\"" RTC "\"", "kplug list --all --json");
	OK(run("kplug bind " RTC));
	SAYS(RTC " +platform .* kplug ", "kplug list");
	SAYS("^0:0xfe0 = 0x0*31$", "kplug read " RTC " 0:0xfe0");
	OK(run("kplug unbind " RTC));
	REFUSES(1, "it is in use: /dev/ttyAMA0 is the console", "kplug bind " AMBA_UART);
	REFUSES(1, "the bus amba, .* kplug .* PCI and platform", "kplug bind --force " AMBA_UART);
}
