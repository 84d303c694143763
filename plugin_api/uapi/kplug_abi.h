/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/* The interface between user programs and kplug.ko. */
#ifndef KPLUG_ABI_H
#define KPLUG_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KPLUG_ABI_VERSION 1 /* kplug_device_info.out_abi of this version */

/**
 * DOC: Device files
 *
 * Each device that is bound to kplug has a character device file,
 * ``/dev/kplug/<address>``. The address of a PCI function has the form 0000:03:00.0. The
 * address of any other device is its name: on its bus, or as a plugin named its virtual
 * device. The udev rule of kplug gives the file to the group ``kplug``, with mode 0660. The
 * mode decides who may open the file. What a program may do afterwards depends on its
 * trust, see "Trust" below.
 *
 * Each open() makes a *client* of the device. Several clients may use a device at the same
 * time. A client uses the commands, which are ioctls of the descriptor, and read(),
 * poll() and mmap(). libkplug(3) has a function for each of them.
 */

/**
 * DOC: System calls
 *
 * ``open()`` takes O_RDWR for all commands, or O_RDONLY for a client that changes nothing,
 * see EBADF below. O_EXCL makes the client *exclusive*: it fails with EBUSY while there is
 * another client, and so does every open() afterwards, until the exclusive client is closed
 * or revoked. A restricted client cannot be exclusive (EPERM). O_NONBLOCK is for read().
 * ENOSPC when the device has KPLUG_MAX_CLIENTS clients or this user has used up its share
 * of them. EINTR when the caller is killed while it waits for a reset of the device.
 *
 * ``read()`` takes events from the ring that KPLUG_RING made. It returns whole records,
 * each a struct kplug_event, at most 4,096. It waits for the first one, or fails with EAGAIN
 * with O_NONBLOCK. ENOTCONN without a ring. EINVAL when the buffer is shorter than a
 * record. EINTR after a signal. ENODEV once the device is gone and the ring is empty.
 *
 * ``poll()`` reports EPOLLIN when a record is ready, and EPOLLHUP once the device is gone.
 *
 * ``mmap()`` maps a region, the ring, or shared memory, always with MAP_SHARED. Its offset
 * is the @out_mmap_offset that KPLUG_REGION_INFO, KPLUG_RING or KPLUG_SHM_ALLOC returned. In
 * a region an offset within it may be added. EACCES on a descriptor that is not open for
 * writing. EPERM for pages that this client may not map, see KPLUG_REGION_INFO. EINVAL when
 * the map would reach beyond the end, or is not shared. ENOTCONN when there is no ring, and
 * ENOENT when there is no such shared memory. EBUSY while another client changes how the
 * region is mapped (KPLUG_CACHING). ENODEV once the device is gone.
 *
 * ``close()`` of the last copy of the descriptor ends the client, see "What ends with a
 * client, and what stays" below.
 */

/**
 * DOC: General format
 *
 * Every command is an ioctl on ``/dev/kplug/<address>``. It returns 0 on success, unless its
 * description says otherwise, and -1 with errno on failure. Its argument starts with
 * @size, the size of the structure that the program was compiled with, and @flags.
 * The command number does not encode a size. Structures grow at their end, and zeros
 * in the added fields mean the old behaviour. All fields have a fixed width, there
 * are no holes, a user pointer is an ``__aligned_u64``, and a field that the kernel
 * fills is named ``out_*``. A command that fails changes nothing and writes no field,
 * unless its description says otherwise.
 *
 * An array that a program passes grows in the same way: @stride beside the pointer is
 * the size of one element as the program was compiled. If an element is longer than
 * the kernel's, its tail must be zero (E2BIG). If it is shorter, the kernel takes the
 * missing fields as zero. A stride that is shorter than in version 1 or not a multiple
 * of 8 is EINVAL. In elements that the kernel fills, it leaves out fields that the
 * program does not know, and zeroes fields that the kernel does not know.
 *
 * The kernel writes to the argument only if its structure has ``out_*`` fields; all
 * other arguments may be constants. It checks that the argument is writable before
 * the command takes effect (EFAULT). If the program unmaps the memory while the
 * command runs, the command takes effect and returns EFAULT. The same holds when the
 * kernel cannot write to memory that a pointer in the argument names.
 *
 * KPLUG_FEATURES reports what this kernel module supports.
 */

/**
 * DOC: Errors
 *
 * The errors have the same meaning for every command:
 *
 *  - ENOTTY: unknown command.
 *  - E2BIG: @size or @stride is larger than this kernel knows and the tail is not
 *    zero, or it is larger than 4096; or the message of a call is longer than the
 *    plugin accepts.
 *  - EOPNOTSUPP: an unknown flag or a reserved field is set, or the device or the
 *    attached plugin does not support the function, or a region does not permit
 *    accesses of this width.
 *  - EINVAL: a value is out of range, misaligned or overlaps another.
 *  - EFAULT: a pointer does not lead to accessible memory; see above.
 *  - EPERM: this client may not do that (see "Trust" below), or no program may,
 *    for example while the kernel is locked down.
 *  - EBADF: the command would change something and the descriptor was opened
 *    read-only (O_RDONLY). Such a descriptor can query information, read registers
 *    and receive events. mmap() fails with EACCES instead.
 *  - ENOENT: there is no plugin, shared memory or vector with that name or id.
 *  - EBUSY: another client or an armed vector prevents it.
 *  - EALREADY: it is done already (attached, armed by this client, ring made).
 *  - ENOTCONN: a prerequisite is missing (no ring, not armed, not attached).
 *  - ENOSPC: a limit on the number of objects, or this user's share of a common
 *    resource, is reached.
 *  - ENOMEM: out of memory, or the user's RLIMIT_MEMLOCK is reached.
 *  - ENODEV: the device is gone, or an administrator has revoked it from this client;
 *    only close() remains.
 *  - ENOEXEC: the plugin does not match this kernel module's version, or its messages
 *    are older than the program needs.
 */

/**
 * DOC: Trust
 *
 * A client with CAP_SYS_RAWIO at open() is *trusted*. Every other client is
 * *restricted*: it may query information, and use calls, events, shared memory,
 * transactions and windows of registers as far as the attached plugin allows, and
 * nothing else.
 *
 * An administrator can *grant* the device to a user or group
 * (/sys/class/kplug/<address>/grants). Their clients are trusted with the device, but
 * not with the machine or a plugin. They get EPERM for writes to configuration space
 * outside of windows, KPLUG_AFFINITY_SET and KPLUG_DMA_BUFFER_REGION; and, while no
 * IOMMU translates for the device, for KPLUG_DMA_SEGMENTS and KPLUG_DMA_LIMITS. A
 * plugin treats such a client as restricted: the client cannot attach a plugin, but
 * joins one that admits restricted clients, and uses calls, shared memory and
 * transactions as far as the plugin allows.
 *
 * Trust is decided at open() and belongs to the descriptor. Copies of it, in child
 * processes or sent with SCM_RIGHTS, have the same trust, and setuid() does not change
 * it. Trust never grows. It ends by KPLUG_RESTRICT or when an administrator revokes
 * it.
 */

/**
 * DOC: Memory limits
 *
 * Rings, shared memory and buffers count against RLIMIT_MEMLOCK. The kernel adds up
 * the memory of all processes of the user who requests it and compares the sum with
 * the limit of the requesting process. Memory counts as long as it exists, also while
 * it is only mapped, or kept because a device may use it. New pages are charged to the
 * memory cgroup of the requesting process. CAP_IPC_LOCK exempts from the limit.
 */

/**
 * DOC: What ends with a client, and what stays
 *
 * The last close() of a client ends the following. The kernel also closes the
 * descriptors of a process that is killed.
 *
 *  - its session, calls and transactions,
 *  - the vectors that it armed, unless other clients armed them too,
 *  - its events, ring, eventfds and subscription,
 *  - its DMA mappings, and bus mastery if nothing else needs it,
 *  - its shared memory, except what is still mapped.
 *
 * The kernel then performs the writes that the client left with KPLUG_CLEANUP, and
 * drops the list.
 *
 * The following belong to the device. They stay until a client sets them again or the
 * device is unbound:
 *
 *  - the interrupt mode and the number of vectors (KPLUG_IRQ_MODE; otherwise the first
 *    KPLUG_ARM chooses),
 *  - the CPUs of a vector (KPLUG_AFFINITY); a new interrupt mode drops them,
 *  - how regions are mapped (KPLUG_CACHING), and the widths that they permit,
 *  - the limits of its DMA (KPLUG_DMA_LIMITS), also those that a plugin has set,
 *  - its registers and the part of its configuration space that programs may change;
 *    KPLUG_RESET resets them.
 *
 * Only trusted clients may change them. A program that depends on one of them sets it
 * after open().
 */

/**
 * DOC: Files
 *
 *  - ``/dev/kplug/<address>``: the device.
 *  - ``/sys/class/kplug/<address>/clients``: the clients, and the trust of each.
 *  - ``/sys/class/kplug/<address>/grants``: the users and groups that the device is granted to.
 *  - ``/sys/class/kplug/<address>/revoke``: writing the number of a client takes the device
 *    away from it.
 *  - ``/sys/class/kplug/<address>/plugin``: the attached plugin. Writing a name attaches that
 *    plugin permanently.
 *  - ``/sys/class/kplug/<address>/widths``: the widths of accesses that the regions permit.
 *  - ``/sys/class/kplug/<address>/pool``: the pool of contiguous memory for DMA.
 */

/* The limits of this version. */
#define KPLUG_NAME_MAX         64 /* device address or plugin name, with its NUL */
#define KPLUG_MAX_REGIONS      8 /* on PCI, 0 to 5 are the BARs; elsewhere in order */
#define KPLUG_CONFIG_REGION    7 /* the configuration space of a PCI function */
#define KPLUG_MAX_VECTORS      256
#define KPLUG_MAX_STEPS        16 /* in a recipe */
#define KPLUG_MAX_CAPTURES     4 /* words a recipe may capture */
#define KPLUG_EVENT_WORDS      6 /* 64-bit words of payload in an event */
#define KPLUG_MAX_RING         65536 /* records */
#define KPLUG_MAX_MESSAGE      (1024 * 1024) /* bytes, each way, in a call */
#define KPLUG_MAX_SHM          (16 * 1024 * 1024) /* bytes in one block of shared memory */
#define KPLUG_MAX_SHMS         64 /* blocks of one client */
#define KPLUG_MAX_CPU_MASK     1024 /* bytes */
#define KPLUG_MAX_TRANSFERS    4096 /* in one list */
#define KPLUG_MAX_CLEANUP      64 /* writes in one client's list */
#define KPLUG_MAX_MAPPINGS     4096 /* of a client at a time */
#define KPLUG_MAX_TRANSACTIONS 4096 /* of a client */
#define KPLUG_MAX_EXECUTIONS   1024 /* in one list */
#define KPLUG_MAX_RANGES       64 /* in the list of KPLUG_REGION_INFO */
#define KPLUG_DMA_ARGS         4 /* words that a program passes to the plugin's engine */

/*
 * Limits of one device. Of each, the clients of one user without
 * CAP_SYS_RAWIO get at most a quarter, and all such clients together at
 * most half.
 */
#define KPLUG_MAX_CLIENTS   1024 /* ENOSPC of open() */
#define KPLUG_MAX_LISTENERS 64 /* clients with a ring or an eventfd: ENOSPC */

#define KPLUG_MAX_SIZE 4096 /* bytes in an argument or in an element of an array */

#define KPLUG_IOCTL_TYPE 0xE7 /* of the commands, see _IO() */

/* KPLUG_DEVICE_INFO and all other commands; commands.def says what each is. */
enum kplug_command {
#define KPLUG_COMMAND(number, NAME, ...) KPLUG_##NAME = _IO(KPLUG_IOCTL_TYPE, number),
#include "commands.def"
#undef KPLUG_COMMAND
};

/* kplug_features.out_features: features that are not visible as a command or a flag */
#define KPLUG_FEATURE_STRIDE         (1ull << 0) /* arrays have an element size */
#define KPLUG_FEATURE_PLUGIN_VERSION (1ull << 1) /* kplug_device_info.out_plugin_version */
#define KPLUG_FEATURE_EXCLUSIVE      (1ull << 2) /* open() with O_EXCL */

/**
 * struct kplug_features - argument of KPLUG_FEATURES: what this kernel module supports
 * @size: sizeof(struct kplug_features)
 * @flags: must be 0
 * @command: number of a command, for example KPLUG_ARM; 0 for none
 * @out_command_size: size in bytes of @command's argument as the kernel knows it; 0
 *	when it does not know the command
 * @out_command_flags: bits of @command's flags that the kernel knows
 * @out_stride: size in bytes of an element of @command's array as the kernel knows
 *	it; 0 when the argument has no array
 * @out_features: KPLUG_FEATURE_*
 *
 * The device or its plugin may lack a function that the kernel module supports.
 */
struct kplug_features {
	__u32 size;
	__u32 flags;
	__u32 command;
	__u32 out_command_size;
	__u32 out_command_flags;
	__u32 out_stride;
	__aligned_u64 out_features;
};

/**
 * enum kplug_bus - the bus of a device
 * @KPLUG_BUS_PCI: PCI, and PCI Express
 * @KPLUG_BUS_VIRTUAL: no hardware: a plugin created the device
 * @KPLUG_BUS_PLATFORM: from the device tree or ACPI
 * @KPLUG_BUS_ISA: root declared its ports, memory and interrupt line
 */
enum kplug_bus {
	KPLUG_BUS_PCI = 1,
	KPLUG_BUS_VIRTUAL = 2,
	KPLUG_BUS_PLATFORM = 3,
	KPLUG_BUS_ISA = 4,
};

/**
 * enum kplug_irq_mode - how a device interrupts
 * @KPLUG_IRQ_AUTO: MSI-X, else MSI, else INTx; or the only mode of the bus
 * @KPLUG_IRQ_INTX: the interrupt line of a PCI function, which others may share
 * @KPLUG_IRQ_MSI: messages of the MSI capability
 * @KPLUG_IRQ_MSIX: messages of the MSI-X capability
 * @KPLUG_IRQ_VIRTUAL: the plugin fires it; virtual devices only
 * @KPLUG_IRQ_WIRED: a dedicated line; platform and ISA devices only
 */
enum kplug_irq_mode {
	KPLUG_IRQ_AUTO = 0,
	KPLUG_IRQ_INTX = 1,
	KPLUG_IRQ_MSI = 2,
	KPLUG_IRQ_MSIX = 3,
	KPLUG_IRQ_VIRTUAL = 4,
	KPLUG_IRQ_WIRED = 5,
};

/* kplug_device_info.out_flags */
#define KPLUG_DEVICE_TRUSTED   (1u << 0) /* this client is trusted */
#define KPLUG_DEVICE_ATTACHED  (1u << 1) /* this client is attached to the plugin */
#define KPLUG_DEVICE_PERMANENT (1u << 2) /* a plugin is attached permanently */
#define KPLUG_DEVICE_GRANTED   (1u << 3) /* this client is trusted by a grant */

/**
 * struct kplug_device_info - argument of KPLUG_DEVICE_INFO
 * @size: sizeof(struct kplug_device_info)
 * @flags: must be 0
 * @out_flags: KPLUG_DEVICE_*
 * @out_abi: KPLUG_ABI_VERSION of the kernel module
 * @out_bus: enum kplug_bus
 * @out_irq_mode: current enum kplug_irq_mode; KPLUG_IRQ_AUTO before vectors are
 *	allocated
 * @out_vectors: number of allocated vectors; before allocation, the number that the
 *	best mode offers
 * @out_regions: number of region slots; some may be empty
 * @out_vendor: PCI vendor id, 0 on other buses
 * @out_device: PCI device id
 * @out_subvendor: PCI subsystem vendor id
 * @out_subdevice: PCI subsystem id
 * @out_class: PCI class code, 24 bits
 * @out_revision: PCI revision
 * @out_max_in: length in bytes of the longest message that the attached plugin
 *	accepts
 * @out_max_out: length in bytes of the attached plugin's longest answer
 * @out_plugin_version: version of the attached plugin's messages, as its own header
 *	defines it; 0 if no plugin is attached or the plugin has no version
 * @out_client: number of this client, as in /sys/class/kplug/<address>/clients
 * @out_name: the device's address, NUL-terminated
 * @out_plugin: name of the attached plugin, empty if none
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
	__u32 out_plugin_version;
	__u32 out_client;
	char out_name[KPLUG_NAME_MAX];
	char out_plugin[KPLUG_NAME_MAX];
};

/* kplug_region_info.out_flags */
#define KPLUG_REGION_MEM      (1u << 0) /* memory */
#define KPLUG_REGION_PORT     (1u << 1) /* I/O ports */
#define KPLUG_REGION_MMAP     (1u << 2) /* this client may map all or part of it */
#define KPLUG_REGION_PREFETCH (1u << 3) /* reads have no side effects */
#define KPLUG_REGION_CONFIG   (1u << 4) /* configuration space */
#define KPLUG_REGION_WC       (1u << 5) /* write combining, see KPLUG_CACHING */
#define KPLUG_REGION_LOCKED   (1u << 6) /* kernel lockdown: programs can only read it */

/*
 * kplug_region_info.out_widths: the accesses that a region permits. Each
 * is the number of bytes of such an access.
 */
#define KPLUG_WIDTH_8  (1u << 0)
#define KPLUG_WIDTH_16 (1u << 1)
#define KPLUG_WIDTH_32 (1u << 2)
#define KPLUG_WIDTH_64 (1u << 3)

/**
 * struct kplug_map_range - a contiguous part of a region that can be mapped
 * @offset: of its first byte in the region, a multiple of the page size
 * @length: in bytes, whole pages, not 0
 */
struct kplug_map_range {
	__aligned_u64 offset;
	__aligned_u64 length;
};

/**
 * struct kplug_region_info - argument of KPLUG_REGION_INFO
 * @size: sizeof(struct kplug_region_info)
 * @flags: must be 0
 * @index: index of the region, below kplug_device_info.out_regions
 * @out_flags: KPLUG_REGION_*; 0 for an empty slot
 * @out_length: length in bytes, 0 for an empty slot
 * @out_mmap_offset: add it to an offset in the region to get the offset for mmap();
 *	valid with KPLUG_REGION_MMAP
 * @ranges: pointer to room for struct kplug_map_range[@num_ranges], or 0
 * @num_ranges: number of elements at @ranges, 0 to KPLUG_MAX_RANGES
 * @stride: sizeof(struct kplug_map_range) with @ranges; else 0
 * @out_num_ranges: number of ranges that exist; may exceed @num_ranges
 * @out_widths: KPLUG_WIDTH_* of the accesses that the region permits; 0 for an empty slot
 *
 * Memory permits accesses of 32 and 64 bits, unless a plugin or an administrator
 * (/sys/class/kplug/<address>/widths) says otherwise. Many devices take no narrower ones,
 * and on arm64 an access that a device does not take stops the machine. Ports permit 8,
 * 16 and 32 bits, configuration space and the memory of ISA cards all. KPLUG_ACCESS,
 * KPLUG_TRANSFER, KPLUG_CLEANUP and recipes of KPLUG_ARM refuse other widths with
 * EOPNOTSUPP. The kernel does not see the accesses that a program makes in a map.
 *
 * The ranges are what this client may map. Mapping anything else fails with EPERM.
 * A page is outside of the ranges when it holds a part of the MSI-X message table or
 * of its pending bits, or, for a restricted client, when no window of the plugin
 * covers it. A trusted client gets sorted ranges that do not overlap, for most regions
 * only one. A restricted client gets one for each window.
 *
 * KPLUG_ACCESS and KPLUG_TRANSFER reach the registers in such a page too. They cannot
 * write to the message table and its pending bits (EPERM).
 *
 * While the kernel is locked down (kernel_lockdown(7)), programs can read registers,
 * but no command writes or maps them: EPERM, also for root. If no IOMMU translates for
 * the device, programs cannot make it a bus master either: EPERM for KPLUG_DMA_MAP
 * without a plugin, and for arming a message with a handler that is not the plugin's.
 * Plugins are not affected.
 */
struct kplug_region_info {
	__u32 size;
	__u32 flags;
	__u32 index;
	__u32 out_flags;
	__aligned_u64 out_length;
	__aligned_u64 out_mmap_offset;
	__aligned_u64 ranges;
	__u32 num_ranges;
	__u32 stride;
	__u32 out_num_ranges;
	__u32 out_widths;
};

/* kplug_vector_info.out_flags */
#define KPLUG_VECTOR_ARMED  (1u << 0) /* a client or the plugin armed it */
#define KPLUG_VECTOR_MINE   (1u << 1) /* this client armed it */
#define KPLUG_VECTOR_MASKED (1u << 2) /* masked until KPLUG_UNMASK */
#define KPLUG_VECTOR_STORM  (1u << 3) /* the storm guard masked it */

/**
 * enum kplug_handler_kind - what handles a vector's interrupts
 * @KPLUG_HANDLER_USER: the program: the core masks an INTx or wired line, and posts an
 *	event
 * @KPLUG_HANDLER_RECIPE: a recipe, which the core runs in the hard interrupt
 * @KPLUG_HANDLER_PLUGIN: the handler of the attached plugin
 */
enum kplug_handler_kind {
	KPLUG_HANDLER_USER = 0,
	KPLUG_HANDLER_RECIPE = 1,
	KPLUG_HANDLER_PLUGIN = 3, /* 2 is reserved for verified programs */
};

/**
 * struct kplug_vector_info - argument of KPLUG_VECTOR_INFO
 * @size: sizeof(struct kplug_vector_info)
 * @flags: must be 0
 * @index: number of the vector
 * @out_flags: KPLUG_VECTOR_*
 * @out_handler: enum kplug_handler_kind of an armed vector
 * @out_irq: Linux interrupt number, 0 when not armed
 * @out_event_type: type of the events of this vector
 * @__reserved: must be 0
 * @out_raised: number of interrupts
 * @out_handled: interrupts that the handler claimed
 * @out_none: interrupts that the handler did not claim
 * @out_deferred: runs of the deferred handler
 * @out_coalesced: requests for a deferred run. While none is pending,
 *	@out_coalesced - @out_deferred is the number of runs saved
 * @out_posted: events posted; each counts once, however many clients listen
 * @out_dropped: records lost because a client's ring was full, summed over clients
 * @out_storms: times the storm guard masked the vector
 *
 * The counts start at 0 when the device is bound, and arming and disarming do not
 * change them. ENOENT when there is no such vector.
 */
struct kplug_vector_info {
	__u32 size;
	__u32 flags;
	__u32 index;
	__u32 out_flags;
	__u32 out_handler;
	__u32 out_irq;
	__u32 out_event_type;
	__u32 __reserved;
	__aligned_u64 out_raised;
	__aligned_u64 out_handled;
	__aligned_u64 out_none;
	__aligned_u64 out_deferred;
	__aligned_u64 out_coalesced;
	__aligned_u64 out_posted;
	__aligned_u64 out_dropped;
	__aligned_u64 out_storms;
};

/* kplug_access.flags */
#define KPLUG_ACCESS_WRITE (1u << 0) /* write; otherwise read */

/**
 * struct kplug_access - argument of KPLUG_ACCESS: one checked register access
 * @size: sizeof(struct kplug_access)
 * @flags: KPLUG_ACCESS_*
 * @region: index of the region
 * @width: 1, 2, 4 or 8 bytes; one that the region permits, see KPLUG_REGION_INFO
 * @offset: byte offset in the region, a multiple of @width
 * @value: value to write, must fit @width; must be 0 for a read
 * @out_value: value read
 *
 * A restricted client needs a window of the attached plugin (EPERM). No client may
 * write to the message table or the pending bits of MSI-X (EPERM).
 *
 * In configuration space an access of 8 bytes is split into two of 4, the lower one
 * first. An access waits for a reset of the function to end. EPERM for a write to
 * registers that Linux owns: BARs, the capabilities of MSI, MSI-X and SR-IOV, and the
 * control registers of ACS, ATS, PRI and PASID. EPERM also for a write that would
 * change one of these bits: I/O, memory, bus master and INTx disable in the command
 * register; the power state; function level reset; start of the self-test.
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

/**
 * enum kplug_transfer_op - the direction of a transfer
 * @KPLUG_TRANSFER_READ: read registers
 * @KPLUG_TRANSFER_WRITE: write registers
 */
enum kplug_transfer_op {
	KPLUG_TRANSFER_READ = 1,
	KPLUG_TRANSFER_WRITE = 2,
};

/* kplug_transfer.flags */
#define KPLUG_TRANSFER_FIFO (1u << 0) /* all accesses go to the same register */

/**
 * struct kplug_transfer - one register access, or a block of accesses
 * @op: enum kplug_transfer_op
 * @region: index of the region
 * @width: of each access: 1, 2, 4 or 8 bytes, as the region permits
 * @flags: KPLUG_TRANSFER_*
 * @count: number of accesses, at least 1; 1 without @buffer
 * @offset: byte offset of the first access, a multiple of @width
 * @value: value to write without @buffer, must fit @width; else 0
 * @buffer: pointer to @count values of @width bytes each, aligned to @width; 0 for a
 *	single access with @value or @out_value; must be 0 in configuration space
 * @out_value: value read without @buffer; 0 after a read with @buffer; a write does
 *	not change it
 *
 * The offset grows by @width with each access, unless KPLUG_TRANSFER_FIFO is set.
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
 * struct kplug_transfers - argument of KPLUG_TRANSFER: a list of register accesses
 * @size: sizeof(struct kplug_transfers)
 * @flags: must be 0
 * @transfers: pointer to struct kplug_transfer[@num_transfers]
 * @num_transfers: 1 to KPLUG_MAX_TRANSFERS
 * @stride: sizeof(struct kplug_transfer)
 * @out_done: number of completed transfers; also filled on failure, where it is the
 *	index of the transfer that failed
 * @__reserved: must be 0
 *
 * The kernel checks the whole list before the first access. EINVAL, EOPNOTSUPP and
 * EPERM (see KPLUG_ACCESS) therefore mean that no register was accessed, except EPERM
 * for the value of a write to configuration space. The transfers run in order, but not
 * atomically. After EFAULT or ENODEV the transfers before the failed one are complete,
 * and a part of the failed one may be. EBADF for a write when the descriptor is not open
 * for writing. EINTR when the caller is killed; the transfers before @out_done are
 * complete.
 */
struct kplug_transfers {
	__u32 size;
	__u32 flags;
	__aligned_u64 transfers;
	__u32 num_transfers;
	__u32 stride;
	__u32 out_done;
	__u32 __reserved;
};

/**
 * struct kplug_cleanup - argument of KPLUG_CLEANUP: register writes for the client's end
 * @size: sizeof(struct kplug_cleanup)
 * @flags: must be 0
 * @writes: pointer to struct kplug_transfer[@num_writes], all of them single
 *	writes with a value
 * @num_writes: 0 to KPLUG_MAX_CLEANUP; 0 drops the list
 * @stride: sizeof(struct kplug_transfer)
 *
 * Trusted clients only. The list replaces the previous one. The kernel checks it now.
 * It performs the writes at the last close() of the client, also when the process is
 * killed, before it disarms the client's vectors. It skips them if the device is gone,
 * and those whose width the region does not permit any more.
 */
struct kplug_cleanup {
	__u32 size;
	__u32 flags;
	__aligned_u64 writes;
	__u32 num_writes;
	__u32 stride;
};

/**
 * enum kplug_caching - how the processor caches a region
 * @KPLUG_CACHING_UC: uncached, each access is separate; the default
 * @KPLUG_CACHING_WC: uncached, but writes may be combined and delayed
 */
enum kplug_caching {
	KPLUG_CACHING_UC = 0,
	KPLUG_CACHING_WC = 1,
};

/**
 * struct kplug_caching_set - argument of KPLUG_CACHING: how a region is mapped
 * @size: sizeof(struct kplug_caching_set)
 * @flags: must be 0
 * @region: a region with KPLUG_REGION_MMAP
 * @caching: enum kplug_caching
 *
 * Trusted clients only. All maps of an address, in the kernel and in programs, must
 * use the same caching. The command therefore changes all of them, and the choice
 * stays until it is changed again or the device is unbound. EBUSY while any program
 * has mapped the region, a plugin is attached or a vector is armed. Write combining is
 * meant for memory on the device. It is safe in a region with KPLUG_REGION_PREFETCH;
 * elsewhere the program must know that the device tolerates it.
 */
struct kplug_caching_set {
	__u32 size;
	__u32 flags;
	__u32 region;
	__u32 caching;
};

/**
 * struct kplug_irq_mode_set - argument of KPLUG_IRQ_MODE
 * @size: sizeof(struct kplug_irq_mode_set)
 * @flags: must be 0
 * @mode: enum kplug_irq_mode; KPLUG_IRQ_AUTO selects the best available mode
 * @count: requested number of vectors, 0 for as many as possible
 * @out_mode: the mode that is now in use
 * @out_count: vectors now allocated, at least 1
 *
 * Trusted clients only. EBUSY while any vector is armed. EOPNOTSUPP if the device does
 * not have the mode. ENOSPC or ENOMEM if the machine lacks vectors or memory for it.
 * The command is optional: without it, KPLUG_ARM selects KPLUG_IRQ_AUTO.
 */
struct kplug_irq_mode_set {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 count;
	__u32 out_mode;
	__u32 out_count;
};

/**
 * enum kplug_step_op - what a step of a recipe does
 * @KPLUG_STEP_READ: acc = register
 * @KPLUG_STEP_NOT_MINE: end with KPLUG_NONE if (acc & mask) == value
 * @KPLUG_STEP_WRITE: register = value
 * @KPLUG_STEP_WRITE_BACK: register = (acc & mask) | value
 * @KPLUG_STEP_CAPTURE: append acc & mask to the event
 * @KPLUG_STEP_WRITE_INVERSE: register = (~acc & mask) | value
 *
 * The steps of a recipe share one accumulator, acc, which a read loads. At the end the
 * core posts the event with the captured words.
 */
enum kplug_step_op {
	KPLUG_STEP_READ = 1,
	KPLUG_STEP_NOT_MINE = 2,
	KPLUG_STEP_WRITE = 3,
	KPLUG_STEP_WRITE_BACK = 4,
	KPLUG_STEP_CAPTURE = 5,
	KPLUG_STEP_WRITE_INVERSE = 6,
};

/**
 * struct kplug_step - one step of a recipe
 * @op: enum kplug_step_op
 * @region: region of a read or write
 * @width: 1, 2, 4 or 8 bytes, as the region permits, for a read or write
 * @flags: must be 0
 * @__reserved: must be 0
 * @offset: byte offset, a multiple of @width
 * @mask: for KPLUG_STEP_NOT_MINE, KPLUG_STEP_WRITE_BACK, KPLUG_STEP_WRITE_INVERSE,
 *	KPLUG_STEP_CAPTURE
 * @value: for KPLUG_STEP_NOT_MINE, KPLUG_STEP_WRITE, KPLUG_STEP_WRITE_BACK,
 *	KPLUG_STEP_WRITE_INVERSE
 *
 * KPLUG_STEP_WRITE_INVERSE acknowledges in a register where a written 0 clears: @mask has
 * the bits to acknowledge, and @value the others, which stay.
 *
 * Fields that an op does not use must be 0. A read must precede every step that uses
 * the accumulator.
 */
struct kplug_step {
	__u8 op;
	__u8 region;
	__u8 width;
	__u8 flags;
	__u32 __reserved;
	__aligned_u64 offset;
	__aligned_u64 mask;
	__aligned_u64 value;
};

/**
 * struct kplug_arm - argument of KPLUG_ARM: give a vector its handler and enable it
 * @size: sizeof(struct kplug_arm)
 * @flags: must be 0
 * @vector: number of the vector
 * @handler: enum kplug_handler_kind
 * @event_type: type of this vector's events: 0 for KPLUG_EVENT_IRQ, or
 *	KPLUG_EVENT_CUSTOM or above
 * @num_steps: length of the recipe, 1 to KPLUG_MAX_STEPS; else 0
 * @steps: pointer to struct kplug_step[@num_steps]; else 0
 * @stride: sizeof(struct kplug_step) with @steps; else 0
 * @__reserved: must be 0
 *
 * Trusted clients only. The kernel checks the whole recipe before anything changes.
 * Several clients may arm a vector with the same user or plugin handler and event
 * type. It stays armed until the last of them disarms it or is closed.
 *
 *  - EPERM: the recipe writes to a message table, see KPLUG_ACCESS; or the kernel is
 *    locked down, and the recipe writes at all, or the vector is a message, its handler
 *    is not the plugin's, and no IOMMU translates for the device.
 *  - EALREADY: this client armed the vector before.
 *  - EBUSY: the vector is armed in another way, or the device is in a reset, recovers
 *    from an error or sleeps.
 *  - ENOENT: there is no such vector.
 *  - ENOTCONN: KPLUG_HANDLER_PLUGIN, but this client is not attached.
 *  - EOPNOTSUPP: KPLUG_HANDLER_PLUGIN, but the plugin does not serve this vector; or the
 *    recipe has an access of a width that the region does not permit.
 */
struct kplug_arm {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 handler;
	__u32 event_type;
	__u32 num_steps;
	__aligned_u64 steps;
	__u32 stride;
	__u32 __reserved;
};

/**
 * struct kplug_vector_cmd - argument of KPLUG_DISARM and KPLUG_UNMASK
 * @size: sizeof(struct kplug_vector_cmd)
 * @flags: must be 0
 * @vector: a vector that this client armed, else ENOTCONN
 * @__reserved: must be 0
 *
 * If no other client has the vector armed, KPLUG_DISARM returns when none of its
 * handlers runs any more.
 *
 * KPLUG_UNMASK unmasks a vector that KPLUG_HANDLER_USER or the storm guard masked. It
 * does nothing when the vector is not masked. An interrupt that a wired line raised
 * while it was masked is delivered then.
 */
struct kplug_vector_cmd {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 __reserved;
};

/**
 * struct kplug_eventfd - argument of KPLUG_EVENTFD
 * @size: sizeof(struct kplug_eventfd)
 * @flags: must be 0
 * @vector: the vector whose events to count, below kplug_device_info.out_vectors
 * @fd: an eventfd, or -1 to remove this client's eventfd
 *
 * Each client has at most one eventfd for a vector; a new one replaces it. ENOSPC when
 * the device has KPLUG_MAX_LISTENERS listeners or this user has used up its share.
 * EPERM for a restricted client when the plugin does not let it receive the events of
 * @vector. ENOENT when there is no such vector. EINVAL when @fd is not an eventfd.
 */
struct kplug_eventfd {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__s32 fd;
};

/**
 * struct kplug_subscribe - argument of KPLUG_SUBSCRIBE: choose the vectors to listen to
 * @size: sizeof(struct kplug_subscribe)
 * @flags: must be 0
 * @vectors: the vectors whose events this client receives: vector n is bit n % 64 of
 *	word n / 64; bits of vectors that the device does not have are ignored
 *
 * Once the command has returned, events of other vectors reach neither the ring nor
 * the eventfds of this client, and do not count as lost. Initially a client receives
 * the events of all vectors. It always receives events without a vector, such as
 * KPLUG_EVENT_REMOVED.
 *
 * A restricted client receives only what the plugin allows: at most the events of
 * vectors that are armed with the plugin's own handler, or not armed.
 */
struct kplug_subscribe {
	__u32 size;
	__u32 flags;
	__aligned_u64 vectors[KPLUG_MAX_VECTORS / 64];
};

/**
 * struct kplug_restrict - argument of KPLUG_RESTRICT: give up trust for good
 * @size: sizeof(struct kplug_restrict)
 * @flags: must be 0
 *
 * When the command returns, the client is restricted in every process that uses its
 * descriptor, and has lost everything that a restricted client cannot have:
 *
 *  - Its maps of registers read as all ones, except windows of the plugin.
 *  - The vectors that it armed are disarmed, except those with the plugin's handler.
 *  - Buffers that it made of regions behave as if the device were gone.
 *  - It keeps events, mappings of buffers, and shared memory, each only if the plugin
 *    allows it.
 *  - Its session with a plugin ends if the plugin does not admit restricted clients,
 *    or if the client has transactions and the plugin does not allow them.
 *
 * The kernel still performs the writes left with KPLUG_CLEANUP. Calls that are already
 * in the plugin finish with the trust they began with. The command does nothing for a
 * restricted client. EINTR when the caller is killed while the session ends; the trust
 * is gone nevertheless.
 */
struct kplug_restrict {
	__u32 size;
	__u32 flags;
};

/**
 * enum kplug_event_type - why an event was posted
 * @KPLUG_EVENT_IRQ: a handler returned KPLUG_NOTIFY
 * @KPLUG_EVENT_REMOVED: the last event: the device is gone or was revoked
 * @KPLUG_EVENT_STORM: the storm guard masked the event's vector
 * @KPLUG_EVENT_RESET: the device was reset, whatever the cause
 * @KPLUG_EVENT_ERROR: a PCI error; data[0] is enum kplug_error_state
 * @KPLUG_EVENT_SUSPEND: the machine went to sleep
 * @KPLUG_EVENT_RESUME: the machine woke up; the device may have lost its state
 * @KPLUG_EVENT_DMA: a transaction of this client ended, see KPLUG_DMA_EXECUTE
 * @KPLUG_EVENT_CUSTOM: from here on, the plugin or program defines types
 */
enum kplug_event_type {
	KPLUG_EVENT_IRQ = 1,
	KPLUG_EVENT_REMOVED = 2,
	KPLUG_EVENT_STORM = 3,
	KPLUG_EVENT_RESET = 4,
	KPLUG_EVENT_ERROR = 5,
	KPLUG_EVENT_SUSPEND = 6,
	KPLUG_EVENT_RESUME = 7,
	KPLUG_EVENT_DMA = 8,
	KPLUG_EVENT_CUSTOM = 0x100,
};

/**
 * enum kplug_error_state - the state after a PCI error that the machine reported
 * @KPLUG_ERROR_NONFATAL: the device keeps working
 * @KPLUG_ERROR_FROZEN: it cannot be reached; KPLUG_EVENT_RESET should follow
 * @KPLUG_ERROR_PERMANENT: it cannot be reached any more
 * @KPLUG_ERROR_RECOVERED: after the first two: vectors work again
 */
enum kplug_error_state {
	KPLUG_ERROR_NONFATAL = 1,
	KPLUG_ERROR_FROZEN = 2,
	KPLUG_ERROR_PERMANENT = 3,
	KPLUG_ERROR_RECOVERED = 4,
};

/* kplug_event.vector of an event without a vector */
#define KPLUG_NO_VECTOR 0xffffffffu

/**
 * struct kplug_event - one record of the event ring
 * @seq: sequence number of this event for this client, from 0; a gap means that
 *	events were lost
 * @lost: events that this client lost since the previous record
 * @t_hard: time at which the hard handler was entered, in ns of CLOCK_MONOTONIC; the
 *	time of the post for an event that no hard handler posted
 * @t_handler_end: time at which the hard handler returned, in ns
 * @t_post: time of the post, in ns; equal to @t_handler_end when the core posts right
 *	after the handler
 * @vector: the vector, or KPLUG_NO_VECTOR
 * @type: enum kplug_event_type
 * @words: number of valid words in @data
 * @data: the words that the handler captured or the plugin sent
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
 * @head: number of records written so far; the kernel stores it with release semantics
 *	after it has written the record
 * @dropped: number of events dropped so far because the ring was full
 * @entries: number of records, a power of two
 * @record_size: sizeof(struct kplug_event)
 * @records_offset: offset of the first record from the start of the map, in bytes
 * @__pad: keeps @tail out of the kernel's cache line
 * @tail: number of records consumed so far; the program stores it with release
 *	semantics when it no longer needs the record. With a value outside of
 *	[@head - @entries, @head] the ring counts as full, which harms this client
 *	alone.
 *
 * The kernel reads only @tail. read() on the device consumes from the same @tail, so a
 * program uses either read() or the mapped ring at a time.
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
#define KPLUG_RING_NO_TIMES (1u << 0) /* the times in the records may be 0, see below */

/**
 * struct kplug_ring - argument of KPLUG_RING: start to receive events
 * @size: sizeof(struct kplug_ring)
 * @flags: KPLUG_RING_*
 * @entries: a power of two, 2 to KPLUG_MAX_RING
 * @__reserved: must be 0
 * @out_mmap_offset: offset for mmap() of the ring
 * @out_mmap_size: size of the ring in bytes
 *
 * From now on this client receives every event of the device. A client makes its ring
 * once (EALREADY); the ring exists until close().
 *
 * At most @entries - 1 other events can queue: the last free record is reserved for
 * KPLUG_EVENT_STORM and KPLUG_EVENT_REMOVED. Each running transaction reserves one
 * record too. ENOSPC when more transactions run than the ring can reserve records for,
 * when the device has KPLUG_MAX_LISTENERS listeners, or when this user has used up its
 * share of them.
 *
 * The program takes the events with read(), or from the ring that it maps, see struct
 * kplug_ring_page. poll() waits for them; "System calls" in kplug(4) describes both. EPERM for a
 * restricted client, when the plugin does not let it receive events.
 *
 * Reading the clock is the most expensive step of the core in an interrupt. The core
 * does not read it while all clients that listen to the device set
 * KPLUG_RING_NO_TIMES.
 */
struct kplug_ring {
	__u32 size;
	__u32 flags;
	__u32 entries;
	__u32 __reserved;
	__aligned_u64 out_mmap_offset;
	__aligned_u64 out_mmap_size;
};

/**
 * struct kplug_attach - argument of KPLUG_ATTACH
 * @size: sizeof(struct kplug_attach)
 * @flags: must be 0
 * @name: name of the plugin, of [a-z0-9_], NUL-terminated; for a client with
 *	CAP_SYS_RAWIO the kernel loads the plugin's module if necessary
 * @min_version: oldest version of the plugin's messages that the program accepts, see
 *	kplug_device_info.out_plugin_version; 0 for any
 * @__reserved: must be 0
 *
 * The attachment lasts until KPLUG_DETACH or close(). A device has one plugin at a
 * time; further clients attach to the same one. EBUSY when another plugin is attached.
 * ENOENT when there is no plugin with that name. ENOEXEC when its messages are older
 * than @min_version, also for a client that is attached already. A restricted client
 * may only join a plugin that is attached already, and only if the plugin allows
 * restricted clients anything (EPERM).
 */
struct kplug_attach {
	__u32 size;
	__u32 flags;
	char name[KPLUG_NAME_MAX];
	__u32 min_version;
	__u32 __reserved;
};

/**
 * struct kplug_detach - argument of KPLUG_DETACH
 * @size: sizeof(struct kplug_detach)
 * @flags: must be 0
 *
 * Disarms the vectors that this client armed with the plugin's handler, and returns
 * when none of this client's calls is in the plugin any more. ENOTCONN when the client is
 * not attached. EINTR when the caller is killed meanwhile.
 */
struct kplug_detach {
	__u32 size;
	__u32 flags;
};

/**
 * struct kplug_call - argument of KPLUG_CALL: a message to the plugin and its answer
 * @size: sizeof(struct kplug_call)
 * @flags: must be 0
 * @cmd: command; the plugin defines its meaning
 * @__reserved: must be 0
 * @in: pointer to the message, or 0
 * @out: pointer to room for the answer, or 0
 * @in_len: bytes at @in, at most kplug_device_info.out_max_in (E2BIG)
 * @out_len: bytes at @out, at most kplug_device_info.out_max_out (E2BIG)
 *
 * The ioctl returns the length of the answer in bytes, or an error of the plugin. ENOTCONN
 * when the client is not attached. EPERM for a restricted client when the plugin does not
 * let it call.
 */
struct kplug_call {
	__u32 size;
	__u32 flags;
	__u32 cmd;
	__u32 __reserved;
	__aligned_u64 in;
	__aligned_u64 out;
	__u32 in_len;
	__u32 out_len;
};

/**
 * struct kplug_shm_alloc - argument of KPLUG_SHM_ALLOC: memory shared with the plugin
 * @size: sizeof(struct kplug_shm_alloc)
 * @flags: must be 0
 * @length: in bytes, 1 to KPLUG_MAX_SHM, rounded up to whole pages
 * @out_id: identifies the memory in calls; each client has its own ids
 * @__reserved: must be 0
 * @out_mmap_offset: offset for mmap()
 *
 * The memory is zeroed. It exists until KPLUG_SHM_FREE or close(), and beyond that as
 * long as it is mapped or the plugin holds it. It counts against RLIMIT_MEMLOCK (ENOMEM).
 * ENOSPC when the client has KPLUG_MAX_SHMS blocks. EPERM for a restricted client when the
 * plugin does not let it share memory.
 */
struct kplug_shm_alloc {
	__u32 size;
	__u32 flags;
	__aligned_u64 length;
	__u32 out_id;
	__u32 __reserved;
	__aligned_u64 out_mmap_offset;
};

/**
 * struct kplug_shm_free - argument of KPLUG_SHM_FREE
 * @size: sizeof(struct kplug_shm_free)
 * @flags: must be 0
 * @id: from KPLUG_SHM_ALLOC
 * @__reserved: must be 0
 *
 * Maps of the memory stay. ENOENT when this client has no shared memory with that id.
 */
struct kplug_shm_free {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 __reserved;
};

/* kplug_affinity.flags */
#define KPLUG_AFFINITY_SET (1u << 0) /* set; otherwise read */

/**
 * struct kplug_affinity - argument of KPLUG_AFFINITY: the CPUs that handle a vector
 * @size: sizeof(struct kplug_affinity)
 * @flags: KPLUG_AFFINITY_*; KPLUG_AFFINITY_SET needs CAP_SYS_RAWIO at open()
 * @vector: an armed vector, else ENOTCONN
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: pointer to __u64[@length / 8]; CPU n is bit n % 64 of word n / 64
 *
 * ENOENT when there is no such vector. EPERM for KPLUG_AFFINITY_SET, see @flags.
 * EINVAL when no CPU of the mask is online, or when @length is too short for the
 * answer; a longer answer ends in zeros. EOPNOTSUPP on a virtual device. ENOSPC when
 * the CPUs have no free interrupt vector. The kernel or an administrator may choose
 * other CPUs at any time (/proc/irq). A shared line has the same CPUs for all of its
 * users.
 */
struct kplug_affinity {
	__u32 size;
	__u32 flags;
	__u32 vector;
	__u32 length;
	__aligned_u64 mask;
};

/**
 * struct kplug_reset - argument of KPLUG_RESET: reset the device
 * @size: sizeof(struct kplug_reset)
 * @flags: must be 0
 *
 * Trusted clients only. Resets this function alone, with the first method that its
 * reset_method in sysfs lists. Configuration space is restored, and armed vectors stay
 * armed. The plugin and the programs must program the device's own registers again;
 * every client that listens gets KPLUG_EVENT_RESET. Register accesses during the reset
 * may read all ones. EOPNOTSUPP when the device cannot be reset alone. EBUSY when another
 * reset, a recovery or a removal of it does not end within a second. EINTR.
 */
struct kplug_reset {
	__u32 size;
	__u32 flags;
};

/**
 * DOC: DMA
 *
 * A buffer is a dma-buf: a file descriptor that can be passed to other processes and
 * supports mmap() and DMA_BUF_IOCTL_SYNC (linux/dma-buf.h). The buffer exists as long
 * as a descriptor, a map or a device holds it. KPLUG_DMA_BUFFER makes one, and so do
 * other drivers. KPLUG_DMA_MAP makes a part of any buffer accessible to the device, and
 * KPLUG_DMA_SEGMENTS returns its bus addresses.
 *
 * A program can drive the device's engine itself; for this it needs the segments. Or it
 * leaves that to the plugin and runs transactions over its mappings. Then it knows no
 * bus address, and may be a restricted client if the plugin allows it. A restricted
 * client may make and map buffers and run transactions, but never gets segments or sets
 * limits.
 */

/**
 * DOC: The pool
 *
 * Long contiguous pieces of memory become rare while a machine runs. The parameter
 * `pool` of kplug.ko, for example 16x64K,2x4M, sets pieces aside for every device with
 * DMA that is bound afterwards. /sys/class/kplug/<address>/pool has a line with size in
 * bytes, total and free pieces for each size. A piece can serve either direction, so
 * count the pieces that both need. A piece counts against a user's limit only while it
 * is in use. It is zeroed when it is handed out, and free again when none of its pages
 * is in use any more. The machine gets the pieces back when the device is unbound.
 */

/**
 * DOC: Bus mastery
 *
 * The device is a bus master while it has any mapping. When a client ends with a buffer
 * still mapped, for example because its process is killed, the core clears bus mastery
 * before it unmaps the buffer. It restores mastery afterwards if other clients have
 * buffers mapped or messages armed. Transfers that the device runs for them at that
 * moment may fail.
 *
 * Memory of a device, of kplug or of another driver, may be withdrawn while it is
 * mapped, for example when that device is unbound or unplugged. The core then clears
 * bus mastery of the device that has it mapped. Transactions over that mapping end with
 * ENODEV, others that are running end with EIO, and queued ones start when the device
 * is a bus master again. That is immediately, unless the program (by
 * KPLUG_DMA_SEGMENTS) or the plugin knows the bus addresses; then it is when they have
 * released the mapping, with KPLUG_DMA_UNMAP or close(). Until then KPLUG_DMA_SEGMENTS,
 * KPLUG_DMA_SYNC and KPLUG_DMA_EXECUTE fail with ENODEV for that mapping, and
 * KPLUG_DMA_TRANSACTION does not find it. If the memory was kplug's, maps of it in
 * programs read as all ones.
 */

/**
 * enum kplug_dma_buffer_source - the memory of a new buffer
 * @KPLUG_DMA_BUFFER_CONTIGUOUS: new contiguous memory, zeroed
 * @KPLUG_DMA_BUFFER_USER: memory of this process; the kernel pins it
 * @KPLUG_DMA_BUFFER_REGION: a part of a region of this device
 */
enum kplug_dma_buffer_source {
	KPLUG_DMA_BUFFER_CONTIGUOUS = 1,
	KPLUG_DMA_BUFFER_USER = 2,
	KPLUG_DMA_BUFFER_REGION = 3,
};

/* kplug_dma_buffer_make.flags */
#define KPLUG_DMA_BUFFER_READ_ONLY (1u << 0) /* the device only reads; of USER only */
#define KPLUG_DMA_BUFFER_COHERENT  (1u << 1) /* never needs KPLUG_DMA_SYNC; of CONTIGUOUS only */

/**
 * struct kplug_dma_buffer_make - argument of KPLUG_DMA_BUFFER: make a buffer
 * @size: sizeof(struct kplug_dma_buffer_make)
 * @flags: KPLUG_DMA_BUFFER_*
 * @source: enum kplug_dma_buffer_source
 * @region: with KPLUG_DMA_BUFFER_REGION, a region with KPLUG_REGION_MMAP; else 0
 * @address: with KPLUG_DMA_BUFFER_USER, any address in this process; with
 *	KPLUG_DMA_BUFFER_REGION, an offset in @region, a multiple of the page size;
 *	else 0
 * @length: in bytes, not 0; the buffer consists of whole pages
 * @out_fd: descriptor of the dma-buf, close-on-exec
 * @out_offset: with KPLUG_DMA_BUFFER_USER, the offset of @address in the buffer; else 0
 * @__reserved: must be 0
 *
 * Memory counts against the user's RLIMIT_MEMLOCK, see "Memory limits" in kplug(4), until
 * the last descriptor and map are gone and no device may use it any more. A piece of the
 * pool counts in full, even if the buffer is shorter.
 *
 * The kernel takes contiguous memory from the smallest free piece in the device's pool
 * that is long enough. If there is none, it allocates memory that the device can reach,
 * see KPLUG_DMA_LIMITS. ENOMEM when the limit is reached, when there is no contiguous
 * memory of this length, or when more memory is to be pinned than the machine has.
 * EFAULT when the memory at @address cannot be pinned, for example because it maps a
 * file on disk. EOPNOTSUPP for KPLUG_DMA_BUFFER_COHERENT, here or in KPLUG_DMA_MAP,
 * when this device is not coherent with the processors' caches, so that only
 * KPLUG_DMA_SYNC makes both see the same data.
 *
 * A buffer of a region needs CAP_SYS_RAWIO at open(). Pages with a message table are
 * excluded (EPERM), see KPLUG_REGION_INFO. Programs can map the buffer like the region
 * itself, and it needs no sync.
 *
 * Another PCI function of kplug can map such a buffer if its requests are known to reach
 * this function: both functions are below one PCIe switch, no port of that switch
 * redirects requests (ACS), and no IOMMU translates for the other function. If requests
 * have to pass through the root complex, the kernel cannot know whether it forwards them.
 * If you know that your machine does, set the parameter `root_complex_routes` of kplug.ko
 * to Y, which allows all functions below one root bus. On a machine that does not forward
 * them, transfers get lost or the machine reports errors. All other mappings fail with
 * EOPNOTSUPP, also for other drivers that import the buffer.
 */
struct kplug_dma_buffer_make {
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

/**
 * enum kplug_dma_direction - the direction of DMA
 * @KPLUG_DMA_BOTH: the device reads and writes
 * @KPLUG_DMA_TO_DEVICE: the device reads
 * @KPLUG_DMA_FROM_DEVICE: the device writes
 */
enum kplug_dma_direction {
	KPLUG_DMA_BOTH = 0,
	KPLUG_DMA_TO_DEVICE = 1,
	KPLUG_DMA_FROM_DEVICE = 2,
};

/**
 * struct kplug_dma_map - argument of KPLUG_DMA_MAP: make a buffer accessible to the device
 * @size: sizeof(struct kplug_dma_map)
 * @flags: must be 0
 * @fd: a dma-buf of any driver
 * @direction: enum kplug_dma_direction
 * @offset: offset of the first byte to map in the buffer
 * @length: in bytes, 0 for all that follows
 * @out_id: identifies the mapping; each client has its own ids
 * @out_segments: number of segments that the device sees
 *
 * The buffer exists at least until KPLUG_DMA_UNMAP or close(), even if @fd is closed.
 * EINVAL when @fd is not a dma-buf. EOPNOTSUPP when the device has no DMA, cannot reach
 * the whole buffer, or cannot use it in this direction. ENODEV when the buffer is memory
 * of a device that is gone. EINTR after a signal.
 *
 * Without an IOMMU, a device may not reach all memory. The kernel then keeps a copy in
 * memory that the device reaches (a bounce buffer), and KPLUG_DMA_SYNC copies. The
 * machine has little memory for bounce buffers, 64 MiB unless set otherwise at boot. A
 * trusted client may use a quarter of it, a restricted client an eighth, all restricted
 * clients together a quarter, and all clients together half; ENOSPC beyond that. ENOMEM
 * when the machine has none left. EOPNOTSUPP for buffers of other drivers, and for a
 * device that cannot reach bounce buffers either.
 */
struct kplug_dma_map {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 direction;
	__aligned_u64 offset;
	__aligned_u64 length;
	__u32 out_id;
	__u32 out_segments;
};

/**
 * struct kplug_dma_unmap - argument of KPLUG_DMA_UNMAP
 * @size: sizeof(struct kplug_dma_unmap)
 * @flags: must be 0
 * @id: from KPLUG_DMA_MAP
 * @__reserved: must be 0
 *
 * The device must no longer use the mapping. EBUSY while a transaction is prepared over it
 * or a call of the plugin uses it. ENOENT when this client has no mapping with that id.
 */
struct kplug_dma_unmap {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 __reserved;
};

/**
 * struct kplug_dma_segment - a contiguous piece of a buffer as the device sees it
 * @address: bus address
 * @length: in bytes, not 0
 */
struct kplug_dma_segment {
	__aligned_u64 address;
	__aligned_u64 length;
};

/**
 * struct kplug_dma_segments - argument of KPLUG_DMA_SEGMENTS: bus addresses of a mapping
 * @size: sizeof(struct kplug_dma_segments)
 * @flags: must be 0
 * @id: from KPLUG_DMA_MAP
 * @first: index of the first segment to return, from 0
 * @segments: pointer to room for struct kplug_dma_segment[@num_segments]
 * @num_segments: number to return, at least 1; EINVAL if fewer follow @first
 * @stride: sizeof(struct kplug_dma_segment)
 *
 * Without an IOMMU, a program that knows bus addresses can make the device access any
 * memory. The kernel log then names the first such program, and the kernel is tainted
 * (TAINT_USER, shown as U).
 */
struct kplug_dma_segments {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 first;
	__aligned_u64 segments;
	__u32 num_segments;
	__u32 stride;
};

/**
 * enum kplug_dma_sync_for - who uses a part of a mapping next
 * @KPLUG_DMA_SYNC_FOR_CPU: after the device wrote, before the program reads
 * @KPLUG_DMA_SYNC_FOR_DEVICE: after the program wrote, before the device reads
 */
enum kplug_dma_sync_for {
	KPLUG_DMA_SYNC_FOR_CPU = 1,
	KPLUG_DMA_SYNC_FOR_DEVICE = 2,
};

/**
 * struct kplug_dma_sync - argument of KPLUG_DMA_SYNC: hand over a part of a mapping
 * @size: sizeof(struct kplug_dma_sync)
 * @flags: must be 0
 * @id: from KPLUG_DMA_MAP
 * @sync_for: enum kplug_dma_sync_for
 * @offset: offset of the first byte in the mapping
 * @length: in bytes, 0 for all that follows
 *
 * Costs nothing where devices are coherent with the processors' caches, as on most PCs.
 * It is needed everywhere else, and for bounce buffers, see KPLUG_DMA_MAP.
 * DMA_BUF_IOCTL_SYNC does the same for a whole buffer.
 */
struct kplug_dma_sync {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 sync_for;
	__aligned_u64 offset;
	__aligned_u64 length;
};

/**
 * struct kplug_dma_limits - argument of KPLUG_DMA_LIMITS: the limits of the device's DMA
 * @size: sizeof(struct kplug_dma_limits)
 * @flags: must be 0
 * @address_bits: width of the device's bus addresses, 12 to 64; 0 for the default, 32
 * @max_segment: length of the longest segment in bytes, a multiple of the page size; 0
 *	for the default, any length
 * @boundary: no segment crosses a multiple of it; in bytes, a power of two, at least the
 *	page size; 0 for the default, 4 GiB
 *
 * EBUSY while anything is mapped, or while a plugin is attached, because the plugin sets
 * the limits then. EOPNOTSUPP when the device has no DMA, or the machine does not support
 * a device with these limits.
 */
struct kplug_dma_limits {
	__u32 size;
	__u32 flags;
	__u32 address_bits;
	__u32 max_segment;
	__aligned_u64 boundary;
};

/**
 * struct kplug_dma_transaction - argument of KPLUG_DMA_TRANSACTION: prepare a transaction
 * @size: sizeof(struct kplug_dma_transaction)
 * @flags: must be 0
 * @mapping: from KPLUG_DMA_MAP; it cannot be unmapped before KPLUG_DMA_RELEASE
 * @direction: enum kplug_dma_direction that the mapping allows; 0 for the mapping's
 * @offset: offset of the first byte in the mapping
 * @length: in bytes, 0 for all that follows
 * @max_chunk: bytes in the longest chunk; 0 for the plugin's maximum
 * @alignment: the bus address of every chunk is a multiple of it; a power of two, 0 for
 *	the plugin's minimum
 * @out_id: identifies the transaction; each client has its own ids
 * @__reserved: must be 0
 *
 * The core splits the data into chunks that the plugin's engine can transfer, and makes
 * the engine transfer one after the other without help from the program. ENOTCONN
 * without a plugin. EOPNOTSUPP if the plugin has no engine. EINVAL also when the plugin
 * does not support @max_chunk or @alignment, or when segments are misaligned. ENOENT also
 * for a mapping that is older than the attachment, if the plugin's limits are narrower
 * than those it was made with.
 */
struct kplug_dma_transaction {
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

/* Values of times. */
#define KPLUG_TIMEOUT_NONE 0xffffffffu /* .timeout_ms: no limit */
#define KPLUG_POLL_ALWAYS  0xffffffffu /* .poll_us: poll until the end, without an interrupt */

/**
 * struct kplug_dma_execution - one transaction to run
 * @id: from KPLUG_DMA_TRANSACTION
 * @flags: must be 0
 * @offset: offset of the first byte to transfer, in the transaction
 * @length: in bytes, 0 for all that follows
 * @timeout_ms: 0 for 10 s, KPLUG_TIMEOUT_NONE for none; it starts now and includes time
 *	in the queue
 * @poll_us: 0 to return at once; the device interrupts at the end. KPLUG_POLL_ALWAYS to
 *	poll until the end, without an interrupt. Otherwise poll this long, in
 *	microseconds, and then leave the end to the interrupt
 * @cookie: returned in the event at the end
 * @args: arguments; the plugin defines their meaning
 */
struct kplug_dma_execution {
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
 * struct kplug_dma_execute - argument of KPLUG_DMA_EXECUTE: run transactions
 * @size: sizeof(struct kplug_dma_execute)
 * @flags: must be 0
 * @executions: pointer to struct kplug_dma_execution[@num_executions]
 * @num_executions: 1 to KPLUG_MAX_EXECUTIONS
 * @stride: sizeof(struct kplug_dma_execution)
 * @out_started: number of transactions started; also filled on failure, where it is the
 *	index of the one that was refused
 * @__reserved: must be 0
 *
 * Transactions beyond the depth of the engine wait in the device's queue, in order. When
 * one ends, this client alone gets a KPLUG_EVENT_DMA: data[0] is the id, data[1] the
 * cookie, data[2] the number of bytes transferred, and data[3] 0 or a negative errno:
 * ETIMEDOUT, ECANCELED (KPLUG_DMA_ABORT), EIO (reset or error of the device), ENODEV, or
 * an error of the plugin.
 *
 * Each transaction reserves a record of the ring, so that no such event is lost. ENOSPC
 * when unread and reserved records fill the ring; the program then has to read events
 * first. EBUSY for a transaction that has not ended. ECANCELED while the client leaves the
 * plugin. EINTR when the caller is killed while polling.
 */
struct kplug_dma_execute {
	__u32 size;
	__u32 flags;
	__aligned_u64 executions;
	__u32 num_executions;
	__u32 stride;
	__u32 out_started;
	__u32 __reserved;
};

/**
 * struct kplug_dma_transaction_cmd - argument of KPLUG_DMA_ABORT and KPLUG_DMA_RELEASE
 * @size: sizeof(struct kplug_dma_transaction_cmd)
 * @flags: must be 0
 * @id: from KPLUG_DMA_TRANSACTION
 * @__reserved: must be 0
 *
 * KPLUG_DMA_ABORT ends the transaction and returns when the device no longer accesses the
 * memory. It does nothing if the transaction has ended. KPLUG_DMA_RELEASE undoes
 * KPLUG_DMA_TRANSACTION; EBUSY if the transaction has not ended.
 */
struct kplug_dma_transaction_cmd {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 __reserved;
};

/**
 * enum kplug_dma_transaction_state - the state of a transaction
 * @KPLUG_DMA_TRANSACTION_IDLE: it has ended, or was never run
 * @KPLUG_DMA_TRANSACTION_QUEUED: it waits for the engine
 * @KPLUG_DMA_TRANSACTION_RUNNING: the engine transfers its chunks
 */
enum kplug_dma_transaction_state {
	KPLUG_DMA_TRANSACTION_IDLE = 0,
	KPLUG_DMA_TRANSACTION_QUEUED = 1,
	KPLUG_DMA_TRANSACTION_RUNNING = 2,
};

/**
 * struct kplug_dma_transaction_info - argument of KPLUG_DMA_TRANSACTION_INFO: state, or the end
 * @size: sizeof(struct kplug_dma_transaction_info)
 * @flags: must be 0
 * @id: from KPLUG_DMA_TRANSACTION
 * @timeout_ms: time to wait for the end: 0 to return at once, KPLUG_TIMEOUT_NONE to wait
 *	for ever
 * @out_state: enum kplug_dma_transaction_state
 * @out_status: result of the last run: 0 or a negative errno
 * @out_bytes: bytes that the last run has transferred so far
 * @out_cookie: cookie of the last run
 * @out_chunks: chunks that the last run has transferred so far
 * @__reserved: must be 0
 *
 * EINTR when a signal ends the wait. A timeout is not an error.
 */
struct kplug_dma_transaction_info {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 timeout_ms;
	__u32 out_state;
	__s32 out_status;
	__aligned_u64 out_bytes;
	__aligned_u64 out_cookie;
	__u32 out_chunks;
	__u32 __reserved;
};

#endif /* KPLUG_ABI_H */
