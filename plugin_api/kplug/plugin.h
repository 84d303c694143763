/* SPDX-License-Identifier: GPL-2.0 */
/* The contract between kplug and its plugins. DMA is in kplug/plugin_dma.h. */
#ifndef KPLUG_PLUGIN_H
#define KPLUG_PLUGIN_H

#include <linux/device.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/types.h>

#include <kplug/handler.h>

struct cpumask;
struct kplug_client;
struct kplug_device;
struct kplug_dma; /* a transaction, see kplug/plugin_dma.h */
struct pci_dev;

/**
 * DOC: The life of a plugin on a device
 *
 * On one device the core calls the ops in this order. Each op of a pair that
 * succeeds is followed by its opposite exactly once::
 *
 *	attach
 *	    open ... close		for every client
 *	    arm ... disarm		for every vector
 *	        hard, deferred		between arm and disarm
 *	    call			between open and close
 *	    event			at any time
 *	detach
 *
 * On one device attach, detach, open, close, arm and disarm never overlap. The core
 * calls closing once before close; calls of that client may still be running then.
 * The plugin's module stays loaded from attach to detach. While a program or an
 * administrator has attached it, rmmod refuses to unload it.
 */

#define KPLUG_PLUGIN_ABI     6 /* the version that this header describes */
#define KPLUG_PLUGIN_ABI_MIN 1 /* the oldest version that the core still loads */

/* kplug_plugin.flags */
#define KPLUG_PLUGIN_NO_THREAD    (1u << 0) /* run hard() in hard interrupts on PREEMPT_RT too */
#define KPLUG_PLUGIN_DEFER_SLEEPS (1u << 1) /* deferred() may sleep: run it in a thread */
#define KPLUG_PLUGIN_ALLOW_CALLS  (1u << 2) /* restricted clients may call */
#define KPLUG_PLUGIN_ALLOW_EVENTS (1u << 3) /* restricted clients may receive events */
#define KPLUG_PLUGIN_ALLOW_SHM    (1u << 4) /* restricted clients may share memory */
#define KPLUG_PLUGIN_ALLOW_DMA    (1u << 5) /* restricted clients may run transactions */

/**
 * enum kplug_device_event - what happens to a device
 *
 * Later versions of kplug may add events. A plugin ignores events that it does not
 * know.
 *
 * @KPLUG_DEVICE_REMOVE: The device is being unbound or unplugged, or has vanished.
 *	Wake everything in the plugin that sleeps for this device: the core waits
 *	for calls to return before it continues. Register reads may return all ones.
 * @KPLUG_DEVICE_RESET_PREPARE: The device is about to be reset. Interrupts are still
 *	handled until the op returns. Finish or cancel whatever the device is doing.
 *	From then until the next event no handler runs, and register reads, in calls
 *	too, may return all ones.
 * @KPLUG_DEVICE_RESET_DONE: The device was reset, or the reset failed. Configuration
 *	space is restored. Program again what the device lost: the core does not
 *	disarm and rearm armed vectors for a reset. Interrupts are handled again once
 *	the op returns.
 * @KPLUG_DEVICE_SUSPEND: The machine goes to sleep, and programs are frozen. As
 *	@KPLUG_DEVICE_RESET_PREPARE in all else. Do not touch the device before
 *	@KPLUG_DEVICE_RESUME.
 * @KPLUG_DEVICE_RESUME: The machine is awake. The device may have lost its state. As
 *	@KPLUG_DEVICE_RESET_DONE in all else.
 * @KPLUG_DEVICE_ERROR: PCI reported a non-fatal error: a bus transaction was lost,
 *	and the device keeps working. @KPLUG_DEVICE_RECOVERED may or may not follow.
 * @KPLUG_DEVICE_FROZEN: After a fatal error the device cannot be reached, and no
 *	handler runs. If the link can be reset, @KPLUG_DEVICE_RESET_DONE follows, but
 *	interrupts are handled only after @KPLUG_DEVICE_RECOVERED. Otherwise only
 *	removal follows.
 * @KPLUG_DEVICE_RECOVERED: The error is over.
 * @KPLUG_DEVICE_SHUTDOWN: The machine shuts down, or another kernel takes over. This
 *	is the last chance to make the device save its data. Finish or cancel whatever
 *	it is doing, as for @KPLUG_DEVICE_RESET_PREPARE. Afterwards the device has no
 *	DMA, no handler runs, and only removal follows.
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
	KPLUG_DEVICE_SHUTDOWN = 9,
};

/**
 * struct kplug_plugin_ops - the callbacks of a plugin; every member is optional
 *
 * @attach: The core attaches the plugin to @dev. Check the device, allocate, and
 *	call kplug_set_priv(). Return 0, or -errno to refuse the device. Context:
 *	process, may sleep.
 * @detach: The opposite of attach. No other op runs or will run on @dev. Registers
 *	may be gone. Context: process, may sleep.
 * @open: @client starts to use the plugin. Return 0, or -errno to refuse this
 *	client. Context: process, may sleep.
 * @close: The opposite of open, also when the process was killed or the device was
 *	removed. No call of @client runs or will run. Context: process, may sleep.
 * @arm: The core is about to request @irq. Enable the interrupt in the device's
 *	registers; optionally set irq->ctx and call kplug_irq_set_handler(). Return
 *	0 or -errno. Context: process, may sleep.
 * @disarm: The opposite of arm, called before the interrupt is freed, so hard() may
 *	still run in parallel. Disable the interrupt in the device. Context: process,
 *	may sleep.
 * @hard: The interrupt handler. Return a verdict. It must acknowledge a
 *	level-triggered interrupt that it claims. Context: hard interrupt (a thread on
 *	PREEMPT_RT without KPLUG_PLUGIN_NO_THREAD), on any CPU; runs of one vector
 *	never overlap.
 * @deferred: Runs after a verdict with KPLUG_DEFER. @coalesced, 1 or more, is the
 *	number of such verdicts since its previous run. Runs of one vector never
 *	overlap, but the vector's hard() may interrupt it, so it must not use
 *	irq->data. Context: softirq, or a thread with KPLUG_PLUGIN_DEFER_SLEEPS.
 * @call: A message from @client. @in and @out are kernel memory, aligned to 8 bytes.
 *	@in has @in_len bytes, at most kplug_plugin.max_in. @out has room for @out_len
 *	bytes, at most kplug_plugin.max_out, and is zeroed. Return the length of the
 *	answer in @out, or -errno. Context: process, may sleep; sleeps should be
 *	killable. Calls run in parallel, also those of one client.
 * @event: Something happens to the device, see enum kplug_device_event. It must not
 *	wait for a program. It never overlaps attach, detach, open, close, arm, disarm
 *	or itself. Calls continue, and so do hard and deferred unless the event says
 *	otherwise. Context: process, may sleep.
 * @dma_map: @client wants to map a buffer. kplug/plugin_dma.h describes this op and
 *	the next five.
 * @dma_check: The core is about to queue a transaction.
 * @dma_program: The device has to transfer a chunk.
 * @dma_poll: A program polls for the end of a transaction.
 * @dma_abort: The device has to release a chunk.
 * @dma_done: A transaction has ended.
 * @closing: @client is about to leave the plugin, by KPLUG_DETACH, because it closes
 *	the device, or because the device is removed. Wake its sleeping calls and let
 *	none sleep again: the core waits for them before close. Without this op it
 *	waits as long as they take. Context: process, may sleep; in parallel with calls
 *	of @client and everything else except its open and close.
 * @event_vectors: Which vectors' events may the restricted @client receive? Set their
 *	bits in @vectors, which has KPLUG_MAX_VECTORS bits, all clear. The core calls
 *	it for plugins with KPLUG_PLUGIN_ALLOW_EVENTS. Without this op the client
 *	receives the events of all vectors, except those armed with a handler other
 *	than the plugin's. Those are never the plugin's to allow. Context: process, may
 *	sleep; after open.
 *
 * @dma_commit: Several chunks may have been programmed; kplug/plugin_dma.h describes this
 *	op.
 *
 * Plugin ABI 3 added the dma ops, ABI 4 added closing and event_vectors, ABI 6 added
 * dma_commit.
 */
struct kplug_plugin_ops {
	int (*attach)(struct kplug_device *dev);
	void (*detach)(struct kplug_device *dev);
	int (*open)(struct kplug_client *client);
	void (*close)(struct kplug_client *client);
	int (*arm)(struct kplug_device *dev, struct kplug_irq *irq);
	void (*disarm)(struct kplug_device *dev, struct kplug_irq *irq);
	unsigned int (*hard)(struct kplug_irq *irq);
	void (*deferred)(struct kplug_irq *irq, unsigned int coalesced);
	long (*call)(struct kplug_client *client, u32 cmd, const void *in, size_t in_len, void *out,
		     size_t out_len);
	void (*event)(struct kplug_device *dev, enum kplug_device_event event);
	int (*dma_map)(struct kplug_client *client, u64 length, enum kplug_dma_direction direction);
	int (*dma_check)(struct kplug_dma *dma);
	int (*dma_program)(struct kplug_dma *dma);
	void (*dma_poll)(struct kplug_dma *dma);
	void (*dma_abort)(struct kplug_dma *dma);
	void (*dma_done)(struct kplug_dma *dma, int status);
	void (*closing)(struct kplug_client *client);
	void (*event_vectors)(struct kplug_client *client, unsigned long *vectors);
	void (*dma_commit)(struct kplug_device *dev);
};

/* kplug_window.allow */
#define KPLUG_WINDOW_READ  (1u << 0)
#define KPLUG_WINDOW_WRITE (1u << 1)
#define KPLUG_WINDOW_MAP   (1u << 2) /* map whole pages; the core does not see the accesses */

/**
 * struct kplug_window - registers that restricted clients may access directly
 * @region: index of the region
 * @allow: KPLUG_WINDOW_*, at least one
 * @offset: of the first byte; with KPLUG_WINDOW_MAP a multiple of the page size
 * @length: in bytes, not 0; with KPLUG_WINDOW_MAP whole pages
 *
 * Each access must lie within one window. Expect unprivileged programs to write
 * anything to a writable window: it must contain no DMA address and no state of other
 * programs. A window makes the MSI-X message table neither writable nor its pages
 * mappable. Accesses are of the widths that the region permits, see kplug_set_widths(); in
 * a map they may be of any width.
 */
struct kplug_window {
	u32 region;
	u32 allow;
	u64 offset;
	u64 length;
};

/**
 * struct kplug_plugin - a plugin, as it registers itself
 * @name: unique, of [a-z0-9_], shorter than KPLUG_NAME_MAX
 * @ops: the callbacks; the core copies them
 * @pci_ids: PCI functions that kplug binds and attaches to the plugin when the plugin
 *	is loaded or a function appears; NULL for none. Export the table with
 *	MODULE_DEVICE_TABLE so that the functions load the module.
 * @flags: KPLUG_PLUGIN_*
 * @max_in: longest message in bytes, at most KPLUG_MAX_MESSAGE
 * @max_out: longest answer in bytes, at most KPLUG_MAX_MESSAGE
 * @abi: set by KPLUG_PLUGIN_INIT
 * @ops_size: set by KPLUG_PLUGIN_INIT
 * @owner: set by KPLUG_PLUGIN_INIT
 * @windows: registers that attached restricted clients may access; NULL for none
 * @num_windows: number of @windows
 * @version: version of the messages and events that the plugin's own header defines.
 *	Programs see it in kplug_device_info.out_plugin_version. Increase it with every
 *	change that a program can notice; 0 when programs need not know
 * @num_vectors: the plugin serves vectors 0 to @num_vectors - 1, and arming another
 *	vector with its handler fails with -EOPNOTSUPP. 0 means all, up to
 *	KPLUG_MAX_VECTORS. Set it in a plugin that has per-vector data
 * @of_match: nodes of the device tree whose platform devices kplug binds and attaches, as
 *	with @pci_ids; NULL for none
 *
 * Plugin ABI 2 added @windows and @num_windows, ABI 4 added @version and
 * @num_vectors, ABI 5 added @of_match.
 *
 * The structure must be static and stay valid until kplug_plugin_unregister()
 * returns.
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
	u32 version;
	u32 num_vectors;
	const struct of_device_id *of_match;
};

/* Goes into the initialiser of struct kplug_plugin: the ABI it was compiled against. */
#define KPLUG_PLUGIN_INIT \
	.abi = KPLUG_PLUGIN_ABI, .ops_size = sizeof(struct kplug_plugin_ops), .owner = THIS_MODULE

/**
 * kplug_plugin_register() - register a plugin
 * @plugin: see struct kplug_plugin
 *
 * Binds and attaches all devices of @plugin->pci_ids and @plugin->of_match that have no
 * driver before it returns.
 *
 * Context: process, may sleep; module_init.
 * Return: 0; -ENOEXEC when the core does not support the ABI version or an op;
 * -EINVAL for a bad name, length, flag or window; -EBUSY when the name is taken;
 * -ENOMEM.
 */
int kplug_plugin_register(const struct kplug_plugin *plugin);

/**
 * kplug_plugin_unregister() - unregister a plugin
 * @plugin: from kplug_plugin_register()
 *
 * Releases the devices that @plugin->pci_ids and @plugin->of_match bound. On return no
 * op of the plugin runs or will run.
 *
 * Context: process, may sleep; module_exit.
 */
void kplug_plugin_unregister(const struct kplug_plugin *plugin);

/**
 * module_kplug_plugin() - define module_init and module_exit for one plugin
 * @__plugin: the struct kplug_plugin
 * @__name: its name without quotes, for loading the module by name
 */
#define module_kplug_plugin(__plugin, __name)              \
	static int __init __plugin##_init(void)            \
	{                                                  \
		return kplug_plugin_register(&(__plugin)); \
	}                                                  \
	module_init(__plugin##_init);                      \
	static void __exit __plugin##_exit(void)           \
	{                                                  \
		kplug_plugin_unregister(&(__plugin));      \
	}                                                  \
	module_exit(__plugin##_exit);                      \
	MODULE_KPLUG_PLUGIN(__name)

/* Makes attaching by name load the module; part of module_kplug_plugin(). */
#define MODULE_KPLUG_PLUGIN(__name) MODULE_ALIAS("kplug-plugin-" #__name)

/**
 * kplug_set_priv() - store the plugin's own pointer with a device
 * @dev: the device
 * @priv: any pointer; kplug_priv() returns it until detach has returned
 *
 * Context: attach.
 */
void kplug_set_priv(struct kplug_device *dev, void *priv);

/**
 * kplug_priv() - get the pointer of kplug_set_priv()
 * @dev: the device
 *
 * Context: any, between attach and detach.
 */
void *kplug_priv(const struct kplug_device *dev);

/**
 * kplug_io() - get the regions for kplug_read32() and the other accessors
 * @dev: the device
 *
 * After the hardware is removed, reads return what the bus returns.
 *
 * Context: any.
 * Return: never NULL; valid from attach until detach has returned.
 */
const struct kplug_io *kplug_io(const struct kplug_device *dev);

/**
 * kplug_transfer() - run a list of register accesses
 * @dev: the device
 * @transfers: as a program passes them to KPLUG_TRANSFER, except that
 *	kplug_transfer.buffer is a kernel address
 * @num: number of @transfers
 * @done: filled with the number of completed transfers, which on failure is the
 *	index of the transfer that failed
 *
 * The core checks the whole list before the first access. To access a single block,
 * use kplug_read_block() and kplug_write_block() of kplug/handler.h.
 *
 * A plugin may write to configuration space and to the MSI-X message table only what a
 * program may write; for the message table that is nothing (-EPERM). Accesses to
 * configuration space do not wait for a reset of the function to end.
 *
 * Context: any, between attach and detach.
 * Return: 0; -EINVAL or -EOPNOTSUPP: no register was accessed; -EPERM, -ENODEV.
 */
int kplug_transfer(struct kplug_device *dev, struct kplug_transfer *transfers, unsigned int num,
		   unsigned int *done);

/**
 * kplug_set_caching() - choose how the kernel and programs map a region
 * @dev: the device
 * @region: a region with KPLUG_REGION_MMAP
 * @caching: see KPLUG_CACHING in kplug_abi.h
 *
 * The choice stays after detach.
 *
 * Context: attach, before anything is armed; may sleep.
 * Return: 0; -EINVAL for a region without KPLUG_REGION_MMAP; -EBUSY when a program
 * has mapped the region or a vector is armed; -ENOMEM, after which the region reads
 * as all ones.
 */
int kplug_set_caching(struct kplug_device *dev, unsigned int region, enum kplug_caching caching);

/**
 * kplug_set_widths() - choose the widths of accesses that a region permits
 * @dev: the device
 * @region: a region with KPLUG_REGION_MEM
 * @widths: KPLUG_WIDTH_*, ORed together
 *
 * The core refuses all other accesses of programs, their recipes, and kplug_transfer().
 * Without this call memory permits 32 and 64 bits. On arm64 an access of a width that the
 * device does not take stops the machine, so permit no more than its documentation says. The
 * accessors of a plugin (kplug_read8() and others) are not checked. The choice stays after
 * detach.
 *
 * Context: attach, before anything is armed.
 * Return: 0; -EINVAL for a bad width or a region that is not memory; -EBUSY when it takes a
 * width away while a program has mapped the region or a vector is armed.
 */
int kplug_set_widths(struct kplug_device *dev, unsigned int region, unsigned int widths);

/**
 * kplug_parent() - get the bus device, for dev_err() and the like
 * @dev: the device
 *
 * Context: any.
 * Return: never NULL; valid until detach has returned.
 */
struct device *kplug_parent(const struct kplug_device *dev);

/**
 * kplug_pci() - get the PCI function
 * @dev: the device
 *
 * Context: any.
 * Return: NULL when @dev is not on PCI; valid until detach has returned.
 */
struct pci_dev *kplug_pci(const struct kplug_device *dev);

/**
 * kplug_irq_device() - get the device of a vector
 * @irq: argument of arm, disarm, hard or deferred
 *
 * Context: any.
 */
struct kplug_device *kplug_irq_device(const struct kplug_irq *irq);

/**
 * kplug_irq_set_handler() - give one vector its own handler
 * @irq: argument of arm
 * @hard: called in place of ops->hard until the vector is disarmed
 *
 * Context: arm.
 */
void kplug_irq_set_handler(struct kplug_irq *irq, unsigned int (*hard)(struct kplug_irq *irq));

/**
 * kplug_irq_arm() - arm a vector from inside the plugin
 * @dev: the device
 * @vector: number of the vector
 *
 * Interrupts may arrive before the function returns. The vector stays armed until
 * kplug_irq_disarm(); just before detach the core disarms those that remain.
 *
 * Context: attach, open, close and detach only; may sleep; calls ops->arm.
 * Return: 0; -ENOENT when there is no such vector; -EALREADY; -EBUSY when a program
 * armed it in another way, or the device is in a reset, frozen or asleep; or an error
 * of ops->arm or of the kernel.
 */
int kplug_irq_arm(struct kplug_device *dev, unsigned int vector);

/**
 * kplug_irq_set_cpus() - choose the CPUs that handle a vector
 * @dev: the device
 * @vector: number of a vector that is armed
 * @cpus: at least one of them is online
 *
 * For a device with a queue for each CPU. An administrator or a trusted program may choose
 * others afterwards. Added in plugin ABI 6.
 *
 * Context: attach, open, close and detach only; may sleep.
 * Return: 0; -EINVAL when none of @cpus is online; -ENOENT when there is no such vector;
 * -ENOTCONN when it is not armed; -EOPNOTSUPP when the device has no interrupt of Linux; or an
 * error of the interrupt controller.
 */
int kplug_irq_set_cpus(struct kplug_device *dev, unsigned int vector, const struct cpumask *cpus);

/**
 * kplug_irq_disarm() - disarm a vector that kplug_irq_arm() armed
 * @dev: the device
 * @vector: number of the vector; one that the plugin has not armed stays as it is
 *
 * Context: attach, open, close and detach only; may sleep; calls ops->disarm.
 */
void kplug_irq_disarm(struct kplug_device *dev, unsigned int vector);

/**
 * kplug_steps_check() - check steps of a program that the plugin's handler is to run
 * @dev: the device
 * @steps: as a program passes them to KPLUG_ARM, a copy that it cannot change
 * @num_steps: number of @steps
 *
 * A program that may not write registers by itself must not have its steps run. The
 * plugin also asks whether the kernel is locked down.
 *
 * Context: any.
 * Return: 0, -EINVAL, -EOPNOTSUPP or -EPERM, as KPLUG_ARM says.
 */
int kplug_steps_check(const struct kplug_device *dev, const struct kplug_step *steps,
		      unsigned int num_steps);

/**
 * kplug_steps_run() - run steps in a handler
 * @irq: the handler's argument; KPLUG_STEP_CAPTURE appends to its words
 * @steps: have passed kplug_steps_check()
 * @num_steps: number of @steps
 *
 * Context: hard.
 * Return: false when a KPLUG_STEP_NOT_MINE has ended them.
 */
bool kplug_steps_run(struct kplug_irq *irq, const struct kplug_step *steps, unsigned int num_steps);

/**
 * kplug_event_post() - send an event to every client that listens
 * @dev: the device
 * @vector: the vector whose counters and eventfds the event counts in, or
 *	KPLUG_NO_VECTOR
 * @type: KPLUG_EVENT_IRQ, or KPLUG_EVENT_CUSTOM or above
 * @data: the payload; may be NULL when @words is 0
 * @words: length of @data in 64-bit words; words beyond KPLUG_EVENT_WORDS are
 *	dropped
 *
 * Never waits. A client whose ring is full loses the event, and the loss is counted.
 *
 * Context: any, including hard interrupt, between attach and detach.
 */
void kplug_event_post(struct kplug_device *dev, u32 vector, u16 type, const u64 *data,
		      unsigned int words);

/**
 * kplug_event_send() - send an event to one client
 * @client: argument of open or call; close must not have run for it
 * @type: KPLUG_EVENT_CUSTOM or above
 * @data: see kplug_event_post()
 * @words: see kplug_event_post()
 *
 * Context: any, including hard interrupt.
 */
void kplug_event_send(struct kplug_client *client, u16 type, const u64 *data, unsigned int words);

/**
 * kplug_client_device() - get the device of a client
 * @client: argument of open, close or call
 *
 * Context: any.
 */
struct kplug_device *kplug_client_device(const struct kplug_client *client);

/**
 * kplug_client_set_priv() - store the plugin's own pointer with a client
 * @client: the client
 * @priv: any pointer; kplug_client_priv() returns it until close has returned
 *
 * Context: open.
 */
void kplug_client_set_priv(struct kplug_client *client, void *priv);

/**
 * kplug_client_priv() - get the pointer of kplug_client_set_priv()
 * @client: the client
 *
 * Context: any, between open and close.
 */
void *kplug_client_priv(const struct kplug_client *client);

/**
 * kplug_client_trusted() - check whether a client has CAP_SYS_RAWIO
 * @client: the client
 *
 * A client that is trusted by a grant alone counts as restricted here.
 *
 * Context: any.
 * Return: true when the client had CAP_SYS_RAWIO at open() and has not given up its
 * trust with KPLUG_RESTRICT. The result may change from true to false between two
 * calls.
 */
bool kplug_client_trusted(const struct kplug_client *client);

/**
 * struct kplug_shm - memory shared between a program and its plugin
 * @addr: kernel address. The program may change the bytes at any time, so read each
 *	value once and check the copy
 * @length: in bytes, a multiple of the page size
 */
struct kplug_shm {
	void *addr;
	size_t length;
};

/**
 * kplug_shm_get() - take a reference to shared memory of a client
 * @client: the client that allocated it
 * @id: from the message of a call
 *
 * The memory stays valid until kplug_shm_put(), whatever the program does. The plugin
 * calls that in detach at the latest.
 *
 * Context: process, may sleep.
 * Return: the memory; NULL when the client has none with this id.
 */
struct kplug_shm *kplug_shm_get(struct kplug_client *client, u32 id);

/**
 * kplug_shm_put() - drop a reference of kplug_shm_get()
 * @shm: from kplug_shm_get()
 *
 * Context: process, may sleep.
 */
void kplug_shm_put(struct kplug_shm *shm);

/**
 * kplug_virtual_create() - create a device without hardware
 * @name: of [a-z0-9_], shorter than KPLUG_NAME_MAX; the node is /dev/kplug/<name>
 * @vectors: number of vectors, 1 to KPLUG_MAX_VECTORS
 * @plugin: a registered plugin; the core attaches it before the node appears
 *
 * Context: process, may sleep.
 * Return: the device or an ERR_PTR: -EINVAL; -EBUSY when a device has this name;
 * -ENOMEM; or an error of attach.
 */
struct kplug_device *kplug_virtual_create(const char *name, unsigned int vectors,
					  const struct kplug_plugin *plugin);

/**
 * kplug_virtual_destroy() - remove a virtual device
 * @dev: from kplug_virtual_create()
 *
 * Programs that have it open see it as removed.
 *
 * Context: process, may sleep.
 */
void kplug_virtual_destroy(struct kplug_device *dev);

/**
 * kplug_virtual_fire() - raise an interrupt of a virtual device
 * @dev: from kplug_virtual_create()
 * @vector: number of the vector; nothing happens when it is not armed
 *
 * The vector's handler runs in a real hard interrupt on this CPU, now or shortly
 * after. Fires that arrive before it runs are merged into one interrupt.
 *
 * Context: any.
 */
void kplug_virtual_fire(struct kplug_device *dev, unsigned int vector);

#endif /* KPLUG_PLUGIN_H */
