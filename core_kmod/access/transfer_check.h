/* SPDX-License-Identifier: GPL-2.0 */
/* The check of transfers. It depends on no other header of the core, so unit tests include it. */
#ifndef KPLUG_TRANSFER_CHECK_H
#define KPLUG_TRANSFER_CHECK_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include <uapi/kplug_abi.h>

#include "access/region.h"

/*
 * The head of a transfer is its first word: op, region, width, flags and count. Most
 * transfers of a list have the same head, so the limits of a head are kept for the next
 * transfer. They depend only on the head and the regions, and an invalid head allows nothing,
 * so the check of a transfer does not depend on earlier transfers.
 *
 * Everything is inline: while a list is copied, access to the program's memory is open, and
 * no function may be called.
 */
struct kplug_transfer_limits {
	u64 head; /* the limits are for this head */
	u8 ops; /* enum kplug_transfer_op of all heads so far, ORed together */
	int err; /* error of every transfer with this head, or 0 */
	bool blocks; /* may have a buffer */
	bool single; /* needs no buffer */
	u64 near; /* for single accesses below this offset, no further check of it is needed */
	u64 end; /* offsets from here on are outside of the region */
	u64 unaligned; /* bits that must be 0 in an offset */
	u64 unfit; /* bits that must be 0 in a value */
	u64 bytes; /* bytes of the region that the transfer covers */
	const struct kplug_region *written; /* set for writes if the kernel owns registers */
};

/* The limits of head 0, which has no op. */
#define KPLUG_TRANSFER_NO_LIMITS \
	{                        \
		.err = -EINVAL   \
	}

static __always_inline u64 kplug_transfer_head(const struct kplug_transfer *t)
{
	BUILD_BUG_ON(offsetof(struct kplug_transfer, offset) != sizeof(u64));
	return *(const u64 *)t;
}

/* The number of bytes of the region that the transfer covers. */
static __always_inline u64 kplug_transfer_bytes(const struct kplug_transfer *t)
{
	return t->flags & KPLUG_TRANSFER_FIFO ? t->width : (u64)t->width * t->count;
}

static __always_inline int __kplug_transfer_head_error(const struct kplug_region *region,
						       const struct kplug_transfer *t)
{
	u32 width = t->width;

	if (t->flags & ~KPLUG_TRANSFER_FIFO)
		return -EOPNOTSUPP;
	if (t->op != KPLUG_TRANSFER_READ && t->op != KPLUG_TRANSFER_WRITE)
		return -EINVAL;
	if (t->region >= KPLUG_MAX_REGIONS || !t->count)
		return -EINVAL;
	if (kplug_region_forbids(region, width))
		return -EOPNOTSUPP;
	/* Exactly one bit. An empty region has no widths. */
	if (!(width & region->widths) || width & (width - 1))
		return -EINVAL;
	return kplug_transfer_bytes(t) > region->length ? -EINVAL : 0;
}

static __always_inline void __kplug_transfer_limit(struct kplug_transfer_limits *limits,
						   const struct kplug_region *regions,
						   const struct kplug_transfer *t)
{
	const struct kplug_region *region =
		&regions[array_index_nospec(t->region, KPLUG_MAX_REGIONS)];

	limits->head = kplug_transfer_head(t);
	limits->ops |= t->op;
	limits->near = 0;
	limits->err = __kplug_transfer_head_error(region, t);
	if (limits->err)
		return;
	limits->single = t->count == 1;
	limits->blocks = !(region->flags & KPLUG_REGION_CONFIG);
	limits->bytes = kplug_transfer_bytes(t);
	limits->end = region->length - limits->bytes + 1;
	limits->written = t->op == KPLUG_TRANSFER_WRITE && region->num_owned ? region : NULL;
	limits->near = limits->single && !limits->written ? limits->end : 0;
	limits->unaligned = t->width - 1;
	limits->unfit = t->op == KPLUG_TRANSFER_READ ? ~0ull : ~(~0ull >> (64 - 8 * t->width));
}

static __always_inline int __kplug_transfer_look(const struct kplug_transfer_limits *limits,
						 const struct kplug_transfer *t)
{
	if (limits->err)
		return limits->err;
	if (t->offset & limits->unaligned || t->offset >= limits->end)
		return -EINVAL;
	if (t->buffer ? !limits->blocks || t->value : !limits->single || t->value & limits->unfit)
		return -EINVAL;
	if (limits->written && kplug_region_owns(limits->written, t->offset, limits->bytes))
		return -EPERM;
	return 0;
}

/**
 * kplug_transfer_check_next() - check the next transfer of a list
 * @limits: KPLUG_TRANSFER_NO_LIMITS at first, then those of the previous transfer
 * @regions: the KPLUG_MAX_REGIONS regions of the device
 * @t: the transfer, a copy that the program cannot change
 *
 * Return: 0; -EOPNOTSUPP for an unknown flag, or a width that the region does not permit; -EPERM
 * for a write to registers owned by the kernel; -EINVAL for everything else.
 */
static __always_inline int kplug_transfer_check_next(struct kplug_transfer_limits *limits,
						     const struct kplug_region *regions,
						     const struct kplug_transfer *t)
{
	if (unlikely(kplug_transfer_head(t) != limits->head))
		__kplug_transfer_limit(limits, regions, t);
	/* The usual case: a single access within its region. */
	if (likely(t->offset < limits->near && !(t->offset & limits->unaligned) && !t->buffer &&
		   !(t->value & limits->unfit)))
		return 0;
	return __kplug_transfer_look(limits, t);
}

int kplug_transfer_check(const struct kplug_region *regions, const struct kplug_transfer *t);

#endif /* KPLUG_TRANSFER_CHECK_H */
