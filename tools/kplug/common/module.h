/* SPDX-License-Identifier: MIT */
/* Kernel modules: the core, which commands load on demand, and plugins. */
#ifndef KPLUG_MODULE_H
#define KPLUG_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/* Is the core loaded? */
bool module_loaded(void);

/* Load a module and what it needs; 0, also when it was loaded before, or -errno. */
int module_load(const char *name);

/* Why module_load() gave @err, and what to do next. Gives @text. */
#define MODULE_REASON_SIZE 256
const char *module_reason(const char *name, int err, char text[MODULE_REASON_SIZE]);

/* Load the core. COMMAND_OK, or says for @what it failed and gives COMMAND_FAILED. */
int core_needed(const char *what);

#endif /* KPLUG_MODULE_H */
