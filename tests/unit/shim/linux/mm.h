/* SPDX-License-Identifier: MIT */
/* Pages. */
#ifndef SHIM_MM_H
#define SHIM_MM_H

#define PAGE_SIZE     4096ul
#define PAGE_ALIGN(x) (((x) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))

#endif /* SHIM_MM_H */
