// SPDX-License-Identifier: MIT
/*
 * Reads dumps. libpci reads them too, but takes rows that are missing or there twice, and devices
 * above 1f, without a word: a posted dump with a hole would then decode as if it were whole.
 */
#include "dump.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE     4096
#define MAX_LINES     1000000 /* some input never ends */
#define MAX_FUNCTIONS 4096
#define ROW           16

struct reader {
	struct dump *dump;
	unsigned int line;
	unsigned int room; /* for functions */
};

struct address {
	unsigned int domain, bus, device, function;
};

__attribute__((format(printf, 2, 3))) static bool complain(struct reader *reader,
							   const char *format, ...)
{
	size_t size = sizeof(reader->dump->problem);
	int used = 0;
	va_list list;

	if (reader->line)
		used = snprintf(reader->dump->problem, size, "line %u: ", reader->line);
	va_start(list, format);
	vsnprintf(reader->dump->problem + used, size - (size_t)used, format, list);
	va_end(list);
	return false;
}

/* A number of @least to @most hexadecimal digits; the text behind it, or NULL. */
static const char *digits(const char *text, size_t least, size_t most, unsigned int *value)
{
	size_t count = strspn(text, "0123456789abcdefABCDEF");

	if (count < least || count > most)
		return NULL;
	*value = (unsigned int)strtoul(text, NULL, 16);
	return text + count;
}

static const char *digits_before(const char *text, size_t least, size_t most, char end,
				 unsigned int *value)
{
	text = digits(text, least, most, value);
	return text && *text == end ? text + 1 : NULL;
}

/* Parses "[DOMAIN:]BUS:DEVICE.FUNCTION"; the text behind it, or NULL. */
static const char *parse_address(const char *text, struct address *address)
{
	const char *rest = digits_before(text, 4, 8, ':', &address->domain);

	if (!rest) {
		address->domain = 0;
		rest = text;
	}
	rest = digits_before(rest, 2, 2, ':', &address->bus);
	if (rest)
		rest = digits_before(rest, 2, 2, '.', &address->device);
	if (rest)
		rest = digits(rest, 1, 1, &address->function);
	return rest;
}

bool dump_same_address(const char *one, const char *other)
{
	struct address a, b;
	const char *first = parse_address(one, &a), *second = parse_address(other, &b);

	return first && !*first && second && !*second && a.domain == b.domain && a.bus == b.bus &&
	       a.device == b.device && a.function == b.function;
}

/* The next free function, or NULL. */
static struct pci_space *make_room(struct reader *reader)
{
	struct dump *dump = reader->dump;
	unsigned int room = reader->room ? 2 * reader->room : 4;
	struct pci_space *functions;

	if (dump->count < reader->room)
		return &dump->functions[dump->count];
	functions = realloc(dump->functions, room * sizeof(*functions));
	if (!functions)
		return NULL;
	dump->functions = functions;
	reader->room = room;
	return &functions[dump->count];
}

static bool add_function(struct reader *reader, const char *text, size_t length,
			 const struct address *address)
{
	struct pci_space *space;

	if (address->device > 0x1f || address->function > 7)
		return complain(reader, "%.*s is no address: devices end at 1f, functions at 7",
				(int)length, text);
	if (reader->dump->count == MAX_FUNCTIONS)
		return complain(reader, "there are more than %u functions", MAX_FUNCTIONS);
	space = make_room(reader);
	if (!space)
		return complain(reader, "there is no memory for another function");
	memset(space, 0, sizeof(*space));
	snprintf(space->name, sizeof(space->name), "%.*s", (int)length, text);
	reader->dump->count++;
	return true;
}

/* A row is "OFFSET: " and bytes. */
static const char *parse_row(const char *text, unsigned int *offset)
{
	unsigned int byte;
	const char *rest = digits_before(text, 2, 8, ':', offset);

	return rest && *rest == ' ' && digits(rest + 1, 2, 2, &byte) ? rest : NULL;
}

static bool parse_bytes(struct reader *reader, const char *text, uint8_t bytes[ROW])
{
	unsigned int count, value;

	for (count = 0; *text; count++) {
		while (*text == ' ')
			text++;
		if (!*text)
			break;
		text = digits(text, 2, 2, &value);
		if (!text || (*text && *text != ' '))
			return complain(reader, "its byte %u is not two hexadecimal digits", count);
		if (count == ROW)
			return complain(reader, "a row has 16 bytes, and this one more");
		bytes[count] = (uint8_t)value;
	}
	if (count < ROW)
		return complain(reader, "a row has 16 bytes, and this one %u; is it cut off?",
				count);
	return true;
}

static bool add_row(struct reader *reader, unsigned int offset, const char *text)
{
	struct dump *dump = reader->dump;
	struct pci_space *space;
	uint8_t bytes[ROW];

	if (!dump->count)
		return complain(reader, "bytes come behind the address of their function, such as "
					"01:00.0");
	space = &dump->functions[dump->count - 1];
	if (offset >= PCI_SPACE_SIZE)
		return complain(reader,
				"0x%x is out of range, as no function has more than %u bytes",
				offset, PCI_SPACE_SIZE);
	if (offset % ROW)
		return complain(reader, "0x%02x is no offset of a row", offset);
	if (offset < space->size)
		return complain(reader, "the bytes at 0x%02x of %s are there twice", offset,
				space->name);
	if (offset > space->size)
		return complain(reader, "the bytes at 0x%02x of %s are missing", space->size,
				space->name);
	if (!parse_bytes(reader, text, bytes))
		return false;
	memcpy(&space->bytes[offset], bytes, ROW);
	space->size += ROW;
	return true;
}

static bool take_line(struct reader *reader, const char *line)
{
	struct address address;
	unsigned int offset;
	const char *rest = parse_address(line, &address);

	if (rest && (!*rest || *rest == ' '))
		return add_function(reader, line, (size_t)(rest - line), &address);
	rest = parse_row(line, &offset);
	return rest ? add_row(reader, offset, rest) : true;
}

static bool read_lines(struct reader *reader, FILE *file)
{
	char line[LINE_SIZE];
	size_t length;

	while (fgets(line, sizeof(line), file)) {
		reader->line++;
		length = strcspn(line, "\r\n");
		if (!line[length] && !feof(file))
			return complain(reader,
					"it is too long, or no text; `lspci -xxxx` prints a "
					"dump");
		if (reader->line > MAX_LINES)
			return complain(reader, "no dump has as many lines");
		line[length] = '\0';
		if (!take_line(reader, line))
			return false;
	}
	return ferror(file) ? complain(reader, "%s", strerror(errno)) : true;
}

static bool has_bytes(const struct dump *dump)
{
	unsigned int i;

	for (i = 0; i < dump->count; i++)
		if (dump->functions[i].size)
			return true;
	return false;
}

bool dump_read(struct dump *dump, FILE *file)
{
	struct reader reader = { .dump = dump };
	bool good;

	*dump = (struct dump){ .functions = NULL };
	good = read_lines(&reader, file);
	if (good && !has_bytes(dump)) {
		snprintf(dump->problem, sizeof(dump->problem),
			 "it has no function with its bytes; `lspci -xxxx` prints them");
		good = false;
	}
	if (!good)
		dump_free(dump);
	return good;
}

void dump_free(struct dump *dump)
{
	free(dump->functions);
	dump->functions = NULL;
	dump->count = 0;
}
