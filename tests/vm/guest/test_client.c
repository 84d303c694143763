// SPDX-License-Identifier: MIT
// One client: its trust, how it ends, revocation by an administrator, what fdinfo shows.
#define _GNU_SOURCE
#include "child.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOMEONE 1000
#define ID      0x010000edu /* of QEMU's edu, all of it */

static int access_edu(struct kplug *k)
{
	uint64_t value;

	return kplug_access_read(k, EDU_REGION, EDU_ID, 4, &value);
}

static volatile uint32_t *map_edu(struct kplug *k)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, kplug_fd(k), 0);

	return map == MAP_FAILED ? NULL : map;
}

static bool is_trusted(struct kplug *k)
{
	return device_info(k).out_flags & KPLUG_DEVICE_TRUSTED;
}

static int revoke_client(struct kplug *k)
{
	return kplug_revoke(device_info(k).out_name, device_info(k).out_client);
}

/* What needs trust is gone afterwards, also what the client had before. */
TEST(client, restrict, .smoke = true)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug *edu, *other;
	volatile uint32_t *map, *others;
	int fd = eventfd(0, EFD_NONBLOCK), region;
	eventfd_t count;
	void *peer;

	core_start();
	device_bind(EDU1);
	edu = device_open(EDU1);
	other = device_open(EDU1);
	map = map_edu(edu);
	others = map_edu(other);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("recipe")), 0);
	OK(kplug_eventfd(edu, 0, fd));
	edu_check_interrupt(edu, 1);
	ck_assert_int_eq(next_event(other).data[0], 1);
	check_eventfd(fd, 1);
	OK(kplug_dma_buffer_alloc(edu, 4096, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	region = kplug_dma_buffer_region(edu, EDU_REGION, 0, 4096);
	ck_assert_int_ge(region, 0);
	peer = mmap(NULL, 4096, PROT_READ, MAP_SHARED, region, 0);
	ck_assert(peer != MAP_FAILED);
	ck_assert_uint_eq(*(volatile uint32_t *)peer, ID);
	ck_assert_uint_eq(map[EDU_ID / 4], ID);

	OK(kplug_restrict(edu));
	ck_assert(!is_trusted(edu));
	ck_assert_int_eq(access_edu(edu), -EPERM);
	ck_assert_uint_eq(map[EDU_ID / 4], ~0u);
	ck_assert_uint_eq(*(volatile uint32_t *)peer, ~0u);
	ck_assert(!map_edu(edu));
	ck_assert_int_eq(vector_info(edu, 0).out_flags, 0);
	ck_assert_int_eq(kplug_irq_mode(edu, KPLUG_IRQ_MSI, 0), -EPERM);
	ck_assert_int_eq(command(edu, KPLUG_ARM,
				 &(struct kplug_arm){ .size = sizeof(struct kplug_arm) }),
			 -EPERM);
	ck_assert_int_eq(kplug_dma_unmap(edu, mapping.id), -ENOENT);
	ck_assert_int_eq(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping), -EPERM);
	ck_assert_int_eq(kplug_dma_buffer_region(edu, EDU_REGION, 0, 4096), -EPERM);
	ck_assert_int_eq(objects_live("mapping"), 0);

	/* Other clients go on, and this one does not receive their events. */
	ck_assert_uint_eq(others[EDU_ID / 4], ID);
	ck_assert_int_ge(kplug_attach(other, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(other, 2);
	no_event(edu);
	ck_assert_int_ne(eventfd_read(fd, &count), 0);
	/* It cannot be undone, and a second time is harmless. */
	OK(kplug_restrict(edu));
	ck_assert_int_eq(access_edu(edu), -EPERM);
	munmap(peer, 4096);
	close(region);
	kplug_dma_buffer_free(&buffer);
	kplug_close(edu);
	edu_check_interrupt(other, 3);
	munmap((void *)map, 4096);
	munmap((void *)others, 4096);
	kplug_close(other);
	close(fd);
	objects_settle();
}

/*
 * What the plugin lets restricted clients have stays, the plugin's own handler of a vector
 * included.
 */
TEST(client, restrict_in_a_session, .variants = VARIANTS("0", "4", "8", "12", "20"))
{
	const unsigned int flags = strtoul(variant, NULL, 0);
	struct kplug_shm_free unshare = { .size = sizeof(unshare) };
	struct kplug *edu, *other;
	struct kplug_shm shm, more;
	char byte = 1;

	core_start();
	OK(run("modprobe kplug_odd take_edu=1 flags=%u", flags | ODD_NO_THREAD));
	device_bind(EDU1);
	edu = device_open(EDU1);
	other = device_open(EDU1);
	ck_assert_int_eq(kplug_attach(edu, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	edu_check_interrupt(other, 1);
	ck_assert_int_eq(next_event(edu).data[0], 1);
	OK(kplug_shm_alloc(edu, 4096, &shm));
	unshare.id = shm.id;
	OK(kplug_restrict(edu));
	ck_assert_int_eq(!!(device_info(edu).out_flags & KPLUG_DEVICE_ATTACHED), flags != 0);
	ck_assert_int_eq(!!(vector_info(edu, 0).out_flags & KPLUG_VECTOR_MINE), flags != 0);
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_ECHO, &byte, 1, &byte, 1),
			 !flags                  ? -ENOTCONN :
			 flags & ODD_ALLOW_CALLS ? 1 :
						   -EPERM);
	ck_assert_int_eq(command(edu, KPLUG_SHM_FREE, &unshare),
			 flags & ODD_ALLOW_SHM ? 0 : -ENOENT);
	ck_assert_int_eq(kplug_shm_alloc(edu, 1, &more), flags & ODD_ALLOW_SHM ? 0 : -EPERM);
	if (flags & ODD_ALLOW_SHM)
		OK(kplug_shm_free(edu, &more));
	/* What is mapped stays: it is the program's own memory. */
	*(volatile char *)shm.addr = 1;
	munmap(shm.addr, shm.length);
	if (flags)
		edu_check_interrupt(other, 2);
	if (flags & ODD_ALLOW_EVENTS)
		ck_assert_int_eq(next_event(edu).data[0], 2);
	no_event(edu);
	kplug_close(edu);
	kplug_close(other);
	objects_settle();
}

/* The list that it left when it was trusted is still written at its end. */
TEST(client, restrict_keeps_cleanup)
{
	const struct kplug_transfer write = { .op = KPLUG_TRANSFER_WRITE,
					      .region = EDU_REGION,
					      .width = 4,
					      .count = 1,
					      .offset = EDU_LIVENESS,
					      .value = 7 };
	struct kplug *edu, *other;
	uint64_t value;

	core_start();
	device_bind(EDU1);
	edu = device_open(EDU1);
	other = device_open(EDU1);
	OK(kplug_set_cleanup(edu, &write, 1));
	OK(kplug_restrict(edu));
	ck_assert_int_eq(kplug_set_cleanup(edu, NULL, 0), -EPERM);
	kplug_close(edu);
	OK(kplug_access_read(other, EDU_REGION, EDU_LIVENESS, 4, &value));
	ck_assert_uint_eq((uint32_t)value, ~7u);
	kplug_close(other);
}

/* Threads that run every operation that needs trust. */
static struct race {
	struct kplug *edu;
	volatile uint32_t *map;
	atomic_bool over, end;
	atomic_int late; /* what succeeded after the end of trust */
} race;

static void *race_accesses(void *unused)
{
	(void)unused;
	while (!race.end) {
		bool over = race.over;

		if (!access_edu(race.edu) && over)
			race.late++;
		over = race.over;
		if (race.map[EDU_ID / 4] == ID && over)
			race.late++;
	}
	return NULL;
}

static void *race_arms(void *unused)
{
	struct kplug_vector_cmd disarm = { .size = sizeof(disarm) };
	struct kplug_arm arm = { .size = sizeof(arm) };

	(void)unused;
	while (!race.end) {
		bool over = race.over;

		if (!command(race.edu, KPLUG_ARM, &arm) && over)
			race.late++;
		command(race.edu, KPLUG_DISARM, &disarm);
	}
	return NULL;
}

static void *race_cleanups(void *unused)
{
	const struct kplug_transfer write = { .op = KPLUG_TRANSFER_WRITE,
					      .region = EDU_REGION,
					      .width = 4,
					      .count = 1,
					      .offset = EDU_LIVENESS };

	(void)unused;
	while (!race.end) {
		bool over = race.over;

		if (!kplug_set_cleanup(race.edu, &write, 1) && over)
			race.late++;
	}
	return NULL;
}

static void *race_buffers(void *unused)
{
	(void)unused;
	while (!race.end) {
		bool over = race.over;
		int fd = kplug_dma_buffer_region(race.edu, EDU_REGION, 0, 4096);

		if (fd >= 0 && over)
			race.late++;
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

static void run_races(int (*end_trust)(struct kplug *k))
{
	static void *(*const racers[])(void *) = { race_accesses, race_arms, race_cleanups,
						   race_buffers };
	pthread_t threads[ARRAY_SIZE(racers)];

	device_bind(EDU1);
	for (int i = 0; i < rounds(20); i++) {
		race.edu = device_open_ring(EDU1, 0);
		race.map = map_edu(race.edu);
		race.over = race.end = false;
		for (size_t j = 0; j < ARRAY_SIZE(racers); j++)
			pthread_create(&threads[j], NULL, racers[j], NULL);
		sleep_ms(i);
		OK(end_trust(race.edu));
		race.over = true;
		sleep_ms(5);
		race.end = true;
		for (size_t j = 0; j < ARRAY_SIZE(racers); j++)
			pthread_join(threads[j], NULL);
		ck_assert_int_eq(race.late, 0);
		ck_assert_int_eq(objects_live("armed"), 0);
		munmap((void *)race.map, 4096);
		kplug_close(race.edu);
	}
	objects_settle();
}

TEST(client, restrict_under_load, .smoke = true)
{
	core_start();
	run_races(kplug_restrict);
}

TEST(client, revoke_under_load, .smoke = true)
{
	core_start();
	run_races(revoke_client);
}

/*
 * Trust belongs to the descriptor: it passes with it to other processes, and setuid() does not
 * change it.
 */
static int sockets[2];

static int use_passed(void)
{
	uint64_t value = 0;
	int fd = descriptor_receive(sockets[1]);
	struct kplug_access read_id = { .size = sizeof(read_id), .width = 4, .offset = EDU_ID };

	NEED(fd >= 0);
	NEED(getuid() == SOMEONE);
	NEED(ioctl(fd, KPLUG_ACCESS, &read_id) == 0);
	NEED(read_id.out_value == ID);
	NEED(write(sockets[1], "r", 1) == 1 && read(sockets[1], &value, 1) == 1);
	NEED(ioctl(fd, KPLUG_ACCESS, &read_id) == -1 && errno == EPERM);
	return 0;
}

TEST(client, passed_on)
{
	const struct child child = { .user = SOMEONE, .group = SOMEONE };
	struct kplug *edu, *restricted;
	char byte;
	pid_t pid;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = child_start(&child, use_passed);
	descriptor_send(sockets[0], kplug_fd(edu));
	ck_assert_int_eq(read(sockets[0], &byte, 1), 1);
	OK(kplug_restrict(edu));
	ck_assert_int_eq(write(sockets[0], "g", 1), 1);
	OK(child_end(pid));
	/* Another process does not add trust: root gets no more than was passed. */
	restricted = device_open_restricted(EDU1);
	descriptor_send(sockets[0], kplug_fd(restricted));
	ck_assert_int_eq(
		ioctl(descriptor_receive(sockets[1]), KPLUG_ACCESS,
		      &(struct kplug_access){ .size = sizeof(struct kplug_access), .width = 4 }),
		-1);
	ck_assert_int_eq(errno, EPERM);
	close(sockets[0]);
	close(sockets[1]);
	kplug_close(edu);
	kplug_close(restricted);
}

static struct kplug *inherited;

static int use_inherited(void)
{
	NEED(access_edu(inherited) == 0);
	NEED(kplug_restrict(inherited) == 0);
	return 0;
}

/* A child's end of trust is its parent's, too: it is one client. */
TEST(client, inherited, .variants = VARIANTS("user", "namespace"))
{
	const struct child child = { .user = SOMEONE,
				     .group = SOMEONE,
				     .root_in_namespace = !strcmp(variant, "namespace") };

	core_start();
	device_bind(EDU1);
	inherited = device_open_ring(EDU1, 0);
	OK(access_edu(inherited));
	OK(child_run(&child, use_inherited));
	ck_assert_int_eq(access_edu(inherited), -EPERM);
	kplug_close(inherited);
}

/* Every command of a client that was revoked. */
static const struct {
	unsigned long request;
	size_t size;
} commands[] = {
#define KPLUG_COMMAND(number, NAME, name, argument, ...) { KPLUG_##NAME, sizeof(struct argument) },
#include <uapi/commands.def>
#undef KPLUG_COMMAND
};

/* Zeros are no valid argument of these, or they do not need the device. */
static bool needs_more(unsigned long request)
{
	return request == KPLUG_ACCESS || request == KPLUG_EVENTFD || request == KPLUG_ATTACH ||
	       request == KPLUG_TRANSFER || request == KPLUG_DMA_EXECUTE ||
	       request == KPLUG_FEATURES;
}

static void check_gone(struct kplug *k)
{
	struct kplug_attach attach = { .size = sizeof(attach), .name = "edu" };
	struct kplug_transfer read_id = { .op = KPLUG_TRANSFER_READ, .width = 4, .count = 1 };
	struct kplug_dma_execution execution = { .id = 1 };
	struct kplug_transfers list = { .size = sizeof(list),
					.transfers = (uintptr_t)&read_id,
					.num_transfers = 1,
					.stride = sizeof(read_id) };
	struct kplug_dma_execute execute = { .size = sizeof(execute),
					     .executions = (uintptr_t)&execution,
					     .num_executions = 1,
					     .stride = sizeof(execution) };
	struct kplug_eventfd eventfd_arg = { .size = sizeof(eventfd_arg), .fd = -1 };
	uint32_t argument[1024];
	int result;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (needs_more(commands[i].request))
			continue;
		memset(argument, 0, sizeof(argument));
		argument[0] = commands[i].size;
		result = command(k, commands[i].request, argument);
		ck_assert_msg(result == -ENODEV, "command %#lx: %d", commands[i].request & 0xff,
			      result);
	}
	ck_assert_int_eq(access_edu(k), -ENODEV);
	ck_assert_int_eq(command(k, KPLUG_TRANSFER, &list), -ENODEV);
	ck_assert_int_eq(command(k, KPLUG_DMA_EXECUTE, &execute), -ENODEV);
	ck_assert_int_eq(command(k, KPLUG_ATTACH, &attach), -ENODEV);
	ck_assert_int_eq(command(k, KPLUG_EVENTFD, &eventfd_arg), -ENODEV);
	ck_assert(!map_edu(k));
	ck_assert_int_eq(errno, ENODEV);
}

static bool hung_up(struct kplug *k)
{
	struct pollfd fd = { .fd = kplug_fd(k) };

	return poll(&fd, 1, 0) == 1 && fd.revents & POLLHUP;
}

/* For this client the device is gone; other clients go on. */
TEST(client, revoke, .smoke = true)
{
	const struct kplug_transfer write = { .op = KPLUG_TRANSFER_WRITE,
					      .region = EDU_REGION,
					      .width = 4,
					      .count = 1,
					      .offset = EDU_LIVENESS,
					      .value = 9 };
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	struct kplug *edu, *other;
	volatile uint32_t *map, *others;
	int fd = eventfd(0, EFD_NONBLOCK);
	struct kplug_holder *holders;
	eventfd_t count;
	uint64_t value;

	core_start();
	device_bind(EDU1);
	edu = device_open(EDU1);
	other = device_open(EDU1);
	map = map_edu(edu);
	others = map_edu(other);
	ck_assert_uint_eq(map[EDU_ID / 4] & others[EDU_ID / 4], ID);
	ck_assert_int_ge(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin), 0);
	ck_assert_int_ge(kplug_attach(edu, 0, edu_handler_of("user")), 0);
	OK(kplug_eventfd(edu, 0, fd));
	OK(kplug_set_cleanup(edu, &write, 1));
	OK(kplug_dma_buffer_alloc(edu, 4096, &buffer));
	OK(kplug_dma_map(edu, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	ck_assert(!hung_up(edu));

	OK(revoke_client(edu));
	check_gone(edu);
	ck_assert(hung_up(edu));
	ck_assert_uint_eq(map[EDU_ID / 4], ~0u);
	OK(eventfd_read(fd, &count));
	ck_assert_int_eq(objects_live("armed"), 0);
	ck_assert_int_eq(objects_live("session"), 0);
	ck_assert_int_eq(objects_live("mapping"), 0);
	OK(kplug_access_read(other, EDU_REGION, EDU_LIVENESS, 4, &value));
	ck_assert_uint_eq((uint32_t)value, ~9u);
	ck_assert_int_eq(next_event(edu).type, KPLUG_EVENT_REMOVED);

	ck_assert(is_trusted(other));
	ck_assert_uint_eq(others[EDU_ID / 4], ID);
	ck_assert_int_ge(kplug_attach(other, 0, edu_handler_of("recipe")), 0);
	edu_check_interrupt(other, 2);
	ck_assert(!hung_up(other));
	ck_assert_int_eq(kplug_holders(EDU1, &holders), 2);
	ck_assert_int_eq(holders[0].trust, KPLUG_TRUST_REVOKED);
	ck_assert_int_eq(holders[1].trust, KPLUG_TRUST_FULL);

	/* A second revocation changes nothing; after close() the number is unknown. */
	OK(kplug_revoke(EDU1, holders[0].client));
	no_event(other);
	kplug_dma_buffer_free(&buffer);
	munmap((void *)map, 4096);
	kplug_close(edu);
	ck_assert_int_eq(kplug_revoke(EDU1, holders[0].client), -ENOENT);
	free(holders);
	munmap((void *)others, 4096);
	kplug_close(other);
	close(fd);
	objects_settle();
}

static void *read_blocked(void *k)
{
	struct kplug_event event;

	while (read(kplug_fd(k), &event, sizeof(event)) == sizeof(event))
		if (event.type != KPLUG_EVENT_REMOVED)
			return "what was read is not the end";
	return errno == ENODEV ? NULL : strerror(errno);
}

static void *poll_blocked(void *k)
{
	struct pollfd fd = { .fd = kplug_fd(k) };

	return poll(&fd, 1, 20000) == 1 && fd.revents == POLLHUP ? NULL : "poll";
}

static void *call_blocked(void *k)
{
	odd_sleep(k);
	return NULL;
}

/* Every wait of the client ends, and so does its session. */
TEST(client, revoke_ends_waits, .variants = VARIANTS("read", "poll", "call"))
{
	void *(*blocked)(void *) = !strcmp(variant, "read") ? read_blocked :
				   !strcmp(variant, "poll") ? poll_blocked :
							      call_blocked;
	struct kplug *odd, *other;
	pthread_t thread;
	void *problem;

	core_start();
	OK(module_load("kplug_odd virtual=odd0"));
	odd = device_open("odd0");
	other = device_open("odd0");
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_attach(other, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	pthread_create(&thread, NULL, blocked, odd);
	if (!strcmp(variant, "call"))
		ck_assert(WAIT_UNTIL(odd_sleepers() == 1, 10000));
	else
		sleep_ms(50);
	OK(revoke_client(odd));
	pthread_join(thread, &problem);
	ck_assert_msg(!problem, "%s", (char *)problem);
	ck_assert_int_eq(kplug_call(odd, ODD_CALL_ECHO, NULL, 0, NULL, 0), -ENODEV);
	OK(kplug_call(other, ODD_CALL_ECHO, NULL, 0, NULL, 0));
	kplug_close(odd);
	kplug_close(other);
	objects_settle();
}

/* Without the capability, without such a client, or without a number: refused. */
static int open_exclusive(struct kplug **k)
{
	const struct kplug_opts opts = { .flags = KPLUG_OPEN_EXCLUSIVE };

	return kplug_open(k, EDU1, &opts);
}

/* With O_EXCL there is one client, until it is closed or revoked. */
TEST(client, exclusive, .smoke = true)
{
	struct kplug *first, *second;

	core_start();
	device_bind(EDU1);
	OK(open_exclusive(&first));
	ck_assert_int_eq(open_exclusive(&second), -EBUSY);
	ck_assert_int_eq(kplug_open(&second, EDU1, NULL), -EBUSY);
	ck_assert_int_eq(open("/dev/kplug/" EDU1, O_RDONLY), -1);
	ck_assert_int_eq(errno, EBUSY);
	ck_assert_int_eq(run("kplug info " EDU1 " 2>&1 | grep 'kplug-guest.[0-9]*. has it open'"),
			 0);
	OK(kplug_close(first));
	/* Shared clients prevent it. */
	OK(kplug_open(&first, EDU1, NULL));
	OK(kplug_open(&second, EDU1, NULL));
	kplug_close(second);
	ck_assert_int_eq(open_exclusive(&second), -EBUSY);
	OK(kplug_close(first));
	/* A revoked one does not. */
	OK(open_exclusive(&first));
	OK(revoke_client(first));
	OK(open_exclusive(&second));
	kplug_close(first);
	ck_assert_int_eq(kplug_open(&first, EDU1, NULL), -EBUSY);
	kplug_close(second);
	/* It belongs to the descriptor. */
	OK(open_exclusive(&first));
	int fd = dup(kplug_fd(first));
	kplug_close(first);
	ck_assert_int_eq(kplug_open(&first, EDU1, NULL), -EBUSY);
	close(fd);
	OK(kplug_open(&first, EDU1, NULL));
	kplug_close(first);
	objects_settle();
}

/* A restricted client would keep all others away. */
TEST(client, exclusive_needs_trust)
{
	struct kplug *k;

	core_start();
	device_bind(EDU1);
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(open_exclusive(&k), -EPERM);
	OK(kplug_open(&k, EDU1, NULL));
	capability_set(CAP_SYS_RAWIO, true);
	kplug_close(k);
}

TEST(client, revoke_refused)
{
	struct kplug *edu;

	core_start();
	device_bind(EDU1);
	edu = device_open_ring(EDU1, 0);
	capability_set(CAP_SYS_RAWIO, false);
	ck_assert_int_eq(revoke_client(edu), -EPERM);
	capability_set(CAP_SYS_RAWIO, true);
	ck_assert_int_eq(kplug_revoke(EDU1, device_info(edu).out_client + 1), -ENOENT);
	ck_assert_int_eq(kplug_revoke(EDU1, 0), -ENOENT);
	ck_assert_int_eq(file_write("x", "/sys/class/kplug/%s/revoke", EDU1), -EINVAL);
	ck_assert_int_eq(file_write("-1", "/sys/class/kplug/%s/revoke", EDU1), -EINVAL);
	OK(access_edu(edu));
	kplug_close(edu);
}

/* Clients come and go while they are revoked; the device is removed in the middle. */
static atomic_bool stop_revoking;

static void *revoke_all_clients(void *unused)
{
	struct kplug_holder *holders;
	int count;

	(void)unused;
	while (!stop_revoking) {
		count = kplug_holders(EDU1, &holders);
		for (int i = 0; i < count; i++)
			kplug_revoke(EDU1, holders[i].client);
		if (count >= 0)
			free(holders);
	}
	return NULL;
}

TEST(client, revoke_against_close, .smoke = true)
{
	const struct kplug_opts opts = { .ring_entries = 16 };
	int fd = eventfd(0, EFD_CLOEXEC);
	pthread_t threads[2];
	struct kplug *k;

	core_start();
	OK(module_load("kplug_edu"));
	device_bind(EDU1);
	stop_revoking = false;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_create(&threads[i], NULL, revoke_all_clients, NULL);
	for (int i = 0; i < rounds(200); i++) {
		if (i == rounds(200) / 2) {
			device_unbind(EDU1);
			device_bind(EDU1);
		}
		if (kplug_open(&k, EDU1, &opts))
			continue;
		kplug_attach(k, KPLUG_NO_VECTOR, &edu_plugin);
		kplug_attach(k, 0, edu_handler_of("recipe"));
		kplug_eventfd(k, 0, fd);
		kplug_close(k);
	}
	close(fd);
	stop_revoking = true;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	objects_settle();
}

static void check_line(const char *text, const char *line)
{
	ck_assert_msg(strstr(text, line) != NULL, "there is no '%s' in:\n%s", line, text);
}

static void read_fdinfo(struct kplug *k, char text[4096])
{
	OK(file_read(text, 4096, "/proc/self/fdinfo/%d", kplug_fd(k)));
}

TEST(client, fdinfo)
{
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	char text[4096], line[64];
	const unsigned int one = 1;
	struct kplug_shm shm;
	struct kplug *k;

	core_start();
	OK(module_load("kplug_null"));
	device_bind(EDU1);
	k = device_open_ring(EDU1, 0);
	read_fdinfo(k, text);
	check_line(text, "kplug-device:\t" EDU1 "\n");
	snprintf(line, sizeof(line), "kplug-client:\t%u\n", device_info(k).out_client);
	check_line(text, line);
	check_line(text, "kplug-user:\t0\n");
	check_line(text, "kplug-trust:\ttrusted\n");
	check_line(text, "kplug-plugin:\t-\n");
	check_line(text, "kplug-armed:\t\n");
	check_line(text, "kplug-hears:\t0\n");
	check_line(text, "kplug-ring:\t0\n");
	check_line(text, "kplug-memory:\t0\n");
	check_line(text, "kplug-mappings:\t0\n");
	check_line(text, "kplug-copies:\t0\n");
	ck_assert_int_ge(kplug_attach(k, 0, edu_handler_of("recipe")), 0);
	OK(kplug_dma_buffer_alloc(k, 4096, &buffer));
	OK(kplug_dma_map(k, buffer.fd, 0, 0, KPLUG_DMA_BOTH, &mapping));
	read_fdinfo(k, text);
	check_line(text, "kplug-armed:\t0\n");
	check_line(text, "kplug-mappings:\t1\n");
	OK(kplug_dma_unmap(k, mapping.id));
	kplug_dma_buffer_free(&buffer);
	OK(kplug_restrict(k));
	read_fdinfo(k, text);
	check_line(text, "kplug-trust:\trestricted\n");
	check_line(text, "kplug-armed:\t\n");
	check_line(text, "kplug-hears:\t\n");
	OK(revoke_client(k));
	read_fdinfo(k, text);
	check_line(text, "kplug-trust:\trevoked\n");
	kplug_close(k);

	k = null_open(4);
	ck_assert_int_eq(kplug_attach(k, 1, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_subscribe(k, &one, 1));
	OK(kplug_shm_alloc(k, 8192, &shm));
	null_fire(k, 1, 6);
	read_fdinfo(k, text);
	check_line(text, "kplug-plugin:\tnull\n");
	check_line(text, "kplug-armed:\t1\n");
	check_line(text, "kplug-hears:\t1\n");
	check_line(text, "kplug-ring:\t4\n");
	check_line(text, "kplug-lost:\t3\n");
	/* A page for the head of the ring, one for its records, two of its own. */
	check_line(text, "kplug-memory:\t16384\n");
	OK(kplug_shm_free(k, &shm));
	kplug_close(k);
}
