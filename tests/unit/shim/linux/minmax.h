/* SPDX-License-Identifier: MIT */
/* The lesser and the greater; arguments have no side effects here. */
#ifndef SHIM_MINMAX_H
#define SHIM_MINMAX_H

#define min(a, b)         ((a) < (b) ? (a) : (b))
#define max(a, b)         ((a) > (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))

#endif /* SHIM_MINMAX_H */
