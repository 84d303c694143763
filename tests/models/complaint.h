/* SPDX-License-Identifier: MIT */
/* What a driver did that the card's documents forbid. A test that causes one fails. */
#ifndef MODEL_COMPLAINT_H
#define MODEL_COMPLAINT_H

#include <stddef.h>
#include <stdint.h>

#define COMPLAINT_TEXT 1024

struct complaints {
	uint64_t count; /* since they were last taken */
	char text[COMPLAINT_TEXT]; /* the first ones, with '; ' between them */
	size_t length;
};

void complain(struct complaints *complaints, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void complaints_clear(struct complaints *complaints);

#endif
