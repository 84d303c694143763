/* SPDX-License-Identifier: MIT */
/* Colours of the output. */
#ifndef KPLUG_COLOR_H
#define KPLUG_COLOR_H

#include <stdbool.h>
#include <stdio.h>

enum color {
	COLOR_HEAD, /* of a table */
	COLOR_GOOD,
	COLOR_BAD,
};

/* The option --color: "auto", "always" or "never"; false: @when is none of them. */
bool color_choose(const char *when);

/*
 * What begins and ends a colour; "" without colours. By default a terminal has them, unless
 * NO_COLOR is set (https://no-color.org) or the terminal is a dumb one.
 */
const char *color_begin(FILE *out, enum color color);
const char *color_end(FILE *out);

#endif /* KPLUG_COLOR_H */
