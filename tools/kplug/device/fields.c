// SPDX-License-Identifier: MIT
/* Reads and shows the fields that a table describes. */
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "fields.h"

static uint32_t value_of(const struct field *field, uint32_t raw)
{
	if (field->form == FIELD_ADDRESS)
		return (raw & field->mask) << field->up;
	if (!field->mask)
		return raw;
	raw = (raw & field->mask) >> __builtin_ctz(field->mask);
	switch (field->form) {
	case FIELD_COUNT:
		return raw + 1;
	case FIELD_POWER:
		return 1u << raw;
	case FIELD_PAYLOAD:
		return 128u << raw;
	default:
		return raw;
	}
}

/* Hardware may have values beyond the end of the table. */
static const char *name_of(const struct field *field, uint32_t value)
{
	uint32_t i;

	for (i = 0; field->names[i]; i++)
		if (i == value)
			return field->names[i];
	return "reserved";
}

static unsigned int digits_of(const struct field *field)
{
	if (!field->mask)
		return field->width * 2;
	return field->form == FIELD_HEX ? __builtin_popcount(field->mask) / 4 : 1;
}

static void print_bits(const struct field *field, uint32_t value)
{
	uint32_t i;

	for (i = 0; field->names[i]; i++)
		if (value >> i & 1 && field->names[i][0])
			printf(" %s", field->names[i]);
}

static void print_value(const struct field *field, uint32_t value)
{
	switch (field->form) {
	case FIELD_HEX:
	case FIELD_ADDRESS:
	case FIELD_BITS:
		printf("0x%0*x", (int)digits_of(field), value);
		break;
	case FIELD_YES:
		printf("%s", value ? "yes" : "no");
		break;
	case FIELD_NAME:
		printf("%s", name_of(field, value));
		break;
	default:
		printf("%u", value);
	}
	if (field->form == FIELD_BITS)
		print_bits(field, value);
}

static void print_field(const struct field *field, uint32_t value, enum field_layout layout,
			int first)
{
	char words[32];
	char *space;

	snprintf(words, sizeof(words), "%s", field->name);
	while ((space = strchr(words, '_')))
		*space = ' ';
	if (layout == FIELDS_IN_LINES)
		printf("%-20s ", words);
	else
		printf("%s%s ", first ? "" : ", ", words);
	print_value(field, value);
	if (layout == FIELDS_IN_LINES)
		putchar('\n');
}

static void add_bits(cJSON *object, const struct field *field, uint32_t value)
{
	char name[40];
	cJSON *array;
	uint32_t i;

	snprintf(name, sizeof(name), "%s_bits", field->name);
	array = cJSON_AddArrayToObject(object, name);
	for (i = 0; field->names[i]; i++)
		if (value >> i & 1 && field->names[i][0])
			cJSON_AddItemToArray(array, cJSON_CreateString(field->names[i]));
}

static void add_field(cJSON *object, const struct field *field, uint32_t value)
{
	switch (field->form) {
	case FIELD_HEX:
	case FIELD_ADDRESS:
	case FIELD_BITS:
		add_hex(object, field->name, digits_of(field), value);
		break;
	case FIELD_YES:
		cJSON_AddBoolToObject(object, field->name, value);
		break;
	case FIELD_NAME:
		cJSON_AddStringToObject(object, field->name, name_of(field, value));
		break;
	default:
		cJSON_AddNumberToObject(object, field->name, value);
	}
	if (field->form == FIELD_BITS)
		add_bits(object, field, value);
}

int fields_show(struct kplug *k, unsigned int base, const struct field_table *table,
		enum field_layout layout, cJSON *object)
{
	uint64_t raw;
	uint32_t value;
	size_t i;
	int err;

	for (i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];

		err = kplug_access_read(k, KPLUG_CONFIG_REGION, base + field->offset, field->width,
					&raw);
		if (err)
			return err;
		value = value_of(field, (uint32_t)raw);
		if (object)
			add_field(object, field, value);
		else
			print_field(field, value, layout, i == 0);
	}
	return 0;
}
