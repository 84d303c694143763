// SPDX-License-Identifier: MIT
// Handlers in the program: the library returns whatever they do, and they reach registers
// of every kind.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <kplug_uart.h>

static unsigned int verdict, runs;

/* Does not silence the device. */
static unsigned int idle_handler(struct kplug_irq *irq)
{
	(void)irq;
	__atomic_fetch_add(&runs, 1, __ATOMIC_RELEASE);
	return verdict;
}

static unsigned int runs_now(void)
{
	return __atomic_load_n(&runs, __ATOMIC_ACQUIRE);
}

static unsigned int heard;

static void hear(struct kplug *k, const struct kplug_event *event, void *ctx)
{
	(void)k;
	(void)event;
	(void)ctx;
	__atomic_fetch_add(&heard, 1, __ATOMIC_RELEASE);
}

static unsigned int heard_now(void)
{
	return __atomic_load_n(&heard, __ATOMIC_ACQUIRE);
}

/* The guard may have masked the line by then. */
static void check_nothing_but_a_storm(int result, const struct kplug_event *event)
{
	if (result == 1)
		ck_assert_int_eq(event->type, KPLUG_EVENT_STORM);
	else
		ck_assert_int_eq(result, 0);
}

static void come_back(struct kplug *edu, const char *from)
{
	struct kplug_event event;
	uint64_t start;

	if (!strncmp(from, "wait", 4)) {
		start = now_ns();
		check_nothing_but_a_storm(kplug_wait(edu, &event, 1, 100 * MS), &event);
		ck_assert_uint_lt(now_ns() - start, 10000 * MS);
	} else if (!strncmp(from, "next", 4)) {
		check_nothing_but_a_storm(kplug_next(edu, &event), &event);
	} else if (!strncmp(from, "read", 4)) {
		check_nothing_but_a_storm(kplug_read(edu, &event, 1), &event);
	} else if (!strncmp(from, "forever", 7)) {
		check_nothing_but_a_storm(kplug_wait(edu, &event, 1, -1), &event);
	} else {
		ck_assert(WAIT_UNTIL(runs_now() >= 10, 10000));
		if (!strncmp(from, "unlisten", 8))
			OK(kplug_unlisten(edu));
	}
}

TEST(rung0, line_stays_asserted, .timeout = 60,
     .variants = VARIANTS("wait-none", "wait-handled", "wait-spin-none", "next-none",
			  "next-handled", "read-none", "read-handled", "forever-none",
			  "forever-handled", "unlisten-none", "unlisten-handled", "close-none",
			  "close-handled"))
{
	const struct kplug_handler idle = { .user = idle_handler };
	struct kplug *edu;

	core_start();
	log_allow("vector 0 masked");
	edu = edu_open(EDU1, "intx");
	verdict = strstr(variant, "none") ? KPLUG_NONE : KPLUG_HANDLED;
	if (strstr(variant, "spin"))
		kplug_set_spin(edu, 1000000 * MS);
	ck_assert_int_eq(kplug_attach(edu, 0, &idle), KPLUG_HANDLER_USER);
	if (variant[0] == 'u' || variant[0] == 'c')
		OK(kplug_listen(edu, hear, NULL));
	edu_raise(edu, 1);
	come_back(edu, variant);
	edu_ack(edu);
	OK(kplug_close(edu));
	objects_settle();
}

/* The same with messages, which the guard does not stop. */
static int stop_flood;

static void *flood(void *edu)
{
	while (!__atomic_load_n(&stop_flood, __ATOMIC_ACQUIRE)) {
		for (int i = 0; i < 20; i++)
			edu_raise(edu, 1);
		/* Without this, an emulated processor has no time for the handler. */
		usleep(50);
	}
	return NULL;
}

TEST(rung0, device_floods,
     .variants = VARIANTS("wait-none", "next-none", "forever-none", "unlisten-none"),
     .timeout = 180)
{
	const struct kplug_handler idle = { .user = idle_handler };
	struct kplug *edu;
	pthread_t thread;

	core_start();
	edu = edu_open(EDU1, "msi");
	ck_assert_int_eq(kplug_attach(edu, 0, &idle), KPLUG_HANDLER_USER);
	if (variant[0] == 'u')
		OK(kplug_listen(edu, hear, NULL));
	OK(pthread_create(&thread, NULL, flood, edu));
	come_back(edu, variant);
	__atomic_store_n(&stop_flood, 1, __ATOMIC_RELEASE);
	OK(pthread_join(thread, NULL));
}

static void hear_slowly(struct kplug *k, const struct kplug_event *event, void *ctx)
{
	hear(k, event, ctx);
	sleep_ms(5);
}

/* A callback that is slower than its device; the events that it did not get stay in the ring. */
TEST(rung0, unlisten_takes_one_callback)
{
	struct kplug_event event;
	struct kplug *null;
	unsigned int before, left = 0;

	core_start();
	null = null_open(1024);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	null_fire(null, 0, 1000);
	OK(kplug_listen(null, hear_slowly, NULL));
	ck_assert(WAIT_UNTIL(heard_now() >= 3, 10000));
	before = heard_now();
	OK(kplug_unlisten(null));
	/* One that had begun, and one that began before the thread saw the stop. */
	ck_assert_uint_le(heard_now(), before + 2);
	while (kplug_next(null, &event)) {
		ck_assert_uint_eq(event.seq, heard_now() + left);
		left++;
	}
	ck_assert_uint_eq(heard_now() + left, 1000);
}

static struct kplug *dut;
static int said[4];

static unsigned int calling_handler(struct kplug_irq *irq)
{
	volatile void *map;
	struct kplug_event event;

	edu_handler(irq);
	said[0] = kplug_map_range(dut, EDU_REGION, 0, 4096, &map) ?: kplug_unmap_range(dut, map);
	said[1] = kplug_detach(dut, 0);
	said[2] = kplug_wait(dut, &event, 1, -1);
	said[3] = kplug_close(dut);
	return KPLUG_HANDLED | KPLUG_NOTIFY;
}

/* In the thread of kplug_wait() and in that of the library. */
TEST(rung0, handler_calls_the_library,
     .variants = VARIANTS("intx-wait", "msi-wait", "intx-listen", "msi-listen"))
{
	const struct kplug_handler calling = { .user = calling_handler };

	core_start();
	dut = edu_open(EDU1, variant);
	ck_assert_int_eq(kplug_attach(dut, 0, &calling), KPLUG_HANDLER_USER);
	if (strstr(variant, "listen"))
		OK(kplug_listen(dut, hear, NULL));
	edu_raise(dut, 1);
	if (strstr(variant, "listen"))
		ck_assert(WAIT_UNTIL(heard_now() == 1, 10000));
	else
		next_event(dut);
	OK(said[0]);
	for (int i = 1; i < 4; i++)
		ck_assert_int_eq(said[i], -EDEADLK);
	OK(kplug_detach(dut, 0));
	OK(kplug_close(dut));
	objects_settle();
}

/* glibc's setuid() sends every thread a signal, which a thread cannot block. */
TEST(rung0, listener_survives_setuid)
{
	struct kplug *null;

	core_start();
	null = null_open(64);
	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_listen(null, hear, NULL));
	for (unsigned int i = 1; i <= 20; i++) {
		sleep_ms(2); /* it sleeps by then */
		OK(setuid(getuid()));
		null_fire(null, 0, 1);
		ck_assert(WAIT_UNTIL(heard_now() == i, 10000));
	}
	ck_assert_int_eq(kplug_listen(null, hear, NULL), -EALREADY);
	OK(kplug_unlisten(null));
}

/* The accessors reach ports, and memory that is not mapped. */
TEST(rung0, accessors_without_a_map)
{
	uint8_t block[8], again[8];
	struct kplug *testdev;
	const struct kplug_io *io;
	uint64_t value;

	core_start();
	device_bind(TESTDEV);
	testdev = device_open_ring(TESTDEV, 0);
	io = kplug_io_user(testdev);
	for (unsigned int region = 0; region < 2; region++) {
		kplug_write8(io, region, 0,
			     0); /* the first test of the device: its description follows */
		for (unsigned int at = 16; at < 24; at++) {
			OK(kplug_access_read(testdev, region, at, 1, &value));
			ck_assert_uint_eq(kplug_read8(io, region, at), value);
			block[at - 16] = value;
		}
		ck_assert_uint_ne(block[0], 0);
		OK(kplug_read_block(io, region, 16, 1, again, 8, 0));
		ck_assert_mem_eq(block, again, 8);
		OK(kplug_access_read(testdev, region, 16, 4, &value));
		ck_assert_uint_eq(kplug_read32(io, region, 16), value);
		ck_assert_uint_eq(kplug_read32(io, region, 1 << 20), ~0u);
		ck_assert_int_eq(kplug_read_block(io, region, 1 << 20, 1, again, 8, 0), -EINVAL);
	}
	/* As in the kernel. */
	ck_assert_uint_eq(kplug_read32(io, KPLUG_CONFIG_REGION, 0), ~0u);
	kplug_close(testdev);
}

/* A card whose registers are ports. */
static const struct kplug_handler *uart_handler_of(const char *variant)
{
	static const struct kplug_step steps[] = {
		KPLUG_READ8(0, UART_IIR), KPLUG_NOT_MINE(UART_IIR_NONE, UART_IIR_NONE),
		KPLUG_CAPTURE(0x0f),      KPLUG_READ8(0, UART_DATA),
		KPLUG_CAPTURE(0xff),
	};
	static const struct kplug_handler plugin = { .plugin = "uart" },
					  user = { .user = uart_handler },
					  recipe = { .steps = steps,
						     .num_steps = ARRAY_SIZE(steps) };

	if (!strcmp(variant, "user"))
		return &user;
	return strcmp(variant, "recipe") ? &plugin : &recipe;
}

static void check_bytes(struct kplug *uart)
{
	const struct kplug_io *io = kplug_io_user(uart);
	struct kplug_event event;

	kplug_write8(io, 0, UART_LCR, UART_LCR_8N1);
	kplug_write8(io, 0, UART_FCR, UART_FCR_RESET);
	kplug_write8(io, 0, UART_MCR, UART_MCR_LOOP);
	kplug_write8(io, 0, UART_IER, UART_IER_RX);
	for (unsigned int i = 0; i < 50; i++) {
		kplug_write8(io, 0, UART_DATA, i);
		event = next_event(uart);
		ck_assert_int_eq(event.type, KPLUG_EVENT_IRQ);
		ck_assert_uint_eq(event.seq, i);
		ck_assert_uint_eq(event.words, 2);
		ck_assert_uint_eq(event.data[0] & ~0x08, 0x04);
		ck_assert_uint_eq(event.data[1], i);
	}
	kplug_write8(io, 0, UART_IER, 0);
	no_event(uart);
}

TEST(rung0, same_handler_on_ports, .variants = VARIANTS("user", "recipe", "plugin"), .timeout = 120)
{
	struct kplug *uart;

	core_start();
	device_bind(SERIAL);
	uart = device_open(SERIAL);
	ck_assert_int_ge(kplug_attach(uart, 0, uart_handler_of(variant)), 0);
	check_bytes(uart);
	OK(kplug_close(uart));
}
