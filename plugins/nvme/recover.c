// SPDX-License-Identifier: GPL-2.0
/* Recovery: ending commands that do not end by themselves, and restarting the controller. */
#include <linux/jiffies.h>

#include "nvme.h"

/*
 * A transaction that has to end gets a grace period. Then its command is aborted. If that
 * does not help, its submission queue is deleted, which ends the commands of that queue
 * alone. Only if that fails too, the controller is switched off. The commands of other
 * transactions stay in their slots and are sent again when the queue is back. The work does
 * that, so that a program which exits need not wait for it, and so that the other commands
 * of that program are not sent once more only to be aborted.
 */

#define QUEUES_PAUSE (HZ / 100 ?: 1) /* before a deleted queue is recreated */
#define SCAN_PAUSE   (HZ / 50 ?: 1) /* between two scans */
#define MIN_BACKOFF  (HZ / 10)
#define MAX_BACKOFF  (10 * HZ)

/* The controller does not answer: only switching it off ends what it is doing. */
static bool lost(int err)
{
	return err == -ENODEV || err == -ESHUTDOWN || err == -ECANCELED || err == -ETIMEDOUT;
}

static void set_states(struct nvme *nvme, enum nvme_queue_state state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_set_state(&nvme->queues[i], state);
}

static void set_closed(struct nvme *nvme, bool closed)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_set_closed(&nvme->queues[i], closed);
}

static void fail_all(struct nvme *nvme)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(nvme->queues); i++)
		nvme_queue_fail(&nvme->queues[i], -EIO);
	nvme_waiters_wake(nvme, NULL, -EIO);
}

/* The controller may still run commands, so the memory that it knows must not be reused. */
static void be_stuck(struct nvme *nvme)
{
	dev_err(kplug_parent(nvme->dev),
		"kplug: nvme: the controller does not stop; reset the function\n");
	kplug_dma_stuck(nvme->dev);
	nvme->state = NVME_STUCK;
	set_closed(nvme, true);
	fail_all(nvme);
}

/* Returns true when the controller uses no memory and knows no command; else it is stuck. */
static bool stop(struct nvme *nvme)
{
	int err = 0;

	lockdep_assert_held(&nvme->lock);
	set_states(nvme, NVME_QUEUE_STOPPING);
	if (!nvme_controller_gone(nvme))
		err = nvme_controller_disable(nvme);
	if (err && !nvme_controller_gone(nvme)) {
		be_stuck(nvme);
		return false;
	}
	set_states(nvme, NVME_QUEUE_PARKED);
	nvme_queue_fail(&nvme->queues[0], -EIO);
	return true;
}

static void run_work(struct nvme *nvme, unsigned long delay)
{
	mod_delayed_work(system_unbound_wq, &nvme->work, delay);
}

/* Stops a controller that has failed, and lets the work restart it. */
static void bring_down(struct nvme *nvme)
{
	dev_warn(kplug_parent(nvme->dev), "kplug: nvme: the controller is restarted\n");
	if (!stop(nvme))
		return;
	nvme->state = NVME_DOWN;
	nvme->backoff = 0;
	run_work(nvme, 0);
}

/* A hard interrupt may call it, so it never moves the timer of a pending work. */
void nvme_recover_want(struct nvme *nvme, enum nvme_want what)
{
	set_bit(what, &nvme->wanted);
	queue_delayed_work(system_unbound_wq, &nvme->work,
			   what == NVME_WANT_QUEUES ? QUEUES_PAUSE : 0);
}

/* Does the command end by itself in time? */
static bool ends(struct nvme_queue *q, const struct kplug_dma *dma, unsigned long timeout)
{
	unsigned long end = jiffies + timeout;
	bool late;

	for (;;) {
		late = time_after(jiffies, end);
		nvme_queue_poll(q);
		if (nvme_queue_find(q, dma) < 0)
			return true;
		if (late || nvme_controller_gone(q->nvme) || nvme_controller_failed(q->nvme))
			return false;
		schedule_timeout_uninterruptible(1);
	}
}

/* 7.4.3 "Queue Abort". Returns 0 when the controller has dropped all commands of the queue. */
static int delete_queue(struct nvme *nvme, struct nvme_queue *q)
{
	int err;

	nvme_queue_set_state(q, NVME_QUEUE_DELETING);
	err = nvme_admin_delete_sq(nvme, q);
	if (err)
		return err;
	/* Reap the commands that completed before the deletion. */
	nvme_queue_poll(q);
	nvme_queue_set_state(q, NVME_QUEUE_PARKED);
	nvme_recover_want(nvme, NVME_WANT_QUEUES);
	return 0;
}

/* Returns true when the controller has dropped the command without being switched off. */
static bool aborted(struct nvme *nvme, struct nvme_queue *q, struct kplug_dma *dma)
{
	int cid = nvme_queue_find(q, dma);

	if (cid >= 0 && lost(nvme_admin_abort(nvme, q, cid)))
		return false;
	return ends(q, dma, NVME_ABORTED) || !delete_queue(nvme, q);
}

static void abort_locked(struct nvme *nvme, struct nvme_queue *q, struct kplug_dma *dma)
{
	lockdep_assert_held(&nvme->lock);
	if (nvme->state == NVME_UP && !ends(q, dma, NVME_GRACE) && !nvme_controller_gone(nvme) &&
	    (nvme_controller_failed(nvme) || !aborted(nvme, q, dma)))
		bring_down(nvme);
	/* A controller that is gone transfers nothing; a stuck one has no access to memory. */
	if (!nvme_queue_drop_parked(q, dma))
		nvme_queue_drop(q, dma);
}

/**
 * nvme_recover_abort() - end a transaction, whatever state the controller is in
 * @nvme: the controller
 * @q: the queue of the transaction's last command
 * @dma: the transaction
 *
 * Context: process, may sleep.
 */
void nvme_recover_abort(struct nvme *nvme, struct nvme_queue *q, struct kplug_dma *dma)
{
	if (nvme_queue_drop_parked(q, dma))
		return;
	mutex_lock(&nvme->lock);
	abort_locked(nvme, q, dma);
	mutex_unlock(&nvme->lock);
}

static int create_queues(struct nvme *nvme)
{
	unsigned int i;
	int err = 0;

	for (i = 1; !err && i <= nvme_num_io_queues(nvme); i++) {
		nvme_queue_reset(&nvme->queues[i]);
		err = nvme_admin_create_cq(nvme, &nvme->queues[i]) ?:
			      nvme_admin_create_sq(nvme, &nvme->queues[i]);
	}
	return err;
}

/* Without notices, every scan is on demand. */
static int ask_for_notices(struct nvme *nvme)
{
	int err;

	if (!nvme->controller.notices)
		return 0;
	err = nvme_admin_enable_notices(nvme) ?: nvme_admin_read_notice(nvme);
	return lost(err) ? err : 0;
}

/**
 * nvme_recover_start() - do the last part of every start, from the I/O queues on
 * @nvme: the enabled controller, under nvme.lock
 *
 * Return: 0 or -errno.
 */
int nvme_recover_start(struct nvme *nvme)
{
	unsigned int i;
	int err = create_queues(nvme);

	if (!err)
		err = ask_for_notices(nvme);
	/*
	 * The scan comes after the request for a notice, or a change in between would go
	 * unnoticed; and before any command.
	 */
	if (!err)
		err = nvme_namespaces_scan(nvme);
	if (err)
		return err;
	nvme->wanted = 0;
	nvme_namespaces_scanned(nvme);
	nvme->state = NVME_UP;
	for (i = 1; i <= nvme_num_io_queues(nvme); i++)
		nvme_queue_start(&nvme->queues[i]);
	return 0;
}

/* Transactions were split and described for the controller as it was. */
static bool is_same(const struct nvme_controller *now, const struct nvme_controller *was)
{
	return !memcmp(now->serial, was->serial, sizeof(now->serial)) && now->sgl == was->sgl &&
	       now->max_chunk >= was->max_chunk;
}

static int restart(struct nvme *nvme)
{
	const struct nvme_controller was = nvme->controller;
	int want = nvme_num_io_queues(nvme);
	int got, err = nvme_controller_enable(nvme);

	if (!err)
		err = nvme_admin_describe(nvme);
	if (err)
		return err;
	if (!is_same(&nvme->controller, &was)) {
		nvme->controller = was;
		return -ENXIO;
	}
	got = nvme_admin_num_queues(nvme, want);
	if (got < want)
		return got < 0 ? got : -ENXIO;
	return nvme_recover_start(nvme);
}

static void try_restart(struct nvme *nvme)
{
	int err = restart(nvme);

	if (!err)
		return;
	if (!nvme->backoff && err != -ECANCELED)
		dev_err(kplug_parent(nvme->dev),
			"kplug: nvme: the controller does not start: %d; retrying\n", err);
	if (!stop(nvme))
		return;
	nvme->backoff = clamp_t(unsigned long, 2 * nvme->backoff, MIN_BACKOFF, MAX_BACKOFF);
	run_work(nvme, nvme->backoff);
}

/* Deletes queues with overdue commands, and recreates deleted queues. */
static int tend_queues(struct nvme *nvme)
{
	struct nvme_queue *q;
	unsigned int i;
	int err = 0;

	for (i = 1; !err && i <= nvme_num_io_queues(nvme); i++) {
		q = &nvme->queues[i];
		if (nvme_queue_overdue(q))
			err = delete_queue(nvme, q);
		if (err || q->state != NVME_QUEUE_PARKED)
			continue;
		err = nvme_admin_create_sq(nvme, q);
		if (!err)
			nvme_queue_start(q);
	}
	return err;
}

/* Limits the rate of scans, whatever programs or the device request. */
static int tend_namespaces(struct nvme *nvme)
{
	unsigned long next = nvme->scanned + SCAN_PAUSE;
	int err = 0;

	if (time_before(jiffies, next)) {
		run_work(nvme, next - jiffies);
		return 0;
	}
	clear_bit(NVME_WANT_SCAN, &nvme->wanted);
	if (test_and_clear_bit(NVME_WANT_NOTICE, &nvme->wanted))
		err = nvme_admin_read_notice(nvme);
	if (!lost(err))
		err = nvme_namespaces_scan(nvme);
	if (!lost(err))
		nvme_namespaces_scanned(nvme);
	return err;
}

static void tend(struct nvme *nvme)
{
	int err = nvme_controller_failed(nvme) ? -ESHUTDOWN : 0;

	/* A failure leaves a queue in a state that cannot last. */
	if (!err && test_and_clear_bit(NVME_WANT_QUEUES, &nvme->wanted) && tend_queues(nvme))
		err = -ESHUTDOWN;
	if (!err && nvme->wanted)
		err = tend_namespaces(nvme);
	if (lost(err))
		bring_down(nvme);
}

static void work(struct work_struct *work)
{
	struct nvme *nvme = container_of(to_delayed_work(work), struct nvme, work);

	mutex_lock(&nvme->lock);
	if (!READ_ONCE(nvme->removed) && !READ_ONCE(nvme->leaving)) {
		if (nvme->state == NVME_DOWN)
			try_restart(nvme);
		else if (nvme->state == NVME_UP)
			tend(nvme);
	}
	mutex_unlock(&nvme->lock);
}

void nvme_recover_init(struct nvme *nvme)
{
	INIT_DELAYED_WORK(&nvme->work, work);
}

static bool idle(struct nvme *nvme)
{
	unsigned int i;

	for (i = 1; i <= nvme_num_io_queues(nvme); i++) {
		nvme_queue_poll(&nvme->queues[i]);
		if (!nvme_queue_idle(&nvme->queues[i]))
			return false;
	}
	return true;
}

/* Gives commands in flight a moment to end by themselves. */
static void drain(struct nvme *nvme)
{
	unsigned long end = jiffies + NVME_GRACE;

	while (!idle(nvme) && time_before(jiffies, end) && !nvme_controller_gone(nvme) &&
	       !nvme_controller_failed(nvme))
		schedule_timeout_uninterruptible(1);
}

/**
 * nvme_recover_leave() - switch the controller off and end all commands
 * @nvme: the controller
 * @shut_down: the power may go off, or another driver may take over
 *
 * The controller stays off until nvme_recover_come_back().
 *
 * Context: process, may sleep.
 */
void nvme_recover_leave(struct nvme *nvme, bool shut_down)
{
	WRITE_ONCE(nvme->leaving, true);
	mutex_lock(&nvme->lock);
	set_closed(nvme, true);
	if (nvme->state == NVME_UP)
		drain(nvme);
	if (shut_down && nvme->state != NVME_OFF)
		nvme_controller_shut_down(nvme);
	if (stop(nvme)) {
		nvme->state = NVME_OFF;
		fail_all(nvme);
	}
	WRITE_ONCE(nvme->leaving, false);
	mutex_unlock(&nvme->lock);
}

/* The function was reset, or was asleep. The work starts the controller, which takes time. */
void nvme_recover_come_back(struct nvme *nvme)
{
	mutex_lock(&nvme->lock);
	set_states(nvme, NVME_QUEUE_PARKED);
	set_closed(nvme, false);
	nvme->state = NVME_DOWN;
	nvme->backoff = 0;
	mutex_unlock(&nvme->lock);
	run_work(nvme, 0);
}
