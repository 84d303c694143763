/* SPDX-License-Identifier: MIT */
/* The JSON of kplug ladder and kplug bench: a list with a row for each path. */
#ifndef KPLUG_TEST_ROWS_H
#define KPLUG_TEST_ROWS_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* rows_read() - the rows that a command printed into a file; valid until the next call */
cJSON *rows_read(const char *file);

/* rows_path() - the row of this path; fails without one */
const cJSON *rows_path(const char *path);
bool rows_unavailable(const char *path);

/* rows_load_drivers() - loads the drivers of every path on an edu device */
void rows_load_drivers(void);

/* rows_number() - a number in a row or in a part of it; fails without one */
double rows_number(const cJSON *object, const char *key);

#endif
