// SPDX-License-Identifier: MIT
// A card with Xilinx' bus master design: the plugin moves blocks both ways, by the public API.
#include "device.h"
#include "job.h"
#include "model.h"

#include <bmd/bmd_msg.h>
#include <errno.h>
#include <models/bmd_regs.h>
#include <string.h>

#define PATTERN 0xfeedbeefu

static const struct kplug_handler by_plugin = { .plugin = "bmd" };

static const char *card(void)
{
	static char address[PCI_ADDRESS_SIZE];

	model_needed("bmd");
	ck_assert(pci_find(0x10ee, 0x0007, 0, address));
	return address;
}

static struct kplug *opened(enum kplug_irq_mode mode)
{
	const char *address = card();
	struct kplug *k;

	core_start();
	device_bind(address);
	k = device_open(address);
	ck_assert_int_eq(kplug_irq_mode(k, mode, 0), 1);
	ck_assert_int_eq(kplug_attach(k, 0, &by_plugin), KPLUG_HANDLER_PLUGIN);
	return k;
}

static bool all_are(const struct job *j, size_t from, size_t to, uint32_t word)
{
	for (size_t i = from / 4; i < to / 4; i++)
		if (j->words[i] != word)
			return false;
	return true;
}

static struct kplug_dma_execution execution(const struct job *j, enum job_way way, uint32_t pattern)
{
	struct kplug_dma_execution e = job_execution(j, way);

	e.args[BMD_ARG_PATTERN] = pattern;
	return e;
}

/* execute() - how it ended */
static int execute(struct kplug *k, struct kplug_dma_execution e)
{
	return job_run(k, &e).out_status;
}

static struct bmd_state state(struct kplug *k)
{
	struct bmd_state s;

	ck_assert_int_eq(kplug_call(k, BMD_CALL_STATE, NULL, 0, &s, sizeof(s)), sizeof(s));
	return s;
}

static enum kplug_irq_mode mode_of(const char *variant)
{
	return strcmp(variant, "intx") ? KPLUG_IRQ_MSI : KPLUG_IRQ_INTX;
}

/* The card fills memory and compares it, in any place and length, and stays within. */
TEST(bmd, blocks, .timeout = 60, .variants = VARIANTS("intx", "msi", "polls"))
{
	static const struct {
		size_t offset, length;
	} parts[] = { { 0, 0 },      { 0, 4 },        { 4, 128 },
		      { 100, 5000 }, { 4096, 65536 }, { 4000, 300000 } };
	struct kplug *k = opened(mode_of(variant));
	struct job j = job_pinned(k, 1 << 20);

	for (uint32_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct kplug_dma_execution e = execution(&j, FROM_CARD, PATTERN + i);
		size_t end = parts[i].length ? parts[i].offset + parts[i].length : j.length;

		memset(j.words, 0x55, j.length);
		e.offset = parts[i].offset;
		e.length = parts[i].length;
		e.poll_us = strcmp(variant, "polls") ? 0 : KPLUG_POLL_ALWAYS;
		ck_assert_int_eq(execute(k, e), 0);
		ck_assert(all_are(&j, 0, parts[i].offset, 0x55555555));
		ck_assert(all_are(&j, parts[i].offset, end, PATTERN + i));
		ck_assert(all_are(&j, end, j.length, 0x55555555));
		e.id = j.id[TO_CARD];
		ck_assert_int_eq(execute(k, e), 0);
	}
	kplug_close(k);
	job_free(&j);
}

/* Both directions at once, again and again; what the card counted is what was asked for. */
TEST(bmd, both_ways, .timeout = 60, .variants = VARIANTS("intx", "msi"))
{
	struct kplug *k = opened(mode_of(variant));
	struct job j = job_pinned(k, 256 << 10), other = job_pinned(k, 256 << 10);
	const unsigned int count = rounds(20);
	struct bmd_state before, after;
	uint64_t transfers;

	for (size_t i = 0; i < other.length / 4; i++)
		other.words[i] = PATTERN;
	before = state(k);
	transfers = model_count("transfers");
	for (uint32_t i = 0; i < count; i++) {
		struct kplug_dma_execution both[] = { execution(&j, FROM_CARD, i),
						      execution(&other, TO_CARD, PATTERN) };
		struct kplug_dma_transaction_info info;

		ck_assert_int_eq(kplug_dma_transaction_execute(k, both, 2), 2);
		for (unsigned int way = 0; way < 2; way++) {
			info = job_end(k, both[way].id);
			ck_assert_int_eq(info.out_status, 0);
			ck_assert_uint_eq(info.out_bytes, j.length);
		}
		ck_assert(all_are(&j, 0, j.length, i));
	}
	after = state(k);
	ck_assert_uint_eq(after.from_card.bytes - before.from_card.bytes, count * j.length);
	ck_assert_uint_eq(after.to_card.bytes - before.to_card.bytes, count * j.length);
	ck_assert_uint_gt(after.to_card.clocks - before.to_card.clocks, count * j.length / 8);
	/* Memory that happens to be in one piece takes one transfer a transaction. */
	ck_assert_uint_ge(model_count("transfers") - transfers, 2 * count);
	kplug_close(k);
	job_free(&other);
	job_free(&j);
}

/* A difference is found, and said at the end of the transaction. */
TEST(bmd, differs)
{
	struct kplug *k = opened(KPLUG_IRQ_MSI);
	struct job j = job_pinned(k, 64 << 10);

	ck_assert_int_eq(execute(k, execution(&j, FROM_CARD, PATTERN)), 0);
	j.words[10000]++;
	ck_assert_int_eq(execute(k, execution(&j, TO_CARD, PATTERN)), -EBADMSG);
	j.words[10000]--;
	ck_assert_int_eq(execute(k, execution(&j, TO_CARD, PATTERN)), 0);
	kplug_close(k);
	job_free(&j);
}

TEST(bmd, refused)
{
	struct kplug *k = opened(KPLUG_IRQ_MSI);
	struct job j = job_pinned(k, 64 << 10);
	struct kplug_dma_execution e = execution(&j, FROM_CARD, 0);
	struct bmd_state s;

	e.length = 6;
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &e, 1), -EINVAL);
	e.length = 8;
	e.args[1] = 1;
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &e, 1), -EINVAL);
	e.args[1] = 0;
	e.args[0] = 1ull << 32;
	ck_assert_int_eq(kplug_dma_transaction_execute(k, &e, 1), -EINVAL);
	ck_assert_int_eq(kplug_call(k, BMD_CALL_STATE, &e, 4, &s, sizeof(s)), -E2BIG);
	ck_assert_int_eq(kplug_call(k, BMD_CALL_STATE, NULL, 0, &s, 4), -EINVAL);
	ck_assert_int_eq(kplug_call(k, BMD_CALL_STATE + 1, NULL, 0, &s, sizeof(s)), -ENOTTY);
	kplug_close(k);
	job_free(&j);
}

/* The host reads registers that the model has, and finds what the link allows. */
TEST(bmd, link)
{
	struct kplug *k = opened(KPLUG_IRQ_MSI);
	struct bmd_state s = state(k);

	ck_assert_uint_eq(s.version, 0x16);
	ck_assert_uint_eq(s.core_bits, 64);
	ck_assert_uint_eq(s.lanes, 8);
	ck_assert_uint_eq(s.max_payload & (s.max_payload - 1), 0);
	ck_assert_uint_ge(s.max_payload, 128);
	ck_assert_uint_ge(s.max_read_request, 128);
	ck_assert_uint_eq(device_info(k).out_plugin_version, BMD_MSG_VERSION);
}

/* After a reset of the function, transactions work as before. */
TEST(bmd, reset)
{
	struct kplug *k = opened(KPLUG_IRQ_MSI);
	struct job j = job_pinned(k, 64 << 10);
	int err;

	ck_assert_int_eq(execute(k, execution(&j, FROM_CARD, 1)), 0);
	err = kplug_reset(k);
	if (err == -EOPNOTSUPP)
		test_skip("this card has no reset");
	OK(err);
	ck_assert_int_eq(execute(k, execution(&j, FROM_CARD, 2)), 0);
	ck_assert(all_are(&j, 0, j.length, 2));
	kplug_close(k);
	job_free(&j);
}

TEST(bmd, sample)
{
	const char *address = card();

	core_start();
	device_bind(address);
	OK(run("bmd_perf %s 256", address));
}
