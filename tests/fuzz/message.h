/* SPDX-License-Identifier: MIT */
/* Messages of calls, as the plugins' headers define them. */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include <stdint.h>

#include "device.h"

#define MAX_TEXT (70 * 1024) /* more than any plugin takes */

/* message_make() - returns its length; `in` has room for MAX_TEXT bytes */
uint32_t message_make(enum device_type type, const char *plugin, uint32_t *cmd, void *in);
/* small_id() - of an object of the client, which count from 1 */
uint32_t small_id(void);

#endif
