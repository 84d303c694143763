// SPDX-License-Identifier: MIT
// What a driver did that the card's documents forbid.
#include "complaint.h"

#include <stdarg.h>
#include <stdio.h>

void complain(struct complaints *complaints, const char *format, ...)
{
	char line[256];
	va_list arguments;
	int length;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(stderr, "%s\n", line);
	complaints->count++;
	length = snprintf(complaints->text + complaints->length,
			  sizeof(complaints->text) - complaints->length, "%s%s",
			  complaints->length ? "; " : "", line);
	/* One that has no room is counted, and the console has it. */
	if (complaints->length + length < sizeof(complaints->text))
		complaints->length += length;
	else
		complaints->text[complaints->length] = 0;
}

void complaints_clear(struct complaints *complaints)
{
	*complaints = (struct complaints){ 0 };
}
