// SPDX-License-Identifier: MIT
// A script: each line is understood or named, and runs as it says, up to the first that fails.
#include "common/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#define FILE_NAME "/tmp/kplug-unit-script"

/* Four registers; the last one counts its reads. */
struct fake {
	uint64_t reg[4];
	unsigned int accesses;
	uint64_t found;
};

static int read_fake(void *device, struct reg *reg)
{
	struct fake *fake = device;

	fake->accesses++;
	if (reg->offset >= 16)
		return -EINVAL;
	if (reg->offset == 12)
		fake->reg[3]++;
	reg->value = fake->reg[reg->offset / 4];
	return 0;
}

static int write_fake(void *device, const struct reg *reg)
{
	struct fake *fake = device;

	fake->accesses++;
	if (reg->offset >= 16)
		return -EINVAL;
	fake->reg[reg->offset / 4] = reg->value;
	return 0;
}

static void found(void *context, const struct script_line *line)
{
	*(uint64_t *)context = line->reg.value;
}

static int parse(struct script *script, const char *text)
{
	FILE *file = fopen(FILE_NAME, "w");
	int result;

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	result = script_read(script, FILE_NAME);
	unlink(FILE_NAME);
	return result;
}

static int run(const char *text, struct fake *fake, struct script_line *last)
{
	const struct script_target target = { fake, read_fake, write_fake, found, &fake->found };
	struct script script;
	int err;

	ck_assert_int_eq(parse(&script, text), COMMAND_OK);
	err = script_run(&script, &target, last);
	script_free(&script);
	return err;
}

TEST(script, lines)
{
	struct fake fake = { { 0x11, 0x22, 0, 0 }, 0, 0 };
	struct script_line last;

	ck_assert_int_eq(run("# nothing\n\nwrite 0:8=5 # five\nexpect 0:8=0x05 0xf\nsleep 1\n"
			     "read 0:4\n",
			     &fake, &last),
			 0);
	ck_assert_uint_eq(fake.reg[2], 5);
	ck_assert_uint_eq(fake.found, 0x22);
	ck_assert_uint_eq(fake.accesses, 3);
}

TEST(script, stops_where_it_fails)
{
	struct fake fake = { { 0x11, 0x22, 0, 0 }, 0, 0 };
	struct script script = { .name = "file" };
	char where[64], why[64];
	struct script_line last;

	ck_assert_int_eq(run("expect 0:0=0x12\nwrite 0:8=1\n", &fake, &last), -ETIME);
	ck_assert_uint_eq(fake.reg[2], 0);
	script_where(&script, &last, where, sizeof(where));
	script_why(&last, -ETIME, why, sizeof(why));
	ck_assert_str_eq(where, "file:1: expect 0:0x0");
	ck_assert_str_eq(why, "it is 0x00000011");
	ck_assert_int_eq(run("\nread 0:16\n", &fake, &last), -EINVAL);
	ck_assert_uint_eq(last.number, 2);
}

TEST(script, waits)
{
	struct fake fake = { { 0 }, 0, 0 };
	struct script_line last;

	ck_assert_int_eq(run("wait 0:12=5 0xff 1000\n", &fake, &last), 0);
	ck_assert_uint_eq(fake.accesses, 5);
	ck_assert_int_eq(run("wait 0:0=5 0xff 3\n", &fake, &last), -ETIME);
	ck_assert_uint_eq(fake.accesses, 5 + 4);
}

TEST(script, not_understood)
{
	static const char *const bad[] = {
		"read",    "reed 0:4",         "write 0:4",        "read 0:4 1", "expect 0:4",
		"sleep x", "wait 0:4=1 1 1 1", "expect 0:4=1 1 1", "read 9:0",   "write 0:4="
	};
	struct script script;
	char text[64];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "read 0:0\n%s\n", bad[i]);
		ck_assert_int_eq(parse(&script, text), COMMAND_USAGE);
		script_free(&script);
	}
	ck_assert_int_eq(script_read(&script, "/nonexistent"), COMMAND_FAILED);
	script_free(&script);
	ck_assert_int_eq(script_read(&script, "/"), COMMAND_FAILED);
	script_free(&script);
}
