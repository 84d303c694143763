// SPDX-License-Identifier: MIT
/* Where a vector's handler is, and running the ones of this program. */
#include "private.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static struct kplug_slot *slot_of(struct kplug_private *p, unsigned int vector)
{
	if (vector == KPLUG_NO_VECTOR)
		return &p->no_vector;
	return vector < KPLUG_MAX_VECTORS ? &p->slots[vector] : NULL;
}

static int join_plugin(struct kplug *k, const char *name)
{
	struct kplug_attach cmd = { .size = sizeof(cmd) };
	int err;

	if (strlen(name) >= sizeof(cmd.name))
		return -EINVAL;
	strcpy(cmd.name, name);
	err = kplug_ioctl(k, KPLUG_ATTACH, &cmd);
	if (err && err != -EALREADY)
		return err;
	kplug_private(k)->plugin_users++;
	return 0;
}

static int leave_plugin(struct kplug *k)
{
	struct kplug_detach cmd = { .size = sizeof(cmd) };

	if (--kplug_private(k)->plugin_users)
		return 0;
	return kplug_ioctl(k, KPLUG_DETACH, &cmd);
}

/* The first place that @handler names and that is there. */
static int choose_kind(struct kplug *k, const struct kplug_handler *handler)
{
	int err;

	if (handler->plugin) {
		err = join_plugin(k, handler->plugin);
		if (!err)
			return KPLUG_HANDLER_PLUGIN;
		if (err != -ENOENT || !(handler->steps || handler->user))
			return err;
	}
	return handler->steps ? KPLUG_HANDLER_RECIPE : KPLUG_HANDLER_USER;
}

static int arm(struct kplug *k, unsigned int vector, int kind,
	       const struct kplug_handler *handler)
{
	struct kplug_arm cmd = {
		.size = sizeof(cmd),
		.vector = vector,
		.handler = (uint32_t)kind,
		.event_type = handler->event_type,
	};

	if (vector == KPLUG_NO_VECTOR)
		return kind == KPLUG_HANDLER_PLUGIN ? 0 : -ENOENT;
	if (kind == KPLUG_HANDLER_RECIPE) {
		cmd.num_steps = handler->num_steps;
		cmd.steps = (uintptr_t)handler->steps;
	}
	return kplug_ioctl(k, KPLUG_ARM, &cmd);
}

static int disarm(struct kplug *k, unsigned int vector)
{
	struct kplug_vector_cmd cmd = {
		.size = sizeof(cmd),
		.vector = vector,
	};

	if (vector == KPLUG_NO_VECTOR)
		return 0;
	return kplug_ioctl(k, KPLUG_DISARM, &cmd);
}

/* The kernel masks nothing but a line for a user function. */
static int must_unmask(struct kplug *k)
{
	struct kplug_device_info info;

	return kplug_info(k, &info) || info.out_irq_mode == KPLUG_IRQ_INTX ||
	       info.out_irq_mode == KPLUG_IRQ_WIRED;
}

static void fill_slot(struct kplug *k, struct kplug_slot *slot, int kind,
		      const struct kplug_handler *handler)
{
	*slot = (struct kplug_slot){
		.attached = 1,
		.kind = (unsigned char)kind,
		.event_type = handler->event_type ? (uint16_t)handler->event_type
						  : KPLUG_EVENT_IRQ,
	};
	if (kind != KPLUG_HANDLER_USER || !handler->user)
		return;
	slot->user = handler->user;
	slot->ctx = handler->ctx;
	slot->unmask = (unsigned char)must_unmask(k);
	kplug_private(k)->user_functions++;
}

static int prepare(struct kplug *k, int kind,
		   const struct kplug_handler *handler)
{
	if (kind == KPLUG_HANDLER_PLUGIN)
		return kplug_ring_make(k);
	if (kind != KPLUG_HANDLER_USER || !handler->user)
		return 0;
	/* Before the first event can come. */
	k->filtered = 1;
	return kplug_region_map_all(k);
}

static int attach_locked(struct kplug *k, unsigned int vector,
			 const struct kplug_handler *handler)
{
	struct kplug_slot *slot = slot_of(kplug_private(k), vector);
	int kind, err;

	if (!slot)
		return -ENOENT;
	if (slot->attached)
		return -EALREADY;
	kind = choose_kind(k, handler);
	if (kind < 0)
		return kind;
	err = prepare(k, kind, handler);
	if (!err)
		err = arm(k, vector, kind, handler);
	if (err) {
		if (kind == KPLUG_HANDLER_PLUGIN)
			leave_plugin(k);
		return err;
	}
	fill_slot(k, slot, kind, handler);
	return kind;
}

int kplug_attach(struct kplug *k, unsigned int vector,
		 const struct kplug_handler *handler)
{
	struct kplug_private *p = kplug_private(k);
	int result;

	pthread_mutex_lock(&p->lock);
	result = attach_locked(k, vector, handler);
	pthread_mutex_unlock(&p->lock);
	return result;
}

static int detach_locked(struct kplug *k, unsigned int vector)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_slot *slot = slot_of(p, vector);
	int err, kind;

	if (!slot || !slot->attached)
		return -EBADFD;
	err = disarm(k, vector);
	if (err)
		return err;
	kind = slot->kind;
	if (slot->user)
		p->user_functions--;
	*slot = (struct kplug_slot){ 0 };
	return kind == KPLUG_HANDLER_PLUGIN ? leave_plugin(k) : 0;
}

int kplug_detach(struct kplug *k, unsigned int vector)
{
	struct kplug_private *p = kplug_private(k);
	int err;

	pthread_mutex_lock(&p->lock);
	err = detach_locked(k, vector);
	pthread_mutex_unlock(&p->lock);
	return err;
}

static unsigned int run_user(struct kplug *k, const struct kplug_slot *slot,
			     struct kplug_event *event)
{
	struct kplug_irq irq = {
		.io = &k->io,
		.ctx = slot->ctx,
		.vector = event->vector,
	};
	unsigned int verdict = slot->user(&irq);

	event->words = (uint16_t)irq.captured;
	memcpy(event->data, irq.data, sizeof(event->data));
	if (slot->unmask)
		kplug_unmask(k, event->vector);
	return verdict;
}

/* Whether the program is to get @event. */
int kplug_handler_run(struct kplug *k, struct kplug_event *event)
{
	struct kplug_private *p = kplug_private(k);
	unsigned int verdict = KPLUG_NOTIFY;
	const struct kplug_slot *slot;

	if (event->vector >= KPLUG_MAX_VECTORS)
		return 1;
	pthread_mutex_lock(&p->lock);
	slot = &p->slots[event->vector];
	if (slot->user && event->type == slot->event_type)
		verdict = run_user(k, slot, event);
	pthread_mutex_unlock(&p->lock);
	return !!(verdict & KPLUG_NOTIFY);
}
