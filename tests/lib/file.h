/* SPDX-License-Identifier: MIT */
/* Files of sysfs, procfs and so on. */
#ifndef KPLUG_TEST_FILE_H
#define KPLUG_TEST_FILE_H

#include <stddef.h>

#define PRINTF(text, first) __attribute__((format(printf, text, first)))

/* 0 or -errno; what is read loses its last newline. */
int file_write(const char *text, const char *path_format, ...) PRINTF(2, 3);
int file_read(char *text, size_t size, const char *path_format, ...) PRINTF(3, 4);

#endif
