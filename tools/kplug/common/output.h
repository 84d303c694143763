/* SPDX-License-Identifier: MIT */
/* Standard output, and files for output. */
#ifndef KPLUG_OUTPUT_H
#define KPLUG_OUTPUT_H

/* Makes the command fail if it cannot write its output, as when the disk is full. */
void output_check_at_exit(void);

/*
 * Can @file be written? Gives COMMAND_OK, or says why not and gives COMMAND_FAILED. For a command
 * that writes it at the end of a long measurement.
 */
int output_check_file(const char *file);

#endif /* KPLUG_OUTPUT_H */
