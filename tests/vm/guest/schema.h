/* SPDX-License-Identifier: MIT */
/* Checks what a command prints with --json against its schema. */
#ifndef KPLUG_TEST_SCHEMA_H
#define KPLUG_TEST_SCHEMA_H

/* schema_check() - the text is one JSON value, and as `kplug schema` says; else the test fails */
void schema_check(const char *text, const char *command);

/* schema_check_lines() - the same for each line of a text */
void schema_check_lines(char *text, const char *command);

#endif
