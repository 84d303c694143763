/* SPDX-License-Identifier: MIT */
/* DMA: buffers, mappings, the chunk splitter, and transactions of the plugin's engine. */
#ifndef LIBKPLUG_DMA_H
#define LIBKPLUG_DMA_H

#include <kplug/device.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * struct kplug_dma_buffer - contiguous memory for the device's DMA
 * @addr: address of the map
 * @length: in bytes, whole pages
 * @fd: descriptor of the dma-buf, which can be sent to another process; see
 *	<linux/dma-buf.h> for its ioctls
 */
struct kplug_dma_buffer {
	void *addr;
	size_t length;
	int fd;
};

/**
 * kplug_dma_buffer_alloc() - allocate a buffer for the device's DMA
 * @k: a trusted client, or a restricted one whose plugin allows DMA
 * @length: requested length in bytes
 * @buffer: filled; the memory is zeroed
 *
 * Return: 0; -EINVAL when @length is 0; -ENOMEM when there is no contiguous memory of this
 * length or RLIMIT_MEMLOCK is reached; -EOPNOTSUPP for a device without DMA; -EPERM,
 * -EMFILE, -ENODEV.
 */
int kplug_dma_buffer_alloc(struct kplug *k, size_t length, struct kplug_dma_buffer *buffer);

/**
 * kplug_dma_buffer_alloc_coherent() - allocate a buffer that never needs kplug_dma_sync()
 * @k: a trusted client, or a restricted one whose plugin allows DMA
 * @length: requested length in bytes
 * @buffer: filled; the memory is zeroed
 *
 * Return: as kplug_dma_buffer_alloc(); -EOPNOTSUPP also on machines that have no such
 * memory for this device.
 */
int kplug_dma_buffer_alloc_coherent(struct kplug *k, size_t length,
				    struct kplug_dma_buffer *buffer);

/**
 * kplug_dma_buffer_free() - unmap and close a buffer
 * @buffer: from kplug_dma_buffer_alloc() or kplug_dma_buffer_alloc_coherent()
 *
 * The memory stays while other descriptors, maps or devices use it.
 */
void kplug_dma_buffer_free(struct kplug_dma_buffer *buffer);

/**
 * kplug_dma_buffer_pin() - make a buffer of memory that the program already has
 * @k: a trusted client, or a restricted one whose plugin allows DMA
 * @addr: any address; the program keeps the memory, and must not fork() while the device
 *	writes to it
 * @length: in bytes; the RLIMIT_MEMLOCK of the user, for all of its processes together,
 *	limits it
 * @flags: KPLUG_DMA_BUFFER_READ_ONLY for memory that the device only reads, else 0
 * @offset: filled with the offset of @addr in the buffer
 *
 * Return: the descriptor of a dma-buf, for kplug_dma_map() and close(); -EFAULT for memory
 * that cannot be pinned; -ENOMEM when RLIMIT_MEMLOCK is reached; and as
 * kplug_dma_buffer_alloc().
 */
int kplug_dma_buffer_pin(struct kplug *k, const void *addr, size_t length, unsigned int flags,
			 uint64_t *offset);

/**
 * kplug_dma_buffer_region() - make a buffer of the device's own memory
 * @k: a client that had CAP_SYS_RAWIO at open()
 * @region: a region that can be mapped
 * @offset: in the region, a multiple of the page size
 * @length: in bytes; the buffer consists of whole pages
 *
 * Another device can map the buffer with kplug_dma_map() if its requests are known to reach
 * this device, for example when both are below one PCIe switch. Otherwise kplug_dma_map()
 * fails with -EOPNOTSUPP. The parameter root_complex_routes of kplug.ko allows more, see
 * struct kplug_dma_buffer_make.
 *
 * Return: the descriptor of a dma-buf, for kplug_dma_map(), mmap() and close(); -EINVAL when
 * the region has no such part; -EBUSY while its caching is being changed; -EPERM, -ENOMEM,
 * -EMFILE, -ENODEV.
 */
int kplug_dma_buffer_region(struct kplug *k, unsigned int region, uint64_t offset, size_t length);

/**
 * struct kplug_dma_mapping - a buffer, or a part of one, that the device can access
 * @id: identifies the mapping
 * @num_segments: number of segments that the device sees
 */
struct kplug_dma_mapping {
	uint32_t id;
	uint32_t num_segments;
};

/**
 * kplug_dma_map() - make a buffer accessible to the device
 * @k: a trusted client, or a restricted one whose plugin allows DMA
 * @fd: a dma-buf of any driver
 * @offset: offset of the first byte to map in the buffer
 * @length: in bytes, 0 for all that follows
 * @direction: enum kplug_dma_direction
 * @mapping: filled; valid until kplug_dma_unmap() or kplug_close()
 *
 * If the device cannot reach the memory, it gets a bounce buffer. kplug_dma_sync() copies
 * between the two, and does whatever else is needed for program and device to see the same
 * data.
 *
 * Return: 0; -EINVAL when @fd is not a dma-buf or does not contain the part; -EOPNOTSUPP
 * when the device cannot reach it; -ENOSPC after KPLUG_MAX_MAPPINGS, or when this client's
 * share of the memory for bounce buffers is used up; -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_dma_map(struct kplug *k, int fd, uint64_t offset, uint64_t length,
		  enum kplug_dma_direction direction, struct kplug_dma_mapping *mapping);

/**
 * kplug_dma_unmap() - undo kplug_dma_map()
 * @k: the device
 * @id: from kplug_dma_map(); the device must no longer use the mapping
 *
 * Return: 0, -ENOENT, -ENODEV.
 */
int kplug_dma_unmap(struct kplug *k, uint32_t id);

/**
 * kplug_dma_segments() - get the bus addresses of a mapping
 * @k: the device
 * @id: from kplug_dma_map()
 * @first: index of the first segment to return, from 0
 * @segments: filled
 * @num: number to return; @first + @num is at most kplug_dma_mapping.num_segments
 *
 * Without an IOMMU this taints the kernel, see KPLUG_DMA_SEGMENTS.
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int kplug_dma_segments(struct kplug *k, uint32_t id, uint32_t first,
		       struct kplug_dma_segment *segments, uint32_t num);

/**
 * kplug_dma_sync() - hand over a part of a mapping to the program or to the device
 * @k: the device
 * @id: from kplug_dma_map()
 * @sync_for: the side that gets it, enum kplug_dma_sync_for
 * @offset: offset of the first byte in the mapping
 * @length: in bytes, 0 for all that follows
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int kplug_dma_sync(struct kplug *k, uint32_t id, enum kplug_dma_sync_for sync_for, uint64_t offset,
		   uint64_t length);

/**
 * kplug_dma_set_limits() - set the limits of the device's DMA
 * @k: a trusted client of a device without a plugin
 * @limits: see struct kplug_dma_limits; the library sets its size
 *
 * Return: 0; -EINVAL; -EBUSY while a buffer is mapped or a plugin is attached; -EOPNOTSUPP,
 * -EPERM, -ENODEV.
 */
int kplug_dma_set_limits(struct kplug *k, const struct kplug_dma_limits *limits);

/* Splits a mapping into chunks for a program that drives the device's engine itself. */
struct kplug_dma_splitter;

/**
 * kplug_dma_splitter_new() - create a chunk splitter for a mapping
 * @k: a trusted client
 * @mapping: from kplug_dma_map(); several splitters may use it
 * @max_chunk: longest chunk in bytes, 0 for no limit
 * @alignment: the address of every chunk is a multiple of it; a power of two that divides
 *	@max_chunk, 0 for none
 * @splitter: filled; release it with kplug_dma_splitter_free()
 *
 * Return: 0, -EINVAL, -ENOENT, -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_dma_splitter_new(struct kplug *k, const struct kplug_dma_mapping *mapping,
			   uint64_t max_chunk, uint32_t alignment,
			   struct kplug_dma_splitter **splitter);

/**
 * kplug_dma_splitter_start() - begin to split a part of the mapping
 * @splitter: from kplug_dma_splitter_new(); an earlier start has no effect any more
 * @offset: offset of the first byte in the mapping
 * @length: in bytes
 *
 * Return: 0; -EINVAL when the part is outside of the mapping or misaligned.
 */
int kplug_dma_splitter_start(struct kplug_dma_splitter *splitter, uint64_t offset, uint64_t length);

/**
 * kplug_dma_splitter_next() - get the next chunk to program
 * @splitter: started
 * @chunk: filled
 *
 * Call it again when the device has finished with the chunk.
 *
 * Return: 1, or 0 when no chunk remains.
 */
int kplug_dma_splitter_next(struct kplug_dma_splitter *splitter, struct kplug_dma_segment *chunk);

/**
 * kplug_dma_splitter_free() - undo kplug_dma_splitter_new()
 * @splitter: from kplug_dma_splitter_new(), or NULL
 */
void kplug_dma_splitter_free(struct kplug_dma_splitter *splitter);

/**
 * kplug_dma_transaction_make() - prepare a transaction for the plugin's engine
 * @k: the device of the mapping, attached to a plugin with an engine
 * @t: set kplug_dma_transaction.mapping, and other members to change their defaults; out_id
 *	is filled
 *
 * Return: 0; -ENOTCONN without a plugin; -EOPNOTSUPP when the plugin has no engine; -EINVAL
 * for a part that is outside of the mapping or not aligned as the engine requires; -ENOENT,
 * -ENOSPC, -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_dma_transaction_make(struct kplug *k, struct kplug_dma_transaction *t);

/**
 * kplug_dma_transaction_execute() - start transactions
 * @k: the device
 * @list: see struct kplug_dma_execution
 * @num: number of elements of @list, at most KPLUG_MAX_EXECUTIONS
 *
 * Each transaction ends with an event of type KPLUG_EVENT_DMA, see KPLUG_DMA_EXECUTE, if
 * the client listens. kplug_dma_transaction_wait() works without events.
 *
 * Return: number of transactions started, which is less than @num when one was refused. When
 * the first one was refused, its error: -EINVAL; -ENOENT; -EBUSY when it has not ended;
 * -EOPNOTSUPP for polling when the plugin cannot poll; -EINTR; -ENODEV; or an error of the
 * plugin.
 */
int kplug_dma_transaction_execute(struct kplug *k, const struct kplug_dma_execution *list,
				  uint32_t num);

/**
 * kplug_dma_transaction_wait() - get the state of a transaction, or wait for its end
 * @k: the device
 * @id: kplug_dma_transaction.out_id
 * @timeout_ms: 0 not to wait, KPLUG_TIMEOUT_NONE to wait for ever
 * @info: filled
 *
 * Return: 0, also after the timeout, see @info->out_state; -EINTR, -ENOENT, -ENODEV.
 */
int kplug_dma_transaction_wait(struct kplug *k, uint32_t id, uint32_t timeout_ms,
			       struct kplug_dma_transaction_info *info);

/**
 * kplug_dma_transaction_abort() - end a transaction early
 * @k: the device
 * @id: kplug_dma_transaction.out_id
 *
 * Return: 0 when the device no longer accesses the memory; -ENOENT, -ENODEV.
 */
int kplug_dma_transaction_abort(struct kplug *k, uint32_t id);

/**
 * kplug_dma_transaction_release() - undo kplug_dma_transaction_make()
 * @k: the device
 * @id: kplug_dma_transaction.out_id
 *
 * Return: 0; -EBUSY when the transaction has not ended; -ENOENT, -ENODEV.
 */
int kplug_dma_transaction_release(struct kplug *k, uint32_t id);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_DMA_H */
