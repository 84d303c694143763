/* SPDX-License-Identifier: GPL-2.0 */
/* Vectors: their handlers, counters and users. */
#ifndef KPLUG_IRQ_VECTOR_H
#define KPLUG_IRQ_VECTOR_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/nospec.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <kplug/plugin.h>

#include "device.h"
#include "event/ring.h"

struct kobject;
struct kplug_client;
struct kplug_irq;
struct kplug_vector_info;

/* Only the vector's handler writes them, except the atomic ones. */
struct kplug_counts {
	u64 raised;
	u64 none; /* not claimed; all others were handled */
	u64 deferred;
	u64 coalesced;
	u64 storms;
	atomic64_t posted;
	atomic64_t dropped;
};

/* A checked step, ready to run: registers are resolved to mapped addresses. */
struct kplug_recipe_step {
	u8 op; /* see recipe.c */
	u8 width;
	void __iomem *at;
	u64 mask;
	u64 value;
};

struct kplug_recipe {
	unsigned int num_steps;
	struct kplug_recipe_step steps[KPLUG_MAX_STEPS];
};

/* The storm guard's checks of a line that a program serves. Under dev->lock, except ticks. */
struct kplug_unmasks {
	unsigned int num;
	unsigned int stuck; /* checks in a row that found the line asserted */
	atomic_t ticks; /* the same, seen by the timer */
	struct timer_list timer;
};

struct kplug_vector {
	struct kplug_irq irq; /* must be first; the argument of the handler */
	unsigned int (*hard)(struct kplug_irq *irq);
	struct kplug_device *dev;
	/* The reasons to read the clock in each run, tested together. */
	union {
		u16 wants_clock;
		struct {
			u8 timed; /* a listener needs times */
			u8 suspect; /* the last run exceeded its budget */
		};
	};
	struct kplug_counts count;
	struct kplug_post post; /* for the hard handler, so that it builds none on its stack */
	bool level; /* a line that can be masked in the device */
	bool masked;
	bool storm;
	u32 sample_ns; /* the storm guard checks longer runs */
	u8 overruns; /* number in a row, for the storm guard */
	u8 stuck;

	/* Deferred handler. */
	void (*deferred)(struct kplug_irq *irq, unsigned int coalesced);
	bool deferred_sleeps;
	atomic_t defer_pending;
	struct tasklet_struct tasklet;
	struct kthread_work work;

	/* Listeners by eventfd; RCU, changed under dev->lock. */
	struct list_head eventfds;

	/* Under dev->lock. */
	enum kplug_handler_kind kind;
	unsigned int num_users; /* clients that armed it, and the plugin */
	bool armed_by_plugin;
	bool foreign; /* armed with another handler than the plugin's */
	struct kplug_unmasks unmasks;
	unsigned int (*wanted_hard)(struct kplug_irq *irq);
	bool no_thread;
	int linux_irq; /* 0 on virtual devices */
	char name[KPLUG_NAME_MAX + sizeof("kplug:[4294967295]")]; /* in /proc/interrupts */
	struct kobject *statistics;

	/* Virtual devices. */
	struct irq_work virtual_work;
	bool virtual_open; /* armed and not masked; read under RCU */

	struct kplug_recipe recipe;
};

int kplug_vector_setup(struct kplug_device *dev);
void kplug_vector_free(struct kplug_device *dev);
int kplug_vector_set_mode(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
void kplug_vector_synchronize(struct kplug_device *dev);
void kplug_vector_count(const struct kplug_vector *v, struct kplug_vector_info *info);
int kplug_vector_describe(struct kplug_client *client, struct kplug_vector_info *info);

/*
 * The vector for a number from a program, which was compared with max_vectors or less. The result
 * is safe also under speculative execution of that comparison.
 */
static inline struct kplug_vector *kplug_vector_at(const struct kplug_device *dev, u32 vector)
{
	return &dev->vectors[array_index_nospec(vector, dev->max_vectors)];
}

static inline struct kplug_vector *to_kplug_vector(const struct kplug_irq *irq)
{
	return container_of(irq, struct kplug_vector, irq);
}

#endif /* KPLUG_IRQ_VECTOR_H */
