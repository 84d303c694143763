/* SPDX-License-Identifier: MIT */
/* Vectors, their handlers, and the events that they post. */
#ifndef LIBKPLUG_EVENTS_H
#define LIBKPLUG_EVENTS_H

#include <kplug/device.h>

#ifdef __cplusplus
extern "C" {
/* Some functions and structures share a name, like stat() and struct stat. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * kplug_vector_info() - get the state and the counters of a vector
 * @k: the device
 * @vector: number of the vector
 * @info: filled
 *
 * Return: 0; -ENOENT when there is no such vector; -ENODEV.
 */
int kplug_vector_info(struct kplug *k, unsigned int vector, struct kplug_vector_info *info);

/**
 * kplug_irq_mode() - choose between INTx, MSI and MSI-X
 * @k: the device
 * @mode: the mode; KPLUG_IRQ_AUTO selects the best available one
 * @count: requested number of vectors, 0 for as many as possible
 *
 * The call is optional. Without it the first kplug_attach() to a vector selects
 * KPLUG_IRQ_AUTO.
 *
 * Return: number of vectors, at least 1; -EBUSY while a vector is armed; -EOPNOTSUPP when
 * the device does not have the mode; -ENOSPC or -ENOMEM when the machine lacks vectors or
 * memory for it; -EINVAL, -EPERM, -ENODEV.
 */
int kplug_irq_mode(struct kplug *k, enum kplug_irq_mode mode, unsigned int count);

/**
 * struct kplug_handler - the handler of a vector; name one place for it or several
 * @plugin: name of a kernel plugin
 * @steps: a recipe; the kernel copies it
 * @num_steps: number of @steps
 * @user: a function of this program, written against kplug/handler.h
 * @ctx: passed to @user in kplug_irq.ctx
 * @event_type: type of this vector's events, KPLUG_EVENT_CUSTOM or above; 0 for
 *	KPLUG_EVENT_IRQ
 * @plugin_version: oldest version of @plugin's messages that this program accepts, as the
 *	plugin's own header defines it; 0 for any
 */
struct kplug_handler {
	const char *plugin;
	const struct kplug_step *steps;
	unsigned int num_steps;
	unsigned int (*user)(struct kplug_irq *irq);
	void *ctx;
	unsigned int event_type;
	unsigned int plugin_version;
};

/**
 * kplug_attach() - give a vector its handler and enable it
 * @k: the device
 * @vector: number of the vector, or KPLUG_NO_VECTOR to attach to the plugin alone
 * @handler: copied; @handler->user and what it uses must stay valid
 *
 * Uses the first of plugin, recipe and user function that @handler names. If the plugin
 * is missing and @handler names another place, it uses that one. If @handler names a user
 * function or nothing, the kernel masks an INTx or wired line and notifies.
 *
 * A user function runs inside kplug_next(), kplug_wait(), kplug_read(), or the thread of
 * kplug_listen(). The library maps for it what kplug_map() can map; the function reaches
 * other registers (ports, regions smaller than a page) with system calls. Afterwards the
 * library unmasks the line, copies the captured words into the event, and drops the event
 * if the verdict lacks KPLUG_NOTIFY. The program thus sees the same events wherever its
 * handler runs. "Handlers and callbacks" in libkplug(3) lists the functions of the library
 * that a handler may call.
 *
 * A function that does not silence its device runs again and again. The kernel masks a
 * line that stays asserted and posts KPLUG_EVENT_STORM. kplug_next(), kplug_wait() and
 * kplug_read() return as documented even then.
 *
 * Return: the place of the handler, an enum kplug_handler_kind; -ENOENT when there is no such
 * vector, or no such plugin and @handler names no other place; -EBUSY when another plugin
 * or another program's handler is in use; -EALREADY when this program has attached the
 * vector, or is still detaching it; -EINVAL for a bad recipe; -EPERM, also when a user
 * function could not reach all registers, or could not write them because the kernel is
 * locked down (KPLUG_REGION_LOCKED); -ENODEV, -ENOMEM, or an error of the plugin.
 */
int kplug_attach(struct kplug *k, unsigned int vector, const struct kplug_handler *handler);

/**
 * kplug_detach() - undo kplug_attach()
 * @k: the device
 * @vector: the vector passed to kplug_attach()
 *
 * Waits for a run of the handler in another thread. When it returns 0 or -ENODEV, the
 * handler does not run any more. After another error the vector is as before. Events that
 * are already in the ring arrive as the kernel posted them. The program leaves the plugin
 * with the last vector that it attached to it.
 *
 * Return: 0; -ENOTCONN when the vector is not attached; -EDEADLK inside the handler of
 * @vector; -ENODEV.
 */
int kplug_detach(struct kplug *k, unsigned int vector);

/**
 * kplug_unmask() - enable a masked vector again
 * @k: the device
 * @vector: a vector that this program attached
 *
 * It is needed after KPLUG_EVENT_STORM. On INTx or a wired line it is also needed after
 * each event of a handler without a function (a struct kplug_handler of all zeros), once
 * the program has silenced the device.
 *
 * Return: 0; -ENOTCONN when this program has not attached the vector; -ENODEV.
 */
int kplug_unmask(struct kplug *k, unsigned int vector);

/**
 * kplug_affinity_set() - choose the CPUs that handle a vector
 * @k: the device
 * @vector: an armed vector
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: the CPUs: a cpu_set_t, or an array of 64-bit words
 *
 * A shared INTx line has the same CPUs for all of its users. The choice lasts while the
 * vector is armed, unless the kernel or an administrator changes it (/proc/irq).
 *
 * Return: 0; -EINVAL for a bad length, or when none of the CPUs is online; -ENOTCONN when
 * the vector is not armed; -ENOENT when there is no such vector; -EOPNOTSUPP on a virtual
 * device; -ENOSPC, -ENOMEM, -EFAULT, -EPERM, -ENODEV.
 */
int kplug_affinity_set(struct kplug *k, unsigned int vector, size_t length, const void *mask);

/**
 * kplug_affinity_get() - get the CPUs that may handle a vector
 * @k: the device
 * @vector: an armed vector
 * @length: bytes at @mask, a multiple of 8, at most KPLUG_MAX_CPU_MASK
 * @mask: filled completely
 *
 * Every client may call it.
 *
 * Return: 0; -EINVAL for a bad length, or when the CPUs of the machine do not fit;
 * otherwise see kplug_affinity_set().
 */
int kplug_affinity_get(struct kplug *k, unsigned int vector, size_t length, void *mask);

/**
 * kplug_subscribe() - choose the vectors whose events the program receives
 * @k: the device
 * @vectors: numbers of the vectors, or NULL for all, which is the initial choice
 * @num: number of @vectors; 0 for none
 *
 * Each call replaces the previous choice, for the ring and for eventfds. Events without a
 * vector, such as KPLUG_EVENT_REMOVED and KPLUG_EVENT_DMA, always arrive. Events that are
 * already in the ring stay there.
 *
 * Return: 0; -EINVAL for a number that is not below KPLUG_MAX_VECTORS; -ENOTTY when the
 * kernel module is older; -ENODEV.
 */
int kplug_subscribe(struct kplug *k, const unsigned int *vectors, unsigned int num);

/**
 * kplug_eventfd() - count a vector's events in an eventfd(2)
 * @k: the device
 * @vector: number of the vector
 * @fd: the eventfd, or -1 to stop
 *
 * The kernel holds the eventfd, so @fd may be closed. A handler that runs in this program
 * has not run yet when the eventfd is signalled; kplug_wait() runs it.
 *
 * Return: 0; -ENOENT when there is no such vector; -EBADF when @fd is not open; -EINVAL
 * when it is not an eventfd; -EPERM, -ENODEV, -ENOMEM.
 */
int kplug_eventfd(struct kplug *k, unsigned int vector, int fd);

/**
 * kplug_peek() - look at the oldest event in the ring
 * @k: the device
 *
 * The event is not copied, and there is no system call. The event is as the kernel posted
 * it: a user function has not run for it.
 *
 * Return: the event, valid until kplug_consume(); NULL when the ring is empty.
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
 * kplug_consume() - remove the event of kplug_peek() from the ring
 * @k: the device
 *
 * Call it only after kplug_peek() has returned an event.
 */
static inline void kplug_consume(struct kplug *k)
{
	/* From here on the kernel may reuse the record. */
	__atomic_store_n(&k->ring->tail, k->ring->tail + 1, __ATOMIC_RELEASE);
}

/* The slow path of kplug_next(), for programs with a user function. */
int kplug_next_handled(struct kplug *k, struct kplug_event *event);

/**
 * kplug_next() - take the oldest event out of the ring
 * @k: the device
 * @event: filled
 *
 * Makes no system call unless a user function has to run. That function runs for the
 * events that were in the ring at the time of the call, not for events that arrive
 * meanwhile.
 *
 * Return: 1, or 0 when there is no event.
 */
static inline int kplug_next(struct kplug *k, struct kplug_event *event)
{
	const struct kplug_event *record = kplug_peek(k);

	if (!record)
		return 0;
	/* Not before kplug_peek(): another thread may have attached a function just now. */
	if (__atomic_load_n(&k->filtered, __ATOMIC_RELAXED))
		return kplug_next_handled(k, event);
	*event = *record;
	kplug_consume(k);
	return 1;
}

/**
 * kplug_wait() - wait for events
 * @k: the device
 * @events: room for @count events
 * @count: at least 1
 * @timeout_ns: longest wait in ns; 0 not to wait, -1 to wait for ever
 *
 * Polls the ring for the time of kplug_set_spin(), then sleeps. After
 * KPLUG_EVENT_REMOVED it returns -ENODEV.
 *
 * It checks the time between two runs of this program's handler, so it takes at most
 * @timeout_ns and one run. A wait without a timeout also returns 0, after some thousand
 * runs in a row that gave the program no event.
 *
 * A signal ends the wait while the thread sleeps, but not while it polls the ring or runs
 * a handler. A signal handler installed with SA_RESTART does not end a wait without a
 * timeout.
 *
 * Return: number of events, at most @count; 0 after the timeout; -EINVAL when @count is 0;
 * -ENOTCONN without a ring; -EINTR after a signal; -EDEADLK in a handler; -ENODEV; -EAGAIN
 * when the program made the descriptor non-blocking and waits without a timeout.
 */
int kplug_wait(struct kplug *k, struct kplug_event *events, unsigned int count, int64_t timeout_ns);

/**
 * kplug_read() - wait for events directly in read(2)
 * @k: the device
 * @events: room for @count events
 * @count: at least 1
 *
 * This is the fastest way to sleep until an event arrives: it takes one system call.
 *
 * Return: see kplug_wait().
 */
int kplug_read(struct kplug *k, struct kplug_event *events, unsigned int count);

/**
 * kplug_set_spin() - set how long kplug_wait() polls the ring before it sleeps
 * @k: the device
 * @spin_ns: time in ns; 0 to sleep at once
 */
void kplug_set_spin(struct kplug *k, uint64_t spin_ns);

/**
 * kplug_listen() - receive events in a thread of the library
 * @k: the device
 * @callback: called for each event in turn
 * @ctx: passed to @callback
 *
 * The thread takes the events until kplug_unlisten(), kplug_close() or
 * KPLUG_EVENT_REMOVED, which is its last event. Signals do not end it, including those
 * that setuid(2) uses internally.
 *
 * Return: 0; -EALREADY when the program listens already; -ENOTCONN without a ring;
 * -ENOMEM; -EAGAIN when the limit on threads is reached.
 */
int kplug_listen(struct kplug *k,
		 void (*callback)(struct kplug *k, const struct kplug_event *event, void *ctx),
		 void *ctx);

/**
 * kplug_unlisten() - stop kplug_listen()
 * @k: the device
 *
 * Waits for a callback that is running. When it returns, the callback does not run any
 * more. Events that the callback has not received stay in the ring.
 *
 * Return: 0; -ENOTCONN when the program does not listen; -EDEADLK in the callback itself,
 * or in a handler that runs in its thread.
 */
int kplug_unlisten(struct kplug *k);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* LIBKPLUG_EVENTS_H */
