// SPDX-License-Identifier: MIT
// Devices go away under running programs, and programs die with an open device.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kplug.h>

#include "../../../plugins/edu/edu_handler.h"
#include "../../../plugins/edu/edu_msg.h"
#include "device.h"
#include "harness.h"
#include "objects.h"

#define ROUNDS 10

/* A program at work, which holds an object of every kind. */
struct program {
	struct kplug *k;
	int efd;
	struct kplug_shm shm;
};

static const struct kplug_handler by_plugin = { .plugin = "edu" };

static void program_start(struct program *p, const char *name)
{
	ck_assert_int_eq(kplug_open(&p->k, name, NULL), 0);
	ck_assert_int_eq(kplug_map(p->k, EDU_REGION), 0);
	ck_assert_int_eq(kplug_attach(p->k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_shm_alloc(p->k, 4096, &p->shm), 0);
	p->efd = eventfd(0, EFD_NONBLOCK);
	ck_assert_int_eq(kplug_eventfd(p->k, 0, p->efd), 0);
}

static void program_end(struct program *p)
{
	/* Mapped memory would keep the client alive. */
	ck_assert_int_eq(kplug_shm_free(p->k, &p->shm), 0);
	kplug_close(p->k);
	close(p->efd);
}

static void ready(const char *name)
{
	core_start();
	ck_assert_int_eq(module_load("kplug_edu"), 0);
	ck_assert(WAIT_UNTIL(file_exists("/dev/kplug/%s", name), 30000));
}

static void raise_irq(struct kplug *k, uint32_t bits)
{
	kplug_write32(kplug_io_user(k), EDU_REGION, EDU_IRQ_RAISE, bits);
}

static void expect_irq(struct kplug *k, uint32_t bits)
{
	struct kplug_event ev;

	raise_irq(k, bits);
	ck_assert_int_eq(kplug_wait(k, &ev, 1, 5000000000), 1);
	ck_assert_uint_eq(ev.type, KPLUG_EVENT_IRQ);
	ck_assert_uint_eq(ev.data[0], bits);
}

/* The device is gone: every command returns ENODEV, and no task hangs. */
static void expect_dead(struct program *p)
{
	struct pollfd pfd = { .fd = kplug_fd(p->k), .events = POLLIN };
	const volatile uint32_t *registers = kplug_io_user(p->k)->region[EDU_REGION].base;
	struct kplug_device_info info;
	struct kplug_event ev;
	uint32_t n = 5, answer;
	uint64_t count, value;
	int got;

	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	ck_assert(pfd.revents & POLLHUP);
	while ((got = kplug_wait(p->k, &ev, 1, 0)) == 1)
		if (ev.type == KPLUG_EVENT_REMOVED)
			break;
	ck_assert_int_eq(got, 1);
	ck_assert_int_eq(kplug_wait(p->k, &ev, 1, -1), -ENODEV);
	ck_assert_int_eq(kplug_read(p->k, &ev, 1), -ENODEV);
	ck_assert_int_eq(read(p->efd, &count, sizeof(count)), sizeof(count));

	ck_assert_uint_eq(registers[EDU_ID / 4], 0xffffffff);
	ck_assert_uint_eq(registers[0x80000 / 4], 0xffffffff);
	raise_irq(p->k, 1);
	ck_assert_int_eq(kplug_info(p->k, &info), -ENODEV);
	ck_assert_int_eq(kplug_access_read(p->k, 0, 0, 4, &value), -ENODEV);
	ck_assert_int_eq(kplug_call(p->k, EDU_CALL_FACTORIAL, &n, sizeof(n), &answer,
				    sizeof(answer)),
			 -ENODEV);
	ck_assert_int_eq(kplug_irq_mode(p->k, KPLUG_IRQ_AUTO, 0), -ENODEV);
	memset(p->shm.addr, 1, p->shm.length);
}

static void unbind(const char *name)
{
	ck_assert_int_eq(file_write(name, "/sys/bus/pci/devices/%s/driver/unbind", name), 0);
}

static void bind(const char *name)
{
	ck_assert_int_eq(file_write(name, "/sys/bus/pci/drivers/kplug_edu/bind"), 0);
	ck_assert(WAIT_UNTIL(file_exists("/dev/kplug/%s", name), 5000));
}

static void take_away(const char *how)
{
	if (!strcmp(how, "unbind")) {
		unbind(EDU0);
	} else if (!strcmp(how, "remove")) {
		ck_assert_int_eq(file_write("1", "/sys/bus/pci/devices/%s/remove", EDU0), 0);
	} else {
		pci_unplug("edu0", EDU0);
	}
	ck_assert(!file_exists("/dev/kplug/%s", EDU0));
}

static void give_back(const char *how)
{
	if (!strcmp(how, "unbind"))
		ck_assert_int_eq(file_write(EDU0, "/sys/bus/pci/drivers_probe"), 0);
	else if (!strcmp(how, "remove"))
		ck_assert_int_eq(file_write("1", "/sys/bus/pci/rescan"), 0);
	else
		ck_assert(hostcall("device_add edu edu0 rp0"));
	if (strcmp(how, "unbind"))
		pci_wait_added(EDU0);
	ck_assert(WAIT_UNTIL(file_exists("/dev/kplug/%s", EDU0), 30000));
}

TEST(removal, live_client, .smoke = true, .variants = VARIANTS("unbind", "remove", "unplug"),
     .timeout = 120)
{
	struct kplug_device_info info;
	struct program before, after;

	ready(EDU0);
	program_start(&before, EDU0);
	expect_irq(before.k, 3);
	take_away(variant);
	expect_dead(&before);

	/* A new device appears at the same place while the client holds the dead one. */
	give_back(variant);
	program_start(&after, EDU0);
	expect_irq(after.k, 5);
	ck_assert_int_eq(kplug_info(before.k, &info), -ENODEV);
	program_end(&before);
	expect_irq(after.k, 7);
	program_end(&after);
	objects_settle();
}

/* Native hot-plug lets five seconds pass for each button. */
static int loop_rounds(const char *how)
{
	return !strcmp(how, "unplug") && leg_is("pciehp") ? ROUNDS / 10 : rounds(ROUNDS);
}

TEST(removal, loop, .variants = VARIANTS("unbind", "remove", "unplug"), .timeout = 240)
{
	long devices;

	ready(EDU0);
	devices = objects_created("device");
	for (int i = 0; i < loop_rounds(variant); i++) {
		struct program p;

		program_start(&p, EDU0);
		expect_irq(p.k, i + 1);
		raise_irq(p.k, 1);
		take_away(variant);
		expect_dead(&p);
		program_end(&p);
		give_back(variant);
	}
	objects_settle();
	ck_assert_int_eq(objects_created("device") - devices, loop_rounds(variant));
	ck_assert_int_eq(module_unload("kplug_edu"), 0);
	ck_assert(WAIT_UNTIL(objects_live("device") == 0, 20000));
	ck_assert(WAIT_UNTIL(objects_live("plugin") == 0, 20000));
}

/* One thread for each way to wait; all must return when the device goes. */
static void *wait_in_read(void *k)
{
	struct kplug_event ev;
	long n;

	while ((n = kplug_read(k, &ev, 1)) == 1)
		;
	return (void *)n;
}

static void *wait_in_poll(void *k)
{
	struct pollfd pfd = { .fd = kplug_fd(k), .events = 0 };

	poll(&pfd, 1, -1);
	return (void *)(long)(pfd.revents & POLLHUP ? -ENODEV : 0);
}

static void *wait_in_epoll(void *k)
{
	struct epoll_event ev = { .events = 0 };
	int efd = epoll_create1(0);

	epoll_ctl(efd, EPOLL_CTL_ADD, kplug_fd(k), &ev);
	epoll_wait(efd, &ev, 1, -1);
	close(efd);
	return (void *)(long)(ev.events & EPOLLHUP ? -ENODEV : 0);
}

static void *wait_in_eventfd(void *k)
{
	int fd = eventfd(0, 0);
	uint64_t count = 0;
	long ret = kplug_eventfd(k, 0, fd);

	if (!ret && read(fd, &count, sizeof(count)) == sizeof(count) && count == 1)
		ret = -ENODEV;
	close(fd);
	return (void *)ret;
}

static void *(*const waits[])(void *) = { wait_in_read, wait_in_poll, wait_in_epoll,
					  wait_in_eventfd };
#define WAITS (sizeof(waits) / sizeof(waits[0]))

TEST(removal, every_wait_ends, .smoke = true)
{
	pthread_t threads[WAITS];
	struct program p;

	ready(EDU1);
	program_start(&p, EDU1);
	for (size_t i = 0; i < WAITS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, waits[i], p.k), 0);
	sleep_ms(100);
	unbind(EDU1);
	for (size_t i = 0; i < WAITS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		ck_assert_msg((long)result == -ENODEV, "wait %zu: %ld", i, (long)result);
	}
	program_end(&p);
	bind(EDU1);
	objects_settle();
}

/* A process that raises a flood of interrupts and waits in every way, until it is killed. */
static void busy_child(int ready)
{
	pthread_t thread;
	struct program p;

	program_start(&p, EDU1);
	for (size_t i = 0; i < WAITS; i++)
		pthread_create(&thread, NULL, waits[i], p.k);
	raise_irq(p.k, 1);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	for (;;)
		raise_irq(p.k, 1);
}

static pid_t fork_busy_child(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid)
		busy_child(ready[1]);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void kill_child(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

TEST(removal, killed, .smoke = true, .timeout = 120)
{
	struct program p;

	ready(EDU1);
	for (int i = 0; i < rounds(20); i++) {
		kill_child(fork_busy_child());
		objects_settle();
	}
	program_start(&p, EDU1);
	expect_irq(p.k, 9);
	program_end(&p);
}

TEST(removal, killed_while_removed, .smoke = true, .timeout = 120)
{
	ready(EDU1);
	for (int i = 0; i < rounds(20); i++) {
		pid_t pid = fork_busy_child();

		unbind(EDU1);
		kill_child(pid);
		objects_settle();
		bind(EDU1);
	}
}

TEST(removal, fork_shares, .smoke = true)
{
	struct program p;
	pid_t pid;
	int status;

	ready(EDU1);
	program_start(&p, EDU1);
	pid = fork();
	if (!pid) {
		struct kplug_event ev;

		/* The parent closes its side first; the client lives on here. */
		sleep_ms(200);
		raise_irq(p.k, 6);
		_exit(kplug_wait(p.k, &ev, 1, 5000000000) == 1 && ev.data[0] == 6 ? 0 : 1);
	}
	program_end(&p);
	ck_assert_int_eq(objects_live("client"), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	objects_settle();
}

TEST(removal, modules_in_use, .smoke = true)
{
	struct program p;

	ready(EDU1);
	program_start(&p, EDU1);
	ck_assert_int_ne(module_unload("kplug_edu"), 0);
	ck_assert_int_ne(module_unload("kplug"), 0);
	expect_irq(p.k, 2);
	program_end(&p);
	ck_assert_int_eq(module_unload("kplug_edu"), 0);
	/* A debug kernel releases the devices late. */
	ck_assert(WAIT_UNTIL(!module_unload("kplug"), 10000));
}

/*
 * Silent death: the device stops answering, and the kernel gets no notice. Reads return what the
 * bus returns; then the orderly removal must still work. No later test may unplug edu0: QEMU aborts
 * when a device that came back like this is unplugged. It also takes seconds to reset such a device
 * while that interrupts.
 */
TEST(removal, silent_death, .smoke = true, .last = true, .timeout = 120)
{
	struct program p;

	/* Its driver has the port where hot-plug is native: on arm64, and in the leg pciehp. */
	if (!run("ls /sys/bus/pci_express/drivers/pciehp | grep -q '^" RP0 "'"))
		test_skip("QEMU itself aborts when a hot-plug slot loses its device like that");
	ready(EDU0);
	program_start(&p, EDU0);
	expect_irq(p.k, 1);
	ck_assert(hostcall("qom-set edu0 realized false"));
	raise_irq(p.k, 1);
	kplug_read32(kplug_io_user(p.k), EDU_REGION, EDU_ID);
	ck_assert_int_eq(kplug_detach(p.k, 0), 0);
	ck_assert_int_eq(file_write("1", "/sys/bus/pci/devices/%s/remove", EDU0), 0);
	program_end(&p);
	objects_settle();
	ck_assert(hostcall("qom-set edu0 realized true"));
	ck_assert_int_eq(file_write("1", "/sys/bus/pci/rescan"), 0);
	pci_wait_added(EDU0);
	ck_assert(WAIT_UNTIL(file_exists("/dev/kplug/%s", EDU0), 30000));
}
