/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measuring short times with the cycle counter: reading the full clock twice would cost too
 * much.
 */
#ifndef KPLUG_CLOCK_H
#define KPLUG_CLOCK_H

#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timex.h>

#define KPLUG_CLOCK_SHIFT 22

/* The cycle counter is usable as a clock. */
DECLARE_STATIC_KEY_FALSE(kplug_clock_cycles);

/* Nanoseconds of a CPU cycle, in units of 2^-22. */
extern u32 kplug_clock_mult;

void kplug_clock_init(void);

/* A start time for kplug_clock_since(), to be called soon on the same CPU. */
static inline u64 kplug_clock_start(void)
{
	return static_branch_likely(&kplug_clock_cycles) ? get_cycles() : ktime_get_mono_fast_ns();
}

/* Nanoseconds from @start to @now, just read with ktime_get_mono_fast_ns(). */
static inline u64 kplug_clock_since(u64 start, u64 now)
{
	s64 cycles;

	if (!static_branch_likely(&kplug_clock_cycles))
		return now - start;
	/* A threaded handler may have moved to a CPU whose counter is behind. */
	cycles = get_cycles() - start;
	return ((u64)max_t(s64, cycles, 0) * kplug_clock_mult) >> KPLUG_CLOCK_SHIFT;
}

/* The same without reading the full clock, if the cycle counter is usable. */
static inline u64 kplug_clock_elapsed(u64 start)
{
	return kplug_clock_since(
		start, static_branch_likely(&kplug_clock_cycles) ? 0 : ktime_get_mono_fast_ns());
}

#endif /* KPLUG_CLOCK_H */
