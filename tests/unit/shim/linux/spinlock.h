/* SPDX-License-Identifier: MIT */
/* Spin locks; there are no interrupts to keep out. */
#ifndef SHIM_SPINLOCK_H
#define SHIM_SPINLOCK_H

#include <pthread.h>

typedef pthread_mutex_t raw_spinlock_t;

#define raw_spin_lock_init(lock) pthread_mutex_init(lock, NULL)
#define raw_spin_lock(lock)      pthread_mutex_lock(lock)
#define raw_spin_unlock(lock)    pthread_mutex_unlock(lock)

#endif /* SHIM_SPINLOCK_H */
