// SPDX-License-Identifier: MIT
/* Colours of the output. */
#include "color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum { AUTO, ALWAYS, NEVER } choice;

static const char *const words[] = { [AUTO] = "auto", [ALWAYS] = "always", [NEVER] = "never" };

/* Escape sequences of ECMA-48: bold, green, red. */
static const char *const begins[] = {
	[COLOR_HEAD] = "\033[1m",
	[COLOR_GOOD] = "\033[32m",
	[COLOR_BAD] = "\033[31m",
};

bool color_choose(const char *when)
{
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], when)) {
			choice = i;
			return true;
		}
	return false;
}

static bool has_colors(FILE *out)
{
	const char *without = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (choice != AUTO)
		return choice == ALWAYS;
	return !(without && *without) && terminal && strcmp(terminal, "dumb") &&
	       isatty(fileno(out));
}

const char *color_begin(FILE *out, enum color color)
{
	return has_colors(out) ? begins[color] : "";
}

const char *color_end(FILE *out)
{
	return has_colors(out) ? "\033[0m" : "";
}
