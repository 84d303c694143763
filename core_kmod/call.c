// SPDX-License-Identifier: GPL-2.0
/* Calls: a program's message to its plugin, copied and bounded both ways. */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "core.h"
#include "trace.h"
#include "usercopy.h"

/* Messages up to this size cost no allocation. */
#define SMALL_WORDS 16
#define SMALL (SMALL_WORDS * sizeof(u64))

/* Why there is nobody to call. */
static noinline long refusal(const struct kplug_opener *opener)
{
	if (kplug_device_dead(opener->dev))
		return -ENODEV;
	return READ_ONCE(opener->session) ? -EPERM : -EBADFD;
}

/*
 * The callee stays while it is entered: whoever closes the session takes the
 * pointer away and waits for the count. After that nobody counts any more, so a
 * program that calls in a loop can't hold it up.
 */
static __always_inline const struct kplug_registration *enter(struct kplug_opener *opener)
{
	const struct kplug_registration *reg = READ_ONCE(opener->callee);

	if (unlikely(!reg))
		return NULL;
	atomic_inc(&opener->calls);
	/* Pairs with the barrier in kplug_call_close(). */
	smp_mb__after_atomic();
	if (likely(READ_ONCE(opener->callee) == reg))
		return reg;
	kplug_call_leave(opener);
	return NULL;
}

/* A message, or room for one, in kernel memory. */
struct message {
	void *data;
	u32 len;
};

/* In here the program's memory may not be touched: it can make the kernel wait for ever. */
static __always_inline long enter_and_call(struct kplug_opener *opener, u32 cmd,
					   struct message in, struct message out)
{
	const struct kplug_registration *reg = enter(opener);
	long len = -E2BIG;

	if (unlikely(!reg))
		return refusal(opener);
	if (trace_kplug_call_entry_enabled())
		trace_kplug_call_entry(opener->dev->id, cmd, in.len);
	/* A length of 0 is no question, which the compiler knows where there are no messages. */
	if (likely((!in.len || in.len <= reg->plugin->max_in) &&
		   (!out.len || out.len <= reg->plugin->max_out)))
		len = reg->ops.call(opener, cmd, in.data, in.len, out.data, out.len);
	if (trace_kplug_call_exit_enabled())
		trace_kplug_call_exit(opener->dev->id, cmd, len);
	kplug_call_leave(opener);
	/* The plugin has room for no more; do not take its word. */
	return min_t(long, len, out.len);
}

/* From here on the opener may call the plugin of its session. */
void kplug_call_open(struct kplug_opener *opener)
{
	if (kplug_session_allows(opener, KPLUG_PLUGIN_ALLOW_CALLS))
		WRITE_ONCE(opener->callee, opener->session);
}

/* On return no call of the opener is in the plugin, and none will be. */
void kplug_call_close(struct kplug_opener *opener)
{
	WRITE_ONCE(opener->callee, NULL);
	/* Pairs with the barrier in enter(): a call sees no callee, or we see the call. */
	smp_mb();
	wait_var_event(&opener->calls, !atomic_read(&opener->calls));
}

static long call_large(struct kplug_opener *opener, const struct kplug_call *call)
{
	/* A length of 0 gives ZERO_SIZE_PTR, which nobody follows. */
	struct message in = { kvmalloc(call->in_len, GFP_KERNEL_ACCOUNT), call->in_len };
	struct message out = { kvzalloc(call->out_len, GFP_KERNEL_ACCOUNT), call->out_len };
	long len = -ENOMEM;

	if (!in.data || !out.data)
		goto out_free;
	len = -EFAULT;
	if (copy_from_user(in.data, u64_to_user_ptr(call->in), in.len))
		goto out_free;
	len = enter_and_call(opener, call->cmd, in, out);
	if (len > 0 && copy_to_user(u64_to_user_ptr(call->out), out.data, len))
		len = -EFAULT;
out_free:
	kvfree(out.data);
	kvfree(in.data);
	return len;
}

/* Whatever the plugin leaves out, no old memory goes to the program. */
static __always_inline void zero_small(u64 *to, u32 len)
{
	u32 i;

	for (i = 0; i < len; i += 4 * sizeof(u64), to += 4) {
		to[0] = 0;
		to[1] = 0;
		to[2] = 0;
		to[3] = 0;
		/* Or the compiler makes a call of memset() of it. */
		barrier();
	}
}

/* Not inlined: calls without any message do not need the buffers. */
static noinline long call_small(struct kplug_opener *opener, u32 cmd, u64 __user *user_in,
				u32 in_len, u64 __user *user_out, u32 out_len)
{
	u64 in[SMALL_WORDS] kplug_uninitialized, out[SMALL_WORDS] kplug_uninitialized;
	long len;

	if (in_len && !kplug_get_words(in, user_in, in_len))
		return -EFAULT;
	zero_small(out, out_len);
	len = enter_and_call(opener, cmd, (struct message){ in, in_len },
			     (struct message){ out, out_len });
	if (len > 0 && !kplug_put_words(user_out, out, len))
		return -EFAULT;
	return len;
}

/**
 * kplug_call_run() - KPLUG_CALL of any size
 * @opener: who calls
 * @call: the kernel's copy of the argument
 *
 * Return: the length of the answer or -errno.
 */
long kplug_call_run(struct kplug_opener *opener, const struct kplug_call *call)
{
	if (call->in_len > KPLUG_MAX_MESSAGE || call->out_len > KPLUG_MAX_MESSAGE)
		return -E2BIG;
	return call_large(opener, call);
}

/* The argument of a call, by words since each access costs a check. */
struct call_words {
	union {
		u64 head;
		struct {
			u32 size, cmd;
		};
	};
	u64 in, out;
	union {
		u64 lens;
		struct {
			u32 in_len, out_len;
		};
	};
};

static __always_inline bool fetch(struct call_words *call, const u64 __user *user)
{
	BUILD_BUG_ON(sizeof(*call) != sizeof(struct kplug_call));
	BUILD_BUG_ON(offsetof(struct call_words, lens) != offsetof(struct kplug_call, in_len));
	if (!user_read_access_begin(user, sizeof(*call)))
		return false;
	unsafe_get_user(call->head, user, fault);
	unsafe_get_user(call->in, user + 1, fault);
	unsafe_get_user(call->out, user + 2, fault);
	unsafe_get_user(call->lens, user + 3, fault);
	user_read_access_end();
	return true;

fault:
	user_read_access_end();
	return false;
}

/**
 * kplug_call_ioctl() - every ioctl of the device comes by here
 * @file: of the opener
 * @number: command
 * @arg: pointer to its argument
 *
 * Calls are what is made often; one of the usual size goes a short way.
 */
long kplug_call_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	struct kplug_opener *opener = file->private_data;
	struct call_words call;

	if (unlikely(number != KPLUG_CALL || !fetch(&call, (const u64 __user *)arg) ||
		     call.size != sizeof(struct kplug_call)))
		return kplug_chardev_ioctl(opener, number, (void __user *)arg);
	if (!call.lens)
		return enter_and_call(opener, call.cmd, (struct message){}, (struct message){});
	if (call.in_len > SMALL || call.out_len > SMALL)
		return kplug_chardev_ioctl(opener, number, (void __user *)arg);
	return call_small(opener, call.cmd, u64_to_user_ptr(call.in), call.in_len,
			  u64_to_user_ptr(call.out), call.out_len);
}
