// SPDX-License-Identifier: MIT
// Cards with faults: each plugin reports them, and works when they are over.
#include "device.h"
#include "dma.h"
#include "job.h"
#include "model.h"

#include <bmd/bmd_msg.h>
#include <errno.h>
#include <plx/plx_msg.h>
#include <stdlib.h>
#include <string.h>

#define ALWAYS 4000000000u
#define LENGTH 20000u
#define WORD   0x600df00du

/* A card with a plugin that moves memory. */
struct subject {
	const char *model, *plugin;
	uint16_t vendor, device;
	uint64_t args[KPLUG_DMA_ARGS];
	bool messages; /* interrupts by them, or by its line */
	bool fills; /* with a word, and compares; else it keeps what it got */
	int refused; /* how a transaction ends when the bus takes no transfer */
	const char *sample, *arguments; /* a program that moves memory */
};

static const struct subject subjects[] = {
	{ .model = "bmd",
	  .plugin = "bmd",
	  .vendor = 0x10ee,
	  .device = 0x0007,
	  .args = { [BMD_ARG_PATTERN] = WORD },
	  .messages = true,
	  .fills = true,
	  .refused = ETIMEDOUT,
	  .sample = "bmd_perf",
	  .arguments = "64" },
	{ .model = "plx",
	  .plugin = "plx",
	  .vendor = 0x10b5,
	  .device = 0x9056,
	  .args = { [PLX_ARG_MODE] = PLX_MODE_BUS_32 },
	  .refused = EIO,
	  .sample = "plx_dma",
	  .arguments = "0 64" },
	{ .model = "xdma",
	  .plugin = "xdma",
	  .vendor = 0x10ee,
	  .device = 0x9038,
	  .messages = true,
	  .refused = EIO,
	  .sample = "xdma_copy",
	  .arguments = "1" },
};

static const struct subject *subject(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		if (model_is(subjects[i].model))
			return &subjects[i];
	test_skip("not on this machine: it has no model of a card with a plugin");
}

/* card() - without a fault: a test that failed may have left one */
static const char *card(const struct subject *s)
{
	static char address[PCI_ADDRESS_SIZE];

	model_fault("none", 0);
	core_start();
	ck_assert(pci_find(s->vendor, s->device, 0, address));
	device_bind(address);
	return address;
}

/* A program that has memory of its own moved. */
struct program {
	const struct subject *subject;
	struct kplug *k;
	struct job job;
};

static struct program begin(const struct subject *s, enum kplug_irq_mode mode)
{
	const struct kplug_handler handler = { .plugin = s->plugin };
	struct program p = { .subject = s, .k = device_open(card(s)) };

	ck_assert_int_eq(kplug_irq_mode(p.k, mode, 1), 1);
	ck_assert_int_eq(kplug_attach(p.k, 0, &handler), KPLUG_HANDLER_PLUGIN);
	p.job = job_pinned(p.k, LENGTH);
	return p;
}

static void end(struct program *p)
{
	kplug_close(p->k);
	job_free(&p->job);
}

static struct kplug_dma_execution execution(const struct program *p, enum job_way way,
					    uint32_t timeout_ms)
{
	struct kplug_dma_execution e = job_execution(&p->job, way);

	e.timeout_ms = timeout_ms;
	memcpy(e.args, p->subject->args, sizeof(e.args));
	return e;
}

static struct kplug_dma_transaction_info run_one(const struct program *p, enum job_way way,
						 uint32_t timeout_ms)
{
	struct kplug_dma_execution e = execution(p, way, timeout_ms);
	struct kplug_dma_transaction_info info = job_run(p->k, &e);

	ck_assert_uint_le(info.out_bytes, LENGTH);
	if (!info.out_status)
		ck_assert_uint_eq(info.out_bytes, LENGTH);
	return info;
}

static void fill(const struct program *p, uint32_t seed)
{
	for (size_t i = 0; i < LENGTH / 4; i++)
		p->job.words[i] = p->subject->fills ? WORD : seed + i;
}

/* came_back() - fails unless that much of what the card got comes back from it */
static int came_back(const struct program *p, uint32_t seed, size_t bytes, uint32_t timeout_ms)
{
	int error;

	memset(p->job.memory, 0x55, LENGTH);
	error = run_one(p, FROM_CARD, timeout_ms).out_status;
	for (size_t i = 0; !error && i < bytes / 4; i++)
		assert_same(p->job.words[i], p->subject->fills ? WORD : seed + i);
	return error;
}

/* copy() - to the card and back; the first error. What is reported as transferred is there. */
static int copy(const struct program *p, uint32_t timeout_ms)
{
	const uint32_t seed = rand();
	int error;

	fill(p, seed);
	error = run_one(p, TO_CARD, timeout_ms).out_status;
	return error ?: came_back(p, seed, LENGTH, timeout_ms);
}

#define REFUSED 1 /* in errors: that of the subject */

/*
 * What a fault may do to a transaction: errors, or none. When only the interrupt is lost, the
 * plugin finds at the time-out that all data are there.
 */
struct fault {
	const char *name;
	unsigned int count;
	bool ends_well;
	int errors[2];
};

static const struct fault faults[] = {
	{ "irq-lost", 1, true, { ETIMEDOUT } },
	{ "irq-twice", ALWAYS, true, {} },
	{ "irq-late", ALWAYS, true, {} },
	{ "irq-storm", 20000, true, { ETIMEDOUT } },
	{ "irq-stuck", ALWAYS, true, { ETIMEDOUT } },
	{ "dma-refused", ALWAYS, false, { REFUSED } },
	{ "dma-astray", ALWAYS, false, { REFUSED } },
	{ "stopped", ALWAYS, false, { ETIMEDOUT } },
	{ "dead", ALWAYS, false, { ETIMEDOUT, EIO } }, /* EIO: it does not stop */
	{ "ones", ALWAYS, false, { ETIMEDOUT, EIO } },
	{ "slow", ALWAYS, true, {} },
};

static const struct fault *fault_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, name))
			return &faults[i];
	ck_abort_msg("there is no fault %s", name);
}

static bool is_expected(const struct fault *fault, const struct subject *s, int status)
{
	bool expected = !status && fault->ends_well;

	for (size_t i = 0; status && i < ARRAY_SIZE(fault->errors); i++) {
		const int error = fault->errors[i];

		expected |= status == -(error == REFUSED ? s->refused : error);
	}
	return expected;
}

/* A program has the card before the fault, with it, and after it. */
static void has_fault(const struct fault *fault, const struct subject *s, enum kplug_irq_mode mode)
{
	struct program p = begin(s, mode);
	uint64_t before;
	int status;

	log_allow("kplug|irq .* cared|Disabling IRQ");
	ck_assert_int_eq(copy(&p, 20000), 0);
	before = model_count("faults");
	model_fault(fault->name, fault->count);
	status = copy(&p, fault->errors[0] ? 1000 : 20000);
	ck_assert_msg(is_expected(fault, s, status), "%s: %d", fault->name, status);
	ck_assert_uint_gt(model_count("faults"), before);
	model_fault("none", 0);
	model_complaints();
	end(&p);
	p = begin(s, mode);
	ck_assert_int_eq(copy(&p, 20000), 0);
	end(&p);
}

/*
 * While the card has the fault, transactions end in time, with an error of the list or with all
 * data. When it is over, the next program has a card that works.
 */
TEST(faulty, card, .timeout = 90,
     .variants = VARIANTS("irq-lost", "irq-twice", "irq-late", "irq-storm", "irq-stuck",
			  "dma-refused", "dma-astray", "stopped", "dead", "ones", "slow"))
{
	const struct subject *s = subject();

	if (!s->messages && (!strcmp(variant, "irq-twice") || !strcmp(variant, "irq-storm")))
		test_skip("this card interrupts by its line");
	has_fault(fault_of(variant), s, KPLUG_IRQ_AUTO);
}

/* The same by the line, with cards that have messages. */
TEST(faulty, line, .timeout = 90, .variants = VARIANTS("irq-lost", "irq-late", "irq-stuck"))
{
	const struct subject *s = subject();

	if (!s->messages)
		test_skip("this card has no messages: see faulty:card");
	has_fault(fault_of(variant), s, KPLUG_IRQ_INTX);
}

/*
 * The fault comes in the middle of a transaction. What the card had got then, as the transaction
 * reports it, is there.
 */
TEST(faulty, amid, .timeout = 120, .variants = VARIANTS("dma-refused", "stopped", "dead"))
{
	static const uint32_t delays[] = { 1, 6, 10, 50 };
	const struct fault *fault = fault_of(variant);
	const struct subject *s = subject();
	uint64_t most = 0;

	if (s->fills)
		test_skip("this card does not keep what it gets");
	log_allow("kplug");
	for (size_t i = 0; i < ARRAY_SIZE(delays); i++) {
		const uint32_t before = delays[i];
		struct program p = begin(s, KPLUG_IRQ_AUTO);
		struct kplug_dma_transaction_info info;

		fill(&p, before);
		model_fault_after(fault->name, ALWAYS, before);
		info = run_one(&p, TO_CARD, 500);
		ck_assert_msg(!info.out_status || is_expected(fault, s, info.out_status), "%d",
			      info.out_status);
		model_fault("none", 0);
		model_complaints();
		end(&p);
		p = begin(s, KPLUG_IRQ_AUTO);
		ck_assert_int_eq(came_back(&p, before, info.out_bytes, 20000), 0);
		end(&p);
		most = info.out_bytes > most ? info.out_bytes : most;
	}
	ck_assert_uint_gt(most, 0);
	/* A card that was dead went on when it was off the bus. */
	model_complaints();
}

/* A sample ends by itself, says why, and works when the fault is over. */
TEST(faulty, sample, .timeout = 120,
     .variants = VARIANTS("irq-lost", "irq-storm", "dma-refused", "dead", "ones", "slow"))
{
	const struct fault *fault = fault_of(variant);
	const struct subject *s = subject();
	const char *address = card(s);
	int error;

	if (!s->messages && !strcmp(variant, "irq-storm"))
		test_skip("this card interrupts by its line");
	log_allow("kplug|irq .* cared|Disabling IRQ");
	OK(run("%s %s %s", s->sample, address, s->arguments));
	model_fault(fault->name, fault->count);
	error = run("%s %s %s 2> /tmp/sample.err", s->sample, address, s->arguments);
	model_fault("none", 0);
	model_complaints();
	if (error || !fault->ends_well) {
		ck_assert_int_eq(error, EXIT_FAILURE);
		OK(run("cat /tmp/sample.err; "
		       "grep -q 'timed out\\|Input/output error\\|No such device' /tmp/sample.err"));
	}
	OK(run("%s %s %s", s->sample, address, s->arguments));
}

/* The card goes while it has a transaction; another card comes to its place. */
TEST(faulty, vanishes, .timeout = 60)
{
	const struct subject *s = subject();
	struct program p = begin(s, KPLUG_IRQ_AUTO);
	struct kplug_dma_execution e = execution(&p, TO_CARD, KPLUG_TIMEOUT_NONE);
	struct kplug_dma_transaction_info info;
	char address[PCI_ADDRESS_SIZE];

	ck_assert(pci_find(s->vendor, s->device, 0, address));
	model_fault("stopped", ALWAYS);
	job_start(p.k, &e);
	model_fault("ones", ALWAYS);
	OK(file_write("1", "/sys/bus/pci/devices/%s/remove", address));
	ck_assert_int_eq(kplug_dma_transaction_wait(p.k, e.id, KPLUG_TIMEOUT_NONE, &info), -ENODEV);
	end(&p);
	model_fault("none", 0);
	model_complaints();
	OK(file_write("1", "/sys/bus/pci/rescan"));
	pci_wait_added(address);
	p = begin(s, KPLUG_IRQ_AUTO);
	ck_assert_int_eq(copy(&p, 20000), 0);
	end(&p);
}
