// SPDX-License-Identifier: MIT
/* Reads and shows the fields that a table describes. */
#include "field.h"

static uint64_t value_of(const struct field *field, uint32_t raw)
{
	uint64_t unit = field->unit ? field->unit : 1;

	if (field->mask)
		raw = (raw & field->mask) >> __builtin_ctz(field->mask);
	switch (field->form) {
	case FIELD_COUNT:
		return raw + UINT64_C(1);
	case FIELD_POWER:
		return unit << raw;
	case FIELD_NUMBER:
		return raw * unit;
	default:
		return raw;
	}
}

/* Hardware may have values beyond the end of the table. */
static const char *name_of(const struct field *field, uint64_t value)
{
	const char *name = value < field->names.count ? field->names.list[value] : NULL;

	return name ? name : "reserved";
}

static unsigned int digits_of(const struct field *field)
{
	return field->mask && field->form == FIELD_HEX ?
		       ((unsigned int)__builtin_popcount(field->mask) + 3) / 4 :
		       field->width * 2u;
}

static void show_address(struct pci_space *space, unsigned int offset, const struct field *field,
			 struct sheet *sheet)
{
	uint64_t mask = field->mask ? 0xffffffff00000000 | field->mask : UINT64_MAX;

	if (field->form != FIELD_ADDRESS64)
		sheet_hex(sheet, field->name, field->form == FIELD_OFFSET ? 1 : 8,
			  pci_space_get(space, offset, 4) & mask);
	else
		sheet_hex(sheet, field->name, 16,
			  pci_space_get64(space, offset, offset + 4) & mask);
}

static void show_field(struct pci_space *space, unsigned int offset, const struct field *field,
		       struct sheet *sheet)
{
	uint32_t raw = pci_space_get(space, offset, field->width);
	uint64_t value = value_of(field, raw);

	switch (field->form) {
	case FIELD_HEX:
		sheet_hex(sheet, field->name, digits_of(field), value);
		break;
	case FIELD_YES:
		sheet_yes(sheet, field->name, value);
		break;
	case FIELD_NAME:
		sheet_text(sheet, field->name, name_of(field, value));
		break;
	case FIELD_BITS:
		sheet_bits(sheet, field->name, digits_of(field), raw, &field->names);
		break;
	case FIELD_OFFSET:
	case FIELD_ADDRESS:
	case FIELD_ADDRESS64:
		show_address(space, offset, field, sheet);
		break;
	default:
		sheet_number(sheet, field->name, value);
	}
}

void fields_show(struct pci_space *space, unsigned int base, const struct field *fields,
		 size_t count, struct sheet *sheet)
{
	unsigned int width;
	size_t i;

	for (i = 0; i < count; i++) {
		width = fields[i].form == FIELD_ADDRESS64 ? 8 : fields[i].width;
		if (pci_space_has(space, base + fields[i].offset, width))
			show_field(space, base + fields[i].offset, &fields[i], sheet);
	}
}
