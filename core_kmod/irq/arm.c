// SPDX-License-Identifier: GPL-2.0
/* Arming: giving a vector its handler and requesting its interrupt. */
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nospec.h>

#include <kplug/plugin.h>

#include "bus/bus.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "device.h"
#include "event/subscribe.h"
#include "irq/arm.h"
#include "irq/deferred.h"
#include "irq/irq.h"
#include "irq/recipe.h"
#include "irq/recipe_check.h"
#include "irq/storm.h"
#include "irq/vector.h"
#include "object.h"
#include "plugin/registration.h"

/* The plugin prepares while the interrupt is requested but its handler is quiet. */
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

/* The vector counts as armed already, so that the bus can see whether it is the first. */
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

static int start_vector(struct kplug_vector *v)
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

static void stop_vector(struct kplug_vector *v)
{
	struct kplug_device *dev = v->dev;

	if (v->kind == KPLUG_HANDLER_PLUGIN)
		let_plugin_disarm(v);
	dev->bus->irq_release(v);
	WRITE_ONCE(v->hard, kplug_irq_hard_quiet);
	kplug_deferred_stop(v);
	kplug_storm_stop(v);
	v->irq.ctx = NULL;
	v->post.type = KPLUG_EVENT_IRQ;
	kplug_subscribe_handler(v, false);
	WRITE_ONCE(v->masked, false);
	dev->num_armed--;
	kplug_object_destroyed(KPLUG_OBJECT_ARMED);
}

static void choose_user(struct kplug_vector *v)
{
	v->wanted_hard = kplug_irq_hard_user;
	v->no_thread = true;
}

static void choose_recipe(struct kplug_vector *v, const struct kplug_arm *arm,
			  const struct kplug_step *steps)
{
	kplug_recipe_prepare(v, steps, arm->num_steps);
	v->no_thread = true;
}

/* For a plugin without deferred handler whose verdict has KPLUG_DEFER. */
static void no_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
}

static void choose_plugin(struct kplug_vector *v)
{
	const struct kplug_registration *reg = v->dev->plugin;

	v->wanted_hard = reg->ops.hard ?: kplug_irq_hard_user;
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
	kplug_subscribe_handler(v, v->kind != KPLUG_HANDLER_PLUGIN);
	err = start_vector(v);
	if (err) {
		v->post.type = KPLUG_EVENT_IRQ;
		kplug_subscribe_handler(v, false);
	}
	return err;
}

/* May another user share an armed vector? */
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

static bool plugin_takes(const struct kplug_device *dev, unsigned int vector)
{
	return vector < kplug_plugin_num_vectors(dev->plugin->plugin);
}

/* A message is a write by the device, so it needs bus mastery, which its engine gets as well. */
static int may_master(const struct kplug_device *dev, const struct kplug_arm *arm)
{
	if (arm->handler == KPLUG_HANDLER_PLUGIN ||
	    (dev->irq_mode != KPLUG_IRQ_MSI && dev->irq_mode != KPLUG_IRQ_MSIX))
		return 0;
	return kplug_lockdown_master(dev);
}

/* The first arm allocates vectors in the device's best mode. */
static int arm_number(struct kplug_device *dev, unsigned int vector, const struct kplug_arm *arm,
		      const struct kplug_step *steps)
{
	bool first = dev->irq_mode == KPLUG_IRQ_AUTO;
	int err = 0;

	if (vector >= dev->max_vectors)
		return -ENOENT;
	if (arm->handler == KPLUG_HANDLER_PLUGIN && !plugin_takes(dev, vector))
		return -EOPNOTSUPP;
	if (dev->paused)
		return -EBUSY;
	if (first)
		err = dev->bus->irq_alloc(dev, KPLUG_IRQ_AUTO, 0);
	if (!err)
		err = may_master(dev, arm);
	if (!err)
		err = vector < dev->num_vectors ?
			      arm_vector(kplug_vector_at(dev, vector), arm, steps) :
			      -ENOENT;
	if (err && first)
		kplug_vector_free(dev);
	return err;
}

static void disarm_vector(struct kplug_vector *v)
{
	if (!--v->num_users)
		stop_vector(v);
}

static int check_recipe(const struct kplug_device *dev, const struct kplug_step *steps,
			unsigned int num_steps)
{
	int err = kplug_recipe_check(steps, num_steps, &dev->io, dev->region);

	return !err && kplug_recipe_writes(steps, num_steps) ? kplug_lockdown(dev->bus) : err;
}

static int check_arm(struct kplug_client *client, const struct kplug_arm *arm,
		     const struct kplug_step *steps)
{
	if (arm->event_type > U16_MAX || (arm->event_type && arm->event_type < KPLUG_EVENT_CUSTOM))
		return -EINVAL;
	switch (arm->handler) {
	case KPLUG_HANDLER_RECIPE:
		return check_recipe(client->dev, steps, arm->num_steps);
	case KPLUG_HANDLER_PLUGIN:
		if (!client->session)
			return -ENOTCONN;
		fallthrough;
	case KPLUG_HANDLER_USER:
		return arm->num_steps || arm->steps || arm->stride ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

/* The vector if this client armed it, else NULL. */
static struct kplug_vector *armed_by(struct kplug_client *client, u32 vector)
{
	if (vector >= KPLUG_MAX_VECTORS ||
	    !test_bit(array_index_nospec(vector, KPLUG_MAX_VECTORS), client->armed))
		return NULL;
	return kplug_vector_at(client->dev, vector);
}

/* @steps: the kernel's copy of arm->steps */
int kplug_arm_user(struct kplug_client *client, const struct kplug_arm *arm,
		   const struct kplug_step *steps)
{
	int err;

	lockdep_assert_held(&client->dev->lock);
	err = check_arm(client, arm, steps);
	if (err)
		return err;
	if (armed_by(client, arm->vector))
		return -EALREADY;
	err = arm_number(client->dev, arm->vector, arm, steps);
	if (!err)
		__set_bit(arm->vector, client->armed);
	return err;
}

int kplug_arm_disarm(struct kplug_client *client, u32 vector)
{
	struct kplug_vector *v = armed_by(client, vector);

	lockdep_assert_held(&client->dev->lock);
	if (!v)
		return -ENOTCONN;
	__clear_bit(vector, client->armed);
	disarm_vector(v);
	return 0;
}

int kplug_arm_unmask(struct kplug_client *client, u32 vector)
{
	struct kplug_vector *v = armed_by(client, vector);

	lockdep_assert_held(&client->dev->lock);
	if (!v)
		return -ENOTCONN;
	if (!v->masked || kplug_storm_unmask(v))
		return 0;
	/* Clear the flag first: the next interrupt may mask the line again immediately. */
	WRITE_ONCE(v->masked, false);
	/* In a pause, a line is unmasked at its end. */
	if (!v->level || !v->dev->paused)
		v->dev->bus->irq_unmask(v);
	return 0;
}

/* @plugin_only: its session ends, and vectors with other handlers stay armed */
void kplug_arm_drop_client(struct kplug_client *client, bool plugin_only)
{
	struct kplug_device *dev = client->dev;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for_each_set_bit(i, client->armed, KPLUG_MAX_VECTORS)
		if (!plugin_only || dev->vectors[i].kind == KPLUG_HANDLER_PLUGIN)
			kplug_arm_disarm(client, i);
}

/* Disarms the client's vectors with handlers other than the plugin's. */
void kplug_arm_drop_foreign(struct kplug_client *client)
{
	struct kplug_device *dev = client->dev;
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for_each_set_bit(i, client->armed, KPLUG_MAX_VECTORS)
		if (dev->vectors[i].kind != KPLUG_HANDLER_PLUGIN)
			kplug_arm_disarm(client, i);
}

void kplug_arm_drop_plugin(struct kplug_device *dev)
{
	unsigned int i;

	lockdep_assert_held(&dev->lock);
	for (i = 0; i < dev->num_vectors; i++)
		kplug_irq_disarm(dev, i);
	if (dev->worker)
		kthread_destroy_worker(dev->worker);
	dev->worker = NULL;
}

void kplug_arm_drop_all(struct kplug_device *dev)
{
	struct kplug_client *client;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(client, &dev->clients, node)
		kplug_arm_drop_client(client, false);
	kplug_arm_drop_plugin(dev);
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

void kplug_irq_set_handler(struct kplug_irq *irq, unsigned int (*hard)(struct kplug_irq *irq))
{
	to_kplug_vector(irq)->wanted_hard = hard;
}
EXPORT_SYMBOL_GPL(kplug_irq_set_handler);
