// SPDX-License-Identifier: MIT
// Cards behind bridges of PLX with the plugin: transactions, doorbells, LINTi#, EEPROM, reset.
#include "device.h"
#include "dma.h"
#include "job.h"
#include "model.h"

#include <errno.h>
#include <models/plx_regs.h>
#include <plx/plx_msg.h>
#include <string.h>

#define REGISTERS 0 /* regions */
#define BOARD     2
#define PAGE      4096u
#define MAILBOX   1 /* in which the card's processor answers */
#define RAISE     (1u << 31) /* the doorbell at which it asserts LINTi# */

static const struct kplug_handler by_plugin = { .plugin = "plx" };

static const char *card(const char *model, uint16_t device)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed(model);
	ck_assert(pci_find(0x10b5, device, 0, address));
	return address;
}

static struct kplug *opened_card(const char *address)
{
	struct kplug *k;

	core_start();
	device_bind(address);
	k = device_open(address);
	ck_assert_int_eq(kplug_irq_mode(k, KPLUG_IRQ_INTX, 0), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	return k;
}

static struct kplug *opened(void)
{
	return opened_card(card("plx", 0x9056));
}

static struct kplug_dma_execution execution(const struct job *j, enum job_way way, uint32_t local,
					    uint32_t mode, unsigned int channel)
{
	struct kplug_dma_execution e = job_execution(j, way);

	e.args[PLX_ARG_LOCAL] = local;
	e.args[PLX_ARG_MODE] = PLX_MODE_BUS_32 | mode;
	e.args[PLX_ARG_CHANNEL] = channel;
	return e;
}

/* execute() - how it ended */
static int execute(struct kplug *k, struct kplug_dma_execution e)
{
	return job_run(k, &e).out_status;
}

/* There and back by both channels, in blocks and in chains of more pages than one chain has. */
TEST(plx, plugin, .timeout = 60, .variants = VARIANTS("interrupts", "polls"))
{
	static const size_t lengths[] = { 1, 4000, 5000, 123456, 900001 };
	struct kplug *k = opened();
	struct job j = job_pinned(k, 1000000);

	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(lengths); i++) {
		struct kplug_dma_execution e = execution(&j, TO_CARD, i * 100, 0, i % 2);

		e.length = lengths[i / 2];
		e.poll_us = strcmp(variant, "polls") ? 0 : KPLUG_POLL_ALWAYS;
		dma_fill(j.memory, e.length, i);
		ck_assert_int_eq(execute(k, e), 0);
		memset(j.memory, 0, j.length);
		e.id = j.id[FROM_CARD];
		ck_assert_int_eq(execute(k, e), 0);
		dma_check(j.memory, e.length, i);
		dma_check_all(j.memory + e.length, j.length - e.length, 0);
	}
	kplug_close(k);
	job_free(&j);
}

/* Both channels at once. */
TEST(plx, plugin_channels, .timeout = 60)
{
	struct kplug *k = opened();
	struct job one = job_pinned(k, 200000), two = job_pinned(k, 200000);

	for (uint32_t i = 0; i < (uint32_t)rounds(20); i++) {
		struct kplug_dma_execution both[] = { execution(&one, TO_CARD, 0, 0, 0),
						      execution(&two, TO_CARD, 300000, 0, 1) };

		dma_fill(one.memory, one.length, i);
		dma_fill(two.memory, two.length, i + 1);
		ck_assert_int_eq(kplug_dma_transaction_execute(k, both, 2), 2);
		for (unsigned int way = 0; way < 2; way++) {
			ck_assert_int_eq(job_end(k, both[way].id).out_status, 0);
		}
		ck_assert_int_eq(execute(k, execution(&one, FROM_CARD, 300000, 0, 0)), 0);
		dma_check(one.memory, one.length, i + 1);
	}
	kplug_close(k);
	job_free(&two);
	job_free(&one);
}

TEST(plx, plugin_refused)
{
	struct kplug *k = opened();
	struct job j = job_pinned(k, 2 * PAGE);
	struct kplug_dma_execution wrong[] = {
		execution(&j, TO_CARD, 0, 1u << 9, 0), /* no program chooses chains */
		execution(&j, TO_CARD, 0, 0, 2),
		execution(&j, TO_CARD, 0xfffff000, 0, 0), /* beyond the end */
	};
	uint32_t value = 8;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_int_eq(kplug_dma_transaction_execute(k, &wrong[i], 1), -EINVAL);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_MAILBOX, &value, 4, &value, 4), -EINVAL);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_RING, NULL, 0, NULL, 0), -EINVAL);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_RESET, &value, 4, NULL, 0), -EINVAL);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_RESET + 1, &value, 4, NULL, 0), -ENOTTY);
	kplug_close(k);
	job_free(&j);
}

static void listen_to(struct kplug *k, const struct plx_listen *listen)
{
	OK(kplug_call(k, PLX_CALL_LISTEN, listen, sizeof(*listen), NULL, 0));
}

static void ring(struct kplug *k, uint32_t bits)
{
	OK(kplug_call(k, PLX_CALL_RING, &bits, sizeof(bits), NULL, 0));
}

/* The card rings back. Its bits and a mailbox are in the event. */
TEST(plx, plugin_doorbells)
{
	const struct plx_listen listen = { .sources = PLX_DOORBELL, .mailboxes = 1 << MAILBOX };
	const struct plx_mailbox mailbox = { .number = 5, .value = 0x12345678 };
	struct kplug *k = opened();
	uint32_t number = 5, value;

	listen_to(k, &listen);
	for (uint32_t i = 1; i <= (uint32_t)rounds(100); i++) {
		struct kplug_event event;

		ring(k, i);
		event = next_event(k);
		ck_assert_uint_eq(event.data[PLX_EVENT_SOURCES], PLX_DOORBELL);
		ck_assert_uint_eq(event.data[PLX_EVENT_BITS], i);
		ck_assert_uint_eq(event.data[PLX_EVENT_WORDS], ~i);
	}
	no_event(k);
	OK(kplug_call(k, PLX_CALL_MAILBOX_SET, &mailbox, sizeof(mailbox), NULL, 0));
	ck_assert_int_eq(kplug_call(k, PLX_CALL_MAILBOX, &number, 4, &value, 4), 4);
	ck_assert_uint_eq(value, 0x12345678);
}

/* The steps of the program silence the board; without steps the bridge does, after one event. */
TEST(plx, plugin_local)
{
	struct plx_listen listen = {
		.sources = PLX_LOCAL,
		.num_steps = 3,
		.steps = { KPLUG_READ32(0, PLX_MAILBOX0 + 4), KPLUG_CAPTURE(0xffffffff),
			   KPLUG_WRITE32(0, PLX_MAILBOX7, 0) },
	};
	const struct plx_mailbox acknowledge = { .number = 7 };
	struct kplug *k = opened();

	listen_to(k, &listen);
	for (uint32_t i = 0; i < (uint32_t)rounds(100); i++) {
		struct kplug_event event;

		ring(k, RAISE | i);
		event = next_event(k);
		ck_assert_uint_eq(event.data[PLX_EVENT_SOURCES], PLX_LOCAL);
		ck_assert_uint_eq(event.data[PLX_EVENT_WORDS], ~(RAISE | i));
	}
	listen.num_steps = 0;
	for (uint32_t i = 0; i < 3; i++) {
		listen_to(k, &listen);
		ring(k, RAISE);
		ck_assert_uint_eq(next_event(k).data[PLX_EVENT_SOURCES], PLX_LOCAL);
		no_event(k);
		OK(kplug_call(k, PLX_CALL_MAILBOX_SET, &acknowledge, sizeof(acknowledge), NULL, 0));
	}
	listen.num_steps = 1;
	listen.steps[0].offset = 0x10000;
	ck_assert_int_eq(kplug_call(k, PLX_CALL_LISTEN, &listen, sizeof(listen), NULL, 0), -EINVAL);
}

/* What was written is read back. A restricted client reads and does not write. */
TEST(plx, plugin_eeprom)
{
	struct kplug *k = opened();
	struct plx_eeprom_write write = { .range = { .first = 200, .count = PLX_EEPROM_MAX } };
	__u16 words[PLX_EEPROM_MAX];
	struct plx_info info;

	ck_assert_int_eq(kplug_call(k, PLX_CALL_INFO, NULL, 0, &info, sizeof(info)), sizeof(info));
	ck_assert_uint_eq(info.chip, 0x9056);
	ck_assert_uint_eq(info.address_bits, 64);
	ck_assert_uint_eq(info.eeprom_words, 256);
	for (unsigned int i = 0; i < PLX_EEPROM_MAX; i++)
		write.words[i] = i * 4567;
	OK(kplug_call(k, PLX_CALL_EEPROM_WRITE, &write, sizeof(write), NULL, 0));
	OK(kplug_restrict(k));
	ck_assert_int_eq(kplug_call(k, PLX_CALL_EEPROM_WRITE, &write, sizeof(write), NULL, 0),
			 -EPERM);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_EEPROM_READ, &write.range, sizeof(write.range),
				    words, sizeof(words)),
			 sizeof(words));
	ck_assert_mem_eq(words, write.words, sizeof(words));
	write.range.first = 230;
	ck_assert_int_eq(kplug_call(k, PLX_CALL_EEPROM_READ, &write.range, sizeof(write.range),
				    words, sizeof(words)),
			 -EINVAL);
}

/* A reset of the local side, with a reload of the bridge's registers, leaves a card that works. */
TEST(plx, plugin_reset)
{
	struct kplug *k = opened();
	struct job j = job_pinned(k, PAGE);
	uint64_t resets = model_count("local resets"), reloads = model_count("reloads");
	uint32_t flags;

	for (flags = 0; flags <= PLX_RESET_RELOAD; flags++) {
		OK(kplug_call(k, PLX_CALL_RESET, &flags, sizeof(flags), NULL, 0));
		ck_assert_int_eq(execute(k, execution(&j, TO_CARD, 0, 0, 0)), 0);
	}
	ck_assert_uint_eq(model_count("local resets") - resets, 2);
	ck_assert_uint_eq(model_count("reloads") - reloads, 1);
	kplug_close(k);
	job_free(&j);
}

#define HPDI_CONTROL   0x04
#define HPDI_RX_RESET  (1u << 2)
#define HPDI_RX_ENABLE (1u << 5)
#define HPDI_FIFO      0x18 /* local address */

/* A PLX 9080 gets samples from a FIFO in demand mode; none is lost between transactions. */
TEST(plx, plugin_fifo)
{
	const uint32_t mode =
		PLX_MODE_READY | PLX_MODE_BURST | PLX_MODE_FIXED_LOCAL | PLX_MODE_DEMAND;
	struct kplug *k = opened_card(card("plx-hpdi", 0x9080));
	struct job j = job_pinned(k, 100000);
	const uint32_t *words = (const uint32_t *)j.memory;
	uint32_t expected = 0;

	OK(kplug_access_write(k, BOARD, HPDI_CONTROL, 4, HPDI_RX_RESET));
	OK(kplug_access_write(k, BOARD, HPDI_CONTROL, 4, HPDI_RX_ENABLE));
	for (unsigned int i = 0; i < 10; i++) {
		ck_assert_int_eq(execute(k, execution(&j, FROM_CARD, HPDI_FIFO, mode, 0)), 0);
		for (size_t word = 0; word < j.length / 4; word++) {
			assert_same(words[word], expected);
			expected++;
		}
	}
	OK(kplug_access_write(k, BOARD, HPDI_CONTROL, 4, 0));
	kplug_close(k);
	job_free(&j);
}

/* A transaction that waits for a FIFO without data times out; the channel works afterwards. */
TEST(plx, plugin_fifo_is_empty)
{
	const uint32_t mode = PLX_MODE_FIXED_LOCAL | PLX_MODE_DEMAND;
	struct kplug *k = opened_card(card("plx-hpdi", 0x9080));
	struct job j = job_pinned(k, PAGE);
	struct kplug_dma_execution e = execution(&j, FROM_CARD, HPDI_FIFO, mode, 0);
	uint64_t aborts = model_count("aborts");

	e.timeout_ms = 50;
	ck_assert_int_eq(execute(k, e), -ETIMEDOUT);
	ck_assert_uint_eq(model_count("aborts") - aborts, 1);
	OK(kplug_access_write(k, BOARD, HPDI_CONTROL, 4, HPDI_RX_ENABLE));
	e.timeout_ms = 20000;
	ck_assert_int_eq(execute(k, e), 0);
	OK(kplug_access_write(k, BOARD, HPDI_CONTROL, 4, 0));
	kplug_close(k);
	job_free(&j);
}

/* A bridge without DMA: both lines, each acknowledged by the program's steps. */
TEST(plx, plugin_target)
{
	const struct plx_listen listen = {
		.sources = PLX_LOCAL | PLX_LOCAL2,
		.num_steps = 3,
		.steps = { KPLUG_READ32(BOARD, 0), KPLUG_CAPTURE(3),
			   KPLUG_WRITE_BACK32(BOARD, PLX_TARGET_LOWER, 3, 0) },
	};
	struct kplug *k = opened_card(card("plx-target", 0x9030));
	struct plx_info info;
	uint32_t none = 0;

	ck_assert_int_eq(kplug_call(k, PLX_CALL_INFO, NULL, 0, &info, sizeof(info)), sizeof(info));
	ck_assert_uint_eq(info.chip, 0x9030);
	ck_assert_uint_eq(info.channels, 0);
	ck_assert_uint_eq(info.eeprom_words, 0);
	ck_assert_int_eq(kplug_call(k, PLX_CALL_RING, &none, sizeof(none), NULL, 0), -EOPNOTSUPP);
	listen_to(k, &listen);
	for (uint32_t i = 0; i < (uint32_t)rounds(50); i++) {
		uint32_t lines = 1 + i % 3;
		struct kplug_event event;

		OK(kplug_access_write(k, BOARD, PLX_TARGET_RAISE, 4, lines));
		event = next_event(k);
		ck_assert_uint_eq(event.data[PLX_EVENT_SOURCES], lines * PLX_LOCAL);
		ck_assert_uint_eq(event.data[PLX_EVENT_WORDS], lines);
	}
	no_event(k);
	OK(kplug_call(k, PLX_CALL_RESET, &none, sizeof(none), NULL, 0));
	ck_assert_uint_eq(model_count("local resets"), 1);
}

TEST(plx, sample)
{
	const char *address = card("plx", 0x9056);

	core_start();
	device_bind(address);
	OK(run("plx_dma %s 4096 256", address));
	OK(run("plx_eeprom %s 0x20 0x1234", address));
	OK(run("plx_eeprom %s | grep '^20: 1234'", address));
}
