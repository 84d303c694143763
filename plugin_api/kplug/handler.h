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
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#define KPLUG_IOMEM __iomem
#else
#include <errno.h>
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
 * @length: its length in bytes; 0 when it is empty or a port range
 * @port_length: length in bytes of a port range; only in the kernel, a program
 *	cannot map one
 */
struct kplug_io_region {
	void KPLUG_IOMEM *base;
	__u64 length;
	__u64 port_length;
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

/* Is all of a register below @length? Cheap when offset and width are constant. */
static inline int kplug_io_inside(__u64 length, __u64 offset, unsigned int width)
{
	return __builtin_expect(offset + width >= offset && offset + width <= length, 1);
}

/*
 * The accessors: kplug_read8/16/32/64(io, region, offset) and
 * kplug_write8/16/32/64(io, region, offset, value). Context: any, hard
 * interrupt included. A read outside the region gives all ones, as a device
 * that is gone does; a write outside it does nothing. The 64-bit ones need a
 * memory region.
 */
#ifdef __KERNEL__
/* Ports, and what is outside of the region; the core's. */
u64 kplug_io_read_rare(const struct kplug_io_region *r, u64 offset, unsigned int width);
void kplug_io_write_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			 u64 value);

#define __KPLUG_READ(bits, suffix, at)         read##suffix(at)
#define __KPLUG_WRITE(bits, suffix, at, value) write##suffix(value, at)
#else
static inline __u64 kplug_io_read_rare(const struct kplug_io_region *r, __u64 offset,
				       unsigned int width)
{
	(void)r, (void)offset, (void)width;
	return ~(__u64)0;
}

static inline void kplug_io_write_rare(const struct kplug_io_region *r, __u64 offset,
				       unsigned int width, __u64 value)
{
	(void)r, (void)offset, (void)width, (void)value;
}

#define __KPLUG_READ(bits, suffix, at)         (*(const volatile __u##bits *)(at))
#define __KPLUG_WRITE(bits, suffix, at, value) ((void)(*(volatile __u##bits *)(at) = (value)))
#endif

#define __KPLUG_ACCESSORS(bits, suffix)					\
static inline __u##bits kplug_read##bits(const struct kplug_io *io,	\
					 unsigned int region,		\
					 __u64 offset)			\
{									\
	const struct kplug_io_region *r =				\
		&io->region[region % KPLUG_MAX_REGIONS];		\
									\
	if (kplug_io_inside(r->length, offset, bits / 8))		\
		return __KPLUG_READ(bits, suffix,			\
				    (char KPLUG_IOMEM *)r->base + offset); \
	return (__u##bits)kplug_io_read_rare(r, offset, bits / 8);	\
}									\
									\
static inline void kplug_write##bits(const struct kplug_io *io,		\
				     unsigned int region, __u64 offset,	\
				     __u##bits value)			\
{									\
	const struct kplug_io_region *r =				\
		&io->region[region % KPLUG_MAX_REGIONS];		\
									\
	if (kplug_io_inside(r->length, offset, bits / 8))		\
		__KPLUG_WRITE(bits, suffix,				\
			      (char KPLUG_IOMEM *)r->base + offset, value); \
	else								\
		kplug_io_write_rare(r, offset, bits / 8, value);	\
}

__KPLUG_ACCESSORS(8, b)
__KPLUG_ACCESSORS(16, w)
__KPLUG_ACCESSORS(32, l)
__KPLUG_ACCESSORS(64, q)

#undef __KPLUG_ACCESSORS

/*
 * Blocks: @count accesses of @width bytes (1, 2, 4 or 8), to registers that
 * follow each other or, with KPLUG_TRANSFER_FIFO, to one and the same.
 */

/* Is a block aligned and all of it below @length? */
static inline int kplug_block_inside(__u64 length, __u64 offset, unsigned int width,
				     __u32 count, unsigned int flags)
{
	__u64 bytes = flags & KPLUG_TRANSFER_FIFO ? width : (__u64)width * count;

	if (width != 1 && width != 2 && width != 4 && width != 8)
		return 0;
	return count && offset % width == 0 && bytes <= length && offset <= length - bytes;
}

#ifdef __KERNEL__
/* Ports, and what is outside of the region; the core's. */
int kplug_io_read_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			     void *buffer, u32 count, unsigned int flags);
int kplug_io_write_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			      const void *buffer, u32 count, unsigned int flags);
#else
static inline int kplug_io_read_block_rare(const struct kplug_io_region *r, __u64 offset,
					   unsigned int width, void *buffer, __u32 count,
					   unsigned int flags)
{
	(void)r, (void)offset, (void)width, (void)buffer, (void)count, (void)flags;
	return -EINVAL;
}

static inline int kplug_io_write_block_rare(const struct kplug_io_region *r, __u64 offset,
					    unsigned int width, const void *buffer,
					    __u32 count, unsigned int flags)
{
	(void)r, (void)offset, (void)width, (void)buffer, (void)count, (void)flags;
	return -EINVAL;
}
#endif

/*
 * @step: bytes from one access to the next, known when it is compiled. Eight at
 * a time: or the loop would cost more than the accesses.
 */
#define __KPLUG_BLOCKS(bits, suffix)					\
static inline void __kplug_read_run##bits(const char KPLUG_IOMEM *at,	\
					  int step, __u##bits *to,	\
					  __u32 count)			\
{									\
	for (; count >= 8; count -= 8, to += 8, at += 8 * step) {	\
		to[0] = __KPLUG_READ(bits, suffix, at);			\
		to[1] = __KPLUG_READ(bits, suffix, at + step);		\
		to[2] = __KPLUG_READ(bits, suffix, at + 2 * step);	\
		to[3] = __KPLUG_READ(bits, suffix, at + 3 * step);	\
		to[4] = __KPLUG_READ(bits, suffix, at + 4 * step);	\
		to[5] = __KPLUG_READ(bits, suffix, at + 5 * step);	\
		to[6] = __KPLUG_READ(bits, suffix, at + 6 * step);	\
		to[7] = __KPLUG_READ(bits, suffix, at + 7 * step);	\
	}								\
	for (; count; count--, to++, at += step)			\
		*to = __KPLUG_READ(bits, suffix, at);			\
}									\
									\
static inline void __kplug_read_block##bits(const char KPLUG_IOMEM *at,	\
					    int fifo, void *buffer,	\
					    __u32 count)		\
{									\
	if (fifo)							\
		__kplug_read_run##bits(at, 0, (__u##bits *)buffer, count); \
	else								\
		__kplug_read_run##bits(at, bits / 8,			\
				       (__u##bits *)buffer, count);	\
}									\
									\
static inline void __kplug_write_run##bits(char KPLUG_IOMEM *at,	\
					   int step,			\
					   const __u##bits *from,	\
					   __u32 count)			\
{									\
	for (; count >= 8; count -= 8, from += 8, at += 8 * step) {	\
		__KPLUG_WRITE(bits, suffix, at, from[0]);		\
		__KPLUG_WRITE(bits, suffix, at + step, from[1]);	\
		__KPLUG_WRITE(bits, suffix, at + 2 * step, from[2]);	\
		__KPLUG_WRITE(bits, suffix, at + 3 * step, from[3]);	\
		__KPLUG_WRITE(bits, suffix, at + 4 * step, from[4]);	\
		__KPLUG_WRITE(bits, suffix, at + 5 * step, from[5]);	\
		__KPLUG_WRITE(bits, suffix, at + 6 * step, from[6]);	\
		__KPLUG_WRITE(bits, suffix, at + 7 * step, from[7]);	\
	}								\
	for (; count; count--, from++, at += step)			\
		__KPLUG_WRITE(bits, suffix, at, *from);			\
}									\
									\
static inline void __kplug_write_block##bits(char KPLUG_IOMEM *at,	\
					     int fifo,			\
					     const void *buffer,	\
					     __u32 count)		\
{									\
	if (fifo)							\
		__kplug_write_run##bits(at, 0,				\
					(const __u##bits *)buffer, count); \
	else								\
		__kplug_write_run##bits(at, bits / 8,			\
					(const __u##bits *)buffer, count); \
}

__KPLUG_BLOCKS(8, b)
__KPLUG_BLOCKS(16, w)
__KPLUG_BLOCKS(32, l)
__KPLUG_BLOCKS(64, q)

#undef __KPLUG_BLOCKS

/**
 * kplug_read_block() - read a block of registers
 * @io: the regions
 * @region: which one
 * @offset: of the first access, a multiple of @width
 * @width: of each access, in bytes: 1, 2, 4 or 8; 8 needs a memory region
 * @buffer: room for @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0 or KPLUG_TRANSFER_FIFO
 *
 * Context: any, hard interrupt included; mind how long it takes.
 * Return: 0; -EINVAL when it is not aligned or not all inside the region:
 * nothing was read.
 */
static inline int kplug_read_block(const struct kplug_io *io, unsigned int region,
				   __u64 offset, unsigned int width, void *buffer,
				   __u32 count, unsigned int flags)
{
	const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];
	const char KPLUG_IOMEM *at = (const char KPLUG_IOMEM *)r->base + offset;
	int fifo = !!(flags & KPLUG_TRANSFER_FIFO);

	if (!kplug_block_inside(r->length, offset, width, count, flags))
		return kplug_io_read_block_rare(r, offset, width, buffer, count, flags);
	if (width == 1)
		__kplug_read_block8(at, fifo, buffer, count);
	else if (width == 2)
		__kplug_read_block16(at, fifo, buffer, count);
	else if (width == 4)
		__kplug_read_block32(at, fifo, buffer, count);
	else
		__kplug_read_block64(at, fifo, buffer, count);
	return 0;
}

/**
 * kplug_write_block() - write a block of registers
 * @io: the regions
 * @region: which one
 * @offset: of the first access, a multiple of @width
 * @width: of each access, in bytes: 1, 2, 4 or 8; 8 needs a memory region
 * @buffer: @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0 or KPLUG_TRANSFER_FIFO
 *
 * Context: any, hard interrupt included; mind how long it takes.
 * Return: 0; -EINVAL when it is not aligned or not all inside the region:
 * nothing was written.
 */
static inline int kplug_write_block(const struct kplug_io *io, unsigned int region,
				    __u64 offset, unsigned int width, const void *buffer,
				    __u32 count, unsigned int flags)
{
	const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];
	char KPLUG_IOMEM *at = (char KPLUG_IOMEM *)r->base + offset;
	int fifo = !!(flags & KPLUG_TRANSFER_FIFO);

	if (!kplug_block_inside(r->length, offset, width, count, flags))
		return kplug_io_write_block_rare(r, offset, width, buffer, count, flags);
	if (width == 1)
		__kplug_write_block8(at, fifo, buffer, count);
	else if (width == 2)
		__kplug_write_block16(at, fifo, buffer, count);
	else if (width == 4)
		__kplug_write_block32(at, fifo, buffer, count);
	else
		__kplug_write_block64(at, fifo, buffer, count);
	return 0;
}

#endif /* KPLUG_HANDLER_H */
