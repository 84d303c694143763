/* SPDX-License-Identifier: MIT */
/* Files of sysfs, procfs and so on. */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <stddef.h>

#define PRINTF(text, first) __attribute__((format(printf, text, first)))

/* file_write() - 0 or -errno */
int file_write(const char *text, const char *path_format, ...) PRINTF(2, 3);
/* file_read() - the number of bytes, after which there is a NUL, or -errno */
int file_read(char *text, size_t size, const char *path_format, ...) PRINTF(3, 4);

#endif
