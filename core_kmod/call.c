// SPDX-License-Identifier: GPL-2.0
/* Calls: a program's message to its plugin, copied and bounded both ways. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "core.h"
#include "trace.h"

/* Messages up to this size cost no allocation. */
#define SMALL_WORDS 16
#define SMALL (SMALL_WORDS * sizeof(u64))

static long call_plugin(struct kplug_opener *opener, const struct kplug_call *call,
			const void *in, void *out)
{
	/* Pairs with the release when the session was opened. */
	const struct kplug_registration *reg = smp_load_acquire(&opener->session);

	if (!reg)
		return -EBADFD;
	if (!kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_CALLS))
		return -EPERM;
	if (!reg->ops.call)
		return -EOPNOTSUPP;
	if (call->in_len > reg->plugin->max_in || call->out_len > reg->plugin->max_out)
		return -E2BIG;
	return reg->ops.call(opener, call->cmd, in, call->in_len, out, call->out_len);
}

/*
 * With both messages in kernel memory: in here the program's own may not be
 * touched, since it can make the kernel wait for ever.
 */
static long enter_and_call(struct kplug_opener *opener, const struct kplug_call *call,
			   const void *in, void *out)
{
	struct kplug_device *dev = opener->dev;
	int idx = kplug_device_enter(dev);
	long len = -ENODEV;

	if (likely(!kplug_device_dead(dev))) {
		trace_kplug_call_entry(dev->id, call->cmd, call->in_len);
		len = call_plugin(opener, call, in, out);
		trace_kplug_call_exit(dev->id, call->cmd, len);
	}
	kplug_device_leave(dev, idx);
	/* The plugin has room for no more; do not take its word. */
	return min_t(long, len, call->out_len);
}

static long call_large(struct kplug_opener *opener, const struct kplug_call *call)
{
	/* A length of 0 gives ZERO_SIZE_PTR, which nobody follows. */
	void *in = kvmalloc(call->in_len, GFP_KERNEL_ACCOUNT);
	void *out = kvzalloc(call->out_len, GFP_KERNEL_ACCOUNT);
	long len = -ENOMEM;

	if (!in || !out)
		goto out_free;
	len = -EFAULT;
	if (copy_from_user(in, u64_to_user_ptr(call->in), call->in_len))
		goto out_free;
	len = enter_and_call(opener, call, in, out);
	if (len > 0 && copy_to_user(u64_to_user_ptr(call->out), out, len))
		len = -EFAULT;
out_free:
	kvfree(out);
	kvfree(in);
	return len;
}

/*
 * Word by word, here and below: for a size that the compiler does not know, the
 * general copy costs more than the rest of a small call. @len: at most SMALL
 */
static bool get_small(u64 *to, const void __user *from, u32 len)
{
	u32 i, words = len / sizeof(u64);

	if (!user_read_access_begin(from, len))
		return false;
	for (i = 0; i < words; i++)
		unsafe_get_user(to[i], (const u64 __user *)from + i, fault);
	for (i = words * sizeof(u64); i < len; i++)
		unsafe_get_user(((u8 *)to)[i], (const u8 __user *)from + i, fault);
	user_read_access_end();
	return true;

fault:
	user_read_access_end();
	return false;
}

static bool put_small(void __user *to, const u64 *from, u32 len)
{
	u32 i, words = len / sizeof(u64);

	if (!user_write_access_begin(to, len))
		return false;
	for (i = 0; i < words; i++)
		unsafe_put_user(from[i], (u64 __user *)to + i, fault);
	for (i = words * sizeof(u64); i < len; i++)
		unsafe_put_user(((const u8 *)from)[i], (u8 __user *)to + i, fault);
	user_write_access_end();
	return true;

fault:
	user_write_access_end();
	return false;
}

static long call_small(struct kplug_opener *opener, const struct kplug_call *call)
{
	u64 in[SMALL_WORDS] kplug_uninitialized, out[SMALL_WORDS] kplug_uninitialized;
	u32 i;
	long len;

	if (call->in_len && !get_small(in, u64_to_user_ptr(call->in), call->in_len))
		return -EFAULT;
	/* Whatever the plugin leaves out, no old memory goes to the program. */
	for (i = 0; i < DIV_ROUND_UP(call->out_len, sizeof(u64)); i++)
		out[i] = 0;
	len = enter_and_call(opener, call, in, out);
	if (len > 0 && !put_small(u64_to_user_ptr(call->out), out, len))
		return -EFAULT;
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
	if (likely(call->in_len <= SMALL && call->out_len <= SMALL))
		return call_small(opener, call);
	if (call->in_len > KPLUG_MAX_MESSAGE || call->out_len > KPLUG_MAX_MESSAGE)
		return -E2BIG;
	return call_large(opener, call);
}

/*
 * The argument of a call of the size that we know, fetched the short way.
 * Returns false for anything unusual; the general way finds out what it is.
 */
bool kplug_call_fetch(struct kplug_call *call, const struct kplug_call __user *user)
{
	if (!user_read_access_begin(user, sizeof(*user)))
		return false;
	unsafe_get_user(call->size, &user->size, fault);
	unsafe_get_user(call->cmd, &user->cmd, fault);
	unsafe_get_user(call->in, &user->in, fault);
	unsafe_get_user(call->out, &user->out, fault);
	unsafe_get_user(call->in_len, &user->in_len, fault);
	unsafe_get_user(call->out_len, &user->out_len, fault);
	user_read_access_end();
	return call->size == sizeof(*call);

fault:
	user_read_access_end();
	return false;
}
