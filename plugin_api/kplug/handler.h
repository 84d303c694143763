/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What an interrupt handler is written against, in user mode and in the kernel. */
#ifndef KPLUG_HANDLER_H
#define KPLUG_HANDLER_H

/*
 * A handler that includes only this file compiles unchanged into a user
 * program (where libkplug runs it after the wake-up) and into a plugin (where
 * the core runs it in the hard interrupt):
 *
 *	static unsigned int edu_handler(struct kplug_irq *irq)
 *	{
 *		__u32 status = kplug_read32(irq->io, 0, EDU_IRQ_STATUS);
 *
 *		if (!status)
 *			return KPLUG_NONE;
 *		kplug_write32(irq->io, 0, EDU_IRQ_ACK, status);
 *		kplug_capture(irq, status);
 *		return KPLUG_HANDLED | KPLUG_NOTIFY;
 *	}
 */

#include <uapi/kplug_abi.h>

#ifdef __KERNEL__
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#define KPLUG_IOMEM __iomem
#else
#define KPLUG_IOMEM volatile
#endif

/**
 * DOC: Verdicts
 *
 * A handler returns KPLUG_NONE ("not my interrupt"; it must have changed
 * nothing), or KPLUG_HANDLED, to which it may add KPLUG_DEFER (run the plugin's
 * deferred handler) and KPLUG_NOTIFY (post an event with the captured words).
 */
#define KPLUG_NONE    0u
#define KPLUG_HANDLED (1u << 0)
#define KPLUG_DEFER   (1u << 1)
#define KPLUG_NOTIFY  (1u << 2)

/**
 * struct kplug_io_region - one mapped region
 * @base: where it is mapped; NULL when it is empty
 * @length: its length in bytes, 0 when it is empty
 * @port: not 0 for a port range; only in the kernel, a program cannot map one
 */
struct kplug_io_region {
	void KPLUG_IOMEM *base;
	__u64 length;
	__u64 port;
};

/**
 * struct kplug_io - the regions of a device, as the accessors want them
 * @region: by index, the same on both sides
 */
struct kplug_io {
	struct kplug_io_region region[KPLUG_MAX_REGIONS];
};

/**
 * struct kplug_irq - one vector, as its handler sees it
 * @io: the device's regions
 * @ctx: what the owner of the handler wants to find again
 * @vector: number of the vector
 * @captured: words in @data; the caller of the handler sets it to 0
 * @data: payload of the event
 *
 * Runs of one vector's handler never overlap, so it may use @data freely.
 */
struct kplug_irq {
	const struct kplug_io *io;
	void *ctx;
	__u32 vector;
	__u32 captured;
	__u64 data[KPLUG_EVENT_WORDS];
};

/**
 * kplug_capture() - append a word to the payload of the event
 * @irq: the handler's argument
 * @word: any value
 *
 * Context: the handler. Words beyond KPLUG_EVENT_WORDS are ignored.
 */
static inline void kplug_capture(struct kplug_irq *irq, __u64 word)
{
	if (irq->captured < KPLUG_EVENT_WORDS)
		irq->data[irq->captured++] = word;
}

/* Is any byte of the register outside the region? Cheap when all but @r is constant. */
static inline int kplug_io_outside(const struct kplug_io_region *r, __u64 offset,
				   unsigned int width)
{
	return offset + width < offset || offset + width > r->length;
}

/*
 * The accessors: kplug_read8/16/32/64(io, region, offset) and
 * kplug_write8/16/32/64(io, region, offset, value). Context: any, hard
 * interrupt included. A read outside the region gives all ones, as a device
 * that is gone does; a write outside it does nothing. The 64-bit ones need a
 * memory region.
 */
#ifdef __KERNEL__
/* A port takes the longer way through ioread; most regions are memory. */
#define __KPLUG_READ(bits, suffix, r, offset)				\
	(unlikely((r)->port) ? ioread##bits((r)->base + (offset)) :	\
			       read##suffix((r)->base + (offset)))
#define __KPLUG_WRITE(bits, suffix, r, offset, value)			\
	(unlikely((r)->port) ? iowrite##bits(value, (r)->base + (offset)) : \
			       write##suffix(value, (r)->base + (offset)))
#else
#define __KPLUG_READ(bits, suffix, r, offset)				\
	(*(const volatile __u##bits *)((const volatile char *)(r)->base + (offset)))
#define __KPLUG_WRITE(bits, suffix, r, offset, value)			\
	((void)(*(volatile __u##bits *)((volatile char *)(r)->base + (offset)) = (value)))
#endif

#define __KPLUG_ACCESSORS(bits, suffix)					\
static inline __u##bits kplug_read##bits(const struct kplug_io *io,	\
					 unsigned int region,		\
					 __u64 offset)			\
{									\
	const struct kplug_io_region *r =				\
		&io->region[region % KPLUG_MAX_REGIONS];		\
									\
	if (kplug_io_outside(r, offset, bits / 8))			\
		return (__u##bits)~0ull;				\
	return __KPLUG_READ(bits, suffix, r, offset);			\
}									\
									\
static inline void kplug_write##bits(const struct kplug_io *io,		\
				     unsigned int region, __u64 offset,	\
				     __u##bits value)			\
{									\
	const struct kplug_io_region *r =				\
		&io->region[region % KPLUG_MAX_REGIONS];		\
									\
	if (!kplug_io_outside(r, offset, bits / 8))			\
		__KPLUG_WRITE(bits, suffix, r, offset, value);		\
}

__KPLUG_ACCESSORS(8, b)
__KPLUG_ACCESSORS(16, w)
__KPLUG_ACCESSORS(32, l)
__KPLUG_ACCESSORS(64, q)

#undef __KPLUG_ACCESSORS

#endif /* KPLUG_HANDLER_H */
