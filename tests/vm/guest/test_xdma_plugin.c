// SPDX-License-Identifier: MIT
// The plugin xdma with the model of a card: channels, transactions, and the card's interrupts.
#include "device.h"
#include "dma.h"
#include "job.h"
#include "model.h"

#include <errno.h>
#include <models/xdma_user.h>
#include <string.h>
#include <xdma/xdma_msg.h>

#define USER     0 /* regions */
#define CONFIG   1
#define PAGE     4096u
#define CHANNELS 4u /* of each direction */

static const struct kplug_handler by_plugin = { .plugin = "xdma" };

static const char *card(void)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed("xdma");
	ck_assert(pci_find(0x10ee, 0x9038, 0, address));
	return address;
}

static struct kplug *opened(void)
{
	core_start();
	device_bind(card());
	return device_open(card());
}

static struct kplug *attached(void)
{
	struct kplug *k = opened();

	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	return k;
}

/* What the card's own logic does. */
static void put(struct kplug *k, uint64_t at, uint32_t value)
{
	OK(kplug_access_write(k, USER, at, 4, value));
}

static uint32_t get(struct kplug *k, uint64_t at)
{
	uint64_t value;

	OK(kplug_access_read(k, USER, at, 4, &value));
	return value;
}

/* execute() - how it ended */
static int execute(struct kplug *k, const struct kplug_dma_execution *e)
{
	return job_run(k, e).out_status;
}

/* there_and_back() - by two transactions, with every byte right */
static void there_and_back(struct kplug *k, struct job *j, const struct kplug_dma_execution *how,
			   uint64_t seed)
{
	struct kplug_dma_execution e = *how;

	dma_fill(j->memory, j->length, seed);
	e.id = j->id[TO_CARD];
	ck_assert_int_eq(execute(k, &e), 0);
	memset(j->memory, 0, j->length);
	e.id = j->id[FROM_CARD];
	ck_assert_int_eq(execute(k, &e), 0);
	dma_check(j->memory, j->length, seed);
}

/* More pages than a run has descriptors, there and back. */
TEST(xdma_plugin, copies, .timeout = 60, .variants = VARIANTS("interrupts", "hybrid", "polls"))
{
	struct kplug *k = attached();
	struct job j = job_pinned(k, (3 << 20) + 77);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	if (!strcmp(variant, "polls"))
		e.poll_us = KPLUG_POLL_ALWAYS;
	if (!strcmp(variant, "hybrid"))
		e.poll_us = 200;
	for (unsigned int i = 0; i < 3; i++) {
		e.args[XDMA_ARG_CARD] = i * 1000;
		e.args[XDMA_ARG_CHANNEL] = i;
		there_and_back(k, &j, &e, i);
	}
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* The plugin finds what there is by the registers. */
TEST(xdma_plugin, information)
{
	const struct xdma_channel_name none = { .channel = CHANNELS };
	struct kplug *k = attached();
	struct xdma_info info;
	struct xdma_status status;

	ck_assert_int_eq(kplug_call(k, XDMA_CALL_INFO, NULL, 0, &info, sizeof(info)), sizeof(info));
	ck_assert_uint_eq(info.num_h2c, CHANNELS);
	ck_assert_uint_eq(info.num_c2h, CHANNELS);
	ck_assert_uint_eq(info.h2c_streams, 0);
	ck_assert_uint_eq(info.c2h_streams, 0);
	ck_assert_uint_eq(info.user, USER);
	ck_assert_uint_eq(info.registers, CONFIG);
	ck_assert_uint_eq(info.bypass, 2);
	ck_assert_uint_eq(info.alignment, 1);
	ck_assert_int_eq(kplug_call(k, XDMA_CALL_STATUS, &none, sizeof(none), &status,
				    sizeof(status)),
			 -EINVAL);
	ck_assert_int_eq(kplug_call(k, 99, NULL, 0, NULL, 0), -ENOTTY);
	kplug_close(k);
	objects_settle();
}

/* All channels at once, each with its own data. */
TEST(xdma_plugin, channels, .timeout = 60)
{
	struct kplug *k = attached();
	struct job jobs[CHANNELS];

	for (unsigned int i = 0; i < CHANNELS; i++) {
		jobs[i] = job_pinned(k, 300000 + i);
		dma_fill(jobs[i].memory, jobs[i].length, i * 1000);
	}
	for (unsigned int way = 0; way < 2; way++) {
		for (unsigned int i = 0; i < CHANNELS; i++) {
			struct kplug_dma_execution e = job_execution(&jobs[i], way);

			/* What one channel has brought, the next one takes. */
			e.args[XDMA_ARG_CARD] = (uint64_t)i << 20;
			e.args[XDMA_ARG_CHANNEL] = (i + way) % CHANNELS;
			job_start(k, &e);
		}
		for (unsigned int i = 0; i < CHANNELS; i++) {
			ck_assert_int_eq(job_end(k, jobs[i].id[way]).out_status, 0);
			if (way)
				dma_check(jobs[i].memory, jobs[i].length, i * 1000);
			memset(jobs[i].memory, 0, jobs[i].length);
		}
	}
	kplug_close(k);
	for (unsigned int i = 0; i < CHANNELS; i++)
		job_free(&jobs[i]);
	objects_settle();
}

#define MANY 12u

/* many() - transactions of a page each, of which the first one runs while the card waits */
static void many(struct kplug *k, struct job *jobs)
{
	put(k, XDMA_USER_STALL, 1);
	for (unsigned int i = 0; i < MANY; i++) {
		struct kplug_dma_execution e;

		jobs[i] = job_pinned(k, PAGE);
		dma_fill(jobs[i].memory, PAGE, i * PAGE);
		e = job_execution(&jobs[i], TO_CARD);
		e.args[XDMA_ARG_CARD] = i * PAGE;
		job_start(k, &e);
	}
}

static void many_free(struct kplug *k, struct job *jobs)
{
	kplug_close(k);
	for (unsigned int i = 0; i < MANY; i++)
		job_free(&jobs[i]);
	objects_settle();
}

/* Transactions that wait for a channel become one run of it, and each ends by itself. */
TEST(xdma_plugin, several_in_flight)
{
	struct kplug *k = attached();
	struct job jobs[MANY], all;
	struct kplug_dma_execution e;
	uint64_t runs = model_count("runs");

	many(k, jobs);
	put(k, XDMA_USER_STALL, 0);
	for (unsigned int i = 0; i < MANY; i++)
		ck_assert_int_eq(job_end(k, jobs[i].id[TO_CARD]).out_status, 0);
	ck_assert_uint_eq(model_count("runs") - runs, 2);
	all = job_pinned(k, MANY * PAGE);
	e = job_execution(&all, FROM_CARD);
	ck_assert_int_eq(execute(k, &e), 0);
	dma_check(all.memory, all.length, 0);
	job_free(&all);
	many_free(k, jobs);
}

/* An abort takes one transaction out; the others do not notice. */
TEST(xdma_plugin, abort)
{
	struct kplug *k = attached();
	struct job jobs[MANY];

	many(k, jobs);
	OK(kplug_dma_transaction_abort(k, jobs[5].id[TO_CARD]));
	ck_assert_int_eq(job_end(k, jobs[5].id[TO_CARD]).out_status, -ECANCELED);
	put(k, XDMA_USER_STALL, 0);
	for (unsigned int i = 0; i < MANY; i++)
		if (i != 5)
			ck_assert_int_eq(job_end(k, jobs[i].id[TO_CARD]).out_status, 0);
	many_free(k, jobs);
}

/* An engine that does not stop has no transactions before a reset, and all after it. */
TEST(xdma_plugin, stuck_engine, .timeout = 60)
{
	struct kplug *k = attached();
	struct job j = job_pinned(k, 8 * PAGE);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	put(k, XDMA_USER_STALL, 1);
	e.timeout_ms = 100;
	ck_assert_int_lt(execute(k, &e), 0);
	ck_assert(!(pci_command_register(card()) & 4));
	OK(kplug_reset(k));
	e.timeout_ms = 20000;
	there_and_back(k, &j, &e, 3);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

static struct xdma_status status_of(struct kplug *k, bool from_card, unsigned int channel)
{
	const struct xdma_channel_name name = { .from_card = from_card, .channel = channel };
	struct xdma_status status;

	ck_assert_int_eq(kplug_call(k, XDMA_CALL_STATUS, &name, sizeof(name), &status,
				    sizeof(status)),
			 sizeof(status));
	return status;
}

/* An address that the card does not have ends the transaction at once, and the next one works. */
TEST(xdma_plugin, errors)
{
	struct kplug *k = attached();
	struct job j = job_pinned(k, 4 * PAGE);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	e.args[XDMA_ARG_CARD] = XDMA_CARD_MEMORY - PAGE;
	e.args[XDMA_ARG_CHANNEL] = 3;
	ck_assert_uint_eq(status_of(k, false, 3).errors, 0);
	ck_assert_int_eq(execute(k, &e), -EREMOTEIO);
	ck_assert_uint_eq(status_of(k, false, 3).errors, 1);
	ck_assert_uint_eq(status_of(k, false, 3).status & 0xfffe38, 1 << 14);
	e.id = j.id[FROM_CARD];
	ck_assert_int_eq(execute(k, &e), -EREMOTEIO);
	ck_assert_uint_eq(status_of(k, true, 3).status & 0xfffe38, 1 << 9);
	e.args[XDMA_ARG_CARD] = 0;
	ck_assert_int_eq(execute(k, &e), 0);
	ck_assert_uint_eq(status_of(k, true, 3).errors, 1);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* What a program may not ask for changes nothing. */
TEST(xdma_plugin, arguments)
{
	static const uint64_t wrong[][KPLUG_DMA_ARGS] = {
		{ 0, CHANNELS }, { 0, ~0ull }, { 0, 0, 4 }, { 0, 0, 0, 1 }, { ~0ull },
	};
	struct kplug *k = attached();
	struct job j = job_pinned(k, PAGE);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		memcpy(e.args, wrong[i], sizeof(e.args));
		ck_assert_int_eq(kplug_dma_transaction_execute(k, &e, 1), -EINVAL);
	}
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* A FIFO of the card: all goes through one address, in pieces as wide as its data path. */
TEST(xdma_plugin, fixed_address)
{
	struct kplug *k = attached();
	struct job j = job_pinned(k, 3 * PAGE);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	there_and_back(k, &j, &e, 9);
	dma_fill(j.memory, j.length, 100);
	e.args[XDMA_ARG_FLAGS] = XDMA_FLAG_FIXED;
	ck_assert_int_eq(execute(k, &e), 0);
	e.id = j.id[FROM_CARD];
	ck_assert_int_eq(execute(k, &e), 0);
	for (unsigned int at = 0; at < j.length; at += XDMA_DATA_PATH)
		dma_check(j.memory + at, XDMA_DATA_PATH, 100 + j.length - XDMA_DATA_PATH);
	e.args[XDMA_ARG_FLAGS] = 0;
	ck_assert_int_eq(execute(k, &e), 0);
	dma_check(j.memory, XDMA_DATA_PATH, 100 + j.length - XDMA_DATA_PATH);
	dma_check(j.memory + XDMA_DATA_PATH, j.length - XDMA_DATA_PATH, 9 + XDMA_DATA_PATH);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* A client without privileges has the addresses and channels that a trusted one has given. */
TEST(xdma_plugin, restricted)
{
	const struct xdma_bounds bounds = { .first = PAGE, .last = 3 * PAGE - 1, .h2c = 1 << 2 };
	struct kplug *k = attached(), *restricted = device_open_restricted(card());
	const struct kplug_dma_execution at[] = {
		{ .length = PAGE, .args = { PAGE, 2 } },
		{ .length = PAGE, .args = { 0, 2 } },
		{ .length = PAGE, .args = { PAGE - 1, 2 } },
		{ .length = PAGE, .args = { PAGE, 1 } },
		{ .length = PAGE, .args = { 2 * PAGE + 1, 2 } },
		/* The engine may take a whole word there, which goes on at address 0. */
		{ .length = 4, .args = { UINT64_MAX - 7, 2, XDMA_FLAG_FIXED } },
	};
	struct job j;

	ck_assert_int_eq(kplug_attach(restricted, KPLUG_NO_VECTOR, &by_plugin),
			 KPLUG_HANDLER_PLUGIN);
	j = job_pinned(restricted, PAGE);
	for (unsigned int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
			struct kplug_dma_execution e = at[i];

			e.id = j.id[TO_CARD];
			if (round && !i)
				ck_assert_int_eq(execute(restricted, &e), 0);
			else
				ck_assert_int_eq(kplug_dma_transaction_execute(restricted, &e, 1),
						 -EPERM);
		}
		ck_assert_int_eq(kplug_call(restricted, XDMA_CALL_BOUND, &bounds, sizeof(bounds),
					    NULL, 0),
				 -EPERM);
		OK(kplug_call(k, XDMA_CALL_BOUND, &bounds, sizeof(bounds), NULL, 0));
	}
	kplug_close(restricted);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* A reset ends what runs. Afterwards the card works as before. */
TEST(xdma_plugin, reset, .timeout = 60)
{
	struct kplug *k = attached();
	struct job j = job_pinned(k, 1 << 20);
	struct kplug_dma_execution e = job_execution(&j, TO_CARD);

	for (unsigned int i = 0; i < 3; i++) {
		job_start(k, &e);
		OK(kplug_reset(k));
		job_end(k, e.id);
		there_and_back(k, &j, &e, i);
	}
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

static void use_line(struct kplug *k, uint32_t line, uint32_t flags)
{
	struct xdma_user user = { .line = line, .flags = flags };

	if (flags & XDMA_USER_ACKNOWLEDGE) {
		user.region = USER;
		user.offset = XDMA_USER_ACK;
		user.value = 1 << line;
	}
	OK(kplug_call(k, XDMA_CALL_USER, &user, sizeof(user), NULL, 0));
}

/* Each line has a vector, and each of its interrupts is one event. */
TEST(xdma_plugin, user_interrupts)
{
	struct kplug *k = opened();

	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_MSIX, 17), 17);
	for (unsigned int line = 0; line < 16; line++) {
		const unsigned int vector = XDMA_VECTOR_OF_LINE(line);

		ck_assert_int_eq(kplug_attach(k, vector, &by_plugin), KPLUG_HANDLER_PLUGIN);
		use_line(k, line, XDMA_USER_ACKNOWLEDGE);
	}
	for (unsigned int i = 0; i < 64; i++) {
		struct kplug_event event;

		put(k, XDMA_USER_RAISE, 1 << i % 16);
		event = next_event(k);
		ck_assert_uint_eq(event.vector, XDMA_VECTOR_OF_LINE(i % 16));
		ck_assert_uint_eq(event.data[0], 1 << i % 16);
		ck_assert_uint_eq(get(k, XDMA_USER_LEVEL), 0);
	}
	no_event(k);
	kplug_close(k);
	objects_settle();
}

static enum kplug_irq_mode mode_of(const char *variant)
{
	if (!strcmp(variant, "intx"))
		return KPLUG_IRQ_INTX;
	return !strcmp(variant, "msi") ? KPLUG_IRQ_MSI : KPLUG_IRQ_MSIX;
}

/* With one vector its handler serves both, the channels and the lines that share it. */
TEST(xdma_plugin, shared_vector, .variants = VARIANTS("intx", "msi", "msix"))
{
	struct kplug *k = opened();
	struct kplug_dma_execution e;
	struct job j;

	ck_assert_int_eq(kplug_irq_mode(k, mode_of(variant), 1), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	use_line(k, 4, XDMA_USER_SHARED | XDMA_USER_ACKNOWLEDGE);
	use_line(k, 9, XDMA_USER_SHARED | XDMA_USER_ACKNOWLEDGE);
	j = job_pinned(k, PAGE);
	e = job_execution(&j, TO_CARD);
	for (unsigned int i = 0; i < 20; i++) {
		struct kplug_event event;

		put(k, XDMA_USER_RAISE, 1 << 4 | 1 << 9);
		event = next_event(k);
		ck_assert_uint_eq(event.data[0], 1 << 4 | 1 << 9);
		job_start(k, &e);
		event = next_event(k);
		ck_assert_uint_eq(event.type, KPLUG_EVENT_DMA);
		ck_assert_int_eq(job_end(k, e.id).out_status, 0);
	}
	no_event(k);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

/* Without a register that acknowledges, a line is disabled until the program has seen to it. */
TEST(xdma_plugin, unacknowledged_line, .variants = VARIANTS("intx", "msix"))
{
	const uint32_t lines = 1 << 2;
	struct kplug *k = opened();

	ck_assert_int_eq(kplug_irq_mode(k, mode_of(variant), 1), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	use_line(k, 2, XDMA_USER_SHARED);
	for (unsigned int i = 0; i < 10; i++) {
		put(k, XDMA_USER_RAISE, lines);
		ck_assert_uint_eq(next_event(k).data[0], lines);
		no_event(k);
		/* The cause is still there. */
		OK(kplug_call(k, XDMA_CALL_USER_ENABLE, &lines, sizeof(lines), NULL, 0));
		ck_assert_uint_eq(next_event(k).data[0], lines);
		put(k, XDMA_USER_ACK, lines);
		OK(kplug_call(k, XDMA_CALL_USER_ENABLE, &lines, sizeof(lines), NULL, 0));
	}
	no_event(k);
	kplug_close(k);
	objects_settle();
}

/* A plugin of a board adds to this one what its designer knows. */
TEST(xdma_plugin, board)
{
	const struct kplug_handler by_board = { .plugin = "xdma_board" };
	struct kplug *k = opened();
	struct kplug_dma_execution e;
	struct job j;

	ck_assert_int_eq(kplug_attach(k, 0, &by_board), KPLUG_HANDLER_PLUGIN);
	ck_assert(module_loaded("kplug_xdma_board"));
	put(k, XDMA_USER_RAISE, 1 << 2);
	ck_assert_uint_eq(next_event(k).data[0], 1 << 2);
	ck_assert_uint_eq(get(k, XDMA_USER_LEVEL), 0);
	j = job_pinned(k, 10 * PAGE);
	e = job_execution(&j, TO_CARD);
	there_and_back(k, &j, &e, 1);
	kplug_close(k);
	job_free(&j);
	objects_settle();
}

TEST(xdma_plugin, sample)
{
	core_start();
	device_bind(card());
	OK(run("xdma_copy %s 4", card()));
}
