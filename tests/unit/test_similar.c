// SPDX-License-Identifier: MIT
// A slip of the hand is found, and another word is not.
#include "common/similar.h"

#include "test.h"

TEST(similar, distances)
{
	ck_assert_uint_eq(similar_distance("list", "list"), 0);
	ck_assert_uint_eq(similar_distance("abdc", "abcd"), 1);
	ck_assert_uint_eq(similar_distance("lst", "list"), 1);
	ck_assert_uint_eq(similar_distance("lisst", "list"), 1);
	ck_assert_uint_eq(similar_distance("lint", "list"), 1);
	ck_assert_uint_eq(similar_distance("", "list"), 4);
	ck_assert_uint_eq(similar_distance("list", ""), 4);
	ck_assert_uint_eq(similar_distance("frob", "read"), 4);
	ck_assert_uint_gt(similar_distance("a_word_that_is_longer_than_any_command", "list"), 4);
}

TEST(similar, limits)
{
	ck_assert_uint_eq(similar_limit("cfg"), 1);
	ck_assert_uint_eq(similar_limit("latncy"), 2);
}
