/* SPDX-License-Identifier: MIT */
/*
 * Tests that register themselves; each runs in a process of its own (Check), asserts with
 * ck_assert_*.
 */
#ifndef KPLUG_TEST_H
#define KPLUG_TEST_H

#include <check.h>
#include <stdbool.h>

/*
 * TEST(suite, name) { ... }
 *
 * Adding a test is writing one; main.c finds it. Options follow the name:
 *
 *   .timeout = SECONDS                  (default 30; scaled by CK_TIMEOUT_MULTIPLIER)
 *   .variants = VARIANTS("intx", "msi") runs the body once for each, with `variant` set to it;
 *                                       the test is then reported as suite:name/variant
 *   .manual = true                      runs only when its full name is asked for
 *   .last = true                        runs after all others, as it changes the machine for good
 *   .smoke = true                       part of the short run on the debug kernel; the filter
 * @smoke means all of these
 */
#define TEST(suite_, name_, ...)                                                   \
	static void suite_##_##name_(const char *variant);                         \
	static struct test suite_##_##name_##_test = { .suite = #suite_,           \
						       .name = #name_,             \
						       .file = __FILE__,           \
						       .line = __LINE__,           \
						       .run = suite_##_##name_,    \
						       __VA_ARGS__ };              \
	__attribute__((constructor)) static void suite_##_##name_##_register(void) \
	{                                                                          \
		test_register(&suite_##_##name_##_test);                           \
	}                                                                          \
	static void suite_##_##name_(__attribute__((unused)) const char *variant)

#define VARIANTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct test {
	const char *suite, *name, *file;
	int line;
	void (*run)(const char *variant);
	const char *const *variants;
	int timeout;
	bool manual, smoke, last;
	struct test *next;
};

void test_register(struct test *test);

/* The suite of the running test. */
const char *test_suite(void);

/* Ends the running test as skipped. The reason says what the machine lacks. */
void test_skip(const char *reason) __attribute__((noreturn));

/*
 * Hooks of the program around every test; main.c has empty ones. A non-NULL answer of test_after
 * fails the test.
 */
void test_before(const char *label);
const char *test_after(void);

/*
 * Memory the test process shares with its parent, so that a test can say something about itself.
 * Cleared before each test.
 */
struct test_notes {
	char skipped[256];
	bool left_over; /* a failure means that something stayed in the kernel */
	char allowed[512]; /* extended regular expression; see log_allow() in the guest */
};
extern struct test_notes *test_notes;

#endif
