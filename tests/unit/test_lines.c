// SPDX-License-Identifier: MIT
// The tables of kplug fit into 80 columns, and have colours where they are wanted.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/color.h"
#include "common/command.h"
#include "common/lines.h"
#include "common/minors.h"
#include "slow/slow.h"
#include "test.h"
#include "trace/trace.h"

#define LONG_NAME "a-device-whose-name-has-63-characters-as-the-longest-that-there"

static const char *device = "0000:00:04.0";

const char *minor_name(uint32_t minor)
{
	(void)minor;
	return device;
}

const char *targets_name(const struct target_sources *sources, uint32_t id)
{
	(void)sources;
	(void)id;
	return "irq 4294967295 some-driver, another-driver, and-one-more-driver";
}

static char text[8192];
static FILE *out;

static void begin(void)
{
	memset(text, 0, sizeof(text));
	out = fmemopen(text, sizeof(text), "w");
	ck_assert_ptr_nonnull(out);
}

/* The number of lines, of which none is too long. */
static unsigned int lines_fit(void)
{
	unsigned int count = 0;
	char *line, *next = text;

	fclose(out);
	for (line = strsep(&next, "\n"); next; line = strsep(&next, "\n"), count++)
		ck_assert_msg(strlen(line) <= LINE_WIDTH, "%zu columns: %s", strlen(line), line);
	ck_assert_str_eq(line, "");
	return count;
}

static void shown(unsigned int column, const char *words, const char *expected)
{
	begin();
	fprintf(out, "%.*s", (int)column,
		"begin---------------------------------------------------"
		"----------------");
	line_end(out, column, words);
	fclose(out);
	ck_assert_str_eq(text + column, expected);
}

TEST(lines, words)
{
	shown(10, "short", "short\n");
	shown(70, "0123456789", "0123456789\n");
	shown(70, "0123 56789", "0123 56789\n");
	shown(70, "0123 567890",
	      "0123\n                                                                      567890\n");
	shown(0, "", "\n");
	/* A list of numbers. */
	shown(68, "1234567,12345,123456",
	      "1234567,\n                                                                    "
	      "12345,123456\n");
	/* A word that does not fit stays whole. */
	shown(60, "a-name-that-is-longer-than-that is",
	      "a-name-that-is-longer-than-that\n"
	      "                                                            is\n");
}

static const struct trace_record records[] = {
	{ .kind = TRACE_IRQ },
	{ .kind = TRACE_HANDLED, .args = { KPLUG_HANDLED | KPLUG_DEFER | KPLUG_NOTIFY } },
	{ .kind = TRACE_DEFERRED, .args = { 4294967295 } },
	{ .kind = TRACE_FINISHED },
	{ .kind = TRACE_POSTED, .args = { 0xffff } },
	{ .kind = TRACE_READ, .args = { INT64_MAX } },
	{ .kind = TRACE_CALL, .args = { 4294967295, 1 << 20 } },
	{ .kind = TRACE_ANSWERED, .args = { 4294967295, -EDEADLK } },
	{ .kind = TRACE_PROGRAM, .args = { INT64_MAX, INT64_MAX } },
	{ .kind = TRACE_DONE, .args = { INT64_MAX, -EADDRNOTAVAIL } },
};

static unsigned int trace_all(void)
{
	begin();
	trace_text_head(out);
	for (unsigned int i = 0; i < NUM_TRACE_KINDS; i++) {
		struct trace_record r = records[i];

		ck_assert_uint_eq(r.kind, i);
		r.time = 99999999999999;
		r.cpu = 255;
		r.vector = 255;
		r.transaction = 4294967295;
		r.thread = 4194304;
		memset(r.program, 'p', sizeof(r.program));
		trace_text(out, &r, 9999999999, 0);
	}
	return lines_fit();
}

TEST(lines, trace)
{
	unsigned int lines = trace_all();

	ck_assert_uint_gt(lines, NUM_TRACE_KINDS);
	device = LONG_NAME;
	ck_assert_uint_ge(trace_all(), 2 * NUM_TRACE_KINDS);
	device = "0000:00:04.0";
}

TEST(lines, trace_of_an_interrupt)
{
	const struct trace_record r = { .time = 1500,
					.kind = TRACE_HANDLED,
					.cpu = 1,
					.args = { KPLUG_HANDLED | KPLUG_NOTIFY } };

	begin();
	trace_text(out, &r, 250, 0);
	fclose(out);
	ck_assert_str_eq(text, "    0.000002   1       0.25 0000:00:04.0[0]   "
			       "handler returned: handled, notify\n");
}

TEST(lines, slow)
{
	static struct slow_record r = {
		.id = 4294967295,
		.thread = 4194304,
		.points = {
			{ .time = 0, .what = SLOW_ENTERED, .cpu = 255 },
			[3] = { .time = 100, .what = SLOW_WOKEN, .cpu = 255 },
			[4] = { .time = 99999999999, .what = SLOW_RAN, .cpu = 255 },
		},
		.waits = { { .from = 100, .to = 99999999999, .cpu = 255, .waker = 255,
			     .priority = 120, .num = 1,
			     .activities = { { .kind = SLOW_TASK, .id = 4194304, .start = 100,
					       .end = 99999999000, .priority = 120 } } } },
	};
	static const struct targets targets;

	memset(r.program, 'p', sizeof(r.program));
	memset(r.waits[0].activities[0].name, 't', sizeof(r.program) - 1);
	begin();
	slow_text(out, &targets, &r);
	/* The name, three points, and a cause, each of two lines. */
	ck_assert_uint_ge(lines_fit(), 7);
}

static FILE *terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);
	FILE *file;

	ck_assert_int_ge(fd, 0);
	file = fdopen(fd, "w");
	ck_assert_ptr_nonnull(file);
	return file;
}

static bool colored(FILE *file)
{
	const bool begins = *color_begin(file, COLOR_BAD) == '\033';

	ck_assert(begins == (*color_end(file) == '\033'));
	return begins;
}

TEST(lines, colors)
{
	FILE *tty = terminal(), *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	ck_assert(colored(tty) && !colored(file));
	setenv("NO_COLOR", "1", 1);
	ck_assert(!colored(tty));
	ck_assert(color_choose("always"));
	ck_assert(colored(tty) && colored(file));
	setenv("NO_COLOR", "", 1); /* counts as not set */
	ck_assert(color_choose("auto"));
	ck_assert(colored(tty));
	setenv("TERM", "dumb", 1);
	ck_assert(!colored(tty));
	setenv("TERM", "xterm", 1);
	ck_assert(color_choose("never"));
	ck_assert(!colored(tty));
	ck_assert(!color_choose("sometimes") && !color_choose(""));
	fclose(tty);
	fclose(file);
}
