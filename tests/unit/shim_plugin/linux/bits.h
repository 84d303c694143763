/* SPDX-License-Identifier: MIT */
#ifndef SHIM_PLUGIN_BITS_H
#define SHIM_PLUGIN_BITS_H

#define BIT(n)        (1u << (n))
#define GENMASK(h, l) ((~0u >> (31 - (h))) & (~0u << (l)))

#endif
