/* SPDX-License-Identifier: MIT */
/* Fields of registers in configuration space, described by tables. */
#ifndef KPLUG_PCI_FIELD_H
#define KPLUG_PCI_FIELD_H

#include "sheet.h"
#include "space.h"

enum field_form {
	FIELD_HEX,
	FIELD_NUMBER,
	FIELD_COUNT, /* the register has one less */
	FIELD_POWER, /* an exponent of two, of the unit */
	FIELD_YES, /* a bit */
	FIELD_NAME, /* one of @names */
	FIELD_BITS, /* several of @names, by bit; shown with the whole register */
	FIELD_OFFSET, /* the bits in their place, without leading zeros */
	FIELD_ADDRESS, /* the bits in their place */
	FIELD_ADDRESS64, /* the same, and the register behind it has the upper half */
};

struct field {
	const char *name; /* with '_' for a space, as in JSON */
	uint8_t offset;
	uint8_t width; /* of the register, in bytes */
	uint8_t form; /* enum field_form */
	uint32_t mask; /* 0: the whole register */
	struct sheet_names names;
	uint32_t unit; /* 0 is 1 */
};

#define FIELD_NAMES(array) .names = SHEET_NAMES(array)

/* Shows those of the @count fields at @base that the space has. */
void fields_show(struct pci_space *space, unsigned int base, const struct field *fields,
		 size_t count, struct sheet *sheet);

#define FIELDS_SHOW(space, base, array, sheet) \
	fields_show(space, base, array, sizeof(array) / sizeof((array)[0]), sheet)

#endif /* KPLUG_PCI_FIELD_H */
