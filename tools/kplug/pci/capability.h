/* SPDX-License-Identifier: MIT */
/* Decodes capabilities: a table has the sections of each, and a section the fields. */
#ifndef KPLUG_PCI_CAPABILITY_H
#define KPLUG_PCI_CAPABILITY_H

#include "field.h"

struct capability {
	struct pci_space *space;
	uint16_t id;
	uint16_t offset;
	uint8_t version; /* of an extended one */
	bool extended;
	int port; /* of an extended one: the function's PCI_EXP_TYPE_*, or -1 */
};

/* In text the first section goes behind the capability's name, each other has lines of its own. */
struct section {
	const char *title; /* NULL if its facts need none */
	bool (*applies)(const struct capability *cap); /* NULL: always */
	const struct field *fields;
	size_t count;
	void (*more)(const struct capability *cap, struct sheet *sheet); /* what no table says */
};

#define SECTION_FIELDS(array) .fields = array, .count = sizeof(array) / sizeof((array)[0])

struct decoder {
	uint16_t id;
	bool extended;
	const struct section *sections;
	size_t count;
};

#define DECODER_SECTIONS(array) .sections = array, .count = sizeof(array) / sizeof((array)[0])

/* A group of decoders, in a file of its own. */
struct decoder_group {
	const struct decoder *decoders;
	size_t count;
};

#define DECODER_GROUP(name, array)                             \
	const struct decoder_group name = { .decoders = array, \
					    .count = sizeof(array) / sizeof((array)[0]) }

extern const struct decoder_group basic_group; /* power, vital product data, slot, ... */
extern const struct decoder_group msi_group;
extern const struct decoder_group pcix_group; /* PCI-X and HyperTransport */
extern const struct decoder_group express_group;
extern const struct decoder_group link_group; /* the link's extended capabilities */
extern const struct decoder_group aer_group; /* errors, and containment */
extern const struct decoder_group sharing_group; /* virtual functions, isolation, translation */
extern const struct decoder_group allocation_group; /* sizes and places of BARs */
extern const struct decoder_group vendor_group;

/* A register of the capability; all ones if the space ends before it. */
uint32_t capability_get(const struct capability *cap, unsigned int offset, unsigned int width);

const char *capability_name(const struct capability *cap);

/* All facts of a capability. */
void capability_show(const struct capability *cap, struct sheet *sheet);

#endif /* KPLUG_PCI_CAPABILITY_H */
