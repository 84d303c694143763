/* SPDX-License-Identifier: MIT */
/* Facts with names, as text or JSON. */
#ifndef KPLUG_PCI_SHEET_H
#define KPLUG_PCI_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

struct sheet {
	FILE *out; /* for text */
	cJSON *root; /* or for JSON */
	bool listed; /* in text each fact has its own line */
	cJSON *part; /* of @root; where the facts go */
	int column; /* of the line in hand */
	bool heading; /* it is the first, which does not wrap */
	bool indented; /* it has no word yet */
	bool begun; /* it has a fact */
};

/* The names of bits or values; NULL for one without a name. */
struct sheet_names {
	const char *const *list;
	size_t count;
};

#define SHEET_NAMES(array)                                \
	{                                                 \
		array, sizeof(array) / sizeof((array)[0]) \
	}

void sheet_text_init(struct sheet *sheet, FILE *out, bool listed);
void sheet_json_init(struct sheet *sheet, cJSON *root);

/* The first line of text, before the facts. It does not wrap. */
void sheet_heading(struct sheet *sheet, const char *heading);

/* Begins a line for the next facts. With a title they are an object of that name in JSON. */
void sheet_line(struct sheet *sheet, const char *title);
void sheet_end(struct sheet *sheet);

/* One fact; @name has '_' for a space. */
void sheet_text(struct sheet *sheet, const char *name, const char *value);
void sheet_number(struct sheet *sheet, const char *name, uint64_t value);
void sheet_yes(struct sheet *sheet, const char *name, bool value);
void sheet_hex(struct sheet *sheet, const char *name, unsigned int digits, uint64_t value);
/* A value in hexadecimal, and what kind it is of: NAME_kind in JSON. */
void sheet_address(struct sheet *sheet, const char *name, unsigned int digits, uint64_t value,
		   const char *kind);
/* NAME_first and NAME_last in JSON. */
void sheet_range(struct sheet *sheet, const char *name, unsigned int digits, uint64_t first,
		 uint64_t last, const char *kind);
/* A value and the names of the bits in it: NAME_bits in JSON. */
void sheet_bits(struct sheet *sheet, const char *name, unsigned int digits, uint32_t value,
		const struct sheet_names *names);

#endif /* KPLUG_PCI_SHEET_H */
