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
 */
struct kplug_io_region {
	void KPLUG_IOMEM *base;
	__u64 length;
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

/* Where a register is; NULL when any byte of it is outside the region. */
static inline void KPLUG_IOMEM *kplug_io_at(const struct kplug_io *io,
					    unsigned int region, __u64 offset,
					    unsigned int width)
{
	const struct kplug_io_region *r =
		&io->region[region % KPLUG_MAX_REGIONS];

	if (r->length < width || offset > r->length - width)
		return (void KPLUG_IOMEM *)0;
	return (char KPLUG_IOMEM *)r->base + offset;
}

/*
 * The accessors: kplug_read8/16/32/64(io, region, offset) and
 * kplug_write8/16/32/64(io, region, offset, value). Context: any, hard
 * interrupt included. A read outside the region gives all ones, as a device
 * that is gone does; a write outside it does nothing. The 64-bit ones need a
 * memory region.
 */
#ifdef __KERNEL__
#define __KPLUG_READ(bits, at)         ioread##bits(at)
#define __KPLUG_WRITE(bits, at, value) iowrite##bits(value, at)
#else
#define __KPLUG_READ(bits, at)         (*(const volatile __u##bits *)(at))
#define __KPLUG_WRITE(bits, at, value) (*(volatile __u##bits *)(at) = (value))
#endif

#define __KPLUG_ACCESSORS(bits)						\
static inline __u##bits kplug_read##bits(const struct kplug_io *io,	\
					 unsigned int region,		\
					 __u64 offset)			\
{									\
	void KPLUG_IOMEM *at = kplug_io_at(io, region, offset, bits / 8); \
									\
	return at ? __KPLUG_READ(bits, at) : (__u##bits)~0ull;		\
}									\
									\
static inline void kplug_write##bits(const struct kplug_io *io,		\
				     unsigned int region, __u64 offset,	\
				     __u##bits value)			\
{									\
	void KPLUG_IOMEM *at = kplug_io_at(io, region, offset, bits / 8); \
									\
	if (at)								\
		__KPLUG_WRITE(bits, at, value);				\
}

__KPLUG_ACCESSORS(8)
__KPLUG_ACCESSORS(16)
__KPLUG_ACCESSORS(32)
__KPLUG_ACCESSORS(64)

#undef __KPLUG_ACCESSORS

#endif /* KPLUG_HANDLER_H */
