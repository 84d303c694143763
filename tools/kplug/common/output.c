// SPDX-License-Identifier: MIT
/* Standard output, and files for output. */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

const char *output_failure(FILE *out)
{
	/* An earlier write has left no reason. */
	const char *why = ferror(out) ? "some of it could not be written" : NULL;

	return fflush(out) ? strerror(errno) : why;
}

int output_close(FILE *out, const char *file)
{
	const char *why = out ? output_failure(out) : strerror(errno);
	const int result = why ? refuse(file, why) : COMMAND_OK;

	if (out)
		fclose(out);
	return result;
}

static void check_output(void)
{
	const char *why = output_failure(stdout);

	if (!why)
		return;
	fprintf(stderr, "%s: standard output: %s\n", program_invocation_name, why);
	_exit(COMMAND_FAILED);
}

void output_check_at_exit(void)
{
	atexit(check_output);
}

int output_check_file(const char *file)
{
	struct stat info;
	const bool is_new = stat(file, &info);
	FILE *out;

	/* The reader of a pipe would see its end. */
	if (!is_new && !S_ISREG(info.st_mode))
		return COMMAND_OK;
	out = fopen(file, "ae");
	if (!out)
		return refuse(file, strerror(errno));
	fclose(out);
	/* The measurement may fail. */
	if (is_new)
		unlink(file);
	return COMMAND_OK;
}
