/* SPDX-License-Identifier: MIT */
/* What kplug latency and kplug bench print as JSON: a list with a row for each path. */
#ifndef KPLUG_TEST_ROWS_H
#define KPLUG_TEST_ROWS_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* rows_read() - those that a command printed into a file; valid until the next call */
cJSON *rows_read(const char *file);

/* rows_path() - the row of this path, which must be there */
const cJSON *rows_path(const char *path);
bool rows_unavailable(const char *path);

/* rows_load_drivers() - of every path on an edu device */
void rows_load_drivers(void);

/* rows_number() - a number in a row or a part of it, which must be there */
double rows_number(const cJSON *object, const char *key);

#endif
