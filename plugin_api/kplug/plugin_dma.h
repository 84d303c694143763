/* SPDX-License-Identifier: GPL-2.0 */
/* DMA for plugins: limits, the engine, transactions, memory and mappings. */
#ifndef KPLUG_PLUGIN_DMA_H
#define KPLUG_PLUGIN_DMA_H

#include <kplug/plugin.h>

struct kplug_dma_mapping;

/**
 * DOC: DMA in a plugin
 *
 * A plugin whose device has a DMA engine lets programs run transactions on it:
 *
 *  1. attach calls kplug_dma_set_limits() and kplug_dma_set_engine(), which say
 *     what memory the device reaches and what one chunk may look like.
 *  2. struct kplug_plugin_ops names dma_program and dma_abort; the other dma ops
 *     are optional.
 *  3. For each chunk the core calls dma_program. The plugin's handler, deferred
 *     handler or dma_poll calls kplug_dma_done() when the device has finished
 *     with the chunk, and the core programs the next one.
 *
 * A plugin that needs memory for itself, such as a descriptor ring, takes it from
 * kplug_dma_alloc(). A plugin that programs the engine outside of transactions, from
 * a call, finds the caller's mappings with kplug_dma_mapping_get().
 */

/**
 * DOC: The dma ops of struct kplug_plugin_ops
 *
 * ``int dma_map(client, length, direction)``: May the client map a buffer of
 * length bytes? Return 0 or -errno. Context: process, may sleep.
 *
 * ``int dma_check(dma)``: The core is about to queue dma. Check dma->args. Return 0
 * or -errno, which goes to the program. Context: process, may sleep; calls may run
 * in parallel.
 *
 * ``int dma_program(dma)``: Make the device transfer dma->chunk. Return 0 and call
 * kplug_dma_done() when the device has finished, but never from inside this op; or
 * return -errno, which ends the transaction. The core calls it once for every chunk
 * and runs at most kplug_dma_engine.depth transactions at a time. Context: any,
 * including hard interrupt.
 *
 * ``void dma_commit(dev)``: The core has called dma_program for one or more chunks in a
 * row, of which some may have failed. With this op dma_program may leave the device
 * unaware of its chunk until now, so that a row of chunks needs one doorbell. The calls of
 * several CPUs overlap. The core aborts none of these chunks before it returns; like
 * dma_program it must not call kplug_dma_done(). Context: any, including hard interrupt.
 *
 * ``void dma_poll(dma)``: Look for chunks that the device has finished, as the
 * interrupt handler does, and call kplug_dma_done() for them. Without this op
 * programs cannot poll. Context: process, must not sleep; calls may run in parallel
 * with each other and with handlers.
 *
 * ``void dma_abort(dma)``: Make the device release dma->chunk, whatever state the
 * device is in. There may be no chunk at the moment. On return the device neither
 * reads nor writes the chunk's memory. Only a handler or dma_poll that was already
 * running may still call kplug_dma_done() for it; dma_abort itself may call it too.
 * A plugin with dma_program needs dma_abort. The device may have lost bus mastery
 * because the core withdrew memory that the device was using. Context: process, may
 * sleep; one at a time on a device, in parallel with everything except attach and
 * detach.
 *
 * ``void dma_done(dma, status)``: The transaction has ended with status, 0 or
 * -errno. After this call it may run again with other args. Context: any, including
 * hard interrupt.
 */

/**
 * struct kplug_dma_chunk - the part of a transaction that the device transfers next
 * @segments: bus addresses and lengths
 * @num_segments: 1 to kplug_dma_engine.max_segments
 * @last: no chunk follows in this execution
 * @offset: offset of the first byte in this execution, in bytes
 * @length: in bytes, at most kplug_dma_engine.max_chunk
 */
struct kplug_dma_chunk {
	struct kplug_dma_segment *segments;
	u32 num_segments;
	bool last;
	u64 offset;
	u64 length;
};

/**
 * struct kplug_dma - a transaction, in the plugin's hands from dma_check to dma_done
 * @device: the device that runs it
 * @client: the client that owns it
 * @direction: which way the data goes; with KPLUG_DMA_BOTH, @args decide
 * @polled: the program polls for the end, so the device need not interrupt
 * @length: length of the whole execution in bytes
 * @max_chunk: the program's limit in bytes: no chunk is longer. All chunks but the
 *	last have this length unless the segments require a shorter one
 * @args: the program's arguments; dma_check validates them
 * @chunk: the chunk to program now
 * @priv: the plugin's own; the core does not touch it
 *
 * The plugin may write @priv and only reads all other members.
 */
struct kplug_dma {
	struct kplug_device *device;
	struct kplug_client *client;
	enum kplug_dma_direction direction;
	bool polled;
	u64 length;
	u32 max_chunk;
	u64 args[KPLUG_DMA_ARGS];
	struct kplug_dma_chunk chunk;
	void *priv;
};

/**
 * kplug_dma_set_limits() - declare what memory the device can reach
 * @dev: the device
 * @limits: see struct kplug_dma_limits in kplug_abi.h
 *
 * Programs may have mapped buffers before. If the new limits are narrower, the
 * plugin cannot use these mappings: neither kplug_dma_mapping_get() nor
 * KPLUG_DMA_TRANSACTION finds them. The limits stay after detach.
 *
 * Context: attach; may sleep.
 * Return: 0; -EINVAL; -EBUSY after kplug_dma_alloc(); -EOPNOTSUPP.
 */
int kplug_dma_set_limits(struct kplug_device *dev, const struct kplug_dma_limits *limits);

/**
 * struct kplug_dma_engine - what dma_program accepts; 0 selects the default
 * @depth: transactions at a time; default 1
 * @max_chunk: bytes in a chunk; default unlimited
 * @max_segments: segments in a chunk; default 1
 * @alignment: alignment of a chunk's bus address, a power of two; default 1
 */
struct kplug_dma_engine {
	u32 depth;
	u32 max_chunk;
	u32 max_segments;
	u32 alignment;
};

/**
 * kplug_dma_set_engine() - describe the device's DMA engine
 * @dev: the device
 * @engine: the core copies it
 *
 * A plugin that does not call this function gets all defaults.
 *
 * Context: attach.
 * Return: 0, or -EINVAL when @alignment is not a power of two or does not divide
 * @max_chunk.
 */
int kplug_dma_set_engine(struct kplug_device *dev, const struct kplug_dma_engine *engine);

/**
 * kplug_dma_done() - report that the device has finished with a chunk
 * @dma: the transaction that dma_program received
 * @bytes: bytes of the chunk that were transferred; a short count ends the
 *	transaction
 * @status: 0 or -errno; an error ends the transaction
 *
 * Call it exactly once for every dma_program that returned 0. It programs the next
 * chunk or the next transaction before it returns. After 64 of them in one interrupt it
 * leaves the rest to a task, so that a handler which loops until the device has finished
 * nothing more ends soon, even if the device finishes each chunk at once.
 *
 * Context: hard, deferred, dma_poll and dma_abort; the caller must not hold a lock
 * that dma_program or dma_done takes.
 */
void kplug_dma_done(struct kplug_dma *dma, u64 bytes, int status);

/**
 * struct kplug_dma_end - a chunk with which the device has finished
 * @dma: as for kplug_dma_done(), like the other members
 * @bytes: bytes of the chunk that were transferred
 * @status: 0 or -errno
 */
struct kplug_dma_end {
	struct kplug_dma *dma;
	u64 bytes;
	int status;
};

/**
 * kplug_dma_done_many() - report that the device has finished with several chunks
 * @ends: the chunks, each of a transaction of its own, all on one device
 * @num: number of @ends
 *
 * As kplug_dma_done() for each of them in order, and cheaper: a program that waits wakes
 * once, and the next chunks start in a row. Added in plugin ABI 6.
 *
 * Context: as kplug_dma_done().
 */
void kplug_dma_done_many(const struct kplug_dma_end *ends, unsigned int num);

/**
 * kplug_dma_execute() - start a transaction from inside the plugin
 * @client: the client that owns the transaction
 * @execution: as a program passes it, with poll_us 0
 *
 * Context: call.
 * Return: 0; -EINVAL when poll_us is not 0; or an error of KPLUG_DMA_EXECUTE.
 */
int kplug_dma_execute(struct kplug_client *client, const struct kplug_dma_execution *execution);

/**
 * kplug_dma_alloc() - allocate memory that plugin and device share
 * @dev: the device; it becomes a bus master and stays one
 * @length: in bytes
 * @address: filled with the bus address
 *
 * The memory is coherent and zeroed.
 *
 * Context: attach, open, arm and their opposites; may sleep.
 * Return: the memory, or NULL when there is none.
 */
void *kplug_dma_alloc(struct kplug_device *dev, size_t length, dma_addr_t *address);

/**
 * kplug_dma_free() - free memory of kplug_dma_alloc()
 * @dev: the device; it must no longer use the memory, except after
 *	kplug_dma_stuck()
 * @length: the length passed to kplug_dma_alloc()
 * @memory: from kplug_dma_alloc(); NULL does nothing
 * @address: the bus address of @memory
 *
 * Context: as kplug_dma_alloc().
 */
void kplug_dma_free(struct kplug_device *dev, size_t length, void *memory, dma_addr_t address);

/**
 * kplug_dma_stuck() - report that the engine cannot be stopped
 * @dev: the device; it may still access any memory that it was given
 *
 * The core clears bus mastery. No user of the device gets it back before the
 * function is reset or removed, or the plugin calls kplug_dma_idle(). Until then no
 * transaction starts, and those that end do so with EIO. Memory that
 * kplug_dma_free() or KPLUG_DMA_UNMAP releases, and memory that is still mapped when
 * a program ends, stays in quarantine. The core does not reset a device that has
 * users. Further calls have no effect.
 *
 * Context: any, from attach until detach returns; the caller may hold locks of the
 * plugin.
 */
void kplug_dma_stuck(struct kplug_device *dev);

/**
 * kplug_dma_idle() - report that the device accesses no memory at this moment
 * @dev: the device; the plugin has seen its engine idle
 *
 * Memory leaves the quarantine. This includes the memory of kplug_dma_stuck() and
 * mappings whose addresses a program had read and which it did not unmap before it
 * ended. The device may be a bus master again.
 *
 * The call is safe while a program drives the device without the plugin: the memory
 * of a running program is not in quarantine.
 *
 * Context: attach, detach, open, close, arm, disarm and event; may sleep; the caller
 * must not hold a lock that dma_program takes.
 */
void kplug_dma_idle(struct kplug_device *dev);

/**
 * kplug_dma_mapping_get() - take a reference to a client's mapping
 * @client: the client that owns the mapping
 * @id: from the message of a call
 *
 * The mapping stays until kplug_dma_mapping_put(), which the plugin calls in close
 * at the latest. If the mapping is another device's memory and that device goes away,
 * @client's device has no DMA until the put.
 *
 * Context: call; may sleep.
 * Return: the mapping; NULL when there is none with this id, or its memory is gone.
 */
struct kplug_dma_mapping *kplug_dma_mapping_get(struct kplug_client *client, u32 id);

/**
 * kplug_dma_mapping_put() - drop a reference of kplug_dma_mapping_get()
 * @mapping: the mapping; the device must no longer use it
 *
 * Context: any.
 */
void kplug_dma_mapping_put(struct kplug_dma_mapping *mapping);

/**
 * kplug_dma_mapping_segments() - get the bus addresses of a mapping
 * @mapping: from kplug_dma_mapping_get()
 * @num: filled with the number of segments
 * @direction: filled with the direction in which the device may use it
 *
 * Context: any.
 * Return: the segments, valid until kplug_dma_mapping_put().
 */
const struct kplug_dma_segment *kplug_dma_mapping_segments(const struct kplug_dma_mapping *mapping,
							   u32 *num,
							   enum kplug_dma_direction *direction);

/**
 * kplug_dma_mapping_sync() - hand over a part of a mapping, as KPLUG_DMA_SYNC does
 * @mapping: from kplug_dma_mapping_get()
 * @sync_for: the side that gets it
 * @offset: offset of the first byte in the mapping
 * @length: in bytes; 0 means up to the end of the mapping
 *
 * Context: any.
 * Return: 0; -EINVAL; -ENODEV when the memory is gone.
 */
int kplug_dma_mapping_sync(struct kplug_dma_mapping *mapping, enum kplug_dma_sync_for sync_for,
			   u64 offset, u64 length);

/**
 * DOC: Helpers for engines
 *
 * The helpers depend on nothing but the functions of this header; a plugin may do the same in
 * its own way.
 */

#define KPLUG_DMA_ENDS 16 /* in a struct kplug_dma_ends */

/**
 * struct kplug_dma_ends - chunks that have ended, to be reported later
 * @num: how many there are
 * @of: the arguments of kplug_dma_done() for each of them
 *
 * A plugin looks at its engine under a lock that dma_program takes too, so it may not
 * call kplug_dma_done() there. It collects the ends under the lock, each transaction
 * once, and reports them when it has released it::
 *
 *	struct kplug_dma_ends ends;
 *
 *	ends.num = 0;
 *	raw_spin_lock_irqsave(&engine->lock, flags);
 *	...
 *	kplug_dma_ends_add(&ends, dma, bytes, status);
 *	raw_spin_unlock_irqrestore(&engine->lock, flags);
 *	kplug_dma_ends_report(&ends);
 */
struct kplug_dma_ends {
	unsigned int num;
	struct {
		struct kplug_dma *dma;
		u64 bytes;
		int status;
	} of[KPLUG_DMA_ENDS];
};

/**
 * kplug_dma_ends_add() - remember the end of a chunk
 * @ends: has room, which is the case when the engine's depth is at most KPLUG_DMA_ENDS
 * @dma: as for kplug_dma_done()
 * @bytes: as for kplug_dma_done()
 * @status: as for kplug_dma_done()
 *
 * Context: any.
 */
static inline void kplug_dma_ends_add(struct kplug_dma_ends *ends, struct kplug_dma *dma, u64 bytes,
				      int status)
{
	ends->of[ends->num].dma = dma;
	ends->of[ends->num].bytes = bytes;
	ends->of[ends->num++].status = status;
}

/**
 * kplug_dma_ends_report() - call kplug_dma_done() for all of them
 * @ends: in the order in which they were added
 *
 * Context: as kplug_dma_done().
 */
static inline void kplug_dma_ends_report(const struct kplug_dma_ends *ends)
{
	unsigned int i;

	for (i = 0; i < ends->num; i++)
		kplug_dma_done(ends->of[i].dma, ends->of[i].bytes, ends->of[i].status);
}

/**
 * kplug_dma_chunk_bytes() - add up the first segments of a chunk
 * @chunk: the chunk
 * @num: how many segments, at most all
 *
 * Context: any.
 * Return: bytes.
 */
static inline u64 kplug_dma_chunk_bytes(const struct kplug_dma_chunk *chunk, u32 num)
{
	u64 bytes = 0;
	u32 i;

	if (num == chunk->num_segments)
		return chunk->length;
	for (i = 0; i < num; i++)
		bytes += chunk->segments[i].length;
	return bytes;
}

/**
 * struct kplug_dma_block - memory of kplug_dma_alloc()
 * @memory: for the plugin; NULL when there is none
 * @address: for the device
 * @length: in bytes
 */
struct kplug_dma_block {
	void *memory;
	dma_addr_t address;
	size_t length;
};

/**
 * kplug_dma_block_alloc() - call kplug_dma_alloc() for a block
 * @dev: as for kplug_dma_alloc()
 * @block: filled
 * @length: in bytes
 *
 * Context: as kplug_dma_alloc().
 * Return: 0, or -ENOMEM.
 */
static inline int kplug_dma_block_alloc(struct kplug_device *dev, struct kplug_dma_block *block,
					size_t length)
{
	block->memory = kplug_dma_alloc(dev, length, &block->address);
	block->length = length;
	return block->memory ? 0 : -ENOMEM;
}

/**
 * kplug_dma_block_free() - call kplug_dma_free() for a block
 * @dev: as for kplug_dma_free()
 * @block: without memory, nothing happens
 *
 * Context: as kplug_dma_alloc().
 */
static inline void kplug_dma_block_free(struct kplug_device *dev, struct kplug_dma_block *block)
{
	kplug_dma_free(dev, block->length, block->memory, block->address);
	block->memory = NULL;
}

#endif /* KPLUG_PLUGIN_DMA_H */
