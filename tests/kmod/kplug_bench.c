// SPDX-License-Identifier: GPL-2.0
/* Test plugin for edu whose handler takes time stamps itself, like bare_edu. */
#include <linux/slab.h>
#include <linux/timex.h>

#include <kplug/plugin.h>

#include "kplug_bench.h"

#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_ACK    0x64

struct bench {
	unsigned int flags;
	struct kplug_shm *shm;
	struct bare_edu_stamps *stamps;
};

static __always_inline unsigned int handle(struct kplug_irq *irq, bool stamp)
{
	u64 entry = stamp ? get_cycles() : 0;
	struct bench *bench = irq->ctx;
	u32 status = kplug_read32(irq->io, 0, EDU_IRQ_STATUS);

	if (!status)
		return KPLUG_NONE;
	kplug_write32(irq->io, 0, EDU_IRQ_ACK, status);
	bench->stamps->acked = stamp ? get_cycles() : 0;
	bench->stamps->entry = entry;
	bench->stamps->handled++;
	if (bench->flags & KPLUG_BENCH_DEFER)
		return KPLUG_HANDLED | KPLUG_DEFER;
	if (bench->flags & KPLUG_BENCH_NOTIFY)
		return KPLUG_HANDLED | KPLUG_NOTIFY;
	return KPLUG_HANDLED;
}

static unsigned int hard_plain(struct kplug_irq *irq)
{
	return handle(irq, false);
}

static unsigned int hard_stamp(struct kplug_irq *irq)
{
	return handle(irq, true);
}

static void bench_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
	u64 entry = get_cycles();
	struct bench *bench = irq->ctx;

	bench->stamps->deferred = entry;
	if (bench->flags & KPLUG_BENCH_NOTIFY)
		kplug_event_post(kplug_irq_device(irq), irq->vector, KPLUG_EVENT_IRQ, NULL, 0);
}

static int bench_attach(struct kplug_device *dev)
{
	struct bench *bench = kzalloc(sizeof(*bench), GFP_KERNEL);

	if (!bench)
		return -ENOMEM;
	kplug_set_priv(dev, bench);
	return 0;
}

static void bench_detach(struct kplug_device *dev)
{
	struct bench *bench = kplug_priv(dev);

	if (bench->shm)
		kplug_shm_put(bench->shm);
	kfree(bench);
}

static int bench_arm(struct kplug_device *dev, struct kplug_irq *irq)
{
	struct bench *bench = kplug_priv(dev);

	if (!bench->stamps)
		return -ENOTCONN;
	irq->ctx = bench;
	kplug_irq_set_handler(irq, bench->flags & KPLUG_BENCH_STAMP ? hard_stamp : hard_plain);
	return 0;
}

static long set_mode(struct kplug_client *client, const void *in, size_t in_len)
{
	struct bench *bench = kplug_priv(kplug_client_device(client));
	const struct kplug_bench_mode *mode = in;

	if (in_len != sizeof(*mode) || bench->shm)
		return -EINVAL;
	bench->shm = kplug_shm_get(client, mode->shm);
	if (!bench->shm)
		return -ENOENT;
	bench->stamps = bench->shm->addr;
	bench->flags = mode->flags;
	return 0;
}

static long bench_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
		       void *out, size_t out_len)
{
	switch (cmd) {
	case KPLUG_BENCH_EMPTY:
		return 0;
	case KPLUG_BENCH_ECHO:
		if (in_len < sizeof(u64) || out_len < sizeof(u64))
			return -EINVAL;
		/* The same as the bare driver: the bytes are only copied in and out. */
		*(u64 *)out = *(const u64 *)in;
		return out_len;
	case KPLUG_BENCH_MODE:
		return set_mode(client, in, in_len);
	}
	return -ENOTTY;
}

static const struct kplug_plugin_ops bench_ops = {
	.attach = bench_attach,
	.detach = bench_detach,
	.arm = bench_arm,
	.deferred = bench_deferred,
	.call = bench_call,
};

static const struct kplug_plugin bench_plugin = {
	KPLUG_PLUGIN_INIT, .name = "bench", .ops = &bench_ops, .flags = KPLUG_PLUGIN_NO_THREAD,
	.max_in = 64,      .max_out = 64,
};

module_kplug_plugin(bench_plugin, bench);

MODULE_DESCRIPTION("kplug test plugin for measurements");
MODULE_LICENSE("GPL");
