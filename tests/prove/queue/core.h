/* SPDX-License-Identifier: MIT */
/*
 * The parts of the core around the queue of transactions, with the members that it uses.
 * tools/prove puts this file in place of the core's headers, except those that say what a
 * transaction and a chunk are.
 */
#ifndef PROVE_CORE_H
#define PROVE_CORE_H

#include "kernel.h"

struct kplug_device;
struct kplug_dma;

/* The ops of a plugin, called by their names: to CBMC a pointer may be any function. */
struct kplug_plugin_ops {
	bool dma_check, dma_program, dma_commit, dma_poll, dma_abort, dma_done;
	int zero;
};

#define dma_check(dma)        zero + plugin_check(dma)
#define dma_program(dma)      zero + plugin_program(dma)
#define dma_commit(dev)       zero + (plugin_commit(dev), 0)
#define dma_poll(dma)         zero + (plugin_poll(dma), 0)
#define dma_abort(dma)        zero + (plugin_abort(dma), 0)
#define dma_done(dma, status) zero + (plugin_done(dma, status), 0)

int plugin_check(struct kplug_dma *dma);
int plugin_program(struct kplug_dma *dma);
void plugin_commit(struct kplug_device *dev);
void plugin_poll(struct kplug_dma *dma);
void plugin_abort(struct kplug_dma *dma);
void plugin_done(struct kplug_dma *dma, int status);

#include <uapi/kplug_abi.h>

#include <kplug/plugin_dma.h>

struct kplug_registration {
	struct kplug_plugin_ops ops;
};

struct kplug_dma_mapping {
	bool revoked;
};

struct kplug_dma_user {
	void (*stop)(struct kplug_device *dev);
	void (*go_on)(struct kplug_device *dev);
};

struct kplug_dma_queue {
	struct mutex stop_lock;
	raw_spinlock_t lock;
	struct list_head waiting, later;
	unsigned int running;
	bool held;
	struct kplug_dma_engine engine;
	wait_queue_head_t ended;
	struct irq_work wake;
	struct work_struct more;
};

struct kplug_device {
	u32 id;
	struct mutex lock;
	struct list_head clients;
	struct kplug_registration *plugin;
	struct kplug_dma_queue dma;
	const struct kplug_dma_user *dma_user;
	atomic_t num_revoked;
};

struct kplug_client {
	struct kref ref;
	struct kplug_device *dev;
	struct list_head node;
	atomic_t calls;
	bool closing, revoked;
	struct xarray transactions;
};

struct kplug_element {
	u32 size, min_size;
};

#define KPLUG_ELEMENT(_struct, _last)     \
	{                                 \
		sizeof(struct _struct), 0 \
	}
#define kplug_dma_mapping_revoked(m)                    READ_ONCE((m)->revoked)
#define kplug_client_gone(client)                       READ_ONCE((client)->revoked)
#define kplug_client_put(client)                        ((void)(client)->ref.count--)
#define kplug_entry_begin(client)                       ((client)->calls.counter++, true)
#define kplug_entry_end(client)                         ((void)(client)->calls.counter--)
#define kplug_array_get(element, to, from, stride, num) any_errno()
#define kplug_dma_budget_renew()                        ((void)0)
#define kplug_dma_budget_spend()                        any_bool()
#define trace_kplug_dma_program_enabled()               false
#define trace_kplug_dma_done_enabled()                  false
#define trace_kplug_dma_program(...)                    ((void)0)
#define trace_kplug_dma_done(...)                       ((void)0)

#define KPLUG_DMA_BUDGET 64
#define KPLUG_DMA_ROW    1 /* there is one of each thing */

int any_errno(void); /* 0 or less */
unsigned int kplug_channel_reserve(struct kplug_client *client, unsigned int num);
u64 kplug_channel_now(void);
bool kplug_channel_put_reserved(struct kplug_client *client, u64 now, u16 type, const u64 *data,
				unsigned int words);
void kplug_channel_wake(struct kplug_client *client);
void kplug_dma_watchdog_watch(struct kplug_dma_queue *q, unsigned long deadline);
void kplug_vector_synchronize(struct kplug_device *dev);

#endif /* PROVE_CORE_H */
