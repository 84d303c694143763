// SPDX-License-Identifier: GPL-2.0
/* Queue pairs: commands go in, completions come out, by interrupt or when somebody looks. */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

#include "nvme.h"

#define BATCH 16	/* completions under one lock, with one doorbell */
#define COMMAND_TIMEOUT (30 * HZ)

/* What a completion is to the core. */
struct ended {
	struct kplug_dma *dma;
	int status;
};

static struct nvme_command *commands(const struct nvme_queue *q)
{
	return q->memory;
}

static struct nvme_completion *completions(const struct nvme_queue *q)
{
	return q->memory + NVME_PAGE;
}

int nvme_queue_alloc(struct nvme *nvme, unsigned int id)
{
	struct nvme_queue *q = &nvme->queues[id];

	q->nvme = nvme;
	q->id = id;
	q->entries = min_t(u32, NVME_CAP_MQES(nvme->cap) + 1, NVME_ENTRIES);
	q->memory = kplug_dma_alloc(nvme->dev, 2 * NVME_PAGE, &q->address);
	if (!q->memory)
		return -ENOMEM;
	if (!id)
		return 0;
	q->lists = kplug_dma_alloc(nvme->dev, NVME_SLOTS * nvme->list_entries * sizeof(*q->lists),
				   &q->lists_address);
	return q->lists ? 0 : -ENOMEM;
}

void nvme_queue_free(struct nvme_queue *q)
{
	struct nvme *nvme = q->nvme;

	if (!nvme)
		return;
	kplug_dma_free(nvme->dev, NVME_SLOTS * nvme->list_entries * sizeof(*q->lists), q->lists,
		       q->lists_address);
	kplug_dma_free(nvme->dev, 2 * NVME_PAGE, q->memory, q->address);
}

/* The controller is about to have it, or has it already and knows no command. */
void nvme_queue_start(struct nvme_queue *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	memset(q->memory, 0, 2 * NVME_PAGE);
	q->tail = 0;
	q->head = 0;
	q->phase = NVME_STATUS_PHASE;
	q->live = true;
	q->closed = false;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* What is under way may end. */
void nvme_queue_close(struct nvme_queue *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	q->closed = true;
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

/* The opposite of start: on return no command goes in and no completion comes out. */
void nvme_queue_park(struct nvme_queue *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	q->live = false;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* 3.1, SQyTDBL and CQyHDBL */
static void ring(const struct nvme_queue *q, unsigned int which, u16 value)
{
	kplug_write32(q->nvme->io, NVME_REGION,
		      NVME_DOORBELLS + ((2 * q->id + which) << (2 + NVME_CAP_DSTRD(q->nvme->cap))), value);
}

/* 4.6.1 "Status Field Definition"; what a program may do about it, see nvme_msg.h */
static int errno_of(u16 status)
{
	u16 code = NVME_STATUS_CODE(status);

	switch (code) {
	case NVME_SC_SUCCESS:
		return 0;
	case NVME_SC_INVALID_OPCODE:
	case NVME_SC_INVALID_FIELD:
	case NVME_SC_INVALID_NS:
	case NVME_SC_PRP_OFFSET:
	case NVME_SC_LBA_RANGE:
		return -EINVAL;
	case NVME_SC_WRITE_PROTECTED:
	case NVME_SC_READ_ONLY:
		return -EROFS;
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

/* A command has ended; the transaction that it was for. */
static struct kplug_dma *end_locked(struct nvme_queue *q, unsigned int cid, int status, u32 result)
{
	struct nvme_slot slot = q->slots[cid];

	lockdep_assert_held(&q->lock);
	q->slots[cid] = (struct nvme_slot){ };
	__clear_bit(cid, q->busy);
	if (slot.flush)
		up(&q->nvme->flushes);
	if (slot.waiter) {
		slot.waiter->status = status;
		slot.waiter->result = result;
		complete(&slot.waiter->done);
	}
	return slot.dma;
}

/* The next completion, if there is one: its phase differs from the last round's. */
static bool pop_locked(struct nvme_queue *q, struct ended *ended)
{
	const struct nvme_completion *c;
	u16 status, cid;

	lockdep_assert_held(&q->lock);
	/* An interrupt may be early, or late. */
	if (!q->live)
		return false;
	c = completions(q) + q->head;
	status = le16_to_cpu(READ_ONCE(c->status));
	if ((status & NVME_STATUS_PHASE) != q->phase)
		return false;
	/* The controller writes the phase last. */
	dma_rmb();
	cid = le16_to_cpu(c->cid);
	ended->dma = NULL;
	ended->status = errno_of(status);
	/* Who knows what a device makes up. */
	if (cid < NVME_SLOTS && test_bit(cid, q->busy))
		ended->dma = end_locked(q, cid, ended->status, le32_to_cpu(c->result));
	if (++q->head == q->entries) {
		q->head = 0;
		q->phase ^= NVME_STATUS_PHASE;
	}
	return true;
}

static unsigned int reap_batch(struct nvme_queue *q, struct ended *ended)
{
	unsigned int n = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	while (n < BATCH && pop_locked(q, &ended[n]))
		n++;
	if (n)
		ring(q, 1, q->head);
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return n;
}

/*
 * Everything that the controller had finished with when it began, and not for
 * ever: each end may start a command. How many. Context: any.
 */
unsigned int nvme_queue_reap(struct nvme_queue *q)
{
	struct ended ended[BATCH];
	unsigned int all = 0, n, i;

	do {
		n = reap_batch(q, ended);
		for (i = 0; i < n; i++)
			if (ended[i].dma)
				kplug_dma_done(ended[i].dma, ended[i].status ? 0 : ended[i].dma->chunk.length,
					       ended[i].status);
		all += n;
	} while (n == BATCH && all < q->entries);
	return all;
}

/* A slot of a queue with room for its command, or why not. */
static int take_locked(struct nvme_queue *q)
{
	unsigned int cid = find_first_zero_bit(q->busy, q->entries - 1);

	lockdep_assert_held(&q->lock);
	if (!q->live || q->closed)
		return -EIO;
	if (cid == q->entries - 1)
		return -EBUSY;
	__set_bit(cid, q->busy);
	return cid;
}

static void push_locked(struct nvme_queue *q, struct nvme_command *command, unsigned int cid)
{
	lockdep_assert_held(&q->lock);
	command->cid = cpu_to_le16(cid);
	commands(q)[q->tail] = *command;
	if (++q->tail == q->entries)
		q->tail = 0;
	ring(q, 0, q->tail);
}

/*
 * 4.3 "Physical Region Page Entry and List": only the first segment may start in
 * a page, only the last one end in one.
 */
static bool fits_pages(const struct kplug_dma_chunk *chunk)
{
	u32 i;

	for (i = 0; i + 1 < chunk->num_segments; i++)
		if ((chunk->segments[i].address + chunk->segments[i].length) % NVME_PAGE ||
		    chunk->segments[i + 1].address % NVME_PAGE)
			return false;
	return true;
}

/* The first page, and the second one or where the list of all others is. */
static void set_pages(struct nvme_command *command, const struct kplug_dma_chunk *chunk,
		      __le64 *list, dma_addr_t list_address)
{
	u64 at = chunk->segments[0].address, end;
	u32 i, n = 0;

	command->prp1 = cpu_to_le64(at);
	at = ALIGN_DOWN(at, NVME_PAGE) + NVME_PAGE;
	for (i = 0; i < chunk->num_segments; i++) {
		end = chunk->segments[i].address + chunk->segments[i].length;
		for (at = i ? chunk->segments[i].address : at; at < end; at += NVME_PAGE)
			list[n++] = cpu_to_le64(at);
	}
	if (n)
		command->prp2 = n == 1 ? list[0] : cpu_to_le64(list_address);
}

/**
 * nvme_queue_transfer() - start a command for a chunk
 * @q: an I/O queue
 * @command: all but its pages
 * @dma: whose chunk
 *
 * Context: any. Return: 0; -EBUSY without a free slot, -EIO when the controller
 * is off, -EINVAL for segments that no list of pages can tell.
 */
int nvme_queue_transfer(struct nvme_queue *q, struct nvme_command *command, struct kplug_dma *dma)
{
	const u32 n = q->nvme->list_entries;
	unsigned long flags;
	int cid;

	if (!fits_pages(&dma->chunk))
		return -EINVAL;
	raw_spin_lock_irqsave(&q->lock, flags);
	cid = take_locked(q);
	if (cid >= 0) {
		q->slots[cid].dma = dma;
		WRITE_ONCE(dma->priv, q);
		set_pages(command, &dma->chunk, q->lists + cid * n,
			  q->lists_address + cid * n * sizeof(*q->lists));
		push_locked(q, command, cid);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return cid < 0 ? cid : 0;
}

/* The command goes on without us. */
static void give_up(struct nvme_queue *q, unsigned int cid, struct nvme_waiter *waiter, int status)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	if (q->slots[cid].waiter == waiter) {
		q->slots[cid].waiter = NULL;
		waiter->status = status;
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* Nobody but us looks at the admin queue; all others have interrupts. */
static void wait(struct nvme_queue *q, unsigned int cid, struct nvme_waiter *waiter)
{
	unsigned long end = jiffies + COMMAND_TIMEOUT;
	int status = 0;

	while (!status && !wait_for_completion_timeout(&waiter->done, 1)) {
		if (!q->id)
			nvme_queue_reap(q);
		if (READ_ONCE(q->nvme->removed) || nvme_controller_gone(q->nvme))
			status = -ENODEV;
		else if (q->id && fatal_signal_pending(current))
			status = -EINTR;
		else if (time_after(jiffies, end))
			status = -ETIMEDOUT;
	}
	if (status)
		give_up(q, cid, waiter, status);
}

/**
 * nvme_queue_run() - start a command and wait for its end
 * @q: the admin queue, under nvme.lock; or an I/O queue, for which the caller has
 *	taken one of nvme.flushes, that comes back when the command ends
 * @command: all of it
 * @result: filled; may be NULL
 *
 * Context: process, may sleep; on an I/O queue killable.
 * Return: 0 or -errno.
 */
int nvme_queue_run(struct nvme_queue *q, struct nvme_command *command, u32 *result)
{
	struct nvme_waiter waiter = { };
	unsigned long flags;
	int cid;

	init_completion(&waiter.done);
	raw_spin_lock_irqsave(&q->lock, flags);
	cid = take_locked(q);
	if (cid >= 0) {
		q->slots[cid].waiter = &waiter;
		q->slots[cid].flush = q->id;
		push_locked(q, command, cid);
	}
	raw_spin_unlock_irqrestore(&q->lock, flags);
	if (cid < 0) {
		if (q->id)
			up(&q->nvme->flushes);
		return cid;
	}
	wait(q, cid, &waiter);
	if (result)
		*result = waiter.result;
	return waiter.status;
}

/* The slot where a chunk of @dma is under way, or -ENOENT. */
int nvme_queue_find(struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned int i, cid = NVME_SLOTS;
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS)
		if (q->slots[i].dma == dma)
			cid = i;
	raw_spin_unlock_irqrestore(&q->lock, flags);
	return cid < NVME_SLOTS ? cid : -ENOENT;
}

/* Nobody is told of its end. */
void nvme_queue_forget(struct nvme_queue *q, const struct kplug_dma *dma)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&q->lock, flags);
	for_each_set_bit(i, q->busy, NVME_SLOTS)
		if (q->slots[i].dma == dma)
			q->slots[i].dma = NULL;
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

/* The controller has let go of what was under way. */
void nvme_queue_fail(struct nvme_queue *q)
{
	struct kplug_dma *dma;
	unsigned long flags;
	unsigned int cid;

	do {
		dma = NULL;
		raw_spin_lock_irqsave(&q->lock, flags);
		cid = find_first_bit(q->busy, NVME_SLOTS);
		if (cid < NVME_SLOTS)
			dma = end_locked(q, cid, -EIO, 0);
		raw_spin_unlock_irqrestore(&q->lock, flags);
		if (dma)
			kplug_dma_done(dma, 0, -EIO);
	} while (cid < NVME_SLOTS);
}
