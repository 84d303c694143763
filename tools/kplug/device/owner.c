// SPDX-License-Identifier: MIT
/* The owners of ports, memory and interrupts. */
#include <stdio.h>
#include <string.h>

#include "owner.h"

/* A line of /proc/ioports or /proc/iomem: "    0070-0077 : rtc0" */
struct claim {
	unsigned long long first, last;
	size_t depth; /* spaces before it: a claim inside another has more */
	char name[OWNER_MAX];
};

static bool read_claim(FILE *file, struct claim *claim)
{
	char line[256];

	if (!fgets(line, sizeof(line), file))
		return false;
	claim->depth = strspn(line, " ");
	return sscanf(line, "%llx-%llx : %127[^\n]", &claim->first, &claim->last, claim->name) == 3;
}

static bool overlap(const struct claim *claim, const struct kplug_range *range)
{
	return claim->first < (unsigned long long)range->start + range->length &&
	       claim->last >= range->start;
}

/* Only the innermost claim is an owner: the others are buses. */
bool owner_of_range(const struct kplug_range *range, char owner[OWNER_MAX])
{
	FILE *file = fopen(range->flags & KPLUG_REGION_PORT ? "/proc/ioports" : "/proc/iomem", "r");
	struct claim claim, next;
	bool more, found = false;

	if (!file)
		return false;
	more = read_claim(file, &claim);
	while (more && !found) {
		more = read_claim(file, &next);
		found = overlap(&claim, range) && !(more && next.depth > claim.depth);
		if (found)
			memcpy(owner, claim.name, OWNER_MAX);
		claim = next;
	}
	fclose(file);
	return found;
}

bool owner_of_irq(unsigned int irq, char owner[OWNER_MAX])
{
	char path[64];
	FILE *file;

	/* The last column of /proc/interrupts. */
	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/actions", irq);
	owner[0] = '\0';
	file = fopen(path, "r");
	if (!file)
		return false;
	if (fgets(owner, OWNER_MAX, file))
		owner[strcspn(owner, "\n")] = '\0';
	fclose(file);
	return owner[0];
}
