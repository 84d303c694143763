/* SPDX-License-Identifier: GPL-2.0 */
/* Types and functions that the files of the nvme plugin share. */
#ifndef NVME_H
#define NVME_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <kplug/plugin_dma.h>

#include "nvme_msg.h"
#include "nvme_regs.h"

#define NVME_PAGE      4096u /* page size of the controller, as set in CC.MPS */
#define NVME_ENTRIES   64 /* of a queue: one page of commands */
#define NVME_SLOTS     (NVME_ENTRIES - 1) /* a queue with one free entry is full */
#define NVME_IO_QUEUES 8
#define NVME_FLUSHES   4 /* that run at a time */

/* A chunk that is not page-aligned has up to 256 segments: one page describes them, see pages.c. */
#define NVME_MAX_CHUNK    (255 * NVME_PAGE)
#define NVME_MAX_SEGMENTS (NVME_PAGE / sizeof(struct nvme_sgl))

/* A command that has to end gets this long to end by itself, and this long after an abort. */
#define NVME_GRACE   (HZ / 10)
#define NVME_ABORTED (2 * HZ)

/* For a variable whose every byte is written before it is read: the kernel may zero all others. */
#if __has_attribute(__uninitialized__)
#define nvme_uninitialized __attribute__((__uninitialized__))
#else
#define nvme_uninitialized
#endif

/* A session of the plugin. */
struct nvme_session {
	bool closing; /* its calls must return; set once, see nvme_waiters_wake() */
};

/*
 * A task that sleeps until it gets a turn, its command ends, or a scan is complete; it waits
 * for one of them at a time. The structure is on its stack.
 */
struct nvme_waiter {
	struct completion done;
	struct list_head node; /* in nvme.turns or nvme.scans */
	struct nvme_session *session; /* NULL for an admin command of the plugin itself */
	int status;
	u32 result;
};

/*
 * A command in flight. It serves a transaction or a waiter; or neither, if its waiter has
 * given up or it is an asynchronous event request.
 */
struct nvme_slot {
	struct kplug_dma *dma;
	struct nvme_waiter *waiter;
	u32 flush; /* the namespace; the slot holds one of nvme.num_turns */
	bool notice; /* an asynchronous event request */
	bool overdue; /* its waiter has timed out */
};

/*
 * PARKED	the controller knows no command; those in the slots wait to be sent (again)
 * LIVE		the plugin sends commands and reaps completions
 * DELETING	the controller is deleting the submission queue; completions are reaped
 * STOPPING	the controller is being stopped; completions are ignored
 */
enum nvme_queue_state {
	NVME_QUEUE_PARKED,
	NVME_QUEUE_LIVE,
	NVME_QUEUE_DELETING,
	NVME_QUEUE_STOPPING,
};

/* A submission queue and its completion queue; number 0 is the admin queue. */
struct nvme_queue {
	struct nvme *nvme;
	u16 id;
	u16 entries;
	void *memory; /* commands in the first page, completions in the second */
	dma_addr_t address;
	void *pages; /* one for each slot, see pages.c */
	dma_addr_t pages_address;
	spinlock_t poll_lock; /* held while a task, not an interrupt handler, reaps */
	raw_spinlock_t lock; /* protects all members below */
	enum nvme_queue_state state;
	bool closed; /* the queue accepts no new command */
	u16 tail;
	u16 rung; /* the tail that the controller knows */
	u16 head;
	u16 phase;
	unsigned long busy[BITS_TO_LONGS(NVME_SLOTS)];
	/* The slot, and a counter above it, so that a late completion ends no later command. */
	u16 cids[NVME_SLOTS];
	u16 listed[NVME_SLOTS]; /* entries of the slot's page that name memory of programs */
	struct nvme_slot slots[NVME_SLOTS];
};

/* Properties that the controller reports. */
struct nvme_controller {
	char serial[20];
	char model[40];
	char firmware[8];
	u32 max_chunk;
	bool volatile_cache;
	bool sgl; /* commands describe their memory by SGLs, see pages.c */
	bool notices; /* the controller reports changes of namespaces */
};

/* The result of one scan; RCU. */
struct nvme_table {
	struct rcu_head rcu;
	u32 num;
	struct nvme_namespace namespaces[NVME_MAX_NAMESPACES];
	u16 epochs[NVME_MAX_NAMESPACES]; /* a new epoch means that the namespace has changed */
};

/*
 * OFF		the plugin has it off: not started, in a reset, asleep or detached
 * DOWN		it has failed, or was reset; the work starts it
 * UP		it works
 * STUCK	it does not stop; only a reset of the function helps
 */
enum nvme_state {
	NVME_OFF,
	NVME_DOWN,
	NVME_UP,
	NVME_STUCK,
};

/* Tasks of the work while the controller is up. */
enum nvme_want {
	NVME_WANT_SCAN, /* read the namespaces */
	NVME_WANT_NOTICE, /* request a notice of their next change */
	NVME_WANT_QUEUES, /* recreate parked queues, delete those with overdue commands */
};

/*
 * Lock order: nvme.lock, nvme_queue.poll_lock, nvme_queue.lock, nvme.waiters_lock.
 * kplug_dma_done() is called without the last two.
 */
struct nvme {
	struct kplug_device *dev;
	const struct kplug_io *io;
	u64 cap;

	struct mutex lock; /* serializes on and off, and commands of the admin queue */
	enum nvme_state state; /* changed under lock */
	bool removed;
	bool leaving; /* the holder of the lock must not wait for the controller to work */
	struct delayed_work work; /* see recover.c */
	unsigned long wanted; /* bits of enum nvme_want */
	unsigned long backoff; /* in jiffies; under lock, like the next member */
	unsigned long scanned; /* time of the last scan, in jiffies */

	bool separate; /* queue i has vector i; otherwise all share vector 0 */
	u16 num_irq_queues; /* from number 1 on */
	u16 num_polled_queues; /* after those, 0 or 1 */
	void *scratch; /* takes transfers that are longer than their chunk; NULL with sgl */
	dma_addr_t scratch_address;
	void *identity; /* receives the data of the Identify command */
	dma_addr_t identity_address;
	struct nvme_controller controller;
	u32 depth; /* transactions at a time */
	unsigned long unrung; /* bits of queues with commands that the controller does not know */
	struct nvme_table __rcu *table; /* changed under lock */
	u16 epoch; /* the last one given out */

	raw_spinlock_t waiters_lock; /* protects all members below, except queues */
	struct list_head scans; /* waiters for the next scan */
	struct list_head turns; /* waiters for a turn */
	unsigned int num_turns; /* free turns: slots that transactions do not need */
	struct nvme_queue queues[1 + NVME_IO_QUEUES + 1];
};

static inline unsigned int nvme_num_io_queues(const struct nvme *nvme)
{
	return nvme->num_irq_queues + nvme->num_polled_queues;
}

/* The number of the queue that a CPU uses. */
static inline unsigned int nvme_io_cpu_queue(const struct nvme *nvme, unsigned int cpu)
{
	return 1 + cpu % nvme->num_irq_queues;
}

/* admin.c */
int nvme_admin_describe(struct nvme *nvme);
int nvme_admin_identify(struct nvme *nvme, u32 what, u32 nsid);
int nvme_admin_num_queues(struct nvme *nvme, unsigned int want);
int nvme_admin_create_cq(struct nvme *nvme, const struct nvme_queue *q);
int nvme_admin_create_sq(struct nvme *nvme, const struct nvme_queue *q);
int nvme_admin_delete_sq(struct nvme *nvme, const struct nvme_queue *q);
int nvme_admin_abort(struct nvme *nvme, const struct nvme_queue *q, unsigned int cid);
int nvme_admin_enable_notices(struct nvme *nvme);
int nvme_admin_read_notice(struct nvme *nvme);

/* controller.c */
bool nvme_controller_gone(const struct nvme *nvme);
bool nvme_controller_failed(const struct nvme *nvme);
int nvme_controller_enable(struct nvme *nvme);
int nvme_controller_disable(struct nvme *nvme);
void nvme_controller_shut_down(struct nvme *nvme);

/* flush.c */
long nvme_flush(struct nvme *nvme, struct nvme_session *session, u32 nsid);
void nvme_flush_next_turn(struct nvme *nvme);
void nvme_waiter_init(struct nvme_waiter *waiter, struct nvme_session *session);
int nvme_waiter_refusal(const struct nvme *nvme, const struct nvme_waiter *waiter);
int nvme_waiter_sleep(struct nvme *nvme, struct nvme_waiter *waiter, unsigned long end);
void nvme_waiters_wake(struct nvme *nvme, const struct nvme_session *session, int status);

/* io.c */
int nvme_io_check(struct kplug_dma *dma);
int nvme_io_program(struct kplug_dma *dma);
int nvme_io_command(struct nvme *nvme, const struct kplug_dma *dma, struct nvme_command *command);
struct nvme_queue *nvme_io_queue(const struct kplug_dma *dma);
void nvme_io_set_queue(struct kplug_dma *dma, const struct nvme_queue *q);

/* namespace.c */
int nvme_namespaces_scan(struct nvme *nvme);
int nvme_namespaces_wait(struct nvme *nvme, struct nvme_session *session);
void nvme_namespaces_scanned(struct nvme *nvme);
void nvme_namespaces_describe(struct nvme *nvme, struct nvme_info *info);
int nvme_namespaces_find(const struct nvme_table *table, u64 id);
bool nvme_namespaces_have(struct nvme *nvme, u32 id);
void nvme_namespaces_free(struct nvme *nvme);

/* pages.c */
int nvme_pages_alloc(struct nvme_queue *q);
void nvme_pages_free(struct nvme_queue *q);
int nvme_pages_alloc_scratch(struct nvme *nvme);
void nvme_pages_free_scratch(struct nvme *nvme);
bool nvme_pages_fit(const struct nvme *nvme, const struct kplug_dma_chunk *chunk);
void nvme_pages_set(struct nvme_queue *q, unsigned int slot, struct nvme_command *command,
		    const struct kplug_dma_chunk *chunk);

/* queue.c */
int nvme_queue_alloc(struct nvme *nvme, unsigned int id);
void nvme_queue_free(struct nvme_queue *q);
void nvme_queue_init(struct nvme_queue *q, struct nvme *nvme, unsigned int id);
void nvme_queue_reset(struct nvme_queue *q);
void nvme_queue_start(struct nvme_queue *q);
void nvme_queue_set_state(struct nvme_queue *q, enum nvme_queue_state state);
void nvme_queue_set_closed(struct nvme_queue *q, bool closed);
bool nvme_queue_idle(struct nvme_queue *q);
bool nvme_queue_overdue(struct nvme_queue *q);
unsigned int nvme_queue_reap(struct nvme_queue *q);
void nvme_queue_poll(struct nvme_queue *q);
void nvme_queues_commit(struct nvme *nvme);
int nvme_queue_program(struct nvme_queue *q, struct nvme_command *command, struct kplug_dma *dma);
int nvme_queue_wait_for(struct nvme_queue *q, struct nvme_command *command,
			struct nvme_waiter *waiter);
int nvme_queue_ask_notice(struct nvme_queue *q, struct nvme_command *command);
void nvme_queue_give_up(struct nvme_queue *q, struct nvme_waiter *waiter, int status);
void nvme_queue_wake(struct nvme_queue *q, const struct nvme_session *session, int status);
int nvme_queue_find(struct nvme_queue *q, const struct kplug_dma *dma);
bool nvme_queue_drop_parked(struct nvme_queue *q, const struct kplug_dma *dma);
void nvme_queue_drop(struct nvme_queue *q, const struct kplug_dma *dma);
void nvme_queue_fail(struct nvme_queue *q, int status);

/* recover.c */
void nvme_recover_init(struct nvme *nvme);
void nvme_recover_want(struct nvme *nvme, enum nvme_want what);
void nvme_recover_abort(struct nvme *nvme, struct nvme_queue *q, struct kplug_dma *dma);
int nvme_recover_start(struct nvme *nvme);
void nvme_recover_leave(struct nvme *nvme, bool shut_down);
void nvme_recover_come_back(struct nvme *nvme);

#endif /* NVME_H */
