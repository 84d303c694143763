// SPDX-License-Identifier: MIT
/* The command kplug: runs the subcommand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/command.h"
#include "common/output.h"
#include "common/similar.h"
#include "map/named.h"

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
	{ "links", cmd_links, "print the names that udev links to a device" },
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
	{ "dma", cmd_dma, "try memory for DMA, and the engine of a plugin" },
	{ "irq", cmd_irq, "listen to interrupts and count them" },
	{ "ladder", cmd_ladder, "compare the places of a handler on one device" },
	{ "latency", cmd_latency, "watch how long each stage of an interrupt takes" },
	{ "compare", cmd_compare, "compare two results of latency" },
	{ "bench", cmd_bench, "find the highest rate of interrupts without loss" },
	{ "slow", cmd_slow, "show interrupts that took too long, and the causes" },
	{ "new", cmd_new, "write a project from a register map" },
	{ "schema", cmd_schema, "show the shape of what commands print with --json" },
	{ "trace", cmd_trace, "show interrupts, events, calls and chunks as they happen" },
};

/* These take registers by name, and --map FILE. */
static const char *const by_name[] = {
	"read", "write", "dump", "watch", "script", "irq", "ladder", "bench",
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

static bool takes_names(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(by_name) / sizeof(by_name[0]); i++)
		if (!strcmp(by_name[i], name))
			return true;
	return false;
}

/* A word that is nearly a command; NULL: there is none. */
static const char *similar_command(const char *word)
{
	unsigned int distance, least = similar_limit(word) + 1;
	const char *found = NULL;
	size_t i;

	for (i = 0; i < NUM_COMMANDS; i++) {
		distance = similar_distance(word, commands[i].name);
		if (distance < least) {
			least = distance;
			found = commands[i].name;
		}
	}
	return found;
}

static void refuse_word(const char *word, struct argp_state *state)
{
	const char *similar = similar_command(word);

	if (similar)
		argp_error(state, "unknown command '%s'; did you mean '%s'?", word, similar);
	else
		argp_error(state, "unknown command '%s'", word);
}

/* What was found on the command line. */
struct invocation {
	const struct command *command;
	int first; /* index of its name */
	bool help; /* "kplug help COMMAND" */
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct invocation *invocation = state->input;

	switch (key) {
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case ARGP_KEY_ARG:
		if (!strcmp(word, "help")) {
			invocation->help = true;
			if (state->next == state->argc)
				argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
			return 0;
		}
		invocation->command = find_command(word);
		if (!invocation->command)
			refuse_word(word, state);
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

static const struct argp_option options[] = { { NULL, 'h', NULL, OPTION_HIDDEN, NULL, 0 }, { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "Moves devices to kplug and back, and shows what they do.\v ",
	.help_filter = list_commands,
};

/* In any place, where it may look like the value of an option. */
static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static char help[] = "--help";
	struct invocation invocation = { 0 };
	static char name[32]; /* until the end: messages begin with it */
	int first;

	output_check_at_exit();
	argp_err_exit_status = COMMAND_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &invocation))
		return COMMAND_FAILED;
	if (!invocation.command) /* "kplug help --" */
		return COMMAND_USAGE;
	/* What the command calls itself in its help and errors. */
	snprintf(name, sizeof(name), "kplug %s", invocation.command->name);
	first = invocation.first;
	argv[first] = name;
	program_invocation_name = program_invocation_short_name = name;
	argc -= first;
	if (invocation.help || wants_help(argc, argv + first))
		return invocation.command->run(2, (char *[]){ name, help, NULL });
	if (takes_names(invocation.command->name) && named_begin(&argc, argv + first))
		return COMMAND_USAGE;
	return invocation.command->run(argc, argv + first);
}
