// SPDX-License-Identifier: GPL-2.0
/* Transfers: lists of register accesses, which the core checks as a whole and then runs. */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <kplug/plugin.h>

#include "access/transfer.h"
#include "access/transfer_check.h"
#include "access/window.h"
#include "bus/bus.h"
#include "client/client.h"
#include "client/lockdown.h"
#include "device.h"
#include "memory/array.h"
#include "memory/usercopy.h"

/* In flags, only in the kernel's copy: the transfer has a buffer. */
#define BLOCK (1u << 7)

/* Accesses in a row before removal and other tasks get a turn. */
#define SINGLES_IN_A_ROW 256

const struct kplug_element kplug_transfer_element = KPLUG_ELEMENT(kplug_transfer, out_value);

static __always_inline u64 read_one(const struct kplug_io *io, const struct kplug_transfer *t)
{
	if (t->width == 4)
		return kplug_read32(io, t->region, t->offset);
	if (t->width == 1)
		return kplug_read8(io, t->region, t->offset);
	if (t->width == 2)
		return kplug_read16(io, t->region, t->offset);
	return kplug_read64(io, t->region, t->offset);
}

static __always_inline void write_one(const struct kplug_io *io, const struct kplug_transfer *t)
{
	if (t->width == 4)
		kplug_write32(io, t->region, t->offset, t->value);
	else if (t->width == 1)
		kplug_write8(io, t->region, t->offset, t->value);
	else if (t->width == 2)
		kplug_write16(io, t->region, t->offset, t->value);
	else
		kplug_write64(io, t->region, t->offset, t->value);
}

static bool in_config(const struct kplug_device *dev, const struct kplug_transfer *t)
{
	return dev->region[t->region % KPLUG_MAX_REGIONS].flags & KPLUG_REGION_CONFIG;
}

/* @alone: for a program: not during a reset. A plugin may be called during one. */
static int run_config(struct kplug_device *dev, struct kplug_transfer *t, bool alone)
{
	bool write = t->op == KPLUG_TRANSFER_WRITE;

	return dev->bus->config_access(dev, t->offset, t->width, write,
				       write ? &t->value : &t->out_value, alone);
}

static __always_inline int run_single(struct kplug_device *dev, struct kplug_transfer *t)
{
	if (unlikely(in_config(dev, t)))
		return run_config(dev, t, true);
	if (t->op == KPLUG_TRANSFER_WRITE)
		write_one(&dev->io, t);
	else
		t->out_value = read_one(&dev->io, t);
	return 0;
}

/* Runs @n accesses of a checked block, from number @first on. @buffer: in the kernel. */
static int run_part(struct kplug_device *dev, const struct kplug_transfer *t, u32 first, u32 n,
		    void *buffer)
{
	u64 offset = t->offset + (t->flags & KPLUG_TRANSFER_FIFO ? 0 : (u64)first * t->width);

	if (t->op == KPLUG_TRANSFER_WRITE)
		return kplug_write_block(&dev->io, t->region, offset, t->width, buffer, n,
					 t->flags);
	return kplug_read_block(&dev->io, t->region, offset, t->width, buffer, n, t->flags);
}

static int run_plugins(struct kplug_device *dev, struct kplug_transfer *t)
{
	if (t->buffer)
		return run_part(dev, t, 0, t->count, (void *)(uintptr_t)t->buffer);
	return in_config(dev, t) ? run_config(dev, t, false) : run_single(dev, t);
}

/* For a plugin: buffers are in the kernel, and the device is attached. */
int kplug_transfer(struct kplug_device *dev, struct kplug_transfer *transfers, unsigned int num,
		   unsigned int *done)
{
	struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;
	struct kplug_transfer *t = transfers;
	int err = 0;

	for (*done = 0; *done < num && !err; t++, *done += !err)
		err = kplug_transfer_check_next(&limits, dev->region, t);
	if (err)
		return err;
	t = transfers;
	for (*done = 0; *done < num && !err; t++, *done += !err)
		err = run_plugins(dev, t);
	return err;
}
EXPORT_SYMBOL_GPL(kplug_transfer);

/* May the client run the transfer now? With the device entered. */
static int admit(const struct kplug_client *client, const struct kplug_transfer *t)
{
	if (kplug_client_gone(client))
		return -ENODEV;
	return kplug_window_allows(client, t) ? 0 : -EPERM;
}

static int enter_and_run_single(struct kplug_client *client, struct kplug_transfer *t)
{
	int idx = kplug_device_enter(client->dev);
	int err = admit(client, t) ?: run_single(client->dev, t);

	kplug_device_leave(client->dev, idx);
	return err;
}

/**
 * kplug_transfer_single() - run a single access of a program
 * @client: the client
 * @t: checked, without a buffer
 *
 * A reset of the function blocks its configuration space. It may also take locks whose
 * holders wait until every task has left the device. So the function leaves the device while
 * it waits for a reset.
 *
 * Return: 0 or -errno.
 */
int kplug_transfer_single(struct kplug_client *client, struct kplug_transfer *t)
{
	int err;

	while ((err = enter_and_run_single(client, t)) == -EAGAIN) {
		if (fatal_signal_pending(current))
			return -EINTR;
		schedule_timeout_uninterruptible(1);
	}
	return err;
}

static int enter_and_run_last(struct kplug_device *dev, struct kplug_transfer *t)
{
	int idx = kplug_device_enter(dev);
	int err = kplug_device_dead(dev) ? -ENODEV : run_single(dev, t);

	kplug_device_leave(dev, idx);
	return err;
}

/**
 * kplug_transfer_last() - perform an access that a program has left for its end
 * @dev: the device
 * @t: checked and admitted, without a buffer
 *
 * It is performed even if the program was killed or has lost its trust.
 */
void kplug_transfer_last(struct kplug_device *dev, struct kplug_transfer *t)
{
	while (enter_and_run_last(dev, t) == -EAGAIN)
		schedule_timeout_uninterruptible(1);
}

/* Checks the whole list of a client that is not privileged, before the first access. */
static int admit_all(struct kplug_client *client, const struct kplug_transfer *list, u32 num,
		     u32 *at)
{
	int idx = kplug_device_enter(client->dev);
	int err = 0;

	for (*at = 0; *at < num && !err; *at += !err)
		err = admit(client, &list[*at]);
	kplug_device_leave(client->dev, idx);
	return err;
}

/* The address of the register if @t is of the usual kind, 32 bits in memory; else NULL. */
static void __iomem *usual_access(const struct kplug_device *dev, const struct kplug_transfer *t,
				  enum kplug_transfer_op op)
{
	const struct kplug_io_region *io = &dev->io.region[t->region % KPLUG_MAX_REGIONS];

	return t->op == op && t->width == 4 && io->length ? io->base : NULL;
}

/* Runs consecutive single accesses. The device stays while it is entered. */
static int run_singles_privileged(struct kplug_device *dev, struct kplug_transfer *list, u32 num,
				  u32 *done)
{
	struct kplug_transfer *t = list + *done, *end = list + num;
	void __iomem *read_at = NULL, *write_at = NULL;
	u64 head = 0;
	int err = 0;

	for (; t < end; t++) {
		if (unlikely(kplug_transfer_head(t) != head)) {
			if (t->flags & BLOCK)
				break;
			head = kplug_transfer_head(t);
			read_at = usual_access(dev, t, KPLUG_TRANSFER_READ);
			write_at = usual_access(dev, t, KPLUG_TRANSFER_WRITE);
		}
		if (read_at)
			t->out_value = readl(read_at + t->offset);
		else if (write_at)
			writel(t->value, write_at + t->offset);
		else
			err = run_single(dev, t);
		if (unlikely(err))
			break;
	}
	*done = t - list;
	return err;
}

static int run_singles_admitted(struct kplug_client *client, struct kplug_transfer *list, u32 num,
				u32 *done)
{
	int err = 0;

	for (; *done < num && !err && !(list[*done].flags & BLOCK); *done += !err)
		err = admit(client, &list[*done]) ?: run_single(client->dev, &list[*done]);
	return err;
}

static int run_singles(struct kplug_client *client, struct kplug_transfer *list, u32 num, u32 *done)
{
	u32 end = min(num, *done + SINGLES_IN_A_ROW);
	int idx = kplug_device_enter(client->dev);
	int err = 0;

	if (kplug_client_gone(client))
		err = -ENODEV;
	else if (READ_ONCE(client->privileged))
		err = run_singles_privileged(client->dev, list, end, done);
	else
		err = run_singles_admitted(client, list, end, done);
	kplug_device_leave(client->dev, idx);
	return err;
}

static int enter_and_run_part(struct kplug_client *client, const struct kplug_transfer *t,
			      u32 first, u32 n, void *page)
{
	int idx = kplug_device_enter(client->dev);
	int err = admit(client, t) ?: run_part(client->dev, t, first, n, page);

	kplug_device_leave(client->dev, idx);
	return err;
}

/* One page at a time: the program's memory is never accessed with the device entered. */
static int run_block(struct kplug_client *client, const struct kplug_transfer *t)
{
	u64 __user *user = u64_to_user_ptr(t->buffer);
	bool write = t->op == KPLUG_TRANSFER_WRITE;
	u64 *page = client->transfers.page;
	u32 first, n;
	int err = 0;

	for (first = 0; first < t->count && !err; first += n) {
		n = min_t(u32, t->count - first, PAGE_SIZE / t->width);
		if (fatal_signal_pending(current))
			return -EINTR;
		if (write && !kplug_get_words(page, user, n * t->width))
			return -EFAULT;
		err = enter_and_run_part(client, t, first, n, page);
		if (!err && !write && !kplug_put_words(user, page, n * t->width))
			err = -EFAULT;
		user += PAGE_SIZE / sizeof(*user);
		cond_resched();
	}
	return err;
}

static int run_list(struct kplug_client *client, struct kplug_transfer *list, u32 num, u32 *done)
{
	int err = 0;

	for (*done = 0; *done < num && !err;) {
		if (list[*done].flags & BLOCK) {
			err = run_block(client, &list[*done]);
			*done += !err;
			continue;
		}
		err = run_singles(client, list, num, done);
		if (err == -EAGAIN) {
			err = kplug_transfer_single(client, &list[*done]);
			*done += !err;
		}
		cond_resched();
	}
	return err;
}

/* Stores the result of each read. A list of writes may be constant memory. */
static __always_inline bool put_reads(void __user *user, u32 stride,
				      const struct kplug_transfer *list, u32 num, bool writes)
{
	u64 __user *to = user + offsetof(struct kplug_transfer, out_value);
	const struct kplug_transfer *end = list + num;

	if (!user_write_access_begin(user, (size_t)num * stride))
		return false;
	for (; list < end; list++, to = (void __user *)to + stride)
		if (!writes || list->op == KPLUG_TRANSFER_READ)
			unsafe_put_user(list->out_value, to, fault);
	user_write_access_end();
	return true;

fault:
	user_write_access_end();
	return false;
}

/* @ops: the ops in the list; most lists have only reads */
static bool put_values(void __user *user, u32 stride, const struct kplug_transfer *list, u32 num,
		       u8 ops)
{
	return ops & KPLUG_TRANSFER_WRITE ? put_reads(user, stride, list, num, true) :
					    put_reads(user, stride, list, num, false);
}

/* Copies and checks in one pass. Returns 0 or -errno; @at: number of good transfers. */
static int get_checked(const struct kplug_device *dev, struct kplug_transfer *list,
		       const struct kplug_transfer __user *user, u32 num, u32 *at, u8 *ops)
{
	struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;
	const u64 __user *from = (const u64 __user *)user;
	struct kplug_transfer *t = list, *end = list + num;
	int err = 0;

	BUILD_BUG_ON(offsetof(struct kplug_transfer, out_value) != 4 * sizeof(u64));
	if (!user_read_access_begin(user, num * sizeof(*user)))
		return -EFAULT;
	for (; t < end; t++, from += 5) {
		u64 *to = (u64 *)t;

		unsafe_get_user(to[0], from, fault);
		unsafe_get_user(to[1], from + 1, fault);
		unsafe_get_user(to[2], from + 2, fault);
		unsafe_get_user(to[3], from + 3, fault);
		t->out_value = 0;
		err = kplug_transfer_check_next(&limits, dev->region, t);
		if (unlikely(err))
			break;
		if (unlikely(t->buffer))
			t->flags |= BLOCK;
	}
	user_read_access_end();
	*at = t - list;
	*ops = limits.ops;
	return err;

fault:
	user_read_access_end();
	return -EFAULT;
}

/* The same for elements of a different size. */
static int get_odd_checked(const struct kplug_device *dev, struct kplug_transfer *list,
			   const struct kplug_transfers *arg, u32 *at, u8 *ops)
{
	int err = kplug_array_get(&kplug_transfer_element, list, u64_to_user_ptr(arg->transfers),
				  arg->stride, arg->num_transfers);
	struct kplug_transfer_limits limits = KPLUG_TRANSFER_NO_LIMITS;
	u32 i;

	for (i = 0; i < arg->num_transfers && !err; i++) {
		list[i].out_value = 0;
		*at = i;
		err = kplug_transfer_check_next(&limits, dev->region, &list[i]);
		if (list[i].buffer)
			list[i].flags |= BLOCK;
	}
	*ops = limits.ops;
	return err;
}

static int get_list(const struct kplug_device *dev, struct kplug_transfer *list,
		    const struct kplug_transfers *arg, u32 *at, u8 *ops)
{
	if (unlikely(arg->stride != sizeof(*list)))
		return get_odd_checked(dev, list, arg, at, ops);
	return get_checked(dev, list, u64_to_user_ptr(arg->transfers), arg->num_transfers, at, ops);
}

/**
 * kplug_transfer_may_write() - check whether a client may write registers at all
 * @client: the client
 *
 * Return: 0, -EBADF, or -EPERM when the kernel is locked down.
 */
int kplug_transfer_may_write(const struct kplug_client *client)
{
	return client->read_only ? -EBADF : kplug_lockdown(client->dev->bus);
}

/* @at: filled on failure with the index of the first write */
static int may_write_list(const struct kplug_client *client, const struct kplug_transfer *list,
			  u32 *at)
{
	int err = kplug_transfer_may_write(client);

	for (*at = 0; err && list[*at].op != KPLUG_TRANSFER_WRITE;)
		++*at;
	return err;
}

/* Memory for a list, kept for later lists: zeroing new memory would cost more than the rest. */
static int make_list_room(struct kplug_transfer_room *room, u32 num)
{
	if (!room->page)
		room->page = (u64 *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (room->num < num) {
		kvfree(room->list);
		room->list = kvmalloc_array(num, sizeof(*room->list), GFP_KERNEL_ACCOUNT);
		room->num = room->list ? num : 0;
	}
	return room->page && room->list ? 0 : -ENOMEM;
}

static int get_and_run(struct kplug_client *client, struct kplug_transfers *arg)
{
	u32 num = arg->num_transfers, *done = &arg->out_done;
	struct kplug_transfer *list;
	u8 ops = 0;
	int err = make_list_room(&client->transfers, num);

	if (err)
		return err;
	list = client->transfers.list;
	err = get_list(client->dev, list, arg, done, &ops);
	if (!err && ops & KPLUG_TRANSFER_WRITE)
		err = may_write_list(client, list, done);
	if (!err && !READ_ONCE(client->privileged))
		err = admit_all(client, list, num, done);
	if (err)
		return err;
	err = run_list(client, list, num, done);
	if (!put_values(u64_to_user_ptr(arg->transfers), arg->stride, list, *done, ops))
		return -EFAULT;
	return err;
}

/**
 * kplug_transfer_user() - KPLUG_TRANSFER
 * @client: the client
 * @arg: the kernel's copy; out_done is always filled
 *
 * Return: 0 or -errno.
 */
int kplug_transfer_user(struct kplug_client *client, struct kplug_transfers *arg)
{
	int err;

	arg->out_done = 0;
	if (!arg->num_transfers || arg->num_transfers > KPLUG_MAX_TRANSFERS)
		return -EINVAL;
	/* Held over accesses to the program's memory: only threads of the same client wait. */
	if (mutex_lock_killable(&client->transfers.lock))
		return -EINTR;
	err = get_and_run(client, arg);
	mutex_unlock(&client->transfers.lock);
	return err;
}

void kplug_transfer_init(struct kplug_client *client)
{
	mutex_init(&client->transfers.lock);
}

void kplug_transfer_free(struct kplug_client *client)
{
	kvfree(client->transfers.list);
	free_page((unsigned long)client->transfers.page);
}
