// SPDX-License-Identifier: MIT
// Locks: no client can make another one wait, and every wait of a client ends when it is killed.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <nvme/nvme_msg.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Rounds of each thread in a race: a few are enough to win or lose it. */
#define ROUNDS 15 /* an FLR takes 100 ms */

static struct kplug *shared;
static atomic_bool over;

static pthread_t start(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	OK(pthread_create(&thread, NULL, run, argument));
	return thread;
}

static void *read_config(void *unused)
{
	uint64_t value;

	(void)unused;
	while (!over)
		OK(kplug_access_read(shared, KPLUG_CONFIG_REGION, 0, 4, &value));
	return NULL;
}

static void *change_caching(void *unused)
{
	struct kplug_caching_set set = { .size = sizeof(set) };

	(void)unused;
	while (!over) {
		set.caching ^= 1;
		OK(command(shared, KPLUG_CACHING, &set));
	}
	return NULL;
}

/* A restricted client with windows comes and goes. */
static void *open_and_close(void *unused)
{
	(void)unused;
	/* Each thread has its own capabilities. */
	capability_set(CAP_SYS_RAWIO, false);
	while (!over) {
		int fd = open("/dev/kplug/" NVME, O_RDWR);

		ck_assert_int_ge(fd, 0);
		close(fd);
	}
	return NULL;
}

/*
 * A reset owns configuration space and takes the device's lock. A deadlock once: the holder of the
 * lock waited for register accesses, one of which waited for configuration space.
 */
TEST(lock, reset_against_config, .variants = VARIANTS("caching", "closing"), .timeout = 120)
{
	bool caching = !strcmp(variant, "caching");
	pthread_t reader, other;

	core_start();
	device_bind(NVME);
	if (!caching) {
		OK(module_load("kplug_odd windows=1"));
		OK(kplug_attach_permanent(NVME, "odd"));
	}
	shared = device_open_ring(NVME, 0);
	reader = start(read_config, NULL);
	other = start(caching ? change_caching : open_and_close, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		int err = kplug_reset(shared);

		ck_assert(!err || err == -EBUSY);
	}
	over = true;
	OK(pthread_join(reader, NULL));
	OK(pthread_join(other, NULL));
	kplug_close(shared);
	if (!caching)
		OK(kplug_detach_permanent(NVME));
	objects_settle();
}

static void *sleep_in_null(void *null)
{
	return (void *)(intptr_t)null_call_u32(null, NULL_CALL_SLEEP, 3600000);
}

/* The core calls closing, and the plugin wakes the calls that sleep for the client. */
TEST(lock, detach_wakes_calls)
{
	struct kplug *null, *other;
	pthread_t sleeper;
	void *result;

	core_start();
	null = null_open(0);
	other = null_open(0);
	sleeper = start(sleep_in_null, null);
	sleep_ms(100);
	OK(kplug_detach(null, KPLUG_NO_VECTOR));
	OK(pthread_join(sleeper, &result));
	ck_assert_int_eq((intptr_t)result, -ENODEV);
	/* Its next session is a new one, and the calls of other clients went on. */
	ck_assert_int_eq(kplug_attach(null, KPLUG_NO_VECTOR, &null_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(null_call_u32(null, NULL_CALL_SLEEP, 1), 0);
	ck_assert_int_eq(null_call_u32(other, NULL_CALL_SLEEP, 1), 0);
	kplug_close(other);
	kplug_close(null);
	objects_settle();
}

/* A process to be killed: it sleeps in a call and detaches meanwhile. It reports its progress. */
static pid_t sleep_and_detach(const char *name, int *progress)
{
	int pipefd[2];
	pid_t child;

	OK(pipe(pipefd));
	child = fork();
	if (!child) {
		struct kplug *odd = device_open_ring(name, 0);

		ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin),
				 KPLUG_HANDLER_PLUGIN);
		shared = odd;
		start(odd_sleep, odd);
		WAIT_UNTIL(odd_sleepers() == 1, 10000);
		ck_assert_int_eq(write(pipefd[1], "x", 1), 1);
		_exit(kplug_detach(odd, KPLUG_NO_VECTOR) ? 1 : 0);
	}
	close(pipefd[1]);
	*progress = pipefd[0];
	return child;
}

/*
 * The plugin's call sleeps, and the plugin has no op closing. The client's own detach waits until
 * it is killed; no other task waits.
 */
TEST(lock, sleeping_call_keeps_others_going, .timeout = 90)
{
	struct kplug *odd;
	pid_t child;
	int progress, status;
	char byte;

	core_start();
	OK(module_load("kplug_null"));
	OK(module_load("kplug_odd flags=4 heeds_closing=0"));
	device_bind(EDU1);
	device_bind(NVME);
	child = sleep_and_detach(EDU1, &progress);
	ck_assert_int_eq(read(progress, &byte, 1), 1);
	sleep_ms(200);
	ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);

	/* The same device, with the same plugin. */
	odd = device_open_ring(EDU1, 0);
	ck_assert_str_eq(device_info(odd).out_plugin, "odd");
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_detach(odd, KPLUG_NO_VECTOR));
	kplug_close(odd);
	/* Other plugins and other devices. */
	OK(module_unload("kplug_null"));
	OK(module_load("kplug_null"));
	device_unbind(NVME);
	device_bind(EDU2);
	device_unbind(EDU2);

	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert(WAIT_UNTIL(!odd_sleepers(), 10000));
	device_unbind(EDU1);
	objects_settle();
}

/* A task that waits for a call of its client can be killed; the call goes on. */
TEST(lock, killed_detach_leaves_the_call, .timeout = 60)
{
	struct kplug *odd;
	pthread_t sleeper;
	pid_t child;
	int status;

	core_start();
	OK(module_load("kplug_odd flags=4 heeds_closing=0"));
	device_bind(EDU1);
	odd = device_open_ring(EDU1, 0);
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	sleeper = start(odd_sleep, odd);
	ck_assert(WAIT_UNTIL(odd_sleepers() == 1, 10000));
	child = fork();
	if (!child)
		_exit(kplug_detach(odd, KPLUG_NO_VECTOR) ? 1 : 0);
	sleep_ms(200);
	ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);
	kill(child, SIGKILL);
	ck_assert(WAIT_UNTIL(waitpid(child, &status, WNOHANG) == child, 10000));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	/* The session is closed, and the end of the file waits for its call. */
	ck_assert_int_eq(odd_sleepers(), 1);
	ck_assert_int_lt(kplug_call(odd, ODD_CALL_ECHO, NULL, 0, NULL, 0), 0);
	ck_assert_int_eq(objects_live("session"), 1);
	odd_wake();
	OK(pthread_join(sleeper, NULL));
	kplug_close(odd);
	objects_settle();
}

/* Removal waits for a call that sleeps, without a lock that other clients need. */
TEST(lock, sleeping_call_delays_its_own_removal_alone, .timeout = 90)
{
	struct kplug *odd, *other;
	pthread_t sleeper;
	pid_t child;
	int status;

	core_start();
	OK(module_load("kplug_odd flags=4 heeds_closing=0"));
	device_bind(EDU1);
	odd = device_open_ring(EDU1, 0);
	other = device_open_ring(EDU1, 0);
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	sleeper = start(odd_sleep, odd);
	ck_assert(WAIT_UNTIL(odd_sleepers() == 1, 10000));
	child = fork();
	if (!child)
		_exit(file_write(EDU1, "/sys/bus/pci/devices/" EDU1 "/driver/unbind") ? 1 : 0);
	ck_assert(WAIT_UNTIL(!file_exists("/dev/kplug/" EDU1), 10000));
	sleep_ms(100);
	ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);
	/* Clients of the same device, and other devices. */
	ck_assert_int_eq(kplug_info(other, &(struct kplug_device_info){ 0 }), -ENODEV);
	kplug_close(other);
	device_bind(EDU2);
	device_unbind(EDU2);
	OK(module_load("kplug_null"));
	OK(module_unload("kplug_null"));

	odd_wake();
	OK(pthread_join(sleeper, NULL));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	OK(status);
	kplug_close(odd);
	objects_settle();
}

/* The core calls closing once for each end of a client. */
TEST(lock, closing_is_heard_once, .variants = VARIANTS("detach", "close", "unbind"))
{
	struct kplug *odd;

	core_start();
	OK(module_load("kplug_odd flags=4"));
	device_bind(EDU1);
	odd = device_open_ring(EDU1, 0);
	ck_assert_int_eq(kplug_attach(odd, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(odd_parameter("closings"), 0);
	if (!strcmp(variant, "detach"))
		OK(kplug_detach(odd, KPLUG_NO_VECTOR));
	else if (!strcmp(variant, "unbind"))
		device_unbind(EDU1);
	kplug_close(odd);
	ck_assert_int_eq(odd_parameter("closings"), 1);
	objects_settle();
}

/* A slow modprobe, as from a slow disk. */
static void slow_modprobe(bool on)
{
	if (on) {
		OK(run("printf '#!/bin/sh\\nsleep 2\\nexec /bin/busybox modprobe \"$@\"\\n' > /tmp/modprobe && "
		       "chmod 755 /tmp/modprobe"));
		OK(file_write("/tmp/modprobe", "/proc/sys/kernel/modprobe"));
	} else {
		OK(file_write("/sbin/modprobe", "/proc/sys/kernel/modprobe"));
	}
}

/*
 * A plugin that the attribute loads binds devices. A deadlock once: unbinding, with their locks,
 * waited for the attribute.
 */
TEST(lock, attribute_against_unbind, .timeout = 90)
{
	int status, result;
	pid_t child;

	core_start();
	device_bind(EDU1);
	device_bind(EDU2);
	slow_modprobe(true);
	child = fork();
	if (!child)
		_exit(-kplug_attach_permanent(EDU1, "edu"));
	sleep_ms(500);
	device_unbind(EDU1);
	slow_modprobe(false);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	/* The module may have come before the device had gone, or after it. */
	result = WEXITSTATUS(status);
	ck_assert(!result || result == ENODEV);
	objects_settle();
}

struct again {
	struct kplug *disk;
	uint32_t id;
};

static void *execute_again(void *argument)
{
	const struct again *again = argument;
	struct kplug_dma_execution execution = { .id = again->id,
						 .timeout_ms = 10000,
						 .args = { NVME_READ, 0, 1 } };

	while (!over)
		kplug_dma_transaction_execute(again->disk, &execution, 1);
	return NULL;
}

static void *abort_again(void *argument)
{
	const struct again *again = argument;

	while (!over)
		kplug_dma_transaction_abort(again->disk, again->id);
	return NULL;
}

/*
 * The stopped run ends, and its program starts the next one at once, which waits for the end of the
 * reset.
 */
TEST(lock, aborts_against_reset, .variants = VARIANTS("reset", "detach", "unbind"), .timeout = 120)
{
	static const struct kplug_handler nvme = { .plugin = "nvme" };
	struct kplug_dma_transaction transaction = { 0 };
	struct kplug_dma_mapping mapping;
	pthread_t executer, aborter;
	struct again again;
	uint64_t offset;
	void *memory;
	int fd;

	core_start();
	OK(module_load("kplug_nvme"));
	device_bind(NVME);
	again.disk = device_open_ring(NVME, 0);
	ck_assert_int_eq(kplug_attach(again.disk, KPLUG_NO_VECTOR, &nvme), KPLUG_HANDLER_PLUGIN);
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	fd = kplug_dma_buffer_pin(again.disk, memory, 4096, 0, &offset);
	ck_assert_int_ge(fd, 0);
	OK(kplug_dma_map(again.disk, fd, offset, 4096, KPLUG_DMA_BOTH, &mapping));
	close(fd);
	transaction.mapping = mapping.id;
	OK(kplug_dma_transaction_make(again.disk, &transaction));
	again.id = transaction.out_id;
	executer = start(execute_again, &again);
	aborter = start(abort_again, &again);
	if (!strcmp(variant, "reset"))
		for (int i = 0; i < 20; i++)
			OK(file_write("1", "/sys/bus/pci/devices/" NVME "/reset"));
	else if (!strcmp(variant, "detach"))
		OK(kplug_detach(again.disk, KPLUG_NO_VECTOR));
	else
		device_unbind(NVME);
	over = true;
	OK(pthread_join(executer, NULL));
	OK(pthread_join(aborter, NULL));
	kplug_close(again.disk);
	objects_settle();
}

#define WATCHERS 4
#define EACH     1024

/*
 * More transactions time out together than the engine could run in an hour: each ends once, and
 * other clients go on meanwhile.
 */
TEST(lock, many_come_due_together, .timeout = 120)
{
	struct kplug_dma_transaction transaction = { 0 };
	static struct kplug_dma_execution list[EACH];
	struct kplug_dma_transaction_info info;
	struct kplug *edu[WATCHERS], *other;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
	uint32_t last[WATCHERS];
	unsigned int timed_out = 0;

	core_start();
	device_bind(EDU2);
	OK(kplug_attach_permanent(EDU2, "edu"));
	other = device_open_ring(EDU2, 0);
	for (int i = 0; i < WATCHERS; i++) {
		edu[i] = device_open_ring(EDU2, 8192);
		ck_assert_int_eq(kplug_attach(edu[i], 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
		OK(kplug_dma_buffer_alloc(edu[i], 4096, &buffer));
		OK(kplug_dma_map(edu[i], buffer.fd, 0, 0, KPLUG_DMA_TO_DEVICE, &mapping));
		kplug_dma_buffer_free(&buffer);
		transaction.mapping = mapping.id;
		for (int j = 0; j < EACH; j++) {
			OK(kplug_dma_transaction_make(edu[i], &transaction));
			list[j] = (struct kplug_dma_execution){ .id = transaction.out_id,
								.length = 64,
								.timeout_ms = 3000 };
		}
		last[i] = transaction.out_id;
		ck_assert_int_eq(kplug_dma_transaction_execute(edu[i], list, EACH), EACH);
	}
	for (int i = 0; i < WATCHERS; i++) {
		info = (struct kplug_dma_transaction_info){ .size = sizeof(info),
							    .id = last[i],
							    .timeout_ms = 60000 };
		OK(command(edu[i], KPLUG_DMA_TRANSACTION_INFO, &info));
		ck_assert_int_eq(info.out_state, KPLUG_DMA_TRANSACTION_IDLE);
		ck_assert_int_eq(info.out_status, -ETIMEDOUT);
		device_info(other);
	}
	for (int i = 0; i < WATCHERS; i++) {
		for (int j = 0; j < EACH; j++) {
			struct kplug_event event = next_event(edu[i]);

			ck_assert_int_eq(event.type, KPLUG_EVENT_DMA);
			timed_out += (int64_t)event.data[3] == -ETIMEDOUT;
		}
		no_event(edu[i]);
		kplug_close(edu[i]);
	}
	/* One takes a tenth of a second. */
	ck_assert_int_gt(timed_out, WATCHERS * EACH / 2);
	kplug_close(other);
	OK(kplug_detach_permanent(EDU2));
	objects_settle();
}

static void *look_at_region(void *k)
{
	struct kplug_region_info info;
	uint64_t value;

	while (!over) {
		kplug_region_info(k, EDU_REGION, &info);
		kplug_access_read(k, 0, 0, 4, &value);
	}
	return NULL;
}

/* Register accesses check the windows of a plugin that leaves. */
TEST(lock, windows_end_under_access, .variants = VARIANTS("0", "1"), .timeout = 120)
{
	struct kplug *restricted;
	pthread_t looker;

	core_start();
	device_bind(EDU1);
	for (int i = 0; i < 20; i++) {
		OK(run("modprobe kplug_odd flags=4 windows=%s", variant));
		OK(kplug_attach_permanent(EDU1, "odd"));
		restricted = device_open_restricted(EDU1);
		over = false;
		looker = start(look_at_region, restricted);
		OK(kplug_detach_permanent(EDU1));
		OK(command(restricted, KPLUG_DETACH,
			   &(struct kplug_detach){ .size = sizeof(struct kplug_detach) }));
		OK(module_unload("kplug_odd"));
		over = true;
		OK(pthread_join(looker, NULL));
		kplug_close(restricted);
	}
	objects_settle();
}

/* An eventfd that was taken away counts no more, and close() takes all of them away at once. */
TEST(lock, eventfds_end_together)
{
	uint64_t count;
	struct kplug *null;
	int fds[4];

	core_start();
	null = null_open(0);
	for (unsigned int i = 0; i < 4; i++) {
		fds[i] = eventfd(0, EFD_NONBLOCK);
		OK(kplug_eventfd(null, i, fds[i]));
		ck_assert_int_eq(kplug_attach(null, i, &null_plugin), KPLUG_HANDLER_PLUGIN);
		null_fire(null, i, 1);
	}
	OK(kplug_eventfd(null, 3, -1));
	null_fire(null, 3, 1);
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_int_eq(read(fds[i], &count, sizeof(count)), sizeof(count));
		ck_assert_int_eq(count, 1);
	}
	kplug_close(null);
	for (unsigned int i = 0; i < 4; i++)
		close(fds[i]);
	objects_settle();
}
