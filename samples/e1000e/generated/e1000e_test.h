/* SPDX-License-Identifier: MIT */
/* What the tests of e1000e share. kplug new wrote this file. */
#ifndef E1000E_TEST_H
#define E1000E_TEST_H

#include <check.h>
#include <kplug.h>
#include <stdbool.h>

#define SECOND 1000000000ll

extern struct kplug *test_device; /* open, with its regions mapped, and just reset */

/* ask() - a request to the model (table.h of the library of models), and its answer */
const char *ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* has_model() - or is it a real card? */
bool has_model(void);

/* Adds the tests of tests/own.c. */
void own_tests(TCase *tests);

#endif /* E1000E_TEST_H */
