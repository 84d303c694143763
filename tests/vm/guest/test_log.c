// SPDX-License-Identifier: MIT
// The scan of the kernel log that follows every test, on lines that this suite writes.
#include "harness.h"

#include <stdio.h>

/*
 * verdict() - the result of the scan for these lines, which it consumes so that they do not fail
 * this test
 */
static const char *verdict(const char *const lines[])
{
	char line[128];

	for (; *lines; lines++) {
		/* A line without a newline is not a record yet. */
		snprintf(line, sizeof(line), "%s\n", *lines);
		ck_assert_int_eq(file_write(line, "/dev/kmsg"), 0);
	}
	return test_after();
}

#define VERDICT(...) verdict((const char *const[]){ __VA_ARGS__, NULL })

TEST(log, reports_found, .smoke = true)
{
	ck_assert_ptr_null(VERDICT("all is well"));
	ck_assert_ptr_nonnull(VERDICT("WARNING: possible circular locking dependency detected"));
	ck_assert_ptr_nonnull(
		VERDICT("BUG: KASAN: slab-use-after-free in kplug_ring_post+0x1/0x2 [kplug]"));
	ck_assert_ptr_nonnull(VERDICT("INFO: task cat:7 blocked for more than 120 seconds."));
}

TEST(log, reports_allowed)
{
	log_allow("irq .*: nobody cared");
	ck_assert_ptr_null(
		VERDICT("irq 20: nobody cared (try booting with the \"irqpoll\" option)"));
	ck_assert_ptr_nonnull(VERDICT("WARNING: something else"));
}

TEST(log, data_races_of_our_own)
{
	ck_assert_ptr_null(VERDICT("BUG: KCSAN: data-race in up / down",
				   "read to 0xffff888000000000 of 8 bytes by task 7 on cpu 1:",
				   " up+0x1/0x2", " kplug_open+0x1/0x2 [kplug]"));
	ck_assert_ptr_nonnull(
		VERDICT("BUG: KCSAN: data-race in up / post",
			"read-write (marked) to 0xffff888000000000 of 8 bytes by task 7 on cpu 1:",
			" post+0x1/0x2 [kplug]"));
}
