// SPDX-License-Identifier: MIT
/* The event ring and the ways to wait for it. */
#include "private.h"

#include <errno.h>

/* Looks at the ring between two looks at the clock, which costs more. */
#define LOOKS_PER_CLOCK 16

/* Stands in for a ring that is not there, so that the inline path need not ask. */
static struct kplug_ring_page empty_ring;

void kplug_ring_reset(struct kplug *k)
{
	k->ring = &empty_ring;
	k->records = NULL;
	k->mask = 0;
}

static int ring_fits(const struct kplug_ring_page *ring, uint32_t entries,
		     size_t size)
{
	uint64_t records_size = (uint64_t)entries * sizeof(struct kplug_event);

	return ring->entries == entries &&
	       ring->record_size == sizeof(struct kplug_event) &&
	       ring->records_offset >= sizeof(*ring) &&
	       ring->records_offset % sizeof(uint64_t) == 0 &&
	       ring->records_offset <= size &&
	       records_size <= size - ring->records_offset;
}

/*
 * Make the ring if one is wanted and missing. That a restricted opener may not
 * have one is no failure: it asks again once it is attached to a plugin.
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
		return -EPROTO;
	err = kplug_sys_mmap(p->fd, cmd.out_mmap_size, cmd.out_mmap_offset,
			     &map);
	if (err)
		return err;
	if (!ring_fits(map, cmd.entries, cmd.out_mmap_size)) {
		kplug_sys_munmap(map, cmd.out_mmap_size);
		return -EPROTO;
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
 * Run the user function, if the event has one; whether the program gets the
 * event. What is kept back must not look like a loss: it leaves the numbering.
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

int kplug_next_handled(struct kplug *k, struct kplug_event *event)
{
	const struct kplug_event *record;

	while ((record = kplug_peek(k))) {
		*event = *record;
		kplug_consume(k);
		if (deliver(k, event))
			return 1;
	}
	return 0;
}

static int take(struct kplug *k, struct kplug_event *events, unsigned int count)
{
	unsigned int got = 0;

	while (got < count && kplug_next(k, &events[got]))
		got++;
	return (int)got;
}

/* Run the user functions on @count events; how many remain, moved together. */
static unsigned int deliver_all(struct kplug *k, struct kplug_event *events,
				unsigned int count)
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
	ssize_t size = kplug_sys_read(kplug_private(k)->fd, events, count * sizeof(*events));

	return size < 0 ? (int)size : (int)((size_t)size / sizeof(*events));
}

int kplug_read(struct kplug *k, struct kplug_event *events, unsigned int count)
{
	int got;

	if (!count)
		return -EINVAL;
	if (!k->filtered)
		return read_events(k, events, count);
	do {
		got = read_events(k, events, count);
		if (got <= 0)
			return got;
		got = (int)deliver_all(k, events, (unsigned int)got);
	} while (!got);
	return got;
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/* Whether an event came before @until. */
static int spin(const struct kplug *k, uint64_t until)
{
	int i;

	do {
		for (i = 0; i < LOOKS_PER_CLOCK; i++) {
			if (kplug_peek(k))
				return 1;
			relax();
		}
	} while (kplug_sys_now() < until);
	return 0;
}

static int sleep_for_event(struct kplug *k, int64_t timeout_ns, int stop_fd)
{
	struct pollfd fds[2] = {
		{ .fd = kplug_fd(k), .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },	/* poll skips -1 */
	};
	int result = kplug_sys_poll(fds, 2, timeout_ns);

	if (result <= 0)
		return result;
	if (fds[1].revents)
		return -ECANCELED;
	return fds[0].revents & (POLLHUP | POLLERR) ? -ENODEV : result;
}

#define FOREVER (~0ull)

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

/* kplug_wait(), which a readable @stop_fd ends with -ECANCELED. */
int kplug_ring_wait(struct kplug *k, struct kplug_event *events,
		    unsigned int count, int64_t timeout_ns, int stop_fd)
{
	const struct kplug_private *p = kplug_private(k);
	const uint64_t deadline = deadline_of(timeout_ns);
	int got, slept = 1;

	for (;;) {
		/* What waits in the ring comes first, also of a gone device. */
		got = take(k, events, count);
		if (got || slept <= 0)
			return got ? got : slept;
		if (p->spin_ns && deadline && spin(k, spin_end(p, deadline)))
			continue;
		if (deadline == FOREVER && stop_fd < 0)
			return kplug_read(k, events, count);
		slept = sleep_for_event(k, time_left(deadline), stop_fd);
	}
}

int kplug_wait(struct kplug *k, struct kplug_event *events, unsigned int count,
	       int64_t timeout_ns)
{
	if (!count)
		return -EINVAL;
	if (!kplug_private(k)->ring_size)
		return -EBADFD;
	return kplug_ring_wait(k, events, count, timeout_ns, -1);
}
