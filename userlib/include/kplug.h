/* SPDX-License-Identifier: MIT */
/* libkplug: a device's interrupts, registers and plugin, from a program. */
#ifndef KPLUG_H
#define KPLUG_H

#include <stddef.h>
#include <stdint.h>

#include <kplug/handler.h>

#ifdef __cplusplus
extern "C" {
/* Function and struct share a name here and there, as stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * DOC: General format
 *
 * Every function gives 0 or a count, or -errno with the meaning that the head
 * of kplug_abi.h fixes. None prints, none ends the program, none keeps a
 * pointer of the caller's unless it says so. On failure nothing has changed.
 *
 * Threads: a device may be used from several threads at a time, except that
 * its events (kplug_next(), kplug_peek(), kplug_wait(), kplug_read()) are taken
 * by one thread at a time, and that kplug_close() comes last. A function with
 * another rule says so.
 */

/**
 * struct kplug - an open device
 * @io: the regions mapped so far, see kplug_io_user()
 * @ring: the event ring; an empty one when there is none
 * @records: the records of the ring
 * @mask: the ring's number of records - 1
 * @filtered: not 0 once events may belong to a function of this program
 *
 * For the inline functions below alone; the library keeps more behind it.
 */
struct kplug {
	struct kplug_io io;
	struct kplug_ring_page *ring;
	const struct kplug_event *records;
	uint32_t mask;
	uint32_t filtered;
};

/* kplug_opts.flags */
#define KPLUG_OPEN_NO_RING  (1u << 0)	/* receive no events */
#define KPLUG_OPEN_NO_TIMES (1u << 1)	/* see KPLUG_RING_NO_TIMES: quicker events */

/* What kplug_opts.ring_entries 0 means. */
#define KPLUG_RING_DEFAULT 1024

/**
 * struct kplug_opts - options of kplug_open(); all zero is the default
 * @flags: KPLUG_OPEN_*
 * @ring_entries: records of the event ring, a power of two from 2; 0 for
 *	KPLUG_RING_DEFAULT. One record is kept for KPLUG_EVENT_STORM and
 *	KPLUG_EVENT_REMOVED: so many less one can wait of all others
 * @spin_ns: how long kplug_wait() looks at the ring before it sleeps
 */
struct kplug_opts {
	unsigned int flags;
	unsigned int ring_entries;
	uint64_t spin_ns;
};

/**
 * kplug_open() - open a device
 * @k: where to put the device
 * @name: address ("0000:00:04.0" or "00:04.0"), name of a platform, ISA or
 *	soft device, or a path that begins with "/"
 * @opts: options, NULL for the default
 *
 * Makes and maps the event ring too, unless @opts says otherwise. A restricted
 * opener may not have one before the plugin allows it, and gets it in
 * kplug_attach().
 *
 * Return: 0; -ENOENT when kplug has no such device; -EACCES when its node may
 * not be opened; -EPROTO when the kernel module is of another ABI version;
 * -EINVAL for a bad name or option; -ENOMEM, -ENODEV.
 */
int kplug_open(struct kplug **k, const char *name,
	       const struct kplug_opts *opts);

/**
 * kplug_close() - close a device
 * @k: from kplug_open(); NULL does nothing
 *
 * Ends kplug_listen(), unmaps the regions and the ring, and lets the kernel
 * disarm and detach what this program attached. The kernel does so once nothing
 * of it is left: not while another process has inherited it, nor while memory
 * of kplug_shm_alloc() was not freed. No other function may be running on @k.
 */
void kplug_close(struct kplug *k);

/**
 * kplug_fd() - the descriptor, for poll(2), epoll(7) or select(2)
 * @k: the device
 *
 * It is readable while an event waits and hangs up once the device is gone.
 * When it is readable, take the events with kplug_wait() and a timeout of 0.
 *
 * Return: the descriptor; it stays the library's own.
 */
int kplug_fd(const struct kplug *k);

/**
 * kplug_info() - what the device is
 * @k: the device
 * @info: filled
 *
 * Return: 0, -ENODEV.
 */
int kplug_info(struct kplug *k, struct kplug_device_info *info);

/**
 * kplug_region_info() - what a region is
 * @k: the device
 * @region: which one, below out_regions of kplug_info()
 * @info: filled
 *
 * Return: 0, -EINVAL for no such region, -ENODEV.
 */
int kplug_region_info(struct kplug *k, unsigned int region,
		      struct kplug_region_info *info);

/**
 * kplug_vector_info() - state and counters of a vector
 * @k: the device
 * @vector: which one
 * @info: filled
 *
 * Return: 0, -ENOENT for no such vector, -ENODEV.
 */
int kplug_vector_info(struct kplug *k, unsigned int vector,
		      struct kplug_vector_info *info);

/* For kplug_map(): every region that this opener may map. */
#define KPLUG_ALL_REGIONS 0xffffffffu

/**
 * kplug_map() - map a region into the program
 * @k: the device
 * @region: which one, or KPLUG_ALL_REGIONS
 *
 * From then on kplug_read32(kplug_io_user(k), region, offset) and its like
 * reach the registers without a system call. A region that is mapped already
 * stays as it is. The map lasts until kplug_unmap() or kplug_close(); once the
 * device is gone it reads as all ones, but for what the program itself writes
 * there from then on.
 *
 * Return: 0; -EOPNOTSUPP when the region cannot be mapped (use
 * kplug_access_read()); -EINVAL for no such region; -EPERM, -ENODEV, -ENOMEM.
 */
int kplug_map(struct kplug *k, unsigned int region);

/**
 * kplug_unmap() - the opposite of kplug_map()
 * @k: the device
 * @region: which one, or KPLUG_ALL_REGIONS
 *
 * No other thread may be using the map.
 *
 * Return: 0; -EBADFD when it is not mapped; -EBUSY while a handler of this
 * program is attached, which may use it.
 */
int kplug_unmap(struct kplug *k, unsigned int region);

/**
 * kplug_io_user() - the mapped regions, for kplug_read32() and its like
 * @k: the device
 *
 * Return: never NULL; a region that kplug_map() has not mapped reads as all
 * ones. Its address and length are in region[] of the result.
 */
static inline const struct kplug_io *kplug_io_user(const struct kplug *k)
{
	return &k->io;
}

/**
 * kplug_access_read() - read one register, checked by the kernel
 * @k: the device
 * @region: which region, ports and KPLUG_CONFIG_REGION too
 * @offset: byte offset, a multiple of @width
 * @width: 1, 2, 4 or 8 bytes
 * @value: filled
 *
 * Return: 0, -EINVAL, -EPERM, -ENODEV.
 */
int kplug_access_read(struct kplug *k, unsigned int region, uint64_t offset,
		      unsigned int width, uint64_t *value);

/**
 * kplug_access_write() - write one register, checked by the kernel
 * @k: the device
 * @region: which region, ports and KPLUG_CONFIG_REGION too
 * @offset: byte offset, a multiple of @width
 * @width: 1, 2, 4 or 8 bytes
 * @value: must fit @width
 *
 * What a program may not change in configuration space, struct kplug_access
 * says.
 *
 * Return: 0, -EINVAL, -EPERM, -ENODEV.
 */
int kplug_access_write(struct kplug *k, unsigned int region, uint64_t offset,
		       unsigned int width, uint64_t value);

/**
 * struct kplug_cap - a capability of a PCI function
 * @id: which, as <linux/pci_regs.h> numbers them: PCI_CAP_ID_PM and others, or
 *	PCI_EXT_CAP_ID_ERR and others for an extended one
 * @offset: where it is in configuration space
 * @version: of an extended one; else 0
 * @extended: 1 for an extended one, whose ids are numbered anew; else 0
 */
struct kplug_cap {
	uint16_t id;
	uint16_t offset;
	uint8_t version;
	uint8_t extended;
};

/**
 * kplug_caps() - list the capabilities of a PCI function
 * @k: the device
 * @caps: becomes an array, standard ones before extended ones, each in the
 *	order in which the function lists them; give it to free(3)
 *
 * A list that leaves its part of configuration space, or that comes back to
 * where it was, ends there: broken hardware has such.
 *
 * Return: how many; -EINVAL when the device has no configuration space; -EPERM,
 * -ENODEV, -ENOMEM.
 */
int kplug_caps(struct kplug *k, struct kplug_cap **caps);

/**
 * kplug_find_cap() - find a capability of a PCI function
 * @k: the device
 * @id: PCI_CAP_ID_*
 *
 * Its registers are in region KPLUG_CONFIG_REGION, from the offset found, for
 * kplug_access_read() and kplug_access_write().
 *
 * Return: offset of the first one; -ENOENT when there is none; see kplug_caps().
 */
int kplug_find_cap(struct kplug *k, unsigned int id);

/**
 * kplug_find_ext_cap() - find an extended capability of a PCI function
 * @k: the device
 * @id: PCI_EXT_CAP_ID_*
 *
 * Return: see kplug_find_cap().
 */
int kplug_find_ext_cap(struct kplug *k, unsigned int id);

/**
 * kplug_cap_name() - what people call a capability
 * @cap: the capability
 *
 * Return: "MSI-X" or the like; "unknown" for an id without a name.
 */
const char *kplug_cap_name(const struct kplug_cap *cap);

/**
 * kplug_transfer() - run a list of register accesses in one system call
 * @k: the device
 * @transfers: single accesses and blocks, see struct kplug_transfer
 * @num: how many, 1 to KPLUG_MAX_TRANSFERS
 * @done: if not NULL, filled: how many are done; on failure the index of the one
 *	that failed
 *
 * The kernel checks the whole list before the first access, and then runs it in
 * order. Ports, memory, and configuration space. To put an address into
 * kplug_transfer.buffer, cast it to uintptr_t.
 *
 * Return: 0; -EINVAL for a bad width, alignment, range or value and
 * -EOPNOTSUPP for an unknown flag: nothing was accessed; -EPERM when a
 * restricted opener has no window for it; -EFAULT, -ENODEV, -ENOMEM.
 */
int kplug_transfer(struct kplug *k, struct kplug_transfer *transfers,
		   unsigned int num, unsigned int *done);

/**
 * kplug_transfer_read() - read a block of registers, checked by the kernel
 * @k: the device
 * @region: which region, ports too
 * @offset: of the first access, a multiple of @width
 * @width: of each access: 1, 2, 4 or 8 bytes
 * @buffer: room for @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0, or KPLUG_TRANSFER_FIFO to read the same register each time
 *
 * kplug_read_block() does the same on a mapped region, without a system call.
 *
 * Return: see kplug_transfer().
 */
int kplug_transfer_read(struct kplug *k, unsigned int region, uint64_t offset,
			unsigned int width, void *buffer, uint32_t count,
			unsigned int flags);

/**
 * kplug_transfer_write() - write a block of registers, checked by the kernel
 * @k: the device
 * @region: which region, ports too
 * @offset: of the first access, a multiple of @width
 * @width: of each access: 1, 2, 4 or 8 bytes
 * @buffer: @count values of @width bytes, aligned to @width
 * @count: number of accesses, at least 1
 * @flags: 0, or KPLUG_TRANSFER_FIFO to write the same register each time
 *
 * Return: see kplug_transfer().
 */
int kplug_transfer_write(struct kplug *k, unsigned int region, uint64_t offset,
			 unsigned int width, const void *buffer, uint32_t count,
			 unsigned int flags);

/**
 * kplug_set_cleanup() - leave writes to be made when this program ends
 * @k: the device
 * @writes: single writes; the kernel copies them
 * @num: how many, at most KPLUG_MAX_CLEANUP; 0 forgets those left before
 *
 * The kernel makes them when the device is closed for the last time, however
 * the program ends: kplug_close() too, so a program that has cleaned up itself
 * forgets them first.
 *
 * Return: 0; -EINVAL for one that is no single write or not in range, -EPERM
 * for a restricted opener, -ENODEV, -ENOMEM.
 */
int kplug_set_cleanup(struct kplug *k, const struct kplug_transfer *writes,
		      unsigned int num);

/**
 * kplug_set_caching() - choose how a region is mapped
 * @k: the device
 * @region: one with KPLUG_REGION_MMAP, not mapped yet
 * @caching: KPLUG_CACHING_WC: writes may be combined, and wait for the next
 *	read or barrier; much quicker for a frame buffer or other memory on the
 *	device. KPLUG_CACHING_UC: the default, right for registers
 *
 * It holds for all programs and the kernel, until it is changed back or the
 * device unbound.
 *
 * Return: 0; -EBUSY while any program has mapped it, a plugin is attached or a
 * vector armed; -EINVAL for another region, -EPERM, -ENODEV, -ENOMEM.
 */
int kplug_set_caching(struct kplug *k, unsigned int region,
		      enum kplug_caching caching);

/**
 * kplug_map_range() - map a part of a region
 * @k: the device
 * @region: which one
 * @offset: of its first byte, a multiple of the page size
 * @length: in bytes, whole pages
 * @addr: filled: where it is mapped
 *
 * For a region that is too large to map whole, or of which a plugin leaves only
 * some pages to a restricted opener. kplug_io_user() does not know this map;
 * like those of kplug_map() it outlives the device, but not kplug_close().
 *
 * Return: 0; -EINVAL when the range is not in the region or not of whole pages;
 * -EOPNOTSUPP when the region cannot be mapped; -EPERM when a restricted opener
 * has no window for it; -EBUSY when its caching is just being changed; -ENODEV,
 * -ENOMEM.
 */
int kplug_map_range(struct kplug *k, unsigned int region, uint64_t offset,
		    size_t length, volatile void **addr);

/**
 * kplug_unmap_range() - the opposite of kplug_map_range()
 * @k: the device
 * @addr: from kplug_map_range()
 *
 * Return: 0, -EBADFD when nothing is mapped there.
 */
int kplug_unmap_range(struct kplug *k, volatile void *addr);

/**
 * kplug_irq_mode() - choose between INTx, MSI and MSI-X
 * @k: the device
 * @mode: what to use; KPLUG_IRQ_AUTO takes the best there is
 * @count: vectors wanted, 0 for as many as there are
 *
 * A program that does not care need not call it.
 *
 * Return: vectors in force, at least 1; -EBUSY while a vector is armed;
 * -EOPNOTSUPP when the device lacks the mode; -EINVAL, -EPERM, -ENODEV.
 */
int kplug_irq_mode(struct kplug *k, enum kplug_irq_mode mode,
		   unsigned int count);

/**
 * kplug_unmask() - let a masked vector interrupt again
 * @k: the device
 * @vector: one that this program attached to
 *
 * Needed after an event of a handler without a function (all members of struct
 * kplug_handler zero) on INTx or a wired line, once the device is quiet, and
 * after KPLUG_EVENT_STORM.
 *
 * Return: 0, -EBADFD when the vector is not this program's, -ENODEV.
 */
int kplug_unmask(struct kplug *k, unsigned int vector);

/**
 * kplug_affinity_set() - choose the CPUs that a vector interrupts
 * @k: the device
 * @vector: an armed one
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: the CPUs: a cpu_set_t, or an array of 64-bit words
 *
 * Users of a shared INTx line share its CPUs. The choice lasts as long as the
 * vector is armed, if nobody makes another one (in /proc/irq).
 *
 * Return: 0; -EINVAL for a bad length, or when none of the CPUs is online;
 * -EBADFD when the vector is not armed; -ENOENT for no such vector;
 * -EOPNOTSUPP on a soft device; -ENOSPC, -ENOMEM, -EFAULT, -EPERM, -ENODEV.
 */
int kplug_affinity_set(struct kplug *k, unsigned int vector, size_t length,
		       const void *mask);

/**
 * kplug_affinity_get() - ask for the CPUs that a vector may interrupt
 * @k: the device
 * @vector: an armed one
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: filled to its end
 *
 * Return: 0; -EINVAL for a bad length, also when the machine's CPUs do not fit;
 * otherwise see kplug_affinity_set(), but anybody may ask.
 */
int kplug_affinity_get(struct kplug *k, unsigned int vector, size_t length,
		       void *mask);

/**
 * kplug_eventfd() - count a vector's events in an eventfd(2)
 * @k: the device
 * @vector: which one
 * @fd: the eventfd, or -1 to stop
 *
 * The kernel keeps the eventfd, @fd may be closed. A handler that runs in this
 * program has not run yet when the eventfd is counted: kplug_wait() runs it.
 *
 * Return: 0, -ENOENT for no such vector, -EBADF for no descriptor, -EINVAL for
 * one that is no eventfd, -EPERM, -ENODEV, -ENOMEM.
 */
int kplug_eventfd(struct kplug *k, unsigned int vector, int fd);

/**
 * kplug_reset() - bring the device into its first state
 * @k: the device
 *
 * Configuration space is put back and vectors stay attached. Write again what
 * else the device lost: everybody who listens, this program too, gets
 * KPLUG_EVENT_RESET. Registers may read all ones meanwhile.
 *
 * Return: 0; -EOPNOTSUPP when it cannot be reset alone; -EBUSY while somebody
 * else resets, binds or removes it; -EPERM, -ENODEV, or why the reset failed.
 */
int kplug_reset(struct kplug *k);

/**
 * struct kplug_handler - who handles a vector; name one place or several
 * @plugin: a kernel plugin
 * @steps: a recipe, which the kernel copies
 * @num_steps: its length
 * @user: a function of this program, written against kplug/handler.h
 * @ctx: for @user, in kplug_irq.ctx
 * @event_type: type of this vector's events, KPLUG_EVENT_CUSTOM or above; 0
 *	for KPLUG_EVENT_IRQ
 */
struct kplug_handler {
	const char *plugin;
	const struct kplug_step *steps;
	unsigned int num_steps;
	unsigned int (*user)(struct kplug_irq *irq);
	void *ctx;
	unsigned int event_type;
};

/**
 * kplug_attach() - give a vector its handler and enable it
 * @k: the device
 * @vector: which one, or KPLUG_NO_VECTOR to attach to the plugin alone
 * @handler: not kept, but @handler->user and what it uses must stay
 *
 * Takes the first of plugin, recipe and user function that @handler names. A
 * plugin that is missing is passed over if another place is named. With none
 * named, or a user function, the kernel masks an INTx or wired line and
 * notifies.
 *
 * A user function runs inside kplug_next(), kplug_wait(), kplug_read() or the
 * thread of kplug_listen(), on every mappable region; the library then unmasks
 * the line, puts the captured words into the event, and keeps back events
 * whose verdict lacks KPLUG_NOTIFY. So the program sees the same events
 * wherever its handler runs. Such a function must not call kplug_attach() or
 * kplug_detach().
 *
 * Return: where the handler now is, enum kplug_handler_kind; -ENOENT for no
 * such vector, or no such plugin and nothing else named; -EBUSY when another
 * plugin or another program's handler is in the way; -EALREADY when this
 * program attached the vector before; -EINVAL for a bad recipe; -EPERM,
 * -ENODEV, -ENOMEM, or what the plugin says.
 */
int kplug_attach(struct kplug *k, unsigned int vector,
		 const struct kplug_handler *handler);

/**
 * kplug_detach() - the opposite of kplug_attach()
 * @k: the device
 * @vector: the same as then
 *
 * When it returns, the handler does not run any more; events that wait in the
 * ring come as the kernel posted them. The plugin is left with the last vector
 * that was attached to it.
 *
 * Return: 0, -EBADFD when it was not attached, -ENODEV.
 */
int kplug_detach(struct kplug *k, unsigned int vector);

/**
 * kplug_peek() - look at the oldest event in the ring
 * @k: the device
 *
 * Without a copy, without a system call, and as the kernel posted it: a user
 * function has not run for it.
 *
 * Return: the event, valid until kplug_consume(); NULL when there is none.
 */
static inline const struct kplug_event *kplug_peek(const struct kplug *k)
{
	uint64_t tail = k->ring->tail;

	/* Pairs with the kernel's release of head after it wrote the record. */
	if (__atomic_load_n(&k->ring->head, __ATOMIC_ACQUIRE) == tail)
		return NULL;
	return &k->records[tail & k->mask];
}

/**
 * kplug_consume() - be done with the event of kplug_peek()
 * @k: the device
 *
 * Only after kplug_peek() gave an event.
 */
static inline void kplug_consume(struct kplug *k)
{
	/* From here on the kernel may reuse the record. */
	__atomic_store_n(&k->ring->tail, k->ring->tail + 1, __ATOMIC_RELEASE);
}

/* kplug_next() once a user function was attached. */
int kplug_next_handled(struct kplug *k, struct kplug_event *event);

/**
 * kplug_next() - take the oldest event out of the ring
 * @k: the device
 * @event: filled
 *
 * Without a system call, unless a user function has to run.
 *
 * Return: 1, or 0 when there is none.
 */
static inline int kplug_next(struct kplug *k, struct kplug_event *event)
{
	const struct kplug_event *record;

	if (k->filtered)
		return kplug_next_handled(k, event);
	record = kplug_peek(k);
	if (!record)
		return 0;
	*event = *record;
	kplug_consume(k);
	return 1;
}

/**
 * kplug_wait() - wait for events
 * @k: the device
 * @events: room for @count events
 * @count: at least 1
 * @timeout_ns: longest wait; 0 not to wait, -1 for ever
 *
 * First looks at the ring for as long as kplug_set_spin() says, then sleeps.
 * After KPLUG_EVENT_REMOVED it gives -ENODEV.
 *
 * Return: how many events came, at most @count; 0 when the time is over;
 * -EINVAL when @count is 0; -EBADFD without a ring; -EINTR after a signal;
 * -ENODEV; -EAGAIN if the program made the descriptor non-blocking and waits
 * for ever.
 */
int kplug_wait(struct kplug *k, struct kplug_event *events, unsigned int count,
	       int64_t timeout_ns);

/**
 * kplug_read() - wait for events with read(2) at once
 * @k: the device
 * @events: room for @count events
 * @count: at least 1
 *
 * The quickest way to sleep for an event: one system call an event.
 *
 * Return: see kplug_wait().
 */
int kplug_read(struct kplug *k, struct kplug_event *events,
	       unsigned int count);

/**
 * kplug_set_spin() - how long kplug_wait() looks at the ring before it sleeps
 * @k: the device
 * @spin_ns: 0 to sleep at once
 */
void kplug_set_spin(struct kplug *k, uint64_t spin_ns);

/**
 * kplug_listen() - receive events in a thread of the library's
 * @k: the device
 * @callback: called for each event in turn
 * @ctx: for @callback
 *
 * The thread takes the events until kplug_unlisten(), kplug_close(), or
 * KPLUG_EVENT_REMOVED, which is its last. Not at the same time as
 * kplug_unlisten().
 *
 * Return: 0, -EALREADY when it listens, -EBADFD without a ring, -ENOMEM,
 * -EAGAIN when there may be no more threads.
 */
int kplug_listen(struct kplug *k,
		 void (*callback)(struct kplug *k,
				  const struct kplug_event *event, void *ctx),
		 void *ctx);

/**
 * kplug_unlisten() - the opposite of kplug_listen()
 * @k: the device
 *
 * When it returns, the callback does not run any more.
 *
 * Return: 0, -EBADFD when it does not listen, -EDEADLK in the callback itself.
 */
int kplug_unlisten(struct kplug *k);

/* The stages of an event, as far as its record knows them. */
enum kplug_stage {
	KPLUG_STAGE_HANDLER,	/* the interrupt entered kplug - its event was posted */
	KPLUG_STAGE_TAKEN,	/* the event was posted - the program has taken it */
	KPLUG_STAGE_WHOLE,	/* the interrupt entered kplug - the program has its event */
	KPLUG_NUM_STAGES
};

/* For kplug_stats_times(): every event, whatever its vector. */
#define KPLUG_ALL_VECTORS 0xfffffffeu

/* How long the stages of the events took that a program has taken. */
struct kplug_stats;

/**
 * struct kplug_event_counts - how many events a struct kplug_stats knows of
 * @events: events added
 * @untimed: of these, events without times, see KPLUG_OPEN_NO_TIMES
 * @lost: events that were lost before those added. What was lost after the last
 *	one, the next one says
 */
struct kplug_event_counts {
	uint64_t events;
	uint64_t untimed;
	uint64_t lost;
};

/**
 * struct kplug_stage_times - how long a stage took, in ns
 * @count: how often it was measured; if 0, all is 0
 * @min: shortest, exact
 * @mean: exact, rounded down
 * @p50: median. This and the following are off by at most 1/64
 * @p90: 90 % took no longer
 * @p99: 99 % took no longer
 * @p999: 99.9 % took no longer
 * @max: longest, exact
 */
struct kplug_stage_times {
	uint64_t count;
	uint64_t min;
	uint64_t mean;
	uint64_t p50;
	uint64_t p90;
	uint64_t p99;
	uint64_t p999;
	uint64_t max;
};

/**
 * kplug_stats_new() - prepare to measure where the time of events goes
 * @num_vectors: vectors to tell apart, from 0, at most KPLUG_MAX_VECTORS; 0 if
 *	that does not matter
 * @stats: filled; for kplug_stats_free()
 *
 * Takes 46 KB for each vector and for all others, and no more afterwards. It
 * belongs to no device: events of several may be added.
 *
 * Used by one thread at a time. Several threads have one each, which
 * kplug_stats_merge() puts together.
 *
 * Return: 0, -EINVAL for too many vectors, -ENOMEM.
 */
int kplug_stats_new(unsigned int num_vectors, struct kplug_stats **stats);

/**
 * kplug_stats_free() - the opposite of kplug_stats_new()
 * @stats: or NULL
 */
void kplug_stats_free(struct kplug_stats *stats);

/**
 * kplug_stats_add() - count an event that was taken just now
 * @stats: from kplug_stats_new()
 * @event: from kplug_next(), kplug_wait(), kplug_read() or kplug_peek(), or in
 *	the callback of kplug_listen(); each event once
 *
 * The times are those in the event, and the clock as it is in this call: so the
 * call comes before what the program does with the event. A function of the
 * program that handles the vector (see struct kplug_handler) has run by then,
 * and is in KPLUG_STAGE_TAKEN. An event that no handler asked for at its end,
 * as of a deferred handler, has only KPLUG_STAGE_TAKEN.
 *
 * The program must not be in a time namespace that moves its monotonic clock.
 */
void kplug_stats_add(struct kplug_stats *stats, const struct kplug_event *event);

/**
 * kplug_stats_merge() - add what another one has measured
 * @into: also has it from now on
 * @from: stays as it is; no other thread is using it
 *
 * Return: 0, -EINVAL when the two have not as many vectors.
 */
int kplug_stats_merge(struct kplug_stats *into, const struct kplug_stats *from);

/**
 * kplug_stats_reset() - forget all that was added
 * @stats: as new
 */
void kplug_stats_reset(struct kplug_stats *stats);

/**
 * kplug_stats_counts() - how many events were taken and lost
 * @stats: from kplug_stats_new()
 * @counts: filled
 */
void kplug_stats_counts(const struct kplug_stats *stats, struct kplug_event_counts *counts);

/**
 * kplug_stats_times() - how long a stage took
 * @stats: from kplug_stats_new()
 * @vector: below num_vectors of kplug_stats_new(); KPLUG_ALL_VECTORS for all
 *	events; KPLUG_NO_VECTOR for those of no vector, or of one from
 *	num_vectors on
 * @stage: which one
 * @times: filled
 *
 * Return: 0, -EINVAL for no such vector or stage.
 */
int kplug_stats_times(const struct kplug_stats *stats, unsigned int vector,
		      enum kplug_stage stage, struct kplug_stage_times *times);

/**
 * kplug_call() - send a message to the plugin and wait for its answer
 * @k: the device, attached to a plugin
 * @cmd: meaning fixed by the plugin
 * @in: the message, may be NULL if @in_len is 0
 * @in_len: its length in bytes
 * @out: room for the answer, may be NULL if @out_len is 0
 * @out_len: bytes at @out
 *
 * Several threads may be in a call at a time.
 *
 * Return: length of the answer in bytes; -EBADFD when no plugin is attached;
 * -E2BIG when the message or the room is more than the plugin takes; -EPERM,
 * -ENODEV, or what the plugin says.
 */
int kplug_call(struct kplug *k, unsigned int cmd, const void *in, size_t in_len,
	       void *out, size_t out_len);

/**
 * struct kplug_shm - memory shared with the plugin
 * @addr: where it is mapped
 * @length: in bytes, whole pages
 * @id: names it in a call
 */
struct kplug_shm {
	void *addr;
	size_t length;
	uint32_t id;
};

/**
 * kplug_shm_alloc() - get memory shared with the plugin
 * @k: the device
 * @length: bytes wanted, at most KPLUG_MAX_SHM
 * @shm: filled
 *
 * Return: 0, -EINVAL for a bad length, -ENOSPC when this opener has
 * KPLUG_MAX_SHMS pieces, -EPERM, -ENOMEM, -ENODEV.
 */
int kplug_shm_alloc(struct kplug *k, size_t length, struct kplug_shm *shm);

/**
 * kplug_shm_free() - the opposite of kplug_shm_alloc()
 * @k: the device
 * @shm: from kplug_shm_alloc(); the plugin may hold the memory on
 *
 * Return: 0, also when the device is gone; -ENOENT for no such memory.
 */
int kplug_shm_free(struct kplug *k, struct kplug_shm *shm);

/**
 * struct kplug_dma_buffer - memory in one piece for the device's DMA
 * @addr: where it is mapped
 * @length: in bytes, whole pages
 * @fd: the dma-buf, which may be sent to another process; see dma-buf.h of the
 *	kernel for what can be done with one
 */
struct kplug_dma_buffer {
	void *addr;
	size_t length;
	int fd;
};

/**
 * kplug_buffer_alloc() - get memory for the device's DMA
 * @k: a trusted opener
 * @length: bytes wanted
 * @buffer: filled; the memory is zeroed
 *
 * Return: 0, -EINVAL for no length, -ENOMEM when there is no such piece or
 * RLIMIT_MEMLOCK is reached, -EOPNOTSUPP for a device without DMA, -EPERM,
 * -EMFILE, -ENODEV.
 */
int kplug_buffer_alloc(struct kplug *k, size_t length, struct kplug_dma_buffer *buffer);

/**
 * kplug_buffer_alloc_coherent() - get memory that never needs kplug_dma_sync()
 * @k: a trusted opener
 * @length: bytes wanted
 * @buffer: filled; the memory is zeroed
 *
 * Return: as kplug_buffer_alloc(); -EOPNOTSUPP also on machines that have no
 * such memory for this device.
 */
int kplug_buffer_alloc_coherent(struct kplug *k, size_t length,
				struct kplug_dma_buffer *buffer);

/**
 * kplug_buffer_free() - the opposite of kplug_buffer_alloc()
 * @buffer: what others have of it, and what is mapped for a device, stays
 */
void kplug_buffer_free(struct kplug_dma_buffer *buffer);

/**
 * kplug_buffer_pin() - a buffer of memory that the program has already
 * @k: a trusted opener
 * @addr: anywhere; the memory stays the program's, which must not fork() while
 *	the device writes to it
 * @length: bytes, as many as RLIMIT_MEMLOCK allows
 * @flags: KPLUG_BUFFER_READ_ONLY for memory that the device only reads, else 0
 * @offset: filled: where @addr is in the buffer
 *
 * Return: the descriptor of a dma-buf, for kplug_dma_map() and close();
 * -EFAULT for memory that cannot be pinned, -ENOMEM when RLIMIT_MEMLOCK is
 * reached, and as kplug_buffer_alloc().
 */
int kplug_buffer_pin(struct kplug *k, const void *addr, size_t length,
		     unsigned int flags, uint64_t *offset);

/**
 * kplug_buffer_region() - a buffer of memory that the device has itself
 * @k: a trusted opener
 * @region: one that can be mapped
 * @offset: in it, a multiple of the page size
 * @length: bytes; the buffer has whole pages
 *
 * Another device reaches it with kplug_dma_map(), if it is known that requests
 * get from there to here: -EOPNOTSUPP says that they might not. Two devices
 * below one PCIe switch will do; the parameter root_complex_routes of kplug.ko
 * allows others, see struct kplug_buffer.
 *
 * Return: the descriptor of a dma-buf, for kplug_dma_map(), mmap() and close();
 * -EINVAL for no such part of a region, -EBUSY while its caching changes,
 * -EPERM, -ENOMEM, -EMFILE, -ENODEV.
 */
int kplug_buffer_region(struct kplug *k, unsigned int region, uint64_t offset,
			size_t length);

/**
 * struct kplug_mapping - what the device reaches of a buffer
 * @id: names it
 * @num_segments: how many pieces the device sees
 */
struct kplug_mapping {
	uint32_t id;
	uint32_t num_segments;
};

/**
 * kplug_dma_map() - let the device reach a buffer
 * @k: a trusted opener
 * @fd: a dma-buf, whoever made it
 * @offset: first byte of the part that is meant
 * @length: of it in bytes, 0 for all that follows
 * @direction: enum kplug_dma_direction
 * @mapping: filled; good until kplug_dma_unmap() or kplug_close()
 *
 * Return: 0; -EINVAL when @fd is no dma-buf or the part is not in it;
 * -EOPNOTSUPP when the device cannot reach it; -ENOSPC after
 * KPLUG_MAX_MAPPINGS; -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_dma_map(struct kplug *k, int fd, uint64_t offset, uint64_t length,
		  enum kplug_dma_direction direction,
		  struct kplug_mapping *mapping);

/**
 * kplug_dma_unmap() - the opposite of kplug_dma_map()
 * @k: the same
 * @id: from kplug_dma_map(); the device has finished with it
 *
 * Return: 0, -ENOENT, -ENODEV.
 */
int kplug_dma_unmap(struct kplug *k, uint32_t id);

/**
 * kplug_dma_segments() - where the device sees a mapping
 * @k: the same
 * @id: from kplug_dma_map()
 * @first: which segment to begin with, from 0
 * @segments: filled
 * @num: how many; together with @first at most kplug_mapping.num_segments
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int kplug_dma_segments(struct kplug *k, uint32_t id, uint32_t first,
		       struct kplug_segment *segments, uint32_t num);

/**
 * kplug_dma_sync() - hand a part of a mapping to the program or to the device
 * @k: the same
 * @id: from kplug_dma_map()
 * @sync_for: enum kplug_sync_for
 * @offset: first byte of the part, in the mapping
 * @length: of it in bytes, 0 for all that follows
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int kplug_dma_sync(struct kplug *k, uint32_t id, enum kplug_sync_for sync_for,
		   uint64_t offset, uint64_t length);

/**
 * kplug_dma_set_limits() - say what the device's DMA can do
 * @k: a trusted opener, of a device without a plugin
 * @limits: see struct kplug_dma_limits; its size does not matter
 *
 * Return: 0, -EINVAL, -EBUSY while a buffer is mapped or a plugin attached,
 * -EOPNOTSUPP, -EPERM, -ENODEV.
 */
int kplug_dma_set_limits(struct kplug *k, const struct kplug_dma_limits *limits);

/* Chunks of a mapping, for a program that programs the device's engine itself. */
struct kplug_cutter;

/**
 * kplug_cutter_new() - prepare to cut a mapping into chunks
 * @k: a trusted opener
 * @mapping: from kplug_dma_map(); it may be used by several cutters
 * @max_chunk: most bytes that the engine transfers at once, 0 for any number
 * @alignment: of every chunk's address, a power of two that divides @max_chunk;
 *	0 for none
 * @cutter: filled; for kplug_cutter_free()
 *
 * Return: 0, -EINVAL, -ENOENT, -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_cutter_new(struct kplug *k, const struct kplug_mapping *mapping,
		     uint64_t max_chunk, uint32_t alignment,
		     struct kplug_cutter **cutter);

/**
 * kplug_cutter_start() - begin a transfer
 * @cutter: what came before is forgotten
 * @offset: first byte, in the mapping
 * @length: in bytes
 *
 * Return: 0, -EINVAL when that is not in the mapping or not aligned.
 */
int kplug_cutter_start(struct kplug_cutter *cutter, uint64_t offset, uint64_t length);

/**
 * kplug_cutter_next() - what to program now
 * @cutter: started
 * @chunk: filled
 *
 * Call it again when the device has finished with the chunk before.
 *
 * Return: 1, or 0 when all is done.
 */
int kplug_cutter_next(struct kplug_cutter *cutter, struct kplug_segment *chunk);

/**
 * kplug_cutter_free() - the opposite of kplug_cutter_new()
 * @cutter: or NULL
 */
void kplug_cutter_free(struct kplug_cutter *cutter);

/**
 * kplug_transaction_make() - prepare transfers that the plugin's engine does
 * @k: the same as of the mapping, attached to a plugin with an engine
 * @t: kplug_transaction.mapping, and whatever else shall not be as by default;
 *	out_id is filled
 *
 * Return: 0; -EBADFD without a plugin; -EOPNOTSUPP when it has no engine;
 * -EINVAL for a part that is not in the mapping or not aligned as the engine
 * needs it; -ENOENT, -ENOSPC, -ENOMEM, -EPERM, -ENODEV.
 */
int kplug_transaction_make(struct kplug *k, struct kplug_transaction *t);

/**
 * kplug_transaction_execute() - start transfers
 * @k: the same
 * @list: see struct kplug_execution
 * @num: how many, at most KPLUG_MAX_EXECUTIONS
 *
 * Each ends with an event of type KPLUG_EVENT_DMA, see KPLUG_EXECUTE, if the
 * opener listens; or see kplug_transaction_wait().
 *
 * Return: how many were started, fewer than @num when one is refused; for the
 * first of them the errno: -EINVAL, -ENOENT, -EBUSY when it has not ended,
 * -EOPNOTSUPP for polling that the plugin cannot do, -EINTR, -ENODEV, or what the
 * plugin says.
 */
int kplug_transaction_execute(struct kplug *k, const struct kplug_execution *list, uint32_t num);

/**
 * kplug_transaction_wait() - see how it is, or wait for its end
 * @k: the same
 * @id: kplug_transaction.out_id
 * @timeout_ms: 0 not to wait, KPLUG_TIMEOUT_NONE to wait for ever
 * @info: filled
 *
 * Return: 0, also when it has not ended in time: see @info->out_state; -EINTR,
 * -ENOENT, -ENODEV.
 */
int kplug_transaction_wait(struct kplug *k, uint32_t id, uint32_t timeout_ms,
			   struct kplug_transaction_info *info);

/**
 * kplug_transaction_abort() - bring a transfer to an end
 * @k: the same
 * @id: kplug_transaction.out_id
 *
 * Return: 0, and the device has let go of the memory; -ENOENT, -ENODEV.
 */
int kplug_transaction_abort(struct kplug *k, uint32_t id);

/**
 * kplug_transaction_release() - the opposite of kplug_transaction_make()
 * @k: the same
 * @id: kplug_transaction.out_id
 *
 * Return: 0, -EBUSY when it has not ended, -ENOENT, -ENODEV.
 */
int kplug_transaction_release(struct kplug *k, uint32_t id);

/**
 * struct kplug_found - a device, as sysfs knows it
 * @name: PCI address, or name of a platform, ISA or soft device
 * @bus: "pci", "platform", "isa" or "soft"
 * @parent: what a PCI function is behind: a bridge's address, or the host bridge
 *	as the kernel calls it ("pci0000:00"); empty for other devices
 * @vendor: PCI vendor id, 0 on other buses
 * @device: PCI device id
 * @subvendor: PCI subsystem vendor id
 * @subdevice: PCI subsystem id
 * @class_code: PCI class code, 24 bits
 * @revision: PCI revision
 * @iommu_group: -1 without an IOMMU
 * @numa_node: -1 when the machine does not say
 * @on_kplug: not 0 when kplug_open() can open it
 * @driver: bound driver, empty if none
 * @plugin: permanently attached plugin, empty if none
 * @irq_mode: "INTx", "MSI", "MSI-X", "wired" or "soft"; empty when not on
 *	kplug or before vectors were allocated
 */
struct kplug_found {
	char name[KPLUG_NAME_MAX];
	char bus[12];
	char parent[KPLUG_NAME_MAX];
	uint16_t vendor;
	uint16_t device;
	uint16_t subvendor;
	uint16_t subdevice;
	uint32_t class_code;
	uint32_t revision;
	int iommu_group;
	int numa_node;
	int on_kplug;
	char driver[KPLUG_NAME_MAX];
	char plugin[KPLUG_NAME_MAX];
	char irq_mode[8];
};

/**
 * kplug_scan() - find every PCI function, and every other device of kplug's
 * @found: becomes an array, PCI first and each part in order of name; give it
 *	to free(3)
 *
 * Works without privileges, and when the kernel module is not loaded.
 *
 * Return: how many, -ENOMEM.
 */
int kplug_scan(struct kplug_found **found);

/**
 * kplug_match() - does a pattern mean this device?
 * @found: the device
 * @pattern: its address ("0000:00:04.0" or "00:04.0") or its name, maybe with
 *	"*", "?" and "[...]" as in a shell ("01:*"); or vendor and device id in
 *	four digits each ("1234:11e8"), either of which may be "*"; so "0000:*"
 *	is a vendor and no domain
 *
 * Return: 1 or 0.
 */
int kplug_match(const struct kplug_found *found, const char *pattern);

/**
 * kplug_select() - find the devices that a pattern means
 * @pattern: see kplug_match()
 * @found: becomes an array in order of name; give it to free(3)
 *
 * Return: how many, maybe 0; -ENOMEM.
 */
int kplug_select(const char *pattern, struct kplug_found **found);

/**
 * struct kplug_holder - a program that has a device open
 * @pid: its process, seen from here
 * @trusted: not 0 for a trusted opener
 * @plugin: the plugin it attached to, empty if none
 */
struct kplug_holder {
	int pid;
	int trusted;
	char plugin[KPLUG_NAME_MAX];
};

/**
 * kplug_holders() - find who has a device open
 * @name: the device
 * @holders: becomes an array; give it to free(3)
 *
 * Return: how many, -ENOENT when kplug has no such device, -EINVAL for a bad
 * name, -EACCES, -ENOMEM.
 */
int kplug_holders(const char *name, struct kplug_holder **holders);

/**
 * kplug_bind() - take a PCI function or platform device from its driver to kplug
 * @name: its address, or its name in /sys/bus/platform/devices
 *
 * Remembers the former driver in /run/kplug, for kplug_unbind() in this or
 * another program. If kplug refuses, the former driver is put back.
 *
 * Return: 0, -ENODEV for no such device, -ENOSYS when the kernel module is
 * not loaded, -EALREADY when kplug has it, -EINVAL for a bad name, -EACCES,
 * or why kplug refused it: -EBUSY when another driver has claimed a part of
 * its memory or ports.
 */
int kplug_bind(const char *name);

/**
 * kplug_unbind() - give a device back to its former driver
 * @name: its address, or its name in /sys/bus/platform/devices
 *
 * A device that had no driver before has none afterwards.
 *
 * Return: 0, -ENODEV for no such device, -EBADFD when kplug does not have
 * it, -EINVAL for a bad name, -EACCES, or why the former driver refused it.
 */
int kplug_unbind(const char *name);

/**
 * struct kplug_range - ports or memory of an ISA card
 * @start: first port, or physical address
 * @length: in ports or bytes
 * @flags: KPLUG_REGION_PORT or KPLUG_REGION_MEM
 */
struct kplug_range {
	uint32_t start;
	uint32_t length;
	uint32_t flags;
};

/**
 * kplug_isa_add() - declare an ISA card, which nothing can find by itself
 * @name: "isa-" and at least one of [a-z0-9_], shorter than KPLUG_NAME_MAX
 * @ranges: they become its regions, in this order: ports below 65536, memory
 *	from 640 KiB to 1 MiB
 * @count: how many, 1 to KPLUG_MAX_REGIONS
 * @irq: its line, 1 to 15 without 2; 0 for none
 *
 * The device is /dev/kplug/@name until kplug_isa_del(). Needs root.
 *
 * Return: 0; -EBUSY when a range or the line is another driver's, or the name
 * is taken; -EINVAL; -ENOSYS when the kernel module is not loaded; -EACCES or
 * -EPERM, -ENOMEM.
 */
int kplug_isa_add(const char *name, const struct kplug_range *ranges,
		  unsigned int count, unsigned int irq);

/**
 * kplug_isa_del() - the opposite of kplug_isa_add()
 * @name: the same
 *
 * Programs that have it open see it removed.
 *
 * Return: 0, -ENOENT for no such ISA device, -EINVAL for a bad name, -EACCES or
 * -EPERM.
 */
int kplug_isa_del(const char *name);

/**
 * kplug_attach_permanent() - attach a plugin to a device for good
 * @name: the device
 * @plugin: the plugin
 *
 * The plugin stays until kplug_detach_permanent() or until the device goes,
 * whether programs come or not.
 *
 * Return: 0, -ENOENT for no such device or plugin, -EBUSY when another plugin
 * is attached, -EALREADY, -EINVAL for a bad name, -EACCES, or what the plugin
 * says.
 */
int kplug_attach_permanent(const char *name, const char *plugin);

/**
 * kplug_detach_permanent() - the opposite of kplug_attach_permanent()
 * @name: the device
 *
 * Return: 0, -ENOENT for no such device, -EBADFD when no plugin is attached
 * for good, -EINVAL for a bad name, -EACCES.
 */
int kplug_detach_permanent(const char *name);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* KPLUG_H */
