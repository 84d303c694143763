/* SPDX-License-Identifier: MIT */
/* The C library's static_assert() is the kernel's. */
#ifndef SHIM_BUILD_BUG_H
#define SHIM_BUILD_BUG_H

#include <assert.h>

#define BUILD_BUG_ON(condition) static_assert(!(condition), #condition)

#endif /* SHIM_BUILD_BUG_H */
