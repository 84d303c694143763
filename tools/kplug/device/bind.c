// SPDX-License-Identifier: MIT
/* kplug bind: takes a device from its driver. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/address.h"
#include "common/command.h"
#include "common/module.h"
#include "common/worker.h"
#include "use/use.h"

static const char doc[] = "Moves a PCI function or platform device from its driver to kplug, which "
			  "remembers the driver for `kplug unbind`. Refuses a device in use: a "
			  "mounted disk, an interface that is up, the console, a node that a "
			  "program has open. Needs root.\v"
			  "Examples:\n"
			  "  kplug bind 0000:00:04.0\n"
			  "  kplug bind 00:04.0 --persist\n"
			  "  kplug bind QEMU0002:00";

enum { OPTION_PERSIST = 0x300, OPTION_FORCE };

static const struct argp_option options[] = {
	{ "persist", OPTION_PERSIST, NULL, 0,
	  "bind it again whenever it appears, as at boot or after a rescan", 0 },
	{ "force", OPTION_FORCE, NULL, 0, "bind it even if it is in use", 0 },
	{ 0 }
};

struct bind {
	struct arguments arguments; /* first */
	bool persist;
	bool force;
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct bind *o = state->input;

	(void)word;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case OPTION_PERSIST:
		o->persist = true;
		return 0;
	case OPTION_FORCE:
		o->force = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DEVICE",
	.doc = doc,
	.children = arguments_children,
};

static int refuse_used(const char *device)
{
	struct uses uses;

	uses_find(&uses, "", device);
	return use_refuse(&uses, device, "--force binds it anyway");
}

/* Says why a device is neither a PCI function nor a platform device. */
static int refuse_bus(const char *device)
{
	char why[512], pattern[256], *bus;
	glob_t paths;

	snprintf(pattern, sizeof(pattern), "/sys/bus/*/devices/%s", device);
	if (strchr(device, '/') || glob(pattern, 0, NULL, &paths))
		return fail(device, "bind", -ENODEV);
	bus = paths.gl_pathv[0] + strlen("/sys/bus/");
	bus[strcspn(bus, "/")] = '\0';
	snprintf(why, sizeof(why),
		 "it is on the bus %s, to whose drivers kplug leaves it; kplug takes PCI and "
		 "platform devices",
		 bus);
	if (!strcmp(bus, "pci") || !strcmp(bus, "platform"))
		fail(device, "bind", -ENODEV); /* it left meanwhile */
	else
		fail_because(device, "bind", why);
	globfree(&paths);
	return COMMAND_FAILED;
}

int cmd_bind(int argc, char **argv)
{
	struct bind o = { .arguments = { .min = 1, .max = 1 } };
	char device[ADDRESS_SIZE];
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (choose_device(&o.arguments))
		return COMMAND_FAILED;
	/* Files have it in their names. */
	address_complete(device, o.arguments.words[0]);
	if (core_needed(device))
		return COMMAND_FAILED;
	if (!o.force && refuse_used(device))
		return COMMAND_FAILED;
	err = worker_run(kplug_bind, device);
	if (err == -EOPNOTSUPP)
		return fail_because(device, "bind", "it is a bridge, which other devices need");
	if (err == -EAGAIN)
		return fail_because(device, "bind",
				    "its power, clock or reset line has no driver yet; load that "
				    "first; /sys/kernel/debug/devices_deferred has its name");
	if (err == -ENODEV)
		return refuse_bus(device);
	/* A plugin may have taken it by its ids, which is just as good. */
	if (err && err != -EALREADY)
		return fail(device, "bind", err);
	err = o.persist ? persist(device) : 0;
	if (err)
		return fail(device, "persist", err);
	return done(&o.arguments, "on kplug");
}
