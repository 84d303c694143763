// SPDX-License-Identifier: MIT
/* kplug unbind: gives a device back. */
#include <stdio.h>
#include <string.h>

#include "common/address.h"
#include "common/command.h"
#include "common/driver.h"
#include "common/worker.h"

static const char doc[] = "Gives a device back to the driver that had it before kplug, if any, and "
			  "removes the rule of `kplug bind --persist`. Needs root.\v"
			  "Examples:\n"
			  "  kplug unbind 0000:00:04.0";

static const struct argp argp = {
	.options = arguments_options,
	.parser = arguments_parse,
	.args_doc = "DEVICE",
	.doc = doc,
};

/* kplug has let go, and the former driver refuses the device. */
static int fail_refused(const char *device, const char *driver, int err)
{
	char why[DRIVER_SIZE + 160];

	snprintf(why, sizeof(why),
		 "kplug gave it back, but its driver %s %s; the device has no driver now, and the "
		 "kernel log may say more",
		 driver, err == -ENOENT ? "is not loaded" : "refuses it");
	return fail_because(device, "unbind", why);
}

int cmd_unbind(int argc, char **argv)
{
	struct arguments arguments = { .min = 1, .max = 1 };
	char before[DRIVER_SIZE], now[DRIVER_SIZE], device[ADDRESS_SIZE];
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (choose_device(&arguments))
		return COMMAND_FAILED;
	address_complete(device, arguments.words[0]);
	/* Do this first: it also helps a device that is on another driver. */
	err = persist_no_more(device);
	if (err)
		return fail(device, "remove the rule", err);
	driver_before_kplug(device, before);
	err = worker_run(kplug_unbind, device);
	driver_of(device, now);
	if (err && *before && !*now)
		return fail_refused(device, before, err);
	if (err)
		return fail(device, "unbind", err);
	return done(&arguments, "given back");
}
