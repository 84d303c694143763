// SPDX-License-Identifier: GPL-2.0
/* The calls of programs, and what those without privileges may do. */
#include "xdma.h"

/* The sum of address and length may overflow. */
static bool is_within(const struct xdma_bounds *bounds, u64 card, u64 length)
{
	return card >= bounds->first && card <= bounds->last && length - 1 <= bounds->last - card;
}

/* A program without privileges has what a trusted one has given. */
bool xdma_permitted(struct xdma *xdma, struct kplug_client *client, const struct xdma_channel *c,
		    u64 card, u64 length)
{
	const struct xdma_bounds *bounds = &xdma->bounds;
	u32 channels, bit = BIT(c - xdma->channels);
	bool may;

	if (kplug_client_trusted(client))
		return true;
	raw_spin_lock_irq(&xdma->lock);
	channels = bounds->h2c | bounds->c2h << xdma->num_h2c;
	may = channels & bit && (c->stream || is_within(bounds, card, length));
	raw_spin_unlock_irq(&xdma->lock);
	return may;
}

static long call_status(struct xdma *xdma, const struct xdma_channel_name *name,
			struct xdma_status *out)
{
	const struct xdma_channel *c = xdma_channel_find(
		xdma, name->from_card ? KPLUG_DMA_FROM_DEVICE : KPLUG_DMA_TO_DEVICE, name->channel);

	if (!c || name->from_card > 1)
		return -EINVAL;
	raw_spin_lock_irq(&xdma->lock);
	*out = c->last;
	raw_spin_unlock_irq(&xdma->lock);
	return sizeof(*out);
}

static long call_bound(struct xdma *xdma, const struct xdma_bounds *in)
{
	raw_spin_lock_irq(&xdma->lock);
	xdma->bounds = *in;
	raw_spin_unlock_irq(&xdma->lock);
	return 0;
}

static long start_ring(struct kplug_client *client, struct xdma *xdma,
		       const struct xdma_ring_start *in)
{
	struct xdma_channel *c = xdma_channel_find(xdma, KPLUG_DMA_FROM_DEVICE, in->channel);
	u64 length = (u64)in->periods * in->bytes;
	long err;

	if (!c || in->__pad || in->card + length < in->card)
		return -EINVAL;
	if (!xdma_permitted(xdma, client, c, in->card, in->flags ? XDMA_WIDEST : length))
		return -EPERM;
	mutex_lock(&xdma->ring_lock);
	err = xdma_ring_start(c, client, in);
	mutex_unlock(&xdma->ring_lock);
	return err;
}

static long take_ring(struct kplug_client *client, struct xdma *xdma,
		      const struct xdma_ring_take *in, struct xdma_ring_state *out)
{
	struct xdma_channel *c = xdma_channel_find(xdma, KPLUG_DMA_FROM_DEVICE, in->channel);
	long result = -ENOTCONN;

	if (!c)
		return -EINVAL;
	raw_spin_lock_irq(&xdma->lock);
	if (c->ring.owner == client && c->ring.periods)
		result = xdma_ring_take(c, in->release, out);
	raw_spin_unlock_irq(&xdma->lock);
	return result;
}

void xdma_rings_stop(struct kplug_device *dev, struct kplug_client *client)
{
	struct xdma *xdma = kplug_priv(dev);
	u32 i;

	mutex_lock(&xdma->ring_lock);
	for (i = 0; i < xdma->num_channels; i++) {
		struct xdma_channel *c = &xdma->channels[i];

		if (c->ring.owner && (!client || c->ring.owner == client))
			xdma_ring_stop(c, dev);
	}
	mutex_unlock(&xdma->ring_lock);
}

static long stop_ring(struct kplug_client *client, struct xdma *xdma, u32 channel)
{
	struct xdma_channel *c = xdma_channel_find(xdma, KPLUG_DMA_FROM_DEVICE, channel);
	long err = -ENOTCONN;

	if (!c)
		return -EINVAL;
	mutex_lock(&xdma->ring_lock);
	if (c->ring.owner == client) {
		xdma_ring_stop(c, kplug_client_device(client));
		err = 0;
	}
	mutex_unlock(&xdma->ring_lock);
	return err;
}

/* What a call takes and gives, and whether it changes the device for other programs. */
static const struct {
	size_t in, out;
	bool trusted;
} calls[] = {
	[XDMA_CALL_INFO] = { 0, sizeof(struct xdma_info) },
	[XDMA_CALL_STATUS] = { sizeof(struct xdma_channel_name), sizeof(struct xdma_status) },
	[XDMA_CALL_BOUND] = { sizeof(struct xdma_bounds), 0, true },
	[XDMA_CALL_USER] = { sizeof(struct xdma_user), 0, true },
	[XDMA_CALL_USER_ENABLE] = { sizeof(u32), 0, true },
	[XDMA_CALL_RING] = { sizeof(struct xdma_ring_start), 0 },
	[XDMA_CALL_RING_TAKE] = { sizeof(struct xdma_ring_take), sizeof(struct xdma_ring_state) },
	[XDMA_CALL_RING_STOP] = { sizeof(u32), 0 },
};

long xdma_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
	       size_t out_len)
{
	struct kplug_device *dev = kplug_client_device(client);
	struct xdma *xdma = kplug_priv(dev);

	if (!cmd || cmd >= ARRAY_SIZE(calls))
		return -ENOTTY;
	if (in_len != calls[cmd].in || out_len < calls[cmd].out)
		return -EINVAL;
	if (calls[cmd].trusted && !kplug_client_trusted(client))
		return -EPERM;
	switch (cmd) {
	case XDMA_CALL_STATUS:
		return call_status(xdma, in, out);
	case XDMA_CALL_BOUND:
		return call_bound(xdma, in);
	case XDMA_CALL_USER:
		return xdma_user_call(xdma, in);
	case XDMA_CALL_USER_ENABLE:
		return xdma_user_enable(xdma, *(const u32 *)in);
	case XDMA_CALL_RING:
		return start_ring(client, xdma, in);
	case XDMA_CALL_RING_TAKE:
		return take_ring(client, xdma, in, out);
	case XDMA_CALL_RING_STOP:
		return stop_ring(client, xdma, *(const u32 *)in);
	default:
		*(struct xdma_info *)out = xdma->info;
		return sizeof(xdma->info);
	}
}
