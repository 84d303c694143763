// SPDX-License-Identifier: MIT
// The table of operations, made of commands.def and operations.def: none can be forgotten.
#include "operation.h"

#include <err.h>
#include <string.h>

#include "command.h"
#include "process.h"
#include "random.h"

#define LEAST_SHARE 3

#define OPERATION(name, weight) long do_##name(unsigned int slot);
#include "operations.def"
#undef OPERATION

struct operation {
	const char *name;
	long (*run)(unsigned int slot); /* NULL for a command */
	unsigned int weight;
};

static const struct operation operations[] = {
#define KPLUG_COMMAND(number, NAME, name, ...) { #NAME, NULL, 2 },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
#define OPERATION(name, weight) { #name, do_##name, weight },
#include "operations.def"
#undef OPERATION
};

/* Commands that open the way for others are tried more often, slow and final ones less often. */
static const struct {
	const char *name;
	unsigned int weight;
} exceptions[] = {
	{ "ARM", 4 },         { "RING", 4 },       { "ATTACH", 6 },   { "CALL", 6 },
	{ "TRANSFER", 4 },    { "DMA_BUFFER", 5 }, { "DMA_MAP", 5 },  { "DMA_TRANSACTION", 5 },
	{ "DMA_EXECUTE", 5 }, { "RESET", 0 },      { "RESTRICT", 0 },
};

static unsigned int weights[ARRAY_SIZE(operations)], total_weight;

void operation_set_up(void)
{
	unsigned int op;

	for (op = 0; op < ARRAY_SIZE(operations); op++)
		weights[op] = operations[op].weight;
	for (unsigned int i = 0; i < ARRAY_SIZE(exceptions); i++) {
		op = operation_find(exceptions[i].name);
		if (op == ARRAY_SIZE(operations))
			errx(2, "there is no %s", exceptions[i].name);
		weights[op] = exceptions[i].weight;
	}
	for (op = 0; op < ARRAY_SIZE(operations); op++)
		total_weight += weights[op];
}

unsigned int operation_count(void)
{
	return ARRAY_SIZE(operations);
}

const char *operation_name(unsigned int op)
{
	return operations[op].name;
}

unsigned int operation_share(unsigned int op)
{
	return LEAST_SHARE + weights[op] / 2;
}

unsigned int operation_find(const char *name)
{
	unsigned int op;

	for (op = 0; op < ARRAY_SIZE(operations); op++)
		if (!strcmp(operations[op].name, name))
			break;
	return op;
}

long operation_run(unsigned int op, unsigned int slot)
{
	if (op >= ARRAY_SIZE(operations))
		return 0;
	return operations[op].run ? operations[op].run(slot) : command_run(op, slot);
}

static unsigned int weighted_operation(void)
{
	unsigned int left = below(total_weight), op;

	for (op = 0; left >= weights[op]; op++)
		left -= weights[op];
	return op;
}

struct step step_make(void)
{
	struct step step = { .slot = below(NUM_CLIENTS) };

	/* All equally at times, also those without a weight. */
	step.op = chance(5) ? below(ARRAY_SIZE(operations)) : weighted_operation();
	step.seed = any();
	return step;
}
