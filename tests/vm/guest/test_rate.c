// SPDX-License-Identifier: MIT
// The null plugin's timer: interrupts at a rate, counted exactly, that end with the client that
// started them.
#define _GNU_SOURCE
#include "device.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS_INTERVAL 1000000 /* ns */

static int rate(struct kplug *null, uint32_t random, uint64_t interval, uint64_t count)
{
	const struct null_rate rate = { .random = random, .interval_ns = interval, .count = count };

	return kplug_call(null, NULL_CALL_RATE, &rate, sizeof(rate), NULL, 0);
}

static struct null_raised raised(struct kplug *null)
{
	struct null_raised raised;

	ck_assert_int_eq(kplug_call(null, NULL_CALL_RAISED, NULL, 0, &raised, sizeof(raised)),
			 sizeof(raised));
	return raised;
}

static struct kplug *null_armed(unsigned int entries)
{
	struct kplug *null = null_open(entries);

	ck_assert_int_eq(kplug_attach(null, 0, &null_plugin), KPLUG_HANDLER_PLUGIN);
	return null;
}

/* Takes all events: received and lost ones add up to the posted ones. */
static void take_all(struct kplug *null)
{
	struct kplug_event event;
	uint64_t received = 0, lost = 0;

	while (kplug_wait(null, &event, 1, 100 * MS) == 1) {
		received++;
		lost += event.lost;
	}
	/* The next record reports what was lost after the last one. */
	null_fire(null, 0, 1);
	event = next_event(null);
	ck_assert_uint_eq(received + 1 + lost + event.lost, vector_info(null, 0).out_posted);
}

/* Equal and random intervals; the timer raises exactly that number of interrupts. */
TEST(rate, counts, .variants = VARIANTS("equal", "random"), .timeout = 60)
{
	const bool random = !strcmp(variant, "random");
	struct kplug *null;

	core_start();
	OK(module_load("kplug_null"));
	null = null_armed(1024);
	OK(rate(null, random, MS_INTERVAL, 500));
	ck_assert(WAIT_UNTIL(!raised(null).running, 30000));
	ck_assert_uint_eq(raised(null).raised, 500);
	ck_assert_uint_gt(vector_info(null, 0).out_handled, 0);
	ck_assert_uint_le(vector_info(null, 0).out_handled, 500);
	take_all(null);
	kplug_close(null);
	objects_settle();
}

/*
 * At the highest rate, by an unprivileged program: the machine lives, and each interrupt is
 * counted.
 */
TEST(rate, as_fast_as_it_goes, .timeout = 120)
{
	struct kplug *null, *restricted;

	core_start();
	OK(module_load("kplug_null"));
	null = null_armed(64);
	restricted = device_open_restricted(NULL0);
	ck_assert_int_eq(kplug_attach(restricted, KPLUG_NO_VECTOR, &null_plugin),
			 KPLUG_HANDLER_PLUGIN);
	OK(rate(restricted, 1, NULL_MIN_INTERVAL, 200000));
	ck_assert(WAIT_UNTIL(!raised(restricted).running, 100000));
	ck_assert_uint_eq(raised(restricted).raised, 200000);
	take_all(null);
	kplug_close(restricted);
	kplug_close(null);
}

TEST(rate, refused)
{
	struct kplug *null, *other;
	char small[4] = { 0 };

	core_start();
	OK(module_load("kplug_null"));
	null = null_armed(64);
	other = null_open(0);
	ck_assert_int_eq(rate(null, 0, NULL_MIN_INTERVAL - 1, 1), -EINVAL);
	ck_assert_int_eq(rate(null, 0, NULL_MAX_INTERVAL + 1ull, 1), -EINVAL);
	ck_assert_int_eq(rate(null, 0, ~0ull, 1), -EINVAL);
	ck_assert_int_eq(rate(null, 2, MS_INTERVAL, 1), -EINVAL);
	ck_assert_int_eq(rate(null, 0, MS_INTERVAL, NULL_MAX_COUNT + 1ull), -EINVAL);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_RATE, small, sizeof(small), NULL, 0), -EINVAL);
	ck_assert_int_eq(kplug_call(null, NULL_CALL_RAISED, NULL, 0, small, sizeof(small)),
			 -EINVAL);
	ck_assert_uint_eq(raised(null).running, 0);
	OK(rate(null, 0, NULL_MAX_INTERVAL, 1000));
	ck_assert_int_eq(rate(null, 0, MS_INTERVAL, 1), -EBUSY);
	ck_assert_int_eq(rate(other, 0, MS_INTERVAL, 1), -EBUSY);
	/* Only the client that started the timer stops it. */
	OK(rate(other, 0, 0, 0));
	ck_assert_uint_eq(raised(null).running, 1);
	OK(rate(null, 0, 0, 0));
	ck_assert_uint_eq(raised(null).running, 0);
	kplug_close(other);
	kplug_close(null);
}

/*
 * Closed, killed, and closed while interrupts come: no timer remains, and the module can be
 * unloaded.
 */
TEST(rate, ends_with_its_client, .smoke = true, .timeout = 120)
{
	struct kplug *null;

	core_start();
	OK(module_load("kplug_null"));
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child) {
			null = null_armed(64);
			if (rate(null, 1, 50000, NULL_MAX_COUNT))
				_exit(1);
			if (i % 2)
				raise(SIGKILL);
			kplug_close(null);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
	}
	null = null_open(0);
	ck_assert_uint_eq(raised(null).running, 0);
	OK(rate(null, 0, MS_INTERVAL, 10));
	kplug_close(null);
	OK(module_unload("kplug_null"));
}
