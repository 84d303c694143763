// SPDX-License-Identifier: MIT
// Fuzzer of everything that kplug shows to user space; tools/fuzz boots a guest that runs it.
#include <argp.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chaos.h"
#include "cover.h"
#include "device.h"
#include "fault.h"
#include "load.h"
#include "operation.h"
#include "process.h"
#include "program.h"
#include "random.h"
#include "state.h"
#include "supervisor.h"

#define LOADS 12

static struct supervisor options = {
	.seconds = 60,
	.seed = 1,
	.processes = 2,
	.kills = true,
	.report = "/dev/stdout",
};
static const char *state_path = "/tmp/kplug-fuzz.state";
static const char *load_path;
static bool replay;

static const struct argp_option arguments[] = {
	{ "seconds", 't', "N", 0, "how long (60)", 0 },
	{ "seed", 's', "N", 0, "of the grammar and the chaos (1)", 0 },
	{ "processes", 'p', "N", 0, "that run programs, up to 8 (2)", 0 },
	{ "state", 'f', "FILE", 0, "corpus and coverage, kept from one run to the next", 0 },
	{ "report", 'r', "FILE", 0, "where progress and reports go", 0 },
	{ "without", 'w', "WHAT", 0,
	  "chaos, kills, faults, or one of the upheavals; may be repeated", 0 },
	{ "load", 'l', "MODULE", 0, "load this file again and again, while allocations fail", 0 },
	{ "replay", 'R', NULL, 0, "run the steps OP:SLOT:SEED that follow, alone", 0 },
	{ 0 }
};

static unsigned long number(struct argp_state *argp, const char *text, unsigned long limit)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (!*text || *end || value > limit)
		argp_error(argp, "'%s' is no number up to %lu", text, limit);
	return value;
}

static void leave_out(struct argp_state *argp, const char *what)
{
	if (!strcmp(what, "kills"))
		options.kills = false;
	else if (!strcmp(what, "faults"))
		inject_faults = false;
	else if (!chaos_without(what))
		argp_error(argp, "there is no '%s' to leave out", what);
}

static error_t parse(int key, char *text, struct argp_state *argp)
{
	switch (key) {
	case 't':
		options.seconds = number(argp, text, 1000000);
		return 0;
	case 's':
		options.seed = number(argp, text, -1ul);
		return 0;
	case 'p':
		options.processes = number(argp, text, MAX_PROCESSES);
		return 0;
	case 'f':
		state_path = text;
		return 0;
	case 'r':
		options.report = text;
		return 0;
	case 'w':
		leave_out(argp, text);
		return 0;
	case 'l':
		load_path = text;
		return 0;
	case 'R':
		replay = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!replay)
			argp_usage(argp);
		/* The rest are steps. */
		return ARGP_ERR_UNKNOWN;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = arguments,
	.parser = parse,
	.args_doc = "[STEP...]",
	.doc = "Calls kplug in all ways, while devices, modules and the machine change.",
};

/*
 * It unbinds devices, stops processors and unloads modules: it must not run on a machine that
 * people use, even if that has some of the same devices. The initramfs of the guests has this file,
 * and tests/vm/run sets the variable.
 */
static void refuse_outside_of_guest(void)
{
	if (access("/lib/kplug/uevent", F_OK) || access("/etc/guest.sh", F_OK) ||
	    !getenv("KPLUG_LEG"))
		errx(2, "this is not a test guest: run it by tools/fuzz");
}

int main(int argc, char **argv)
{
	int first = argc;

	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, &first, NULL))
		return 2;
	if (operation_count() > MAX_OPS)
		errx(2, "MAX_OPS is %u, and there are %u operations", MAX_OPS, operation_count());
	refuse_outside_of_guest();
	if (load_path) {
		random_seed(options.seed);
		return load_failing(load_path, LOADS);
	}
	operation_set_up();
	device_find_all();
	cover_module();
	if (!num_functions)
		errx(2, "the guest has no device that kplug may have");
	state_map(state_path);
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, mail))
		err(2, "socketpair");
	if (!replay)
		return supervisor_run(&options);
	process_set_up();
	return program_replay(argv + first);
}
