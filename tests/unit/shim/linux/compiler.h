/* SPDX-License-Identifier: MIT */
/* Ordered accesses, with the compiler's atomics. */
#ifndef SHIM_COMPILER_H
#define SHIM_COMPILER_H

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define likely(x)               (x)
#define unlikely(x)             (x)
#define READ_ONCE(x)            __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)        __atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#define smp_load_acquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

#endif /* SHIM_COMPILER_H */
