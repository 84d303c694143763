// SPDX-License-Identifier: MIT
// Reads /sys/kernel/debug/kplug/objects.
#include "objects.h"

#include <stdio.h>
#include <string.h>

#include "harness.h"

static bool find(const char *kind, long *created, long *destroyed)
{
	FILE *file = fopen("/sys/kernel/debug/kplug/objects", "r");
	char name[32];
	bool found = false;

	if (!file)
		return false;
	fscanf(file, "%*[^\n]");
	while (!found && fscanf(file, "%31s %ld %ld", name, created, destroyed) == 3)
		found = !strcmp(name, kind);
	fclose(file);
	return found;
}

long objects_live(const char *kind)
{
	long created, destroyed;

	return find(kind, &created, &destroyed) ? created - destroyed : -1;
}

long objects_created(const char *kind)
{
	long created, destroyed;

	return find(kind, &created, &destroyed) ? created : -1;
}

static void settle(const char *const *kinds)
{
	for (; *kinds; kinds++) {
		if (WAIT_UNTIL(objects_live(*kinds) == 0, 30000))
			continue;
		test_notes->left_over = true;
		ck_abort_msg("%ld of %s are left", objects_live(*kinds), *kinds);
	}
}

void objects_settle(void)
{
	static const char *const kinds[] = { "client",  "session", "ring", "shm",
					     "eventfd", "armed",   NULL };

	settle(kinds);
}

void objects_of_dma_settle(void)
{
	static const char *const kinds[] = { "buffer", "peer", "mapping", "transaction", NULL };

	settle(kinds);
}
