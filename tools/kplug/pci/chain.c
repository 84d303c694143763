// SPDX-License-Identifier: MIT
/* Walks the lists of capabilities. The hardware provides them, so they are not trusted. */
#include "chain.h"

#include <stdarg.h>
#include <string.h>

#include <pci/header.h>

__attribute__((format(printf, 2, 3))) static void complain(struct chain *chain, const char *format,
							   ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(chain->problem[chain->problems++], sizeof(chain->problem[0]), format, list);
	va_end(list);
}

/* Which part of the space a list has. */
struct part {
	const char *name;
	unsigned int first, end;
};

static const struct part standard = { "capabilities", PCI_SPACE_HEADER, PCI_SPACE_STANDARD };
static const struct part extended = { "extended capabilities", PCI_SPACE_STANDARD, PCI_SPACE_SIZE };

/* May the list go on at @offset? Says why not. */
static bool may_go_on(struct chain *chain, const struct pci_space *space, const struct part *part,
		      unsigned int from, unsigned int offset)
{
	if (offset < part->first || offset >= part->end)
		complain(chain,
			 "the list of %s is broken: 0x%02x points to 0x%02x, out of its part",
			 part->name, from, offset);
	else if (chain->seen[offset / 4])
		complain(chain, "the list of %s loops: 0x%02x points back to 0x%02x", part->name,
			 from, offset);
	else if (!pci_space_has(space, offset, 4))
		complain(chain,
			 "the list of %s goes on at 0x%02x, and there are only %u bytes; as root, "
			 "`lspci -xxxx` prints all",
			 part->name, offset, space->size);
	else
		return true;
	return false;
}

static void add(struct chain *chain, const struct capability *cap)
{
	chain->seen[cap->offset / 4] = true;
	chain->caps[chain->count++] = *cap;
}

/* What decides how the rest is read. */
static void note(struct chain *chain, const struct capability *cap)
{
	uint32_t fast = PCI_PCIX_STATUS_266MHZ | PCI_PCIX_STATUS_533MHZ;

	if (cap->id == PCI_CAP_ID_EXP) {
		chain->port =
			(int)(capability_get(cap, PCI_EXP_FLAGS, 2) & PCI_EXP_FLAGS_TYPE) >> 4;
		chain->has_extended = true;
	} else if (cap->id == PCI_CAP_ID_PCIX && capability_get(cap, PCI_PCIX_STATUS, 4) & fast) {
		chain->has_extended = true;
	}
}

static void walk_standard(struct pci_space *space, struct chain *chain)
{
	bool cardbus = pci_space_header(space) == PCI_HEADER_TYPE_CARDBUS;
	unsigned int from = cardbus ? PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST;
	unsigned int offset = pci_space_get(space, from, 1) & ~3u;
	struct capability cap = { .space = space, .port = -1 };

	while (offset && may_go_on(chain, space, &standard, from, offset)) {
		cap.offset = (uint16_t)offset;
		cap.id = (uint16_t)capability_get(&cap, PCI_CAP_LIST_ID, 1);
		if (cap.id == 0xff) {
			complain(chain,
				 "the list of capabilities is broken: 0x%02x has the id 0xff",
				 offset);
			break;
		}
		add(chain, &cap);
		note(chain, &cap);
		from = offset;
		offset = capability_get(&cap, PCI_CAP_LIST_NEXT, 1) & ~3u;
	}
}

static void walk_extended(struct pci_space *space, struct chain *chain)
{
	unsigned int from = 0, offset = PCI_SPACE_STANDARD;
	struct capability cap = { .space = space, .extended = true, .port = chain->port };
	uint32_t header;

	while (offset && may_go_on(chain, space, &extended, from, offset)) {
		cap.offset = (uint16_t)offset;
		header = capability_get(&cap, 0, 4);
		if (header == UINT32_MAX && from)
			complain(
				chain,
				"the list of extended capabilities is broken: 0x%03x reads as ones",
				offset);
		if (!header || header == UINT32_MAX)
			break;
		cap.id = header & 0xffff;
		cap.version = header >> 16 & 0xf;
		add(chain, &cap);
		from = offset;
		offset = header >> 20 & 0xffc;
	}
}

void chain_walk(struct pci_space *space, struct chain *chain)
{
	memset(chain, 0, sizeof(*chain));
	chain->port = -1;
	if (pci_space_get(space, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST)
		walk_standard(space, chain);
	/* A dump of `lspci -xxx` ends before that list. Other functions have noise there. */
	if (chain->has_extended && pci_space_has(space, PCI_SPACE_STANDARD, 4))
		walk_extended(space, chain);
}
