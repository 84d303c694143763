// SPDX-License-Identifier: GPL-2.0
/* Calls that sleep: the flush, its turns, and waking it before its command ends. */
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

#include "nvme.h"

/* For the whole call, including the wait for a turn. */
#define FLUSH_TIMEOUT (30 * HZ)

void nvme_waiter_init(struct nvme_waiter *waiter, struct nvme_session *session)
{
	*waiter = (struct nvme_waiter){ .session = session };
	init_completion(&waiter->done);
	INIT_LIST_HEAD(&waiter->node);
}

/*
 * Returns the reason why the waiter must not sleep, or 0. The caller holds the lock of the
 * list or queue that the waiter enters. nvme_waiters_wake() takes that lock after the flags
 * tested here are set, so either it finds the waiter, or the waiter finds the reason.
 */
int nvme_waiter_refusal(const struct nvme *nvme, const struct nvme_waiter *waiter)
{
	if (!waiter->session)
		return 0;
	if (READ_ONCE(nvme->removed))
		return -ENODEV;
	return READ_ONCE(waiter->session->closing) ? -ECANCELED : 0;
}

/**
 * nvme_waiter_sleep() - wait in a list until woken
 * @nvme: the controller
 * @waiter: is in the list; on return it is in none
 * @end: deadline in jiffies
 *
 * Return: status of the waiter; -EINTR when the task is killed; -ETIMEDOUT at the deadline.
 */
int nvme_waiter_sleep(struct nvme *nvme, struct nvme_waiter *waiter, unsigned long end)
{
	long left = (long)(end - jiffies);
	unsigned long flags;
	int err;

	left = wait_for_completion_killable_timeout(&waiter->done, max(left, 1l));
	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	if (list_empty(&waiter->node))
		err = waiter->status;
	else
		err = left ? -EINTR : -ETIMEDOUT;
	list_del_init(&waiter->node);
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
	return err;
}

static void wake_list(struct list_head *list, const struct nvme_session *session, int status)
{
	struct nvme_waiter *waiter, *next;

	list_for_each_entry_safe(waiter, next, list, node) {
		if (session && waiter->session != session)
			continue;
		list_del_init(&waiter->node);
		waiter->status = status;
		complete(&waiter->done);
	}
}

/**
 * nvme_waiters_wake() - wake calls that sleep
 * @nvme: the controller
 * @session: the session of the calls; NULL for all sessions
 * @status: the calls return it
 *
 * The commands of the calls continue, and keep their slots and turns until they end.
 * nvme_waiter_refusal() prevents that the calls sleep again.
 *
 * Context: process.
 */
void nvme_waiters_wake(struct nvme *nvme, const struct nvme_session *session, int status)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	wake_list(&nvme->scans, session, status);
	wake_list(&nvme->turns, session, status);
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
	for (i = 1; i <= nvme_num_io_queues(nvme); i++)
		nvme_queue_wake(&nvme->queues[i], session, status);
}

/* A turn has ended: gives it to the next waiter. Context: any. */
void nvme_flush_next_turn(struct nvme *nvme)
{
	struct nvme_waiter *waiter;
	unsigned long flags;

	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	waiter = list_first_entry_or_null(&nvme->turns, struct nvme_waiter, node);
	if (waiter) {
		list_del_init(&waiter->node);
		waiter->status = 0;
		complete(&waiter->done);
	} else {
		nvme->num_turns++;
	}
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
}

/* Waits for a turn; turns are given out in order. */
static int take_turn(struct nvme *nvme, struct nvme_waiter *waiter, unsigned long end)
{
	unsigned long flags;
	bool at_once;
	int err;

	raw_spin_lock_irqsave(&nvme->waiters_lock, flags);
	err = nvme_waiter_refusal(nvme, waiter);
	at_once = !err && nvme->num_turns;
	if (at_once)
		nvme->num_turns--;
	else if (!err)
		list_add_tail(&waiter->node, &nvme->turns);
	raw_spin_unlock_irqrestore(&nvme->waiters_lock, flags);
	if (err || at_once)
		return err;
	err = nvme_waiter_sleep(nvme, waiter, end);
	reinit_completion(&waiter->done);
	return err;
}

/*
 * Starts the command in any queue with room. Together the queues have room for all turns,
 * but each of them may be full at the moment it is tried.
 */
static int start(struct nvme *nvme, struct nvme_waiter *waiter, u32 nsid, unsigned long end,
		 struct nvme_queue **q)
{
	struct nvme_command command = {
		.opcode = NVME_FLUSH,
		.nsid = cpu_to_le32(nsid),
	};
	unsigned int i = 0;
	int err;

	for (;;) {
		*q = &nvme->queues[1 + i++ % nvme->num_irq_queues];
		err = nvme_queue_wait_for(*q, &command, waiter);
		if (err != -EBUSY)
			return err;
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		if (i % nvme->num_irq_queues == 0 && schedule_timeout_killable(1) < 0)
			return -EINTR;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
}

/*
 * From here on the command holds the turn, and the turn ends with it. The loop checks the
 * controller for failure, because no transaction may be running whose timeout would.
 */
static void wait_for_command(struct nvme *nvme, struct nvme_queue *q, struct nvme_waiter *waiter,
			     unsigned long end)
{
	long left;

	do {
		left = clamp((long)(end - jiffies), 1l, (long)HZ);
		left = wait_for_completion_killable_timeout(&waiter->done, left);
		if (!left && nvme_controller_failed(nvme))
			nvme_recover_want(nvme, NVME_WANT_QUEUES);
	} while (!left && time_before(jiffies, end));
	if (left <= 0)
		nvme_queue_give_up(q, waiter, left ? -EINTR : -ETIMEDOUT);
}

/**
 * nvme_flush() - handle NVME_CALL_FLUSH
 * @nvme: the controller
 * @session: the session of the caller
 * @nsid: the namespace
 *
 * 6.8 "Flush command".
 *
 * Context: process, may sleep, killable.
 * Return: see nvme_msg.h.
 */
long nvme_flush(struct nvme *nvme, struct nvme_session *session, u32 nsid)
{
	unsigned long end = jiffies + FLUSH_TIMEOUT;
	struct nvme_waiter waiter;
	struct nvme_queue *q;
	int err;

	if (!nvme_namespaces_have(nvme, nsid))
		return -EINVAL;
	nvme_waiter_init(&waiter, session);
	err = take_turn(nvme, &waiter, end);
	if (err)
		return err;
	err = start(nvme, &waiter, nsid, end, &q);
	if (err) {
		nvme_flush_next_turn(nvme);
		return err;
	}
	wait_for_command(nvme, q, &waiter, end);
	return waiter.status;
}
