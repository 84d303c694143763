// SPDX-License-Identifier: MIT
/* Writes facts as lines of text, or adds them to a JSON object. */
#include "sheet.h"

#include <string.h>

#define COLUMNS 80

void sheet_text_init(struct sheet *sheet, FILE *out, bool listed)
{
	*sheet = (struct sheet){ .out = out, .listed = listed };
}

void sheet_json_init(struct sheet *sheet, cJSON *root)
{
	*sheet = (struct sheet){ .root = root, .part = root };
}

static void indent(struct sheet *sheet, const char *blanks)
{
	sheet->column = fprintf(sheet->out, "%s", blanks);
	sheet->indented = true;
}

static void end_line(struct sheet *sheet)
{
	if (sheet->column)
		putc('\n', sheet->out);
	sheet->column = 0;
	sheet->heading = sheet->begun = false;
}

static void print_word(struct sheet *sheet, const char *word, size_t length)
{
	if (!sheet->heading && !sheet->indented && sheet->column + 1 + (int)length >= COLUMNS) {
		putc('\n', sheet->out);
		indent(sheet, "        ");
	}
	sheet->column +=
		fprintf(sheet->out, "%s%.*s", sheet->indented ? "" : " ", (int)length, word);
	sheet->indented = false;
}

/* Breaks the line between words. */
static void print_words(struct sheet *sheet, const char *text)
{
	size_t length;

	for (; *text; text += length + (text[length] == ' ')) {
		length = strcspn(text, " ");
		print_word(sheet, text, length);
	}
}

/* A name with blanks. */
static const char *words_of(const char *name, char words[64])
{
	char *space;

	snprintf(words, 64, "%s", name);
	while ((space = strchr(words, '_')))
		*space = ' ';
	return words;
}

void sheet_heading(struct sheet *sheet, const char *heading)
{
	if (sheet->root)
		return;
	sheet->column = fprintf(sheet->out, "%s", heading);
	sheet->heading = true;
}

void sheet_line(struct sheet *sheet, const char *title)
{
	char words[64];

	if (sheet->root) {
		sheet->part = title ? cJSON_AddObjectToObject(sheet->root, title) : sheet->root;
		return;
	}
	end_line(sheet);
	if (!title)
		return;
	indent(sheet, "    ");
	print_words(sheet, words_of(title, words));
	sheet->column += fprintf(sheet->out, ":");
}

void sheet_end(struct sheet *sheet)
{
	if (!sheet->root)
		end_line(sheet);
}

static void print_fact(struct sheet *sheet, const char *name, const char *value)
{
	char words[64];

	if (sheet->listed) {
		fprintf(sheet->out, "%-20s %s\n", words_of(name, words), value);
		return;
	}
	if (!sheet->column)
		indent(sheet, "    ");
	else if (sheet->begun || sheet->heading)
		sheet->column += fprintf(sheet->out, "%s", sheet->begun ? "," : ":");
	sheet->begun = true;
	print_words(sheet, words_of(name, words));
	print_words(sheet, value);
}

void sheet_text(struct sheet *sheet, const char *name, const char *value)
{
	if (sheet->root)
		cJSON_AddStringToObject(sheet->part, name, value);
	else
		print_fact(sheet, name, value);
}

void sheet_number(struct sheet *sheet, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	if (sheet->root)
		cJSON_AddNumberToObject(sheet->part, name, (double)value);
	else
		print_fact(sheet, name, text);
}

void sheet_yes(struct sheet *sheet, const char *name, bool value)
{
	if (sheet->root)
		cJSON_AddBoolToObject(sheet->part, name, value);
	else
		print_fact(sheet, name, value ? "yes" : "no");
}

void sheet_hex(struct sheet *sheet, const char *name, unsigned int digits, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%0*llx", (int)digits, (unsigned long long)value);
	sheet_text(sheet, name, text);
}

static void add_suffixed(struct sheet *sheet, const char *name, const char *suffix,
			 const char *value)
{
	char whole[96];

	snprintf(whole, sizeof(whole), "%s_%s", name, suffix);
	cJSON_AddStringToObject(sheet->part, whole, value);
}

void sheet_address(struct sheet *sheet, const char *name, unsigned int digits, uint64_t value,
		   const char *kind)
{
	char text[160];

	if (sheet->root) {
		sheet_hex(sheet, name, digits, value);
		add_suffixed(sheet, name, "kind", kind);
		return;
	}
	snprintf(text, sizeof(text), "0x%0*llx %s", (int)digits, (unsigned long long)value, kind);
	print_fact(sheet, name, text);
}

void sheet_range(struct sheet *sheet, const char *name, unsigned int digits, uint64_t first,
		 uint64_t last, const char *kind)
{
	char from[24], to[24], text[160];

	snprintf(from, sizeof(from), "0x%0*llx", (int)digits, (unsigned long long)first);
	snprintf(to, sizeof(to), "0x%0*llx", (int)digits, (unsigned long long)last);
	if (sheet->root) {
		add_suffixed(sheet, name, "first", from);
		add_suffixed(sheet, name, "last", to);
		add_suffixed(sheet, name, "kind", kind);
		return;
	}
	snprintf(text, sizeof(text), "%s-%s%s%s", from, to, *kind ? " " : "", kind);
	print_fact(sheet, name, text);
}

static const char *name_of_bit(const struct sheet_names *names, uint32_t value, size_t bit)
{
	return value >> bit & 1 ? names->list[bit] : NULL;
}

static void add_bits(struct sheet *sheet, const char *name, uint32_t value,
		     const struct sheet_names *names)
{
	char whole[96];
	cJSON *array;
	size_t i;

	snprintf(whole, sizeof(whole), "%s_bits", name);
	array = cJSON_AddArrayToObject(sheet->part, whole);
	for (i = 0; i < names->count; i++)
		if (name_of_bit(names, value, i))
			cJSON_AddItemToArray(array, cJSON_CreateString(names->list[i]));
}

void sheet_bits(struct sheet *sheet, const char *name, unsigned int digits, uint32_t value,
		const struct sheet_names *names)
{
	char text[1024];
	size_t i, used;

	if (sheet->root) {
		sheet_hex(sheet, name, digits, value);
		add_bits(sheet, name, value, names);
		return;
	}
	used = (size_t)snprintf(text, sizeof(text), "0x%0*x", (int)digits, value);
	for (i = 0; i < names->count && used < sizeof(text); i++)
		if (name_of_bit(names, value, i))
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
						 names->list[i]);
	print_fact(sheet, name, text);
}
