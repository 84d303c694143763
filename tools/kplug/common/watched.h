/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The limits of what BPF programs watch: numbers of interrupts, devices and vectors. */
#ifndef KPLUG_WATCHED_H
#define KPLUG_WATCHED_H

/* Numbers below these can be watched. */
#define WATCHED_MAX_IRQS    8192u
#define WATCHED_MAX_DEVICES 4096u
#define WATCHED_MAX_VECTORS 256u

/* In an id, device << 16 | vector: this is about the whole device. */
#define WATCHED_NO_VECTOR 0xffffu

#endif /* KPLUG_WATCHED_H */
