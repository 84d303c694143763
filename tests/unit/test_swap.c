// SPDX-License-Identifier: MIT
/* The accessors of a program as on a big-endian machine, with memory for registers. */
#define __KPLUG_SWAP 1
#include <string.h>

#include <kplug/handler.h>

#include "test.h"

static union {
	unsigned char bytes[64];
	__u64 words[8];
} registers;

static const struct kplug_io io = {
	.region = { { .base = registers.bytes, .length = sizeof(registers) } },
};

TEST(swap, reads)
{
	int i;

	for (i = 0; i < 8; i++)
		registers.bytes[i] = (unsigned char)(i + 1);
	ck_assert_uint_eq(kplug_read8(&io, 0, 1), 0x02);
	ck_assert_uint_eq(kplug_read16(&io, 0, 0), 0x0102);
	ck_assert_uint_eq(kplug_read32(&io, 0, 0), 0x01020304);
	ck_assert_uint_eq(kplug_read64(&io, 0, 0), 0x0102030405060708);
}

TEST(swap, writes)
{
	kplug_write8(&io, 0, 0, 0x01);
	kplug_write16(&io, 0, 2, 0x0102);
	kplug_write32(&io, 0, 4, 0x01020304);
	kplug_write64(&io, 0, 8, 0x0102030405060708);
	ck_assert_mem_eq(registers.bytes, "\1\0\1\2\1\2\3\4\1\2\3\4\5\6\7\10", 16);
}

/* More than one run of the loop, and the rest of one. */
TEST(swap, blocks)
{
	__u16 in[11], out[11];
	int i;

	for (i = 0; i < 11; i++)
		out[i] = (__u16)(0x100 * i + 0x55);
	ck_assert_int_eq(kplug_write_block(&io, 0, 0, 2, out, 11, 0), 0);
	for (i = 0; i < 11; i++) {
		ck_assert_uint_eq(registers.bytes[2 * i], i);
		ck_assert_uint_eq(registers.bytes[2 * i + 1], 0x55);
	}
	ck_assert_int_eq(kplug_read_block(&io, 0, 0, 2, in, 11, 0), 0);
	ck_assert_mem_eq(in, out, sizeof(in));
}
