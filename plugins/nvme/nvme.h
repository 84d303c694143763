/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the nvme plugin share. */
#ifndef NVME_H
#define NVME_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>

#include <kplug/plugin.h>

#include "nvme_msg.h"
#include "nvme_regs.h"

#define NVME_PAGE      4096u	/* of the controller, as CC.MPS says */
#define NVME_ENTRIES   64	/* of a queue: one page of commands */
#define NVME_SLOTS     (NVME_ENTRIES - 1)	/* a queue is full with one entry free */
#define NVME_IO_QUEUES 8
#define NVME_FLUSHES   4	/* at a time */
#define NVME_MAX_CHUNK (1024u * 1024)	/* the list of its pages fits into half a page */

/* Somebody sleeps for the end of a command; on the stack. */
struct nvme_waiter {
	struct completion done;
	int status;
	u32 result;
};

/* A command under way: one of the first two, or neither if who waited has given up. */
struct nvme_slot {
	struct kplug_dma *dma;
	struct nvme_waiter *waiter;
	bool flush;	/* holds one of nvme.flushes */
};

/* A submission queue and its completion queue; number 0 is the admin queue. */
struct nvme_queue {
	struct nvme *nvme;
	u16 id;
	u16 entries;
	void *memory;	/* commands in the first page, completions in the second */
	dma_addr_t address;
	__le64 *lists;	/* PRP lists, one a slot */
	dma_addr_t lists_address;
	spinlock_t poll_lock;	/* around completions that no interrupt handler hands on */
	raw_spinlock_t lock;	/* of all that follows */
	bool live;	/* the controller has it */
	bool closed;	/* but nothing goes in any more */
	u16 tail;
	u16 head;
	u16 phase;
	unsigned long busy[BITS_TO_LONGS(NVME_SLOTS)];
	struct nvme_slot slots[NVME_SLOTS];
};

/* Lock order: nvme.lock, nvme_queue.poll_lock, nvme_queue.lock, which is not held over kplug_dma_done(). */
struct nvme {
	struct kplug_device *dev;
	const struct kplug_io *io;
	u64 cap;
	struct mutex lock;	/* on and off, and the admin queue: one command at a time */
	bool removed;
	bool separate;	/* queue i has vector i, or all share vector 0 */
	u16 num_irq_queues;	/* from number 1 on */
	u16 num_polled_queues;	/* behind them, 0 or 1 */
	struct semaphore flushes;	/* slots that no transaction needs */
	u32 list_entries;
	void *identity;	/* where the controller identifies itself */
	dma_addr_t identity_address;
	struct nvme_info info;
	struct nvme_queue queues[1 + NVME_IO_QUEUES + 1];
};

static inline unsigned int nvme_num_io_queues(const struct nvme *nvme)
{
	return nvme->num_irq_queues + nvme->num_polled_queues;
}

/* controller.c */
bool nvme_controller_gone(const struct nvme *nvme);
int nvme_controller_identify(struct nvme *nvme);
int nvme_controller_enable(struct nvme *nvme);
int nvme_controller_num_queues(struct nvme *nvme, unsigned int want);
int nvme_controller_create_queues(struct nvme *nvme);
int nvme_controller_restart(struct nvme *nvme);
void nvme_controller_shut_down(struct nvme *nvme);
void nvme_controller_stop(struct nvme *nvme);
void nvme_controller_abort(struct nvme *nvme, const struct nvme_queue *q, unsigned int cid);

/* queue.c */
int nvme_queue_alloc(struct nvme *nvme, unsigned int id);
void nvme_queue_free(struct nvme_queue *q);
void nvme_queue_start(struct nvme_queue *q);
void nvme_queue_close(struct nvme_queue *q);
bool nvme_queue_idle(struct nvme_queue *q);
void nvme_queue_park(struct nvme_queue *q);
void nvme_queue_fail(struct nvme_queue *q);
unsigned int nvme_queue_reap(struct nvme_queue *q);
int nvme_queue_transfer(struct nvme_queue *q, struct nvme_command *command, struct kplug_dma *dma);
int nvme_queue_run(struct nvme_queue *q, struct nvme_command *command, u32 *result);
int nvme_queue_find(struct nvme_queue *q, const struct kplug_dma *dma);
void nvme_queue_forget(struct nvme_queue *q, const struct kplug_dma *dma);

#endif /* NVME_H */
