/* SPDX-License-Identifier: GPL-2.0 */
/* The nouns of the core and who may touch them. */
#ifndef KPLUG_CORE_H
#define KPLUG_CORE_H

#include <linux/atomic.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rcuwait.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/xarray.h>

#include <kplug/plugin.h>
#include <uapi/kplug_abi.h>

#include "object.h"
#include "recipe_check.h"
#include "ring.h"
#include "trace.h"

/*
 * Locks, outermost first:
 *
 *	isa lock (isa.c)	declaring ISA devices and taking them back
 *	plugins lock (plugin.c)	the registry
 *	devices lock (device.c)	the list of devices
 *	device_lock(parent)	probe and remove, taken by the driver core
 *	kplug_device.lock	attach, arm, the lists of openers
 *	kplug_opener.read_lock	consumers of one ring
 *	kplug_transfer_room.lock	lists of one opener; outside of all others
 *	dma_buf.resv		an exporter's, also another driver's; see move_notify()
 *	kplug_pool.lock		pieces taken and given back
 *	kplug_dma_queue.lock	raw; never held over an op of a plugin
 *	kplug_event_ring.lock	raw, producers
 *	kplug_device.command_lock	raw, writers of a PCI command register
 *
 * kplug_device.srcu protects what runs without kplug_device.lock: register
 * accesses and page faults; calls are counted by kplug_opener.calls. Both are
 * waited for with the lock held, so neither ever takes the lock; and neither is
 * held over an access to user memory, so removal never waits for a program.
 * An access to configuration space waits under srcu for a reset of the function
 * to end, so nobody waits for srcu inside a reset.
 */

struct dma_buf;
struct dma_buf_attachment;
struct eventfd_ctx;
struct kobject;
struct kplug_device;
struct kplug_piece;
struct kplug_pool;
struct kplug_vector;

/* What differs between buses. May sleep where it does not say "hard interrupt". */
struct kplug_bus_ops {
	enum kplug_bus type;
	/* Allocate up to @count vectors (0: all) in @mode; sets dev->irq_mode, num_vectors. */
	int (*irq_alloc)(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
	void (*irq_free)(struct kplug_device *dev);
	/* Request the interrupt, quiet until irq_enable(). */
	int (*irq_request)(struct kplug_vector *v);
	void (*irq_enable)(struct kplug_vector *v);
	/* The opposite of both; returns when no handler runs. */
	void (*irq_release)(struct kplug_vector *v);
	/* Is our level line asserted? Hard interrupt. */
	bool (*irq_pending)(struct kplug_vector *v);
	/* The same, and mask it if so: for kplug_vector.level without a handler. Hard interrupt. */
	bool (*irq_claim)(struct kplug_vector *v);
	/* Stop the interrupt where it comes from. Hard interrupt. */
	void (*irq_mask)(struct kplug_vector *v);
	void (*irq_unmask)(struct kplug_vector *v);
	/*
	 * In a pause, after a reset or sleep: make the registers of the bus fit
	 * what is armed. Optional.
	 */
	void (*restore)(struct kplug_device *dev);
	/* Optional; without any lock. */
	int (*reset)(struct kplug_device *dev);
	/* No DMA and no message from here on; does not sleep. NULL: there is no DMA. */
	void (*quiesce)(struct kplug_device *dev);
	/*
	 * DMA is wanted or not; messages are the bus's own business, and so is
	 * kplug_device.num_revoked. NULL: there is none.
	 */
	void (*set_master)(struct kplug_device *dev, bool on);
	/* Fill in the ids; NULL: there are none. */
	void (*describe)(struct kplug_device *dev, struct kplug_device_info *info);
	/*
	 * Read or write the region with KPLUG_REGION_CONFIG; the place is checked.
	 * -EPERM for a write to what Linux or the core owns. @wait: for a reset to
	 * end. For programs, under srcu; not under kplug_device.lock, which a reset
	 * takes, nor in its callbacks. Without it: any context.
	 */
	int (*config_access)(struct kplug_device *dev, u64 offset, unsigned int width,
			     bool is_write, u64 *value, bool wait);
};

struct kplug_region {
	phys_addr_t start;
	u64 length;
	u32 flags;	/* KPLUG_REGION_*; KPLUG_REGION_WC changes under the device's lock */
	u8 widths;	/* of accesses, ORed together */
	atomic_t maps;	/* of programs; -1 while its caching changes */
};

/* Written by the vector's handler alone, except the atomic ones. */
struct kplug_counts {
	u64 raised;
	u64 none;	/* the rest of them was handled */
	u64 deferred;
	u64 coalesced;
	u64 storms;
	atomic64_t posted;
	atomic64_t dropped;
};

/* A checked step, ready to run: registers are resolved to where they are mapped. */
struct kplug_recipe_step {
	u8 op;	/* see recipe.c */
	u8 width;
	void __iomem *at;
	u64 mask;
	u64 value;
};

struct kplug_recipe {
	unsigned int num_steps;
	struct kplug_recipe_step steps[KPLUG_MAX_STEPS];
};

struct kplug_vector {
	struct kplug_irq irq;	/* first: what the handler gets */
	unsigned int (*hard)(struct kplug_irq *irq);
	struct kplug_device *dev;
	bool timed;	/* a listener wants to know when */
	struct kplug_counts count;
	struct kplug_post post;	/* the hard handler's own, so that it builds none on its stack */
	bool level;	/* a shared line that can be masked in the device */
	bool masked;
	bool storm;
	u32 sample_ns;	/* the storm guard looks at longer runs */
	u8 overruns;	/* in a row, for the storm guard */
	u8 stuck;

	/* Deferred handler. */
	void (*deferred)(struct kplug_irq *irq, unsigned int coalesced);
	bool deferred_sleeps;
	atomic_t defer_pending;
	struct tasklet_struct tasklet;
	struct kthread_work work;

	/* Listeners by eventfd; RCU, changed under dev->lock. */
	struct list_head eventfds;

	/* Under dev->lock. */
	enum kplug_handler_kind kind;
	unsigned int num_users;	/* openers that armed it, and the plugin */
	bool armed_by_plugin;
	unsigned int (*wanted_hard)(struct kplug_irq *irq);
	bool no_thread;
	int linux_irq;	/* 0 on soft devices */
	char name[KPLUG_NAME_MAX + sizeof("kplug:[4294967295]")];	/* in /proc/interrupts */
	struct kobject *statistics;

	/* Soft devices. */
	struct irq_work soft_work;
	bool soft_open;	/* armed and not masked; read under RCU */

	struct kplug_recipe recipe;
};

/* A registered plugin; outlives its registration while devices look at it. */
struct kplug_registration {
	struct kref ref;
	struct list_head node;
	const struct kplug_plugin *plugin;
	struct kplug_plugin_ops ops;	/* ours, full size */
	struct pci_driver pci_driver;
	bool gone;	/* under the lock of each device that looks */
};

/* Transactions of all openers of a device, see transaction.c. */
struct kplug_dma_queue {
	raw_spinlock_t lock;
	struct list_head waiting;	/* under lock, first come first served */
	struct list_head active;	/* under lock */
	unsigned int running;	/* under lock: of the latter */
	bool held;	/* under lock: the device rests */
	struct kplug_dma_engine engine;	/* under kplug_device.lock */
	wait_queue_head_t ended;
	struct irq_work wake;
	struct delayed_work watchdog;
	bool watching;	/* it will look ... */
	unsigned long next_look;	/* ... then */
};

struct kplug_device {
	struct device dev;
	struct cdev cdev;
	const struct kplug_bus_ops *bus;
	struct device *parent;	/* NULL for a soft device */
	struct module *owner;	/* the plugin that bound it, or NULL */
	struct list_head node;
	char name[KPLUG_NAME_MAX];
	u32 id;

	struct kplug_io io;
	struct kplug_region region[KPLUG_MAX_REGIONS];
	struct inode *inode;
	struct kplug_pool *pool;	/* NULL: nothing was set aside */
	raw_spinlock_t command_lock;	/* the command register of a PCI function */

	struct srcu_struct srcu;
	struct mutex lock;
	bool dead;	/* set under lock; read under lock or srcu */
	bool hungup;	/* after dead: the last event was posted */

	/* Under lock. */
	struct list_head openers;
	struct kplug_registration *plugin;	/* attached; also read under srcu */
	unsigned int plugin_users;	/* sessions, permanent, automatic */
	bool plugin_permanent;
	bool plugin_auto;
	void *plugin_priv;
	struct kthread_worker *worker;	/* for deferred handlers that sleep */

	enum kplug_irq_mode irq_mode;	/* KPLUG_IRQ_AUTO: none allocated */
	unsigned int num_vectors;
	unsigned int max_vectors;
	unsigned int num_armed;
	unsigned int num_mappings;	/* of all openers, and pieces that a plugin allocated */
	bool paused;	/* armed vectors rest, see pause.c */
	struct kplug_vector *vectors;	/* max_vectors of them */
	struct kobject *statistics;	/* the directory of theirs */

	struct kplug_dma_queue dma;
	atomic_t num_transactions;	/* ever, of all openers: their numbers in the trace */
	struct list_head peers;	/* under lock: buffers of memory of its own */
	/* Mappings whose memory was taken away, while the device might still reach for it. */
	atomic_t num_revoked;
	struct work_struct revocation;

	/* Openers with a ring; RCU, changed under lock. */
	struct list_head listeners;
	unsigned int num_timed;	/* of them, who want times */
};

/* What an opener's lists need in the kernel; grows with the longest. */
struct kplug_transfer_room {
	struct mutex lock;
	struct kplug_transfer *list;
	u32 num;
	u64 *page;	/* of a block */
};

struct kplug_opener {
	struct kplug_device *dev;
	struct module *owner;	/* pinned dev->owner */
	struct list_head node;
	struct pid *pid;
	bool trusted;

	/* Whom calls go to: the session, if this opener may call; see call.c. */
	const struct kplug_registration *callee;
	atomic_t calls;	/* in the plugin at this moment */

	/* Under dev->lock. */
	struct kplug_registration *session;	/* attached plugin */
	void *session_priv;
	DECLARE_BITMAP(armed, KPLUG_MAX_VECTORS);

	/* Events. The ring is made once; has_ring is set last. */
	struct kplug_event_ring ring;
	struct kplug_usermem *ring_memory;
	bool has_ring;
	bool wants_times;
	struct list_head listener;
	struct mutex read_lock;	/* also held while the reader sleeps */
	struct rcuwait reader;	/* the one that sleeps in read() */
	wait_queue_head_t pollers;
	struct irq_work poll_work;

	struct kplug_transfer_room transfers;

	/* Writes to make at the end. Under dev->lock. */
	struct kplug_transfer *cleanup;
	u32 num_cleanup;

	struct xarray shms;
	struct xarray mappings;	/* changed under dev->lock */
	struct xarray transactions;	/* changed under dev->lock */
	struct page *dead_page;	/* what mappings show after removal */
	struct mutex dead_lock;
};

/* device.c */
extern struct class *kplug_class;
int kplug_device_init(void);
void kplug_device_exit(void);
struct kplug_device *kplug_device_alloc(const struct kplug_bus_ops *bus, struct device *parent,
					const char *name, unsigned int max_vectors);
int kplug_device_publish(struct kplug_device *dev);
void kplug_device_remove(struct kplug_device *dev);
void kplug_device_put(struct kplug_device *dev);
void kplug_device_for_each(void (*fn)(struct kplug_device *dev, void *arg), void *arg);

static inline struct kplug_device *to_kplug_device(struct device *dev)
{
	return container_of(dev, struct kplug_device, dev);
}

/*
 * Use the device without its lock: unless it is dead, hardware and plugin stay
 * until kplug_device_leave(). No access to user memory in between.
 */
static inline int kplug_device_enter(struct kplug_device *dev) __acquires(&dev->srcu)
{
	return srcu_read_lock(&dev->srcu);
}

static inline void kplug_device_leave(struct kplug_device *dev, int idx)
	__releases(&dev->srcu)
{
	srcu_read_unlock(&dev->srcu, idx);
}

static inline bool kplug_device_dead(const struct kplug_device *dev)
{
	return READ_ONCE(dev->dead);
}

/* inode.c */
struct inode *kplug_inode_new(void);
void kplug_inode_free(struct inode *inode);

/* sysfs.c */
extern const struct attribute_group *kplug_sysfs_groups[];

/* statistics.c */
int kplug_statistics_add(struct kplug_device *dev);
void kplug_statistics_remove(struct kplug_device *dev);

/* plugin.c */
bool kplug_name_valid(const char *name);
int kplug_plugin_attach_auto(struct kplug_device *dev, struct kplug_registration *reg);
int kplug_plugin_attach_permanent(struct kplug_device *dev, const char *name);
int kplug_plugin_detach_permanent(struct kplug_device *dev);
void kplug_plugin_evict(struct kplug_device *dev);
void kplug_plugin_tell(struct kplug_device *dev, enum kplug_device_event event);
int kplug_session_attach(struct kplug_opener *opener, const char *name);
int kplug_session_detach(struct kplug_opener *opener);
void kplug_session_join(struct kplug_opener *opener);
/* May this opener do what KPLUG_PLUGIN_ALLOW_* @allow stands for? */
static inline bool kplug_session_allows(const struct kplug_opener *opener, u32 allow)
{
	const struct kplug_registration *reg;

	if (likely(opener->trusted))
		return true;
	reg = READ_ONCE(opener->session);
	return reg && reg->plugin->flags & allow;
}

int kplug_session_asks_map(struct kplug_opener *opener, u64 length,
			   enum kplug_dma_direction direction);
struct kplug_registration *kplug_plugin_find(const struct kplug_plugin *plugin);
void kplug_registration_put(struct kplug_registration *reg);
void kplug_plugin_debugfs(struct dentry *dir);

/* pci.c */
int kplug_pci_init(void);
void kplug_pci_exit(void);
int kplug_pci_register(struct kplug_registration *reg);
void kplug_pci_unregister(struct kplug_registration *reg);

/* pci_reset.c */
int kplug_pci_reset(struct kplug_device *dev);
void kplug_pci_reset_prepare(struct pci_dev *pdev);
void kplug_pci_reset_done(struct pci_dev *pdev);

/* pci_error.c */
pci_ers_result_t kplug_pci_error_detected(struct pci_dev *pdev, pci_channel_state_t state);
pci_ers_result_t kplug_pci_mmio_enabled(struct pci_dev *pdev);
pci_ers_result_t kplug_pci_slot_reset(struct pci_dev *pdev);
void kplug_pci_resume(struct pci_dev *pdev);

/* pci_config.c */
void kplug_pci_config_init(struct kplug_device *dev);
int kplug_pci_config_access(struct kplug_device *dev, u64 offset, unsigned int width,
			    bool is_write, u64 *value, bool wait);

/* platform.c */
int kplug_platform_init(void);
void kplug_platform_exit(void);

/* isa.c */
int kplug_isa_init(void);
void kplug_isa_exit(void);

/* resource.c */
int kplug_resource_add(struct kplug_device *dev, unsigned int index, const struct resource *res,
		       const char *owner);
void kplug_resource_remove_all(struct kplug_device *dev);

/* wired.c: for a bus that has set kplug_vector.linux_irq of every vector */
int kplug_wired_alloc(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
void kplug_wired_free(struct kplug_device *dev);
int kplug_wired_request(struct kplug_vector *v);
void kplug_wired_release(struct kplug_vector *v);
bool kplug_wired_pending(struct kplug_vector *v);
void kplug_wired_mask(struct kplug_vector *v);
void kplug_wired_unmask(struct kplug_vector *v);

#define KPLUG_WIRED_OPS				\
	.irq_alloc = kplug_wired_alloc,		\
	.irq_free = kplug_wired_free,		\
	.irq_request = kplug_wired_request,	\
	.irq_enable = kplug_wired_unmask,	\
	.irq_release = kplug_wired_release,	\
	.irq_pending = kplug_wired_pending,	\
	.irq_mask = kplug_wired_mask,		\
	.irq_unmask = kplug_wired_unmask

/* region.c */
int kplug_region_access(struct kplug_opener *opener, struct kplug_access *access);
void kplug_region_describe(struct kplug_opener *opener, struct kplug_region_info *info);
u64 kplug_region_read(const void __iomem *at, unsigned int width);
void kplug_region_write(void __iomem *at, unsigned int width, u64 value);

/* map.c */
int kplug_region_mmap(struct kplug_opener *opener, struct vm_area_struct *vma,
		      unsigned int index, u64 offset);
void kplug_region_zap(struct kplug_device *dev);

/* window.c */
bool kplug_window_covers(const struct kplug_opener *opener, u32 region, u64 offset, u64 length,
			 u32 allow);
bool kplug_window_allows(const struct kplug_opener *opener, const struct kplug_transfer *t);
bool kplug_window_maps(const struct kplug_opener *opener, u32 region);
bool kplug_windows_valid(const struct kplug_plugin *plugin);

/* An older plugin has no such field. */
static inline u32 kplug_plugin_num_windows(const struct kplug_plugin *plugin)
{
	return plugin->abi >= 2 ? plugin->num_windows : 0;
}

/* transfer.c */
int kplug_transfer_check(const struct kplug_device *dev, const struct kplug_transfer *t);
int kplug_transfer_single(struct kplug_device *dev, struct kplug_transfer *t);
int kplug_transfer_user(struct kplug_opener *opener, struct kplug_transfers *arg);
void kplug_transfer_init(struct kplug_opener *opener);
void kplug_transfer_free(struct kplug_opener *opener);

/* cleanup.c */
int kplug_cleanup_set(struct kplug_opener *opener, const struct kplug_cleanup *arg);
void kplug_cleanup_run(struct kplug_opener *opener);

/* irq.c */
int kplug_irq_setup(struct kplug_device *dev);
int kplug_irq_set_mode(struct kplug_device *dev, enum kplug_irq_mode mode, unsigned int count);
int kplug_irq_user_arm(struct kplug_opener *opener, const struct kplug_arm *arm,
		       const struct kplug_step *steps);
int kplug_irq_user_disarm(struct kplug_opener *opener, u32 vector);
int kplug_irq_user_unmask(struct kplug_opener *opener, u32 vector);
void kplug_irq_forget_opener(struct kplug_opener *opener, bool plugin_only);
void kplug_irq_forget_plugin(struct kplug_device *dev);
void kplug_irq_synchronize(struct kplug_device *dev);
void kplug_irq_forget_all(struct kplug_device *dev);
int kplug_irq_describe(struct kplug_opener *opener, struct kplug_vector_info *info);
void kplug_irq_count(const struct kplug_vector *v, struct kplug_vector_info *info);
irqreturn_t kplug_irq_hard(int irq, void *data);
unsigned int kplug_irq_hard_quiet(struct kplug_irq *irq);

static inline struct kplug_vector *to_kplug_vector(const struct kplug_irq *irq)
{
	return container_of(irq, struct kplug_vector, irq);
}

/* affinity.c */
int kplug_affinity_run(struct kplug_opener *opener, const struct kplug_affinity *arg);

/* pause.c */
void kplug_pause_begin(struct kplug_device *dev);
void kplug_pause_end(struct kplug_device *dev);

/* power.c */
extern const struct dev_pm_ops kplug_power_ops;

/* recipe.c */
void kplug_recipe_prepare(struct kplug_vector *v, const struct kplug_step *steps,
			  unsigned int num_steps);

/* deferred.c */
void kplug_deferred_init(struct kplug_vector *v);
int kplug_deferred_prepare(struct kplug_vector *v);
void kplug_deferred_stop(struct kplug_vector *v);

/* Context: the hard interrupt. */
static inline void kplug_deferred_schedule(struct kplug_vector *v)
{
	atomic_inc(&v->defer_pending);
	if (unlikely(v->deferred_sleeps))
		kthread_queue_work(v->dev->worker, &v->work);
	else
		tasklet_schedule(&v->tasklet);
}

/* storm.c */
void kplug_storm_sample(struct kplug_vector *v, u64 handler_ns, bool look_at_line);
void kplug_storm_reset(struct kplug_vector *v);

/* channel.c */
void kplug_channel_init(struct kplug_opener *opener);
void kplug_channel_listen(struct kplug_opener *opener);
void kplug_channel_free(struct kplug_opener *opener);
int kplug_channel_make_ring(struct kplug_opener *opener, struct kplug_ring *arg);
int kplug_channel_set_eventfd(struct kplug_opener *opener, u32 vector, struct eventfd_ctx *ctx);
void kplug_channel_forget(struct kplug_opener *opener);
void kplug_channel_hangup(struct kplug_device *dev);
void kplug_channel_post(struct kplug_device *dev, struct kplug_vector *v,
			const struct kplug_post *post);
void kplug_channel_post_irq(struct kplug_vector *v, u64 t_hard, u64 t_end);

/* Nobody would receive an event of this vector. */
static inline bool kplug_channel_idle(const struct kplug_vector *v)
{
	return list_empty(&v->dev->listeners) && list_empty(&v->eventfds) &&
	       !trace_kplug_event_post_enabled();
}

ssize_t kplug_channel_read(struct kplug_opener *opener, char __user *buf, size_t len,
			   bool nonblock);
__poll_t kplug_channel_poll(struct kplug_opener *opener, struct file *file,
			    struct poll_table_struct *table);
int kplug_channel_mmap(struct kplug_opener *opener, struct vm_area_struct *vma, u64 offset);

/* call.c */
long kplug_call_run(struct kplug_opener *opener, const struct kplug_call *call);
long kplug_call_ioctl(struct file *file, unsigned int number, unsigned long arg);
void kplug_call_open(struct kplug_opener *opener);
void kplug_call_close(struct kplug_opener *opener);

static inline void kplug_call_leave(struct kplug_opener *opener)
{
	/* A full barrier: whoever closes the session has taken the callee away before. */
	if (atomic_dec_and_test(&opener->calls) && unlikely(!READ_ONCE(opener->callee)))
		wake_up_var(&opener->calls);
}

/* usermem.c: zeroed memory for the kernel and a program, charged to its RLIMIT_MEMLOCK */
struct kplug_usermem {
	void *addr;
	size_t length;
	struct mm_struct *mm;
};

struct kplug_usermem *kplug_usermem_alloc(size_t length);
void kplug_usermem_free(struct kplug_usermem *mem);
int kplug_usermem_mmap(const struct kplug_usermem *mem, struct vm_area_struct *vma, u64 offset);

/* shm.c */
int kplug_shm_alloc(struct kplug_opener *opener, struct kplug_shm_alloc *alloc);
int kplug_shm_free(struct kplug_opener *opener, u32 id);
void kplug_shm_free_all(struct kplug_opener *opener);
int kplug_shm_mmap(struct kplug_opener *opener, struct vm_area_struct *vma, u64 offset);

/* pool.c */
struct page *kplug_piece_new(struct device *dev, unsigned long num, gfp_t flags);
void kplug_pool_init(struct kplug_device *dev);
void kplug_pool_exit(struct kplug_device *dev);
void kplug_pool_free(struct kplug_device *dev);
struct kplug_piece *kplug_pool_take(struct kplug_device *dev, unsigned long num,
				    struct page **page);
void kplug_pool_give(struct kplug_piece *piece);
ssize_t kplug_pool_show(struct kplug_device *dev, char *buf);

/* buffer.c */
int kplug_buffer_make(struct kplug_opener *opener, struct kplug_buffer *arg);
bool kplug_buffer_is(const struct dma_buf *dmabuf);

/* peer.c */
int kplug_peer_make(struct kplug_opener *opener, struct kplug_buffer *arg);
bool kplug_peer_is(const struct dma_buf *dmabuf);
void kplug_peer_revoke(struct kplug_device *dev);

/* route.c */
bool kplug_route_exists(struct pci_dev *from, struct pci_dev *to);

/* mapping.c */
bool kplug_dma_capable(const struct kplug_device *dev);
bool kplug_dma_translated(struct device *dev);
void kplug_dma_init(struct kplug_device *dev);
void kplug_dma_exit(struct kplug_device *dev);
int kplug_mapping_make(struct kplug_opener *opener, struct kplug_map *arg);
int kplug_mapping_unmap(struct kplug_opener *opener, u32 id);
void kplug_mapping_forget(struct kplug_opener *opener);
void kplug_mapping_init(struct kplug_device *dev);
void kplug_mapping_exit(struct kplug_device *dev);
bool kplug_mapping_imports(const struct dma_buf_attachment *attachment);
bool kplug_mapping_revoked(const struct kplug_mapping *m);
int kplug_mapping_segments_user(struct kplug_opener *opener, const struct kplug_segments *arg);
int kplug_mapping_sync_user(struct kplug_opener *opener, const struct kplug_sync *arg);

/* transaction.c */
void kplug_transaction_init(struct kplug_device *dev);
void kplug_transaction_exit(struct kplug_device *dev);
void kplug_transaction_reset_engine(struct kplug_device *dev);
int kplug_transaction_make(struct kplug_opener *opener, struct kplug_transaction *arg);
int kplug_transaction_execute(struct kplug_opener *opener, struct kplug_execute *arg);
int kplug_transaction_abort(struct kplug_opener *opener, u32 id);
int kplug_transaction_describe(struct kplug_opener *opener, struct kplug_transaction_info *info);
int kplug_transaction_release(struct kplug_opener *opener, u32 id);
void kplug_transaction_forget(struct kplug_opener *opener, int status);
int kplug_transaction_revoke(struct kplug_opener *opener, const struct kplug_mapping *mapping);
void kplug_transaction_forget_all(struct kplug_device *dev);
void kplug_transaction_hold(struct kplug_device *dev);
void kplug_transaction_pause(struct kplug_device *dev);
void kplug_transaction_resume(struct kplug_device *dev);
void kplug_transaction_stop_running(struct kplug_device *dev);
void kplug_transaction_go_on(struct kplug_device *dev);

/* chardev.c */
extern const struct file_operations kplug_chardev_fops;
long kplug_chardev_ioctl(struct kplug_opener *opener, unsigned int number, void __user *user);

/*
 * Offsets for mmap() fit the 44 bits that a 32-bit program can express: four
 * bits say what, forty say where in it.
 */
#define KPLUG_MMAP_SHIFT 40
#define KPLUG_MMAP_RING  8	/* below it: a region */
#define KPLUG_MMAP_SHM   9
#define KPLUG_MMAP_SHM_SHIFT 24	/* room for KPLUG_MAX_SHM each */

#endif /* KPLUG_CORE_H */
