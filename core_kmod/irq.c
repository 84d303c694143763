// SPDX-License-Identifier: GPL-2.0
/* Vectors: arming, and the hot path from interrupt to verdict. */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "clock.h"
#include "core.h"
#include "trace.h"

/* Every so many runs the storm guard has a look, so that the others are cheap. */
#define STORM_SAMPLE 256

/* A line stays asserted until the device is served; a message comes and is gone. */
static bool is_line(const struct kplug_vector *v)
{
	return v->dev->irq_mode == KPLUG_IRQ_INTX || v->dev->irq_mode == KPLUG_IRQ_WIRED;
}

/* The vector is requested, but its owner is not ready yet, or the device rests. */
unsigned int kplug_irq_hard_quiet(struct kplug_irq *irq)
{
	return KPLUG_NONE;
}

/* Nobody in the kernel can silence the device: mask a line, tell the program. */
static unsigned int hard_user(struct kplug_irq *irq)
{
	struct kplug_vector *v = to_kplug_vector(irq);
	const struct kplug_bus_ops *bus = v->dev->bus;

	if (v->level) {
		if (!bus->irq_claim(v))
			return KPLUG_NONE;
		WRITE_ONCE(v->masked, true);
	} else if (is_line(v)) {
		/* A line of our own that only the interrupt controller can mask. */
		bus->irq_mask(v);
		WRITE_ONCE(v->masked, true);
	}
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

int kplug_irq_setup(struct kplug_device *dev)
{
	unsigned int i;

	dev->vectors = kvcalloc(dev->max_vectors, sizeof(*dev->vectors), GFP_KERNEL);
	if (!dev->vectors)
		return -ENOMEM;
	for (i = 0; i < dev->max_vectors; i++) {
		struct kplug_vector *v = &dev->vectors[i];

		v->dev = dev;
		v->irq.io = &dev->io;
		v->irq.vector = i;
		snprintf(v->name, sizeof(v->name), "kplug:%s[%u]", dev->name, i);
		v->post.vector = i;
		v->post.data = v->irq.data;
		v->hard = kplug_irq_hard_quiet;
		v->post.type = KPLUG_EVENT_IRQ;
		INIT_LIST_HEAD(&v->eventfds);
		kplug_deferred_init(v);
	}
	return 0;
}

/* One writer at a time, one instruction; readers get a value that was once true. */
static inline void count(u64 *counter)
{
	data_race((*counter)++);
}

/* What its owner wants with the interrupt, and nothing else. */
static __always_inline unsigned int run_handler(struct kplug_vector *v)
{
	unsigned int verdict;

	v->irq.captured = 0;
	verdict = READ_ONCE(v->hard)(&v->irq);
	count(&v->count.raised);
	return verdict;
}

/* @t_hard, @t_end: 0 when nobody wants to know */
static __always_inline irqreturn_t act(struct kplug_vector *v, unsigned int verdict,
				       u64 t_hard, u64 t_end)
{
	if (unlikely(verdict == KPLUG_NONE)) {
		count(&v->count.none);
		/* A message is gone; of a line others may know more, or Linux has to stop it. */
		return is_line(v) ? IRQ_NONE : IRQ_HANDLED;
	}
	/* A hint for those who defer; it costs the others nothing. */
	if (likely(verdict & KPLUG_DEFER))
		kplug_deferred_schedule(v);
	if (verdict & KPLUG_NOTIFY) {
		if (kplug_channel_idle(v))
			atomic64_inc(&v->count.posted);
		else
			kplug_channel_post_irq(v, t_hard, t_end);
	}
	return IRQ_HANDLED;
}

static __always_inline void trace_end(struct kplug_vector *v, unsigned int verdict, u64 ns)
{
	trace_kplug_handler_end(v->dev->id, v->irq.vector, verdict, ns);
}

/* With the clock read, for the listeners and the storm guard. */
static __always_inline irqreturn_t run_timed(struct kplug_vector *v, bool traced)
{
	u64 start = kplug_clock_start();
	unsigned int verdict = run_handler(v);
	u64 now = ktime_get_mono_fast_ns();
	u64 ns = kplug_clock_since(start, now);

	if (traced)
		trace_end(v, verdict, ns);
	/* Counted already: the first of each sample. */
	if (unlikely(ns > v->sample_ns || v->count.raised % STORM_SAMPLE == 1))
		kplug_storm_sample(v, ns, v->count.raised % STORM_SAMPLE == 1);
	/* What most interrupts that have a listener come to. */
	if (likely(verdict == (KPLUG_HANDLED | KPLUG_NOTIFY))) {
		kplug_channel_post_irq(v, now - ns, now);
		return IRQ_HANDLED;
	}
	return act(v, verdict, now - ns, now);
}

static __always_inline irqreturn_t run_plain(struct kplug_vector *v, bool traced)
{
	u64 start = traced ? kplug_clock_start() : 0;
	unsigned int verdict = run_handler(v);

	if (traced)
		trace_end(v, verdict, kplug_clock_elapsed(start));
	return act(v, verdict, 0, 0);
}

static __always_inline bool wants_clock(const struct kplug_vector *v)
{
	return READ_ONCE(v->timed) || unlikely(!(v->count.raised % STORM_SAMPLE));
}

/* Functions of their own, all three, so that none saves registers for the others. */
static noinline irqreturn_t hard_timed(struct kplug_vector *v)
{
	return run_timed(v, false);
}

static noinline irqreturn_t hard_plain(struct kplug_vector *v)
{
	return run_plain(v, false);
}

static noinline irqreturn_t hard_traced(struct kplug_vector *v)
{
	trace_kplug_irq_entry(v->dev->id, v->irq.vector);
	return wants_clock(v) ? run_timed(v, true) : run_plain(v, true);
}

/**
 * kplug_irq_hard() - the interrupt of every vector
 * @irq: unused
 * @data: the vector
 *
 * What stands before the handler adds to every latency, so the clock is read
 * only if a listener wants it, and the storm guard looks at a sample.
 *
 * Context: hard interrupt, or its thread; never twice at a time for one vector.
 */
irqreturn_t kplug_irq_hard(int irq, void *data)
{
	struct kplug_vector *v = data;

	if (static_branch_unlikely(&kplug_trace_handlers))
		return hard_traced(v);
	return wants_clock(v) ? hard_timed(v) : hard_plain(v);
}

static void free_vectors(struct kplug_device *dev)
{
	if (dev->irq_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_free(dev);
	WRITE_ONCE(dev->irq_mode, KPLUG_IRQ_AUTO);
	dev->num_vectors = 0;
}

int kplug_irq_set_mode(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count)
{
	enum kplug_irq_mode old_mode = dev->irq_mode;
	unsigned int old_count = dev->num_vectors;
	int err;

	lockdep_assert_held(&dev->lock);
	if (mode > KPLUG_IRQ_WIRED || count > dev->max_vectors)
		return -EINVAL;
	if (dev->num_armed || dev->paused)
		return -EBUSY;
	free_vectors(dev);
	err = dev->bus->irq_alloc(dev, mode, count);
	/* Nothing changes on failure; if even that fails, the next arm tries again. */
	if (err && old_mode != KPLUG_IRQ_AUTO)
		dev->bus->irq_alloc(dev, old_mode, old_count);
	return err;
}

/* The handler's owner gets ready while the interrupt is requested but quiet. */
static int let_plugin_arm(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;
	const struct kplug_plugin_ops *ops = &dev->plugin->ops;

	return ops->arm ? ops->arm(dev, &v->irq) : 0;
}

static void let_plugin_disarm(struct kplug_vector *v)
{
	const struct kplug_plugin_ops *ops = &v->dev->plugin->ops;

	if (ops->disarm)
		ops->disarm(v->dev, &v->irq);
}

/* Counted as armed, so that the bus knows whether others are. */
static int request(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;
	int err = dev->bus->irq_request(v);

	if (err || v->kind != KPLUG_HANDLER_PLUGIN)
		return err;
	err = let_plugin_arm(v);
	if (err)
		dev->bus->irq_release(v);
	return err;
}

static int start(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;
	int err;

	err = kplug_deferred_prepare(v);
	if (err)
		return err;
	kplug_storm_reset(v);
	WRITE_ONCE(v->masked, false);
	dev->num_armed++;
	err = request(v);
	if (err) {
		dev->num_armed--;
		return err;
	}
	WRITE_ONCE(v->hard, v->wanted_hard);
	dev->bus->irq_enable(v);
	kplug_object_created(KPLUG_OBJECT_ARMED);
	return 0;
}

static void stop(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;

	if (v->kind == KPLUG_HANDLER_PLUGIN)
		let_plugin_disarm(v);
	dev->bus->irq_release(v);
	WRITE_ONCE(v->hard, kplug_irq_hard_quiet);
	kplug_deferred_stop(v);
	kplug_storm_reset(v);
	v->irq.ctx = NULL;
	v->post.type = KPLUG_EVENT_IRQ;
	WRITE_ONCE(v->masked, false);
	dev->num_armed--;
	kplug_object_destroyed(KPLUG_OBJECT_ARMED);
}

static void choose_user(struct kplug_vector *v)
{
	v->wanted_hard = hard_user;
	v->no_thread = true;
}

static void choose_recipe(struct kplug_vector *v, const struct kplug_arm *arm,
			  const struct kplug_step *steps)
{
	kplug_recipe_prepare(v, steps, arm->num_steps);
	v->no_thread = true;
}

/* A verdict may ask for what the plugin does not have. */
static void no_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
}

static void choose_plugin(struct kplug_vector *v)
{
	const struct kplug_registration *reg = v->dev->plugin;

	v->wanted_hard = reg->ops.hard ?: hard_user;
	v->deferred = reg->ops.deferred ?: no_deferred;
	v->deferred_sleeps = reg->plugin->flags & KPLUG_PLUGIN_DEFER_SLEEPS;
	v->no_thread = reg->plugin->flags & KPLUG_PLUGIN_NO_THREAD;
}

static int arm_first(struct kplug_vector *v, const struct kplug_arm *arm,
		     const struct kplug_step *steps)
{
	int err;

	v->kind = arm->handler;
	v->deferred = no_deferred;
	v->deferred_sleeps = false;
	v->post.type = arm->event_type ?: KPLUG_EVENT_IRQ;
	if (v->kind == KPLUG_HANDLER_USER)
		choose_user(v);
	else if (v->kind == KPLUG_HANDLER_RECIPE)
		choose_recipe(v, arm, steps);
	else
		choose_plugin(v);
	err = start(v);
	if (err)
		v->post.type = KPLUG_EVENT_IRQ;
	return err;
}

/* May one more user join an armed vector? */
static bool same_arming(const struct kplug_vector *v, const struct kplug_arm *arm)
{
	return v->kind == arm->handler && v->kind != KPLUG_HANDLER_RECIPE &&
	       v->post.type == (arm->event_type ?: KPLUG_EVENT_IRQ);
}

static int arm_vector(struct kplug_vector *v, const struct kplug_arm *arm,
		      const struct kplug_step *steps)
{
	int err;

	if (v->num_users)
		err = same_arming(v, arm) ? 0 : -EBUSY;
	else
		err = arm_first(v, arm, steps);
	if (!err)
		v->num_users++;
	return err;
}

/* The first to arm has vectors allocated as well as the device can. */
static int arm_number(struct kplug_device *dev, unsigned int vector, const struct kplug_arm *arm,
		      const struct kplug_step *steps)
{
	bool first = dev->irq_mode == KPLUG_IRQ_AUTO;
	int err = 0;

	if (vector >= dev->max_vectors)
		return -ENOENT;
	if (dev->paused)
		return -EBUSY;
	if (first)
		err = dev->bus->irq_alloc(dev, KPLUG_IRQ_AUTO, 0);
	if (!err)
		err = vector < dev->num_vectors ?
		      arm_vector(&dev->vectors[vector], arm, steps) : -ENOENT;
	if (err && first)
		free_vectors(dev);
	return err;
}

static void disarm_vector(struct kplug_vector *v)
{
	if (!--v->num_users)
		stop(v);
}

static int check_arm(struct kplug_opener *opener, const struct kplug_arm *arm,
		     const struct kplug_step *steps)
{
	if (arm->flags)
		return -EOPNOTSUPP;
	if (arm->event_type > U16_MAX ||
	    (arm->event_type && arm->event_type < KPLUG_EVENT_CUSTOM))
		return -EINVAL;
	switch (arm->handler) {
	case KPLUG_HANDLER_RECIPE:
		return kplug_recipe_check(steps, arm->num_steps, &opener->dev->io);
	case KPLUG_HANDLER_PLUGIN:
		if (!opener->session)
			return -EBADFD;
		fallthrough;
	case KPLUG_HANDLER_USER:
		return arm->num_steps || arm->steps ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* The vector, if this opener armed it. */
static struct kplug_vector *armed_by(struct kplug_opener *opener, u32 vector)
{
	if (vector >= KPLUG_MAX_VECTORS || !test_bit(vector, opener->armed))
		return NULL;
	return &opener->dev->vectors[vector];
}

/* @steps: the kernel's copy of arm->steps */
int kplug_irq_user_arm(struct kplug_opener *opener, const struct kplug_arm *arm,
		       const struct kplug_step *steps)
{
	int err;

	lockdep_assert_held(&opener->dev->lock);
	err = check_arm(opener, arm, steps);
	if (err)
		return err;
	if (armed_by(opener, arm->vector))
		return -EALREADY;
	err = arm_number(opener->dev, arm->vector, arm, steps);
	if (!err)
		__set_bit(arm->vector, opener->armed);
	return err;
}

int kplug_irq_user_disarm(struct kplug_opener *opener, u32 vector)
{
	struct kplug_vector *v = armed_by(opener, vector);

	lockdep_assert_held(&opener->dev->lock);
	if (!v)
		return -EBADFD;
	__clear_bit(vector, opener->armed);
	disarm_vector(v);
	return 0;
}

int kplug_irq_user_unmask(struct kplug_opener *opener, u32 vector)
{
	struct kplug_vector *v = armed_by(opener, vector);

	lockdep_assert_held(&opener->dev->lock);
	if (!v)
		return -EBADFD;
	if (!v->masked)
		return 0;
	kplug_storm_reset(v);
	/* First the note, then the act: the next interrupt may mask again at once. */
	WRITE_ONCE(v->masked, false);
	/* A line that rests is unmasked at the end of the pause. */
	if (!v->level || !v->dev->paused)
		v->dev->bus->irq_unmask(v);
	return 0;
}

/* @plugin_only: its session ends, what it armed otherwise stays */
void kplug_irq_forget_opener(struct kplug_opener *opener, bool plugin_only)
{
	struct kplug_device *dev = opener->dev;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for_each_set_bit(i, opener->armed, KPLUG_MAX_VECTORS)
		if (!plugin_only || dev->vectors[i].kind == KPLUG_HANDLER_PLUGIN)
			kplug_irq_user_disarm(opener, i);
}

void kplug_irq_forget_plugin(struct kplug_device *dev)
{
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->num_vectors; i++)
		kplug_irq_disarm(dev, i);
	if (dev->worker)
		kthread_destroy_worker(dev->worker);
	dev->worker = NULL;
}

static void synchronize(struct kplug_vector *v)
{
	if (v->linux_irq)
		synchronize_irq(v->linux_irq);
	else
		irq_work_sync(&v->soft_work);
	if (v->deferred_sleeps)
		kthread_flush_work(&v->work);
	else
		tasklet_unlock_wait(&v->tasklet);
}

/* Returns when no handler runs that ran before; new ones may. */
void kplug_irq_synchronize(struct kplug_device *dev)
{
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->num_vectors; i++)
		if (dev->vectors[i].num_users)
			synchronize(&dev->vectors[i]);
}

void kplug_irq_forget_all(struct kplug_device *dev)
{
	struct kplug_opener *opener;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(opener, &dev->openers, node)
		kplug_irq_forget_opener(opener, false);
	kplug_irq_forget_plugin(dev);
}

int kplug_irq_arm(struct kplug_device *dev, unsigned int vector)
{
	static const struct kplug_arm arm = { .handler = KPLUG_HANDLER_PLUGIN };
	int err;

	lockdep_assert_held(&dev->lock);
	if (vector >= dev->max_vectors)
		return -ENOENT;
	if (dev->vectors[vector].armed_by_plugin)
		return -EALREADY;
	err = arm_number(dev, vector, &arm, NULL);
	if (!err)
		dev->vectors[vector].armed_by_plugin = true;
	return err;
}
EXPORT_SYMBOL_GPL(kplug_irq_arm);

void kplug_irq_disarm(struct kplug_device *dev, unsigned int vector)
{
	lockdep_assert_held(&dev->lock);
	if (vector >= dev->num_vectors || !dev->vectors[vector].armed_by_plugin)
		return;
	dev->vectors[vector].armed_by_plugin = false;
	disarm_vector(&dev->vectors[vector]);
}
EXPORT_SYMBOL_GPL(kplug_irq_disarm);

struct kplug_device *kplug_irq_device(const struct kplug_irq *irq)
{
	return to_kplug_vector(irq)->dev;
}
EXPORT_SYMBOL_GPL(kplug_irq_device);

void kplug_irq_set_handler(struct kplug_irq *irq, unsigned int (*hard)(struct kplug_irq *irq))
{
	to_kplug_vector(irq)->wanted_hard = hard;
}
EXPORT_SYMBOL_GPL(kplug_irq_set_handler);

static u32 vector_flags(const struct kplug_opener *opener, const struct kplug_vector *v)
{
	u32 flags = 0;

	if (READ_ONCE(v->num_users))
		flags |= KPLUG_VECTOR_ARMED;
	if (test_bit(v->irq.vector, opener->armed))
		flags |= KPLUG_VECTOR_MINE;
	if (READ_ONCE(v->masked))
		flags |= KPLUG_VECTOR_MASKED;
	if (READ_ONCE(v->storm))
		flags |= KPLUG_VECTOR_STORM;
	return flags;
}

/* The counters alone. Context: any. */
void kplug_irq_count(const struct kplug_vector *v, struct kplug_vector_info *info)
{
	info->out_none = READ_ONCE(v->count.none);
	info->out_raised = READ_ONCE(v->count.raised);
	info->out_handled = info->out_raised - info->out_none;
	info->out_deferred = READ_ONCE(v->count.deferred);
	info->out_coalesced = READ_ONCE(v->count.coalesced);
	info->out_posted = atomic64_read(&v->count.posted);
	info->out_dropped = atomic64_read(&v->count.dropped);
	info->out_storms = READ_ONCE(v->count.storms);
}

int kplug_irq_describe(struct kplug_opener *opener, struct kplug_vector_info *info)
{
	struct kplug_device *dev = opener->dev;
	const struct kplug_vector *v;

	lockdep_assert_held(&dev->lock);
	if (info->index >= (dev->num_vectors ?: dev->max_vectors))
		return -ENOENT;
	v = &dev->vectors[info->index];
	info->out_flags = vector_flags(opener, v);
	info->out_handler = v->num_users ? v->kind : 0;
	info->out_irq = v->num_users ? v->linux_irq : 0;
	info->out_event_type = v->post.type;
	kplug_irq_count(v, info);
	return 0;
}
