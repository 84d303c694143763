/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The API of interrupt handlers, the same in programs and in the kernel. */
#ifndef KPLUG_HANDLER_H
#define KPLUG_HANDLER_H

/*
 * A handler that includes only this file compiles unchanged into a program, where libkplug
 * runs it when the program takes the event, and into a plugin, where the core runs it in the
 * hard interrupt:
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
#define KPLUG_IOMEM volatile
#endif

/**
 * DOC: Verdicts
 *
 * A handler returns KPLUG_NONE when the interrupt is not its own; it must not have changed
 * anything then. Otherwise it returns KPLUG_HANDLED, and may add KPLUG_DEFER (run the plugin's
 * deferred handler) and KPLUG_NOTIFY (post an event with the captured words).
 */
#define KPLUG_NONE    0u
#define KPLUG_HANDLED (1u << 0)
#define KPLUG_DEFER   (1u << 1)
#define KPLUG_NOTIFY  (1u << 2)

/**
 * struct kplug_io_region - one mapped region
 * @base: address of the map; NULL when the region is empty
 * @length: mapped length in bytes. In the kernel the length of the region, 0 when it is empty
 *	or a port range. In a program what is mapped from the start of the region, 0 if nothing
 * @port_length: length of a port range in bytes; 0 in programs, which cannot map ports
 */
struct kplug_io_region {
	void KPLUG_IOMEM *base;
	__u64 length;
	__u64 port_length;
};

/**
 * struct kplug_io - the regions of a device, for the accessors
 * @region: the regions; program and kernel use the same indexes
 * @client: only in a program: the open device, for accesses to registers that are not mapped;
 *	may be NULL
 * @forbidden: only in a program: of each mapped region, the widths that it does not permit,
 *	KPLUG_WIDTH_*
 */
struct kplug_io {
	struct kplug_io_region region[KPLUG_MAX_REGIONS];
#ifndef __KERNEL__
	struct kplug *client;
	__u8 forbidden[KPLUG_MAX_REGIONS];
#endif
};

/**
 * struct kplug_irq - a vector, the argument of its handler
 * @io: the device's regions
 * @ctx: pointer that the owner of the handler has set
 * @vector: number of the vector
 * @captured: number of words in @data; 0 when the handler is called
 * @data: payload of the event
 *
 * Runs of one vector's handler never overlap, so the handler may use @data freely.
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
 * Words beyond KPLUG_EVENT_WORDS are dropped.
 *
 * Context: the handler.
 */
static inline void kplug_capture(struct kplug_irq *irq, __u64 word)
{
	if (irq->captured < KPLUG_EVENT_WORDS)
		irq->data[irq->captured++] = word;
}

/* Does the register end at or below @length? Cheap when offset and width are constant. */
static inline int kplug_io_inside(__u64 length, __u64 offset, unsigned int width)
{
	return __builtin_expect(offset + width >= offset && offset + width <= length, 1);
}

/**
 * DOC: Accessors
 *
 * kplug_read8/16/32/64(io, region, offset) and kplug_write8/16/32/64(io, region, offset,
 * value). Context: any, including hard interrupt. A read outside of the region returns all
 * ones, like a device that is gone; a write outside of it does nothing. The kernel log reports
 * the first such access of a plugin. The 64-bit accessors need a memory region. In a program
 * an access of a width that the region does not permit, see KPLUG_REGION_INFO, is one outside
 * of the region; a plugin knows its device, and is not checked.
 *
 * In programs and in the kernel they behave like readl() and writel(). Values have the byte
 * order of the CPU; registers are little-endian. A read completes before later accesses
 * start, and a write starts after earlier accesses are complete; this includes accesses to
 * DMA memory.
 *
 * In a program they access mapped registers without a system call. For all others, such as
 * ports and regions smaller than a page, the library uses KPLUG_ACCESS, one system call for
 * each access. They do not reach configuration space.
 */
#ifdef __KERNEL__
/* Implemented by the core, for ports and for offsets outside of the region. */
u64 kplug_io_read_rare(const struct kplug_io_region *r, u64 offset, unsigned int width);
void kplug_io_write_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			 u64 value);

#define __KPLUG_PLACE(io, r)               (r)
#define __KPLUG_LENGTH(r)                  ((r)->length)
#define __KPLUG_PERMITS(io, region, width) 1

#define __KPLUG_READ(bits, suffix, at)         read##suffix(at)
#define __KPLUG_WRITE(bits, suffix, at, value) write##suffix(value, at)
/* One access of a block. */
#define __KPLUG_READ_ONE  __KPLUG_READ
#define __KPLUG_WRITE_ONE __KPLUG_WRITE
#define __kplug_after_reads() \
	do {                  \
	} while (0)
#define __kplug_before_writes() \
	do {                    \
	} while (0)
#else
#ifdef __cplusplus
extern "C" {
#endif
/* Implemented by the library, for registers that are not mapped or outside of the region. */
__u64 kplug_io_read_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width);
void kplug_io_write_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			 unsigned int width, __u64 value);
#ifdef __cplusplus
}
#endif

#define __KPLUG_PLACE(io, r) (io), (unsigned int)((r) - (io)->region)
/* Pairs with the library's release of the length after the base. */
#define __KPLUG_LENGTH(r)    __atomic_load_n(&(r)->length, __ATOMIC_ACQUIRE)
/* The library maps no region that does not permit 32 bits. */
#define __KPLUG_PERMITS(io, region, width) \
	((width) == 4 || !((io)->forbidden[(region) % KPLUG_MAX_REGIONS] & (width)))

#if defined(__x86_64__) || defined(__i386__)
/* The CPU keeps the order of registers and memory; the barriers are for the compiler. */
#define __kplug_after_reads()   __asm__ __volatile__("" : : : "memory")
#define __kplug_before_writes() __asm__ __volatile__("" : : : "memory")
#elif defined(__aarch64__)
#define __kplug_after_reads()   __asm__ __volatile__("dmb oshld" : : : "memory")
#define __kplug_before_writes() __asm__ __volatile__("dmb oshst" : : : "memory")
#else
#define __kplug_after_reads()   __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define __kplug_before_writes() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

/* Conversion between the byte orders of the CPU and of the registers, both ways. */
#ifndef __KPLUG_SWAP
#define __KPLUG_SWAP (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#endif
#define __KPLUG_LE8(value)  (value)
#define __KPLUG_LE16(value) (__KPLUG_SWAP ? __builtin_bswap16(value) : (value))
#define __KPLUG_LE32(value) (__KPLUG_SWAP ? __builtin_bswap32(value) : (value))
#define __KPLUG_LE64(value) (__KPLUG_SWAP ? __builtin_bswap64(value) : (value))

/* Without barriers, for one access of a block. */
#define __KPLUG_RELAXED(bits)                                                      \
	static inline __u##bits __kplug_load##bits(const volatile void *at)        \
	{                                                                          \
		return __KPLUG_LE##bits(*(const volatile __u##bits *)at);          \
	}                                                                          \
                                                                                   \
	static inline void __kplug_store##bits(volatile void *at, __u##bits value) \
	{                                                                          \
		*(volatile __u##bits *)at = __KPLUG_LE##bits(value);               \
	}

__KPLUG_RELAXED(8)
__KPLUG_RELAXED(16)
__KPLUG_RELAXED(32)

#if defined(__i386__)
/* 32-bit programs also access 64 bits at once. */
static inline __u64 __kplug_load64(const volatile void *at)
{
	return __atomic_load_n((const volatile __aligned_u64 *)at, __ATOMIC_RELAXED);
}

static inline void __kplug_store64(volatile void *at, __u64 value)
{
	__atomic_store_n((volatile __aligned_u64 *)at, value, __ATOMIC_RELAXED);
}
#elif __SIZEOF_POINTER__ == 8 || defined(__x86_64__)
__KPLUG_RELAXED(64)
#else
/* Two accesses, the lower half first, as the kernel does on such a machine. */
static inline __u64 __kplug_load64(const volatile void *at)
{
	__u64 low = __kplug_load32(at);

	return low | (__u64)__kplug_load32((const volatile char *)at + 4) << 32;
}

static inline void __kplug_store64(volatile void *at, __u64 value)
{
	__kplug_store32(at, (__u32)value);
	__kplug_store32((volatile char *)at + 4, (__u32)(value >> 32));
}
#endif

#undef __KPLUG_RELAXED

#define __KPLUG_ORDERED(bits)                                                    \
	static inline __u##bits __kplug_get##bits(const volatile void *at)       \
	{                                                                        \
		__u##bits value = __kplug_load##bits(at);                        \
                                                                                 \
		__kplug_after_reads();                                           \
		return value;                                                    \
	}                                                                        \
                                                                                 \
	static inline void __kplug_put##bits(volatile void *at, __u##bits value) \
	{                                                                        \
		__kplug_before_writes();                                         \
		__kplug_store##bits(at, value);                                  \
	}

__KPLUG_ORDERED(8)
__KPLUG_ORDERED(16)
__KPLUG_ORDERED(32)
__KPLUG_ORDERED(64)

#undef __KPLUG_ORDERED

#define __KPLUG_READ(bits, suffix, at)             __kplug_get##bits(at)
#define __KPLUG_WRITE(bits, suffix, at, value)     __kplug_put##bits(at, value)
#define __KPLUG_READ_ONE(bits, suffix, at)         __kplug_load##bits(at)
#define __KPLUG_WRITE_ONE(bits, suffix, at, value) __kplug_store##bits(at, value)
#endif

#define __KPLUG_ACCESSORS(bits, suffix)                                                           \
	static inline __u##bits kplug_read##bits(const struct kplug_io *io, unsigned int region,  \
						 __u64 offset)                                    \
	{                                                                                         \
		const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];        \
                                                                                                  \
		if (kplug_io_inside(__KPLUG_LENGTH(r), offset, bits / 8) &&                       \
		    __KPLUG_PERMITS(io, region, bits / 8))                                        \
			return __KPLUG_READ(bits, suffix, (char KPLUG_IOMEM *)r->base + offset);  \
		return (__u##bits)kplug_io_read_rare(__KPLUG_PLACE(io, r), offset, bits / 8);     \
	}                                                                                         \
                                                                                                  \
	static inline void kplug_write##bits(const struct kplug_io *io, unsigned int region,      \
					     __u64 offset, __u##bits value)                       \
	{                                                                                         \
		const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];        \
                                                                                                  \
		if (kplug_io_inside(__KPLUG_LENGTH(r), offset, bits / 8) &&                       \
		    __KPLUG_PERMITS(io, region, bits / 8))                                        \
			__KPLUG_WRITE(bits, suffix, (char KPLUG_IOMEM *)r->base + offset, value); \
		else                                                                              \
			kplug_io_write_rare(__KPLUG_PLACE(io, r), offset, bits / 8, value);       \
	}

__KPLUG_ACCESSORS(8, b)
__KPLUG_ACCESSORS(16, w)
__KPLUG_ACCESSORS(32, l)
__KPLUG_ACCESSORS(64, q)

#undef __KPLUG_ACCESSORS

/*
 * Blocks: @count accesses of @width bytes (1, 2, 4 or 8), to consecutive registers or, with
 * KPLUG_TRANSFER_FIFO, to the same register.
 */

/* Is a block aligned, and does it end at or below @length? */
static inline int kplug_block_inside(__u64 length, __u64 offset, unsigned int width, __u32 count,
				     unsigned int flags)
{
	__u64 bytes = flags & KPLUG_TRANSFER_FIFO ? width : (__u64)width * count;

	if (width != 1 && width != 2 && width != 4 && width != 8)
		return 0;
	return count && offset % width == 0 && bytes <= length && offset <= length - bytes;
}

#ifdef __KERNEL__
/* Implemented by the core, for ports and for offsets outside of the region. */
int kplug_io_read_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			     void *buffer, u32 count, unsigned int flags);
int kplug_io_write_block_rare(const struct kplug_io_region *r, u64 offset, unsigned int width,
			      const void *buffer, u32 count, unsigned int flags);
#else
#ifdef __cplusplus
extern "C" {
#endif
/* Implemented by the library, for registers that are not mapped or outside of the region. */
int kplug_io_read_block_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			     unsigned int width, void *buffer, __u32 count, unsigned int flags);
int kplug_io_write_block_rare(const struct kplug_io *io, unsigned int region, __u64 offset,
			      unsigned int width, const void *buffer, __u32 count,
			      unsigned int flags);
#ifdef __cplusplus
}
#endif
#endif

/*
 * @step: bytes from one access to the next, a compile-time constant. The loop is unrolled
 * eight times; otherwise it would cost more than the accesses.
 */
#define __KPLUG_BLOCKS(bits, suffix)                                                             \
	static inline void __kplug_read_run##bits(const char KPLUG_IOMEM *at, int step,          \
						  __u##bits *to, __u32 count)                    \
	{                                                                                        \
		for (; count >= 8; count -= 8, to += 8, at += 8 * step) {                        \
			to[0] = __KPLUG_READ_ONE(bits, suffix, at);                              \
			to[1] = __KPLUG_READ_ONE(bits, suffix, at + step);                       \
			to[2] = __KPLUG_READ_ONE(bits, suffix, at + 2 * step);                   \
			to[3] = __KPLUG_READ_ONE(bits, suffix, at + 3 * step);                   \
			to[4] = __KPLUG_READ_ONE(bits, suffix, at + 4 * step);                   \
			to[5] = __KPLUG_READ_ONE(bits, suffix, at + 5 * step);                   \
			to[6] = __KPLUG_READ_ONE(bits, suffix, at + 6 * step);                   \
			to[7] = __KPLUG_READ_ONE(bits, suffix, at + 7 * step);                   \
		}                                                                                \
		for (; count; count--, to++, at += step)                                         \
			*to = __KPLUG_READ_ONE(bits, suffix, at);                                \
	}                                                                                        \
                                                                                                 \
	static inline void __kplug_read_block##bits(const char KPLUG_IOMEM *at, int fifo,        \
						    void *buffer, __u32 count)                   \
	{                                                                                        \
		if (fifo)                                                                        \
			__kplug_read_run##bits(at, 0, (__u##bits *)buffer, count);               \
		else                                                                             \
			__kplug_read_run##bits(at, bits / 8, (__u##bits *)buffer, count);        \
	}                                                                                        \
                                                                                                 \
	static inline void __kplug_write_run##bits(char KPLUG_IOMEM *at, int step,               \
						   const __u##bits *from, __u32 count)           \
	{                                                                                        \
		for (; count >= 8; count -= 8, from += 8, at += 8 * step) {                      \
			__KPLUG_WRITE_ONE(bits, suffix, at, from[0]);                            \
			__KPLUG_WRITE_ONE(bits, suffix, at + step, from[1]);                     \
			__KPLUG_WRITE_ONE(bits, suffix, at + 2 * step, from[2]);                 \
			__KPLUG_WRITE_ONE(bits, suffix, at + 3 * step, from[3]);                 \
			__KPLUG_WRITE_ONE(bits, suffix, at + 4 * step, from[4]);                 \
			__KPLUG_WRITE_ONE(bits, suffix, at + 5 * step, from[5]);                 \
			__KPLUG_WRITE_ONE(bits, suffix, at + 6 * step, from[6]);                 \
			__KPLUG_WRITE_ONE(bits, suffix, at + 7 * step, from[7]);                 \
		}                                                                                \
		for (; count; count--, from++, at += step)                                       \
			__KPLUG_WRITE_ONE(bits, suffix, at, *from);                              \
	}                                                                                        \
                                                                                                 \
	static inline void __kplug_write_block##bits(char KPLUG_IOMEM *at, int fifo,             \
						     const void *buffer, __u32 count)            \
	{                                                                                        \
		if (fifo)                                                                        \
			__kplug_write_run##bits(at, 0, (const __u##bits *)buffer, count);        \
		else                                                                             \
			__kplug_write_run##bits(at, bits / 8, (const __u##bits *)buffer, count); \
	}

__KPLUG_BLOCKS(8, b)
__KPLUG_BLOCKS(16, w)
__KPLUG_BLOCKS(32, l)
__KPLUG_BLOCKS(64, q)

#undef __KPLUG_BLOCKS

/**
 * kplug_read_block() - read a block of registers
 * @io: the regions
 * @region: index of the region
 * @offset: of the first access, a multiple of @width
 * @width: of each access, in bytes: 1, 2, 4 or 8; 8 needs a memory region
 * @buffer: room for @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0 or KPLUG_TRANSFER_FIFO
 *
 * Context: any, including hard interrupt, if the block is short enough for that.
 * Return: 0; -EINVAL when the block is misaligned or not completely inside the region, and
 * nothing was read. In a program, for registers that are not mapped, also the errors of
 * KPLUG_TRANSFER.
 */
static inline int kplug_read_block(const struct kplug_io *io, unsigned int region, __u64 offset,
				   unsigned int width, void *buffer, __u32 count,
				   unsigned int flags)
{
	const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];
	int fifo = !!(flags & KPLUG_TRANSFER_FIFO);
	const char KPLUG_IOMEM *at;

	if (!kplug_block_inside(__KPLUG_LENGTH(r), offset, width, count, flags) ||
	    !__KPLUG_PERMITS(io, region, width))
		return kplug_io_read_block_rare(__KPLUG_PLACE(io, r), offset, width, buffer, count,
						flags);
	at = (const char KPLUG_IOMEM *)r->base + offset;
	if (width == 1)
		__kplug_read_block8(at, fifo, buffer, count);
	else if (width == 2)
		__kplug_read_block16(at, fifo, buffer, count);
	else if (width == 4)
		__kplug_read_block32(at, fifo, buffer, count);
	else
		__kplug_read_block64(at, fifo, buffer, count);
	__kplug_after_reads();
	return 0;
}

/**
 * kplug_write_block() - write a block of registers
 * @io: the regions
 * @region: index of the region
 * @offset: of the first access, a multiple of @width
 * @width: of each access, in bytes: 1, 2, 4 or 8; 8 needs a memory region
 * @buffer: @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0 or KPLUG_TRANSFER_FIFO
 *
 * Context: any, including hard interrupt, if the block is short enough for that.
 * Return: 0; -EINVAL when the block is misaligned or not completely inside the region, and
 * nothing was written. In a program, for registers that are not mapped, also the errors of
 * KPLUG_TRANSFER.
 */
static inline int kplug_write_block(const struct kplug_io *io, unsigned int region, __u64 offset,
				    unsigned int width, const void *buffer, __u32 count,
				    unsigned int flags)
{
	const struct kplug_io_region *r = &io->region[region % KPLUG_MAX_REGIONS];
	int fifo = !!(flags & KPLUG_TRANSFER_FIFO);
	char KPLUG_IOMEM *at;

	if (!kplug_block_inside(__KPLUG_LENGTH(r), offset, width, count, flags) ||
	    !__KPLUG_PERMITS(io, region, width))
		return kplug_io_write_block_rare(__KPLUG_PLACE(io, r), offset, width, buffer, count,
						 flags);
	at = (char KPLUG_IOMEM *)r->base + offset;
	__kplug_before_writes();
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
