// SPDX-License-Identifier: MIT
// Transactions of a device that has finished each chunk before its handler looks again.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LENGTH 65536u
#define PIECE  64u /* a chunk */
#define CHUNKS (LENGTH / PIECE)
#define BUDGET 64 /* of kplug_dma_done() */

struct engine {
	struct kplug *k;
	struct kplug_dma_buffer buffer;
	struct kplug_dma_mapping mapping;
};

static void engine_begin(struct engine *e, const char *parameters)
{
	char module[64];

	core_start();
	snprintf(module, sizeof(module), "kplug_odd engine=1 %s", parameters);
	OK(module_load(module));
	e->k = edu_open(EDU1, NULL);
	ck_assert_int_eq(kplug_attach(e->k, 0, &odd_plugin), KPLUG_HANDLER_PLUGIN);
	OK(kplug_dma_buffer_alloc(e->k, LENGTH, &e->buffer));
	OK(kplug_dma_map(e->k, e->buffer.fd, 0, 0, KPLUG_DMA_BOTH, &e->mapping));
}

static void engine_end(struct engine *e)
{
	kplug_dma_buffer_free(&e->buffer);
	kplug_close(e->k);
	objects_settle();
}

static uint32_t transaction(struct engine *e)
{
	struct kplug_dma_transaction t = { .mapping = e->mapping.id,
					   .direction = KPLUG_DMA_TO_DEVICE,
					   .max_chunk = PIECE };

	OK(kplug_dma_transaction_make(e->k, &t));
	return t.out_id;
}

/* The next event of a transaction; the odd plugin also notifies of its interrupts. */
static struct kplug_event next_end(struct engine *e)
{
	struct kplug_event event;

	do
		event = next_event(e->k);
	while (event.type != KPLUG_EVENT_DMA);
	return event;
}

static long parameter(const char *name)
{
	char text[16];

	OK(file_read(text, sizeof(text), "/sys/module/kplug_odd/parameters/%s", name));
	return strtol(text, NULL, 10);
}

/* The most chunks that ended in one interrupt: all that it found, and as many as may start. */
static long most_at_once(void)
{
	return parameter("most_at_once");
}

/* The chain goes on at one processor while the program acts at another. */
static void part_processors(struct engine *e)
{
	const uint64_t interrupts = 1 << 1;
	cpu_set_t program;

	CPU_ZERO(&program);
	CPU_SET(0, &program);
	OK(sched_setaffinity(0, sizeof(program), &program));
	OK(kplug_affinity_set(e->k, 0, sizeof(interrupts), &interrupts));
}

/* Several chains side by side: each is whole, and none keeps the interrupt. */
TEST(dma_transaction, chains_at_once, .smoke = true, .variants = VARIANTS("1", "4"))
{
	const unsigned int depth = (unsigned int)(variant[0] - '0');
	struct kplug_dma_execution list[4] = {};
	struct kplug_event event;
	bool ended[4] = {};
	struct engine e;

	engine_begin(&e, depth == 1 ? "at_once=1" : "at_once=1 depth=4");
	for (unsigned int i = 0; i < depth; i++)
		list[i] = (struct kplug_dma_execution){ .id = transaction(&e), .cookie = i };
	for (int round = 0; round < rounds(20); round++) {
		ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list, depth), (int)depth);
		for (unsigned int i = 0; i < depth; i++) {
			event = next_end(&e);
			ck_assert_uint_lt(event.data[1], depth);
			ck_assert(ended[event.data[1]] == (round % 2 != 0));
			ended[event.data[1]] = round % 2 == 0;
			ck_assert_uint_eq(event.data[2], LENGTH);
			ck_assert_int_eq((int64_t)event.data[3], 0);
		}
	}
	ck_assert_int_gt(most_at_once(), 1);
	ck_assert_int_le(most_at_once(), BUDGET + depth);
	engine_end(&e);
}

/* A queue of short ones: they end in order, and none is lost. */
TEST(dma_transaction, queue_at_once)
{
	enum { NUM = 300 };
	static struct kplug_dma_execution list[NUM];
	struct engine e;

	engine_begin(&e, "at_once=1");
	for (unsigned int i = 0; i < NUM; i++)
		list[i] = (struct kplug_dma_execution){ .id = transaction(&e),
							.cookie = i,
							.length = PIECE };
	for (int round = 0; round < rounds(20); round++) {
		ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list, NUM), NUM);
		for (unsigned int i = 0; i < NUM; i++)
			ck_assert_uint_eq(next_end(&e).data[1], i);
	}
	/* Each row that starts may add one, and no row but the last is shorter than 8. */
	ck_assert_int_le(most_at_once(), BUDGET + 1 + NUM / 8);
	engine_end(&e);
}

/* Aborts find chains whose next chunk was put off, too. */
TEST(dma_transaction, aborted_at_once, .smoke = true)
{
	struct kplug_dma_execution execution = {};
	unsigned int aborted = 0;
	struct kplug_event event;
	struct engine e;

	engine_begin(&e, "at_once=1");
	part_processors(&e);
	execution.id = transaction(&e);
	for (int round = 0; round < rounds(300); round++) {
		execution.cookie = round;
		ck_assert_int_eq(kplug_dma_transaction_execute(e.k, &execution, 1), 1);
		usleep(round % 30 * 10);
		OK(kplug_dma_transaction_abort(e.k, execution.id));
		event = next_end(&e);
		ck_assert_uint_eq(event.data[1], round);
		ck_assert_uint_eq(event.data[2] % PIECE, 0);
		if (!event.data[3]) {
			ck_assert_uint_eq(event.data[2], LENGTH);
			continue;
		}
		ck_assert_int_eq((int64_t)event.data[3], -ECANCELED);
		ck_assert_uint_lt(event.data[2], LENGTH);
		aborted++;
	}
	ck_assert_uint_gt(aborted, 0);
	engine_end(&e);
}

/* The session ends in the middle of chains, also of those whose next chunk was put off. */
TEST(dma_transaction, closed_at_once)
{
	for (int round = 0; round < rounds(10); round++) {
		struct kplug_dma_execution list[2] = {};
		struct engine e;

		engine_begin(&e, "at_once=1 depth=2");
		list[0].id = transaction(&e);
		list[1].id = transaction(&e);
		ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list, 2), 2);
		usleep(round * 50);
		engine_end(&e);
	}
}

/* What starts together has one dma_commit, and what starts after it another. */
TEST(dma_transaction, one_commit, .smoke = true)
{
	struct kplug_dma_execution list[8] = {};
	struct engine e;

	engine_begin(&e, "at_once=0 depth=8");
	for (unsigned int i = 0; i < 8; i++)
		list[i].id = transaction(&e);
	ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list, 4), 4);
	ck_assert_int_eq(parameter("commits"), 1);
	ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list + 4, 1), 1);
	ck_assert_int_eq(parameter("commits"), 2);
	/* One that is refused takes nothing from those before it. Those behind it stay idle. */
	list[6].length = LENGTH + 1;
	ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list + 5, 3), 1);
	ck_assert_int_eq(parameter("commits"), 3);
	ck_assert_int_eq(kplug_dma_transaction_execute(e.k, list + 7, 1), 1);
	ck_assert_int_eq(parameter("commits"), 4);
	engine_end(&e);
}

/* A program that has seen the end of a transaction runs it again, with no error in between. */
TEST(dma_transaction, again_at_once, .smoke = true, .timeout = 60)
{
	struct kplug_dma_execution execution = { .length = PIECE };
	struct kplug_event event;
	struct engine e;

	engine_begin(&e, "at_once=1");
	execution.id = transaction(&e);
	for (int round = 0; round < rounds(200); round++) {
		execution.cookie = round;
		ck_assert_int_eq(kplug_dma_transaction_execute(e.k, &execution, 1), 1);
		while (!kplug_next(e.k, &event) || event.type != KPLUG_EVENT_DMA)
			;
		ck_assert_uint_eq(event.data[1], round);
	}
	engine_end(&e);
}
