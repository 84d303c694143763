// SPDX-License-Identifier: MIT
/* The command kplug: runs the subcommand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"

const char *argp_program_version = "kplug " KPLUG_VERSION;

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "list", cmd_list, "show devices, drivers, plugins and holders" },
	{ "info", cmd_info, "show a device's regions, vectors and counters" },
	{ "bind", cmd_bind, "take a device from its driver to kplug" },
	{ "unbind", cmd_unbind, "give a device back to its former driver" },
	{ "isa-add", cmd_isa_add, "declare an ISA card" },
	{ "isa-del", cmd_isa_del, "remove an ISA card" },
	{ "attach", cmd_attach, "attach a plugin to a device permanently" },
	{ "detach", cmd_detach, "detach the permanent plugin" },
	{ "grant", cmd_grant, "trust a user or group with a device" },
	{ "clients", cmd_clients, "show the programs that use a device" },
	{ "revoke", cmd_revoke, "take a device away from one program" },
	{ "read", cmd_read, "read registers" },
	{ "write", cmd_write, "write registers" },
	{ "dump", cmd_dump, "show a range of registers" },
	{ "widths", cmd_widths, "show and set the widths of accesses that regions permit" },
	{ "watch", cmd_watch, "show a register whenever it changes" },
	{ "script", cmd_script, "make the register accesses that a file lists" },
	{ "cfg", cmd_cfg, "show, read and write configuration space" },
	{ "caps", cmd_caps, "show the capabilities of a PCI function" },
	{ "reset", cmd_reset, "reset a device while programs use it" },
	{ "irq", cmd_irq, "listen to interrupts and count them" },
	{ "ladder", cmd_ladder, "compare the places of a handler on one device" },
	{ "latency", cmd_latency, "watch how long each stage of an interrupt takes" },
	{ "compare", cmd_compare, "compare two results of latency" },
	{ "bench", cmd_bench, "find the highest rate of interrupts without loss" },
	{ "slow", cmd_slow, "show interrupts that took too long, and the causes" },
	{ "trace", cmd_trace, "show interrupts, events, calls and chunks as they happen" },
};

#define NUM_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NUM_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/* What was found on the command line. */
struct invocation {
	const struct command *command;
	int first; /* index of its name */
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct invocation *invocation = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		invocation->command = find_command(word);
		if (!invocation->command)
			argp_error(state, "unknown command '%s'", word);
		invocation->first = state->next - 1;
		state->next = state->argc; /* the rest is the command's */
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which command?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *list_commands(int key, const char *text, void *input)
{
	char *list, *end;
	size_t i;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	list = end = malloc(NUM_COMMANDS * 80 + 512);
	if (!list)
		return NULL;
	end += sprintf(end, "Commands:\n");
	for (i = 0; i < NUM_COMMANDS; i++)
		end += sprintf(end, "  %-8s %s\n", commands[i].name, commands[i].summary);
	sprintf(end, "\nExamples:\n"
		     "  kplug list\n"
		     "  kplug bind 0000:00:04.0\n"
		     "  kplug irq 0000:00:04.0 --count 10\n"
		     "\nSee also `kplug COMMAND --help`. Exit codes: 0 done, "
		     "1 failed, 2 wrong usage.");
	return list;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "Moves devices to kplug and back, and shows what they do.\v ",
	.help_filter = list_commands,
};

int main(int argc, char **argv)
{
	struct invocation invocation = { 0 };
	char name[32];
	int first;

	argp_err_exit_status = COMMAND_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &invocation))
		return COMMAND_FAILED;
	/* What the command calls itself in its help and errors. */
	snprintf(name, sizeof(name), "kplug %s", invocation.command->name);
	first = invocation.first;
	argv[first] = name;
	program_invocation_name = program_invocation_short_name = name;
	return invocation.command->run(argc - first, argv + first);
}
