// SPDX-License-Identifier: MIT
/* Lines of 80 columns, which a terminal and a mail can show. */
#include "lines.h"

#include <string.h>

/* Of the word at @text, with its comma. */
static size_t word_length(const char *text)
{
	size_t length = strcspn(text, " ,");

	return text[length] == ',' ? length + 1 : length;
}

void line_end(FILE *out, unsigned int column, const char *text)
{
	size_t blanks, word, at = column;

	while (*text) {
		blanks = strspn(text, " ");
		word = word_length(text + blanks);
		if (at > column && at + blanks + word > LINE_WIDTH) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
			text += blanks;
			continue;
		}
		fwrite(text, 1, blanks + word, out);
		text += blanks + word;
		at += blanks + word;
	}
	fputc('\n', out);
}
