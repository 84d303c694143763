// SPDX-License-Identifier: GPL-2.0
/* Calls: messages from programs to their plugin, and the answers. */
#include <linux/atomic.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client/client.h"
#include "command.h"
#include "compat.h"
#include "device.h"
#include "memory/usercopy.h"
#include "plugin/call.h"
#include "plugin/entry.h"
#include "plugin/registration.h"
#include "trace.h"

/* Messages up to this size need no allocation. */
#define SMALL_WORDS 16
#define SMALL       (SMALL_WORDS * sizeof(u64))

/* The reason why the client cannot call. */
static noinline long refusal(const struct kplug_client *client)
{
	if (kplug_client_gone(client))
		return -ENODEV;
	if (client->read_only)
		return -EBADF;
	return READ_ONCE(client->session) ? -EPERM : -ENOTCONN;
}

/*
 * The callee stays while a task is inside of it: the end of the session clears the pointer and
 * waits for the count to drop. After that no task enters, so a program that calls in a loop
 * cannot delay the end.
 */
static __always_inline const struct kplug_registration *enter_callee(struct kplug_client *client)
{
	const struct kplug_registration *reg = READ_ONCE(client->callee);

	if (unlikely(!reg))
		return NULL;
	atomic_inc(&client->calls);
	/* Pairs with the barrier in begin_end(). */
	smp_mb__after_atomic();
	if (likely(READ_ONCE(client->callee) == reg))
		return reg;
	kplug_entry_end(client);
	return NULL;
}

/* A message, or room for one, in kernel memory. */
struct message {
	void *data;
	u32 len;
};

/* Must not access the program's memory, which could make the kernel wait for ever. */
static __always_inline long enter_and_call(struct kplug_client *client, u32 cmd, struct message in,
					   struct message out)
{
	const struct kplug_registration *reg = enter_callee(client);
	long len = -E2BIG;

	if (unlikely(!reg))
		return refusal(client);
	if (trace_kplug_call_entry_enabled())
		trace_kplug_call_entry(client->dev->id, cmd, in.len);
	/*
	 * A length of 0 is always valid; where there are no messages, the compiler drops the check.
	 */
	if (likely((!in.len || in.len <= reg->plugin->max_in) &&
		   (!out.len || out.len <= reg->plugin->max_out)))
		len = reg->ops.call(client, cmd, in.data, in.len, out.data, out.len);
	if (trace_kplug_call_exit_enabled())
		trace_kplug_call_exit(client->dev->id, cmd, len);
	kplug_entry_end(client);
	/* Do not trust the plugin: its answer cannot be longer than the room. */
	return min_t(long, len, out.len);
}

static long call_large(struct kplug_client *client, const struct kplug_call *call)
{
	/* A length of 0 gives ZERO_SIZE_PTR, which is never dereferenced. */
	struct message in = { kvmalloc(call->in_len, GFP_KERNEL_ACCOUNT), call->in_len };
	struct message out = { kvzalloc(call->out_len, GFP_KERNEL_ACCOUNT), call->out_len };
	long len = -ENOMEM;

	if (!in.data || !out.data)
		goto out_free;
	len = -EFAULT;
	if (copy_from_user(in.data, u64_to_user_ptr(call->in), in.len))
		goto out_free;
	len = enter_and_call(client, call->cmd, in, out);
	if (len > 0 && copy_to_user(u64_to_user_ptr(call->out), out.data, len))
		len = -EFAULT;
out_free:
	kvfree(out.data);
	kvfree(in.data);
	return len;
}

/* What the plugin does not fill must not show old memory to the program. */
static __always_inline void zero_small(u64 *to, u32 len)
{
	u32 i;

	for (i = 0; i < len; i += 4 * sizeof(u64), to += 4) {
		to[0] = 0;
		to[1] = 0;
		to[2] = 0;
		to[3] = 0;
		/* Keeps the compiler from turning the loop into a call of memset(). */
		barrier();
	}
}

/* Not inlined: calls without a message do not need the buffers. */
static noinline long call_small(struct kplug_client *client, u32 cmd, u64 __user *user_in,
				u32 in_len, u64 __user *user_out, u32 out_len)
{
	u64 in[SMALL_WORDS] kplug_uninitialized, out[SMALL_WORDS] kplug_uninitialized;
	long len;

	if (in_len && !kplug_get_words(in, user_in, in_len))
		return -EFAULT;
	zero_small(out, out_len);
	len = enter_and_call(client, cmd, (struct message){ in, in_len },
			     (struct message){ out, out_len });
	if (len > 0 && !kplug_put_words(user_out, out, len))
		return -EFAULT;
	return len;
}

/**
 * kplug_call_run() - KPLUG_CALL of any size
 * @client: the caller
 * @call: the kernel's copy of the argument
 *
 * Return: the length of the answer or -errno.
 */
long kplug_call_run(struct kplug_client *client, const struct kplug_call *call)
{
	if (call->in_len > KPLUG_MAX_MESSAGE || call->out_len > KPLUG_MAX_MESSAGE)
		return -E2BIG;
	return call_large(client, call);
}

/* The argument of a call in words, because each access costs a check. */
struct call_words {
	u64 head; /* size, flags */
	u64 what; /* cmd, reserved */
	u64 in, out;
	u64 lens; /* in_len, out_len */
};

/* The field of a word at the lower address. */
static __always_inline u32 first_field(u64 word)
{
	return IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ? upper_32_bits(word) : lower_32_bits(word);
}

static __always_inline u32 second_field(u64 word)
{
	return IS_ENABLED(CONFIG_CPU_BIG_ENDIAN) ? lower_32_bits(word) : upper_32_bits(word);
}

/* Is it an argument without flags, of the size that this core knows? */
static __always_inline bool is_usual_call(const struct call_words *call)
{
	const union {
		u32 fields[2];
		u64 word;
	} head = { { sizeof(struct kplug_call) } };

	return call->head == head.word && !second_field(call->what);
}

static __always_inline bool fetch(struct call_words *call, const u64 __user *user)
{
	BUILD_BUG_ON(sizeof(*call) != sizeof(struct kplug_call));
	BUILD_BUG_ON(offsetof(struct call_words, lens) != offsetof(struct kplug_call, in_len));
	if (!user_read_access_begin(user, sizeof(*call)))
		return false;
	unsafe_get_user(call->head, user, fault);
	unsafe_get_user(call->what, user + 1, fault);
	unsafe_get_user(call->lens, user + 4, fault);
	/* Without messages it does not matter where they are. */
	if (call->lens) {
		unsafe_get_user(call->in, user + 2, fault);
		unsafe_get_user(call->out, user + 3, fault);
	}
	user_read_access_end();
	return true;

fault:
	user_read_access_end();
	return false;
}

/**
 * kplug_call_ioctl() - KPLUG_CALL
 * @client: the caller
 * @number: KPLUG_CALL; the arguments are those of kplug_command_run()
 * @user: the argument
 *
 * An argument of the usual form takes a short path that bypasses the table of commands.
 *
 * Return: length of the answer, or -errno.
 */
long kplug_call_ioctl(struct kplug_client *client, unsigned int number, void __user *user)
{
	struct call_words call kplug_uninitialized;
	u32 in_len, out_len;

	if (unlikely(!fetch(&call, user) || !is_usual_call(&call)))
		return kplug_command_run(client, number, user);
	if (!call.lens)
		return enter_and_call(client, first_field(call.what), (struct message){},
				      (struct message){});
	in_len = first_field(call.lens);
	out_len = second_field(call.lens);
	if (in_len > SMALL || out_len > SMALL)
		return kplug_command_run(client, number, user);
	return call_small(client, first_field(call.what), u64_to_user_ptr(call.in), in_len,
			  u64_to_user_ptr(call.out), out_len);
}
