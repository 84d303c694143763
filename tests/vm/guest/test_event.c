// SPDX-License-Identifier: MIT
// The event channel: every way to wait, exact loss, clients and processes side by side.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE sizeof(struct kplug_event)

/* The null device with some vectors armed. */
static struct kplug *null_armed(unsigned int entries, int vectors)
{
	struct kplug *null = null_open(entries);

	for (int v = 0; v < vectors; v++)
		ck_assert_int_eq(kplug_attach(null, v, &null_plugin), KPLUG_HANDLER_PLUGIN);
	return null;
}

/* Fires from another thread, a while later. */
struct firer {
	struct kplug *null;
	unsigned int vector, count, delay_ms;
	pthread_t thread;
};

static void *fire(void *argument)
{
	const struct firer *firer = argument;

	sleep_ms(firer->delay_ms);
	null_fire(firer->null, firer->vector, firer->count);
	return NULL;
}

static void firer_start(struct firer *firer)
{
	OK(pthread_create(&firer->thread, NULL, fire, firer));
}

static void firer_join(struct firer *firer)
{
	OK(pthread_join(firer->thread, NULL));
}

/* What a client has received so far; each missing event must be counted. */
struct account {
	uint64_t received, lost, t_post[NULL_VECTORS], word[NULL_VECTORS];
};

static void account_for(struct account *account, const struct kplug_event *event)
{
	account->lost += event->lost;
	ck_assert_int_eq(event->seq, account->received + account->lost);
	account->received++;
	ck_assert(event->t_hard <= event->t_handler_end && event->t_handler_end <= event->t_post);
	if (event->vector == KPLUG_NO_VECTOR)
		return;
	ck_assert_int_lt(event->vector, NULL_VECTORS);
	ck_assert(event->t_post >= account->t_post[event->vector]);
	ck_assert(event->data[0] >= account->word[event->vector]);
	account->t_post[event->vector] = event->t_post;
	account->word[event->vector] = event->data[0] + 1;
}

/* Empties the ring; returns exactly how many events are missing at its end. */
static void account_close(struct account *account, struct kplug *k, uint64_t posted)
{
	struct kplug_event event;

	while (kplug_next(k, &event))
		account_for(account, &event);
	ck_assert_int_eq(k->ring->head, account->received);
	ck_assert_int_eq(account->received + k->ring->dropped, posted);
}

enum { BY_READ, BY_WAIT, BY_SPIN, BY_POLL, BY_EPOLL };

static int way_of(const char *variant)
{
	static const char *const ways[] = { "read", "wait", "spin", "poll", "epoll" };
	int i = 0;

	while (strcmp(ways[i], variant))
		i++;
	return i;
}

static void wait_by_poll(struct kplug *k, int milliseconds, int expected)
{
	struct pollfd fd = { .fd = kplug_fd(k), .events = POLLIN };

	ck_assert_int_eq(poll(&fd, 1, milliseconds), expected);
	ck_assert_int_eq(fd.revents, expected ? POLLIN : 0);
}

static void wait_by_epoll(struct kplug *k, int milliseconds, int expected)
{
	struct epoll_event wanted = { .events = EPOLLIN | EPOLLET, .data.u64 = 42 }, got = { 0 };
	int epoll = epoll_create1(0);

	OK(epoll_ctl(epoll, EPOLL_CTL_ADD, kplug_fd(k), &wanted));
	ck_assert_int_eq(epoll_wait(epoll, &got, 1, milliseconds), expected);
	ck_assert_int_eq(got.events, expected ? EPOLLIN : 0);
	close(epoll);
}

/* An event that comes while the client sleeps, and one that is there already. */
TEST(event, waiting, .variants = VARIANTS("read", "wait", "spin", "poll", "epoll"))
{
	const int way = way_of(variant);
	struct firer firer = { .count = 1, .delay_ms = 50 };
	struct kplug_event events[2];
	struct kplug *null;

	core_start();
	firer.null = null = null_armed(16, 1);
	kplug_set_spin(null, way == BY_SPIN ? 5000 * MS : 0);
	for (int i = 0; i < 10; i++, firer.delay_ms = i % 2 * 20) {
		if (way == BY_POLL)
			wait_by_poll(null, 0, 0);
		if (way == BY_EPOLL)
			wait_by_epoll(null, 0, 0);
		firer_start(&firer);
		if (way == BY_POLL)
			wait_by_poll(null, 10000, 1);
		if (way == BY_EPOLL)
			wait_by_epoll(null, 10000, 1);
		if (way == BY_READ)
			ck_assert_int_eq(kplug_read(null, events, 2), 1);
		else
			ck_assert_int_eq(kplug_wait(null, events, 2, 10000 * MS), 1);
		ck_assert_int_eq(events[0].seq, i);
		firer_join(&firer);
	}
	no_event(null);
}

/* Sleeps when the spinning found nothing. */
TEST(event, spin_then_sleep)
{
	struct firer firer = { .count = 1, .delay_ms = 100 };
	struct kplug_event event;
	struct kplug *null;

	core_start();
	firer.null = null = null_armed(16, 1);
	kplug_set_spin(null, 1 * MS);
	firer_start(&firer);
	ck_assert_int_eq(kplug_wait(null, &event, 1, -1), 1);
	firer_join(&firer);
}

TEST(event, timeouts)
{
	struct kplug_event event;
	struct kplug *null, *deaf;
	uint64_t start;

	core_start();
	null = null_armed(16, 1);
	ck_assert_int_eq(kplug_wait(null, &event, 1, 0), 0);
	for (int spin = 0; spin < 2; spin++) {
		kplug_set_spin(null, spin * MS);
		start = now_ns();
		ck_assert_int_eq(kplug_wait(null, &event, 1, 30 * MS), 0);
		ck_assert(now_ns() - start >= 30 * MS);
	}
	ck_assert_int_eq(kplug_wait(null, &event, 0, 0), -EINVAL);

	fcntl(kplug_fd(null), F_SETFL, O_NONBLOCK);
	ck_assert_int_eq(kplug_read(null, &event, 1), -EAGAIN);
	null_fire(null, 0, 1);
	ck_assert_int_eq(kplug_read(null, &event, 1), 1);
	ck_assert_int_eq(kplug_read(null, &event, 1), -EAGAIN);

	deaf = null_open(0);
	ck_assert_int_eq(kplug_wait(deaf, &event, 1, 0), -ENOTCONN);
	ck_assert_int_eq(kplug_read(deaf, &event, 1), -ENOTCONN);
}

static void on_signal(int signal)
{
	(void)signal;
}

TEST(event, signal_ends_wait, .variants = VARIANTS("read", "wait"))
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct kplug_event event;
	struct kplug *null;
	pid_t child;
	int status;

	core_start();
	null = null_armed(16, 1);
	child = fork();
	if (!child) {
		sigaction(SIGALRM, &action, NULL);
		alarm(1);
		if (way_of(variant) == BY_READ)
			_exit(kplug_read(null, &event, 1) != -EINTR);
		_exit(kplug_wait(null, &event, 1, 20000 * MS) != -EINTR);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

/* read(2) itself: whole records, as many as fit; a record that could not be copied stays. */
TEST(event, read_whole_records)
{
	const long page = sysconf(_SC_PAGESIZE);
	struct kplug_event events[8];
	struct kplug *null;
	char *edge;

	core_start();
	null = null_armed(16, 1);
	null_fire(null, 0, 10);
	ck_assert_int_eq(read(kplug_fd(null), events, SIZE - 1), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(read(kplug_fd(null), events, 0), -1);

	ck_assert_int_eq(read(kplug_fd(null), events, SIZE), SIZE);
	ck_assert_int_eq(events[0].seq, 0);
	ck_assert_int_eq(read(kplug_fd(null), events, 3 * SIZE - 1), 2 * SIZE);
	ck_assert_int_eq(events[1].seq, 2);

	/* The memory ends in the middle of the third. */
	edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(edge + page, page);
	ck_assert_int_eq(read(kplug_fd(null), edge + page - 2 * SIZE - 8, 5 * SIZE), 2 * SIZE);
	ck_assert_int_eq(read(kplug_fd(null), edge + page - 8, SIZE), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(read(kplug_fd(null), events, sizeof(events)), 5 * SIZE);
	ck_assert_int_eq(events[0].seq, 5);
	ck_assert_int_eq(write(kplug_fd(null), events, SIZE), -1);
	ck_assert_int_eq(errno, EINVAL);
}

TEST(event, full_ring_drops_and_counts)
{
	struct kplug_event event;
	struct kplug *null;

	core_start();
	null = null_armed(8, 1);
	null_fire(null, 0, 100);
	ck_assert_int_eq(null->ring->head, 7); /* the eighth is for STORM and REMOVED */
	ck_assert_int_eq(null->ring->dropped, 93);
	ck_assert_int_eq(vector_info(null, 0).out_posted, 100);
	ck_assert_int_eq(vector_info(null, 0).out_dropped, 93);
	for (int i = 0; i < 7; i++) {
		event = next_event(null);
		ck_assert_int_eq(event.seq, i);
		ck_assert_int_eq(event.lost, 0);
		ck_assert_int_eq(event.data[0], i);
	}
	no_event(null);
	null_fire(null, 0, 2);
	event = next_event(null);
	ck_assert_int_eq(event.seq, 100);
	ck_assert_int_eq(event.lost, 93);
	event = next_event(null);
	ck_assert_int_eq(event.seq, 101);
	ck_assert_int_eq(event.lost, 0);
}

#define FLOOD 4000

/* Producers on all vectors and both CPUs, consumers of each kind, rings that are too small. */
TEST(event, exact_loss, .variants = VARIANTS("map", "read", "slow"), .timeout = 90)
{
	const bool slow = !strcmp(variant, "slow"), map = !strcmp(variant, "map");
	struct firer firers[NULL_VECTORS];
	uint64_t posted = 0, dropped = 0;
	struct account account = { 0 };
	struct kplug_event events[16];
	struct kplug *null;

	core_start();
	null = null_armed(slow ? 64 : 1024, NULL_VECTORS);
	for (int v = 0; v < NULL_VECTORS; v++) {
		firers[v] = (struct firer){ .null = null, .vector = v, .count = FLOOD };
		firer_start(&firers[v]);
	}
	while (null->ring->head + null->ring->dropped < NULL_VECTORS * FLOOD) {
		int got = map ? kplug_next(null, events) :
				kplug_wait(null, events, ARRAY_SIZE(events), 10 * MS);

		for (int i = 0; i < got; i++)
			account_for(&account, &events[i]);
		if (slow)
			sleep_ms(5);
	}
	for (int v = 0; v < NULL_VECTORS; v++) {
		firer_join(&firers[v]);
		posted += vector_info(null, v).out_posted;
		dropped += vector_info(null, v).out_dropped;
	}
	ck_assert_int_eq(posted, NULL_VECTORS * FLOOD);
	account_close(&account, null, posted);
	ck_assert_int_eq(null->ring->dropped, dropped);
	if (slow)
		ck_assert_int_gt(dropped, 0);
}

/* A real device, raised faster than the program reads. */
TEST(event, exact_loss_on_edu, .variants = VARIANTS("intx", "msi"))
{
	struct account account = { 0 };
	struct kplug_vector_info info;
	struct kplug_event event;
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	OK(module_load("kplug_edu"));
	edu = device_open_ring(EDU1, 16);
	OK(kplug_map(edu, EDU_REGION));
	ck_assert_int_eq(
		kplug_irq_mode(edu, !strcmp(variant, "intx") ? KPLUG_IRQ_INTX : KPLUG_IRQ_MSI, 0),
		1);
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	for (int i = 0; i < 5000; i++) {
		edu_raise(edu, 1);
		if (i % 8 == 0 && kplug_next(edu, &event)) {
			event.vector = KPLUG_NO_VECTOR; /* the words are not the null plugin's */
			account_for(&account, &event);
		}
	}
	ck_assert(WAIT_UNTIL(!kplug_read32(kplug_io_user(edu), EDU_REGION, EDU_IRQ_STATUS), 5000));
	sleep_ms(20);
	info = vector_info(edu, 0);
	ck_assert_int_eq(info.out_handled, info.out_posted);
	while (kplug_next(edu, &event)) {
		event.vector = KPLUG_NO_VECTOR;
		account_for(&account, &event);
	}
	account_close(&account, edu, info.out_posted);
	ck_assert_int_eq(edu->ring->dropped, info.out_dropped);
}

/* The slow client loses events, the quick one does not. */
TEST(event, clients_have_cursors_of_their_own)
{
	struct account of_quick = { 0 }, of_slow = { 0 };
	struct kplug *quick, *slow, *late;
	struct kplug_event event;

	core_start();
	quick = null_armed(1024, 1);
	slow = null_open(4);
	for (int i = 0; i < 100; i++) {
		null_fire(quick, 0, 7);
		while (kplug_next(quick, &event))
			account_for(&of_quick, &event);
		if (kplug_next(slow, &event))
			account_for(&of_slow, &event);
	}
	account_close(&of_quick, quick, 700);
	account_close(&of_slow, slow, 700);
	ck_assert_int_eq(of_quick.received, 700);
	ck_assert_int_gt(slow->ring->dropped, 0);
	ck_assert_int_eq(vector_info(quick, 0).out_dropped, slow->ring->dropped);

	/* A later client begins at 0, with the next event. */
	late = null_open(4);
	no_event(late);
	null_fire(quick, 0, 1);
	event = next_event(late);
	ck_assert_int_eq(event.seq, 0);
	ck_assert_int_eq(event.data[0], 700);
}

static int consume_in_child(int ready)
{
	struct kplug *null = null_open(64);
	struct account account = { 0 };
	struct kplug_event event;

	if (write(ready, "", 1) != 1)
		return 1;
	while (account.received + account.lost < 1000) {
		if (kplug_wait(null, &event, 1, 10000 * MS) != 1)
			return 2;
		account_for(&account, &event);
	}
	return 0;
}

TEST(event, processes, .smoke = true)
{
	struct kplug *null;
	int ready[2], status;
	pid_t children[2];
	char byte;

	core_start();
	null = null_armed(64, 1);
	OK(pipe(ready));
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (!children[i])
			_exit(consume_in_child(ready[1]));
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	}
	for (int i = 0; i < 1000; i++) {
		null_fire(null, 0, 1);
		/* The last one shows each child what it lost. */
		if (i % 50 == 0 || i > 990)
			sleep_ms(2);
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
}

/* A child that inherits the client shares its cursor: together they get each event once. */
TEST(event, fork_shares_client)
{
	struct kplug_event event;
	struct kplug *null;
	int result[2];
	uint64_t seen[2] = { 0 }, seq;
	int mine = 0, theirs = 0;
	pid_t child;

	core_start();
	null = null_armed(256, 1);
	OK(pipe(result));
	fcntl(kplug_fd(null), F_SETFL, O_NONBLOCK);
	null_fire(null, 0, 100);
	child = fork();
	if (!child) {
		while (read(kplug_fd(null), &event, SIZE) == SIZE)
			if (write(result[1], &event.seq, sizeof(event.seq)) != sizeof(event.seq))
				_exit(1);
		_exit(0);
	}
	while (read(kplug_fd(null), &event, SIZE) == SIZE) {
		seen[event.seq / 64] |= 1ull << event.seq % 64;
		mine++;
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close(result[1]);
	while (read(result[0], &seq, sizeof(seq)) == sizeof(seq)) {
		ck_assert(!(seen[seq / 64] & 1ull << seq % 64));
		theirs++;
	}
	ck_assert_int_eq(mine + theirs, 100);
}

/* A program that overwrites its ring harms itself alone. */
TEST(event, hostile_ring, .smoke = true)
{
	static const int64_t offsets[] = {
		1, 2, 1000, INT64_MAX, INT64_MIN, -9, -1000, -(1ll << 32)
	};
	struct kplug *hostile, *other;
	struct kplug_event event;
	struct kplug_ring_page kept;

	core_start();
	hostile = null_armed(8, 1);
	other = null_open(64);
	null_fire(hostile, 0, 5);
	fcntl(kplug_fd(hostile), F_SETFL, O_NONBLOCK);
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		uint64_t dropped = hostile->ring->dropped;

		hostile->ring->tail = hostile->ring->head + offsets[i];
		null_fire(hostile, 0, 3);
		ck_assert_int_eq(hostile->ring->dropped, dropped + 3);
		ck_assert_int_eq(read(kplug_fd(hostile), &event, SIZE), -1);
		ck_assert_int_eq(errno, EINVAL);
		hostile->ring->tail = hostile->ring->head;
	}
	/* All but the tail: the kernel uses its own copies. */
	kept = *hostile->ring;
	memset(hostile->ring, 0xff, offsetof(struct kplug_ring_page, tail));
	memset((void *)hostile->records, 0xff, 8 * SIZE);
	null_fire(hostile, 0, 2);
	ck_assert_int_eq(hostile->ring->head, kept.head + 2);
	ck_assert_int_eq(read(kplug_fd(hostile), &event, SIZE), SIZE);
	ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
	ck_assert_int_eq(event.lost, kept.dropped);

	for (size_t i = 0; i < 5 + 3 * ARRAY_SIZE(offsets) + 2; i++)
		ck_assert_int_eq(next_event(other).seq, i);
}

TEST(event, ring_limits)
{
	static const uint32_t bad[] = {
		0, 1, 3, 1000, KPLUG_MAX_RING + 1, 2 * KPLUG_MAX_RING, 1u << 31, ~0u
	};
	struct kplug_ring ring;
	struct kplug *null;

	core_start();
	null = null_open(0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ring = (struct kplug_ring){ .size = sizeof(ring), .entries = bad[i] };
		ck_assert_int_eq(command(null, KPLUG_RING, &ring), -EINVAL);
	}
	ck_assert_int_eq(objects_live("ring"), 0);
	ring = (struct kplug_ring){ .size = sizeof(ring), .entries = KPLUG_MAX_RING };
	OK(command(null, KPLUG_RING, &ring));
	ck_assert_int_ge(ring.out_mmap_size, KPLUG_MAX_RING * SIZE);
	ck_assert_int_eq(command(null, KPLUG_RING, &ring), -EALREADY);
	ring.entries = 2;
	ck_assert_int_eq(command(null, KPLUG_RING, &ring), -EALREADY);
	kplug_close(null);

	null = null_armed(2, 1);
	null_fire(null, 0, 3);
	ck_assert_int_eq(null->ring->head, 1);
	ck_assert_int_eq(null->ring->dropped, 2);
}

static int map_fails(struct kplug *k, size_t length, int flags, uint64_t offset)
{
	void *map = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, kplug_fd(k), offset);

	if (map == MAP_FAILED)
		return -errno;
	munmap(map, length);
	return 0;
}

TEST(event, ring_mapping)
{
	struct kplug_ring ring = { .size = sizeof(ring), .entries = 64 };
	struct kplug_ring_page *page;
	struct kplug *null;

	core_start();
	null = null_open(0);
	ck_assert_int_eq(map_fails(null, 4096, MAP_SHARED, 8ull << 40), -ENOTCONN);
	OK(command(null, KPLUG_RING, &ring));
	ck_assert_int_eq(map_fails(null, ring.out_mmap_size, MAP_PRIVATE, ring.out_mmap_offset),
			 -EINVAL);
	ck_assert_int_eq(map_fails(null, ring.out_mmap_size + 4096, MAP_SHARED,
				   ring.out_mmap_offset),
			 -EINVAL);
	ck_assert_int_eq(map_fails(null, 4096, MAP_SHARED,
				   ring.out_mmap_offset + ring.out_mmap_size),
			 -EINVAL);
	OK(map_fails(null, 4096, MAP_SHARED, ring.out_mmap_offset));

	/* The map outlives the close. */
	page = mmap(NULL, ring.out_mmap_size, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(null),
		    ring.out_mmap_offset);
	ck_assert_ptr_ne(page, MAP_FAILED);
	ck_assert_int_eq(page->entries, 64);
	ck_assert_int_eq(page->record_size, SIZE);
	ck_assert_int_eq(page->head | page->tail | page->dropped, 0);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(null, 0, 1);
	kplug_close(null);
	ck_assert_int_eq(page->head, 1);
	munmap(page, ring.out_mmap_size);
}

TEST(event, type_of_vector)
{
	const struct kplug_handler typed = { .plugin = "null", .event_type = 0xffff };
	struct kplug_handler bad = { .plugin = "null" };
	static const unsigned int reserved[] = { KPLUG_EVENT_IRQ, KPLUG_EVENT_REMOVED, 0xff,
						 0x10000, ~0u };
	struct kplug *null;

	core_start();
	null = null_open(16);
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
		bad.event_type = reserved[i];
		ck_assert_int_eq(kplug_attach(null, 0, &bad), -EINVAL);
	}
	ck_assert_int_eq(kplug_attach(null, 0, &typed), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(vector_info(null, 0).out_event_type, 0xffff);
	null_fire(null, 0, 1);
	ck_assert_int_eq(next_event(null).type, 0xffff);
	OK(kplug_detach(null, 0));
	ck_assert_int_eq(vector_info(null, 0).out_event_type, KPLUG_EVENT_IRQ);
}

/* From the plugin to one client. */
TEST(event, sent_to_one)
{
	const uint64_t words[KPLUG_EVENT_WORDS] = { 1, 2, 3, 4, 5, ~0ull };
	struct kplug *one, *two, *deaf;
	struct kplug_event event;

	core_start();
	one = null_open(16);
	two = null_open(16);
	deaf = null_open(0);
	for (size_t n = 0; n <= KPLUG_EVENT_WORDS; n++) {
		OK(kplug_call(one, NULL_CALL_SEND, words, n * sizeof(*words), NULL, 0));
		event = next_event(one);
		ck_assert_int_eq(event.type, NULL_EVENT_SENT);
		ck_assert_int_eq(event.vector, KPLUG_NO_VECTOR);
		ck_assert_int_eq(event.words, n);
		OK(memcmp(event.data, words, n * sizeof(*words)));
	}
	OK(kplug_call(deaf, NULL_CALL_SEND, words, sizeof(words), NULL, 0));
	no_event(two);
}

/* The deferred half posts from its own context, among the interrupts. */
TEST(event, deferred_among_others)
{
	uint64_t handled = 0, covered = 0;
	struct kplug_event event;
	struct kplug *null;

	core_start();
	null = null_armed(1024, 1);
	OK(null_call_u32(null, NULL_CALL_DEFER, 1));
	null_fire(null, 0, 200);
	OK(null_call_u32(null, NULL_CALL_DEFER, 0));
	ck_assert(WAIT_UNTIL(vector_info(null, 0).out_coalesced == 200, 5000));
	while (kplug_next(null, &event)) {
		if (event.type == NULL_EVENT_DEFERRED)
			covered += event.data[0];
		else
			handled++;
	}
	ck_assert_int_eq(handled, 200);
	ck_assert_int_eq(covered, 200);
}

struct listener {
	pthread_mutex_t lock;
	struct account account;
};

static void listen_callback(struct kplug *k, const struct kplug_event *event, void *ctx)
{
	struct listener *listener = ctx;

	(void)k;
	pthread_mutex_lock(&listener->lock);
	account_for(&listener->account, event);
	pthread_mutex_unlock(&listener->lock);
}

TEST(event, listener_thread)
{
	struct listener listener = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct kplug *null;

	core_start();
	null = null_armed(1024, 1);
	for (int i = 1; i <= 5; i++) {
		OK(kplug_listen(null, listen_callback, &listener));
		ck_assert_int_eq(kplug_listen(null, listen_callback, &listener), -EALREADY);
		null_fire(null, 0, 100);
		ck_assert(WAIT_UNTIL((int)__atomic_load_n(&listener.account.received,
							  __ATOMIC_RELAXED) == 100 * i,
				     5000));
		OK(kplug_unlisten(null));
		ck_assert_int_eq(kplug_unlisten(null), -ENOTCONN);
	}
	ck_assert_int_eq(listener.account.lost, 0);
}
