// SPDX-License-Identifier: MIT
/* The frame of every page: it loads nothing from a network. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

void html_escaped(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
}

void html_begin(FILE *out, const char *title)
{
	fputs(head, out);
	fputs("<title>", out);
	html_escaped(out, title);
	fputs("</title>\n<style>\n", out);
	fputs(html_style, out);
	fputs("</style>\n", out);
}

void html_cell(FILE *out, const char *heading, const char *format, ...)
{
	va_list values;

	fprintf(out, "<td data-label=\"%s\">", heading);
	va_start(values, format);
	vfprintf(out, format, values);
	va_end(values);
	fputs("</td>", out);
}

void html_pictures(FILE *out)
{
	fputs("<section id=\"pictures\"></section>\n"
	      "<noscript><p>The pictures need JavaScript.</p></noscript>\n",
	      out);
}

/* In JSON '<' is only in strings; there it could end the script. */
static void print_data(FILE *out, cJSON *data)
{
	char *text = cJSON_PrintUnformatted(data), *next;

	fputs("<script id=\"data\" type=\"application/json\">", out);
	for (next = text; next && *next; next++)
		if (*next == '<')
			fputs("\\u003c", out);
		else
			fputc(*next, out);
	fputs("</script>\n", out);
	cJSON_free(text);
	cJSON_Delete(data);
}

void html_end(FILE *out, cJSON *data, ...)
{
	const char *script;
	va_list scripts;

	if (data)
		print_data(out, data);
	va_start(scripts, data);
	while ((script = va_arg(scripts, const char *)))
		fprintf(out, "<script>\n%s</script>\n", script);
	va_end(scripts);
	fputs("</html>\n", out);
}
