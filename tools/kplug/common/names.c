// SPDX-License-Identifier: MIT
/* Names from pci.ids, by libpci. */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pci/pci.h>

static void quiet(char *format, ...)
{
	(void)format;
}

/* libpci calls this when it has no memory; it must not return. */
static _Noreturn void give_up(char *format, ...)
{
	fprintf(stderr, "%s: libpci: %s\n", program_invocation_name, format);
	exit(EXIT_FAILURE);
}

/*
 * Lives as long as the command. pci_init() would look for an access method to
 * the devices and exit if there is none, so this sets what is needed itself.
 */
static struct pci_access *database(void)
{
	static struct pci_access *access;

	if (!access) {
		access = pci_alloc();
		access->error = give_up;
		access->warning = quiet;
		access->debug = quiet;
	}
	return access;
}

static void look_up(char *name, int size, int what, int first, int second)
{
	if (!pci_lookup_name(database(), name, size, what | PCI_LOOKUP_NO_NUMBERS, first, second))
		name[0] = '\0';
}

void names_find(const struct kplug_found *found, struct names *names)
{
	*names = (struct names){ "", "", "" };
	if (!found->vendor)
		return;
	look_up(names->vendor, sizeof(names->vendor), PCI_LOOKUP_VENDOR, found->vendor, 0);
	look_up(names->device, sizeof(names->device), PCI_LOOKUP_DEVICE, found->vendor,
		found->device);
	look_up(names->class_name, sizeof(names->class_name), PCI_LOOKUP_CLASS,
		(int)(found->class_code >> 8), 0);
}
