// SPDX-License-Identifier: GPL-2.0
/* Queue pairs: sending commands, and reaping completions by interrupt or by polling. */
#include <linux/bitmap.h>

#include "nvme.h"

#define BATCH 16 /* completions under one lock, with one doorbell */

static struct nvme_command *commands(const struct nvme_queue *q)
{
	return q->memory;
}

static struct nvme_completion *completions(const struct nvme_queue *q)
{
	return q->memory + NVME_PAGE;
}

void nvme_queue_init(struct nvme_queue *q, struct nvme *nvme, unsigned int id)
{
	unsigned int i;

	raw_spin_lock_init(&q->lock);
	spin_lock_init(&q->poll_lock);
	q->nvme = nvme;
	q->id = id;
	q->entries = min_t(u32, NVME_CAP_MQES(nvme->cap) + 1, NVME_ENTRIES);
	for (i = 0; i < NVME_SLOTS; i++)
		q->cids[i] = i;
}

int nvme_queue_alloc(struct nvme *nvme, unsigned int id)
{
	struct nvme_queue *q = &nvme->queues[id];

	q->memory = kplug_dma_alloc(nvme->dev, 2 * NVME_PAGE, &q->address);
	if (!q->memory)
		return -ENOMEM;
	return id ? nvme_pages_alloc(q) : 0;
}

void nvme_queue_free(struct nvme_queue *q)
{
	nvme_pages_free(q);
	kplug_dma_free(q->nvme->dev, 2 * NVME_PAGE, q->memory, q->address);
}

/* Clears the queue before it is created in the controller. */
void nvme_queue_reset(struct nvme_queue *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	memset(q->memory, 0, 2 * NVME_PAGE);
	q->head = 0;
	q->phase = NVME_STATUS_PHASE;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* See enum nvme_queue_state; nvme_queue_start() makes a queue live. */
void nvme_queue_set_state(struct nvme_queue *q, enum nvme_queue_state state)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	q->state = state;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* Accept no new commands, or accept them again. Commands in their slots may end. */
void nvme_queue_set_closed(struct nvme_queue *q, bool closed)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	q->closed = closed;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

bool nvme_queue_idle(struct nvme_queue *q)
{
	unsigned long flags;
	bool idle;

	raw_spin_lock_irqsave(&q->lock, flags);
	idle = bitmap_empty(q->busy, NVME_SLOTS);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return idle;
}

/* Has the waiter of a command timed out? */
bool nvme_queue_overdue(struct nvme_queue *q)
{
	unsigned long flags;
	bool overdue = false;
	unsigned int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS)
		overdue |= q->slots[i].overdue;
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return overdue;
}

/* 3.1, SQyTDBL and CQyHDBL */
static void ring(const struct nvme_queue *q, unsigned int which, u16 value)
{
	kplug_write32(q->nvme->io, NVME_REGION,
		      NVME_DOORBELLS + ((2 * q->id + which) << (2 + NVME_CAP_DSTRD(q->nvme->cap))),
		      value);
}

/*
 * A controller that rejects what the plugin has checked knows other namespaces than the
 * plugin does. Admin commands are not checked, and the scan consists of them.
 */
static int doubt(const struct nvme_queue *q, int err)
{
	if (!q->id)
		return -EINVAL;
	nvme_recover_want(q->nvme, NVME_WANT_SCAN);
	return err;
}

/* 4.6.1 "Status Field Definition"; nvme_msg.h describes the errors for programs. */
static noinline int failure(struct nvme_queue *q, u16 code)
{
	switch (code) {
	case NVME_SC_INVALID_OPCODE:
		return -EINVAL;
	case NVME_SC_INVALID_FIELD:
	case NVME_SC_INVALID_NS:
	case NVME_SC_SGL_LENGTH:
	case NVME_SC_PRP_OFFSET:
	case NVME_SC_LBA_RANGE:
		return doubt(q, -ESTALE);
	case NVME_SC_WRITE_PROTECTED:
	case NVME_SC_READ_ONLY:
		return -EROFS;
	case NVME_SC_FORMATTING:
		return doubt(q, -EAGAIN);
	case NVME_SC_NOT_READY:
		return -EAGAIN;
	case NVME_SC_CAPACITY:
		return -ENOSPC;
	case NVME_SC_ACCESS_DENIED:
		return -EACCES;
	default:
		return NVME_SCT(code) == NVME_SCT_MEDIA ? -EREMOTEIO : -EIO;
	}
}

static void end_waiter_locked(struct nvme_waiter *waiter, int status, u32 result)
{
	waiter->status = status;
	waiter->result = result;
	complete(&waiter->done);
}

/* The end of a command that does not belong to a transaction. */
static noinline void end_other_locked(struct nvme_queue *q, const struct nvme_slot *slot,
				      int status, u32 result)
{
	if (slot->waiter)
		end_waiter_locked(slot->waiter, status, result);
	if (slot->flush)
		nvme_flush_next_turn(q->nvme);
	if (slot->notice && !status)
		nvme_recover_want(q->nvme, NVME_WANT_NOTICE);
}

/* Ends a command. Returns its transaction, or NULL. */
static struct kplug_dma *end_locked(struct nvme_queue *q, unsigned int i, int status, u32 result)
{
	struct nvme_slot slot = q->slots[i];

	lockdep_assert_held(&q->lock);
	q->slots[i] = (struct nvme_slot){};
	__clear_bit(i, q->busy);
	if (unlikely(!slot.dma))
		end_other_locked(q, &slot, status, result);
	return slot.dma;
}

/* Did the command end only because its queue was deleted? Then it is sent again. */
static bool goes_in_again(const struct nvme_queue *q, u16 code)
{
	return q->state == NVME_QUEUE_DELETING &&
	       (code == NVME_SC_SQ_DELETED || code == NVME_SC_ABORTED);
}

/* Takes the command that a completion names, if there is one: never trust the device. */
static bool take_completion_locked(struct nvme_queue *q, const struct nvme_completion *c, u16 code,
				   struct kplug_dma_end *end)
{
	u16 cid = le16_to_cpu(c->cid);
	unsigned int i = cid % NVME_ENTRIES;

	if (i >= NVME_SLOTS || !test_bit(i, q->busy) || q->cids[i] != cid ||
	    le16_to_cpu(c->sq_id) != q->id)
		return false;
	end->status = 0;
	if (unlikely(code)) {
		if (goes_in_again(q, code))
			return false;
		end->status = failure(q, code);
	}
	end->dma = end_locked(q, i, end->status, le32_to_cpu(c->result));
	if (!end->dma)
		return false;
	end->bytes = end->status ? 0 : end->dma->chunk.length;
	return true;
}

/* Completions that were taken, and the chunks that they end. */
struct reaped {
	unsigned int completions;
	unsigned int num;
	struct kplug_dma_end ends[BATCH];
};

/* Takes the next completion, if there is one: its phase differs from that of the previous pass. */
static bool pop_locked(struct nvme_queue *q, struct reaped *reaped)
{
	const struct nvme_completion *c = completions(q) + q->head;
	u16 status = le16_to_cpu(READ_ONCE(c->status));

	if ((status & NVME_STATUS_PHASE) != q->phase)
		return false;
	/* The controller writes the phase last. */
	dma_rmb();
	if (take_completion_locked(q, c, NVME_STATUS_CODE(status), &reaped->ends[reaped->num]))
		reaped->num++;
	reaped->completions++;
	if (++q->head == q->entries) {
		q->head = 0;
		q->phase ^= NVME_STATUS_PHASE;
	}
	return true;
}

static void reap_batch(struct nvme_queue *q, struct reaped *reaped)
{
	unsigned long flags;

	reaped->completions = 0;
	reaped->num = 0;
	raw_spin_lock_irqsave(&q->lock, flags);
	/* An interrupt may arrive early or late. */
	if (likely(q->state == NVME_QUEUE_LIVE || q->state == NVME_QUEUE_DELETING))
		while (reaped->completions < BATCH && pop_locked(q, reaped))
			;
	if (reaped->completions)
		ring(q, 1, q->head);
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/*
 * Reaps the completions that were there at the start. The number is limited, because each
 * end may start a command. Returns how many.
 *
 * Context: any.
 */
unsigned int nvme_queue_reap(struct nvme_queue *q)
{
	struct reaped reaped nvme_uninitialized;
	unsigned int all = 0;

	do {
		reap_batch(q, &reaped);
		kplug_dma_done_many(reaped.ends, reaped.num);
		all += reaped.completions;
	} while (reaped.completions == BATCH && all < q->entries);
	return all;
}

/* One task at a time: on return, no other task is still processing a completion. */
void nvme_queue_poll(struct nvme_queue *q)
{
	spin_lock(&q->poll_lock);
	nvme_queue_reap(q);
	spin_unlock(&q->poll_lock);
}

/* Takes a free slot. Returns its index or -errno. */
static int take_locked(struct nvme_queue *q)
{
	unsigned int i = find_first_zero_bit(q->busy, q->entries - 1);

	lockdep_assert_held(&q->lock);
	if (q->closed)
		return -EIO;
	if (i == q->entries - 1)
		return -EBUSY;
	__set_bit(i, q->busy);
	q->cids[i] += NVME_ENTRIES;
	return i;
}

/* Puts a command into the queue without ringing the doorbell. */
static void push_locked(struct nvme_queue *q, struct nvme_command *command, unsigned int i)
{
	lockdep_assert_held(&q->lock);
	command->cid = cpu_to_le16(q->cids[i]);
	commands(q)[q->tail] = *command;
	if (++q->tail == q->entries)
		q->tail = 0;
}

/* Shows the controller all commands in the queue. */
static void ring_tail_locked(struct nvme_queue *q)
{
	ring(q, 0, q->tail);
	q->rung = q->tail;
}

/* In a queue that is not live, the command stays in its slot, see nvme_queue_start(). */
static void send_locked(struct nvme_queue *q, struct nvme_command *command, unsigned int i)
{
	if (q->state != NVME_QUEUE_LIVE)
		return;
	push_locked(q, command, i);
	ring_tail_locked(q);
}

/* The doorbell waits for nvme_queues_commit(), so that it rings once for a row of commands. */
static __always_inline void put_locked(struct nvme_queue *q, struct nvme_command *command,
				       unsigned int i, const struct kplug_dma *dma)
{
	if (unlikely(q->state != NVME_QUEUE_LIVE))
		return;
	nvme_pages_set(q, i, command, &dma->chunk);
	if (q->tail == q->rung)
		set_bit(q->id, &q->nvme->unrung);
	push_locked(q, command, i);
}

static void commit(struct nvme_queue *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	clear_bit(q->id, &q->nvme->unrung);
	if (q->state == NVME_QUEUE_LIVE && q->tail != q->rung)
		ring_tail_locked(q);
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* Rings the doorbells of all queues with new commands. Context: any. */
void nvme_queues_commit(struct nvme *nvme)
{
	/* Those of this CPU are there: it has set them, or seen them under the queue's lock. */
	const unsigned long unrung = READ_ONCE(nvme->unrung);
	unsigned int id;

	for_each_set_bit(id, &unrung, ARRAY_SIZE(nvme->queues))
		commit(&nvme->queues[id]);
}

/**
 * nvme_queue_program() - put a command for a chunk into a queue, or keep it until that is live
 * @q: an I/O queue
 * @command: complete except for the description of its memory
 * @dma: the transaction; its chunk satisfies nvme_pages_fit()
 *
 * The controller learns of it by nvme_queues_commit().
 *
 * Context: any.
 * Return: 0; -EBUSY without a free slot; -EIO when the controller is off and does not come
 * back by itself.
 */
int nvme_queue_program(struct nvme_queue *q, struct nvme_command *command, struct kplug_dma *dma)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	i = take_locked(q);
	if (i >= 0) {
		q->slots[i].dma = dma;
		nvme_io_set_queue(dma, q);
		put_locked(q, command, i, dma);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return i < 0 ? i : 0;
}

/**
 * nvme_queue_wait_for() - start a command that has a waiter
 * @q: the admin queue, under nvme.lock; or an I/O queue, for a flush that has a turn
 * @command: complete
 * @waiter: sleeps until the command ends
 *
 * Context: process.
 * Return: 0; -EBUSY without a free slot; -EIO as nvme_queue_program(); or an error of
 * nvme_waiter_refusal().
 */
int nvme_queue_wait_for(struct nvme_queue *q, struct nvme_command *command,
			struct nvme_waiter *waiter)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	/* An admin command is not sent again after a restart of the controller. */
	i = !q->id && q->state != NVME_QUEUE_LIVE ? -EIO : nvme_waiter_refusal(q->nvme, waiter);
	if (!i)
		i = take_locked(q);
	if (i >= 0) {
		q->slots[i].waiter = waiter;
		q->slots[i].flush = q->id ? le32_to_cpu(command->nsid) : 0;
		send_locked(q, command, i);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return i < 0 ? i : 0;
}

/* Starts an asynchronous event request, unless one is in flight. Under nvme.lock. */
int nvme_queue_ask_notice(struct nvme_queue *q, struct nvme_command *command)
{
	bool asked = false;
	unsigned long flags;
	unsigned int n;
	int i = 0;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(n, q->busy, NVME_SLOTS)
		asked |= q->slots[n].notice;
	if (!asked)
		i = take_locked(q);
	if (!asked && i >= 0) {
		q->slots[i].notice = true;
		send_locked(q, command, i);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return i < 0 ? i : 0;
}

/**
 * nvme_queue_give_up() - stop waiting for a command
 * @q: the queue of @waiter's command
 * @waiter: gets @status, but is not woken
 * @status: -errno; has no effect when the command has ended by now
 *
 * The command continues and keeps its slot.
 */
void nvme_queue_give_up(struct nvme_queue *q, struct nvme_waiter *waiter, int status)
{
	bool overdue = false;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS)
		if (q->slots[i].waiter == waiter) {
			q->slots[i].waiter = NULL;
			waiter->status = status;
			overdue = q->id && status == -ETIMEDOUT;
			q->slots[i].overdue = overdue;
		}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (overdue)
		nvme_recover_want(q->nvme, NVME_WANT_QUEUES);
}

/* See nvme_waiters_wake(). */
void nvme_queue_wake(struct nvme_queue *q, const struct nvme_session *session, int status)
{
	struct nvme_waiter *waiter;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS) {
		waiter = q->slots[i].waiter;
		if (!waiter || (session && waiter->session != session))
			continue;
		q->slots[i].waiter = NULL;
		end_waiter_locked(waiter, status, 0);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* The slot of the command for a chunk of @dma, or -ENOENT. */
static int find_locked(const struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned int i;

	for_each_set_bit(i, q->busy, NVME_SLOTS)
		if (q->slots[i].dma == dma)
			return i;
	return -ENOENT;
}

/* The id of the command for a chunk of @dma, or -ENOENT. */
int nvme_queue_find(struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	i = find_locked(q, dma);
	if (i >= 0)
		i = q->cids[i];
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return i;
}

static void drop_locked(struct nvme_queue *q, int i)
{
	if (i >= 0)
		end_locked(q, i, -EIO, 0);
}

/*
 * Drops the command for @dma if the controller does not know it. Returns true when the
 * controller has no command for @dma, which is also the case when there is none.
 */
bool nvme_queue_drop_parked(struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned long flags;
	bool parked;
	int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	i = find_locked(q, dma);
	parked = i < 0 || q->state == NVME_QUEUE_PARKED;
	if (parked)
		drop_locked(q, i);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return parked;
}

/* Detaches the command from @dma. The command keeps its slot until it ends. */
void nvme_queue_drop(struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	i = find_locked(q, dma);
	if (i >= 0)
		q->slots[i].dma = NULL;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* Reports the end of transactions outside of an interrupt handler; dma_abort() waits by RCU. */
static void done(struct kplug_dma **list, unsigned int num, int status)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		kplug_dma_done(list[i], 0, status);
}

/* Sends the command of a slot again. -ECANCELED: it has no transaction and no waiter. */
static int again_locked(struct nvme_queue *q, unsigned int i)
{
	const struct nvme_slot *slot = &q->slots[i];
	struct nvme_command command = {
		.opcode = NVME_FLUSH,
		.nsid = cpu_to_le32(slot->flush),
	};
	int err = slot->waiter ? 0 : -ECANCELED;

	if (slot->dma) {
		err = nvme_io_command(q->nvme, slot->dma, &command);
		if (!err)
			nvme_pages_set(q, i, &command, &slot->dma->chunk);
	}
	if (!err)
		push_locked(q, &command, i);
	return err;
}

/**
 * nvme_queue_start() - make a queue live and send the commands in its slots
 * @q: a parked queue, just created in the controller, which knows no command
 *
 * Transactions whose namespace has changed meanwhile end with -ESTALE.
 *
 * Context: process.
 */
void nvme_queue_start(struct nvme_queue *q)
{
	struct kplug_dma *stale[NVME_SLOTS];
	unsigned int i, num = 0;
	unsigned long flags;
	int err;

	rcu_read_lock();
	raw_spin_lock_irqsave(&q->lock, flags);
	q->tail = 0;
	q->rung = 0;
	q->state = NVME_QUEUE_LIVE;
	for_each_set_bit(i, q->busy, NVME_SLOTS) {
		err = again_locked(q, i);
		if (!err)
			continue;
		stale[num] = end_locked(q, i, err, 0);
		if (stale[num])
			num++;
	}
	if (q->tail)
		ring_tail_locked(q);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	done(stale, num, -ESTALE);
	rcu_read_unlock();
}

/*
 * Ends all commands, because the controller has dropped them or must not be waited for.
 *
 * Context: process.
 */
void nvme_queue_fail(struct nvme_queue *q, int status)
{
	struct kplug_dma *failed[NVME_SLOTS];
	unsigned int i, num = 0;
	unsigned long flags;

	rcu_read_lock();
	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS) {
		failed[num] = end_locked(q, i, status, 0);
		if (failed[num])
			num++;
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	done(failed, num, status);
	rcu_read_unlock();
}
