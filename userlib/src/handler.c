// SPDX-License-Identifier: MIT
/* Choosing the place of a vector's handler, and running handlers in this program. */
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

static int join_plugin(struct kplug *k, const struct kplug_handler *handler)
{
	struct kplug_attach cmd = {
		.size = sizeof(cmd),
		.min_version = handler->plugin_version,
	};
	int err;

	if (strlen(handler->plugin) >= sizeof(cmd.name))
		return kplug_refuse(k, -EINVAL, "the name of the plugin is too long");
	strcpy(cmd.name, handler->plugin);
	err = kplug_ioctl(k, KPLUG_ATTACH, &cmd);
	if (err && err != -EALREADY)
		return err;
	kplug_private(k)->plugin_users++;
	return 0;
}

static int end_session(struct kplug *k)
{
	struct kplug_detach cmd = { .size = sizeof(cmd) };

	return kplug_ioctl(k, KPLUG_DETACH, &cmd);
}

/* The first place that @handler names and that exists. */
static int choose_kind(struct kplug *k, const struct kplug_handler *handler)
{
	int err;

	if (handler->plugin) {
		err = join_plugin(k, handler);
		if (!err)
			return KPLUG_HANDLER_PLUGIN;
		if (err != -ENOENT || !(handler->steps || handler->user))
			return err;
	}
	return handler->steps ? KPLUG_HANDLER_RECIPE : KPLUG_HANDLER_USER;
}

static int arm(struct kplug *k, unsigned int vector, int kind, const struct kplug_handler *handler)
{
	struct kplug_arm cmd = {
		.size = sizeof(cmd),
		.vector = vector,
		.handler = (uint32_t)kind,
		.event_type = handler->event_type,
	};

	if (vector == KPLUG_NO_VECTOR)
		return kind == KPLUG_HANDLER_PLUGIN ?
			       0 :
			       kplug_refuse(k, -ENOENT, "without a vector only a plugin helps");
	if (kind == KPLUG_HANDLER_RECIPE) {
		cmd.num_steps = handler->num_steps;
		cmd.steps = (uintptr_t)handler->steps;
		cmd.stride = sizeof(*handler->steps);
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

/* For a user function the kernel masks lines only, never messages. */
static int must_unmask(struct kplug *k)
{
	struct kplug_device_info info;

	return kplug_info(k, &info) || info.out_irq_mode == KPLUG_IRQ_INTX ||
	       info.out_irq_mode == KPLUG_IRQ_WIRED;
}

static int prepare(struct kplug *k, int kind, const struct kplug_handler *handler)
{
	if (kind == KPLUG_HANDLER_PLUGIN)
		return kplug_ring_make(k);
	if (kind != KPLUG_HANDLER_USER || !handler->user)
		return 0;
	/* Before the first event can arrive. */
	__atomic_store_n(&k->filtered, 1, __ATOMIC_RELEASE);
	return kplug_region_reach_all(k);
}

static unsigned int use_of(const struct kplug_slot *slot)
{
	return __atomic_load_n(&slot->use, __ATOMIC_ACQUIRE);
}

static unsigned int state_of(const struct kplug_slot *slot)
{
	return use_of(slot) & KPLUG_SLOT_STATE;
}

static int is_running(const struct kplug_slot *slot)
{
	return use_of(slot) >= KPLUG_SLOT_RUN;
}

/* Before the first event can arrive: from then on the function may run. */
static void fill_slot(struct kplug_private *p, struct kplug_slot *slot, int kind,
		      const struct kplug_handler *handler)
{
	const int user = kind == KPLUG_HANDLER_USER && handler->user;

	slot->kind = (unsigned char)kind;
	slot->event_type = handler->event_type ? (uint16_t)handler->event_type : KPLUG_EVENT_IRQ;
	slot->user = user ? handler->user : NULL;
	slot->ctx = handler->ctx;
	slot->unmask = (unsigned char)user; /* until choose_unmask() knows the mode */
	pthread_mutex_lock(&p->lock);
	p->user_functions += (unsigned int)user;
	pthread_mutex_unlock(&p->lock);
	/* Pairs with begin_run(): a run sees a complete slot. */
	__atomic_store_n(&slot->use, KPLUG_SLOT_ATTACHED, __ATOMIC_RELEASE);
}

/* Closes an attached slot: no run begins any more, and the last one wakes empty_slot(). */
static void close_slot(struct kplug_slot *slot)
{
	__atomic_fetch_xor(&slot->use, KPLUG_SLOT_ATTACHED ^ KPLUG_SLOT_LEAVING, __ATOMIC_ACQ_REL);
}

/* Empties a slot in state LEAVING, after its last run has ended. */
static void empty_slot(struct kplug_private *p, struct kplug_slot *slot)
{
	pthread_mutex_lock(&p->lock);
	while (is_running(slot))
		pthread_cond_wait(&p->idle, &p->lock);
	if (slot->user)
		p->user_functions--;
	pthread_mutex_unlock(&p->lock);
	/* Pairs with the next kplug_attach(), which finds the slot unused. */
	__atomic_store_n(&slot->use, KPLUG_SLOT_FREE, __ATOMIC_RELEASE);
}

/* After arming, because only then the mode of the vectors is known. */
static void choose_unmask(struct kplug *k, struct kplug_slot *slot)
{
	if (slot->user)
		__atomic_store_n(&slot->unmask, (unsigned char)must_unmask(k), __ATOMIC_RELAXED);
}

/* @leaves: set when attaching failed and the caller has to empty the slot */
static int attach_free(struct kplug *k, unsigned int vector, struct kplug_slot *slot,
		       const struct kplug_handler *handler, int *leaves)
{
	int kind = choose_kind(k, handler), err;

	if (kind < 0)
		return kind;
	err = prepare(k, kind, handler);
	if (!err) {
		fill_slot(kplug_private(k), slot, kind, handler);
		err = arm(k, vector, kind, handler);
		*leaves = !!err;
	}
	if (err) {
		if (kind == KPLUG_HANDLER_PLUGIN && !--kplug_private(k)->plugin_users)
			end_session(k);
		return err;
	}
	choose_unmask(k, slot);
	return kind;
}

int kplug_attach(struct kplug *k, unsigned int vector, const struct kplug_handler *handler)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_slot *slot = slot_of(p, vector);
	int result, leaves = 0;

	if (!slot)
		return kplug_failed(k, KPLUG_ARM, -ENOENT);
	pthread_mutex_lock(&p->attaching);
	result = state_of(slot) == KPLUG_SLOT_FREE ?
			 attach_free(k, vector, slot, handler, &leaves) :
			 kplug_failed(k, KPLUG_ARM, -EALREADY);
	if (leaves)
		close_slot(slot);
	pthread_mutex_unlock(&p->attaching);
	/* A run that has not ended may itself be waiting for @attaching. */
	if (leaves)
		empty_slot(p, slot);
	return result;
}

/* Would waiting for the end of a run block the thread that runs it? */
static int check_detach(struct kplug *k, const struct kplug_slot *slot)
{
	if (is_running(slot) && kplug_run_handler(k))
		return kplug_refuse(k, -EDEADLK, IN_ITS_HANDLER);
	if (state_of(slot) == KPLUG_SLOT_ATTACHED)
		return 0;
	return kplug_failed(k, KPLUG_DISARM, -ENOTCONN);
}

/*
 * One command, so that a failure changes nothing: the end of the session disarms the vector that is
 * the last one attached to the plugin.
 */
static int stop_events(struct kplug *k, unsigned int vector, const struct kplug_slot *slot)
{
	struct kplug_private *p = kplug_private(k);
	int err;

	if (slot->kind != KPLUG_HANDLER_PLUGIN)
		return disarm(k, vector);
	err = p->plugin_users == 1 ? end_session(k) : disarm(k, vector);
	if (!err)
		p->plugin_users--;
	return err;
}

int kplug_detach(struct kplug *k, unsigned int vector)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_slot *slot = slot_of(p, vector);
	int err, leaves = 0;

	if (!slot)
		return kplug_failed(k, KPLUG_DISARM, -ENOTCONN);
	pthread_mutex_lock(&p->attaching);
	err = check_detach(k, slot);
	if (!err) {
		err = stop_events(k, vector, slot);
		/* Without a device no later call would succeed. */
		leaves = !err || err == -ENODEV;
	}
	if (leaves)
		close_slot(slot);
	pthread_mutex_unlock(&p->attaching);
	/* A run that has not ended may itself be waiting for @attaching. */
	if (leaves)
		empty_slot(p, slot);
	return err;
}

/* The kernel masked the line for this run; a signal must not leave it masked. */
static void unmask(struct kplug *k, unsigned int vector)
{
	while (kplug_unmask(k, vector) == -EINTR)
		;
}

/* The slot is marked as running, so it does not change. */
static unsigned int run_user(struct kplug *k, const struct kplug_slot *slot,
			     struct kplug_event *event)
{
	struct kplug_irq irq = {
		.io = &k->io,
		.ctx = slot->ctx,
		.vector = event->vector,
	};
	struct kplug_run run;
	unsigned int verdict;

	kplug_run_enter(&run, k, slot);
	verdict = slot->user(&irq);
	kplug_run_leave(&run);
	event->words = (uint16_t)irq.captured;
	memcpy(event->data, irq.data, sizeof(event->data));
	return verdict;
}

/* kplug_detach() may be waiting. The lock ensures that it sees the end or is woken. */
static __attribute__((noinline)) void end_awaited_run(struct kplug_private *p,
						      struct kplug_slot *slot)
{
	pthread_mutex_lock(&p->lock);
	if (__atomic_sub_fetch(&slot->use, KPLUG_SLOT_RUN, __ATOMIC_RELEASE) < KPLUG_SLOT_RUN)
		pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
}

/* After the end of a run the device may be closed, so nothing is accessed after it. */
static void end_run(struct kplug_private *p, struct kplug_slot *slot)
{
	unsigned int use = __atomic_load_n(&slot->use, __ATOMIC_RELAXED);

	do {
		if ((use & KPLUG_SLOT_STATE) == KPLUG_SLOT_LEAVING) {
			end_awaited_run(p, slot);
			return;
		}
	} while (!__atomic_compare_exchange_n(&slot->use, &use, use - KPLUG_SLOT_RUN, 1,
					      __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static int begin_run(struct kplug_private *p, struct kplug_slot *slot,
		     const struct kplug_event *event)
{
	unsigned int use = __atomic_load_n(&slot->use, __ATOMIC_RELAXED);

	do {
		if ((use & KPLUG_SLOT_STATE) != KPLUG_SLOT_ATTACHED)
			return 0;
	} while (!__atomic_compare_exchange_n(&slot->use, &use, use + KPLUG_SLOT_RUN, 1,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	if (slot->user && event->type == slot->event_type)
		return 1;
	end_run(p, slot);
	return 0;
}

/* Runs the user function for @event. Returns whether the program gets the event. */
int kplug_handler_run(struct kplug *k, struct kplug_event *event)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_slot *slot;
	unsigned int verdict;
	int masked;

	if (event->vector >= KPLUG_MAX_VECTORS)
		return 1;
	slot = &p->slots[event->vector];
	if (!begin_run(p, slot, event))
		return 1;
	masked = __atomic_load_n(&slot->unmask, __ATOMIC_RELAXED);
	verdict = run_user(k, slot, event);
	if (masked)
		unmask(k, event->vector);
	end_run(p, slot);
	return !!(verdict & KPLUG_NOTIFY);
}
