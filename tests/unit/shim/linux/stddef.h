/* SPDX-License-Identifier: MIT */
/* offsetof() */
#include <stddef.h>
