// SPDX-License-Identifier: GPL-2.0
/* Calls: a program's message to its plugin, copied and bounded both ways. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core.h"
#include "trace.h"

/* Messages up to this size cost no allocation. */
#define SMALL 128

struct message {
	void *data;
	u32 len;
	u64 small[SMALL / sizeof(u64)];
};

static int message_alloc(struct message *m, u32 len)
{
	m->len = len;
	m->data = len <= SMALL ? m->small : kvmalloc(len, GFP_KERNEL_ACCOUNT);
	return m->data ? 0 : -ENOMEM;
}

static void message_free(struct message *m)
{
	if (m->data != m->small)
		kvfree(m->data);
}

static long call_plugin(struct kplug_opener *opener, u32 cmd, const struct message *in,
			const struct message *out)
{
	/* Pairs with the release when the session was opened. */
	const struct kplug_registration *reg = smp_load_acquire(&opener->session);

	if (!reg)
		return -EBADFD;
	if (!kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_CALLS))
		return -EPERM;
	if (!reg->ops.call)
		return -EOPNOTSUPP;
	if (in->len > reg->plugin->max_in || out->len > reg->plugin->max_out)
		return -E2BIG;
	return reg->ops.call(opener, cmd, in->data, in->len, out->data, out->len);
}

/* No access to the program's memory in here: it may wait for ever. */
static long enter_and_call(struct kplug_opener *opener, u32 cmd, const struct message *in,
			   const struct message *out)
{
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	long len = -ENODEV;

	if (likely(!kplug_device_dead(dev))) {
		trace_kplug_call_entry(dev->id, cmd, in->len);
		len = call_plugin(opener, cmd, in, out);
		trace_kplug_call_exit(dev->id, cmd, len);
	}
	kplug_device_leave(dev, idx);
	return len;
}

/**
 * kplug_call_run() - KPLUG_CALL
 * @opener: who calls
 * @call: the kernel's copy of the argument
 *
 * Return: the length of the answer or -errno.
 */
long kplug_call_run(struct kplug_opener *opener, const struct kplug_call *call)
{
	struct message in, out;
	long len;

	if (call->in_len > KPLUG_MAX_MESSAGE || call->out_len > KPLUG_MAX_MESSAGE)
		return -E2BIG;
	len = message_alloc(&in, call->in_len);
	if (len)
		return len;
	len = message_alloc(&out, call->out_len);
	if (len)
		goto out_free_in;
	len = -EFAULT;
	if (copy_from_user(in.data, u64_to_user_ptr(call->in), in.len))
		goto out_free_out;
	/* Whatever the plugin leaves out, no old memory goes to the program. */
	memset(out.data, 0, out.len);
	len = enter_and_call(opener, call->cmd, &in, &out);
	if (len > out.len)
		len = out.len;
	if (len > 0 && copy_to_user(u64_to_user_ptr(call->out), out.data, len))
		len = -EFAULT;
out_free_out:
	message_free(&out);
out_free_in:
	message_free(&in);
	return len;
}
