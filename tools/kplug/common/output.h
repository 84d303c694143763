/* SPDX-License-Identifier: MIT */
/* Standard output, and files for output. */
#ifndef KPLUG_OUTPUT_H
#define KPLUG_OUTPUT_H

#include <stdio.h>

/* Writes what is buffered. Gives why some output is lost, or NULL when all is written. */
const char *output_failure(FILE *out);

/* Closes @out, and says if it could not be opened (NULL) or written; a COMMAND_*. */
int output_close(FILE *out, const char *file);

/* Makes the command fail if it cannot write its output, as when the disk is full. */
void output_check_at_exit(void);

/*
 * Can @file be written? Gives COMMAND_OK, or says why not and gives COMMAND_FAILED. For a command
 * that writes it at the end of a long measurement.
 */
int output_check_file(const char *file);

#endif /* KPLUG_OUTPUT_H */
