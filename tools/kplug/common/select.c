// SPDX-License-Identifier: MIT
/* Finds the device that a word of the command line names. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"

/* Compares the name in pci.ids. Only with wildcards: names have commas and versions. */
static bool name_matches(const struct kplug_found *found, const char *pattern)
{
	struct names names;
	char text[sizeof(names.vendor) + sizeof(names.device) + 1];

	if (!strpbrk(pattern, "*?["))
		return false;
	names_find(found, &names);
	snprintf(text, sizeof(text), "%s %s", names.vendor, names.device);
	return names.device[0] && !fnmatch(pattern, text, FNM_CASEFOLD);
}

bool device_matches(const struct kplug_found *found, const char *pattern)
{
	return kplug_match(found, pattern) || name_matches(found, pattern);
}

/* A word that may mean several devices: with wildcards, or vendor and device id. */
static bool is_pattern(const char *word)
{
	return word[0] != '/' && (strpbrk(word, "*?[") || (strlen(word) == strlen("1234:11e8") &&
							   word[4] == ':' && !strchr(word, '.')));
}

int no_device(const char *pattern)
{
	fprintf(stderr, "%s: no device matches '%s'; `kplug list` shows all devices\n",
		program_invocation_name, pattern);
	return COMMAND_FAILED;
}

static int fail_ambiguous(const char *pattern, const struct kplug_found *found, int count)
{
	int i;

	fprintf(stderr, "%s: '%s' matches %d devices; name one of them:\n", program_invocation_name,
		pattern, count);
	for (i = 0; i < count; i++)
		fprintf(stderr, "  %s %04x:%04x %s\n", found[i].name, found[i].vendor,
			found[i].device, found[i].driver);
	return COMMAND_FAILED;
}

/* Moves the matching devices to the front; gives their number. */
static int keep_matching(struct kplug_found *found, int count, const char *pattern)
{
	int i, kept = 0;

	for (i = 0; i < count; i++)
		if (device_matches(&found[i], pattern))
			found[kept++] = found[i];
	return kept;
}

int choose_device(struct arguments *arguments)
{
	static char chosen[KPLUG_NAME_MAX];
	const char *pattern = arguments->words[0];
	struct kplug_found *found;
	int count, result = COMMAND_OK;

	if (!is_pattern(pattern))
		return COMMAND_OK;
	count = kplug_scan(&found);
	if (count < 0)
		return fail(pattern, "scan", count);
	count = keep_matching(found, count, pattern);
	if (count == 1) {
		memcpy(chosen, found[0].name, sizeof(chosen));
		arguments->words[0] = chosen;
	} else {
		result = count ? fail_ambiguous(pattern, found, count) : no_device(pattern);
	}
	free(found);
	return result;
}
