/* SPDX-License-Identifier: MIT */
/* The C library's static_assert() is the kernel's. */
#include <assert.h>
