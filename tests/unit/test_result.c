// SPDX-License-Identifier: MIT
// kplug compare: results are read as they were printed, and anything else is refused with a
// sentence.
#include "latency/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "test.h"

#define HEAD           "\"kernel\": \"6.1.0-1-amd64\", \"unit\": \"ns\", \"seconds\": 1.5, \"lost\": 0"
#define RESULT(stages) "{" HEAD ", \"stages\": [" stages "]}"
#define STAGE(name, max, buckets) \
	"{\"stage\": \"" name "\", \"of\": \"x\", \"max\": " max ", \"buckets\": " buckets "}"

static struct latency_result result;

static const char *wrong_with(const char *text)
{
	return latency_result_parse(&result, text, strlen(text));
}

static void refused(const char *text, const char *why)
{
	const char *wrong = wrong_with(text);

	ck_assert_msg(wrong && strstr(wrong, why), "%.100s: '%s', expected '%s'", text,
		      wrong ? wrong : "taken", why);
}

static void taken(const char *text)
{
	const char *wrong = wrong_with(text);

	ck_assert_msg(!wrong, "%.100s: %s", text, wrong);
}

/* All sources of a stage together. */
TEST(result, read)
{
	taken(RESULT(STAGE("handler", "5000", "[[10, 3], [4928, 1]]") "," STAGE(
		"call", "7", "[]") "," STAGE("handler", "20", "[[10, 2]]")));
	ck_assert_str_eq(result.kernel, "6.1.0-1-amd64");
	ck_assert_str_eq(result.unit, "ns");
	ck_assert(result.seconds == 1.5);
	ck_assert_uint_eq(result.stages[STAGE_HANDLER].count, 6);
	ck_assert_uint_eq(result.stages[STAGE_HANDLER].max, 5000);
	ck_assert_uint_eq(result.stages[STAGE_HANDLER].buckets[10], 5);
	ck_assert_uint_eq(latency_quantile(&result.stages[STAGE_HANDLER], 0.5), 10);
	ck_assert_uint_eq(latency_quantile(&result.stages[STAGE_HANDLER], 0.99), 4928);
	ck_assert_uint_eq(result.stages[STAGE_CALL].count, 0);
	ck_assert_uint_eq(result.stages[STAGE_CALL].max, 7);
}

/* Each bucket is found again by its representative value. */
TEST(result, every_bucket)
{
	static char text[100000];
	size_t length = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
		length += (size_t)sprintf(text + length, "%s[%llu, %u]",
					  i ? "," :
					      "{" HEAD ", \"stages\": [{\"stage\": \"chunk\", "
					      "\"max\": 1e12, \"buckets\": [",
					  (unsigned long long)latency_value(i), i + 1);
	strcpy(text + length, "]}]}");
	taken(text);
	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++)
		ck_assert_uint_eq(result.stages[STAGE_CHUNK].buckets[i], i + 1);
}

TEST(result, nothing_measured)
{
	taken(RESULT(""));
	for (unsigned int i = 0; i < NUM_STAGES; i++)
		ck_assert_uint_eq(result.stages[i].count, 0);
}

/* From a later version. */
TEST(result, unknown_stage)
{
	taken(RESULT(STAGE("teleported", "-1", "{}") "," STAGE("call", "9", "[[9, 1]]")));
	ck_assert_uint_eq(result.unknown, 1);
	ck_assert_uint_eq(result.stages[STAGE_CALL].count, 1);
}

TEST(result, other_units)
{
	taken("{\"kernel\": \"6\", \"unit\": \"us\", \"seconds\": 1, \"lost\": 2, \"stages\": [" STAGE(
		"call", "6.7", "[[0.065, 1], [6.592, 1]]") "]}");
	ck_assert_str_eq(result.unit, "us");
	ck_assert_uint_eq(result.lost, 2);
	ck_assert_uint_eq(result.stages[STAGE_CALL].max, 6700);
	ck_assert_uint_eq(result.stages[STAGE_CALL].buckets[64], 1);
	ck_assert_uint_eq(latency_quantile(&result.stages[STAGE_CALL], 0.99), 6592);
	refused("{\"kernel\": \"6\", \"unit\": \"instructions\", \"seconds\": 1, \"lost\": 0, \"stages\": []}",
		"unit");
	refused("{\"kernel\": \"6\", \"unit\": 1, \"seconds\": 1, \"lost\": 0, \"stages\": []}",
		"unit");
}

TEST(result, no_result)
{
	static const char *const texts[] = {
		"\n",
		"hello",
		"{",
		"null",
		"true",
		"17",
		"\"stages\"",
		"{}",
		"[]",
		"[[]]",
		"[{\"stages\": []}]",
		"{\"stages\": {}}",
		"{\"stages\": 5}",
		"{\"Stages\": []}",
		RESULT("") RESULT(""),
		RESULT("") "x",
		"#!/bin/sh\nexit 0\n",
		"{\"stages\": [NaN]}",
		"{\"stages\": [Infinity]}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		refused(texts[i], "not what");
	refused("", "empty");
}

/* A ladder's JSON is not a result of kplug latency. */
TEST(result, paths)
{
	refused("[{\"path\": \"user\", \"title\": \"x\", \"unit\": \"ns\"}]",
		"`kplug latency --dev DEVICE --json` makes");
}

TEST(result, wrong_head)
{
	refused("{\"unit\": \"ns\", \"seconds\": 1, \"lost\": 0, \"stages\": []}", "kernel");
	refused("{\"kernel\": \"\", \"unit\": \"ns\", \"seconds\": 1, \"lost\": 0, \"stages\": []}",
		"kernel");
	refused("{\"kernel\": \"6\\u001b[2J\", \"unit\": \"ns\", \"seconds\": 1, \"lost\": 0, \"stages\": []}",
		"kernel");
	refused("{\"kernel\": \"0123456789012345678901234567890123456789012345678901234567890123456789\", \"unit\": \"ns\", "
		"\"seconds\": 1, \"lost\": 0, \"stages\": []}",
		"kernel");
	refused("{\"kernel\": \"6\", \"seconds\": 1, \"lost\": 0, \"stages\": []}", "unit");
	refused("{\"kernel\": \"6\", \"unit\": \"ns\", \"seconds\": -1, \"lost\": 0, \"stages\": []}",
		"seconds");
	refused("{\"kernel\": \"6\", \"unit\": \"ns\", \"seconds\": 1e999, \"lost\": 0, \"stages\": []}",
		"seconds");
	refused("{\"kernel\": \"6\", \"unit\": \"ns\", \"seconds\": 1, \"lost\": \"0\", \"stages\": []}",
		"lost");
	refused("{\"kernel\": \"6\", \"unit\": \"ns\", \"seconds\": 1, \"stages\": []}", "lost");
}

TEST(result, wrong_stage)
{
	refused(RESULT("5"), "no name");
	refused(RESULT("[]"), "no name");
	refused(RESULT("{\"stage\": null}"), "no name");
	refused(RESULT("{\"stage\": \"call\", \"max\": 1}"), "buckets");
	refused(RESULT(STAGE("call", "1", "{\"a\": [1, 1]}")), "buckets");
	refused(RESULT("{\"stage\": \"call\", \"buckets\": []}"), "max");
	refused(RESULT(STAGE("call", "null", "[]")), "max");
	refused(RESULT(STAGE("call", "-1", "[]")), "max");
	refused(RESULT(STAGE("call", "1e300", "[]")), "max");
}

TEST(result, wrong_bucket)
{
	static const char *const buckets[] = {
		"1",          "null",       "\"1\"",      "[]",
		"[1]",        "[1, 1, 1]",  "[\"1\", 1]", "[1, \"1\"]",
		"[null, 1]",  "[1, null]",  "[[], {}]",   "{\"a\": 1, \"b\": 1}",
		"[-1, 1]",    "[1, -1]",    "[1, 0.5]",   "[1, 1e300]",
		"[1, 1e999]", "[1e999, 1]", "[1e11, 1]",
	};
	char text[300];

	for (size_t i = 0; i < sizeof(buckets) / sizeof(*buckets); i++) {
		snprintf(text, sizeof(text), RESULT(STAGE("call", "1", "[[1, 1], %s, [2, 2]]")),
			 buckets[i]);
		refused(text, "one of its buckets");
	}
	refused(RESULT(STAGE("call", "1", "[[1, 9007199254740992], [1, 1]]")), "too large");
	refused(RESULT(STAGE("call", "1", "[[1, 9007199254740992]]") "," STAGE(
			"call", "1", "[[3, 9007199254740992]]")),
		"too large");
}

/* Deeper and longer than any result. */
TEST(result, too_much)
{
	const size_t size = 9 << 20;
	char *text = malloc(size + 1);

	memset(text, '[', size);
	text[size] = '\0';
	ck_assert_ptr_nonnull(strstr(latency_result_parse(&result, text, size), "8 MiB"));
	text[1 << 20] = '\0';
	refused(text, "not what");
	free(text);
}

/* Any truncated result. */
TEST(result, cut)
{
	static const char whole[] = RESULT(STAGE("handler", "5000", "[[10, 3], [4928, 1]]"));
	char text[sizeof(whole)];

	for (size_t length = 1; length < sizeof(whole) - 1; length++) {
		memcpy(text, whole, length);
		text[length] = '\0';
		ck_assert_ptr_nonnull(wrong_with(text));
	}
	taken(whole);
}

/* With any byte changed: an accepted result has counts that add up. */
TEST(result, damaged)
{
	static const char whole[] = RESULT(STAGE("handler", "5000", "[[10, 3], [4928, 1]]"));
	static const char bytes[] = "\0\"[]{}:,-.9eE \\\x80";
	char text[sizeof(whole)];

	for (size_t at = 0; at < sizeof(whole) - 1; at++) {
		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			const struct latency_histogram *h = &result.stages[STAGE_HANDLER];
			uint64_t count = 0;

			memcpy(text, whole, sizeof(whole));
			text[at] = bytes[i];
			if (latency_result_parse(&result, text, sizeof(whole) - 1))
				continue;
			for (unsigned int bucket = 0; bucket < LATENCY_BUCKETS; bucket++)
				count += h->buckets[bucket];
			ck_assert_uint_eq(h->count, count);
		}
	}
}

TEST(result, files)
{
	char name[] = "/tmp/kplug-result-XXXXXX";
	int file = mkstemp(name);

	ck_assert_ptr_nonnull(strstr(latency_result_read(&result, name), "empty"));
	ck_assert_int_eq(write(file, RESULT(""), sizeof(RESULT("")) - 1), sizeof(RESULT("")) - 1);
	ck_assert_ptr_null(latency_result_read(&result, name));
	ck_assert_int_eq(ftruncate(file, 1 << 30), 0);
	ck_assert_ptr_nonnull(strstr(latency_result_read(&result, name), "8 MiB"));
	close(file);
	unlink(name);
	ck_assert_ptr_nonnull(strstr(latency_result_read(&result, name), "No such file"));
	ck_assert_ptr_nonnull(strstr(latency_result_read(&result, "/tmp"), "directory"));
	ck_assert_ptr_nonnull(strstr(latency_result_read(&result, "/dev/zero"), "8 MiB"));
}
