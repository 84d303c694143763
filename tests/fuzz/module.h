/* SPDX-License-Identifier: MIT */
/* Modules of the tests: modprobe alone takes an emulator a second. */
#ifndef FUZZ_MODULE_H
#define FUZZ_MODULE_H

#include <stdbool.h>

/* module_load() - with options as for modprobe; true when it is loaded */
bool module_load(const char *name, const char *options_format, ...)
	__attribute__((format(printf, 2, 3)));
/* module_unload() - does not wait for its users; true when it was unloaded */
bool module_unload(const char *name);

#endif
