// SPDX-License-Identifier: MIT
/*
 * The tests of e1000e: its header, its handler in each place, its plugin. kplug new wrote it. The
 * model of the card has its places and effects from the map, and not from the header.
 */
#include "e1000e_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e1000e_device.h"
#include "e1000e_msg.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define QUIET        (SECOND / 20) /* in which no event is to come */
#define TURNS        3

/* A register: one element of an array. */
struct check {
	const char *name;
	unsigned int bits;
	uint64_t (*read)(const struct kplug_io *io);
	void (*write)(const struct kplug_io *io, uint64_t value);
	uint64_t readable, stored, idle;
	uint64_t reset, known;
};

/* A function that changes one field. */
struct change {
	const char *name;
	void (*change)(const struct kplug_io *io, uint64_t part);
	uint64_t mask, stored;
	unsigned int shift;
};

/* A function that takes a field out of a value. */
struct get {
	const char *name;
	uint64_t (*get)(uint64_t value);
	unsigned int shift, width;
	bool is_signed;
};

struct source {
	const char *name;
	uint64_t bits;
	bool level;
	void (*serve)(const struct kplug_io *io);
};

struct interrupt {
	const char *name;
	unsigned int vector;
	unsigned int (*handler)(struct kplug_irq *irq);
	void (*enable)(const struct kplug_io *io);
	void (*disable)(const struct kplug_io *io);
	void (*forget)(const struct kplug_io *io);
	void (*rearm)(const struct kplug_io *io);
	void (*raise)(const struct kplug_io *io, uint64_t bits);
	const struct source *sources;
	size_t num_sources;
	const struct kplug_step *steps;
	size_t num_steps;
	const char *status, *pending;
	const char *enable_at;
	uint64_t mask, gone, on, off;
};

/* An engine in one direction. */
struct engine {
	const char *name;
	bool to_host;
	uint64_t max;
	unsigned int vector;
};

#include "e1000e_checks.h"

enum rung { RUNG_USER, RUNG_RECIPE, RUNG_PLUGIN, RUNGS };

static const char *const rungs[] = { "user", "recipe", "plugin" };
static const uint64_t patterns[] = { ~0ull, 0, 0x0123456789abcdefull, 0xfedcba9876543210ull };

struct kplug *test_device;

bool has_model(void)
{
	return getenv("KPLUG_MODEL");
}

static uint64_t get(const char *name)
{
	return strtoull(ask("get %s", name), NULL, 0);
}

static void set(const char *name, uint64_t value)
{
	ask("set %s 0x%llx", name, (unsigned long long)value);
}

static const struct kplug_io *io(void)
{
	return kplug_io_user(test_device);
}

static void setup(void)
{
	const char *device = getenv("KPLUG_DEVICE");

	if (has_model())
		ask("reset");
	ck_assert_msg(device, "which device? KPLUG_DEVICE=0000:03:00.0");
	ck_assert_int_eq(kplug_open(&test_device, device, NULL), 0);
	ck_assert_int_eq(kplug_map(test_device, KPLUG_ALL_REGIONS), 0);
	ck_assert_int_gt(kplug_irq_mode(test_device, E1000E_IRQ_MODE, 0), 0);
}

/* What the model says against the driver fails the test. */
static void teardown(void)
{
	const char *complaints;

	kplug_close(test_device);
	if (!has_model())
		return;
	complaints = ask("complaints");
	ck_assert_msg(!strncmp(complaints, "0", 1), "the model complains: %s", complaints);
}

/* The header */

START_TEST(identity)
{
	ck_assert(e1000e_identify(io()));
}
END_TEST

START_TEST(other_device)
{
	if (!has_model() || !false)
		return;
	set("", ~get(""));
	ck_assert(!e1000e_identify(io()));
}
END_TEST

START_TEST(reset_values)
{
	const struct check *c;

	for (c = registers; has_model() && c->name; c++)
		if (c->read && c->known)
			ck_assert_msg((c->read(io()) & c->known) == (c->reset & c->known),
				      "%s: 0x%llx after a reset", c->name,
				      (unsigned long long)c->read(io()));
}
END_TEST

static uint64_t ones(unsigned int bits)
{
	return bits < 64 ? (1ull << bits) - 1 : ~0ull;
}

static void check_read(const struct check *c, uint64_t pattern)
{
	uint64_t value;

	set(c->name, pattern & ones(c->bits));
	value = c->read(io());
	ck_assert_msg(value == (pattern & c->readable), "%s: 0x%llx, not 0x%llx", c->name,
		      (unsigned long long)value, (unsigned long long)(pattern & c->readable));
}

START_TEST(reads)
{
	const struct check *c;
	size_t i;

	for (c = registers; has_model() && c->name; c++)
		for (i = 0; c->read && i < COUNT(patterns); i++)
			check_read(c, patterns[i]);
}
END_TEST

static void check_write(const struct check *c, uint64_t pattern)
{
	uint64_t value;

	c->write(io(), (pattern & c->stored) | c->idle);
	value = get(c->name) & c->stored;
	ck_assert_msg(value == (pattern & c->stored), "%s: 0x%llx, not 0x%llx", c->name,
		      (unsigned long long)value, (unsigned long long)(pattern & c->stored));
}

START_TEST(writes)
{
	const struct check *c;
	size_t i;

	for (c = registers; has_model() && c->name; c++)
		for (i = 0; c->write && i < COUNT(patterns); i++)
			check_write(c, patterns[i]);
}
END_TEST

static void check_change(const struct change *c, uint64_t before, uint64_t part)
{
	uint64_t wanted = (before & c->stored & ~c->mask) |
			  ((part << c->shift) & c->mask & c->stored);
	uint64_t value;

	set(c->name, before & c->stored);
	c->change(io(), part);
	value = get(c->name) & c->stored;
	ck_assert_msg(value == wanted, "a field of %s: 0x%llx, not 0x%llx", c->name,
		      (unsigned long long)value, (unsigned long long)wanted);
}

START_TEST(changes_of_fields)
{
	const struct change *c;

	for (c = changes; has_model() && c->name; c++) {
		check_change(c, ~0ull, 0);
		check_change(c, 0, c->mask >> c->shift);
		check_change(c, 0x5555555555555555ull, 1);
	}
}
END_TEST

START_TEST(fields)
{
	const struct get *g;
	uint64_t wanted;
	size_t i;

	for (g = gets; g->name; g++)
		for (i = 0; i < COUNT(patterns); i++) {
			wanted = (patterns[i] >> g->shift) & ones(g->width);
			if (g->is_signed && wanted >> (g->width - 1))
				wanted |= ~ones(g->width);
			ck_assert_msg(g->get(patterns[i]) == wanted, "%s: 0x%llx, not 0x%llx",
				      g->name, (unsigned long long)g->get(patterns[i]),
				      (unsigned long long)wanted);
		}
}
END_TEST

START_TEST(resets)
{
	const struct check *c;

	for (c = registers; has_model() && c->name; c++)
		if (c->write && c->known)
			set(c->name, ~c->reset);
	e1000e_reset(io());
	ck_assert(e1000e_ready(io()));
	for (c = registers; has_model() && true && c->name; c++)
		if (c->write && c->known)
			ck_assert_msg((get(c->name) & c->known) == (c->reset & c->known),
				      "%s has survived the reset", c->name);
}
END_TEST

/* Interrupts */

static bool attach(const struct interrupt *irq, enum rung rung)
{
	struct kplug_handler handler = { 0 };

	if (rung == RUNG_USER)
		handler.user = irq->handler;
	if (rung == RUNG_RECIPE) {
		handler.steps = irq->steps;
		handler.num_steps = irq->num_steps;
	}
	if (rung == RUNG_PLUGIN)
		handler.plugin = "e1000e";
	if (rung == RUNG_RECIPE && !irq->steps)
		return false;
	ck_assert_int_ge(kplug_attach(test_device, irq->vector, &handler), 0);
	if (rung != RUNG_PLUGIN) {
		irq->forget(io());
		irq->enable(io());
	}
	return true;
}

static void detach(const struct interrupt *irq, enum rung rung)
{
	if (rung != RUNG_PLUGIN)
		irq->disable(io());
	ck_assert_int_eq(kplug_detach(test_device, irq->vector), 0);
}

static void expect(const struct interrupt *irq, enum rung rung, uint64_t bits)
{
	struct kplug_event event;
	int count = kplug_wait(test_device, &event, 1, 5 * SECOND);

	ck_assert_msg(count == 1, "%s, %s: no event for 0x%llx", irq->name, rungs[rung],
		      (unsigned long long)bits);
	ck_assert_msg(event.type == KPLUG_EVENT_IRQ && event.vector == irq->vector &&
			      event.data[0] == bits,
		      "%s, %s: event of type %u with 0x%llx, not 0x%llx", irq->name, rungs[rung],
		      event.type, (unsigned long long)event.data[0], (unsigned long long)bits);
}

static void expect_none(const struct interrupt *irq, enum rung rung, const char *when)
{
	struct kplug_event event;

	ck_assert_msg(kplug_wait(test_device, &event, 1, QUIET) == 0, "%s, %s: an event %s",
		      irq->name, rungs[rung], when);
}

static void check_enabled(const struct interrupt *irq, enum rung rung, bool on)
{
	uint64_t value;

	if (!irq->enable_at)
		return;
	value = get(irq->enable_at);
	ck_assert_msg(value == (on ? irq->on : irq->off), "%s, %s: %s is 0x%llx, not %s",
		      irq->name, rungs[rung], irq->enable_at, (unsigned long long)value,
		      on ? "enabled" : "disabled");
}

/*
 * A source that stays does not interrupt again before the program has served it: the handler has
 * disabled it.
 */
static void serve(const struct interrupt *irq, enum rung rung, const struct source *source)
{
	if (irq->enable_at)
		ck_assert_msg(((get(irq->enable_at) ^ irq->on) & source->bits) == source->bits,
			      "%s, %s: %s can interrupt for ever", irq->name, rungs[rung],
			      source->name);
	expect_none(irq, rung, "from a source that is not served");
	if (source->serve)
		source->serve(io());
	else
		ask("drop %s", source->name);
}

static void one_turn(const struct interrupt *irq, enum rung rung, const struct source *source,
		     bool by_card)
{
	if (by_card)
		ask("raise %s", source->name);
	else
		irq->raise(io(), source->bits);
	expect(irq, rung, source->bits);
	if (by_card && source->level)
		serve(irq, rung, source);
	irq->rearm(io());
	if (!by_card && source->level)
		ask("drop %s", source->name);
	ck_assert_msg(!(get(irq->pending) & source->bits), "%s, %s: %s is not acknowledged",
		      irq->name, rungs[rung], source->name);
	check_enabled(irq, rung, true);
}

static void each_source(const struct interrupt *irq, enum rung rung)
{
	size_t i, turn;

	for (i = 0; i < irq->num_sources; i++)
		for (turn = 0; turn < TURNS; turn++)
			one_turn(irq, rung, &irq->sources[i], turn || !irq->raise);
}

/* One that comes between the read of the status and the acknowledgement is not lost. */
static void no_loss(const struct interrupt *irq, enum rung rung)
{
	const struct source *edges[2];
	size_t found = 0, i;

	for (i = 0; i < irq->num_sources && found < 2; i++)
		if (!irq->sources[i].level)
			edges[found++] = &irq->sources[i];
	if (found < 2)
		return;
	ask("race %s", edges[1]->name);
	ask("raise %s", edges[0]->name);
	expect(irq, rung, edges[0]->bits);
	expect(irq, rung, edges[1]->bits);
	irq->rearm(io());
}

/* not_claimed() - interrupts that the handler did not claim */
static uint64_t not_claimed(const struct interrupt *irq)
{
	struct kplug_vector_info info;

	ck_assert_int_eq(kplug_vector_info(test_device, irq->vector, &info), 0);
	return info.out_none;
}

/* On a busy machine an interrupt may take its time. */
static void wait_for_not_claimed(const struct interrupt *irq, enum rung rung, uint64_t count)
{
	unsigned int waited;

	for (waited = 0; waited < 500 && not_claimed(irq) < count; waited++)
		usleep(10000);
	ck_assert_msg(not_claimed(irq) == count, "%s, %s: %llu not claimed, not %llu",
		      irq->name, rungs[rung], (unsigned long long)not_claimed(irq),
		      (unsigned long long)count);
}

static void not_mine(const struct interrupt *irq, enum rung rung)
{
	uint64_t before = not_claimed(irq);

	ask("spurious %u", irq->vector);
	expect_none(irq, rung, "without a reason");
	if (rung != RUNG_USER)
		wait_for_not_claimed(irq, rung, before + 1);
	if (!irq->gone)
		return;
	set(irq->status, irq->gone);
	expect_none(irq, rung, "from a device that is gone");
	if (rung != RUNG_USER)
		wait_for_not_claimed(irq, rung, before + 2);
	set(irq->status, 0);
}

/* A bit that is no source of this interrupt is not for this handler. */
static void other_bits(const struct interrupt *irq, enum rung rung)
{
	uint64_t others = ~irq->mask & 0x80000000u;

	if (!others)
		return;
	set(irq->pending, others);
	ask("spurious %u", irq->vector);
	expect_none(irq, rung, "from a bit that is no source");
	set(irq->pending, 0);
}

static void off(const struct interrupt *irq, enum rung rung)
{
	if (!irq->enable_at || !irq->num_sources)
		return;
	check_enabled(irq, rung, false);
	ask("raise %s", irq->sources[0].name);
	expect_none(irq, rung, "after the end");
	ask("drop %s", irq->sources[0].name);
}

static void stale(const struct interrupt *irq, enum rung rung)
{
	if (!irq->num_sources || irq->sources[0].level)
		return;
	ask("raise %s", irq->sources[0].name);
	if (!attach(irq, rung))
		return;
	expect_none(irq, rung, "that was raised before");
	detach(irq, rung);
}

/* On a real card, which raises what the register says. */
static void raised_by_register(const struct interrupt *irq, enum rung rung)
{
	size_t i;

	if (!irq->raise || !attach(irq, rung))
		return;
	for (i = 0; i < irq->num_sources; i++)
		if (!irq->sources[i].level) {
			irq->raise(io(), irq->sources[i].bits);
			expect(irq, rung, irq->sources[i].bits);
		}
	detach(irq, rung);
}

static void interrupts_on(enum rung rung)
{
	const struct interrupt *irq;

	for (irq = interrupts; !has_model() && irq->name; irq++)
		raised_by_register(irq, rung);
	for (irq = interrupts; has_model() && irq->name; irq++) {
		if (!attach(irq, rung))
			continue;
		check_enabled(irq, rung, true);
		each_source(irq, rung);
		no_loss(irq, rung);
		not_mine(irq, rung);
		other_bits(irq, rung);
		detach(irq, rung);
		off(irq, rung);
		stale(irq, rung);
	}
}

START_TEST(user)
{
	interrupts_on(RUNG_USER);
}
END_TEST

START_TEST(recipe)
{
	interrupts_on(RUNG_RECIPE);
}
END_TEST

START_TEST(plugin)
{
	interrupts_on(RUNG_PLUGIN);
}
END_TEST

/* The plugin's calls */

static struct e1000e_counts counts(void)
{
	struct e1000e_counts counts;

	ck_assert_int_eq(kplug_call(test_device, E1000E_CALL_COUNTS, NULL, 0, &counts,
				    sizeof(counts)),
			 sizeof(counts));
	return counts;
}

START_TEST(calls)
{
	const struct interrupt *irq = interrupts;
	struct e1000e_counts before, after;

	if (!has_model() || !irq->name || !irq->num_sources)
		return;
	attach(irq, RUNG_PLUGIN);
	before = counts();
	one_turn(irq, RUNG_PLUGIN, &irq->sources[0], true);
	after = counts();
	ck_assert_uint_eq(after.interrupts - before.interrupts, 1);
	ck_assert_uint_eq(after.bits[__builtin_ctzll(irq->sources[0].bits)] -
				  before.bits[__builtin_ctzll(irq->sources[0].bits)],
			  1);
	ck_assert_int_eq(kplug_call(test_device, E1000E_CALL_RESET, NULL, 0, NULL, 0), 0);
	check_enabled(irq, RUNG_PLUGIN, true);
	one_turn(irq, RUNG_PLUGIN, &irq->sources[0], true);
	ck_assert_int_eq(kplug_call(test_device, 99, NULL, 0, NULL, 0), -ENOTTY);
	detach(irq, RUNG_PLUGIN);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("e1000e");
	TCase *tests = tcase_create("map"), *own = tcase_create("own");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_checked_fixture(own, setup, teardown);
	tcase_add_test(tests, identity);
	tcase_add_test(tests, other_device);
	tcase_add_test(tests, reset_values);
	tcase_add_test(tests, reads);
	tcase_add_test(tests, writes);
	tcase_add_test(tests, changes_of_fields);
	tcase_add_test(tests, fields);
	tcase_add_test(tests, resets);
	tcase_add_test(tests, user);
	tcase_add_test(tests, recipe);
	tcase_add_test(tests, plugin);
	tcase_add_test(tests, calls);
	own_tests(own);
	suite_add_tcase(all, tests);
	suite_add_tcase(all, own);
	return all;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_VERBOSE);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
