// SPDX-License-Identifier: GPL-2.0
/* The runs of a channel: their descriptors, start, end and abort. */
#include <linux/iopoll.h>

#include "xdma.h"

#define STOP_US     1000000
#define POLL_US     1000
#define IDLE_READS  100 /* after its last descriptor the engine is idle soon */
#define BLIND_POLLS 256 /* not each error is written back, so polls look at the registers too */

#define INTERRUPTS (XDMA_STOPPED | XDMA_FINISHED | XDMA_ERRORS)

struct xdma_channel *xdma_channel_find(struct xdma *xdma, enum kplug_dma_direction direction,
				       u64 number)
{
	u32 h2c = xdma->num_h2c;

	if (direction == KPLUG_DMA_TO_DEVICE)
		return number < h2c ? &xdma->channels[number] : NULL;
	return number < xdma->num_channels - h2c ? &xdma->channels[h2c + number] : NULL;
}

static struct xdma_channel *channel_of(const struct kplug_dma *dma)
{
	return xdma_channel_find(kplug_priv(dma->device), dma->direction,
				 dma->args[XDMA_ARG_CHANNEL]);
}

void xdma_channel_setup(struct xdma_channel *c)
{
	xdma_put(c, XDMA_CONTROL_CLEAR, XDMA_RUN);
	xdma_get(c, XDMA_STATUS_TAKE);
	xdma_put(c, XDMA_INTERRUPTS, 0);
	xdma_put(c, XDMA_WORD_LOW, lower_32_bits(c->word_bus));
	xdma_put(c, XDMA_WORD_HIGH, upper_32_bits(c->word_bus));
	c->mask = c->control = 0;
	c->halted = false;
}

static u64 source_of(const struct xdma_channel *c, const struct xdma_slot *slot, u32 i, u64 card)
{
	if (!c->from_card)
		return slot->dma->chunk.segments[i].address;
	return c->stream ? slot->block.address + XDMA_RECORDS + i * sizeof(struct xdma_record) :
			   card;
}

static void describe(const struct xdma_channel *c, struct xdma_slot *slot)
{
	const struct kplug_dma *dma = slot->dma;
	bool fixed = dma->args[XDMA_ARG_FLAGS] & XDMA_FLAG_FIXED;
	u64 card = dma->args[XDMA_ARG_CARD] + (fixed ? 0 : dma->chunk.offset);
	u32 i, count = dma->chunk.num_segments;

	for (i = 0; i < count; i++) {
		const struct kplug_dma_segment *segment = &dma->chunk.segments[i];
		struct xdma_descriptor *d = &xdma_descriptors(slot)[i];

		d->control = cpu_to_le32(XDMA_MAGIC | XDMA_NEXT(xdma_adjacent(i + 1, count)));
		d->length = cpu_to_le32(segment->length);
		d->source = cpu_to_le64(source_of(c, slot, i, card));
		d->destination = cpu_to_le64(c->from_card ? segment->address : card);
		d->next = cpu_to_le64(xdma_descriptor_bus(slot, i + 1));
		if (!fixed && !c->stream)
			card += segment->length;
	}
	slot->done = 0;
}

/* seal() - what comes behind the last descriptor of a slot; @next NULL: the run ends there */
static void seal(const struct xdma_channel *c, struct xdma_slot *slot, const struct xdma_slot *next)
{
	const struct kplug_dma *dma = slot->dma;
	struct xdma_descriptor *last = &xdma_descriptors(slot)[dma->chunk.num_segments - 1];
	u32 control = XDMA_MAGIC | XDMA_COMPLETED_BIT;

	if (next)
		control |= XDMA_NEXT(xdma_adjacent(next->done, next->dma->chunk.num_segments));
	else
		control |= XDMA_STOP;
	if (c->stream && dma->chunk.last && !(dma->args[XDMA_ARG_FLAGS] & XDMA_FLAG_GOES_ON))
		control |= XDMA_EOP;
	last->control = cpu_to_le32(control);
	last->next = cpu_to_le64(next ? xdma_descriptor_bus(next, next->done) : 0);
}

static u32 control_of(const struct xdma_slot *slot)
{
	bool fixed = slot->dma->args[XDMA_ARG_FLAGS] & XDMA_FLAG_FIXED;

	return XDMA_RUN | INTERRUPTS | XDMA_WRITE_BACK | (fixed ? XDMA_FIXED_ADDRESS : 0);
}

/* Interrupts only while a transaction waits for one. */
static void set_mask(struct xdma_channel *c)
{
	u32 i, mask = 0;

	for (i = 0; i < c->num; i++)
		if (!c->queue[i]->dma->polled)
			mask = INTERRUPTS;
	if (mask == c->mask)
		return;
	c->mask = mask;
	xdma_put(c, XDMA_INTERRUPTS, mask);
}

/* Clearing Run first makes it rise: then the count begins at 0. */
void xdma_channel_run(struct xdma_channel *c, const struct xdma_slot *first, u32 count, u32 control)
{
	u32 sgdma = XDMA_SGDMA(c->block);
	u64 bus = xdma_descriptor_bus(first, first->done);

	c->control = control | (~c->control & XDMA_RUN_TAG);
	xdma_put(c, XDMA_CONTROL_CLEAR, XDMA_RUN);
	xdma_write(c->xdma, sgdma, XDMA_FIRST_LOW, lower_32_bits(bus));
	xdma_write(c->xdma, sgdma, XDMA_FIRST_HIGH, upper_32_bits(bus));
	xdma_write(c->xdma, sgdma, XDMA_FIRST_ADJACENT, xdma_adjacent(first->done, count));
	/* The write is ordered behind the descriptors in memory. */
	xdma_put(c, XDMA_CONTROL, c->control);
}

/* The descriptors of a slot that no run has finished. */
static u32 left_of(const struct xdma_slot *slot)
{
	return slot->dma->chunk.num_segments - slot->done;
}

bool xdma_channel_runs(const struct xdma_channel *c)
{
	u32 control = xdma_get(c, XDMA_CONTROL);

	return control != ~0u && !((control ^ c->control) & (XDMA_RUN | XDMA_RUN_TAG));
}

static void start(struct xdma_channel *c)
{
	const struct xdma_slot *first = c->queue[0];
	u32 control;

	if (c->running || !c->num || c->halted || c->xdma->held)
		return;
	control = control_of(first);
	c->total = left_of(first);
	for (c->running = 1; c->running < c->num; c->running++) {
		if (control_of(c->queue[c->running]) != control)
			break;
		seal(c, c->queue[c->running - 1], c->queue[c->running]);
		c->total += left_of(c->queue[c->running]);
	}
	seal(c, c->queue[c->running - 1], NULL);
	c->passed = 0;
	c->status = 0;
	c->seen = 0;
	WRITE_ONCE(*c->word, 0);
	set_mask(c);
	xdma_channel_run(c, first, first->dma->chunk.num_segments, control);
}

static struct xdma_slot *free_slot(struct xdma *xdma)
{
	unsigned int i;

	for (i = 0; i < XDMA_SLOTS; i++)
		if (!xdma->slots[i].dma)
			return &xdma->slots[i];
	return NULL; /* the core runs as many transactions as there are slots */
}

int xdma_dma_program(struct kplug_dma *dma)
{
	struct xdma_channel *c = channel_of(dma);
	struct xdma_slot *slot;
	unsigned long flags;
	int err = dma->polled || READ_ONCE(c->xdma->armed) ? -EBUSY : -ENOTCONN;

	raw_spin_lock_irqsave(&c->xdma->lock, flags);
	slot = free_slot(c->xdma);
	if (slot && !c->ring.owner && (dma->polled || c->xdma->armed)) {
		slot->dma = dma;
		describe(c, slot);
		c->queue[c->num++] = slot;
		set_mask(c);
		start(c);
		err = 0;
	}
	raw_spin_unlock_irqrestore(&c->xdma->lock, flags);
	return err;
}

/* The bytes of the first descriptors of a slot, all of which are done. */
static u64 bytes_of(const struct xdma_channel *c, const struct xdma_slot *slot, u32 count)
{
	const struct xdma_record *records = slot->block.memory + XDMA_RECORDS;
	u64 bytes = 0;
	u32 i;

	if (!c->stream || !c->from_card)
		return kplug_dma_chunk_bytes(&slot->dma->chunk, count);
	for (i = 0; i < count; i++)
		bytes += le32_to_cpu(records[i].length);
	return bytes;
}

/* drop() - the slot at a place of the queue has ended, after @done of its descriptors */
static void drop(struct xdma_channel *c, u32 at, u32 done, int status, struct kplug_dma_ends *ends)
{
	struct xdma_slot *slot = c->queue[at];

	kplug_dma_ends_add(ends, slot->dma, bytes_of(c, slot, done), status);
	slot->dma = NULL;
	c->running -= at < c->running;
	c->num--;
	memmove(&c->queue[at], &c->queue[at + 1], (c->num - at) * sizeof(c->queue[0]));
}

/*
 * The descriptors of the run that are done. A device that is gone finishes none, nor does one
 * that counts backwards, or more than it got.
 */
static u32 completed(const struct xdma_channel *c)
{
	u32 done = xdma_get(c, XDMA_COMPLETED);

	return done > c->total ? c->passed : max(done, c->passed);
}

/*
 * take() - the slots of the run that are finished, after @done descriptors of the run; returns how
 * many of these belong to the slot behind them.
 */
static u32 take(struct xdma_channel *c, u32 done, struct kplug_dma_ends *ends)
{
	done -= c->passed;
	while (c->running) {
		u32 left = left_of(c->queue[0]);

		if (done < left)
			return done;
		done -= left;
		c->passed += left;
		drop(c, 0, c->queue[0]->dma->chunk.num_segments, 0, ends);
	}
	return 0;
}

/* Which side did not do what the engine wanted? */
static int error_of(const struct xdma_channel *c, u32 status)
{
	return status & (c->from_card ? XDMA_READ_ERRORS : XDMA_WRITE_ERRORS) ? -EREMOTEIO : -EIO;
}

/* The engine has stopped. An error is that of the first slot that is not finished. */
static void end_run(struct xdma_channel *c, struct kplug_dma_ends *ends)
{
	u32 errors = c->status & XDMA_ERRORS, rest;

	if (!errors) {
		take(c, c->total, ends);
	} else {
		c->last.completed = completed(c);
		c->last.status = c->status;
		c->last.errors++;
		rest = take(c, c->last.completed, ends);
		if (c->running)
			drop(c, 0, c->queue[0]->done + rest, error_of(c, errors), ends);
	}
	c->running = 0;
}

/* Reads of a device that is gone are all ones, which is busy. */
static bool idle_soon(const struct xdma_channel *c)
{
	unsigned int i;

	for (i = 0; i < IDLE_READS; i++)
		if (!(xdma_get(c, XDMA_STATUS) & XDMA_BUSY))
			return true;
	return false;
}

/*
 * The count is that of the run before until the card has seen the start, so it takes the status to
 * show that a slot is done.
 */
void xdma_channel_end(struct xdma_channel *c)
{
	struct kplug_dma_ends ends;
	unsigned long flags;
	u32 status;

	ends.num = 0;
	raw_spin_lock_irqsave(&c->xdma->lock, flags);
	c->seen = READ_ONCE(*c->word);
	status = xdma_get(c, XDMA_STATUS_TAKE);
	if (c->running && status != ~0u) {
		c->status |= status;
		if (c->status & (XDMA_STOPPED | XDMA_ERRORS)) {
			if (!(status & XDMA_BUSY) || idle_soon(c))
				end_run(c, &ends);
		} else if (status & XDMA_FINISHED) {
			take(c, completed(c), &ends);
		}
		start(c);
	}
	raw_spin_unlock_irqrestore(&c->xdma->lock, flags);
	kplug_dma_ends_report(&ends);
}

void xdma_dma_poll(struct kplug_dma *dma)
{
	struct xdma_channel *c = channel_of(dma);

	if (READ_ONCE(*c->word) == READ_ONCE(c->seen) && ++c->polls % BLIND_POLLS)
		return;
	if (READ_ONCE(c->mask))
		WRITE_ONCE(c->xdma->taken, true);
	xdma_channel_end(c);
}

/* The engine ends the descriptor in flight. It has no reset of its own. */
bool xdma_channel_stop(struct xdma_channel *c)
{
	u32 status;

	xdma_put(c, XDMA_CONTROL_CLEAR, XDMA_RUN);
	/* All ones: the device is gone. */
	return !read_poll_timeout(xdma_get, status, !(status & XDMA_BUSY) || status == ~0u, POLL_US,
				  STOP_US, false, c, XDMA_STATUS);
}

/* Does the channel access no memory now, and will not? */
static bool is_idle(const struct xdma_channel *c)
{
	return !c->num && !c->ring.owner && !(xdma_get(c, XDMA_STATUS) & XDMA_BUSY);
}

bool xdma_channels_hold(struct xdma *xdma)
{
	bool idle = true;
	u32 i;

	raw_spin_lock_irq(&xdma->lock);
	for (i = 0; i < xdma->num_channels; i++)
		idle &= is_idle(&xdma->channels[i]);
	xdma->held = idle;
	raw_spin_unlock_irq(&xdma->lock);
	return idle;
}

void xdma_channels_release(struct xdma *xdma)
{
	u32 i;

	raw_spin_lock_irq(&xdma->lock);
	xdma->held = false;
	for (i = 0; i < xdma->num_channels; i++) {
		xdma->channels[i].halted = false;
		start(&xdma->channels[i]);
	}
	raw_spin_unlock_irq(&xdma->lock);
}

/* The place of a transaction in the queue; num: it is not there. */
static u32 place_of(const struct xdma_channel *c, const struct kplug_dma *dma)
{
	u32 i;

	for (i = 0; i < c->num && c->queue[i]->dma != dma; i++)
		;
	return i;
}

/*
 * hold_run() - is the transaction in the run? Then nothing starts until resume(). A card that did
 * not react to the start has done nothing of the run, whatever it counts.
 */
static bool hold_run(struct xdma_channel *c, const struct kplug_dma *dma)
{
	bool halted;

	raw_spin_lock_irq(&c->xdma->lock);
	halted = !c->halted && place_of(c, dma) < c->running;
	c->halted |= halted;
	if (halted && !xdma_channel_runs(c))
		c->total = c->passed;
	raw_spin_unlock_irq(&c->xdma->lock);
	return halted;
}

/* resume() - the others of the run go on where the engine has stopped. */
static void resume(struct xdma_channel *c, struct kplug_dma_ends *ends)
{
	u32 rest = take(c, completed(c), ends);

	if (c->running)
		c->queue[0]->done += rest;
	c->running = 0;
	xdma_get(c, XDMA_STATUS_TAKE);
	c->halted = false;
}

void xdma_dma_abort(struct kplug_dma *dma)
{
	struct xdma_channel *c = channel_of(dma);
	bool halted = hold_run(c, dma), stuck = halted && !xdma_channel_stop(c);
	struct kplug_dma_ends ends;
	u32 at;

	ends.num = 0;
	if (stuck)
		kplug_dma_stuck(dma->device);
	raw_spin_lock_irq(&c->xdma->lock);
	if (halted && !stuck)
		resume(c, &ends);
	at = place_of(c, dma);
	if (at < c->num)
		drop(c, at, c->queue[at]->done, 0, &ends);
	while (stuck && c->num)
		drop(c, 0, c->queue[0]->done, -EIO, &ends);
	start(c);
	raw_spin_unlock_irq(&c->xdma->lock);
	kplug_dma_ends_report(&ends);
}
