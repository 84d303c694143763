/* SPDX-License-Identifier: MIT */
/* What all pages of the command have in common. */
#ifndef KPLUG_HTML_H
#define KPLUG_HTML_H

#include <stdio.h>

void html_begin(FILE *out, const char *title);
void html_escaped(FILE *out, const char *text);

#endif /* KPLUG_HTML_H */
