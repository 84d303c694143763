/* SPDX-License-Identifier: MIT */
/* Fields of registers in configuration space, described by tables. */
#ifndef KPLUG_FIELDS_H
#define KPLUG_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <kplug.h>

enum field_form {
	FIELD_HEX,
	FIELD_NUMBER,
	FIELD_COUNT, /* the register has one less */
	FIELD_POWER, /* an exponent of two */
	FIELD_PAYLOAD, /* an exponent of two, in units of 128 bytes */
	FIELD_YES, /* a bit */
	FIELD_NAME, /* one of @names */
	FIELD_BITS, /* several of @names, by bit */
	FIELD_ADDRESS, /* the bits in their place, shifted left by @up */
};

struct field {
	const char *name; /* with '_' for a space, as in JSON */
	uint8_t offset;
	uint8_t width; /* of the register, in bytes */
	uint8_t form; /* enum field_form */
	uint8_t up;
	uint32_t mask; /* 0: the whole register */
	const char *const *names; /* ends with NULL; "" is not shown */
};

struct field_table {
	const struct field *fields;
	size_t count;
};

#define FIELD_TABLE(array)                                \
	{                                                 \
		array, sizeof(array) / sizeof((array)[0]) \
	}

/* All fields in one line, or each in its own. */
enum field_layout { FIELDS_INLINE, FIELDS_IN_LINES };

/*
 * Reads the fields at @base. Adds them to @object, or prints them if it is NULL.
 * 0 or -errno.
 */
int fields_show(struct kplug *k, unsigned int base, const struct field_table *table,
		enum field_layout layout, cJSON *object);

#endif /* KPLUG_FIELDS_H */
