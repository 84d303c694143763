/* SPDX-License-Identifier: MIT */
/* Errors in pointers. */
#ifndef SHIM_ERR_H
#define SHIM_ERR_H

#include <errno.h>
#include <stdint.h>

#define ERR_PTR(err)        ((void *)(intptr_t)(err))
#define PTR_ERR(ptr)        ((long)(intptr_t)(ptr))
#define IS_ERR(ptr)         ((uintptr_t)(ptr) >= (uintptr_t)-4095)
#define IS_ERR_OR_NULL(ptr) (!(ptr) || IS_ERR(ptr))

#endif /* SHIM_ERR_H */
