// SPDX-License-Identifier: GPL-2.0
/* Plugin without hardware: echo, shared memory and software interrupts, for any machine. */
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include <kplug/plugin.h>

#include "null.h"
#include "null_msg.h"

#define MAX_FIRES 1000000

static struct kplug_device *null_device;
static DECLARE_WAIT_QUEUE_HEAD(ends); /* woken when the device or a client ends */
static bool removed;
static bool defer;
static u64 handled[NULL_VECTORS];

static int null_attach(struct kplug_device *dev)
{
	removed = false;
	return 0;
}

static void null_detach(struct kplug_device *dev)
{
	null_timer_stop();
}

struct null_session {
	bool closing;
};

static int null_open(struct kplug_client *client)
{
	struct null_session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return -ENOMEM;
	kplug_client_set_priv(client, session);
	return 0;
}

static void null_closing(struct kplug_client *client)
{
	struct null_session *session = kplug_client_priv(client);

	WRITE_ONCE(session->closing, true);
	wake_up_all(&ends);
}

static void null_close(struct kplug_client *client)
{
	null_timer_close(client);
	kfree(kplug_client_priv(client));
}

/* Must the client's calls return? */
static bool ending(struct kplug_client *client)
{
	const struct null_session *session = kplug_client_priv(client);

	return READ_ONCE(removed) || READ_ONCE(session->closing);
}

static unsigned int null_hard(struct kplug_irq *irq)
{
	u64 *count = &handled[irq->vector];

	kplug_capture(irq, *count);
	WRITE_ONCE(*count, *count + 1);
	return KPLUG_HANDLED | KPLUG_NOTIFY | (READ_ONCE(defer) ? KPLUG_DEFER : 0);
}

static void null_deferred(struct kplug_irq *irq, unsigned int coalesced)
{
	u64 word = coalesced;

	kplug_event_post(kplug_irq_device(irq), irq->vector, NULL_EVENT_DEFERRED, &word, 1);
}

static long fire(struct kplug_client *client, const struct null_fire *arg)
{
	struct kplug_device *dev = kplug_client_device(client);
	u32 i;

	if (arg->vector >= NULL_VECTORS || !arg->count || arg->count > MAX_FIRES)
		return -EINVAL;
	for (i = 0; i < arg->count; i++) {
		u64 before = READ_ONCE(handled[arg->vector]);
		unsigned int spins = 10000;

		if (ending(client))
			return -ENODEV;
		if (fatal_signal_pending(current))
			return -EINTR;
		kplug_virtual_fire(dev, arg->vector);
		while (READ_ONCE(handled[arg->vector]) == before && --spins)
			cpu_relax();
		cond_resched();
	}
	return 0;
}

static long sum(struct kplug_client *client, const struct null_sum *arg, u64 *result)
{
	struct kplug_shm *shm = kplug_shm_get(client, arg->id);
	const u8 *bytes;
	u32 i;

	if (!shm)
		return -ENOENT;
	if (arg->length > shm->length) {
		kplug_shm_put(shm);
		return -EINVAL;
	}
	bytes = shm->addr;
	*result = 0;
	for (i = 0; i < arg->length; i++) {
		*result += READ_ONCE(bytes[i]);
		if (i % SZ_64K == 0)
			cond_resched();
	}
	kplug_shm_put(shm);
	return sizeof(*result);
}

static long sleep(struct kplug_client *client, u32 ms)
{
	long left = wait_event_interruptible_timeout(ends, ending(client), msecs_to_jiffies(ms));

	if (left < 0)
		return -EINTR;
	return left ? -ENODEV : 0;
}

static long null_call(struct kplug_client *client, u32 cmd, const void *in, size_t in_len,
		      void *out, size_t out_len)
{
	switch (cmd) {
	case NULL_CALL_ECHO:
		in_len = min(in_len, out_len);
		memcpy(out, in, in_len);
		return in_len;
	case NULL_CALL_FIRE:
		if (in_len != sizeof(struct null_fire))
			return -EINVAL;
		return fire(client, in);
	case NULL_CALL_SUM:
		if (in_len != sizeof(struct null_sum) || out_len < sizeof(u64))
			return -EINVAL;
		return sum(client, in, out);
	case NULL_CALL_SLEEP:
		return in_len == sizeof(u32) ? sleep(client, *(const u32 *)in) : -EINVAL;
	case NULL_CALL_SEND:
		if (in_len % sizeof(u64) || in_len > sizeof(u64) * KPLUG_EVENT_WORDS)
			return -EINVAL;
		kplug_event_send(client, NULL_EVENT_SENT, in, in_len / sizeof(u64));
		return 0;
	case NULL_CALL_RATE:
		if (in_len != sizeof(struct null_rate))
			return -EINVAL;
		return null_timer_rate(client, in);
	case NULL_CALL_RAISED:
		if (in_len || out_len < sizeof(struct null_raised))
			return -EINVAL;
		null_timer_raised(out);
		return sizeof(struct null_raised);
	case NULL_CALL_DEFER:
		if (in_len != sizeof(u32))
			return -EINVAL;
		WRITE_ONCE(defer, *(const u32 *)in);
		return 0;
	default:
		return -ENOTTY;
	}
}

static void null_event(struct kplug_device *dev, enum kplug_device_event event)
{
	WRITE_ONCE(removed, true);
	wake_up_all(&ends);
}

static const struct kplug_plugin_ops null_ops = {
	.attach = null_attach,
	.detach = null_detach,
	.open = null_open,
	.closing = null_closing,
	.close = null_close,
	.hard = null_hard,
	.deferred = null_deferred,
	.call = null_call,
	.event = null_event,
};

static const struct kplug_plugin null_plugin = {
	KPLUG_PLUGIN_INIT,
	.name = "null",
	.version = NULL_MSG_VERSION,
	.ops = &null_ops,
	.flags = KPLUG_PLUGIN_NO_THREAD | KPLUG_PLUGIN_ALLOW_CALLS | KPLUG_PLUGIN_ALLOW_EVENTS |
		 KPLUG_PLUGIN_ALLOW_SHM,
	.num_vectors = NULL_VECTORS,
	.max_in = NULL_MAX_MESSAGE,
	.max_out = NULL_MAX_MESSAGE,
};

static int __init null_init(void)
{
	int err;

	null_timer_init();
	err = kplug_plugin_register(&null_plugin);
	if (err)
		return err;
	null_device = kplug_virtual_create("null0", NULL_VECTORS, &null_plugin);
	if (IS_ERR(null_device)) {
		kplug_plugin_unregister(&null_plugin);
		return PTR_ERR(null_device);
	}
	return 0;
}

static void __exit null_exit(void)
{
	kplug_virtual_destroy(null_device);
	kplug_plugin_unregister(&null_plugin);
}

module_init(null_init);
module_exit(null_exit);
MODULE_KPLUG_PLUGIN(null);

MODULE_DESCRIPTION("kplug plugin without hardware");
MODULE_AUTHOR("The kplug developers");
MODULE_LICENSE("GPL");
