// SPDX-License-Identifier: MIT
/* kplug isa-add: declares an ISA card. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/module.h"
#include "owner.h"

static const char doc[] =
	"Declares an ISA card, which the kernel cannot detect: its ports, its memory "
	"between 640 KiB and 1 MiB, and its interrupt. The ranges become regions 0, 1 "
	"and so on, in the order given. Without --name the device is called isa- and "
	"the start of its first range. Needs root.\v"
	"RANGE is START+LENGTH.\n\n"
	"Examples:\n"
	"  kplug isa-add --port 0x2f8+8 --irq 3\n"
	"  kplug isa-add --port 0x300+16 --mem 0xd0000+0x4000 --name isa-adc";

static const struct argp_option options[] = {
	{ "port", 'p', "RANGE", 0, "ports (may be repeated)", 0 },
	{ "mem", 'm', "RANGE", 0, "memory (may be repeated)", 0 },
	{ "irq", 'i', "N", 0, "the interrupt line, 1 to 15", 0 },
	{ "name", 'n', "NAME", 0, "isa- and [a-z0-9_]", 0 },
	{ 0 }
};

struct isa_options {
	struct arguments arguments; /* first: the child parser's */
	char name[KPLUG_NAME_MAX];
	struct kplug_range ranges[KPLUG_MAX_REGIONS];
	unsigned int count;
	unsigned int irq;
};

static void add_range(struct isa_options *o, uint32_t flags, const char *text,
		      struct argp_state *state)
{
	if (o->count == KPLUG_MAX_REGIONS)
		argp_error(state, "'%s' is one range too many", text);
	if (!range_parse(text, &o->ranges[o->count]))
		argp_error(state, "'%s' is not START+LENGTH", text);
	o->ranges[o->count++].flags = flags;
}

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct isa_options *o = state->input;
	char *end;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->arguments;
		return 0;
	case 'p':
		add_range(o, KPLUG_REGION_PORT, word, state);
		return 0;
	case 'm':
		add_range(o, KPLUG_REGION_MEM, word, state);
		return 0;
	case 'i':
		o->irq = (unsigned int)strtoul(word, &end, 0);
		if (!o->irq || o->irq > 15 || *end)
			argp_error(state, "'%s' is not a line of an ISA bus", word);
		return 0;
	case 'n':
		snprintf(o->name, sizeof(o->name), "%s", word);
		return 0;
	case ARGP_KEY_END:
		if (!o->count)
			argp_error(state, "which ports or memory?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = doc,
	.children = arguments_children,
};

static int claimed(const struct isa_options *o, const char *what, const char *owner)
{
	fprintf(stderr, "%s: %s: declare: %s is in use by %s\n", program_invocation_name, o->name,
		what, owner);
	return COMMAND_FAILED;
}

/* The kernel says EBUSY, but not which resource is in use. */
static int name_owner(const struct isa_options *o)
{
	char owner[OWNER_MAX], what[sizeof("/dev/kplug/") + KPLUG_NAME_MAX];
	unsigned int i;

	snprintf(what, sizeof(what), "/dev/kplug/%s", o->name);
	if (!access(what, F_OK))
		return claimed(o, "the name", "another device of kplug");
	for (i = 0; i < o->count; i++) {
		const struct kplug_range *range = &o->ranges[i];

		snprintf(what, sizeof(what), "%s 0x%x+0x%x",
			 range->flags & KPLUG_REGION_PORT ? "port" : "memory", range->start,
			 range->length);
		if (owner_of_range(range, owner))
			return claimed(o, what, owner);
	}
	snprintf(what, sizeof(what), "interrupt %u", o->irq);
	if (o->irq && owner_of_irq(o->irq, owner))
		return claimed(o, what, owner);
	return fail(o->name, "declare", -EBUSY);
}

int cmd_isa_add(int argc, char **argv)
{
	struct isa_options o = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (!o.name[0])
		snprintf(o.name, sizeof(o.name), "isa-%x", o.ranges[0].start);
	o.arguments.words[0] = o.name;
	if (core_needed(o.name))
		return COMMAND_FAILED;
	err = kplug_isa_add(o.name, o.ranges, o.count, o.irq);
	if (err == -EBUSY)
		return name_owner(&o);
	if (err == -EOPNOTSUPP)
		return fail_because(o.name, "declare", "this machine has no ISA bus");
	if (err == -EINVAL)
		return fail_because(o.name, "declare",
				    "the kernel refuses this name, range or line; "
				    "`kplug isa-add --help` has the limits");
	return err ? fail(o.name, "declare", err) : done(&o.arguments, "declared");
}
