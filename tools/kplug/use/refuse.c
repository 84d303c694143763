// SPDX-License-Identifier: MIT
/* Refuses a device in use, and names the user. */
#include <stdio.h>
#include <stdlib.h>

#include "common/command.h"
#include "use.h"

void use_of_clients(struct uses *uses, const char *device)
{
	struct kplug_holder *holders;
	int i, count = kplug_holders(device, &holders);
	char path[64], name[32];

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", holders[i].pid);
		if (!use_read(path, name, sizeof(name)))
			snprintf(name, sizeof(name), "?");
		use_add(uses, "%s[%d] has it open", name, holders[i].pid);
	}
	if (count > 0)
		free(holders);
}

int use_refuse(const struct uses *uses, const char *device, const char *advice)
{
	unsigned int i;

	if (!uses->count)
		return COMMAND_OK;
	fprintf(stderr, "%s: %s: it is in use: ", program_invocation_name, device);
	for (i = 0; i < uses->count; i++)
		fprintf(stderr, "%s%s", i ? ", " : "", uses->text[i]);
	fprintf(stderr, "; %s\n", advice);
	return COMMAND_FAILED;
}
