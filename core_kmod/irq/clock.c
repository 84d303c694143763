// SPDX-License-Identifier: GPL-2.0
/* Decides whether the cycle counter can measure handlers. */
#include <linux/kernel.h>

#include "irq/clock.h"

#ifdef CONFIG_X86_TSC
#include <asm/tsc.h>
#endif

DEFINE_STATIC_KEY_FALSE(kplug_clock_cycles);
u32 kplug_clock_mult __read_mostly;

void kplug_clock_init(void)
{
#ifdef CONFIG_X86_TSC
	/* The factor fits into 32 bits from 500 MHz up. */
	if (check_tsc_unstable() || tsc_khz <= 500000)
		return;
	kplug_clock_mult = div_u64((u64)NSEC_PER_MSEC << KPLUG_CLOCK_SHIFT, tsc_khz);
	static_branch_enable(&kplug_clock_cycles);
#endif
}
