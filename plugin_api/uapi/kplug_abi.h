/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* What crosses the border between user programs and kplug.ko. */
#ifndef KPLUG_ABI_H
#define KPLUG_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KPLUG_ABI_VERSION 1

/**
 * DOC: General format
 *
 * Every command is an ioctl on ``/dev/kplug/<address>`` whose argument starts
 * with @size, the size of the structure the program was compiled with. The
 * number carries no size: a structure grows at its end, and a zero tail means
 * the old behaviour. All fields have fixed width, there are no holes, a user
 * pointer is an ``__aligned_u64``, and a field that the kernel fills is named
 * ``out_*``. On failure nothing has changed and no field is written.
 *
 * The errno dictionary, the same for every command:
 *
 *  - ENOTTY: unknown command.
 *  - E2BIG: @size is beyond what this kernel knows and the tail is not zero;
 *    or a call's message is longer than the plugin accepts.
 *  - EOPNOTSUPP: an unknown flag or reserved field is set, or the device or
 *    the attached plugin has no such function.
 *  - EINVAL: a value is out of its range, is not aligned, or overlaps.
 *  - EFAULT: a pointer does not lead to accessible memory. If it is the answer
 *    that finds no room, the command has taken effect.
 *  - EPERM: this opener may not do that (see "restricted" below).
 *  - ENOENT: there is no plugin, shared memory or vector of that name or id.
 *  - EBUSY: another opener, or an armed vector, is in the way.
 *  - EALREADY: it is already so (attached, armed by this opener, ring made).
 *  - EBADFD: something has to be done first (no ring, not armed, not attached).
 *  - ENOSPC: a limit on the number of objects is reached.
 *  - ENOMEM: no memory.
 *  - ENODEV: the device is gone; only close() is left to do.
 *  - ENOEXEC: a plugin that does not fit this kernel module's version.
 *
 * An opener with CAP_SYS_RAWIO at open() is *trusted*. Every other opener is
 * *restricted*: it may ask for information and may use calls, events, shared
 * memory and windows of registers so far as the attached plugin allows it, and
 * nothing else.
 */

/* The limits of this version. */
#define KPLUG_NAME_MAX      32	/* device address or plugin name, with its NUL */
#define KPLUG_MAX_REGIONS   8	/* 0 to 5 are the BARs of a PCI function; elsewhere in order */
#define KPLUG_CONFIG_REGION 7	/* the configuration space of one */
#define KPLUG_MAX_VECTORS   256
#define KPLUG_MAX_STEPS     16	/* in a recipe */
#define KPLUG_MAX_CAPTURES  4	/* words a recipe may capture */
#define KPLUG_EVENT_WORDS   6	/* 64-bit words of payload in an event */
#define KPLUG_MAX_RING      65536	/* records */
#define KPLUG_MAX_MESSAGE   (1024 * 1024)	/* bytes, each way, in a call */
#define KPLUG_MAX_SHM       (16 * 1024 * 1024)	/* bytes in one piece */
#define KPLUG_MAX_SHMS      64	/* pieces of one opener */
#define KPLUG_MAX_CPU_MASK  1024	/* bytes */
#define KPLUG_MAX_TRANSFERS 4096	/* in one list */
#define KPLUG_MAX_CLEANUP   64	/* writes that an opener may leave */
#define KPLUG_MAX_MAPPINGS  4096	/* buffers that an opener has mapped at a time */
#define KPLUG_MAX_TRANSACTIONS 4096	/* of an opener */
#define KPLUG_MAX_EXECUTIONS 1024	/* in one list */
#define KPLUG_DMA_ARGS      4	/* words that a program tells the plugin's engine */

#define KPLUG_IOCTL_TYPE 0xE7

enum {
	KPLUG_CMD_DEVICE_INFO = 0x40,
	KPLUG_CMD_REGION_INFO,
	KPLUG_CMD_VECTOR_INFO,
	KPLUG_CMD_ACCESS,
	KPLUG_CMD_IRQ_MODE,
	KPLUG_CMD_ARM,
	KPLUG_CMD_DISARM,
	KPLUG_CMD_UNMASK,
	KPLUG_CMD_EVENTFD,
	KPLUG_CMD_RING,
	KPLUG_CMD_ATTACH,
	KPLUG_CMD_DETACH,
	KPLUG_CMD_CALL,
	KPLUG_CMD_SHM_ALLOC,
	KPLUG_CMD_SHM_FREE,
	KPLUG_CMD_AFFINITY,
	KPLUG_CMD_RESET,
	KPLUG_CMD_TRANSFER,
	KPLUG_CMD_CLEANUP,
	KPLUG_CMD_CACHING,
	KPLUG_CMD_BUFFER,
	KPLUG_CMD_MAP,
	KPLUG_CMD_UNMAP,
	KPLUG_CMD_SEGMENTS,
	KPLUG_CMD_SYNC,
	KPLUG_CMD_DMA_LIMITS,
	KPLUG_CMD_TRANSACTION,
	KPLUG_CMD_EXECUTE,
	KPLUG_CMD_ABORT,
	KPLUG_CMD_TRANSACTION_INFO,
	KPLUG_CMD_RELEASE,
};

enum kplug_bus {
	KPLUG_BUS_PCI = 1,
	KPLUG_BUS_SOFT = 2,	/* no hardware: a plugin made the device */
	KPLUG_BUS_PLATFORM = 3,	/* from the device tree or ACPI */
	KPLUG_BUS_ISA = 4,	/* ports, memory and line as root declared them */
};

enum kplug_irq_mode {
	KPLUG_IRQ_AUTO = 0,	/* MSI-X, else MSI, else INTx; or what the bus has */
	KPLUG_IRQ_INTX = 1,
	KPLUG_IRQ_MSI = 2,
	KPLUG_IRQ_MSIX = 3,
	KPLUG_IRQ_SOFT = 4,	/* fired by the plugin; soft devices only */
	KPLUG_IRQ_WIRED = 5,	/* a line of its own; platform and ISA devices only */
};

/* kplug_device_info.out_flags */
#define KPLUG_DEVICE_TRUSTED   (1u << 0)	/* this opener is trusted */
#define KPLUG_DEVICE_ATTACHED  (1u << 1)	/* this opener uses the plugin */
#define KPLUG_DEVICE_PERMANENT (1u << 2)	/* a plugin is attached permanently */

/**
 * struct kplug_device_info - ioctl(KPLUG_DEVICE_INFO)
 * @size: sizeof(struct kplug_device_info)
 * @flags: must be 0
 * @out_flags: KPLUG_DEVICE_*
 * @out_abi: KPLUG_ABI_VERSION of the kernel module
 * @out_bus: enum kplug_bus
 * @out_irq_mode: enum kplug_irq_mode in force; KPLUG_IRQ_AUTO before vectors
 *	were allocated
 * @out_vectors: vectors in force; before allocation, what the best mode offers
 * @out_regions: number of region slots to ask about; some may be empty
 * @out_vendor: PCI vendor id, 0 on other buses
 * @out_device: PCI device id
 * @out_subvendor: PCI subsystem vendor id
 * @out_subdevice: PCI subsystem id
 * @out_class: PCI class code, 24 bits
 * @out_revision: PCI revision
 * @out_max_in: longest message in, in bytes, that the attached plugin takes
 * @out_max_out: longest answer, in bytes, of the attached plugin
 * @out_name: the device's address, NUL-terminated
 * @out_plugin: the attached plugin, empty if none
 */
struct kplug_device_info {
	__u32 size;
	__u32 flags;
	__u32 out_flags;
	__u32 out_abi;
	__u32 out_bus;
	__u32 out_irq_mode;
	__u32 out_vectors;
	__u32 out_regions;
	__u16 out_vendor;
	__u16 out_device;
	__u16 out_subvendor;
	__u16 out_subdevice;
	__u32 out_class;
	__u32 out_revision;
	__u32 out_max_in;
	__u32 out_max_out;
	char out_name[KPLUG_NAME_MAX];
	char out_plugin[KPLUG_NAME_MAX];
};
#define KPLUG_DEVICE_INFO _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_DEVICE_INFO)

/* kplug_region_info.out_flags */
#define KPLUG_REGION_MEM      (1u << 0)
#define KPLUG_REGION_PORT     (1u << 1)
#define KPLUG_REGION_MMAP     (1u << 2)	/* this opener may map it */
#define KPLUG_REGION_PREFETCH (1u << 3)
#define KPLUG_REGION_CONFIG   (1u << 4)	/* configuration space */
#define KPLUG_REGION_WC       (1u << 5)	/* writes are combined, see KPLUG_CACHING */

/**
 * struct kplug_region_info - ioctl(KPLUG_REGION_INFO)
 * @size: sizeof(struct kplug_region_info)
 * @index: which region, below out_regions of the device
 * @out_flags: KPLUG_REGION_*; 0 for an empty slot
 * @__reserved: must be 0
 * @out_length: length in bytes, 0 for an empty slot
 * @out_mmap_offset: offset for mmap(), valid with KPLUG_REGION_MMAP
 */
struct kplug_region_info {
	__u32 size;
	__u32 index;
	__u32 out_flags;
	__u32 __reserved;
	__aligned_u64 out_length;
	__aligned_u64 out_mmap_offset;
};
#define KPLUG_REGION_INFO _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_REGION_INFO)

/* kplug_vector_info.out_flags */
#define KPLUG_VECTOR_ARMED  (1u << 0)	/* by anyone */
#define KPLUG_VECTOR_MINE   (1u << 1)	/* by this opener */
#define KPLUG_VECTOR_MASKED (1u << 2)	/* waits for KPLUG_UNMASK */
#define KPLUG_VECTOR_STORM  (1u << 3)	/* masked by the storm guard */

enum kplug_handler_kind {
	KPLUG_HANDLER_USER = 0,	/* mask an INTx or wired line, then notify */
	KPLUG_HANDLER_RECIPE = 1,
	KPLUG_HANDLER_PLUGIN = 3,	/* 2 is kept for verified programs */
};

/**
 * struct kplug_vector_info - ioctl(KPLUG_VECTOR_INFO)
 * @size: sizeof(struct kplug_vector_info)
 * @index: which vector
 * @out_flags: KPLUG_VECTOR_*
 * @out_handler: enum kplug_handler_kind of an armed vector
 * @out_irq: the Linux interrupt number, 0 when not armed
 * @out_event_type: type of the events of this vector
 * @out_raised: times the interrupt was entered
 * @out_handled: times the handler claimed it
 * @out_none: times the handler said that it was not its interrupt
 * @out_deferred: runs of the deferred handler
 * @out_coalesced: requests for a deferred run; at rest, minus @out_deferred
 *	it is the number of runs saved
 * @out_posted: events posted, counted once however many openers listen
 * @out_dropped: records not delivered because an opener's ring was full,
 *	summed over openers
 * @out_storms: times the storm guard masked the vector
 *
 * The counts start at 0 when the device is bound and survive arm and disarm.
 */
struct kplug_vector_info {
	__u32 size;
	__u32 index;
	__u32 out_flags;
	__u32 out_handler;
	__u32 out_irq;
	__u32 out_event_type;
	__aligned_u64 out_raised;
	__aligned_u64 out_handled;
	__aligned_u64 out_none;
	__aligned_u64 out_deferred;
	__aligned_u64 out_coalesced;
	__aligned_u64 out_posted;
	__aligned_u64 out_dropped;
	__aligned_u64 out_storms;
};
#define KPLUG_VECTOR_INFO _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_VECTOR_INFO)

/* kplug_access.flags */
#define KPLUG_ACCESS_WRITE (1u << 0)	/* else read */

/**
 * struct kplug_access - ioctl(KPLUG_ACCESS), one checked register access
 * @size: sizeof(struct kplug_access)
 * @flags: KPLUG_ACCESS_*
 * @region: which region
 * @width: 1, 2, 4 or 8 bytes; 8 not for ports
 * @offset: byte offset in the region, a multiple of @width
 * @value: what to write; must be 0 for a read, and must fit @width
 * @out_value: what was read
 *
 * A restricted opener needs a window of the attached plugin, else EPERM.
 *
 * In configuration space 8 bytes are two accesses of 4, the lower first, and an
 * access waits for a reset of the function to end. EPERM for a write that
 * touches what Linux owns: BARs, the windows and bus numbers of bridges, the
 * structures of MSI, MSI-X and SR-IOV, the control registers of ACS, ATS, PRI
 * and PASID; or that would change one of these bits: in the command register
 * I/O, memory, bus master and INTx disable; power state, function level reset,
 * start of the self-test, a bridge's secondary bus reset, ISA and VGA.
 */
struct kplug_access {
	__u32 size;
	__u32 flags;
	__u32 region;
	__u32 width;
	__aligned_u64 offset;
	__aligned_u64 value;
	__aligned_u64 out_value;
};
#define KPLUG_ACCESS _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_ACCESS)

enum kplug_transfer_op {
	KPLUG_TRANSFER_READ = 1,
	KPLUG_TRANSFER_WRITE = 2,
};

/* kplug_transfer.flags */
#define KPLUG_TRANSFER_FIFO (1u << 0)	/* all accesses go to the same register */

/**
 * struct kplug_transfer - one access, or a block of them
 * @op: enum kplug_transfer_op
 * @region: which region
 * @width: of each access: 1, 2, 4 or 8 bytes; 8 needs a memory region
 * @flags: KPLUG_TRANSFER_*
 * @count: number of accesses, at least 1; 1 without @buffer
 * @offset: byte offset of the first access, a multiple of @width
 * @value: without @buffer, what to write; must fit @width; else 0
 * @buffer: pointer to @count values of @width bytes each, aligned to @width; 0
 *	for a single access with @value and @out_value; not in configuration space
 * @out_value: what was read, without @buffer; else 0
 *
 * Without KPLUG_TRANSFER_FIFO the offset grows by @width with each access.
 */
struct kplug_transfer {
	__u8 op;
	__u8 region;
	__u8 width;
	__u8 flags;
	__u32 count;
	__aligned_u64 offset;
	__aligned_u64 value;
	__aligned_u64 buffer;
	__aligned_u64 out_value;
};

/**
 * struct kplug_transfers - ioctl(KPLUG_TRANSFER), a list of transfers in one call
 * @size: sizeof(struct kplug_transfers)
 * @flags: must be 0
 * @transfers: pointer to struct kplug_transfer[@num_transfers]
 * @num_transfers: 1 to KPLUG_MAX_TRANSFERS
 * @out_done: how many of the list are done; also filled on failure, where it
 *	is the index of the one that failed
 *
 * The whole list is checked before the first access: EINVAL, EOPNOTSUPP and
 * EPERM (see KPLUG_ACCESS) mean that no register was touched, except EPERM for
 * the value of a write to configuration space. The list is run in order, not
 * atomically. EFAULT or ENODEV in the middle leave those before it done, and
 * perhaps a part of the one that failed.
 */
struct kplug_transfers {
	__u32 size;
	__u32 flags;
	__aligned_u64 transfers;
	__u32 num_transfers;
	__u32 out_done;
};
#define KPLUG_TRANSFER _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_TRANSFER)

/**
 * struct kplug_cleanup - ioctl(KPLUG_CLEANUP), writes to make when this opener ends
 * @size: sizeof(struct kplug_cleanup)
 * @flags: must be 0
 * @writes: pointer to struct kplug_transfer[@num_writes], all of them single
 *	writes with a value
 * @num_writes: 0 to KPLUG_MAX_CLEANUP; 0 forgets the list
 * @__reserved: must be 0
 *
 * Trusted openers only. The list takes the place of the one before. It is
 * checked now and written at the last close() of the opener, which is also how
 * a process ends that is killed: before its interrupts are disarmed, and not
 * if the device has gone.
 */
struct kplug_cleanup {
	__u32 size;
	__u32 flags;
	__aligned_u64 writes;
	__u32 num_writes;
	__u32 __reserved;
};
#define KPLUG_CLEANUP _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_CLEANUP)

enum kplug_caching {
	KPLUG_CACHING_UC = 0,	/* uncached, each access by itself; the default */
	KPLUG_CACHING_WC = 1,	/* uncached, but writes may be combined and wait */
};

/**
 * struct kplug_caching_set - ioctl(KPLUG_CACHING), how a region is mapped
 * @size: sizeof(struct kplug_caching_set)
 * @flags: must be 0
 * @region: a region with KPLUG_REGION_MMAP
 * @caching: enum kplug_caching
 *
 * Trusted openers only. A processor wants all maps of an address to agree,
 * kernel and programs alike, so this changes all, and stays until it is changed
 * back or the device is unbound. EBUSY while the region is mapped by any
 * program, a plugin is attached or a vector armed. Write combining is meant for
 * memory and harmless in a region with KPLUG_REGION_PREFETCH; elsewhere the
 * program must know that the device can take it.
 */
struct kplug_caching_set {
	__u32 size;
	__u32 flags;
	__u32 region;
	__u32 caching;
};
#define KPLUG_CACHING _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_CACHING)

/**
 * struct kplug_irq_mode_set - ioctl(KPLUG_IRQ_MODE)
 * @size: sizeof(struct kplug_irq_mode_set)
 * @flags: must be 0
 * @mode: enum kplug_irq_mode; KPLUG_IRQ_AUTO takes the best one there is
 * @count: vectors wanted, 0 for as many as there are
 * @out_mode: the mode now in force
 * @out_count: vectors now allocated, at least 1
 *
 * Trusted openers only. EBUSY while any vector is armed. EOPNOTSUPP if the
 * device lacks the mode. A program that does not care arms at once, which is
 * the same as KPLUG_IRQ_AUTO first.
 */
struct kplug_irq_mode_set {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 count;
	__u32 out_mode;
	__u32 out_count;
};
#define KPLUG_IRQ_MODE _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_IRQ_MODE)

/* Steps of a recipe work on one accumulator, which a read loads. */
enum kplug_step_op {
	KPLUG_STEP_READ = 1,	/* acc = register */
	KPLUG_STEP_NOT_MINE = 2,	/* stop, "not mine", if (acc & mask) == value */
	KPLUG_STEP_WRITE = 3,	/* register = value */
	KPLUG_STEP_WRITE_BACK = 4,	/* register = (acc & mask) | value */
	KPLUG_STEP_CAPTURE = 5,	/* append acc & mask to the event */
};

/**
 * struct kplug_step - one step of a recipe
 * @op: enum kplug_step_op
 * @region: region of a read or write
 * @width: 1, 2, 4 or 8 bytes, for a read or write
 * @__reserved: must be 0
 * @offset: byte offset, a multiple of @width
 * @mask: for KPLUG_STEP_NOT_MINE, KPLUG_STEP_WRITE_BACK, KPLUG_STEP_CAPTURE
 * @value: for KPLUG_STEP_NOT_MINE, KPLUG_STEP_WRITE, KPLUG_STEP_WRITE_BACK
 *
 * Fields that an op does not use must be 0. A step that uses the accumulator
 * needs a read before it.
 */
struct kplug_step {
	__u8 op;
	__u8 region;
	__u8 width;
	__u8 __reserved[5];
	__aligned_u64 offset;
	__aligned_u64 mask;
	__aligned_u64 value;
};

/**
 * struct kplug_arm - ioctl(KPLUG_ARM), give a vector its handler and enable it
 * @size: sizeof(struct kplug_arm)
 * @flags: must be 0
 * @vector: which vector
 * @handler: enum kplug_handler_kind
 * @event_type: type for the events of this vector: 0 for KPLUG_EVENT_IRQ, or
 *	KPLUG_EVENT_CUSTOM or above
 * @num_steps: length of the recipe, 1 to KPLUG_MAX_STEPS; else 0
 * @steps: pointer to struct kplug_step[@num_steps]; else 0
 *
 * Trusted openers only. The recipe is checked whole before anything changes.
 * Several openers may arm one vector with the same user or plugin handler and
 * event type; it stays armed until the last of them disarms it or is closed.
 * EALREADY when this opener armed it before; EBUSY when it is armed in another
 * way, or while the device is reset, recovers from an error or sleeps; ENOENT when there is no such vector; EBADFD for KPLUG_HANDLER_PLUGIN
 * when this opener is not attached.
 */
struct kplug_arm {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 handler;
	__u32 event_type;
	__u32 num_steps;
	__aligned_u64 steps;
};
#define KPLUG_ARM _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_ARM)

/**
 * struct kplug_vector_cmd - ioctl(KPLUG_DISARM), ioctl(KPLUG_UNMASK)
 * @size: sizeof(struct kplug_vector_cmd)
 * @flags: must be 0
 * @vector: a vector that this opener armed, else EBADFD
 * @__reserved: must be 0
 *
 * KPLUG_DISARM returns when no handler of the vector runs any more, if this
 * opener was the last that had it armed. KPLUG_UNMASK lets a vector that
 * KPLUG_HANDLER_USER or the storm guard masked interrupt again; it does
 * nothing on one that is not masked. What a wired line raised meanwhile comes
 * then.
 */
struct kplug_vector_cmd {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 __reserved;
};
#define KPLUG_DISARM _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_DISARM)
#define KPLUG_UNMASK _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_UNMASK)

/**
 * struct kplug_eventfd - ioctl(KPLUG_EVENTFD)
 * @size: sizeof(struct kplug_eventfd)
 * @flags: must be 0
 * @vector: whose events to count, below out_vectors of the device
 * @fd: an eventfd, or -1 to remove this opener's
 *
 * One eventfd a vector and opener; a new one takes the place of the old.
 */
struct kplug_eventfd {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__s32 fd;
};
#define KPLUG_EVENTFD _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_EVENTFD)

enum kplug_event_type {
	KPLUG_EVENT_IRQ = 1,	/* a handler asked to notify */
	KPLUG_EVENT_REMOVED = 2,	/* the device is gone; the last event */
	KPLUG_EVENT_STORM = 3,	/* the storm guard masked @vector */
	KPLUG_EVENT_RESET = 4,	/* the device was reset, by whom ever */
	KPLUG_EVENT_ERROR = 5,	/* of PCI; data[0] is enum kplug_error_state */
	KPLUG_EVENT_SUSPEND = 6,	/* the machine went to sleep */
	KPLUG_EVENT_RESUME = 7,	/* and woke up: the device may have lost its state */
	KPLUG_EVENT_DMA = 8,	/* a transaction of this opener ended, see KPLUG_EXECUTE */
	KPLUG_EVENT_CUSTOM = 0x100,	/* this and above: named by plugin or program */
};

/* What became of a PCI error that the machine reported. */
enum kplug_error_state {
	KPLUG_ERROR_NONFATAL = 1,	/* the device works on */
	KPLUG_ERROR_FROZEN = 2,	/* it cannot be reached, KPLUG_EVENT_RESET should follow */
	KPLUG_ERROR_PERMANENT = 3,	/* it cannot be reached, and will not be */
	KPLUG_ERROR_RECOVERED = 4,	/* after 1 or 2: vectors work again */
};

/* kplug_event.vector of an event that belongs to no vector */
#define KPLUG_NO_VECTOR 0xffffffffu

/**
 * struct kplug_event - one record of the event ring
 * @seq: number of this event among those offered to this opener, from 0; a gap
 *	is a loss
 * @lost: events of this opener dropped since the record before this one
 * @t_hard: monotonic ns at the entry of the hard handler; in an event posted
 *	from elsewhere, of the post
 * @t_handler_end: monotonic ns when the hard handler returned
 * @t_post: monotonic ns of the post; equal to @t_handler_end when the core
 *	posts right after the handler
 * @vector: the vector, or KPLUG_NO_VECTOR
 * @type: enum kplug_event_type
 * @words: how many words of @data are meant
 * @data: what the handler captured or the plugin sent
 */
struct kplug_event {
	__aligned_u64 seq;
	__aligned_u64 lost;
	__aligned_u64 t_hard;
	__aligned_u64 t_handler_end;
	__aligned_u64 t_post;
	__u32 vector;
	__u16 type;
	__u16 words;
	__aligned_u64 data[KPLUG_EVENT_WORDS];
};

/**
 * struct kplug_ring_page - the first page of the mapped ring
 * @head: records ever written; the kernel stores it with release semantics
 *	after the record
 * @dropped: events ever dropped because the ring was full
 * @entries: number of records, a power of two
 * @record_size: sizeof(struct kplug_event)
 * @records_offset: where the records start, in bytes from the start of the map
 * @__pad: keeps @tail away from the kernel's cache line
 * @tail: records ever consumed; the program stores it with release semantics
 *	after it is done with the record. A value outside [@head - @entries,
 *	@head] makes the ring look full: it harms this opener alone.
 *
 * The kernel reads nothing but @tail. read() on the device consumes from the
 * same @tail; use one of the two ways at a time.
 */
struct kplug_ring_page {
	__aligned_u64 head;
	__aligned_u64 dropped;
	__u32 entries;
	__u32 record_size;
	__aligned_u64 records_offset;
	__aligned_u64 __pad[4];
	__aligned_u64 tail;
};

/* kplug_ring.flags */
#define KPLUG_RING_NO_TIMES (1u << 0)	/* the times in the records may be 0 */

/**
 * struct kplug_ring - ioctl(KPLUG_RING), start to receive events
 * @size: sizeof(struct kplug_ring)
 * @flags: KPLUG_RING_*
 * @entries: a power of two, 2 to KPLUG_MAX_RING
 * @__reserved: must be 0
 * @out_mmap_offset: offset for mmap() of the ring
 * @out_mmap_size: its size in bytes
 *
 * Reading the clock costs every interrupt more than anything else that the core
 * does; it is not read while all that listen to a device do without.
 *
 * From here on this opener sees every event of the device. The last free record
 * is kept for KPLUG_EVENT_STORM and KPLUG_EVENT_REMOVED. A ring is made once
 * and lives until close(). read() gives whole records and blocks, or says
 * EAGAIN with O_NONBLOCK; poll() says EPOLLIN when a record waits, and
 * EPOLLHUP once the device is gone. After the last record of a device that is
 * gone read() says ENODEV.
 */
struct kplug_ring {
	__u32 size;
	__u32 flags;
	__u32 entries;
	__u32 __reserved;
	__aligned_u64 out_mmap_offset;
	__aligned_u64 out_mmap_size;
};
#define KPLUG_RING _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_RING)

/**
 * struct kplug_attach - ioctl(KPLUG_ATTACH)
 * @size: sizeof(struct kplug_attach)
 * @flags: must be 0
 * @name: the plugin, NUL-terminated, of [a-z0-9_]; its module is loaded if
 *	it is not there
 *
 * The attachment lasts until KPLUG_DETACH or close(). A device has one plugin
 * at a time; further openers attach to the same one. EBUSY when another plugin
 * is attached, ENOENT when there is none of that name. A restricted opener may
 * join a plugin that is attached already, if the plugin allows restricted
 * openers anything.
 */
struct kplug_attach {
	__u32 size;
	__u32 flags;
	char name[KPLUG_NAME_MAX];
};
#define KPLUG_ATTACH _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_ATTACH)

/**
 * struct kplug_detach - ioctl(KPLUG_DETACH)
 * @size: sizeof(struct kplug_detach)
 * @flags: must be 0
 *
 * Returns when no call of this opener is in the plugin. Vectors that this
 * opener armed with the plugin's handler are disarmed first.
 */
struct kplug_detach {
	__u32 size;
	__u32 flags;
};
#define KPLUG_DETACH _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_DETACH)

/**
 * struct kplug_call - ioctl(KPLUG_CALL), a message to the plugin and its answer
 * @size: sizeof(struct kplug_call)
 * @cmd: meaning fixed by the plugin
 * @in: pointer to the message, or 0
 * @out: pointer to room for the answer, or 0
 * @in_len: bytes at @in, at most what the plugin takes (E2BIG)
 * @out_len: bytes at @out, at most what the plugin gives (E2BIG)
 *
 * The result of the ioctl is the length of the answer in bytes, or the plugin's
 * errno.
 */
struct kplug_call {
	__u32 size;
	__u32 cmd;
	__aligned_u64 in;
	__aligned_u64 out;
	__u32 in_len;
	__u32 out_len;
};
#define KPLUG_CALL _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_CALL)

/**
 * struct kplug_shm_alloc - ioctl(KPLUG_SHM_ALLOC), memory shared with the plugin
 * @size: sizeof(struct kplug_shm_alloc)
 * @flags: must be 0
 * @length: bytes, 1 to KPLUG_MAX_SHM, rounded up to whole pages
 * @out_id: names it in calls; ids belong to the opener
 * @__reserved: must be 0
 * @out_mmap_offset: offset for mmap()
 *
 * The memory starts zeroed. It lives until KPLUG_SHM_FREE or close(), and as
 * long after as it is mapped or the plugin holds it.
 */
struct kplug_shm_alloc {
	__u32 size;
	__u32 flags;
	__aligned_u64 length;
	__u32 out_id;
	__u32 __reserved;
	__aligned_u64 out_mmap_offset;
};
#define KPLUG_SHM_ALLOC _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_SHM_ALLOC)

/**
 * struct kplug_shm_free - ioctl(KPLUG_SHM_FREE)
 * @size: sizeof(struct kplug_shm_free)
 * @id: from KPLUG_SHM_ALLOC
 */
struct kplug_shm_free {
	__u32 size;
	__u32 id;
};
#define KPLUG_SHM_FREE _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_SHM_FREE)

/* kplug_affinity.flags */
#define KPLUG_AFFINITY_SET (1u << 0)	/* else read */

/**
 * struct kplug_affinity - ioctl(KPLUG_AFFINITY), on which CPUs a vector runs
 * @size: sizeof(struct kplug_affinity)
 * @flags: KPLUG_AFFINITY_*; KPLUG_AFFINITY_SET for trusted openers only
 * @vector: an armed vector, else EBADFD
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: pointer to __u64[@length / 8]; CPU n is bit n % 64 of word n / 64
 *
 * EINVAL when no CPU of the mask is online, or when @length is too short for
 * the answer; a longer answer ends in zeros. The kernel or an administrator may
 * choose other CPUs at any time (/proc/irq). All users of a shared line share
 * its CPUs. EOPNOTSUPP on a device without hardware; ENOSPC when the CPUs have
 * no room for one more interrupt.
 */
struct kplug_affinity {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 length;
	__aligned_u64 mask;
};
#define KPLUG_AFFINITY _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_AFFINITY)

/**
 * struct kplug_reset - ioctl(KPLUG_RESET), bring the device into its first state
 * @size: sizeof(struct kplug_reset)
 * @flags: must be 0
 *
 * Trusted openers only. Resets this function and no other, in the first way
 * that its reset_method in sysfs names. Configuration space is put back and
 * armed vectors stay armed; what their interrupts need in the device's own
 * registers is up to the plugin and to the programs, who all get
 * KPLUG_EVENT_RESET. Register accesses at the same time may read all ones.
 * EOPNOTSUPP when the device has no way to be reset alone; EBUSY while it is
 * being reset, bound or removed already.
 */
struct kplug_reset {
	__u32 size;
	__u32 flags;
};
#define KPLUG_RESET _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_RESET)

/**
 * DOC: DMA
 *
 * A buffer is a dma-buf: a file descriptor that any process may be given, with
 * mmap(), DMA_BUF_IOCTL_SYNC (linux/dma-buf.h) and a life of its own, as long as
 * anybody holds it. KPLUG_BUFFER makes one, other drivers make others. KPLUG_MAP
 * lets the device reach a part of one, whoever made it, and KPLUG_SEGMENTS tells
 * where the device sees it.
 *
 * A program either programs the device's engine itself, for which it needs the
 * segments, or lets the plugin do it: then it runs transactions over its
 * mappings, knows no address, and may be a restricted opener if the plugin
 * allows it (buffers, maps, transactions; never limits or segments).
 *
 * Long pieces of memory become rare while a machine runs. The parameter `pool` of
 * kplug.ko, such as 16x64K,2x4M, sets pieces aside for every device with DMA that
 * is bound from then on, and /sys/class/kplug/<address>/pool has a line with size
 * in bytes, total and free for each size. A piece has no direction: count what
 * both need. It counts against nobody's limit until it is handed out, is zeroed
 * then, and is free again when nobody has any of its pages; those of an unbound
 * device are given back to the machine.
 *
 * The device is a master of the bus while anything is mapped. When an opener
 * ends that has a buffer mapped, as when its process is killed, mastery is taken
 * away before the buffer is unmapped, and comes back afterwards if others have
 * buffers mapped or messages armed: what the device transfers for them at that
 * moment may fail.
 *
 * Memory of a device, another driver's or kplug's own, may be taken away while
 * it is mapped, as when that device is unbound or unplugged. Then this device is
 * taken off the bus at once. Transactions over that mapping end with ENODEV, what
 * else runs at that moment ends with EIO, and what waits begins as soon as the
 * device is back. That is at once, unless somebody knows the addresses: a program
 * by KPLUG_SEGMENTS, or the plugin; then it is when they have let go of the
 * mapping, with KPLUG_UNMAP or close(). Until then KPLUG_SEGMENTS, KPLUG_SYNC and
 * KPLUG_EXECUTE say ENODEV for it, and KPLUG_TRANSACTION does not find it. Maps of
 * memory that was kplug's read as all ones.
 */

enum kplug_buffer_source {
	KPLUG_BUFFER_CONTIGUOUS = 1,	/* new memory, zeroed, in one piece */
	KPLUG_BUFFER_USER = 2,	/* memory of this process, which stays where it is */
	KPLUG_BUFFER_REGION = 3,	/* a part of a region of this device */
};

/* kplug_buffer.flags */
#define KPLUG_BUFFER_READ_ONLY (1u << 0)	/* of KPLUG_BUFFER_USER: the device only reads it */
#define KPLUG_BUFFER_COHERENT  (1u << 1)	/* of KPLUG_BUFFER_CONTIGUOUS: never needs KPLUG_SYNC */

/**
 * struct kplug_buffer - ioctl(KPLUG_BUFFER), make a buffer
 * @size: sizeof(struct kplug_buffer)
 * @flags: KPLUG_BUFFER_*
 * @source: enum kplug_buffer_source
 * @region: of KPLUG_BUFFER_REGION, one with KPLUG_REGION_MMAP; else 0
 * @address: of KPLUG_BUFFER_USER, anywhere; of KPLUG_BUFFER_REGION the offset in
 *	it, a multiple of the page size; else 0
 * @length: in bytes, not 0; what the buffer has is whole pages
 * @out_fd: the dma-buf, close-on-exec
 * @out_offset: of KPLUG_BUFFER_USER, where @address is in the buffer; else 0
 * @__reserved: must be 0
 *
 * Memory counts against RLIMIT_MEMLOCK of the process that asks for it, until
 * the last descriptor and map are gone. New memory lies where KPLUG_DMA_LIMITS
 * lets the device reach it; the smallest piece of the device's pool that is free
 * and long enough comes first. ENOMEM when the limit is reached or no memory of
 * that length is in one piece; EFAULT when @address does not lead to memory that
 * can be pinned, as files on disk cannot. EOPNOTSUPP for KPLUG_BUFFER_COHERENT,
 * here or in KPLUG_MAP, when the machine keeps this device and its processors
 * apart, so that only KPLUG_SYNC brings them together.
 *
 * A region is for trusted openers only. The buffer can be mapped into programs, as
 * the region itself, and for another PCI function of kplug's, if requests are known
 * to get from there to here. They are when both are below one PCIe switch, no
 * port of which redirects requests (ACS), and no IOMMU translates for that
 * function. Where requests have to go through the root complex, nothing says
 * whether it passes them on; the parameter `root_complex_routes` of kplug.ko
 * does, if you know it of your machine: Y allows all of one root bus. If it does
 * not, transfers get lost, or the machine reports errors. Else, and for importers
 * that are not kplug's, mapping it is EOPNOTSUPP. It needs no sync.
 */
struct kplug_buffer {
	__u32 size;
	__u32 flags;
	__u32 source;
	__u32 region;
	__aligned_u64 address;
	__aligned_u64 length;
	__aligned_u64 out_offset;
	__s32 out_fd;
	__u32 __reserved;
};
#define KPLUG_BUFFER _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_BUFFER)

enum kplug_dma_direction {
	KPLUG_DMA_BOTH = 0,
	KPLUG_DMA_TO_DEVICE = 1,	/* the device reads */
	KPLUG_DMA_FROM_DEVICE = 2,	/* the device writes */
};

/**
 * struct kplug_map - ioctl(KPLUG_MAP), let the device reach a buffer
 * @size: sizeof(struct kplug_map)
 * @flags: must be 0
 * @fd: a dma-buf, of whatever driver
 * @direction: enum kplug_dma_direction
 * @offset: first byte of the part that is meant
 * @length: of it in bytes, 0 for all that follows
 * @out_id: names the mapping; ids belong to the opener
 * @out_segments: how many pieces the device sees
 *
 * The buffer lives at least until KPLUG_UNMAP or close(), whatever becomes of
 * @fd. EINVAL when @fd is no dma-buf; EOPNOTSUPP when the device has no DMA, or
 * cannot reach all of the buffer, or not with this direction; ENODEV when the
 * buffer is memory of a device that is gone; EINTR.
 */
struct kplug_map {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 direction;
	__aligned_u64 offset;
	__aligned_u64 length;
	__u32 out_id;
	__u32 out_segments;
};
#define KPLUG_MAP _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_MAP)

/**
 * struct kplug_unmap - ioctl(KPLUG_UNMAP)
 * @size: sizeof(struct kplug_unmap)
 * @id: from KPLUG_MAP
 *
 * See first that the device has finished with it.
 */
struct kplug_unmap {
	__u32 size;
	__u32 id;
};
#define KPLUG_UNMAP _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_UNMAP)

/**
 * struct kplug_segment - a piece of a buffer as the device sees it
 * @address: on the bus
 * @length: in bytes, not 0
 */
struct kplug_segment {
	__aligned_u64 address;
	__aligned_u64 length;
};

/**
 * struct kplug_segments - ioctl(KPLUG_SEGMENTS), where a mapping is
 * @size: sizeof(struct kplug_segments)
 * @id: from KPLUG_MAP
 * @segments: pointer to room for struct kplug_segment[@num_segments]
 * @first: which segment to begin with, from 0
 * @num_segments: how many, at least 1; EINVAL if there are not so many
 */
struct kplug_segments {
	__u32 size;
	__u32 id;
	__aligned_u64 segments;
	__u32 first;
	__u32 num_segments;
};
#define KPLUG_SEGMENTS _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_SEGMENTS)

enum kplug_sync_for {
	KPLUG_SYNC_FOR_CPU = 1,	/* after the device wrote, before the program reads */
	KPLUG_SYNC_FOR_DEVICE = 2,	/* after the program wrote, before the device reads */
};

/**
 * struct kplug_sync - ioctl(KPLUG_SYNC), hand a part of a mapping over
 * @size: sizeof(struct kplug_sync)
 * @id: from KPLUG_MAP
 * @sync_for: enum kplug_sync_for
 * @__reserved: must be 0
 * @offset: first byte of the part, in the mapping
 * @length: of the part in bytes, 0 for all that follows
 *
 * Costs nothing on machines whose devices and processors see memory alike, such
 * as PCs, and is needed on others.
 */
struct kplug_sync {
	__u32 size;
	__u32 id;
	__u32 sync_for;
	__u32 __reserved;
	__aligned_u64 offset;
	__aligned_u64 length;
};
#define KPLUG_SYNC _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_SYNC)

/**
 * struct kplug_dma_limits - ioctl(KPLUG_DMA_LIMITS), what the device's DMA can do
 * @size: sizeof(struct kplug_dma_limits)
 * @flags: must be 0
 * @address_bits: that it has for an address, 12 to 64; 0 for 32, as at first
 * @max_segment: the longest segment in bytes, a multiple of the page size; 0 for
 *	any length, as at first
 * @boundary: a power of two that no segment may cross a multiple of, at least
 *	the page size; 0 for 4 GiB, as at first
 *
 * EBUSY while anything is mapped or a plugin is attached, which knows better;
 * EOPNOTSUPP when the machine cannot serve such a device, or it has no DMA.
 */
struct kplug_dma_limits {
	__u32 size;
	__u32 flags;
	__u32 address_bits;
	__u32 max_segment;
	__aligned_u64 boundary;
};
#define KPLUG_DMA_LIMITS _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_DMA_LIMITS)

/**
 * struct kplug_transaction - ioctl(KPLUG_TRANSACTION), prepare to transfer
 * @size: sizeof(struct kplug_transaction)
 * @flags: must be 0
 * @mapping: from KPLUG_MAP; cannot be unmapped before KPLUG_RELEASE
 * @direction: enum kplug_dma_direction, one that the mapping has; 0 for the
 *	mapping's
 * @offset: first byte of the part that is meant, in the mapping
 * @length: of it in bytes, 0 for all that follows
 * @max_chunk: most bytes to transfer at once; 0 for what the plugin can
 * @alignment: every chunk starts at a multiple of it on the bus, a power of
 *	two; 0 for what the plugin needs
 * @out_id: names the transaction; ids belong to the opener
 * @__reserved: must be 0
 *
 * The core cuts the part into chunks of what the plugin's engine transfers at
 * once, and has it transfer one after the other without a program. EBADFD
 * without a plugin, EOPNOTSUPP if it has no engine; EINVAL also when @max_chunk
 * or @alignment is beyond what the plugin can, or segments are not aligned.
 */
struct kplug_transaction {
	__u32 size;
	__u32 flags;
	__u32 mapping;
	__u32 direction;
	__aligned_u64 offset;
	__aligned_u64 length;
	__u32 max_chunk;
	__u32 alignment;
	__u32 out_id;
	__u32 __reserved;
};
#define KPLUG_TRANSACTION _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_TRANSACTION)

#define KPLUG_TIMEOUT_NONE 0xffffffffu
#define KPLUG_POLL_ALWAYS  0xffffffffu

/**
 * struct kplug_execution - one transaction to run
 * @id: from KPLUG_TRANSACTION
 * @flags: must be 0
 * @offset: first byte to transfer, in the transaction
 * @length: in bytes, 0 for all that follows
 * @timeout_ms: 0 for 10 s, KPLUG_TIMEOUT_NONE for none; counted from here, time
 *	spent in the queue included
 * @poll_us: 0: the device interrupts. KPLUG_POLL_ALWAYS: it need not, the
 *	call looks for the end and returns with it. Between: so many
 *	microseconds the call looks for the end, what is left then is the
 *	interrupt's
 * @cookie: comes back with the end
 * @args: meaning fixed by the plugin
 */
struct kplug_execution {
	__u32 id;
	__u32 flags;
	__aligned_u64 offset;
	__aligned_u64 length;
	__u32 timeout_ms;
	__u32 poll_us;
	__aligned_u64 cookie;
	__aligned_u64 args[KPLUG_DMA_ARGS];
};

/**
 * struct kplug_execute - ioctl(KPLUG_EXECUTE), run transactions
 * @size: sizeof(struct kplug_execute)
 * @flags: must be 0
 * @executions: pointer to struct kplug_execution[@num_executions]
 * @num_executions: 1 to KPLUG_MAX_EXECUTIONS
 * @out_started: how many of the list were started; also filled on failure,
 *	where it is the index of the one that was refused
 *
 * Those beyond what the device does at a time wait in its queue, first come
 * first served. At the end of each this opener alone gets a KPLUG_EVENT_DMA with
 * data[0] the id, [1] the cookie, [2] the bytes that are transferred and [3] 0
 * or a negative errno: ETIMEDOUT, ECANCELED (KPLUG_ABORT), EIO (reset or error of the
 * device), ENODEV, or what the plugin says. EBUSY for a transaction that has not
 * ended. EINTR: killed while polling.
 */
struct kplug_execute {
	__u32 size;
	__u32 flags;
	__aligned_u64 executions;
	__u32 num_executions;
	__u32 out_started;
};
#define KPLUG_EXECUTE _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_EXECUTE)

/**
 * struct kplug_transaction_cmd - argument of KPLUG_ABORT and KPLUG_RELEASE
 * @size: sizeof(struct kplug_transaction_cmd)
 * @id: from KPLUG_TRANSACTION
 *
 * KPLUG_ABORT returns when the device has let go of the memory; nothing happens
 * to a transaction that has ended. KPLUG_RELEASE is the opposite of
 * KPLUG_TRANSACTION: EBUSY for one that has not ended.
 */
struct kplug_transaction_cmd {
	__u32 size;
	__u32 id;
};
#define KPLUG_ABORT _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_ABORT)
#define KPLUG_RELEASE _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_RELEASE)

enum kplug_transaction_state {
	KPLUG_TRANSACTION_IDLE = 0,	/* has ended, or was never run */
	KPLUG_TRANSACTION_QUEUED = 1,
	KPLUG_TRANSACTION_RUNNING = 2,
};

/**
 * struct kplug_transaction_info - ioctl(KPLUG_TRANSACTION_INFO), see or wait how it ends
 * @size: sizeof(struct kplug_transaction_info)
 * @id: from KPLUG_TRANSACTION
 * @timeout_ms: how long to wait for the end: 0 not at all, KPLUG_TIMEOUT_NONE
 *	for ever
 * @out_state: enum kplug_transaction_state
 * @out_bytes: transferred by the last run, so far
 * @out_cookie: of the last run
 * @out_chunks: that were transferred
 * @out_status: how it ended: 0 or a negative errno
 *
 * EINTR when a signal ends the waiting; a wait that lasted too long is no error.
 */
struct kplug_transaction_info {
	__u32 size;
	__u32 id;
	__u32 timeout_ms;
	__u32 out_state;
	__aligned_u64 out_bytes;
	__aligned_u64 out_cookie;
	__u32 out_chunks;
	__s32 out_status;
};
#define KPLUG_TRANSACTION_INFO _IO(KPLUG_IOCTL_TYPE, KPLUG_CMD_TRANSACTION_INFO)

#endif /* KPLUG_ABI_H */
