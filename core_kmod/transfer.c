// SPDX-License-Identifier: GPL-2.0
/* Transfers: a list of accesses, checked whole and then run. */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "core.h"
#include "usercopy.h"

/* In flags, of the kernel's copy alone: there is a buffer. */
#define BLOCK (1u << 7)

/* Accesses in a row before removal and other tasks have their turn. */
#define SINGLES_IN_A_ROW 256

/*
 * Accesses of a list are mostly of one kind: op, region, width, flags and count
 * are the same, and stand together in the first word. What follows from them is
 * found out once for all that come in a row.
 */
struct kind {
	u64 head;	/* 0: none yet */
	u64 end;	/* offsets from here on are outside */
	u64 unaligned;	/* bits that an offset must not have */
	u64 unfit;	/* bits that a value must not have */
	bool block;	/* may have a buffer */
};

static __always_inline u64 head_of(const struct kplug_transfer *t)
{
	BUILD_BUG_ON(offsetofend(struct kplug_transfer, count) != sizeof(u64));
	return *(const u64 *)t;
}

/* What a kind says for itself. Inline, since the program's memory is open around it. */
static __always_inline int check_kind(const struct kplug_device *dev, const struct kplug_transfer *t,
		      struct kind *kind)
{
	const struct kplug_region *region = &dev->region[t->region % KPLUG_MAX_REGIONS];
	u32 width = t->width;
	u64 bytes = t->flags & KPLUG_TRANSFER_FIFO ? width : (u64)width * t->count;

	if (t->flags & ~KPLUG_TRANSFER_FIFO)
		return -EOPNOTSUPP;
	/* A region that has nothing has no widths. */
	if ((t->op != KPLUG_TRANSFER_READ && t->op != KPLUG_TRANSFER_WRITE) ||
	    t->region >= KPLUG_MAX_REGIONS || !is_power_of_2(width) ||
	    !(width & region->widths) || !t->count || (t->count > 1 && !t->buffer) ||
	    bytes > region->length)
		return -EINVAL;
	*kind = (struct kind){
		/* Blocks are looked at one by one. */
		.head = t->count == 1 ? head_of(t) : 0,
		.end = region->length - bytes + 1,
		.unaligned = width - 1,
		.block = !(region->flags & KPLUG_REGION_CONFIG),
		.unfit = t->op == KPLUG_TRANSFER_READ ? ~0ull : ~(~0ull >> (64 - 8 * width)),
	};
	return 0;
}

/* @kind: of the one before */
static __always_inline int check(const struct kplug_device *dev, const struct kplug_transfer *t,
				 struct kind *kind)
{
	if (unlikely(head_of(t) != kind->head)) {
		int err = check_kind(dev, t, kind);

		if (err)
			return err;
	}
	if (unlikely(t->offset & kind->unaligned || t->offset >= kind->end))
		return -EINVAL;
	if (unlikely(t->buffer))
		return t->value || !kind->block ? -EINVAL : 0;
	return unlikely(t->value & kind->unfit) ? -EINVAL : 0;
}

/**
 * kplug_transfer_check() - whether a transfer stays within its region
 * @dev: the device
 * @t: the transfer
 *
 * Return: 0, -EOPNOTSUPP for an unknown flag, else -EINVAL.
 */
int kplug_transfer_check(const struct kplug_device *dev, const struct kplug_transfer *t)
{
	struct kind kind = { 0 };

	return check(dev, t, &kind);
}

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
	return dev->region[t->region].flags & KPLUG_REGION_CONFIG;
}

/* @wait: for a reset to end; a plugin may be called in the middle of one */
static int run_config(struct kplug_device *dev, struct kplug_transfer *t, bool wait)
{
	bool write = t->op == KPLUG_TRANSFER_WRITE;

	return dev->bus->config_access(dev, t->offset, t->width, write,
				       write ? &t->value : &t->out_value, wait);
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

/* A program's; checked, with the device entered. */
int kplug_transfer_single(struct kplug_device *dev, struct kplug_transfer *t)
{
	return run_single(dev, t);
}

/* @n accesses of a checked block, from the @first on; @buffer: theirs, in the kernel */
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

/* The plugin's own: the buffers are the kernel's, and the device is there. */
int kplug_transfer(struct kplug_device *dev, struct kplug_transfer *transfers,
		   unsigned int num, unsigned int *done)
{
	struct kplug_transfer *t = transfers;
	struct kind kind = { 0 };
	int err = 0;

	for (*done = 0; *done < num && !err; t++, *done += !err)
		err = check(dev, t, &kind);
	if (err)
		return err;
	t = transfers;
	for (*done = 0; *done < num && !err; t++, *done += !err)
		err = run_plugins(dev, t);
	return err;
}
EXPORT_SYMBOL_GPL(kplug_transfer);

/* May it be run now? With the device entered. */
static int admit(const struct kplug_opener *opener, const struct kplug_transfer *t)
{
	if (kplug_device_dead(opener->dev))
		return -ENODEV;
	return kplug_window_allows(opener, t) ? 0 : -EPERM;
}

/* A restricted opener's whole list, before the first access. */
static int admit_all(struct kplug_opener *opener, const struct kplug_transfer *list, u32 num,
		     u32 *at)
{
	int idx = kplug_device_enter(opener->dev);
	int err = 0;

	for (*at = 0; *at < num && !err; *at += !err)
		err = admit(opener, &list[*at]);
	kplug_device_leave(opener->dev, idx);
	return err;
}

/* Where a region of memory is mapped, if @t is what most are: an access of 32 bits. */
static void __iomem *usual(const struct kplug_device *dev, const struct kplug_transfer *t,
			   enum kplug_transfer_op op)
{
	const struct kplug_io_region *io = &dev->io.region[t->region];

	return t->op == op && t->width == 4 && io->length ? io->base : NULL;
}

/* Single accesses in a row; the device stays while it is entered. */
static int run_singles_trusted(struct kplug_device *dev, struct kplug_transfer *list, u32 num,
			       u32 *done)
{
	struct kplug_transfer *t = list + *done, *end = list + num;
	void __iomem *read_at = NULL, *write_at = NULL;
	u64 head = 0;
	int err = 0;

	for (; t < end; t++) {
		if (unlikely(head_of(t) != head)) {
			if (t->flags & BLOCK)
				break;
			head = head_of(t);
			read_at = usual(dev, t, KPLUG_TRANSFER_READ);
			write_at = usual(dev, t, KPLUG_TRANSFER_WRITE);
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

static int run_singles_restricted(struct kplug_opener *opener, struct kplug_transfer *list,
				  u32 num, u32 *done)
{
	int err = 0;

	for (; *done < num && !err && !(list[*done].flags & BLOCK); *done += !err)
		err = admit(opener, &list[*done]) ?: run_single(opener->dev, &list[*done]);
	return err;
}

static int run_singles(struct kplug_opener *opener, struct kplug_transfer *list, u32 num,
		       u32 *done)
{
	u32 end = min(num, *done + SINGLES_IN_A_ROW);
	int idx = kplug_device_enter(opener->dev);
	int err = 0;

	if (kplug_device_dead(opener->dev))
		err = -ENODEV;
	else if (opener->trusted)
		err = run_singles_trusted(opener->dev, list, end, done);
	else
		err = run_singles_restricted(opener, list, end, done);
	kplug_device_leave(opener->dev, idx);
	return err;
}

static int enter_and_run_part(struct kplug_opener *opener, const struct kplug_transfer *t,
			      u32 first, u32 n, void *page)
{
	int idx = kplug_device_enter(opener->dev);
	int err = admit(opener, t) ?: run_part(opener->dev, t, first, n, page);

	kplug_device_leave(opener->dev, idx);
	return err;
}

/* One page at a time, since the program's memory is not touched with the device entered. */
static int run_block(struct kplug_opener *opener, const struct kplug_transfer *t)
{
	u64 __user *user = u64_to_user_ptr(t->buffer);
	bool write = t->op == KPLUG_TRANSFER_WRITE;
	u64 *page = opener->transfers.page;
	u32 first, n;
	int err = 0;

	for (first = 0; first < t->count && !err; first += n) {
		n = min_t(u32, t->count - first, PAGE_SIZE / t->width);
		if (fatal_signal_pending(current))
			return -EINTR;
		if (write && !kplug_get_words(page, user, n * t->width))
			return -EFAULT;
		err = enter_and_run_part(opener, t, first, n, page);
		if (!err && !write && !kplug_put_words(user, page, n * t->width))
			err = -EFAULT;
		user += PAGE_SIZE / sizeof(*user);
		cond_resched();
	}
	return err;
}

static int run_list(struct kplug_opener *opener, struct kplug_transfer *list, u32 num, u32 *done)
{
	int err = 0;

	for (*done = 0; *done < num && !err;) {
		if (list[*done].flags & BLOCK) {
			err = run_block(opener, &list[*done]);
			*done += !err;
		} else {
			err = run_singles(opener, list, num, done);
			cond_resched();
		}
	}
	return err;
}

/* Of each what was read, or 0. */
static bool put_values(struct kplug_transfer __user *user, const struct kplug_transfer *list,
		       u32 num)
{
	const struct kplug_transfer *end = list + num;

	if (!user_write_access_begin(user, num * sizeof(*user)))
		return false;
	for (; list < end; list++, user++)
		unsafe_put_user(list->out_value, &user->out_value, fault);
	user_write_access_end();
	return true;

fault:
	user_write_access_end();
	return false;
}

/* Copies and checks in one go. Returns 0 or -errno; @at: how many are good. */
static int get_checked(const struct kplug_device *dev, struct kplug_transfer *list,
		       const struct kplug_transfer __user *user, u32 num, u32 *at)
{
	const u64 __user *from = (const u64 __user *)user;
	struct kplug_transfer *t = list, *end = list + num;
	struct kind kind = { 0 };
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
		err = check(dev, t, &kind);
		if (unlikely(err))
			break;
		if (unlikely(t->buffer))
			t->flags |= BLOCK;
	}
	user_read_access_end();
	*at = t - list;
	return err;

fault:
	user_read_access_end();
	return -EFAULT;
}

/* Memory for the list, kept for the next one: the kernel zeroes new memory, which costs more than all else. */
static int make_room(struct kplug_transfer_room *room, u32 num)
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

static int get_and_run(struct kplug_opener *opener, struct kplug_transfers *arg)
{
	struct kplug_transfer __user *user = u64_to_user_ptr(arg->transfers);
	u32 num = arg->num_transfers, *done = &arg->out_done;
	struct kplug_transfer *list;
	int err = make_room(&opener->transfers, num);

	if (err)
		return err;
	list = opener->transfers.list;
	err = get_checked(opener->dev, list, user, num, done);
	if (!err && !opener->trusted)
		err = admit_all(opener, list, num, done);
	if (err)
		return err;
	err = run_list(opener, list, num, done);
	return put_values(user, list, *done) ? err : -EFAULT;
}

/**
 * kplug_transfer_user() - KPLUG_TRANSFER
 * @opener: whose
 * @arg: the kernel's copy; out_done is filled whatever happens
 *
 * Return: 0 or -errno.
 */
int kplug_transfer_user(struct kplug_opener *opener, struct kplug_transfers *arg)
{
	int err;

	arg->out_done = 0;
	if (arg->flags)
		return -EOPNOTSUPP;
	if (!arg->num_transfers || arg->num_transfers > KPLUG_MAX_TRANSFERS)
		return -EINVAL;
	/* Held over accesses to the program's memory: its own threads alone wait. */
	if (mutex_lock_killable(&opener->transfers.lock))
		return -EINTR;
	err = get_and_run(opener, arg);
	mutex_unlock(&opener->transfers.lock);
	return err;
}

void kplug_transfer_init(struct kplug_opener *opener)
{
	mutex_init(&opener->transfers.lock);
}

void kplug_transfer_free(struct kplug_opener *opener)
{
	kvfree(opener->transfers.list);
	free_page((unsigned long)opener->transfers.page);
}
