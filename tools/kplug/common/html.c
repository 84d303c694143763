// SPDX-License-Identifier: MIT
/* The head of every page: no network, and light or dark as the reader prefers. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "html.h"

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";

static const char style[] =
	"</title>\n"
	"<style>\n"
	":root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dbe3; --page: #fff;\n"
	"  --entry: #2f6fde; --acked: #16a06a; --user: #e08a1e; }\n"
	"@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #38414d;\n"
	"  --page: #14181d; --entry: #6d9ff5; --acked: #3fca92; --user: #f0ab50; } }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);\n"
	"  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }\n"
	"h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }\n"
	".soft, small { color: var(--soft); } .lead { font-size: 1.15rem; }\n"
	"svg { width: 100%; height: auto; } svg text { font-size: 14px; fill: var(--ink); }\n"
	"svg .soft { fill: var(--soft); } svg line { stroke: var(--line); }\n"
	".entry { fill: var(--entry); } .acked { fill: var(--acked); } .user { fill: var(--user); }\n"
	".wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .85rem; }\n"
	"th, td { padding: .35rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
	"th:first-child, td:first-child { text-align: left; white-space: normal; } td.why { text-align: left; color: var(--soft); }\n"
	"</style>\n";

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
	fputs(style, out);
}

int html_close(FILE *out, const char *file)
{
	bool wrong = !out || fflush(out) || ferror(out);

	if (wrong)
		fprintf(stderr, "%s: %s: %s\n", program_invocation_name, file, strerror(errno));
	if (out)
		fclose(out);
	return wrong ? COMMAND_FAILED : COMMAND_OK;
}
