// SPDX-License-Identifier: GPL-2.0
/* The budget of kplug_dma_done(). */
#include <linux/percpu.h>

#include "dma/budget.h"

DEFINE_PER_CPU(struct kplug_dma_budget, kplug_dma_budget);
