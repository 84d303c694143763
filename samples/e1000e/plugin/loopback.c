// SPDX-License-Identifier: GPL-2.0
/* Frames that the device sends to itself. */
#include <linux/delay.h>

#include "e1000e_device.h"
#include "loopback.h"

int loopback_init(struct loopback *l, struct kplug_device *dev)
{
	int err;

	raw_spin_lock_init(&l->lock);
	err = ring_alloc(&l->received, dev);
	if (err)
		return err;
	err = ring_alloc(&l->sent, dev);
	if (err)
		ring_free(&l->received, dev);
	return err;
}

void loopback_free(struct loopback *l, struct kplug_device *dev)
{
	ring_free(&l->sent, dev);
	ring_free(&l->received, dev);
}

static void program_receiver(const struct loopback *l, const struct kplug_io *io)
{
	e1000e_write_rdbal(io, lower_32_bits(l->received.address));
	e1000e_write_rdbah(io, upper_32_bits(l->received.address));
	e1000e_write_rdlen(io, RING_BYTES);
	e1000e_write_rdh(io, 0);
	e1000e_write_rdt(io, 0);
	/* Frames to any address; the buffer of a descriptor has 2,048 bytes. */
	e1000e_write_rctl(io, E1000E_RCTL_EN_MASK | E1000E_RCTL_UPE_MASK | E1000E_RCTL_BAM_MASK |
				      E1000E_RCTL_SECRC_MASK |
				      E1000E_RCTL_LBM_MAC << E1000E_RCTL_LBM_SHIFT);
}

static void program_sender(const struct loopback *l, const struct kplug_io *io)
{
	e1000e_write_tdbal(io, lower_32_bits(l->sent.address));
	e1000e_write_tdbah(io, upper_32_bits(l->sent.address));
	e1000e_write_tdlen(io, RING_BYTES);
	e1000e_write_tdh(io, 0);
	e1000e_write_tdt(io, 0);
	e1000e_write_tctl(io, E1000E_TCTL_EN_MASK | E1000E_TCTL_PSP_MASK);
}

/* All slots but one: equal head and tail mean an empty ring. */
static void give_back(struct loopback *l, const struct kplug_io *io)
{
	while (l->received.given - l->returned < E1000E_SLOTS - 1)
		ring_give(&l->received, 0, 0);
	e1000e_write_rdt(io, l->received.given % E1000E_SLOTS);
}

int loopback_start(struct loopback *l, struct kplug_client *client, const struct e1000e_start *in)
{
	const struct kplug_io *io = kplug_io(kplug_client_device(client));
	unsigned long flags;
	int err;

	err = ring_map(&l->received, client, in->receive, KPLUG_DMA_FROM_DEVICE);
	if (err)
		return err;
	err = ring_map(&l->sent, client, in->send, KPLUG_DMA_TO_DEVICE);
	if (err) {
		ring_unmap(&l->received);
		return err;
	}
	raw_spin_lock_irqsave(&l->lock, flags);
	ring_begin(&l->received);
	ring_begin(&l->sent);
	raw_spin_unlock_irqrestore(&l->lock, flags);
	l->taken = 0;
	l->returned = 0;
	e1000e_write_ctrl(io, E1000E_CTRL_FD_MASK | E1000E_CTRL_SLU_MASK);
	program_receiver(l, io);
	give_back(l, io);
	program_sender(l, io);
	l->owner = client;
	l->started = true;
	return 0;
}

/* What it has begun it ends within this time; the read makes sure that it knows. */
void loopback_halt(struct loopback *l, const struct kplug_io *io)
{
	e1000e_write_rctl(io, 0);
	e1000e_write_tctl(io, 0);
	e1000e_read_status(io);
	usleep_range(10000, 11000);
}

void loopback_end(struct loopback *l)
{
	l->started = false;
	l->owner = NULL;
	ring_unmap(&l->sent);
	ring_unmap(&l->received);
}

static void look(struct loopback *l, u32 *received, u32 *sent)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&l->lock, flags);
	ring_look(&l->received);
	ring_look(&l->sent);
	*received = l->received.done;
	*sent = l->sent.done;
	raw_spin_unlock_irqrestore(&l->lock, flags);
	/* Lengths and frames are read after the status that says that they are there. */
	dma_rmb();
}

static bool lengths_fit(const struct e1000e_frames *in)
{
	u32 i;

	if (!in->count || in->count > E1000E_BATCH)
		return false;
	for (i = 0; i < in->count; i++)
		if (in->lengths[i] < E1000E_FRAME_MIN || in->lengths[i] > E1000E_FRAME_MAX)
			return false;
	return true;
}

long loopback_send(struct loopback *l, const struct kplug_io *io, const struct e1000e_frames *in)
{
	u32 received, sent, count;

	if (!lengths_fit(in))
		return -EINVAL;
	look(l, &received, &sent);
	for (count = 0; count < in->count && l->sent.given - sent < E1000E_SLOTS - 1; count++)
		ring_give(&l->sent, in->lengths[count], DESCRIPTOR_REPORT);
	e1000e_write_tdt(io, l->sent.given % E1000E_SLOTS);
	return count;
}

static u16 length_of(const struct loopback *l, u32 frame)
{
	const struct descriptor *d = ring_at(&l->received, frame);

	if (d->errors || !(d->status & DESCRIPTOR_END))
		return 0;
	return min_t(u16, le16_to_cpu(d->length), E1000E_SLOT_BYTES);
}

void loopback_receive(struct loopback *l, const struct kplug_io *io, struct e1000e_frames *out)
{
	u32 received, sent;

	l->returned = l->taken;
	give_back(l, io);
	look(l, &received, &sent);
	for (out->count = 0; out->count < E1000E_BATCH && l->taken != received; l->taken++) {
		u32 slot = l->taken % E1000E_SLOTS;

		out->lengths[out->count++] = length_of(l, l->taken);
		kplug_dma_mapping_sync(l->received.mapping, KPLUG_DMA_SYNC_FOR_CPU,
				       slot * E1000E_SLOT_BYTES, E1000E_SLOT_BYTES);
	}
}

void loopback_look(struct loopback *l, struct kplug_irq *irq)
{
	u32 received, sent;

	look(l, &received, &sent);
	kplug_capture(irq, received);
	kplug_capture(irq, sent);
}
