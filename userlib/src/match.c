// SPDX-License-Identifier: MIT
/* Patterns that match devices. */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The end of "*" or four hexadecimal digits at @text, or NULL; @equal: whether @id matches. */
static const char *match_id(const char *text, uint16_t id, int *equal)
{
	char digits[5] = "";
	int i;

	if (*text == '*')
		return text + 1;
	for (i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return NULL;
		digits[i] = text[i];
	}
	*equal &= strtoul(digits, NULL, 16) == id;
	return text + 4;
}

/* Does @pattern have the form of ids? @equal: whether the device has these ids. */
static int match_ids(const struct kplug_found *found, const char *pattern, int *equal)
{
	*equal = found->vendor != 0;
	pattern = match_id(pattern, found->vendor, equal);
	if (!pattern || *pattern != ':')
		return 0;
	pattern = match_id(pattern + 1, found->device, equal);
	return pattern && !*pattern;
}

int kplug_match(const struct kplug_found *found, const char *pattern)
{
	char full[KPLUG_NAME_MAX * 2];
	/* Linux writes addresses in lower case; names on other buses may have capitals. */
	int equal, flags = found->vendor ? FNM_CASEFOLD : 0;

	if (match_ids(found, pattern, &equal))
		return equal;
	if (!fnmatch(pattern, found->name, flags))
		return 1;
	/* An address without its domain. */
	return found->vendor && strlen(pattern) < KPLUG_NAME_MAX &&
	       snprintf(full, sizeof(full), "0000:%s", pattern) > 0 &&
	       !fnmatch(full, found->name, flags);
}

int kplug_select(const char *pattern, struct kplug_found **found)
{
	int i, kept = 0, count = kplug_scan(found);

	if (count < 0)
		return count;
	for (i = 0; i < count; i++)
		if (kplug_match(&(*found)[i], pattern))
			(*found)[kept++] = (*found)[i];
	return kept;
}
