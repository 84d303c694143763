// SPDX-License-Identifier: MIT
/* The event ring and the ways to wait for it. */
#include "private.h"

#include <errno.h>

/*
 * After this many withheld events in a row, a wait without a deadline returns, so that the
 * program can check its own state.
 */
#define MAX_WITHHELD 10000

/* Polls of the ring between two reads of the clock, which cost more. */
#define LOOKS_PER_CLOCK 16

/* Takes the place of a missing ring, so that the inline path need not check for one. */
static struct kplug_ring_page empty_ring;

void kplug_ring_reset(struct kplug *k)
{
	k->ring = &empty_ring;
	k->records = NULL;
	k->mask = 0;
}

static int ring_fits(const struct kplug_ring_page *ring, uint32_t entries, size_t size)
{
	uint64_t records_size = (uint64_t)entries * sizeof(struct kplug_event);

	return ring->entries == entries && ring->record_size == sizeof(struct kplug_event) &&
	       ring->records_offset >= sizeof(*ring) &&
	       ring->records_offset % sizeof(uint64_t) == 0 && ring->records_offset <= size &&
	       records_size <= size - ring->records_offset;
}

#define OTHER_RING "the kernel module has another event ring than libkplug"
#define NO_EVENTS  "there is no room for an event"

/*
 * Makes the ring if one is requested and missing. It is not an error when a restricted client
 * may not have one: the library tries again after attaching to a plugin.
 */
int kplug_ring_make(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);
	struct kplug_ring cmd = {
		.size = sizeof(cmd),
		.flags = p->ring_flags,
		.entries = p->ring_entries,
	};
	void *map;
	int err;

	if (!p->ring_entries || p->ring_size)
		return 0;
	err = kplug_ioctl(k, KPLUG_RING, &cmd);
	if (err)
		return err == -EPERM ? 0 : err;
	if (cmd.out_mmap_size < sizeof(*k->ring))
		return kplug_refuse(k, -EPROTO, OTHER_RING);
	err = kplug_mmap(k, p->fd, cmd.out_mmap_size, cmd.out_mmap_offset, &map);
	if (err)
		return err;
	if (!ring_fits(map, cmd.entries, cmd.out_mmap_size)) {
		kplug_sys_munmap(map, cmd.out_mmap_size);
		return kplug_refuse(k, -EPROTO, OTHER_RING);
	}
	k->ring = map;
	k->records = (const void *)((char *)map + k->ring->records_offset);
	k->mask = cmd.entries - 1;
	p->ring_size = cmd.out_mmap_size;
	return 0;
}

void kplug_ring_free(struct kplug *k)
{
	struct kplug_private *p = kplug_private(k);

	if (p->ring_size)
		kplug_sys_munmap(k->ring, p->ring_size);
	p->ring_size = 0;
	kplug_ring_reset(k);
}

void kplug_set_spin(struct kplug *k, uint64_t spin_ns)
{
	kplug_private(k)->spin_ns = spin_ns;
}

/*
 * Runs the user function, if the event has one. Returns whether the program gets the event. A
 * withheld event must not look like a loss, so it is left out of the numbering.
 */
static int deliver(struct kplug *k, struct kplug_event *event)
{
	struct kplug_private *p = kplug_private(k);

	if (!kplug_handler_run(k, event)) {
		p->withheld++;
		p->lost += event->lost;
		return 0;
	}
	event->seq -= p->withheld;
	event->lost += p->lost;
	p->lost = 0;
	return 1;
}

#define FOREVER (~0ull)

/* The conditions that end a wait without an event. */
struct patience {
	uint64_t deadline; /* in ns; 0 not to wait, or FOREVER */
	const struct kplug_listener *listener; /* its stop ends the wait; or NULL */
};

static int stopped(const struct kplug_listener *listener)
{
	return listener && __atomic_load_n(&listener->stop, __ATOMIC_RELAXED);
}

/* Checked between two events. A call that does not wait takes all events that are there. */
static int is_over(const struct patience *patience)
{
	if (stopped(patience->listener))
		return 1;
	return patience->deadline && patience->deadline != FOREVER &&
	       kplug_sys_now() >= patience->deadline;
}

static int before(uint64_t position, uint64_t end)
{
	return (int64_t)(end - position) > 0;
}

/*
 * Takes events up to @end, until the program gets one. The limit is needed for a device that
 * interrupts again as soon as its handler has run, which posts new events all the time.
 */
static int next_before(struct kplug *k, struct kplug_event *event, uint64_t end,
		       const struct patience *patience)
{
	while (before(k->ring->tail, end)) {
		*event = k->records[k->ring->tail & k->mask];
		kplug_consume(k);
		if (deliver(k, event))
			return 1;
		if (is_over(patience))
			break;
	}
	return 0;
}

/* Pairs with the kernel's release of head after it wrote the records. */
static uint64_t ring_end(const struct kplug *k)
{
	return __atomic_load_n(&k->ring->head, __ATOMIC_ACQUIRE);
}

int kplug_next_handled(struct kplug *k, struct kplug_event *event)
{
	static const struct patience none = { 0 };

	/* Runs of a handler do not overlap, so a handler gets no events. */
	return kplug_run_handler(k) ? 0 : next_before(k, event, ring_end(k), &none);
}

static unsigned int take_handled(struct kplug *k, struct kplug_event *events, unsigned int count,
				 const struct patience *patience)
{
	const uint64_t end = ring_end(k);
	unsigned int got = 0;

	while (got < count && next_before(k, &events[got], end, patience)) {
		got++;
		if (got < count && before(k->ring->tail, end) && is_over(patience))
			break;
	}
	return got;
}

/* May a function of the program have to run? */
static int is_filtered(const struct kplug *k)
{
	return __atomic_load_n(&k->filtered, __ATOMIC_RELAXED) != 0;
}

static int take(struct kplug *k, struct kplug_event *events, unsigned int count,
		const struct patience *patience)
{
	unsigned int got = 0;

	if (is_filtered(k))
		return (int)take_handled(k, events, count, patience);
	while (got < count && kplug_next(k, &events[got]))
		got++;
	return (int)got;
}

/* Runs the user functions on @count events. Returns how many remain, moved to the front. */
static unsigned int deliver_all(struct kplug *k, struct kplug_event *events, unsigned int count)
{
	unsigned int i, kept = 0;

	for (i = 0; i < count; i++) {
		events[kept] = events[i];
		kept += (unsigned int)deliver(k, &events[kept]);
	}
	return kept;
}

static int read_events(struct kplug *k, struct kplug_event *events, unsigned int count)
{
	ssize_t size;

	/* Otherwise their size might overflow. */
	if (count > KPLUG_MAX_RING)
		count = KPLUG_MAX_RING;
	size = kplug_sys_read(kplug_private(k)->fd, events, count * sizeof(*events));
	return size < 0 ? (int)size : (int)((size_t)size / sizeof(*events));
}

/*
 * Runs functions of the program on @got events, and reads on until some are for the caller. Out of
 * line: most programs have no such function, and want their event soon.
 */
static __attribute__((noinline)) int read_handled(struct kplug *k, struct kplug_event *events,
						  unsigned int count, int got)
{
	const struct kplug_private *p = kplug_private(k);
	const uint64_t withheld = p->withheld;

	while (got > 0) {
		got = (int)deliver_all(k, events, (unsigned int)got);
		if (got || p->withheld - withheld >= MAX_WITHHELD)
			break;
		got = read_events(k, events, count);
	}
	return got;
}

int kplug_read(struct kplug *k, struct kplug_event *events, unsigned int count)
{
	int got;

	if (!count)
		return kplug_refuse(k, -EINVAL, NO_EVENTS);
	if (kplug_run_handler(k))
		return kplug_refuse(k, -EDEADLK, IN_ITS_HANDLER);
	got = read_events(k, events, count);
	/* Checked after the read: another thread may have attached a function meanwhile. */
	if (is_filtered(k))
		got = read_handled(k, events, count, got);
	return got < 0 ? kplug_failed(k, 0, got) : got;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/* Polls until @until. Returns whether there is an event, or a stop of the listener. */
static int spin(const struct kplug *k, uint64_t until, const struct kplug_listener *listener)
{
	int i;

	do {
		for (i = 0; i < LOOKS_PER_CLOCK; i++) {
			if (kplug_peek(k))
				return 1;
			relax();
		}
		if (stopped(listener))
			return 1;
	} while (kplug_sys_now() < until);
	return 0;
}

static int sleep_for_event(struct kplug *k, int64_t timeout_ns,
			   const struct kplug_listener *listener)
{
	struct pollfd fds[2] = {
		{ .fd = kplug_fd(k), .events = POLLIN },
		/* poll(2) ignores -1 */
		{ .fd = listener ? listener->stop_fd : -1, .events = POLLIN },
	};
	int result = kplug_sys_poll(fds, 2, timeout_ns);

	if (result <= 0)
		return result;
	if (fds[1].revents)
		return -ECANCELED;
	return fds[0].revents & (POLLHUP | POLLERR) ? -ENODEV : result;
}

static uint64_t deadline_of(int64_t timeout_ns)
{
	if (timeout_ns < 0)
		return FOREVER;
	return timeout_ns ? kplug_sys_now() + (uint64_t)timeout_ns : 0;
}

static int64_t time_left(uint64_t deadline)
{
	uint64_t now;

	if (deadline == FOREVER)
		return -1;
	now = deadline ? kplug_sys_now() : 0;
	return deadline > now ? (int64_t)(deadline - now) : 0;
}

static uint64_t spin_end(const struct kplug_private *p, uint64_t deadline)
{
	uint64_t end = kplug_sys_now() + p->spin_ns;

	return end < deadline ? end : deadline;
}

/* kplug_wait(); the stop of @listener ends it with -ECANCELED. */
int kplug_ring_wait(struct kplug *k, struct kplug_event *events, unsigned int count,
		    int64_t timeout_ns, const struct kplug_listener *listener)
{
	const struct kplug_private *p = kplug_private(k);
	const struct patience patience = { deadline_of(timeout_ns), listener };
	const uint64_t withheld = p->withheld;
	int got, slept = 1;
	int64_t left = -1;

	for (;;) {
		if (stopped(listener))
			return -ECANCELED;
		/* Events in the ring come first, also when the device is gone. */
		got = take(k, events, count, &patience);
		if (got || slept <= 0)
			return got ? got : slept;
		/* All events that arrived in time have been taken. */
		if (!left)
			return 0;
		left = time_left(patience.deadline);
		if (left < 0 && !listener && p->withheld - withheld >= MAX_WITHHELD)
			return 0;
		if (p->spin_ns && left) {
			if (spin(k, spin_end(p, patience.deadline), listener))
				continue;
			left = time_left(patience.deadline);
		}
		if (left < 0 && !listener)
			return kplug_read(k, events, count);
		slept = sleep_for_event(k, left, listener);
	}
}

int kplug_wait(struct kplug *k, struct kplug_event *events, unsigned int count, int64_t timeout_ns)
{
	int got;

	if (!count)
		return kplug_refuse(k, -EINVAL, NO_EVENTS);
	if (kplug_run_handler(k))
		return kplug_refuse(k, -EDEADLK, IN_ITS_HANDLER);
	if (!kplug_private(k)->ring_size)
		return kplug_refuse(k, -ENOTCONN, NO_RING);
	got = kplug_ring_wait(k, events, count, timeout_ns, NULL);
	return got < 0 ? kplug_failed(k, 0, got) : got;
}
