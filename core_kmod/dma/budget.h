/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The budget of kplug_dma_done(): a device that finishes each chunk at once would keep the CPU in
 * its interrupt for as long as there are chunks.
 */
#ifndef KPLUG_DMA_BUDGET_H
#define KPLUG_DMA_BUDGET_H

#include <linux/jiffies.h>
#include <linux/kernel_stat.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#define KPLUG_DMA_BUDGET 64 /* starts in a row */
#define KPLUG_DMA_ROW    16 /* transactions under one lock */

struct kplug_dma_budget {
	unsigned long time; /* changes with each interrupt; outside of them, with the clock, too */
	unsigned int used;
};

DECLARE_PER_CPU(struct kplug_dma_budget, kplug_dma_budget);

/* Begins a new budget, in a task: no interrupt is running. */
static inline void kplug_dma_budget_renew(void)
{
	this_cpu_write(kplug_dma_budget.used, 0);
}

/* May this CPU start one more? With interrupts disabled. */
static inline bool kplug_dma_budget_spend(void)
{
	struct kplug_dma_budget *b = this_cpu_ptr(&kplug_dma_budget);
	const unsigned long time = kstat_this_cpu->irqs_sum + (in_hardirq() ? 0 : jiffies);

	if (b->time != time) {
		b->time = time;
		b->used = 0;
	}
	return b->used++ < KPLUG_DMA_BUDGET;
}

#endif /* KPLUG_DMA_BUDGET_H */
