// SPDX-License-Identifier: MIT
/* Parses the words on the command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "command.h"
#include "map/named.h"

enum { OPTION_JSON = 0x200, OPTION_COLOR };

const struct argp_option arguments_options[] = {
	{ "json", OPTION_JSON, NULL, 0, "print JSON", 0 },
	{ "color", OPTION_COLOR, "WHEN", 0,
	  "use colours: auto (on a terminal, without NO_COLOR), always or never", 0 },
	{ 0 }
};

error_t arguments_parse(int key, char *word, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_COLOR:
		if (!color_choose(word))
			argp_error(state, "--color=%s: say auto, always or never", word);
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->count >= arguments->max)
			argp_error(state, "unexpected argument '%s'", word);
		arguments->words[arguments->count++] = word;
		return 0;
	case ARGP_KEY_END:
		if (arguments->count < arguments->min)
			argp_error(state, "%s",
				   arguments->count ? "an argument is missing" :
						      "which device? `kplug list` shows them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp arguments_argp = {
	.options = arguments_options,
	.parser = arguments_parse,
};

const struct argp_child arguments_children[] = { { &arguments_argp, 0, NULL, 0 }, { 0 } };

double seconds_parse(const char *text, struct argp_state *state)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds > 0 && seconds < 1e6))
		argp_error(state, "'%s' is not a number of seconds", text);
	return seconds;
}

uint64_t count_parse(const char *text, uint64_t least, uint64_t most, struct argp_state *state)
{
	uint64_t count;

	if (!number_parse(text, &count) || count < least || count > most)
		argp_error(state, "'%s' is not a number from %llu to %llu", text,
			   (unsigned long long)least, (unsigned long long)most);
	return count;
}

/* Of a map, since numbers begin with digits. */
bool reg_is_name(const char *text)
{
	return (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z') || *text == '_';
}

/* Parses a number that ends at one of the characters @ends; NULL if it is not one. */
static const char *number(const char *text, const char *ends, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, 0);
	return errno || !strchr(ends, *end) ? NULL : end;
}

/* The end of "OFFSET[:WIDTH]" at @text, or NULL. */
static const char *parse_offset(const char *text, const char *ends, struct reg *reg)
{
	uint64_t width = 4;
	char more[4] = ":";

	strcat(more, ends);
	text = number(text, more, &reg->offset);
	if (text && *text == ':')
		text = number(text + 1, ends, &width);
	if (!text || (width != 1 && width != 2 && width != 4 && width != 8))
		return NULL;
	reg->width = (unsigned int)width;
	return text;
}

/* A register by its name in a map: the end of the name, or NULL. */
static const char *parse_name(const char *text, struct reg *reg)
{
	size_t length = strcspn(text, "=");
	struct map_place place;

	if (!named_find(text, length, &place))
		return NULL;
	if (place.is_field || place.words > 1) {
		named_refuse("only a whole register of one access can be used here");
		return NULL;
	}
	reg->region = place.region;
	reg->offset = place.offset;
	reg->width = place.width;
	return text + length;
}

/* The end of the register at @text, or NULL. */
static const char *parse_place(const char *text, const char *ends, struct reg *reg)
{
	uint64_t region;

	if (reg_is_name(text))
		return parse_name(text, reg);
	text = number(text, ":", &region);
	if (!text || !*text || region >= KPLUG_MAX_REGIONS)
		return NULL;
	reg->region = (unsigned int)region;
	return parse_offset(text + 1, ends, reg);
}

bool number_parse(const char *text, uint64_t *value)
{
	return number(text, "", value);
}

bool range_parse(const char *text, struct kplug_range *range)
{
	uint64_t start, length;

	text = number(text, "+", &start);
	if (!text || !*text || !number(text + 1, "", &length))
		return false;
	range->start = (uint32_t)start;
	range->length = (uint32_t)length;
	return start <= UINT32_MAX && length && length <= UINT32_MAX;
}

bool reg_parse(const char *text, struct reg *reg)
{
	text = parse_place(text, "", reg);
	return text && !*text;
}

bool reg_parse_value(const char *text, struct reg *reg)
{
	text = parse_place(text, "=", reg);
	return text && *text == '=' && number(text + 1, "", &reg->value);
}

bool reg_parse_config(const char *text, struct reg *reg, bool *is_write)
{
	reg->region = KPLUG_CONFIG_REGION;
	text = parse_offset(text, "=", reg);
	*is_write = text && *text == '=';
	return text && (!*is_write || number(text + 1, "", &reg->value));
}
