// SPDX-License-Identifier: MIT
/* The name of a device as sysfs has it. */
#include "address.h"

#include <stdio.h>
#include <string.h>

void address_complete(char full[ADDRESS_SIZE], const char *name)
{
	unsigned int domain = 0, bus, slot, function;
	int end = 0;

	/* sscanf() would also accept blanks, signs and prefixes. */
	if (!name[strspn(name, "0123456789abcdefABCDEF:.")]) {
		sscanf(name, "%2x:%2x.%1x%n", &bus, &slot, &function, &end);
		if (!end || name[end]) {
			end = 0;
			sscanf(name, "%8x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end);
		}
	}
	if (end && !name[end])
		snprintf(full, ADDRESS_SIZE, "%04x:%02x:%02x.%x", domain, bus, slot, function);
	else
		snprintf(full, ADDRESS_SIZE, "%.*s", ADDRESS_SIZE - 1, name);
}
