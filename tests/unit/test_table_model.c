// SPDX-License-Identifier: MIT
// A card whose registers are a table: what each kind of read and write does, and interrupts.
#define _GNU_SOURCE
#include "table.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "card.h"
#include "test.h"

#define VALUE 0xa5a5f00fu /* before the write */
#define WRITE 0x0ff0cc33u

#define EFFECT(name_, at_, ...)                                                        \
	{                                                                              \
		.name = "regs." name_, .at = (at_), .bits = 32, .word = 32, .step = 4, \
		.readable = ~0ull, ##__VA_ARGS__                                       \
	}

static const struct table_register registers[] = {
	EFFECT("STORED", 0x00, .stored = ~0ull, .reset = 0x12345678),
	EFFECT("ONE_CLEARS", 0x04, .one_clears = ~0ull),
	EFFECT("ONE_SETS", 0x08, .one_sets = ~0ull),
	EFFECT("ONE_TOGGLES", 0x0c, .one_toggles = ~0ull),
	EFFECT("ZERO_CLEARS", 0x10, .zero_clears = ~0ull),
	EFFECT("ZERO_SETS", 0x14, .zero_sets = ~0ull),
	EFFECT("ZERO_TOGGLES", 0x18, .zero_toggles = ~0ull),
	EFFECT("WRITE_CLEARS", 0x1c, .write_clears = ~0ull),
	EFFECT("WRITE_SETS", 0x20, .write_sets = 0xffffffff),
	EFFECT("PULSE", 0x24, .acts = true),
	EFFECT("MIXED", 0x28, .stored = 0xff, .one_clears = 0xff00),
	EFFECT("READ_CLEARS", 0x2c, .read_clears = ~0ull),
	EFFECT("READ_SETS", 0x30, .read_sets = 0xffffffff),
	EFFECT("ONCE", 0x34, .once = ~0ull),
	EFFECT("READ_ONLY", 0x38),
	{ .name = "regs.WRITE_ONLY", .at = 0x3c, .bits = 32, .word = 32, .step = 4, .stored = ~0ull },
	{ .name = "regs.HIGH_FIRST",
	  .at = 0x40,
	  .bits = 48,
	  .word = 16,
	  .step = 4,
	  .high_first = true,
	  .readable = ~0ull,
	  .stored = ~0ull },
	{ .name = "regs.CH[].TAP[]",
	  .at = 0x100,
	  .bits = 32,
	  .word = 32,
	  .step = 4,
	  .arrays = { { 3, 0x40 }, { 2, 0x10 } },
	  .readable = ~0ull,
	  .stored = ~0ull },
	EFFECT("STATUS", 0x200, .one_clears = ~0ull),
	EFFECT("ENABLE", 0x204, .stored = ~0ull),
	EFFECT("SERVE", 0x208, .read_clears = ~0ull),
	EFFECT("ADDRESS", 0x300, .stored = ~0ull),
	EFFECT("LENGTH", 0x304, .stored = ~0ull),
	EFFECT("GO", 0x308, .acts = true),
	EFFECT("STATE", 0x30c, .reset = 1),
};

static const struct table_memory memories[] = {
	{ .name = "regs.RAM", .at = 0x800, .bytes = 0x100 },
};

static const struct table_source sources[] = {
	{ .name = "EDGE", .bits = 1 },
	{ .name = "LEVEL", .bits = 2, .level = true, .cleared_by = "regs.SERVE" },
};

static const struct table_interrupt interrupts[] = {
	{ .name = "main",
	  .status = "regs.STATUS",
	  .enable = "regs.ENABLE",
	  .sources = sources,
	  .num_sources = 2 },
};

static const struct table_engine engines[] = {
	{ .name = "up",
	  .to_host = true,
	  .host = "regs.ADDRESS",
	  .length = "regs.LENGTH",
	  .unit = 4,
	  .max = 8192,
	  .align = 64,
	  .start = { .at = "regs.GO", .mask = 1, .value = 1 },
	  .idle = { .at = "regs.STATE", .mask = 1, .value = 1 },
	  .error = { .at = "regs.STATE", .mask = 2, .value = 2 },
	  .done = "main.EDGE" },
};

static const struct table table = {
	.registers = registers,
	.num_registers = sizeof(registers) / sizeof(*registers),
	.memories = memories,
	.num_memories = 1,
	.interrupts = interrupts,
	.num_interrupts = 1,
	.engines = engines,
	.num_engines = 1,
	.reset = { .at = "regs.STORED", .mask = ~0ull, .value = 0xdead },
};

static const struct model model = {
	.name = "table",
	.bars = { { .size = 0x1000, .widths = 2 | 4 } },
	.msi = 1,
	.table = &table,
	TABLE_MODEL,
};

static struct card card;

static void begin(void)
{
	ck_assert_int_eq(card_init(&card, &model), 0);
}

static void end(void)
{
	ck_assert_str_eq(card.complaints.text, "");
	card_end(&card);
}

static void put(uint64_t at, uint32_t value, unsigned int width)
{
	ck_assert_int_eq(card_write(&card, 0, at, &value, width), 0);
}

static uint32_t get(uint64_t at, unsigned int width)
{
	uint32_t value = 0;

	ck_assert_int_eq(card_read(&card, 0, at, &value, width), 0);
	return value;
}

static const char *answer(const char *request)
{
	static char text[256];

	table_answer(card.state, request, text, sizeof(text));
	return text;
}

/* after() - what a register with VALUE has after a write of WRITE */
static uint64_t after(const char *name, uint64_t at)
{
	uint64_t value = 0;

	ck_assert(table_set(&card, name, VALUE));
	put(at, WRITE, 4);
	ck_assert(table_get(&card, name, &value));
	return value;
}

TEST(table_model, writes)
{
	begin();
	ck_assert_uint_eq(after("regs.STORED", 0x00), WRITE);
	ck_assert_uint_eq(after("regs.ONE_CLEARS", 0x04), VALUE & ~WRITE);
	ck_assert_uint_eq(after("regs.ONE_SETS", 0x08), VALUE | WRITE);
	ck_assert_uint_eq(after("regs.ONE_TOGGLES", 0x0c), VALUE ^ WRITE);
	ck_assert_uint_eq(after("regs.ZERO_CLEARS", 0x10), VALUE & WRITE);
	ck_assert_uint_eq(after("regs.ZERO_SETS", 0x14), VALUE | ~WRITE);
	ck_assert_uint_eq(after("regs.ZERO_TOGGLES", 0x18), VALUE ^ ~WRITE);
	ck_assert_uint_eq(after("regs.WRITE_CLEARS", 0x1c), 0);
	ck_assert_uint_eq(after("regs.WRITE_SETS", 0x20), 0xffffffff);
	ck_assert_uint_eq(after("regs.PULSE", 0x24), VALUE);
	ck_assert_uint_eq(after("regs.MIXED", 0x28),
			  (VALUE & 0xffff0000) | (VALUE & ~WRITE & 0xff00) | (WRITE & 0xff));
	end();
}

TEST(table_model, reads)
{
	begin();
	ck_assert_uint_eq(get(0x00, 4), 0x12345678);
	table_set(&card, "regs.READ_CLEARS", VALUE);
	ck_assert_uint_eq(get(0x2c, 4), VALUE);
	ck_assert_uint_eq(get(0x2c, 4), 0);
	ck_assert_uint_eq(get(0x30, 4), 0);
	ck_assert_uint_eq(get(0x30, 4), 0xffffffff);
	put(0x34, 5, 4);
	put(0x34, 6, 4);
	ck_assert_uint_eq(get(0x34, 4), 5);
	put(0x804, 0xabcd, 2);
	ck_assert_uint_eq(get(0x804, 2), 0xabcd);
	end();
}

/* taken() - the complaints, which are forgotten */
static const char *taken(void)
{
	static char text[COMPLAINT_TEXT];

	memcpy(text, card.complaints.text, sizeof(text));
	complaints_clear(&card.complaints);
	return text;
}

TEST(table_model, complaints)
{
	begin();
	put(0x38, 1, 4);
	ck_assert_str_eq(taken(), "write of regs.READ_ONLY, which is read only");
	ck_assert_uint_eq(get(0x3c, 4), 0);
	ck_assert_str_eq(taken(), "read of regs.WRITE_ONLY, which cannot be read");
	get(0x00, 2);
	ck_assert_str_eq(taken(), "read of 0x0 in BAR 0, which has no register");
	get(0x44, 2);
	get(0x40, 2);
	ck_assert_str_eq(taken(), "words of regs.HIGH_FIRST out of order");
	end();
}

TEST(table_model, words_and_arrays)
{
	uint64_t value;

	begin();
	table_set(&card, "HIGH_FIRST", 0x112233445566);
	ck_assert_uint_eq(get(0x40, 2), 0x1122);
	ck_assert_uint_eq(get(0x44, 2), 0x3344);
	ck_assert_uint_eq(get(0x48, 2), 0x5566);
	put(0x190, 7, 4);
	ck_assert(table_get(&card, "regs.CH[2].TAP[1]", &value));
	ck_assert_uint_eq(value, 7);
	ck_assert(!table_get(&card, "regs.CH[3].TAP[1]", &value));
	put(0x00, 0xdead, 4);
	ck_assert_uint_eq(get(0x190, 4), 0);
	end();
}

TEST(table_model, line)
{
	begin();
	ck_assert_str_eq(answer("raise main.EDGE"), "done");
	ck_assert(!card.line_wanted);
	put(0x204, 3, 4);
	ck_assert(card.line_wanted);
	put(0x200, 1, 4);
	ck_assert(!card.line_wanted);
	/* A level stays until it is served. */
	ck_assert_str_eq(answer("raise main.LEVEL"), "done");
	put(0x200, 2, 4);
	ck_assert(card.line_wanted);
	get(0x208, 4);
	ck_assert(!card.line_wanted);
	/* What comes right after the read is not acknowledged with it. */
	ck_assert_str_eq(answer("race main.EDGE"), "done");
	ck_assert_uint_eq(get(0x200, 4), 0);
	ck_assert_uint_eq(get(0x200, 4), 1);
	ck_assert_str_eq(answer("get STATUS"), "0x1");
	ck_assert_ptr_nonnull(strstr(answer("raise main.NONE"), "error"));
	ck_assert_str_eq(answer("reset"), "done");
	ck_assert(!card.line_wanted);
	end();
}

#define MEMORY 0x10000u

/* memory() - of a guest, which the card may master */
static uint8_t *memory(void)
{
	const uint16_t command = PCI_COMMAND_MASTER;
	int file = memfd_create("memory", 0);
	uint8_t *bytes;

	ck_assert_int_eq(ftruncate(file, 16384), 0);
	bytes = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ck_assert_ptr_ne(bytes, MAP_FAILED);
	ck_assert_int_eq(memory_map(&card.memory, MEMORY, 16384, true, file, 0), 0);
	card_write(&card, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND, &command, sizeof(command));
	return bytes;
}

static void start(uint32_t address, uint32_t words)
{
	put(0x300, address, 4);
	put(0x304, words, 4);
	put(0x308, 1, 4);
}

static void works(void)
{
	while (table_work(card.state))
		;
}

TEST(table_model, engine)
{
	uint8_t *bytes;

	begin();
	bytes = memory();
	put(0x308, 2, 4);
	ck_assert_uint_eq(get(0x30c, 4), 1);
	start(MEMORY + 64, 1500);
	ck_assert_uint_eq(get(0x30c, 4), 0);
	ck_assert_uint_eq(get(0x200, 4), 0);
	works();
	ck_assert_uint_eq(get(0x30c, 4), 1);
	ck_assert_uint_eq(get(0x200, 4), 1);
	for (unsigned int i = 0; i < 6000; i++)
		ck_assert_uint_eq(bytes[64 + i], table_pattern(i));
	ck_assert_uint_eq(bytes[6064], 0);
	munmap(bytes, 16384);
	end();
}

TEST(table_model, engine_complains)
{
	uint8_t *bytes;

	begin();
	bytes = memory();
	start(MEMORY, 0);
	ck_assert_str_eq(taken(), "start of up with 0 bytes");
	table_reset(card.state);
	start(MEMORY + 4, 1);
	ck_assert_ptr_nonnull(strstr(taken(), "which is not aligned"));
	put(0x308, 1, 4);
	ck_assert_ptr_nonnull(strstr(taken(), "which is busy"));
	works();
	start(0x900000, 1);
	works();
	ck_assert_ptr_nonnull(strstr(taken(), "where no memory is"));
	ck_assert_uint_eq(get(0x30c, 4), 3);
	munmap(bytes, 16384);
	end();
}
