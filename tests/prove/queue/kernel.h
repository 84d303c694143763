/* SPDX-License-Identifier: MIT */
/*
 * What the queue of transactions uses of the kernel. tools/prove puts this file in place of each of
 * the kernel's headers.
 *
 * All other tasks and interrupts are one function: whenever a task takes the spin lock, or has
 * waited, others_acted() gives what they share any value that others may leave there. So a proof
 * holds for every order and any number of them. A wait is over when its condition holds; waits that
 * never end are not looked at.
 */
#ifndef PROVE_KERNEL_H
#define PROVE_KERNEL_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "prove.h"

void others_acted(void);
void check_change(void);

#define __user
#define noinline
#define __acquires(lock)
#define __releases(lock)
#define EXPORT_SYMBOL_GPL(name)
#define WARN_ON_ONCE(condition)         prove(!(condition), "WARN_ON_ONCE()")
#define kplug_uninitialized             /* nothing */
#define lockdep_assert_held(lock)       prove((lock)->held, "lockdep_assert_held()")
#define ARRAY_SIZE(a)                   (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))
#define min_t(type, a, b)               min((type)(a), (type)(b))
#define u64_to_user_ptr(x)              ((void *)(uintptr_t)(x))

typedef __u64 dma_addr_t;
typedef unsigned int gfp_t;

/* How often the task has looked at what others change. */
static unsigned int looks;
static bool pumps = true; /* It starts others, too. */

/*
 * Lists, of one element at most: what a task does with each element of a list does not depend on
 * the number of the others. Of a loop over a list that others fill, two rounds show the same as
 * more.
 * There is one of each thing, so that CBMC need not follow pointers to find it.
 */
struct list_head {
	bool full; /* of a head */
	struct list_head *in; /* of a node: the head, or NULL */
};

struct transaction;
struct kplug_client;
extern struct transaction one_transaction;
extern struct kplug_client one_client;

#define LIST_HEAD(name)                              struct list_head name = { false, NULL }
#define INIT_LIST_HEAD(list)                         ((list)->full = false)
#define list_empty(list)                             (!(list)->full)
#define list_empty_careful(list)                     (!pumps || looks++ >= 3 || list_empty(list))
#define list_first_entry_or_null(list, type, member) (list_empty(list) ? NULL : &one_transaction)
#define list_for_each_entry(pos, list, member)                                          \
	for (bool is_there_ = (pos = _Generic((pos), struct transaction *               \
					      : &one_transaction, struct kplug_client * \
					      : &one_client),                           \
			      !list_empty(list));                                       \
	     is_there_; is_there_ = false)
#define list_for_each_entry_safe(pos, n, list, member) list_for_each_entry(pos, list, member)

static void list_del(struct list_head *node)
{
	prove(node->in, "in a list");
	node->in->full = false;
	node->in = NULL;
}

static void list_add_tail(struct list_head *node, struct list_head *list)
{
	prove(!node->in, "in no list yet");
	node->in = list;
	list->full = true;
}

/* Locks. Others have released them when a task gets them. */
typedef struct {
	bool held;
} raw_spinlock_t;

struct mutex {
	bool held;
};

static void raw_spin_lock_irq(raw_spinlock_t *lock)
{
	prove(!lock->held, "taken once");
	lock->held = true;
	others_acted();
}

static void raw_spin_unlock_irq(raw_spinlock_t *lock)
{
	prove(lock->held, "released once");
	check_change();
	lock->held = false;
}

static void mutex_lock(struct mutex *lock)
{
	prove(!lock->held, "taken once");
	lock->held = true;
}

static void mutex_unlock(struct mutex *lock)
{
	prove(lock->held, "released once");
	lock->held = false;
}

static int mutex_lock_killable(struct mutex *lock)
{
	if (any_bool())
		return -EINTR;
	mutex_lock(lock);
	return 0;
}

#define raw_spin_lock_init(lock)                ((lock)->held = false)
#define raw_spin_lock_irqsave(lock, flags)      ((flags) = 0, raw_spin_lock_irq(lock))
#define raw_spin_unlock_irqrestore(lock, flags) ((void)(flags), raw_spin_unlock_irq(lock))
#define raw_spin_unlock(lock)                   raw_spin_unlock_irq(lock)
#define local_irq_restore(flags)                ((void)(flags))
#define preempt_disable()                       ((void)0)
#define preempt_enable()                        ((void)0)
#define mutex_init(lock)                        ((lock)->held = false)
#define rcu_read_lock()                         ((void)0)
#define rcu_read_unlock()                       ((void)0)

/* Waiting */
typedef int wait_queue_head_t;
typedef int cpumask_t;

struct irq_work {
	int unused;
};

struct work_struct {
	int unused;
};

struct delayed_work {
	struct work_struct work;
};

#define system_long_wq          NULL
#define init_waitqueue_head(q)  ((void)(q))
#define wake_up_all(q)          ((void)(q))
#define wq_has_sleeper(q)       any_bool()
#define init_irq_work(work, fn) ((void)(work), (void)(fn))
#define INIT_WORK(work, fn)     ((void)(work), (void)(fn))
#define irq_work_queue(work)    ((void)(work))
#define irq_work_sync(work)     ((void)(work))
#define queue_work(queue, work) ((void)(work))
#define cancel_work_sync(work)  ((void)(work))
#define synchronize_rcu()       ((void)0)
#define cond_resched()          ((void)0)
#define fatal_signal_pending(t) any_bool()
#define wait_event(queue, condition) \
	do {                         \
		(void)(queue);       \
		others_acted();      \
		assume(condition);   \
	} while (0)

/* One look at the end of a time is enough: the state is the same after more of them. */
#define usleep_range(from, to)       \
	do {                         \
		others_acted();      \
		assume(looks++ < 1); \
	} while (0)
#define cpu_relax() assume(looks++ < 1)

#define NSEC_PER_USEC        1000
#define jiffies              any_u32()
#define msecs_to_jiffies(ms) (ms)
#define time_before(a, b)    ((int32_t)((a) - (b)) < 0)
#define ktime_get_ns()       any_u64()

/* Counters */
struct kref {
	int count;
};

#define atomic_read(a) (*(a)).counter
#define atomic_inc(a)  ((void)(*(a)).counter++)
#define kref_get(ref)  ((void)(ref)->count++)

/* An array of what a client has. */
struct xarray {
	int unused;
};

struct xa_state {
	int unused;
};

#define XA_STATE(name, array, index) struct xa_state name = { 0 }
#define xas_lock(xas)                ((void)(xas))
#define xas_unlock(xas)              ((void)(xas))
#define xas_set(xas, index)          ((void)(xas))
#define xas_load(xas)                (any_bool() ? &one_transaction : NULL)
#define xa_is_zero(t)                false
#define xa_for_each(array, id, t)    for (id = 0, (t) = &one_transaction; id < 1; id++)

#endif /* PROVE_KERNEL_H */
