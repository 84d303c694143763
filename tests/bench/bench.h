/* SPDX-License-Identifier: MIT */
/* tests/bench: what the parts of the guest's program share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "../kmod/kplug_bench.h"

#define EDU_RAISE 0x60

/* Nanoseconds of a guest that counts instructions, as cheap as the machine has them. */
static inline uint64_t bench_now(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#elif defined(__aarch64__)
	uint64_t count, hertz;

	__asm__ volatile("mrs %0, cntvct_el0\n\tmrs %1, cntfrq_el0" : "=r"(count), "=r"(hertz));
	return count * (1000000000 / hertz);
#else
#error "this machine has no counter"
#endif
}

/* Where interrupts come from and where their handler leaves its stamps. */
struct bench_source {
	volatile uint32_t *raise;
	volatile struct bare_edu_stamps *stamps;
	bool deferred; /* the deferred handler stamps too */
};

/* bench.c */
void bench_row(const char *path, ...) __attribute__((sentinel)); /* "key", uint64_t, ..., NULL */
void bench_check(const char *what, int result); /* ends the program if negative */

/* measure.c: medians, since the raising write */
struct bench_latency {
	uint64_t entry;
	uint64_t acked;
	uint64_t deferred;
};

void bench_settle(volatile uint32_t *raise);
struct bench_latency bench_measure(const struct bench_source *source);
uint64_t bench_per_interrupt(const struct bench_source *source);
uint64_t bench_per_call(void (*call)(void *arg), void *arg);
uint64_t bench_median(uint64_t *values, size_t n);

/*
 * busy.c: instructions, but for those of waiting. From bench_busy_start() on there is always
 * something to run.
 */
void bench_busy_start(void);
uint64_t bench_busy(void);

/* What every handler here does with the device for one interrupt. */
#define BENCH_MMIO "mmio_reads", (uint64_t)1, "mmio_writes", (uint64_t)1

/* One part each: bare.c, kplug.c, registers.c, flood.c, disk_*.c, map.c */
void bench_bare(void);
void bench_kplug(const char *address);
void bench_sysfs(const char *address);
void bench_vfio(const char *address);
void bench_by_latency(const char *address);
void bench_by_slow(const char *address);
void bench_by_trace(const char *address);
void bench_by_nothing(const char *address);
void bench_registers(const char *address);
void bench_flood(const char *address);
void bench_disk_linux(const char *path);
void bench_disk_kplug(const char *address);
void bench_disk_vfio(const char *address);
void bench_map_kplug(const char *address);
void bench_map_vfio(const char *address);

#endif /* BENCH_H */
