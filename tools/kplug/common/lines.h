/* SPDX-License-Identifier: MIT */
/* Lines of 80 columns, which a terminal and a mail can show. */
#ifndef KPLUG_LINES_H
#define KPLUG_LINES_H

#include <stdio.h>

#define LINE_WIDTH 80

/*
 * Ends a line whose first @column columns are printed. Words of @text that do not fit go into
 * lines below; a word ends at a blank or behind a comma, and stays whole.
 */
void line_end(FILE *out, unsigned int column, const char *text);

#endif /* KPLUG_LINES_H */
