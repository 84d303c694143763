// SPDX-License-Identifier: MIT
// Calls: messages of every size, many at a time, interrupted, refused.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes that depend on their place, so that a shifted copy shows. */
static void fill(uint8_t *bytes, size_t length, unsigned int seed)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (i * 7 + i / 256 + seed) & 0xff;
}

static void check_echo(struct kplug *null, size_t in_length, size_t out_length)
{
	const size_t answer = in_length < out_length ? in_length : out_length;
	uint8_t *in = calloc(1, in_length + 1), *out = malloc(out_length + 1);

	fill(in, in_length, in_length + out_length);
	memset(out, 0xa5, out_length + 1);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, in, in_length, out, out_length), answer);
	OK(memcmp(in, out, answer));
	/* The core writes nothing beyond the answer. */
	for (size_t i = answer; i <= out_length; i++)
		if (out[i] != 0xa5)
			ck_abort_msg("byte %zu after an answer of %zu", i, answer);
	free(in);
	free(out);
}

TEST(call, echo_sizes)
{
	static const size_t sizes[] = { 0,   1,   7,   8,    9,    63,   64,    127,
					128, 129, 200, 4095, 4096, 4097, 65535, 65536 };
	struct kplug *null;

	core_start();
	null = null_open(0);
	ck_assert_int_eq(device_info(null).out_max_in, NULL_MAX_MESSAGE);
	ck_assert_int_eq(device_info(null).out_max_out, NULL_MAX_MESSAGE);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++)
			check_echo(null, sizes[i], sizes[j]);
}

TEST(call, too_long)
{
	uint8_t *message = calloc(1, KPLUG_MAX_MESSAGE + 1);
	struct kplug_call call = {
		.size = sizeof(call),
		.cmd = NULL_CALL_ECHO,
		.in = (uintptr_t)message,
		.out = (uintptr_t)message,
	};
	static const uint32_t lengths[] = { NULL_MAX_MESSAGE + 1, KPLUG_MAX_MESSAGE,
					    KPLUG_MAX_MESSAGE + 1, ~0u };
	struct kplug *null;

	core_start();
	null = null_open(0);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		call.in_len = lengths[i];
		call.out_len = 0;
		ck_assert_int_eq(command(null, KPLUG_CALL, &call), -E2BIG);
		call.in_len = 0;
		call.out_len = lengths[i];
		ck_assert_int_eq(command(null, KPLUG_CALL, &call), -E2BIG);
	}
	free(message);
}

static uint32_t factorial(struct kplug *edu, uint32_t n)
{
	uint32_t answer = 0;

	ck_assert_int_eq(kplug_call(edu, EDU_CALL_FACTORIAL, &n, sizeof(n), &answer,
				    sizeof(answer)),
			 sizeof(answer));
	return answer;
}

TEST(call, factorial)
{
	uint32_t expected = 1;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(factorial(edu, 0), 1);
	for (uint32_t n = 1; n <= 20; n++) {
		expected *= n;
		ck_assert_int_eq(factorial(edu, n), expected);
	}
	ck_assert_int_eq(factorial(edu, 34), 0);
}

/* The plugin raises the interrupt, so that a restricted program can ask for it. */
TEST(call, raise)
{
	const uint32_t bits = 0x1234, none = 0;
	struct kplug *edu;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(edu, 0, &edu_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_call(edu, EDU_CALL_RAISE, &bits, sizeof(bits), NULL, 0));
	ck_assert_int_eq(next_event(edu).data[0], bits);
	ck_assert_int_eq(kplug_call(edu, EDU_CALL_RAISE, &none, sizeof(none), NULL, 0), -EINVAL);
}

struct caller {
	struct kplug *k;
	unsigned int number;
	pthread_t thread;
};

static void *echo_many(void *argument)
{
	const struct caller *caller = argument;

	for (int i = 0; i < 200; i++)
		check_echo(caller->k, (caller->number * 1000 + i * 13) % 5000, 5000);
	return NULL;
}

static void *factorial_many(void *argument)
{
	const struct caller *caller = argument;

	static const uint32_t answers[] = { 1, 2, 6, 24 };

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(factorial(caller->k, caller->number + 1), answers[caller->number]);
	return NULL;
}

/* Several threads of one client, and two clients. */
TEST(call, concurrent, .smoke = true, .variants = VARIANTS("echo", "factorial"))
{
	const bool echo = !strcmp(variant, "echo");
	struct caller callers[4];
	struct kplug *k[2];

	core_start();
	for (int i = 0; i < 2; i++) {
		k[i] = echo ? null_open(0) : edu_open(EDU1, NULL);
		if (!echo)
			ck_assert_int_eq(kplug_attach(k[i], KPLUG_NO_VECTOR, &edu_plugin),
					 KPLUG_HANDLER_PLUGIN);
	}
	for (int i = 0; i < 4; i++) {
		callers[i] = (struct caller){ .k = k[i % 2], .number = i };
		OK(pthread_create(&callers[i].thread, NULL, echo ? echo_many : factorial_many,
				  &callers[i]));
	}
	for (int i = 0; i < 4; i++)
		OK(pthread_join(callers[i].thread, NULL));
}

/* A long call does not delay the calls of other clients. */
static void *sleep_long(void *argument)
{
	return (void *)(intptr_t)null_call_u32(argument, NULL_CALL_SLEEP, 300);
}

TEST(call, sleeping_call_lets_others_in, .smoke = true)
{
	struct kplug *null;
	pthread_t thread;
	uint64_t start;
	void *result;

	core_start();
	null = null_open(0);
	start = now_ns();
	OK(pthread_create(&thread, NULL, sleep_long, null));
	check_echo(null, 10, 10);
	device_info(null);
	kplug_close(null_open(16));
	OK(pthread_join(thread, &result));
	ck_assert_ptr_null(result);
	ck_assert(now_ns() - start >= 280 * MS); /* the kernel may wake it a tick too early */
}

static void on_signal(int signal)
{
	(void)signal;
}

TEST(call, signals, .variants = VARIANTS("caught", "killed"))
{
	const struct sigaction action = { .sa_handler = on_signal };
	const bool caught = !strcmp(variant, "caught");
	struct kplug *null;
	uint64_t start;
	pid_t child;
	int status;

	core_start();
	OK(module_load("kplug_null"));
	child = fork();
	if (!child) {
		sigaction(SIGUSR1, &action, NULL);
		null = null_open(0);
		_exit(null_call_u32(null, NULL_CALL_SLEEP, 60000) != -EINTR);
	}
	ck_assert(WAIT_UNTIL(objects_live("session") == 1, 5000));
	sleep_ms(100);
	start = now_ns();
	kill(child, caught ? SIGUSR1 : SIGKILL);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(now_ns() - start < 5000 * MS);
	if (caught)
		ck_assert_int_eq(status, 0);
	else
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	objects_settle();
}

TEST(call, bad_memory)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *edge =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *constant = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	     good[64] = "hello";
	struct kplug *null;

	core_start();
	null = null_open(0);
	munmap(edge + page, page);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, NULL, 1, good, 1), -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, edge + page - 8, 64, good, 64), -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, (void *)0xffff888000000000, 64, good, 64),
			 -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, good, 1, NULL, 1), -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, good, 64, edge + page - 8, 64), -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, good, 64, constant, 64), -EFAULT);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, good, 64, (void *)0xffff888000000000, 64),
			 -EFAULT);
	/* The core does not touch unused room. */
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, good, 5, constant, 0), 0);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, NULL, 0, NULL, 64), 0);
}

TEST(call, refusals)
{
	const uint32_t word = 0;
	struct kplug *edu, *null;

	core_start();
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_call(edu, EDU_CALL_RAISE, &word, sizeof(word), NULL, 0), -ENOTCONN);
	null = null_open(0);
	ck_assert_int_eq(kplug_call(null, 0, NULL, 0, NULL, 0), -ENOTTY);
	ck_assert_int_eq(kplug_call(null, ~0u, NULL, 0, NULL, 0), -ENOTTY);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_FIRE, &word, sizeof(word), NULL, 0), -EINVAL);
	OK(kplug_detach(null, KPLUG_NO_VECTOR));
	ck_assert_int_eq(kplug_call(null, NULL_CALL_ECHO, NULL, 0, NULL, 0), -ENOTCONN);

	/* A plugin that answers no calls. */
	OK(module_load("kplug_odd defect=fewer_ops"));
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_ECHO, NULL, 0, NULL, 0), -EOPNOTSUPP);
}

/* A plugin that returns a longer answer than the buffer has room for. */
TEST(call, answer_is_cut)
{
	char in[64] = "a long message", out[64];
	struct kplug *edu;

	core_start();
	OK(module_load("kplug_odd"));
	edu = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(edu, KPLUG_NO_VECTOR, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	memset(out, 0xa5, sizeof(out));
	ck_assert_int_eq(kplug_call(edu, ODD_CALL_ECHO, in, sizeof(in), out, 5), 5);
	OK(memcmp(out, "a lon\xa5", 6));
}
