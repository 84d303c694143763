/* SPDX-License-Identifier: MIT */
/* Register accesses as elements of a list. */
#ifndef FUZZ_TRANSFER_H
#define FUZZ_TRANSFER_H

#include <stdbool.h>
#include <uapi/kplug_abi.h>

#include "device.h"

/* transfer_make() - one access or a block; with `single_write` what KPLUG_CLEANUP wants */
struct kplug_transfer transfer_make(enum device_type type, bool single_write);

#endif
