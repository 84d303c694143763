/* SPDX-License-Identifier: MIT */
/* What the kernel makes of it when the processor guesses; without guesses the same. */
#ifndef SHIM_NOSPEC_H
#define SHIM_NOSPEC_H

#define array_index_nospec(index, size) ((index) < (size) ? (index) : 0)

#endif /* SHIM_NOSPEC_H */
