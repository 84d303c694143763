// SPDX-License-Identifier: MIT
/* What uses a device under its driver: disks, interfaces, consoles, programs. */
#include "use.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void use_add(struct uses *uses, const char *format, ...)
{
	va_list arguments;

	if (uses->count == USE_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(uses->text[uses->count++], USE_SIZE, format, arguments);
	va_end(arguments);
}

bool use_read(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool found = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	if (found)
		line[strcspn(line, "\n")] = '\0';
	return found;
}

/* "/0000:00:1f.2/" */
static bool has_function(const char *path)
{
	unsigned int domain, bus, slot, function;

	for (; path; path = strchr(path + 1, '/'))
		if (sscanf(path, "/%x:%x:%x.%x/", &domain, &bus, &slot, &function) == 4)
			return true;
	return false;
}

bool use_is_part(const char *path, const char *address)
{
	char target[PATH_MAX], step[256];
	const char *rest;
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(step, sizeof(step), "/%s/", address);
	rest = strstr(target, step);
	return rest && !has_function(rest + strlen(step) - 1);
}

void uses_find(struct uses *uses, const char *root, const char *address)
{
	uses->count = 0;
	use_of_disks(uses, root, address);
	use_of_interfaces(uses, root, address);
	use_of_consoles(uses, root, address);
	use_of_programs(uses, root, address);
}
