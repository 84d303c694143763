/* SPDX-License-Identifier: GPL-2.0 */
/* Everything the author of a kplug plugin needs. */
#ifndef KPLUG_PLUGIN_H
#define KPLUG_PLUGIN_H

#include <linux/device.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/types.h>

#include <kplug/handler.h>

struct kplug_device;
struct kplug_mapping;
struct kplug_opener;
struct pci_dev;

/**
 * DOC: The life of a plugin on a device
 *
 * The core calls the ops of one device in this order, every pair at most once
 * before its opposite::
 *
 *	attach
 *	    open ... close		for every opener
 *	    arm ... disarm		for every vector
 *	        hard, deferred		between arm and disarm
 *	    call			between open and close
 *	    event			at any time
 *	detach
 *
 * attach, detach, open, close, arm and disarm of one device never overlap each
 * other. The plugin's module stays in memory from attach to detach, and is
 * pinned (rmmod refuses) while a program or an administrator attached it.
 */

#define KPLUG_PLUGIN_ABI     3	/* what this header describes */
#define KPLUG_PLUGIN_ABI_MIN 1	/* the oldest the core still loads */

/* kplug_plugin.flags */
#define KPLUG_PLUGIN_NO_THREAD    (1u << 0)	/* hard() in the hard interrupt on PREEMPT_RT too */
#define KPLUG_PLUGIN_DEFER_SLEEPS (1u << 1)	/* deferred() may sleep: give it a thread */
#define KPLUG_PLUGIN_ALLOW_CALLS  (1u << 2)	/* restricted openers may call */
#define KPLUG_PLUGIN_ALLOW_EVENTS (1u << 3)	/* restricted openers may receive events */
#define KPLUG_PLUGIN_ALLOW_SHM    (1u << 4)	/* restricted openers may share memory */
#define KPLUG_PLUGIN_ALLOW_DMA    (1u << 5)	/* restricted openers may run transactions */

/**
 * enum kplug_device_event - what happens to a device
 *
 * Later versions of kplug may tell of more: ignore what you do not know.
 *
 * @KPLUG_DEVICE_REMOVE: it is being unbound, unplugged, or has vanished. Wake
 *	whatever sleeps in the plugin for this device: the core waits for calls
 *	to return before it goes on. Register reads may give all ones.
 * @KPLUG_DEVICE_RESET_PREPARE: It is about to be reset. Interrupts still come.
 *	Bring what runs in the device to an end; until the next event no handler
 *	runs, and register reads, by calls too, may give all ones.
 * @KPLUG_DEVICE_RESET_DONE: It was reset, or the reset failed. Configuration
 *	space is as before. Write again what the device lost: armed vectors are
 *	not disarmed and armed again for it. Their interrupts are handled from
 *	when this returns.
 * @KPLUG_DEVICE_SUSPEND: The machine goes to sleep, and programs stand still.
 *	Otherwise the same as @KPLUG_DEVICE_RESET_PREPARE; do not touch the
 *	device until @KPLUG_DEVICE_RESUME.
 * @KPLUG_DEVICE_RESUME: It is awake. The device may have lost its state, or
 *	not; otherwise the same as @KPLUG_DEVICE_RESET_DONE.
 * @KPLUG_DEVICE_ERROR: PCI reported a non-fatal error: a transaction got lost,
 *	the device works on. @KPLUG_DEVICE_RECOVERED may follow or not.
 * @KPLUG_DEVICE_FROZEN: After a fatal error the device cannot be reached, and
 *	no handler runs. If the link can be reset, @KPLUG_DEVICE_RESET_DONE
 *	follows, but interrupts are handled only from
 *	@KPLUG_DEVICE_RECOVERED on; else nothing but removal does.
 * @KPLUG_DEVICE_RECOVERED: The error is over.
 */
enum kplug_device_event {
	KPLUG_DEVICE_REMOVE = 1,
	KPLUG_DEVICE_RESET_PREPARE = 2,
	KPLUG_DEVICE_RESET_DONE = 3,
	KPLUG_DEVICE_ERROR = 4,
	KPLUG_DEVICE_RECOVERED = 5,
	KPLUG_DEVICE_SUSPEND = 6,
	KPLUG_DEVICE_RESUME = 7,
	KPLUG_DEVICE_FROZEN = 8,
};

/**
 * struct kplug_dma_chunk - what to transfer at once
 * @segments: where on the bus
 * @num_segments: at most kplug_dma_engine.max_segments
 * @last: nothing follows
 * @offset: of the first byte in this execution
 * @length: in bytes, at most kplug_dma_engine.max_chunk
 */
struct kplug_dma_chunk {
	struct kplug_segment *segments;
	u32 num_segments;
	bool last;
	u64 offset;
	u64 length;
};

/**
 * struct kplug_dma - a transaction in the plugin's hands, from dma_check to dma_done
 * @device: whose engine
 * @opener: whose transaction
 * @direction: which way; with KPLUG_DMA_BOTH @args say
 * @polled: the program looks for the end: no interrupt is needed
 * @length: of the whole in bytes
 * @max_chunk: the program's choice: no chunk is longer, and each but the last one
 *	is shorter only if the segments want it so
 * @args: the program's, to be checked
 * @chunk: what to program now
 * @priv: the plugin's own; the core does not touch it
 *
 * But for @priv the plugin only reads.
 */
struct kplug_dma {
	struct kplug_device *device;
	struct kplug_opener *opener;
	enum kplug_dma_direction direction;
	bool polled;
	u64 length;
	u32 max_chunk;
	u64 args[KPLUG_DMA_ARGS];
	struct kplug_dma_chunk chunk;
	void *priv;
};

/**
 * struct kplug_plugin_ops - the plugin's side; every member is optional
 *
 * @attach: The plugin is put on @dev. Check the device, allocate, and
 *	kplug_set_priv(). Context: process, may sleep. Return 0 or -errno,
 *	which then refuses the attachment.
 * @detach: The opposite. No other op runs or will run on @dev. Registers may
 *	be dead. Context: process, may sleep.
 * @open: @opener starts to use the plugin. Context: process, may sleep.
 *	Return 0 or -errno, which refuses this opener.
 * @close: The opposite, also when the process was killed or the device
 *	removed. No call of @opener runs or will run. Context: process, may
 *	sleep.
 * @arm: @irq is about to be requested. Enable the interrupt in the device's
 *	registers; optionally set irq->ctx and kplug_irq_set_handler(). Context:
 *	process, may sleep. Return 0 or -errno.
 * @disarm: The opposite, called before the interrupt is freed: a hard() may
 *	still run at the same time. Quiet the device. Context: process, may
 *	sleep.
 * @hard: The interrupt. Context: hard interrupt (a thread on PREEMPT_RT
 *	without KPLUG_PLUGIN_NO_THREAD), on any CPU; never twice at a time for
 *	one vector. Return a verdict. Must acknowledge a level interrupt that
 *	it claims.
 * @deferred: Runs after a verdict with KPLUG_DEFER; @coalesced (1 or more) is
 *	the number of verdicts since it ran last. Context: softirq, or a thread
 *	of its own with KPLUG_PLUGIN_DEFER_SLEEPS. One at a time for one vector;
 *	the vector's hard() may interrupt it, so it must not use irq->data.
 * @call: A message of @opener. @in and @out are kernel memory, 8-byte
 *	aligned; @in has @in_len bytes, at most kplug_plugin.max_in; @out has room
 *	for @out_len bytes, at most kplug_plugin.max_out, all zero. Context:
 *	process, may sleep (killable please); several at a time, also of one
 *	opener. Return the length of the answer in @out, or -errno.
 * @event: Something happens to the device, see enum kplug_device_event. Never
 *	at the same time as attach, detach, open, close, arm, disarm or itself;
 *	calls go on, and so do hard and deferred where the event does not say
 *	otherwise. Must not wait for a program. Context: process, may sleep.
 * @dma_map: May @opener map a buffer of @length bytes? 0 or -errno. Context:
 *	process, may sleep.
 * @dma_check: @dma is about to be queued: check its args. 0 or -errno, which the
 *	program gets. Context: process, may sleep; several at a time.
 * @dma_program: Have the device transfer @dma->chunk. Return 0, and call
 *	kplug_dma_done() when it has, but never from in here; or -errno, which
 *	ends the transaction. Once for every chunk; at most
 *	kplug_dma_engine.depth transactions at a time. Context: any, hard
 *	interrupt included.
 * @dma_poll: See what the device has finished with, as the interrupt handler
 *	does, and call kplug_dma_done(). Context: process, must not sleep;
 *	several at a time, and at the same time as handlers. Without this op
 *	programs cannot poll.
 * @dma_abort: Make the device let go of @dma->chunk, whatever has become of the
 *	device; there may be no chunk at the moment. The device may be off the
 *	bus, because memory was taken away that it reached for. On return the device neither
 *	reads nor writes there, and only a handler or dma_poll that runs already
 *	may still call kplug_dma_done() for it; so may this op. Goes with
 *	@dma_program. Context: process, may sleep.
 * @dma_done: @dma has ended with @status and may run again after this, with
 *	other args. Context: any, hard interrupt included.
 *
 * The dma ops came with plugin ABI 3.
 */
struct kplug_plugin_ops {
	int (*attach)(struct kplug_device *dev);
	void (*detach)(struct kplug_device *dev);
	int (*open)(struct kplug_opener *opener);
	void (*close)(struct kplug_opener *opener);
	int (*arm)(struct kplug_device *dev, struct kplug_irq *irq);
	void (*disarm)(struct kplug_device *dev, struct kplug_irq *irq);
	unsigned int (*hard)(struct kplug_irq *irq);
	void (*deferred)(struct kplug_irq *irq, unsigned int coalesced);
	long (*call)(struct kplug_opener *opener, u32 cmd, const void *in,
		     size_t in_len, void *out, size_t out_len);
	void (*event)(struct kplug_device *dev, enum kplug_device_event event);
	int (*dma_map)(struct kplug_opener *opener, u64 length,
		       enum kplug_dma_direction direction);
	int (*dma_check)(struct kplug_dma *dma);
	int (*dma_program)(struct kplug_dma *dma);
	void (*dma_poll)(struct kplug_dma *dma);
	void (*dma_abort)(struct kplug_dma *dma);
	void (*dma_done)(struct kplug_dma *dma, int status);
};

/* kplug_window.allow */
#define KPLUG_WINDOW_READ  (1u << 0)
#define KPLUG_WINDOW_WRITE (1u << 1)
#define KPLUG_WINDOW_MAP   (1u << 2)	/* read and write whole pages, unseen by the core */

/**
 * struct kplug_window - registers that restricted openers may use themselves
 * @region: which region
 * @allow: KPLUG_WINDOW_*, at least one
 * @offset: first byte; with KPLUG_WINDOW_MAP a multiple of the page size
 * @length: in bytes, not 0; with KPLUG_WINDOW_MAP whole pages
 *
 * An access must lie in one window. Whatever can be reached in this way, an
 * unprivileged program will write to it: no address of a DMA, no other
 * program's state.
 */
struct kplug_window {
	u32 region;
	u32 allow;
	u64 offset;
	u64 length;
};

/**
 * struct kplug_plugin - a plugin, as it registers itself
 * @name: of [a-z0-9_], shorter than KPLUG_NAME_MAX, unique
 * @ops: the callbacks; the core copies them
 * @pci_ids: devices that the plugin takes by itself when it is loaded or they
 *	are plugged in; NULL for none. Export it with MODULE_DEVICE_TABLE so
 *	that the module is loaded for them.
 * @flags: KPLUG_PLUGIN_*
 * @max_in: longest message in bytes, at most KPLUG_MAX_MESSAGE
 * @max_out: longest answer in bytes, at most KPLUG_MAX_MESSAGE
 * @abi: filled by KPLUG_PLUGIN_INIT
 * @ops_size: filled by KPLUG_PLUGIN_INIT
 * @owner: filled by KPLUG_PLUGIN_INIT
 * @windows: what restricted openers may reach of the registers, while they are
 *	attached; NULL for nothing
 * @num_windows: how many
 *
 * @windows and @num_windows came with plugin ABI 2.
 *
 * Static; must stay valid until kplug_plugin_unregister() has returned.
 */
struct kplug_plugin {
	const char *name;
	const struct kplug_plugin_ops *ops;
	const struct pci_device_id *pci_ids;
	u32 flags;
	u32 max_in;
	u32 max_out;
	u32 abi;
	u32 ops_size;
	struct module *owner;
	const struct kplug_window *windows;
	u32 num_windows;
};

/* Part of a plugin's initialiser: which contract it was compiled against. */
#define KPLUG_PLUGIN_INIT					\
	.abi = KPLUG_PLUGIN_ABI,				\
	.ops_size = sizeof(struct kplug_plugin_ops),		\
	.owner = THIS_MODULE

/**
 * kplug_plugin_register() - make a plugin known
 * @plugin: see there
 *
 * Free devices of @plugin->pci_ids are bound and attached before it returns.
 *
 * Context: process, may sleep; module_init.
 * Return: 0; -ENOEXEC when the core does not know the ABI version or an op;
 * -EINVAL for a bad name, length or flag; -EBUSY when the name is taken;
 * -ENOMEM.
 */
int kplug_plugin_register(const struct kplug_plugin *plugin);

/**
 * kplug_plugin_unregister() - the opposite
 * @plugin: registered before
 *
 * Devices that were bound by @plugin->pci_ids are released. On return no op of
 * the plugin runs or will run.
 *
 * Context: process, may sleep; module_exit.
 */
void kplug_plugin_unregister(const struct kplug_plugin *plugin);

/**
 * module_kplug_plugin() - module_init and module_exit of a module with one plugin
 * @__plugin: the struct kplug_plugin
 * @__name: its name again, not quoted, for loading the module by name
 */
#define module_kplug_plugin(__plugin, __name)				\
	static int __init __plugin##_init(void)				\
	{								\
		return kplug_plugin_register(&(__plugin));		\
	}								\
	module_init(__plugin##_init);					\
	static void __exit __plugin##_exit(void)			\
	{								\
		kplug_plugin_unregister(&(__plugin));			\
	}								\
	module_exit(__plugin##_exit);					\
	MODULE_KPLUG_PLUGIN(__name)

/* Lets attach-by-name load the module; part of module_kplug_plugin(). */
#define MODULE_KPLUG_PLUGIN(__name) MODULE_ALIAS("kplug-plugin-" #__name)

/**
 * kplug_set_priv() - keep the plugin's own pointer with the device
 * @dev: the device
 * @priv: valid until detach has returned
 *
 * Context: attach.
 */
void kplug_set_priv(struct kplug_device *dev, void *priv);

/**
 * kplug_priv() - get it back
 * @dev: the device
 *
 * Context: any, between attach and detach.
 */
void *kplug_priv(const struct kplug_device *dev);

/**
 * kplug_io() - the regions, for kplug_read32() and its like
 * @dev: the device
 *
 * Context: any. Return: never NULL; valid from attach until detach has
 * returned. After removal of the hardware, reads give what the bus gives.
 */
const struct kplug_io *kplug_io(const struct kplug_device *dev);

/**
 * kplug_transfer() - run a list of accesses
 * @dev: the device
 * @transfers: what a program gives to the function of the same name, but
 *	kplug_transfer.buffer is an address in the kernel
 * @num: how many
 * @done: filled, on failure with the index of the one that failed
 *
 * The whole list is checked before the first access. For blocks alone there are
 * kplug_read_block() and kplug_write_block() of kplug/handler.h.
 *
 * In configuration space a plugin may write what a program may; it has to know
 * by itself when the function is in a reset.
 *
 * Context: any, between attach and detach.
 * Return: 0; -EINVAL, -EOPNOTSUPP: nothing was accessed; -EPERM, -ENODEV.
 */
int kplug_transfer(struct kplug_device *dev, struct kplug_transfer *transfers,
		   unsigned int num, unsigned int *done);

/**
 * kplug_set_caching() - choose how a region is mapped, here and in programs
 * @dev: the device
 * @region: one with KPLUG_REGION_MMAP
 * @caching: see KPLUG_CACHING in kplug_abi.h
 *
 * Context: attach, before anything is armed; may sleep. It outlives the plugin.
 * Return: 0, -EINVAL for another region, -EBUSY when a program has mapped it or
 * a vector is armed, -ENOMEM, after which the region reads as all ones.
 */
int kplug_set_caching(struct kplug_device *dev, unsigned int region,
		      enum kplug_caching caching);

/**
 * kplug_dma_set_limits() - what the device's DMA can do
 * @dev: the device
 * @limits: see struct kplug_dma_limits in kplug_abi.h
 *
 * Context: attach; may sleep. It outlives the plugin.
 * Return: 0; -EINVAL; -EBUSY while a program has a buffer mapped; -EOPNOTSUPP.
 */
int kplug_dma_set_limits(struct kplug_device *dev, const struct kplug_dma_limits *limits);

/**
 * struct kplug_dma_engine - what dma_program can do; 0 for the default
 * @depth: transactions at a time; default 1
 * @max_chunk: bytes at a time; default any
 * @max_segments: in a chunk; default 1
 * @alignment: of the bus address of a chunk, a power of two; default 1
 */
struct kplug_dma_engine {
	u32 depth;
	u32 max_chunk;
	u32 max_segments;
	u32 alignment;
};

/**
 * kplug_dma_set_engine() - describe the engine
 * @dev: the device
 * @engine: copied
 *
 * Context: attach. Without it all is as by default.
 * Return: 0, or -EINVAL when @alignment is no power of two or does not divide
 * @max_chunk.
 */
int kplug_dma_set_engine(struct kplug_device *dev, const struct kplug_dma_engine *engine);

/**
 * kplug_dma_done() - the device has finished with a chunk
 * @dma: from dma_program
 * @bytes: of the chunk that are transferred; fewer than all of them end the
 *	transaction
 * @status: 0 or -errno, which ends the transaction
 *
 * Programs the next chunk, or the next transaction, before it returns. Call it
 * exactly once for every dma_program that returned 0.
 *
 * Context: hard, deferred, dma_poll and dma_abort; without any lock that
 * dma_program or dma_done takes.
 */
void kplug_dma_done(struct kplug_dma *dma, u64 bytes, int status);

/**
 * kplug_dma_execute() - run a transaction from inside the plugin
 * @opener: whose
 * @execution: as from a program, but polling
 *
 * Context: call. Return: 0, or what KPLUG_EXECUTE says.
 */
int kplug_dma_execute(struct kplug_opener *opener, const struct kplug_execution *execution);

/**
 * kplug_dma_alloc() - get memory that plugin and device share
 * @dev: the device, which is a master of the bus from now on
 * @length: in bytes
 * @address: filled: where the device sees it
 *
 * Coherent and zeroed. Context: attach, open, arm and their opposites; may
 * sleep. Return: NULL without memory.
 */
void *kplug_dma_alloc(struct kplug_device *dev, size_t length, dma_addr_t *address);

/**
 * kplug_dma_free() - the opposite
 * @dev: the device, which has finished with it
 * @length: as asked for
 * @memory: from kplug_dma_alloc(); NULL is fine
 * @address: of it
 *
 * Context: as kplug_dma_alloc().
 */
void kplug_dma_free(struct kplug_device *dev, size_t length, void *memory, dma_addr_t address);

/**
 * kplug_mapping_get() - use what an opener has mapped
 * @opener: whose
 * @id: from a call's message
 *
 * Context: call; may sleep. Return: NULL for no such id, or memory that is gone;
 * else it stays mapped until kplug_mapping_put(), at the latest in close. If it
 * is another device's memory and that goes, yours has no DMA until then.
 */
struct kplug_mapping *kplug_mapping_get(struct kplug_opener *opener, u32 id);

/**
 * kplug_mapping_put() - the opposite
 * @mapping: from kplug_mapping_get()
 *
 * Context: any. The device has finished with it.
 */
void kplug_mapping_put(struct kplug_mapping *mapping);

/**
 * kplug_mapping_segments() - where the device sees it
 * @mapping: from kplug_mapping_get()
 * @num: filled: how many
 * @direction: filled: which way the device may use it
 *
 * Context: any. Return: valid until kplug_mapping_put().
 */
const struct kplug_segment *kplug_mapping_segments(const struct kplug_mapping *mapping, u32 *num,
						   enum kplug_dma_direction *direction);

/**
 * kplug_mapping_sync() - hand a part over, as KPLUG_SYNC
 * @mapping: from kplug_mapping_get()
 * @sync_for: to whom
 * @offset: first byte
 * @length: in bytes, 0 for all that follows
 *
 * Context: any. Return: 0, -EINVAL, or -ENODEV for memory that is gone.
 */
int kplug_mapping_sync(struct kplug_mapping *mapping, enum kplug_sync_for sync_for, u64 offset,
		       u64 length);

/**
 * kplug_parent() - the bus device, for dev_err() and its like
 * @dev: the device
 *
 * Context: any. Return: never NULL; valid until detach has returned.
 */
struct device *kplug_parent(const struct kplug_device *dev);

/**
 * kplug_pci() - the PCI function
 * @dev: the device
 *
 * Context: any. Return: NULL when @dev is not on PCI; valid until detach has
 * returned.
 */
struct pci_dev *kplug_pci(const struct kplug_device *dev);

/**
 * kplug_irq_device() - the device of a vector
 * @irq: argument of arm, disarm, hard or deferred
 *
 * Context: any.
 */
struct kplug_device *kplug_irq_device(const struct kplug_irq *irq);

/**
 * kplug_irq_set_handler() - a handler of its own for one vector
 * @irq: argument of arm
 * @hard: what to call in place of ops->hard, until the vector is disarmed
 *
 * Context: arm.
 */
void kplug_irq_set_handler(struct kplug_irq *irq,
			   unsigned int (*hard)(struct kplug_irq *irq));

/**
 * kplug_irq_arm() - arm a vector from inside the plugin
 * @dev: the device
 * @vector: which one
 *
 * Interrupts may arrive before it returns. The vector stays armed until
 * kplug_irq_disarm() or, without it, until just before detach.
 *
 * Context: attach, open, close and detach only; may sleep; calls ops->arm.
 * Return: 0, -ENOENT for no such vector, -EALREADY, -EBUSY when a program armed
 * it in another way or the device is reset, frozen or asleep, or what ops->arm
 * or the kernel says.
 */
int kplug_irq_arm(struct kplug_device *dev, unsigned int vector);

/**
 * kplug_irq_disarm() - the opposite of kplug_irq_arm()
 * @dev: the device
 * @vector: which one; nothing happens if the plugin has not armed it
 *
 * Context: attach, open, close and detach only; may sleep; calls ops->disarm.
 */
void kplug_irq_disarm(struct kplug_device *dev, unsigned int vector);

/**
 * kplug_event_post() - send an event to every opener that listens
 * @dev: the device
 * @vector: a vector whose counters and eventfds take part, or KPLUG_NO_VECTOR
 * @type: KPLUG_EVENT_IRQ, or KPLUG_EVENT_CUSTOM and above
 * @data: the payload; may be NULL when @words is 0
 * @words: its length in 64-bit words, at most KPLUG_EVENT_WORDS; more are cut
 *
 * Never waits: an opener whose ring is full gets its loss counted.
 *
 * Context: any, hard interrupt included, between attach and detach.
 */
void kplug_event_post(struct kplug_device *dev, u32 vector, u16 type,
		      const u64 *data, unsigned int words);

/**
 * kplug_event_send() - send an event to one opener
 * @opener: argument of open or call; must not be closed yet
 * @type: KPLUG_EVENT_CUSTOM or above
 * @data: see kplug_event_post()
 * @words: see kplug_event_post()
 *
 * Context: any, hard interrupt included.
 */
void kplug_event_send(struct kplug_opener *opener, u16 type, const u64 *data,
		      unsigned int words);

/**
 * kplug_opener_device() - the device of an opener
 * @opener: argument of open, close or call
 *
 * Context: any.
 */
struct kplug_device *kplug_opener_device(const struct kplug_opener *opener);

/**
 * kplug_opener_set_priv() - keep the plugin's own pointer with an opener
 * @opener: the opener
 * @priv: valid until close has returned
 *
 * Context: open.
 */
void kplug_opener_set_priv(struct kplug_opener *opener, void *priv);

/**
 * kplug_opener_priv() - get it back
 * @opener: the opener
 *
 * Context: any, between open and close.
 */
void *kplug_opener_priv(const struct kplug_opener *opener);

/**
 * kplug_opener_trusted() - whether the opener had CAP_SYS_RAWIO at open()
 * @opener: the opener
 *
 * Context: any.
 */
bool kplug_opener_trusted(const struct kplug_opener *opener);

/**
 * struct kplug_shm - memory shared between a program and its plugin
 * @addr: the kernel's address of it; the program changes the bytes at any
 *	time, so read each value once and check the copy
 * @length: in bytes, a multiple of the page size
 */
struct kplug_shm {
	void *addr;
	size_t length;
};

/**
 * kplug_shm_get() - find shared memory that an opener allocated
 * @opener: whose
 * @id: from a call's message
 *
 * Context: process, may sleep. Return: NULL for no such id; else valid until
 * kplug_shm_put(), whatever the program does. Give it back at the latest in
 * detach.
 */
struct kplug_shm *kplug_shm_get(struct kplug_opener *opener, u32 id);

/**
 * kplug_shm_put() - the opposite
 * @shm: from kplug_shm_get()
 *
 * Context: process, may sleep.
 */
void kplug_shm_put(struct kplug_shm *shm);

/**
 * kplug_soft_create() - make a device that has no hardware
 * @name: shorter than KPLUG_NAME_MAX, of [a-z0-9_]; the node is /dev/kplug/<name>
 * @vectors: 1 to KPLUG_MAX_VECTORS
 * @plugin: registered; attached to it before the node appears
 *
 * Context: process, may sleep. Return: the device or an ERR_PTR: -EINVAL,
 * -EBUSY when there is a device of this name, -ENOMEM or what attach says.
 */
struct kplug_device *kplug_soft_create(const char *name, unsigned int vectors,
				       const struct kplug_plugin *plugin);

/**
 * kplug_soft_destroy() - the opposite
 * @dev: from kplug_soft_create()
 *
 * Programs that hold it open see it as removed.
 *
 * Context: process, may sleep.
 */
void kplug_soft_destroy(struct kplug_device *dev);

/**
 * kplug_soft_fire() - interrupt a soft device
 * @dev: from kplug_soft_create()
 * @vector: which; ignored when it is not armed
 *
 * The vector's handler runs in a real hard interrupt of this CPU, at once or a
 * little later. Fires that arrive before it runs are one interrupt.
 *
 * Context: any.
 */
void kplug_soft_fire(struct kplug_device *dev, unsigned int vector);

#endif /* KPLUG_PLUGIN_H */
