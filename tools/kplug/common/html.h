/* SPDX-License-Identifier: MIT */
/* What all pages of the command share. */
#ifndef KPLUG_HTML_H
#define KPLUG_HTML_H

#include <stdio.h>

#include <cjson/cJSON.h>

/* The files of the folder html. */
extern const char html_style[], html_chart[], html_stages[];
extern const char html_latency[], html_compare[], html_bench[], html_ladder[];

void html_begin(FILE *out, const char *title);
void html_escaped(FILE *out, const char *text);
/* A cell of a table: its text, and its heading for a narrow page. */
void html_cell(FILE *out, const char *heading, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The place for the pictures. */
void html_pictures(FILE *out);
/*
 * At the end: @data, which it frees, and the scripts that draw it; the last one is NULL. A page
 * without pictures has neither.
 */
void html_end(FILE *out, cJSON *data, ...) __attribute__((sentinel));

#endif /* KPLUG_HTML_H */
