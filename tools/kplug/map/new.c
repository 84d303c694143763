// SPDX-License-Identifier: MIT
/* kplug new: becomes kplug-map, which writes projects and is in Python. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"

#define GENERATOR "kplug-map"

/* The one that was installed with this program, else one in PATH. */
static void run_generator(char **argv)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(GENERATOR) - 1);
	char *name;

	if (length > 0) {
		path[length] = 0;
		name = strrchr(path, '/') + 1;
		strcpy(name, GENERATOR);
		execv(path, argv);
	}
	execvp(GENERATOR, argv);
}

int cmd_new(int argc, char **argv)
{
	char **words = calloc(argc + 2, sizeof(*words));
	int i;

	if (!words)
		return fail(GENERATOR, "run", -ENOMEM);
	words[0] = GENERATOR;
	words[1] = "new";
	for (i = 1; i < argc; i++)
		words[i + 1] = argv[i];
	run_generator(words);
	fprintf(stderr, "kplug new: %s does not run (%s): install it and python3\n", GENERATOR,
		strerror(errno));
	free(words);
	return COMMAND_FAILED;
}
