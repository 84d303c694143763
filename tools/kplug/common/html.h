/* SPDX-License-Identifier: MIT */
/* What all pages of the command share. */
#ifndef KPLUG_HTML_H
#define KPLUG_HTML_H

#include <stdio.h>

void html_begin(FILE *out, const char *title);
void html_escaped(FILE *out, const char *text);
/* Says if the file could not be opened (NULL) or written; a COMMAND_*. */
int html_close(FILE *out, const char *file);

#endif /* KPLUG_HTML_H */
