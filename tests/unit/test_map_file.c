// SPDX-License-Identifier: MIT
// Register maps: names of registers and fields, and what they stand for.
#include "map/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

static const char text[] =
	"{ \"kplug_map\": 1, \"name\": \"card\", \"regions\": ["
	"  { \"name\": \"regs\", \"bar\": 0, \"items\": ["
	"    { \"name\": \"CTRL\", \"at\": \"0x4\", \"bits\": 32, \"fields\": ["
	"      { \"name\": \"RUN\", \"bits\": \"0\", \"on_write\": \"pulse\" },"
	"      { \"name\": \"CLOCK\", \"bits\": \"5:4\" } ] },"
	"    { \"name\": \"COUNT\", \"at\": 8, \"bits\": 32, \"access\": \"ro\", \"on_read\": \"clear\" },"
	"    { \"name\": \"START\", \"at\": 12, \"bits\": 7, \"access\": \"wo\" },"
	"    { \"name\": \"NOW\", \"at\": \"0x10\", \"bits\": 48, \"word\": 16, \"words\": \"high_first\","
	"      \"word_stride\": 4 },"
	"    { \"name\": \"CH\", \"at\": \"0x100\", \"count\": 3, \"stride\": \"0x40\","
	"      \"effects\": \"unsaid\", \"items\": ["
	"      { \"name\": \"TAP\", \"at\": 8, \"count\": 2, \"stride\": 16, \"bits\": 16 } ] } ] },"
	"  { \"name\": \"more\", \"bar\": 2, \"widths\": [32], \"items\": ["
	"    { \"name\": \"CTRL\", \"at\": 0, \"bits\": 32 },"
	"    { \"name\": \"SMALL\", \"at\": 4, \"bits\": 7 },"
	"    { \"name\": \"RAM\", \"at\": 256, \"bytes\": 256 } ] } ] }";

static struct map *map;
static struct map_place place;

static struct map *open_text(const char *content, char *why, size_t size)
{
	char path[] = "/tmp/map.XXXXXX";
	struct map *result;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)), (int)strlen(content));
	close(fd);
	result = map_open(path, why, size);
	unlink(path);
	return result;
}

static void begin(void)
{
	char why[128];

	map = open_text(text, why, sizeof(why));
	ck_assert_ptr_nonnull(map);
}

static void find(const char *name)
{
	const char *why = map_find(map, name, &place);

	ck_assert_msg(!why, "%s: %s", name, why);
}

TEST(map_file, places)
{
	begin();
	find("regs.CTRL");
	ck_assert(place.region == 0 && place.offset == 4 && place.width == 4 && place.words == 1);
	ck_assert(!place.is_field && place.bits == 32 && place.write_acts && !place.read_acts);
	find("regs.CTRL.CLOCK");
	ck_assert(place.is_field && place.offset == 4 && place.shift == 4 && place.bits == 2);
	find("CH[2].TAP[1]");
	ck_assert(place.offset == 0x100 + 2 * 0x40 + 8 + 16 && place.width == 2);
	ck_assert(place.write_acts && place.can_read && place.can_write);
	find("NOW");
	ck_assert(place.words == 3 && place.width == 2 && place.step == 4 && place.high_first);
	find("COUNT");
	ck_assert(place.can_read && !place.can_write && place.read_acts);
	find("START");
	ck_assert(!place.can_read && place.can_write && place.width == 1 && place.bits == 7);
	find("SMALL");
	ck_assert(place.region == 2 && place.width == 4 && place.bits == 7);
	map_close(map);
}

TEST(map_file, no_such_names)
{
	static const struct {
		const char *name, *why;
	} names[] = {
		{ "CTRL", "several regions" },     { "NONE", "no such register" },
		{ "regs.NONE", "no such" },        { "regs.CTRL.NONE", "no such" },
		{ "CH.TAP[0]", "which element" },  { "CH[3].TAP[0]", "which element" },
		{ "CH[0].TAP", "which element" },  { "CH[x].TAP[0]", "which element" },
		{ "CH[0]", "no register" },        { "RAM", "no register" },
		{ "CTRL.CLOCK.X", "no such" },     { "", "no such" },
		{ "CH[0]TAP[0]", "has the form" },
	};

	begin();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *why = map_find(map, names[i].name, &place);

		ck_assert_msg(why && strstr(why, names[i].why), "%s: %s", names[i].name, why);
	}
	map_close(map);
}

static void count_one(const char *name, const struct map_place *one, void *ctx)
{
	unsigned int *count = ctx;

	(void)one;
	if (!strcmp(name, "regs.CH[2].TAP[1]"))
		*count += 100;
	++*count;
}

TEST(map_file, each)
{
	unsigned int count = 0;

	begin();
	map_each(map, NULL, count_one, &count);
	ck_assert_uint_eq(count, 100 + 4 + 6 + 2);
	count = 0;
	map_each(map, "more", count_one, &count);
	ck_assert_uint_eq(count, 2);
	map_close(map);
}

TEST(map_file, no_maps)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		"{ \"kplug_map\": 2, \"regions\": [] }",
		"{ \"kplug_map\": 1, \"regions\": 5 }",
		"{ \"kplug_map\": 1, \"regions\": [",
	};
	char why[128];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		ck_assert_ptr_null(open_text(texts[i], why, sizeof(why)));
		ck_assert_ptr_nonnull(strstr(why, "kplug-map import"));
	}
	ck_assert_ptr_null(map_open("/none", why, sizeof(why)));
	ck_assert_str_eq(why, "No such file or directory");
}

/* What no importer writes ends with a message, and with nothing worse. */
TEST(map_file, damaged)
{
	static const char *const items[] = {
		"{ \"name\": \"A\", \"at\": -1, \"bits\": 0 }",
		"{ \"name\": \"A\", \"bits\": 32, \"word\": 0 }",
		"{ \"name\": \"A\", \"bits\": 100000 }",
		"{ \"name\": 5, \"bits\": 32 }",
		"{ \"name\": \"A\", \"bits\": \"32\" }",
		"{ \"name\": \"A\", \"bits\": 32, \"fields\": [ { \"name\": \"B\" } ] }",
		"{ \"name\": \"A\", \"bits\": 32, \"fields\": [ { \"name\": \"B\", \"bits\": \"9\" },"
		"  { \"name\": \"C\", \"bits\": \"40:3\" }, { \"name\": \"D\", \"bits\": \"1:3\" } ] }",
		"5",
		"null",
	};
	char content[1024], why[128];
	unsigned int count;

	for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
		snprintf(
			content, sizeof(content),
			"{ \"kplug_map\": 1, \"regions\": [ { \"name\": \"r\", \"items\": [ %s ] } ] }",
			items[i]);
		map = open_text(content, why, sizeof(why));
		ck_assert_ptr_nonnull(map);
		count = 0;
		map_each(map, NULL, count_one, &count);
		map_find(map, "A", &place);
		ck_assert(map_find(map, "A.C", &place) && map_find(map, "A.D", &place));
		map_close(map);
	}
}
